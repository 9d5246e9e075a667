/* Owns writing model files. Must not emit what model.c refuses: it opens what it wrote before it says OK. */
#include "ampcf_train.h"

#include "core/model.h"
#include "base/half.h"
#include "base/quantise.h"

#include <string.h>

enum { MAX_WRITTEN = SECTION_KNOWN - 1 }; /* no type is written twice */

typedef struct plan {
    format_section section[MAX_WRITTEN];
    const void *data[MAX_WRITTEN];
    uint32_t n;
    uint64_t file_bytes;
} plan;

static void add(plan *p, section_type type, uint32_t required, uint32_t dtype, uint64_t rows, uint32_t cols,
                const void *data) {
    format_section *s = &p->section[p->n];
    memset(s, 0, sizeof *s);
    s->type = (uint32_t)type;
    s->flags = required ? SECTION_REQUIRED : 0u;
    s->dtype = dtype;
    s->rows = (uint32_t)rows;
    s->cols = cols;
    s->length = rows * cols * dtype_bytes(dtype);
    p->data[p->n++] = data;
}

static uint32_t vector_dtype(const ampcf_model_parts *m) {
    return m->vector_type == AMPCF_VECTORS_INT8  ? DTYPE_I8
           : m->vector_type == AMPCF_VECTORS_F16 ? DTYPE_F16
                                                 : DTYPE_F32;
}

static void add_neighbours(plan *p, const ampcf_model_parts *m) {
    uint32_t n = m->n_items, entries = m->neighbour_offsets[n];
    add(p, SECTION_NEIGHBOUR_OFFSETS, 1, DTYPE_U32, (uint64_t)n + 1, 1, m->neighbour_offsets);
    add(p, SECTION_NEIGHBOUR_ITEMS, 1, n > FORMAT_MAX_U16_ITEMS ? DTYPE_U32 : DTYPE_U16, entries, 1,
        m->neighbour_items);
    add(p, SECTION_NEIGHBOUR_VALUES, 1, DTYPE_I8, entries, 1, m->neighbour_values);
    add(p, SECTION_NEIGHBOUR_SCALES, 1, DTYPE_F32, n, 1, m->neighbour_scales);
}

static plan plan_file(const ampcf_model_parts *m) {
    plan p;
    uint64_t n = m->n_items, d = m->dim;
    memset(&p, 0, sizeof p);
    add(&p, SECTION_SETTINGS, 1, DTYPE_F32, FORMAT_SETTINGS, 1, m->settings);
    add(&p, SECTION_GRAM, 1, DTYPE_F32, d * (d + 1) / 2, 1, m->gram);
    add(&p, SECTION_ITEM_VECTORS, 1, vector_dtype(m), n, m->dim, m->vectors);
    if (m->vector_type == AMPCF_VECTORS_INT8) add(&p, SECTION_ITEM_SCALES, 1, DTYPE_F32, n, 1, NULL);
    add(&p, SECTION_ITEM_BIAS, 1, DTYPE_F32, n, 1, m->bias);
    if (m->item_weights) add(&p, SECTION_ITEM_WEIGHTS, 1, DTYPE_F32, n, 1, m->item_weights);
    if (m->item_targets) add(&p, SECTION_ITEM_TARGETS, 1, DTYPE_F32, n, 1, m->item_targets);
    if (m->item_clusters) add(&p, SECTION_ITEM_CLUSTERS, 0, DTYPE_U8, n, 1, m->item_clusters);
    if (m->neighbour_offsets) add_neighbours(&p, m);
    add(&p, SECTION_ID_OFFSETS, 1, DTYPE_U32, n + 1, 1, m->id_offsets);
    add(&p, SECTION_ID_BYTES, 1, DTYPE_U8, m->id_offsets[n], 1, m->id_bytes);
    add(&p, SECTION_ID_ORDER, 1, DTYPE_U32, n, 1, NULL); /* sorted in place */
    if (m->title_offsets) {
        add(&p, SECTION_TITLE_OFFSETS, 0, DTYPE_U32, n + 1, 1, m->title_offsets);
        add(&p, SECTION_TITLE_BYTES, 0, DTYPE_U8, m->title_offsets[n], 1, m->title_bytes);
    }
    if (m->aspect_offsets) {
        add(&p, SECTION_ASPECT_OFFSETS, 0, DTYPE_U32, (uint64_t)m->n_aspects + 1, 1, m->aspect_offsets);
        add(&p, SECTION_ASPECT_BYTES, 0, DTYPE_U8, m->aspect_offsets[m->n_aspects], 1, m->aspect_bytes);
        add(&p, SECTION_ITEM_ASPECT_OFFSETS, 0, DTYPE_U32, n + 1, 1, m->item_aspect_offsets);
        add(&p, SECTION_ITEM_ASPECTS, 0, DTYPE_U16, m->item_aspect_offsets[n], 1, m->item_aspects);
    }
    if (m->metadata_bytes > 0) add(&p, SECTION_METADATA, 0, DTYPE_U8, m->metadata_bytes, 1, m->metadata);
    uint64_t end = sizeof(format_header) + (uint64_t)p.n * sizeof(format_section);
    for (uint32_t i = 0; i < p.n; i++) {
        p.section[i].offset = format_align(end);
        end = p.section[i].offset + p.section[i].length;
    }
    p.file_bytes = end;
    return p;
}

