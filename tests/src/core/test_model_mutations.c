/* Owns random damage with repaired checksums: a file is refused, or whatever is computed from it is finite
 * and in bounds. Must run under sanitizers to mean most; every buffer has its exact size. */
#include "kinds.h"

enum { HISTORY = 12 };

static uint32_t n_accepted, n_several_personas;

static int all_finite(const float *x, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return 0;
    return 1;
}

static void use_profile(const ampcf_model *m, test_profile *p, uint32_t n_history) {
    uint32_t n = ampcf_model_describe(m).items, personas = ampcf_profile_personas(p->profile), found;
    uint32_t *items = exact(n * sizeof *items), *owners = exact(n * sizeof *owners);
    ampcf_ranked *best = exact(n * sizeof *best);
    float *scores = exact(n * sizeof *scores), *attention = exact(personas * sizeof *attention);
    double *parts = exact(n_history * sizeof *parts);
    n_several_personas += personas > 1;
    for (uint32_t j = 0; j < n; j++) items[j] = j;
    CHECK_EQ(ampcf_score(p->profile, items, n, scores, owners), AMPCF_OK);
    CHECK(all_finite(scores, n));
    CHECK(all_finite(ampcf_profile_shares(p->profile), personas));
    CHECK(all_finite(ampcf_profile_responsibilities(p->profile), n_history * personas));
    for (uint32_t j = 0; j < n; j++) CHECK(owners[j] < personas || owners[j] == 0);
    CHECK_EQ(ampcf_rank(p->profile, items, n, n, best, &found), AMPCF_OK);
    CHECK_EQ(found, n);
    for (uint32_t i = 0; i < n; i++)
        CHECK(float_bits(best[i].score) == float_bits(scores[best[i].item]) &&
              (i == 0 || best[i - 1].score >= best[i].score));
    CHECK_EQ(ampcf_recommend(p->profile, NULL, n / 2, best, &found), AMPCF_OK);
    for (uint32_t j = 0; j < n; j++) {
        ampcf_explanation e;
        CHECK_EQ(ampcf_explain(p->profile, j, parts, attention, &e), AMPCF_OK);
        CHECK(isfinite(e.score) && isfinite(e.residual) && isfinite(e.bias) &&
              all_finite(attention, personas));
        for (uint32_t i = 0; i < n_history; i++) CHECK(isfinite(parts[i]));
    }
    free(items), free(owners), free(best), free(scores), free(attention), free(parts);
}

static void use_aspects(const ampcf_model *m, const ampcf_profile *p) {
    uint32_t a = ampcf_model_describe(m).aspects;
    if (a == 0) return;
    double *share = exact(a * sizeof *share), *lift = exact(a * sizeof *lift);
    for (uint32_t k = 0; k < ampcf_profile_personas(p); k++) {
        CHECK_EQ(ampcf_persona_aspects(p, k, share, lift), AMPCF_OK);
        for (uint32_t i = 0; i < a; i++)
            CHECK(share[i] >= 0 && isfinite(share[i]) && lift[i] >= 0 && isfinite(lift[i]));
    }
    free(share), free(lift);
}

/* Weights from the whole allowed range, extremes included. */
static float any_weight(uint64_t *rng) {
    switch (random_below(rng, 6)) {
    case 0: return AMPCF_MAX_WEIGHT;
    case 1: return 1.4e-45f;
    case 2: return 1e-25f;
    default: return random_float(rng, 0.1f, 2);
    }
}

