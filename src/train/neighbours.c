/* Owns the item-item matrix B: EASE in closed form, or co-occurrence where that is too large. Must not draw
 * random numbers, and must give the same result however the work is cut into steps. */
#include "ampcf_train.h"

#include "base/arena.h"
#include "base/best.h"
#include "train/dense_inverse.h"
#include "train/interactions.h"
#include "train/left_out.h"
#include "base/quantise.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

enum {
    ROWS = 64,  /* of the system in a step */
    COLUMNS = 4 /* of B in a step */
};

/* One of the two ways to list the interactions. */
typedef struct pair_lists {
    const uint32_t *offsets, *ids;
    const uint32_t *at; /* place of the weight, NULL = the same */
    uint32_t n;
} pair_lists;

struct ampcf_neighbours {
    ampcf_neighbours_config config;
    int dual;                /* invert U x U instead of N x N */
    pair_lists users, items; /* lists of items by user, of users by item */
    const float *weights;    /* (X) or NULL */
    uint32_t *item_offsets, *item_users, *item_at;
    double *user_part;         /* (U) p_u; dual: sqrt p_u */
    double *item_part;         /* (N) 1; dual: 1 / D_j; co-occurrence: d_j^-a */
    double *ridge;             /* (N) D_j */
    double *factor;            /* (N) what column j is multiplied by */
    double *diagonal;          /* (N) P_jj */
    dense_inverse inverse;     /* of the primal or dual system */
    float *column, *side_work; /* (N), (U) */
    ampcf_ranked *best;        /* (m) of the column that is cut */
    uint32_t *sources;         /* (N, m) kept for each candidate, and their values */
    float *values;
    uint32_t *n_kept;                  /* (N) */
    uint32_t *out_offsets, *out_items; /* rows by source: (N + 1), (N m) */
    int8_t *out_values;
    float *out_scales; /* (N) */
    float *loss;       /* (N) how much a source that is cut costs, d_i^0.35 */
    float *system;     /* (m, stride) of the sources kept, NULL = columns are not fitted again */
    float right[AMPCF_MAX_REFITTED];
    uint32_t *place;    /* (N) 1 + place among the sources kept, 0 = cut */
    uint32_t *together; /* (N) people who have the candidate too, NULL = nobody asks */
    uint32_t system_stride;
    left_out left;    /* beside vectors */
    float *predicted; /* (N, N) sum_u p_u x_ui L_uj / t_j, NULL = B stands alone */
    uint64_t rest_steps, gram_steps, inverse_steps, column_steps, done;
};

static int is_in(float x, float low, float high) { return x >= low && x <= high; }

static int config_is_valid(const ampcf_neighbours_config *c, uint32_t n) {
    return c->n_users >= 1 && c->n_users <= AMPCF_MAX_USERS && c->n_items >= 1 &&
           c->n_items <= AMPCF_MAX_ITEMS && c->method <= AMPCF_NEIGHBOURS_COOCCURRENCE &&
           c->neighbours <= c->n_items && n < UINT32_MAX / 4 &&
           (uint64_t)c->neighbours * c->n_items <= 1u << 28 && is_in(c->lambda, 1e-3f, 1e9f) &&
           is_in(c->lambda_growth, 0, 4) && is_in(c->user_damping, 0, 4) && is_in(c->source_damping, 0, 4) &&
           is_in(c->popularity_damping, -4, 4) && is_in(c->strength, -1024, 1024) &&
           c->n_aspects < c->n_users && is_in(c->aspect_strength, 0, 1e9f) &&
           (c->method == AMPCF_NEIGHBOURS_EASE || (c->n_aspects == 0 && c->dim == 0)) &&
           (c->dim == 0 || (c->dim <= AMPCF_MAX_DIM && is_in(c->blend, 0.01f, 1) && c->neighbours >= 1 &&
                            c->neighbours <= AMPCF_MAX_REFITTED));
}

static uint64_t steps_of(uint32_t rows) { return ((uint64_t)rows + ROWS - 1) / ROWS; }

