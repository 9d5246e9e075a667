/* Owns the split of a history into personas. Must not know where the vectors come from. */
#ifndef AMPCF_CORE_PERSONAS_H
#define AMPCF_CORE_PERSONAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct personas_settings {
    uint32_t max_personas; /* 1 to AMPCF_MAX_PERSONAS */
    float sharpness;       /* r_ik ~ share_k exp(sharpness cos(x_i, c_k)) */
    float split; /* gain per unit of weight that a split must bring, before the small-sample allowance */
    uint32_t max_leaves; /* 0 to AMPCF_MAX_LEAVES; 0 = personas are not cut further */
} personas_settings;

/* Scratch for n vectors of width dim, carved from an arena (which may only measure). */
typedef struct personas_scratch {
    float *centre;    /* (max_clusters, dim) */
    float *pair;      /* (3, dim) trial split: both centres and their border */
    float *resultant; /* (max_clusters) length of the summed unit vectors */
    float *likeness;  /* (n) cosine to the centre of the cluster that is being split */
    uint32_t *owner;  /* (n) hard assignment */
    uint32_t *trial;  /* (n) side of the trial split */
} personas_scratch;

/* Personas are told apart by direction: out (dim) = v / |v|; a zero vector stays zero. */
void personas_direction(const float *v, uint32_t dim, float *out);

personas_scratch personas_scratch_take(arena *a, uint32_t n, uint32_t dim, uint32_t max_clusters);

/**
 * Split n unit vectors into personas: bisect the cluster whose split explains most until no split pays,
 * polish, soften. Deterministic: seeds are farthest points, ties go to the lower index.
 *
 * x         (n, dim) unit vectors (or zero vectors, which go along with the largest persona)
 * weight    (n) >= 0; rows without weight go along
 * count     (n) how many events a row stands for; NULL = 1 each
 * out_r     (n, P) responsibilities, rows sum to 1, row stride = the returned P
 * out_share (P) weighted mean of the responsibilities, decreasing, sum 1
 *
 * Returns P: 0 when n == 0, else 1 to max_personas. O(P n dim rounds).
 */
uint32_t personas_split(const float *x, const float *weight, const float *count, uint32_t n, uint32_t dim,
                        const personas_settings *settings, personas_scratch *scratch, float *out_r,
                        float *out_share);

/* One tree, two cuts: personas, and below them the leaves. */
typedef struct personas_tree {
    uint32_t *leaf_of;    /* (n) */
    uint32_t *persona_of; /* (L) */
    float *direction;     /* (L, direction_stride) unit vectors, zero from dim on: normalise(sum_i w_i x_i) */
    uint32_t direction_stride, n_leaves;
} personas_tree;

/**
 * The same split, hard, and cut once more: each persona is bisected further, whichever leaf's best cut
 * explains most, until there are max_leaves leaves, or until every row is a leaf of its own. A leaf belongs
 * to one persona; where leaves are not more than personas, they are the personas.
 *
 * out_r (n, P) is 1 for the persona of a row, else 0; otherwise as personas_split. tree: its arrays are the
 * caller's, with room for max(max_personas, max_leaves) leaves.
 */
uint32_t personas_grow(const float *x, const float *weight, const float *count, uint32_t n, uint32_t dim,
                       const personas_settings *settings, personas_scratch *scratch, float *out_r,
                       float *out_share, personas_tree *tree);

#endif
