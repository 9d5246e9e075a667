/* Owns the test of files that break one rule of the format but whose checksums are right: the exact status
 * of each. Must leave damage that a checksum finds to test_model.c, and random damage to
 * test_model_mutations.c. */
#include "hostile.h"
#include "kinds.h"

static uint8_t *base;
static size_t base_bytes;

/* The base file with bytes written over one place, checksums repaired. */
static void expect_patch(size_t at, const void *bytes, size_t n, ampcf_status wanted, int line) {
    uint8_t *file = exact_copy(base, base_bytes);
    memcpy(file + at, bytes, n);
    repair(file, base_bytes);
    expect_file(file, base_bytes, wanted, line);
    free(file);
}
static void expect_u32(size_t at, uint32_t value, ampcf_status wanted, int line) {
    expect_patch(at, &value, 4, wanted, line);
}
static void expect_u64(size_t at, uint64_t value, ampcf_status wanted, int line) {
    expect_patch(at, &value, 8, wanted, line);
}
#define EXPECT_U32(at, value, wanted) (label = "u32 at " #at, expect_u32(at, value, wanted, __LINE__))
#define EXPECT_U64(at, value, wanted) (label = "u64 at " #at, expect_u64(at, value, wanted, __LINE__))

static void header_fields(void) {
    const uint32_t huge[] = {0x80000000u, 0xFFFFFFFFu};
    EXPECT_U32(8, 2, AMPCF_E_UNSUPPORTED_VERSION);
    EXPECT_U32(8, 0, AMPCF_E_UNSUPPORTED_VERSION);
    EXPECT_U32(8, 0xFFFF, AMPCF_E_UNSUPPORTED_VERSION);
    EXPECT_U32(8, 1 | 7u << 16, AMPCF_OK); /* a newer minor version only adds optional sections */
    for (uint32_t bit = 0; bit < 32; bit++) EXPECT_U32(12, 1u << bit, AMPCF_E_UNSUPPORTED_VERSION);
    EXPECT_U64(16, 0, AMPCF_E_TRAILING_DATA);
    EXPECT_U64(16, base_bytes - 1, AMPCF_E_TRAILING_DATA);
    EXPECT_U64(16, base_bytes + 1, AMPCF_E_TRUNCATED);
    EXPECT_U64(16, UINT64_MAX, AMPCF_E_TRUNCATED);
    EXPECT_U32(24, 0, AMPCF_E_LIMIT);
    EXPECT_U32(24, 65, AMPCF_E_LIMIT);
    EXPECT_U32(24, 64, AMPCF_E_TRUNCATED); /* 64 entries do not fit this file */
    EXPECT_U32(24, 13, AMPCF_E_BAD_SECTION);
    EXPECT_U32(24, 15, AMPCF_E_BAD_SECTION);
    EXPECT_U32(28, 0, AMPCF_E_BAD_SECTION);
    EXPECT_U32(28, 127, AMPCF_E_BAD_SECTION);
    EXPECT_U32(28, 192, AMPCF_E_BAD_SECTION);
    const uint32_t most[] = {AMPCF_MAX_ITEMS, AMPCF_MAX_DIM, AMPCF_MAX_PERSONAS};
    for (uint32_t i = 0; i < 3; i++) {
        size_t at = 32 + 4 * i;
        EXPECT_U32(at, 0, AMPCF_E_LIMIT);
        EXPECT_U32(at, most[i] + 1, AMPCF_E_LIMIT);
        for (int h = 0; h < 2; h++) EXPECT_U32(at, huge[h], AMPCF_E_LIMIT);
        EXPECT_U32(at, most[i],
                   i == 2 ? AMPCF_OK
                          : AMPCF_E_BAD_SECTION); /* within limits, but not what the sections hold */
    }
    EXPECT_U32(32, 6, AMPCF_E_BAD_SECTION);
    EXPECT_U32(32, 8, AMPCF_E_BAD_SECTION);
    EXPECT_U32(36, 4, AMPCF_E_BAD_SECTION);
    EXPECT_U32(36, 6, AMPCF_E_BAD_SECTION);
    EXPECT_U32(44, 0, AMPCF_E_UNSUPPORTED_VERSION);
    EXPECT_U32(44, 1, AMPCF_E_BAD_NUMBER); /* with the settings of kind 2 */
    EXPECT_U32(44, 3, AMPCF_E_UNSUPPORTED_VERSION);
    for (size_t at = 48; at < 64; at++)
        label = "lineage may be anything", expect_patch(at, "\xFF", 1, AMPCF_OK, __LINE__);
    for (size_t at = 64; at < 124; at++)
        label = "chunk hashes and reserved bytes", expect_patch(at, "\x01", 1, AMPCF_E_BAD_SECTION, __LINE__);
    uint8_t *file = exact_copy(base, base_bytes);
    file[124] ^= 1;
    label = "header checksum", expect_file(file, base_bytes, AMPCF_E_CHECKSUM, __LINE__);
    free(file);
}

