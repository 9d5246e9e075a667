/* Owns the test of model_write.c: same parts, same bytes; what is incomplete or what the loader refuses is
 * refused. Must leave the rules of the file itself to test_model*.c. */
#include "draft.h"
#include "core/model.h"
#include "base/half.h"
#include "models.h"

static recipe full_recipe(void) { return plain_recipe(30, 5, 4, 6); }

static void same_parts_same_bytes(void) {
    uint64_t rng = 111, again = 111;
    recipe r = full_recipe();
    test_model a = make_model(&r, &rng), b = make_model(&r, &again), c = make_model(&r, &rng);
    CHECK(a.bytes == b.bytes && a.file != b.file);
    CHECK_BYTES(a.file, b.file, a.bytes);
    CHECK(memcmp(a.file, c.file, a.bytes < c.bytes ? a.bytes : c.bytes) != 0);
    free_model(&a), free_model(&b), free_model(&c);
}

/* What was written is what is read. */
static void round_trip(void) {
    uint64_t rng = 113;
    recipe r = full_recipe();
    test_parts t = make_parts(&r, &rng);
    test_model m = open_parts(&t.parts);
    for (uint32_t j = 0; j < 30; j++) {
        uint32_t n;
        const char *id = ampcf_model_id(m.model, j, &n);
        CHECK_EQ(n, t.id_offsets[j + 1] - t.id_offsets[j]);
        CHECK_BYTES(id, t.id_bytes + t.id_offsets[j], n);
        CHECK_EQ(ampcf_model_find(m.model, id, n), j);
        const uint16_t *aspects = ampcf_model_item_aspects(m.model, j, &n);
        CHECK_EQ(n, t.item_aspect_offsets[j + 1] - t.item_aspect_offsets[j]);
        CHECK_BYTES(aspects, t.item_aspects + t.item_aspect_offsets[j], n * sizeof *aspects);
    }
    /* Without a history a score is the bias, bit for bit. */
    uint32_t items[30];
    float scores[30];
    for (uint32_t j = 0; j < 30; j++) items[j] = j;
    test_profile p = fold(m.model, NULL, NULL, 0, 0);
    CHECK_EQ(ampcf_score(p.profile, items, 30, scores, NULL), AMPCF_OK);
    CHECK_BYTES(scores, t.bias, sizeof scores);
    free_profile(&p), free_model(&m), free_parts(&t);
}

/* Writing must be refused with this status; nothing of the parts may be read that they do not have. */
static void expect(const ampcf_model_parts *parts, ampcf_status wanted, const char *label) {
    size_t bytes = ampcf_model_file_bytes(parts), needed = ampcf_model_write_memory(parts);
    void *out = exact(bytes), *memory = exact(needed);
    ampcf_fault fault = {0, 0, 0, NULL, 0, 0};
    CHECK_EQ_IN(ampcf_model_write(parts, out, bytes, memory, needed, &fault), wanted, label);
    if (wanted == AMPCF_E_ARGUMENT) CHECK(bytes == 0 && needed == 0);
    if (wanted >= AMPCF_E_BAD_MAGIC) CHECK(fault.what != NULL && fault.status == (uint32_t)wanted);
    free(out), free(memory);
}

