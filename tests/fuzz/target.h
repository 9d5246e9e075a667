/* Owns what every fuzz target shares: the entry that libFuzzer and driver.c call, and the check that ends the
 * process. Must not know a target. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* A broken promise stops everything, so that the driver keeps the input. */
#define MUST(cond)                                                                                           \
    do {                                                                                                     \
        if (!(cond)) fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #cond), abort();            \
    } while (0)

/* FNV-1a, 64 bits. */
static inline void hash_bytes(uint64_t *hash, const void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) *hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211ull;
}
static const uint64_t hash_start = 14695981039346656037ull;

#endif
