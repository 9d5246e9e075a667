/* Owns opening a model file: every rule of FORMAT.md is checked here, once. Must not trust a byte it has
 * not checked; after it, nothing checks again. */
#include "core/model.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "core/rounded.h"

#include <string.h>

/* How many rows a section must have; facts are stored once, so item-shaped sections must agree with the
 * header. */
typedef enum rows_rule {
    ROWS_ITEMS,
    ROWS_ITEMS_1,
    ROWS_GRAM,
    ROWS_SETTINGS,
    ROWS_OFFSETS,
    ROWS_FREE
} rows_rule;

/* ALWAYS there; or may be absent, and then a reader that does not know it either skips it or, because
 * scores depend on it, MUST_KNOW it. */
typedef enum presence { SKIPPABLE, ALWAYS, MUST_KNOW } presence;

typedef struct section_rule {
    uint8_t dtype, rows, presence;
    float low, high; /* of f32 values */
} section_rule;

static const section_rule rules[SECTION_KNOWN] = {
    [SECTION_ITEM_VECTORS] = {DTYPE_F32, ROWS_ITEMS, ALWAYS, -FORMAT_MAX_VALUE,
                              FORMAT_MAX_VALUE}, /* or f16, i8 */
    [SECTION_ITEM_SCALES] = {DTYPE_F32, ROWS_ITEMS, MUST_KNOW, 0, FORMAT_MAX_SCALE},
    [SECTION_ITEM_BIAS] = {DTYPE_F32, ROWS_ITEMS, ALWAYS, -FORMAT_MAX_VALUE, FORMAT_MAX_VALUE},
    [SECTION_GRAM] = {DTYPE_F32, ROWS_GRAM, ALWAYS, -FORMAT_MAX_GRAM, FORMAT_MAX_GRAM},
    [SECTION_SETTINGS] = {DTYPE_F32, ROWS_SETTINGS, ALWAYS, -FORMAT_MAX_VALUE, FORMAT_MAX_VALUE},
    [SECTION_ID_OFFSETS] = {DTYPE_U32, ROWS_ITEMS_1, ALWAYS, 0, 0},
    [SECTION_ID_BYTES] = {DTYPE_U8, ROWS_FREE, ALWAYS, 0, 0},
    [SECTION_ID_ORDER] = {DTYPE_U32, ROWS_ITEMS, ALWAYS, 0, 0},
    [SECTION_TITLE_OFFSETS] = {DTYPE_U32, ROWS_ITEMS_1, SKIPPABLE, 0, 0},
    [SECTION_TITLE_BYTES] = {DTYPE_U8, ROWS_FREE, SKIPPABLE, 0, 0},
    [SECTION_ASPECT_OFFSETS] = {DTYPE_U32, ROWS_OFFSETS, SKIPPABLE, 0, 0},
    [SECTION_ASPECT_BYTES] = {DTYPE_U8, ROWS_FREE, SKIPPABLE, 0, 0},
    [SECTION_ITEM_ASPECT_OFFSETS] = {DTYPE_U32, ROWS_ITEMS_1, SKIPPABLE, 0, 0},
    [SECTION_ITEM_ASPECTS] = {DTYPE_U16, ROWS_FREE, SKIPPABLE, 0, 0},
    [SECTION_METADATA] = {DTYPE_U8, ROWS_FREE, SKIPPABLE, 0, 0},
    [SECTION_NEIGHBOUR_OFFSETS] = {DTYPE_U32, ROWS_ITEMS_1, MUST_KNOW, 0, 0},
    [SECTION_NEIGHBOUR_ITEMS] = {DTYPE_U16, ROWS_FREE, MUST_KNOW, 0, 0}, /* or u32 */
    [SECTION_NEIGHBOUR_VALUES] = {DTYPE_I8, ROWS_FREE, MUST_KNOW, 0, 0},
    [SECTION_NEIGHBOUR_SCALES] = {DTYPE_F32, ROWS_ITEMS, MUST_KNOW, 0, FORMAT_MAX_VALUE},
    [SECTION_ITEM_WEIGHTS] = {DTYPE_F32, ROWS_ITEMS, MUST_KNOW, FORMAT_MIN_ITEM_WEIGHT, FORMAT_MAX_VALUE},
    [SECTION_ITEM_TARGETS] = {DTYPE_F32, ROWS_ITEMS, MUST_KNOW, FORMAT_MIN_ITEM_WEIGHT, FORMAT_MAX_VALUE},
    [SECTION_ITEM_CLUSTERS] = {DTYPE_U8, ROWS_ITEMS, SKIPPABLE, 0, 0},
};

