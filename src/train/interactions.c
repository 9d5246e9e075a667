/* Owns the checks and the counting sort of interactions.h. Must not allocate. */
#include "train/interactions.h"

#include <string.h>

ampcf_status interactions_check(uint32_t n_users, uint32_t n_items, const uint32_t *offsets,
                                const uint32_t *items, const float *weights) {
    uint32_t n = offsets[n_users];
    if (offsets[0] != 0) return AMPCF_E_ARGUMENT;
    if (n == 0) return AMPCF_E_NO_DATA;
    for (uint32_t u = 0; u < n_users; u++) {
        if (offsets[u + 1] < offsets[u] || offsets[u + 1] > n) return AMPCF_E_ARGUMENT;
        for (uint32_t x = offsets[u]; x < offsets[u + 1]; x++) {
            if (items[x] >= n_items) return AMPCF_E_ITEM_RANGE;
            if (x > offsets[u] && items[x] <= items[x - 1]) return AMPCF_E_ARGUMENT;
            if (weights && !(weights[x] > 0 && weights[x] <= AMPCF_MAX_WEIGHT)) return AMPCF_E_ARGUMENT;
        }
    }
    return AMPCF_OK;
}

void interactions_by_item(uint32_t n_users, uint32_t n_items, const uint32_t *offsets, const uint32_t *items,
                          uint32_t *out_offsets, uint32_t *out_users, uint32_t *out_at) {
    uint32_t *at = out_offsets;
    memset(at, 0, ((size_t)n_items + 1) * sizeof *at);
    for (uint32_t x = 0; x < offsets[n_users]; x++) at[items[x] + 1]++;
    for (uint32_t j = 0; j < n_items; j++) at[j + 1] += at[j];
    for (uint32_t u = 0; u < n_users; u++)
        for (uint32_t x = offsets[u]; x < offsets[u + 1]; x++) {
            uint32_t to = at[items[x]]++;
            out_users[to] = u;
            out_at[to] = x;
        }
    memmove(at + 1, at, n_items * sizeof *at);
    at[0] = 0;
}
