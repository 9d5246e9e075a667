/* Owns scoring and top-K. Must not allocate, and must score an item the same way whoever asks. */
#include "core/rank.h"

#include "base/best.h"
#include "base/kernels.h"

#include <string.h>

/* By the gate: cosines and evidence of all leaves in one pass over the item. */
static float score_gated(const ampcf_profile *p, uint32_t item, item_score *out) {
    const ampcf_model *m = p->model;
    const gate_view view = profile_gate(p);
    float dots[2 * AMPCF_MAX_LEAVES], *cosine = dots, *evidence = dots + view.n_leaves, sum = 0;
    const float *v = model_vector(m, item), *near = profile_near(p, item);
    if (view.sharpness > 0) {
        kernel_dots(p->tree.direction, 2 * view.n_leaves, p->stride, v, m->dim, dots);
        for (uint32_t l = 0; l < view.n_leaves; l++) cosine[l] *= m->inverse_lengths[item];
    } else kernel_dots(p->vectors, view.n_leaves, p->stride, v, m->dim, evidence);
    gate_open(&view, cosine, out->gate);
    for (uint32_t k = 0; k < p->n_personas; k++) out->part[k] = near ? near[k] : 0;
    gate_parts(&view, out->gate, evidence, out->part);
    for (uint32_t k = 0; k < p->n_personas; k++) sum += out->part[k];
    return sum;
}

static float score_attended(const ampcf_profile *p, uint32_t item, item_score *out) {
    const ampcf_model *m = p->model;
    uint32_t n = p->n_personas;
    float evidence[AMPCF_MAX_PERSONAS];
    kernel_dots(p->vectors, n, p->stride, model_vector(m, item), m->dim, evidence);
    const float *near = profile_near(p, item);
    for (uint32_t k = 0; near && k < n; k++) evidence[k] += near[k];
    if (n == 1) return out->attention[0] = 1, evidence[0];
    attention_view view = profile_attention(p);
    attention_over(&view, evidence, out->attention);
    return attention_score(&view, evidence, out->attention);
}

void rank_score_item(const ampcf_profile *p, uint32_t item, item_score *out) {
    out->score = p->model->bias[item];
    if (p->n_personas > 0)
        out->score += profile_attends(p) ? score_attended(p, item, out) : score_gated(p, item, out);
}

uint32_t rank_winner(const ampcf_profile *p, const item_score *of) {
    return gate_winner(profile_attends(p) ? of->attention : of->part, p->n_personas);
}

void rank_attention(const ampcf_profile *p, const item_score *of, float *out_attention) {
    if (profile_attends(p)) memcpy(out_attention, of->attention, p->n_personas * sizeof *out_attention);
    else gate_attention(of->part, p->n_personas, out_attention);
}

static int are_items(const ampcf_model *model, const uint32_t *candidates, uint32_t n) {
    while (n > 0)
        if (candidates[--n] >= model->n_items) return 0;
    return 1;
}

ampcf_status ampcf_score(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                         float *out_scores, uint32_t *out_personas) {
    if (!are_items(profile->model, candidates, n_candidates)) return AMPCF_E_ITEM_RANGE;
    item_score one;
    for (uint32_t c = 0; c < n_candidates; c++) {
        rank_score_item(profile, candidates[c], &one);
        out_scores[c] = one.score;
        if (out_personas) out_personas[c] = rank_winner(profile, &one);
    }
    return AMPCF_OK;
}

static void offer(best_list *best, const ampcf_profile *p, uint32_t item) {
    item_score one;
    rank_score_item(p, item, &one);
    ampcf_ranked entry = {item, one.score, 0};
    if (!best_takes(best, &entry)) return;
    entry.persona = rank_winner(p, &one);
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
