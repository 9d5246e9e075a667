/* Owns the small sums that several taste files share: logarithms, the rank discount, the checks of their
 * inputs. Must not know how a distribution was made. */
#ifndef AMPCF_TASTE_MEASURES_H
#define AMPCF_TASTE_MEASURES_H

#include "ampcf_taste.h"
#include "base/smath.h"

#include <stdint.h>

/* Below this a probability is nothing: its terms vanish, and smath_log wants normal numbers. */
#define TASTE_LEAST 1e-300

static inline double log2_f64(double x) { return smath_log(x) * 1.44269504088896340736; }

/* 1 / log2(1 + rank), rank = place + 1. */
static inline double rank_discount(uint32_t place) { return 1 / log2_f64(2 + (double)place); }

/* sqrt of the Jensen-Shannon divergence in bits. */
static inline double jensen_shannon(const double *p, const double *q, uint32_t n) {
    double divergence = 0;
    for (uint32_t a = 0; a < n; a++) {
        double m = (p[a] + q[a]) / 2;
        double of_p = p[a] > TASTE_LEAST ? p[a] / 2 * log2_f64(p[a] / m) : 0;
        double of_q = q[a] > TASTE_LEAST ? q[a] / 2 * log2_f64(q[a] / m) : 0;
        divergence += of_p + of_q; /* in this order the distance is symmetric to the last bit */
    }
    return divergence > 1 ? 1 : divergence > 0 ? __builtin_sqrt(divergence) : 0;
}

/* One term of Steck's KL. (1 - a) q + a p written so that q = p gives p to the last bit, and the term is
 * exactly 0. */
static inline double steck_term(double p, double q) {
    return p > TASTE_LEAST ? p * smath_log(p / (p + (1 - AMPCF_STECK_SMOOTHING) * (q - p))) : 0;
}

/* Written so that NaN is refused. */
static inline int is_distribution(const double *p, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) {
        if (!(p[a] >= 0)) return 0;
        sum += p[a];
    }
    return sum >= 1 - 1e-6 && sum <= 1 + 1e-6;
}

#endif
