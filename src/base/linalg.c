/* Owns packed Cholesky and triangular solves. Must not reorder sums for speed: the order is part of the
 * result. */
#include "base/linalg.h"

/* Four partial sums, one fixed tree. */
static double dot_f64(const double *a, const double *b, uint32_t n) {
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    uint32_t i = 0;
    for (; n - i >= 4; i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++) s0 += a[i] * b[i];
    return (s0 + s2) + (s1 + s3);
}

void packed_add_outer(double *a, double w, const float *v, uint32_t n) {
    for (uint32_t r = 0; r < n; r++) {
        double wr = w * (double)v[r];
        for (uint32_t c = 0; c <= r; c++) a[c] += wr * (double)v[c];
        a += r + 1;
    }
}

void packed_cholesky(double *a, uint32_t n) {
    for (uint32_t r = 0; r < n; r++) {
        double *row = a + packed_row(r);
        for (uint32_t c = 0; c < r; c++) {
            const double *other = a + packed_row(c);
            row[c] = (row[c] - dot_f64(row, other, c)) / other[c];
        }
        double floor = row[r] > 0 ? row[r] * 1e-12 : 1e-12, pivot = row[r] - dot_f64(row, row, r);
        row[r] = __builtin_sqrt(pivot > floor ? pivot : floor);
    }
}

void packed_solve_lower(const double *l, double *x, uint32_t n) {
    for (uint32_t r = 0; r < n; r++) {
        const double *row = l + packed_row(r);
        x[r] = (x[r] - dot_f64(row, x, r)) / row[r];
    }
}

void packed_solve_upper(const double *l, double *x, uint32_t n) {
    for (uint32_t r = n; r-- > 0;) {
        const double *row = l + packed_row(r);
        double value = x[r] /= row[r];
        for (uint32_t c = 0; c < r; c++) x[c] -= value * row[c];
    }
}
