/* Owns what scans prune by, beside the item vectors: each vector rounded to int8, and how long it is at most.
 * Must not know of people.
 *
 *     |v_jd - scale_j round_jd| <= .501 scale_j       0 where the file itself has int8
 *     |v_j| <= length_j <= 1.009 |v_j|                2^-34 where squares are denormal
 *
 * Lengths are the upper half of a single, rounded up. The table is made in one pass when a model is opened:
 * the same file always gives the same table, and no ranking depends on it, only its time. */
#ifndef AMPCF_CORE_ROUNDED_H
#define AMPCF_CORE_ROUNDED_H

#include "base/arena.h"
#include "base/half.h"
#include "core/model.h"

/* Smaller catalogues are scored whole. */
#define ROUNDED_LEAST_ITEMS 2048u
#define ROUNDED_SHORT 5.8207661e-11f /* 2^-34 */

/* Room for the table in `a`, which may only measure; nothing for kind 1 and for small catalogues. */
rounded_table rounded_take(arena *a, const model_shape *shape);

/* Fills the table from rows that were checked. */
void rounded_fill(ampcf_model *m);

static inline float rounded_length(const rounded_table *t, uint32_t item) {
    return upper_half_to_f32(t->lengths[item]);
}

#endif
