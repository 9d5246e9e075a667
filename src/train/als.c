/* Owns the `als` objective: items and personas trained together by alternating least squares. Must not draw
 * random numbers outside init, and must give the same result however the work is cut into steps. */
#include "train/trainer.h"

#include "train/fold.h"

#include <string.h>

typedef enum phase { PHASE_USER_GRAM, PHASE_USERS, PHASE_ITEM_GRAM, PHASE_ITEMS, PHASE_DONE } phase;

typedef struct als_trainer {
    ampcf_trainer base;
    float *wholes;         /* (U, stride) sum_k u_k */
    float *personas;       /* (U, P, stride) u_k; unused while one vector serves */
    float *gains, *priors; /* (U, P) of attention.h */
    uint8_t *n_personas;   /* (U) */
    float *gram;           /* (D, stride) alpha G of the frozen side */
    float *event_weights;  /* (longest row) as given: the fold's are damped */
    float *scales;         /* (longest row) t_j: on the device, vectors and scores are t_j times those here */
    train_fold fold;       /* of a user, or of an item as one persona */
    phase at;
    uint32_t row;
} als_trainer;

/* P of the arrays by user. */
static uint32_t trained_personas(const ampcf_train_config *c) {
    return c->rho > 0 && c->joint > 0 ? c->n_personas : 1;
}

static ampcf_trainer *als_layout(arena *a, const trainer_shape *shape) {
    const ampcf_train_config *c = shape->config;
    size_t stride = kernel_stride(c->dim), p = trained_personas(c), u = c->n_users;
    uint32_t degree = shape->max_degree;
    als_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    trainer_take(a, shape, &t.base);
    t.wholes = arena_take(a, u, stride * sizeof *t.wholes);
    t.personas = arena_take(a, p > 1 ? u : 0, p * stride * sizeof *t.personas);
    t.gains = arena_take(a, u, p * sizeof *t.gains);
    t.priors = arena_take(a, u, p * sizeof *t.priors);
    t.n_personas = arena_take(a, u, sizeof *t.n_personas);
    t.gram = arena_take(a, c->dim * stride, sizeof *t.gram);
    t.event_weights = arena_take(a, degree, sizeof *t.event_weights);
    t.scales = arena_take(a, degree, sizeof *t.scales);
    t.fold = train_fold_take(a, c->dim, (uint32_t)p, degree, degree < c->n_items ? degree : c->n_items);
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
    t->fold.events = t->event_weights;
    t->fold.scale = t->scales;
    base->total = (uint64_t)c->sweeps * ((uint64_t)c->n_users + c->n_items);
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
    trainer_gram(b, t->wholes, b->user_parts, b->config.n_users, t->gram);
    train_fold_open(&t->fold, b->settings, t->gram, b->config.n_users);
}

/* The history of a user as rows of the fold. */
static void gather_user(als_trainer *t, uint32_t user) {
    ampcf_trainer *b = &t->base;
    uint32_t from = b->offsets[user], n = b->offsets[user + 1] - from, stride = b->stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t item = b->items[from + i];
        memcpy(t->fold.rows + (size_t)i * stride, b->vectors + (size_t)item * stride, stride * sizeof(float));
        t->event_weights[i] = trainer_weight(b, from + i);
        t->fold.weights[i] = t->event_weights[i] * b->item_parts[item];
        t->scales[i] = b->targets[item];
    }
    t->fold.n_rows = n;
}

static void solve_user(als_trainer *t, uint32_t user) {
    const ampcf_train_config *c = &t->base.config;
    uint32_t p = trained_personas(c), stride = t->base.stride;
    int split = p > 1 && c->joint >= c->sweeps - t->base.sweep;
    const train_fold *f = &t->fold;
    gather_user(t, user);
    train_fold_in(&t->fold, split ? p : 1);
    float *whole = t->wholes + (size_t)user * stride;
    memset(whole, 0, stride * sizeof *whole);
    for (uint32_t k = 0; k < f->n_personas; k++)
        kernel_add_scaled(whole, 1, f->personas + (size_t)k * stride, stride);
    t->n_personas[user] = (uint8_t)f->n_personas;
    if (f->n_personas < 2) return;
    memcpy(t->personas + (size_t)user * p * stride, f->personas, f->n_personas * stride * sizeof(float));
    memcpy(t->gains + (size_t)user * p, f->gains, f->n_personas * sizeof(float));
    memcpy(t->priors + (size_t)user * p, f->priors, f->n_personas * sizeof(float));
}

/* What an item sees of a user: the vector whose product with the item's is the score, attention as on the
 * device. */
static void effective_vector(const als_trainer *t, uint32_t user, uint32_t item, float *out) {
    const ampcf_trainer *b = &t->base;
    uint32_t live = t->n_personas[user], stride = b->stride, p = trained_personas(&b->config);
    const float *whole = t->wholes + (size_t)user * stride;
    if (live < 2) {
        memcpy(out, whole, stride * sizeof *out);
        return;
    }
    const float *u = t->personas + (size_t)user * p * stride;
    attention_view view = {&t->fold.attention, t->gains + (size_t)user * p, t->priors + (size_t)user * p,
                           live};
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    kernel_dots(u, live, stride, b->vectors + (size_t)item * stride, b->config.dim, evidence);
    for (uint32_t k = 0; k < live; k++) evidence[k] *= b->targets[item];
    attention_over(&view, evidence, attention);
    attention_vector(&view, attention, whole, u, stride, out);
}

/* The same normal equations, with people in the place of items. */
static void solve_item(als_trainer *t, uint32_t item) {
    ampcf_trainer *b = &t->base;
    uint32_t from = b->item_offsets[item], n = b->item_offsets[item + 1] - from, stride = b->stride;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t user = b->item_users[from + i];
        effective_vector(t, user, item, t->fold.rows + (size_t)i * stride);
        t->fold.weights[i] = trainer_weight(b, b->item_at[from + i]) * b->user_parts[user];
    }
    t->fold.n_rows = n;
    train_fold_in(&t->fold, 1);
    memcpy(b->vectors + (size_t)item * stride, t->fold.personas, stride * sizeof(float));
}

static void als_step(ampcf_trainer *base, uint32_t max_rows) {
    als_trainer *t = (als_trainer *)base;
    const ampcf_train_config *c = &base->config;
    uint32_t left = max_rows;
    while (left > 0 && t->at != PHASE_DONE) {
        int users = t->at == PHASE_USERS || t->at == PHASE_USER_GRAM;
        uint32_t n = users ? c->n_users : c->n_items;
        if (t->at == PHASE_USER_GRAM || t->at == PHASE_ITEM_GRAM) {
            users ? begin_users(t) : begin_items(t);
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
