/* Owns random distributions and taste spaces for the taste tests. Must not compute what the tests check. */
#ifndef DISTRIBUTIONS_H
#define DISTRIBUTIONS_H

#include "ampcf_taste.h"
#include "check.h"

/* A random distribution; many categories empty, some tiny. */
static inline void draw_distribution(uint64_t *rng, double *p, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) {
        double x = (double)random_float(rng, 0, 1);
        p[a] = random_below(rng, 3) == 0 ? 0 : random_below(rng, 5) == 0 ? x * 1e-9 : x;
        sum += p[a];
    }
    if (sum == 0) p[0] = sum = 1;
    for (uint32_t a = 0; a < n; a++) p[a] /= sum;
}

enum { SPACE_ITEMS = 40, SPACE_CATEGORIES = 12 };

typedef struct test_space {
    ampcf_taste_space space;
    uint32_t offsets[SPACE_ITEMS + 1], categories[SPACE_ITEMS * SPACE_CATEGORIES];
    double weights[SPACE_ITEMS * SPACE_CATEGORIES];
} test_space;

/* A fifth of the items have no categories. The space points into *s. */
static inline void draw_space(uint64_t *rng, test_space *s, uint32_t n_items, uint32_t n_categories,
                              int weighted) {
    uint32_t e = 0;
    s->offsets[0] = 0;
    for (uint32_t i = 0; i < n_items; i++) {
        int bare = random_below(rng, 5) == 0;
        for (uint32_t a = 0; a < n_categories; a++) {
            if (bare || random_below(rng, 3) != 0) continue;
            s->weights[e] = (double)random_float(rng, 0.1f, 3);
            s->categories[e++] = a;
        }
        s->offsets[i + 1] = e;
    }
    s->space =
        (ampcf_taste_space){n_items, n_categories, s->offsets, s->categories, weighted ? s->weights : NULL};
}

#endif
