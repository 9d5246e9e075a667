/* Owns what a file is given beside vectors, from how many people have each item: dampings, bias, Gram,
 * settings, numbers that a file can hold. Every objective and given vectors share it. Must not know how
 * vectors came about. */
#ifndef AMPCF_TRAIN_RESULTS_H
#define AMPCF_TRAIN_RESULTS_H

#include "ampcf_train.h"
#include "core/format.h"

static inline int in_range(float x, float low, float high) { return x >= low && x <= high; }

/* Sizes and the settings that go into the file, but for alpha, whose range each caller knows. */
int results_config_is_valid(const ampcf_train_config *c);

/* Whether the file gets item weights and targets. */
int results_are_damped(const ampcf_train_config *c);

/* parts[i] = n_i^-damping, scaled to mean 1; rows without interactions count as one. offsets (n + 1). */
void results_damp(const uint32_t *offsets, uint32_t n, float damping, float *parts);

/* t_j = (d_j / mean d)^-damping, and q_j, both as far as the file can say: q_j / t_j^2 is an item weight.
 * Every t_j^2 is one too. item_offsets (N + 1); parts q_j, targets t_j (N); weights q_j / t_j^2 (N), written
 * only where the config damps. */
void results_damp_items(const ampcf_train_config *c, const uint32_t *item_offsets, float *parts,
                        float *targets, float *weights);

/* Bounds of the file: at most `bound`, no denormals. What is no number stays none, and is refused. */
float results_storable(double x, double bound);

/* b_j = bias x share of people who have item j. */
void results_bias(const ampcf_train_config *c, const uint32_t *item_offsets, float *out_bias);

/* out (D (D + 1) / 2) = factor sum_j weight_j v_j v_j^T over vectors (N, D), weights (N) or NULL = all 1; sum
 * (D (D + 1) / 2) is scratch. */
void results_gram(const ampcf_train_config *c, const float *vectors, const float *weights, double factor,
                  double *sum, float *out);

/* (FORMAT_SETTINGS) A denormal, which a file does not hold, means what 0 means. */
void results_settings(const ampcf_train_config *c, float *out);

/* Whether all are numbers, and not all zero. */
int results_are_useful(const float *x, size_t n);

#endif
