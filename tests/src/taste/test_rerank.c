/* Owns the test of rerank.c: every choice against the definition computed from scratch, DPP against
 * determinants and all subsets. Must not test distances. */
#include "distributions.h"

enum { DIM = 6 };

typedef struct pool_case {
    test_space s;
    double scores[SPACE_ITEMS], target[SPACE_CATEGORIES];
    float vectors[SPACE_ITEMS * DIM];
    uint32_t n, k, list[SPACE_ITEMS], n_list;
} pool_case;

static void draw_case(uint64_t *rng, pool_case *c) {
    c->n = 1 + random_below(rng, SPACE_ITEMS), c->k = random_below(rng, SPACE_ITEMS + 3);
    uint32_t n_categories = 2 + random_below(rng, SPACE_CATEGORIES - 1);
    draw_space(rng, &c->s, c->n, n_categories, (int)random_below(rng, 2));
    draw_distribution(rng, c->target, c->s.space.n_categories);
    double score = 3;
    for (uint32_t j = 0; j < c->n; j++)
        c->scores[j] = score, score -= random_below(rng, 3) ? (double)random_float(rng, 0, 1) : 0;
    for (uint32_t i = 0; i < c->n * DIM; i++) c->vectors[i] = random_float(rng, -1, 1);
    if (c->n > 3)
        memset(c->vectors, 0, DIM * sizeof(float)),
            memcpy(c->vectors + DIM, c->vectors + 2 * DIM, DIM * sizeof(float));
}

typedef enum method { STECK, PROPORTIONAL, MMR, DPP } method;

static void rerank(pool_case *c, method by, double lambda, uint32_t discount) {
    size_t bytes = by <= PROPORTIONAL ? ampcf_rerank_steck_memory(c->n, c->s.space.n_categories)
                   : by == MMR        ? ampcf_rerank_mmr_memory(c->n)
                                      : ampcf_rerank_dpp_memory(c->n, c->k);
    void *memory = exact(bytes);
    uint32_t *out = exact(SPACE_ITEMS * sizeof *out), n = 77;
    for (int small = 1; small >= 0; small--) {
        size_t given = small ? bytes - 1 : bytes;
        ampcf_status status =
            by == STECK ? ampcf_rerank_steck(&c->s.space, c->scores, c->target, lambda, discount, c->k,
                                             memory, given, out, &n)
            : by == PROPORTIONAL ? ampcf_rerank_proportional(&c->s.space, c->scores, c->target, lambda,
                                                             discount, c->k, memory, given, out, &n)
            : by == MMR
                ? ampcf_rerank_mmr(c->scores, c->n, c->vectors, DIM, lambda, c->k, memory, given, out, &n)
                : ampcf_rerank_dpp(c->scores, c->n, c->vectors, DIM, lambda, c->k, memory, given, out, &n);
        CHECK_EQ(status, small ? AMPCF_E_MEMORY : AMPCF_OK);
        if (small) CHECK_EQ(n, 77);
    }
    CHECK_EQ(n, c->k < c->n ? c->k : c->n);
    memcpy(c->list, out, n * sizeof *out), c->n_list = n;
    free(memory), free(out);
}

static double relevance(const pool_case *c, uint32_t j) {
    double high = c->scores[0], low = c->scores[c->n - 1];
    return high > low ? (c->scores[j] - low) / (high - low) : 0;
}

static double cosine(const pool_case *c, uint32_t i, uint32_t j) {
    double ij = 0, ii = 0, jj = 0;
    for (uint32_t d = 0; d < DIM; d++) {
        double a = c->vectors[i * DIM + d], b = c->vectors[j * DIM + d];
        ij += a * b, ii += a * a, jj += b * b;
    }
    return ii > 0 && jj > 0 ? ij / sqrt(ii * jj) : 0;
}

/* log det of S over a list, by elimination; pivots count at least 1e-10. Returns the last pivot's logarithm
 * too. */
static double log_det(const pool_case *c, const uint32_t *list, uint32_t n, double *out_last) {
    double m[SPACE_ITEMS][SPACE_ITEMS], sum = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) m[i][j] = i == j ? 1 : cosine(c, list[i], list[j]);
    for (uint32_t p = 0; p < n; p++) {
        *out_last = log(fmax(m[p][p], 1e-10));
        sum += *out_last;
        for (uint32_t i = p + 1; i < n && m[p][p] > 1e-10; i++)
            for (uint32_t j = n; j-- > p;) m[i][j] -= m[i][p] * m[p][j] / m[p][p];
    }
    return sum;
}

