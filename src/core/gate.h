/* Owns the gate, the one formula of a score: how much each leaf of a person's tree has to say about an item,
 * and what it says. Must not know where evidence comes from.
 *
 *     G_jl = exp(b (cos(c_l, v_j) - .6))          c_l = direction of leaf l, b = the model's gate
 *     y_j  = sum_l G_jl (u_l . v_j) + n_j + b_j   n_j = what neighbours say, which is not gated
 *
 * A candidate asks each leaf "am I near you?", so that events of unrelated tastes, whose evidence leaks into
 * each other where the width is small, hardly speak. b = 0 is the single vector: sum_l u_l . v_j. The level
 * .6, about what an item has that belongs to a leaf, only says how loud vectors are beside neighbours and
 * biases.
 *
 * What a persona k has of a score is what its leaves and its neighbours bring, and the persona with the most
 * explains the item. Its attention is its part of what speaks for the item:
 *
 *     part_jk = sum_(l in k) G_jl (u_l . v_j) + n_jk,   k*_j = argmax_k part_jk
 *     a_jk    = max(part_jk, 0) / sum_l max(part_jl, 0);  1 for k*_j where nothing speaks for the item */
#ifndef AMPCF_CORE_GATE_H
#define AMPCF_CORE_GATE_H

#include "ampcf.h"
#include "base/smath.h"

#include <stdint.h>

#define GATE_LEVEL 0.6f

/* What a person brings: of L leaves, each of one of P personas. */
typedef struct gate_view {
    float sharpness;            /* b */
    uint32_t n_leaves;          /* L */
    const uint32_t *persona_of; /* (L) */
} gate_view;

/* No cosine is beyond 1, but of vectors whose squares are denormal much may come. */
static inline float gate_clamped(float cosine) { return cosine > 1 ? 1 : cosine < -1 ? -1 : cosine; }

/* out_gate (L) from cosine (L): 1 each where b = 0, whatever cosine is. */
static inline void gate_open(const gate_view *v, const float *cosine, float *out_gate) {
    for (uint32_t l = 0; l < v->n_leaves; l++)
        out_gate[l] =
            v->sharpness > 0 ? smath_exp_f32(v->sharpness * (gate_clamped(cosine[l]) - GATE_LEVEL)) : 1;
}

/* Evidence (L) = u_l . v_j through the gate to what each persona has of it, added to part (P). */
static inline void gate_parts(const gate_view *v, const float *gate, const float *evidence, float *part) {
    for (uint32_t l = 0; l < v->n_leaves; l++) part[v->persona_of[l]] += gate[l] * evidence[l];
}

/* argmax_k part_jk, the first of equals; 0 without personas. */
static inline uint32_t gate_winner(const float *part, uint32_t n_personas) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < n_personas; k++)
        if (part[k] > part[best]) best = k;
    return best;
}

/* out_attention (P) = a_jk. */
static inline void gate_attention(const float *part, uint32_t n_personas, float *out_attention) {
    uint32_t winner = gate_winner(part, n_personas);
    float sum = 0;
    for (uint32_t k = 0; k < n_personas; k++) sum += part[k] > 0 ? part[k] : 0;
    for (uint32_t k = 0; k < n_personas; k++)
        out_attention[k] = sum > 0 ? (part[k] > 0 ? part[k] : 0) / sum : (float)(k == winner);
}

#endif
