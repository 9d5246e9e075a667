/* Owns the test of neighbours.c, ease.c, cooccurrence.c and dense_inverse.c: B against a naive inverse in
 * double, both forms, the cut, and co-occurrence. Alone, with aspects, and beside vectors. Must leave how B
 * is used to test_rank.c and test_explain.c, and local ridges to test_local_ridge.c. */
#include "train/dense_inverse.h"
#include "interactions.h"
#include "models.h"

typedef struct run {
    void *memory;
    ampcf_neighbours *ease;
} run;

static run compute_beside(const ampcf_neighbours_config *c, const data *d, const float *weights,
                          const ampcf_item_side *side, uint32_t max_steps) {
    size_t bytes = ampcf_neighbours_memory(c, d->offsets[d->n_users]);
    run r = {exact(bytes), NULL};
    ampcf_neighbours_progress p = {0, 1};
    memset(r.memory, (int)max_steps & 255, bytes); /* what was there before must not matter */
    CHECK(bytes > 0);
    CHECK_EQ(ampcf_neighbours_open(c, d->offsets, d->items, weights, side, r.memory, bytes, &r.ease),
             AMPCF_OK);
    for (uint64_t before = 0; p.done < p.total; before = p.done) {
        CHECK_EQ(ampcf_neighbours_step(r.ease, max_steps, &p), AMPCF_OK);
        CHECK(p.done == p.total || p.done == before + max_steps);
    }
    CHECK_EQ(ampcf_neighbours_step(r.ease, 5, &p), AMPCF_OK); /* a step too many changes nothing */
    CHECK(p.done == p.total);
    return r;
}

static run compute(const ampcf_neighbours_config *c, const data *d, const float *weights,
                   uint32_t max_steps) {
    return compute_beside(c, d, weights, NULL, max_steps);
}

/* ---- The reference, dense and in double ---- */

/* x (U, N) of weights, degrees of users, and of items among people; the last n_aspects users are none. */
static double *dense_interactions(const data *d, const float *weights, uint32_t n_aspects, double *of_item,
                                  double *of_user) {
    double *x = exact((size_t)d->n_users * d->n_items * sizeof *x);
    memset(x, 0, (size_t)d->n_users * d->n_items * sizeof *x);
    for (uint32_t j = 0; j < d->n_items; j++) of_item[j] = 0;
    for (uint32_t u = 0; u < d->n_users; u++) {
        of_user[u] = d->offsets[u + 1] - d->offsets[u];
        for (uint32_t i = d->offsets[u]; i < d->offsets[u + 1]; i++) {
            x[(size_t)u * d->n_items + d->items[i]] = weights ? (double)weights[i] : 1;
            of_item[d->items[i]] += u + n_aspects < d->n_users;
        }
    }
    return x;
}

/* sum_u p_u x_u z_u^T (N, N), z (U, N); an aspect of n items has p = strength / n. */
static void weighted_products(const data *d, const ampcf_neighbours_config *c, const double *x,
                              const double *z, const double *of_user, double *out) {
    double sum = 0, active = 0;
    uint32_t n = d->n_items, people = d->n_users - c->n_aspects;
    for (uint32_t u = 0; u < people; u++)
        if (of_user[u] > 0) sum += pow(of_user[u], -(double)c->user_damping), active++;
    memset(out, 0, (size_t)n * n * sizeof *out);
    for (uint32_t u = 0; u < d->n_users; u++) {
        if (of_user[u] == 0) continue;
        double p = u < people ? pow(of_user[u], -(double)c->user_damping) * active / sum
                              : (double)c->aspect_strength / of_user[u];
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < n; j++)
                out[i * n + j] += p * x[(size_t)u * n + i] * z[(size_t)u * n + j];
    }
}

static double mean_degree(const data *d, const ampcf_neighbours_config *c) {
    return (double)d->offsets[d->n_users - c->n_aspects] / d->n_items;
}

