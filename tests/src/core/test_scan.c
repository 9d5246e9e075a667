/* Owns the test of scan.c: lists are those of scoring everything, bit for bit, whatever is passed over. Must
 * leave what a score is to test_gate.c. */
#include "kinds.h"
#include "core/heads.h"
#include "core/profile.h"
#include "core/rounded.h"
#include "core/scan.h"

enum { LEAST = 2048, SPREAD = 150, EVENTS = 40, MODELS = 250, PEOPLE = 4, LISTS = 100 };

typedef struct person {
    const ampcf_model *model;
    void *memory;
    ampcf_profile *profile;
    float scores[LEAST + SPREAD];
    uint32_t owners[LEAST + SPREAD], order[LEAST + SPREAD], n; /* order: best first */
} person;

static const float *sort_scores;

static int before(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sort_scores[x] != sort_scores[y]) return sort_scores[x] > sort_scores[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

static float power_of_2(int n) { return ldexpf(1, n); }

/* What makes bounds hard: equal items, one that is long, many that are short or zero, single dimensions. */
static void make_hard(test_parts *t, const recipe *r, uint64_t *rng, int kind) {
    for (uint32_t j = 0; j < r->n_items; j++) {
        float *v = t->vectors + (size_t)j * r->dim, by = 1;
        if (kind == 1) memcpy(v, t->vectors + random_below(rng, j / 4 + 1) * r->dim, r->dim * sizeof *v);
        if (kind == 2 && j == r->n_items / 2) by = power_of_2(14);
        if (kind == 3) by = power_of_2(-(int)random_below(rng, 70));
        if (kind == 4) by = random_below(rng, 3) == 0 ? 0 : 1;
        if (kind == 5) by = power_of_2(-120 + (int)random_below(rng, 110));
        for (uint32_t d = 0; d < r->dim; d++) {
            if (kind == 6) by = random_below(rng, 8) == 0 ? 1 : power_of_2(-12);
            if (kind == 7) v[d] = t->vectors[d];
            v[d] = fabsf(v[d] * by) < 1.2e-38f ? 0 : v[d] * by;
        }
        if (kind == 1 || kind == 7) t->bias[j] = t->bias[j % 3];
    }
    for (uint32_t d = 0; d < r->dim; d++) t->vectors[d] += d == 0; /* not all are zero */
    fill_gram(t->vectors, r->n_items, r->dim, t->gram);
}

static recipe hard_recipe(uint64_t *rng, uint32_t round) {
    recipe r = plain_recipe(LEAST + random_below(rng, SPREAD),
                            round % 3 ? 1 + random_below(rng, 40) : 60 + random_below(rng, 30),
                            1 + random_below(rng, 8), 0);
    r.settings[SPLIT] = random_float(rng, 0.2f, 2);
    r.settings[GATE] = round % 4 == 0 ? 0
                                      : random_float(rng, 0,
                                                     round % 4 == 1   ? 0.5f
                                                     : round % 4 == 2 ? 3
                                                                      : 16);
    r.settings[LEAVES] = (float)(1 + random_below(rng, round % 5 == 0 ? AMPCF_MAX_LEAVES : 12));
    r.vector_type = random_below(rng, 3);
    r.neighbours = random_below(rng, 4) == 0 ? 20 : 0, r.weighted = (int)random_below(rng, 2);
    return r;
}

/* Some liked, some not, and now and then what is left of earlier ones. */
static void meet(person *who, const ampcf_model *model, uint64_t *rng) {
    uint32_t items[EVENTS], n = ampcf_model_describe(model).items, events = random_below(rng, EVENTS + 1);
    size_t bytes = ampcf_profile_memory(model, EVENTS, 0), scratch = ampcf_profile_scratch(model, EVENTS, 0);
    void *work = exact(scratch);
    random_history(rng, n, items, events);
    who->model = model, who->n = n, who->memory = exact(bytes);
    CHECK_EQ(
        ampcf_profile_begin(model, EVENTS, 0, random_below(rng, 3) == 0, who->memory, bytes, &who->profile),
        AMPCF_OK);
    for (uint32_t i = 0; i < events; i++)
        CHECK_EQ(ampcf_profile_add(who->profile, items[i], random_float(rng, 0.2f, 2),
                                   i % 5 == 4 ? random_float(rng, -1, 1) : 1),
                 AMPCF_OK);
    CHECK_EQ(ampcf_profile_finish(who->profile, work, scratch), AMPCF_OK);
    for (uint32_t j = 0; j < n; j++) who->order[j] = j;
    CHECK_EQ(ampcf_score(who->profile, who->order, n, who->scores, who->owners), AMPCF_OK);
    sort_scores = who->scores;
    qsort(who->order, n, sizeof *who->order, before);
    free(work);
}

/* The first k of the order that are wanted. */
static void check_list(const person *who, const uint8_t *wanted, uint32_t k, const ampcf_ranked *list,
                       uint32_t found) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < who->n && at < k; i++) {
        uint32_t item = who->order[i];
        if (!wanted[item]) continue;
        CHECK(at < found);
        if (at >= found) return;
        CHECK_EQ(list[at].item, item);
        CHECK_EQ(float_bits(list[at].score), float_bits(who->scores[item]));
        CHECK_EQ(list[at++].persona, who->owners[item]);
    }
    CHECK_EQ(found, at);
}

