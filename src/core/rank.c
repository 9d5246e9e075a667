/* Owns scoring and top-K. Must not allocate, and must score an item the same way whoever asks. */
#include "core/rank.h"

#include "base/best.h"
#include "base/kernels.h"
#include "core/scan.h"

#include <string.h>

/* By the gate: cosines and evidence of all leaves in one pass over the item. */
static float score_gated(const ampcf_profile *p, uint32_t item, item_score *out) {
    const ampcf_model *m = p->model;
    const gate_view view = profile_gate(p);
    float dots[2 * AMPCF_MAX_LEAVES], *cosine = dots, *evidence = dots + view.n_leaves, sum = 0;
    const float *v = profile_item(p, item), *near = profile_near(p, item);
    if (view.sharpness > 0) {
        float length = __builtin_sqrtf(kernel_dot(v, v, m->dim)), inverse = length > 0 ? 1 / length : 0;
        kernel_dots(p->tree.direction, 2 * view.n_leaves, p->stride, v, m->dim, dots);
        for (uint32_t l = 0; l < view.n_leaves; l++) cosine[l] *= inverse;
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
    kernel_dots(p->vectors, n, p->stride, profile_item(p, item), m->dim, evidence);
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
    p->scanned->scored++;
    ampcf_ranked entry = {item, one.score, 0};
    if (!best_takes(best, &entry)) return;
    entry.persona = rank_winner(p, &one);
    best_add(best, &entry);
}

/* Offers an item that its bound did not rule out, unless that of its leaves does. Of a table that is int8
 * itself a score costs no more than that bound, as its row is what both of them read. */
static void offer_bounded(best_list *best, const ampcf_profile *p, uint32_t item) {
    float low[AMPCF_MAX_PERSONAS], high[AMPCF_MAX_PERSONAS], least = best_least(best);
    int bounds = scan_prunes(p) && p->model->rounded.is_own && least > -HUGE_SCORE;
    if (!bounds || scan_reaches(scan_parts(p, item, low, high), least)) offer(best, p, item);
}

/* Those that look best come first, so that few of the others need a score. */
static void offer_some(best_list *best, const ampcf_profile *p, const uint32_t *candidates, uint32_t n) {
    ampcf_ranked seeds[SCAN_SEEDS];
    int32_t dots[SCAN_SOWN];
    uint32_t n_seeds = scan_sow(p, candidates, n, NULL, dots, seeds);
    for (uint32_t s = 0; s < n_seeds; s++) offer_bounded(best, p, candidates[seeds[s].item]);
    for (uint32_t c = 0; c < n; c++)
        if (!scan_is_seed(seeds, n_seeds, c) && scan_candidate(p, candidates[c], dots[c], best_least(best)))
            offer_bounded(best, p, candidates[c]);
}

ampcf_status ampcf_rank(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                        uint32_t k, ampcf_ranked *out, uint32_t *out_n) {
    if (!are_items(profile->model, candidates, n_candidates)) return AMPCF_E_ITEM_RANGE;
    best_list best = {out, 0, k};
    memset(profile->scanned, 0, sizeof *profile->scanned);
    for (uint32_t from = 0, n; from < n_candidates; from += n) {
        n = n_candidates - from < SCAN_SOWN ? n_candidates - from : SCAN_SOWN;
        if (scan_prunes(profile)) offer_some(&best, profile, candidates + from, n);
        else
            for (uint32_t c = 0; c < n; c++) offer(&best, profile, candidates[from + c]);
    }
    *out_n = best_finish(&best);
    return AMPCF_OK;
}

ampcf_status ampcf_recommend(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k,
                             ampcf_ranked *out, uint32_t *out_n) {
    best_list best = {out, 0, k};
    scan_walk walk = {.profile = profile, .excluded = excluded};
    memset(profile->scanned, 0, sizeof *profile->scanned);
    for (uint32_t item; scan_next(&walk, best_least(&best), &item);) offer_bounded(&best, profile, item);
    *out_n = best_finish(&best);
    return AMPCF_OK;
}

typedef struct query {
    const float *vector;
    float norm;
    scan_form form;
    int16_t row[AMPCF_MAX_DIM];
    int prunes;
} query;

/* Short vectors have cosines that no bound tells. */
static void open_query(const ampcf_model *m, const float *vector, query *q) {
    float unit[AMPCF_MAX_DIM], length;
    q->vector = vector;
    q->norm = kernel_dot(vector, vector, m->dim);
    length = __builtin_sqrtf(q->norm);
    q->prunes = SCAN_PRUNES && m->rounded.lengths && m->rounded.n_short == 0 && length > 0;
    for (uint32_t d = 0; d < m->dim; d++) unit[d] = length > 0 ? vector[d] / length : 0;
    if (q->prunes) q->form = scan_direction(m, unit, q->row);
}

static float cosine_of(const ampcf_model *m, const query *q, uint32_t item) {
    float room[AMPCF_MAX_DIM];
    const float *v = model_vector(m, item, room);
    float norm = __builtin_sqrtf(q->norm) * __builtin_sqrtf(kernel_dot(v, v, m->dim));
    return gate_clamped(norm > 0 ? kernel_dot(q->vector, v, m->dim) / norm : 0);
}

ampcf_status ampcf_similar(const ampcf_model *model, uint32_t item, uint32_t k, ampcf_ranked *out,
                           uint32_t *out_n) {
    if (item >= model->n_items) return AMPCF_E_ITEM_RANGE;
    best_list best = {out, 0, k};
    float room[AMPCF_MAX_DIM];
    query q;
    open_query(model, model_vector(model, item, room), &q);
    for (uint32_t from = 0; from < model->n_items; from += SCAN_BLOCK) {
        uint32_t n = scan_block_items(model, from);
        uint64_t left = scan_all(n);
        if (q.prunes) left &= scan_similar(model, &q.form, q.row, from, n, best_least(&best));
        for (; left; left &= left - 1) {
            uint32_t j = from + (uint32_t)__builtin_ctzll(left);
            if (j != item) best_offer(&best, (ampcf_ranked){j, cosine_of(model, &q, j), 0});
        }
    }
    *out_n = best_finish(&best);
    return AMPCF_OK;
}
