/* Owns the `als` objective: items and personas trained together by alternating least squares. Must not draw random numbers
 * outside init, and must give the same result however the work is cut into steps. */
#include "ampcf_train.h"

#include "arena.h"
#include "attention.h"
#include "format.h"
#include "kernels.h"
#include "linalg.h"
#include "personas.h"
#include "smath.h"
#include "train_solve.h"

#include <string.h>

typedef enum phase { PHASE_USER_GRAM, PHASE_USERS, PHASE_ITEM_GRAM, PHASE_ITEMS, PHASE_DONE } phase;

struct ampcf_trainer {
    ampcf_train_config config;
    uint32_t stride; /* D padded to 16: rows of every matrix here */
    uint32_t n_interactions, max_degree;
    const uint32_t *offsets, *items; /* by user: (U + 1), (X) */
    const float *weights;            /* (X) or NULL */
    uint32_t *item_offsets;          /* by item: (N + 1) */
    uint32_t *item_users, *item_at;  /* (X) user, and place in the by-user arrays */
    float *vectors;                  /* (N, stride) v_j */
    float *wholes;                   /* (U, stride) sum_k u_k */
    float *personas;                 /* (U, P, stride) u_k; unused while one vector serves */
    float *gains, *priors;           /* (U, P) of attention.h */
    uint8_t *n_personas;             /* (U) */
    double *gram_sum;                /* packed (D) */
    float *gram;                     /* (D, stride) alpha G of the frozen side */
    float *system, *rows, *row_weights, *units, *right; /* workspace of one row solve */
    float *responsibilities;
    personas_scratch scratch;
    float *out_vectors, *out_bias, *out_gram; /* result in file layout */
    attention_settings attention;
    float settings[FORMAT_SETTINGS];
    phase at;
    uint32_t sweep, row;
    uint64_t done;
};

static uint32_t trained_personas(const ampcf_train_config *c) {
    return c->rho > 0 && c->joint > 0 ? c->n_personas : 1;
}

static int in_range(float x, float low, float high) { return x >= low && x <= high; }

static int config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    return c->n_users >= 1 && c->n_users <= AMPCF_MAX_USERS && c->n_items >= 1 && c->n_items <= AMPCF_MAX_ITEMS &&
           c->dim >= 1 && c->dim <= AMPCF_MAX_DIM && c->n_personas >= 1 && c->n_personas <= AMPCF_MAX_PERSONAS &&
           c->sweeps >= 1 && c->sweeps <= 1000 && in_range(c->alpha, 1e-6f, 1024) && in_range(c->lambda, 1e-6f, 1048576) &&
           in_range(c->nu, 0, 1) && in_range(c->beta, 0, 1024) && in_range(c->eta, 0, 16) && in_range(c->tau, 0, 1) && in_range(c->rho, 0, 1) &&
           in_range(c->sharpness, 0, 1024) && in_range(c->split, 0, 1024) && in_range(c->bias, 0, 1024) &&
           n_interactions < UINT32_MAX / 4;
}