static void incomplete_parts(void) {
    uint64_t rng = 115;
    recipe r = full_recipe();
    test_parts t = make_parts(&r, &rng);
    const ampcf_model_parts good = t.parts;
    ampcf_model_parts p;
    expect(&good, AMPCF_OK, "good");
    const struct {
        size_t at;
        const char *name;
    } pointers[] = {{offsetof(ampcf_model_parts, vectors), "vectors"},
                    {offsetof(ampcf_model_parts, bias), "bias"},
                    {offsetof(ampcf_model_parts, gram), "gram"},
                    {offsetof(ampcf_model_parts, settings), "settings"},
                    {offsetof(ampcf_model_parts, id_offsets), "id_offsets"},
                    {offsetof(ampcf_model_parts, id_bytes), "id_bytes"},
                    {offsetof(ampcf_model_parts, title_offsets), "title_offsets"},
                    {offsetof(ampcf_model_parts, title_bytes), "title_bytes"},
                    {offsetof(ampcf_model_parts, aspect_offsets), "aspect_offsets"},
                    {offsetof(ampcf_model_parts, aspect_bytes), "aspect_bytes"},
                    {offsetof(ampcf_model_parts, item_aspect_offsets), "item_aspect_offsets"},
                    {offsetof(ampcf_model_parts, item_aspects), "item_aspects"},
                    {offsetof(ampcf_model_parts, metadata), "metadata"}};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        const void *none = NULL;
        p = good;
        memcpy((char *)&p + pointers[i].at, &none, sizeof none);
        expect(&p, AMPCF_E_ARGUMENT, pointers[i].name);
    }
    const uint32_t items[] = {0, AMPCF_MAX_ITEMS + 1, 0xFFFFFFFFu},
                   dims[] = {0, AMPCF_MAX_DIM + 1, 0xFFFFFFFFu};
    for (int i = 0; i < 3; i++) {
        p = good, p.n_items = items[i], expect(&p, AMPCF_E_ARGUMENT, "n_items");
        p = good, p.dim = dims[i], expect(&p, AMPCF_E_ARGUMENT, "dim");
    }
    p = good, p.n_aspects = 0, expect(&p, AMPCF_E_ARGUMENT, "no aspects, but names");
    p = good, p.n_aspects = AMPCF_MAX_ASPECTS + 1, expect(&p, AMPCF_E_ARGUMENT, "n_aspects");
    p = good, p.n_personas = 0, expect(&p, AMPCF_E_LIMIT, "0 personas");
    p = good, p.n_personas = AMPCF_MAX_PERSONAS + 1, expect(&p, AMPCF_E_LIMIT, "65 personas");
    p = good, p.title_offsets = NULL, p.title_bytes = NULL, expect(&p, AMPCF_OK, "no titles");
    p.metadata = NULL, p.metadata_bytes = 0, expect(&p, AMPCF_OK, "no metadata");
    p.n_aspects = 0, p.aspect_offsets = p.item_aspect_offsets = NULL, p.aspect_bytes = NULL,
    p.item_aspects = NULL;
    expect(&p, AMPCF_OK, "no aspects");
    t.id_offsets[7] = t.id_offsets[8] + 1, expect(&good, AMPCF_E_ARGUMENT, "falling id offsets");
    t.id_offsets[7] = 0xFFFFFFFFu, expect(&good, AMPCF_E_ARGUMENT, "falling id offsets");
    free_parts(&t);
}

/* What a reader sees of narrow vectors: halves and bytes are nearest, and cosines are those of the stored
 * values. */
