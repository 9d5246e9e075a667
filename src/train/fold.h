/* Owns the trainer's one fold-in, single precision: factored system, the vector of the whole person, an event
 * left out. Every objective but softmax and the neighbours fold people in by it, and als its items. Must not
 * know where the rows come from or what is learnt from them.
 *
 *     M = alpha G + sum_i w_i v_i v_i^T + lambda (sum_i w_i t_i^2 + alpha n)^nu I
 *     u = M^-1 sum_i w_i t_i v_i
 *
 * as core/profile.c does on the device in double precision; tests/src/train/test_fold.c holds the two
 * together. */
#ifndef AMPCF_TRAIN_FOLD_H
#define AMPCF_TRAIN_FOLD_H

#include "base/arena.h"

/* Rows have `stride` floats, zero from D on. */
typedef struct train_fold {
    uint32_t dim, stride;
    float lambda, nu;
    double mass;       /* alpha n, of the side that is frozen */
    const float *gram; /* (D, stride) alpha G, upper triangle */

    uint32_t n_rows;       /* H: filled in by the caller, like all that follows up to targets */
    float *rows, *weights; /* (H, stride) v_i and (H) w_i */
    const float *targets;  /* (H) t_i; NULL = all 1 */

    float *system; /* (D, stride) Cholesky factor of M, as of train_cholesky */
    float *vector; /* (stride) u */
    float *work;   /* (stride) */
} train_fold;

/* Arrays for at most max_rows rows. */
train_fold train_fold_take(arena *a, uint32_t dim, uint32_t max_rows);

/* Settings (FORMAT_SETTINGS) as they go into the file; n rows on the frozen side, alpha G of them in gram. */
void train_fold_open(train_fold *f, const float *settings, const float *gram, uint32_t n);

/* Fold in the n_rows rows in place. A ridge too small for single precision is raised until it counts: that is
 * the fold-in of a larger lambda. Where M itself is out of range, u is NaN, which no later step hides. */
void train_fold_in(train_fold *f);

/* h_i = w_i v_i^T M^-1 v_i of a row after train_fold_in. */
float train_fold_leverage(train_fold *f, uint32_t row);

/* What a person's vector says of one of the person's events as if that event had not been there:
 * leave-one-out of the ridge solution, s' = (s - h t) / (1 - h), with leverage h < 1 and target t. */
static inline float train_fold_left_out(float evidence, float leverage, float target) {
    float h = leverage < 0.99f ? leverage : 0.99f;
    return (evidence - h * target) / (1 - h);
}

#endif