/* Lowest and highest accepted value of each setting by kind; what a kind does not know must be zero. */
static const float setting_bounds[KIND_GATE + 1 - KIND_OLDEST][FORMAT_SETTINGS][2] = {
#ifndef AMPCF_SMALL
    {[SETTING_ALPHA] = {0, 1024},
     [SETTING_LAMBDA] = {9.5367431640625e-7f, FORMAT_MAX_VALUE},
     [SETTING_NU] = {0, 1},
     [SETTING_BETA] = {0, 1024},
     [SETTING_ETA] = {0, 16},
     [SETTING_RHO] = {0, 1},
     [SETTING_SHARPNESS] = {0, 1024},
     [SETTING_SPLIT] = {0, 1024},
     [SETTING_TAU] = {0, 1}},
#endif
    {[SETTING_ALPHA] = {0, 1024},
     [SETTING_LAMBDA] = {9.5367431640625e-7f, FORMAT_MAX_VALUE},
     [SETTING_NU] = {0, 1},
     [SETTING_SPLIT] = {0, 1024},
     [SETTING_GATE] = {0, FORMAT_MAX_GATE},
     [SETTING_LEAVES] = {1, AMPCF_MAX_LEAVES},
     [SETTING_PROPORTIONAL] = {0, 1}},
};

/* The 32-bit fields of the header that have a range of their own. */
typedef struct header_field {
    uint32_t low, high;
    uint8_t offset, status;
    char what[FORMAT_GIVES_REASONS ? 18 : 1];
} header_field;

#if FORMAT_GIVES_REASONS
#define REASON(words) words
#else
#define REASON(words) ""
#endif
static const header_field header_fields[] = {
    {1, FORMAT_MAX_SECTIONS, offsetof(format_header, n_sections), AMPCF_E_LIMIT, REASON("section count")},
    {sizeof(format_header), sizeof(format_header), offsetof(format_header, header_bytes), AMPCF_E_BAD_SECTION,
     REASON("header bytes")},
    {1, AMPCF_MAX_ITEMS, offsetof(format_header, n_items), AMPCF_E_LIMIT, REASON("items")},
    {1, AMPCF_MAX_DIM, offsetof(format_header, dim), AMPCF_E_LIMIT, REASON("dim")},
    {1, AMPCF_MAX_PERSONAS, offsetof(format_header, n_personas), AMPCF_E_LIMIT, REASON("personas")},
    {KIND_OLDEST, KIND_GATE, offsetof(format_header, kind), AMPCF_E_UNSUPPORTED_VERSION,
     REASON("model kind")},
};

typedef struct opening {
    const uint8_t *bytes;
    uint64_t n_bytes;
    format_header header;
    format_section found[SECTION_KNOWN]; /* type 0 = absent */
    ampcf_model *model;
    arena memory;
    ampcf_fault fault;
} opening;

/* Called from everywhere and hardly ever: out of line where it does something, else nothing is left of it. */
#ifdef AMPCF_SMALL
__attribute__((always_inline)) static inline ampcf_status
#else
__attribute__((noinline)) static ampcf_status
#endif
refuse(opening *o, ampcf_status status, uint32_t section, uint64_t offset, uint64_t got, uint64_t wanted,
       const char *what) {
    if (FORMAT_GIVES_REASONS) o->fault = (ampcf_fault){offset, got, wanted, what, section, (uint32_t)status};
    return status;
}

#define REFUSE_IF(cond, status, section, offset, got, wanted, what)                                          \
    do {                                                                                                     \
        if (cond) return refuse(o, status, section, offset, got, wanted, what);                              \
    } while (0)
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        ampcf_status try_status = (call);                                                                    \
        if (try_status != AMPCF_OK) return try_status;                                                       \
    } while (0)

static int all_zero(const uint8_t *p, size_t n) {
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++) any |= p[i];
    return any == 0;
}

