/* Owns the clusters of items that go into a model file: seeded spherical k-means. Must not know what they
 * are for. */
#include "base/arena.h"
#include "base/kernels.h"
#include "train/trainer.h"

#include <string.h>

enum { MOST_MOVING = 16384, MOST_ROUNDS = 50 };

typedef struct clustering {
    const float *vectors; /* (N, D) */
    uint32_t n_items, dim, n_clusters;
    uint32_t step, n;          /* item s * step of n moves the centres */
    float *centres;            /* (clusters, D) unit length */
    double *sums;              /* (clusters, D) */
    double *inverse, *nearest; /* (n) 1 / |v|, 0 for zeros; cosine to the nearest centre */
    uint8_t *of;               /* (n) cluster */
} clustering;

static int take(arena *a, clustering *c) {
    uint32_t n = c->n_items < MOST_MOVING ? c->n_items : MOST_MOVING;
    c->step = c->n_items / n;
    c->n = n;
    c->centres = arena_take(a, c->n_clusters, c->dim * sizeof *c->centres);
    c->sums = arena_take(a, c->n_clusters, c->dim * sizeof *c->sums);
    c->inverse = arena_take(a, n, sizeof *c->inverse);
    c->nearest = arena_take(a, n, sizeof *c->nearest);
    c->of = arena_take(a, n, 1);
    return !a->full;
}

static int arguments_are_valid(uint32_t n_items, uint32_t dim, uint32_t n_clusters) {
    return n_items >= 1 && n_items <= AMPCF_MAX_ITEMS && dim >= 1 && dim <= AMPCF_MAX_DIM &&
           n_clusters >= 1 && n_clusters <= AMPCF_MAX_CLUSTERS;
}

size_t ampcf_clusters_memory(uint32_t n_items, uint32_t dim, uint32_t n_clusters) {
    if (!arguments_are_valid(n_items, dim, n_clusters)) return 0;
    clustering c = {.n_items = n_items, .dim = dim, .n_clusters = n_clusters};
    arena a = arena_measure();
    return take(&a, &c) ? a.used : 0;
}

static const float *moving_vector(const clustering *c, uint32_t s) {
    return c->vectors + (size_t)s * c->step * c->dim;
}

static double squared_length(const float *v, uint32_t dim) {
    double sum = 0;
    for (uint32_t d = 0; d < dim; d++) sum += (double)v[d] * (double)v[d];
    return sum;
}

static void place_centre(clustering *c, uint32_t k, uint32_t s) {
    const float *v = moving_vector(c, s);
    for (uint32_t d = 0; d < c->dim; d++)
        c->centres[(size_t)k * c->dim + d] = (float)((double)v[d] * c->inverse[s]);
}

/* Cosine of v with the nearest of the first n_centres, times its length; of equal ones the first. */
static double nearest_of(const clustering *c, const float *v, uint32_t n_centres, uint32_t *out_k) {
    float best = 0;
    for (uint32_t k = 0; k < n_centres; k++) {
        float like = kernel_dot(v, c->centres + (size_t)k * c->dim, c->dim);
        if (k == 0 || like > best) best = like, *out_k = k;
    }
    return (double)best;
}

/* 1 - cos to the nearest centre; zeros are nobody's outlier. */
static double apart(const clustering *c, uint32_t s) {
    return c->inverse[s] > 0 && c->nearest[s] < 1 ? 1 - c->nearest[s] : 0;
}

/* k-means++: the next centre is an item, likelier the farther it is from those there are. Returns how many
 * there are. */
