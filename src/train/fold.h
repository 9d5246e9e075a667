/* Owns the trainer's one fold-in, single precision: responsibilities, factored system, persona vectors,
 * gains. Every objective and the neighbours fold people in by it, and als its items. Must not know where the
 * rows come from or what is learnt from them.
 *
 *     M   = alpha G + sum_i w_i v_i v_i^T + lambda (sum_i w_i t_i^2 + alpha n)^nu I
 *     u_k = M^-1 sum_i r_ik w_i t_i v_i
 *
 * as core/profile.c does on the device in double precision; tests/src/train/test_fold.c holds the two
 * together. */
#ifndef AMPCF_TRAIN_FOLD_H
#define AMPCF_TRAIN_FOLD_H

#include "ampcf_train.h"
#include "base/arena.h"
#include "core/attention.h"
#include "core/personas.h"

/* Rows have `stride` floats, zero from D on. */
typedef struct train_fold {
    uint32_t dim, stride, personas_cap;
    attention_settings attention;
    personas_settings split; /* max_personas 1: the whole person */
    float lambda, nu;
    double mass;        /* alpha n, of the side that is frozen */
    const float *gram;  /* (D, stride) alpha G, upper triangle */
    const float *scale; /* (H) how many times the device's score of a row is y here; NULL = once */

    uint32_t n_rows;       /* H: filled in by the caller, like all that follows up to targets */
    float *rows, *weights; /* (H, stride) v_i and (H) w_i */
    const float *events;   /* (H) by which personas are told apart; may be weights */
    const float *targets;  /* (H) t_i; NULL = all 1 */

    uint32_t n_personas;     /* P of these rows */
    float *responsibilities; /* (H, P); 1 where there is one persona */
    float *system;           /* (D, stride) Cholesky factor of M, as of train_cholesky */
    float *personas;         /* (P, stride) u_k */
    float *gains, *priors;   /* (P) of attention.h */
    float *units, *work;     /* (H, D), (stride) */
    personas_scratch scratch;
} train_fold;

/* Arrays for at most max_rows rows; of histories of several personas, at most max_history. */
train_fold train_fold_take(arena *a, uint32_t dim, uint32_t n_personas, uint32_t max_rows,
                           uint32_t max_history);

/* Settings (FORMAT_SETTINGS) as they go into the file; n rows on the frozen side, alpha G of them in gram. */
void train_fold_open(train_fold *f, const float *settings, const float *gram, uint32_t n);

/* Fold in the n_rows rows in place, into at most max_personas personas. */
void train_fold_in(train_fold *f, uint32_t max_personas);

static inline attention_view train_fold_attention(const train_fold *f) {
    return (attention_view){&f->attention, f->gains, f->priors, f->n_personas};
}

/* h_i = w_i v_i^T M^-1 v_i of a row after train_fold_in. */
float train_fold_leverage(train_fold *f, uint32_t row);

#endif
