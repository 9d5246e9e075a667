/* Owns the public calls of neighbours: the item-item matrix B, by one of several methods. Must not draw
 * random numbers, and must give the same result however the work is cut into steps. */
#include "train/neighbours.h"

#include "train/interactions.h"

/* By ampcf_neighbours_method. */
static const neighbours_ops *const methods[] = {&neighbours_ease, &neighbours_cooccurrence,
                                                &neighbours_local};

static int is_in(float x, float low, float high) { return x >= low && x <= high; }

static int config_is_valid(const ampcf_neighbours_config *c, uint32_t n) {
    return c->n_users >= 1 && c->n_users <= AMPCF_MAX_USERS && c->n_items >= 1 &&
           c->n_items <= AMPCF_MAX_ITEMS && c->method < sizeof methods / sizeof *methods &&
           c->neighbours <= c->n_items && n < UINT32_MAX / 4 &&
           (uint64_t)c->neighbours * c->n_items <= 1u << 28 && is_in(c->lambda, 1e-3f, 1e9f) &&
           is_in(c->lambda_growth, 0, 4) && is_in(c->user_damping, 0, 4) && is_in(c->source_damping, 0, 4) &&
           is_in(c->popularity_damping, -4, 4) && is_in(c->strength, -1024, 1024) &&
           c->n_aspects < c->n_users && is_in(c->aspect_strength, 0, 1e9f) &&
           methods[c->method]->config_is_valid(c);
}

void neighbours_take(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions,
                     ampcf_neighbours *base) {
    size_t n = c->n_items, kept = n * c->neighbours;
    base->ops = methods[c->method];
    base->config = *c;
    base->item_offsets = arena_take(a, n + 1, sizeof *base->item_offsets);
    base->item_users = arena_take(a, n_interactions, sizeof *base->item_users);
    base->item_at = arena_take(a, n_interactions, sizeof *base->item_at);
    base->user_part = arena_take(a, c->n_users, sizeof *base->user_part);
    base->rows.offsets = arena_take(a, n + 1, sizeof *base->rows.offsets);
    base->rows.items = arena_take(a, kept, sizeof *base->rows.items);
    base->rows.values = arena_take(a, kept, sizeof *base->rows.values);
    base->rows.scales = arena_take(a, n, sizeof *base->rows.scales);
}

/* More than 4 GiB are too many. */
static ampcf_neighbours *layout(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions) {
    ampcf_neighbours *e = methods[c->method]->layout(a, c, n_interactions);
    if (a->used > UINT32_MAX) a->full = 1;
    return a->full ? NULL : e;
}

size_t ampcf_neighbours_memory(const ampcf_neighbours_config *config, uint32_t n_interactions) {
    if (!config_is_valid(config, n_interactions)) return 0;
    arena a = arena_measure();
    (void)layout(&a, config, n_interactions);
    return a.full ? 0 : a.used;
}

/* p_u = deg_u^-a with mean 1; of an aspect, its strength over its items. */
static void weigh_rows(ampcf_neighbours *e) {
    const ampcf_neighbours_config *c = &e->config;
    uint32_t people = e->users.n - c->n_aspects, active = 0;
    double sum = 0;
    for (uint32_t u = 0; u < e->users.n; u++) {
        uint32_t degree = e->users.offsets[u + 1] - e->users.offsets[u];
        e->user_part[u] = !degree      ? 0
                          : u < people ? power(degree, -c->user_damping)
                                       : (double)c->aspect_strength / degree;
        if (u < people) sum += e->user_part[u], active += degree > 0;
    }
    for (uint32_t u = 0; u < people; u++) e->user_part[u] *= active / sum;
}

/* Users come in increasing order, aspects last. */
uint32_t neighbours_people_of(const ampcf_neighbours *e, uint32_t item) {
    uint32_t from = e->items.offsets[item], to = e->items.offsets[item + 1];
    while (to > from && e->items.ids[to - 1] >= e->users.n - e->config.n_aspects) to--;
    return to - from;
}

