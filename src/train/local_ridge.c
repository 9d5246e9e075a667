/* Owns local EASE: the columns of EASE, each fitted over its own few sources, so that nothing of N^2 is held
 * (Steck 2019, Markov random fields for collaborative filtering; Ning and Karypis 2011, SLIM). Must not walk
 * over all items for one item. */
#include "train/neighbours.h"

#include "base/best.h"
#include "base/quantise.h"
#include "train/solve.h"

#include <string.h>

enum {
    ROWS = 16,           /* of G in a step of the pattern */
    TARGETS = 4,         /* in a step of the fit */
    WIDEST = 8,          /* a target has at most so many times m sources, */
    MOST_SOURCES = 1024, /* and at most so many */
    POPULAR = 2          /* pairs of popular items are held for so many numbers an entry of B */
};

/* An event of a person with a source of the target at hand. */
typedef struct source_event {
    uint32_t place;
    float weight;
} source_event;

/* An entry of B that its source keeps so far. */
typedef struct kept_entry {
    uint32_t target;
    float value;
} kept_entry;

typedef struct local_ridge {
    ampcf_neighbours base;
    uint32_t widest;    /* sources of a target at most: min(8 m, 1024, N - 1) */
    uint32_t longest;   /* targets of a source at most: min(m, N - 1) */
    uint32_t n_popular; /* H */
    /* One row of G, i with everybody: row (N), people who have both (N), and which items those are (N). The
     * first two are 0 between. */
    double *row;
    uint32_t *together, *found, n_found;
    float *as_source, *as_target; /* (N) n^-.5, n^-.4: who is chosen */
    double *diagonal;             /* (N) G_ii */
    double *ridge;                /* (N) lambda md n_i^2b */
    double *factor;               /* (N) what column j is multiplied by */
    uint32_t *rank;               /* (N) place by popularity, 0 the most popular */
    ampcf_ranked *best;           /* (max(widest, longest)) */
    /* The pattern by source: targets (N, m), n_targets (N); and by target: rows of sources (N + 1), (N m). */
    uint32_t *targets, *n_targets, *source_offsets, *sources;
    uint8_t *chosen;  /* (N) 1 = is a source of the target at hand */
    uint32_t *own;    /* (widest) its sources, the least popular first */
    float *popular;   /* (H (H + 1) / 2) G of the H most popular items by rank, packed lower triangle */
    float *system;    /* (widest, stride) upper triangle of G_SS + D_S */
    float *right;     /* (widest) */
    uint32_t *filled; /* (U) events of a person so far, 0 between; they stand where the person's items do */
    source_event *events; /* (X) */
    kept_entry *kept; /* (N, m) the largest of each source, a heap with the smallest on top once it is full */
    uint32_t *n_kept; /* (N) */
    uint64_t pattern_steps;
    int is_fitted; /* by all parts, and what they keep is to be joined */
} local_ridge;

static int config_is_valid(const ampcf_neighbours_config *c) {
    return c->n_aspects == 0 && c->dim == 0 && c->neighbours >= 1;
}

/* Small enough that its triangle has no more than 2 N m numbers. */
static uint32_t popular_items(const ampcf_neighbours_config *c) {
    uint64_t most = (uint64_t)POPULAR * c->neighbours * c->n_items;
    uint32_t h = 0;
    while (h < c->n_items && (uint64_t)(h + 1) * (h + 2) / 2 <= most) h++;
    return h;
}

static void take_pattern(arena *a, local_ridge *e, const ampcf_neighbours_config *c) {
    size_t n = c->n_items, kept = n * c->neighbours;
    e->row = arena_take(a, n, sizeof *e->row);
    e->together = arena_take(a, n, sizeof *e->together);
    e->found = arena_take(a, n, sizeof *e->found);
    e->as_source = arena_take(a, n, sizeof *e->as_source);
    e->as_target = arena_take(a, n, sizeof *e->as_target);
    e->diagonal = arena_take(a, n, sizeof *e->diagonal);
    e->ridge = arena_take(a, n, sizeof *e->ridge);
    e->factor = arena_take(a, n, sizeof *e->factor);
    e->rank = arena_take(a, n, sizeof *e->rank);
    e->best = arena_take(a, e->widest > e->longest ? e->widest : e->longest, sizeof *e->best);
    e->targets = arena_take(a, kept, sizeof *e->targets);
    e->n_targets = arena_take(a, n, sizeof *e->n_targets);
    e->source_offsets = arena_take(a, n + 1, sizeof *e->source_offsets);
    e->sources = arena_take(a, kept, sizeof *e->sources);
    e->chosen = arena_take(a, n, sizeof *e->chosen);
}

