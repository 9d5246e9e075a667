/* Owns explanations: a score taken apart, and what a persona cares about. Must not make up words: names are
 * the caller's. */
#include "base/kernels.h"
#include "base/linalg.h"
#include "core/rank.h"

#include <string.h>

/* B_ij, by binary search in row i. */
static double neighbour_of(const ampcf_model *m, uint32_t i, uint32_t j) {
    if (!m->neighbour_offsets) return 0;
    for (uint32_t low = m->neighbour_offsets[i], high = m->neighbour_offsets[i + 1]; low < high;) {
        uint32_t mid = low + (high - low) / 2, found = model_neighbour(m, mid);
        if (found == j) return (double)model_neighbour_value(m, i, mid);
        if (found < j) low = mid + 1;
        else high = mid;
    }
    return 0;
}

/* How much of what row i says is in the score: of its vector and of its neighbours. A row that came after the
 * last finish says nothing yet. */
typedef struct row_part {
    double vector, near;
} row_part;

static row_part part_of(const ampcf_profile *p, const item_score *one, uint32_t row) {
    if (row >= p->n_folded) return (row_part){0, 0};
    if (!profile_attends(p)) return (row_part){(double)one->gate[p->tree.leaf_of[row]], 1};
    attention_view view = profile_attention(p);
    double part = attention_part(&view, one->attention, p->responsibilities + (size_t)row * p->n_personas);
    return (row_part){part, part};
}

/* work (D) = M^-1 v_j once; then v_j^T M^-1 v_i = work . v_i for every i. */
static void solve_for(ampcf_profile *p, uint32_t item) {
    uint32_t dim = p->model->dim;
    const float *v = profile_item(p, item);
    for (uint32_t d = 0; d < dim; d++) p->work[d] = (double)v[d];
    packed_solve_lower(p->factor, p->work, dim);
    packed_solve_upper(p->factor, p->work, dim);
    for (uint32_t d = 0; d < dim; d++) p->work[d] = profile_clamped(p->work[d]);
}

ampcf_status ampcf_explain(ampcf_profile *profile, uint32_t item, double *out_contributions,
                           float *out_attention, ampcf_explanation *out_explanation) {
    const ampcf_model *m = profile->model;
    if (item >= m->n_items) return AMPCF_E_ITEM_RANGE;
    item_score one;
    rank_score_item(profile, item, &one);
    rank_attention(profile, &one, out_attention);
    if (!out_contributions) return AMPCF_OK;
    solve_for(profile, item);
    double bias = (double)m->bias[item], sum = bias;
    for (uint32_t i = 0; i < profile->n_rows; i++) {
        const float *vi = profile_vector(profile, i);
        row_part part = part_of(profile, &one, i);
        double likeness = 0;
        for (uint32_t d = 0; d < m->dim; d++) likeness += profile->work[d] * (double)vi[d];
        double near = i < profile->n_summaries
                          ? 0
                          : (double)profile->liking[i] * neighbour_of(m, profile->items[i], item);
        out_contributions[i] = (double)profile_pull(profile, i) * likeness * part.vector + near * part.near;
        sum += out_contributions[i];
    }
    double score = (double)one.score;
    *out_explanation = (ampcf_explanation){score, bias, score - sum, rank_winner(profile, &one)};
    return AMPCF_OK;
}

ampcf_status ampcf_persona_aspects(const ampcf_profile *profile, uint32_t persona, double *out_share,
                                   double *out_lift) {
    const ampcf_model *m = profile->model;
    const double shrinkage = 5;
    if (m->n_aspects == 0) return AMPCF_E_NO_DATA;
    if (persona >= profile->n_personas) return AMPCF_E_ARGUMENT;
    memset(out_share, 0, m->n_aspects * sizeof *out_share);
    memset(out_lift, 0, m->n_aspects * sizeof *out_lift);
    double in_history = 0, in_catalogue = 0;
    for (uint32_t j = 0; j < m->n_items; j++) in_catalogue += model_add_aspects(m, j, 1, out_lift);
    for (uint32_t i = profile->n_summaries; i < profile->n_rows; i++)
        if (profile->liking[i] > 0)
            in_history += model_add_aspects(
                m, profile->items[i],
                (double)profile->responsibilities[(size_t)i * profile->n_personas + persona], out_share);
    for (uint32_t a = 0; a < m->n_aspects; a++) {
        double base = in_catalogue > 0 ? out_lift[a] / in_catalogue : 0;
        out_share[a] = (out_share[a] + shrinkage * base) / (in_history + shrinkage);
        out_lift[a] = base > 0 ? out_share[a] / base : 0;
    }
    return AMPCF_OK;
}