/* Every field of every table entry, with the header's checksum made right again. */
static void table_fields(void) {
    for (uint32_t i = 0; i < 14; i++) {
        size_t at = 128 + 48 * (size_t)i;
        format_section s;
        memcpy(&s, base + at, sizeof s);
        const uint64_t offsets[] = {
            0,          s.offset - 64, s.offset - 1, s.offset + 1,   s.offset + 16, s.offset + 64,
            base_bytes, 1ull << 63,    UINT64_MAX,   UINT64_MAX - 63};
        for (size_t k = 0; k < sizeof offsets / sizeof *offsets; k++)
            EXPECT_U64(at + 8, offsets[k], AMPCF_E_BAD_SECTION);
        const uint64_t lengths[] = {0,          s.length - 1, s.length + 1,   base_bytes,
                                    1ull << 63, UINT64_MAX,   0ull - s.offset};
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
            EXPECT_U64(at + 16, lengths[k], AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 4, s.flags ^ SECTION_REQUIRED, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 4, s.flags ^ SECTION_RANGE_LOADABLE, AMPCF_OK);
        for (uint32_t bit = 2; bit < 32; bit++) EXPECT_U32(at + 4, s.flags ^ 1u << bit, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 24, 0, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 24, 7, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 24, 0xFFFFFFFFu, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 28, s.rows + 1, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 28, 0, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 28, 0xFFFFFFFFu, AMPCF_E_BAD_SECTION);
        EXPECT_U32(at + 32, 0, AMPCF_E_LIMIT);
        EXPECT_U32(at + 32, 4097, AMPCF_E_LIMIT);
        EXPECT_U32(at + 32, 0xFFFFFFFFu, AMPCF_E_LIMIT);
        EXPECT_U32(at + 32, s.cols + 1, AMPCF_E_BAD_SECTION);
        /* 2^32 - 1 rows of 4096 columns: the right product, far outside the file. */
        uint32_t shape[2] = {0xFFFFFFFFu, 4096};
        uint64_t length = 0xFFFFFFFFull * 4096 * dtype_bytes(s.dtype);
        uint8_t entry[48];
        memcpy(entry, base + at, 48);
        memcpy(entry + 16, &length, 8);
        memcpy(entry + 28, shape, 8);
        label = "largest shape", expect_patch(at, entry, 48, AMPCF_E_BAD_SECTION, __LINE__);
        /* One row more than the rest of the file holds, but fewer bytes than the file. */
        uint64_t row_bytes = (uint64_t)s.cols * dtype_bytes(s.dtype);
        shape[0] = (uint32_t)((base_bytes - s.offset) / row_bytes + 1), shape[1] = s.cols,
        length = shape[0] * row_bytes;
        memcpy(entry + 16, &length, 8);
        memcpy(entry + 28, shape, 8);
        label = "a section longer than the rest", expect_patch(at, entry, 48, AMPCF_E_BAD_SECTION, __LINE__);
        for (size_t r = 40; r < 48; r++)
            label = "reserved bytes of an entry",
            expect_patch(at + r, "\x80", 1, AMPCF_E_BAD_SECTION, __LINE__);
        uint8_t *file = exact_copy(base, base_bytes);
        repair(file, base_bytes);
        if (s.length > 0) file[s.offset] ^= 0x55;
        label = "section checksum",
        expect_file(file, base_bytes, s.length > 0 ? AMPCF_E_CHECKSUM : AMPCF_OK, __LINE__);
        free(file);
    }
}