/* What every method needs of rows and items. */
static void take_input(arena *a, ampcf_neighbours *e, uint32_t n_interactions) {
    size_t n = e->config.n_items;
    e->item_offsets = arena_take(a, n + 1, sizeof *e->item_offsets);
    e->item_users = arena_take(a, n_interactions, sizeof *e->item_users);
    e->item_at = arena_take(a, n_interactions, sizeof *e->item_at);
    e->user_part = arena_take(a, e->config.n_users, sizeof *e->user_part);
    e->item_part = arena_take(a, n, sizeof *e->item_part);
    e->ridge = arena_take(a, n, sizeof *e->ridge);
    e->factor = arena_take(a, n, sizeof *e->factor);
    e->diagonal = arena_take(a, n, sizeof *e->diagonal);
    e->column = arena_take(a, n, sizeof *e->column);
    e->loss = arena_take(a, n, sizeof *e->loss);
    e->place = arena_take(a, n, sizeof *e->place);
    e->together = e->config.pair_support > 1 ? arena_take(a, n, sizeof *e->together) : NULL;
}

/* The sources kept for each candidate, and the same as rows by source. */
static void take_kept(arena *a, ampcf_neighbours *e) {
    size_t n = e->config.n_items, kept = n * e->config.neighbours;
    e->best = arena_take(a, e->config.neighbours, sizeof *e->best);
    e->sources = arena_take(a, kept, sizeof *e->sources);
    e->values = arena_take(a, kept, sizeof *e->values);
    e->n_kept = arena_take(a, n, sizeof *e->n_kept);
    e->out_offsets = arena_take(a, n + 1, sizeof *e->out_offsets);
    e->out_items = arena_take(a, kept, sizeof *e->out_items);
    e->out_values = arena_take(a, kept, sizeof *e->out_values);
    e->out_scales = arena_take(a, n, sizeof *e->out_scales);
}

/* What fitting the kept sources again takes, and what vectors say where there are any. */
static void take_refit(arena *a, ampcf_neighbours *e, uint32_t n_interactions) {
    const ampcf_neighbours_config *c = &e->config;
    size_t n = c->n_items;
    /* Else there is nothing to take over, unless vectors come first. */
    int cuts = c->neighbours + 1 < c->n_items || c->pair_support > 1;
    int refits = c->method == AMPCF_NEIGHBOURS_EASE && c->neighbours > 0 &&
                 c->neighbours <= AMPCF_MAX_REFITTED && (cuts || c->dim > 0);
    uint32_t longest = n_interactions < c->n_items ? n_interactions : c->n_items;
    e->system_stride = (c->neighbours + 3) & ~3u;
    e->system = refits ? arena_take(a, (size_t)c->neighbours * e->system_stride, sizeof *e->system) : NULL;
    e->left = left_out_take(a, c->n_items, refits ? c->dim : 0, longest);
    e->predicted = refits && c->dim > 0 ? arena_take(a, n, n * sizeof *e->predicted) : NULL;
}

static ampcf_neighbours *layout(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions) {
    int inverts = c->method == AMPCF_NEIGHBOURS_EASE, dual = inverts && c->n_users < c->n_items;
    uint32_t size = !inverts ? 0 : dual ? c->n_users : c->n_items;
    ampcf_neighbours *head = arena_take(a, 1, sizeof *head), e;
    memset(&e, 0, sizeof e);
    e.config = *c;
    e.dual = dual;
    take_input(a, &e, n_interactions);
    take_kept(a, &e);
    take_refit(a, &e, n_interactions);
    e.side_work = arena_take(a, dual ? 2 * (size_t)size : 0, sizeof *e.side_work);
    e.inverse = dense_inverse_take(a, size);
    if (a->used > UINT32_MAX) a->full = 1;
    if (a->full || !a->base) return NULL;
    e.rest_steps = e.predicted ? steps_of(c->n_users - c->n_aspects) : 0;
    e.gram_steps = steps_of(size);
    e.inverse_steps = dense_inverse_steps(size);
    e.column_steps = c->neighbours > 0 ? ((uint64_t)c->n_items + COLUMNS - 1) / COLUMNS : 0;
    *head = e;
    return head;
}

size_t ampcf_neighbours_memory(const ampcf_neighbours_config *config, uint32_t n_interactions) {
    if (!config_is_valid(config, n_interactions)) return 0;
    arena a = arena_measure();
    (void)layout(&a, config, n_interactions);
    return a.full ? 0 : a.used;
}

static float weight_in(const ampcf_neighbours *e, const pair_lists *s, uint32_t x) {
    return e->weights ? e->weights[s->at ? s->at[x] : x] : 1;
}

