/* Owns the known-answer test of the taste module. Must cover every function that it exports. */
#include "ampcf_taste.h"

#include <string.h>

enum { CATEGORIES = 7, ITEMS = 9, DIM = 5, WANTED = 0x5CF93BD2 };

static double next_value(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes' LCG */
    return (double)(*state >> 8) / 16777216.0;
}

static uint32_t mix(uint32_t hash, const void *bytes, size_t n) { /* FNV-1a */
    for (size_t i = 0; i < n; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 16777619u;
    return hash;
}

static uint32_t mix_list(uint32_t hash, ampcf_status status, const uint32_t *list, uint32_t n) {
    return mix(hash ^ (uint32_t)status, list, n * sizeof *list);
}

typedef struct inputs {
    double p[CATEGORIES], q[CATEGORIES], cost[CATEGORIES * CATEGORIES], scores[ITEMS];
    uint32_t offsets[ITEMS + 1], categories[2 * ITEMS];
    float vectors[ITEMS * DIM];
    ampcf_taste_space space;
} inputs;

static void fill(inputs *in) {
    uint32_t state = 1;
    for (uint32_t c = 0; c < CATEGORIES * CATEGORIES; c++) in->cost[c] = next_value(&state);
    for (uint32_t i = 0; i < ITEMS * DIM; i++) in->vectors[i] = (float)next_value(&state) - 0.5f;
    for (uint32_t i = 0; i < ITEMS; i++) {
        in->scores[i] = next_value(&state);
        in->offsets[i + 1] = 2 * i + 2;
        in->categories[2 * i] = i % 5, in->categories[2 * i + 1] = 5 + i % 2;
    }
    in->offsets[0] = 0;
    in->space = (ampcf_taste_space){ITEMS, CATEGORIES, in->offsets, in->categories, NULL};
}

uint32_t ampcf_taste_self_test(void) {
    inputs in;
    _Alignas(16) unsigned char memory[4096];
    uint32_t hash = 2166136261u, list[ITEMS], n = 0;
    double distance;
    memset(&in, 0, sizeof in);
    fill(&in);
    ampcf_status status = ampcf_taste_of_list(&in.space, NULL, in.scores, 0, 0, in.p);
    hash = mix(hash ^ (uint32_t)status, in.p, sizeof in.p);
    const uint32_t some[] = {8, 3, 0};
    status = ampcf_taste_of_list(&in.space, some, NULL, 3, 1, in.q);
    hash = mix(hash ^ (uint32_t)status, in.q, sizeof in.q);
    for (uint32_t measure = 0; measure <= AMPCF_WASSERSTEIN; measure++) {
        status =
            ampcf_taste_between(measure, in.p, in.q, CATEGORIES, in.cost, memory, sizeof memory, &distance);
        hash = mix(hash ^ (uint32_t)status, &distance, sizeof distance);
    }
    status = ampcf_rerank_steck(&in.space, in.scores, in.p, 0.7, 1, ITEMS, memory, sizeof memory, list, &n);
    hash = mix_list(hash, status, list, n);
    status = ampcf_rerank_mmr(in.scores, ITEMS, in.vectors, DIM, 0.6, ITEMS, memory, sizeof memory, list, &n);
    hash = mix_list(hash, status, list, n);
    status = ampcf_rerank_dpp(in.scores, ITEMS, in.vectors, DIM, 0.4, ITEMS, memory, sizeof memory, list, &n);
    hash = mix_list(hash, status, list, n);
    return hash == WANTED;
}