static void layout(void) {
    uint8_t *file = exact_copy(base, base_bytes);
    format_section a, b;
    memcpy(&a, file + 128, 48), memcpy(&b, file + 176, 48);
    memcpy(file + 128, &b, 48), memcpy(file + 176, &a, 48);
    repair(file, base_bytes);
    label = "table out of order", expect_file(file, base_bytes, AMPCF_E_BAD_SECTION, __LINE__);
    memcpy(file, base, base_bytes);
    memcpy(file + 176, &a, 48);
    repair(file, base_bytes);
    label = "two entries for the same bytes", expect_file(file, base_bytes, AMPCF_E_BAD_SECTION, __LINE__);
    free(file);

    for (uint32_t i = 0; i < 14; i++) { /* every byte of padding */
        memcpy(&a, base + 128 + 48 * i, 48);
        size_t from = i == 0 ? 128 + 14 * 48 : (size_t)(b.offset + b.length);
        for (size_t at = from; at < a.offset; at++)
            label = "padding", expect_patch(at, "\x01", 1, AMPCF_E_BAD_SECTION, __LINE__);
        b = a;
    }
    uint64_t longer_bytes = base_bytes + 64;
    uint8_t *longer = exact(longer_bytes);
    memset(longer, 0, longer_bytes);
    memcpy(longer, base, base_bytes);
    memcpy(longer + 16, &longer_bytes, 8);
    repair(longer, longer_bytes);
    label = "bytes after the last section",
    expect_file(longer, longer_bytes, AMPCF_E_TRAILING_DATA, __LINE__);
    free(longer);

    draft d = draft_of(base);
    label = "as it was", EXPECT(d, AMPCF_OK);
    for (uint32_t i = 0; i < 7; i++) {
        format_section s = d.table[i];
        const void *data = d.data[i];
        d.table[i] = d.table[13 - i], d.data[i] = d.data[13 - i];
        d.table[13 - i] = s, d.data[13 - i] = data;
    }
    label = "any order of types", EXPECT(d, AMPCF_OK);
}

static void section_types(void) {
    static const uint8_t some[40] = {1};
    static const uint32_t unknown[] = {23, 24, 1000, 0xFFFFFFFFu};
    draft whole = draft_of(base), d;
    for (uint32_t i = 0; i < 4; i++) {
        d = whole, draft_add(&d, unknown[i], 0, some, 40);
        label = "unknown optional type", EXPECT(d, AMPCF_OK);
        draft_add(&d, unknown[i], SECTION_RANGE_LOADABLE, some, 0);
        label = "unknown optional type twice", EXPECT(d, AMPCF_OK);
        d = whole, draft_add(&d, unknown[i], SECTION_REQUIRED, some, 40);
        label = "unknown required type", EXPECT(d, AMPCF_E_UNSUPPORTED_VERSION);
    }
    d = whole, draft_add(&d, SECTION_HEADER, 0, some, 40);
    label = "type 0", EXPECT(d, AMPCF_E_UNSUPPORTED_VERSION);
    d = whole, draft_add(&d, SECTION_ITEM_SCALES, SECTION_REQUIRED, some, 28);
    d.table[14].dtype = DTYPE_F32, d.table[14].rows = 7;
    label = "scales belong to int8 vectors", EXPECT(d, AMPCF_E_BAD_SECTION);
    for (d = whole; d.n < 64;) draft_add(&d, 99, 0, some, 1);
    label = "64 sections", EXPECT(d, AMPCF_OK);
    draft_add(&d, 99, 0, some, 1);
    label = "65 sections", EXPECT(d, AMPCF_E_LIMIT);
    for (uint32_t i = 0; i < whole.n; i++) {
        d = whole;
        d.table[d.n] = d.table[i], d.data[d.n++] = d.data[i];
        label = "section given twice", EXPECT(d, AMPCF_E_BAD_SECTION);
        d = whole, draft_remove(&d, whole.table[i].type);
        label = "missing section",
        EXPECT(d, whole.table[i].type == SECTION_METADATA ? AMPCF_OK : AMPCF_E_BAD_SECTION);
    }
    d = whole, draft_remove(&d, SECTION_TITLE_OFFSETS), draft_remove(&d, SECTION_TITLE_BYTES);
    label = "no titles", EXPECT(d, AMPCF_OK);
    for (uint32_t t = SECTION_ASPECT_OFFSETS; t <= SECTION_ITEM_ASPECTS; t++) draft_remove(&d, t);
    label = "no aspects", EXPECT(d, AMPCF_OK);
}