static ampcf_status check_header(opening *o) {
    format_header *h = &o->header;
    size_t known = o->n_bytes < 8 ? (size_t)o->n_bytes : 8;
    REFUSE_IF(known == 0 || bytes_compare(o->bytes, FORMAT_MAGIC, known) != 0, AMPCF_E_BAD_MAGIC, 0, 0, 0, 0,
              "magic");
    REFUSE_IF(o->n_bytes < sizeof *h, AMPCF_E_TRUNCATED, 0, 0, o->n_bytes, sizeof *h, "header bytes");
    memcpy(h, o->bytes, sizeof *h);
    REFUSE_IF(h->major != FORMAT_MAJOR, AMPCF_E_UNSUPPORTED_VERSION, 0, 8, h->major, FORMAT_MAJOR,
              "format version");
    REFUSE_IF((h->required_features & ~FORMAT_REQUIRED_FEATURES) != 0, AMPCF_E_UNSUPPORTED_VERSION, 0, 12,
              h->required_features, FORMAT_REQUIRED_FEATURES, "required features");
    REFUSE_IF(h->file_bytes > o->n_bytes, AMPCF_E_TRUNCATED, 0, 16, o->n_bytes, h->file_bytes, "file bytes");
    REFUSE_IF(h->file_bytes < o->n_bytes, AMPCF_E_TRAILING_DATA, 0, 16, o->n_bytes, h->file_bytes,
              "file bytes");
    for (size_t f = 0; f < sizeof header_fields / sizeof *header_fields; f++) {
        const header_field *field = &header_fields[f];
        uint32_t value;
        memcpy(&value, o->bytes + field->offset, sizeof value);
        REFUSE_IF(value < field->low || value > field->high, (ampcf_status)field->status, 0, field->offset,
                  value, field->high, field->what);
    }
    /* Version 1.0 has no chunk hashes; a writer that adds them sets a required feature. */
    REFUSE_IF(!all_zero(o->bytes + offsetof(format_header, chunk_root), 60), AMPCF_E_BAD_SECTION, 0, 64, 1, 0,
              "reserved header bytes");
    return AMPCF_OK;
}

static ampcf_status check_table_crc(opening *o) {
    const format_header *h = &o->header;
    uint64_t end = sizeof *h + (uint64_t)h->n_sections * sizeof(format_section);
    REFUSE_IF(end > o->n_bytes, AMPCF_E_TRUNCATED, 0, sizeof *h, o->n_bytes, end, "section table bytes");
    static const uint8_t no_crc[4] = {0, 0, 0, 0};
    uint32_t crc = crc32c(&o->model->crc, 0, o->bytes, offsetof(format_header, crc));
    crc = crc32c(&o->model->crc, crc, no_crc, sizeof no_crc);
    crc = crc32c(&o->model->crc, crc, o->bytes + sizeof *h, (size_t)(end - sizeof *h));
    REFUSE_IF(crc != h->crc, AMPCF_E_CHECKSUM, 0, 124, h->crc, crc, "header checksum");
    return AMPCF_OK;
}

static uint64_t rows_wanted(const format_header *h, rows_rule rule) {
    switch (rule) {
    case ROWS_ITEMS: return h->n_items;
    case ROWS_ITEMS_1: return (uint64_t)h->n_items + 1;
    case ROWS_GRAM: return (uint64_t)h->dim * (h->dim + 1) / 2;
    case ROWS_SETTINGS: return FORMAT_SETTINGS;
    case ROWS_OFFSETS:
    case ROWS_FREE: return 0;
    }
    return 0;
}

/* Vectors may be of these types, and stay what they are. */
static int is_narrow(uint32_t dtype) { return dtype == DTYPE_F16 || dtype == DTYPE_I8; }

/* Rules of one known section: stored type, shape against the header, at most once. */
static ampcf_status check_known(opening *o, const format_section *s, uint64_t at) {
    const section_rule *rule = &rules[s->type];
    REFUSE_IF(o->found[s->type].type != 0, AMPCF_E_BAD_SECTION, s->type, at, s->type, 0,
              "section given twice");
    uint32_t dtype = rule->dtype;
    if (s->type == SECTION_ITEM_VECTORS && is_narrow(s->dtype)) dtype = s->dtype;
    if (s->type == SECTION_NEIGHBOUR_ITEMS && o->header.n_items > FORMAT_MAX_U16_ITEMS) dtype = DTYPE_U32;
    REFUSE_IF(s->dtype != dtype, AMPCF_E_BAD_SECTION, s->type, at + 24, s->dtype, dtype, "section dtype");
    uint64_t rows = rows_wanted(&o->header, (rows_rule)rule->rows);
    REFUSE_IF(rows != 0 && s->rows != rows, AMPCF_E_BAD_SECTION, s->type, at + 28, s->rows, rows,
              "section rows");
    uint32_t cols = s->type == SECTION_ITEM_VECTORS ? o->header.dim : 1;
    REFUSE_IF(s->cols != cols, AMPCF_E_BAD_SECTION, s->type, at + 32, s->cols, cols, "section columns");
    uint32_t flag = rule->presence != SKIPPABLE ? SECTION_REQUIRED : 0u;
    REFUSE_IF((s->flags & SECTION_REQUIRED) != flag, AMPCF_E_BAD_SECTION, s->type, at + 4, s->flags, flag,
              "section flags");
    o->found[s->type] = *s;
    return AMPCF_OK;
}

