/* Owns the layout of a profile in caller memory. Must only be filled by profile.c. */
#ifndef AMPCF_PROFILE_H
#define AMPCF_PROFILE_H

#include "arena.h"
#include "attention.h"
#include "model.h"
#include "personas.h"

struct ampcf_profile {
    const ampcf_model *model;
    uint32_t n_history, n_personas, stride;
    uint32_t *items;         /* (H) */
    float *weights;          /* (H) w_i */
    float *system_weights;   /* (H) w_i q_i */
    float *pulls;            /* (H) w_i q_i t_i */
    float *responsibilities; /* (H, P) */
    float *shares;           /* (P) */
    float *gain, *prior;     /* (P) of attention.h */
    attention_settings attention;
    float *vectors;          /* (P, stride) u_k, zero-padded from D to stride */
    double *factor;          /* packed (D) Cholesky factor of M */
    double *work;            /* (D) */
    uint32_t *slots;         /* (N) item -> 1 + its row of near, 0 = none; NULL where B adds nothing */
    float *near;             /* (items with a slot, P) sum_i r_ik w_i B_ij */
};

/* What B adds to the evidence for an item, (P); NULL = nothing. */
static inline const float *profile_near(const ampcf_profile *p, uint32_t item) {
    return p->slots && p->slots[item] ? p->near + (size_t)(p->slots[item] - 1) * p->n_personas : NULL;
}

/* Rows are padded with zeros to this many floats. */
static inline uint32_t profile_stride(uint32_t dim) { return (dim + 15) & ~15u; }

/* Solutions of M x = v keep the bound of item vectors, so that no score and no explanation can overflow or be NaN. Only the
 * indefinite Gram matrix of a hostile file reaches it: with alpha and lambda >= 1e-6, |M^-1 v_j| <= 1 / (2 sqrt(alpha lambda)). */
static inline double profile_clamped(double x) {
    double bound = (double)FORMAT_MAX_VALUE;
    return x > bound ? bound : x < -bound ? -bound : x == x ? x : 0;
}

#endif
