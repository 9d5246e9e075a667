/* Owns the test of taste.c: the distance is a metric and agrees with libm, distributions follow their definition.
 * Must leave what personas care about to test_explain.c. */
#include "distributions.h"
#include "models.h"

enum { MOST = 40 };

static double reference(const double *p, const double *q, uint32_t n) {
    double divergence = 0;
    for (uint32_t a = 0; a < n; a++) {
        double m = (p[a] + q[a]) / 2;
        divergence += (p[a] > 0 ? p[a] / 2 * log2(p[a] / m) : 0) + (q[a] > 0 ? q[a] / 2 * log2(q[a] / m) : 0);
    }
    return sqrt(fmax(divergence, 0));
}

static void is_a_metric(void) {
    uint64_t rng = 91;
    double p[MOST], q[MOST], r[MOST];
    for (int round = 0; round < 50000; round++) {
        uint32_t n = 1 + random_below(&rng, MOST);
        draw_distribution(&rng, p, n), draw_distribution(&rng, q, n), draw_distribution(&rng, r, n);
        double pq = ampcf_taste_distance(p, q, n), qr = ampcf_taste_distance(q, r, n), pr = ampcf_taste_distance(p, r, n);
        CHECK(pq >= 0 && pq <= 1);
        CHECK(ampcf_taste_distance(p, p, n) == 0);
        CHECK(ampcf_taste_distance(q, p, n) == pq);
        CHECK(pr <= pq + qr + 1e-9);
        double wanted = reference(p, q, n);
        CHECK_NEAR(pq * pq, wanted * wanted, 1e-14); /* rounding enters under the root */
        if (wanted > 1e-3) CHECK_NEAR(pq, wanted, 1e-12);
        for (uint32_t a = 0; a < n; a++) { /* all on one side or the other */
            if (a % 2) p[a] = 0;
            else q[a] = 0;
        }
        double sum_p = 0, sum_q = 0;
        for (uint32_t a = 0; a < n; a++) sum_p += p[a], sum_q += q[a];
        if (sum_p == 0 || sum_q == 0) continue;
        for (uint32_t a = 0; a < n; a++) p[a] /= sum_p, q[a] /= sum_q;
        CHECK_NEAR(ampcf_taste_distance(p, q, n), 1, 1e-12);
    }
    const double one[3] = {1, 0, 0}, other[3] = {0, 0, 1}, half[3] = {0.5, 0, 0.5}, least[3] = {1, 5e-324, 0};
    CHECK(ampcf_taste_distance(one, other, 3) == 1);
    CHECK(ampcf_taste_distance(one, least, 3) == 0);
    CHECK_NEAR(ampcf_taste_distance(one, half, 3), sqrt(0.5 * (log2(1 / 0.75) + 0.5 * log2(0.5 / 0.75) + 0.5)), 1e-15);
    CHECK(ampcf_taste_distance(one, other, 0) == 0);
}

static void distributions(void) {
    uint64_t rng = 93;
    for (int round = 0; round < 500; round++) {
        recipe r = plain_recipe(50, 3, 2, 1 + random_below(&rng, 30));
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        uint32_t n = random_below(&rng, 30), items[30];
        float weights[30];
        double *got = exact(r.n_aspects * sizeof *got);
        for (uint32_t i = 0; i < n; i++) items[i] = random_below(&rng, 50), weights[i] = random_below(&rng, 4) ? random_float(&rng, 0, 5) : 0;
        for (int ranked = 0; ranked < 2; ranked++) {
            double wanted[30] = {0}, total = 0, sum = 0;
            for (uint32_t i = 0; i < n; i++) {
                uint32_t from = t.item_aspect_offsets[items[i]], to = t.item_aspect_offsets[items[i] + 1];
                double w = ranked ? 1 / log2(1 + (double)(i + 1)) : (double)weights[i];
                for (uint32_t x = from; x < to; x++) wanted[t.item_aspects[x]] += w / (to - from);
                total += to > from ? w : 0;
            }
            CHECK_EQ(ampcf_taste_distribution(m.model, items, ranked ? NULL : weights, n, got), AMPCF_OK);
            for (uint32_t a = 0; a < r.n_aspects; a++) {
                CHECK_NEAR(got[a], total > 0 ? wanted[a] / total : 0, 1e-12);
                sum += got[a];
            }
            CHECK_NEAR(sum, total > 0 ? 1 : 0, 1e-12);
        }
        got[0] = 7, items[0] = 50;
        CHECK_EQ(ampcf_taste_distribution(m.model, items, NULL, 1, got), AMPCF_E_ITEM_RANGE);
        CHECK(got[0] == 7);
        free(got), free_model(&m), free_parts(&t);
    }
    recipe bare = plain_recipe(5, 3, 2, 0);
    test_model m = make_model(&bare, &rng);
    uint32_t item = 1;
    double out = 7;
    CHECK_EQ(ampcf_taste_distribution(m.model, &item, NULL, 1, &out), AMPCF_E_NO_DATA);
    CHECK(out == 7);
    free_model(&m);
}

int main(void) {
    is_a_metric();
    distributions();
    return check_report();
}