/* B (N, N), row i, column j. */
static double *reference_matrix(const data *d, const ampcf_neighbours_config *c, const float *weights) {
    uint32_t n = d->n_items;
    double *of_item = exact(n * sizeof *of_item), *of_user = exact(d->n_users * sizeof *of_user);
    double *x = dense_interactions(d, weights, c->n_aspects, of_item, of_user),
           *gram = exact((size_t)n * n * sizeof *gram);
    double *b = exact((size_t)n * n * sizeof *b), *copy = exact((size_t)n * n * sizeof *copy),
           *column = exact(n * sizeof *column);
    double mean = mean_degree(d, c);
    weighted_products(d, c, x, x, of_user, gram);
    for (uint32_t j = 0; j < n; j++) {
        of_item[j] = fmax(of_item[j], 1);
        if (c->method == AMPCF_NEIGHBOURS_EASE)
            gram[j * n + j] += (double)c->lambda * pow(of_item[j] / mean, (double)c->lambda_growth);
    }
    for (uint32_t j = 0; j < n; j++) {
        double factor = (double)c->strength * pow(of_item[j] / mean, -(double)c->popularity_damping);
        memcpy(copy, gram, (size_t)n * n * sizeof *copy);
        for (uint32_t i = 0; i < n; i++) column[i] = i == j;
        if (c->method == AMPCF_NEIGHBOURS_EASE) dense_solve(copy, column, n);
        for (uint32_t i = 0; i < n; i++)
            b[i * n + j] = i == j ? 0
                           : c->method == AMPCF_NEIGHBOURS_EASE
                               ? -column[i] / column[j] * factor
                               : (double)c->strength * gram[i * n + j] *
                                     pow(of_item[i], -(double)c->source_damping) *
                                     pow(of_item[j], -(double)c->popularity_damping);
    }
    free(of_item), free(of_user), free(x), free(gram), free(copy), free(column);
    return b;
}

static double largest_of(const double *b, uint32_t n) {
    double largest = 0;
    for (uint32_t i = 0; i < n * n; i++) largest = fmax(largest, fabs(b[i]));
    return largest;
}

/* Each entry within half a step of its row's scale; rows increase; what is not listed is 0. */
static void check_matrix(const data *d, const double *b, const run *r) {
    uint32_t n = d->n_items;
    const uint32_t *offsets = ampcf_neighbours_offsets(r->ease), *items = ampcf_neighbours_items(r->ease);
    const int8_t *values = ampcf_neighbours_values(r->ease);
    const float *scales = ampcf_neighbours_scales(r->ease);
    double largest = largest_of(b, n);
    CHECK(largest > 0.01);
    for (uint32_t i = 0; i < n; i++) {
        double row_largest = 0;
        for (uint32_t j = 0; j < n; j++) row_largest = fmax(row_largest, fabs(b[i * n + j]));
        CHECK_NEAR(scales[i], row_largest / 127, 2e-5 * largest);
        for (uint32_t j = 0, e = offsets[i]; j < n; j++) {
            double got = 0;
            if (e < offsets[i + 1] && items[e] == j) {
                CHECK(values[e] != 0 && values[e] != -128 && i != j);
                got = values[e] * (double)scales[i];
                e++;
            }
            CHECK_NEAR(got, b[i * n + j], 0.501 * (double)scales[i] + 1e-5 * largest);
            if (j + 1 == n) CHECK_EQ(e, offsets[i + 1]);
        }
    }
}

static void check_scores(const data *d, const double *b, const run *r, uint64_t *rng) {
    uint32_t n = d->n_items, history[12], length = random_below(rng, n < 12 ? n + 1 : 13);
    float *scores = exact(n * sizeof *scores);
    random_history(rng, n, history, length);
    CHECK_EQ(ampcf_neighbours_score(r->ease, history, length, scores), AMPCF_OK);
    for (uint32_t j = 0; j < n; j++) {
        double sum = 0;
        for (uint32_t h = 0; h < length; h++) sum += b[history[h] * n + j];
        CHECK_NEAR(scores[j], sum, 3e-5 * (1 + largest_of(b, n)));
    }
    history[0] = n;
    CHECK_EQ(ampcf_neighbours_score(r->ease, history, 1, scores), AMPCF_E_ITEM_RANGE);
    free(scores);
}

