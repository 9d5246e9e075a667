/* Owns the cut of columns of B and their way into rows. Must not make columns. */
#include "train/columns.h"

#include "base/best.h"
#include "base/quantise.h"

#include <string.h>

columns columns_take(arena *a, const ampcf_neighbours_config *c) {
    size_t n = c->n_items, kept = n * c->neighbours;
    columns k;
    k.column = arena_take(a, n, sizeof *k.column);
    k.loss = arena_take(a, n, sizeof *k.loss);
    k.best = arena_take(a, c->neighbours, sizeof *k.best);
    k.sources = arena_take(a, kept, sizeof *k.sources);
    k.values = arena_take(a, kept, sizeof *k.values);
    k.n_kept = arena_take(a, n, sizeof *k.n_kept);
    k.together = c->pair_support > 1 ? arena_take(a, n, sizeof *k.together) : NULL;
    return k;
}

void columns_open(columns *k, const ampcf_neighbours *e) {
    for (uint32_t j = 0; j < e->items.n; j++) {
        uint32_t degree = neighbours_people_of(e, j);
        k->loss[j] = (float)power(degree ? degree : 1, 0.35f);
    }
}

uint64_t columns_steps(const ampcf_neighbours_config *c) {
    return c->neighbours > 0 ? ((uint64_t)c->n_items + COLUMNS - 1) / COLUMNS : 0;
}

void columns_add_products(const ampcf_neighbours *e, int by_user, const double *mid, const double *self,
                          uint32_t r, uint32_t end, float *row) {
    const pair_lists *own = by_user ? &e->users : &e->items, *other = by_user ? &e->items : &e->users;
    for (uint32_t x = own->offsets[r]; x < own->offsets[r + 1]; x++) {
        uint32_t o = own->ids[x];
        double w = (double)weight_in(e, own, x) * mid[o] * self[r];
        for (uint32_t y = other->offsets[o]; y < other->offsets[o + 1] && other->ids[y] < end; y++)
            row[other->ids[y]] += (float)(w * (double)weight_in(e, other, y) * self[other->ids[y]]);
    }
}

/* together[i] = people who have both i and j. */
static void count_together(columns *k, const ampcf_neighbours *e, uint32_t j) {
    uint32_t from = e->items.offsets[j], to = from + neighbours_people_of(e, j);
    memset(k->together, 0, e->items.n * sizeof *k->together);
    for (uint32_t x = from; x < to; x++) {
        uint32_t u = e->items.ids[x];
        for (uint32_t y = e->users.offsets[u]; y < e->users.offsets[u + 1]; y++)
            k->together[e->users.ids[y]]++;
    }
}

/* By size and popularity of the source; ties to the lower item. */
uint32_t columns_cut(columns *k, ampcf_neighbours *e, uint32_t j) {
    uint32_t *sources = k->sources + (size_t)j * e->config.neighbours;
    float *values = k->values + (size_t)j * e->config.neighbours;
    best_list best = {k->best, 0, e->config.neighbours};
    if (k->together) count_together(k, e, j);
    for (uint32_t i = 0; i < e->items.n; i++)
        if ((!k->together || k->together[i] >= e->config.pair_support) &&
            !(magnitude_of(k->column[i]) <= 1e-30f))
            best_offer(&best, (ampcf_ranked){i, magnitude_of(k->column[i]) * k->loss[i], 0});
    uint32_t n = k->n_kept[j] = best_finish(&best);
    for (uint32_t i = 0; i < n; i++)
        sources[i] = k->best[i].item, values[i] = neighbour_value(e, k->column[sources[i]]);
    return n;
}

static uint32_t last_column(const ampcf_neighbours *e, uint32_t step) {
    uint64_t to = (uint64_t)step * COLUMNS;
    return to < e->items.n ? (uint32_t)to : e->items.n;
}

size_t columns_give(const columns *k, const ampcf_neighbours *e, uint32_t step, uint32_t n, uint8_t *out) {
    size_t at = 0, m = e->config.neighbours;
    for (uint32_t j = step * COLUMNS; j < last_column(e, step + n); j++) {
        give_bytes(out, &at, k->n_kept + j, sizeof *k->n_kept);
        give_bytes(out, &at, k->sources + j * m, k->n_kept[j] * sizeof *k->sources);
        give_bytes(out, &at, k->values + j * m, k->n_kept[j] * sizeof *k->values);
    }
    return at;
}

void columns_take_in(columns *k, const ampcf_neighbours *e, uint32_t step, uint32_t n, const uint8_t *given) {
    size_t at = 0, m = e->config.neighbours;
    for (uint32_t j = step * COLUMNS; j < last_column(e, step + n); j++) {
        take_bytes(k->n_kept + j, given, &at, sizeof *k->n_kept);
        take_bytes(k->sources + j * m, given, &at, k->n_kept[j] * sizeof *k->sources);
        take_bytes(k->values + j * m, given, &at, k->n_kept[j] * sizeof *k->values);
    }
}

/* One scale a row; what rounds to 0 is left out. Candidates come in order, so rows increase. */
void columns_to_rows(const columns *k, ampcf_neighbours *e) {
    size_t m = e->config.neighbours;
    neighbour_rows *rows = &e->rows;
    uint32_t n = e->items.n, *at = rows->offsets;
    memset(rows->scales, 0, n * sizeof *rows->scales);
    memset(at, 0, ((size_t)n + 1) * sizeof *at);
    for (size_t j = 0; j < n; j++)
        for (size_t x = j * m; x < j * m + k->n_kept[j]; x++) {
            float size = magnitude_of(k->values[x]), *largest = rows->scales + k->sources[x];
            if (size > *largest) *largest = size;
        }
    for (uint32_t i = 0; i < n; i++) rows->scales[i] = quantise_scale(rows->scales[i]);
    for (size_t j = 0; j < n; j++)
        for (size_t x = j * m; x < j * m + k->n_kept[j]; x++)
            at[k->sources[x] + 1] += quantise(k->values[x], rows->scales[k->sources[x]]) != 0;
    for (uint32_t i = 0; i < n; i++) at[i + 1] += at[i];
    for (uint32_t j = 0; j < n; j++)
        for (size_t x = j * m; x < j * m + k->n_kept[j]; x++) {
            int8_t q = quantise(k->values[x], rows->scales[k->sources[x]]);
            if (q == 0) continue;
            uint32_t to = at[k->sources[x]]++;
            rows->items[to] = j;
            rows->values[to] = q;
        }
    memmove(at + 1, at, n * sizeof *at);
    at[0] = 0;
}