static uint32_t begin(clustering *c, uint32_t seed) {
    uint64_t random = trainer_random(seed);
    uint32_t first = (uint32_t)(((uint64_t)pcg32(&random) * c->n) >> 32), k = 0;
    for (uint32_t s = 0; s < c->n; s++) {
        double square = squared_length(moving_vector(c, s), c->dim);
        c->inverse[s] = square > 0 ? 1 / __builtin_sqrt(square) : 0;
        c->nearest[s] = -1, c->of[s] = 0;
    }
    for (uint32_t chosen = first; k < c->n_clusters;) {
        place_centre(c, k++, chosen);
        double total = 0;
        for (uint32_t s = 0; s < c->n; s++) {
            double like =
                (double)kernel_dot(moving_vector(c, s), c->centres + (size_t)(k - 1) * c->dim, c->dim) *
                c->inverse[s];
            if (like > c->nearest[s]) c->nearest[s] = like;
            total += apart(c, s) > 1e-6 ? apart(c, s) : 0;
        }
        if (!(total > 0)) break; /* every direction has a centre */
        double mark = (double)pcg32(&random) / 4294967296.0 * total;
        for (uint32_t s = 0; s < c->n; s++) {
            double weight = apart(c, s) > 1e-6 ? apart(c, s) : 0;
            if (weight > 0) chosen = s;
            mark -= weight;
            if (mark < 0) break;
        }
    }
    return k;
}

/* Each item to its nearest centre; whether any moved. */
static int assign(clustering *c) {
    int moved = 0;
    for (uint32_t s = 0; s < c->n; s++) {
        uint32_t k = 0;
        c->nearest[s] = nearest_of(c, moving_vector(c, s), c->n_clusters, &k) * c->inverse[s];
        moved |= c->of[s] != k;
        c->of[s] = (uint8_t)k;
    }
    return moved;
}

static void move_centres(clustering *c) {
    memset(c->sums, 0, (size_t)c->n_clusters * c->dim * sizeof *c->sums);
    for (uint32_t s = 0; s < c->n; s++) {
        const float *v = moving_vector(c, s);
        double *sum = c->sums + (size_t)c->of[s] * c->dim;
        for (uint32_t d = 0; d < c->dim; d++) sum[d] += (double)v[d] * c->inverse[s];
    }
    for (uint32_t k = 0; k < c->n_clusters; k++) {
        double square = 0, *sum = c->sums + (size_t)k * c->dim;
        for (uint32_t d = 0; d < c->dim; d++) square += sum[d] * sum[d];
        if (!(square > 1e-12)) continue; /* no items, or they cancel out: it stays where it was */
        double inverse = 1 / __builtin_sqrt(square);
        for (uint32_t d = 0; d < c->dim; d++) c->centres[(size_t)k * c->dim + d] = (float)(sum[d] * inverse);
    }
}

ampcf_status ampcf_clusters(const float *vectors, uint32_t n_items, uint32_t dim, uint32_t n_clusters,
                            uint32_t seed, void *memory, size_t memory_bytes, uint8_t *out_clusters) {
    if (!arguments_are_valid(n_items, dim, n_clusters)) return AMPCF_E_ARGUMENT;
    for (size_t i = 0; i < (size_t)n_items * dim; i++)
        if (!in_range(vectors[i], -FORMAT_MAX_VALUE, FORMAT_MAX_VALUE)) return AMPCF_E_ARGUMENT;
    clustering c = {.vectors = vectors, .n_items = n_items, .dim = dim, .n_clusters = n_clusters};
    arena a = arena_over(memory, memory_bytes);
    if (!take(&a, &c)) return AMPCF_E_MEMORY;
    c.n_clusters = begin(&c, seed);
    for (uint32_t round = 0; round < MOST_ROUNDS && (assign(&c) || round == 0); round++) move_centres(&c);
    uint32_t number[AMPCF_MAX_CLUSTERS], next = 0;
    memset(number, 0xFF, sizeof number);
    for (uint32_t j = 0; j < n_items; j++) {
        uint32_t k = 0;
        (void)nearest_of(&c, vectors + (size_t)j * dim, c.n_clusters, &k);
        if (number[k] == UINT32_MAX) number[k] = next++;
        out_clusters[j] = (uint8_t)number[k];
    }
    return AMPCF_OK;
}
