/* Owns the `softmax` objective: how examples are drawn, batched and learnt from. Must not know the loss
 * (softmax_loss.c) or how parameters move (adam.c), and must give the same result however the work is cut
 * into steps. */
#include "train/trainer.h"

#include "base/kernels.h"
#include "train/adam.h"
#include "train/softmax_loss.h"

#include <string.h>

typedef struct softmax_trainer {
    ampcf_trainer base;
    uint32_t n_personas, batch, n_batches; /* P; examples a batch; batches an epoch */
    uint32_t in_batch, at_batch;
    uint64_t random;
    uint32_t *order; /* (X) user of each example, in the one order of all epochs */
    float *persona_values, *bias_values, *map_values;
    adam optimizer;
    adam_table personas, items; /* (U, P x stride), (N, stride) */
    adam_table bias;            /* (N, 1) b_j; P = 1 */
    adam_table maps;            /* (2 D, stride) A_u, then A_v; cosine */
    softmax_example example;
} softmax_trainer;

static int softmax_config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    return c->batch >= 1 && c->batch <= 65536 && c->negatives >= 1 && c->negatives < SOFTMAX_MAX_ITEMS &&
           c->attention <= AMPCF_ATTENTION_COSINE && in_range(c->learning_rate, 1e-9f, 1) &&
           in_range(c->balance, 0, 1) && in_range(c->entropy_positive, 0, 1024) &&
           in_range(c->entropy_negative, 0, 1024) && in_range(c->attention_beta, 0, 1024) &&
           c->user_damping == 0 && c->item_damping == 0 && c->popularity_damping == 0 &&
           c->support_lambda == 0 && c->vector_step == 0 &&
           (uint64_t)c->sweeps * (n_interactions / c->batch) < UINT32_MAX / 2;
}

static uint32_t least(uint64_t a, uint64_t b) { return (uint32_t)(a < b ? a : b); }

static ampcf_trainer *softmax_layout(arena *a, const trainer_shape *shape) {
    const ampcf_train_config *c = shape->config;
    uint32_t p = c->n_personas, n = c->n_items, users = c->n_users, stride = kernel_stride(c->dim);
    uint32_t n_bias = p == 1 ? n : 0,
             n_maps = p > 1 && c->attention == AMPCF_ATTENTION_COSINE ? 2 * c->dim : 0;
    softmax_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    trainer_take(a, shape, &t.base);
    t.n_personas = p;
    t.batch = least(c->batch, shape->n_interactions);
    uint32_t items_cap = least((uint64_t)t.batch * (1 + c->negatives), n);
    t.order = arena_take(a, shape->n_interactions, sizeof *t.order);
    t.persona_values = arena_take(a, users, (size_t)p * stride * sizeof(float));
    t.bias_values = arena_take(a, n_bias, sizeof(float));
    t.map_values = arena_take(a, n_maps, stride * sizeof(float));
    t.optimizer = adam_take(a);
    t.personas = adam_table_take(a, t.persona_values, users, p * stride, least(t.batch, users));
    t.items = adam_table_take(a, t.base.vectors, n, stride, items_cap);
    t.bias = adam_table_take(a, t.bias_values, n_bias, 1, n_bias > 0 ? items_cap : 0);
    t.maps = adam_table_take(a, t.map_values, n_maps, stride, n_maps);
    t.example.work = arena_take(a, softmax_work(SOFTMAX_MAX_ITEMS, p, stride), sizeof(float));
    if (a->full || !a->base) return NULL;
    *head = t;
    return &head->base;
}

/* Rows of normal deviates, zero from D on. */
static void draw_rows(softmax_trainer *t, float *rows, size_t n_rows, double variance) {
    uint32_t dim = t->base.config.dim, stride = t->base.stride;
    float scale = (float)__builtin_sqrt(variance);
    memset(rows, 0, n_rows * stride * sizeof *rows);
    for (size_t i = 0; i < n_rows; i++)
        for (uint32_t d = 0; d < dim; d++) rows[i * stride + d] = scale * random_normal(&t->random);
}

static uint32_t random_under(softmax_trainer *t, uint32_t n) {
    return (uint32_t)(((uint64_t)pcg32(&t->random) * n) >> 32);
}

static void shuffle_examples(softmax_trainer *t) {
    const uint32_t *offsets = t->base.offsets;
    for (uint32_t u = 0; u < t->base.config.n_users; u++)
        for (uint32_t x = offsets[u]; x < offsets[u + 1]; x++) t->order[x] = u;
    for (uint32_t x = t->base.n_interactions; x > 1; x--) {
        uint32_t other = random_under(t, x), user = t->order[x - 1];
        t->order[x - 1] = t->order[other];
        t->order[other] = user;
    }
}

/* What every example of the run has in common. */
static void prepare_example(softmax_trainer *t) {
    const ampcf_train_config *c = &t->base.config;
    softmax_example *e = &t->example;
    float entropies = t->n_personas > 1 ? 1 - c->balance : 0;
    e->n_personas = t->n_personas;
    e->dim = c->dim;
    e->stride = t->base.stride;
    e->beta = c->attention_beta;
    e->fit = (t->n_personas > 1 ? c->balance : 1) / (float)t->batch;
    e->positive = entropies * c->entropy_positive;
    if (t->maps.n_rows > 0) {
        e->user_map = t->map_values;
        e->item_map = t->map_values + (size_t)c->dim * t->base.stride;
        e->user_map_gradient = t->maps.gradient;
        e->item_map_gradient = t->maps.gradient + (size_t)c->dim * t->base.stride;
    }
}