static void use_model(const ampcf_model *m, uint64_t *rng) {
    uint32_t n = ampcf_model_describe(m).items, history[HISTORY],
             length = random_below(rng, (n < HISTORY ? n : HISTORY) + 1), found;
    float weights[HISTORY];
    ampcf_ranked *alike = exact(n * sizeof *alike);
    n_accepted++;
    random_history(rng, n, history, length);
    for (uint32_t i = 0; i < length; i++) weights[i] = any_weight(rng);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t bytes;
        const char *id = ampcf_model_id(m, j, &bytes);
        CHECK_EQ(ampcf_model_find(m, id, bytes), j);
        CHECK(ampcf_model_title(m, j, &bytes) != NULL);
    }
    const float *w = random_below(rng, 3) == 0 ? NULL : weights;
    test_profile p = fold(m, history, w, length, random_below(rng, ampcf_model_describe(m).personas + 1));
    CHECK_EQ(p.status, AMPCF_OK);
    use_profile(m, &p, length);
    use_aspects(m, p.profile);
    CHECK_EQ(ampcf_similar(m, random_below(rng, n), n, alike, &found), AMPCF_OK);
    CHECK_EQ(found, n - 1);
    for (uint32_t i = 0; i < found; i++) CHECK(isfinite(alike[i].score));
    free_profile(&p);
    free(alike);
}

static const uint32_t telling[] = {0,           1,           2,           63,          64,
                                   65,          127,         128,         0x7FFFFFFFu, 0x80000000u,
                                   0xFFFFFFFFu, 0x49800000u, 0xC9800000u, 0x5F800000u, 0xDF800000u,
                                   0x00800000u, 0x3F800000u, 0x44800000u, 0x1A800000u, 0x7F800000u};

/* Changes 1 to 8 places: bytes, bits, telling words or floats, in header, table, numbers or texts alike. */
static void mutate(uint8_t *file, size_t n_bytes, uint64_t *rng) {
    format_header h;
    memcpy(&h, file, sizeof h);
    uint32_t sections = random_below(rng, 4) == 0
                            ? h.n_sections
                            : 4; /* the first four are numbers: there most files are accepted */
    for (uint32_t times = 1 + random_below(rng, 8); times > 0; times--) {
        size_t from = 0, length = n_bytes;
        if (random_below(rng, 20) != 0) {
            format_section s;
            memcpy(&s, file + sizeof h + sizeof s * random_below(rng, sections), sizeof s);
            if (s.offset < n_bytes && s.length > 4 && s.length <= n_bytes - s.offset)
                from = (size_t)s.offset, length = (size_t)s.length;
        }
        size_t at = from + random_below(rng, (uint32_t)length);
        float value = random_float(rng, -2, 2);
        uint32_t word = telling[random_below(rng, sizeof telling / sizeof *telling)];
        switch (random_below(rng, 5)) {
        case 0: file[at] = (uint8_t)random_u32(rng); break;
        case 1: file[at] ^= (uint8_t)(1u << random_below(rng, 8)); break;
        case 2:
            at &= ~(size_t)3;
            if (n_bytes - at >= 4) memcpy(file + at, &word, 4);
            break;
        default:
            at &= ~(size_t)3;
            if (n_bytes - at >= 4) memcpy(file + at, &value, 4);
            break;
        }
    }
}

static void random_mutations(int attention, uint32_t vector_type, uint32_t neighbours, uint32_t times) {
    uint64_t rng = 41;
    recipe r = (attention ? attention_recipe : plain_recipe)(14, 5, 4, 6);
    r.vector_type = vector_type, r.neighbours = neighbours, r.weighted = neighbours > 0;
    test_model m = make_kind(&r, &rng);
    uint8_t *file = exact(m.bytes);
    uint32_t by_status[32] = {0};
    for (uint32_t i = 0; i < times; i++) {
        const ampcf_model *model = NULL;
        ampcf_fault fault = {0, 0, 0, NULL, 0, 0};
        memcpy(file, m.file, m.bytes);
        mutate(file, m.bytes, &rng);
        repair(file, m.bytes);
        size_t needed = ampcf_model_memory(file, m.bytes);
        void *memory = exact(needed);
        CHECK(needed < 5 * m.bytes + 65536);
        ampcf_status status = ampcf_model_open(file, m.bytes, memory, needed, &model, &fault);
        CHECK(status == AMPCF_OK ||
              (fault.what && fault.status == (uint32_t)status && status >= AMPCF_E_BAD_MAGIC));
        by_status[status < 32 ? status : 31]++;
        if (status == AMPCF_OK) use_model(model, &rng);
        free(memory);
    }
    for (uint32_t s = 0; s < 32; s++)
        if (by_status[s] > 0) printf("%-20s %" PRIu32 "\n", ampcf_status_name((ampcf_status)s), by_status[s]);
    /* The sweep means nothing unless it reaches deep: most checks hit, many files used, personas found. */
    CHECK(n_accepted > times / 20 && n_several_personas > times / 200);
    n_accepted = n_several_personas = 0;
    free(file);
    free_model(&m);
}