static void take_fit(arena *a, local_ridge *e, const ampcf_neighbours_config *c, uint32_t n_interactions) {
    size_t n = c->n_items, h = e->n_popular, stride = (e->widest + 3) & ~3u;
    e->own = arena_take(a, e->widest, sizeof *e->own);
    e->popular = arena_take(a, h * (h + 1) / 2, sizeof *e->popular);
    e->system = arena_take(a, e->widest, stride * sizeof *e->system);
    e->right = arena_take(a, stride, sizeof *e->right);
    e->filled = arena_take(a, c->n_users, sizeof *e->filled);
    e->events = arena_take(a, n_interactions, sizeof *e->events);
    e->kept = arena_take(a, n * c->neighbours, sizeof *e->kept);
    e->n_kept = arena_take(a, n, sizeof *e->n_kept);
}

static uint32_t at_most(uint32_t n, uint32_t most) { return n < most ? n : most; }

static ampcf_neighbours *local_layout(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions) {
    local_ridge *head = arena_take(a, 1, sizeof *head), e;
    uint32_t others = c->n_items - 1;
    memset(&e, 0, sizeof e);
    e.longest = at_most(c->neighbours, others);
    e.widest = at_most(at_most(WIDEST * c->neighbours, MOST_SOURCES), others);
    e.n_popular = popular_items(c);
    neighbours_take(a, c, n_interactions, &e.base);
    take_pattern(a, &e, c);
    take_fit(a, &e, c, n_interactions);
    if (a->full || !a->base) return NULL;
    e.pattern_steps = ((uint64_t)c->n_items + ROWS - 1) / ROWS;
    e.base.total = e.pattern_steps + ((uint64_t)c->n_items + TARGETS - 1) / TARGETS;
    *head = e;
    return &head->base;
}

/* By counting, with a count for each number of people in filled; ties to the lower item. */
static void rank_items(local_ridge *e) {
    const uint32_t *offsets = e->base.items.offsets;
    uint32_t *at = e->filled, n = e->base.items.n, users = e->base.users.n, rank = 0;
    memset(at, 0, users * sizeof *at);
    for (uint32_t j = 0; j < n; j++)
        if (offsets[j + 1] > offsets[j]) at[offsets[j + 1] - offsets[j] - 1]++;
    for (uint32_t d = users; d-- > 0;) {
        uint32_t count = at[d];
        at[d] = rank;
        rank += count;
    }
    for (uint32_t j = 0; j < n; j++)
        e->rank[j] = offsets[j + 1] > offsets[j] ? at[offsets[j + 1] - offsets[j] - 1]++ : rank++;
    memset(at, 0, users * sizeof *at);
}

/* What an item says, and how far it is held back: D_i = lambda md n_i^2b, where md is the mean of
 * G_ii n_i^-2b over items that more than one person has. */
