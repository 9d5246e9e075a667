/* ampcf: taste. Owns the public C API for distances between taste distributions and for lists re-ranked by taste, on plain
 * arrays. Must not know a model file.
 */
#ifndef AMPCF_TASTE_H
#define AMPCF_TASTE_H

#include "ampcf.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Hellinger distance sqrt(1 - sum_a sqrt(p_a q_a)), in [0, 1]. p, q (n) distributions. Since 0.1. */
double ampcf_taste_hellinger(const double *p, const double *q, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
