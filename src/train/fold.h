/* Owns the trainer's fold-in of one history, single precision: responsibilities, factored system, persona
 * vectors, gains. Must not know where the history comes from or what is learnt from it.
 *
 *     M   = alpha G + sum_i w_i v_i v_i^T + lambda (sum_i w_i + alpha N)^nu I          u_k = M^-1 sum_i r_ik
 *         w_i v_i
 *
 * as profile.c does on the device in double precision. */
#ifndef AMPCF_TRAIN_FOLD_H
#define AMPCF_TRAIN_FOLD_H

#include "ampcf_train.h"
#include "base/arena.h"
#include "core/attention.h"
#include "core/personas.h"

/* Rows have `stride` floats, zero from D on. */
typedef struct train_fold {
    const ampcf_train_config *config;
    attention_settings attention;
    uint32_t stride;
    uint32_t n_history, n_personas; /* H, P of this history */
    const float *gram;              /* (D, stride) alpha G, upper triangle */
    float *rows, *weights;          /* (H, stride) v_i and (H) w_i: filled in by the caller */
    float *responsibilities;        /* (H, P) */
    float *system;                  /* (D, stride) Cholesky factor of M, as of train_cholesky */
    float *personas;                /* (P, stride) u_k */
    float *gains, *priors;          /* (P) of attention.h */
    float *units, *work;            /* (H, D), (stride) */
    personas_scratch scratch;
} train_fold;

/* Arrays for histories of at most max_history; config must outlive the fold. */
train_fold train_fold_take(arena *a, const ampcf_train_config *config, uint32_t max_history);

/* Fold in the n_history rows in place. */
void train_fold_in(train_fold *f);

#endif
