/* Owns the trainer's single-precision normal equations. Must not know whose rows they are.
 *
 * Matrices are upper triangles stored as full rows, D x stride with stride a multiple of 4; every update is
 * elementwise along a row, so vector width never changes a bit. */
#ifndef AMPCF_TRAIN_SOLVE_H
#define AMPCF_TRAIN_SOLVE_H

#include <stddef.h>
#include <stdint.h>

/* a += sum_i w_i e_i e_i^T for the n rows of e (n, stride). */
void train_add_outers(float *a, const float *e, const float *w, uint32_t n, uint32_t dim, uint32_t stride);

/* a = U^T U in place; entries left of the diagonal are left undefined. A pivot that rounding drove to zero
 * is floored. */
void train_cholesky(float *a, uint32_t dim, uint32_t stride);

/* Whether no pivot of U^T U is below `least`, and all are finite. A matrix with a ridge has none below it in
 * exact arithmetic: where one is, rounding has eaten the ridge, and what is solved with U is noise. */
int train_is_definite(const float *u, float least, uint32_t dim, uint32_t stride);

/* The largest entry of the diagonal. */
float train_largest(const float *a, uint32_t dim, uint32_t stride);

/* x = (U^T U)^-1 x. */
void train_solve(const float *u, float *x, uint32_t dim, uint32_t stride);

/* |U^-T v|^2 = v^T (U^T U)^-1 v; work (stride) is overwritten. */
float train_leverage(const float *u, const float *v, float *work, uint32_t dim, uint32_t stride);

#endif