static double list_kl(const pool_case *c, const uint32_t *list, uint32_t n, uint32_t discount) {
    double q[SPACE_CATEGORIES], sum = 0, kl;
    CHECK_EQ(ampcf_taste_of_list(&c->s.space, list, NULL, n, discount, q), AMPCF_OK);
    for (uint32_t a = 0; a < c->s.space.n_categories; a++) sum += q[a];
    if (sum == 0) return AMPCF_STECK_BOUND;
    CHECK_EQ(ampcf_taste_between(AMPCF_STECK_KL, c->target, q, c->s.space.n_categories, NULL, NULL, 0, &kl),
             AMPCF_OK);
    return kl;
}

/* sum_a q_ja (p_a W - w_a), from distributions of single items. */
static double list_need(const pool_case *c, const uint32_t *list, uint32_t place, uint32_t candidate,
                        uint32_t discount) {
    uint32_t n = c->s.space.n_categories;
    double have[SPACE_CATEGORIES] = {0}, own[SPACE_CATEGORIES],
           total = discount ? 1 / log2(2 + (double)place) : 1, need = 0;
    for (uint32_t i = 0; i < place; i++) {
        double q[SPACE_CATEGORIES], weight = discount ? 1 / log2(2 + (double)i) : 1, any = 0;
        CHECK_EQ(ampcf_taste_of_list(&c->s.space, list + i, NULL, 1, 0, q), AMPCF_OK);
        for (uint32_t a = 0; a < n; a++) have[a] += weight * q[a], any += q[a];
        total += any > 0 ? weight : 0;
    }
    CHECK_EQ(ampcf_taste_of_list(&c->s.space, &candidate, NULL, 1, 0, own), AMPCF_OK);
    for (uint32_t a = 0; a < n; a++) need += own[a] * (c->target[a] * total - have[a]);
    return need;
}

/* What `candidate` adds at the end of the first `place` of the list. */
static double gain(const pool_case *c, method by, double lambda, uint32_t discount, uint32_t place,
                   uint32_t candidate) {
    uint32_t list[SPACE_ITEMS];
    double last = 0, nearest = place ? -1 : 0;
    memcpy(list, c->list, place * sizeof *list), list[place] = candidate;
    for (uint32_t i = 0; i < place; i++) nearest = fmax(nearest, cosine(c, list[i], candidate));
    if (by == DPP) (void)log_det(c, list, place + 1, &last);
    double other = by == STECK          ? -list_kl(c, list, place + 1, discount)
                   : by == PROPORTIONAL ? list_need(c, list, place, candidate, discount)
                   : by == MMR          ? -nearest
                                        : last;
    return (1 - lambda) * relevance(c, candidate) + lambda * other;
}

static void every_choice_is_the_best(void) {
    uint64_t rng = 221;
    static pool_case c;
    for (int round = 0; round < 1500; round++) {
        draw_case(&rng, &c);
        method by = (method)(round % 4);
        double lambda = random_below(&rng, 8) ? (double)random_float(&rng, 0, 1) : 1;
        uint32_t discount = random_below(&rng, 2), seen[SPACE_ITEMS] = {0};
        rerank(&c, by, lambda, discount);
        for (uint32_t place = 0; place < c.n_list; place++) {
            CHECK(c.list[place] < c.n && !seen[c.list[place]]);
            double chosen = gain(&c, by, lambda, discount, place, c.list[place]);
            for (uint32_t j = 0; j < c.n; j++) {
                if (seen[j]) continue;
                double other = gain(&c, by, lambda, discount, place, j);
                CHECK(other <= chosen + 1e-9);
                if (j < c.list[place]) CHECK(other < chosen + 1e-12); /* of equal ones the earlier */
            }
            seen[c.list[place]] = 1;
        }
    }
}

static void lambda_zero_is_the_input(void) {
    uint64_t rng = 222;
    static pool_case c;
    for (int round = 0; round < 600; round++) {
        draw_case(&rng, &c);
        rerank(&c, (method)(round % 4), 0, random_below(&rng, 2));
        for (uint32_t i = 0; i < c.n_list; i++) CHECK_EQ(c.list[i], i);
        for (uint32_t j = 0; j < c.n; j++)
            c.scores[j] = -1e308; /* all equal: any lambda that only knows scores */
        rerank(&c, (method)(round % 4), 0, 0);
        for (uint32_t i = 0; i < c.n_list; i++) CHECK_EQ(c.list[i], i);
    }
}

/* More weight on calibration never hurts it on average; at 1 the list is closer to the target than the
 * ranking is. */
static void lambda_calibrates(void) {
    uint64_t rng = 223;
    static pool_case c;
    double sums[2][5] = {0};
    for (int round = 0; round < 400; round++) {
        draw_case(&rng, &c);
        c.k = c.n / 3;
        for (uint32_t step = 0; step < 10; step++) {
            rerank(&c, step < 5 ? STECK : PROPORTIONAL, step % 5 / 4.0, 1);
            sums[step / 5][step % 5] += list_kl(&c, c.list, c.n_list, 1);
        }
    }
    for (uint32_t step = 1; step < 5; step++)
        CHECK(sums[0][step] < sums[0][step - 1] && sums[1][step] < sums[1][step - 1]);
    CHECK(sums[0][4] < sums[0][0] / 2 && sums[1][4] < 0.7 * sums[1][0]);
}