static void narrow_vectors(void) {
    for (uint32_t type = AMPCF_VECTORS_F16; type <= AMPCF_VECTORS_INT8; type++) {
        uint64_t rng = 123;
        recipe r = plain_recipe(40, 21, 4, 0);
        r.vector_type = type, r.weighted = 1;
        test_parts t = make_parts(&r, &rng);
        memset(t.vectors + 21, 0, 21 * sizeof(float)); /* a row of zeros */
        test_model m = open_parts(&t.parts);
        /* they stay as they are */
        CHECK_EQ(ampcf_model_memory(m.file, m.bytes), ampcf_model_memory("", 0));
        draft d = draft_of(m.file);
        const float *gram = d.data[draft_find(&d, SECTION_GRAM)];
        float stored[40 * 21], wanted[21 * 22 / 2];
        for (uint32_t j = 0; j < 40; j++) {
            float largest = 0;
            for (uint32_t c = 0; c < 21; c++) largest = fmaxf(largest, fabsf(t.vectors[j * 21 + c]));
            for (uint32_t c = 0; c < 21; c++) {
                const void *data = d.data[draft_find(&d, SECTION_ITEM_VECTORS)];
                float x = t.vectors[j * 21 + c];
                if (type == AMPCF_VECTORS_INT8) {
                    float scale = ((const float *)d.data[draft_find(&d, SECTION_ITEM_SCALES)])[j];
                    CHECK(float_bits(scale) == float_bits(largest / 127));
                    stored[j * 21 + c] = (float)((const int8_t *)data)[j * 21 + c] * scale;
                    CHECK_NEAR(stored[j * 21 + c], x, 0.5001 * (double)scale);
                } else {
                    stored[j * 21 + c] = half_to_f32(((const uint16_t *)data)[j * 21 + c]);
                    CHECK_NEAR(stored[j * 21 + c], x, fmax(ldexp(fabs((double)x), -11), ldexp(1, -25)));
                }
            }
        }
        fill_weighted_gram(stored, t.item_weights, 40, 21, wanted);
        for (uint32_t i = 0; i < 21 * 22 / 2; i++) CHECK_NEAR(gram[i], wanted[i], 1e-6);
        /* The same model, rounded beforehand and stored whole, scores the same to the last bit. */
        test_parts whole = t;
        whole.parts.vector_type = AMPCF_VECTORS_F32, whole.parts.vectors = stored, whole.parts.gram = gram;
        test_model f = open_parts(&whole.parts);
        uint32_t items[40];
        float a[40], b[40];
        for (uint32_t j = 0; j < 40; j++) items[j] = j;
        test_profile p = fold(m.model, items, NULL, 12, 0), q = fold(f.model, items, NULL, 12, 0);
        CHECK_EQ(ampcf_score(p.profile, items, 40, a, NULL), AMPCF_OK);
        CHECK_EQ(ampcf_score(q.profile, items, 40, b, NULL), AMPCF_OK);
        CHECK_BYTES(a, b, sizeof a);
        const float bad[] = {(float)NAN, (float)INFINITY, -1e30f};
        for (int i = 0; i < 3; i++)
            t.vectors[30] = bad[i], expect(&t.parts, AMPCF_E_BAD_NUMBER, "vector element");
        t.vectors[30] = type == AMPCF_VECTORS_F16 ? 65520.0f : 1048576.0f,
        expect(&t.parts, AMPCF_E_BAD_NUMBER, "just too large");
        t.vectors[30] = type == AMPCF_VECTORS_F16 ? 65519.0f : 1040384.0f,
        expect(&t.parts, AMPCF_OK, "just not too large");
        t.parts.vector_type = 3, expect(&t.parts, AMPCF_E_ARGUMENT, "vector type");
        free_profile(&p), free_profile(&q), free_model(&f), free_model(&m), free_parts(&t);
    }
}

/* Every half is read back as itself. */
static void halves_round_trip(void) {
    static float values[63488];
    uint32_t n = 0;
    for (uint32_t h = 0; h < 65536; h++)
        if ((h & 0x7C00) != 0x7C00) values[n++] = half_to_f32((uint16_t)h);
    CHECK(n == 63488 && values[1] == ldexpf(1, -24) && values[0x3C00] == 1 && values[0x7BFF] == 65504);
    uint64_t rng = 125;
    recipe r = plain_recipe(62, 1024, 1, 0);
    r.vector_type = AMPCF_VECTORS_F16;
    test_parts t = make_parts(&r, &rng);
    memcpy(t.vectors, values, sizeof values);
    test_model m = open_parts(&t.parts);
    draft d = draft_of(m.file);
    const uint16_t *data = d.data[draft_find(&d, SECTION_ITEM_VECTORS)];
    for (uint32_t i = 0; i < n; i++) CHECK(float_bits(half_to_f32(data[i])) == float_bits(values[i]));
    free_model(&m), free_parts(&t);
}

