/* Owns the comparison of bytes. Must stay all that the core would need a C library for: linking one brings
 * wrappers around every export, which pages would download. */
#ifndef AMPCF_BASE_BYTES_H
#define AMPCF_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* As memcmp: below, equal to or above 0. */
static inline int bytes_compare(const void *a, const void *b, size_t n) {
    const uint8_t *p = a, *q = b;
    for (size_t i = 0; i < n; i++)
        if (p[i] != q[i]) return p[i] - q[i];
    return 0;
}

#endif
