/* Owns the test of fold-in (profile.c, personas.c, linalg.c) against dense normal equations in double
 * precision, and of its rules for bad input. Must see vectors only through scores, as callers do. */
#include "kinds.h"

/* s_j = score - bias of every item. */
static void evidence_of(const test_model *m, const test_parts *t, const ampcf_profile *p, double *out) {
    uint32_t n = ampcf_model_describe(m->model).items;
    uint32_t *items = exact(n * sizeof *items);
    float *scores = exact(n * sizeof *scores);
    for (uint32_t j = 0; j < n; j++) items[j] = j;
    CHECK_EQ(ampcf_score(p, items, n, scores, NULL), AMPCF_OK);
    for (uint32_t j = 0; j < n; j++) out[j] = (double)scores[j] - (double)t->bias[j];
    free(items), free(scores);
}

static void check_responsibilities(const ampcf_profile *p, const float *weights, uint32_t n) {
    uint32_t personas = ampcf_profile_personas(p);
    const float *shares = ampcf_profile_shares(p), *r = ampcf_profile_responsibilities(p);
    double sum = 0, mass = 0, share[AMPCF_MAX_PERSONAS] = {0};
    for (uint32_t i = 0; i < n; i++) {
        double row = 0, w = weights ? (double)weights[i] : 1;
        for (uint32_t k = 0; k < personas; k++) {
            CHECK(r[i * personas + k] >= 0);
            row += (double)r[i * personas + k];
            share[k] += w * (double)r[i * personas + k];
        }
        mass += w;
        CHECK_NEAR(row, 1, 1e-6);
    }
    for (uint32_t k = 0; k < personas; k++) {
        sum += (double)shares[k];
        CHECK_NEAR(shares[k], share[k] / mass, 1e-5);
        CHECK(shares[k] > 0 && (k == 0 || shares[k] <= shares[k - 1]));
    }
    CHECK_NEAR(sum, 1, 1e-5);
}

typedef recipe (*recipe_of_kind)(uint32_t n_items, uint32_t dim, uint32_t n_personas, uint32_t n_aspects);
static const recipe_of_kind kinds[] = {plain_recipe, attention_recipe};

/* Without gate and attention a score is the sum over personas of u_k . v_j: it must be that of plain ALS
 * however many personas there are. One persona that is asked for is that vector whatever the gate. */
static void personas_sum_to_als(void) {
    uint64_t rng = 51;
    uint32_t seen[9] = {0};
    for (int round = 0; round < 400; round++) {
        int attention = round % 2;
        recipe r = kinds[attention](80, 1 + random_below(&rng, 40), 1 + random_below(&rng, 8), 0);
        r.settings[RHO] = r.settings[GATE] = 0;
        r.settings[NU] = random_float(&rng, 0, 1);
        r.settings[ALPHA] = round % 10 == 0 ? 0 : random_float(&rng, 0.01f, 1);
        r.settings[LAMBDA] = random_float(&rng, 0.01f, 0.5f);
        r.settings[SHARPNESS] = attention ? random_float(&rng, 0, 20) : 0;
        r.settings[SPLIT] = random_float(&rng, 0.2f, 2);
        test_parts t = make_parts(&r, &rng);
        test_model m = open_kind(&t);
        uint32_t n = random_below(&rng, 61), items[60];
        float weights[60];
        const float *w = round % 3 == 0 ? NULL : weights;
        random_history(&rng, 80, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 3);
        double got[80], u[40];
        reference_user(&t, items, w, n, NULL, 0, u);
        for (uint32_t personas = 0; personas <= r.n_personas; personas++) {
            test_profile p = fold(m.model, items, w, n, personas);
            CHECK_EQ(p.status, AMPCF_OK);
            CHECK_EQ(ampcf_profile_history(p.profile), n);
            uint32_t found = ampcf_profile_personas(p.profile), most = personas ? personas : r.n_personas;
            CHECK(found <= most && (found == 0) == (n == 0) && found <= n);
            if (n == 1 || personas == 1) CHECK(found == (n > 0));
            seen[found]++;
            if (n > 0) check_responsibilities(p.profile, w, n);
            evidence_of(&m, &t, p.profile, got);
            for (uint32_t j = 0; j < 80; j++) {
                const float *v = t.vectors + j * r.dim;
                CHECK_NEAR(got[j], dot_double(u, v, r.dim),
                           1e-5 * (length_double(u, r.dim) * length_float(v, r.dim) + 0.01));
            }
            free_profile(&p);
        }
        free_model(&m), free_parts(&t);
    }
    for (uint32_t k = 0; k <= 8; k++) CHECK(seen[k] > 0); /* or the test has tested nothing */
}