static ampcf_status check_families(opening *o) {
    static const uint8_t pairs[][2] = {{SECTION_TITLE_OFFSETS, SECTION_TITLE_BYTES},
                                       {SECTION_ASPECT_OFFSETS, SECTION_ASPECT_BYTES},
                                       {SECTION_ASPECT_OFFSETS, SECTION_ITEM_ASPECT_OFFSETS},
                                       {SECTION_ASPECT_OFFSETS, SECTION_ITEM_ASPECTS},
                                       {SECTION_NEIGHBOUR_OFFSETS, SECTION_NEIGHBOUR_ITEMS},
                                       {SECTION_NEIGHBOUR_OFFSETS, SECTION_NEIGHBOUR_VALUES},
                                       {SECTION_NEIGHBOUR_OFFSETS, SECTION_NEIGHBOUR_SCALES}};
    for (uint32_t t = 1; t < SECTION_KNOWN; t++)
        REFUSE_IF(rules[t].presence == ALWAYS && !o->found[t].type, AMPCF_E_BAD_SECTION, t, 0, 0, t,
                  "missing section");
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
        REFUSE_IF(!o->found[pairs[p][0]].type != !o->found[pairs[p][1]].type, AMPCF_E_BAD_SECTION,
                  pairs[p][1], 0, 0, pairs[p][1], "sections that go together");
    REFUSE_IF((o->found[SECTION_ITEM_VECTORS].dtype == DTYPE_I8) != (o->found[SECTION_ITEM_SCALES].type != 0),
              AMPCF_E_BAD_SECTION, SECTION_ITEM_SCALES, 0, 0, DTYPE_I8, "sections that go together");
    return AMPCF_OK;
}

static ampcf_status check_sections(opening *o) {
    const format_header *h = &o->header;
    uint64_t end = sizeof *h + (uint64_t)h->n_sections * sizeof(format_section);
    for (uint32_t i = 0; i < h->n_sections; i++) {
        uint64_t at = sizeof *h + (uint64_t)i * sizeof(format_section), start = format_align(end);
        format_section s;
        memcpy(&s, o->bytes + at, sizeof s);
        REFUSE_IF((s.flags & ~(uint32_t)(SECTION_REQUIRED | SECTION_RANGE_LOADABLE)) != 0 ||
                      !all_zero(s.reserved, 8),
                  AMPCF_E_BAD_SECTION, s.type, at + 4, s.flags, 3, "section flags or reserved bytes");
        REFUSE_IF(s.dtype < 1 || s.dtype > DTYPE_LAST, AMPCF_E_BAD_SECTION, s.type, at + 24, s.dtype,
                  DTYPE_LAST, "section dtype");
        REFUSE_IF(s.cols < 1 || s.cols > FORMAT_MAX_COLS, AMPCF_E_LIMIT, s.type, at + 32, s.cols,
                  FORMAT_MAX_COLS, "section columns");
        /* rows < 2^32, cols <= 2^12, size <= 4: the product stays below 2^46. */
        uint64_t length = (uint64_t)s.rows * s.cols * dtype_bytes(s.dtype);
        REFUSE_IF(s.length != length, AMPCF_E_BAD_SECTION, s.type, at + 16, s.length, length,
                  "section length");
        REFUSE_IF(s.offset != start, AMPCF_E_BAD_SECTION, s.type, at + 8, s.offset, start, "section offset");
        REFUSE_IF(start > o->n_bytes || s.length > o->n_bytes - start, AMPCF_E_BAD_SECTION, s.type, at + 16,
                  s.length, start > o->n_bytes ? 0 : o->n_bytes - start, "section end");
        REFUSE_IF(!all_zero(o->bytes + end, (size_t)(start - end)), AMPCF_E_BAD_SECTION, s.type, end, 1, 0,
                  "padding");
        uint32_t crc = crc32c(&o->model->crc, 0, o->bytes + start, (size_t)s.length);
        REFUSE_IF(crc != s.crc, AMPCF_E_CHECKSUM, s.type, start, s.crc, crc, "section checksum");
        if (s.type > SECTION_HEADER && s.type < SECTION_KNOWN) TRY(check_known(o, &s, at));
        else
            REFUSE_IF((s.flags & SECTION_REQUIRED) != 0 || s.type == SECTION_HEADER,
                      AMPCF_E_UNSUPPORTED_VERSION, s.type, at, s.type, SECTION_KNOWN - 1, "required section");
        end = start + s.length;
    }
    REFUSE_IF(end != o->n_bytes, AMPCF_E_TRAILING_DATA, 0, end, o->n_bytes, end,
              "bytes after the last section");
    return AMPCF_OK;
}