static ampcf_neighbours_config plain_config(const data *d) {
    return (ampcf_neighbours_config){
        d->n_users, d->n_items, AMPCF_NEIGHBOURS_EASE, d->n_items, 0, 0, 8, 0.5f, 0.6f, 0.4f, 0.12f, 0.8f, 0,
        0,          0};
}

/* More people than items and fewer, so both forms; whole blocks of 64, one less, one more. */
static void follows_the_formulas(void) {
    static const uint32_t shapes[][2] = {{90, 30},  {300, 64}, {200, 65}, {150, 130}, {30, 90},
                                         {64, 100}, {65, 127}, {5, 2},    {1, 3},     {2, 2}};
    uint64_t rng = 201;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int variant = 0; variant < 3; variant++) {
            data d = make_data(shapes[s][0], shapes[s][1], variant == 2, &rng);
            ampcf_neighbours_config c = plain_config(&d);
            if (d.offsets[d.n_users] > 0) {
                if (variant == 1)
                    c.lambda_growth = 0, c.user_damping = 0, c.popularity_damping = 0, c.strength = -2;
                const float *weights = variant == 1 ? NULL : d.weights;
                double *b = reference_matrix(&d, &c, weights);
                run r = compute(&c, &d, weights, 1 + (uint32_t)variant * 3);
                if (largest_of(b, d.n_items) > 0.01) check_matrix(&d, b, &r);
                for (int i = 0; i < 4; i++) check_scores(&d, b, &r, &rng);
                free(b), free(r.memory);
            }
            free_data(&d);
        }
}

static void cooccurrence(void) {
    uint64_t rng = 203;
    for (int round = 0; round < 6; round++) {
        data d = make_data(40 + 30 * (uint32_t)round, 30 + 13 * (uint32_t)round, round % 2, &rng);
        ampcf_neighbours_config c = plain_config(&d);
        c.method = AMPCF_NEIGHBOURS_COOCCURRENCE, c.popularity_damping = (float)(round % 3) * 0.3f;
        double *b = reference_matrix(&d, &c, d.weights);
        run r = compute(&c, &d, d.weights, 2);
        float none[1];
        check_matrix(&d, b, &r);
        CHECK_EQ(ampcf_neighbours_score(r.ease, NULL, 0, none), AMPCF_E_ARGUMENT);
        free(b), free(r.memory), free_data(&d);
    }
}

static const double *rank_column, *rank_degree;
static uint32_t rank_n, rank_j;

