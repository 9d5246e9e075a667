/* Owns the wasm SIMD kernels compiled natively, under names of their own. Must not change them. */
#define kernel_dot_simd128 native_dot_simd128
#define kernel_dots_simd128 native_dots_simd128
#define kernel_add_scaled_simd128 native_add_scaled_simd128
#include "base/kernels_simd128.c"
