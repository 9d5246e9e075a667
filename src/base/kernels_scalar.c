/* Owns the portable kernels: the definition of the right answer. Must not use intrinsics. */
#include "base/kernels.h"

#include "base/half.h"
#include "base/quantise.h"

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

void kernel_from_i8_scalar(const int8_t *q, float scale, uint32_t n, float *out) {
    for (uint32_t d = 0; d < n; d++) out[d] = (float)q[d] * scale;
}

void kernel_from_f16_scalar(const uint16_t *h, uint32_t n, float *out) {
    for (uint32_t d = 0; d < n; d++) out[d] = half_to_f32(h[d]);
}

float kernel_to_i8_scalar(const float *x, uint32_t n, int8_t *out) {
    float scale = quantise_scale(quantise_largest(0, x, n)), by = scale > 0 ? 1 / scale : 0;
    for (uint32_t d = 0; d < n; d++) out[d] = quantise_by(x[d], by);
    return scale;
}

void kernel_widen_i8_scalar(const int8_t *q, uint32_t n, int16_t *out) {
    for (uint32_t d = 0; d < n; d++) out[d] = q[d];
}

void kernel_i8_dots_scalar(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                           int32_t *out) {
    for (uint32_t j = 0; j < m; j++) {
        const int8_t *row = rows + (size_t)(at ? at[j] : j) * n;
        int32_t sum = 0;
        for (uint32_t d = 0; d < n; d++) sum += row[d] * q[d];
        out[j] = sum;
    }
}

void kernel_look_scalar(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out) {
    for (uint32_t j = 0; j < LOOK_ITEMS; j++) {
        int32_t sum = before[j];
        for (uint32_t d = 0; d < LOOK_DIM; d += 4) {
            const int16_t *pair = look + (d / 4 * LOOK_ITEMS + j) * 2;
            sum += 256 * ((int8_t)pair[0] * q[d] + (int8_t)pair[1] * q[d + 1]);
            sum += pair[0] * q[d + 2] + pair[1] * q[d + 3];
        }
        out[j] = sum;
    }
}

uint64_t kernel_reach_scalar(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    uint64_t reached = 0;
    for (uint32_t j = 0; j < n; j++) {
        float part = r->scales[j] * (t->step * (float)r->dots[j] + t->per_scale);
        part += upper_half_to_f32(r->lengths[j]) * t->per_length;
        reached |= (uint64_t)(part + r->bias[j] >= t->least) << j;
    }
    return reached;
}

uint64_t kernel_reach_look_scalar(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    uint64_t reached = 0;
    for (uint32_t j = 0; j < n; j++) {
        float part = upper_half_to_f32(r->lengths[j]) * (t->step * (float)r->dots[j] + t->per_length);
        reached |= (uint64_t)(part + r->bias[j] >= t->least) << j;
    }
    return reached;
}