static double power(double x, float exponent) { return smath_exp((double)exponent * smath_log(x)); }

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
    for (uint32_t u = 0; u < e->users.n; u++) {
        if (u < people) e->user_part[u] *= active / sum;
        if (e->dual) e->user_part[u] = __builtin_sqrt(e->user_part[u]);
    }
}

/* People who have an item: users come in increasing order, aspects last. */
static uint32_t people_of(const ampcf_neighbours *e, uint32_t item) {
    uint32_t from = e->items.offsets[item], to = e->items.offsets[item + 1];
    while (to > from && e->items.ids[to - 1] >= e->users.n - e->config.n_aspects) to--;
    return to - from;
}

/* D_j = lambda (d_j / mean d)^t, and what the columns are multiplied by. */
static void weigh_items(ampcf_neighbours *e, const ampcf_item_side *side) {
    const ampcf_neighbours_config *c = &e->config;
    double mean = (double)e->users.offsets[e->users.n - c->n_aspects] / e->items.n;
    for (uint32_t j = 0; j < e->items.n; j++) {
        uint32_t degree = people_of(e, j);
        double d = degree ? degree : 1;
        e->loss[j] = (float)power(d, 0.35f);
        e->place[j] = 0;
        e->ridge[j] = (double)c->lambda * power(d / mean, c->lambda_growth);
        if (c->method == AMPCF_NEIGHBOURS_EASE) {
            e->item_part[j] = e->dual ? 1 / e->ridge[j] : 1;
            e->factor[j] = (double)c->strength * power(d / mean, -c->popularity_damping);
            if (side)
                e->factor[j] =
                    (double)c->strength / (double)c->blend * (double)(side->targets ? side->targets[j] : 1);
        } else { /* the column is made with d_j^-a, which its own factor takes back */
            e->item_part[j] = power(d, -c->source_damping);
            e->factor[j] = (double)c->strength * power(d, c->source_damping - c->popularity_damping);
        }
    }
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
    e->users = (pair_lists){offsets, items, NULL, config->n_users};
    e->items = (pair_lists){e->item_offsets, e->item_users, e->item_at, config->n_items};
    interactions_by_item(config->n_users, config->n_items, offsets, items, e->item_offsets, e->item_users,
                         e->item_at);
    weigh_rows(e);
    weigh_items(e, side);
    if (e->predicted) {
        left_out_open(&e->left, side);
        memset(e->predicted, 0, (size_t)e->items.n * e->items.n * sizeof *e->predicted);
    }
    if (config->method == AMPCF_NEIGHBOURS_EASE) dense_inverse_clear(&e->inverse);
    *out_neighbours = e;
    return AMPCF_OK;
}

/* row[c] += sum_o x_ro mid_o x_oc self_r self_c for c < end: a row of the system, or a column of
 * co-occurrences. */
static void add_products(const ampcf_neighbours *e, int by_user, uint32_t r, uint32_t end, float *row) {
    const pair_lists *own = by_user ? &e->users : &e->items, *other = by_user ? &e->items : &e->users;
    const double *mid = by_user ? e->item_part : e->user_part, *self = by_user ? e->user_part : e->item_part;
    for (uint32_t x = own->offsets[r]; x < own->offsets[r + 1]; x++) {
        uint32_t o = own->ids[x];
        double w = (double)weight_in(e, own, x) * mid[o] * self[r];
        for (uint32_t y = other->offsets[o]; y < other->offsets[o + 1] && other->ids[y] < end; y++)
            row[other->ids[y]] += (float)(w * (double)weight_in(e, other, y) * self[other->ids[y]]);
    }
}

/* Primal: C + D with C = sum_u p_u x_u x_u^T. Dual: I + X D^-1 X^T. */
static void build_rows(ampcf_neighbours *e, uint32_t from) {
    dense_inverse *m = &e->inverse;
    for (uint32_t r = from; r < from + ROWS && r < m->n; r++) {
        float *row = m->a + (size_t)r * m->stride;
        add_products(e, e->dual, r, r + 1, row);
        row[r] += e->dual ? 1 : (float)e->ridge[r];
    }
}

/* z = -K^-1 sum_i t_i x_i over the users: rows of the inverse, added in order. */
static void add_dual_rows(const ampcf_neighbours *e, uint32_t item, double weight, float *z) {
    const dense_inverse *m = &e->inverse;
    for (uint32_t x = e->items.offsets[item]; x < e->items.offsets[item + 1]; x++) {
        uint32_t u = e->items.ids[x];
        const float *row = m->a + (size_t)u * m->stride;
        float w = (float)(weight * e->user_part[u] * (double)weight_in(e, &e->items, x));
        for (uint32_t v = 0; v < m->n; v++) z[v] += w * row[v];
    }
}

