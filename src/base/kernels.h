/* Owns the hot loops, one signature each, one build of them chosen here. Must not know of models or profiles.
 *
 * Every variant gives the same bits: 16 partial sums (element i goes to sum i mod 16), reduced in one fixed
 * tree, no fused multiply-add (-ffp-contract=off). Relaxed SIMD is not used: its multiply-add rounds once on
 * one machine and twice on another, and its int8 products saturate on some, so that a ranking would depend
 * on the device. */
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

/* out[d] = scale q[d];  q (n), out (n). */
void kernel_from_i8_scalar(const int8_t *q, float scale, uint32_t n, float *out);
void kernel_from_i8_simd128(const int8_t *q, float scale, uint32_t n, float *out);

/* out[d] = the single of a finite half;  h (n), out (n). */
void kernel_from_f16_scalar(const uint16_t *h, uint32_t n, float *out);
void kernel_from_f16_simd128(const uint16_t *h, uint32_t n, float *out);

/* out[d] = x[d] / scale rounded to -127 to 127, at most .501 scale away;  x (n), out (n). Returns the scale,
 * 0 and zeros where it would be denormal. */
float kernel_to_i8_scalar(const float *x, uint32_t n, int8_t *out);
float kernel_to_i8_simd128(const float *x, uint32_t n, int8_t *out);

/* out[d] = q[d];  q (n), out (n). */
void kernel_widen_i8_scalar(const int8_t *q, uint32_t n, int16_t *out);
void kernel_widen_i8_simd128(const int8_t *q, uint32_t n, int16_t *out);

/* out[j] = sum_d rows[at[j], d] q[d];  rows (any, n), at (m) or NULL: 0 to m - 1, q (n), out (m),
 * 127 sum_d |q[d]| < 2^31: integers, so exact in any order. */
void kernel_i8_dots_scalar(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                           int32_t *out);
void kernel_i8_dots_simd128(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                            int32_t *out);

/* Four numbers of each of 64 items, then the next four of all, as two words of 16 bits an item. A word counts
 * twice: as it is, and by its low byte l with its sign. So word = 256 h is what a number h is rounded to,
 * with the fraction that the low byte happens to be, and no byte has to be taken out of a word. */
enum { LOOK_DIM = 20, LOOK_ITEMS = 64, LOOK_MOST = 65535 / (2 * LOOK_DIM) };

/* out[j] = before[j] + sum_w 256 l(look[w / 2, j, w mod 2]) q[w / 2, 0, w mod 2]
 *                    + look[w / 2, j, w mod 2] q[w / 2, 1, w mod 2],
 * words w < LOOK_DIM / 2;  look (LOOK_DIM / 4, 64, 2), q (LOOK_DIM / 4, 2, 2) of at most LOOK_MOST, so that
 * two looks stay below 2^31, before (64) which may be out, out (64). */
void kernel_look_scalar(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out);
void kernel_look_simd128(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out);

/* Which items may reach least;  n <= 64, lengths are upper halves of singles. */
typedef struct kernel_reach_rows {
    const int32_t *dots;
    const float *scales, *bias; /* reach_look reads no scales */
    const uint16_t *lengths;
} kernel_reach_rows;
typedef struct kernel_reach_terms {
    float step, per_scale, per_length, least;
} kernel_reach_terms;

/* Bit j = whether scales[j] (step dots[j] + per_scale) + lengths[j] per_length + bias[j] does. */
uint64_t kernel_reach_scalar(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);
uint64_t kernel_reach_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);

/* Bit j = whether lengths[j] (step dots[j] + per_length) + bias[j] does. */
uint64_t kernel_reach_look_scalar(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);
uint64_t kernel_reach_look_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);

#if defined(__wasm_simd128__) && !defined(AMPCF_SCALAR)
#define kernel_dot kernel_dot_simd128
#define kernel_dots kernel_dots_simd128
#define kernel_add_scaled kernel_add_scaled_simd128
#define kernel_i8_dots kernel_i8_dots_simd128
#define kernel_widen_i8 kernel_widen_i8_simd128
#define kernel_reach kernel_reach_simd128
#define kernel_reach_look kernel_reach_look_simd128
#define kernel_look kernel_look_simd128
#define kernel_to_i8 kernel_to_i8_simd128
#else
#define kernel_dot kernel_dot_scalar
#define kernel_dots kernel_dots_scalar
#define kernel_add_scaled kernel_add_scaled_scalar
#define kernel_i8_dots kernel_i8_dots_scalar
#define kernel_widen_i8 kernel_widen_i8_scalar
#define kernel_reach kernel_reach_scalar
#define kernel_reach_look kernel_reach_look_scalar
#define kernel_look kernel_look_scalar
#define kernel_to_i8 kernel_to_i8_scalar
#endif
/* A core for small catalogues saves their bytes. */
#if defined(__wasm_simd128__) && !defined(AMPCF_SCALAR) && !defined(AMPCF_PLAIN_SCAN)
#define kernel_from_i8 kernel_from_i8_simd128
#define kernel_from_f16 kernel_from_f16_simd128
#else
#define kernel_from_i8 kernel_from_i8_scalar
#define kernel_from_f16 kernel_from_f16_scalar
#endif

#endif