static void neighbour_rules(void) {
    uint64_t rng = 127;
    recipe r = full_recipe();
    r.neighbours = 8, r.weighted = 1;
    test_parts t = make_parts(&r, &rng);
    const ampcf_model_parts good = t.parts;
    ampcf_model_parts p = good;
    test_model m = open_parts(&good);
    CHECK_EQ(ampcf_model_describe(m.model).neighbours, t.neighbour_offsets[30]);
    CHECK(t.neighbour_offsets[30] > 20);
    free_model(&m);
    p = good, p.neighbour_offsets = NULL, expect(&p, AMPCF_E_ARGUMENT, "neighbour offsets");
    p = good, p.neighbour_items = NULL, expect(&p, AMPCF_E_ARGUMENT, "neighbour items");
    p = good, p.neighbour_values = NULL, expect(&p, AMPCF_E_ARGUMENT, "neighbour values");
    p = good, p.neighbour_scales = NULL, expect(&p, AMPCF_E_ARGUMENT, "neighbour scales");
    uint32_t kept = t.neighbour_items[5];
    const uint32_t far[] = {30, 65536, 0xFFFFFFFFu};
    for (int i = 0; i < 3; i++)
        t.neighbour_items[5] = far[i], expect(&good, AMPCF_E_ARGUMENT, "neighbour out of range");
    t.neighbour_items[5] = kept;
    uint32_t row = 0;
    while (t.neighbour_offsets[row + 1] <= 5) row++;
    t.neighbour_items[5] = row, expect(&good, AMPCF_E_BAD_NEIGHBOURS, "an item that is its own neighbour");
    t.neighbour_items[5] = kept, t.neighbour_values[5] = -128, expect(&good, AMPCF_E_BAD_NUMBER, "-128");
    t.neighbour_values[5] = 1, t.neighbour_scales[3] = -1,
    expect(&good, AMPCF_E_BAD_NUMBER, "negative scale");
    t.neighbour_scales[3] = 1, t.item_weights[3] = 0, expect(&good, AMPCF_E_BAD_NUMBER, "item weight 0");
    t.item_weights[3] = 1, expect(&good, AMPCF_OK, "good again");
    free_parts(&t);
}

static void memory_rules(void) {
    uint64_t rng = 117;
    recipe r = full_recipe();
    test_parts t = make_parts(&r, &rng);
    size_t bytes = ampcf_model_file_bytes(&t.parts), needed = ampcf_model_write_memory(&t.parts);
    uint8_t *out = exact(bytes + 16), *memory = exact(needed + 16);
    CHECK_EQ(ampcf_model_write(&t.parts, out, bytes - 1, memory, needed, NULL), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_model_write(&t.parts, out, 0, memory, needed, NULL), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_model_write(&t.parts, out, bytes, memory, needed - 1, NULL), AMPCF_E_MEMORY);
    for (size_t off = 1; off < 16; off++) {
        CHECK_EQ(ampcf_model_write(&t.parts, out + off, bytes, memory, needed, NULL), AMPCF_E_MEMORY);
        CHECK_EQ(ampcf_model_write(&t.parts, out, bytes, memory + off, needed, NULL), AMPCF_E_MEMORY);
    }
    CHECK_EQ(ampcf_model_write(&t.parts, out, bytes, memory, needed, NULL), AMPCF_OK);
    free(out), free(memory), free_parts(&t);
}

/* One rule of the loader after another, broken in the parts. */
static void refuses_what_the_loader_refuses(void) {
    uint64_t rng = 119;
    recipe r = full_recipe();
    test_parts t = make_parts(&r, &rng);
    const ampcf_model_parts good = t.parts;
    ampcf_model_parts p;
    float kept;
    float *const numbers[] = {t.vectors + 17, t.bias + 29, t.gram + 14};
    const float bad[] = {(float)NAN, (float)INFINITY, 1e38f, -1e38f, 1e-40f};
    for (int n = 0; n < 3; n++)
        for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
            kept = *numbers[n], *numbers[n] = bad[b];
            expect(&good, AMPCF_E_BAD_NUMBER, "number");
            *numbers[n] = kept;
        }
    for (uint32_t s = 0; s < SETTINGS; s++) {
        kept = t.settings[s], t.settings[s] = -1;
        expect(&good, AMPCF_E_BAD_NUMBER, "setting");
        t.settings[s] = kept;
    }
    char was = t.id_bytes[t.id_offsets[4] + 4]; /* "item4" -> "item3" */
    t.id_bytes[t.id_offsets[4] + 4] = '3', expect(&good, AMPCF_E_BAD_IDS, "duplicate id");
    t.id_bytes[t.id_offsets[4] + 4] = '\xFF', expect(&good, AMPCF_E_BAD_IDS, "id not UTF-8");
    t.id_bytes[t.id_offsets[4] + 4] = 0, expect(&good, AMPCF_E_BAD_IDS, "id with NUL");
    t.id_bytes[t.id_offsets[4] + 4] = was;
    uint32_t offset = t.id_offsets[9];
    t.id_offsets[9] = t.id_offsets[8], expect(&good, AMPCF_E_BAD_IDS, "empty id");
    t.id_offsets[9] = offset, t.id_offsets[0] = 1, expect(&good, AMPCF_E_BAD_IDS, "first offset");
    t.id_offsets[0] = 0;
    t.title_bytes[3] = '\xC0', expect(&good, AMPCF_E_BAD_TEXT, "title"), t.title_bytes[3] = 'l';
    offset = t.title_offsets[5], t.title_offsets[5] = 0xFFFFFFF0u,
    expect(&good, AMPCF_E_BAD_TEXT, "title offsets");
    t.title_offsets[5] = offset, t.aspect_bytes[2] = '\x80', expect(&good, AMPCF_E_BAD_TEXT, "aspect"),
    t.aspect_bytes[2] = 'p';
    uint16_t first = t.item_aspects[0];
    t.item_aspects[0] = 6, expect(&good, AMPCF_E_BAD_ASPECTS, "aspect index"), t.item_aspects[0] = first;
    offset = t.item_aspect_offsets[5], t.item_aspect_offsets[5] = 0xFFFFFFF0u,
    expect(&good, AMPCF_E_BAD_ASPECTS, "aspect offsets");
    t.item_aspect_offsets[5] = offset;
    static char spaces[65537];
    memset(spaces, ' ', sizeof spaces);
    p = good, p.metadata = spaces, p.metadata_bytes = 65537, expect(&p, AMPCF_E_LIMIT, "metadata");
    p.metadata_bytes = 65536, expect(&p, AMPCF_OK, "metadata of 64 KiB");
    p.metadata = "\xED\xA0\x80", p.metadata_bytes = 3, expect(&p, AMPCF_E_BAD_TEXT, "metadata not UTF-8");
    expect(&good, AMPCF_OK, "good again");
    free_parts(&t);
}

