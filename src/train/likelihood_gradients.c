/* Owns the second pass of a block: what each item collects from the rows of people. Must not read a history
 * but for its items, and must add people up in their order. */
#include "train/likelihood.h"

/* Items whose gradients stay in the first cache while all people of a block add to them. */
#define TILE 32u

void likelihood_touch_items(likelihood_trainer *t) {
    const ampcf_train_config *c = &t->base.config;
    (void)adam_touch(&t->head_optimizer, &t->head, 0);
    for (uint32_t j = 0; j < c->n_items && c->samples == 0; j++) {
        (void)adam_touch(&t->optimizer, &t->vectors, j);
        (void)adam_touch(&t->head_optimizer, &t->biases, j);
    }
    for (uint32_t p = 0; p < t->n_block && c->samples > 0; p++) {
        person_row r = row_of(t, p);
        const uint32_t *own = t->base.items + t->base.offsets[user_of(t, p)];
        uint32_t n = *r.n_items > 0 ? t->base.offsets[user_of(t, p) + 1] - t->base.offsets[user_of(t, p)] : 0;
        for (uint32_t i = 0; i < *r.n_items; i++) (void)adam_touch(&t->optimizer, &t->vectors, r.items[i]);
        for (uint32_t x = 0; x < n; x++)
            if (was_input(&r, x)) (void)adam_touch(&t->optimizer, &t->vectors, own[x]);
    }
}

static float *gradient_at(likelihood_trainer *t, uint32_t slot) {
    return t->vectors.gradient + (size_t)slot * t->base.stride;
}

static void add_event(likelihood_trainer *t, const person_row *r, uint32_t x, uint32_t slot) {
    const float *v = t->base.vectors + (size_t)t->base.items[x] * t->base.stride;
    likelihood_add_event(gradient_at(t, slot), r->vector, r->adjoint, v, trainer_weight(&t->base, x),
                         t->base.config.dim, t->scratch);
}

/* People who add to a tile together: each number of it is loaded and stored once for all of them. */
enum { TOGETHER = 4 };

/* Of one of them, in a tile. */
typedef struct adder {
    person_row row;
    uint32_t first, event, end; /* place of the first event; events of the person with items of the tile */
} adder;

static adder adder_of(const likelihood_trainer *t, uint32_t p, uint32_t from, uint32_t n) {
    uint32_t user = user_of(t, p), first = t->base.offsets[user], count = t->base.offsets[user + 1] - first;
    const uint32_t *own = t->base.items + first;
    adder a = {row_of(t, p), first, first_from(own, count, from), 0};
    for (a.end = a.event; a.end < count && own[a.end] < from + n;) a.end++;
    if (*a.row.n_items == 0) a.end = a.event;
    return a;
}

/* gradient += g_0 u_0, then g_1 u_1 and so on. */
static void add_four(float *restrict gradient, const float *g, const adder *a, uint32_t n) {
    const float *u = a[0].row.vector, *v = a[1].row.vector, *w = a[2].row.vector, *x = a[3].row.vector;
    float g0 = g[0], g1 = g[1], g2 = g[2], g3 = g[3];
    for (uint32_t d = 0; d < n; d++)
        gradient[d] = gradient[d] + g0 * u[d] + g1 * v[d] + g2 * w[d] + g3 * x[d];
}

/* What n people add to one item, in their order. */
static void add_item(likelihood_trainer *t, const adder *a, uint32_t n, uint32_t item, int has_event) {
    float g[TOGETHER];
    int alike = n == TOGETHER && !has_event;
    for (uint32_t k = 0; k < n; k++) {
        g[k] = *a[k].row.n_items > 0 ? t->example.scale * a[k].row.slope[item] : 0;
        alike &= g[k] != 0;
    }
    if (alike) return add_four(gradient_at(t, item), g, a, t->base.stride);
    for (uint32_t k = 0; k < n; k++) {
        if (g[k] != 0) kernel_add_scaled(gradient_at(t, item), g[k], a[k].row.vector, t->base.stride);
        for (uint32_t i = a[k].event; i < a[k].end; i++)
            if (t->base.items[a[k].first + i] == item && was_input(&a[k].row, i))
                add_event(t, &a[k].row, a[k].first + i, item);
    }
}

/* What n people from p on add to the items of a tile, which are their own slots. */
static void add_people(likelihood_trainer *t, uint32_t p, uint32_t n, uint32_t from, uint32_t n_items) {
    adder a[TOGETHER];
    int has_event[TILE] = {0};
    for (uint32_t k = 0; k < n; k++) {
        a[k] = adder_of(t, p + k, from, n_items);
        for (uint32_t i = a[k].event; i < a[k].end; i++)
            has_event[t->base.items[a[k].first + i] - from] |= was_input(&a[k].row, i);
    }
    for (uint32_t j = 0; j < n_items; j++) add_item(t, a, n, from + j, has_event[j]);
}

/* The same where the n slots from `from` on are of any items. */
static void add_sample(likelihood_trainer *t, uint32_t p, uint32_t from, uint32_t n) {
    person_row r = row_of(t, p);
    const ampcf_trainer *b = &t->base;
    uint32_t first = b->offsets[user_of(t, p)], count = b->offsets[user_of(t, p) + 1] - first;
    for (uint32_t c = 0; c < *r.n_items; c++) {
        uint32_t slot = t->vectors.slot[r.items[c]];
        if (slot - from < n && r.slope[c] != 0)
            kernel_add_scaled(gradient_at(t, slot), t->example.scale * r.slope[c], r.vector, b->stride);
    }
    if (*r.n_items == 0) return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = t->vectors.slot[b->items[first + i]];
        if (was_input(&r, i) && slot - from < n) add_event(t, &r, first + i, slot);
    }
}

void likelihood_solve_gradients(likelihood_trainer *t, uint32_t from, uint32_t n) {
    uint32_t end = from + n, sampled = t->base.config.samples > 0;
    for (uint32_t p = 0; p < t->n_block && sampled; p++) add_sample(t, p, from, n);
    for (uint32_t at = from; at < end && !sampled; at += TILE)
        for (uint32_t p = 0; p < t->n_block; p += TOGETHER)
            add_people(t, p, least(TOGETHER, t->n_block - p), at, least(TILE, end - at));
}

void likelihood_add_heads(likelihood_trainer *t) {
    for (uint32_t p = 0; p < t->n_block; p++) {
        person_row r = row_of(t, p);
        if (*r.n_items == 0) continue;
        *adam_touch(&t->head_optimizer, &t->head, 0) += *r.scale_slope;
        if (!r.items) kernel_add_scaled(t->biases.gradient, 1, r.slope, *r.n_items);
        for (uint32_t c = 0; r.items && c < *r.n_items; c++)
            *adam_touch(&t->head_optimizer, &t->biases, r.items[c]) += r.slope[c];
    }
}
