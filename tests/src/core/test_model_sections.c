/* Owns the test of the sections that a file may lack: narrow vectors, item weights, neighbours, clusters,
 * each broken in every way. Must leave the rest of the format to test_model_hostile.c. */
#include "hostile.h"

/* A file that has them all. */
static draft extended(uint32_t vector_type, uint32_t n_items) {
    static test_model m;
    uint64_t rng = 33;
    recipe r = plain_recipe(n_items, 5, 4, 0);
    r.vector_type = vector_type, r.neighbours = 6, r.weighted = 1, r.clusters = 3;
    if (m.file) free_model(&m);
    m = make_model(&r, &rng);
    return draft_of(m.file);
}

static void optional_sections(void) {
    draft whole = extended(AMPCF_VECTORS_INT8, 7), d;
    CHECK_EQ(whole.n, 15);
    label = "as it was", EXPECT(whole, AMPCF_OK);
    for (uint32_t i = 0; i < whole.n; i++) {
        format_section s = whole.table[i];
        d = whole, draft_remove(&d, s.type);
        label = "missing section",
        EXPECT(d, s.type == SECTION_ITEM_WEIGHTS || s.type == SECTION_ITEM_TARGETS ||
                          s.type == SECTION_ITEM_CLUSTERS
                      ? AMPCF_OK
                      : AMPCF_E_BAD_SECTION);
        d = whole, d.table[d.n] = s, d.data[d.n++] = whole.data[i];
        label = "section given twice", EXPECT(d, AMPCF_E_BAD_SECTION);
        d = whole, d.table[i].flags ^= SECTION_REQUIRED;
        label = "who must know it, and who need not", EXPECT(d, AMPCF_E_BAD_SECTION);
        for (uint32_t dtype = 1; dtype <= DTYPE_LAST; dtype++) {
            static uint8_t zeros[4096];
            if (dtype == s.dtype) continue;
            d = whole, d.table[i].dtype = dtype, d.data[i] = zeros;
            d.table[i].length = (uint64_t)s.rows * s.cols * dtype_bytes(dtype);
            label = "dtype", EXPECT(d, AMPCF_E_BAD_SECTION);
        }
        uint8_t *data = exact(s.length + 64);
        memset(data, 0, s.length + 64), memcpy(data, whole.data[i], s.length);
        for (uint32_t rows = s.rows - 1; rows <= s.rows + 1; rows += 2) {
            d = whole, d.data[i] = data, d.table[i].rows = rows,
            d.table[i].length = (uint64_t)rows * s.cols * dtype_bytes(s.dtype);
            label = "rows", EXPECT(d, s.type == SECTION_ID_BYTES ? AMPCF_E_BAD_IDS : AMPCF_E_BAD_SECTION);
        }
        free(data);
    }
    for (uint32_t t = SECTION_NEIGHBOUR_OFFSETS; t <= SECTION_NEIGHBOUR_SCALES; t++) draft_remove(&whole, t);
    label = "no neighbours", EXPECT(whole, AMPCF_OK);
}

static void expect_word(draft whole, uint32_t type, uint32_t at, uint32_t value, ampcf_status wanted,
                        int line) {
    uint32_t i = draft_find(&whole, type);
    uint8_t *data = exact_copy(whole.data[i], (size_t)whole.table[i].length);
    memcpy(data + (size_t)at * dtype_bytes(whole.table[i].dtype), &value, dtype_bytes(whole.table[i].dtype));
    whole.data[i] = data;
    expect_draft(whole, wanted, line);
    free(data);
}