/* The heap sort of ids, on every size up to 200 and in every kind of order. */
static void ids_are_sorted(void) {
    uint64_t rng = 121;
    for (uint32_t n = 1; n <= 200; n++) {
        recipe r = plain_recipe(n, 1, 1, 0);
        test_parts t = make_parts(&r, &rng);
        for (uint32_t j = 0, at = 0; j < n; j++) {
            uint32_t value = n % 3 == 0   ? j
                             : n % 3 == 1 ? n - j
                                          : (uint32_t)((uint64_t)j * 1000003 % 1999993); /* distinct each */
            t.id_offsets[j] = at;
            at += (uint32_t)snprintf(t.id_bytes + at, 24, n % 2 ? "%" PRIu32 : "%06" PRIx32, value);
            t.id_offsets[j + 1] = at;
        }
        test_model m = open_parts(&t.parts);
        for (uint32_t j = 0; j < n; j++)
            CHECK_EQ(ampcf_model_find(m.model, t.id_bytes + t.id_offsets[j],
                                      t.id_offsets[j + 1] - t.id_offsets[j]),
                     j);
        free_model(&m), free_parts(&t);
    }
}

/* The file with other metadata is, byte for byte, what the writer makes of parts with that metadata. */
static void other_metadata(void) {
    uint64_t rng = 61;
    for (int round = 0; round < 40; round++) {
        recipe r = plain_recipe(20, 6, 3, 4);
        r.vector_type = (uint32_t)round % 3;
        r.neighbours = round % 2 ? 3 : 0;
        test_parts t = make_parts(&r, &rng);
        test_model before = open_parts(&t.parts);
        static const char *const texts[] = {"{}", "{\"card\":{\"version\":1}}", "{\"name\":\"x\"}"};
        t.parts.metadata = texts[round % 3];
        t.parts.metadata_bytes = (uint32_t)strlen(texts[round % 3]);
        test_model wanted = open_parts(&t.parts);
        size_t room = before.bytes + t.parts.metadata_bytes,
               memory_bytes = ampcf_model_memory(before.file, before.bytes);
        uint8_t *out = exact(room);
        void *memory = exact(memory_bytes);
        size_t n = 0;
        CHECK_EQ(ampcf_model_replace_metadata(before.file, before.bytes, t.parts.metadata,
                                              t.parts.metadata_bytes, out, room, &n, memory, memory_bytes,
                                              NULL),
                 AMPCF_OK);
        CHECK_EQ(n, wanted.bytes);
        CHECK_BYTES(out, wanted.file, n);
        CHECK_EQ(ampcf_model_replace_metadata(before.file, before.bytes, t.parts.metadata,
                                              t.parts.metadata_bytes, out, n - 1, &n, memory, memory_bytes,
                                              NULL),
                 AMPCF_E_MEMORY);
        free(out), free(memory), free_model(&before), free_model(&wanted), free_parts(&t);
    }
}

