/* Owns the test of rank.c and attention.h: a score against the formulas in double precision, one score
 * whoever asks, order. Must leave personas themselves to test_profile.c. */
#include "models.h"

enum { MOST_ITEMS = 120, MOST_DIM = 40 };

typedef struct scene {
    recipe r;
    test_parts t;
    test_model m;
    uint32_t items[60], n;
    float weights[60];
    test_profile p;
    float scores[MOST_ITEMS]; /* of every item, as ampcf_score gives them */
    uint32_t owners[MOST_ITEMS], all[MOST_ITEMS];
} scene;

/* A random model and profile; `tied` makes many items equal. */
static void set_scene(scene *s, uint64_t *rng, int tied) {
    recipe r = plain_recipe(1 + random_below(rng, MOST_ITEMS), 1 + random_below(rng, MOST_DIM),
                            1 + random_below(rng, 8), 0);
    r.settings[RHO] = random_float(rng, 0, 1);
    r.settings[TAU] = random_float(rng, 0, 1);
    r.settings[ETA] = random_float(rng, 0, 2);
    r.settings[SPLIT] = random_float(rng, 0.2f, 2);
    r.neighbours = tied ? 0 : random_below(rng, 3) * 20, r.weighted = !tied && random_below(rng, 2);
    s->r = r;
    s->t = make_parts(&r, rng);
    for (uint32_t j = 0; tied && j < r.n_items; j++) {
        uint32_t like = random_below(rng, j / 4 + 1);
        memcpy(s->t.vectors + j * r.dim, s->t.vectors + like * r.dim, r.dim * sizeof(float));
        s->t.bias[j] = s->t.bias[like];
    }
    if (tied) fill_gram(s->t.vectors, r.n_items, r.dim, s->t.gram);
    s->m = open_parts(&s->t.parts);
    s->n = random_below(rng, (r.n_items < 60 ? r.n_items : 60) + 1);
    random_history(rng, r.n_items, s->items, s->n);
    for (uint32_t i = 0; i < s->n; i++) s->weights[i] = random_float(rng, 0.2f, 2);
    s->p = fold(s->m.model, s->items, s->weights, s->n, 0);
    CHECK_EQ(s->p.status, AMPCF_OK);
    for (uint32_t j = 0; j < r.n_items; j++) s->all[j] = j;
    CHECK_EQ(ampcf_score(s->p.profile, s->all, r.n_items, s->scores, s->owners), AMPCF_OK);
    for (uint32_t j = 0; j < r.n_items; j++) CHECK(isfinite(s->scores[j]));
}

static void free_scene(scene *s) { free_profile(&s->p), free_model(&s->m), free_parts(&s->t); }

/* ---- The formulas, in double ---- */

/* sum_i r_ik w_i B_ij. */
static double reference_near(const scene *s, uint32_t k, uint32_t item) {
    uint32_t personas = ampcf_profile_personas(s->p.profile);
    const float *r = ampcf_profile_responsibilities(s->p.profile);
    double sum = 0;
    for (uint32_t i = 0; i < s->n; i++)
        sum += (double)r[i * personas + k] * (double)s->weights[i] *
               reference_neighbour(&s->t, s->items[i], item);
    return sum;
}

/* m_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik,  s'_ik = (u_k . v_i - h_i r_ik) / (1 - h_i) + B,  h_i = w_i
 * q_i v_i^T M^-1 v_i. */
static void reference_support(const scene *s, double u[][MOST_DIM], uint32_t personas, double *support) {
    uint32_t d = s->r.dim;
    const float *r = ampcf_profile_responsibilities(s->p.profile);
    double mass[AMPCF_MAX_PERSONAS] = {0};
    for (uint32_t k = 0; k < personas; k++) support[k] = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const float *v = s->t.vectors + s->items[i] * d;
        double m[MOST_DIM * MOST_DIM], x[MOST_DIM];
        reference_system(&s->t, s->items, s->weights, s->n, m);
        for (uint32_t c = 0; c < d; c++) x[c] = (double)v[c];
        dense_solve(m, x, d);
        double h = fold_weight(&s->t, s->weights, i, s->items[i]) * dot_double(x, v, d);
        if (h > 0.99) h = 0.99;
        for (uint32_t k = 0; k < personas; k++) {
            double rik = (double)r[i * personas + k], w = (double)s->weights[i] * rik;
            support[k] +=
                w * ((dot_double(u[k], v, d) - h * rik * fold_target(&s->t, s->items[i])) / (1 - h) +
                     reference_near(s, k, s->items[i]));
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < personas; k++) support[k] /= mass[k];
}