/* Shapes that are right in themselves but not for the type. */
static void section_shapes(void) {
    static uint8_t zeros[4096];
    draft whole = draft_of(base), d;
    for (uint32_t i = 0; i < whole.n; i++) {
        format_section s = whole.table[i];
        for (uint32_t dtype = 1; dtype <= DTYPE_LAST; dtype++) {
            if (dtype == s.dtype) continue;
            d = whole;
            d.table[i].dtype = dtype, d.table[i].length = (uint64_t)s.rows * s.cols * dtype_bytes(dtype),
            d.data[i] = zeros;
            /* Halves stand alone; int8 vectors need their scales, which this file does not have. */
            label = "dtype",
            EXPECT(d, s.type == SECTION_ITEM_VECTORS && dtype == DTYPE_F16 ? AMPCF_OK : AMPCF_E_BAD_SECTION);
        }
        d = whole;
        d.table[i].cols = s.cols + 1,
        d.table[i].length = (uint64_t)s.rows * (s.cols + 1) * dtype_bytes(s.dtype), d.data[i] = zeros;
        label = "columns", EXPECT(d, AMPCF_E_BAD_SECTION);
        for (uint32_t rows = s.rows - 1; rows <= s.rows + 1; rows += 2) {
            ampcf_status wanted = AMPCF_E_BAD_SECTION; /* rows that the header fixes */
            if (s.type == SECTION_ID_BYTES) wanted = AMPCF_E_BAD_IDS;
            if (s.type == SECTION_TITLE_BYTES || s.type == SECTION_ASPECT_BYTES ||
                s.type == SECTION_ASPECT_OFFSETS)
                wanted = AMPCF_E_BAD_TEXT;
            if (s.type == SECTION_ITEM_ASPECTS) wanted = AMPCF_E_BAD_ASPECTS;
            if (s.type == SECTION_METADATA) wanted = AMPCF_OK;
            d = whole;
            uint8_t *data = exact(s.length + 4096);
            memset(data, ' ', s.length + 4096);
            memcpy(data, whole.data[i], s.length);
            d.data[i] = data, d.table[i].rows = rows,
            d.table[i].length = (uint64_t)rows * s.cols * dtype_bytes(s.dtype);
            label = "rows", EXPECT(d, wanted);
            free(data);
        }
    }
}

static void numbers(void) {
    const uint32_t types[] = {SECTION_ITEM_VECTORS, SECTION_ITEM_BIAS, SECTION_GRAM, SECTION_SETTINGS};
    const float bounds[] = {1048576, 1048576, 18446744073709551616.0f, 0};
    const uint32_t bad[] = {0x7FC00000u, 0xFFC00000u, 0x7F800001u, 0x7F800000u, 0xFF800000u, 0x7E967699u,
                            0xFE967699u, 1,           0x80000001u, 0x007FFFFFu, 0x807FFFFFu, 0x7F7FFFFFu};
    draft whole = draft_of(base);
    for (uint32_t t = 0; t < 4; t++) {
        format_section s = whole.table[draft_find(&whole, types[t])];
        for (uint32_t i = 0; i < s.length / 4; i++) {
            size_t at = (size_t)s.offset + 4 * i;
            for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) EXPECT_U32(at, bad[b], AMPCF_E_BAD_NUMBER);
            if (types[t] == SECTION_SETTINGS) continue;
            uint32_t bound = float_bits(bounds[t]);
            EXPECT_U32(at, bound, AMPCF_OK);
            EXPECT_U32(at, bound | 0x80000000u, AMPCF_OK);
            EXPECT_U32(at, bound + 1, AMPCF_E_BAD_NUMBER);
            EXPECT_U32(at, (bound + 1) | 0x80000000u, AMPCF_E_BAD_NUMBER);
            EXPECT_U32(at, 0x00800000u, AMPCF_OK); /* the least normal number */
        }
    }
}

/* Lowest and highest of each setting, as src/FORMAT.md gives them for a kind; a number beyond each must be
 * refused. */