static void weigh_items(local_ridge *e) {
    const ampcf_neighbours_config *c = &e->base.config;
    uint32_t n = e->base.items.n, counted[2] = {0, 0};
    double sum[2] = {0, 0}, mean = (double)e->base.users.offsets[e->base.users.n] / n;
    for (uint32_t j = 0; j < n; j++) {
        uint32_t from = e->base.items.offsets[j], to = e->base.items.offsets[j + 1], several = to - from > 1;
        double d = to > from ? to - from : 1, diagonal = 0;
        for (uint32_t x = from; x < to; x++) {
            double w = (double)weight_in(&e->base, &e->base.items, x);
            diagonal += e->base.user_part[e->base.items.ids[x]] * w * w;
        }
        e->diagonal[j] = diagonal;
        e->as_source[j] = (float)power(d, -0.5f);
        e->as_target[j] = (float)power(d, -0.4f);
        e->ridge[j] = power(d, 2 * c->source_damping);
        e->factor[j] = (double)c->strength * power(d / mean, -c->popularity_damping);
        if (to > from) sum[several] += diagonal / e->ridge[j], counted[several]++;
    }
    double md = counted[1] ? sum[1] / counted[1] : sum[0] / counted[0];
    for (uint32_t j = 0; j < n; j++) {
        e->ridge[j] *= (double)c->lambda * md;
        /* Rounding must not turn a sign, whatever the exponent. */
        if (!(e->ridge[j] > 1e-4 * e->diagonal[j])) e->ridge[j] = 1e-4 * e->diagonal[j];
    }
}

static void local_open(ampcf_neighbours *base, const ampcf_item_side *side) {
    local_ridge *e = (local_ridge *)base;
    size_t n = base->items.n;
    (void)side;
    weigh_items(e);
    rank_items(e);
    memset(e->row, 0, n * sizeof *e->row);
    memset(e->together, 0, n * sizeof *e->together);
    memset(e->chosen, 0, n * sizeof *e->chosen);
    memset(e->n_kept, 0, n * sizeof *e->n_kept);
}

/* row[k] = G_ik = sum_u p_u x_ui x_uk, for the items k that are found. */
static void find_row(local_ridge *e, uint32_t i) {
    const pair_lists *items = &e->base.items, *users = &e->base.users;
    e->n_found = 0;
    for (uint32_t x = items->offsets[i]; x < items->offsets[i + 1]; x++) {
        uint32_t u = items->ids[x];
        double w = e->base.user_part[u] * (double)weight_in(&e->base, items, x);
        for (uint32_t y = users->offsets[u]; y < users->offsets[u + 1]; y++) {
            uint32_t k = users->ids[y];
            if (e->together[k]++ == 0) e->found[e->n_found++] = k;
            e->row[k] += w * (double)weight_in(&e->base, users, y);
        }
    }
}

static void clear_row(local_ridge *e) {
    for (uint32_t x = 0; x < e->n_found; x++) e->row[e->found[x]] = 0, e->together[e->found[x]] = 0;
}

/* Whether enough people have both i, whose row this is, and k. */
static int may_link(const local_ridge *e, uint32_t i, uint32_t k) {
    return k != i && e->together[k] >= e->base.config.pair_support;
}

static void choose_targets(local_ridge *e, uint32_t i) {
    uint32_t *targets = e->targets + (size_t)i * e->base.config.neighbours;
    best_list best = {e->best, 0, e->longest};
    for (uint32_t x = 0; x < e->n_found; x++) {
        uint32_t k = e->found[x];
        if (may_link(e, i, k)) best_offer(&best, (ampcf_ranked){k, (float)e->row[k] * e->as_target[k], 0});
    }
    e->n_targets[i] = best.n;
    for (uint32_t x = 0; x < best.n; x++) targets[x] = e->best[x].item;
}

/* Pairs with more popular items, and with itself. */
static void hold_popular(local_ridge *e, uint32_t i) {
    size_t rank = e->rank[i];
    if (rank >= e->n_popular) return;
    float *row = e->popular + rank * (rank + 1) / 2;
    memset(row, 0, (rank + 1) * sizeof *row);
    for (uint32_t x = 0; x < e->n_found; x++)
        if (e->rank[e->found[x]] <= rank) row[e->rank[e->found[x]]] = (float)e->row[e->found[x]];
}

/* The targets of each source -> the sources of each target, in order. */
static void turn_pattern(local_ridge *e) {
    uint32_t n = e->base.items.n, m = e->base.config.neighbours, *at = e->source_offsets;
    memset(at, 0, ((size_t)n + 1) * sizeof *at);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t x = 0; x < e->n_targets[i]; x++) at[e->targets[(size_t)i * m + x] + 1]++;
    for (uint32_t j = 0; j < n; j++) at[j + 1] += at[j];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t x = 0; x < e->n_targets[i]; x++) e->sources[at[e->targets[(size_t)i * m + x]]++] = i;
    memmove(at + 1, at, n * sizeof *at);
    at[0] = 0;
}

