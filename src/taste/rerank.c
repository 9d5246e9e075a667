/* Owns lists that are made again from a ranked pool: calibrated (Steck), proportional, MMR, greedy DPP. Must
 * not know where scores come from. */
#include "ampcf_taste.h"
#include "base/arena.h"
#include "taste/measures.h"
#include "taste/space.h"

#include <string.h>

/* What they share. */
typedef struct pool {
    uint32_t n, k;
    double lambda;
    double *relevance; /* (n) r_j */
    uint8_t *taken;    /* (n) */
    arena memory;
} pool;

static void take_pool(arena *a, uint32_t n, pool *out) {
    out->relevance = arena_take(a, n, sizeof *out->relevance);
    out->taken = arena_take(a, n, 1);
}

/* r_j = (s_j - min) / (max - min). In halves: the difference of two finite numbers may not be finite. */
static ampcf_status open_pool(pool *p, const double *scores, uint32_t n, double lambda, uint32_t k,
                              void *memory, size_t bytes) {
    p->n = n, p->k = k < n ? k : n, p->lambda = lambda, p->memory = arena_over(memory, bytes);
    if (!(lambda >= 0 && lambda <= 1)) return AMPCF_E_ARGUMENT;
    take_pool(&p->memory, n, p);
    if (p->memory.full) return AMPCF_E_MEMORY;
    double low = 0, high = 0;
    for (uint32_t j = 0; j < n; j++) {
        double half = scores[j] / 2;
        if (!(half - half == 0)) return AMPCF_E_ARGUMENT;
        if (j == 0 || half < low) low = half;
        if (j == 0 || half > high) high = half;
    }
    for (uint32_t j = 0; j < n; j++) p->relevance[j] = high > low ? (scores[j] / 2 - low) / (high - low) : 0;
    memset(p->taken, 0, n);
    return AMPCF_OK;
}

/* The candidate with the largest gain, the earlier one of equals. */
typedef struct best {
    uint32_t at;
    double gain;
    int any;
} best;

static void offer(best *b, uint32_t at, double gain) {
    if (b->any && !(gain > b->gain)) return;
    b->at = at, b->gain = gain, b->any = 1;
}

/* ---- Steck, proportional ------------------------------------------------------------------------------- */

size_t ampcf_rerank_steck_memory(uint32_t n, uint32_t n_categories) {
    arena a = arena_measure();
    pool p;
    take_pool(&a, n, &p);
    arena_take(&a, n_categories, sizeof(double));
    return a.full ? 0 : a.used;
}

typedef struct calibration {
    const ampcf_taste_space *space;
    const double *target;
    double *sums, total;  /* (A) of the list so far, not divided by their total */
    double with, without; /* KL of the list with the next place's weight but nothing in it, and as it is */
} calibration;

/* KL of the list with `weight` more in its total but nothing more in its sums. */
static double kl_of_sums(const calibration *c, double weight) {
    double total = c->total + weight, kl = 0;
    for (uint32_t a = 0; a < c->space->n_categories; a++)
        kl += steck_term(c->target[a], total > 0 ? c->sums[a] / total : 0);
    return kl;
}

/* What the candidate's own categories change of kl_of_sums. */
static double kl_change(const calibration *c, uint32_t j, double weight, double row) {
    double total = c->total + weight, change = 0;
    for (uint32_t e = c->space->offsets[j]; e < c->space->offsets[j + 1]; e++) {
        uint32_t a = c->space->categories[e];
        double more = weight * (space_entry(c->space, e) / row);
        change += steck_term(c->target[a], (c->sums[a] + more) / total) -
                  steck_term(c->target[a], c->sums[a] / total);
    }
    return change;
}

static void add_to_list(calibration *c, uint32_t j, double weight) {
    double row = space_row_sum(c->space, j);
    if (!(row > 0)) return;
    for (uint32_t e = c->space->offsets[j]; e < c->space->offsets[j + 1]; e++)
        c->sums[c->space->categories[e]] += weight * (space_entry(c->space, e) / row);
    c->total += weight;
}

