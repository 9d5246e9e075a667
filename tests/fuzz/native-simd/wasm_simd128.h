/* Owns the wasm SIMD intrinsics that src/base/kernels_simd128.c uses, as vectors of the native compiler, so
 * that the file runs under sanitizers. Must do lane by lane what wasm does: IEEE single, nothing
 * contracted. */
#ifndef NATIVE_WASM_SIMD128_H
#define NATIVE_WASM_SIMD128_H

#include <stdint.h>
#include <string.h>

typedef float v128_t __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef int16_t i16x8 __attribute__((vector_size(16)));
typedef int8_t i8x16 __attribute__((vector_size(16)));

static inline v128_t wasm_v128_load(const void *from) {
    v128_t v;
    memcpy(&v, from, sizeof v);
    return v;
}
static inline void wasm_v128_store(void *to, v128_t v) { memcpy(to, &v, sizeof v); }
static inline v128_t wasm_f32x4_splat(float x) { return (v128_t){x, x, x, x}; }
static inline v128_t wasm_f32x4_add(v128_t a, v128_t b) { return a + b; }
static inline v128_t wasm_f32x4_mul(v128_t a, v128_t b) { return a * b; }
static inline v128_t wasm_f32x4_abs(v128_t a) {
    for (int l = 0; l < 4; l++) a[l] = a[l] < 0 ? -a[l] : a[l];
    return a;
}
static inline v128_t wasm_f32x4_max(v128_t a, v128_t b) {
    for (int l = 0; l < 4; l++) a[l] = a[l] > b[l] ? a[l] : b[l];
    return a;
}
static inline v128_t wasm_f32x4_ge(v128_t a, v128_t b) { return (v128_t)(a >= b); }
static inline v128_t wasm_f32x4_convert_i32x4(v128_t a) { return __builtin_convertvector((i32x4)a, v128_t); }
#define wasm_f32x4_extract_lane(v, lane) ((v)[lane])

static inline v128_t wasm_v128_and(v128_t a, v128_t b) { return (v128_t)((i32x4)a & (i32x4)b); }
static inline v128_t wasm_v128_or(v128_t a, v128_t b) { return (v128_t)((i32x4)a | (i32x4)b); }
static inline v128_t wasm_v128_xor(v128_t a, v128_t b) { return (v128_t)((i32x4)a ^ (i32x4)b); }
static inline v128_t wasm_v128_load32_zero(const void *from) {
    i32x4 v = {0};
    memcpy(&v, from, 4);
    return (v128_t)v;
}
static inline void wasm_v128_store64_lane(void *to, v128_t v, int lane) {
    memcpy(to, (const char *)&v + 8 * lane, 8);
}

static inline v128_t wasm_i32x4_splat(int32_t x) { return (v128_t)(i32x4){x, x, x, x}; }
static inline v128_t wasm_v128_load32_splat(const void *from) {
    int32_t x;
    memcpy(&x, from, sizeof x);
    return wasm_i32x4_splat(x);
}
static inline v128_t wasm_i32x4_add(v128_t a, v128_t b) { return (v128_t)((i32x4)a + (i32x4)b); }
static inline v128_t wasm_i32x4_shl(v128_t a, int by) {
    uint32_t v[4];
    memcpy(v, &a, sizeof v);
    for (int l = 0; l < 4; l++) v[l] <<= by;
    return wasm_v128_load(v);
}
static inline v128_t wasm_i32x4_shuffle(v128_t a, v128_t b, int i, int j, int k, int l) {
    v128_t both[2] = {a, b};
    return (v128_t){both[i / 4][i % 4], both[j / 4][j % 4], both[k / 4][k % 4], both[l / 4][l % 4]};
}
#define wasm_i32x4_extract_lane(v, lane) (((i32x4)(v))[lane])
static inline int wasm_i32x4_bitmask(v128_t a) {
    int mask = 0;
    for (int l = 0; l < 4; l++) mask |= (((i32x4)a)[l] < 0) << l;
    return mask;
}
static inline int wasm_i8x16_bitmask(v128_t a) {
    int mask = 0;
    for (int l = 0; l < 16; l++) mask |= (((i8x16)a)[l] < 0) << l;
    return mask;
}
static inline v128_t wasm_i32x4_trunc_sat_f32x4(v128_t a) {
    i32x4 v;
    for (int l = 0; l < 4; l++)
        v[l] = !(a[l] == a[l])          ? 0
               : a[l] >= 2147483648.0f  ? INT32_MAX
               : a[l] <= -2147483648.0f ? INT32_MIN
                                        : (int32_t)a[l];
    return (v128_t)v;
}
static inline v128_t wasm_i32x4_dot_i16x8(v128_t a, v128_t b) {
    i32x4 v;
    for (int l = 0; l < 4; l++)
        v[l] = ((i16x8)a)[2 * l] * ((i16x8)b)[2 * l] + ((i16x8)a)[2 * l + 1] * ((i16x8)b)[2 * l + 1];
    return (v128_t)v;
}
static inline v128_t wasm_i32x4_extend_low_i16x8(v128_t a) {
    i32x4 v;
    for (int l = 0; l < 4; l++) v[l] = ((i16x8)a)[l];
    return (v128_t)v;
}
static inline v128_t wasm_u32x4_load16x4(const void *from) {
    uint16_t half[4];
    i32x4 v;
    memcpy(half, from, sizeof half);
    for (int l = 0; l < 4; l++) v[l] = half[l];
    return (v128_t)v;
}

static inline v128_t wasm_i16x8_extend_low_i8x16(v128_t a) {
    i16x8 v;
    for (int l = 0; l < 8; l++) v[l] = ((i8x16)a)[l];
    return (v128_t)v;
}
static inline v128_t wasm_i16x8_extend_high_i8x16(v128_t a) {
    i16x8 v;
    for (int l = 0; l < 8; l++) v[l] = ((i8x16)a)[8 + l];
    return (v128_t)v;
}
static inline v128_t wasm_i16x8_shl(v128_t a, int by) {
    uint16_t v[8];
    memcpy(v, &a, sizeof v);
    for (int l = 0; l < 8; l++) v[l] = (uint16_t)(v[l] << by);
    return wasm_v128_load(v);
}
static inline v128_t wasm_i16x8_load8x8(const void *from) {
    i8x16 v = {0};
    memcpy(&v, from, 8);
    return wasm_i16x8_extend_low_i8x16((v128_t)v);
}
static inline int saturated(int x, int most) { return x > most ? most : x < -most - 1 ? -most - 1 : x; }
static inline v128_t wasm_i16x8_narrow_i32x4(v128_t a, v128_t b) {
    i16x8 v;
    for (int l = 0; l < 4; l++) {
        v[l] = (int16_t)saturated(((i32x4)a)[l], INT16_MAX);
        v[4 + l] = (int16_t)saturated(((i32x4)b)[l], INT16_MAX);
    }
    return (v128_t)v;
}
static inline v128_t wasm_i8x16_narrow_i16x8(v128_t a, v128_t b) {
    i8x16 v;
    for (int l = 0; l < 8; l++) {
        v[l] = (int8_t)saturated(((i16x8)a)[l], INT8_MAX);
        v[8 + l] = (int8_t)saturated(((i16x8)b)[l], INT8_MAX);
    }
    return (v128_t)v;
}

#endif