static int by_loss(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    double p = fabs(rank_column[x * rank_n + rank_j]) * pow(rank_degree[x], 0.35),
           q = fabs(rank_column[y * rank_n + rank_j]) * pow(rank_degree[y], 0.35);
    return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

/* z_uj = x_uj - b L_uj / t_j for people, in place; L from those who are folded in without the event. */
static void subtract_predictions(const data *d, const ampcf_neighbours_config *c, const float *weights,
                                 const test_parts *beside, double *z) {
    double *left = exact(d->n_items * sizeof *left);
    for (uint32_t u = 0; u < d->n_users - c->n_aspects; u++) {
        uint32_t from = d->offsets[u];
        reference_left_out(beside, d->items + from, weights ? weights + from : NULL, d->offsets[u + 1] - from,
                           left);
        for (uint32_t j = 0; j < d->n_items; j++) z[(size_t)u * d->n_items + j] -= (double)c->blend * left[j];
    }
    free(left);
}

/* B with m sources a column, those that matter most, and in EASE the columns fitted again over them, to
 * what the vectors leave where there are any; in place. */
static void reference_cut(const data *d, const ampcf_neighbours_config *c, const float *weights,
                          const test_parts *beside, double *b) {
    uint32_t n = d->n_items, most = c->neighbours < n ? c->neighbours : n - 1,
             *order = exact(n * sizeof *order);
    double *of_item = exact(n * sizeof *of_item), *of_user = exact(d->n_users * sizeof *of_user),
           mean = mean_degree(d, c);
    double *x = dense_interactions(d, weights, c->n_aspects, of_item, of_user),
           *gram = exact((size_t)n * n * sizeof *gram);
    double *z = exact_copy(x, (size_t)d->n_users * n * sizeof *x),
           *wanted = exact((size_t)n * n * sizeof *wanted), *part = exact(most * most * sizeof *part);
    double *right = exact(most * sizeof *right), *all = exact_copy(b, (size_t)n * n * sizeof *b);
    if (beside) subtract_predictions(d, c, weights, beside, z);
    weighted_products(d, c, x, x, of_user, gram);
    weighted_products(d, c, x, z, of_user, wanted);
    memset(b, 0, (size_t)n * n * sizeof *b);
    for (uint32_t j = 0; j < n; j++) of_item[j] = fmax(of_item[j], 1);
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i < n; i++) order[i] = i;
        rank_column = all, rank_degree = of_item, rank_n = n, rank_j = j;
        order[j] = n - 1, order[n - 1] = j; /* no item is a source of its own */
        qsort(order, n - 1, sizeof *order, by_loss);
        double factor = beside ? (double)c->strength * fold_target(beside, j) / (double)c->blend
                               : (double)c->strength * pow(of_item[j] / mean, -(double)c->popularity_damping);
        uint32_t m = 0; /* who has nobody in common with j is no source of j, nor is an item of nobody */
        while (m < most && fabs(all[order[m] * n + j]) > 1e-13) m++;
        for (uint32_t k = 0; k < m; k++) {
            for (uint32_t l = 0; l < m; l++) part[k * m + l] = gram[order[k] * n + order[l]];
            part[k * m + k] += (double)c->lambda * pow(of_item[order[k]] / mean, (double)c->lambda_growth);
            right[k] = wanted[order[k] * n + j] * factor;
        }
        if (c->method == AMPCF_NEIGHBOURS_EASE) dense_solve(part, right, m);
        for (uint32_t k = 0; k < m; k++)
            b[order[k] * n + j] = c->method == AMPCF_NEIGHBOURS_EASE ? right[k] : all[order[k] * n + j];
    }
    free(order), free(of_item), free(of_user), free(x), free(z), free(gram), free(wanted), free(part),
        free(right), free(all);
}

static void keeps_what_matters(void) {
    uint64_t rng = 215; /* a seed without near ties, which rounding would decide */
    for (uint32_t m = 1; m <= 40; m += 13)
        for (int variant = 0; variant < 4; variant++) {
            data d = make_data(variant % 2 ? 40 : 200, 70, 0, &rng);
            ampcf_neighbours_config c = plain_config(&d);
            c.neighbours = m, c.method = variant == 3 ? AMPCF_NEIGHBOURS_COOCCURRENCE : AMPCF_NEIGHBOURS_EASE;
            const float *weights = variant == 1 ? NULL : d.weights;
            double *b = reference_matrix(&d, &c, weights);
            reference_cut(&d, &c, weights, NULL, b);
            run r = compute(&c, &d, weights, 7);
            check_matrix(&d, b, &r);
            free(b), free(r.memory), free_data(&d);
        }
}

/* Random vectors, weights and targets: what B stands beside need not be any good. */
static test_parts make_vectors(uint32_t n_items, uint32_t dim, int weighted, uint64_t *rng) {
    recipe r = plain_recipe(n_items, dim, 1, 0);
    r.weighted = weighted, r.scale = 0.5f, r.settings[LAMBDA] = 0.05f;
    return make_parts(&r, rng);
}

static ampcf_item_side side_of(const test_parts *t) {
    return (ampcf_item_side){t->parts.dim, t->vectors,      t->gram,
                             t->settings,  t->item_weights, t->item_targets};
}