static void settings_within(const float bounds[SETTINGS][2]) {
    draft whole = draft_of(base);
    size_t at = (size_t)whole.table[draft_find(&whole, SECTION_SETTINGS)].offset;
    for (uint32_t i = 0; i < SETTINGS; i++, at += 4) {
        float least = bounds[i][0], most = bounds[i][1];
        EXPECT_U32(at, float_bits(least), AMPCF_OK);
        EXPECT_U32(at, float_bits(most), AMPCF_OK);
        EXPECT_U32(at, float_bits(most) + (most > 0 ? 1u : 0x00800000u), AMPCF_E_BAD_NUMBER);
        EXPECT_U32(at, least > 0 ? float_bits(least) - 1 : 0x80800000u, AMPCF_E_BAD_NUMBER);
        EXPECT_U32(at, float_bits(-1), AMPCF_E_BAD_NUMBER);
        if (most == 0) EXPECT_U32(at, float_bits(-0.0f), AMPCF_E_BAD_NUMBER);
        const float others[] = {1, 0.5f, 16, 17, 256, 257, 1e30f};
        for (size_t o = 0; o < sizeof others / sizeof *others; o++)
            if (others[o] > most) EXPECT_U32(at, float_bits(others[o]), AMPCF_E_BAD_NUMBER);
    }
}

static void settings(void) {
    const float gate[SETTINGS][2] = {[ALPHA] = {0, 1024},    [LAMBDA] = {9.5367431640625e-7f, 1048576},
                                     [NU] = {0, 1},          [SPLIT] = {0, 1024},
                                     [GATE] = {0, 16},       [LEAVES] = {1, 256},
                                     [PROPORTIONAL] = {0, 1}};
    settings_within(gate);
    draft whole = draft_of(base);
    size_t at = (size_t)whole.table[draft_find(&whole, SECTION_SETTINGS)].offset + 4 * LEAVES;
    const float parts[] = {0, 0.5f, 1.5f, 255.5f, 1048575.9f};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        EXPECT_U32(at, float_bits(parts[i]), AMPCF_E_BAD_NUMBER);
    EXPECT_U32(at, 0x7FC00000u, AMPCF_E_BAD_NUMBER);
}

/* Files of version 0.1. */
static void settings_of_attention(void) {
    uint64_t rng = 32;
    recipe r = attention_recipe(7, 5, 4, 6);
    test_model m = make_kind(&r, &rng);
    uint8_t *before = base;
    size_t before_bytes = base_bytes;
    base = m.file, base_bytes = m.bytes;
    const float attention[SETTINGS][2] = {[ALPHA] = {0, 1024},     [LAMBDA] = {9.5367431640625e-7f, 1048576},
                                          [NU] = {0, 1},           [BETA] = {0, 1024},
                                          [ETA] = {0, 16},         [RHO] = {0, 1},
                                          [SHARPNESS] = {0, 1024}, [SPLIT] = {0, 1024},
                                          [TAU] = {0, 1}};
    settings_within(attention);
    EXPECT_U32(44, 1, AMPCF_OK);
    EXPECT_U32(44, 2, AMPCF_E_BAD_NUMBER);
    base = before, base_bytes = before_bytes;
    free_model(&m);
}

/* Seven ids in place of the base's; NULL texts and lengths so that NULs can be given. */
typedef struct ids {
    const char *text[7];
    uint32_t bytes[7];
} ids;

static void expect_ids(ids list, uint32_t first_offset, const uint32_t *order, ampcf_status wanted,
                       int line) {
    static char bytes[4096];
    static const uint32_t same[7] = {0, 1, 2, 3, 4, 5, 6};
    uint32_t offsets[8] = {first_offset}, at = first_offset;
    for (uint32_t i = 0; i < 7; i++) {
        memcpy(bytes + at, list.text[i], list.bytes[i]);
        offsets[i + 1] = at += list.bytes[i];
    }
    draft d = draft_of(base);
    draft_set(&d, SECTION_ID_OFFSETS, offsets, 8);
    draft_set(&d, SECTION_ID_BYTES, bytes, at);
    draft_set(&d, SECTION_ID_ORDER, order ? order : same, 7);
    expect_draft(d, wanted, line);
}

static const ids good_ids = {{"a", "b", "c", "d", "e", "f", "g"}, {1, 1, 1, 1, 1, 1, 1}};

/* The last id replaced; it must sort behind "f". */
static void expect_last_id(const char *text, uint32_t bytes, ampcf_status wanted, int line) {
    ids list = good_ids;
    list.text[6] = text, list.bytes[6] = bytes;
    expect_ids(list, 0, NULL, wanted, line);
}