static uint32_t some_k(uint64_t *rng, uint32_t n) {
    uint32_t kind = random_below(rng, 8);
    return kind == 0 ? random_below(rng, 3) : kind == 1 ? n + 5 : kind == 2 ? random_below(rng, n) : 10;
}

/* One list of the catalogue, or of candidates. */
static uint64_t check_one(const person *who, uint64_t *rng, uint32_t round) {
    uint32_t k = some_k(rng, who->n), found = 99, n_list = 0, part = 1 + random_below(rng, 6);
    uint8_t *wanted = exact(who->n), *excluded = exact(who->n);
    uint32_t *list = exact(who->n * sizeof *list);
    ampcf_ranked *best = exact((k < who->n ? k : who->n) * sizeof *best);
    ampcf_scan_counts counts;
    for (uint32_t j = 0; j < who->n; j++) {
        wanted[j] = part == 1 || random_below(rng, part) == 0;
        excluded[j] = !wanted[j];
        if (wanted[j]) list[n_list++] = j;
    }
    if (round % 2)
        CHECK_EQ(ampcf_recommend(who->profile, part == 1 ? NULL : excluded, k, best, &found), AMPCF_OK);
    else CHECK_EQ(ampcf_rank(who->profile, list, n_list, k < n_list ? k : n_list, best, &found), AMPCF_OK);
    check_list(who, wanted, k, best, found);
    ampcf_scan_stats(who->profile, &counts);
    CHECK(counts.scored >= found && counts.scored <= who->n);
    CHECK(counts.scored + counts.parted + counts.bounded + counts.looked >=
          (round % 2 && part == 1 ? who->n : 0));
    free(wanted), free(excluded), free(list), free(best);
    return counts.scored;
}

/* A list in proportion, with pruning and without. */
static void check_proportion(const person *who, uint64_t *rng) {
    uint32_t k = random_below(rng, 3) ? 10 : random_below(rng, 150),
             found[2][2]; /* and the size of the pool */
    size_t bytes = ampcf_proportion_memory(who->profile, k);
    uint8_t *excluded = exact(who->n), *seats[2] = {exact(k), exact(k)};
    ampcf_ranked *list[2] = {exact(k * sizeof **list), exact(k * sizeof **list)};
    int prunes = who->profile->prunes;
    for (uint32_t j = 0; j < who->n; j++) excluded[j] = random_below(rng, 4) == 0;
    for (int plain = 0; plain < 2; plain++) {
        void *memory = exact(bytes);
        who->profile->prunes = plain ? 0 : prunes;
        CHECK_EQ(ampcf_recommend_proportional(who->profile, excluded, k, 0.3f, 0, memory, bytes, list[plain],
                                              seats[plain], found[plain]),
                 AMPCF_OK);
        free(memory);
    }
    who->profile->prunes = prunes;
    CHECK_EQ(found[0][0], found[1][0]);
    CHECK_EQ(found[0][1], found[1][1]);
    CHECK_BYTES(list[0], list[1], found[0][0] * sizeof **list);
    CHECK_BYTES(seats[0], seats[1], found[0][0]);
    free(excluded), free(seats[0]), free(seats[1]), free(list[0]), free(list[1]);
}

static void check_similar(const ampcf_model *model, uint64_t *rng) {
    uint32_t n = ampcf_model_describe(model).items, item = random_below(rng, n), found, all;
    ampcf_ranked few[5], *every = exact((size_t)n * sizeof *every);
    CHECK_EQ(ampcf_similar(model, item, 5, few, &found), AMPCF_OK);
    CHECK_EQ(ampcf_similar(model, item, n, every, &all), AMPCF_OK); /* never full: nothing is passed over */
    CHECK_EQ(found, 5);
    CHECK_EQ(all, n - 1);
    CHECK_BYTES(few, every, sizeof few);
    free(every);
}

/* Lists of hard catalogues. Returns how many. */
static uint32_t hard_catalogues(void) {
    uint64_t rng = 311;
    uint32_t lists = 0;
    for (uint32_t round = 0; round < MODELS; round++) {
        recipe r = hard_recipe(&rng, round);
        test_parts t = make_parts(&r, &rng);
        make_hard(&t, &r, &rng, (int)(round % 8));
        test_model m = open_parts(&t.parts);
        for (uint32_t p = 0; p < PEOPLE; p++) {
            person who;
            meet(&who, m.model, &rng);
            for (uint32_t i = 0; i < LISTS; i++, lists++) (void)check_one(&who, &rng, i);
            for (uint32_t i = 0; i < 2; i++, lists++) check_proportion(&who, &rng);
            check_similar(m.model, &rng), lists++;
            free(who.memory);
        }
        free_model(&m), free_parts(&t);
    }
    return lists;
}

