/* Owns the hot loops, one signature each, one build of them chosen here. Must not know of models or profiles.
 *
 * Every variant gives the same bits: 16 partial sums (element i goes to sum i mod 16), reduced in one fixed
 * tree, no fused multiply-add (-ffp-contract=off), no relaxed SIMD. */
#ifndef AMPCF_BASE_KERNELS_H
#define AMPCF_BASE_KERNELS_H

#include <stdint.h>

/* Rows of matrices are padded with zeros to this many floats. */
static inline uint32_t kernel_stride(uint32_t dim) { return (dim + 15) & ~15u; }

/* sum_d a[d] b[d];  a (n), b (n). */
float kernel_dot_scalar(const float *a, const float *b, uint32_t n);
float kernel_dot_simd128(const float *a, const float *b, uint32_t n);

/* out[k] = sum_d u[k, d] v[d];  u (m, stride) with zeros from n to the next multiple of 16, v (n), out (m).
 * Each out[k] has
 * the bits of kernel_dot(u[k], v, n). */
void kernel_dots_scalar(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n, float *out);
void kernel_dots_simd128(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n, float *out);

/* sum[d] += w x[d];  sum (n), x (n). */
void kernel_add_scaled_scalar(float *sum, float w, const float *x, uint32_t n);
void kernel_add_scaled_simd128(float *sum, float w, const float *x, uint32_t n);

#if defined(__wasm_simd128__) && !defined(AMPCF_SCALAR)
#define kernel_dot kernel_dot_simd128
#define kernel_dots kernel_dots_simd128
#define kernel_add_scaled kernel_add_scaled_simd128
#else
#define kernel_dot kernel_dot_scalar
#define kernel_dots kernel_dots_scalar
#define kernel_add_scaled kernel_add_scaled_scalar
#endif

#endif
