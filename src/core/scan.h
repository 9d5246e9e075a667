/* Owns the choice of the items that can be among the best of a catalogue, so that only they are scored. Must
 * never leave out one that belongs there: lists are those of scoring everything, to the last bit.
 *
 * The score of an item is bounded from its rounded vector (rounded.h), by one integer dot product instead of
 * the two of each leaf, and an item whose bound is below the k-th best score so far is passed over.
 *
 * Proof. Let g = exp(-.6 b), U = g sum_l u_l, x = v / |v|, c_l . x the cosine to leaf l, and R(c) =
 * exp(b c) - 1 - b c, for which 0 <= R(c) <= r c^2 with r = exp(b) - 1 - b on [-1, 1], as R(c) / c^2 does not
 * fall. Then the part of the score (core/gate.h) that comes from vectors is
 *
 *     sum_l G_l (u_l . v) = U . v + g |v| sum_l (b (c_l . x) + R(c_l . x)) (u_l . x)
 *                        <= U . v + g |v| x^T B x
 *     B = sum_l b (c_l u_l^T + u_l c_l^T) / 2 + r |u_l| c_l c_l^T
 *
 * because (u_l . x) <= |u_l|. x^T B x is at most the largest |eigenvalue| of B, so at most
 * (tr B^16)^(1/16). With A the 2 L rows c_l and u_l, and A A^T = L L^T, B = A^T J A has the eigenvalues of
 * the 2 L by 2 L matrix L^T J L. With many leaves the sum is bounded term by term, g (b + r) sum_l |u_l|;
 * b = 0 leaves nothing to add.
 *
 * U . v itself: U = step row + d and v = scale round + e give
 *
 *     U . v <= scale step (row . round) + |d| |v| + |U| |e|,   |e| <= .501 scale sqrt(D)
 *
 * row . round is an integer, exact. Neighbours and the bias of the item are added as they are. What single
 * precision rounds away, in the bound and in the score it is compared with, is below
 * (2^-13 + b 2^-16) exp(.4 b) sum_l |u_l| |v|: sums of at most D / 16 + 10 + 3 L terms in a row, a relative
 * 2e-7 of exp, and a cosine that is wrong by (D / 16 + 8) 2^-24, b times that of the gate; of the bias and
 * the neighbours it is below 2^-18 of their size. Vectors so short that their cosines mean nothing have a
 * length in the table that is 2^15 times theirs, for which that margin alone covers any gate.
 *
 * Before the whole rounded vector of D coordinates, a block of items is looked at by 19 and then 36
 * coordinates along the widest axes, with what is left by Cauchy and Schwarz (heads.h has the bound of U . v;
 * the rest is as above). The walk begins with the popular items that look best, so that there is a k-th best
 * score to reach.
 *
 * What is left is bounded once more, leaf by leaf: c_l and u_l are rounded to int8 as well, so that u_l . v
 * and the cosine lie between two numbers each, and so does G_l (u_l . v), as exp does not fall. That also
 * bounds what each persona has of an item, which a list in proportion needs, as it wants the best of each
 * persona too. An item is of the persona with the largest part; so it is out where its bound is below the
 * best of all, and for each persona either below the best of that one, or its part at most less than
 * another's at least.
 *
 * Tried and given up: blocks of similar items, passed over whole before their looks are read. Over 12 people
 * and the k-th best score known beforehand, blocks of 64 that a k-d tree or splits along principal axes (of 8
 * to 32 coordinates) make, bounded by the box of their coordinates and by centre and radius, leave 85 to 98 %
 * of the blocks of Gowalla (40,979 items) and 93 to 100 % of those of a trained table of 100,000; in the
 * order of the file, popular items first, it is 99 % and 77 %. Each block has its long item.
 *
 * The scheme, integer bounds with the rest by Cauchy and Schwarz and exact scores for what is left, is that
 * of LEMP (Teflioudi, Gemulla 2016, TODS) and FEXIPRO (Li, Chan, Yiu, Mamoulis 2017, SIGMOD); the bound of
 * the gate is this project's. */
#ifndef AMPCF_CORE_SCAN_H
#define AMPCF_CORE_SCAN_H

#include "core/profile.h"

/* The rounded vectors of a profile, carved from an arena which may only measure. */
void scan_take(arena *a, ampcf_profile *p, uint32_t leaves);