static const void *section_data(const opening *o, section_type type) {
    return o->found[type].type ? o->bytes + o->found[type].offset : NULL;
}

/* Every f32 of a section: bounded, finite, and no denormals, which make some processors a hundred times
 * slower. */
static ampcf_status check_numbers(opening *o, section_type type) {
    const format_section *s = &o->found[type];
    const section_rule *rule = &rules[type];
    const uint8_t *data = section_data(o, type);
    uint32_t high;
    memcpy(&high, &rule->high, sizeof high);
    for (size_t i = 0; i < (size_t)s->length && s->dtype == DTYPE_F32; i += 4) {
        float value;
        uint32_t bits;
        memcpy(&value, data + i, sizeof value);
        memcpy(&bits, data + i, sizeof bits);
        int denormal = (bits << 1) - 1u < 0x00FFFFFFu; /* neither zero nor a normal number */
        REFUSE_IF(!(value >= rule->low && value <= rule->high) || denormal, AMPCF_E_BAD_NUMBER, type,
                  s->offset + i, bits, high, "number not finite, out of bounds or denormal");
    }
    return AMPCF_OK;
}

/* A half is below FORMAT_MAX_VALUE unless it is not finite. */
static ampcf_status check_narrow(opening *o) {
    const format_section *s = &o->found[SECTION_ITEM_VECTORS];
    const void *data = section_data(o, SECTION_ITEM_VECTORS);
    size_t n = is_narrow(s->dtype) ? (size_t)s->rows * s->cols : 0;
    for (size_t i = 0; i < n; i++) {
        uint16_t half = s->dtype == DTYPE_F16 ? ((const uint16_t *)data)[i] : 0;
        int bad = s->dtype == DTYPE_I8 ? ((const int8_t *)data)[i] == -128 : (half & 0x7C00u) == 0x7C00u;
        REFUSE_IF(bad, AMPCF_E_BAD_NUMBER, SECTION_ITEM_VECTORS, s->offset + i * dtype_bytes(s->dtype), half,
                  0, "number not finite, out of bounds or denormal");
    }
    return AMPCF_OK;
}

static ampcf_status check_settings(opening *o) {
    const format_section *s = &o->found[SECTION_SETTINGS];
    const float *value = section_data(o, SECTION_SETTINGS);
    for (uint32_t i = 0; i < FORMAT_SETTINGS; i++) {
        uint32_t bits;
        memcpy(&bits, &value[i], sizeof bits);
        const float *bounds = setting_bounds[o->header.kind - KIND_OLDEST][i];
        int reserved = bounds[1] == 0 && bits != 0; /* -0 would be a second way to write the same model */
        int in_part = i == SETTING_LEAVES && value[i] != (float)(int32_t)value[i];
        REFUSE_IF(reserved || in_part || value[i] < bounds[0] || value[i] > bounds[1], AMPCF_E_BAD_NUMBER,
                  SECTION_SETTINGS, s->offset + 4 * (uint64_t)i, bits, i, "setting out of bounds");
    }
    return AMPCF_OK;
}

/* Offsets start at 0, end at what they point into (n_entries), and take steps of min_step to max_step. */
static ampcf_status check_offsets(opening *o, section_type type, uint32_t n_entries, uint32_t min_step,
                                  uint32_t max_step, ampcf_status bad) {
    const format_section *s = &o->found[type];
    const uint32_t *offsets = section_data(o, type);
    REFUSE_IF(s->rows < 1 || offsets[0] != 0, bad, type, s->offset, s->rows, 0, "first offset");
    for (uint32_t i = 1; i < s->rows; i++) {
        uint32_t from = offsets[i - 1], to = offsets[i];
        int steps = to >= from && to - from >= min_step && to - from <= max_step && to <= n_entries;
        REFUSE_IF(!steps, bad, type, s->offset + 4 * (uint64_t)i, to, from, "offset");
    }
    REFUSE_IF(offsets[s->rows - 1] != n_entries, bad, type, s->offset, offsets[s->rows - 1], n_entries,
              "last offset");
    return AMPCF_OK;
}

