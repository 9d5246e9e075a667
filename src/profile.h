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
    float *weights;          /* (H) */
    float *responsibilities; /* (H, P) */
    float *shares;           /* (P) */
    float *gain, *prior;     /* (P) of attention.h */
    attention_settings attention;
    float *vectors;          /* (P, stride) u_k, zero-padded from D to stride */
    double *factor;          /* packed (D) Cholesky factor of M */
    double *work;            /* (D) */
};


/* Rows are padded with zeros to this many floats. */
static inline uint32_t profile_stride(uint32_t dim) { return (dim + 15) & ~15u; }

#endif
