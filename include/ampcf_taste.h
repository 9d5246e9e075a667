/* ampcf: taste. Owns the public C API for taste distributions, the distances between them, and lists
 * re-ranked by taste, on plain arrays. Must not know a model file.
 *
 * A taste space is a set of categories and, for each item, the categories it belongs to: aspects, item
 * clusters, personas. n items, A categories, D width, K results. Memory is the caller's, as in ampcf.h.
 * Formulas and sources: web/taste/TASTE.md.
 */
#ifndef AMPCF_TASTE_H
#define AMPCF_TASTE_H

#include "ampcf.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMPCF_MAX_CATEGORIES 4096u

/* ---- Distributions ------------------------------------------------------------------------------------- */

/** Which categories each item belongs to. An item spreads the weight 1 over its categories. */
typedef struct ampcf_taste_space {
    uint32_t n_items, n_categories;
    const uint32_t *offsets; /* (n_items + 1) from 0, never falling; row i is offsets[i] to offsets[i + 1] */
    const uint32_t *categories; /* < n_categories, strictly increasing in a row */
    const double *weights;      /* > 0, relative within a row; NULL = evenly */
} ampcf_taste_space;

/**
 * Taste distribution of a list.
 *
 *     out_a = sum_i w_i d_i m_ia / sum_i w_i d_i,   d_i = 1 / log2(1 + i) or 1, i = 1 .. n
 *
 * with m_ia the share of category a in item i. Items without categories do not count; all-zero when no item
 * counts.
 *
 * items     (n) rows of the space; NULL = all rows in order, n ignored
 * weights   (n) finite, >= 0; NULL = all 1
 * discount  1 = by rank, for a list that people read from the top; 0 = every place counts the same
 * out       (A) sum 1
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE, AMPCF_E_ARGUMENT (weights, or a space that breaks its rules). O(A +
 * all rows). Since 0.1. Source: Steck 2018 (RecSys), eq. 2 and 3; the discount is that of nDCG (Jarvelin and
 * Kekalainen 2002).
 */
ampcf_status ampcf_taste_of_list(const ampcf_taste_space *space, const uint32_t *items, const double *weights,
                                 uint32_t n, uint32_t discount, double *out);

/* ---- Distances ----------------------------------------------------------------------------------------- */

/** How far two taste distributions are apart; 0 = the same. The numbers are stable. */
typedef enum ampcf_taste_measure {
    AMPCF_JENSEN_SHANNON = 0,  /* sqrt of the divergence in bits: a metric, 0 to 1 */
    AMPCF_HELLINGER = 1,       /* a metric, 0 to 1 */
    AMPCF_TOTAL_VARIATION = 2, /* a metric, 0 to 1 */
    AMPCF_STECK_KL = 3,        /* nats, 0 to AMPCF_STECK_BOUND; not symmetric: p is the taste, q the list */
    AMPCF_WASSERSTEIN =
        4 /* in the unit of the ground cost, 0 to its largest entry; a metric where the cost is one */
} ampcf_taste_measure;

/** The smoothing a of Steck's KL, and its largest value: ln(1 / a). */
#define AMPCF_STECK_SMOOTHING 0.01
#define AMPCF_STECK_BOUND 4.605170185988091

/** Bytes that ampcf_taste_between needs for A categories; 0 unless the measure is AMPCF_WASSERSTEIN. Since
 * 0.1. */
size_t ampcf_taste_between_memory(uint32_t measure, uint32_t n);

/**
 * Distance between two taste distributions.
 *
 *     Jensen-Shannon   sqrt( 1/2 sum p log2(p / m) + 1/2 sum q log2(q / m) ),  m = (p + q) / 2
 *     Hellinger        sqrt( 1/2 sum (sqrt p - sqrt q)^2 )
 *     total variation  1/2 sum |p - q|
 *     Steck's KL       sum p ln(p / q'),  q' = (1 - a) q + a p,  a = 0.01
 *     Wasserstein      min sum_ab f_ab c_ab,  f >= 0, sum_b f_ab = p_a, sum_a f_ab = q_b
 *
 * Sources: Lin 1991, Endres and Schindelin 2003; Hellinger 1909; Steck 2018 (RecSys), eq. 6; Kantorovich
 * 1942, Rubner 2000.
 * Wasserstein is solved exactly by the network simplex on the categories that have weight, masses as
 * multiples of 2^-52, so that a degenerate step is seen as one. Without a cost it is that of cost 1 between
 * different categories: total variation.
 *
 * measure  ampcf_taste_measure
 * p, q     (n) >= 0, sum 1 within 1e-6; 1 <= n <= AMPCF_MAX_CATEGORIES
 * cost     (n, n) row-major, finite, 0 to 1e9, cost[a n + b] from p's category a to q's b; NULL = 0 on the
 *          diagonal, else 1.
 *          Read for Wasserstein only
 * memory   (>= ampcf_taste_between_memory) 16-byte aligned, overwritten; may be NULL when that is 0
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY, AMPCF_E_LIMIT (more than 1000 steps a category: not
 * met in any test). O(n); Wasserstein about O(m n) for each of a few (m + n) steps, with m and n categories
 * of weight. Since 0.1.
 */
