/* Owns the `als` objective: items and personas trained together by alternating least squares. Must not draw
 * random numbers outside init, and must give the same result however the work is cut into steps. */
#include "train/trainer.h"

#include "core/attention.h"
#include "base/kernels.h"
#include "base/linalg.h"
#include "core/personas.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

typedef enum phase { PHASE_USER_GRAM, PHASE_USERS, PHASE_ITEM_GRAM, PHASE_ITEMS, PHASE_DONE } phase;

typedef struct als_trainer {
    ampcf_trainer base;
    float *wholes;         /* (U, stride) sum_k u_k */
    float *personas;       /* (U, P, stride) u_k; unused while one vector serves */
    float *gains, *priors; /* (U, P) of attention.h */
    uint8_t *n_personas;   /* (U) */
    float *gram;           /* (D, stride) alpha G of the frozen side */
    float *system, *rows, *row_weights, *units, *right; /* workspace of one row solve; weights damped */
    float *event_weights;                               /* and as given, by which personas are told apart */
    float *responsibilities;
    personas_scratch scratch;
    attention_settings attention;
    phase at;
    uint32_t row;
} als_trainer;

static uint32_t trained_personas(const ampcf_train_config *c) {
    return c->rho > 0 && c->joint > 0 ? c->n_personas : 1;
}

static ampcf_trainer *als_layout(arena *a, const trainer_shape *shape) {
    const ampcf_train_config *c = shape->config;
    size_t stride = (c->dim + 15) & ~15u, p = trained_personas(c), n = c->n_items, u = c->n_users,
           degree = shape->max_degree;
    uint32_t max_history = degree < n ? (uint32_t)degree : (uint32_t)n;
    als_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    trainer_take(a, shape, &t.base);
    t.wholes = arena_take(a, u, stride * sizeof *t.wholes);
    t.personas = arena_take(a, p > 1 ? u : 0, p * stride * sizeof *t.personas);
    t.gains = arena_take(a, u, p * sizeof *t.gains);
    t.priors = arena_take(a, u, p * sizeof *t.priors);
    t.n_personas = arena_take(a, u, sizeof *t.n_personas);
    t.gram = arena_take(a, c->dim * stride, sizeof *t.gram);
    t.system = arena_take(a, c->dim * stride, sizeof *t.system);
    t.rows = arena_take(a, degree, stride * sizeof *t.rows);
    t.row_weights = arena_take(a, degree, sizeof *t.row_weights);
    t.event_weights = arena_take(a, degree, sizeof *t.event_weights);
    t.units = arena_take(a, p > 1 ? max_history : 0, c->dim * sizeof *t.units);
    t.right = arena_take(a, p * stride, sizeof *t.right);
    t.responsibilities = arena_take(a, p > 1 ? max_history : 0, p * sizeof *t.responsibilities);
    t.scratch = personas_scratch_take(a, p > 1 ? max_history : 0, c->dim, (uint32_t)p);
    if (a->full || !a->base) return NULL;
    *head = t;
    return &head->base;
}

static void als_open(ampcf_trainer *base) {
    als_trainer *t = (als_trainer *)base;
    const ampcf_train_config *c = &base->config;
    uint64_t random = trainer_random(c->seed);
    float scale = 0.1f / __builtin_sqrtf((float)c->dim);
    for (uint32_t j = 0; j < c->n_items; j++)
        for (uint32_t d = 0; d < c->dim; d++)
            base->vectors[(size_t)j * base->stride + d] = scale * random_normal(&random);
    t->attention = (attention_settings){c->beta, c->eta, c->tau, c->rho};
    base->total = (uint64_t)c->sweeps * ((uint64_t)c->n_users + c->n_items);
}

/* gram = alpha sum_rows part x x^T, accumulated in double. */
static void build_gram(als_trainer *t, const float *x, const float *part, uint32_t n) {
    uint32_t dim = t->base.config.dim, stride = t->base.stride;
    trainer_gram_sum(&t->base, x, part, n);
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < stride; c++)
            t->gram[(size_t)r * stride + c] =
                c < r || c >= dim
                    ? 0
                    : (float)((double)t->base.config.alpha * t->base.gram_sum[packed_row(c) + r]);
}

