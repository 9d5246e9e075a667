/* Owns the `als` objective: items and people trained together by alternating least squares. Must not draw
 * random numbers outside init, and must give the same result however the work is cut into steps. */
#include "train/trainer.h"

#include "base/kernels.h"
#include "train/fold.h"

#include <string.h>

typedef enum phase { PHASE_USER_GRAM, PHASE_USERS, PHASE_ITEM_GRAM, PHASE_ITEMS, PHASE_DONE } phase;

typedef struct als_trainer {
    ampcf_trainer base;
    float *users;    /* (U, stride) u */
    float *gram;     /* (D, stride) alpha G of the frozen side */
    train_fold fold; /* of a user, or of an item */
    phase at;
    uint32_t row;
} als_trainer;

static int als_config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    (void)n_interactions;
    return in_range(c->support_lambda, 0, 65536) &&
           (c->vector_step == 0 || in_range(c->vector_step, 0.001f, 1));
}

static ampcf_trainer *als_layout(arena *a, const trainer_shape *shape) {
    const ampcf_train_config *c = shape->config;
    size_t stride = kernel_stride(c->dim);
    als_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    trainer_take(a, shape, &t.base);
    t.users = arena_take(a, c->n_users, stride * sizeof *t.users);
    t.gram = arena_take(a, c->dim * stride, sizeof *t.gram);
    t.fold = train_fold_take(a, c->dim, shape->max_degree);
    if (a->full || !a->base) return NULL;
    *head = t;
    return &head->base;
}

static void als_open(ampcf_trainer *base) {
    const ampcf_train_config *c = &base->config;
    uint64_t random = trainer_random(c->seed);
    float scale = 0.1f / __builtin_sqrtf((float)c->dim);
    for (uint32_t j = 0; j < c->n_items; j++)
        for (uint32_t d = 0; d < c->dim; d++)
            base->vectors[(size_t)j * base->stride + d] = scale * random_normal(&random);
    base->total = (uint64_t)c->sweeps * ((uint64_t)c->n_users + c->n_items);
}

/* A power of two for all rows where they are next to nothing, or huge. Under a large lambda the best rows are
 * zero, and every sweep comes nearer to it: what is left then is their direction. */
static void keep_in_range(float *x, size_t n) {
    float largest = 0, by = 1;
    for (size_t i = 0; i < n; i++) {
        float size = x[i] < 0 ? -x[i] : x[i];
        if (size > largest) largest = size;
    }
    if (!(largest > 0 && largest < 1e38f)) return;
    for (; largest * by < 0x1p-12f; by *= 2)
        if (by >= 0x1p60f) break;
    for (; largest * by > 0x1p8f; by /= 2) {}
    for (size_t i = 0; i < n && by != 1; i++) x[i] *= by;
    if (by >= 0x1p60f) keep_in_range(x, n);
}

/* Freeze the items for a pass over the users. */
static void begin_users(als_trainer *t) {
    ampcf_trainer *b = &t->base;
    trainer_gram(b, b->vectors, b->item_parts, b->config.n_items, t->gram);
    train_fold_open(&t->fold, b->settings, t->gram, b->config.n_items);
}

/* Freeze the users for a pass over the items. */
static void begin_items(als_trainer *t) {
    ampcf_trainer *b = &t->base;
    keep_in_range(t->users, (size_t)b->config.n_users * b->stride);
    trainer_gram(b, t->users, b->user_parts, b->config.n_users, t->gram);
    train_fold_open(&t->fold, b->settings, t->gram, b->config.n_users);
}

static void solve_user(als_trainer *t, uint32_t user) {
    ampcf_trainer *b = &t->base;
    uint32_t from = b->offsets[user], n = b->offsets[user + 1] - from, stride = b->stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t item = b->items[from + i];
        memcpy(t->fold.rows + (size_t)i * stride, b->vectors + (size_t)item * stride, stride * sizeof(float));
        t->fold.weights[i] = trainer_weight(b, from + i) * b->item_parts[item];
    }
    t->fold.n_rows = n;
    train_fold_in(&t->fold);
    memcpy(t->users + (size_t)user * stride, t->fold.vector, stride * sizeof(float));
}

