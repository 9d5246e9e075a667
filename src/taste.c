/* Owns taste distributions and the distance between them. Must not know how a list was made. */
#include "model.h"
#include "taste_math.h"

#include <string.h>

ampcf_status ampcf_taste_distribution(const ampcf_model *model, const uint32_t *items, const float *weights, uint32_t n,
                                      double *out) {
    if (model->n_aspects == 0) return AMPCF_E_NO_DATA;
    for (uint32_t i = 0; i < n; i++)
        if (items[i] >= model->n_items) return AMPCF_E_ITEM_RANGE;
    memset(out, 0, model->n_aspects * sizeof *out);
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t count;
        const uint16_t *aspects = ampcf_model_item_aspects(model, items[i], &count);
        double weight = weights ? (double)weights[i] : rank_discount(i);
        if (count == 0) continue;
        for (uint32_t a = 0; a < count; a++) out[aspects[a]] += weight / count;
        total += weight;
    }
    for (uint32_t a = 0; total > 0 && a < model->n_aspects; a++) out[a] /= total;
    return AMPCF_OK;
}

double ampcf_taste_distance(const double *p, const double *q, uint32_t n) { return jensen_shannon(p, q, n); }
