/* Owns the arithmetic of fold.h. Must keep every sum in one order. */
#include "train/fold.h"

#include "train/solve.h"

#include <string.h>

train_fold train_fold_take(arena *a, uint32_t dim, uint32_t n_personas, uint32_t max_rows,
                           uint32_t max_history) {
    uint32_t stride = kernel_stride(dim), n_split = n_personas > 1 ? max_history : 0;
    train_fold f = {.dim = dim, .stride = stride, .personas_cap = n_personas};
    f.rows = arena_take(a, max_rows, stride * sizeof *f.rows);
    f.weights = arena_take(a, max_rows, sizeof *f.weights);
    size_t shared = (size_t)max_history * n_personas; /* one persona: all rows, else those of histories */
    f.responsibilities = arena_take(a, shared > max_rows ? shared : max_rows, sizeof *f.responsibilities);
    f.system = arena_take(a, dim, stride * sizeof *f.system);
    f.personas = arena_take(a, n_personas, stride * sizeof *f.personas);
    f.gains = arena_take(a, n_personas, sizeof *f.gains);
    f.priors = arena_take(a, n_personas, sizeof *f.priors);
    f.units = arena_take(a, n_split, dim * sizeof *f.units);
    f.work = arena_take(a, stride, sizeof *f.work);
    f.scratch = personas_scratch_take(a, n_split, dim, n_personas);
    f.events = f.weights;
    return f;
}

void train_fold_open(train_fold *f, const float *settings, const float *gram, uint32_t n) {
    f->attention = attention_read(settings);
    f->split = (personas_settings){1, settings[SETTING_SHARPNESS], settings[SETTING_SPLIT], 0};
    f->lambda = settings[SETTING_LAMBDA];
    f->nu = settings[SETTING_NU];
    f->mass = (double)settings[SETTING_ALPHA] * n;
    f->gram = gram;
}

static const float *row_of(const train_fold *f, uint32_t i) { return f->rows + (size_t)i * f->stride; }

/* Responsibilities by direction, and shares (P). */
static void split(train_fold *f, uint32_t max_personas, float *out_share) {
    f->n_personas = 1;
    out_share[0] = 1;
    f->split.max_personas = max_personas;
    for (uint32_t i = 0; i < f->n_rows && max_personas == 1; i++) f->responsibilities[i] = 1;
    if (max_personas == 1 || f->n_rows == 0) return;
    for (uint32_t i = 0; i < f->n_rows; i++)
        personas_direction(row_of(f, i), f->dim, f->units + (size_t)i * f->dim);
    f->n_personas = personas_split(f->units, f->events, NULL, f->n_rows, f->dim, &f->split, &f->scratch,
                                   f->responsibilities, out_share);
}

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

static void solve(train_fold *f) {
    uint32_t p = f->n_personas;
    memset(f->personas, 0, (size_t)p * f->stride * sizeof *f->personas);
    for (uint32_t i = 0; i < f->n_rows; i++) {
        float pull = f->weights[i] * target_of(f, i);
        for (uint32_t k = 0; k < p; k++)
            kernel_add_scaled(f->personas + (size_t)k * f->stride,
                              pull * f->responsibilities[(size_t)i * p + k], row_of(f, i), f->stride);
    }
    for (uint32_t k = 0; k < p; k++)
        train_solve(f->system, f->personas + (size_t)k * f->stride, f->dim, f->stride);
}

float train_fold_leverage(train_fold *f, uint32_t row) {
    return f->weights[row] * train_leverage(f->system, row_of(f, row), f->work, f->dim, f->stride);
}

/* support_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik, s' left out; not asked for where nothing is forgiven. */
static void measure_support(train_fold *f, float *out_support) {
    float mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    uint32_t p = f->n_personas;
    memset(out_support, 0, p * sizeof *out_support);
    for (uint32_t i = 0; p > 1 && f->attention.tau > 0 && i < f->n_rows; i++) {
        const float *r = f->responsibilities + (size_t)i * p;
        float leverage = train_fold_leverage(f, i), scale = f->scale ? f->scale[i] : 1;
        kernel_dots(f->personas, p, f->stride, row_of(f, i), f->dim, evidence);
        for (uint32_t k = 0; k < p; k++) {
            float w = f->events[i] * r[k];
            out_support[k] += w * (scale * attention_left_out(evidence[k], leverage, target_of(f, i) * r[k]));
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < p; k++) out_support[k] = mass[k] > 0 ? out_support[k] / mass[k] : 0;
}

void train_fold_in(train_fold *f, uint32_t max_personas) {
    float share[AMPCF_MAX_PERSONAS], support[AMPCF_MAX_PERSONAS];
    split(f, max_personas, share);
    factor(f);
    solve(f);
    measure_support(f, support);
    attention_prepare(&f->attention, share, support, f->n_personas, f->gains, f->priors);
}
