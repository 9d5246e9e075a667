/* Owns the wasm SIMD kernels compiled natively, under names of their own. Must not change them. */
#define kernel_dot_simd128 native_dot_simd128
#define kernel_dots_simd128 native_dots_simd128
#define kernel_add_scaled_simd128 native_add_scaled_simd128
#define kernel_from_i8_simd128 native_from_i8_simd128
#define kernel_from_f16_simd128 native_from_f16_simd128
#define kernel_to_i8_simd128 native_to_i8_simd128
#define kernel_widen_i8_simd128 native_widen_i8_simd128
#define kernel_i8_dots_simd128 native_i8_dots_simd128
#define kernel_look_simd128 native_look_simd128
#define kernel_reach_simd128 native_reach_simd128
#define kernel_reach_look_simd128 native_reach_look_simd128
#include "base/kernels_simd128.c"