/* Where tastes are narrow, few items are scored; and a catalogue just too small is scored whole. */
static void passes_over(void) {
    uint64_t rng = 312, scored = 0;
    for (uint32_t small = 0; small < 2; small++) {
        recipe r = plain_recipe(LEAST - small, 32, 4, 0);
        test_model m = make_model(&r, &rng);
        person who;
        meet(&who, m.model, &rng);
        CHECK_EQ(who.profile->prunes, !small);
        ampcf_ranked best[10];
        uint32_t found;
        ampcf_scan_counts counts;
        CHECK_EQ(ampcf_recommend(who.profile, NULL, 10, best, &found), AMPCF_OK);
        ampcf_scan_stats(who.profile, &counts);
        if (small) CHECK_EQ(counts.scored, LEAST - 1);
        else scored = counts.scored;
        free(who.memory), free_model(&m);
    }
    CHECK(scored < LEAST / 8);
    printf("scored %" PRIu64 " of %d\n", scored, LEAST);
}

/* Catalogues that vary along few axes: their first look lets few through. */
static void looks_first(void) {
    uint64_t rng = 313;
    for (uint32_t type = 0; type < 3; type++) {
        recipe r = plain_recipe(LEAST, 64, 4, 0);
        r.vector_type = type;
        test_parts parts = make_parts(&r, &rng);
        for (uint32_t j = 0; j < LEAST; j++)
            for (uint32_t d = 12; d < r.dim; d++) parts.vectors[(size_t)j * r.dim + d] *= 0.001f;
        fill_gram(parts.vectors, LEAST, r.dim, parts.gram);
        test_model m = open_parts(&parts.parts);
        person who;
        meet(&who, m.model, &rng);
        ampcf_ranked best[10];
        uint32_t found;
        ampcf_scan_counts counts;
        CHECK_EQ(ampcf_recommend(who.profile, NULL, 10, best, &found), AMPCF_OK);
        ampcf_scan_stats(who.profile, &counts);
        printf("looked at %u, bounded %u of %d\n", counts.looked, counts.bounded, LEAST);
        CHECK(counts.looked >= LEAST - SCAN_BLOCK && counts.bounded < SCAN_SOWN + LEAST / 4);
        free(who.memory), free_model(&m), free_parts(&parts);
    }
}

/* Of every item, by each look: not less than its score, whatever is hard about the catalogue. */
static void check_looks(const person *who) {
    const ampcf_profile *p = who->profile;
    const rounded_table *t = &who->model->rounded;
    for (uint32_t from = 0; from < who->n; from += SCAN_BLOCK) {
        int32_t dots[SCAN_BLOCK] = {0};
        for (uint32_t look = 0; look < HEADS_LOOKS; look++) {
            kernel_look(heads_look(&t->heads, from, look), p->look_row + look * LOOK_DIM, dots, dots);
            for (uint32_t j = from; j < who->n && j < from + SCAN_BLOCK; j++) {
                double dot = dots[j - from], by = (double)rounded_length(t, j),
                       bias = (double)who->model->bias[j];
                double bound = by * ((double)p->look_step * dot + (double)p->look_adds[look]) + bias;
                if (!profile_near(p, j)) CHECK(bound + 4e-6 * fabs(bias) + 1e-30 >= (double)who->scores[j]);
            }
        }
    }
}

static void looks_bound(void) {
    uint64_t rng = 314;
    for (uint32_t round = 0; round < 48; round++) {
        recipe r = hard_recipe(&rng, round);
        r.dim = HEADS_LEAST_DIM + random_below(&rng, 40);
        test_parts t = make_parts(&r, &rng);
        make_hard(&t, &r, &rng, (int)(round % 8));
        test_model m = open_parts(&t.parts);
        for (uint32_t p = 0; p < PEOPLE; p++) {
            person who;
            meet(&who, m.model, &rng);
            if (who.profile->prunes) check_looks(&who);
            free(who.memory);
        }
        free_model(&m), free_parts(&t);
    }
}

static int has_heads(uint32_t n, uint32_t dim, uint32_t type) {
    arena a = arena_measure();
    model_shape shape = {n, dim, type, KIND_GATE};
    return heads_take(&a, &shape).n > 0;
}

/* Not where they would cost as much as the whole, or a quarter of the memory. */
static void has_them_where_they_pay(void) {
    CHECK(has_heads(LEAST, 64, DTYPE_F32) && !has_heads(LEAST, 63, DTYPE_F32));
    CHECK(has_heads(HEADS_MOST_NARROW, 64, DTYPE_I8) && !has_heads(HEADS_MOST_NARROW + 1, 64, DTYPE_I8));
    CHECK(has_heads(HEADS_MOST_NARROW + 1, 64, DTYPE_F16));
}

int main(void) {
    looks_first();
    looks_bound();
    has_them_where_they_pay();
    CHECK(hard_catalogues() >= 100000);
    passes_over();
    return check_report();
}