static double dual_product(const ampcf_neighbours *e, uint32_t item, const float *z) {
    double sum = 0;
    for (uint32_t x = e->items.offsets[item]; x < e->items.offsets[item + 1]; x++)
        sum +=
            (double)weight_in(e, &e->items, x) * e->user_part[e->items.ids[x]] * (double)z[e->items.ids[x]];
    return sum;
}

/* P_jj. Dual: P = D^-1 - D^-1 X^T K^-1 X D^-1 (Woodbury), so P_jj needs the rows of the item's own users
 * only. */
static void find_diagonal(ampcf_neighbours *e) {
    const dense_inverse *m = &e->inverse;
    for (uint32_t j = 0; j < e->items.n; j++) {
        if (!e->dual) {
            e->diagonal[j] = -(double)m->a[(size_t)j * m->stride + j];
            continue;
        }
        double sum = 0;
        for (uint32_t x = e->items.offsets[j]; x < e->items.offsets[j + 1]; x++) {
            uint32_t u = e->items.ids[x];
            sum += (double)weight_in(e, &e->items, x) * e->user_part[u] *
                   dual_product(e, j, m->a + (size_t)u * m->stride);
        }
        e->diagonal[j] = (1 + sum / e->ridge[j]) / e->ridge[j];
    }
    for (uint32_t j = 0; j < e->items.n; j++) /* rounding must not turn a sign */
        if (!(e->diagonal[j] > 1e-6 / e->ridge[j])) e->diagonal[j] = 1e-6 / e->ridge[j];
}

/* column[i] = B_ij = -P_ij / P_jj times the factor of j; 0 for i = j. */
static void make_column(ampcf_neighbours *e, uint32_t j) {
    float *column = e->column;
    const dense_inverse *m = &e->inverse;
    uint32_t n = e->items.n;
    if (e->config.method == AMPCF_NEIGHBOURS_COOCCURRENCE) {
        memset(column, 0, n * sizeof *column);
        add_products(e, 0, j, n, column);
        for (uint32_t i = 0; i < n; i++) column[i] = (float)((double)column[i] * e->factor[j]);
    } else if (e->dual) {
        double scale = -e->factor[j] / (e->ridge[j] * e->diagonal[j]);
        memset(e->side_work, 0, m->n * sizeof *e->side_work);
        add_dual_rows(e, j, 1, e->side_work);
        for (uint32_t i = 0; i < n; i++)
            column[i] = (float)(scale / e->ridge[i] * dual_product(e, i, e->side_work));
    } else {
        const float *row = m->a + (size_t)j * m->stride;
        float scale = (float)(e->factor[j] / e->diagonal[j]);
        for (uint32_t i = 0; i < n; i++) column[i] = scale * row[i];
    }
    column[j] = 0;
}

static float magnitude_of(float x) { return x < 0 ? -x : x; }

/* system = C_SS + D_S, right = C_Sj for the sources S that have a place: a pass over all interactions. */
static void fill_system(ampcf_neighbours *e, uint32_t j) {
    uint32_t found[AMPCF_MAX_REFITTED];
    float x[AMPCF_MAX_REFITTED];
    for (uint32_t u = 0, own = e->items.offsets[j]; u < e->users.n; u++) {
        uint32_t n = 0, has_j = own < e->items.offsets[j + 1] && e->items.ids[own] == u;
        for (uint32_t y = e->users.offsets[u]; y < e->users.offsets[u + 1]; y++) {
            uint32_t place = e->place[e->users.ids[y]];
            if (place) x[n] = weight_in(e, &e->users, y), found[n++] = place - 1;
        }
        float p = (float)(e->dual ? e->user_part[u] * e->user_part[u] : e->user_part[u]);
        for (uint32_t a = 0; a < n; a++) {
            float *row = e->system + (size_t)found[a] * e->system_stride, w = p * x[a];
            for (uint32_t b = a; b < n; b++) row[found[b]] += w * x[b];
            if (has_j) e->right[found[a]] += w * weight_in(e, &e->items, own);
        }
        own += has_j;
    }
}

