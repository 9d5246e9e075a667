/* Owns model files taken apart, changed, and put together again with right checksums, as an attacker would.
 * Must not check anything. */
#ifndef DRAFT_H
#define DRAFT_H

#include "check.h"
#include "base/crc32c.h"
#include "core/format.h"

enum { DRAFT_SECTIONS = 72 };

/* Data is borrowed. Offsets, lengths and checksums of the table are made by draft_emit; the rest stands as
 * it is given. */
typedef struct draft {
    format_header header;
    format_section table[DRAFT_SECTIONS];
    const void *data[DRAFT_SECTIONS];
    uint32_t n;
} draft;

/* Make section and header checksums right, as far as the table stays inside the file. */
static inline void repair(uint8_t *file, size_t n_bytes) {
    static crc32c_tables tables;
    static int ready;
    if (!ready) crc32c_init(&tables), ready = 1;
    format_header h;
    if (n_bytes < sizeof h) return;
    memcpy(&h, file, sizeof h);
    uint64_t table_bytes = (uint64_t)h.n_sections * sizeof(format_section);
    if (table_bytes > n_bytes - sizeof h) table_bytes = 0;
    for (uint64_t at = sizeof h; at < sizeof h + table_bytes; at += sizeof(format_section)) {
        format_section s;
        memcpy(&s, file + at, sizeof s);
        if (s.offset > n_bytes || s.length > n_bytes - s.offset) continue;
        s.crc = crc32c(&tables, 0, file + s.offset, (size_t)s.length);
        memcpy(file + at, &s, sizeof s);
    }
    h.crc = 0;
    uint32_t crc = crc32c(&tables, 0, &h, sizeof h);
    h.crc = crc32c(&tables, crc, file + sizeof h, (size_t)table_bytes);
    memcpy(file, &h, sizeof h);
}

static inline draft draft_of(const uint8_t *file) {
    draft d;
    memset(&d, 0, sizeof d);
    memcpy(&d.header, file, sizeof d.header);
    d.n = d.header.n_sections;
    memcpy(d.table, file + sizeof d.header, d.n * sizeof *d.table);
    for (uint32_t i = 0; i < d.n; i++) d.data[i] = file + d.table[i].offset;
    return d;
}

/* Place of a section type; the last one when there are several. */
static inline uint32_t draft_find(const draft *d, uint32_t type) {
    for (uint32_t i = d->n; i-- > 0;)
        if (d->table[i].type == type) return i;
    fprintf(stderr, "draft: no section of type %" PRIu32 "\n", type);
    exit(EXIT_FAILURE);
}

static inline void draft_set(draft *d, uint32_t type, const void *data, uint32_t rows) {
    uint32_t i = draft_find(d, type);
    d->data[i] = data;
    d->table[i].rows = rows;
    d->table[i].length = (uint64_t)rows * d->table[i].cols * dtype_bytes(d->table[i].dtype);
}

static inline void draft_remove(draft *d, uint32_t type) {
    uint32_t i = draft_find(d, type), after = --d->n - i;
    memmove(&d->table[i], &d->table[i + 1], after * sizeof *d->table);
    memmove(&d->data[i], &d->data[i + 1], after * sizeof *d->data);
}

static inline void draft_add(draft *d, uint32_t type, uint32_t flags, const void *bytes, uint32_t n_bytes) {
    d->table[d->n] = (format_section){type, flags, 0, n_bytes, DTYPE_U8, n_bytes, 1, 0, {0}};
    d->data[d->n++] = bytes;
}

/* A fresh file of exactly *out_bytes. */
static inline uint8_t *draft_emit(draft *d, size_t *out_bytes) {
    uint64_t end = sizeof d->header + (uint64_t)d->n * sizeof *d->table;
    for (uint32_t i = 0; i < d->n; i++) {
        d->table[i].offset = format_align(end);
        end = d->table[i].offset + d->table[i].length;
    }
    d->header.n_sections = d->n;
    d->header.file_bytes = end;
    uint8_t *file = exact((size_t)end);
    memset(file, 0, (size_t)end);
    memcpy(file, &d->header, sizeof d->header);
    memcpy(file + sizeof d->header, d->table, d->n * sizeof *d->table);
    for (uint32_t i = 0; i < d->n; i++)
        if (d->table[i].length > 0) memcpy(file + d->table[i].offset, d->data[i], (size_t)d->table[i].length);
    repair(file, (size_t)end);
    *out_bytes = (size_t)end;
    return file;
}

#endif
