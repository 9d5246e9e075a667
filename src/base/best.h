/* Owns the choice of the k best of many, ties towards the lower item. Must not know what a score means. */
#ifndef AMPCF_BASE_BEST_H
#define AMPCF_BASE_BEST_H

#include "ampcf.h"

/* The k best so far as a heap with the worst on top, in the caller's output array. */
typedef struct best_list {
    ampcf_ranked *entries;
    uint32_t n, k;
} best_list;

static inline int best_is_worse(const ampcf_ranked *e, const ampcf_ranked *than) {
    return e->score < than->score || (e->score == than->score && e->item > than->item);
}

static inline void best_sift_down(best_list *b, uint32_t n, ampcf_ranked e) {
    uint32_t at = 0;
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && best_is_worse(&b->entries[child + 1], &b->entries[child])) child++;
        if (!best_is_worse(&b->entries[child], &e)) break;
        b->entries[at] = b->entries[child];
    }
    b->entries[at] = e;
}

static inline void best_offer(best_list *b, ampcf_ranked e) {
    if (b->n == b->k) {
        if (b->k > 0 && best_is_worse(&b->entries[0], &e)) best_sift_down(b, b->n, e);
        return;
    }
    uint32_t at = b->n++;
    for (uint32_t parent; at > 0 && best_is_worse(&e, &b->entries[parent = (at - 1) / 2]); at = parent)
        b->entries[at] = b->entries[parent];
    b->entries[at] = e;
}

/* Heap to list, best first. */
static inline uint32_t best_finish(best_list *b) {
    for (uint32_t end = b->n; end > 1;) {
        ampcf_ranked last = b->entries[--end];
        b->entries[end] = b->entries[0];
        best_sift_down(b, end, last);
    }
    return b->n;
}

#endif
