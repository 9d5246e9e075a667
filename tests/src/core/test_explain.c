/* Owns the test of explain.c: parts add up to the score on 10,000 random cases, and what personas care about.
 * Must leave the score itself to test_rank.c. */
#include "kinds.h"

/* A random model of either kind; shapes and settings over their whole honest range. */
static recipe random_recipe(uint64_t *rng, int attention) {
    recipe r = (attention ? attention_recipe : plain_recipe)(
        2 + random_below(rng, 80), 1 + random_below(rng, 70), 1 + random_below(rng, 8), 0);
    r.settings[ALPHA] = random_float(rng, 0.01f, 1);
    r.settings[LAMBDA] = random_float(rng, 0.001f, 0.1f);
    r.settings[NU] = random_float(rng, 0, 1);
    if (attention) {
        r.settings[BETA] = random_float(rng, 0, 40);
        r.settings[ETA] = random_float(rng, 0, 2);
        r.settings[RHO] = random_float(rng, 0, 1);
        r.settings[TAU] = random_float(rng, 0, 1);
        r.settings[SHARPNESS] = random_float(rng, 0, 20);
    } else {
        r.settings[GATE] = random_float(rng, 0, 16);
        r.settings[LEAVES] = (float)(1 + random_below(rng, 64));
    }
    r.settings[SPLIT] = random_float(rng, 0.2f, 2);
    r.scale = random_float(rng, 0.05f, 1.5f);
    r.neighbours = random_below(rng, 3) * 15, r.weighted = (int)random_below(rng, 2);
    return r;
}

static double worst_residual;
static uint32_t n_cases, n_above;

static void check_item(const test_parts *t, ampcf_profile *p, uint32_t n, uint32_t item) {
    uint32_t personas = ampcf_profile_personas(p), owner, best = 0;
    double *parts = exact(n * sizeof *parts), sum = 0, size = 0, largest;
    float *attention = exact(personas * sizeof *attention), score;
    ampcf_explanation e;
    CHECK_EQ(ampcf_explain(p, item, parts, attention, &e), AMPCF_OK);
    float alone[AMPCF_MAX_PERSONAS];
    CHECK_EQ(ampcf_explain(p, item, NULL, alone, NULL), AMPCF_OK);
    CHECK_BYTES(alone, attention, ampcf_profile_personas(p) * sizeof *alone);
    CHECK_EQ(ampcf_score(p, &item, 1, &score, &owner), AMPCF_OK);
    CHECK(e.score == (double)score && e.bias == (double)t->bias[item] && e.persona == owner);
    largest = fabs(e.bias);
    for (uint32_t i = 0; i < n; i++) {
        sum += parts[i];
        size += fabs(parts[i]);
        largest = fmax(largest, fabs(parts[i]));
    }
    CHECK_NEAR(sum + e.bias + e.residual, e.score, 1e-12 * (size + fabs(e.bias) + fabs(e.score)));
    /* The second term is for items at right angles to the whole history: parts are near 0, the rounding of u
     * . v is not. */
    largest = fmax(fabs(e.score), largest);
    CHECK_NEAR(e.residual, 0, 1e-5 * largest + 5e-7);
    n_cases++, n_above += fabs(e.residual) > 1e-5 * largest;
    worst_residual = fmax(worst_residual, fabs(e.residual) / largest);
    double total = 0;
    for (uint32_t k = 0; k < personas; k++) {
        total += (double)attention[k];
        CHECK(attention[k] >= 0);
        if (attention[k] > attention[best]) best = k;
    }
    if (personas > 0) CHECK_NEAR(total, 1, 1e-6);
    if (attends(t->settings)) CHECK_EQ(e.persona, best);
    if (n == 0) CHECK(e.residual == 0 && e.score == e.bias);
    free(parts), free(attention);
}

static void parts_add_up(void) {
    uint64_t rng = 81;
    uint32_t several = 0;
    for (int round = 0; round < 2000; round++) {
        recipe r = random_recipe(&rng, round % 2);
        test_parts t = make_parts(&r, &rng);
        test_model m = open_kind(&t);
        uint32_t most = r.n_items < 60 ? r.n_items : 60, n = random_below(&rng, most + 1), items[60];
        float weights[60];
        random_history(&rng, r.n_items, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 5);
        test_profile p = fold(m.model, items, round % 4 == 0 ? NULL : weights, n, 0);
        several += ampcf_profile_personas(p.profile) > 1;
        for (int i = 0; i < 5; i++) check_item(&t, p.profile, n, random_below(&rng, r.n_items));
        free_profile(&p), free_model(&m), free_parts(&t);
    }
    CHECK(several > 1000 && n_cases == 10000 && n_above <= 20);
    printf("worst residual: %.2g of the larger of score and largest part; %" PRIu32 " of %" PRIu32
           " above 1e-5\n",
           worst_residual, n_above, n_cases);
}

