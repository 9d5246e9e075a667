/* Owns the first looks of a scan: some coordinates of each item vector along the catalogue's widest axes,
 * rounded to a byte each, by half of them a look, and how long the rest of the vector is at most. Must not
 * know of people.
 *
 *     Q (n, D), n = the axes of the first look or of both: rows nearly orthonormal, those along which
 *     sum_j (q . v_j)^2 is largest (by G of the file); |Q Q^T - I| <= slack
 *     unit_j = length_j / HEADS_UNITS,  z_j = unit_j head_j
 *     |Q v_j - z_j| <= .502 sqrt(n) unit_j + 3 slack |v_j|
 *     |v_j - Q^T z_j| <= unit_j rest_j
 *
 * For any U, with a = Q U and U = Q^T a + r, this is
 *
 *     U . v = a . z + a . Q (v - Q^T z) + r . (v - Q^T z)
 *          <= unit (a . head + |r| rest) + |a| (.502 sqrt(n) unit + 5 slack |v|)
 *
 * so that rest is one coordinate more, whose axis is |r|, and whatever else there is counts by length: a
 * bound takes one integer dot product and the length. The second look adds its axes and another rest; it
 * begins with the word that ends the first, to take that rest back.
 *
 * Axes are found by the iteration of subspaces (Golub, Van Loan, 8.2.4). They need not be the widest ones
 * exactly: slack is what was measured, so that the bound holds of any Q. Below D = 64 the looks would cost as
 * much as the whole; a large int8 table has none, because they would take half its memory again. Smaller ones
 * do not help it: 8 coordinates of a byte each leave two fifths of the items, in 56 to 89 % of the blocks. */
#ifndef AMPCF_CORE_HEADS_H
#define AMPCF_CORE_HEADS_H

#include "base/arena.h"
#include "base/kernels.h"
#include "core/model.h"

#define HEADS_LOOKS 2u
#define HEADS_FIRST_AXES (LOOK_DIM - 1u)
#define HEADS_AXES (HEADS_FIRST_AXES + LOOK_DIM - 3u)
#define HEADS_UNITS 126 /* in a length: a rest is one at most, and what rounds */
#define HEADS_LEAST_DIM 64u
#define HEADS_MOST_NARROW 131072u /* items of an int8 table */

/* Room in `a`, which may only measure; nothing where there are to be no heads. */
heads_table heads_take(arena *a, const model_shape *shape);

/* Axes, from the Gram matrix of a model that was checked. */
void heads_open(ampcf_model *m);

/* The head of item j, v (D); square: v . v. Where that is denormal, what a scan adds for rounding covers any
 * rest (rounded.h). */
void heads_fill(heads_table *t, uint32_t j, const float *v, uint32_t dim, float square, float length);

/* out (HEADS_AXES) = Q x, out_rests (2) = |x - Q^T out| by the first axes and by all; x (D) is
 * overwritten. */
void heads_turn(const heads_table *t, double *x, uint32_t dim, double *out, double *out_rests);

/* out (2, LOOK_DIM), as kernel_look takes it: x (HEADS_AXES + 2), the axes and then the rests, where a head
 * has them. */
void heads_arrange(const int16_t *x, int16_t *out);

/* The words of a look at 64 items, `from` the first of them. */
static inline int16_t *heads_look(const heads_table *t, uint32_t from, uint32_t look) {
    return t->heads + ((size_t)look * t->n + from) * (LOOK_DIM / 2);
}

#endif