/* More rows than items and fewer, so both forms; a cut and none; the last rows people or aspects; vectors or
 * none. */
static void stands_beside_vectors_and_aspects(void) {
    static const struct {
        uint32_t users, items, aspects, neighbours, dim;
        float blend;
    } cases[] = {{200, 60, 0, 12, 9, 0.8f}, {200, 60, 20, 12, 0, 0},   {200, 60, 20, 12, 17, 0.5f},
                 {45, 60, 0, 10, 5, 0.8f},  {45, 60, 12, 10, 0, 0},    {45, 60, 12, 10, 12, 1},
                 {130, 40, 9, 38, 8, 0.3f}, {130, 40, 9, 39, 8, 0.3f}, {130, 40, 9, 40, 8, 0.3f},
                 {30, 40, 5, 40, 8, 0.01f}, {90, 30, 89, 30, 0, 0},    {40, 3, 3, 2, 2, 0.8f},
                 {70, 65, 1, 1, 33, 0.9f}};
    uint64_t rng = 217;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int variant = 0; variant < 3; variant++) {
            data d = make_data(cases[i].users, cases[i].items, variant == 1 && cases[i].items > 2, &rng);
            test_parts t = make_vectors(d.n_items, cases[i].dim ? cases[i].dim : 1, variant != 2, &rng);
            ampcf_item_side side = side_of(&t);
            ampcf_neighbours_config c = plain_config(&d);
            const float *weights = variant == 1 ? NULL : d.weights;
            c.n_aspects = cases[i].aspects, c.aspect_strength = 30, c.neighbours = cases[i].neighbours,
            c.dim = cases[i].dim, c.blend = cases[i].blend;
            if (variant == 2) c.popularity_damping = 0, c.strength = -0.5f;
            double *b = reference_matrix(&d, &c, weights);
            reference_cut(&d, &c, weights, c.dim ? &t : NULL, b);
            run r = compute_beside(&c, &d, weights, c.dim ? &side : NULL, 3);
            check_matrix(&d, b, &r);
            uint32_t item = 0;
            float scores[130];
            CHECK_EQ(ampcf_neighbours_score(r.ease, &item, 1, scores),
                     c.dim ? AMPCF_E_ARGUMENT : AMPCF_OK); /* there is no whole B */
            free(b), free(r.memory), free_data(&d), free_parts(&t);
        }
}

/* An aspect makes its items each other's sources, and is nobody: degrees and the mean of p are those of
 * people. */
static void aspects_of_no_strength_are_nothing(void) {
    uint64_t rng = 219;
    data d = make_data(120, 50, 0, &rng), people = d;
    ampcf_neighbours_config c = plain_config(&d), none = c;
    people.n_users = none.n_users = 100;
    c.n_aspects = 20, c.neighbours = none.neighbours = 9;
    run a = compute(&c, &d, d.weights, 5), b = compute(&none, &people, d.weights, 5);
    uint32_t n = ampcf_neighbours_offsets(b.ease)[50];
    CHECK_BYTES(ampcf_neighbours_offsets(a.ease), ampcf_neighbours_offsets(b.ease), 51 * sizeof(uint32_t));
    CHECK_BYTES(ampcf_neighbours_items(a.ease), ampcf_neighbours_items(b.ease), n * sizeof(uint32_t));
    CHECK_BYTES(ampcf_neighbours_values(a.ease), ampcf_neighbours_values(b.ease), n);
    CHECK_BYTES(ampcf_neighbours_scales(a.ease), ampcf_neighbours_scales(b.ease), 50 * sizeof(float));
    free(a.memory), free(b.memory), free_data(&d);
}

/* No link between items that fewer than pair_support people have together; the others are those of the same
 * config without. */