/* system = Cholesky of alpha G + sum_i w_i e_i e_i^T + lambda (sum_i w_i + alpha n_other)^nu I over the
 * gathered rows. */
static void factor_system(als_trainer *t, uint32_t n_rows, uint32_t n_other) {
    const ampcf_train_config *c = &t->base.config;
    double mass = (double)c->alpha * n_other;
    memcpy(t->system, t->gram, (size_t)c->dim * t->base.stride * sizeof *t->system);
    train_add_outers(t->system, t->rows, t->row_weights, n_rows, c->dim, t->base.stride);
    for (uint32_t i = 0; i < n_rows; i++) mass += (double)t->row_weights[i];
    float ridge = (float)((double)c->lambda * smath_exp((double)c->nu * smath_log(mass)));
    for (uint32_t d = 0; d < c->dim; d++) t->system[(size_t)d * t->base.stride + d] += ridge;
    train_cholesky(t->system, c->dim, t->base.stride);
}

static void add_row(float *sum, float w, const float *x, uint32_t stride) {
    for (uint32_t d = 0; d < stride; d++) sum[d] += w * x[d];
}

/* Responsibilities of the gathered history in the current item space; returns how many personas. */
static uint32_t split_user(als_trainer *t, uint32_t n, float *out_share) {
    uint32_t dim = t->base.config.dim;
    for (uint32_t i = 0; i < n; i++) {
        const float *v = t->rows + (size_t)i * t->base.stride;
        float *unit = t->units + (size_t)i * dim, length = __builtin_sqrtf(kernel_dot(v, v, dim));
        for (uint32_t d = 0; d < dim; d++) unit[d] = length > 0 ? v[d] / length : 0;
    }
    personas_settings s = {t->base.config.n_personas, t->base.config.sharpness, t->base.config.split};
    return personas_split(t->units, t->event_weights, NULL, n, dim, &s, &t->scratch, t->responsibilities,
                          out_share);
}

/* Gains and priors of a user whose system is factored and whose personas are solved; as in profile.c, where
 * vectors and scores are t_j times those here, in single precision. */
static void measure_support(als_trainer *t, uint32_t user, uint32_t n, uint32_t live, const float *share) {
    size_t at = (size_t)user * t->base.config.n_personas;
    float support[AMPCF_MAX_PERSONAS] = {0}, mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    for (uint32_t i = 0; live > 1 && i < n; i++) {
        const float *v = t->rows + (size_t)i * t->base.stride, *r = t->responsibilities + (size_t)i * live;
        float target = t->base.targets[t->base.items[t->base.offsets[user] + i]];
        float leverage =
            t->row_weights[i] * train_leverage(t->system, v, t->right, t->base.config.dim, t->base.stride);
        kernel_dots(t->personas + at * t->base.stride, live, t->base.stride, v, t->base.config.dim, evidence);
        for (uint32_t k = 0; k < live; k++) {
            float w = t->event_weights[i] * r[k];
            support[k] += w * (target * attention_left_out(evidence[k], leverage, r[k]));
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < live; k++) support[k] = mass[k] > 0 ? support[k] / mass[k] : 0;
    attention_prepare(&t->attention, share, support, live, t->gains + at, t->priors + at);
}

static void solve_user(als_trainer *t, uint32_t user) {
    uint32_t from = t->base.offsets[user], n = t->base.offsets[user + 1] - from, stride = t->base.stride;
    uint32_t p = trained_personas(&t->base.config),
             split = p > 1 && t->base.config.joint >= t->base.config.sweeps - t->base.sweep && n > 0;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(t->rows + (size_t)i * stride, t->base.vectors + (size_t)t->base.items[from + i] * stride,
               stride * sizeof *t->rows);
        t->event_weights[i] = trainer_weight(&t->base, from + i);
        t->row_weights[i] = t->event_weights[i] * t->base.item_parts[t->base.items[from + i]];
    }
    float share[AMPCF_MAX_PERSONAS];
    uint32_t live = split ? split_user(t, n, share) : 1;
    memset(t->right, 0, (size_t)live * stride * sizeof *t->right);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < live; k++)
            add_row(t->right + (size_t)k * stride,
                    t->row_weights[i] * (split ? t->responsibilities[i * live + k] : 1),
                    t->rows + (size_t)i * stride, stride);
    factor_system(t, n, t->base.config.n_items);
    float *whole = t->wholes + (size_t)user * stride;
    memset(whole, 0, stride * sizeof *whole);
    for (uint32_t k = 0; k < live; k++) {
        float *u = t->right + (size_t)k * stride;
        train_solve(t->system, u, t->base.config.dim, stride);
        add_row(whole, 1, u, stride);
        if (split) memcpy(t->personas + ((size_t)user * p + k) * stride, u, stride * sizeof *u);
    }
    if (split) measure_support(t, user, n, live, share);
    t->n_personas[user] = (uint8_t)live;
}

