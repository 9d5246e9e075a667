/* Owns the checks of the C tests: print file:line and go on; main ends with `return check_report();`,
 * non-zero on any failure. Must not know what is tested. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define CHECK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECK_SANITIZED 1
#endif
#endif
#ifndef CHECK_SANITIZED
#define CHECK_SANITIZED 0
#endif

static unsigned long long check_count, check_failures;

/* True when the failure is worth printing: a broken rule inside a loop must not fill the disk. */
static inline int check_failed(const char *file, int line, const char *text) {
    if (++check_failures > 40) return 0;
    fprintf(stderr, "%s:%d: %s", file, line, text);
    return 1;
}

#define CHECK(cond)                                                                                          \
    do {                                                                                                     \
        check_count++;                                                                                       \
        if (!(cond) && check_failed(__FILE__, __LINE__, #cond)) fprintf(stderr, " is false\n");              \
    } while (0)

/* Integers; `label` says which case of a loop it was. */
#define CHECK_EQ_IN(got, wanted, label)                                                                      \
    do {                                                                                                     \
        unsigned long long check_got = (unsigned long long)(got),                                            \
                           check_wanted = (unsigned long long)(wanted);                                      \
        check_count++;                                                                                       \
        if (check_got != check_wanted && check_failed(__FILE__, __LINE__, #got))                             \
            fprintf(stderr, ": got %llu, wanted %llu (%s)\n", check_got, check_wanted, label);               \
    } while (0)
#define CHECK_EQ(got, wanted) CHECK_EQ_IN(got, wanted, #wanted)

/* |got - wanted| <= tolerance; NaN fails. */
#define CHECK_NEAR(got, wanted, tolerance)                                                                   \
    do {                                                                                                     \
        double check_got = (double)(got), check_wanted = (double)(wanted),                                   \
               check_tolerance = (double)(tolerance);                                                        \
        check_count++;                                                                                       \
        if (!(fabs(check_got - check_wanted) <= check_tolerance) && check_failed(__FILE__, __LINE__, #got))  \
            fprintf(stderr, ": got %.17g, wanted %.17g within %.3g\n", check_got, check_wanted,              \
                    check_tolerance);                                                                        \
    } while (0)

#define CHECK_BYTES(got, wanted, n)                                                                          \
    do {                                                                                                     \
        check_count++;                                                                                       \
        if (memcmp(got, wanted, n) != 0 && check_failed(__FILE__, __LINE__, #got))                           \
            fprintf(stderr, ": bytes differ from " #wanted "\n");                                            \
    } while (0)

static inline int check_report(void) {
    if (check_failures > 40) fprintf(stderr, "... %llu failures in all\n", check_failures);
    printf("%llu checks, %llu failed\n", check_count, check_failures);
    return check_failures == 0 && check_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Memory of exactly n bytes, 16-byte aligned, so that AddressSanitizer sees a read or write one byte past
 * it. */
static inline void *exact(size_t n) {
    void *p = malloc(n > 0 ? n : 1);
    if (!p || ((uintptr_t)p & 15u) != 0) {
        fprintf(stderr, "malloc gave no 16-byte aligned memory\n");
        exit(EXIT_FAILURE);
    }
    return p;
}

static inline void *exact_copy(const void *from, size_t n) {
    void *p = exact(n);
    if (n > 0) memcpy(p, from, n);
    return p;
}

/* xorshift64* (Vigna 2016). */
static inline uint32_t random_u32(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 2685821657736338717ull) >> 32);
}
static inline uint32_t random_below(uint64_t *state, uint32_t n) {
    return (uint32_t)(((uint64_t)random_u32(state) * n) >> 32);
}
static inline float random_float(uint64_t *state, float low, float high) {
    return low + (high - low) * (float)(random_u32(state) >> 8) / 16777216.0f;
}

static inline uint32_t float_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

#endif