/* The m best sources of j, which are its own choice, then the best of those that chose it; the row of j is
 * found. Returns how many there are, the least popular first. */
static uint32_t choose_sources(local_ridge *e, uint32_t j) {
    uint32_t n = 0;
    best_list best = {e->best, 0, at_most(e->longest, e->widest)};
    for (uint32_t x = 0; x < e->n_found; x++) {
        uint32_t k = e->found[x];
        if (may_link(e, j, k)) best_offer(&best, (ampcf_ranked){k, (float)e->row[k] * e->as_source[k], 0});
    }
    for (; n < best.n; n++) e->own[n] = best.entries[n].item, e->chosen[e->own[n]] = 1;
    best = (best_list){e->best, 0, e->widest - n};
    for (uint32_t x = e->source_offsets[j]; x < e->source_offsets[j + 1]; x++) {
        uint32_t k = e->sources[x];
        if (!e->chosen[k]) best_offer(&best, (ampcf_ranked){k, (float)e->row[k] * e->as_source[k], 0});
    }
    for (uint32_t x = 0; x < n; x++) e->chosen[e->own[x]] = 0;
    for (uint32_t x = 0; x < best.n; x++) e->own[n++] = best.entries[x].item;
    best = (best_list){e->best, 0, n};
    for (uint32_t x = 0; x < n; x++)
        best_offer(&best, (ampcf_ranked){e->own[x], (float)e->rank[e->own[x]], 0});
    best_finish(&best);
    for (uint32_t x = 0; x < n; x++) e->own[x] = best.entries[x].item;
    return n;
}

/* The row of a source in the system: with the more popular ones, whose events are there. */
static void add_events(local_ridge *e, uint32_t item, float *row) {
    for (uint32_t x = e->base.items.offsets[item]; x < e->base.items.offsets[item + 1]; x++) {
        uint32_t u = e->base.items.ids[x];
        const source_event *events = e->events + e->base.users.offsets[u];
        float w = (float)(e->base.user_part[u] * (double)weight_in(&e->base, &e->base.items, x));
        for (uint32_t y = 0; y < e->filled[u]; y++) row[events[y].place] += w * events[y].weight;
    }
}

static void put_events(local_ridge *e, uint32_t item, uint32_t place) {
    for (uint32_t x = e->base.items.offsets[item]; x < e->base.items.offsets[item + 1]; x++) {
        uint32_t u = e->base.items.ids[x];
        e->events[e->base.users.offsets[u] + e->filled[u]++] =
            (source_event){place, weight_in(&e->base, &e->base.items, x)};
    }
}

/* system = G_SS + D_S, its upper triangle: pairs of popular items as they are held, others by the people of
 * the less popular. */
static void fill_system(local_ridge *e, uint32_t n, uint32_t stride) {
    memset(e->system, 0, (size_t)n * stride * sizeof *e->system);
    for (uint32_t k = n; k-- > 0;) {
        uint32_t item = e->own[k];
        size_t rank = e->rank[item];
        float *row = e->system + (size_t)k * stride;
        if (rank < e->n_popular) {
            const float *held = e->popular + rank * (rank + 1) / 2;
            for (uint32_t c = k + 1; c < n; c++) row[c] = held[e->rank[e->own[c]]];
        } else {
            add_events(e, item, row);
        }
        put_events(e, item, k);
        row[k] = (float)(e->diagonal[item] + e->ridge[item]);
    }
    for (uint32_t k = 0; k < n; k++) {
        uint32_t item = e->own[k];
        for (uint32_t x = e->base.items.offsets[item]; x < e->base.items.offsets[item + 1]; x++)
            e->filled[e->base.items.ids[x]] = 0;
    }
}

/* Smaller, or as small and of a later target. */
static int is_less(kept_entry a, kept_entry b) {
    float x = magnitude_of(a.value), y = magnitude_of(b.value);
    return x < y || (x == y && a.target > b.target);
}

