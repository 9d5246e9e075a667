/* Owns the loss of one person under a likelihood and its gradient, through the fold-in, with respect to the
 * item vectors. Must not know how items are drawn or how parameters move.
 *
 * From a fold-in (fold.h) of H events, for C items of which some are targets (t_c > 0), some are not
 * (t_c = 0):
 *
 *     y_c = u . v_c,   l_c = scale y_c + b_c
 *
 *     multinomial   sum_c t_c (log sum_c' m_c' exp l_c' - l_c)
 *     gaussian      sum_c t_c (1 - l_c)^2         + zeros sum_(t_c = 0) m_c l_c^2
 *     logistic      sum_c t_c log(1 + exp -l_c)   + zeros sum_(t_c = 0) m_c log(1 + exp l_c)
 *
 * m_c says how many items a sampled one stands for; m_c = 0 leaves an item out. The ridge and the Gram are
 * constants in the gradient; the system's own history is not. With g = d loss / d u and t = M^-1 g (the
 * adjoint), the event i receives w_i (t - (t . v_i) u - (u . v_i) t). */
#ifndef AMPCF_TRAIN_LIKELIHOOD_LOSS_H
#define AMPCF_TRAIN_LIKELIHOOD_LOSS_H

#include "train/fold.h"

typedef enum likelihood { LIKELIHOOD_MULTINOMIAL, LIKELIHOOD_GAUSSIAN, LIKELIHOOD_LOGISTIC } likelihood;

/* Gradients are added to. Rows have fold->stride floats, zero from D on. */
typedef struct likelihood_example {
    likelihood kind;
    uint32_t n_items;                      /* C */
    float fit, zeros, scale;               /* fit = weight of this person's loss */
    const train_fold *fold;                /* folded in */
    const float *items;                    /* (C, stride) v_c */
    const float *bias;                     /* (C) b_c */
    const float *target, *stands_for;      /* (C) t_c, m_c; t_c > 0 implies m_c > 0 */
    float *items_gradient, *bias_gradient; /* (C, stride), (C) */
    float *history_gradient;               /* (H, stride) */
    float *scale_gradient;                 /* (1) with respect to log scale */
    float *work;                           /* (likelihood_work) */
} likelihood_example;

/* Floats of workspace. */
size_t likelihood_work(uint32_t n_items, uint32_t stride);

/* out_logits (C) = l; no gradient is needed or touched. */
void likelihood_logits(const likelihood_example *e, float *out_logits);

/* The derivative of fit x loss is added to every gradient. */
void likelihood_gradient(const likelihood_example *e);

#endif