static int offsets_never_fall(const uint32_t *offsets, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (offsets[i + 1] < offsets[i]) return 0;
    return 1;
}

/* All four or none; an item that is out of range must not become another one when it is stored in 16 bits. */
static int neighbours_are_whole(const ampcf_model_parts *m) {
    int any = m->neighbour_offsets != NULL;
    if (any != !!m->neighbour_items || any != !!m->neighbour_values || any != !!m->neighbour_scales) return 0;
    if (any && !offsets_never_fall(m->neighbour_offsets, m->n_items)) return 0;
    for (uint32_t e = 0; any && e < m->neighbour_offsets[m->n_items]; e++)
        if (m->neighbour_items[e] >= m->n_items) return 0;
    return 1;
}

/* Each optional part is there with all that belongs to it, or not at all. */
static int optional_parts_are_whole(const ampcf_model_parts *m) {
    int aspects = m->n_aspects > 0;
    return !m->title_offsets == !m->title_bytes && aspects == !!m->aspect_offsets &&
           aspects == !!m->aspect_bytes && aspects == !!m->item_aspect_offsets &&
           aspects == !!m->item_aspects && (m->metadata || m->metadata_bytes == 0);
}

static int parts_are_complete(const ampcf_model_parts *m) {
    return m->n_items >= 1 && m->n_items <= AMPCF_MAX_ITEMS && m->dim >= 1 && m->dim <= AMPCF_MAX_DIM &&
           m->vectors && m->bias && m->gram && m->settings && m->id_offsets && m->id_bytes &&
           m->n_aspects <= AMPCF_MAX_ASPECTS && m->vector_type <= AMPCF_VECTORS_INT8 &&
           optional_parts_are_whole(m) && offsets_never_fall(m->id_offsets, m->n_items) &&
           neighbours_are_whole(m);
}

size_t ampcf_model_file_bytes(const ampcf_model_parts *parts) {
    if (!parts_are_complete(parts)) return 0;
    plan p = plan_file(parts);
    return p.file_bytes > SIZE_MAX / 2 ? 0 : (size_t)p.file_bytes;
}

size_t ampcf_model_write_memory(const ampcf_model_parts *parts) {
    if (!parts_are_complete(parts)) return 0;
    model_shape shape = {parts->n_items, parts->dim, vector_dtype(parts), KIND_GATE};
    return model_memory(&shape);
}

static int id_is_before(const text_table *ids, uint32_t a, uint32_t b) {
    uint32_t a_bytes, b_bytes;
    const char *a_text = text_at(ids, a, &a_bytes), *b_text = text_at(ids, b, &b_bytes);
    return id_compare(a_text, a_bytes, b_text, b_bytes) < 0;
}

/* Heap sort: in place, no recursion, no worst case. */
static void sort_ids(const text_table *ids, uint32_t *order) {
    uint32_t n = ids->n, start = n / 2, end = n;
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    while (end > 1) {
        uint32_t moving;
        if (start > 0) {
            moving = order[--start];
        } else {
            moving = order[--end];
            order[end] = order[0];
        }
        uint32_t at = start;
        for (uint32_t child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && id_is_before(ids, order[child], order[child + 1])) child++;
            if (!id_is_before(ids, moving, order[child])) break;
            order[at] = order[child];
        }
        order[at] = moving;
    }
}