/* Doubles that scan_prepare works in. */
size_t scan_scratch(const ampcf_model *m, uint32_t leaves);

/* Rounds the vectors of a profile that was folded in by a gate. */
void scan_prepare(ampcf_profile *p, double *work);

/* Can items be passed over? Else every one is scored, as in the core for small catalogues, which is built
 * with AMPCF_PLAIN_SCAN and without what stands here. */
#ifdef AMPCF_PLAIN_SCAN
#define SCAN_PRUNES 0
#define SCAN_BLOCK 1u
#define SCAN_SEEDS 1u
#define SCAN_SOWN 1u
#else
#define SCAN_PRUNES 1
#define SCAN_BLOCK 64u /* items of a block, one bit each */
#define SCAN_SEEDS 32u /* items that come first, of the first SCAN_SOWN of the catalogue, the popular ones */
#define SCAN_SOWN 1024u
#endif
static inline int scan_prunes(const ampcf_profile *p) { return SCAN_PRUNES && p->prunes; }

static inline uint32_t scan_block_items(const ampcf_model *m, uint32_t from) {
    return m->n_items - from < SCAN_BLOCK ? m->n_items - from : SCAN_BLOCK;
}

/* A bit for each of n items, 1 to SCAN_BLOCK. */
static inline uint64_t scan_all(uint32_t n) { return ~(uint64_t)0 >> (64 - n); }

/* A walk over the items that may still get into a list: zeros, the profile and what is left out (N bytes, or
 * NULL) to begin with. */
typedef struct scan_walk {
    const ampcf_profile *profile;
    const uint8_t *excluded;
    uint32_t near, block, next; /* of near_items; where the block begins, and the next */
    uint64_t left;              /* of the block */
    int sown;
    uint32_t blind, longest; /* blocks without a look: still, and last time */
    uint32_t seed, n_seeds;
    ampcf_ranked seeds[SCAN_SEEDS];
} scan_walk;

/* The next item whose score may be at least `least`, each once; 0 at the end. What neighbours speak for comes
 * first, because its bounds are its own and it is often the best; then those of the popular items that look
 * best by their rounded vectors, so that bounds have something to reach from the first block on. */
int scan_next_bounded(scan_walk *w, float least, uint32_t *out_item);
static inline int scan_next(scan_walk *w, float least, uint32_t *out_item) {
    if (SCAN_PRUNES) return scan_next_bounded(w, least, out_item);
    while (w->next < w->profile->model->n_items) {
        *out_item = w->next++;
        if (!(w->excluded && w->excluded[*out_item])) return 1;
    }
    return 0;
}

/* Which of n items (NULL: the first n of the catalogue), at most SCAN_SOWN, look best by their rounded
 * vectors, best first: their places among them, at most SCAN_SEEDS. Without those left out, and of the
 * catalogue without what neighbours speak for. Returns how many. out_dots (n): for scan_candidate. */
uint32_t scan_sow(const ampcf_profile *p, const uint32_t *items, uint32_t n, const uint8_t *excluded,
                  int32_t *out_dots, ampcf_ranked *out_seeds);

static inline int scan_is_seed(const ampcf_ranked *seeds, uint32_t n, uint32_t place) {
    for (uint32_t i = 0; i < n; i++)
        if (seeds[i].item == place) return 1;
    return 0;
}

/* Whether a candidate with the dot of scan_sow may have such a score, neighbours included. */
int scan_candidate(const ampcf_profile *p, uint32_t item, int32_t dot, float least);

/* Leaf by leaf: bounds of what each persona has of an item, neighbours included, low (P) and high (P).
 * Returns the bound of the score. */
float scan_parts(const ampcf_profile *p, uint32_t item, float *low, float *high);

/* Whether a score with this bound may be at least `least`. */
int scan_reaches(float bound, float least);

/* The most similar items: bit i = whether item from + i may have a cosine of at least `least` to the vector
 * of form and row; 1 for all where least < 0. */
scan_form scan_direction(const ampcf_model *m, const float *unit, int16_t *out_row);
uint64_t scan_similar(const ampcf_model *m, const scan_form *form, const int16_t *row, uint32_t from,
                      uint32_t n, float least);

#endif
