/* Owns the attention over personas, and the score that it makes, of files that version 0.1 wrote (kind 1),
 * shared by ranking and explaining. Nothing writes such files any more. Must not know where evidence comes
 * from, and must not change: those files score as they did, to the last bit.
 *
 *     gain_k = P min(max_l m_l / m_k, 5)^tau      m_k = support: what persona k predicts for its own
 *         left-out events
 *     a_jk   = softmax_k( beta gain_k s_jk / P + eta log pi_k )
 *     y_j    = (1 - rho) sum_k s_jk + rho sum_k a_jk gain_k s_jk
 *
 * With tau = 0 every gain is P. A small persona predicts low scores even for items it is sure to like,
 * because it has few events: support measures how low, and tau says how much of that is forgiven, so that a
 * 10 % taste can win its own items. The bound keeps personas that predict nothing, such as one of stray
 * events, from being forgiven without end. */
#ifndef AMPCF_CORE_ATTENTION_H
#define AMPCF_CORE_ATTENTION_H

#include "base/smath.h"
#include "core/format.h"

#include <stdint.h>

typedef struct attention_settings {
    float beta, eta, tau, rho;
} attention_settings;

/* What a person brings: gain (P), prior (P) = eta log pi_k. */
typedef struct attention_view {
    const attention_settings *settings;
    const float *gain, *prior;
    uint32_t n; /* P */
} attention_view;

#define ATTENTION_MAX_RATIO 5.0

/* From settings (FORMAT_SETTINGS) as they stand in a file. */
static inline attention_settings attention_read(const float *settings) {
    return (attention_settings){settings[SETTING_BETA], settings[SETTING_ETA], settings[SETTING_TAU],
                                settings[SETTING_RHO]};
}

/* Evidence of a persona for one of its events as if that event had not been there: leave-one-out of the ridge
 * solution, s' = (s - h r) / (1 - h), with leverage h = w v^T M^-1 v < 1 and r what of the event's target is
 * the persona's. */
static inline float attention_left_out(float evidence, float leverage, float target) {
    float h = leverage < 0.99f ? leverage : 0.99f;
    return (evidence - h * target) / (1 - h);
}

/* gain (P) and prior (P), from share (P) and support (P) = the weighted mean of left-out evidence. */
static inline void attention_prepare(const attention_settings *s, const float *share, const float *support,
                                     uint32_t n, float *gain, float *prior) {
    double best = 0;
    for (uint32_t k = 0; k < n; k++)
        if ((double)support[k] > best) best = (double)support[k];
    for (uint32_t k = 0; k < n; k++) {
        double floor = best / ATTENTION_MAX_RATIO;
        double own = (double)support[k] > floor ? (double)support[k] : floor;
        double ratio = own > 1e-30 ? best / own : 1;
        gain[k] = (float)(n * smath_exp((double)s->tau * smath_log(ratio)));
        prior[k] = (float)((double)s->eta * smath_log((double)share[k] > 1e-30 ? (double)share[k] : 1e-30));
    }
}

/* out_attention (P) = a_jk from evidence (P) = s_jk, P >= 1. */
static inline void attention_over(const attention_view *v, const float *evidence, float *out_attention) {
    float highest = -1e30f, sum = 0, scale = v->settings->beta / (float)v->n;
    for (uint32_t k = 0; k < v->n; k++) {
        out_attention[k] = scale * (v->gain[k] * evidence[k]) + v->prior[k];
        if (out_attention[k] > highest) highest = out_attention[k];
    }
    for (uint32_t k = 0; k < v->n; k++) sum += out_attention[k] = smath_exp_f32(out_attention[k] - highest);
    for (uint32_t k = 0; k < v->n; k++) out_attention[k] /= sum;
}

/* sum_k a_jk gain_k s_jk */
static inline float attention_attended(const attention_view *v, const float *evidence,
                                       const float *attention) {
    float attended = 0;
    for (uint32_t k = 0; k < v->n; k++) attended += attention[k] * (v->gain[k] * evidence[k]);
    return attended;
}

/* y_j from evidence (P) and attention (P) over it. */
static inline float attention_score(const attention_view *v, const float *evidence, const float *attention) {
    float whole = 0, rho = v->settings->rho;
    for (uint32_t k = 0; k < v->n; k++) whole += evidence[k];
    return (1 - rho) * whole + rho * attention_attended(v, evidence, attention);
}

/* What of an event's evidence is in y_j, from its responsibilities r (P); 1 for one persona. */
static inline double attention_part(const attention_view *v, const float *attention, const float *r) {
    double rho = v->n > 1 ? (double)v->settings->rho : 0, attended = 0;
    for (uint32_t k = 0; k < v->n; k++) attended += (double)attention[k] * (double)v->gain[k] * (double)r[k];
    return (1 - rho) + rho * attended;
}

#endif
