/* Owns scoring and top-K. Must not allocate, and must score an item the same way whoever asks. */
#include "rank.h"

#include "kernels.h"

float rank_score_item(const ampcf_profile *p, uint32_t item, float *evidence, float *attention) {
    const ampcf_model *m = p->model;
    uint32_t n = p->n_personas;
    float bias = m->bias[item];
    if (n == 0) return bias;
    kernel_dots(p->vectors, n, p->stride, model_vector(m, item), m->dim, evidence);
    if (n == 1) return attention[0] = 1, evidence[0] + bias;
    float whole = 0, attended = 0, rho = p->attention.rho;
    attention_over(&p->attention, p->gain, p->prior, n, evidence, attention);
    for (uint32_t k = 0; k < n; k++) whole += evidence[k];
    for (uint32_t k = 0; k < n; k++) attended += attention[k] * (p->gain[k] * evidence[k]);
    return ((1 - rho) * whole + rho * attended) + bias;
}

static uint32_t strongest(const float *attention, uint32_t n) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < n; k++)
        if (attention[k] > attention[best]) best = k;
    return best;
}

ampcf_status ampcf_score(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                         float *out_scores, uint32_t *out_personas) {
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    for (uint32_t c = 0; c < n_candidates; c++)
        if (candidates[c] >= profile->model->n_items) return AMPCF_E_ITEM_RANGE;
    for (uint32_t c = 0; c < n_candidates; c++) {
        out_scores[c] = rank_score_item(profile, candidates[c], evidence, attention);
        if (out_personas) out_personas[c] = strongest(attention, profile->n_personas);
    }
    return AMPCF_OK;
}

/* The k best so far as a heap with the worst on top; items and scores are the caller's output arrays. */
typedef struct best_list {
    uint32_t *items;
    float *scores;
    uint32_t n, k;
} best_list;

static int is_worse(float score, uint32_t item, float than_score, uint32_t than_item) {
    return score < than_score || (score == than_score && item > than_item);
}

static void sift_down(best_list *b, uint32_t n, float score, uint32_t item) {
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n && is_worse(b->scores[child + 1], b->items[child + 1], b->scores[child], b->items[child])) child++;
        if (!is_worse(b->scores[child], b->items[child], score, item)) break;
        b->scores[at] = b->scores[child];
        b->items[at] = b->items[child];
        at = child;
    }
    b->scores[at] = score;
    b->items[at] = item;
}

static void offer(best_list *b, float score, uint32_t item) {
    if (b->n == b->k) {
        if (b->k > 0 && is_worse(b->scores[0], b->items[0], score, item)) sift_down(b, b->n, score, item);
        return;
    }
    uint32_t at = b->n++;
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (!is_worse(score, item, b->scores[parent], b->items[parent])) break;
        b->scores[at] = b->scores[parent];
        b->items[at] = b->items[parent];
        at = parent;
    }
    b->scores[at] = score;
    b->items[at] = item;
}

/* Heap to list, best first. */
static uint32_t finish(best_list *b) {
    for (uint32_t end = b->n; end > 1;) {
        end--;
        float score = b->scores[end];
        uint32_t item = b->items[end];
        b->scores[end] = b->scores[0];
        b->items[end] = b->items[0];
        sift_down(b, end, score, item);
    }
    return b->n;
}

ampcf_status ampcf_rank(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates, uint32_t k,
                        uint32_t *out_items, float *out_scores, uint32_t *out_n) {
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    best_list best = {out_items, out_scores, 0, k};
    for (uint32_t c = 0; c < n_candidates; c++)
        if (candidates[c] >= profile->model->n_items) return AMPCF_E_ITEM_RANGE;
    for (uint32_t c = 0; c < n_candidates; c++)
        offer(&best, rank_score_item(profile, candidates[c], evidence, attention), candidates[c]);
    *out_n = finish(&best);
    return AMPCF_OK;
}

ampcf_status ampcf_recommend(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k, uint32_t *out_items,
                             float *out_scores, uint32_t *out_n) {
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    best_list best = {out_items, out_scores, 0, k};
    for (uint32_t item = 0; item < profile->model->n_items; item++)
        if (!excluded || !excluded[item]) offer(&best, rank_score_item(profile, item, evidence, attention), item);
    *out_n = finish(&best);
    return AMPCF_OK;
}

ampcf_status ampcf_similar(const ampcf_model *model, uint32_t item, uint32_t k, uint32_t *out_items, float *out_scores,
                           uint32_t *out_n) {
    if (item >= model->n_items) return AMPCF_E_ITEM_RANGE;
    best_list best = {out_items, out_scores, 0, k};
    const float *query = model_vector(model, item);
    float query_norm = kernel_dot(query, query, model->dim);
    for (uint32_t j = 0; j < model->n_items; j++) {
        if (j == item) continue;
        const float *v = model_vector(model, j);
        float norm = __builtin_sqrtf(query_norm) * __builtin_sqrtf(kernel_dot(v, v, model->dim));
        float cosine = norm > 0 ? kernel_dot(query, v, model->dim) / norm : 0;
        offer(&best, cosine > 1 ? 1 : cosine < -1 ? -1 : cosine, j);
    }
    *out_n = finish(&best);
    return AMPCF_OK;
}
