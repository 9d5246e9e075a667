/* Owns the test of distances.c: distances agree with libm, keep their bounds and, where they promise it,
 * the axioms of a metric; distributions follow their definition. Must leave Wasserstein with a cost to
 * test_wasserstein.c. */
#include "distributions.h"

enum { MOST = 40 };

static double between(uint32_t measure, const double *p, const double *q, uint32_t n) {
    double out = -1;
    CHECK_EQ(ampcf_taste_between(measure, p, q, n, NULL, NULL, 0, &out), AMPCF_OK);
    return out;
}

/* By the book, with libm. */
static double reference(uint32_t measure, const double *p, const double *q, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) {
        double m = (p[a] + q[a]) / 2, smooth = 0.99 * q[a] + 0.01 * p[a];
        if (measure == AMPCF_JENSEN_SHANNON)
            sum += (p[a] > 0 ? p[a] / 2 * log2(p[a] / m) : 0) + (q[a] > 0 ? q[a] / 2 * log2(q[a] / m) : 0);
        else if (measure == AMPCF_HELLINGER) sum += pow(sqrt(p[a]) - sqrt(q[a]), 2) / 2;
        else if (measure == AMPCF_STECK_KL) sum += p[a] > 0 ? p[a] * log(p[a] / smooth) : 0;
        else sum += fabs(p[a] - q[a]) / 2;
    }
    return measure == AMPCF_JENSEN_SHANNON || measure == AMPCF_HELLINGER ? sqrt(fmax(sum, 0)) : sum;
}

static void agree_with_the_reference(void) {
    uint64_t rng = 211;
    double p[MOST], q[MOST], r[MOST], p2[MOST], q2[MOST];
    for (int round = 0; round < 4000; round++) {
        uint32_t n = 1 + random_below(&rng, MOST), turn = random_below(&rng, n);
        draw_distribution(&rng, p, n), draw_distribution(&rng, q, n), draw_distribution(&rng, r, n);
        for (uint32_t a = 0; a < n; a++) p2[(a + turn) % n] = p[a], q2[(a + turn) % n] = q[a];
        for (uint32_t measure = 0; measure <= AMPCF_WASSERSTEIN; measure++) {
            double pq = between(measure, p, q, n), wanted = reference(measure, p, q, n);
            double bound = measure == AMPCF_STECK_KL ? AMPCF_STECK_BOUND : 1;
            CHECK(pq >= 0 && pq <= bound);
            CHECK_NEAR(pq * pq, wanted * wanted, 1e-13); /* rounding enters under a root */
            CHECK(between(measure, p, p, n) == 0);
            CHECK_NEAR(between(measure, p2, q2, n), pq, 1e-7 * (pq < 1e-6) + 1e-13);
            if (measure == AMPCF_STECK_KL) continue;
            CHECK(between(measure, q, p, n) == pq);
            CHECK(between(measure, p, r, n) <= pq + between(measure, q, r, n) + 1e-9);
        }
    }
}

static void extremes(void) {
    const double one[3] = {1, 0, 0}, other[3] = {0, 0.25, 0.75}, least[3] = {1, 5e-324, 0};
    for (uint32_t measure = 0; measure <= AMPCF_WASSERSTEIN; measure++) {
        double bound = measure == AMPCF_STECK_KL ? AMPCF_STECK_BOUND : 1;
        CHECK_NEAR(between(measure, one, other, 3), bound, 1e-14);
        CHECK_NEAR(between(measure, other, one, 3), bound, 1e-14);
        CHECK_NEAR(between(measure, one, least, 3), 0, 1e-150);
    }
    CHECK_NEAR(AMPCF_STECK_BOUND, log(1 / AMPCF_STECK_SMOOTHING), 1e-15);
    /* A list without any category of the person's is as far as can be, one with all of them in another mix
     * is not. */
    const double mixed[3] = {0.5, 0.5, 0}, turned[3] = {0.25, 0.75, 0};
    CHECK_NEAR(between(AMPCF_STECK_KL, mixed, turned, 3),
               0.5 * log(0.5 / (0.99 * 0.25 + 0.005)) + 0.5 * log(0.5 / (0.99 * 0.75 + 0.005)), 1e-15);
    CHECK_NEAR(between(AMPCF_HELLINGER, mixed, turned, 3), sqrt(1 - sqrt(0.5 * 0.25) - sqrt(0.5 * 0.75)),
               1e-15);
}

