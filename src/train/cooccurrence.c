/* Owns co-occurrence: how often two items are used by one person, damped. Must not solve anything. */
#include "train/columns.h"

#include <string.h>

typedef struct cooccurrence {
    ampcf_neighbours base;
    double *item_part; /* (N) d_j^-a' */
    double *factor;    /* (N) what column j is multiplied by */
    columns columns;
} cooccurrence;

static int config_is_valid(const ampcf_neighbours_config *c) { return c->n_aspects == 0 && c->dim == 0; }

static ampcf_neighbours *cooccurrence_layout(arena *a, const ampcf_neighbours_config *c,
                                             uint32_t n_interactions) {
    cooccurrence *head = arena_take(a, 1, sizeof *head), e;
    memset(&e, 0, sizeof e);
    neighbours_take(a, c, n_interactions, &e.base);
    e.item_part = arena_take(a, c->n_items, sizeof *e.item_part);
    e.factor = arena_take(a, c->n_items, sizeof *e.factor);
    e.columns = columns_take(a, c);
    if (a->full || !a->base) return NULL;
    *head = e;
    return &head->base;
}

static void cooccurrence_open(ampcf_neighbours *base, const ampcf_item_side *side) {
    cooccurrence *e = (cooccurrence *)base;
    const ampcf_neighbours_config *c = &base->config;
    (void)side;
    for (uint32_t j = 0; j < base->items.n; j++) {
        uint32_t degree = neighbours_people_of(base, j);
        double d = degree ? degree : 1;
        /* The column is made with d_j^-a', which its own factor takes back. */
        e->item_part[j] = power(d, -c->source_damping);
        e->factor[j] = (double)c->strength * power(d, c->source_damping - c->popularity_damping);
    }
    columns_open(&e->columns, base);
    base->total = columns_steps(c);
}

static void make_column(cooccurrence *e, uint32_t j) {
    const ampcf_neighbours *base = &e->base;
    float *column = e->columns.column;
    uint32_t n = base->items.n;
    memset(column, 0, n * sizeof *column);
    columns_add_products(base, 0, base->user_part, e->item_part, j, n, column);
    for (uint32_t i = 0; i < n; i++) column[i] = (float)((double)column[i] * e->factor[j]);
    column[j] = 0;
}

static void cooccurrence_solve(ampcf_neighbours *base, uint32_t step, uint32_t n) {
    cooccurrence *e = (cooccurrence *)base;
    uint32_t from = step * COLUMNS;
    for (uint32_t j = from; j < from + n * COLUMNS && j < base->items.n; j++) {
        make_column(e, j);
        columns_cut(&e->columns, base, j);
    }
}

static void cooccurrence_step(ampcf_neighbours *base, uint64_t step) {
    cooccurrence_solve(base, (uint32_t)step, 1);
    if (step + 1 == base->total) columns_to_rows(&((cooccurrence *)base)->columns, base);
}

static void cooccurrence_pass(const ampcf_neighbours *base, ampcf_neighbours_pass *out) {
    out->n_units = (uint32_t)base->total;
}

static size_t cooccurrence_give(const ampcf_neighbours *base, uint32_t from, uint32_t n, uint8_t *out) {
    return columns_give(&((const cooccurrence *)base)->columns, base, from, n, out);
}

static void cooccurrence_take(ampcf_neighbours *base, uint32_t from, uint32_t n, const uint8_t *given) {
    columns_take_in(&((cooccurrence *)base)->columns, base, from, n, given);
}

static void cooccurrence_pass_end(ampcf_neighbours *base) {
    columns_to_rows(&((cooccurrence *)base)->columns, base);
    base->done = base->total;
}

const neighbours_ops neighbours_cooccurrence = {.config_is_valid = config_is_valid,
                                                .layout = cooccurrence_layout,
                                                .open = cooccurrence_open,
                                                .step = cooccurrence_step,
                                                .pass = cooccurrence_pass,
                                                .solve = cooccurrence_solve,
                                                .give = cooccurrence_give,
                                                .take = cooccurrence_take,
                                                .pass_end = cooccurrence_pass_end};
