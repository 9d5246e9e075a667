/* Owns the portable kernels: the definition of the right answer. Must not use intrinsics. */
#include "base/kernels.h"

static float reduce16(const float s[16]) {
    float lane[4];
    for (int l = 0; l < 4; l++) lane[l] = (s[l] + s[4 + l]) + (s[8 + l] + s[12 + l]);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

float kernel_dot_scalar(const float *a, const float *b, uint32_t n) {
    float s[16] = {0};
    uint32_t i = 0;
    for (; n - i >= 16; i += 16)
        for (uint32_t l = 0; l < 16; l++) s[l] += a[i + l] * b[i + l];
    for (uint32_t l = 0; i + l < n; l++) s[l] += a[i + l] * b[i + l];
    return reduce16(s);
}

void kernel_dots_scalar(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n, float *out) {
    for (uint32_t k = 0; k < m; k++) out[k] = kernel_dot_scalar(u + (uint64_t)k * stride, v, n);
}

void kernel_add_scaled_scalar(float *sum, float w, const float *x, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) sum[i] += w * x[i];
}
