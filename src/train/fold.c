/* Owns the arithmetic of train_fold.h. Must keep every sum in one order. */
#include "train/fold.h"

#include "base/kernels.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

train_fold train_fold_take(arena *a, const ampcf_train_config *c, uint32_t max_history) {
    uint32_t stride = (c->dim + 15) & ~15u, p = c->n_personas, split = p > 1 ? max_history : 0;
    train_fold f = {.config = c, .attention = {c->beta, c->eta, c->tau, c->rho}, .stride = stride};
    f.rows = arena_take(a, max_history, stride * sizeof *f.rows);
    f.weights = arena_take(a, max_history, sizeof *f.weights);
    f.responsibilities = arena_take(a, max_history, p * sizeof *f.responsibilities);
    f.system = arena_take(a, c->dim, stride * sizeof *f.system);
    f.personas = arena_take(a, p, stride * sizeof *f.personas);
    f.gains = arena_take(a, p, sizeof *f.gains);
    f.priors = arena_take(a, p, sizeof *f.priors);
    f.units = arena_take(a, split, c->dim * sizeof *f.units);
    f.work = arena_take(a, stride, sizeof *f.work);
    f.scratch = personas_scratch_take(a, split, c->dim, p);
    return f;
}

/* Responsibilities by direction, and shares (P). */
static void split(train_fold *f, float *out_share) {
    const ampcf_train_config *c = f->config;
    f->n_personas = 1;
    out_share[0] = 1;
    for (uint32_t i = 0; i < f->n_history && c->n_personas == 1; i++) f->responsibilities[i] = 1;
    if (c->n_personas == 1 || f->n_history == 0) return;
    for (uint32_t i = 0; i < f->n_history; i++) {
        const float *v = f->rows + (size_t)i * f->stride;
        float *unit = f->units + (size_t)i * c->dim, length = __builtin_sqrtf(kernel_dot(v, v, c->dim));
        for (uint32_t d = 0; d < c->dim; d++) unit[d] = length > 0 ? v[d] / length : 0;
    }
    personas_settings s = {c->n_personas, c->sharpness, c->split};
    f->n_personas = personas_split(f->units, f->weights, NULL, f->n_history, c->dim, &s, &f->scratch,
                                   f->responsibilities, out_share);
}

static void factor(train_fold *f) {
    const ampcf_train_config *c = f->config;
    double mass = (double)c->alpha * c->n_items;
    memcpy(f->system, f->gram, (size_t)c->dim * f->stride * sizeof *f->system);
    train_add_outers(f->system, f->rows, f->weights, f->n_history, c->dim, f->stride);
    for (uint32_t i = 0; i < f->n_history; i++) mass += (double)f->weights[i];
    float ridge = (float)((double)c->lambda * smath_exp((double)c->nu * smath_log(mass)));
    for (uint32_t d = 0; d < c->dim; d++) f->system[(size_t)d * f->stride + d] += ridge;
    train_cholesky(f->system, c->dim, f->stride);
}

static void solve(train_fold *f) {
    uint32_t p = f->n_personas;
    memset(f->personas, 0, (size_t)p * f->stride * sizeof *f->personas);
    for (uint32_t i = 0; i < f->n_history; i++)
        for (uint32_t k = 0; k < p; k++) {
            const float *v = f->rows + (size_t)i * f->stride;
            float *u = f->personas + (size_t)k * f->stride,
                  w = f->weights[i] * f->responsibilities[(size_t)i * p + k];
            for (uint32_t d = 0; d < f->stride; d++) u[d] += w * v[d];
        }
    for (uint32_t k = 0; k < p; k++)
        train_solve(f->system, f->personas + (size_t)k * f->stride, f->config->dim, f->stride);
}

/* support_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik, s' left out; not asked for where nothing is forgiven. */
static void measure_support(train_fold *f, float *out_support) {
    float mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    uint32_t p = f->n_personas, dim = f->config->dim;
    memset(out_support, 0, p * sizeof *out_support);
    for (uint32_t i = 0; p > 1 && f->attention.tau > 0 && i < f->n_history; i++) {
        const float *v = f->rows + (size_t)i * f->stride, *r = f->responsibilities + (size_t)i * p;
        float leverage = f->weights[i] * train_leverage(f->system, v, f->work, dim, f->stride);
        kernel_dots(f->personas, p, f->stride, v, dim, evidence);
        for (uint32_t k = 0; k < p; k++) {
            float w = f->weights[i] * r[k];
            out_support[k] += w * attention_left_out(evidence[k], leverage, r[k]);
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < p; k++) out_support[k] = mass[k] > 0 ? out_support[k] / mass[k] : 0;
}

void train_fold_in(train_fold *f) {
    float share[AMPCF_MAX_PERSONAS], support[AMPCF_MAX_PERSONAS];
    split(f, share);
    factor(f);
    solve(f);
    measure_support(f, support);
    attention_prepare(&f->attention, share, support, f->n_personas, f->gains, f->priors);
}