/* Each string is UTF-8 of its own. */
static ampcf_status check_text(opening *o, section_type offsets_type, section_type bytes_type,
                               uint32_t min_step, uint32_t max_step, ampcf_status bad, text_table *out) {
    const format_section *s = &o->found[bytes_type];
    if (!s->type) return AMPCF_OK;
    TRY(check_offsets(o, offsets_type, s->rows, min_step, max_step, bad));
    *out = (text_table){section_data(o, offsets_type), section_data(o, bytes_type),
                        o->found[offsets_type].rows - 1};
    for (uint32_t i = 0; i < out->n; i++) {
        uint32_t n;
        const char *text = text_at(out, i, &n);
        REFUSE_IF(!utf8_is_valid(text, n), bad, bytes_type, s->offset + out->offsets[i], i, 0,
                  "text is not UTF-8 or has a NUL");
    }
    return AMPCF_OK;
}

int id_compare(const char *a, uint32_t a_bytes, const char *b, uint32_t b_bytes) {
    int order = bytes_compare(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);
    return order != 0 ? order : a_bytes < b_bytes ? -1 : a_bytes > b_bytes;
}

/* Ids that strictly increase along the order prove at once that it is a permutation and that no id stands
 * twice. */
static ampcf_status check_id_order(opening *o) {
    const text_table *ids = &o->model->ids;
    const uint32_t *order = section_data(o, SECTION_ID_ORDER);
    uint64_t at = o->found[SECTION_ID_ORDER].offset;
    for (uint32_t i = 0; i < ids->n; i++) {
        REFUSE_IF(order[i] >= ids->n, AMPCF_E_BAD_IDS, SECTION_ID_ORDER, at + 4 * (uint64_t)i, order[i],
                  ids->n, "id order");
        if (i == 0) continue;
        uint32_t n_before, n_this;
        const char *before = text_at(ids, order[i - 1], &n_before), *this = text_at(ids, order[i], &n_this);
        REFUSE_IF(id_compare(before, n_before, this, n_this) >= 0, AMPCF_E_BAD_IDS, SECTION_ID_ORDER,
                  at + 4 * (uint64_t)i, order[i], order[i - 1],
                  "ids must be distinct and listed in increasing order");
    }
    return AMPCF_OK;
}

/* For each item a list of entries below bound, strictly increasing; not_self refuses the item itself. */
static ampcf_status check_lists(opening *o, section_type offsets_type, section_type type, uint32_t bound,
                                int not_self, ampcf_status bad) {
    const format_section *s = &o->found[type];
    const uint32_t *offsets = section_data(o, offsets_type), *wide = section_data(o, type),
                   size = dtype_bytes(s->dtype);
    const uint16_t *narrow = section_data(o, type);
    TRY(check_offsets(o, offsets_type, s->rows, 0, s->rows, bad));
    for (uint32_t i = 0; i < o->header.n_items; i++) {
        uint64_t least = 0;
        for (uint32_t e = offsets[i]; e < offsets[i + 1]; e++) {
            uint32_t entry = size == 2 ? narrow[e] : wide[e];
            REFUSE_IF(entry < least || entry >= bound || (not_self && entry == i), bad, type,
                      s->offset + size * (uint64_t)e, entry, bound, "entry of a list");
            least = (uint64_t)entry + 1;
        }
    }
    return AMPCF_OK;
}

static ampcf_status check_item_aspects(opening *o) {
    uint32_t n = o->model->aspects.n;
    if (!o->found[SECTION_ITEM_ASPECTS].type) return AMPCF_OK;
    REFUSE_IF(n < 1 || n > AMPCF_MAX_ASPECTS, AMPCF_E_LIMIT, SECTION_ASPECT_OFFSETS, 0, n, AMPCF_MAX_ASPECTS,
              "aspects");
    return check_lists(o, SECTION_ITEM_ASPECT_OFFSETS, SECTION_ITEM_ASPECTS, n, 0, AMPCF_E_BAD_ASPECTS);
}

