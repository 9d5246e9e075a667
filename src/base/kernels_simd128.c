/* Owns the wasm SIMD kernels. Must give the bits of kernels_scalar.c: same partial sums, same tree. */
#include "base/kernels.h"

#if defined(__wasm_simd128__)
#include "base/half.h"
#include "base/quantise.h"

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

void kernel_from_i8_simd128(const int8_t *q, float scale, uint32_t n, float *out) {
    v128_t by = wasm_f32x4_splat(scale);
    uint32_t d = 0;
    for (; n - d >= 4; d += 4) {
        v128_t wide = wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(q + d)));
        wasm_v128_store(out + d, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(wide), by));
    }
    for (; d < n; d++) out[d] = (float)q[d] * scale;
}

void kernel_from_f16_simd128(const uint16_t *h, uint32_t n, float *out) {
    v128_t unbias = wasm_f32x4_splat(HALF_UNBIAS);
    uint32_t d = 0;
    for (; n - d >= 4; d += 4) {
        v128_t half = wasm_u32x4_load16x4(h + d), sign = wasm_v128_and(half, wasm_i32x4_splat(0x8000));
        v128_t x = wasm_f32x4_mul(wasm_i32x4_shl(wasm_v128_xor(half, sign), 13), unbias);
        wasm_v128_store(out + d, wasm_v128_or(x, wasm_i32x4_shl(sign, 16)));
    }
    for (; d < n; d++) out[d] = half_to_f32(h[d]);
}

void kernel_widen_i8_simd128(const int8_t *q, uint32_t n, int16_t *out) {
    uint32_t d = 0;
    for (; n - d >= 8; d += 8) wasm_v128_store(out + d, wasm_i16x8_load8x8(q + d));
    for (; d < n; d++) out[d] = q[d];
}

/* Sixteen elements: eight products of pairs, added to the four sums. */
static inline v128_t step_i8(v128_t sum, v128_t row, v128_t low, v128_t high) {
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(row), low));
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(row), high));
}

/* The sums of two, in halves. */
static inline v128_t fold2(v128_t a, v128_t b) {
    return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5), wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
}

/* The sum of each. */
static inline v128_t fold4(v128_t a, v128_t b, v128_t c, v128_t d) {
    v128_t ab = fold2(a, b), cd = fold2(c, d);
    return wasm_i32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 2, 4, 6), wasm_i32x4_shuffle(ab, cd, 1, 3, 5, 7));
}

static inline int32_t tail_i8(const int8_t *row, const int16_t *q, uint32_t from, uint32_t n) {
    int32_t sum = 0;
    for (; from < n; from++) sum += row[from] * q[from];
    return sum;
}

/* Four rows at a time, so that what is loaded of q serves four; where fewer are left, the last stands in. */
void kernel_i8_dots_simd128(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                            int32_t *out) {
    uint32_t whole = n & ~15u;
    for (uint32_t j = 0; j < m; j += 4) {
        const int8_t *r[4];
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t row = j + i < m ? j + i : m - 1;
            r[i] = rows + (size_t)(at ? at[row] : row) * n;
        }
        v128_t s0 = wasm_i32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (uint32_t d = 0; d < whole; d += 16) {
            v128_t low = wasm_v128_load(q + d), high = wasm_v128_load(q + d + 8);
            s0 = step_i8(s0, wasm_v128_load(r[0] + d), low, high);
            s1 = step_i8(s1, wasm_v128_load(r[1] + d), low, high);
            s2 = step_i8(s2, wasm_v128_load(r[2] + d), low, high);
            s3 = step_i8(s3, wasm_v128_load(r[3] + d), low, high);
        }
        int32_t sums[4];
        wasm_v128_store(sums, fold4(s0, s1, s2, s3));
        for (uint32_t i = 0; i < 4 && j + i < m; i++) out[j + i] = sums[i] + tail_i8(r[i], q, whole, n);
    }
}

static inline v128_t to_i32(const float *x, v128_t by) {
    v128_t v = wasm_v128_load(x), half = wasm_v128_and(v, wasm_f32x4_splat(-0.0f));
    half = wasm_v128_or(half, wasm_f32x4_splat(0.5f));
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(wasm_f32x4_mul(v, by), half));
}

float kernel_to_i8_simd128(const float *x, uint32_t n, int8_t *out) {
    v128_t most = wasm_f32x4_splat(0);
    uint32_t d = 0;
    for (; n - d >= 4; d += 4) most = wasm_f32x4_max(most, wasm_f32x4_abs(wasm_v128_load(x + d)));
    most = wasm_f32x4_max(most, wasm_i32x4_shuffle(most, most, 2, 3, 0, 1));
    most = wasm_f32x4_max(most, wasm_i32x4_shuffle(most, most, 1, 0, 3, 2));
    float largest = quantise_largest(wasm_f32x4_extract_lane(most, 0), x + d, n - d);
    float scale = quantise_scale(largest), by = scale > 0 ? 1 / scale : 0;
    for (d = 0; n - d >= 8; d += 8) {
        v128_t all = wasm_f32x4_splat(by);
        v128_t pair = wasm_i16x8_narrow_i32x4(to_i32(x + d, all), to_i32(x + d + 4, all));
        wasm_v128_store64_lane(out + d, wasm_i8x16_narrow_i16x8(pair, pair), 0);
    }
    for (; d < n; d++) out[d] = quantise_by(x[d], by);
    return scale;
}

