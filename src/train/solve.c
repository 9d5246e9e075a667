/* Owns the trainer's normal equations. Must keep every loop elementwise along rows. */
#include "train/solve.h"

#include "base/kernels.h"

#include <string.h>

enum { BATCH = 8 };

/* Eight outer products a visit of a row: the row is loaded and stored once for sixteen operations an
 * element. */
static void add_batch(float *a, const float *e, const float *w, uint32_t dim, uint32_t stride) {
    const float *e0 = e, *e1 = e + stride, *e2 = e1 + stride, *e3 = e2 + stride, *e4 = e3 + stride,
                *e5 = e4 + stride, *e6 = e5 + stride, *e7 = e6 + stride;
    for (uint32_t r = 0; r < dim; r++) {
        float s0 = w[0] * e0[r], s1 = w[1] * e1[r], s2 = w[2] * e2[r], s3 = w[3] * e3[r];
        float s4 = w[4] * e4[r], s5 = w[5] * e5[r], s6 = w[6] * e6[r], s7 = w[7] * e7[r];
        float *row = a + (size_t)r * stride;
        for (uint32_t c = r & ~3u; c < stride; c++) {
            float x = row[c];
            x += s0 * e0[c];
            x += s1 * e1[c];
            x += s2 * e2[c];
            x += s3 * e3[c];
            x += s4 * e4[c];
            x += s5 * e5[c];
            x += s6 * e6[c];
            x += s7 * e7[c];
            row[c] = x;
        }
    }
}

void train_add_outers(float *a, const float *e, const float *w, uint32_t n, uint32_t dim, uint32_t stride) {
    uint32_t i = 0;
    for (; n - i >= BATCH; i += BATCH) add_batch(a, e + (size_t)i * stride, w + i, dim, stride);
    for (; i < n; i++) {
        const float *v = e + (size_t)i * stride;
        for (uint32_t r = 0; r < dim; r++) {
            float s = w[i] * v[r], *row = a + (size_t)r * stride;
            for (uint32_t c = r & ~3u; c < stride; c++) row[c] += s * v[c];
        }
    }
}

/* The rows from below on lose what BATCH finished pivot rows explain: elementwise the same subtractions in
 * the same order as one pivot at a time, with a row loaded and stored once. */
static void subtract_batch(float *a, uint32_t from, uint32_t dim, uint32_t stride) {
    const float *p0 = a + (size_t)from * stride, *p1 = p0 + stride, *p2 = p1 + stride, *p3 = p2 + stride,
                *p4 = p3 + stride, *p5 = p4 + stride, *p6 = p5 + stride, *p7 = p6 + stride;
    for (uint32_t r = from + BATCH; r < dim; r++) {
        float s0 = p0[r], s1 = p1[r], s2 = p2[r], s3 = p3[r], s4 = p4[r], s5 = p5[r], s6 = p6[r], s7 = p7[r];
        float *row = a + (size_t)r * stride;
        for (uint32_t c = r & ~3u; c < stride; c++) {
            float x = row[c];
            x -= s0 * p0[c];
            x -= s1 * p1[c];
            x -= s2 * p2[c];
            x -= s3 * p3[c];
            x -= s4 * p4[c];
            x -= s5 * p5[c];
            x -= s6 * p6[c];
            x -= s7 * p7[c];
            row[c] = x;
        }
    }
}

/* Row k becomes a pivot row; the rows below it, up to end, lose what it explains. */
static void finish_pivot(float *a, uint32_t k, uint32_t end, uint32_t stride) {
    float *pivot_row = a + (size_t)k * stride;
    float pivot = pivot_row[k] > 1e-20f ? __builtin_sqrtf(pivot_row[k]) : 1e-10f;
    float inverse = 1 / pivot;
    for (uint32_t c = k & ~3u; c < stride; c++) pivot_row[c] *= inverse;
    pivot_row[k] = pivot;
    for (uint32_t r = k + 1; r < end; r++) {
        float s = pivot_row[r], *row = a + (size_t)r * stride;
        for (uint32_t c = r & ~3u; c < stride; c++) row[c] -= s * pivot_row[c];
    }
}

void train_cholesky(float *a, uint32_t dim, uint32_t stride) {
    uint32_t k = 0;
    for (; dim - k > BATCH; k += BATCH) {
        for (uint32_t p = k; p < k + BATCH; p++) finish_pivot(a, p, k + BATCH, stride);
        subtract_batch(a, k, dim, stride);
    }
    for (; k < dim; k++) finish_pivot(a, k, dim, stride);
}

int train_is_definite(const float *u, float least, uint32_t dim, uint32_t stride) {
    for (uint32_t k = 0; k < dim; k++) {
        float root = u[(size_t)k * stride + k];
        if (!(root * root >= least && root < 1e19f)) return 0;
    }
    return 1;
}

float train_largest(const float *a, uint32_t dim, uint32_t stride) {
    float largest = 0;
    for (uint32_t k = 0; k < dim; k++)
        if (!(a[(size_t)k * stride + k] <= largest)) largest = a[(size_t)k * stride + k];
    return largest;
}

/* x = U^-T x. */
static void solve_forward(const float *u, float *x, uint32_t dim, uint32_t stride) {
    for (uint32_t r = 0; r < dim; r++) {
        const float *row = u + (size_t)r * stride;
        float value = x[r] /= row[r];
        for (uint32_t c = r + 1; c < dim; c++) x[c] -= value * row[c];
    }
}

void train_solve(const float *u, float *x, uint32_t dim, uint32_t stride) {
    solve_forward(u, x, dim, stride);
    for (uint32_t r = dim; r-- > 0;) {
        const float *row = u + (size_t)r * stride;
        float s[4] = {0, 0, 0, 0};
        for (uint32_t c = r + 1; c < dim; c++) s[c & 3] += row[c] * x[c];
        x[r] = (x[r] - ((s[0] + s[2]) + (s[1] + s[3]))) / row[r];
    }
}

float train_leverage(const float *u, const float *v, float *work, uint32_t dim, uint32_t stride) {
    memcpy(work, v, stride * sizeof *work);
    solve_forward(u, work, dim, stride);
    return kernel_dot(work, work, dim);
}
