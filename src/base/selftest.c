/* Owns the known-answer test of the kernels. Must cover every kernel that scoring uses, tails included. */
#include "ampcf.h"
#include "base/kernels.h"
#include "base/smath.h"

#include <string.h>

enum { DIM = 37, STRIDE = 48, VECTORS = 3 };

static float next_value(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes' LCG */
    return (float)(int32_t)*state / 2147483648.0f;
}

static uint32_t mix(uint32_t hash, float value) { /* FNV-1a over the bytes of the result */
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; i++) hash = (hash ^ (bits >> (8 * i) & 255u)) * 16777619u;
    return hash;
}

uint32_t ampcf_self_test(void) {
    float u[VECTORS * STRIDE] = {0}, v[DIM], out[VECTORS];
    uint32_t state = 1, hash = 2166136261u;
    for (int k = 0; k < VECTORS; k++)
        for (int d = 0; d < DIM; d++) u[k * STRIDE + d] = next_value(&state);
    for (int d = 0; d < DIM; d++) v[d] = next_value(&state);
    for (uint32_t n = 1; n <= DIM; n++) {
        for (int k = 0; k < VECTORS; k++)
            if (n < DIM) memset(u + k * STRIDE + n, 0, (STRIDE - n) * sizeof *u);
        hash = mix(hash, kernel_dot(u, v, n));
        kernel_dots(u, VECTORS, STRIDE, v, n, out);
        for (int k = 0; k < VECTORS; k++) hash = mix(hash, smath_exp_f32(out[k]));
        kernel_add_scaled(u, out[0], v, n);
        for (uint32_t d = 0; d < n; d++) hash = mix(hash, u[d]);
        for (int k = 0; k < VECTORS; k++)
            for (int d = 0; d < DIM; d++) u[k * STRIDE + d] = next_value(&state);
    }
    return hash;
}
