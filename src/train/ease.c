/* Owns EASE (Steck 2019): the ridge regression of each item on all others in closed form, by the inverse of
 * the items' system or of the people's; columns that are cut are fitted again. Must not know how columns are
 * cut. */
#include "train/columns.h"

#include "train/dense_inverse.h"
#include "train/left_out.h"
#include "train/solve.h"

#include <string.h>

enum { ROWS = 64 /* of the system in a step */ };

/* Of the largest diagonal: a smaller ridge is lost in single precision, and the inverse with it. */
#define LEAST_RIDGE 0x1p-14

typedef struct ease {
    ampcf_neighbours base;
    int dual;              /* invert U x U instead of N x N */
    double *user_part;     /* (U) p_u, that of the base; dual: sqrt p_u */
    double *item_part;     /* (N) 1; dual: 1 / D_j */
    double *ridge;         /* (N) D_j */
    double *factor;        /* (N) what column j is multiplied by */
    double *diagonal;      /* (N) P_jj */
    dense_inverse inverse; /* of the primal or dual system */
    float *side_work;      /* (2 U) dual */
    columns columns;
    float *system; /* (m, stride) of the sources kept, NULL = columns are not fitted again */
    float right[AMPCF_MAX_REFITTED];
    uint32_t *place; /* (N) 1 + place among the sources kept, 0 = cut */
    uint32_t system_stride;
    left_out left;    /* beside vectors */
    float *predicted; /* (N, N) sum_u p_u x_ui L_uj / t_j, NULL = B stands alone */
    uint64_t rest_steps, gram_steps, inverse_steps;
} ease;

static int is_in(float x, float low, float high) { return x >= low && x <= high; }

static int config_is_valid(const ampcf_neighbours_config *c) {
    return c->dim == 0 || (c->dim <= AMPCF_MAX_DIM && is_in(c->blend, 0.01f, 1) && c->neighbours >= 1 &&
                           c->neighbours <= AMPCF_MAX_REFITTED);
}

static uint64_t steps_of(uint32_t rows) { return ((uint64_t)rows + ROWS - 1) / ROWS; }

/* What fitting the kept sources again takes, and what vectors say where there are any. */
static void take_refit(arena *a, ease *e, uint32_t n_interactions) {
    const ampcf_neighbours_config *c = &e->base.config;
    size_t n = c->n_items;
    /* Else there is nothing to take over, unless vectors come first. */
    int cuts = c->neighbours + 1 < c->n_items || c->pair_support > 1;
    int refits = c->neighbours > 0 && c->neighbours <= AMPCF_MAX_REFITTED && (cuts || c->dim > 0);
    uint32_t longest = n_interactions < c->n_items ? n_interactions : c->n_items;
    e->system_stride = (c->neighbours + 3) & ~3u;
    e->system = refits ? arena_take(a, (size_t)c->neighbours * e->system_stride, sizeof *e->system) : NULL;
    e->left = left_out_take(a, c->n_items, refits ? c->dim : 0, longest);
    e->predicted = refits && c->dim > 0 ? arena_take(a, n, n * sizeof *e->predicted) : NULL;
}

static ampcf_neighbours *ease_layout(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions) {
    int dual = c->n_users < c->n_items;
    uint32_t size = dual ? c->n_users : c->n_items;
    size_t n = c->n_items;
    ease *head = arena_take(a, 1, sizeof *head), e;
    memset(&e, 0, sizeof e);
    neighbours_take(a, c, n_interactions, &e.base);
    e.dual = dual;
    e.item_part = arena_take(a, n, sizeof *e.item_part);
    e.ridge = arena_take(a, n, sizeof *e.ridge);
    e.factor = arena_take(a, n, sizeof *e.factor);
    e.diagonal = arena_take(a, n, sizeof *e.diagonal);
    e.place = arena_take(a, n, sizeof *e.place);
    e.columns = columns_take(a, c);
    take_refit(a, &e, n_interactions);
    e.side_work = arena_take(a, dual ? 2 * (size_t)size : 0, sizeof *e.side_work);
    e.inverse = dense_inverse_take(a, size);
    if (a->full || !a->base) return NULL;
    e.user_part = e.base.user_part;
    e.rest_steps = e.predicted ? steps_of(c->n_users - c->n_aspects) : 0;
    e.gram_steps = steps_of(size);
    e.inverse_steps = dense_inverse_steps(size);
    e.base.total = e.rest_steps + e.gram_steps + e.inverse_steps + columns_steps(c);
    *head = e;
    return &head->base;
}

