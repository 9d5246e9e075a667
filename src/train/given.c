/* Owns what a model file needs beside item vectors that were learnt elsewhere: Gram, bias, dampings,
 * settings. Must keep the vectors as they are, and must not know who learnt them. */
#include "ampcf_train.h"

#include "base/arena.h"
#include "base/linalg.h"
#include "train/results.h"

#include <string.h>

typedef struct given_state {
    float *bias, *gram, *settings, *weights, *targets, *parts;
    uint32_t *item_offsets; /* (N + 1) as a training has them */
    double *sum;
} given_state;

/* alpha G is what the fold-in counts, so alpha may be as large as the factor allows. */
static int given_config_is_valid(const ampcf_train_config *c, const ampcf_given *g) {
    return results_config_is_valid(c) && in_range(g->gram_factor, 1, 0x1p40f) &&
           in_range(c->alpha / g->gram_factor, 1e-30f, 1024);
}

static given_state given_layout(arena *a, const ampcf_train_config *c) {
    size_t n = c->n_items;
    given_state s;
    s.sum = arena_take(a, packed_size(c->dim), sizeof *s.sum);
    s.item_offsets = arena_take(a, n + 1, sizeof *s.item_offsets);
    s.bias = arena_take(a, n, sizeof *s.bias);
    s.gram = arena_take(a, packed_size(c->dim), sizeof *s.gram);
    s.settings = arena_take(a, FORMAT_SETTINGS, sizeof *s.settings);
    s.weights = arena_take(a, n, sizeof *s.weights);
    s.targets = arena_take(a, n, sizeof *s.targets);
    s.parts = arena_take(a, n, sizeof *s.parts);
    return s;
}

size_t ampcf_given_memory(const ampcf_train_config *config) {
    if (!results_config_is_valid(config)) return 0;
    arena a = arena_measure();
    (void)given_layout(&a, config);
    return a.full ? 0 : a.used;
}

/* No item has more people than there are, and all pairs can be counted. */
static int count_people(const ampcf_train_config *c, const uint32_t *people, uint32_t *offsets) {
    uint64_t sum = 0;
    for (uint32_t j = 0; j < c->n_items; j++) {
        offsets[j] = (uint32_t)sum;
        if (people) sum += people[j];
        if (sum > UINT32_MAX || (people && people[j] > c->n_users)) return 0;
    }
    offsets[c->n_items] = (uint32_t)sum;
    return 1;
}

static int all_in_range(const float *x, uint32_t n, float low, float high) {
    for (uint32_t i = 0; x && i < n; i++)
        if (!in_range(x[i], low, high)) return 0;
    return 1;
}

/* Numbers that the file holds, and one that is not 0. */
static int vectors_are_valid(const ampcf_train_config *c, const float *vectors) {
    size_t n = (size_t)c->n_items * c->dim;
    for (size_t i = 0; i < n; i++)
        if (!in_range(vectors[i], -FORMAT_MAX_VALUE, FORMAT_MAX_VALUE)) return 0;
    return results_are_useful(vectors, n);
}

static void fill_results(const ampcf_train_config *c, const ampcf_given *g, given_state *s) {
    uint32_t n = c->n_items;
    int damped = results_are_damped(c);
    results_damp_items(c, s->item_offsets, s->parts, s->targets, s->weights);
    if (g->weights) memcpy(s->weights, g->weights, n * sizeof *s->weights);
    if (g->targets) memcpy(s->targets, g->targets, n * sizeof *s->targets);
    if (!damped && !g->weights) s->weights = NULL;
    if (!damped && !g->targets) s->targets = NULL;
    if (g->bias) memcpy(s->bias, g->bias, n * sizeof *s->bias);
    else results_bias(c, s->item_offsets, s->bias);
    results_gram(c, g->vectors, s->weights, (double)g->gram_factor, s->sum, s->gram);
    results_settings(c, s->settings);
    s->settings[SETTING_ALPHA] = c->alpha / g->gram_factor;
}

ampcf_status ampcf_given_results(const ampcf_train_config *config, const ampcf_given *given, void *memory,
                                 size_t memory_bytes, ampcf_item_results *out_results) {
    const ampcf_train_config *c = config;
    const float least = FORMAT_MIN_ITEM_WEIGHT, most = FORMAT_MAX_VALUE;
    if (!given_config_is_valid(c, given)) return AMPCF_E_ARGUMENT;
    if (!given->people && results_are_damped(c)) return AMPCF_E_ARGUMENT;
    if (!all_in_range(given->weights, c->n_items, least, most) ||
        !all_in_range(given->targets, c->n_items, least, most) ||
        !all_in_range(given->bias, c->n_items, -most, most) || !vectors_are_valid(c, given->vectors))
        return AMPCF_E_BAD_NUMBER;
    arena a = arena_over(memory, memory_bytes);
    given_state s = given_layout(&a, c);
    if (a.full || !memory) return AMPCF_E_MEMORY;
    if (!count_people(c, given->people, s.item_offsets)) return AMPCF_E_ARGUMENT;
    fill_results(c, given, &s);
    *out_results = (ampcf_item_results){given->vectors, s.bias, s.gram, s.settings, s.weights, s.targets};
    return AMPCF_OK;
}
