/* Owns the fold-in of the trainer's people with each event left out in closed form. Must not
 * fold in by itself: fold.c does. */
#include "train/left_out.h"

#include "base/kernels.h"
#include "base/linalg.h"
#include "core/format.h"

#include <string.h>

left_out left_out_take(arena *a, uint32_t n_items, uint32_t dim, uint32_t max_history) {
    size_t stride = kernel_stride(dim), n = dim > 0 ? n_items : 0;
    uint32_t h = dim > 0 ? max_history : 0;
    left_out l;
    memset(&l, 0, sizeof l);
    l.n_items = n_items;
    l.vectors = arena_take(a, n, stride * sizeof *l.vectors);
    l.gram = arena_take(a, dim, stride * sizeof *l.gram);
    l.targets = arena_take(a, h, sizeof *l.targets);
    l.scores = arena_take(a, n, sizeof *l.scores);
    if (dim > 0) l.fold = train_fold_take(a, dim, h);
    return l;
}

void left_out_open(left_out *l, const ampcf_item_side *side) {
    uint32_t dim = side->dim, stride = l->fold.stride;
    float alpha = side->settings[SETTING_ALPHA];
    l->side = side;
    memset(l->vectors, 0, (size_t)l->n_items * stride * sizeof *l->vectors);
    for (size_t j = 0; j < l->n_items; j++)
        memcpy(l->vectors + j * stride, side->vectors + j * dim, dim * sizeof *l->vectors);
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < stride; c++)
            l->gram[(size_t)r * stride + c] = c < r || c >= dim ? 0 : alpha * side->gram[packed_row(c) + r];
    train_fold_open(&l->fold, side->settings, l->gram, l->n_items);
    l->fold.targets = l->targets;
}

static float target_of(const left_out *l, uint32_t item) {
    return l->side->targets ? l->side->targets[item] : 1;
}

static void fold_person(left_out *l, const uint32_t *items, const float *weights, uint32_t n) {
    train_fold *f = &l->fold;
    for (uint32_t i = 0; i < n; i++) {
        const float *v = l->vectors + (size_t)items[i] * f->stride;
        memcpy(f->rows + (size_t)i * f->stride, v, f->stride * sizeof *v);
        f->weights[i] = (weights ? weights[i] : 1) * (l->side->weights ? l->side->weights[items[i]] : 1);
        l->targets[i] = target_of(l, items[i]);
    }
    f->n_rows = n;
    train_fold_in(f);
}

void left_out_score(left_out *l, const uint32_t *items, const float *weights, uint32_t n) {
    left_out_score_some(l, items, weights, n, 0, l->n_items);
}

void left_out_score_some(left_out *l, const uint32_t *items, const float *weights, uint32_t n, uint32_t first,
                         uint32_t end) {
    train_fold *f = &l->fold;
    fold_person(l, items, weights, n);
    for (uint32_t j = first; j < end; j++)
        l->scores[j] = kernel_dot(f->vector, l->vectors + (size_t)j * f->stride, f->dim) / target_of(l, j);
    for (uint32_t i = 0; i < n; i++)
        if (items[i] >= first && items[i] < end)
            l->scores[items[i]] = train_fold_left_out(l->scores[items[i]], train_fold_leverage(f, i), 1);
}
