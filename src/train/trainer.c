/* Owns the trainer's public functions and all that objectives share: checks, the index by item, results in
 * file layout. Must not know how any objective learns. */
#include "train/trainer.h"

#include "base/kernels.h"
#include "base/linalg.h"
#include "train/interactions.h"
#include "train/results.h"

#include <string.h>

/* By ampcf_objective. */
static const trainer_ops *const objectives[] = {&train_als, &train_softmax, &train_likelihood,
                                                &train_likelihood, &train_likelihood};

static const trainer_ops *ops_of(const ampcf_train_config *c) {
    return c->objective < sizeof objectives / sizeof *objectives ? objectives[c->objective] : NULL;
}

static int config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    const trainer_ops *ops = ops_of(c);
    return ops && results_config_is_valid(c) && c->sweeps >= 1 && c->sweeps <= 1000 &&
           n_interactions < UINT32_MAX / 4 && in_range(c->alpha, 1e-6f, 1024) &&
           in_range(c->user_damping, 0, 2) &&
           (!ops->config_is_valid || ops->config_is_valid(c, n_interactions));
}

void trainer_take(arena *a, const trainer_shape *shape, ampcf_trainer *base) {
    const ampcf_train_config *c = shape->config;
    size_t stride = kernel_stride(c->dim), n = c->n_items, x = shape->n_interactions;
    base->config = *c;
    base->stride = (uint32_t)stride;
    base->n_interactions = shape->n_interactions;
    base->max_degree = shape->max_degree;
    base->item_offsets = arena_take(a, n + 1, sizeof *base->item_offsets);
    base->item_users = arena_take(a, x, sizeof *base->item_users);
    base->item_at = arena_take(a, x, sizeof *base->item_at);
    base->vectors = arena_take(a, n, stride * sizeof *base->vectors);
    base->gram_sum = arena_take(a, packed_size(c->dim), sizeof *base->gram_sum);
    base->user_parts = arena_take(a, c->n_users, sizeof *base->user_parts);
    base->item_parts = arena_take(a, n, sizeof *base->item_parts);
    base->targets = arena_take(a, n, sizeof *base->targets);
    base->out_vectors = arena_take(a, n, c->dim * sizeof *base->out_vectors);
    base->out_bias = arena_take(a, n, sizeof *base->out_bias);
    base->out_gram = arena_take(a, packed_size(c->dim), sizeof *base->out_gram);
    base->out_weights = arena_take(a, results_are_damped(c) ? n : 0, sizeof *base->out_weights);
}

static trainer_shape shape_of(const ampcf_train_config *c, uint32_t n_interactions) {
    uint32_t widest = c->n_items > c->n_users ? c->n_items : c->n_users;
    return (trainer_shape){c, n_interactions, n_interactions < widest ? n_interactions : widest};
}

size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions) {
    if (!config_is_valid(config, n_interactions)) return 0;
    trainer_shape shape = shape_of(config, n_interactions);
    arena a = arena_measure();
    (void)ops_of(config)->layout(&a, &shape);
    return a.full ? 0 : a.used;
}

/* Every type of vectors can hold it. */
#define MAX_TRAINED 32768.0

ampcf_status ampcf_trainer_open(const ampcf_train_config *config, const uint32_t *offsets,
                                const uint32_t *items, const float *weights, void *memory,
                                size_t memory_bytes, ampcf_trainer **out_trainer) {
    /* n_users first: it says where the number of interactions stands. */
    if (!config_is_valid(config, 0) || !config_is_valid(config, offsets[config->n_users]))
        return AMPCF_E_ARGUMENT;
    ampcf_status status = interactions_check(config->n_users, config->n_items, offsets, items, weights);
    if (status != AMPCF_OK) return status;
    const trainer_ops *ops = ops_of(config);
    if (weights && !ops->takes_weights) return AMPCF_E_ARGUMENT;
    trainer_shape shape = shape_of(config, offsets[config->n_users]);
    arena a = arena_over(memory, memory_bytes);
    ampcf_trainer *t = ops->layout(&a, &shape);
    if (!t) return AMPCF_E_MEMORY;
    t->ops = ops;
    t->offsets = offsets;
    t->items = items;
    t->weights = weights;
    memset(t->vectors, 0, (size_t)config->n_items * t->stride * sizeof *t->vectors);
    interactions_by_item(config->n_users, config->n_items, offsets, items, t->item_offsets, t->item_users,
                         t->item_at);
    results_damp(offsets, config->n_users, config->user_damping, t->user_parts);
    results_damp_items(config, t->item_offsets, t->item_parts, t->targets, t->out_weights);
    results_settings(config, t->settings);
    ops->open(t);
    *out_trainer = t;
    return AMPCF_OK;
}

static ampcf_status progress_of(const ampcf_trainer *t, ampcf_train_progress *out) {
    *out = (ampcf_train_progress){t->done, t->total, t->sweep, t->config.sweeps};
    return t->diverged ? AMPCF_E_DIVERGED : AMPCF_OK;
}

ampcf_status ampcf_trainer_step(ampcf_trainer *trainer, uint32_t max_rows,
                                ampcf_train_progress *out_progress) {
    trainer->ops->step(trainer, max_rows);
    return progress_of(trainer, out_progress);
}

