/* Owns the wasm SIMD intrinsics that src/base/kernels_simd128.c uses, as vectors of the native compiler, so
 * that the file runs under sanitizers. Must do lane by lane what wasm does: IEEE single, nothing
 * contracted. */
#ifndef NATIVE_WASM_SIMD128_H
#define NATIVE_WASM_SIMD128_H

#include <string.h>

typedef float v128_t __attribute__((vector_size(16)));

static inline v128_t wasm_v128_load(const void *from) {
    v128_t v;
    memcpy(&v, from, sizeof v);
    return v;
}
static inline void wasm_v128_store(void *to, v128_t v) { memcpy(to, &v, sizeof v); }
static inline v128_t wasm_f32x4_splat(float x) { return (v128_t){x, x, x, x}; }
static inline v128_t wasm_f32x4_add(v128_t a, v128_t b) { return a + b; }
static inline v128_t wasm_f32x4_mul(v128_t a, v128_t b) { return a * b; }
#define wasm_f32x4_extract_lane(v, lane) ((v)[lane])

#endif
