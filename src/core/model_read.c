/* Owns what callers read of an open model: items by id, texts, aspects, vectors, clusters. Must not check:
 * model.c did. */
#include "core/model.h"

#include "base/kernels.h"

__attribute__((noinline)) const float *model_vector(const ampcf_model *m, uint32_t item, float *room) {
    size_t at = (size_t)item * m->dim;
    if (m->row_type == DTYPE_F32) return (const float *)m->rows + at;
    if (m->row_type == DTYPE_I8)
        kernel_from_i8((const int8_t *)m->rows + at, m->row_scales[item], m->dim, room);
    else kernel_from_f16((const uint16_t *)m->rows + at, m->dim, room);
    return room;
}

void ampcf_model_vectors(const ampcf_model *model, uint32_t from, uint32_t n, float *out) {
    for (uint32_t j = 0; j < n; j++, out += model->dim) {
        const float *v = model_vector(model, from + j, out);
        if (v != out) memcpy(out, v, model->dim * sizeof *out);
    }
}

uint32_t ampcf_model_item_cluster(const ampcf_model *model, uint32_t item) {
    return model->item_clusters ? model->item_clusters[item] : AMPCF_NO_CLUSTER;
}

uint32_t ampcf_model_find(const ampcf_model *model, const char *id, size_t id_bytes) {
    if (id_bytes < 1 || id_bytes > FORMAT_MAX_ID_BYTES) return AMPCF_NO_ITEM;
    uint32_t low = 0, high = model->n_items;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2, n;
        const char *at = text_at(&model->ids, model->id_order[mid], &n);
        int order = id_compare(at, n, id, (uint32_t)id_bytes);
        if (order == 0) return model->id_order[mid];
        if (order < 0) low = mid + 1;
        else high = mid;
    }
    return AMPCF_NO_ITEM;
}

const char *ampcf_model_id(const ampcf_model *model, uint32_t item, uint32_t *out_bytes) {
    return text_at(&model->ids, item, out_bytes);
}
const char *ampcf_model_title(const ampcf_model *model, uint32_t item, uint32_t *out_bytes) {
    return text_at(&model->titles, item, out_bytes);
}
const char *ampcf_model_aspect(const ampcf_model *model, uint32_t aspect, uint32_t *out_bytes) {
    return text_at(&model->aspects, aspect, out_bytes);
}
const char *ampcf_model_metadata(const ampcf_model *model, uint32_t *out_bytes) {
    *out_bytes = model->metadata_bytes;
    return model->metadata ? model->metadata : "";
}

const uint16_t *ampcf_model_item_aspects(const ampcf_model *model, uint32_t item, uint32_t *out_count) {
    if (!model->item_aspect_offsets) return *out_count = 0, NULL;
    *out_count = model->item_aspect_offsets[item + 1] - model->item_aspect_offsets[item];
    return model->item_aspects + model->item_aspect_offsets[item];
}

double model_add_aspects(const ampcf_model *m, uint32_t item, double weight, double *into) {
    uint32_t n;
    const uint16_t *aspects = ampcf_model_item_aspects(m, item, &n);
    for (uint32_t a = 0; a < n; a++) into[aspects[a]] += weight / n;
    return n > 0 ? weight : 0;
}
