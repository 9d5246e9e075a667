/* Owns the fold-in of the trainer's people in single precision, P = 1, with each event left out in closed
 * form. Must agree with profile.c up to rounding. */
#include "train/left_out.h"

#include "core/format.h"
#include "base/kernels.h"
#include "base/linalg.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

left_out left_out_take(arena *a, uint32_t n_items, uint32_t dim, uint32_t max_history) {
    size_t stride = (dim + 15) & ~15u, n = dim > 0 ? n_items : 0, h = dim > 0 ? max_history : 0;
    left_out l;
    memset(&l, 0, sizeof l);
    l.n_items = n_items;
    l.stride = (uint32_t)stride;
    l.vectors = arena_take(a, n, stride * sizeof *l.vectors);
    l.gram = arena_take(a, dim, stride * sizeof *l.gram);
    l.system = arena_take(a, dim, stride * sizeof *l.system);
    l.right = arena_take(a, stride, sizeof *l.right);
    l.work = arena_take(a, stride, sizeof *l.work);
    l.rows = arena_take(a, h, stride * sizeof *l.rows);
    l.row_weights = arena_take(a, h, sizeof *l.row_weights);
    l.scores = arena_take(a, n, sizeof *l.scores);
    return l;
}

void left_out_open(left_out *l, const ampcf_item_side *side) {
    uint32_t dim = side->dim, stride = l->stride;
    l->side = side;
    memset(l->vectors, 0, (size_t)l->n_items * stride * sizeof *l->vectors);
    for (size_t j = 0; j < l->n_items; j++)
        memcpy(l->vectors + j * stride, side->vectors + j * dim, dim * sizeof *l->vectors);
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < stride; c++)
            l->gram[(size_t)r * stride + c] =
                c < r || c >= dim ? 0 : side->settings[SETTING_ALPHA] * side->gram[packed_row(c) + r];
}

static float target_of(const left_out *l, uint32_t item) {
    return l->side->targets ? l->side->targets[item] : 1;
}

/* system = Cholesky of M, right = u. */
static void fold_in(left_out *l, const uint32_t *items, const float *weights, uint32_t n) {
    const float *set = l->side->settings;
    uint32_t dim = l->side->dim, stride = l->stride;
    double mass = (double)set[SETTING_ALPHA] * l->n_items;
    memcpy(l->system, l->gram, (size_t)dim * stride * sizeof *l->system);
    memset(l->right, 0, stride * sizeof *l->right);
    for (uint32_t i = 0; i < n; i++) {
        float *row = l->rows + (size_t)i * stride, t = target_of(l, items[i]);
        float w = (weights ? weights[i] : 1) * (l->side->weights ? l->side->weights[items[i]] : 1);
        memcpy(row, l->vectors + (size_t)items[i] * stride, stride * sizeof *row);
        l->row_weights[i] = w;
        mass += (double)(w * t) * (double)t;
        for (uint32_t d = 0; d < stride; d++) l->right[d] += w * t * row[d];
    }
    train_add_outers(l->system, l->rows, l->row_weights, n, dim, stride);
    float ridge = (float)((double)set[SETTING_LAMBDA] * smath_exp((double)set[SETTING_NU] * smath_log(mass)));
    for (uint32_t d = 0; d < dim; d++) l->system[(size_t)d * stride + d] += ridge;
    train_cholesky(l->system, dim, stride);
    train_solve(l->system, l->right, dim, stride);
}

void left_out_score(left_out *l, const uint32_t *items, const float *weights, uint32_t n) {
    uint32_t dim = l->side->dim, stride = l->stride;
    fold_in(l, items, weights, n);
    for (uint32_t j = 0; j < l->n_items; j++)
        l->scores[j] = kernel_dot(l->right, l->vectors + (size_t)j * stride, dim) / target_of(l, j);
    for (uint32_t i = 0; i < n; i++) {
        float h =
            l->row_weights[i] * train_leverage(l->system, l->rows + (size_t)i * stride, l->work, dim, stride);
        if (h > 0.99f) h = 0.99f;
        l->scores[items[i]] = (l->scores[items[i]] - h) / (1 - h);
    }
}