static ampcf_trainer *layout(arena *a, const ampcf_train_config *c, uint32_t n_interactions, uint32_t max_degree) {
    size_t stride = (c->dim + 15) & ~15u, p = trained_personas(c), n = c->n_items, u = c->n_users, x = n_interactions;
    uint32_t max_history = max_degree < n ? max_degree : (uint32_t)n;
    ampcf_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    t.item_offsets = arena_take(a, n + 1, sizeof *t.item_offsets);
    t.item_users = arena_take(a, x, sizeof *t.item_users);
    t.item_at = arena_take(a, x, sizeof *t.item_at);
    t.vectors = arena_take(a, n * stride, sizeof *t.vectors);
    t.wholes = arena_take(a, u * stride, sizeof *t.wholes);
    t.personas = arena_take(a, p > 1 ? u * p * stride : 0, sizeof *t.personas);
    t.gains = arena_take(a, u * p, sizeof *t.gains);
    t.priors = arena_take(a, u * p, sizeof *t.priors);
    t.n_personas = arena_take(a, u, sizeof *t.n_personas);
    t.gram_sum = arena_take(a, packed_size(c->dim), sizeof *t.gram_sum);
    t.gram = arena_take(a, c->dim * stride, sizeof *t.gram);
    t.system = arena_take(a, c->dim * stride, sizeof *t.system);
    t.rows = arena_take(a, max_degree * stride, sizeof *t.rows);
    t.row_weights = arena_take(a, max_degree, sizeof *t.row_weights);
    t.units = arena_take(a, p > 1 ? max_history * (size_t)c->dim : 0, sizeof *t.units);
    t.right = arena_take(a, p * stride, sizeof *t.right);
    t.responsibilities = arena_take(a, p > 1 ? max_history * p : 0, sizeof *t.responsibilities);
    t.scratch = personas_scratch_take(a, p > 1 ? max_history : 0, c->dim, (uint32_t)p);
    t.out_vectors = arena_take(a, n * c->dim, sizeof *t.out_vectors);
    t.out_bias = arena_take(a, n, sizeof *t.out_bias);
    t.out_gram = arena_take(a, packed_size(c->dim), sizeof *t.out_gram);
    if (a->full || !a->base) return NULL;
    t.config = *c;
    t.stride = (uint32_t)stride;
    t.n_interactions = n_interactions;
    t.max_degree = max_degree;
    *head = t;
    return head;
}

size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions) {
    if (!config_is_valid(config, n_interactions)) return 0;
    uint32_t widest = config->n_items > config->n_users ? config->n_items : config->n_users;
    arena a = arena_measure();
    (void)layout(&a, config, n_interactions, n_interactions < widest ? n_interactions : widest);
    return a.full ? 0 : a.used;
}

static ampcf_status check_input(const ampcf_train_config *c, const uint32_t *offsets, const uint32_t *items,
                                const float *weights) {
    uint32_t n = offsets[c->n_users];
    if (offsets[0] != 0) return AMPCF_E_ARGUMENT;
    if (n == 0) return AMPCF_E_NO_DATA;
    for (uint32_t u = 0; u < c->n_users; u++) {
        if (offsets[u + 1] < offsets[u] || offsets[u + 1] > n) return AMPCF_E_ARGUMENT;
        for (uint32_t x = offsets[u]; x < offsets[u + 1]; x++) {
            if (items[x] >= c->n_items) return AMPCF_E_ITEM_RANGE;
            if (x > offsets[u] && items[x] <= items[x - 1]) return AMPCF_E_ARGUMENT;
            if (weights && !(weights[x] > 0 && weights[x] <= AMPCF_MAX_WEIGHT)) return AMPCF_E_ARGUMENT;
        }
    }
    return AMPCF_OK;
}

/* The same interactions by item: a counting sort, so users come in increasing order within an item. */
static void index_by_item(ampcf_trainer *t) {
    uint32_t n = t->config.n_items, *at = t->item_offsets;
    memset(at, 0, (n + (size_t)1) * sizeof *at);
    for (uint32_t x = 0; x < t->n_interactions; x++) at[t->items[x] + 1]++;
    for (uint32_t j = 0; j < n; j++) at[j + 1] += at[j];
    for (uint32_t u = 0; u < t->config.n_users; u++)
        for (uint32_t x = t->offsets[u]; x < t->offsets[u + 1]; x++) {
            uint32_t to = at[t->items[x]]++;
            t->item_users[to] = u;
            t->item_at[to] = x;
        }
    memmove(at + 1, at, n * sizeof *at);
    at[0] = 0;
}

/* PCG32 (O'Neill 2014), and a normal deviate as twelve uniforms (Irwin-Hall): no libm, same bits everywhere. */
static uint32_t pcg32(uint64_t *state) {
    uint64_t old = *state;
    *state = old * 6364136223846793005ull + 1442695040888963407ull;
    uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);
    return (mixed >> turn) | (mixed << ((32 - turn) & 31));
}

