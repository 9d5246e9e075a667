/* Owns reading IEEE halves, and upper halves of singles. Must not refuse any: infinities and NaN are the
 * loader's to refuse. */
#ifndef AMPCF_BASE_HALF_H
#define AMPCF_BASE_HALF_H

#include <stdint.h>
#include <string.h>

/* 2^112 moves the exponent's bias from 15 to 127. */
#define HALF_UNBIAS 5192296858534827628530496329220096.0f

static inline float half_to_f32(uint16_t half) {
    uint32_t bits = (half & 0x7FFFu) << 13;
    float x;
    memcpy(&x, &bits, sizeof x);
    x *= HALF_UNBIAS;
    return half & 0x8000u ? -x : x;
}

static inline float upper_half_to_f32(uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x >= 0, rounded up. */
static inline uint16_t upper_half_above(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0xFFFFu) >> 16);
}

#endif