/* predicted_ij += p_u x_ui L_uj / t_j over a batch of people. */
static void add_predictions(ampcf_neighbours *e, uint32_t from) {
    for (uint32_t u = from; u < from + ROWS && u < e->users.n - e->config.n_aspects; u++) {
        uint32_t first = e->users.offsets[u], n = e->users.offsets[u + 1] - first;
        if (n == 0) continue;
        left_out_score(&e->left, e->users.ids + first, e->weights ? e->weights + first : NULL, n);
        float p = (float)(e->dual ? e->user_part[u] * e->user_part[u] : e->user_part[u]);
        for (uint32_t x = first; x < first + n; x++) {
            float *row = e->predicted + (size_t)e->users.ids[x] * e->items.n,
                  w = p * weight_in(e, &e->users, x);
            for (uint32_t j = 0; j < e->items.n; j++) row[j] += w * e->left.scores[j];
        }
    }
}

/* What is left of a column after the cut is fitted again by itself: it takes over what the others explained.
 * */
static void refit_column(ampcf_neighbours *e, uint32_t j, uint32_t *sources, uint32_t n, float *values) {
    for (uint32_t k = 1; k < n; k++) { /* in order of items, so that only the upper triangle is filled */
        uint32_t item = sources[k], to = k;
        for (; to > 0 && sources[to - 1] > item; to--) sources[to] = sources[to - 1];
        sources[to] = item;
    }
    memset(e->system, 0, (size_t)n * e->system_stride * sizeof *e->system);
    memset(e->right, 0, sizeof e->right);
    for (uint32_t k = 0; k < n; k++) e->place[sources[k]] = k + 1;
    fill_system(e, j);
    for (uint32_t k = 0; e->predicted && k < n; k++)
        e->right[k] -= e->config.blend * e->predicted[(size_t)sources[k] * e->items.n + j];
    for (uint32_t k = 0; k < n; k++)
        e->system[(size_t)k * e->system_stride + k] += (float)e->ridge[sources[k]];
    train_cholesky(e->system, n, e->system_stride);
    train_solve(e->system, e->right, n, e->system_stride);
    for (uint32_t k = 0; k < n; k++) {
        values[k] = (float)((double)e->right[k] * e->factor[j]);
        e->place[sources[k]] = 0;
    }
}

/* together[i] = people who have both i and j. */
static void count_together(ampcf_neighbours *e, uint32_t j) {
    uint32_t from = e->items.offsets[j], to = from + people_of(e, j);
    memset(e->together, 0, e->items.n * sizeof *e->together);
    for (uint32_t x = from; x < to; x++) {
        uint32_t u = e->items.ids[x];
        for (uint32_t y = e->users.offsets[u]; y < e->users.offsets[u + 1]; y++)
            e->together[e->users.ids[y]]++;
    }
}

/* The m entries of column j that matter most to scores, by size and popularity of the source; ties to the
 * more popular. */
static void cut_column(ampcf_neighbours *e, uint32_t j) {
    uint32_t *sources = e->sources + (size_t)j * e->config.neighbours;
    float *values = e->values + (size_t)j * e->config.neighbours;
    best_list best = {e->best, 0, e->config.neighbours};
    make_column(e, j);
    if (e->together) count_together(e, j);
    for (uint32_t i = 0; i < e->items.n; i++)
        if ((!e->together || e->together[i] >= e->config.pair_support) && magnitude_of(e->column[i]) > 1e-30f)
            best_offer(&best, (ampcf_ranked){i, magnitude_of(e->column[i]) * e->loss[i], 0});
    uint32_t n = e->n_kept[j] = best_finish(&best);
    for (uint32_t k = 0; k < n; k++) sources[k] = e->best[k].item, values[k] = e->column[sources[k]];
    if (e->system && n > 0) refit_column(e, j, sources, n, values);
}

/* Kept columns -> rows by source, one scale a row; what rounds to 0 is left out. Candidates come in order,
 * so rows increase. */