/* What a candidate adds to the determinant never rises as the list grows. Greedy is no better than the best
 * of all subsets, and of three places mostly finds it. */
static void dpp_against_all_subsets(void) {
    uint64_t rng = 224;
    static pool_case c;
    uint32_t best_found = 0, rounds = 300;
    for (uint32_t round = 0; round < rounds; round++) {
        draw_case(&rng, &c);
        c.n = 8, c.k = 3;
        draw_space(&rng, &c.s, c.n, 4, 0);
        for (uint32_t i = 0; i < c.n * DIM; i++) c.vectors[i] = random_float(&rng, -1, 1);
        for (uint32_t j = 0; j < c.n; j++) c.scores[j] = 8 - j;
        rerank(&c, DPP, 0.8, 0);
        double last, before = INFINITY, best = -INFINITY, greedy = 0.8 * log_det(&c, c.list, 3, &last);
        for (uint32_t i = 0; i < 3; i++) {
            double now = gain(&c, DPP, 0.8, 0, i, c.list[i]);
            CHECK(now <= before + 1e-12);
            before = now, greedy += 0.2 * relevance(&c, c.list[i]);
        }
        for (uint32_t set = 0; set < 256; set++) {
            uint32_t list[8], n = 0;
            double value = 0;
            for (uint32_t j = 0; j < 8; j++)
                if (set >> j & 1) list[n++] = j, value += 0.2 * relevance(&c, j);
            if (n != 3) continue;
            value += 0.8 * log_det(&c, list, 3, &last);
            if (value > best) best = value;
        }
        CHECK(greedy <= best + 1e-12);
        best_found += greedy >= best - 1e-12;
    }
    CHECK(best_found > rounds / 2);
}

static void refusals(void) {
    uint64_t rng = 225;
    static pool_case c;
    draw_case(&rng, &c);
    c.n = 5;
    draw_space(&rng, &c.s, 5, 4, 0);
    draw_distribution(&rng, c.target, 4);
    static _Alignas(16) unsigned char memory[65536];
    uint32_t out[5] = {9}, n = 9;
    const double wrong[] = {-0.001, 1.001, NAN};
    for (uint32_t w = 0; w < 3; w++) {
        CHECK_EQ(ampcf_rerank_steck(&c.s.space, c.scores, c.target, wrong[w], 0, 5, memory, sizeof memory,
                                    out, &n),
                 AMPCF_E_ARGUMENT);
        CHECK_EQ(ampcf_rerank_proportional(&c.s.space, c.scores, c.target, wrong[w], 0, 5, memory,
                                           sizeof memory, out, &n),
                 AMPCF_E_ARGUMENT);
        CHECK_EQ(ampcf_rerank_mmr(c.scores, 5, c.vectors, DIM, wrong[w], 5, memory, sizeof memory, out, &n),
                 AMPCF_E_ARGUMENT);
        CHECK_EQ(ampcf_rerank_dpp(c.scores, 5, c.vectors, DIM, wrong[w], 5, memory, sizeof memory, out, &n),
                 AMPCF_E_ARGUMENT);
    }
    c.target[0] += 0.1;
    CHECK_EQ(ampcf_rerank_steck(&c.s.space, c.scores, c.target, 0.5, 0, 5, memory, sizeof memory, out, &n),
             AMPCF_E_ARGUMENT);
    CHECK_EQ(
        ampcf_rerank_proportional(&c.s.space, c.scores, c.target, 0.5, 0, 5, memory, sizeof memory, out, &n),
        AMPCF_E_ARGUMENT);
    c.vectors[4] = NAN;
    CHECK_EQ(ampcf_rerank_mmr(c.scores, 5, c.vectors, DIM, 0.5, 5, memory, sizeof memory, out, &n),
             AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_rerank_dpp(c.scores, 5, c.vectors, DIM, 0.5, 5, memory, sizeof memory, out, &n),
             AMPCF_E_ARGUMENT);
    c.vectors[4] = 0, c.scores[2] = INFINITY;
    CHECK_EQ(ampcf_rerank_mmr(c.scores, 5, c.vectors, DIM, 0.5, 5, memory, sizeof memory, out, &n),
             AMPCF_E_ARGUMENT);
    CHECK(out[0] == 9 && n == 9);
    CHECK_EQ(ampcf_rerank_dpp_memory(0xFFFFFFFFu, 0xFFFFFFFFu) == 0 || sizeof(size_t) > 4, 1);
}

int main(void) {
    every_choice_is_the_best();
    lambda_zero_is_the_input();
    lambda_calibrates();
    dpp_against_all_subsets();
    refusals();
    return check_report();
}
