/* Owns the choice of the k best of many, ties towards the lower item. Must not know what a score means. */
#ifndef AMPCF_BASE_BEST_H
#define AMPCF_BASE_BEST_H

#include <stdint.h>

/* The k best so far as a heap with the worst on top; items, scores and owners are the caller's output
 * arrays. An owner goes along with its item; owners NULL = nobody asks. */
typedef struct best_list {
    uint32_t *items;
    float *scores;
    uint32_t *owners;
    uint32_t n, k;
} best_list;

typedef struct best_entry {
    float score;
    uint32_t item, owner;
} best_entry;

static inline best_entry best_at(const best_list *b, uint32_t at) {
    return (best_entry){b->scores[at], b->items[at], b->owners ? b->owners[at] : 0};
}

static inline void best_put(best_list *b, uint32_t at, best_entry e) {
    b->scores[at] = e.score;
    b->items[at] = e.item;
    if (b->owners) b->owners[at] = e.owner;
}

static inline int best_is_worse(best_entry e, best_entry than) {
    return e.score < than.score || (e.score == than.score && e.item > than.item);
}

static inline void best_sift_down(best_list *b, uint32_t n, best_entry e) {
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= n) break;
        if (child + 1 < n && best_is_worse(best_at(b, child + 1), best_at(b, child))) child++;
        if (!best_is_worse(best_at(b, child), e)) break;
        best_put(b, at, best_at(b, child));
        at = child;
    }
    best_put(b, at, e);
}

/* Whether an item would be among the k best. */
static inline int best_takes(const best_list *b, float score, uint32_t item) {
    return b->n < b->k || (b->k > 0 && best_is_worse(best_at(b, 0), (best_entry){score, item, 0}));
}

/* Add an item that best_takes says yes to. */
static inline void best_add(best_list *b, best_entry e) {
    if (b->n == b->k) {
        best_sift_down(b, b->n, e);
        return;
    }
    uint32_t at = b->n++;
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (!best_is_worse(e, best_at(b, parent))) break;
        best_put(b, at, best_at(b, parent));
        at = parent;
    }
    best_put(b, at, e);
}

static inline void best_offer(best_list *b, float score, uint32_t item) {
    if (best_takes(b, score, item)) best_add(b, (best_entry){score, item, 0});
}

/* Heap to list, best first. */
static inline uint32_t best_finish(best_list *b) {
    for (uint32_t end = b->n; end > 1;) {
        best_entry last = best_at(b, --end);
        best_put(b, end, best_at(b, 0));
        best_sift_down(b, end, last);
    }
    return b->n;
}

#endif