/* Items around D corners of a cube of width D: cluster k near axis k. */
static test_parts clustered_parts(recipe *r, uint64_t *rng) {
    test_parts t = make_parts(r, rng);
    for (uint32_t j = 0; j < r->n_items; j++)
        for (uint32_t d = 0; d < r->dim; d++)
            t.vectors[j * r->dim + d] = (j % r->dim == d ? 1.0f : 0) + random_float(rng, -0.05f, 0.05f);
    fill_gram(t.vectors, r->n_items, r->dim, t.gram);
    return t;
}

/* r_ik = pi_k exp(sharpness cos(x_i, c_k)) / ..., c_k the mean direction of cluster k, pi_k its weight; with
 * a gate 1 for its own cluster. */
static void clusters_are_found(int attention) {
    uint64_t rng = 53;
    recipe r = kinds[attention](60, 4, 6, 0);
    r.settings[SPLIT] = 1.4f;
    test_parts t = clustered_parts(&r, &rng);
    test_model m = open_kind(&t);
    uint32_t items[16];
    for (uint32_t i = 0; i < 16; i++)
        items[i] = 4 * (i % 15) + (i < 10 ? 2u : 0u); /* ten near axis 2, six near axis 0 */
    for (int turn = 0; turn < 20; turn++) {
        for (uint32_t i = 15; i > 0; i--) { /* order must not matter */
            uint32_t at = random_below(&rng, i + 1), item = items[i];
            items[i] = items[at], items[at] = item;
        }
        test_profile p = fold(m.model, items, NULL, 16, 0);
        CHECK_EQ(ampcf_profile_personas(p.profile), 2);
        double centre[2][4] = {{0}};
        for (uint32_t i = 0; i < 16; i++) {
            const float *v = t.vectors + items[i] * 4;
            for (uint32_t d = 0; d < 4; d++)
                centre[items[i] % 4 == 0][d] += (double)v[d] / length_float(v, 4);
        }
        const float *responsibilities = ampcf_profile_responsibilities(p.profile);
        for (uint32_t i = 0; i < 16; i++) {
            const float *v = t.vectors + items[i] * 4;
            double weight[2];
            for (uint32_t k = 0; k < 2; k++)
                weight[k] = (k == 0 ? 10.0 / 16 : 6.0 / 16) *
                            exp((double)r.settings[SHARPNESS] * dot_double(centre[k], v, 4) /
                                length_double(centre[k], 4) / length_float(v, 4));
            for (uint32_t k = 0; k < 2; k++)
                CHECK_NEAR(responsibilities[2 * i + k],
                           attention ? weight[k] / (weight[0] + weight[1]) : k == (items[i] % 4 == 0),
                           attention ? 2e-6 : 0);
            CHECK(responsibilities[2 * i + (items[i] % 4 == 0)] > 0.99f);
        }
        CHECK_NEAR(ampcf_profile_shares(p.profile)[0], 10.0 / 16, 0.01);
        free_profile(&p);
    }
    uint32_t all[60];
    for (uint32_t i = 0; i < 60; i++) all[i] = i;
    test_profile four = fold(m.model, all, NULL, 60, 0), three = fold(m.model, all, NULL, 60, 3);
    CHECK_EQ(ampcf_profile_personas(four.profile), 4);
    CHECK_EQ(ampcf_profile_personas(three.profile), 3);
    free_profile(&four), free_profile(&three);
    free_model(&m), free_parts(&t);
}

/* Bisection alone leaves items on the wrong side of an early cut; polishing brings nearly all to their
 * nearest persona. Sharp responsibilities show who belongs where. */