static void pairs_of_one_person_leave_no_link(void) {
    uint64_t rng = 223;
    for (uint32_t support = 2; support < 5; support++)
        for (uint32_t method = AMPCF_NEIGHBOURS_EASE; method <= AMPCF_NEIGHBOURS_LOCAL; method++) {
            data d = make_data(60, 40, 0, &rng);
            ampcf_neighbours_config c = plain_config(&d), all = c;
            uint32_t together[40][40] = {{0}}, allowed = 0, refused = 0;
            for (uint32_t u = 0; u < 55; u++)
                for (uint32_t x = d.offsets[u]; x < d.offsets[u + 1]; x++)
                    for (uint32_t y = d.offsets[u]; y < d.offsets[u + 1]; y++)
                        together[d.items[x]][d.items[y]]++;
            c.method = all.method = method, c.neighbours = all.neighbours = 39, c.pair_support = support;
            if (method == AMPCF_NEIGHBOURS_EASE)
                c.n_aspects = all.n_aspects = 5, c.aspect_strength = all.aspect_strength = 3; /* are nobody */
            else
                for (uint32_t u = 55; u < 60; u++)
                    for (uint32_t x = d.offsets[u]; x < d.offsets[u + 1]; x++)
                        for (uint32_t y = d.offsets[u]; y < d.offsets[u + 1]; y++)
                            together[d.items[x]][d.items[y]]++;
            run r = compute(&c, &d, NULL, 4), free_run = compute(&all, &d, NULL, 4);
            const uint32_t *at = ampcf_neighbours_offsets(r.ease),
                           *every = ampcf_neighbours_offsets(free_run.ease);
            for (uint32_t i = 0; i < 40; i++) {
                for (uint32_t x = at[i]; x < at[i + 1]; x++, allowed++)
                    CHECK(together[i][ampcf_neighbours_items(r.ease)[x]] >= support);
                for (uint32_t x = every[i]; x < every[i + 1]; x++)
                    refused += together[i][ampcf_neighbours_items(free_run.ease)[x]] < support;
            }
            CHECK(allowed > 50);
            CHECK(refused > 10 ||
                  method == AMPCF_NEIGHBOURS_COOCCURRENCE); /* without the rule there are such links */
            free(r.memory), free(free_run.memory), free_data(&d);
        }
}

static void bytes_do_not_depend_on_steps(void) {
    uint64_t rng = 207;
    for (int variant = 0; variant < 4; variant++) {
        data d = make_data(variant % 2 ? 100 : 300, 150, 0, &rng);
        test_parts t = make_vectors(150, 7, 1, &rng);
        ampcf_item_side side = side_of(&t);
        ampcf_neighbours_config c = plain_config(&d);
        c.neighbours = 9;
        if (variant > 1) c.dim = 7, c.blend = 0.8f, c.n_aspects = 10, c.aspect_strength = 20;
        const ampcf_item_side *beside = c.dim ? &side : NULL;
        run a = compute_beside(&c, &d, d.weights, beside, 1),
            b = compute_beside(&c, &d, d.weights, beside, 1000);
        uint32_t n = ampcf_neighbours_offsets(a.ease)[150];
        CHECK(n > 300);
        CHECK_BYTES(ampcf_neighbours_offsets(a.ease), ampcf_neighbours_offsets(b.ease),
                    151 * sizeof(uint32_t));
        CHECK_BYTES(ampcf_neighbours_items(a.ease), ampcf_neighbours_items(b.ease), n * sizeof(uint32_t));
        CHECK_BYTES(ampcf_neighbours_values(a.ease), ampcf_neighbours_values(b.ease), n);
        CHECK_BYTES(ampcf_neighbours_scales(a.ease), ampcf_neighbours_scales(b.ease), 150 * sizeof(float));
        free(a.memory), free(b.memory), free_data(&d), free_parts(&t);
    }
}

