/* Owns the choice of the k best of many, ties towards the lower item. Must not know what a score means. */
#ifndef AMPCF_BASE_BEST_H
#define AMPCF_BASE_BEST_H

#include <stdint.h>

/* The k best so far as a heap with the worst on top; items and scores are the caller's output arrays. */
typedef struct best_list {
    uint32_t *items;
    float *scores;
    uint32_t n, k;
} best_list;

static inline int best_is_worse(float score, uint32_t item, float than_score, uint32_t than_item) {
    return score < than_score || (score == than_score && item > than_item);
}

static inline void best_sift_down(best_list *b, uint32_t n, float score, uint32_t item) {
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n &&
            best_is_worse(b->scores[child + 1], b->items[child + 1], b->scores[child], b->items[child]))
            child++;
        if (!best_is_worse(b->scores[child], b->items[child], score, item)) break;
        b->scores[at] = b->scores[child];
        b->items[at] = b->items[child];
        at = child;
    }
    b->scores[at] = score;
    b->items[at] = item;
}

static inline void best_offer(best_list *b, float score, uint32_t item) {
    if (b->n == b->k) {
        if (b->k > 0 && best_is_worse(b->scores[0], b->items[0], score, item))
            best_sift_down(b, b->n, score, item);
        return;
    }
    uint32_t at = b->n++;
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (!best_is_worse(score, item, b->scores[parent], b->items[parent])) break;
        b->scores[at] = b->scores[parent];
        b->items[at] = b->items[parent];
        at = parent;
    }
    b->scores[at] = score;
    b->items[at] = item;
}

/* Heap to list, best first. */
static inline uint32_t best_finish(best_list *b) {
    for (uint32_t end = b->n; end > 1;) {
        end--;
        float score = b->scores[end];
        uint32_t item = b->items[end];
        b->scores[end] = b->scores[0];
        b->items[end] = b->items[0];
        best_sift_down(b, end, score, item);
    }
    return b->n;
}

#endif
