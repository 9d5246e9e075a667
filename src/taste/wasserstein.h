/* Owns the exact transport of one distribution to another. Must not know what the categories are. */
#ifndef AMPCF_TASTE_WASSERSTEIN_H
#define AMPCF_TASTE_WASSERSTEIN_H

#include "ampcf.h"

size_t wasserstein_memory(uint32_t n);

/* p, q (n) distributions, cost (n, n); AMPCF_E_LIMIT after max_steps steps of the simplex without an end. */
ampcf_status wasserstein(const double *p, const double *q, uint32_t n, const double *cost, uint64_t max_steps,
                         void *memory, size_t memory_bytes, double *out);

#endif
