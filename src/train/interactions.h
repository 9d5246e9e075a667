/* Owns what every trainer asks of its input: rows by user, checked, and the same pairs by item. Must not
 * know what is learnt. */
#ifndef AMPCF_TRAIN_INTERACTIONS_H
#define AMPCF_TRAIN_INTERACTIONS_H

#include "ampcf_train.h"

/* offsets (U + 1), items (X) < N and increasing in a row, weights (X) in range or NULL. Returns AMPCF_OK,
 * _E_ARGUMENT, _E_ITEM_RANGE, _E_NO_DATA. */
ampcf_status interactions_check(uint32_t n_users, uint32_t n_items, const uint32_t *offsets,
                                const uint32_t *items, const float *weights);

/* out_offsets (N + 1), out_users (X) increasing within an item, out_at (X) their places in items. */
void interactions_by_item(uint32_t n_users, uint32_t n_items, const uint32_t *offsets, const uint32_t *items,
                          uint32_t *out_offsets, uint32_t *out_users, uint32_t *out_at);

#endif
