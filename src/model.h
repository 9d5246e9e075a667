/* Owns the validated view of a model file that the rest of the core reads. Must only be filled by model.c. */
#ifndef AMPCF_MODEL_H
#define AMPCF_MODEL_H

#include "ampcf.h"
#include "crc32c.h"
#include "format.h"

/* Strings stored as n + 1 offsets into one blob. */
typedef struct text_table {
    const uint32_t *offsets; /* (n + 1), NULL when the file has none */
    const char *bytes;
    uint32_t n;
} text_table;

struct ampcf_model {
    uint32_t n_items, dim, n_personas, n_aspects;
    const float *vectors;  /* (N, D) */
    const float *bias;     /* (N) */
    const float *gram;     /* (D (D + 1) / 2) packed lower triangle, row by row */
    const float *settings; /* (FORMAT_SETTINGS) */
    text_table ids, titles, aspects;
    const uint32_t *id_order;            /* (N) items in increasing order of id bytes */
    const uint32_t *item_aspect_offsets; /* (N + 1) or NULL */
    const uint16_t *item_aspects;
    const char *metadata;
    uint32_t metadata_bytes;
    const uint8_t *lineage; /* (16) */
    crc32c_tables crc;      /* used while opening */
};

static inline const char *text_at(const text_table *t, uint32_t i, uint32_t *out_bytes) {
    if (!t->offsets) return *out_bytes = 0, "";
    *out_bytes = t->offsets[i + 1] - t->offsets[i];
    return t->bytes + t->offsets[i];
}

/* v_j, (D). */
static inline const float *model_vector(const ampcf_model *m, uint32_t item) {
    return m->vectors + (size_t)item * m->dim;
}

/* Byte order, then length: <0, 0, >0. The one order of ids in loader, writer and look-up. */
int id_compare(const char *a, uint32_t a_bytes, const char *b, uint32_t b_bytes);

#endif