/* Four items to a load, so that sums need no reduction. Unrolled by hand: q stays in registers. */
#define LOOK_AT(quad)                                                                                        \
    words = wasm_v128_load(look + ((quad)*LOOK_ITEMS + j) * 2),                                              \
    low = wasm_i32x4_add(low, wasm_i32x4_dot_i16x8(wasm_i16x8_shl(words, 8), low##quad)),                    \
    high = wasm_i32x4_add(high, wasm_i32x4_dot_i16x8(words, high##quad))
#define LOOK_BY(quad)                                                                                        \
    low##quad = wasm_v128_load32_splat(q + 4 * (quad)),                                                      \
    high##quad = wasm_v128_load32_splat(q + 4 * (quad) + 2)
void kernel_look_simd128(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out) {
    v128_t LOOK_BY(0), LOOK_BY(1), LOOK_BY(2), LOOK_BY(3), LOOK_BY(4);
    for (uint32_t j = 0; j < LOOK_ITEMS; j += 4) {
        v128_t low = wasm_v128_load(before + j), high = wasm_i32x4_splat(0), words;
        LOOK_AT(0), LOOK_AT(1), LOOK_AT(2), LOOK_AT(3), LOOK_AT(4);
        wasm_v128_store(out + j, wasm_i32x4_add(low, high));
    }
}

static inline v128_t load_halves(const uint16_t *halves) {
    return wasm_i32x4_shl(wasm_u32x4_load16x4(halves), 16);
}

uint64_t kernel_reach_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    v128_t step = wasm_f32x4_splat(t->step), per_scale = wasm_f32x4_splat(t->per_scale),
           per_length = wasm_f32x4_splat(t->per_length), least = wasm_f32x4_splat(t->least);
    uint64_t reached = 0;
    uint32_t j = 0;
    for (; n - j >= 4; j += 4) {
        v128_t dot = wasm_f32x4_convert_i32x4(wasm_v128_load(r->dots + j));
        v128_t part = wasm_f32x4_mul(wasm_v128_load(r->scales + j),
                                     wasm_f32x4_add(wasm_f32x4_mul(step, dot), per_scale));
        part = wasm_f32x4_add(part, wasm_f32x4_mul(load_halves(r->lengths + j), per_length));
        part = wasm_f32x4_add(part, wasm_v128_load(r->bias + j));
        reached |= (uint64_t)wasm_i32x4_bitmask(wasm_f32x4_ge(part, least)) << j;
    }
    kernel_reach_rows rest = {r->dots + j, r->scales + j, r->bias + j, r->lengths + j};
    return j < n ? reached | kernel_reach_scalar(&rest, n - j, t) << j : reached;
}

/* Four lanes of all ones or none. */
__attribute__((always_inline)) static inline v128_t reaches4(const kernel_reach_rows *r, uint32_t j,
                                                             v128_t step, v128_t per_length, v128_t least) {
    v128_t dot = wasm_f32x4_convert_i32x4(wasm_v128_load(r->dots + j));
    v128_t part = wasm_f32x4_add(wasm_f32x4_mul(step, dot), per_length);
    part = wasm_f32x4_mul(load_halves(r->lengths + j), part);
    return wasm_f32x4_ge(wasm_f32x4_add(part, wasm_v128_load(r->bias + j)), least);
}

/* Sixteen items to a mask. */
uint64_t kernel_reach_look_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    v128_t step = wasm_f32x4_splat(t->step), per_length = wasm_f32x4_splat(t->per_length),
           least = wasm_f32x4_splat(t->least);
    uint64_t reached = 0;
    uint32_t j = 0;
    for (; n - j >= 16; j += 16) {
        v128_t low = wasm_i16x8_narrow_i32x4(reaches4(r, j, step, per_length, least),
                                             reaches4(r, j + 4, step, per_length, least)),
               high = wasm_i16x8_narrow_i32x4(reaches4(r, j + 8, step, per_length, least),
                                              reaches4(r, j + 12, step, per_length, least));
        reached |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(low, high)) << j;
    }
    kernel_reach_rows rest = {r->dots + j, NULL, r->bias + j, r->lengths + j};
    return j < n ? reached | kernel_reach_look_scalar(&rest, n - j, t) << j : reached;
}
#else
typedef int kernels_simd128_not_built; /* ISO C forbids an empty file */
#endif