/* y_j of every item; 0 when the case sits on the step of the gain at support 0, where rounding decides. */
static int reference_scores(const scene *s, double *out, double *out_scale) {
    uint32_t personas = ampcf_profile_personas(s->p.profile), d = s->r.dim;
    const float *share = ampcf_profile_shares(s->p.profile), *set = s->r.settings;
    double u[AMPCF_MAX_PERSONAS][MOST_DIM], support[AMPCF_MAX_PERSONAS], gain[AMPCF_MAX_PERSONAS], best = 0;
    for (uint32_t k = 0; k < personas; k++)
        reference_user(&s->t, s->items, s->weights, s->n, ampcf_profile_responsibilities(s->p.profile) + k,
                       personas, u[k]);
    reference_support(s, u, personas, support);
    for (uint32_t k = 0; k < personas; k++) best = fmax(best, support[k]);
    if (personas > 1 && best < 1e-3) return 0;
    for (uint32_t k = 0; k < personas; k++)
        gain[k] = personas *
                  pow(fmin(support[k] > 0 ? best / support[k] : 5, 5), personas > 1 ? (double)set[TAU] : 0);
    for (uint32_t j = 0; j < s->r.n_items; j++) {
        const float *v = s->t.vectors + j * d;
        double whole = 0, attended = 0, sum = 0, evidence[AMPCF_MAX_PERSONAS], a[AMPCF_MAX_PERSONAS],
               highest = -1e300;
        out_scale[j] = fabs((double)s->t.bias[j]);
        for (uint32_t k = 0; k < personas; k++) {
            whole += evidence[k] = dot_double(u[k], v, d) + reference_near(s, k, j);
            a[k] = (double)set[BETA] * gain[k] * evidence[k] / personas +
                   (double)set[ETA] * log((double)share[k]);
            highest = fmax(highest, a[k]);
            out_scale[j] +=
                gain[k] * (length_double(u[k], d) * length_float(v, d) + fabs(reference_near(s, k, j)));
        }
        for (uint32_t k = 0; k < personas; k++) sum += a[k] = exp(a[k] - highest);
        for (uint32_t k = 0; k < personas; k++) attended += a[k] / sum * gain[k] * evidence[k];
        double rho = personas > 1 ? (double)set[RHO] : 0;
        out[j] = (1 - rho) * whole + rho * attended + (double)s->t.bias[j];
    }
    return 1;
}

static void scores_follow_the_formulas(void) {
    uint64_t rng = 71;
    uint32_t several = 0;
    for (int round = 0; round < 300; round++) {
        scene s;
        double wanted[MOST_ITEMS], scale[MOST_ITEMS];
        set_scene(&s, &rng, 0);
        if (reference_scores(&s, wanted, scale)) {
            several += ampcf_profile_personas(s.p.profile) > 1;
            for (uint32_t j = 0; j < s.r.n_items; j++) CHECK_NEAR(s.scores[j], wanted[j], 2e-5 * scale[j]);
        }
        if (s.n == 0)
            for (uint32_t j = 0; j < s.r.n_items; j++)
                CHECK_EQ(float_bits(s.scores[j]), float_bits(s.t.bias[j]));
        free_scene(&s);
    }
    CHECK(several > 150);
}

/* ---- Order ---- */

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
        set_scene(&s, &rng, round % 2);
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
        set_scene(&s, &rng, 0);
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

/* Equal attention: the first persona explains, in scores and explanations alike. */
static void equal_attention(void) {
    uint64_t rng = 79;
    recipe r = plain_recipe(80, 8, 6, 0);
    r.settings[BETA] = r.settings[ETA] = 0;
    test_model m = make_model(&r, &rng);
    uint32_t history[40], owners[40];
    float scores[40], attention[6];
    double parts[40];
    random_history(&rng, 80, history, 40);
    test_profile p = fold(m.model, history, NULL, 40, 0);
    CHECK(ampcf_profile_personas(p.profile) > 1);
    CHECK_EQ(ampcf_score(p.profile, history, 40, scores, owners), AMPCF_OK);
    for (uint32_t i = 0; i < 40; i++) {
        ampcf_explanation e;
        CHECK_EQ(owners[i], 0);
        CHECK_EQ(ampcf_explain(p.profile, history[i], parts, attention, &e), AMPCF_OK);
        CHECK(e.persona == 0 && attention[0] == attention[1]);
    }
    free_profile(&p), free_model(&m);
}

static void similar(void) {
    uint64_t rng = 77;
    for (int round = 0; round < 200; round++) {
        scene s;
        set_scene(&s, &rng, round % 2);
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
    scores_follow_the_formulas();
    best_of_lists();
    one_score_whoever_asks();
    equal_attention();
    similar();
    return check_report();
}