/* Nearest half, ties to even. Beyond 65504: infinity, which the loader refuses. */
static uint16_t half_of(float x) {
    uint32_t bits, half;
    memcpy(&bits, &x, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
    if (magnitude >= 0x477FF000u) {
        half = 0x7C00u;
    } else if (magnitude <
               0x38800000u) { /* below 2^-14 halves are multiples of 2^-24, the last place of 1/2 */
        float sum = (x < 0 ? -x : x) + 0.5f;
        memcpy(&half, &sum, sizeof half);
        half -= 0x3F000000u;
    } else {
        half = (magnitude + 0xFFFu + (magnitude >> 13 & 1u) - (112u << 23)) >> 13;
    }
    return (uint16_t)(sign | half);
}

/* Scale of a row of int8. What cannot be stored gets one that the loader refuses. */
static float scale_of(const float *v, uint32_t n) {
    float largest = 0;
    for (uint32_t d = 0; d < n; d++) {
        float magnitude = v[d] < 0 ? -v[d] : v[d];
        if (!(magnitude <= FORMAT_MAX_VALUE)) return 2 * FORMAT_MAX_SCALE;
        if (magnitude > largest) largest = magnitude;
    }
    return quantise_scale(largest);
}

/* Narrow vectors into the file: int8 where there are scales, else halves. */
static void store_rows(const ampcf_model_parts *m, void *vectors, float *scales) {
    for (uint32_t j = 0; j < m->n_items; j++) {
        size_t at = (size_t)j * m->dim;
        const float *v = m->vectors + at;
        float scale = scales ? scales[j] = scale_of(v, m->dim) : 0;
        for (uint32_t d = 0; d < m->dim; d++) {
            if (scales) ((int8_t *)vectors)[at + d] = quantise(v[d], scale <= FORMAT_MAX_SCALE ? scale : 0);
            else ((uint16_t *)vectors)[at + d] = half_of(v[d]);
        }
    }
}

/* Item j as a reader will see it. */
static void stored_row(const ampcf_model_parts *m, uint32_t j, const void *vectors, const float *scales,
                       float *out_row) {
    size_t at = (size_t)j * m->dim;
    for (uint32_t d = 0; d < m->dim; d++) {
        if (scales) out_row[d] = (float)((const int8_t *)vectors)[at + d] * scales[j];
        else out_row[d] = half_to_f32(((const uint16_t *)vectors)[at + d]);
    }
}

/* The Gram matrix belongs to the vectors as they are stored: sum_j q_j v_j v_j^T, a band of rows at a time,
 * in double. */
static void gram_of_stored(const ampcf_model_parts *m, const void *vectors, const float *scales,
                           float *gram) {
    enum { BAND = 2 };
    float row[AMPCF_MAX_DIM];
    double sum[BAND][AMPCF_MAX_DIM], factor = m->gram_factor > 0 ? (double)m->gram_factor : 1;
    for (uint32_t from = 0; from < m->dim; from += BAND) {
        uint32_t to = from + BAND < m->dim ? from + BAND : m->dim;
        memset(sum, 0, sizeof sum);
        for (uint32_t j = 0; j < m->n_items; j++) {
            stored_row(m, j, vectors, scales, row);
            for (uint32_t r = from; r < to; r++) {
                double w = (double)row[r] * (m->item_weights ? (double)m->item_weights[j] : 1);
                for (uint32_t c = 0; c <= r; c++) sum[r - from][c] += w * (double)row[c];
            }
        }
        for (uint32_t r = from; r < to; r++)
            for (uint32_t c = 0; c <= r; c++) {
                double x = factor * sum[r - from][c], size = x < 0 ? -x : x;
                *gram++ = size < 1.17549435e-38 ? 0 : (float)x;
            }
    }
}

static void *section_in(const plan *p, section_type type, uint8_t *out) {
    for (uint32_t i = 0; i < p->n; i++)
        if (p->section[i].type == (uint32_t)type) return out + p->section[i].offset;
    return NULL;
}

static void emit_sections(const ampcf_model_parts *m, const plan *p, uint8_t *out) {
    text_table ids = {m->id_offsets, m->id_bytes, m->n_items};
    for (uint32_t i = 0; i < p->n; i++) {
        const format_section *s = &p->section[i];
        void *to = out + s->offset;
        if (s->type == SECTION_ID_ORDER) sort_ids(&ids, to);
        else if (s->type == SECTION_NEIGHBOUR_ITEMS && s->dtype == DTYPE_U16)
            for (uint32_t e = 0; e < s->rows; e++) ((uint16_t *)to)[e] = (uint16_t)m->neighbour_items[e];
        else if (s->type == SECTION_ITEM_VECTORS && s->dtype != DTYPE_F32) {
            float *scales = section_in(p, SECTION_ITEM_SCALES, out);
            store_rows(m, to, scales);
            gram_of_stored(m, to, scales, section_in(p, SECTION_GRAM, out));
        } else if (p->data[i] && s->length > 0) memcpy(to, p->data[i], (size_t)s->length);
    }
}

/* Header and table in place, with the checksum over both. */
static void seal(const crc32c_tables *tables, format_header h, const format_section *sections, uint8_t *out) {
    size_t table_bytes = h.n_sections * sizeof *sections;
    h.crc = 0;
    h.crc = crc32c(tables, crc32c(tables, 0, &h, sizeof h), sections, table_bytes);
    memcpy(out, &h, sizeof h);
    memcpy(out + sizeof h, sections, table_bytes);
}

static format_header header_of(const ampcf_model_parts *m, const plan *p) {
    format_header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, FORMAT_MAGIC, sizeof h.magic);
    h.major = FORMAT_MAJOR;
    h.minor = FORMAT_MINOR;
    h.file_bytes = p->file_bytes;
    h.n_sections = p->n;
    h.header_bytes = sizeof h;
    h.n_items = m->n_items;
    h.dim = m->dim;
    h.n_personas = m->n_personas;
    h.kind = KIND_GATE;
    memcpy(h.lineage, m->lineage, sizeof h.lineage);
    return h;
}