static void id_texts(void) {
    static const struct {
        const char *text;
        uint32_t bytes;
        const char *what;
    } bad[] = {{"", 0, "empty id"},
               {"g\0h", 3, "NUL"},
               {"\x80", 1, "lone continuation"},
               {"\xC0\xAF", 2, "overlong, 2 bytes"},
               {"\xC1\xBF", 2, "overlong, 2 bytes"},
               {"\xE0\x9F\xBF", 3, "overlong, 3 bytes"},
               {"\xF0\x8F\xBF\xBF", 4, "overlong, 4 bytes"},
               {"\xED\xA0\x80", 3, "surrogate"},
               {"\xED\xBF\xBF", 3, "surrogate"},
               {"\xF4\x90\x80\x80", 4, "above U+10FFFF"},
               {"\xF5\x80\x80\x80", 4, "no such lead byte"},
               {"\xFF", 1, "no such byte"},
               {"g\xC3", 2, "cut after 1 of 2"},
               {"g\xE2\x82", 3, "cut after 2 of 3"},
               {"g\xF0\x9F\x8E", 4, "cut after 3 of 4"},
               {"\xC3g", 2, "no continuation"},
               {"\xE2\x82g", 3, "no continuation"},
               {"\xF0\x9F\x8Eg", 4, "no continuation"}};
    static const char *good[] = {"\xC2\x80",     "\xDF\xBF",     "\xE0\xA0\x80",     "\xED\x9F\xBF",
                                 "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
    static char longest[514];
    memset(longest, 'x', sizeof longest);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        label = bad[i].what, expect_last_id(bad[i].text, bad[i].bytes, AMPCF_E_BAD_IDS, __LINE__);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        label = "edge of UTF-8", expect_last_id(good[i], (uint32_t)strlen(good[i]), AMPCF_OK, __LINE__);
    label = "512 bytes", expect_last_id(longest, 512, AMPCF_OK, __LINE__);
    label = "513 bytes", expect_last_id(longest, 513, AMPCF_E_BAD_IDS, __LINE__);
    label = "decomposed text is another id",
    expect_ids((ids){{"a", "b", "c", "d", "e", "u\xCC\x88", "\xC3\xBC"}, {1, 1, 1, 1, 1, 3, 2}}, 0, NULL,
               AMPCF_OK, __LINE__);
    label = "a character cut by an offset",
    expect_ids((ids){{"a", "b", "c", "d", "e", "\xC3", "\xBC"}, {1, 1, 1, 1, 1, 1, 1}}, 0, NULL,
               AMPCF_E_BAD_IDS, __LINE__);
    label = "first offset", expect_ids(good_ids, 1, NULL, AMPCF_E_BAD_IDS, __LINE__);
}

static void id_order(void) {
    static const uint32_t bad[][7] = {
        {0, 1, 2, 3, 4, 5, 5},           {0, 0, 1, 2, 3, 4, 5},           {6, 5, 4, 3, 2, 1, 0},
        {0, 1, 2, 3, 4, 6, 5},           {0, 1, 2, 3, 4, 5, 7},           {7, 0, 1, 2, 3, 4, 5},
        {0, 1, 2, 3, 4, 5, 0xFFFFFFFFu}, {0x80000000u, 1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6, 0}};
    label = "good ids", expect_ids(good_ids, 0, NULL, AMPCF_OK, __LINE__);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        label = "order", expect_ids(good_ids, 0, bad[i], AMPCF_E_BAD_IDS, __LINE__);
    ids list = good_ids;
    list.text[6] = "f";
    label = "duplicate id", expect_ids(list, 0, NULL, AMPCF_E_BAD_IDS, __LINE__);
    list.text[6] = "fa", list.bytes[6] = 2;
    label = "prefix before longer", expect_ids(list, 0, NULL, AMPCF_OK, __LINE__);
    list.text[5] = "fa", list.bytes[5] = 2, list.text[6] = "f", list.bytes[6] = 1;
    label = "longer before prefix", expect_ids(list, 0, NULL, AMPCF_E_BAD_IDS, __LINE__);
    list.text[5] = "z", list.bytes[5] = 1, list.text[6] = "\xC3\xA4", list.bytes[6] = 2;
    label = "bytes compare unsigned", expect_ids(list, 0, NULL, AMPCF_OK, __LINE__);
}

/* One offset changed in a table of `rows` offsets. */
static void offsets_step(uint32_t type, ampcf_status wanted) {
    draft whole = draft_of(base);
    uint32_t rows = whole.table[draft_find(&whole, type)].rows,
             *copy = exact_copy(whole.data[draft_find(&whole, type)], rows * sizeof *copy);
    const uint32_t values[] = {0xFFFFFFFFu, 0x80000000u, copy[rows - 1] + 1};
    label = "offsets";
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t v = 0; v < 4; v++) {
            uint32_t was = copy[i];
            if (v == 3 && (i == 0 || copy[i - 1] == 0)) continue;
            copy[i] = v < 3 ? values[v] : copy[i - 1] - 1; /* the last steps back */
            draft d = whole;
            draft_set(&d, type, copy, rows);
            EXPECT(d, wanted);
            copy[i] = was;
        }
    free(copy);
}