static ampcf_status open_calibration(pool *p, calibration *c, const ampcf_taste_space *space,
                                     const double *scores, const double *target, double lambda, uint32_t k,
                                     void *memory, size_t memory_bytes) {
    if (!space_is_valid(space) || !is_distribution(target, space->n_categories)) return AMPCF_E_ARGUMENT;
    ampcf_status status = open_pool(p, scores, space->n_items, lambda, k, memory, memory_bytes);
    if (status != AMPCF_OK) return status;
    *c = (calibration){space, target, arena_take(&p->memory, space->n_categories, sizeof(double)), 0, 0, 0};
    if (p->memory.full) return AMPCF_E_MEMORY;
    memset(c->sums, 0, space->n_categories * sizeof *c->sums);
    return AMPCF_OK;
}

/* What an item is worth beside its score: the KL that it leaves, the less the better. */
static double steck_worth(const calibration *c, uint32_t j, double weight) {
    double row = space_row_sum(c->space, j);
    return -(row > 0 ? c->with + kl_change(c, j, weight, row) : c->without);
}

/* What the candidate's categories still lack of their part of a list with `weight` more. */
static double need_of(const calibration *c, uint32_t j, double weight) {
    double row = space_row_sum(c->space, j), need = 0;
    for (uint32_t e = c->space->offsets[j]; row > 0 && e < c->space->offsets[j + 1]; e++) {
        uint32_t a = c->space->categories[e];
        need += space_entry(c->space, e) / row * (c->target[a] * (c->total + weight) - c->sums[a]);
    }
    return need;
}

static ampcf_status calibrated_list(double (*worth)(const calibration *, uint32_t, double),
                                    const ampcf_taste_space *space, const double *scores,
                                    const double *target, double lambda, uint32_t discount, uint32_t k,
                                    void *memory, size_t memory_bytes, uint32_t *out, uint32_t *out_n) {
    pool p;
    calibration c;
    ampcf_status status = open_calibration(&p, &c, space, scores, target, lambda, k, memory, memory_bytes);
    if (status != AMPCF_OK) return status;
    for (uint32_t place = 0; place < p.k; place++) {
        best next = {0, 0, 0};
        double weight = discount ? rank_discount(place) : 1;
        c.with = kl_of_sums(&c, weight), c.without = kl_of_sums(&c, 0);
        for (uint32_t j = 0; j < p.n; j++)
            if (!p.taken[j]) offer(&next, j, (1 - lambda) * p.relevance[j] + lambda * worth(&c, j, weight));
        p.taken[next.at] = 1;
        add_to_list(&c, next.at, weight);
        out[place] = next.at;
    }
    *out_n = p.k;
    return AMPCF_OK;
}

ampcf_status ampcf_rerank_steck(const ampcf_taste_space *space, const double *scores, const double *target,
                                double lambda, uint32_t discount, uint32_t k, void *memory,
                                size_t memory_bytes, uint32_t *out, uint32_t *out_n) {
    return calibrated_list(steck_worth, space, scores, target, lambda, discount, k, memory, memory_bytes, out,
                           out_n);
}

ampcf_status ampcf_rerank_proportional(const ampcf_taste_space *space, const double *scores,
                                       const double *target, double lambda, uint32_t discount, uint32_t k,
                                       void *memory, size_t memory_bytes, uint32_t *out, uint32_t *out_n) {
    return calibrated_list(need_of, space, scores, target, lambda, discount, k, memory, memory_bytes, out,
                           out_n);
}

/* ---- MMR and DPP --------------------------------------------------------------------------------------- */

/* Item vectors and one over their lengths. */
typedef struct directions {
    const float *vectors;
    uint32_t dim;
    double *inverse; /* (n), 0 for a zero vector */
} directions;

static double dot_double(const float *a, const float *b, uint32_t n) {
    double sum = 0;
    for (uint32_t d = 0; d < n; d++) sum += (double)a[d] * (double)b[d];
    return sum;
}

static const float *vector_of(const directions *s, uint32_t j) { return s->vectors + (size_t)j * s->dim; }

static double cosine(const directions *s, uint32_t i, uint32_t j) {
    return dot_double(vector_of(s, i), vector_of(s, j), s->dim) * s->inverse[i] * s->inverse[j];
}

static ampcf_status measure_lengths(directions *s, uint32_t n) {
    for (uint32_t j = 0; j < n; j++) {
        double square = dot_double(vector_of(s, j), vector_of(s, j), s->dim);
        if (!(square <= 1e300)) return AMPCF_E_ARGUMENT;
        s->inverse[j] = square > 0 ? 1 / __builtin_sqrt(square) : 0;
    }
    return AMPCF_OK;
}

