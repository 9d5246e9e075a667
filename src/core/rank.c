/* Owns scoring and top-K. Must not allocate, and must score an item the same way whoever asks. */
#include "core/rank.h"

#include "base/best.h"
#include "base/kernels.h"

float rank_score_item(const ampcf_profile *p, uint32_t item, float *evidence, float *attention) {
    const ampcf_model *m = p->model;
    uint32_t n = p->n_personas;
    float bias = m->bias[item];
    if (n == 0) return bias;
    kernel_dots(p->vectors, n, p->stride, model_vector(m, item), m->dim, evidence);
    const float *near = profile_near(p, item);
    for (uint32_t k = 0; near && k < n; k++) evidence[k] += near[k];
    if (n == 1) return attention[0] = 1, evidence[0] + bias;
    attention_view view = profile_attention(p);
    attention_over(&view, evidence, attention);
    return attention_score(&view, evidence, attention) + bias;
}

static int are_items(const ampcf_model *model, const uint32_t *candidates, uint32_t n) {
    while (n > 0)
        if (candidates[--n] >= model->n_items) return 0;
    return 1;
}

ampcf_status ampcf_score(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                         float *out_scores, uint32_t *out_personas) {
    if (!are_items(profile->model, candidates, n_candidates)) return AMPCF_E_ITEM_RANGE;
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    for (uint32_t c = 0; c < n_candidates; c++) {
        out_scores[c] = rank_score_item(profile, candidates[c], evidence, attention);
        if (out_personas) out_personas[c] = attention_winner(attention, profile->n_personas);
    }
    return AMPCF_OK;
}

static void offer(best_list *best, const ampcf_profile *p, uint32_t item) {
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    ampcf_ranked entry = {item, rank_score_item(p, item, evidence, attention), 0};
    if (!best_takes(best, &entry)) return;
    entry.persona = attention_winner(attention, p->n_personas);
    best_add(best, &entry);
}

ampcf_status ampcf_rank(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                        uint32_t k, ampcf_ranked *out, uint32_t *out_n) {
    if (!are_items(profile->model, candidates, n_candidates)) return AMPCF_E_ITEM_RANGE;
    best_list best = {out, 0, k};
    for (uint32_t c = 0; c < n_candidates; c++) offer(&best, profile, candidates[c]);
    *out_n = best_finish(&best);
    return AMPCF_OK;
}

ampcf_status ampcf_recommend(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k,
                             ampcf_ranked *out, uint32_t *out_n) {
    best_list best = {out, 0, k};
    for (uint32_t item = 0; item < profile->model->n_items; item++)
        if (!excluded || !excluded[item]) offer(&best, profile, item);
    *out_n = best_finish(&best);
    return AMPCF_OK;
}

ampcf_status ampcf_similar(const ampcf_model *model, uint32_t item, uint32_t k, ampcf_ranked *out,
                           uint32_t *out_n) {
    if (item >= model->n_items) return AMPCF_E_ITEM_RANGE;
    best_list best = {out, 0, k};
    const float *query = model_vector(model, item);
    float query_norm = kernel_dot(query, query, model->dim);
    for (uint32_t j = 0; j < model->n_items; j++) {
        if (j == item) continue;
        const float *v = model_vector(model, j);
        float norm = __builtin_sqrtf(query_norm) * __builtin_sqrtf(kernel_dot(v, v, model->dim));
        float cosine = norm > 0 ? kernel_dot(query, v, model->dim) / norm : 0;
        best_offer(&best, (ampcf_ranked){j, cosine > 1 ? 1 : cosine < -1 ? -1 : cosine, 0});
    }
    *out_n = best_finish(&best);
    return AMPCF_OK;
}