static void texts(void) {
    static const char *bad[] = {"\xC0\xAF", "\xED\xA0\x80", "ok\xE2\x82", "\xF5\x80\x80\x80"};
    static char big[65537];
    memset(big, ' ', sizeof big);
    draft whole = draft_of(base), d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t n = (uint32_t)strlen(bad[i]), titles[8] = {0, 0, 0, 0, 0, 0, 0, n}, aspects[7] = {0};
        d = whole, draft_set(&d, SECTION_TITLE_OFFSETS, titles, 8),
        draft_set(&d, SECTION_TITLE_BYTES, bad[i], n);
        label = "title not UTF-8", EXPECT(d, AMPCF_E_BAD_TEXT);
        memset(big, 'a', 5), memcpy(big + 5, bad[i], n);
        for (uint32_t a = 1; a < 7; a++) aspects[a] = a < 6 ? a : 5 + n;
        d = whole, draft_set(&d, SECTION_ASPECT_OFFSETS, aspects, 7),
        draft_set(&d, SECTION_ASPECT_BYTES, big, 5 + n);
        label = "aspect not UTF-8", EXPECT(d, AMPCF_E_BAD_TEXT);
        d = whole, draft_set(&d, SECTION_METADATA, bad[i], n);
        label = "metadata not UTF-8", EXPECT(d, AMPCF_E_BAD_TEXT);
        memset(big, ' ', sizeof big);
    }
    uint32_t titles[8] = {0, 0, 0, 0, 0, 0, 0, 4096}, aspects[7] = {0, 1, 2, 3, 4, 5, 517};
    d = whole, draft_set(&d, SECTION_TITLE_OFFSETS, titles, 8), draft_set(&d, SECTION_TITLE_BYTES, big, 4096);
    label = "title of 4096 bytes", EXPECT(d, AMPCF_OK);
    titles[7] = 4097, draft_set(&d, SECTION_TITLE_BYTES, big, 4097);
    label = "title of 4097 bytes", EXPECT(d, AMPCF_E_BAD_TEXT);
    titles[7] = 3, draft_set(&d, SECTION_TITLE_BYTES, "a\0b", 3);
    label = "title with NUL", EXPECT(d, AMPCF_E_BAD_TEXT);
    d = whole, draft_set(&d, SECTION_ASPECT_OFFSETS, aspects, 7),
    draft_set(&d, SECTION_ASPECT_BYTES, big, 517);
    label = "aspect of 512 bytes", EXPECT(d, AMPCF_OK);
    aspects[6] = 518, draft_set(&d, SECTION_ASPECT_BYTES, big, 518);
    label = "aspect of 513 bytes", EXPECT(d, AMPCF_E_BAD_TEXT);
    aspects[6] = 5, draft_set(&d, SECTION_ASPECT_BYTES, big, 5);
    label = "empty aspect", EXPECT(d, AMPCF_E_BAD_TEXT);
    d = whole, draft_set(&d, SECTION_METADATA, big, 65536);
    label = "metadata of 64 KiB", EXPECT(d, AMPCF_OK);
    draft_set(&d, SECTION_METADATA, big, 65537);
    label = "metadata over 64 KiB", EXPECT(d, AMPCF_E_LIMIT);
    draft_set(&d, SECTION_METADATA, "{}\0", 3);
    label = "metadata with NUL", EXPECT(d, AMPCF_E_BAD_TEXT);
    draft_set(&d, SECTION_METADATA, big, 0);
    label = "empty metadata", EXPECT(d, AMPCF_OK);
}