size_t ampcf_rerank_mmr_memory(uint32_t n) {
    arena a = arena_measure();
    pool p;
    take_pool(&a, n, &p);
    arena_take(&a, n, sizeof(double));
    arena_take(&a, n, sizeof(double));
    return a.full ? 0 : a.used;
}

ampcf_status ampcf_rerank_mmr(const double *scores, uint32_t n, const float *vectors, uint32_t dim,
                              double lambda, uint32_t k, void *memory, size_t memory_bytes, uint32_t *out,
                              uint32_t *out_n) {
    pool p;
    ampcf_status status = open_pool(&p, scores, n, lambda, k, memory, memory_bytes);
    if (status != AMPCF_OK) return status;
    double *nearest = arena_take(&p.memory, n, sizeof *nearest);
    directions s = {vectors, dim, arena_take(&p.memory, n, sizeof *s.inverse)};
    if (p.memory.full) return AMPCF_E_MEMORY;
    status = measure_lengths(&s, n);
    if (status != AMPCF_OK) return status;
    memset(nearest, 0, n * sizeof *nearest);
    for (uint32_t place = 0; place < p.k; place++) {
        best next = {0, 0, 0};
        for (uint32_t j = 0; j < n; j++)
            if (!p.taken[j]) offer(&next, j, (1 - lambda) * p.relevance[j] - lambda * nearest[j]);
        p.taken[next.at] = 1;
        out[place] = next.at;
        for (uint32_t j = 0; j < n; j++) {
            double like = cosine(&s, next.at, j);
            if (place == 0 || like > nearest[j]) nearest[j] = like;
        }
    }
    *out_n = p.k;
    return AMPCF_OK;
}

size_t ampcf_rerank_dpp_memory(uint32_t n, uint32_t k) {
    arena a = arena_measure();
    pool p;
    take_pool(&a, n, &p);
    arena_take(&a, n, sizeof(double));
    arena_take(&a, n, sizeof(double));
    arena_take(&a, n, (k < n ? k : n) * sizeof(double));
    return a.full ? 0 : a.used;
}

/* Squared distance to the span of the list below which a candidate counts as in it. */
static const double in_span = 1e-10;

/* One more Cholesky row: what each candidate has along the part of `chosen` that is new. rows (place, n) so
 * far. */
static void add_row(const pool *p, const directions *s, uint32_t chosen, uint32_t place, double *rows,
                    double *squares) {
    double *row = rows + (size_t)place * p->n, own = squares[chosen];
    if (own < in_span) {
        memset(row, 0, p->n * sizeof *row);
        return;
    }
    double length = __builtin_sqrt(own);
    for (uint32_t j = 0; j < p->n; j++) {
        if (p->taken[j]) continue;
        double along = cosine(s, chosen, j);
        for (uint32_t t = 0; t < place; t++)
            along -= rows[(size_t)t * p->n + chosen] * rows[(size_t)t * p->n + j];
        row[j] = along / length;
        squares[j] -= row[j] * row[j];
    }
}

ampcf_status ampcf_rerank_dpp(const double *scores, uint32_t n, const float *vectors, uint32_t dim,
                              double lambda, uint32_t k, void *memory, size_t memory_bytes, uint32_t *out,
                              uint32_t *out_n) {
    pool p;
    ampcf_status status = open_pool(&p, scores, n, lambda, k, memory, memory_bytes);
    if (status != AMPCF_OK) return status;
    double *squares = arena_take(&p.memory, n, sizeof *squares),
           *rows = arena_take(&p.memory, n, p.k * sizeof *rows);
    directions s = {vectors, dim, arena_take(&p.memory, n, sizeof *s.inverse)};
    if (p.memory.full) return AMPCF_E_MEMORY;
    status = measure_lengths(&s, n);
    if (status != AMPCF_OK) return status;
    for (uint32_t j = 0; j < n; j++) squares[j] = 1;
    for (uint32_t place = 0; place < p.k; place++) {
        best next = {0, 0, 0};
        for (uint32_t j = 0; j < n; j++)
            if (!p.taken[j])
                offer(&next, j,
                      (1 - lambda) * p.relevance[j] +
                          lambda * smath_log(squares[j] > in_span ? squares[j] : in_span));
        p.taken[next.at] = 1;
        out[place] = next.at;
        add_row(&p, &s, next.at, place, rows, squares);
    }
    *out_n = p.k;
    return AMPCF_OK;
}
