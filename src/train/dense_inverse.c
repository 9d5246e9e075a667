/* Owns the blocked sweep: for each block K of 64 rows, A_IJ -= A_IK A_KK^-1 A_KJ, A_IK becomes A_IK
 * A_KK^-1, A_KK becomes -A_KK^-1; after all blocks A is -A^-1 (Goodnight 1979). Must touch the lower
 * triangle only, until the end. As many operations as Cholesky and two triangular inverses, and all of them
 * in one kernel. */
#include "train/dense_inverse.h"

#include <string.h>

enum { BLOCK = 64, TILE_ROWS = 4, TILE_COLS = 8, MAX_ROWS = 32767 /* fewer than 4 GiB */ };

dense_inverse dense_inverse_take(arena *a, uint32_t n) {
    size_t stride = ((size_t)n + BLOCK - 1) / BLOCK * BLOCK;
    dense_inverse m = {n, (uint32_t)stride, 0, 0, NULL, NULL, NULL, NULL, NULL};
    if (stride > MAX_ROWS) a->full = 1, stride = 0;
    m.a = arena_take(a, stride * stride, sizeof *m.a);
    m.across = arena_take(a, stride * BLOCK, sizeof *m.across);
    m.down = arena_take(a, stride * BLOCK, sizeof *m.down);
    m.pivot_panels = arena_take(a, n ? BLOCK * BLOCK : 0, sizeof *m.pivot_panels);
    m.pivot = arena_take(a, n ? BLOCK * BLOCK : 0, sizeof *m.pivot);
    return m;
}

void dense_inverse_clear(dense_inverse *m) {
    memset(m->a, 0, (size_t)m->stride * m->stride * sizeof *m->a);
    for (size_t i = m->n; i < m->stride; i++) m->a[i * m->stride + i] = 1;
}

uint64_t dense_inverse_steps(uint32_t n) {
    uint64_t blocks = ((uint64_t)n + BLOCK - 1) / BLOCK;
    return blocks * (blocks + 1);
}

/* out (4, 8) = sum_l a[l]^T b[l];  a (64, 4), b (64, 8). Said to unroll, the two inner loops become
 * eight registers of four lanes; src/modules.json unrolls no other loop. */
static inline void tile(const float *a, const float *b, float out[TILE_ROWS][TILE_COLS]) {
    float s[TILE_ROWS][TILE_COLS] = {{0}};
    for (uint32_t l = 0; l < BLOCK; l++, a += TILE_ROWS, b += TILE_COLS)
#pragma GCC unroll 4
        for (uint32_t r = 0; r < TILE_ROWS; r++)
#pragma GCC unroll 8
            for (uint32_t c = 0; c < TILE_COLS; c++) s[r][c] += a[r] * b[c];
    memcpy(out, s, sizeof s);
}

/* pivot = A_KK^-1 by the same sweep, a row at a time and in double. A pivot that rounding drove to zero is
 * floored. */
static void invert_pivot(dense_inverse *m, size_t at) {
    double *p = m->pivot;
    for (size_t r = 0; r < BLOCK; r++)
        for (size_t c = 0; c <= r; c++)
            p[r * BLOCK + c] = p[c * BLOCK + r] = (double)m->a[(at + r) * m->stride + at + c];
    for (size_t k = 0; k < BLOCK; k++) {
        double inverse = 1 / (p[k * BLOCK + k] > 1e-30 ? p[k * BLOCK + k] : 1e-30), column[BLOCK];
        for (size_t r = 0; r < BLOCK; r++) column[r] = r == k ? 0 : p[r * BLOCK + k];
        for (size_t r = 0; r < BLOCK; r++)
            for (size_t c = 0; c < BLOCK; c++) p[r * BLOCK + c] -= column[r] * inverse * column[c];
        for (size_t r = 0; r < BLOCK; r++) p[r * BLOCK + k] = p[k * BLOCK + r] = column[r] * inverse;
        p[k * BLOCK + k] = -inverse;
    }
    for (size_t i = 0; i < BLOCK * BLOCK; i++) p[i] = -p[i];
    for (size_t k = 0; k < BLOCK; k++)
        for (size_t l = 0; l < BLOCK; l++)
            m->pivot_panels[(k / TILE_ROWS * BLOCK + l) * TILE_ROWS + k % TILE_ROWS] =
                (float)p[k * BLOCK + l];
}

/* across = W^T with W = A_.K, zero in the rows of K itself; down = W A_KK^-1. */
static void pack_panels(dense_inverse *m, size_t at) {
    for (size_t j = 0; j < m->stride; j++) {
        float *to = m->across + j / TILE_COLS * (BLOCK * TILE_COLS) + j % TILE_COLS;
        for (size_t l = 0; l < BLOCK; l++)
            to[l * TILE_COLS] = j < at           ? m->a[(at + l) * m->stride + j]
                                : j < at + BLOCK ? 0
                                                 : m->a[j * m->stride + at + l];
    }
    for (size_t i = 0; i < m->stride; i += TILE_COLS)
        for (size_t k = 0; k < BLOCK; k += TILE_ROWS) {
            float out[TILE_ROWS][TILE_COLS];
            tile(m->pivot_panels + k * BLOCK, m->across + i * BLOCK, out);
            for (size_t c = 0; c < TILE_COLS; c++)
                for (size_t r = 0; r < TILE_ROWS; r++)
                    m->down[((i + c) / TILE_ROWS * BLOCK + k + r) * TILE_ROWS + (i + c) % TILE_ROWS] =
                        out[r][c];
        }
}