static void transpose(ampcf_neighbours *e) {
    size_t m = e->config.neighbours;
    uint32_t n = e->items.n, *at = e->out_offsets;
    memset(e->out_scales, 0, n * sizeof *e->out_scales);
    memset(at, 0, ((size_t)n + 1) * sizeof *at);
    for (size_t j = 0; j < n; j++)
        for (size_t k = j * m; k < j * m + e->n_kept[j]; k++) {
            float size = magnitude_of(e->values[k]), *largest = e->out_scales + e->sources[k];
            if (size > *largest) *largest = size;
        }
    for (uint32_t i = 0; i < n; i++) e->out_scales[i] = quantise_scale(e->out_scales[i]);
    for (size_t j = 0; j < n; j++)
        for (size_t k = j * m; k < j * m + e->n_kept[j]; k++)
            at[e->sources[k] + 1] += quantise(e->values[k], e->out_scales[e->sources[k]]) != 0;
    for (uint32_t i = 0; i < n; i++) at[i + 1] += at[i];
    for (uint32_t j = 0; j < n; j++)
        for (size_t k = j * m; k < j * m + e->n_kept[j]; k++) {
            int8_t q = quantise(e->values[k], e->out_scales[e->sources[k]]);
            if (q == 0) continue;
            uint32_t to = at[e->sources[k]]++;
            e->out_items[to] = j;
            e->out_values[to] = q;
        }
    memmove(at + 1, at, n * sizeof *at);
    at[0] = 0;
}

ampcf_status ampcf_neighbours_step(ampcf_neighbours *neighbours, uint32_t max_steps,
                                   ampcf_neighbours_progress *out_progress) {
    ampcf_neighbours *e = neighbours;
    uint64_t built = e->rest_steps + e->gram_steps, inverted = built + e->inverse_steps,
             total = inverted + e->column_steps;
    for (uint32_t left = max_steps; left > 0 && e->done < total; left--) {
        uint64_t step = e->done++;
        if (step < e->rest_steps) {
            add_predictions(e, (uint32_t)step * ROWS);
        } else if (step < built) {
            build_rows(e, (uint32_t)(step - e->rest_steps) * ROWS);
        } else if (step < inverted) {
            dense_inverse_step(&e->inverse);
            if (step + 1 == inverted) find_diagonal(e);
        } else {
            uint32_t from = (uint32_t)(step - inverted) * COLUMNS;
            for (uint32_t j = from; j < from + COLUMNS && j < e->items.n; j++) cut_column(e, j);
            if (step + 1 == total) transpose(e);
        }
    }
    *out_progress = (ampcf_neighbours_progress){e->done, total};
    return AMPCF_OK;
}

ampcf_status ampcf_neighbours_score(ampcf_neighbours *neighbours, const uint32_t *items, uint32_t n,
                                    float *out_scores) {
    ampcf_neighbours *e = neighbours;
    const dense_inverse *m = &e->inverse;
    if (e->config.method != AMPCF_NEIGHBOURS_EASE || e->config.dim > 0) return AMPCF_E_ARGUMENT;
    for (uint32_t h = 0; h < n; h++)
        if (items[h] >= e->items.n) return AMPCF_E_ITEM_RANGE;
    /* -P x: rows of the inverse; dual: -(x - X^T K^-1 X D^-1 x) / D. */
    float *sum = e->column, *z = e->side_work;
    memset(sum, 0, e->items.n * sizeof *sum);
    if (e->dual) memset(z, 0, m->n * sizeof *z);
    for (uint32_t h = 0; h < n; h++) {
        const float *row = m->a + (size_t)items[h] * m->stride;
        if (e->dual) add_dual_rows(e, items[h], 1 / e->ridge[items[h]], z);
        for (uint32_t j = 0; !e->dual && j < e->items.n; j++) sum[j] += row[j];
    }
    for (uint32_t h = 0; e->dual && h < n; h++) sum[items[h]] -= (float)(1 / e->ridge[items[h]]);
    for (uint32_t j = 0; e->dual && j < e->items.n; j++)
        sum[j] -= (float)(dual_product(e, j, z) / e->ridge[j]);
    for (uint32_t h = 0; h < n; h++) sum[items[h]] += (float)e->diagonal[items[h]];
    for (uint32_t j = 0; j < e->items.n; j++)
        out_scores[j] = (float)((double)sum[j] * e->factor[j] / e->diagonal[j]);
    return AMPCF_OK;
}

const uint32_t *ampcf_neighbours_offsets(const ampcf_neighbours *neighbours) {
    return neighbours->out_offsets;
}
const uint32_t *ampcf_neighbours_items(const ampcf_neighbours *neighbours) { return neighbours->out_items; }
const int8_t *ampcf_neighbours_values(const ampcf_neighbours *neighbours) { return neighbours->out_values; }
const float *ampcf_neighbours_scales(const ampcf_neighbours *neighbours) { return neighbours->out_scales; }
