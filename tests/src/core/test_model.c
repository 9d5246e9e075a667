/* Owns the test of opening good models and damaged ones: look-ups, every prefix, every changed byte.
 * Must leave hostile files with right checksums to test_model_hostile.c. */
#include "kinds.h"

static ampcf_status open_copy(const void *bytes, size_t n, ampcf_fault *fault) {
    void *copy = exact_copy(bytes, n), *memory = exact(ampcf_model_memory(copy, n));
    const ampcf_model *model = NULL;
    ampcf_status status = ampcf_model_open(copy, n, memory, ampcf_model_memory(copy, n), &model, fault);
    CHECK((model != NULL) == (status == AMPCF_OK));
    free(copy), free(memory);
    return status;
}

static test_model whole_model(void) {
    uint64_t rng = 21;
    recipe r = plain_recipe(7, 5, 4, 6);
    return make_model(&r, &rng);
}

static void lookups(void) {
    test_model m = whole_model();
    uint32_t n;
    CHECK_EQ(ampcf_model_describe(m.model).items, 7);
    CHECK_EQ(ampcf_model_describe(m.model).dim, 5);
    CHECK_EQ(ampcf_model_describe(m.model).personas, 4);
    CHECK_EQ(ampcf_model_describe(m.model).aspects, 6);
    for (uint32_t j = 0; j < 7; j++) {
        char id[16], title[24];
        int id_bytes = snprintf(id, sizeof id, "item%" PRIu32, j),
            title_bytes = snprintf(title, sizeof title, "Title \xC3\xA4%" PRIu32, j);
        CHECK_EQ(ampcf_model_find(m.model, id, (size_t)id_bytes), j);
        const char *text = ampcf_model_id(m.model, j, &n);
        CHECK_EQ(n, id_bytes);
        CHECK_BYTES(text, id, n);
        text = ampcf_model_title(m.model, j, &n);
        CHECK_EQ(n, title_bytes);
        CHECK_BYTES(text, title, n);
        const uint16_t *aspects = ampcf_model_item_aspects(m.model, j, &n);
        if (j % 5 == 4) CHECK_EQ(n, 0);
        for (uint32_t a = 0; a < n; a++) CHECK(aspects[a] < 6 && (a == 0 || aspects[a] > aspects[a - 1]));
    }
    CHECK_BYTES(ampcf_model_aspect(m.model, 5, &n), "aspect 5", 8);
    CHECK_EQ(n, 8);
    CHECK_BYTES(ampcf_model_metadata(m.model, &n), "{\"name\":\"made up\"}", 18);
    CHECK_EQ(n, 18);
    for (uint8_t i = 0; i < 16; i++) CHECK_EQ(ampcf_model_describe(m.model).lineage[i], i + 1);

    char long_id[600];
    memset(long_id, 'x', sizeof long_id);
    const char *absent[] = {"item", "item00", "item7", "Item0", "iten0", "a", "z", "item0\0"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        CHECK_EQ_IN(ampcf_model_find(m.model, absent[i], i == 7 ? 6 : strlen(absent[i])), AMPCF_NO_ITEM,
                    absent[i]);
    CHECK_EQ(ampcf_model_find(m.model, "", 0), AMPCF_NO_ITEM);
    CHECK_EQ(ampcf_model_find(m.model, long_id, 600), AMPCF_NO_ITEM);
    CHECK_EQ(ampcf_model_find(m.model, "item0", (size_t)-1), AMPCF_NO_ITEM);
    free_model(&m);
}

/* Ids in an order that is not that of their bytes, one a prefix of another, and bytes above 127. */
static void find_among_many(void) {
    uint64_t rng = 23;
    recipe r = plain_recipe(1500, 1, 1, 0);
    test_parts t = make_parts(&r, &rng);
    free(t.id_bytes);
    t.id_bytes = exact(1500 * 24);
    uint32_t at = 0;
    for (uint32_t j = 0; j < 1500; j++) {
        uint32_t turn = j * 7 % 1500; /* 7 and 1500 share no factor */
        t.id_offsets[j] = at;
        at += (uint32_t)snprintf(t.id_bytes + at, 24, turn % 3 == 0 ? "\xF0\x9F\x8E\xAC%" PRIu32 : "%" PRIu32,
                                 turn);
    }
    t.id_offsets[1500] = at;
    link_parts(&t, &r);
    test_model m = open_parts(&t.parts);
    for (uint32_t j = 0; j < 1500; j++)
        CHECK_EQ(
            ampcf_model_find(m.model, t.id_bytes + t.id_offsets[j], t.id_offsets[j + 1] - t.id_offsets[j]),
            j);
    free_model(&m);
    free_parts(&t);
}

static void absent_parts_are_empty(void) {
    uint64_t rng = 22;
    uint32_t n = 99;
    recipe r = plain_recipe(7, 5, 4, 0);
    test_model m = make_model(&r, &rng);
    CHECK_EQ(ampcf_model_describe(m.model).aspects, 0);
    CHECK(ampcf_model_title(m.model, 3, &n) != NULL);
    CHECK_EQ(n, 0);
    CHECK(ampcf_model_metadata(m.model, &n) != NULL);
    CHECK_EQ(n, 0);
    (void)ampcf_model_item_aspects(m.model, 3, &n);
    CHECK_EQ(n, 0);
    free_model(&m);
}

static void memory_rules(void) {
    test_model m = whole_model();
    size_t needed = ampcf_model_memory(m.file, m.bytes);
    uint8_t *memory = exact(needed + 16), *bytes = exact(m.bytes + 16);
    const ampcf_model *out = NULL;
    ampcf_fault fault;
    memset(&fault, 0, sizeof fault);
    CHECK_EQ(ampcf_model_open(m.file, m.bytes, memory, needed - 1, &out, &fault), AMPCF_E_MEMORY);
    CHECK(fault.what != NULL && fault.status == AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_model_open(m.file, m.bytes, memory + 8, needed, &out, NULL), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_model_open(m.file, m.bytes, NULL, 0, &out, NULL), AMPCF_E_MEMORY);
    memcpy(bytes + 4, m.file, m.bytes);
    CHECK_EQ(ampcf_model_open(bytes + 4, m.bytes, memory, needed, &out, &fault), AMPCF_E_MEMORY);
    CHECK(out == NULL);
    CHECK_EQ(ampcf_model_open(m.file, m.bytes, memory, needed, &out, NULL), AMPCF_OK);
    free(memory), free(bytes);
    free_model(&m);
}

static size_t padded(size_t bytes) { return (bytes + 15) & ~(size_t)15; }

/* A gate prunes large catalogues by a table, which int8 files have already; nothing but the file's own bytes
 * says how many items there are. */
static void memory_of_kinds(void) {
    uint64_t rng = 26;
    for (uint32_t n = 2045; n < 2052; n++)
        for (uint32_t type = AMPCF_VECTORS_F32; type <= AMPCF_VECTORS_INT8; type++) {
            recipe r = plain_recipe(n, 5, 2, 0);
            r.vector_type = type;
            uint64_t same = rng;
            test_model gate = make_kind(&r, &same);
            r.settings[GATE] = r.settings[LEAVES] = 0;
            test_model attention = make_kind(&r, &rng);
            size_t rows = type == AMPCF_VECTORS_INT8 ? 0 : padded(n * 5) + padded(n * sizeof(float)),
                   more = n < 2048 ? 0 : rows + padded(n * sizeof(uint16_t)),
                   needed = ampcf_model_memory(gate.file, gate.bytes);
            CHECK_EQ(attention.bytes, gate.bytes);
            CHECK_EQ(needed, ampcf_model_memory(attention.file, attention.bytes) + more);
            uint32_t lie = AMPCF_MAX_ITEMS;
            memcpy(gate.file + 32, &lie, sizeof lie);
            CHECK(ampcf_model_memory(gate.file, gate.bytes) <= needed);
            free_model(&gate), free_model(&attention);
        }
}

static test_model model_of_optional_sections(void) {
    uint64_t rng = 25;
    recipe r = plain_recipe(7, 5, 4, 0);
    r.vector_type = AMPCF_VECTORS_INT8, r.neighbours = 6, r.weighted = 1, r.clusters = 3;
    return make_model(&r, &rng);
}

static void every_prefix(test_model m) {
    for (size_t n = 0; n < m.bytes; n++) {
        ampcf_fault fault;
        memset(&fault, 0, sizeof fault);
        ampcf_status status = open_copy(m.file, n, &fault);
        CHECK_EQ(status, n == 0 ? AMPCF_E_BAD_MAGIC : AMPCF_E_TRUNCATED);
        CHECK(fault.what != NULL && fault.status == (uint32_t)status);
        if (status == AMPCF_E_TRUNCATED && n >= 128) CHECK(fault.got == n && fault.wanted == m.bytes);
    }
    uint8_t *longer = exact(m.bytes + 64);
    memset(longer, 0, m.bytes + 64);
    memcpy(longer, m.file, m.bytes);
    ampcf_fault fault;
    CHECK_EQ(open_copy(longer, m.bytes + 1, &fault), AMPCF_E_TRAILING_DATA);
    CHECK_EQ(open_copy(longer, m.bytes + 64, &fault), AMPCF_E_TRAILING_DATA);
    free(longer);
    free_model(&m);
}

/* A CRC finds every change of one byte and the padding must be zero, so nothing may pass. */
static void every_byte(test_model m) {
    const ampcf_model *out = NULL;
    for (size_t at = 0; at < m.bytes; at++) {
        uint8_t was = m.file[at];
        for (uint32_t change = 1; change <= 255; change++) {
            ampcf_fault fault = {0, 0, 0, NULL, 0, 0};
            m.file[at] = (uint8_t)(was ^ change);
            ampcf_status status = ampcf_model_open(m.file, m.bytes, m.memory,
                                                   ampcf_model_memory(m.file, m.bytes), &out, &fault);
            CHECK(status != AMPCF_OK && fault.what != NULL && fault.status == (uint32_t)status &&
                  out == NULL);
            if (at < 8) CHECK_EQ(status, AMPCF_E_BAD_MAGIC);
            if (at >= 1024) CHECK(status == AMPCF_E_CHECKSUM || status == AMPCF_E_BAD_SECTION);
        }
        m.file[at] = was;
    }
    CHECK_EQ(ampcf_model_open(m.file, m.bytes, m.memory, ampcf_model_memory(m.file, m.bytes), &out, NULL),
             AMPCF_OK);
    free_model(&m);
}

static void other_files(void) {
    static const char html[] = "<!doctype html><title>404</title>", damaged[] =
                                                                        "\x89"
                                                                        "AMP\n\x1a\n and text-mode damage";
    ampcf_fault fault;
    CHECK_EQ(open_copy(html, sizeof html, &fault), AMPCF_E_BAD_MAGIC);
    CHECK_EQ(open_copy(damaged, sizeof damaged, &fault), AMPCF_E_BAD_MAGIC);
    CHECK_EQ(open_copy("\x1f\x8b\x08", 3, &fault), AMPCF_E_BAD_MAGIC);
    CHECK(fault.what != NULL && fault.section == 0);
}

/* Where strangers' readers expect the facts: offsets of the published layout, not of a struct. */
static void published_layout(void) {
    test_model m = whole_model();
    static const uint8_t magic[8] = {0x89, 'A', 'M', 'P', 0x0D, 0x0A, 0x1A, 0x0A};
    uint64_t file_bytes;
    uint32_t word[12];
    CHECK_BYTES(m.file, magic, 8);
    memcpy(&file_bytes, m.file + 16, 8);
    memcpy(word, m.file + 24, 24);
    CHECK_EQ(file_bytes, m.bytes);
    CHECK_EQ(word[0], 14); /* sections */
    CHECK_EQ(word[1], 128);
    CHECK_EQ(word[2], 7); /* items */
    CHECK_EQ(word[3], 5); /* dim */
    CHECK_EQ(word[4], 4); /* personas */
    CHECK_EQ(word[5], 2); /* kind */
    for (uint32_t i = 0; i < 14; i++) {
        memcpy(word, m.file + 128 + 48 * i, 48);
        CHECK_EQ(word[2] % 64, 0);
        CHECK_EQ(ampcf_crc32c(m.file + word[2], word[4]), word[9]);
    }
    free_model(&m);
}

static void status_names(void) {
    for (int s = 0; s < 40; s++) CHECK(strlen(ampcf_status_name((ampcf_status)s)) > 1);
    CHECK(strcmp(ampcf_status_name(AMPCF_E_BAD_ASPECTS), "BAD_ASPECTS") == 0);
    CHECK(strcmp(ampcf_status_name((ampcf_status)15), "UNKNOWN") == 0);
}

int main(void) {
    uint64_t rng = 24;
    recipe tiny = plain_recipe(2, 1, 1, 0);
    lookups();
    find_among_many();
    absent_parts_are_empty();
    memory_rules();
    memory_of_kinds();
    every_prefix(whole_model());
    every_prefix(model_of_optional_sections());
    every_byte(make_model(&tiny, &rng));
    every_byte(whole_model());
    every_byte(model_of_optional_sections());
    recipe attention = attention_recipe(3, 2, 2, 0);
    every_prefix(make_kind(&attention, &rng));
    every_byte(make_kind(&attention, &rng));
    other_files();
    published_layout();
    status_names();
    return check_report();
}
