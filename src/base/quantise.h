/* Owns rounding numbers to int8 with one scale for many. Must give the bits of the same division everywhere.
 * */
#ifndef AMPCF_BASE_QUANTISE_H
#define AMPCF_BASE_QUANTISE_H

#include <stdint.h>

/* The scale by which the largest magnitude becomes 127; 0 when that would be a denormal. */
static inline float quantise_scale(float largest) {
    float scale = largest / 127;
    return scale >= 1.17549435e-38f ? scale : 0;
}

/* Nearest multiple of the scale, -127 to 127; |x| at most about 127 scales. */
static inline int8_t quantise(float x, float scale) {
    float q = scale > 0 ? x / scale : 0;
    int nearest = (int)(q + (q < 0 ? -0.5f : 0.5f));
    return (int8_t)(nearest > 127 ? 127 : nearest < -127 ? -127 : nearest);
}

/* Largest magnitude of x (n), and of what was found before. */
static inline float quantise_largest(float before, const float *x, uint32_t n) {
    for (uint32_t d = 0; d < n; d++) {
        float size = x[d] < 0 ? -x[d] : x[d];
        if (size > before) before = size;
    }
    return before;
}

/* By 1 / scale, or 0: faster than a division, and at most .501 scales from x. */
static inline int8_t quantise_by(float x, float by) { return (int8_t)(x * by + (x < 0 ? -0.5f : 0.5f)); }

#endif
