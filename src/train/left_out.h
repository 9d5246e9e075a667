/* Owns what item vectors predict for a person of the training, each of the person's own events left out.
 * Must not know what for. */
#ifndef AMPCF_TRAIN_LEFT_OUT_H
#define AMPCF_TRAIN_LEFT_OUT_H

#include "ampcf_train.h"
#include "train/fold.h"

typedef struct left_out {
    const ampcf_item_side *side;
    uint32_t n_items; /* N */
    float *vectors;   /* (N, stride) */
    float *gram;      /* (D, stride) alpha G, upper triangle */
    float *targets;   /* (longest history) t_i */
    float *scores;    /* (N) */
    train_fold fold;
} left_out;

/* Memory from an arena (which may only measure); dim 0 takes nothing. */
left_out left_out_take(arena *a, uint32_t n_items, uint32_t dim, uint32_t max_history);

void left_out_open(left_out *l, const ampcf_item_side *side);

/* scores (N) = y_j / t_j of a person with these n items and weights (n) or NULL = 1; s'_j / t_j where j is
 * among the items. */
void left_out_score(left_out *l, const uint32_t *items, const float *weights, uint32_t n);

/* The same, for first <= j < end alone. */
void left_out_score_some(left_out *l, const uint32_t *items, const float *weights, uint32_t n, uint32_t first,
                         uint32_t end);

#endif
