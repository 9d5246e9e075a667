/* Owns the wasm SIMD kernels. Must give the bits of kernels_scalar.c: same partial sums, same tree. */
#include "base/kernels.h"

#if defined(__wasm_simd128__)
#include <string.h>
#include <wasm_simd128.h>

static inline float reduce16(v128_t s0, v128_t s1, v128_t s2, v128_t s3) {
    v128_t lane = wasm_f32x4_add(wasm_f32x4_add(s0, s1), wasm_f32x4_add(s2, s3));
    return (wasm_f32x4_extract_lane(lane, 0) + wasm_f32x4_extract_lane(lane, 1)) +
           (wasm_f32x4_extract_lane(lane, 2) + wasm_f32x4_extract_lane(lane, 3));
}

static inline v128_t step(v128_t s, const float *a, const float *b) {
    return wasm_f32x4_add(s, wasm_f32x4_mul(wasm_v128_load(a), wasm_v128_load(b)));
}

/* A partial sum starts at +0 and can never become -0, so adding the products of zero padding changes no bit.
 * */
static inline const float *padded_tail(float *pad, const float *from, uint32_t n) {
    memset(pad, 0, 16 * sizeof *pad);
    memcpy(pad, from, n * sizeof *pad);
    return pad;
}

float kernel_dot_simd128(const float *a, const float *b, uint32_t n) {
    v128_t s0 = wasm_f32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
    float pad_a[16], pad_b[16];
    for (uint32_t i = 0; i < n; i += 16) {
        const float *x = a + i, *y = b + i;
        if (n - i < 16) x = padded_tail(pad_a, x, n - i), y = padded_tail(pad_b, y, n - i);
        s0 = step(s0, x, y);
        s1 = step(s1, x + 4, y + 4);
        s2 = step(s2, x + 8, y + 8);
        s3 = step(s3, x + 12, y + 12);
    }
    return reduce16(s0, s1, s2, s3);
}

/* Two vectors at a time: eight partial-sum registers and four of v fit the sixteen that an x86 engine has. */
static inline void dots2(const float *u, const float *w, const float *v, const float *pad, uint32_t n,
                         float *out) {
    v128_t a0 = wasm_f32x4_splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (uint32_t i = 0; i < n; i += 16) {
        const float *y = n - i < 16 ? pad : v + i;
        v128_t y0 = wasm_v128_load(y), y1 = wasm_v128_load(y + 4), y2 = wasm_v128_load(y + 8),
               y3 = wasm_v128_load(y + 12);
        a0 = wasm_f32x4_add(a0, wasm_f32x4_mul(wasm_v128_load(u + i), y0));
        b0 = wasm_f32x4_add(b0, wasm_f32x4_mul(wasm_v128_load(w + i), y0));
        a1 = wasm_f32x4_add(a1, wasm_f32x4_mul(wasm_v128_load(u + i + 4), y1));
        b1 = wasm_f32x4_add(b1, wasm_f32x4_mul(wasm_v128_load(w + i + 4), y1));
        a2 = wasm_f32x4_add(a2, wasm_f32x4_mul(wasm_v128_load(u + i + 8), y2));
        b2 = wasm_f32x4_add(b2, wasm_f32x4_mul(wasm_v128_load(w + i + 8), y2));
        a3 = wasm_f32x4_add(a3, wasm_f32x4_mul(wasm_v128_load(u + i + 12), y3));
        b3 = wasm_f32x4_add(b3, wasm_f32x4_mul(wasm_v128_load(w + i + 12), y3));
    }
    out[0] = reduce16(a0, a1, a2, a3);
    out[1] = reduce16(b0, b1, b2, b3);
}

void kernel_dots_simd128(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n,
                         float *out) {
    float pad[16];
    uint32_t k = 0;
    if (n % 16 != 0) (void)padded_tail(pad, v + (n - n % 16), n % 16);
    for (; m - k >= 2; k += 2)
        dots2(u + (size_t)k * stride, u + ((size_t)k + 1) * stride, v, pad, n, out + k);
    if (k < m) out[k] = kernel_dot_simd128(u + (size_t)k * stride, v, n);
}

void kernel_add_scaled_simd128(float *sum, float w, const float *x, uint32_t n) {
    uint32_t i = 0;
    for (; n - i >= 4; i += 4)
        wasm_v128_store(sum + i, wasm_f32x4_add(wasm_v128_load(sum + i),
                                                wasm_f32x4_mul(wasm_f32x4_splat(w), wasm_v128_load(x + i))));
    for (; i < n; i++) sum[i] += w * x[i];
}
#else
typedef int kernels_simd128_not_built; /* ISO C forbids an empty file */
#endif