static void emit(const ampcf_model_parts *m, plan *p, uint8_t *out) {
    crc32c_tables tables;
    crc32c_init(&tables);
    memset(out, 0, (size_t)p->file_bytes);
    emit_sections(m, p, out);
    for (uint32_t i = 0; i < p->n; i++)
        p->section[i].crc = crc32c(&tables, 0, out + p->section[i].offset, (size_t)p->section[i].length);
    seal(&tables, header_of(m, p), p->section, out);
}

/* A model of zeros opens, and recommends nothing to anybody: no training may leave one. */
static ampcf_status refuse_zeros(const ampcf_model *model, const plan *p, ampcf_fault *out_fault) {
    float room[AMPCF_MAX_DIM];
    for (uint32_t j = 0; j < model->n_items; j++) {
        const float *v = model_vector(model, j, room);
        for (uint32_t d = 0; d < model->dim; d++)
            if (v[d] != 0) return AMPCF_OK;
    }
    for (uint32_t s = 0; s < p->n && out_fault; s++)
        if (p->section[s].type == SECTION_ITEM_VECTORS)
            *out_fault =
                (ampcf_fault){p->section[s].offset, 0, 1, "every item vector is zero", SECTION_ITEM_VECTORS,
                              AMPCF_E_BAD_NUMBER};
    return AMPCF_E_BAD_NUMBER;
}

ampcf_status ampcf_model_write(const ampcf_model_parts *parts, void *out, size_t out_bytes, void *memory,
                               size_t memory_bytes, ampcf_fault *out_fault) {
    size_t needed = ampcf_model_file_bytes(parts);
    if (needed == 0) return AMPCF_E_ARGUMENT;
    if (out_bytes < needed || ((uintptr_t)out & 15u) != 0) return AMPCF_E_MEMORY;
    plan p = plan_file(parts);
    emit(parts, &p, out);
    const ampcf_model *model;
    ampcf_status status = ampcf_model_open(out, needed, memory, memory_bytes, &model, out_fault);
    return status == AMPCF_OK ? refuse_zeros(model, &p, out_fault) : status;
}

ampcf_status ampcf_model_replace_metadata(const void *bytes, size_t n_bytes, const char *metadata,
                                          uint32_t metadata_bytes, void *out, size_t out_bytes, size_t *out_n,
                                          void *memory, size_t memory_bytes, ampcf_fault *out_fault) {
    const ampcf_model *model;
    ampcf_status status = ampcf_model_open(bytes, n_bytes, memory, memory_bytes, &model, out_fault);
    if (status != AMPCF_OK) return status;
    format_header h;
    format_section sections[FORMAT_MAX_SECTIONS];
    memcpy(&h, bytes, sizeof h);
    memcpy(sections, (const uint8_t *)bytes + sizeof h, h.n_sections * sizeof *sections);
    format_section *last = &sections[h.n_sections - 1];
    if (last->type != SECTION_METADATA) {
        if (out_fault)
            *out_fault = (ampcf_fault){last->offset,     last->type,
                                       SECTION_METADATA, "metadata is not the last section",
                                       last->type,       AMPCF_E_BAD_SECTION};
        return AMPCF_E_BAD_SECTION;
    }
    uint64_t end = last->offset + metadata_bytes;
    if (end > out_bytes || ((uintptr_t)out & 15u) != 0) return AMPCF_E_MEMORY;
    crc32c_tables tables;
    crc32c_init(&tables);
    memcpy(out, bytes, (size_t)last->offset);
    memcpy((uint8_t *)out + last->offset, metadata, metadata_bytes);
    h.file_bytes = end;
    last->length = last->rows = metadata_bytes;
    last->crc = crc32c(&tables, 0, metadata, metadata_bytes);
    seal(&tables, h, sections, out);
    status = ampcf_model_open(out, (size_t)end, memory, memory_bytes, &model, out_fault);
    if (status == AMPCF_OK) *out_n = (size_t)end;
    return status;
}
