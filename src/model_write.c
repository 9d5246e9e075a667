/* Owns writing model files. Must not emit what model.c refuses: it opens what it wrote before it says OK. */
#include "ampcf_train.h"

#include "model.h"

#include <string.h>

enum { MAX_WRITTEN = 14 };

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

static plan plan_file(const ampcf_model_parts *m) {
    plan p;
    uint64_t n = m->n_items, d = m->dim;
    memset(&p, 0, sizeof p);
    add(&p, SECTION_SETTINGS, 1, DTYPE_F32, FORMAT_SETTINGS, 1, m->settings);
    add(&p, SECTION_GRAM, 1, DTYPE_F32, d * (d + 1) / 2, 1, m->gram);
    add(&p, SECTION_ITEM_VECTORS, 1, DTYPE_F32, n, m->dim, m->vectors);
    add(&p, SECTION_ITEM_BIAS, 1, DTYPE_F32, n, 1, m->bias);
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

/* Each optional part is there with all that belongs to it, or not at all. */
static int optional_parts_are_whole(const ampcf_model_parts *m) {
    int aspects = m->n_aspects > 0;
    return !m->title_offsets == !m->title_bytes && aspects == !!m->aspect_offsets && aspects == !!m->aspect_bytes &&
           aspects == !!m->item_aspect_offsets && aspects == !!m->item_aspects && (m->metadata || m->metadata_bytes == 0);
}

static int parts_are_complete(const ampcf_model_parts *m) {
    return m->n_items >= 1 && m->n_items <= AMPCF_MAX_ITEMS && m->dim >= 1 && m->dim <= AMPCF_MAX_DIM && m->vectors &&
           m->bias && m->gram && m->settings && m->id_offsets && m->id_bytes && m->n_aspects <= AMPCF_MAX_ASPECTS &&
           optional_parts_are_whole(m) && offsets_never_fall(m->id_offsets, m->n_items);
}

size_t ampcf_model_file_bytes(const ampcf_model_parts *parts) {
    if (!parts_are_complete(parts)) return 0;
    plan p = plan_file(parts);
    return p.file_bytes > SIZE_MAX / 2 ? 0 : (size_t)p.file_bytes;
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

static void emit(const ampcf_model_parts *m, plan *p, uint8_t *out) {
    crc32c_tables tables;
    crc32c_init(&tables);
    memset(out, 0, (size_t)p->file_bytes);
    text_table ids = {m->id_offsets, m->id_bytes, m->n_items};
    for (uint32_t i = 0; i < p->n; i++) {
        format_section *s = &p->section[i];
        uint8_t *to = out + s->offset;
        if (s->type == SECTION_ID_ORDER) sort_ids(&ids, (uint32_t *)(void *)to);
        else if (s->length > 0) memcpy(to, p->data[i], (size_t)s->length);
        s->crc = crc32c(&tables, 0, to, (size_t)s->length);
    }
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
    h.kind = KIND_EVIDENCE;
    memcpy(h.lineage, m->lineage, sizeof h.lineage);
    uint32_t crc = crc32c(&tables, 0, &h, sizeof h);
    h.crc = crc32c(&tables, crc, p->section, p->n * sizeof *p->section);
    memcpy(out, &h, sizeof h);
    memcpy(out + sizeof h, p->section, p->n * sizeof *p->section);
}

ampcf_status ampcf_model_write(const ampcf_model_parts *parts, void *out, size_t out_bytes, void *memory,
                               size_t memory_bytes, ampcf_fault *out_fault) {
    size_t needed = ampcf_model_file_bytes(parts);
    if (needed == 0) return AMPCF_E_ARGUMENT;
    if (out_bytes < needed || ((uintptr_t)out & 15u) != 0) return AMPCF_E_MEMORY;
    plan p = plan_file(parts);
    emit(parts, &p, out);
    const ampcf_model *model;
    return ampcf_model_open(out, needed, memory, memory_bytes, &model, out_fault);
}