static void narrow_numbers(void) {
    draft whole = extended(AMPCF_VECTORS_INT8, 7);
    const uint32_t bad[] = {0x7FC00000u, 0x7F800000u, 0xFF800000u, 1,
                            0x007FFFFFu, 0xBF800000u, 0x46000001u, 0x80000001u};
    const uint32_t good[] = {0x46000000u, 0x00800000u, 0, 0x3F800000u};
    for (uint32_t j = 0; j < 7; j++) {
        label = "item scale";
        for (uint32_t b = 0; b < 8; b++)
            expect_word(whole, SECTION_ITEM_SCALES, j, bad[b], AMPCF_E_BAD_NUMBER, __LINE__);
        for (uint32_t g = 0; g < 4; g++)
            expect_word(whole, SECTION_ITEM_SCALES, j, good[g], AMPCF_OK, __LINE__);
        label = "neighbour scale";
        for (uint32_t b = 0; b < 8; b++)
            expect_word(whole, SECTION_NEIGHBOUR_SCALES, j, bad[b], b == 6 ? AMPCF_OK : AMPCF_E_BAD_NUMBER,
                        __LINE__);
        expect_word(whole, SECTION_NEIGHBOUR_SCALES, j, 0x49800000u, AMPCF_OK, __LINE__);
        expect_word(whole, SECTION_NEIGHBOUR_SCALES, j, 0x49800001u, AMPCF_E_BAD_NUMBER, __LINE__);
        label = "item weight";
        for (uint32_t b = 0; b < 6; b++)
            expect_word(whole, SECTION_ITEM_WEIGHTS, j, bad[b], AMPCF_E_BAD_NUMBER, __LINE__);
        const uint32_t weights[] = {0, 0x80000000u, 0x357FFFFFu, 0x35800000u, 0x49800000u, 0x49800001u};
        for (uint32_t section = SECTION_ITEM_WEIGHTS; section <= SECTION_ITEM_TARGETS; section++)
            for (uint32_t b = 0; b < 6; b++)
                expect_word(whole, section, j, weights[b], b == 3 || b == 4 ? AMPCF_OK : AMPCF_E_BAD_NUMBER,
                            __LINE__);
    }
    label = "vector element";
    for (uint32_t i = 0; i < 35; i++)
        for (uint32_t q = 126; q < 131; q++)
            expect_word(whole, SECTION_ITEM_VECTORS, i, q, q == 128 ? AMPCF_E_BAD_NUMBER : AMPCF_OK,
                        __LINE__);
    whole = extended(AMPCF_VECTORS_F16, 7);
    const uint32_t halves[] = {0x7C00, 0xFC00, 0x7C01, 0xFFFF, 0x7BFF, 0xFBFF, 1, 0x8001, 0x8000};
    for (uint32_t i = 0; i < 35; i++)
        for (uint32_t h = 0; h < 9; h++)
            expect_word(whole, SECTION_ITEM_VECTORS, i, halves[h], h < 4 ? AMPCF_E_BAD_NUMBER : AMPCF_OK,
                        __LINE__);
}

static void neighbours(void) {
    draft whole = extended(AMPCF_VECTORS_F32, 7), d = whole;
    static const uint32_t offsets[8] = {0, 3, 3, 3, 3, 3, 3, 4};
    static const uint16_t bad[][4] = {{0, 1, 6, 0}, {1, 2, 7, 0}, {1, 2, 65535, 0}, {2, 1, 3, 0},
                                      {1, 1, 2, 0}, {1, 2, 3, 6}, {1, 2, 3, 7}};
    static const uint16_t good[][4] = {{1, 2, 6, 0}, {4, 5, 6, 5}};
    static const int8_t values[5] = {127, -127, 0, 1, -128};
    draft_set(&d, SECTION_NEIGHBOUR_OFFSETS, offsets, 8), draft_set(&d, SECTION_NEIGHBOUR_VALUES, values, 4);
    for (uint32_t i = 0; i < 2; i++)
        draft_set(&d, SECTION_NEIGHBOUR_ITEMS, good[i], 4), label = "neighbours", EXPECT(d, AMPCF_OK);
    for (uint32_t i = 0; i < 7; i++)
        draft_set(&d, SECTION_NEIGHBOUR_ITEMS, bad[i], 4), label = "bad neighbours",
                                                           EXPECT(d, AMPCF_E_BAD_NEIGHBOURS);
    draft_set(&d, SECTION_NEIGHBOUR_ITEMS, good[0], 4),
        draft_set(&d, SECTION_NEIGHBOUR_VALUES, values + 1, 4);
    label = "-128", EXPECT(d, AMPCF_E_BAD_NUMBER);
    draft_set(&d, SECTION_NEIGHBOUR_VALUES, values, 3), label = "values and items differ",
                                                        EXPECT(d, AMPCF_E_BAD_SECTION);
    uint32_t i = draft_find(&whole, SECTION_NEIGHBOUR_OFFSETS), copy[8];
    memcpy(copy, whole.data[i], sizeof copy);
    label = "offset";
    for (uint32_t at = 0; at < 8; at++) {
        const uint32_t wrong[] = {0xFFFFFFFFu, 0x80000000u, copy[7] + 1,
                                  at > 0 && copy[at - 1] > 0 ? copy[at - 1] - 1 : copy[7] + 2};
        for (uint32_t w = 0; w < 4; w++)
            expect_word(whole, SECTION_NEIGHBOUR_OFFSETS, at, wrong[w], AMPCF_E_BAD_NEIGHBOURS, __LINE__);
    }
    /* Rows without an entry anywhere. */
    static const uint32_t none[8] = {0};
    d = whole, draft_set(&d, SECTION_NEIGHBOUR_OFFSETS, none, 8),
    draft_set(&d, SECTION_NEIGHBOUR_ITEMS, none, 0);
    draft_set(&d, SECTION_NEIGHBOUR_VALUES, none, 0), label = "no entry", EXPECT(d, AMPCF_OK);
}