/* Glorot & Bengio's variance 2 / (fan in + fan out), as the authors' framework counts the fans of each
 * tensor. */
static void softmax_open(ampcf_trainer *base) {
    softmax_trainer *t = (softmax_trainer *)base;
    const ampcf_train_config *c = &base->config;
    double p = c->n_personas, u = c->n_users, n = c->n_items, d = c->dim;
    t->random = trainer_random(c->seed);
    draw_rows(t, t->persona_values, (size_t)c->n_users * c->n_personas, 2 / (p * d + u * d));
    draw_rows(t, base->vectors, c->n_items, 2 / (d + n));
    draw_rows(t, t->map_values, t->maps.n_rows, 1 / d);
    for (uint32_t j = 0; j < t->bias.n_rows; j++) t->bias_values[j] = random_normal(&t->random);
    shuffle_examples(t);
    adam_begin(&t->optimizer, c->learning_rate);
    adam_table_begin(&t->personas);
    adam_table_begin(&t->items);
    adam_table_begin(&t->bias);
    adam_table_begin(&t->maps);
    prepare_example(t);
    t->n_batches = base->n_interactions / t->batch;
    base->total = (uint64_t)c->sweeps * t->n_batches * t->batch;
}

/* The r-th item that a user with these n increasing items does not have. */
static uint32_t missing_item(const uint32_t *items, uint32_t n, uint32_t r) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (items[middle] - middle > r) high = middle;
        else low = middle + 1;
    }
    return r + low;
}

/* One positive, then different negatives, fewer where the user lacks fewer (Floyd's sample). Returns how
 * many items. */
static uint32_t draw_items(softmax_trainer *t, uint32_t user, uint32_t *out_items) {
    const uint32_t *own = t->base.items + t->base.offsets[user];
    uint32_t n = t->base.offsets[user + 1] - t->base.offsets[user], missing = t->base.config.n_items - n;
    uint32_t wanted = least(t->base.config.negatives, missing), count = 0;
    out_items[count++] = own[random_under(t, n)];
    for (uint32_t last = missing - wanted; last < missing; last++) {
        uint32_t item = missing_item(own, n, random_under(t, last + 1));
        for (uint32_t i = 1; i < count; i++)
            if (out_items[i] == item) item = missing_item(own, n, last);
        out_items[count++] = item;
    }
    return count;
}

static void learn(softmax_trainer *t, uint32_t user) {
    uint32_t items[SOFTMAX_MAX_ITEMS], n = draw_items(t, user, items);
    const ampcf_train_config *c = &t->base.config;
    const adam *o = &t->optimizer;
    softmax_example *e = &t->example;
    for (uint32_t d = 0; d < t->maps.n_rows && t->in_batch == 0; d++) (void)adam_touch(o, &t->maps, d);
    e->n_items = n;
    e->negative = t->n_personas > 1 && n > 1 ? (1 - c->balance) * c->entropy_negative / (float)(n - 1) : 0;
    e->personas_gradient = adam_touch(o, &t->personas, user);
    e->personas = t->persona_values + (size_t)user * t->personas.width;
    for (uint32_t s = 0; s < n; s++) {
        e->items_gradient[s] = adam_touch(o, &t->items, items[s]);
        e->items[s] = t->base.vectors + (size_t)items[s] * t->base.stride;
        if (t->bias.n_rows > 0) e->bias_gradient[s] = adam_touch(o, &t->bias, items[s]);
        e->bias[s] = t->bias.n_rows > 0 ? t->bias_values + items[s] : NULL;
    }
    (void)softmax_loss_gradient(e);
}

static void end_batch(softmax_trainer *t) {
    adam_table *tables[] = {&t->personas, &t->items, &t->bias, &t->maps};
    adam_step(&t->optimizer, tables, sizeof tables / sizeof *tables);
    t->base.diverged = t->optimizer.diverged;
    t->in_batch = 0;
    if (++t->at_batch < t->n_batches) return;
    t->at_batch = 0;
    t->base.sweep++;
    for (uint32_t j = 0; j < t->base.config.n_items; j++) (void)adam_row(&t->optimizer, &t->items, j);
    trainer_finish(&t->base);
    t->base.diverged |= t->optimizer.diverged;
}

static void softmax_step(ampcf_trainer *base, uint32_t max_rows) {
    softmax_trainer *t = (softmax_trainer *)base;
    for (uint32_t left = max_rows; left > 0 && base->done < base->total; left--) {
        learn(t, t->order[(size_t)t->at_batch * t->batch + t->in_batch]);
        base->done++;
        if (++t->in_batch == t->batch) end_batch(t);
    }
}

static void softmax_score(ampcf_trainer *base, uint32_t user, const uint32_t *items, uint32_t n,
                          float *out_scores) {
    softmax_trainer *t = (softmax_trainer *)base;
    const adam *o = &t->optimizer;
    softmax_example *e = &t->example;
    e->personas = adam_row(o, &t->personas, user);
    for (uint32_t from = 0; from < n; from += e->n_items) {
        e->n_items = least(n - from, SOFTMAX_MAX_ITEMS);
        for (uint32_t s = 0; s < e->n_items; s++) {
            uint32_t item = items[from + s];
            e->items[s] = adam_row(o, &t->items, item);
            e->bias[s] = t->bias.n_rows > 0 ? adam_row(o, &t->bias, item) : NULL;
        }
        softmax_scores(e, out_scores + from);
    }
}

const trainer_ops train_softmax = {.config_is_valid = softmax_config_is_valid,
                                   .layout = softmax_layout,
                                   .open = softmax_open,
                                   .step = softmax_step,
                                   .score = softmax_score};