static void items_are_with_their_nearest(int attention) {
    uint64_t rng = 65;
    uint32_t astray = 0, all = 0;
    for (int round = 0; round < 100; round++) {
        recipe r = kinds[attention](60, 3, 8, 0);
        r.settings[SPLIT] = 0.5f, r.settings[SHARPNESS] = attention ? 1024 : 0;
        test_parts t = make_parts(&r, &rng);
        test_model m = open_kind(&t);
        uint32_t items[60], owner[60];
        double centre[8][3] = {{0}};
        random_history(&rng, 60, items, 60);
        test_profile p = fold(m.model, items, NULL, 60, 0);
        uint32_t personas = ampcf_profile_personas(p.profile);
        const float *responsibilities = ampcf_profile_responsibilities(p.profile);
        for (uint32_t i = 0; i < 60; i++) {
            const float *v = t.vectors + items[i] * 3;
            owner[i] = 0;
            for (uint32_t k = 1; k < personas; k++)
                if (responsibilities[i * personas + k] > responsibilities[i * personas + owner[i]])
                    owner[i] = k;
            for (uint32_t d = 0; d < 3; d++) centre[owner[i]][d] += (double)v[d] / length_float(v, 3);
        }
        for (uint32_t i = 0; i < 60; i++) {
            double nearest = -2, own = 0;
            for (uint32_t k = 0; k < personas; k++) {
                double cosine =
                    dot_double(centre[k], t.vectors + items[i] * 3, 3) / length_double(centre[k], 3);
                nearest = fmax(nearest, cosine);
                if (k == owner[i]) own = cosine;
            }
            astray += own < nearest, all++;
        }
        free_profile(&p), free_model(&m), free_parts(&t);
    }
    printf("%" PRIu32 " of %" PRIu32 " history items astray\n", astray, all);
    CHECK(astray < all / 100);
}

static void odd_vectors(int attention) {
    uint64_t rng = 55;
    recipe r = kinds[attention](30, 6, 8, 0);
    r.settings[RHO] = r.settings[GATE] = 0;
    test_parts t = make_parts(&r, &rng);
    for (uint32_t j = 0; j < 20; j++)
        memcpy(t.vectors + j * 6, t.vectors, 6 * sizeof *t.vectors); /* 0 to 19 identical */
    for (uint32_t j = 20; j < 30; j++)
        memset(t.vectors + j * 6, 0, 6 * sizeof *t.vectors); /* the rest zero */
    fill_gram(t.vectors, 30, 6, t.gram);
    test_model m = open_kind(&t);
    uint32_t items[30];
    double got[30], u[6];
    for (uint32_t i = 0; i < 30; i++) items[i] = i;
    const uint32_t from[] = {0, 20, 10}, length[] = {20, 10, 20};
    for (int c = 0; c < 3; c++) {
        test_profile p = fold(m.model, items + from[c], NULL, length[c], 0);
        CHECK_EQ(ampcf_profile_personas(p.profile), 1);
        check_responsibilities(p.profile, NULL, length[c]);
        reference_user(&t, items + from[c], NULL, length[c], NULL, 0, u);
        evidence_of(&m, &t, p.profile, got);
        for (uint32_t j = 0; j < 30; j++) CHECK_NEAR(got[j], dot_double(u, t.vectors + j * 6, 6), 1e-5);
        free_profile(&p);
    }
    free_model(&m), free_parts(&t);
}