static void refuses_other_metadata(void) {
    uint64_t rng = 62;
    recipe r = plain_recipe(12, 4, 2, 0); /* a file without metadata */
    test_model bare = make_model(&r, &rng);
    size_t room = bare.bytes + 70000, memory_bytes = ampcf_model_memory(bare.file, bare.bytes), n = 7;
    uint8_t *out = exact(room);
    void *memory = exact(memory_bytes);
    ampcf_fault fault = {0};
    CHECK_EQ(ampcf_model_replace_metadata(bare.file, bare.bytes, "{}", 2, out, room, &n, memory, memory_bytes,
                                          &fault),
             AMPCF_E_BAD_SECTION);
    CHECK(fault.wanted == SECTION_METADATA && fault.what != NULL && n == 7);
    r = plain_recipe(12, 4, 2, 3);
    test_model whole = make_model(&r, &rng);
    memory_bytes = ampcf_model_memory(whole.file, whole.bytes);
    free(memory), free(out);
    room = whole.bytes + 70000;
    memory = exact(memory_bytes), out = exact(room);
    char *text = exact(70000);
    memset(text, ' ', 70000);
    CHECK_EQ(ampcf_model_replace_metadata(whole.file, whole.bytes, text, 70000, out, room, &n, memory,
                                          memory_bytes, NULL),
             AMPCF_E_LIMIT);
    text[1] = (char)0xFF;
    CHECK_EQ(ampcf_model_replace_metadata(whole.file, whole.bytes, text, 9, out, room, &n, memory,
                                          memory_bytes, NULL),
             AMPCF_E_BAD_TEXT);
    whole.file[whole.bytes - 1] ^= 1;
    CHECK_EQ(ampcf_model_replace_metadata(whole.file, whole.bytes, "{}", 2, out, room, &n, memory,
                                          memory_bytes, NULL),
             AMPCF_E_CHECKSUM);
    free(text), free(memory), free(out), free_model(&bare), free_model(&whole);
}

/* A training that lost its numbers, and one that lost them all to zero, in every type of vectors. */
static void useless_vectors(void) {
    uint64_t rng = 119;
    recipe r = full_recipe();
    test_parts t = make_parts(&r, &rng);
    size_t cells = (size_t)r.n_items * r.dim;
    float *vectors = exact(cells * sizeof *vectors), nan = __builtin_nanf("");
    for (uint32_t type = AMPCF_VECTORS_F32; type <= AMPCF_VECTORS_INT8; type++) {
        ampcf_model_parts p = t.parts;
        p.vectors = vectors, p.vector_type = type;
        for (size_t i = 0; i < cells; i++) vectors[i] = i % 2 ? -0.0f : 0;
        expect(&p, AMPCF_E_BAD_NUMBER, "zeros");
        vectors[cells - 1] = 1;
        expect(&p, AMPCF_OK, "one number");
        vectors[0] = nan;
        expect(&p, AMPCF_E_BAD_NUMBER, "NaN");
        vectors[0] = 1 / 0x1p-149f / 0x1p-149f;
        expect(&p, AMPCF_E_BAD_NUMBER, "infinity");
        vectors[0] = 0;
    }
    vectors[0] = 1e-9f, vectors[cells - 1] = 0;
    ampcf_model_parts p = t.parts;
    p.vectors = vectors, p.vector_type = AMPCF_VECTORS_F16;
    expect(&p, AMPCF_E_BAD_NUMBER, "zero once it is stored");
    free(vectors), free_parts(&t);
}

int main(void) {
    useless_vectors();
    same_parts_same_bytes();
    round_trip();
    incomplete_parts();
    narrow_vectors();
    halves_round_trip();
    neighbour_rules();
    memory_rules();
    refuses_what_the_loader_refuses();
    ids_are_sorted();
    other_metadata();
    refuses_other_metadata();
    return check_report();
}