/* Each setting is its highest, its lowest or in between. */
static void worst_settings(float *settings, int attention, uint64_t *rng) {
    const float high[2][SETTINGS] = {
        {[ALPHA] = 1024, [LAMBDA] = 1048576, [NU] = 1, [SPLIT] = 1024, [GATE] = 16, [PROPORTIONAL] = 1},
        {[ALPHA] = 1024,
         [LAMBDA] = 1048576,
         [NU] = 1,
         [BETA] = 1024,
         [ETA] = 16,
         [RHO] = 1,
         [SHARPNESS] = 1024,
         [SPLIT] = 1024,
         [TAU] = 1}};
    for (uint32_t s = 0; s < SETTINGS; s++)
        settings[s] = random_below(rng, 2)   ? high[attention][s]
                      : s == LAMBDA          ? 9.5367431640625e-7f
                      : random_below(rng, 2) ? 0
                                             : high[attention][s] / 100;
    if (!attention)
        settings[LEAVES] = random_below(rng, 2) ? AMPCF_MAX_LEAVES : (float)(1 + random_below(rng, 12));
}

/* All numbers replaced at once by the worst that the format allows. */
static void worst_numbers(int attention, uint32_t times) {
    uint64_t rng = 43;
    const float vector_size[] = {1048576, 1, 1e-19f, 3e-23f, 1.2e-38f},
                gram_size[] = {18446744073709551616.0f, 1e6f, 1, 0};
    for (uint32_t i = 0; i < times; i++) {
        recipe r = plain_recipe(24, 1 + random_below(&rng, 40), 1 + random_below(&rng, 64), 3);
        worst_settings(r.settings, attention, &rng);
        r.neighbours = random_below(&rng, 24), r.weighted = (int)random_below(&rng, 2);
        test_parts t = make_parts(&r, &rng);
        for (uint32_t j = 0; j < r.n_items && r.weighted; j++)
            t.item_weights[j] = random_below(&rng, 2) ? 1048576 : 9.5367431640625e-7f;
        for (uint32_t j = 0; j < r.n_items && r.neighbours > 0; j++)
            t.neighbour_scales[j] = random_below(&rng, 4) ? 1048576 : 0;
        float size = vector_size[random_below(&rng, 5)], gram = gram_size[random_below(&rng, 4)];
        for (uint32_t v = 0; v < r.n_items * r.dim; v++)
            t.vectors[v] = (random_below(&rng, 2) ? size : -size) * (random_below(&rng, 3) ? 1 : 0);
        for (uint32_t g = 0; g < r.dim * (r.dim + 1) / 2; g++)
            t.gram[g] = random_below(&rng, 2) ? gram : -gram;
        for (uint32_t j = 0; j < r.n_items; j++) t.bias[j] = random_below(&rng, 2) ? 1048576 : -1048576;
        test_model m = open_kind(&t);
        use_model(m.model, &rng);
        free_model(&m);
        free_parts(&t);
    }
}

int main(void) {
    worst_numbers(0, 3000);
    worst_numbers(1, 2000);
    n_accepted = n_several_personas = 0;
    random_mutations(0, AMPCF_VECTORS_F32, 0, 80000);
    random_mutations(0, AMPCF_VECTORS_INT8, 6, 80000);
    random_mutations(0, AMPCF_VECTORS_F16, 13, 40000);
    random_mutations(1, AMPCF_VECTORS_F32, 6, 50000);
    return check_report();
}