/* Neighbours are 16 bits up to 65536 items, and 32 above. */
static void neighbour_width(void) {
    for (uint32_t n = 65536; n <= 65537; n++) {
        uint32_t *offsets = exact((n + 1) * sizeof *offsets), item = n - 1;
        recipe r = plain_recipe(n, 1, 1, 0);
        uint64_t rng = 35;
        test_parts t = make_parts(&r, &rng);
        t.neighbour_offsets = offsets, t.neighbour_items = exact_copy(&item, sizeof item);
        t.neighbour_values = exact_copy("\x7F", 1), t.neighbour_scales = exact(n * sizeof(float));
        for (uint32_t j = 0; j < n; j++) offsets[j + 1] = 1, t.neighbour_scales[j] = 0.01f;
        offsets[0] = 0;
        link_parts(&t, &r);
        test_model m = open_parts(&t.parts);
        CHECK_EQ(ampcf_model_describe(m.model).neighbours, 1);
        uint32_t history = 0;
        test_profile p = fold(m.model, &history, NULL, 1, 0);
        double parts[1];
        float attention[1];
        ampcf_explanation e;
        CHECK_EQ(ampcf_explain(p.profile, item, parts, attention, &e), AMPCF_OK);
        CHECK(parts[0] > 1.2 && e.score > 1.2);
        draft d = draft_of(m.file);
        uint32_t at = draft_find(&d, SECTION_NEIGHBOUR_ITEMS);
        CHECK_EQ(d.table[at].dtype, n > 65536 ? DTYPE_U32 : DTYPE_U16);
        d.table[at].dtype = n > 65536 ? DTYPE_U16 : DTYPE_U32, d.table[at].length = n > 65536 ? 2 : 4;
        static const uint32_t one = 1;
        d.data[at] = &one;
        label = "width of neighbours", EXPECT(d, AMPCF_E_BAD_SECTION);
        free_profile(&p), free_model(&m), free_parts(&t);
    }
}

/* Numbers rise from 0 by at most 1: 256 clusters are the most, and none is empty. */
static void clusters(void) {
    draft whole = extended(AMPCF_VECTORS_F32, 7), d = whole;
    static const uint8_t good[][7] = {{0, 0, 0, 0, 0, 0, 0}, {0, 1, 2, 3, 4, 5, 6}, {0, 1, 1, 0, 2, 0, 1}};
    static const uint8_t bad[][7] = {{1, 0, 0, 0, 0, 0, 0},
                                     {0, 0, 0, 0, 0, 0, 2},
                                     {0, 2, 1, 0, 0, 0, 0},
                                     {0, 1, 2, 3, 4, 5, 255},
                                     {255, 0, 0, 0, 0, 0, 0}};
    for (uint32_t i = 0; i < 3; i++)
        draft_set(&d, SECTION_ITEM_CLUSTERS, good[i], 7), label = "clusters", EXPECT(d, AMPCF_OK);
    for (uint32_t i = 0; i < 5; i++)
        draft_set(&d, SECTION_ITEM_CLUSTERS, bad[i], 7), label = "bad clusters",
                                                         EXPECT(d, AMPCF_E_BAD_NUMBER);
    uint64_t rng = 36;
    for (uint32_t n = 0; n <= 256; n = n < 2 ? n + 1 : n == 2 ? 255 : n + 1) {
        recipe r = plain_recipe(300, 2, 1, 0);
        r.clusters = n;
        test_model m = make_model(&r, &rng);
        CHECK_EQ(ampcf_model_describe(m.model).clusters, n);
        for (uint32_t j = 0; j < 300; j++)
            CHECK_EQ(ampcf_model_item_cluster(m.model, j), n > 0 ? j % n : AMPCF_NO_CLUSTER);
        free_model(&m);
    }
}

int main(void) {
    optional_sections();
    narrow_numbers();
    neighbours();
    neighbour_width();
    clusters();
    return check_report();
}