/* 64 rows of A_IJ -= down across, left of and on the diagonal; rows and columns of K are zero in one factor
 * and stay. */
static void update_rows(dense_inverse *m, size_t from) {
    for (size_t j = 0; j < from + BLOCK; j += TILE_COLS)
        for (size_t i = from; i < from + BLOCK; i += TILE_ROWS) {
            float out[TILE_ROWS][TILE_COLS], *a = m->a + i * m->stride + j;
            tile(m->down + i * BLOCK, m->across + j * BLOCK, out);
            for (size_t r = 0; r < TILE_ROWS; r++)
                for (size_t c = 0; c < TILE_COLS; c++) a[r * m->stride + c] -= out[r][c];
        }
}

static void replace_pivot(dense_inverse *m, size_t at) {
    for (size_t i = 0; i < m->stride; i++)
        for (size_t k = 0; k < BLOCK; k++) {
            float w = m->down[(i / TILE_ROWS * BLOCK + k) * TILE_ROWS + i % TILE_ROWS];
            if (i < at) m->a[(at + k) * m->stride + i] = w;
            else if (i >= at + BLOCK) m->a[i * m->stride + at + k] = w;
            else m->a[i * m->stride + at + k] = -(float)m->pivot[(i - at) * BLOCK + k];
        }
}

static void mirror_rows(dense_inverse *m, size_t from) {
    for (size_t j = 0; j < from + BLOCK; j++)
        for (size_t i = from > j ? from : j + 1; i < from + BLOCK; i++)
            m->a[j * m->stride + i] = m->a[i * m->stride + j];
}

void dense_inverse_step(dense_inverse *m) {
    uint32_t blocks = m->stride / BLOCK;
    size_t at = (size_t)m->block * BLOCK, from = (size_t)m->row * BLOCK;
    if (m->block == blocks) {
        if (m->row < blocks) mirror_rows(m, from), m->row++;
        return;
    }
    if (m->row == 0) {
        invert_pivot(m, at);
        pack_panels(m, at);
    }
    update_rows(m, from);
    if (++m->row < blocks) return;
    replace_pivot(m, at);
    m->row = 0;
    m->block++;
}

static uint32_t blocks_of(const dense_inverse *m) { return m->stride / BLOCK; }

int dense_inverse_is_done(const dense_inverse *m) {
    return m->block == blocks_of(m) && m->row == blocks_of(m);
}

/* Rows of blocks are dealt out in turn: the lower ones are longer. */
void dense_inverse_solve(dense_inverse *m, uint32_t part, uint32_t parts) {
    size_t at = (size_t)m->block * BLOCK;
    if (m->block == blocks_of(m)) return;
    invert_pivot(m, at);
    pack_panels(m, at);
    for (uint32_t row = part; row < blocks_of(m); row += parts) update_rows(m, (size_t)row * BLOCK);
    replace_pivot(m, at);
}

/* What others need of a row of blocks: the whole of it where it holds the next pivot or is ready, else its
 * column below the next pivot. The numbers of each of its rows and the first one. */
static size_t wanted_of(const dense_inverse *m, uint32_t row, size_t *first) {
    uint32_t next = m->block + 1, last = blocks_of(m);
    *first = 0;
    if (m->block == last) return row == m->row ? ((size_t)row + 1) * BLOCK : 0;
    if (next == last || row < next) return 0;
    if (row == next) return ((size_t)row + 1) * BLOCK;
    *first = (size_t)next * BLOCK;
    return BLOCK;
}

size_t dense_inverse_give(const dense_inverse *m, uint32_t part, uint32_t parts, uint8_t *out) {
    size_t at = 0, first;
    for (uint32_t row = part; row < blocks_of(m); row += parts) {
        size_t bytes = wanted_of(m, row, &first) * sizeof *m->a;
        for (size_t i = (size_t)row * BLOCK; bytes > 0 && i < ((size_t)row + 1) * BLOCK; i++, at += bytes)
            if (out) memcpy(out + at, m->a + i * m->stride + first, bytes);
    }
    return at;
}

void dense_inverse_take_in(dense_inverse *m, uint32_t part, uint32_t parts, const uint8_t *given) {
    size_t at = 0, first;
    for (uint32_t row = part; row < blocks_of(m); row += parts) {
        size_t bytes = wanted_of(m, row, &first) * sizeof *m->a;
        for (size_t i = (size_t)row * BLOCK; bytes > 0 && i < ((size_t)row + 1) * BLOCK; i++, at += bytes)
            memcpy(m->a + i * m->stride + first, given + at, bytes);
    }
}

void dense_inverse_end(dense_inverse *m) {
    if (m->block < blocks_of(m)) {
        m->block++;
        return;
    }
    mirror_rows(m, (size_t)m->row * BLOCK);
    m->row++;
}