static void draw_vectors(ampcf_trainer *t) {
    uint64_t state = (uint64_t)t->config.seed * 0x9E3779B97F4A7C15ull + 1;
    float scale = 0.1f / __builtin_sqrtf((float)t->config.dim);
    (void)pcg32(&state);
    memset(t->vectors, 0, (size_t)t->config.n_items * t->stride * sizeof *t->vectors);
    for (uint32_t j = 0; j < t->config.n_items; j++)
        for (uint32_t d = 0; d < t->config.dim; d++) {
            float sum = -6;
            for (int i = 0; i < 12; i++) sum += (float)(pcg32(&state) >> 8) / 16777216.0f;
            t->vectors[(size_t)j * t->stride + d] = scale * sum;
        }
}

static void fill_settings(ampcf_trainer *t) {
    const ampcf_train_config *c = &t->config;
    t->settings[SETTING_ALPHA] = c->alpha;
    t->settings[SETTING_LAMBDA] = c->lambda;
    t->settings[SETTING_NU] = c->nu;
    t->settings[SETTING_BETA] = c->beta;
    t->settings[SETTING_ETA] = c->eta;
    t->settings[SETTING_TAU] = c->tau;
    t->settings[SETTING_RHO] = c->rho;
    t->settings[SETTING_SHARPNESS] = c->sharpness;
    t->settings[SETTING_SPLIT] = c->split;
}

ampcf_status ampcf_trainer_open(const ampcf_train_config *config, const uint32_t *offsets, const uint32_t *items,
                                const float *weights, void *memory, size_t memory_bytes, ampcf_trainer **out_trainer) {
    /* n_users first: it says where the number of interactions stands. */
    if (!config_is_valid(config, 0) || !config_is_valid(config, offsets[config->n_users])) return AMPCF_E_ARGUMENT;
    ampcf_status status = check_input(config, offsets, items, weights);
    if (status != AMPCF_OK) return status;
    uint32_t n = offsets[config->n_users], widest = config->n_items > config->n_users ? config->n_items : config->n_users;
    arena a = arena_over(memory, memory_bytes);
    ampcf_trainer *t = layout(&a, config, n, n < widest ? n : widest);
    if (!t) return AMPCF_E_MEMORY;
    t->offsets = offsets;
    t->items = items;
    t->weights = weights;
    index_by_item(t);
    draw_vectors(t);
    fill_settings(t);
    t->attention = (attention_settings){config->beta, config->eta, config->tau, config->rho};
    *out_trainer = t;
    return AMPCF_OK;
}

/* gram = alpha sum_rows x x^T, accumulated in double. */
static void build_gram(ampcf_trainer *t, const float *x, uint32_t n) {
    uint32_t dim = t->config.dim;
    memset(t->gram_sum, 0, packed_size(dim) * sizeof *t->gram_sum);
    for (uint32_t i = 0; i < n; i++) packed_add_outer(t->gram_sum, 1, x + (size_t)i * t->stride, dim);
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < t->stride; c++)
            t->gram[(size_t)r * t->stride + c] =
                c < r || c >= dim ? 0 : (float)((double)t->config.alpha * t->gram_sum[packed_row(c) + r]);
}

/* system = Cholesky of alpha G + sum_i w_i e_i e_i^T + lambda (sum_i w_i + alpha n_other)^nu I over the gathered rows. */
static void factor_system(ampcf_trainer *t, uint32_t n_rows, uint32_t n_other) {
    const ampcf_train_config *c = &t->config;
    double mass = (double)c->alpha * n_other;
    memcpy(t->system, t->gram, (size_t)c->dim * t->stride * sizeof *t->system);
    train_add_outers(t->system, t->rows, t->row_weights, n_rows, c->dim, t->stride);
    for (uint32_t i = 0; i < n_rows; i++) mass += (double)t->row_weights[i];
    float ridge = (float)((double)c->lambda * smath_exp((double)c->nu * smath_log(mass)));
    for (uint32_t d = 0; d < c->dim; d++) t->system[(size_t)d * t->stride + d] += ridge;
    train_cholesky(t->system, c->dim, t->stride);
}

static void add_row(float *sum, float w, const float *x, uint32_t stride) {
    for (uint32_t d = 0; d < stride; d++) sum[d] += w * x[d];
}

static float weight_at(const ampcf_trainer *t, uint32_t x) { return t->weights ? t->weights[x] : 1; }

