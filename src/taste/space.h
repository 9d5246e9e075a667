/* Owns reading the rows of a taste space and the check of its rules. Must not know what is done with them. */
#ifndef AMPCF_TASTE_SPACE_H
#define AMPCF_TASTE_SPACE_H

#include "ampcf_taste.h"

/* m_ia before it is divided by the row's sum. */
static inline double space_entry(const ampcf_taste_space *s, uint32_t e) {
    return s->weights ? s->weights[e] : 1;
}

/* 0 = the item has no categories. */
static inline double space_row_sum(const ampcf_taste_space *s, uint32_t item) {
    double sum = 0;
    for (uint32_t e = s->offsets[item]; e < s->offsets[item + 1]; e++) sum += space_entry(s, e);
    return sum;
}

static inline int space_is_valid(const ampcf_taste_space *s) {
    if (s->n_categories < 1 || s->n_categories > AMPCF_MAX_CATEGORIES || s->offsets[0] != 0) return 0;
    for (uint32_t i = 0; i < s->n_items; i++) {
        if (s->offsets[i + 1] < s->offsets[i]) return 0;
        for (uint32_t e = s->offsets[i]; e < s->offsets[i + 1]; e++) {
            if (s->categories[e] >= s->n_categories ||
                (e > s->offsets[i] && s->categories[e] <= s->categories[e - 1]))
                return 0;
            if (s->weights && !(s->weights[e] > 0 && s->weights[e] <= 1e300)) return 0;
        }
    }
    return 1;
}

#endif
