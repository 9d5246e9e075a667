/* Owns the first looks of a scan: 32 coordinates of each item vector along the catalogue's widest axes,
 * rounded to int8, 16 a look, and how long the rest of the vector is at most. Must not know of people.
 *
 *     Q (n, D), n = 16 or 32: rows nearly orthonormal, those along which sum_j (q . v_j)^2 is largest (by G
 *     of the file); |Q Q^T - I| <= slack
 *     z_j = scale_j head_j, |Q v_j - z_j| <= .502 sqrt(n) scale_j + slack |v_j|
 *     |v_j - Q^T z_j| <= rest_j
 *
 * For any U, with a = Q U and U = Q^T a + r, this is
 *
 *     U . v = a . z + a . Q (v - Q^T z) + r . (v - Q^T z)
 *          <= a . z + |a| (.502 sqrt(n) scale + 3 slack |v|) + |r| rest
 *
 * Axes are found by the iteration of subspaces (Golub, Van Loan, 8.2.4). They need not be the widest ones
 * exactly: slack is what was measured, so that the bound holds of any Q. Below D = 64 the looks would cost as
 * much as the whole; a large int8 table has none, because they would take more than half its memory again. */
#ifndef AMPCF_CORE_HEADS_H
#define AMPCF_CORE_HEADS_H

#include "base/arena.h"
#include "base/kernels.h"
#include "core/model.h"

#define HEADS_LOOKS 2u
#define HEADS_DIM (HEADS_LOOKS * LOOK_DIM)
#define HEADS_LEAST_DIM (2 * HEADS_DIM)
#define HEADS_MOST_NARROW 131072u /* items of an int8 table */

/* Room in `a`, which may only measure; nothing where there are to be no heads. */
heads_table heads_take(arena *a, const model_shape *shape);

/* Axes, from the Gram matrix of a model that was checked. */
void heads_open(ampcf_model *m);

/* The head of item j, v (D); square: v . v. Where that is denormal, what a scan adds for rounding covers any
 * rest (rounded.h). */
void heads_fill(heads_table *t, uint32_t j, const float *v, uint32_t dim, float square);

/* out (32) = Q x, out_rests (2) = |x - Q^T out| by the first axes and by all; x (D) is overwritten. */
void heads_turn(const heads_table *t, double *x, uint32_t dim, double *out, double *out_rests);

/* The 16 coordinates of a look at 64 items, `from` the first of them. */
static inline int8_t *heads_look(const heads_table *t, uint32_t from, uint32_t look) {
    return t->heads + ((size_t)look * t->n + from) * LOOK_DIM;
}

#endif