ampcf_status ampcf_taste_between(uint32_t measure, const double *p, const double *q, uint32_t n,
                                 const double *cost, void *memory, size_t memory_bytes, double *out);

/* ---- Re-ranking ---------------------------------------------------------------------------------------- */

/* All are greedy: place after place, the candidate with the largest gain, of equal ones the earlier. lambda
 * is 0 to 1; at 0 the order is that of the scores, which of a ranked list is its own. Scores are made
 * comparable by r_j = (s_j - min s) / (max s - min s) over the pool (0 when all are equal), so lambda does
 * not depend on their unit. */

/** Bytes that each needs for n candidates, A categories and K results; 0 when a size_t is too small. Since
 * 0.1. */
size_t ampcf_rerank_steck_memory(uint32_t n, uint32_t n_categories);
size_t ampcf_rerank_mmr_memory(uint32_t n);
size_t ampcf_rerank_dpp_memory(uint32_t n, uint32_t k);

/**
 * Calibrated list: the taste of the list should be the target (Steck 2018 (RecSys), eq. 7).
 *
 *     maximise over lists L   (1 - lambda) sum_(j in L) r_j - lambda KL(target, q'(L))
 *
 * with Steck's KL of above, q(L) the distribution of the list. A list in which nothing has categories has
 * the largest KL.
 *
 * space     its items are the pool, n_items = n
 * scores    (n) finite
 * target    (A) >= 0, sum 1 within 1e-6
 * discount  1 = places count by rank, also while the list is made
 * out       (k) rows of the pool; out_n = min(k, n)
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY. O(K (A + n + entries of the space)). Since 0.1.
 */
ampcf_status ampcf_rerank_steck(const ampcf_taste_space *space, const double *scores, const double *target,
                                double lambda, uint32_t discount, uint32_t k, void *memory,
                                size_t memory_bytes, uint32_t *out, uint32_t *out_n);

/**
 * Proportional list: every taste takes its turns, by its part (after Dang and Croft 2012 (SIGIR), "Diversity
 * by proportionality").
 *
 *     next = argmax_j (1 - lambda) r_j + lambda sum_a q_ja (p_a W - w_a)
 *
 * q_j the candidate's distribution over the categories, W the weight of the list with the next place, w_a
 * what category a has of it: a candidate is worth what its tastes still lack. Unlike KL this asks for no
 * more of a taste than its part, and costs less accuracy for as much calibration (npm run bench:taste).
 * Their PM-2 multiplies seats by a quotient; here the lack is added to the score.
 *
 * Arguments, memory and returns as ampcf_rerank_steck. O(K n entries of a row). Since 0.1.
 */
ampcf_status ampcf_rerank_proportional(const ampcf_taste_space *space, const double *scores,
                                       const double *target, double lambda, uint32_t discount, uint32_t k,
                                       void *memory, size_t memory_bytes, uint32_t *out, uint32_t *out_n);

/**
 * Maximal marginal relevance: like what is wanted, unlike what is there (Carbonell and Goldstein 1998
 * (SIGIR), 1 - lambda).
 *
 *     next = argmax_j (1 - lambda) r_j - lambda max_(i in list) cos(v_i, v_j)
 *
 * vectors  (n, dim) finite; a zero vector has cosine 0 with all
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY. Otherwise as above. O(K n D). Since 0.1.
 */
ampcf_status ampcf_rerank_mmr(const double *scores, uint32_t n, const float *vectors, uint32_t dim,
                              double lambda, uint32_t k, void *memory, size_t memory_bytes, uint32_t *out,
                              uint32_t *out_n);

/**
 * Determinantal point process, greedy MAP by incremental Cholesky rows (Chen, Zhang, Zhou 2018, NeurIPS,
 * algorithm 1).
 *
 *     maximise over lists L   (1 - lambda) sum_(j in L) r_j + lambda log det S_L
 *
 * with S_ij = cos(v_i, v_j), S_jj = 1, which is log det of the kernel q_i S_ij q_j with q_j = exp(r_j (1 -
 * lambda) / (2 lambda)), times lambda. What a candidate adds to the determinant, its squared distance to the
 * span of the list, counts at least 1e-10: once the D dimensions are used up the scores decide.
 *
 * Returns and the rest as ampcf_rerank_mmr. O(K n (K + D)). Since 0.1.
 */
ampcf_status ampcf_rerank_dpp(const double *scores, uint32_t n, const float *vectors, uint32_t dim,
                              double lambda, uint32_t k, void *memory, size_t memory_bytes, uint32_t *out,
                              uint32_t *out_n);

/* ---- Self-test ----------------------------------------------------------------------------------------- */

/** 1 when every function above gives the known bits on fixed inputs; a build that says 0 must not be
 * trusted. Since 0.1. */
uint32_t ampcf_taste_self_test(void);

#ifdef __cplusplus
}
#endif
#endif