/* Responsibilities of the gathered history in the current item space; returns how many personas. */
static uint32_t split_user(ampcf_trainer *t, uint32_t n, float *out_share) {
    uint32_t dim = t->config.dim;
    for (uint32_t i = 0; i < n; i++) {
        const float *v = t->rows + (size_t)i * t->stride;
        float *unit = t->units + (size_t)i * dim, length = __builtin_sqrtf(kernel_dot(v, v, dim));
        for (uint32_t d = 0; d < dim; d++) unit[d] = length > 0 ? v[d] / length : 0;
    }
    personas_settings s = {t->config.n_personas, t->config.sharpness, t->config.split};
    return personas_split(t->units, t->row_weights, n, dim, &s, &t->scratch, t->responsibilities, out_share);
}

/* Gains and priors of a user whose system is factored and whose personas are solved; as in profile.c, single precision. */
static void measure_support(ampcf_trainer *t, uint32_t user, uint32_t n, uint32_t live, const float *share) {
    size_t at = (size_t)user * t->config.n_personas;
    float support[AMPCF_MAX_PERSONAS] = {0}, mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    for (uint32_t i = 0; live > 1 && i < n; i++) {
        const float *v = t->rows + (size_t)i * t->stride, *r = t->responsibilities + (size_t)i * live;
        float leverage = t->row_weights[i] * train_leverage(t->system, v, t->right, t->config.dim, t->stride);
        kernel_dots(t->personas + at * t->stride, live, t->stride, v, t->config.dim, evidence);
        for (uint32_t k = 0; k < live; k++) {
            float w = t->row_weights[i] * r[k];
            support[k] += w * attention_left_out(evidence[k], leverage, r[k]);
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < live; k++) support[k] = mass[k] > 0 ? support[k] / mass[k] : 0;
    attention_prepare(&t->attention, share, support, live, t->gains + at, t->priors + at);
}

static void solve_user(ampcf_trainer *t, uint32_t user) {
    uint32_t from = t->offsets[user], n = t->offsets[user + 1] - from, stride = t->stride;
    uint32_t p = trained_personas(&t->config), split = p > 1 && t->config.joint >= t->config.sweeps - t->sweep && n > 0;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(t->rows + (size_t)i * stride, t->vectors + (size_t)t->items[from + i] * stride, stride * sizeof *t->rows);
        t->row_weights[i] = weight_at(t, from + i);
    }
    float share[AMPCF_MAX_PERSONAS];
    uint32_t live = split ? split_user(t, n, share) : 1;
    memset(t->right, 0, (size_t)live * stride * sizeof *t->right);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < live; k++)
            add_row(t->right + (size_t)k * stride, t->row_weights[i] * (split ? t->responsibilities[i * live + k] : 1),
                    t->rows + (size_t)i * stride, stride);
    factor_system(t, n, t->config.n_items);
    float *whole = t->wholes + (size_t)user * stride;
    memset(whole, 0, stride * sizeof *whole);
    for (uint32_t k = 0; k < live; k++) {
        float *u = t->right + (size_t)k * stride;
        train_solve(t->system, u, t->config.dim, stride);
        add_row(whole, 1, u, stride);
        if (split) memcpy(t->personas + ((size_t)user * p + k) * stride, u, stride * sizeof *u);
    }
    if (split) measure_support(t, user, n, live, share);
    t->n_personas[user] = (uint8_t)live;
}

/* What an item sees of a user: (1 - rho) sum_k u_k + rho sum_k a_k gain_k u_k. */
static void effective_vector(const ampcf_trainer *t, uint32_t user, const float *v, float *out) {
    const ampcf_train_config *c = &t->config;
    uint32_t live = t->n_personas[user], stride = t->stride;
    const float *whole = t->wholes + (size_t)user * stride;
    if (live < 2) {
        memcpy(out, whole, stride * sizeof *out);
        return;
    }
    const float *u = t->personas + (size_t)user * c->n_personas * stride;
    const float *gain = t->gains + (size_t)user * c->n_personas, *prior = t->priors + (size_t)user * c->n_personas;
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    kernel_dots(u, live, stride, v, c->dim, evidence);
    attention_over(&t->attention, gain, prior, live, evidence, attention);
    for (uint32_t d = 0; d < stride; d++) out[d] = (1 - c->rho) * whole[d];
    for (uint32_t k = 0; k < live; k++) add_row(out, c->rho * attention[k] * gain[k], u + (size_t)k * stride, stride);
}

