/* Owns what the files of the likelihood objectives share: the state of a run and the rows of a block of
 * people. Must not know how a row is computed. */
#ifndef AMPCF_TRAIN_LIKELIHOOD_H
#define AMPCF_TRAIN_LIKELIHOOD_H

#include "base/kernels.h"
#include "train/adam.h"
#include "train/likelihood_loss.h"
#include "train/trainer.h"

typedef struct likelihood_trainer {
    ampcf_trainer base;
    ampcf_trainer *als;              /* the warm-up, over the same arrays */
    uint32_t batch, in_batch, at;    /* users a batch; of the current one, done; place in order */
    uint32_t max_history, max_items; /* no H, no C is larger */
    uint64_t random;
    uint32_t *order;                  /* (U) */
    uint32_t *kept;                   /* (H) places of the input in the by-user arrays */
    double *cumulative;               /* (N) sampled: of the probability of being drawn */
    float *start;                     /* (N, stride) vectors after the warm-up */
    float *gram;                      /* (D, stride) alpha G */
    float *bias_values, *head_values; /* (N), (1) log scale */
    float *target, *stands_for;       /* (C); all items: zero and one between users */
    float *rows, *bias;               /* (C, stride), (C) sampled */
    float *scratch;                   /* (stride) */
    adam optimizer, head_optimizer;
    adam_table vectors, biases, head; /* (N, stride), (N, 1), (1, 1) */
    train_fold fold;
    likelihood_example example;

    size_t room;             /* floats of people */
    float *people;           /* (block, person_floats) of the block at hand: person_row says what */
    uint64_t *random_at;     /* (block) before each of them */
    uint32_t block, n_block; /* people at most, people of the block at hand */
    uint32_t solved;         /* by steps: of n_block */
    uint32_t person_floats;
    int has_gram, adds; /* gram and scale are those of the batch; the second pass is at hand */
} likelihood_trainer;

/* What is left of a person for the second pass. */
typedef struct person_row {
    uint32_t *n_items;       /* (1) C; 0 = nothing could be learnt */
    float *scale_slope;      /* (1) */
    float *vector, *adjoint; /* (stride) u and t */
    float *slope;            /* (C) */
    uint32_t *items;         /* (C) which, sampled; else c is the item */
    uint32_t *kept;          /* a bit for each event of the person: it was input */
} person_row;

static inline uint32_t least(uint64_t a, uint64_t b) { return (uint32_t)(a < b ? a : b); }

static inline uint64_t round_up(uint64_t n) { return (n + 15) & ~(uint64_t)15; }

/* Floats before those of C items and H events: the head, u and t. */
static inline uint32_t person_head(const likelihood_trainer *t) {
    return 16 + 2 * kernel_stride(t->base.config.dim);
}

/* Floats of a person_row. */
static inline uint64_t person_size(const likelihood_trainer *t, uint32_t max_items, uint32_t max_history) {
    uint32_t lists = t->base.config.samples > 0 ? 2 : 1;
    return person_head(t) + lists * round_up(max_items) + round_up(((uint64_t)max_history + 31) / 32);
}

static inline person_row row_of(const likelihood_trainer *t, uint32_t p) {
    float *at = t->people + (size_t)p * t->person_floats, *slope = at + person_head(t);
    size_t items = (size_t)round_up(t->max_items);
    uint32_t stride = t->base.stride, sampled = t->base.config.samples > 0;
    person_row r = {(uint32_t *)at, at + 1, at + 16, at + 16 + stride, slope, NULL, NULL};
    if (sampled) r.items = (uint32_t *)(slope + items);
    r.kept = (uint32_t *)(slope + (sampled ? 2 : 1) * items);
    return r;
}

/* People of the batch at hand. */
static inline uint32_t batch_size(const likelihood_trainer *t) {
    return least(t->batch, t->base.config.n_users - t->at);
}

static inline uint32_t user_of(const likelihood_trainer *t, uint32_t p) {
    return t->order[t->at + t->in_batch + p];
}

static inline uint32_t random_under(likelihood_trainer *t, uint32_t n) {
    return (uint32_t)(((uint64_t)pcg32(&t->random) * n) >> 32);
}

static inline int was_input(const person_row *r, uint32_t event) {
    return r->kept[event / 32] >> event % 32 & 1;
}

/* The first of n increasing items that is not before `item`. */
static inline uint32_t first_from(const uint32_t *items, uint32_t n, uint32_t item) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (items[middle] < item) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* ---- likelihood_people.c: the first pass ---- */

/* Takes the random numbers of a person without learning anything. */
void likelihood_skip_person(likelihood_trainer *t, uint32_t user);

/* Rows of n people of the block, from `from` on. The random numbers of the run stay where they are. */
void likelihood_solve_people(likelihood_trainer *t, uint32_t from, uint32_t n);

/* ---- likelihood_gradients.c: the second pass ---- */

/* A place for the gradient of each item that the block touches; with all items, each in its own place. */
void likelihood_touch_items(likelihood_trainer *t);

/* Gradients in n of these places, from `from` on. */
void likelihood_solve_gradients(likelihood_trainer *t, uint32_t from, uint32_t n);

/* The gradients of the scale and of the biases. */
void likelihood_add_heads(likelihood_trainer *t);

#endif