static void sift_down(kept_entry *heap, uint32_t at, uint32_t n, kept_entry entry) {
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_less(heap[child + 1], heap[child])) child++;
        if (!is_less(heap[child], entry)) break;
        heap[at] = heap[child];
    }
    heap[at] = entry;
}

/* A source keeps its m largest entries. */
static void keep(local_ridge *e, uint32_t source, kept_entry entry) {
    uint32_t m = e->base.config.neighbours, *n = e->n_kept + source;
    kept_entry *heap = e->kept + (size_t)source * m;
    entry.value = neighbour_value(&e->base, entry.value);
    if (!(magnitude_of(entry.value) > 1e-30f)) return;
    if (*n < m) {
        heap[(*n)++] = entry;
        for (uint32_t at = m / 2; *n == m && at-- > 0;) sift_down(heap, at, m, heap[at]);
    } else if (is_less(heap[0], entry)) {
        sift_down(heap, 0, m, entry);
    }
}

static void fit_target(local_ridge *e, uint32_t j) {
    find_row(e, j);
    uint32_t n = choose_sources(e, j), stride = (n + 3) & ~3u;
    fill_system(e, n, stride);
    memset(e->right, 0, stride * sizeof *e->right);
    for (uint32_t k = 0; k < n; k++) e->right[k] = (float)e->row[e->own[k]];
    train_cholesky(e->system, n, stride);
    train_solve(e->system, e->right, n, stride);
    for (uint32_t k = 0; k < n; k++)
        keep(e, e->own[k], (kept_entry){j, (float)((double)e->right[k] * e->factor[j])});
    clear_row(e);
}

/* What a source kept in order of targets, one scale a row; what rounds to 0 is left out. */
static uint32_t write_row(local_ridge *e, uint32_t i, uint32_t at) {
    const kept_entry *kept = e->kept + (size_t)i * e->base.config.neighbours;
    neighbour_rows *rows = &e->base.rows;
    best_list order = {e->best, 0, e->n_kept[i]};
    float largest = 0;
    for (uint32_t x = 0; x < e->n_kept[i]; x++) {
        if (magnitude_of(kept[x].value) > largest) largest = magnitude_of(kept[x].value);
        best_offer(&order, (ampcf_ranked){kept[x].target, -(float)kept[x].target, x});
    }
    best_finish(&order);
    rows->scales[i] = quantise_scale(largest);
    for (uint32_t x = 0; x < order.n; x++) {
        int8_t q = quantise(kept[order.entries[x].persona].value, rows->scales[i]);
        if (q == 0) continue;
        rows->items[at] = order.entries[x].item;
        rows->values[at++] = q;
    }
    return at;
}

static void write_rows(local_ridge *e) {
    uint32_t *offsets = e->base.rows.offsets;
    offsets[0] = 0;
    for (uint32_t i = 0; i < e->base.items.n; i++) offsets[i + 1] = write_row(e, i, offsets[i]);
}

static void find_patterns(local_ridge *e, uint32_t step, uint32_t n) {
    uint32_t from = step * ROWS;
    for (uint32_t i = from; i < from + n * ROWS && i < e->base.items.n; i++) {
        find_row(e, i);
        choose_targets(e, i);
        hold_popular(e, i);
        clear_row(e);
    }
}

static void fit_targets(local_ridge *e, uint32_t step, uint32_t n) {
    uint32_t from = step * TARGETS;
    for (uint32_t j = from; j < from + n * TARGETS && j < e->base.items.n; j++) fit_target(e, j);
}

static void local_step(ampcf_neighbours *base, uint64_t step) {
    local_ridge *e = (local_ridge *)base;
    if (step < e->pattern_steps) {
        find_patterns(e, (uint32_t)step, 1);
        if (step + 1 == e->pattern_steps) turn_pattern(e);
        return;
    }
    fit_targets(e, (uint32_t)(step - e->pattern_steps), 1);
    if (step + 1 == base->total) write_rows(e);
}

/* The pattern; the fit; and what each part's sources keep, to be joined: the m largest of all are among the
 * m largest of each part, in whatever order they come. */
