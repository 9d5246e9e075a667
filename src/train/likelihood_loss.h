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

/* Rows have fold->stride floats, zero from D on. */
typedef struct likelihood_example {
    likelihood kind;
    uint32_t n_items;                 /* C */
    float fit, zeros, scale;          /* fit = weight of this person's loss */
    const train_fold *fold;           /* folded in */
    const float *items;               /* (C, stride) v_c */
    const float *bias;                /* (C) b_c */
    const float *target, *stands_for; /* (C) t_c, m_c; t_c > 0 implies m_c > 0 */
    float *score;                     /* (C) out: y_c */
    float *slope;                     /* (C) out: the derivative by l_c, which is that by b_c */
    float *adjoint;                   /* (stride) out: t */
    float scale_slope;                /* out: the derivative by log scale */
} likelihood_example;

/* score and l_c in the place of slope; no other output is written. */
void likelihood_logits(const likelihood_example *e);

/* Every derivative of fit x loss, of which those of the vectors follow: item c receives scale slope_c u, and
 * event i what likelihood_add_event adds. */
void likelihood_slopes(likelihood_example *e);

/* gradient (stride) += w (t - (t . v) u - (u . v) t) of an event with vector v, all rows of `stride` floats;
 * scratch (stride). */
void likelihood_add_event(float *gradient, const float *u, const float *t, const float *v, float weight,
                          uint32_t dim, float *scratch);

#endif