/* 1 + (s / n_j)^3: an item of few people is held nearer to 0, as it would hold each of them. */
static float support_factor(const ampcf_train_config *c, uint32_t people) {
    double x = (double)c->support_lambda / (people > 0 ? people : 1);
    return (float)(1 + x * x * x);
}

/* The same normal equations, with people in the place of items. */
static void solve_item(als_trainer *t, uint32_t item) {
    ampcf_trainer *b = &t->base;
    uint32_t from = b->item_offsets[item], n = b->item_offsets[item + 1] - from, stride = b->stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t user = b->item_users[from + i];
        memcpy(t->fold.rows + (size_t)i * stride, t->users + (size_t)user * stride, stride * sizeof(float));
        t->fold.weights[i] = trainer_weight(b, b->item_at[from + i]) * b->user_parts[user];
    }
    t->fold.n_rows = n;
    t->fold.lambda = b->settings[SETTING_LAMBDA] * support_factor(&b->config, n);
    train_fold_in(&t->fold);
    memcpy(b->vectors + (size_t)item * stride, t->fold.vector, stride * sizeof(float));
}

static int solves_users(const als_trainer *t) { return t->at == PHASE_USER_GRAM || t->at == PHASE_USERS; }

static void als_pass(const ampcf_trainer *base, ampcf_train_pass *out) {
    const als_trainer *t = (const als_trainer *)base;
    const ampcf_train_config *c = &base->config;
    if (solves_users(t)) *out = (ampcf_train_pass){t->users, c->n_users, base->stride, AMPCF_PASS_USERS};
    else *out = (ampcf_train_pass){base->vectors, c->n_items, base->stride, AMPCF_PASS_ITEMS};
    if (t->at == PHASE_DONE) out->n_rows = 0;
}

static void als_solve(ampcf_trainer *base, uint32_t from, uint32_t n) {
    als_trainer *t = (als_trainer *)base;
    int users = solves_users(t);
    if (t->at == PHASE_USER_GRAM || t->at == PHASE_ITEM_GRAM) {
        users ? begin_users(t) : begin_items(t);
        t->at = users ? PHASE_USERS : PHASE_ITEMS;
    }
    for (uint32_t row = from; row < from + n; row++) users ? solve_user(t, row) : solve_item(t, row);
}

static void als_pass_end(ampcf_trainer *base) {
    als_trainer *t = (als_trainer *)base;
    const ampcf_train_config *c = &base->config;
    int users = solves_users(t);
    base->done += (users ? c->n_users : c->n_items) - t->row;
    t->row = 0;
    if (users) {
        t->at = PHASE_ITEM_GRAM;
        return;
    }
    t->at = ++base->sweep < c->sweeps ? PHASE_USER_GRAM : PHASE_DONE;
    keep_in_range(base->vectors, (size_t)c->n_items * base->stride);
    trainer_finish(base);
}

static void als_step(ampcf_trainer *base, uint32_t max_rows) {
    als_trainer *t = (als_trainer *)base;
    uint32_t left = max_rows;
    while (left > 0 && t->at != PHASE_DONE) {
        ampcf_train_pass pass;
        als_pass(base, &pass);
        uint32_t rest = pass.n_rows - t->row, n = left < rest ? left : rest;
        als_solve(base, t->row, n);
        t->row += n;
        base->done += n;
        left -= n;
        if (n == rest) als_pass_end(base);
    }
}

const trainer_ops train_als = {.takes_weights = 1,
                               .config_is_valid = als_config_is_valid,
                               .layout = als_layout,
                               .open = als_open,
                               .step = als_step,
                               .pass = als_pass,
                               .solve = als_solve,
                               .pass_end = als_pass_end};