/* The largest sum_u p_u x_uj^2 of an item. */
static double largest_of(const ease *e) {
    double largest = 0;
    for (uint32_t j = 0; j < e->base.items.n; j++) {
        double sum = 0;
        for (uint32_t x = e->base.items.offsets[j]; x < e->base.items.offsets[j + 1]; x++) {
            double part = e->user_part[e->base.items.ids[x]],
                   w = (double)weight_in(&e->base, &e->base.items, x);
            sum += (e->dual ? part * part : part) * w * w;
        }
        if (sum > largest) largest = sum;
    }
    return largest;
}

/* D_j = lambda (d_j / mean d)^t, and what the columns are multiplied by. */
static void weigh_items(ease *e, const ampcf_item_side *side) {
    const ampcf_neighbours *base = &e->base;
    const ampcf_neighbours_config *c = &base->config;
    double mean = (double)base->users.offsets[base->users.n - c->n_aspects] / base->items.n;
    double least = LEAST_RIDGE * largest_of(e);
    for (uint32_t j = 0; j < base->items.n; j++) {
        uint32_t degree = neighbours_people_of(base, j);
        double d = degree ? degree : 1;
        e->place[j] = 0;
        e->ridge[j] = (double)c->lambda * power(d / mean, c->lambda_growth);
        if (e->ridge[j] < least) e->ridge[j] = least;
        e->item_part[j] = e->dual ? 1 / e->ridge[j] : 1;
        e->factor[j] = (double)c->strength * power(d / mean, -c->popularity_damping);
        if (side)
            e->factor[j] =
                (double)c->strength / (double)c->blend * (double)(side->targets ? side->targets[j] : 1);
    }
}

static void ease_open(ampcf_neighbours *base, const ampcf_item_side *side) {
    ease *e = (ease *)base;
    size_t n = base->items.n;
    for (uint32_t u = 0; e->dual && u < base->users.n; u++) e->user_part[u] = __builtin_sqrt(e->user_part[u]);
    weigh_items(e, side);
    columns_open(&e->columns, base);
    if (e->predicted) {
        left_out_open(&e->left, side);
        memset(e->predicted, 0, n * n * sizeof *e->predicted);
    }
    dense_inverse_clear(&e->inverse);
}

/* Primal: C + D with C = sum_u p_u x_u x_u^T. Dual: I + X D^-1 X^T. */
static void build_rows(ease *e, uint32_t from) {
    dense_inverse *m = &e->inverse;
    for (uint32_t r = from; r < from + ROWS && r < m->n; r++) {
        float *row = m->a + (size_t)r * m->stride;
        columns_add_products(&e->base, e->dual, e->dual ? e->item_part : e->user_part,
                             e->dual ? e->user_part : e->item_part, r, r + 1, row);
        row[r] += e->dual ? 1 : (float)e->ridge[r];
    }
}

/* z = -K^-1 sum_i t_i x_i over the users: rows of the inverse, added in order. */
static void add_dual_rows(const ease *e, uint32_t item, double weight, float *z) {
    const dense_inverse *m = &e->inverse;
    for (uint32_t x = e->base.items.offsets[item]; x < e->base.items.offsets[item + 1]; x++) {
        uint32_t u = e->base.items.ids[x];
        const float *row = m->a + (size_t)u * m->stride;
        float w = (float)(weight * e->user_part[u] * (double)weight_in(&e->base, &e->base.items, x));
        for (uint32_t v = 0; v < m->n; v++) z[v] += w * row[v];
    }
}

static double dual_product(const ease *e, uint32_t item, const float *z) {
    double sum = 0;
    for (uint32_t x = e->base.items.offsets[item]; x < e->base.items.offsets[item + 1]; x++)
        sum += (double)weight_in(&e->base, &e->base.items, x) * e->user_part[e->base.items.ids[x]] *
               (double)z[e->base.items.ids[x]];
    return sum;
}

