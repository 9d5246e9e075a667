/* Owns what EASE and co-occurrence share: columns of B made whole one after the other, each cut to the
 * sources that matter most, and turned into rows in the end. Must not know how a column is made. */
#ifndef AMPCF_TRAIN_COLUMNS_H
#define AMPCF_TRAIN_COLUMNS_H

#include "train/neighbours.h"

enum { COLUMNS = 4 /* of B in a step */ };

typedef struct columns {
    float *column;      /* (N) that is cut */
    float *loss;        /* (N) how much a source that is cut costs, d_i^0.35 */
    ampcf_ranked *best; /* (m) */
    uint32_t *sources;  /* (N, m) kept for each candidate, and their values */
    float *values;
    uint32_t *n_kept;   /* (N) */
    uint32_t *together; /* (N) people who have the candidate too, NULL = nobody asks */
} columns;

columns columns_take(arena *a, const ampcf_neighbours_config *c);

void columns_open(columns *k, const ampcf_neighbours *e);

/* Steps that all columns take. */
uint64_t columns_steps(const ampcf_neighbours_config *c);

/* Keep the m entries of the column of j that matter most to scores, best first; returns how many. */
uint32_t columns_cut(columns *k, ampcf_neighbours *e, uint32_t j);

/* What was kept of the columns of n steps, for others and from others (neighbours.h). */
size_t columns_give(const columns *k, const ampcf_neighbours *e, uint32_t step, uint32_t n, uint8_t *out);
void columns_take_in(columns *k, const ampcf_neighbours *e, uint32_t step, uint32_t n, const uint8_t *given);

/* What was kept as rows of the file. */
void columns_to_rows(const columns *k, ampcf_neighbours *e);

/* row[c] += sum_o x_ro mid_o x_oc self_r self_c for c < end; o are items if by_user, else users: a row of a
 * system, or a column of co-occurrences. */
void columns_add_products(const ampcf_neighbours *e, int by_user, const double *mid, const double *self,
                          uint32_t r, uint32_t end, float *row);

#endif