ampcf_status ampcf_neighbours_open(const ampcf_neighbours_config *config, const uint32_t *offsets,
                                   const uint32_t *items, const float *weights, const ampcf_item_side *side,
                                   void *memory, size_t memory_bytes, ampcf_neighbours **out_neighbours) {
    /* n_users first: it says where the number of interactions stands. */
    if (!config_is_valid(config, 0) || !config_is_valid(config, offsets[config->n_users]))
        return AMPCF_E_ARGUMENT;
    if ((config->dim > 0) != (side != NULL) || (side && side->dim != config->dim)) return AMPCF_E_ARGUMENT;
    ampcf_status status = interactions_check(config->n_users, config->n_items, offsets, items, weights);
    if (status != AMPCF_OK) return status;
    if (offsets[config->n_users - config->n_aspects] == 0) return AMPCF_E_NO_DATA; /* aspects alone */
    arena a = arena_over(memory, memory_bytes);
    ampcf_neighbours *e = layout(&a, config, offsets[config->n_users]);
    if (!e) return AMPCF_E_MEMORY;
    e->weights = weights;
    e->parts = 1;
    e->users = (pair_lists){offsets, items, NULL, config->n_users};
    e->items = (pair_lists){e->item_offsets, e->item_users, e->item_at, config->n_items};
    interactions_by_item(config->n_users, config->n_items, offsets, items, e->item_offsets, e->item_users,
                         e->item_at);
    weigh_rows(e);
    e->ops->open(e, side);
    *out_neighbours = e;
    return AMPCF_OK;
}

ampcf_status ampcf_neighbours_step(ampcf_neighbours *neighbours, uint32_t max_steps,
                                   ampcf_neighbours_progress *out_progress) {
    ampcf_neighbours *e = neighbours;
    for (uint32_t left = max_steps; left > 0 && e->done < e->total; left--) e->ops->step(e, e->done++);
    *out_progress = (ampcf_neighbours_progress){e->done, e->total};
    return e->diverged ? AMPCF_E_DIVERGED : AMPCF_OK;
}

ampcf_status ampcf_neighbours_share(ampcf_neighbours *neighbours, uint32_t part, uint32_t parts) {
    if (parts < 1 || parts > AMPCF_MAX_PARTS || part >= parts || neighbours->done > 0)
        return AMPCF_E_ARGUMENT;
    neighbours->part = part;
    neighbours->parts = parts;
    return AMPCF_OK;
}

void ampcf_neighbours_pass_at(const ampcf_neighbours *neighbours, ampcf_neighbours_pass *out_pass) {
    *out_pass = (ampcf_neighbours_pass){0, 0};
    if (neighbours->done < neighbours->total) neighbours->ops->pass(neighbours, out_pass);
}

static int are_units(const ampcf_neighbours *e, uint32_t from, uint32_t n) {
    ampcf_neighbours_pass pass;
    ampcf_neighbours_pass_at(e, &pass);
    return from <= pass.n_units && n <= pass.n_units - from;
}

ampcf_status ampcf_neighbours_solve(ampcf_neighbours *neighbours, uint32_t from, uint32_t n) {
    if (!are_units(neighbours, from, n)) return AMPCF_E_ARGUMENT;
    if (n > 0) neighbours->ops->solve(neighbours, from, n);
    return neighbours->diverged ? AMPCF_E_DIVERGED : AMPCF_OK;
}

size_t ampcf_neighbours_give(const ampcf_neighbours *neighbours, uint32_t from, uint32_t n, void *out) {
    return n > 0 && are_units(neighbours, from, n) ? neighbours->ops->give(neighbours, from, n, out) : 0;
}

ampcf_status ampcf_neighbours_take(ampcf_neighbours *neighbours, uint32_t from, uint32_t n,
                                   const void *given) {
    if (!are_units(neighbours, from, n)) return AMPCF_E_ARGUMENT;
    if (n > 0) neighbours->ops->take(neighbours, from, n, given);
    return AMPCF_OK;
}

ampcf_status ampcf_neighbours_pass_end(ampcf_neighbours *neighbours,
                                       ampcf_neighbours_progress *out_progress) {
    ampcf_neighbours *e = neighbours;
    if (e->done < e->total) e->ops->pass_end(e);
    *out_progress = (ampcf_neighbours_progress){e->done, e->total};
    return e->diverged ? AMPCF_E_DIVERGED : AMPCF_OK;
}

ampcf_status ampcf_neighbours_score(ampcf_neighbours *neighbours, const uint32_t *items, uint32_t n,
                                    float *out_scores) {
    ampcf_neighbours *e = neighbours;
    if (!e->ops->score || e->config.dim > 0) return AMPCF_E_ARGUMENT;
    for (uint32_t h = 0; h < n; h++)
        if (items[h] >= e->items.n) return AMPCF_E_ITEM_RANGE;
    e->ops->score(e, items, n, out_scores);
    return AMPCF_OK;
}

const uint32_t *ampcf_neighbours_offsets(const ampcf_neighbours *neighbours) {
    return neighbours->rows.offsets;
}
const uint32_t *ampcf_neighbours_items(const ampcf_neighbours *neighbours) { return neighbours->rows.items; }
const int8_t *ampcf_neighbours_values(const ampcf_neighbours *neighbours) { return neighbours->rows.values; }
const float *ampcf_neighbours_scales(const ampcf_neighbours *neighbours) { return neighbours->rows.scales; }