static void aspects(void) {
    const uint32_t offsets[8] = {0, 3, 3, 3, 3, 3, 3, 4}, many_names[1] = {0};
    static const uint16_t bad[][4] = {{0, 1, 6, 0}, {0, 1, 65535, 0}, {1, 0, 2, 0},
                                      {0, 2, 2, 0}, {0, 0, 1, 0},     {0, 1, 2, 6}};
    static const uint16_t good[][4] = {{0, 1, 5, 0}, {3, 4, 5, 5}};
    draft d = draft_of(base), whole = d;
    draft_set(&d, SECTION_ITEM_ASPECT_OFFSETS, offsets, 8);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        draft_set(&d, SECTION_ITEM_ASPECTS, good[i], 4), label = "aspects", EXPECT(d, AMPCF_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        draft_set(&d, SECTION_ITEM_ASPECTS, bad[i], 4), label = "bad aspects", EXPECT(d, AMPCF_E_BAD_ASPECTS);
    /* Offsets past the last aspect, with nothing behind it in the file and nothing else wrong up to its end.
     * */
    static const uint32_t past[8] = {0, 0, 0, 0, 0, 0, 0, 7};
    static const uint16_t rising[6] = {0, 1, 2, 3, 4, 5};
    d = whole, draft_remove(&d, SECTION_METADATA);
    draft_set(&d, SECTION_ITEM_ASPECT_OFFSETS, past, 8), draft_set(&d, SECTION_ITEM_ASPECTS, rising, 6);
    label = "offset past the last aspect", EXPECT(d, AMPCF_E_BAD_ASPECTS);
    d = whole;
    draft_set(&d, SECTION_ASPECT_OFFSETS, many_names, 1), draft_set(&d, SECTION_ASPECT_BYTES, "", 0);
    label = "aspect sections without an aspect", EXPECT(d, AMPCF_E_LIMIT);
    draft_set(&d, SECTION_ASPECT_OFFSETS, many_names, 0);
    label = "no offsets at all", EXPECT(d, AMPCF_E_BAD_TEXT);
    uint32_t *names = exact(65538 * sizeof *names);
    char *bytes = exact(65537);
    for (uint32_t i = 0; i < 65538; i++) names[i] = i;
    memset(bytes, 'a', 65537);
    draft_set(&d, SECTION_ASPECT_OFFSETS, names, 65537), draft_set(&d, SECTION_ASPECT_BYTES, bytes, 65536);
    label = "65536 aspects", EXPECT(d, AMPCF_OK);
    draft_set(&d, SECTION_ASPECT_OFFSETS, names, 65538), draft_set(&d, SECTION_ASPECT_BYTES, bytes, 65537);
    label = "65537 aspects", EXPECT(d, AMPCF_E_LIMIT);
    free(names), free(bytes);
}

/* The fault names the very number. */
static void faults_point(void) {
    draft d = draft_of(base);
    format_section s = d.table[draft_find(&d, SECTION_ITEM_BIAS)];
    uint32_t nan_bits = 0x7FC01234u;
    uint8_t *file = exact_copy(base, base_bytes);
    void *memory = exact(ampcf_model_memory(file, base_bytes));
    memcpy(file + s.offset + 12, &nan_bits, 4);
    repair(file, base_bytes);
    const ampcf_model *model = NULL;
    ampcf_fault fault;
    CHECK_EQ(ampcf_model_open(file, base_bytes, memory, ampcf_model_memory(file, base_bytes), &model, &fault),
             AMPCF_E_BAD_NUMBER);
    CHECK_EQ(fault.section, SECTION_ITEM_BIAS);
    CHECK_EQ(fault.offset, s.offset + 12);
    CHECK_EQ(fault.got, nan_bits);
    free(file), free(memory);
}

int main(void) {
    uint64_t rng = 31;
    recipe r = plain_recipe(7, 5, 4, 6);
    test_model m = make_model(&r, &rng);
    base = m.file, base_bytes = m.bytes;
    header_fields();
    table_fields();
    layout();
    section_types();
    section_shapes();
    numbers();
    settings();
    settings_of_attention();
    id_texts();
    id_order();
    offsets_step(SECTION_ID_OFFSETS, AMPCF_E_BAD_IDS);
    offsets_step(SECTION_TITLE_OFFSETS, AMPCF_E_BAD_TEXT);
    offsets_step(SECTION_ASPECT_OFFSETS, AMPCF_E_BAD_TEXT);
    offsets_step(SECTION_ITEM_ASPECT_OFFSETS, AMPCF_E_BAD_ASPECTS);
    texts();
    aspects();
    faults_point();
    free_model(&m);
    return check_report();
}