static void local_pass(const ampcf_neighbours *base, ampcf_neighbours_pass *out) {
    const local_ridge *e = (const local_ridge *)base;
    out->owned = (uint32_t)e->is_fitted;
    if (e->is_fitted) out->n_units = base->parts;
    else if (base->done < e->pattern_steps) out->n_units = (uint32_t)e->pattern_steps;
    else out->n_units = (uint32_t)(base->total - e->pattern_steps);
}

static void local_solve(ampcf_neighbours *base, uint32_t from, uint32_t n) {
    local_ridge *e = (local_ridge *)base;
    if (e->is_fitted) return;
    if (base->done < e->pattern_steps) find_patterns(e, from, n);
    else fit_targets(e, from, n);
}

static uint32_t last_row(const local_ridge *e, uint32_t step) {
    uint64_t to = (uint64_t)step * ROWS;
    return to < e->base.items.n ? (uint32_t)to : e->base.items.n;
}

static size_t held_bytes(const local_ridge *e, uint32_t i) {
    return e->rank[i] < e->n_popular ? ((size_t)e->rank[i] + 1) * sizeof *e->popular : 0;
}

static float *held_row(const local_ridge *e, uint32_t i) {
    size_t rank = e->rank[i];
    return e->popular + rank * (rank + 1) / 2;
}

static size_t local_give(const ampcf_neighbours *base, uint32_t from, uint32_t n, uint8_t *out) {
    const local_ridge *e = (const local_ridge *)base;
    size_t at = 0, m = base->config.neighbours;
    for (uint32_t i = 0; e->is_fitted && i < base->items.n; i++) {
        give_bytes(out, &at, e->n_kept + i, sizeof *e->n_kept);
        give_bytes(out, &at, e->kept + i * m, e->n_kept[i] * sizeof *e->kept);
    }
    if (base->done >= e->pattern_steps) return at;
    for (uint32_t i = from * ROWS; i < last_row(e, from + n); i++) {
        give_bytes(out, &at, e->n_targets + i, sizeof *e->n_targets);
        give_bytes(out, &at, e->targets + i * m, e->n_targets[i] * sizeof *e->targets);
        if (held_bytes(e, i) > 0) give_bytes(out, &at, held_row(e, i), held_bytes(e, i));
    }
    return at;
}

static void take_kept(local_ridge *e, const uint8_t *given) {
    size_t at = 0;
    for (uint32_t i = 0; i < e->base.items.n; i++) {
        uint32_t n;
        kept_entry entry;
        for (take_bytes(&n, given, &at, sizeof n); n > 0; n--) {
            take_bytes(&entry, given, &at, sizeof entry);
            keep(e, i, entry);
        }
    }
}

static void local_take(ampcf_neighbours *base, uint32_t from, uint32_t n, const uint8_t *given) {
    local_ridge *e = (local_ridge *)base;
    size_t at = 0, m = base->config.neighbours;
    if (e->is_fitted) take_kept(e, given);
    if (base->done >= e->pattern_steps) return;
    for (uint32_t i = from * ROWS; i < last_row(e, from + n); i++) {
        take_bytes(e->n_targets + i, given, &at, sizeof *e->n_targets);
        take_bytes(e->targets + i * m, given, &at, e->n_targets[i] * sizeof *e->targets);
        if (held_bytes(e, i) > 0) take_bytes(held_row(e, i), given, &at, held_bytes(e, i));
    }
}

static void local_pass_end(ampcf_neighbours *base) {
    local_ridge *e = (local_ridge *)base;
    if (base->done < e->pattern_steps) {
        turn_pattern(e);
        base->done = e->pattern_steps;
    } else if (!e->is_fitted) {
        e->is_fitted = 1;
    } else {
        write_rows(e);
        base->done = base->total;
    }
}

const neighbours_ops neighbours_local = {.config_is_valid = config_is_valid,
                                         .layout = local_layout,
                                         .open = local_open,
                                         .step = local_step,
                                         .pass = local_pass,
                                         .solve = local_solve,
                                         .give = local_give,
                                         .take = local_take,
                                         .pass_end = local_pass_end};
