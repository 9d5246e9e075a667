/* Owns the UTF-8 check (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF), which also refuses
 * NUL, so that text can be handed to C. Must not read past the length. */
#ifndef AMPCF_BASE_UTF8_H
#define AMPCF_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

static inline int utf8_is_valid(const char *text, size_t n_bytes) {
    const uint8_t *s = (const uint8_t *)text;
    size_t i = 0;
    while (i < n_bytes) {
        uint8_t c = s[i++];
        if (c > 0 && c < 0x80) continue;
        size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
        if (c < 0xC2 || c > 0xF4 || n_bytes - i < more) return 0;
        uint8_t low = c == 0xE0   ? 0xA0
                      : c == 0xF0 ? 0x90
                                  : 0x80,
                high = c == 0xED   ? 0x9F
                       : c == 0xF4 ? 0x8F
                                   : 0xBF;
        if (s[i] < low || s[i] > high) return 0;
        for (size_t m = 1; m < more; m++)
            if ((s[i + m] & 0xC0) != 0x80) return 0;
        i += more;
    }
    return 1;
}

#endif
