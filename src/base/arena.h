/* Owns the carving of caller memory into aligned arrays: one layout function serves both to measure and to
 * place. Must not allocate. */
#ifndef AMPCF_BASE_ARENA_H
#define AMPCF_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define ARENA_ALIGN 16u

/* With base NULL the arena only measures; `used` is the answer. `full` is sticky. */
typedef struct arena {
    unsigned char *base;
    size_t cap, used;
    int full;
} arena;

static inline arena arena_over(void *memory, size_t bytes) {
    arena a = {(unsigned char *)memory, bytes, 0, ((uintptr_t)memory & (ARENA_ALIGN - 1)) != 0};
    return a;
}

static inline arena arena_measure(void) {
    arena a = {NULL, SIZE_MAX, 0, 0};
    return a;
}

static inline void *arena_take(arena *a, size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - ARENA_ALIGN) / size) a->full = 1;
    if (a->full) return NULL;
    size_t bytes = (count * size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
    if (bytes > a->cap - a->used) {
        a->full = 1;
        return NULL;
    }
    void *at = a->base ? a->base + a->used : NULL;
    a->used += bytes;
    return at;
}

#endif