static ampcf_status check_neighbours(opening *o) {
    ampcf_model *m = o->model;
    const format_section *s = &o->found[SECTION_NEIGHBOUR_VALUES];
    m->neighbour_offsets = section_data(o, SECTION_NEIGHBOUR_OFFSETS);
    m->neighbours = section_data(o, SECTION_NEIGHBOUR_ITEMS);
    m->neighbour_values = section_data(o, SECTION_NEIGHBOUR_VALUES);
    m->neighbour_scales = section_data(o, SECTION_NEIGHBOUR_SCALES);
    if (!m->neighbour_offsets) return AMPCF_OK;
    REFUSE_IF(s->rows != o->found[SECTION_NEIGHBOUR_ITEMS].rows, AMPCF_E_BAD_SECTION, s->type, s->offset,
              s->rows, o->found[SECTION_NEIGHBOUR_ITEMS].rows, "section rows");
    REFUSE_IF(s->rows > FORMAT_MAX_NEIGHBOURS, AMPCF_E_LIMIT, s->type, s->offset, s->rows,
              FORMAT_MAX_NEIGHBOURS, "neighbours");
    TRY(check_lists(o, SECTION_NEIGHBOUR_OFFSETS, SECTION_NEIGHBOUR_ITEMS, o->header.n_items, 1,
                    AMPCF_E_BAD_NEIGHBOURS));
    for (uint32_t e = 0; e < s->rows; e++)
        REFUSE_IF(m->neighbour_values[e] == -128, AMPCF_E_BAD_NUMBER, s->type, s->offset + e, 128, 127,
                  "neighbour value");
    for (uint32_t i = 0; i < o->header.n_items; i++) {
        uint32_t length = m->neighbour_offsets[i + 1] - m->neighbour_offsets[i];
        if (length > m->longest_row) m->longest_row = length;
    }
    return AMPCF_OK;
}

/* Clusters are numbered by their first item: the count follows, none is empty, and there is one way to write
 * them. */
static ampcf_status check_clusters(opening *o) {
    const format_section *s = &o->found[SECTION_ITEM_CLUSTERS];
    const uint8_t *clusters = o->model->item_clusters = section_data(o, SECTION_ITEM_CLUSTERS);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->rows; i++) {
        REFUSE_IF(clusters[i] > n, AMPCF_E_BAD_NUMBER, SECTION_ITEM_CLUSTERS, s->offset + i, clusters[i], n,
                  "cluster");
        if (clusters[i] == n) n++;
    }
    o->model->n_clusters = n;
    return AMPCF_OK;
}

static ampcf_status check_content(opening *o) {
    ampcf_model *m = o->model;
    for (uint32_t t = 1; t < SECTION_KNOWN; t++) TRY(check_numbers(o, (section_type)t));
    TRY(check_settings(o));
    TRY(check_narrow(o));
    TRY(check_text(o, SECTION_ID_OFFSETS, SECTION_ID_BYTES, 1, FORMAT_MAX_ID_BYTES, AMPCF_E_BAD_IDS,
                   &m->ids));
    TRY(check_id_order(o));
    TRY(check_text(o, SECTION_TITLE_OFFSETS, SECTION_TITLE_BYTES, 0, FORMAT_MAX_TITLE_BYTES, AMPCF_E_BAD_TEXT,
                   &m->titles));
    TRY(check_text(o, SECTION_ASPECT_OFFSETS, SECTION_ASPECT_BYTES, 1, FORMAT_MAX_ID_BYTES, AMPCF_E_BAD_TEXT,
                   &m->aspects));
    TRY(check_item_aspects(o));
    TRY(check_neighbours(o));
    TRY(check_clusters(o));
    const format_section *meta = &o->found[SECTION_METADATA];
    REFUSE_IF(meta->rows > FORMAT_MAX_METADATA_BYTES, AMPCF_E_LIMIT, SECTION_METADATA, meta->offset,
              meta->rows, FORMAT_MAX_METADATA_BYTES, "metadata bytes");
    m->metadata = section_data(o, SECTION_METADATA);
    m->metadata_bytes = meta->rows;
    REFUSE_IF(m->metadata && !utf8_is_valid(m->metadata, meta->rows), AMPCF_E_BAD_TEXT, SECTION_METADATA,
              meta->offset, 0, 0, "metadata is not UTF-8");
    return AMPCF_OK;
}

