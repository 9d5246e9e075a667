/* Owns the inverse of a large symmetric positive definite matrix in single precision, in place and in
 * steps. Must not know what the matrix means. Every element is summed in one fixed order, so all builds
 * give the same bits. */
#ifndef AMPCF_TRAIN_DENSE_INVERSE_H
#define AMPCF_TRAIN_DENSE_INVERSE_H

#include "base/arena.h"

typedef struct dense_inverse {
    uint32_t n, stride;  /* rows are padded to whole blocks; the padding is the identity */
    uint32_t block, row; /* how far the work is */
    float *a;            /* (stride, stride) */
    float *across; /* (stride / 8, 64, 8) pivot columns W, transposed, in panels of the width of a tile */
    float *down;   /* (stride / 4, 64, 4) W A_KK^-1 in panels of the height of a tile */
    float *pivot_panels; /* (64 / 4, 64, 4) */
    double *pivot;       /* (64, 64) */
} dense_inverse;

/* Memory for a matrix of n rows from an arena (which may only measure); n = 0 takes nothing. */
dense_inverse dense_inverse_take(arena *a, uint32_t n);

/* Zeros, and the identity in the padding. The caller then fills the lower triangle of a. */
void dense_inverse_clear(dense_inverse *m);

/* Steps to call, each O(64 * 64 * n). */
uint64_t dense_inverse_steps(uint32_t n);

/* The steps of one block of pivots, or of one row of blocks at the end, by several that hold the matrix and
 * know of it what give has told: `part` of `parts` solves its own rows of blocks; give writes what others
 * need of them (out NULL = only counts) and take reads it; end goes on to the next once all is there. */
int dense_inverse_is_done(const dense_inverse *m);
void dense_inverse_solve(dense_inverse *m, uint32_t part, uint32_t parts);
size_t dense_inverse_give(const dense_inverse *m, uint32_t part, uint32_t parts, uint8_t *out);
void dense_inverse_take_in(dense_inverse *m, uint32_t part, uint32_t parts, const uint8_t *given);
void dense_inverse_end(dense_inverse *m);

/* The next step. After the last, a holds -A^-1, both triangles. O(n^3) multiplications in all. */
void dense_inverse_step(dense_inverse *m);

#endif