/* A condition number of 1e4: within 1e-3 of the largest, as single precision allows. */
static void inverts_badly_conditioned(void) {
    enum { N = 200 };
    uint64_t rng = 209;
    double *a = exact(N * N * sizeof *a), *copy = exact(N * N * sizeof *copy), column[N];
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j <= i; j++)
            a[i * N + j] = a[j * N + i] = 50 + (double)random_float(&rng, -0.1f, 0.1f) + (i == j ? 4 : 0);
    arena measure = arena_measure();
    (void)dense_inverse_take(&measure, N);
    void *memory = exact(measure.used);
    arena over = arena_over(memory, measure.used);
    dense_inverse m = dense_inverse_take(&over, N);
    CHECK(!over.full && m.stride == 256);
    dense_inverse_clear(&m);
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j <= i; j++) m.a[i * m.stride + j] = (float)a[i * N + j];
    for (uint64_t s = 0; s < dense_inverse_steps(N); s++) dense_inverse_step(&m);
    for (uint32_t j = 0; j < N; j++) {
        memcpy(copy, a, N * N * sizeof *copy);
        for (uint32_t i = 0; i < N; i++) column[i] = i == j;
        dense_solve(copy, column, N);
        for (uint32_t i = 0; i < N; i++) CHECK_NEAR(-m.a[i * m.stride + j], column[i], 1e-3 * column[j]);
    }
    free(a), free(copy), free(memory);
}

static void refused(void) {
    uint64_t rng = 211;
    data d = make_data(30, 20, 0, &rng);
    const ampcf_neighbours_config good = plain_config(&d);
    uint32_t x = d.offsets[30];
    size_t bytes = ampcf_neighbours_memory(&good, x);
    void *memory = exact(bytes);
    ampcf_neighbours *ease = NULL;
    CHECK(bytes > 0);
#define BAD(field, value)                                                                                    \
    do {                                                                                                     \
        ampcf_neighbours_config c = good;                                                                    \
        c.field = value;                                                                                     \
        CHECK_EQ_IN(ampcf_neighbours_memory(&c, x), 0, #field);                                              \
        CHECK_EQ_IN(ampcf_neighbours_open(&c, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),         \
                    AMPCF_E_ARGUMENT, #field);                                                               \
    } while (0)
    BAD(n_users, 0);
    BAD(n_users, AMPCF_MAX_USERS + 1);
    BAD(n_items, 0);
    BAD(n_items, AMPCF_MAX_ITEMS + 1);
    BAD(method, 3);
    BAD(neighbours, 21);
    BAD(lambda, 0);
    BAD(lambda, -1);
    BAD(lambda, 2e9f);
    BAD(lambda, (float)NAN);
    BAD(lambda_growth, -0.1f);
    BAD(lambda_growth, 5);
    BAD(user_damping, -1);
    BAD(user_damping, (float)NAN);
    BAD(source_damping, -1);
    BAD(popularity_damping, 5);
    BAD(strength, 2000);
    BAD(strength, (float)INFINITY);
    BAD(n_aspects, 30);
    BAD(n_aspects, 0xFFFFFFFFu);
    BAD(aspect_strength, -1);
    BAD(aspect_strength, 2e9f);
    BAD(aspect_strength, (float)NAN);
    BAD(dim, 1); /* a blend of 0 */
    ampcf_neighbours_config c = good;
    c.n_users = c.n_items = 40000, c.neighbours = 10; /* 6.4 GB */
    CHECK_EQ(ampcf_neighbours_memory(&c, x), 0);
    c.method = AMPCF_NEIGHBOURS_COOCCURRENCE;
    CHECK(ampcf_neighbours_memory(&c, x) > 0 && ampcf_neighbours_memory(&c, x) < 40000000);
    c.method = AMPCF_NEIGHBOURS_EASE, c.n_users = 500; /* the small side is inverted */
    CHECK(ampcf_neighbours_memory(&c, x) > 0 && ampcf_neighbours_memory(&c, x) < 40000000);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes - 1, &ease),
             AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, (char *)memory + 8, bytes, &ease),
             AMPCF_E_MEMORY);
    uint32_t was = d.items[5];
    d.items[5] = 20;
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_ITEM_RANGE);
    d.items[5] = d.items[4];
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    d.items[5] = was, d.weights[2] = 0;
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, d.weights, NULL, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    d.offsets[2] = x + 1;
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    for (uint32_t u = 0; u <= 30; u++) d.offsets[u] = 0;
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_NO_DATA);
    d.offsets[30] = 2; /* an aspect of two items, and nobody */
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_OK);
    c = good, c.n_aspects = 1, ease = NULL;
    CHECK_EQ(ampcf_neighbours_open(&c, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_NO_DATA);
    CHECK(ease == NULL);
    free(memory), free_data(&d);
}