/* What an item sees of a user: (1 - rho) sum_k u_k + rho sum_k a_k gain_k u_k, attention as on the device. */
static void effective_vector(const als_trainer *t, uint32_t user, uint32_t item, float *out) {
    const ampcf_train_config *c = &t->base.config;
    uint32_t live = t->n_personas[user], stride = t->base.stride;
    const float *whole = t->wholes + (size_t)user * stride;
    if (live < 2) {
        memcpy(out, whole, stride * sizeof *out);
        return;
    }
    const float *u = t->personas + (size_t)user * c->n_personas * stride;
    const float *gain = t->gains + (size_t)user * c->n_personas,
                *prior = t->priors + (size_t)user * c->n_personas;
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    kernel_dots(u, live, stride, t->base.vectors + (size_t)item * stride, c->dim, evidence);
    for (uint32_t k = 0; k < live; k++) evidence[k] *= t->base.targets[item];
    attention_over(&t->attention, gain, prior, live, evidence, attention);
    for (uint32_t d = 0; d < stride; d++) out[d] = (1 - c->rho) * whole[d];
    for (uint32_t k = 0; k < live; k++)
        add_row(out, c->rho * attention[k] * gain[k], u + (size_t)k * stride, stride);
}

static void solve_item(als_trainer *t, uint32_t item) {
    uint32_t from = t->base.item_offsets[item], n = t->base.item_offsets[item + 1] - from,
             stride = t->base.stride;
    float *v = t->base.vectors + (size_t)item * stride;
    memset(t->right, 0, stride * sizeof *t->right);
    for (uint32_t i = 0; i < n; i++) {
        float *row = t->rows + (size_t)i * stride;
        effective_vector(t, t->base.item_users[from + i], item, row);
        t->row_weights[i] = trainer_weight(&t->base, t->base.item_at[from + i]) *
                            t->base.user_parts[t->base.item_users[from + i]];
        add_row(t->right, t->row_weights[i], row, stride);
    }
    factor_system(t, n, t->base.config.n_users);
    train_solve(t->system, t->right, t->base.config.dim, stride);
    memcpy(v, t->right, stride * sizeof *v);
}

static void als_step(ampcf_trainer *base, uint32_t max_rows) {
    als_trainer *t = (als_trainer *)base;
    const ampcf_train_config *c = &base->config;
    uint32_t left = max_rows;
    while (left > 0 && t->at != PHASE_DONE) {
        int users = t->at == PHASE_USERS || t->at == PHASE_USER_GRAM;
        uint32_t n = users ? c->n_users : c->n_items;
        if (t->at == PHASE_USER_GRAM || t->at == PHASE_ITEM_GRAM) {
            build_gram(t, users ? base->vectors : t->wholes, users ? base->item_parts : base->user_parts,
                       users ? c->n_items : c->n_users);
            t->at = users ? PHASE_USERS : PHASE_ITEMS;
            t->row = 0;
        }
        for (; left > 0 && t->row < n; left--, base->done++)
            users ? solve_user(t, t->row++) : solve_item(t, t->row++);
        if (t->row < n) break;
        if (users) t->at = PHASE_ITEM_GRAM;
        else {
            t->at = ++base->sweep < c->sweeps ? PHASE_USER_GRAM : PHASE_DONE;
            trainer_finish(base);
        }
    }
}

const trainer_ops train_als = {.takes_weights = 1, .layout = als_layout, .open = als_open, .step = als_step};