static void refusals(void) {
    double p[2] = {0.5, 0.5}, q[2] = {1, 0}, out = 7;
    CHECK_EQ(ampcf_taste_between(5, p, q, 2, NULL, NULL, 0, &out), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_taste_between(0, p, q, 0, NULL, NULL, 0, &out), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_taste_between(0, p, q, 4097, NULL, NULL, 0, &out), AMPCF_E_ARGUMENT);
    const double bad[][2] = {{0, 0}, {NAN, 1}, {-0.5, 1.5}, {0.5, 0.51}, {0.5, 0.49}, {INFINITY, 0}};
    for (uint32_t b = 0; b < 6; b++)
        for (uint32_t measure = 0; measure <= AMPCF_WASSERSTEIN; measure++) {
            CHECK_EQ(ampcf_taste_between(measure, bad[b], q, 2, NULL, NULL, 0, &out), AMPCF_E_ARGUMENT);
            CHECK_EQ(ampcf_taste_between(measure, q, bad[b], 2, NULL, NULL, 0, &out), AMPCF_E_ARGUMENT);
        }
    CHECK(out == 7);
}

static void distributions(void) {
    uint64_t rng = 212;
    for (int round = 0; round < 2000; round++) {
        test_space s;
        uint32_t n_items = 1 + random_below(&rng, SPACE_ITEMS), n = random_below(&rng, 30), items[MOST],
                 discount = random_below(&rng, 2);
        draw_space(&rng, &s, n_items, 1 + random_below(&rng, SPACE_CATEGORIES), round % 2);
        double weights[MOST], got[SPACE_CATEGORIES], wanted[SPACE_CATEGORIES] = {0}, total = 0, sum = 0;
        int weighted = random_below(&rng, 2) == 1, all = random_below(&rng, 4) == 0;
        if (all) n = n_items;
        for (uint32_t i = 0; i < n; i++)
            items[i] = all ? i : random_below(&rng, n_items),
            weights[i] = random_below(&rng, 4) ? (double)random_float(&rng, 0, 5) : 0;
        for (uint32_t i = 0; i < n; i++) {
            double w = (weighted ? weights[i] : 1) * (discount ? 1 / log2(2 + (double)i) : 1), row = 0;
            for (uint32_t e = s.offsets[items[i]]; e < s.offsets[items[i] + 1]; e++)
                row += round % 2 ? s.weights[e] : 1;
            for (uint32_t e = s.offsets[items[i]]; e < s.offsets[items[i] + 1]; e++)
                wanted[s.categories[e]] += w * (round % 2 ? s.weights[e] : 1) / row;
            total += row > 0 ? w : 0;
        }
        CHECK_EQ(ampcf_taste_of_list(&s.space, all ? NULL : items, weighted ? weights : NULL, all ? 0 : n,
                                     discount, got),
                 AMPCF_OK);
        for (uint32_t a = 0; a < s.space.n_categories; a++) {
            CHECK_NEAR(got[a], total > 0 ? wanted[a] / total : 0, 1e-12);
            sum += got[a];
        }
        CHECK_NEAR(sum, total > 0 ? 1 : 0, 1e-12);
        got[0] = 7, items[0] = n_items;
        CHECK_EQ(ampcf_taste_of_list(&s.space, items, NULL, 1, 0, got), AMPCF_E_ITEM_RANGE);
        CHECK(got[0] == 7);
    }
}

static void spaces_that_break_a_rule(void) {
    const uint32_t offsets[3] = {0, 2, 3}, falling[3] = {0, 3, 2}, late[3] = {1, 2, 3},
                   categories[3] = {0, 2, 1};
    const uint32_t outside[3] = {0, 3, 1}, twice[3] = {1, 1, 0}, unsorted[3] = {2, 0, 1};
    const double good[3] = {1, 2, 3}, zero[3] = {1, 0, 3}, wrong[3] = {1, NAN, 3},
                 endless[3] = {1, INFINITY, 3}, weights[2] = {1, -1};
    const ampcf_taste_space bad[] = {
        {2, 0, offsets, categories, NULL},  {2, 4097, offsets, categories, NULL},
        {2, 3, late, categories, NULL},     {2, 3, falling, categories, NULL},
        {2, 3, offsets, outside, NULL},     {2, 3, offsets, twice, NULL},
        {2, 3, offsets, unsorted, NULL},    {2, 3, offsets, categories, zero},
        {2, 3, offsets, categories, wrong}, {2, 3, offsets, categories, endless}};
    const ampcf_taste_space sound = {2, 3, offsets, categories, good};
    double out[3] = {7, 7, 7};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
        CHECK_EQ_IN(ampcf_taste_of_list(&bad[b], NULL, NULL, 0, 0, out), AMPCF_E_ARGUMENT, "bad space");
    CHECK_EQ(ampcf_taste_of_list(&sound, NULL, weights, 0, 0, out), AMPCF_E_ARGUMENT);
    CHECK(out[0] == 7);
    CHECK_EQ(ampcf_taste_of_list(&sound, NULL, NULL, 0, 0, out), AMPCF_OK);
    CHECK_NEAR(out[0], 1.0 / 6, 1e-15);
    CHECK_NEAR(out[1], 0.5, 1e-15);
}

int main(void) {
    agree_with_the_reference();
    extremes();
    refusals();
    distributions();
    spaces_that_break_a_rule();
    CHECK_EQ(ampcf_taste_self_test(), 1);
    return check_report();
}
