/* Owns Adam (Kingma & Ba 2015) over tables of rows of which a batch touches few. Must not know what the rows
 * mean.
 *
 * Dense Adam moves every row in every step, through momentum. Here a row is moved when it is next needed,
 * by the same operations in the same order, so it has the same bits then. One thing is left out: 128 steps
 * after its last gradient a row rests, because momentum is 10^-6 of what it was and all later steps
 * together are less than 2 x 10^-5 of a learning rate. */
#ifndef AMPCF_TRAIN_ADAM_H
#define AMPCF_TRAIN_ADAM_H

#include "base/arena.h"

#define ADAM_HORIZON 16384u /* steps after which both bias corrections are 1 in single precision */

typedef struct adam {
    float *rate,
        *root;     /* (ADAM_HORIZON) learning rate / (1 - beta1^t), 1 / sqrt(1 - beta2^t) of step t + 1 */
    uint32_t step; /* steps done */
    int diverged;  /* a gradient was no number: what is trained is worth nothing */
} adam;

typedef struct adam_table {
    uint32_t n_rows, width, n_slots;
    float *value;         /* (n_rows, width) */
    float *mean, *square; /* (n_rows, width) moments of the gradient */
    uint32_t *touched, *moved,
        *slot;       /* (n_rows) step of the last gradient, steps gone along with, place in the batch */
    uint32_t *rows;  /* (slot_cap) rows touched in this batch */
    float *gradient; /* (slot_cap, width) */
} adam_table;

adam adam_take(arena *a);
void adam_begin(adam *o, float learning_rate);

/* value stays the caller's, (n_rows, width); slot_cap >= different rows that a batch touches. */
adam_table adam_table_take(arena *a, float *value, uint32_t n_rows, uint32_t width, uint32_t slot_cap);
void adam_table_begin(adam_table *t);

/* Bring a row to where dense Adam has it now; no result depends on when or how often this is done. Returns
 * the row. */
float *adam_row(const adam *o, adam_table *t, uint32_t row);

/* adam_row, and room for its gradient, zero on the first touch of a batch. */
float *adam_touch(const adam *o, adam_table *t, uint32_t row);

/* Take the tables through one step, then empty the batch. */
void adam_step(adam *o, adam_table *const *tables, uint32_t n_tables);

#endif
