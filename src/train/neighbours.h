/* Owns what every method of neighbours shares: the head of a computation, its input as both lists, its result
 * as rows. Must not know how a method finds B.
 *
 * A method is one file: a struct whose first member is `ampcf_neighbours base`, and one `neighbours_ops`,
 * declared at the end of this page and entered in the table of neighbours.c. It sets base.total when it
 * opens; after the last step the rows of base.rows are the result. */
#ifndef AMPCF_TRAIN_NEIGHBOURS_H
#define AMPCF_TRAIN_NEIGHBOURS_H

#include "ampcf_train.h"
#include "base/arena.h"
#include "base/smath.h"
#include "core/format.h"

#include <string.h>

/* One of the two ways to list the interactions. */
typedef struct pair_lists {
    const uint32_t *offsets, *ids;
    const uint32_t *at; /* place of the weight, NULL = the same */
    uint32_t n;
} pair_lists;

/* B as rows by source, in the form of the file: one scale a row. */
typedef struct neighbour_rows {
    uint32_t *offsets, *items; /* (N + 1), (N m) */
    int8_t *values;            /* (N m) */
    float *scales;             /* (N) */
} neighbour_rows;

typedef struct neighbours_ops {
    /* Whether the method takes these fields; what all methods share has been checked. */
    int (*config_is_valid)(const ampcf_neighbours_config *c);
    /* Take the head, then neighbours_take, then own arrays; NULL when the arena only measures or is full. */
    ampcf_neighbours *(*layout)(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions);
    /* Initialise own state and set total: input, lists and user_part are in place. */
    void (*open)(ampcf_neighbours *e, const ampcf_item_side *side);
    /* One step, 0 to total - 1 in order. */
    void (*step)(ampcf_neighbours *e, uint64_t step);
    /* out_scores (N) of a history in range; NULL = there is no whole B. */
    void (*score)(ampcf_neighbours *e, const uint32_t *items, uint32_t n, float *out_scores);
    /* The same work as step, in passes of units that do not look at each other. pass says what is at hand by
     * base.done; solve does units and counts nothing; give writes what others need of solved units, out NULL
     * = only counts bytes, and take reads it; pass_end counts the pass, once everything is there. */
    void (*pass)(const ampcf_neighbours *e, ampcf_neighbours_pass *out);
    void (*solve)(ampcf_neighbours *e, uint32_t from, uint32_t n);
    size_t (*give)(const ampcf_neighbours *e, uint32_t from, uint32_t n, uint8_t *out);
    void (*take)(ampcf_neighbours *e, uint32_t from, uint32_t n, const uint8_t *given);
    void (*pass_end)(ampcf_neighbours *e);
} neighbours_ops;

struct ampcf_neighbours {
    const neighbours_ops *ops;
    ampcf_neighbours_config config;
    pair_lists users, items; /* lists of items by user, of users by item */
    const float *weights;    /* (X) or NULL */
    uint32_t *item_offsets, *item_users, *item_at;
    double *user_part; /* (U) p_u */
    neighbour_rows rows;
    uint64_t done, total;
    uint32_t part, parts; /* which of how many that share the work */
    int diverged;         /* a value of B was no number */
};

/* Take the base's arrays. */
void neighbours_take(arena *a, const ampcf_neighbours_config *c, uint32_t n_interactions,
                     ampcf_neighbours *base);

/* People who have an item. */
uint32_t neighbours_people_of(const ampcf_neighbours *e, uint32_t item);

static inline float weight_in(const ampcf_neighbours *e, const pair_lists *s, uint32_t x) {
    return e->weights ? e->weights[s->at ? s->at[x] : x] : 1;
}

static inline double power(double x, float exponent) { return smath_exp((double)exponent * smath_log(x)); }

static inline float magnitude_of(float x) { return x < 0 ? -x : x; }

/* As far as a file can say it, with its sign; 0, and the run has diverged, for what is no number. */
static inline float neighbour_value(ampcf_neighbours *e, float x) {
    const float most = 127 * FORMAT_MAX_SCALE;
    if (x != x) return e->diverged = 1, 0.0f;
    return x > most ? most : x < -most ? -most : x;
}

/* Units of an owned pass of n that are a part's own: from the first of its part to the first of the next. */
static inline uint32_t first_of_part(uint32_t n, uint32_t part, uint32_t parts) {
    return (uint32_t)((uint64_t)n * part / parts);
}

/* Append to what is given, or count it. */
static inline void give_bytes(uint8_t *out, size_t *at, const void *from, size_t bytes) {
    if (out) memcpy(out + *at, from, bytes);
    *at += bytes;
}

static inline void take_bytes(void *to, const uint8_t *given, size_t *at, size_t bytes) {
    memcpy(to, given + *at, bytes);
    *at += bytes;
}

extern const neighbours_ops neighbours_ease, neighbours_cooccurrence, neighbours_local;

#endif
