/* Owns the mutation of model files: fields and values that tell, sections that come, go and change their
 * length, with lengths and checksums repaired, so that most inputs pass them. Must give the same for a
 * seed. */
#include "draft.h"
#include "target.h"

static const uint32_t telling[] = {
    0,           1,           2,           63,          64,          65,          127,         128,
    255,         256,         257,         0xFFFFu,     0x10000u,    0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu,
    0x49800000u, 0xC9800000u, 0x49800001u, 0x5F800000u, 0xDF800000u, 0x00800000u, 0x007FFFFFu, 0x3F800000u,
    0xBF800000u, 0x44800000u, 0x35800000u, 0x7F800000u, 0x7FC00000u, 0x41800000u, 0x43800000u, 0x46000000u};

static uint32_t any_word(uint64_t *rng) {
    if (random_below(rng, 3) == 0) return float_bits(random_float(rng, -2, 2));
    return telling[random_below(rng, sizeof telling / sizeof *telling)];
}

/* Whether the file can be taken apart: a table inside it, and sections that are. */
static int can_be_drafted(const uint8_t *data, size_t size) {
    format_header h;
    if (size < sizeof h) return 0;
    memcpy(&h, data, sizeof h);
    if (h.n_sections < 1 || h.n_sections > 64 || (size - sizeof h) / 48 < h.n_sections) return 0;
    for (uint32_t i = 0; i < h.n_sections; i++) {
        format_section s;
        memcpy(&s, data + sizeof h + 48 * i, sizeof s);
        if (s.offset > size || s.length > size - s.offset) return 0;
    }
    return 1;
}

static void put_word(uint8_t *data, size_t size, size_t at, uint32_t word) {
    if (at <= size && size - at >= 4) memcpy(data + at, &word, 4);
}

/* A word or some bytes of one section, mostly of those that hold numbers. */
static void change_content(uint8_t *data, uint64_t *rng) {
    draft d = draft_of(data);
    format_section s = d.table[random_below(rng, random_below(rng, 3) ? (d.n < 5 ? d.n : 5) : d.n)];
    if (s.length == 0) return;
    size_t at = (size_t)s.offset + random_below(rng, (uint32_t)s.length);
    switch (random_below(rng, 4)) {
    case 0: (void)LLVMFuzzerMutate(data + s.offset, (size_t)s.length, (size_t)s.length); break;
    case 1: data[at] = (uint8_t)random_u32(rng); break;
    default: put_word(data, (size_t)(s.offset + s.length), at & ~(size_t)3, any_word(rng)); break;
    }
}

/* All numbers of a section grow or shrink by a power of two, or become the same. */
static void change_scale(uint8_t *data, uint64_t *rng) {
    draft d = draft_of(data);
    format_section s = d.table[random_below(rng, d.n < 5 ? d.n : 5)];
    float factor = ldexpf(random_below(rng, 4) ? 1 : -1, (int)random_below(rng, 120) - 60), value;
    uint32_t word = any_word(rng), fill = random_below(rng, 3) == 0;
    for (size_t at = (size_t)s.offset; s.dtype == DTYPE_F32 && at + 4 <= s.offset + s.length; at += 4) {
        memcpy(&value, data + at, 4);
        put_word(data, (size_t)(s.offset + s.length), at, fill ? word : float_bits(value * factor));
    }
}

static void change_header(uint8_t *data, size_t size, uint64_t *rng) {
    static const uint8_t fields[] = {8, 12, 24, 28, 32, 36, 40, 40, 40, 44, 44, 48, 64, 96, 120};
    uint32_t at = fields[random_below(rng, sizeof fields)];
    put_word(data, size, at, random_below(rng, 3) ? 1 + random_below(rng, 64) : any_word(rng));
}

static void change_entry(uint8_t *data, size_t size, uint64_t *rng) {
    format_header h;
    memcpy(&h, data, sizeof h);
    size_t at = sizeof h + 48 * (size_t)random_below(rng, h.n_sections) + 4 * (size_t)random_below(rng, 12);
    uint32_t word;
    if (at + 4 > size) return;
    memcpy(&word, data + at, 4);
    put_word(data, size, at, random_below(rng, 2) ? word + random_below(rng, 3) - 1 : any_word(rng));
}

/* A section is made longer or shorter, left out, doubled, moved, or one is added; offsets and lengths
 * follow. */