/* A user vector must not depend on where a profile lies or on what was in memory before. */
static void deterministic(int attention) {
    uint64_t rng = 57;
    recipe r = kinds[attention](200, 33, 6, 0);
    test_model m = make_kind(&r, &rng);
    uint32_t history[50], items[200];
    float scores[2][200];
    size_t bytes = ampcf_profile_memory(m.model, 50, 0),
           scratch_bytes = ampcf_profile_scratch(m.model, 50, 0);
    random_history(&rng, 200, history, 50);
    for (uint32_t j = 0; j < 200; j++) items[j] = j;
    for (int turn = 0; turn < 2; turn++) {
        uint8_t *memory = exact(bytes + 64 * (size_t)turn), *scratch = exact(scratch_bytes);
        memset(memory, turn ? 0xFF : 0, bytes), memset(scratch, turn ? 0xFF : 0, scratch_bytes);
        ampcf_profile *p = NULL;
        CHECK_EQ(ampcf_profile_fold_in(m.model, history, NULL, 50, 0, memory + 64 * turn, bytes, scratch,
                                       scratch_bytes, &p),
                 AMPCF_OK);
        memset(scratch, 0x55, scratch_bytes); /* free for other use after the call */
        CHECK_EQ(ampcf_score(p, items, 200, scores[turn], NULL), AMPCF_OK);
        free(memory), free(scratch);
    }
    CHECK_BYTES(scores[0], scores[1], sizeof scores[0]);
    free_model(&m);
}

static void bad_input(void) {
    uint64_t rng = 59;
    recipe r = plain_recipe(20, 5, 3, 0);
    test_model m = make_model(&r, &rng);
    const float bad[] = {0, -0.0f, -1, (float)NAN, (float)INFINITY, 1024.0001f, 1e30f};
    uint32_t items[3] = {4, 7, 9};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
        for (uint32_t at = 0; at < 3; at++) {
            float weights[3] = {1, 1024, 1e-40f};
            test_profile good = fold(m.model, items, weights, 3, 0);
            CHECK_EQ(good.status, AMPCF_OK);
            weights[at] = bad[b];
            test_profile p = fold(m.model, items, weights, 3, 0);
            CHECK(p.status == AMPCF_E_ARGUMENT && p.profile == NULL);
            free_profile(&p), free_profile(&good);
        }
    static const struct {
        uint32_t items[3], n_personas;
        ampcf_status status;
    } cases[] = {{{4, 7, 4}, 0, AMPCF_E_ARGUMENT},
                 {{4, 4, 7}, 0, AMPCF_E_ARGUMENT},
                 {{0, 19, 0}, 0, AMPCF_E_ARGUMENT},
                 {{20, 1, 2}, 0, AMPCF_E_ITEM_RANGE},
                 {{1, 2, 20}, 0, AMPCF_E_ITEM_RANGE},
                 {{1, 0xFFFFFFFFu, 2}, 0, AMPCF_E_ITEM_RANGE},
                 {{1, 2, 3}, 4, AMPCF_E_ARGUMENT},
                 {{1, 2, 3}, 0xFFFFFFFFu, AMPCF_E_ARGUMENT},
                 {{1, 2, 3}, 3, AMPCF_OK},
                 {{19, 0, 1}, 1, AMPCF_OK}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        test_profile p = fold(m.model, cases[c].items, NULL, 3, cases[c].n_personas);
        CHECK_EQ(p.status, cases[c].status);
        CHECK((p.profile != NULL) == (cases[c].status == AMPCF_OK));
        free_profile(&p);
    }
    CHECK_EQ(ampcf_profile_memory(m.model, AMPCF_MAX_HISTORY + 1, 0), 0);
    CHECK_EQ(ampcf_profile_scratch(m.model, AMPCF_MAX_HISTORY + 1, 0), 0);
    CHECK(ampcf_profile_memory(m.model, AMPCF_MAX_HISTORY, 0) > 0 &&
          ampcf_profile_scratch(m.model, AMPCF_MAX_HISTORY, 0) > 0);
    uint64_t room[1024] = {0};
    ampcf_profile *none = NULL;
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, AMPCF_MAX_HISTORY + 1, 0, room, sizeof room, room,
                                   sizeof room, &none),
             AMPCF_E_ARGUMENT);
    CHECK(none == NULL);
    free_model(&m);
}

/* The smallest weights times the smallest item weights are 0 in single precision: such an event is as good
 * as none. */