/* P_jj. Dual: P = D^-1 - D^-1 X^T K^-1 X D^-1 (Woodbury), so P_jj needs the rows of the item's own users
 * only. */
static void find_diagonal(ease *e) {
    const dense_inverse *m = &e->inverse;
    for (uint32_t j = 0; j < e->base.items.n; j++) {
        if (!e->dual) {
            e->diagonal[j] = -(double)m->a[(size_t)j * m->stride + j];
            continue;
        }
        double sum = 0;
        for (uint32_t x = e->base.items.offsets[j]; x < e->base.items.offsets[j + 1]; x++) {
            uint32_t u = e->base.items.ids[x];
            sum += (double)weight_in(&e->base, &e->base.items, x) * e->user_part[u] *
                   dual_product(e, j, m->a + (size_t)u * m->stride);
        }
        e->diagonal[j] = (1 + sum / e->ridge[j]) / e->ridge[j];
    }
    for (uint32_t j = 0; j < e->base.items.n; j++) /* rounding must not turn a sign */
        if (!(e->diagonal[j] > 1e-6 / e->ridge[j])) e->diagonal[j] = 1e-6 / e->ridge[j];
}

/* column[i] = B_ij = -P_ij / P_jj times the factor of j; 0 for i = j. */
static void make_column(ease *e, uint32_t j) {
    float *column = e->columns.column;
    const dense_inverse *m = &e->inverse;
    uint32_t n = e->base.items.n;
    if (e->dual) {
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

/* system = C_SS + D_S, right = C_Sj for the sources S that have a place: a pass over all interactions. */
static void fill_system(ease *e, uint32_t j) {
    uint32_t found[AMPCF_MAX_REFITTED];
    float x[AMPCF_MAX_REFITTED];
    for (uint32_t u = 0, own = e->base.items.offsets[j]; u < e->base.users.n; u++) {
        uint32_t n = 0, has_j = own < e->base.items.offsets[j + 1] && e->base.items.ids[own] == u;
        for (uint32_t y = e->base.users.offsets[u]; y < e->base.users.offsets[u + 1]; y++) {
            uint32_t place = e->place[e->base.users.ids[y]];
            if (place) x[n] = weight_in(&e->base, &e->base.users, y), found[n++] = place - 1;
        }
        float p = (float)(e->dual ? e->user_part[u] * e->user_part[u] : e->user_part[u]);
        for (uint32_t a = 0; a < n; a++) {
            float *row = e->system + (size_t)found[a] * e->system_stride, w = p * x[a];
            for (uint32_t b = a; b < n; b++) row[found[b]] += w * x[b];
            if (has_j) e->right[found[a]] += w * weight_in(&e->base, &e->base.items, own);
        }
        own += has_j;
    }
}

/* predicted_ij += p_u x_ui L_uj / t_j over a batch of people, for first <= j < end. */
static void add_predictions(ease *e, uint32_t from, uint32_t start, uint32_t end) {
    for (uint32_t u = from; u < from + ROWS && u < e->base.users.n - e->base.config.n_aspects; u++) {
        uint32_t first = e->base.users.offsets[u], n = e->base.users.offsets[u + 1] - first;
        if (n == 0) continue;
        left_out_score_some(&e->left, e->base.users.ids + first,
                            e->base.weights ? e->base.weights + first : NULL, n, start, end);
        float p = (float)(e->dual ? e->user_part[u] * e->user_part[u] : e->user_part[u]);
        for (uint32_t x = first; x < first + n; x++) {
            float *row = e->predicted + (size_t)e->base.users.ids[x] * e->base.items.n,
                  w = p * weight_in(&e->base, &e->base.users, x);
            for (uint32_t j = start; j < end; j++) row[j] += w * e->left.scores[j];
        }
    }
}

/* What is left of a column after the cut is fitted again by itself: it takes over what the others
 * explained. */
static void refit_column(ease *e, uint32_t j, uint32_t n) {
    uint32_t *sources = e->columns.sources + (size_t)j * e->base.config.neighbours;
    float *values = e->columns.values + (size_t)j * e->base.config.neighbours;
    if (!e->system || n == 0) return;
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
        e->right[k] -= e->base.config.blend * e->predicted[(size_t)sources[k] * e->base.items.n + j];
    for (uint32_t k = 0; k < n; k++)
        e->system[(size_t)k * e->system_stride + k] += (float)e->ridge[sources[k]];
    train_cholesky(e->system, n, e->system_stride);
    train_solve(e->system, e->right, n, e->system_stride);
    for (uint32_t k = 0; k < n; k++) {
        values[k] = neighbour_value(&e->base, (float)((double)e->right[k] * e->factor[j]));
        e->place[sources[k]] = 0;
    }
}

static void make_columns(ease *e, uint32_t step, uint32_t n) {
    uint32_t from = step * COLUMNS;
    for (uint32_t j = from; j < from + n * COLUMNS && j < e->base.items.n; j++) {
        make_column(e, j);
        refit_column(e, j, columns_cut(&e->columns, &e->base, j));
    }
}

static void ease_step(ampcf_neighbours *base, uint64_t step) {
    ease *e = (ease *)base;
    uint64_t built = e->rest_steps + e->gram_steps, inverted = built + e->inverse_steps;
    if (step < e->rest_steps) {
        add_predictions(e, (uint32_t)step * ROWS, 0, base->items.n);
    } else if (step < built) {
        build_rows(e, (uint32_t)(step - e->rest_steps) * ROWS);
    } else if (step < inverted) {
        dense_inverse_step(&e->inverse);
        if (step + 1 == inverted) find_diagonal(e);
    } else {
        make_columns(e, (uint32_t)(step - inverted), 1);
        if (step + 1 == base->total) columns_to_rows(&e->columns, base);
    }
}

/* -P x: rows of the inverse; dual: -(x - X^T K^-1 X D^-1 x) / D. */
static void ease_score(ampcf_neighbours *base, const uint32_t *items, uint32_t n, float *out_scores) {
    ease *e = (ease *)base;
    const dense_inverse *m = &e->inverse;
    float *sum = e->columns.column, *z = e->side_work;
    memset(sum, 0, e->base.items.n * sizeof *sum);
    if (e->dual) memset(z, 0, m->n * sizeof *z);
    for (uint32_t h = 0; h < n; h++) {
        const float *row = m->a + (size_t)items[h] * m->stride;
        if (e->dual) add_dual_rows(e, items[h], 1 / e->ridge[items[h]], z);
        for (uint32_t j = 0; !e->dual && j < e->base.items.n; j++) sum[j] += row[j];
    }
    for (uint32_t h = 0; e->dual && h < n; h++) sum[items[h]] -= (float)(1 / e->ridge[items[h]]);
    for (uint32_t j = 0; e->dual && j < e->base.items.n; j++)
        sum[j] -= (float)(dual_product(e, j, z) / e->ridge[j]);
    for (uint32_t h = 0; h < n; h++) sum[items[h]] += (float)e->diagonal[items[h]];
    for (uint32_t j = 0; j < e->base.items.n; j++)
        out_scores[j] = (float)((double)sum[j] * e->factor[j] / e->diagonal[j]);
}

/* What is at hand when several share the work. */
typedef enum ease_phase { PREDICTIONS, SYSTEM, INVERSE, COLUMNS_OF_B } ease_phase;

static ease_phase phase_of(const ease *e) {
    uint64_t done = e->base.done;
    if (done < e->rest_steps) return PREDICTIONS;
    if (done < e->rest_steps + e->gram_steps) return SYSTEM;
    return done < e->base.total - columns_steps(&e->base.config) ? INVERSE : COLUMNS_OF_B;
}

/* Predictions of a column are used for that column alone, so that they stay with the part that owns it. */
static void ease_pass(const ampcf_neighbours *base, ampcf_neighbours_pass *out) {
    const ease *e = (const ease *)base;
    ease_phase phase = phase_of(e);
    out->owned = phase == PREDICTIONS || phase == INVERSE || (phase == COLUMNS_OF_B && e->predicted);
    out->n_units = phase == SYSTEM         ? (uint32_t)e->gram_steps
                   : phase == COLUMNS_OF_B ? (uint32_t)columns_steps(&base->config)
                                           : base->parts;
}

/* Batches of people in a pass of the predictions. */
enum { BATCHES = 16 };

static void predict_own(ease *e, uint32_t part) {
    uint32_t n = (uint32_t)columns_steps(&e->base.config), parts = e->base.parts;
    uint64_t end = (uint64_t)first_of_part(n, part + 1, parts) * COLUMNS;
    for (uint64_t batch = e->base.done; batch < e->base.done + BATCHES && batch < e->rest_steps; batch++)
        add_predictions(e, (uint32_t)batch * ROWS, first_of_part(n, part, parts) * COLUMNS,
                        end < e->base.items.n ? (uint32_t)end : e->base.items.n);
}

static void ease_solve(ampcf_neighbours *base, uint32_t from, uint32_t n) {
    ease *e = (ease *)base;
    ease_phase phase = phase_of(e);
    if (phase == COLUMNS_OF_B) make_columns(e, from, n);
    for (uint32_t unit = from; unit < from + n; unit++) {
        if (phase == PREDICTIONS) predict_own(e, unit);
        if (phase == SYSTEM) build_rows(e, unit * ROWS);
        if (phase == INVERSE) dense_inverse_solve(&e->inverse, unit, base->parts);
    }
}

/* A row of the system in the lower triangle: it begins where the row before it ended. */
static uint32_t last_of_system(const ease *e, uint32_t unit) {
    uint64_t to = (uint64_t)unit * ROWS;
    return to < e->inverse.n ? (uint32_t)to : e->inverse.n;
}

static size_t ease_give(const ampcf_neighbours *base, uint32_t from, uint32_t n, uint8_t *out) {
    const ease *e = (const ease *)base;
    const dense_inverse *m = &e->inverse;
    ease_phase phase = phase_of(e);
    size_t at = 0;
    if (phase == COLUMNS_OF_B) return columns_give(&e->columns, base, from, n, out);
    for (uint32_t r = from * ROWS; phase == SYSTEM && r < last_of_system(e, from + n); r++)
        give_bytes(out, &at, m->a + (size_t)r * m->stride, (r + 1) * sizeof *m->a);
    for (uint32_t part = from; phase == INVERSE && part < from + n; part++)
        at += dense_inverse_give(m, part, base->parts, out ? out + at : NULL);
    return at;
}

static void ease_take(ampcf_neighbours *base, uint32_t from, uint32_t n, const uint8_t *given) {
    ease *e = (ease *)base;
    dense_inverse *m = &e->inverse;
    ease_phase phase = phase_of(e);
    size_t at = 0;
    if (phase == COLUMNS_OF_B) columns_take_in(&e->columns, base, from, n, given);
    for (uint32_t r = from * ROWS; phase == SYSTEM && r < last_of_system(e, from + n); r++)
        take_bytes(m->a + (size_t)r * m->stride, given, &at, (r + 1) * sizeof *m->a);
    for (uint32_t part = from; phase == INVERSE && part < from + n; part++) {
        dense_inverse_take_in(m, part, base->parts, given + at);
        at += dense_inverse_give(m, part, base->parts, NULL);
    }
}

static void ease_pass_end(ampcf_neighbours *base) {
    ease *e = (ease *)base;
    dense_inverse *m = &e->inverse;
    uint64_t left = e->rest_steps - base->done, blocks = m->stride / ROWS;
    ease_phase phase = phase_of(e);
    if (phase == PREDICTIONS) base->done += left < BATCHES ? left : BATCHES;
    if (phase == SYSTEM) base->done += e->gram_steps;
    if (phase == INVERSE) {
        base->done += m->block < blocks ? blocks : 1;
        dense_inverse_end(m);
        if (dense_inverse_is_done(m)) find_diagonal(e);
    }
    if (phase == COLUMNS_OF_B) {
        columns_to_rows(&e->columns, base);
        base->done = base->total;
    }
}

const neighbours_ops neighbours_ease = {.config_is_valid = config_is_valid,
                                        .layout = ease_layout,
                                        .open = ease_open,
                                        .step = ease_step,
                                        .score = ease_score,
                                        .pass = ease_pass,
                                        .solve = ease_solve,
                                        .give = ease_give,
                                        .take = ease_take,
                                        .pass_end = ease_pass_end};
