/* Owns the validated view of a model file that the rest of the core reads. Must only be filled by model.c. */
#ifndef AMPCF_CORE_MODEL_H
#define AMPCF_CORE_MODEL_H

#include "ampcf.h"
#include "base/crc32c.h"
#include "core/format.h"

#include <string.h>

/* Strings stored as n + 1 offsets into one blob. */
typedef struct text_table {
    const uint32_t *offsets; /* (n + 1), NULL when the file has none */
    const char *bytes;
    uint32_t n;
} text_table;

/* What decides how much memory a model takes besides its file. */
typedef struct model_shape {
    uint32_t n_items, dim, row_type, kind;
} model_shape;

/* See heads.h. */
typedef struct heads_table {
    int16_t *heads; /* (2, n / 64, LOOK_DIM / 4, 64, 2) by look, see kernel_look; NULL: none */
    uint32_t n;     /* N up to the next multiple of 64 */
    float *axes;    /* (HEADS_AXES, stride) Q, and as much room again */
    uint32_t stride;
    float slack;
} heads_table;

/* See rounded.h. */
typedef struct rounded_table {
    int8_t *rows;      /* (N, D) those of the file where it has int8 */
    float *scales;     /* (N) */
    uint16_t *lengths; /* (N) NULL = every item is scored */
    uint32_t n_short;  /* of 2^-34 */
    float most_bias;   /* max_j |b_j| */
    int is_own;
    heads_table heads;
} rounded_table;

struct ampcf_model {
    uint32_t n_items, dim, n_personas, n_aspects, kind;
    const void *rows;        /* (N, D) v_j as the file has them, of row_type */
    const float *row_scales; /* (N) of int8 */
    uint32_t row_type;
    rounded_table rounded;
    const float *bias;                 /* (N) */
    const float *gram;                 /* (D (D + 1) / 2) packed lower triangle, row by row */
    const float *settings;             /* (FORMAT_SETTINGS) */
    const float *item_weights;         /* (N) q_i, NULL = all 1 */
    const float *item_targets;         /* (N) t_i, NULL = all 1 */
    const uint32_t *neighbour_offsets; /* (N + 1) rows of B by history item, NULL = B is 0 */
    const void *neighbours; /* u16 up to FORMAT_MAX_U16_ITEMS items, else u32; increasing within a row */
    const int8_t *neighbour_values;
    const float *neighbour_scales; /* (N) B_ij = value * scale_i */
    uint32_t longest_row;
    text_table ids, titles, aspects;
    const uint32_t *id_order;            /* (N) items in increasing order of id bytes */
    const uint32_t *item_aspect_offsets; /* (N + 1) or NULL */
    const uint16_t *item_aspects;
    const uint8_t *item_clusters; /* (N) or NULL */
    uint32_t n_clusters;
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

/* Written by version 0.1: people are scored by attention, not by the gate. */
static inline int model_attends(const ampcf_model *m) {
    return KIND_OLDEST == KIND_ATTENTION && m->kind == KIND_ATTENTION;
}

/* v_j, (D): in place, or widened into room (D). */
const float *model_vector(const ampcf_model *m, uint32_t item, float *room);

/* Candidate of entry e of B. */
static inline uint32_t model_neighbour(const ampcf_model *m, uint32_t e) {
    return m->n_items > FORMAT_MAX_U16_ITEMS ? ((const uint32_t *)m->neighbours)[e]
                                             : ((const uint16_t *)m->neighbours)[e];
}

/* B_ij of entry e of row i. */
static inline float model_neighbour_value(const ampcf_model *m, uint32_t i, uint32_t e) {
    return (float)m->neighbour_values[e] * m->neighbour_scales[i];
}

/* Spreads weight evenly over the aspects of an item, into (A). Returns what was spread: 0 without any. */
double model_add_aspects(const ampcf_model *m, uint32_t item, double weight, double *into);

/* Bytes of a model of this shape besides its file; 0 on overflow. */
size_t model_memory(const model_shape *shape);

/* Byte order, then length: <0, 0, >0. The one order of ids in loader, writer and look-up. */
int id_compare(const char *a, uint32_t a_bytes, const char *b, uint32_t b_bytes);

#endif
