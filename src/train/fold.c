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

/* system = Cholesky of M. */
static void factor(train_fold *f) {
    double mass = f->mass;
    memcpy(f->system, f->gram, (size_t)f->dim * f->stride * sizeof *f->system);
    train_add_outers(f->system, f->rows, f->weights, f->n_rows, f->dim, f->stride);
    for (uint32_t i = 0; i < f->n_rows; i++) {
        float t = target_of(f, i);
        mass += (double)(f->weights[i] * t) * (double)t;
    }
    float ridge = (float)((double)f->lambda * smath_exp((double)f->nu * smath_log(mass)));
    for (uint32_t d = 0; d < f->dim; d++) f->system[(size_t)d * f->stride + d] += ridge;
    train_cholesky(f->system, f->dim, f->stride);
}

void train_fold_in(train_fold *f) {
    factor(f);
    memset(f->vector, 0, f->stride * sizeof *f->vector);
    for (uint32_t i = 0; i < f->n_rows; i++)
        kernel_add_scaled(f->vector, f->weights[i] * target_of(f, i), row_of(f, i), f->stride);
    train_solve(f->system, f->vector, f->dim, f->stride);
}

float train_fold_leverage(train_fold *f, uint32_t row) {
    return f->weights[row] * train_leverage(f->system, row_of(f, row), f->work, f->dim, f->stride);
}
