/* Owns the distances between two taste distributions. Must not know how a distribution was made. */
#include "ampcf_taste.h"

double ampcf_taste_hellinger(const double *p, const double *q, uint32_t n) {
    double overlap = 0;
    for (uint32_t a = 0; a < n; a++) overlap += __builtin_sqrt(p[a] * q[a]);
    return overlap < 1 ? __builtin_sqrt(1 - overlap) : 0;
}