/* contribution_i = w_i (q_i t_i v_j^T M^-1 v_i + B_ij) of the single vector: against dense elimination. */
static void contributions_of_the_single_vector(void) {
    uint64_t rng = 83;
    for (int round = 0; round < 60; round++) {
        recipe r = random_recipe(&rng, round % 2);
        r.settings[RHO] = r.settings[GATE] = 0;
        test_parts t = make_parts(&r, &rng);
        test_model m = open_kind(&t);
        uint32_t n = 1 + random_below(&rng, r.n_items < 60 ? r.n_items : 60), items[60], d = r.dim,
                 item = random_below(&rng, r.n_items);
        random_history(&rng, r.n_items, items, n);
        test_profile p = fold(m.model, items, NULL, n, 0);
        double *parts = exact(n * sizeof *parts), *system = exact((size_t)d * d * sizeof *system), x[70];
        float attention[8];
        ampcf_explanation e;
        CHECK_EQ(ampcf_explain(p.profile, item, parts, attention, &e), AMPCF_OK);
        reference_system(&t, items, NULL, n, system);
        for (uint32_t c = 0; c < d; c++) x[c] = (double)t.vectors[item * d + c];
        dense_solve(system, x, d);
        for (uint32_t i = 0; i < n; i++) {
            const float *v = t.vectors + items[i] * d;
            double q = fold_weight(&t, NULL, i, items[i]), b = reference_neighbour(&t, items[i], item);
            q *= fold_target(&t, items[i]);
            CHECK_NEAR(
                parts[i], q * dot_double(x, v, d) + b,
                2e-6 * (q * length_double(x, d) * length_float(v, d) + fabs(b))); /* r sums to 1 in float */
        }
        free(parts), free(system);
        free_profile(&p), free_model(&m), free_parts(&t);
    }
}

static void refused(void) {
    uint64_t rng = 85;
    recipe r = plain_recipe(9, 4, 3, 0);
    test_model m = make_model(&r, &rng);
    uint32_t items[3] = {1, 2, 3};
    test_profile p = fold(m.model, items, NULL, 3, 0);
    double parts[3] = {7, 7, 7}, share[1] = {7}, lift[1] = {7};
    float attention[3] = {7, 7, 7};
    ampcf_explanation e = {7, 7, 7, 7};
    CHECK_EQ(ampcf_explain(p.profile, 9, parts, attention, &e), AMPCF_E_ITEM_RANGE);
    CHECK_EQ(ampcf_explain(p.profile, AMPCF_NO_ITEM, parts, attention, &e), AMPCF_E_ITEM_RANGE);
    CHECK_EQ(ampcf_persona_aspects(p.profile, 0, share, lift), AMPCF_E_NO_DATA);
    CHECK(parts[0] == 7 && attention[0] == 7 && e.score == 7 && share[0] == 7 && lift[0] == 7);
    free_profile(&p), free_model(&m);
}

/* share_a = (n_a + 5 q_a) / (n + 5), lift_a = share_a / q_a. */
static void persona_aspects(void) {
    uint64_t rng = 87;
    for (int round = 0; round < 200; round++) {
        recipe r = plain_recipe(60, 6, 5, 1 + random_below(&rng, 30));
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        uint32_t n = random_below(&rng, 40), items[40], a = r.n_aspects;
        random_history(&rng, 60, items, n);
        test_profile p = fold(m.model, items, NULL, n, 0);
        uint32_t personas = ampcf_profile_personas(p.profile);
        const float *responsibilities = ampcf_profile_responsibilities(p.profile);
        double *share = exact(a * sizeof *share), *lift = exact(a * sizeof *lift), base[30] = {0},
               catalogue = 0;
        for (uint32_t j = 0; j < 60; j++) {
            uint32_t from = t.item_aspect_offsets[j], to = t.item_aspect_offsets[j + 1];
            for (uint32_t x = from; x < to; x++) base[t.item_aspects[x]] += 1.0 / (to - from);
            catalogue += to > from;
        }
        for (uint32_t k = 0; k < personas; k++) {
            double own[30] = {0}, counted = 0, total = 0;
            CHECK_EQ(ampcf_persona_aspects(p.profile, k, share, lift), AMPCF_OK);
            for (uint32_t i = 0; i < n; i++) {
                uint32_t from = t.item_aspect_offsets[items[i]], to = t.item_aspect_offsets[items[i] + 1];
                double w = (double)responsibilities[i * personas + k];
                for (uint32_t x = from; x < to; x++) own[t.item_aspects[x]] += w / (to - from);
                counted += to > from ? w : 0;
            }
            for (uint32_t x = 0; x < a; x++) {
                double q = catalogue > 0 ? base[x] / catalogue : 0, wanted = (own[x] + 5 * q) / (counted + 5);
                CHECK_NEAR(share[x], wanted, 1e-12);
                CHECK_NEAR(lift[x], q > 0 ? wanted / q : 0, 1e-9);
                total += share[x];
            }
            if (catalogue > 0) CHECK_NEAR(total, 1, 1e-12);
        }
        share[0] = lift[0] = 7;
        CHECK_EQ(ampcf_persona_aspects(p.profile, personas, share, lift), AMPCF_E_ARGUMENT);
        CHECK(share[0] == 7 && lift[0] == 7);
        free(share), free(lift);
        free_profile(&p), free_model(&m), free_parts(&t);
    }
}

int main(void) {
    parts_add_up();
    contributions_of_the_single_vector();
    refused();
    persona_aspects();
    return check_report();
}