void ampcf_trainer_pass(const ampcf_trainer *trainer, ampcf_train_pass *out_pass) {
    *out_pass = (ampcf_train_pass){NULL, 0, 0, AMPCF_PASS_USERS};
    if (trainer->ops->pass) trainer->ops->pass(trainer, out_pass);
}

ampcf_status ampcf_trainer_solve(ampcf_trainer *trainer, uint32_t from, uint32_t n) {
    ampcf_train_pass pass;
    ampcf_trainer_pass(trainer, &pass);
    if (from > pass.n_rows || n > pass.n_rows - from) return AMPCF_E_ARGUMENT;
    if (n > 0) trainer->ops->solve(trainer, from, n);
    return AMPCF_OK;
}

ampcf_status ampcf_trainer_pass_end(ampcf_trainer *trainer, ampcf_train_progress *out_progress) {
    ampcf_train_pass pass;
    ampcf_trainer_pass(trainer, &pass);
    if (pass.n_rows == 0) return AMPCF_E_ARGUMENT;
    trainer->ops->pass_end(trainer);
    return progress_of(trainer, out_progress);
}

ampcf_status ampcf_trainer_score(ampcf_trainer *trainer, uint32_t user, const uint32_t *items, uint32_t n,
                                 float *out_scores) {
    if (!trainer->ops->score || user >= trainer->config.n_users) return AMPCF_E_ARGUMENT;
    for (uint32_t i = 0; i < n; i++)
        if (items[i] >= trainer->config.n_items) return AMPCF_E_ITEM_RANGE;
    trainer->ops->score(trainer, user, items, n, out_scores);
    return AMPCF_OK;
}

uint64_t trainer_random(uint32_t seed) {
    uint64_t state = (uint64_t)seed * 0x9E3779B97F4A7C15ull + 1;
    (void)pcg32(&state);
    return state;
}

uint32_t pcg32(uint64_t *state) {
    uint64_t old = *state;
    *state = old * 6364136223846793005ull + 1442695040888963407ull;
    uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);
    return (mixed >> turn) | (mixed << ((32 - turn) & 31));
}

float random_normal(uint64_t *state) {
    float sum = -6;
    for (int i = 0; i < 12; i++) sum += (float)(pcg32(state) >> 8) / 16777216.0f;
    return sum;
}

void trainer_gram(ampcf_trainer *t, const float *x, const float *part, uint32_t n, float *out) {
    uint32_t dim = t->config.dim, stride = t->stride;
    memset(t->gram_sum, 0, packed_size(dim) * sizeof *t->gram_sum);
    for (uint32_t i = 0; i < n; i++)
        packed_add_outer(t->gram_sum, part ? (double)part[i] : 1, x + (size_t)i * stride, dim);
    memset(out, 0, (size_t)dim * stride * sizeof *out);
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = r; c < dim; c++)
            out[(size_t)r * stride + c] = (float)((double)t->config.alpha * t->gram_sum[packed_row(c) + r]);
}

/* Numbers of vectors are rounded to multiples of this: vector_step times their root mean square; 0 = not. */
static double step_of(const ampcf_trainer *t) {
    uint32_t dim = t->config.dim, n = t->config.n_items;
    double sum = 0;
    if (t->config.vector_step == 0) return 0;
    for (uint32_t j = 0; j < n; j++)
        for (uint32_t d = 0; d < dim; d++) {
            double x = (double)t->vectors[(size_t)j * t->stride + d];
            sum += x * x;
        }
    double step = (double)t->config.vector_step * __builtin_sqrt(sum / ((double)n * dim));
    return step > 1e-30 && step < 1e30 ? step : 0; /* else there is nothing to round, or nothing to save */
}

/* At most 2^28 steps of the least vector_step: N D of them would have to be in one number. */
static double rounded(double x, double step) {
    if (step == 0) return x;
    double steps = x / step;
    return (double)(int64_t)(steps + (steps < 0 ? -0.5 : 0.5)) * step;
}

void trainer_finish(ampcf_trainer *t) {
    const ampcf_train_config *c = &t->config;
    uint32_t dim = c->dim, n = c->n_items;
    double step = step_of(t);
    for (uint32_t j = 0; j < n; j++) {
        const float *v = t->vectors + (size_t)j * t->stride;
        float *out = t->out_vectors + (size_t)j * dim;
        for (uint32_t d = 0; d < dim; d++)
            out[d] = results_storable((double)t->targets[j] * rounded((double)v[d], step), MAX_TRAINED);
    }
    results_bias(c, t->item_offsets, t->out_bias);
    results_gram(c, t->out_vectors, results_are_damped(c) ? t->out_weights : NULL, 1, t->gram_sum,
                 t->out_gram);
    t->diverged = !results_are_useful(t->out_vectors, (size_t)n * dim);
}

const float *ampcf_trainer_vectors(const ampcf_trainer *trainer) { return trainer->out_vectors; }
const float *ampcf_trainer_bias(const ampcf_trainer *trainer) { return trainer->out_bias; }
const float *ampcf_trainer_gram(const ampcf_trainer *trainer) { return trainer->out_gram; }
const float *ampcf_trainer_settings(const ampcf_trainer *trainer) { return trainer->settings; }

const float *ampcf_trainer_item_weights(const ampcf_trainer *trainer) {
    return results_are_damped(&trainer->config) ? trainer->out_weights : NULL;
}

const float *ampcf_trainer_item_targets(const ampcf_trainer *trainer) {
    return results_are_damped(&trainer->config) ? trainer->targets : NULL;
}
