/* Owns made-up interactions. Must not know what is trained on them. */
#ifndef INTERACTIONS_H
#define INTERACTIONS_H

#include "check.h"

typedef struct data {
    uint32_t n_users, n_items, *offsets, *items;
    float *weights;
} data;

/* Popular items first, user 3 without any, the last item without anybody when `gap`. */
static inline data make_data(uint32_t n_users, uint32_t n_items, int gap, uint64_t *rng) {
    data d = {n_users, n_items, exact((n_users + 1) * sizeof(uint32_t)), NULL, NULL};
    uint32_t *items = malloc((size_t)n_users * n_items * sizeof *items), at = 0;
    d.offsets[0] = 0;
    for (uint32_t u = 0; u < n_users; u++) {
        for (uint32_t j = 0; j + (gap != 0) < n_items; j++)
            if (random_below(rng, (j % 3 == u % 3 ? 2 : 8) + j / 6) == 0 && u != 3) items[at++] = j;
        d.offsets[u + 1] = at;
    }
    d.items = exact_copy(items, at * sizeof *items);
    d.weights = exact(at * sizeof *d.weights);
    for (uint32_t x = 0; x < at; x++) d.weights[x] = random_float(rng, 0.3f, 2);
    free(items);
    return d;
}

static inline void free_data(data *d) { free(d->offsets), free(d->items), free(d->weights); }

#endif