static void vanishing_weights(int attention) {
    uint64_t rng = 67;
    recipe r = kinds[attention](20, 5, 3, 0);
    r.weighted = 1;
    test_parts t = make_parts(&r, &rng);
    for (uint32_t j = 10; j < 20; j++) t.item_weights[j] = 9.5367431640625e-7f;
    fill_weighted_gram(t.vectors, t.item_weights, 20, 5, t.gram);
    test_model m = open_kind(&t);
    const uint32_t items[] = {3, 4, 12, 5};
    const float weights[] = {1, 2, 1e-45f, 1};
    for (uint32_t personas = 1; personas <= 3; personas += 2)
        for (uint32_t n = 3; n <= 4; n++) {
            double with[20], u[5];
            test_profile p = fold(m.model, items, weights, n, personas);
            reference_user(&t, items, weights, n, NULL, 0, u);
            evidence_of(&m, &t, p.profile, with);
            for (uint32_t j = 0; j < 20; j++)
                if (personas == 1) CHECK_NEAR(with[j], dot_double(u, t.vectors + j * 5, 5), 1e-5);
                else CHECK(with[j] != 0 && isfinite(with[j]));
            free_profile(&p);
        }
    free_model(&m), free_parts(&t);
}

static void memory_rules(int attention) {
    uint64_t rng = 61;
    recipe r = kinds[attention](20, 5, 3, 0);
    test_model m = make_kind(&r, &rng);
    uint32_t items[4] = {4, 7, 9, 1};
    size_t bytes = ampcf_profile_memory(m.model, 4, 0), scratch_bytes = ampcf_profile_scratch(m.model, 4, 0);
    uint8_t *memory = exact(bytes + 16), *scratch = exact(scratch_bytes + 16), *untouched = exact(bytes + 16);
    memset(memory, 0xA5, bytes + 16);
    memset(untouched, 0xA5, bytes + 16);
    ampcf_profile *p = NULL;
    for (size_t less = 0; less < bytes; less += 1 + less / 9)
        CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, less, scratch, scratch_bytes, &p),
                 AMPCF_E_MEMORY);
    for (size_t less = 0; less < scratch_bytes; less += 1 + less / 9)
        CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes, scratch, less, &p),
                 AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes - 1, scratch, scratch_bytes, &p),
             AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes, scratch, scratch_bytes - 1, &p),
             AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, NULL, bytes, scratch, scratch_bytes, &p),
             AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes, NULL, scratch_bytes, &p),
             AMPCF_E_MEMORY);
    for (size_t off = 1; off < 16; off++) {
        CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory + off, bytes, scratch,
                                       scratch_bytes, &p),
                 AMPCF_E_MEMORY);
        CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes, scratch + off,
                                       scratch_bytes, &p),
                 AMPCF_E_MEMORY);
    }
    CHECK(p == NULL);
    CHECK_BYTES(memory, untouched, bytes + 16);
    CHECK_EQ(ampcf_profile_fold_in(m.model, items, NULL, 4, 0, memory, bytes, scratch, scratch_bytes, &p),
             AMPCF_OK);
    free(memory), free(scratch), free(untouched);
    free_model(&m);
}

/* The longest history, where sums in single precision lose most. */
static void longest_history(int attention) {
    uint64_t rng = 63;
    recipe r = kinds[attention](AMPCF_MAX_HISTORY + 10, 3, 4, 0);
    test_parts t = make_parts(&r, &rng);
    test_model m = open_kind(&t);
    uint32_t *items = exact(AMPCF_MAX_HISTORY * sizeof *items);
    float *weights = exact(AMPCF_MAX_HISTORY * sizeof *weights);
    for (uint32_t i = 0; i < AMPCF_MAX_HISTORY; i++) items[i] = AMPCF_MAX_HISTORY - 1 - i, weights[i] = 0.1f;
    test_profile p = fold(m.model, items, weights, AMPCF_MAX_HISTORY, 0);
    CHECK_EQ(p.status, AMPCF_OK);
    check_responsibilities(p.profile, weights, AMPCF_MAX_HISTORY);
    free_profile(&p), free_model(&m), free_parts(&t);
    free(items), free(weights);
}

int main(void) {
    personas_sum_to_als();
    bad_input();
    for (int attention = 0; attention < 2; attention++) {
        clusters_are_found(attention);
        items_are_with_their_nearest(attention);
        odd_vectors(attention);
        deterministic(attention);
        vanishing_weights(attention);
        memory_rules(attention);
        longest_history(attention);
    }
    return check_report();
}
