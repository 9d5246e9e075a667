/* Owns the arithmetic of fold.h. Must keep every sum in one order. */
#include "train/fold.h"

#include "base/kernels.h"
#include "base/smath.h"
#include "core/format.h"
#include "train/solve.h"

#include <string.h>

train_fold train_fold_take(arena *a, uint32_t dim, uint32_t max_rows) {
    uint32_t stride = kernel_stride(dim);
    train_fold f = {.dim = dim, .stride = stride};
    f.rows = arena_take(a, max_rows, stride * sizeof *f.rows);
    f.weights = arena_take(a, max_rows, sizeof *f.weights);
    f.system = arena_take(a, dim, stride * sizeof *f.system);
    f.vector = arena_take(a, stride, sizeof *f.vector);
    f.work = arena_take(a, stride, sizeof *f.work);
    return f;
}

void train_fold_open(train_fold *f, const float *settings, const float *gram, uint32_t n) {
    f->lambda = settings[SETTING_LAMBDA];
    f->nu = settings[SETTING_NU];
    f->mass = (double)settings[SETTING_ALPHA] * n;
    f->gram = gram;
}

static const float *row_of(const train_fold *f, uint32_t i) { return f->rows + (size_t)i * f->stride; }

static float target_of(const train_fold *f, uint32_t i) { return f->targets ? f->targets[i] : 1; }

/* system = M but for its ridge. */
static void fill(train_fold *f) {
    memcpy(f->system, f->gram, (size_t)f->dim * f->stride * sizeof *f->system);
    train_add_outers(f->system, f->rows, f->weights, f->n_rows, f->dim, f->stride);
}

/* system = Cholesky of M; whether it can be trusted. */
static int factor_with(train_fold *f, float ridge) {
    for (uint32_t d = 0; d < f->dim; d++) f->system[(size_t)d * f->stride + d] += ridge;
    train_cholesky(f->system, f->dim, f->stride);
    return train_is_definite(f->system, ridge / 4, f->dim, f->stride);
}

static float ridge_of(const train_fold *f) {
    double mass = f->mass;
    for (uint32_t i = 0; i < f->n_rows; i++) {
        float t = target_of(f, i);
        mass += (double)(f->weights[i] * t) * (double)t;
    }
    return (float)((double)f->lambda * smath_exp((double)f->nu * smath_log(mass)));
}

/* Whether M could be factored, with its ridge or with the smallest of 2^-23, 2^-20, ... of its largest entry
 * that counts. */
static int factor(train_fold *f) {
    float ridge = ridge_of(f);
    fill(f);
    float largest = train_largest(f->system, f->dim, f->stride);
    if (factor_with(f, ridge)) return 1;
    for (float raised = 0x1p-23f * largest; raised <= 8 * largest && largest < 1e37f; raised *= 8) {
        if (raised <= ridge) continue;
        fill(f);
        if (factor_with(f, raised)) return 1;
    }
    return 0;
}

void train_fold_in(train_fold *f) {
    if (!factor(f)) {
        for (uint32_t d = 0; d < f->dim; d++) f->vector[d] = __builtin_nanf("");
        return;
    }
    memset(f->vector, 0, f->stride * sizeof *f->vector);
    for (uint32_t i = 0; i < f->n_rows; i++)
        kernel_add_scaled(f->vector, f->weights[i] * target_of(f, i), row_of(f, i), f->stride);
    train_solve(f->system, f->vector, f->dim, f->stride);
}

float train_fold_leverage(train_fold *f, uint32_t row) {
    return f->weights[row] * train_leverage(f->system, row_of(f, row), f->work, f->dim, f->stride);
}
