/* Owns the attention over personas, shared by ranking and training so that a model is used as it was trained.
 * Must not know where evidence comes from.
 *
 *     gain_k = P (P pi_k)^-tau                              tau = 0: P for everyone; tau = 1: evidence per unit of share
 *     a_jk   = softmax_k( beta gain_k s_jk / P + eta log pi_k )
 *     y_j    = (1 - rho) sum_k s_jk + rho sum_k a_jk gain_k s_jk
 *
 * With tau = 0 this is the formula of the design. A small persona has little evidence only because it has few events; tau
 * says how much of that is forgiven, so that a 10 % taste can win its own items. */
#ifndef AMPCF_ATTENTION_H
#define AMPCF_ATTENTION_H

#include "smath.h"

#include <stdint.h>

typedef struct attention_settings { float beta, eta, tau, rho; } attention_settings;

/* gain (P) and prior (P) = eta log pi_k, from share (P). */
static inline void attention_prepare(const attention_settings *s, const float *share, uint32_t n, float *gain, float *prior) {
    for (uint32_t k = 0; k < n; k++) {
        double log_share = smath_log((double)share[k] > 1e-30 ? (double)share[k] : 1e-30);
        gain[k] = (float)(n * smath_exp((double)s->tau * -(log_share + smath_log(n))));
        prior[k] = (float)((double)s->eta * log_share);
    }
}

/* out_attention (P) = a_jk from evidence (P) = s_jk, P >= 1. */
static inline void attention_over(const attention_settings *s, const float *gain, const float *prior, uint32_t n,
                                  const float *evidence, float *out_attention) {
    float highest = -1e30f, sum = 0, scale = s->beta / (float)n;
    for (uint32_t k = 0; k < n; k++) {
        out_attention[k] = scale * (gain[k] * evidence[k]) + prior[k];
        if (out_attention[k] > highest) highest = out_attention[k];
    }
    for (uint32_t k = 0; k < n; k++) sum += out_attention[k] = smath_exp_f32(out_attention[k] - highest);
    for (uint32_t k = 0; k < n; k++) out_attention[k] /= sum;
}

#endif
