/* Owns the loss of AMP-CF for one example, a person and S items of which the first is the positive, and its
 * gradient. Must not know how examples are drawn or how parameters move. Sections 3.1-3.3, arXiv:2010.07042
 *
 *     r_sk = u_k . v_s
 *     a_s  = softmax_k( beta sim_sk )             sim = r, or cos(A_u u_k, A_v v_s)
 *     y_s  = sum_k a_sk r_sk + b_s
 *     loss = -fit log softmax_s(y)_0 + positive H(a_0) - negative sum_(s > 0) H(a_s)
 *
 * H is the entropy in nats: an item that was chosen should belong to one persona, any other to none in
 * particular. */
#ifndef AMPCF_TRAIN_SOFTMAX_LOSS_H
#define AMPCF_TRAIN_SOFTMAX_LOSS_H

#include <stddef.h>
#include <stdint.h>

enum { SOFTMAX_MAX_ITEMS = 65 };

/* Gradients are added to. Rows have `stride` floats, zero from D on; stride a multiple of 16. */
typedef struct softmax_example {
    uint32_t n_items, n_personas, dim, stride; /* S, P, D */
    float beta, fit, positive, negative;
    const float *personas; /* (P, stride) */
    float *personas_gradient;
    const float *items[SOFTMAX_MAX_ITEMS]; /* (S) rows */
    float *items_gradient[SOFTMAX_MAX_ITEMS];
    const float *bias[SOFTMAX_MAX_ITEMS]; /* (S) or bias[0] NULL */
    float *bias_gradient[SOFTMAX_MAX_ITEMS];
    const float *user_map, *item_map; /* A_u, A_v (D, stride), or NULL: sim = r */
    float *user_map_gradient, *item_map_gradient;
    float *work; /* (softmax_work) */
} softmax_example;

/* Floats of workspace. */
size_t softmax_work(uint32_t n_items, uint32_t n_personas, uint32_t stride);

/* out_scores (S) = y; no gradient is needed or touched. */
void softmax_scores(const softmax_example *e, float *out_scores);

/* The loss; its derivative is added to every gradient. */
float softmax_loss_gradient(const softmax_example *e);

#endif
