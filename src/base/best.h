/* Owns the choice of the k best of many, ties towards the lower item. Must not know what a score means. */
#ifndef AMPCF_BASE_BEST_H
#define AMPCF_BASE_BEST_H

#include "ampcf.h"

/* Above every score. */
#define HUGE_SCORE 3e38f

/* The k best so far as a heap with the worst on top, in the caller's output array. */
typedef struct best_list {
    ampcf_ranked *entries;
    uint32_t n, k;
} best_list;

static inline int best_is_worse(const ampcf_ranked *e, const ampcf_ranked *than) {
    return e->score < than->score || (e->score == than->score && e->item > than->item);
}

static inline void best_sift_down(best_list *b, uint32_t at, uint32_t n, const ampcf_ranked *e) {
    ampcf_ranked moved = *e;
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && best_is_worse(&b->entries[child + 1], &b->entries[child])) child++;
        if (!best_is_worse(&b->entries[child], &moved)) break;
        b->entries[at] = b->entries[child];
    }
    b->entries[at] = moved;
}

static inline void best_heap(best_list *b) {
    for (uint32_t at = b->n / 2; at-- > 0;) best_sift_down(b, at, b->n, &b->entries[at]);
}

/* Whether an entry is among the k best so far, by its item and score. */
static inline int best_takes(const best_list *b, const ampcf_ranked *e) {
    return b->n < b->k || (b->k > 0 && best_is_worse(b->entries, e));
}

/* Nothing with a lower score is taken; -HUGE_SCORE while they are not k. */
static inline float best_least(const best_list *b) {
    return b->n < b->k ? -HUGE_SCORE : b->k > 0 ? b->entries[0].score : HUGE_SCORE;
}

/* An entry that best_takes. They are a heap once they are k. */
static inline void best_add(best_list *b, const ampcf_ranked *e) {
    if (b->n == b->k) {
        best_sift_down(b, 0, b->n, e);
        return;
    }
    b->entries[b->n++] = *e;
    if (b->n == b->k) best_heap(b);
}

static inline void best_offer(best_list *b, ampcf_ranked e) {
    if (best_takes(b, &e)) best_add(b, &e);
}

/* Heap to list, best first. */
static inline uint32_t best_finish(best_list *b) {
    best_heap(b);
    for (uint32_t end = b->n; end > 1;) {
        ampcf_ranked last = b->entries[--end];
        b->entries[end] = b->entries[0];
        best_sift_down(b, 0, end, &last);
    }
    return b->n;
}

#endif