static ampcf_status open_checked(opening *o) {
    ampcf_model *m = o->model;
    TRY(check_header(o));
    crc32c_init(&m->crc);
    TRY(check_table_crc(o));
    TRY(check_sections(o));
    TRY(check_families(o));
    TRY(check_content(o));
    m->n_items = o->header.n_items;
    m->dim = o->header.dim;
    m->n_personas = o->header.n_personas;
    m->n_aspects = m->aspects.n;
    m->bias = section_data(o, SECTION_ITEM_BIAS);
    m->gram = section_data(o, SECTION_GRAM);
    m->settings = section_data(o, SECTION_SETTINGS);
    m->item_weights = section_data(o, SECTION_ITEM_WEIGHTS);
    m->item_targets = section_data(o, SECTION_ITEM_TARGETS);
    m->id_order = section_data(o, SECTION_ID_ORDER);
    m->item_aspect_offsets = section_data(o, SECTION_ITEM_ASPECT_OFFSETS);
    m->item_aspects = section_data(o, SECTION_ITEM_ASPECTS);
    m->lineage = o->bytes + offsetof(format_header, lineage);
    m->kind = o->header.kind;
    m->rows = section_data(o, SECTION_ITEM_VECTORS);
    m->row_scales = section_data(o, SECTION_ITEM_SCALES);
    m->row_type = o->found[SECTION_ITEM_VECTORS].dtype;
    model_shape shape = {m->n_items, m->dim, m->row_type, m->kind};
    m->rounded = rounded_take(&o->memory, &shape);
    REFUSE_IF(o->memory.full, AMPCF_E_MEMORY, 0, 0, o->memory.cap,
              ampcf_model_memory(o->bytes, (size_t)o->n_bytes), "model memory");
    rounded_fill(m);
    return AMPCF_OK;
}

/* What the header and the table say; no more items than the file has bytes for. */
static model_shape shape_of(const uint8_t *bytes, size_t n_bytes) {
    model_shape shape = {0, 0, 0, 0};
    format_header h;
    format_section s;
    if (n_bytes < sizeof h) return shape;
    memcpy(&h, bytes, sizeof h);
    for (size_t at = sizeof h; h.n_sections > 0 && n_bytes - at >= sizeof s; at += sizeof s, h.n_sections--) {
        memcpy(&s, bytes + at, sizeof s);
        uint64_t length = (uint64_t)s.rows * s.cols * dtype_bytes(s.dtype);
        if (s.type == SECTION_ITEM_VECTORS && s.cols <= AMPCF_MAX_DIM && length > 0 && length <= n_bytes)
            return (model_shape){s.rows, s.cols, s.dtype, h.kind};
    }
    return shape;
}

size_t model_memory(const model_shape *shape) {
    arena a = arena_measure();
    arena_take(&a, 1, sizeof(ampcf_model));
    (void)rounded_take(&a, shape);
    return a.full ? 0 : a.used;
}

size_t ampcf_model_memory(const void *bytes, size_t n_bytes) {
    model_shape shape = shape_of(bytes, n_bytes);
    return model_memory(&shape);
}

ampcf_status ampcf_model_open(const void *bytes, size_t n_bytes, void *memory, size_t memory_bytes,
                              const ampcf_model **out_model, ampcf_fault *out_fault) {
    opening o;
    memset(&o, 0, sizeof o);
    o.bytes = bytes;
    o.n_bytes = n_bytes;
    o.memory = arena_over(memory, memory_bytes);
    o.model = arena_take(&o.memory, 1, sizeof *o.model);
    ampcf_status status;
    if (!o.model || ((uintptr_t)bytes & (ARENA_ALIGN - 1)) != 0) {
        status = refuse(&o, AMPCF_E_MEMORY, 0, 0, memory_bytes, ampcf_model_memory(bytes, n_bytes),
                        "model memory");
    } else {
        memset(o.model, 0, sizeof *o.model);
        status = open_checked(&o);
    }
    if (status == AMPCF_OK) *out_model = o.model;
    else if (FORMAT_GIVES_REASONS && out_fault) *out_fault = o.fault;
    return status;
}

ampcf_model_facts ampcf_model_describe(const ampcf_model *m) {
    ampcf_model_facts facts = {.items = m->n_items,
                               .dim = m->dim,
                               .personas = m->n_personas,
                               .aspects = m->n_aspects,
                               .clusters = m->n_clusters,
                               .leaves = (uint32_t)m->settings[SETTING_LEAVES],
                               .gate = m->settings[SETTING_GATE],
                               .proportional = m->settings[SETTING_PROPORTIONAL]};
    if (m->neighbour_offsets) facts.neighbours = m->neighbour_offsets[m->n_items];
    memcpy(facts.lineage, m->lineage, sizeof facts.lineage);
    return facts;
}
