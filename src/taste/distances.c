/* Owns the taste distribution of a list and the distances between two of them. Must not know how a list was
 * made. */
#include "ampcf_taste.h"
#include "taste/measures.h"
#include "taste/space.h"
#include "taste/wasserstein.h"

#include <string.h>

ampcf_status ampcf_taste_of_list(const ampcf_taste_space *space, const uint32_t *items, const double *weights,
                                 uint32_t n, uint32_t discount, double *out) {
    if (!space_is_valid(space)) return AMPCF_E_ARGUMENT;
    if (!items) n = space->n_items;
    for (uint32_t i = 0; i < n; i++) {
        if (items && items[i] >= space->n_items) return AMPCF_E_ITEM_RANGE;
        if (weights && !(weights[i] >= 0 && weights[i] <= 1e300)) return AMPCF_E_ARGUMENT;
    }
    memset(out, 0, space->n_categories * sizeof *out);
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t item = items ? items[i] : i;
        double weight = (weights ? weights[i] : 1) * (discount ? rank_discount(i) : 1),
               row = space_row_sum(space, item);
        if (!(row > 0)) continue;
        for (uint32_t e = space->offsets[item]; e < space->offsets[item + 1]; e++)
            out[space->categories[e]] += weight * (space_entry(space, e) / row);
        total += weight;
    }
    for (uint32_t a = 0; total > 0 && a < space->n_categories; a++) out[a] /= total;
    return AMPCF_OK;
}

static double hellinger(const double *p, const double *q, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) {
        double apart = __builtin_sqrt(p[a]) - __builtin_sqrt(q[a]);
        sum += apart * apart;
    }
    return sum < 2 ? __builtin_sqrt(sum / 2) : 1;
}

static double total_variation(const double *p, const double *q, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) sum += p[a] > q[a] ? p[a] - q[a] : q[a] - p[a];
    return sum < 2 ? sum / 2 : 1;
}

static double steck_kl(const double *p, const double *q, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) sum += steck_term(p[a], q[a]);
    return sum < 0 ? 0 : sum < AMPCF_STECK_BOUND ? sum : AMPCF_STECK_BOUND;
}

size_t ampcf_taste_between_memory(uint32_t measure, uint32_t n) {
    return measure == AMPCF_WASSERSTEIN ? wasserstein_memory(n) : 0;
}

ampcf_status ampcf_taste_between(uint32_t measure, const double *p, const double *q, uint32_t n,
                                 const double *cost, void *memory, size_t memory_bytes, double *out) {
    if (measure > AMPCF_WASSERSTEIN || n < 1 || n > AMPCF_MAX_CATEGORIES || !is_distribution(p, n) ||
        !is_distribution(q, n))
        return AMPCF_E_ARGUMENT;
    if (measure == AMPCF_WASSERSTEIN && cost)
        return wasserstein(p, q, n, cost, 1000ull * 2 * n, memory, memory_bytes, out);
    *out = measure == AMPCF_JENSEN_SHANNON ? jensen_shannon(p, q, n)
           : measure == AMPCF_HELLINGER    ? hellinger(p, q, n)
           : measure == AMPCF_STECK_KL     ? steck_kl(p, q, n)
                                           : total_variation(p, q, n);
    return AMPCF_OK;
}
