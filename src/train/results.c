/* Owns the arithmetic of results.h. Must keep every sum in one order. */
#include "train/results.h"

#include "base/linalg.h"
#include "base/smath.h"

#include <string.h>

#define LEAST_NORMAL 1.17549435e-38

int results_config_is_valid(const ampcf_train_config *c) {
    return c->n_users >= 1 && c->n_users <= AMPCF_MAX_USERS && c->n_items >= 1 &&
           c->n_items <= AMPCF_MAX_ITEMS && c->dim >= 1 && c->dim <= AMPCF_MAX_DIM && c->n_personas >= 1 &&
           c->n_personas <= AMPCF_MAX_PERSONAS && c->leaves >= 1 && c->leaves <= AMPCF_MAX_LEAVES &&
           in_range(c->lambda, 1e-6f, 1048576) && in_range(c->nu, 0, 1) && in_range(c->split, 0, 1024) &&
           in_range(c->gate, 0, FORMAT_MAX_GATE) && in_range(c->proportional, 0, 1) &&
           in_range(c->bias, 0, 1024) && in_range(c->item_damping, 0, 2) &&
           in_range(c->popularity_damping, 0, 2);
}

int results_are_damped(const ampcf_train_config *c) {
    return c->item_damping != 0 || c->popularity_damping != 0;
}

void results_damp(const uint32_t *offsets, uint32_t n, float damping, float *parts) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t degree = offsets[i + 1] - offsets[i];
        parts[i] = degree > 1 && damping > 0 ? (float)smath_exp(-(double)damping * smath_log(degree)) : 1;
        sum += (double)parts[i];
    }
    for (uint32_t i = 0; damping > 0 && i < n; i++) parts[i] = (float)((double)parts[i] * n / sum);
}

static double within(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

void results_damp_items(const ampcf_train_config *c, const uint32_t *item_offsets, float *parts,
                        float *targets, float *weights) {
    double mean = (double)item_offsets[c->n_items] / c->n_items, low = (double)FORMAT_MIN_ITEM_WEIGHT,
           high = (double)FORMAT_MAX_VALUE;
    results_damp(item_offsets, c->n_items, c->item_damping, parts);
    for (uint32_t j = 0; j < c->n_items; j++) {
        uint32_t degree = item_offsets[j + 1] - item_offsets[j];
        double x = smath_exp(-(double)c->popularity_damping * smath_log((degree > 0 ? degree : 1) / mean));
        targets[j] = c->popularity_damping > 0 ? (float)within(x, 0x1p-10, 0x1p10) : 1;
        double square = (double)targets[j] * (double)targets[j], q = parts[j];
        parts[j] = (float)within(q, square * low, square * high);
        if (results_are_damped(c)) weights[j] = (float)within((double)parts[j] / square, low, high);
    }
}

float results_storable(double x, double bound) {
    double magnitude = x < 0 ? -x : x;
    if (magnitude < LEAST_NORMAL) return 0;
    if (x != x) return (float)x;
    return (float)(magnitude <= bound ? x : x < 0 ? -bound : bound);
}

void results_bias(const ampcf_train_config *c, const uint32_t *item_offsets, float *out_bias) {
    for (uint32_t j = 0; j < c->n_items; j++) {
        uint32_t degree = item_offsets[j + 1] - item_offsets[j];
        out_bias[j] = results_storable((double)c->bias * degree / c->n_users, (double)FORMAT_MAX_VALUE);
    }
}

void results_gram(const ampcf_train_config *c, const float *vectors, const float *weights, double factor,
                  double *sum, float *out) {
    memset(sum, 0, packed_size(c->dim) * sizeof *sum);
    for (uint32_t j = 0; j < c->n_items; j++)
        packed_add_outer(sum, weights ? (double)weights[j] : 1, vectors + (size_t)j * c->dim, c->dim);
    for (size_t i = 0; i < packed_size(c->dim); i++)
        out[i] = results_storable(factor * sum[i], (double)FORMAT_MAX_GRAM);
}

static float plain(float x) { return (double)x < LEAST_NORMAL ? 0 : x; }

void results_settings(const ampcf_train_config *c, float *out) {
    memset(out, 0, FORMAT_SETTINGS * sizeof *out);
    out[SETTING_ALPHA] = c->alpha;
    out[SETTING_LAMBDA] = c->lambda;
    out[SETTING_NU] = plain(c->nu);
    out[SETTING_SPLIT] = plain(c->split);
    out[SETTING_GATE] = plain(c->gate);
    out[SETTING_LEAVES] = (float)c->leaves;
    out[SETTING_PROPORTIONAL] = plain(c->proportional);
}

int results_are_useful(const float *x, size_t n) {
    int useful = 0;
    for (size_t i = 0; i < n; i++) {
        if (x[i] != x[i]) return 0;
        useful |= x[i] != 0;
    }
    return useful;
}
