/* Owns what every training objective shares: the head of a run, its input, its result, its random numbers.
 * Must not know how an objective learns.
 *
 * An objective is one file: a struct whose first member is `ampcf_trainer base`, and one `trainer_ops`,
 * declared at the end of this page and entered in the table of train.c. It keeps its item vectors in
 * base.vectors, counts base.done up to base.total, and after every pass over the data counts base.sweep and
 * calls trainer_finish, so that results can be read there. The config's leaves and alpha to bias go into the
 * file as they are: they fold in new people, whatever the objective. */
#ifndef AMPCF_TRAIN_TRAINER_H
#define AMPCF_TRAIN_TRAINER_H

#include "ampcf_train.h"
#include "base/arena.h"
#include "core/format.h"
#include "train/results.h"

/* What the sizes of a run depend on. */
typedef struct trainer_shape {
    const ampcf_train_config *config;
    uint32_t n_interactions; /* X */
    uint32_t max_degree;     /* no user or item has more interactions */
} trainer_shape;

typedef struct trainer_ops {
    int takes_weights; /* else weights must be NULL */
    /* Whether the objective's own fields are in range; the shared ones have been checked. NULL = there are
     * none. */
    int (*config_is_valid)(const ampcf_train_config *c, uint32_t n_interactions);
    /* Take the head, then trainer_take, then own arrays; NULL when the arena only measures or is full. */
    ampcf_trainer *(*layout)(arena *a, const trainer_shape *shape);
    /* Initialise own state and set total: input and index are in place, base.vectors holds zeros. */
    void (*open)(ampcf_trainer *t);
    /* Do at most max_rows more units of work; done, sweep and every result must not depend on the cut. */
    void (*step)(ampcf_trainer *t, uint32_t max_rows);
    /* out_scores (n) of a user in the training; no later result may depend on it. NULL = users have no
     * trained parameters. */
    void (*score)(ampcf_trainer *t, uint32_t user, const uint32_t *items, uint32_t n, float *out_scores);
    /* The same work as step, in passes of rows that do not look at each other; NULL = there are none. Only
     * a pass that has rows is solved and ended; solving counts nothing, ending counts the whole pass. */
    void (*pass)(const ampcf_trainer *t, ampcf_train_pass *out);
    void (*solve)(ampcf_trainer *t, uint32_t from, uint32_t n);
    void (*pass_end)(ampcf_trainer *t);
} trainer_ops;

struct ampcf_trainer {
    const trainer_ops *ops;
    ampcf_train_config config;
    uint32_t stride; /* D padded to 16: rows of every matrix here; the padding is zero */
    uint32_t n_interactions, max_degree;
    const uint32_t *offsets, *items;                        /* by user: (U + 1), (X) */
    const float *weights;                                   /* (X) or NULL */
    uint32_t *item_offsets;                                 /* by item: (N + 1) */
    uint32_t *item_users, *item_at;                         /* (X) user, and place in the by-user arrays */
    float *vectors;                                         /* (N, stride) v_j */
    double *gram_sum;                                       /* packed (D) */
    float *user_parts, *item_parts;                         /* (U) p_u, (N) q_j: with mean 1 */
    float *targets;                                         /* (N) t_j */
    float *out_vectors, *out_bias, *out_gram, *out_weights; /* result in file layout */
    float settings[FORMAT_SETTINGS];
    uint64_t done, total;
    uint32_t sweep;
    int diverged; /* the results of the last pass are no numbers, or all zero */
};

/* Take the base's arrays and fill in its shape. */
void trainer_take(arena *a, const trainer_shape *shape, ampcf_trainer *base);

static inline float trainer_weight(const ampcf_trainer *t, uint32_t x) {
    return t->weights ? t->weights[x] : 1;
}

/* out (D, stride) = alpha sum_rows part x x^T, its upper triangle, over x (n, stride), part (n) or NULL =
 * all 1; summed in
 * double. */
void trainer_gram(ampcf_trainer *t, const float *x, const float *part, uint32_t n, float *out);

/* Results in file layout from base.vectors: scaled by t_j, storable values, bias by popularity, Gram. Says
 * in base.diverged whether they are worth writing. */
void trainer_finish(ampcf_trainer *t);

/* PCG32 (O'Neill 2014): integers, so the same numbers on every build. */
uint64_t trainer_random(uint32_t seed);
uint32_t pcg32(uint64_t *state);

/* A normal deviate as twelve uniforms (Irwin-Hall): no libm. */
float random_normal(uint64_t *state);

extern const trainer_ops train_als, train_softmax, train_likelihood;

#endif
