/* Owns the test of rank.c: one score whoever asks, order. Must leave what a score is to test_gate.c and
 * test_attention.c, and personas themselves to test_profile.c. */
#include "scene.h"

static const float *sort_scores;

static int before(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sort_scores[x] != sort_scores[y]) return sort_scores[x] > sort_scores[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The k best of a list must be the head of the sorted list, bit for bit, each with the persona of
 * ampcf_score. */
static void check_best(const scene *s, const uint32_t *list, uint32_t n, uint32_t k, const ampcf_ranked *best,
                       uint32_t found) {
    uint32_t sorted[MOST_ITEMS];
    memcpy(sorted, list, n * sizeof *sorted);
    sort_scores = s->scores;
    qsort(sorted, n, sizeof *sorted, before);
    CHECK_EQ(found, k < n ? k : n);
    for (uint32_t i = 0; i < found; i++) {
        CHECK_EQ(best[i].item, sorted[i]);
        CHECK_EQ(float_bits(best[i].score), float_bits(s->scores[best[i].item]));
        CHECK_EQ(best[i].persona, s->owners[best[i].item]);
    }
}

static void best_of_lists(void) {
    uint64_t rng = 73;
    uint32_t ties = 0;
    for (int round = 0; round < 3000; round++) {
        scene s;
        uint32_t list[MOST_ITEMS], n_list = 0, found = 99;
        set_scene(&s, &rng, round % 4 < 2, round % 2);
        uint32_t n = s.r.n_items, wanted = random_below(&rng, n + 1),
                 k = round % 5 == 0 ? n + 7 : random_below(&rng, n + 1);
        random_history(&rng, n, list, wanted);
        for (uint32_t j = 1; j < n; j++) ties += float_bits(s.scores[j]) == float_bits(s.scores[j - 1]);
        ampcf_ranked *best = exact((k < n ? k : n) * sizeof *best);
        CHECK_EQ(ampcf_rank(s.p.profile, list, wanted, k, best, &found), AMPCF_OK);
        check_best(&s, list, wanted, k, best, found);

        uint8_t *excluded = exact(n);
        for (uint32_t j = 0; j < n; j++) {
            excluded[j] = (uint8_t)(random_below(&rng, 3) == 0 ? 1 + random_below(&rng, 255) : 0);
            if (!excluded[j]) list[n_list++] = j;
        }
        CHECK_EQ(ampcf_recommend(s.p.profile, excluded, k, best, &found), AMPCF_OK);
        check_best(&s, list, n_list, k, best, found);
        CHECK_EQ(ampcf_recommend(s.p.profile, NULL, k, best, &found), AMPCF_OK);
        check_best(&s, s.all, n, k, best, found);
        memset(excluded, 1, n);
        CHECK_EQ(ampcf_recommend(s.p.profile, excluded, k, best, &found), AMPCF_OK);
        CHECK_EQ(found, 0);
        CHECK_EQ(ampcf_rank(s.p.profile, s.all, n, 0, NULL, &found), AMPCF_OK);
        CHECK_EQ(found, 0);
        CHECK_EQ(ampcf_rank(s.p.profile, NULL, 0, k, best, &found), AMPCF_OK);
        CHECK_EQ(found, 0);
        free(excluded), free(best);
        free_scene(&s);
    }
    CHECK(ties > 1000);
}

static void one_score_whoever_asks(void) {
    uint64_t rng = 75;
    for (int round = 0; round < 200; round++) {
        scene s;
        set_scene(&s, &rng, round % 2, 0);
        uint32_t n = s.r.n_items, personas = ampcf_profile_personas(s.p.profile), list[8];
        float scores[8];
        for (uint32_t i = 0; i < 8; i++) list[i] = random_below(&rng, n); /* duplicates allowed */
        CHECK_EQ(ampcf_score(s.p.profile, list, 8, scores, NULL), AMPCF_OK);
        for (uint32_t i = 0; i < 8; i++) CHECK_EQ(float_bits(scores[i]), float_bits(s.scores[list[i]]));
        for (uint32_t i = 0; i < 8; i++) {
            double *parts = exact(s.n * sizeof *parts);
            float *attention = exact(personas * sizeof *attention);
            ampcf_explanation e;
            CHECK_EQ(ampcf_explain(s.p.profile, list[i], parts, attention, &e), AMPCF_OK);
            CHECK(e.score == (double)s.scores[list[i]] && e.persona == s.owners[list[i]]);
            free(parts), free(attention);
        }
        float untouched_score = 77;
        uint32_t bad[3] = {0, n, 0}, untouched = 77, found = 77;
        ampcf_ranked best = {77, 77, 77};
        CHECK_EQ(ampcf_score(s.p.profile, bad, 2, &untouched_score, &untouched), AMPCF_E_ITEM_RANGE);
        CHECK_EQ(ampcf_rank(s.p.profile, bad, 2, 1, &best, &found), AMPCF_E_ITEM_RANGE);
        bad[1] = AMPCF_NO_ITEM;
        CHECK_EQ(ampcf_rank(s.p.profile, bad, 2, 1, &best, &found), AMPCF_E_ITEM_RANGE);
        CHECK_EQ(ampcf_similar(s.m.model, n, 1, &best, &found), AMPCF_E_ITEM_RANGE);
        CHECK(untouched == 77 && untouched_score == 77 && found == 77);
        CHECK(best.item == 77 && best.score == 77 && best.persona == 77);
        free_scene(&s);
    }
}

static void similar(void) {
    uint64_t rng = 77;
    for (int round = 0; round < 200; round++) {
        scene s;
        set_scene(&s, &rng, round % 4 < 2, round % 2);
        uint32_t n = s.r.n_items, d = s.r.dim, item = random_below(&rng, n), k = random_below(&rng, n + 3),
                 found, others = n - 1;
        ampcf_ranked *all = exact(n * sizeof *all), *few = exact((k < others ? k : others) * sizeof *few);
        CHECK_EQ(ampcf_similar(s.m.model, item, n, all, &found), AMPCF_OK);
        CHECK_EQ(found, others);
        for (uint32_t i = 0; i < found; i++) {
            const float *v = s.t.vectors + all[i].item * d, *q = s.t.vectors + item * d;
            double dot = 0;
            for (uint32_t c = 0; c < d; c++) dot += (double)q[c] * (double)v[c];
            CHECK_NEAR(all[i].score, dot / length_float(q, d) / length_float(v, d), 1e-5);
            CHECK(all[i].score >= -1 && all[i].score <= 1 && all[i].item != item && all[i].persona == 0);
            CHECK(
                i == 0 || all[i - 1].score > all[i].score ||
                (float_bits(all[i - 1].score) == float_bits(all[i].score) && all[i - 1].item < all[i].item));
        }
        CHECK_EQ(ampcf_similar(s.m.model, item, k, few, &found), AMPCF_OK);
        CHECK_EQ(found, k < others ? k : others);
        CHECK_BYTES(few, all, found * sizeof *few);
        free(all), free(few);
        free_scene(&s);
    }
}

int main(void) {
    best_of_lists();
    one_score_whoever_asks();
    similar();
    return check_report();
}
