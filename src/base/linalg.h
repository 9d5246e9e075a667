/* Owns small dense linear algebra in double precision on packed lower triangles (row by row, row r has r +
 * 1 entries). Must not know what the matrices mean. Every sum has one fixed order, so all builds give the
 * same bits. */
#ifndef AMPCF_BASE_LINALG_H
#define AMPCF_BASE_LINALG_H

#include <stddef.h>
#include <stdint.h>

static inline size_t packed_size(uint32_t n) { return (size_t)n * (n + 1) / 2; }
static inline size_t packed_row(uint32_t r) { return (size_t)r * (r + 1) / 2; }

/* a += w v v^T;  a packed (n), v (n). */
void packed_add_outer(double *a, double w, const float *v, uint32_t n);

/* Replace a by its Cholesky factor L (a = L L^T). A pivot below 1e-12 of its diagonal is raised to that: a
 * matrix from a hostile file stays solvable, a sane one (ridge included) is never touched. */
void packed_cholesky(double *a, uint32_t n);

/* x = L^-1 x, then x = L^-T x;  l packed (n), x (n). */
void packed_solve_lower(const double *l, double *x, uint32_t n);
void packed_solve_upper(const double *l, double *x, uint32_t n);

#endif