static size_t change_layout(uint8_t *data, size_t max_size, uint64_t *rng) {
    draft d = draft_of(data);
    uint32_t i = random_below(rng, d.n), k = random_below(rng, d.n), operation = random_below(rng, 6);
    uint8_t *longer = NULL;
    if (operation == 0 && d.n > 1) draft_remove(&d, d.table[i].type);
    if (operation == 1) d.table[d.n] = d.table[i], d.data[d.n++] = d.data[i];
    if (operation == 2) {
        format_section s = d.table[i];
        const void *bytes = d.data[i];
        d.table[i] = d.table[k], d.data[i] = d.data[k];
        d.table[k] = s, d.data[k] = bytes;
    }
    if (operation == 3)
        draft_add(&d, 1 + random_below(rng, 26), random_below(rng, 2), d.data[i],
                  random_below(rng, (uint32_t)d.table[i].length + 1));
    if (operation > 3 && d.table[i].length > 0) {
        format_section *s = &d.table[i];
        uint64_t row = (uint64_t)s->cols * dtype_bytes(s->dtype);
        uint32_t rows = random_below(rng, 2) ? s->rows + 1 - 2 * random_below(rng, 2) : random_below(rng, 80);
        if (row == 0 || rows * row > max_size) return 0;
        longer = exact((size_t)(rows * row));
        for (uint64_t b = 0; b < rows * row; b++) longer[b] = ((const uint8_t *)d.data[i])[b % s->length];
        s->rows = rows, s->length = rows * row;
        d.data[i] = longer;
    }
    size_t n_bytes;
    uint8_t *file = d.n <= 64 ? draft_emit(&d, &n_bytes) : NULL;
    int fits = file && n_bytes <= max_size;
    if (fits) memcpy(data, file, n_bytes);
    free(file), free(longer);
    return fits ? n_bytes : 0;
}

/* Settings as a file of the other kind has them. */
static void change_kind(uint8_t *data, uint64_t *rng) {
    draft d = draft_of(data);
    uint32_t kind = 1 + random_below(rng, 2);
    float settings[FORMAT_SETTINGS] = {0.4f, 0.01f, 1, 0, 0, 0, 0, random_float(rng, 0, 3)};
    settings[SETTING_ALPHA] = random_below(rng, 3) ? random_float(rng, 0, 1) : 0;
    settings[SETTING_LAMBDA] = random_below(rng, 3) ? random_float(rng, 0.001f, 1) : 9.5367431640625e-7f;
    if (kind == KIND_GATE) {
        settings[SETTING_GATE] = random_float(rng, 0, FORMAT_MAX_GATE);
        settings[SETTING_LEAVES] = (float)(1 + random_below(rng, random_below(rng, 2) ? 12 : 256));
    } else {
        settings[SETTING_BETA] = random_float(rng, 0, 20), settings[SETTING_ETA] = random_float(rng, 0, 2);
        settings[SETTING_RHO] = random_float(rng, 0, 1), settings[SETTING_TAU] = random_float(rng, 0, 1);
        settings[SETTING_SHARPNESS] = random_float(rng, 0, 12);
    }
    memcpy(data + offsetof(format_header, kind), &kind, 4);
    for (uint32_t i = 0; i < d.n; i++)
        if (d.table[i].type == SECTION_SETTINGS && d.table[i].length >= sizeof settings)
            memcpy(data + d.table[i].offset, settings, sizeof settings);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    uint64_t rng = seed * 0x9E3779B97F4A7C15ull + 1;
    if (!can_be_drafted(data, size) || random_below(&rng, 40) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (uint32_t times = 1 + random_below(&rng, 4); times > 0 && can_be_drafted(data, size); times--) {
        uint32_t operation = random_below(&rng, 16);
        size_t longer = operation == 0 ? change_layout(data, max_size, &rng) : 0;
        if (longer > 0) size = longer;
        if (operation == 1) change_header(data, size, &rng);
        if (operation == 2) change_entry(data, size, &rng);
        if (operation == 3) change_kind(data, &rng);
        if (operation == 4) change_scale(data, &rng);
        if (operation > 4) change_content(data, &rng);
    }
    uint64_t file_bytes = size;
    memcpy(data + offsetof(format_header, file_bytes), &file_bytes, sizeof file_bytes);
    repair(data, size);
    return size;
}