static void refused_beside_vectors(void) {
    uint64_t rng = 221;
    data d = make_data(30, 20, 0, &rng);
    test_parts t = make_vectors(20, 4, 1, &rng);
    ampcf_item_side side = side_of(&t), narrow = side;
    ampcf_neighbours_config c = plain_config(&d);
    c.neighbours = 5, c.dim = 4, c.blend = 0.8f;
    const ampcf_neighbours_config good = c;
    uint32_t x = d.offsets[30];
    size_t bytes = ampcf_neighbours_memory(&good, x);
    void *memory = exact(bytes);
    ampcf_neighbours *ease = NULL;
#undef BAD
#define BAD(field, value)                                                                                    \
    do {                                                                                                     \
        c = good;                                                                                            \
        c.field = value;                                                                                     \
        CHECK_EQ_IN(ampcf_neighbours_memory(&c, x), 0, #field);                                              \
        CHECK_EQ_IN(ampcf_neighbours_open(&c, d.offsets, d.items, NULL, &side, memory, bytes, &ease),        \
                    AMPCF_E_ARGUMENT, #field);                                                               \
    } while (0)
    BAD(dim, AMPCF_MAX_DIM + 1);
    BAD(dim, 0xFFFFFFFFu);
    BAD(blend, 0);
    BAD(blend, 0.009f);
    BAD(blend, 1.01f);
    BAD(blend, -0.5f);
    BAD(blend, (float)NAN);
    BAD(blend, (float)INFINITY);
    BAD(neighbours, 0);
    BAD(method, AMPCF_NEIGHBOURS_COOCCURRENCE);
    c = good, c.n_items = 600, c.neighbours = 512;
    CHECK(ampcf_neighbours_memory(&c, x) > 0);
    c.neighbours = 513;
    CHECK_EQ(ampcf_neighbours_memory(&c, x), 0);
    c.dim = 0;
    CHECK(ampcf_neighbours_memory(&c, x) > 0);
    c = good, c.dim = 0, c.method = AMPCF_NEIGHBOURS_COOCCURRENCE, c.n_aspects = 1;
    CHECK_EQ(ampcf_neighbours_memory(&c, x), 0);
    c = good, c.dim = 0; /* the side and the width come together */
    CHECK_EQ(ampcf_neighbours_open(&c, d.offsets, d.items, NULL, &side, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    narrow.dim = 3;
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, &narrow, memory, bytes, &ease),
             AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, &side, memory, bytes - 1, &ease),
             AMPCF_E_MEMORY);
    CHECK(ease == NULL);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, &side, memory, bytes, &ease), AMPCF_OK);
    c = good, c.n_items = 2000, c.n_users = 50; /* 4 N^2 whatever is inverted */
    CHECK(ampcf_neighbours_memory(&c, x) > 4 * 2000 * 2000 &&
          ampcf_neighbours_memory(&c, x) < 4 * 2000 * 2000 + 1000000);
    free(memory), free_data(&d), free_parts(&t);
}

int main(void) {
    follows_the_formulas();
    cooccurrence();
    keeps_what_matters();
    stands_beside_vectors_and_aspects();
    aspects_of_no_strength_are_nothing();
    pairs_of_one_person_leave_no_link();
    bytes_do_not_depend_on_steps();
    inverts_badly_conditioned();
    refused();
    refused_beside_vectors();
    return check_report();
}