static void solve_item(ampcf_trainer *t, uint32_t item) {
    uint32_t from = t->item_offsets[item], n = t->item_offsets[item + 1] - from, stride = t->stride;
    float *v = t->vectors + (size_t)item * stride;
    memset(t->right, 0, stride * sizeof *t->right);
    for (uint32_t i = 0; i < n; i++) {
        float *row = t->rows + (size_t)i * stride;
        effective_vector(t, t->item_users[from + i], v, row);
        t->row_weights[i] = weight_at(t, t->item_at[from + i]);
        add_row(t->right, t->row_weights[i], row, stride);
    }
    factor_system(t, n, t->config.n_users);
    train_solve(t->system, t->right, t->config.dim, stride);
    memcpy(v, t->right, stride * sizeof *v);
}

/* Bounds of the file: finite, at most 2^20, no denormals. */
static float storable(double x, double bound) {
    double magnitude = x < 0 ? -x : x;
    if (!(magnitude >= 1.17549435e-38)) return 0;
    return (float)(magnitude <= bound ? x : x < 0 ? -bound : bound);
}

static void finish(ampcf_trainer *t) {
    uint32_t dim = t->config.dim;
    for (uint32_t j = 0; j < t->config.n_items; j++) {
        uint32_t degree = t->item_offsets[j + 1] - t->item_offsets[j];
        float *v = t->vectors + (size_t)j * t->stride;
        for (uint32_t d = 0; d < dim; d++)
            t->out_vectors[(size_t)j * dim + d] = v[d] = storable((double)v[d], (double)FORMAT_MAX_VALUE);
        t->out_bias[j] = storable((double)t->config.bias * degree / t->config.n_users, (double)FORMAT_MAX_VALUE);
    }
    build_gram(t, t->vectors, t->config.n_items);
    for (size_t i = 0; i < packed_size(dim); i++) t->out_gram[i] = storable(t->gram_sum[i], (double)FORMAT_MAX_GRAM);
}

ampcf_status ampcf_trainer_step(ampcf_trainer *trainer, uint32_t max_rows, ampcf_train_progress *out_progress) {
    ampcf_trainer *t = trainer;
    const ampcf_train_config *c = &t->config;
    uint32_t left = max_rows;
    while (left > 0 && t->at != PHASE_DONE) {
        int users = t->at == PHASE_USERS || t->at == PHASE_USER_GRAM;
        uint32_t n = users ? c->n_users : c->n_items;
        if (t->at == PHASE_USER_GRAM || t->at == PHASE_ITEM_GRAM) {
            build_gram(t, users ? t->vectors : t->wholes, users ? c->n_items : c->n_users);
            t->at = users ? PHASE_USERS : PHASE_ITEMS;
            t->row = 0;
        }
        for (; left > 0 && t->row < n; left--, t->done++) users ? solve_user(t, t->row++) : solve_item(t, t->row++);
        if (t->row < n) break;
        if (users) t->at = PHASE_ITEM_GRAM;
        else t->at = ++t->sweep < c->sweeps ? PHASE_USER_GRAM : PHASE_DONE;
        if (t->at == PHASE_DONE) finish(t);
    }
    *out_progress = (ampcf_train_progress){t->done, (uint64_t)c->sweeps * ((uint64_t)c->n_users + c->n_items), t->sweep,
                                           c->sweeps};
    return AMPCF_OK;
}

const float *ampcf_trainer_vectors(const ampcf_trainer *trainer) { return trainer->out_vectors; }
const float *ampcf_trainer_bias(const ampcf_trainer *trainer) { return trainer->out_bias; }
const float *ampcf_trainer_gram(const ampcf_trainer *trainer) { return trainer->out_gram; }
const float *ampcf_trainer_settings(const ampcf_trainer *trainer) { return trainer->settings; }
