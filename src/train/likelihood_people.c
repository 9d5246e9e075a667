/* Owns the first pass of a block: which events of a person are input and which items are scored, the fold-in,
 * and the person's row. Must not know batches, or touch a gradient of an item. */
#include "train/likelihood.h"

#include <string.h>

static float random_unit(likelihood_trainer *t) { return (float)(pcg32(&t->random) >> 8) / 16777216.0f; }

/* Which of the n events from `from` on are input: each one dropped with probability `dropout`, at least one
 * kept, at least one dropped. Places of the kept ones in kept; returns how many; 0 = nothing can be learnt
 * from this person. */
static uint32_t draw_input(likelihood_trainer *t, uint32_t from, uint32_t n) {
    uint32_t n_kept = 0;
    float dropout = t->base.config.dropout;
    if (n == 0 || (dropout > 0 && n < 2)) return 0;
    for (uint32_t i = 0; i < n; i++)
        if (dropout == 0 || random_unit(t) >= dropout) t->kept[n_kept++] = from + i;
    if (n_kept == 0) t->kept[n_kept++] = from + random_under(t, n);
    if (dropout == 0 || n_kept < n) return n_kept;
    uint32_t out = random_under(t, n);
    memmove(t->kept + out, t->kept + out + 1, (n - out - 1) * sizeof *t->kept);
    return n - 1;
}

/* Target weights and the input by item, over all items: the input takes no part unless it is the target. */
static float mark_all(likelihood_trainer *t, uint32_t from, uint32_t n, uint32_t n_kept) {
    const ampcf_trainer *b = &t->base;
    float mass = 0;
    for (uint32_t x = from; x < from + n; x++) t->target[b->items[x]] = trainer_weight(b, x);
    for (uint32_t i = 0; i < n_kept && b->config.dropout > 0; i++)
        t->target[b->items[t->kept[i]]] = t->stands_for[b->items[t->kept[i]]] = 0;
    for (uint32_t x = from; x < from + n; x++) mass += t->target[b->items[x]];
    return mass;
}

static void unmark_all(likelihood_trainer *t, uint32_t from, uint32_t n) {
    for (uint32_t x = from; x < from + n; x++)
        t->target[t->base.items[x]] = 0, t->stands_for[t->base.items[x]] = 1;
}

void likelihood_skip_person(likelihood_trainer *t, uint32_t user) {
    uint32_t from = t->base.offsets[user];
    if (draw_input(t, from, t->base.offsets[user + 1] - from) == 0) return;
    for (uint32_t s = 0; s < t->base.config.samples; s++) (void)pcg32(&t->random);
}

static uint32_t draw_item(likelihood_trainer *t) {
    const double *sum = t->cumulative;
    uint32_t low = 0, high = t->base.config.n_items - 1;
    double at = ((double)pcg32(&t->random) + 0.5) / 4294967296.0 * sum[high];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sum[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

static void take_item(likelihood_trainer *t, const person_row *r, uint32_t item, float target,
                      float stands_for) {
    uint32_t stride = t->base.stride, c = (*r->n_items)++;
    r->items[c] = item;
    t->target[c] = target;
    t->stands_for[c] = stands_for;
    t->bias[c] = *adam_row(&t->head_optimizer, &t->biases, item);
    memcpy(t->rows + (size_t)c * stride, t->base.vectors + (size_t)item * stride, stride * sizeof *t->rows);
}

/* The targets, then `samples` draws with replacement, each for 1 / (samples Q) items; draws of the person's
 * events are void. */
static float gather_sample(likelihood_trainer *t, const person_row *r, uint32_t from, uint32_t n,
                           uint32_t n_kept) {
    const ampcf_trainer *b = &t->base;
    double total = t->cumulative[b->config.n_items - 1];
    uint32_t next = 0;
    float mass = 0;
    for (uint32_t x = from; x < from + n; x++) {
        if (b->config.dropout > 0 && next < n_kept && t->kept[next] == x) next++;
        else take_item(t, r, b->items[x], trainer_weight(b, x), 1), mass += trainer_weight(b, x);
    }
    for (uint32_t s = 0; s < b->config.samples; s++) {
        uint32_t item = draw_item(t);
        double chance = (t->cumulative[item] - (item > 0 ? t->cumulative[item - 1] : 0)) / total;
        uint32_t at = first_from(b->items + from, n, item);
        if (at == n || b->items[from + at] != item)
            take_item(t, r, item, 0, (float)(1 / (chance * b->config.samples)));
    }
    return mass;
}

static void point_at_items(likelihood_trainer *t, const person_row *r) {
    int sampled = t->base.config.samples > 0;
    likelihood_example *e = &t->example;
    e->n_items = *r->n_items;
    e->target = t->target;
    e->stands_for = t->stands_for;
    e->items = sampled ? t->rows : t->base.vectors;
    e->bias = sampled ? t->bias : t->bias_values;
    e->slope = r->slope;
    e->adjoint = r->adjoint;
}

static void fold_input(likelihood_trainer *t, uint32_t n_kept) {
    uint32_t stride = t->base.stride;
    for (uint32_t i = 0; i < n_kept; i++) {
        memcpy(t->fold.rows + (size_t)i * stride,
               t->base.vectors + (size_t)t->base.items[t->kept[i]] * stride, stride * sizeof(float));
        t->fold.weights[i] = trainer_weight(&t->base, t->kept[i]);
    }
    t->fold.n_rows = n_kept;
    train_fold_in(&t->fold);
}

static void keep_input(likelihood_trainer *t, const person_row *r, uint32_t from, uint32_t n_kept) {
    memset(r->kept, 0, (t->max_history + 31) / 32 * sizeof *r->kept);
    for (uint32_t i = 0; i < n_kept; i++) {
        uint32_t event = t->kept[i] - from;
        r->kept[event / 32] |= 1u << event % 32;
    }
}

static void solve_person(likelihood_trainer *t, uint32_t p) {
    const ampcf_train_config *c = &t->base.config;
    uint32_t user = user_of(t, p), from = t->base.offsets[user], n = t->base.offsets[user + 1] - from;
    uint64_t random = t->random;
    person_row r = row_of(t, p);
    t->random = t->random_at[p];
    uint32_t n_kept = draw_input(t, from, n);
    *r.n_items = n_kept > 0 && c->samples == 0 ? c->n_items : 0;
    if (n_kept > 0) {
        keep_input(t, &r, from, n_kept);
        fold_input(t, n_kept);
        float mass = c->samples > 0 ? gather_sample(t, &r, from, n, n_kept) : mark_all(t, from, n, n_kept);
        point_at_items(t, &r);
        t->example.fit = 1 / (__builtin_sqrtf(mass) * (float)batch_size(t));
        likelihood_slopes(&t->example);
        if (c->samples == 0) unmark_all(t, from, n);
        *r.scale_slope = t->example.scale_slope;
        memcpy(r.vector, t->fold.vector, t->base.stride * sizeof *r.vector);
    }
    t->random = random;
}

void likelihood_solve_people(likelihood_trainer *t, uint32_t from, uint32_t n) {
    if (!t->has_gram) trainer_gram(&t->base, t->base.vectors, NULL, t->base.config.n_items, t->gram);
    t->has_gram = 1;
    for (uint32_t p = from; p < from + n; p++) solve_person(t, p);
}
