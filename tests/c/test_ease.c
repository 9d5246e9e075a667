/* Owns the test of train_ease.c and dense_inverse.c: B against a naive inverse in double, both forms, the cut, and co-occurrence.
 * Must leave how B is used to test_rank.c and test_explain.c. */
#include "dense_inverse.h"
#include "models.h"

typedef struct data {
    uint32_t n_users, n_items, *offsets, *items;
    float *weights;
} data;

/* Popular items first, user 3 without any, the last item without anybody when `gap`. */
static data make_data(uint32_t n_users, uint32_t n_items, int gap, uint64_t *rng) {
    data d = {n_users, n_items, exact((n_users + 1) * sizeof(uint32_t)), NULL, NULL};
    uint32_t *items = malloc((size_t)n_users * n_items * sizeof *items), at = 0;
    d.offsets[0] = 0;
    for (uint32_t u = 0; u < n_users; u++) {
        for (uint32_t j = 0; j + (gap != 0) < n_items; j++)
            if (random_below(rng, (j % 3 == u % 3 ? 2 : 8) + j / 6) == 0 && u != 3) items[at++] = j;
        d.offsets[u + 1] = at;
    }
    d.items = exact_copy(items, at * sizeof *items);
    d.weights = exact(at * sizeof *d.weights);
    for (uint32_t x = 0; x < at; x++) d.weights[x] = random_float(rng, 0.3f, 2);
    free(items);
    return d;
}

static void free_data(data *d) { free(d->offsets), free(d->items), free(d->weights); }

typedef struct run {
    void *memory;
    ampcf_ease *ease;
} run;

static run compute(const ampcf_ease_config *c, const data *d, const float *weights, uint32_t max_steps) {
    size_t bytes = ampcf_ease_memory(c, d->offsets[d->n_users]);
    run r = {exact(bytes), NULL};
    ampcf_ease_progress p = {0, 1};
    memset(r.memory, (int)max_steps & 255, bytes); /* what was there before must not matter */
    CHECK(bytes > 0);
    CHECK_EQ(ampcf_ease_open(c, d->offsets, d->items, weights, NULL, r.memory, bytes, &r.ease), AMPCF_OK);
    for (uint64_t before = 0; p.done < p.total; before = p.done) {
        CHECK_EQ(ampcf_ease_step(r.ease, max_steps, &p), AMPCF_OK);
        CHECK(p.done == p.total || p.done == before + max_steps);
    }
    CHECK_EQ(ampcf_ease_step(r.ease, 5, &p), AMPCF_OK); /* a step too many changes nothing */
    CHECK(p.done == p.total);
    return r;
}

/* ---- The reference, dense and in double ---- */

/* x (U, N) of weights, degrees of items and users. */
static double *dense_interactions(const data *d, const float *weights, double *of_item, double *of_user) {
    double *x = exact((size_t)d->n_users * d->n_items * sizeof *x);
    memset(x, 0, (size_t)d->n_users * d->n_items * sizeof *x);
    for (uint32_t j = 0; j < d->n_items; j++) of_item[j] = 0;
    for (uint32_t u = 0; u < d->n_users; u++) {
        of_user[u] = d->offsets[u + 1] - d->offsets[u];
        for (uint32_t i = d->offsets[u]; i < d->offsets[u + 1]; i++) {
            x[(size_t)u * d->n_items + d->items[i]] = weights ? (double)weights[i] : 1;
            of_item[d->items[i]]++;
        }
    }
    return x;
}

/* sum_u p_u x_u x_u^T (N, N). */
static void weighted_gram(const data *d, const ampcf_ease_config *c, const double *x, const double *of_user, double *out) {
    double sum = 0, active = 0;
    uint32_t n = d->n_items;
    for (uint32_t u = 0; u < d->n_users; u++)
        if (of_user[u] > 0) sum += pow(of_user[u], -(double)c->user_damping), active++;
    memset(out, 0, (size_t)n * n * sizeof *out);
    for (uint32_t u = 0; u < d->n_users; u++) {
        double p = of_user[u] > 0 ? pow(of_user[u], -(double)c->user_damping) * active / sum : 0;
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < n; j++) out[i * n + j] += p * x[(size_t)u * n + i] * x[(size_t)u * n + j];
    }
}

/* B (N, N), row i, column j. */
static double *reference_matrix(const data *d, const ampcf_ease_config *c, const float *weights) {
    uint32_t n = d->n_items;
    double *of_item = exact(n * sizeof *of_item), *of_user = exact(d->n_users * sizeof *of_user);
    double *x = dense_interactions(d, weights, of_item, of_user), *gram = exact((size_t)n * n * sizeof *gram);
    double *b = exact((size_t)n * n * sizeof *b), *copy = exact((size_t)n * n * sizeof *copy), *column = exact(n * sizeof *column);
    double mean = (double)d->offsets[d->n_users] / n;
    weighted_gram(d, c, x, of_user, gram);
    for (uint32_t j = 0; j < n; j++) {
        of_item[j] = fmax(of_item[j], 1);
        if (c->method == AMPCF_EASE) gram[j * n + j] += (double)c->lambda * pow(of_item[j] / mean, (double)c->lambda_growth);
    }
    for (uint32_t j = 0; j < n; j++) {
        double factor = (double)c->strength * pow(of_item[j] / mean, -(double)c->popularity_damping);
        memcpy(copy, gram, (size_t)n * n * sizeof *copy);
        for (uint32_t i = 0; i < n; i++) column[i] = i == j;
        if (c->method == AMPCF_EASE) dense_solve(copy, column, n);
        for (uint32_t i = 0; i < n; i++)
            b[i * n + j] = i == j ? 0 : c->method == AMPCF_EASE ? -column[i] / column[j] * factor
                : (double)c->strength * gram[i * n + j] * pow(of_item[i], -(double)c->source_damping) * pow(of_item[j], -(double)c->popularity_damping);
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
    const uint32_t *offsets = ampcf_ease_offsets(r->ease), *items = ampcf_ease_items(r->ease);
    const int8_t *values = ampcf_ease_values(r->ease);
    const float *scales = ampcf_ease_scales(r->ease);
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
    CHECK_EQ(ampcf_ease_score(r->ease, history, length, scores), AMPCF_OK);
    for (uint32_t j = 0; j < n; j++) {
        double sum = 0;
        for (uint32_t h = 0; h < length; h++) sum += b[history[h] * n + j];
        CHECK_NEAR(scores[j], sum, 3e-5 * (1 + largest_of(b, n)));
    }
    history[0] = n;
    CHECK_EQ(ampcf_ease_score(r->ease, history, 1, scores), AMPCF_E_ITEM_RANGE);
    free(scores);
}

static ampcf_ease_config plain_config(const data *d) {
    return (ampcf_ease_config){d->n_users, d->n_items, AMPCF_EASE, d->n_items, 0, 0, 8, 0.5f, 0.6f, 0.4f, 0.12f, 0.8f, 0, 0};
}

/* More people than items and fewer, so both forms; whole blocks of 64, one less, one more. */
static void follows_the_formulas(void) {
    static const uint32_t shapes[][2] = {{90, 30}, {300, 64}, {200, 65}, {150, 130}, {30, 90}, {64, 100}, {65, 127}, {5, 2}, {1, 3}, {2, 2}};
    uint64_t rng = 201;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int variant = 0; variant < 3; variant++) {
            data d = make_data(shapes[s][0], shapes[s][1], variant == 2, &rng);
            ampcf_ease_config c = plain_config(&d);
            if (d.offsets[d.n_users] > 0) {
                if (variant == 1) c.lambda_growth = 0, c.user_damping = 0, c.popularity_damping = 0, c.strength = -2;
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
        ampcf_ease_config c = plain_config(&d);
        c.method = AMPCF_COOCCURRENCE, c.popularity_damping = (float)(round % 3) * 0.3f;
        double *b = reference_matrix(&d, &c, d.weights);
        run r = compute(&c, &d, d.weights, 2);
        float none[1];
        check_matrix(&d, b, &r);
        CHECK_EQ(ampcf_ease_score(r.ease, NULL, 0, none), AMPCF_E_ARGUMENT);
        free(b), free(r.memory), free_data(&d);
    }
}

static const double *rank_column, *rank_degree;
static uint32_t rank_n, rank_j;

static int by_loss(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    double p = fabs(rank_column[x * rank_n + rank_j]) * pow(rank_degree[x], 0.35), q = fabs(rank_column[y * rank_n + rank_j]) * pow(rank_degree[y], 0.35);
    return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

/* B with m sources a column, those that matter most, and in EASE the columns fitted again over them; in place. */
static void reference_cut(const data *d, const ampcf_ease_config *c, const float *weights, double *b) {
    uint32_t n = d->n_items, m = c->neighbours, *order = exact(n * sizeof *order);
    double *of_item = exact(n * sizeof *of_item), *of_user = exact(d->n_users * sizeof *of_user), mean = (double)d->offsets[d->n_users] / n;
    double *x = dense_interactions(d, weights, of_item, of_user), *gram = exact((size_t)n * n * sizeof *gram), *part = exact(m * m * sizeof *part);
    double *right = exact(m * sizeof *right), *all = exact_copy(b, (size_t)n * n * sizeof *b);
    weighted_gram(d, c, x, of_user, gram);
    memset(b, 0, (size_t)n * n * sizeof *b);
    for (uint32_t j = 0; j < n; j++) of_item[j] = fmax(of_item[j], 1);
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i < n; i++) order[i] = i;
        rank_column = all, rank_degree = of_item, rank_n = n, rank_j = j;
        qsort(order, n, sizeof *order, by_loss);
        for (uint32_t k = 0; k < m; k++) {
            for (uint32_t l = 0; l < m; l++) part[k * m + l] = gram[order[k] * n + order[l]];
            part[k * m + k] += (double)c->lambda * pow(of_item[order[k]] / mean, (double)c->lambda_growth);
            right[k] = gram[order[k] * n + j] * (double)c->strength * pow(of_item[j] / mean, -(double)c->popularity_damping);
        }
        if (c->method == AMPCF_EASE) dense_solve(part, right, m);
        for (uint32_t k = 0; k < m; k++) b[order[k] * n + j] = c->method == AMPCF_EASE ? right[k] : all[order[k] * n + j];
    }
    free(order), free(of_item), free(of_user), free(x), free(gram), free(part), free(right), free(all);
}

static void keeps_what_matters(void) {
    uint64_t rng = 215; /* a seed without near ties, which rounding would decide */
    for (uint32_t m = 1; m <= 40; m += 13)
        for (int variant = 0; variant < 4; variant++) {
            data d = make_data(variant % 2 ? 40 : 200, 70, 0, &rng);
            ampcf_ease_config c = plain_config(&d);
            c.neighbours = m, c.method = variant == 3 ? AMPCF_COOCCURRENCE : AMPCF_EASE;
            const float *weights = variant == 1 ? NULL : d.weights;
            double *b = reference_matrix(&d, &c, weights);
            reference_cut(&d, &c, weights, b);
            run r = compute(&c, &d, weights, 7);
            check_matrix(&d, b, &r);
            free(b), free(r.memory), free_data(&d);
        }
}

static void bytes_do_not_depend_on_steps(void) {
    uint64_t rng = 207;
    for (int dual = 0; dual < 2; dual++) {
        data d = make_data(dual ? 100 : 300, 150, 0, &rng);
        ampcf_ease_config c = plain_config(&d);
        c.neighbours = 9;
        run a = compute(&c, &d, d.weights, 1), b = compute(&c, &d, d.weights, 1000);
        uint32_t n = ampcf_ease_offsets(a.ease)[150];
        CHECK(n > 300);
        CHECK_BYTES(ampcf_ease_offsets(a.ease), ampcf_ease_offsets(b.ease), 151 * sizeof(uint32_t));
        CHECK_BYTES(ampcf_ease_items(a.ease), ampcf_ease_items(b.ease), n * sizeof(uint32_t));
        CHECK_BYTES(ampcf_ease_values(a.ease), ampcf_ease_values(b.ease), n);
        CHECK_BYTES(ampcf_ease_scales(a.ease), ampcf_ease_scales(b.ease), 150 * sizeof(float));
        free(a.memory), free(b.memory), free_data(&d);
    }
}

/* A condition number of 1e4: within 1e-3 of the largest, as single precision allows. */
static void inverts_badly_conditioned(void) {
    enum { N = 200 };
    uint64_t rng = 209;
    double *a = exact(N * N * sizeof *a), *copy = exact(N * N * sizeof *copy), column[N];
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j <= i; j++) a[i * N + j] = a[j * N + i] = 50 + (double)random_float(&rng, -0.1f, 0.1f) + (i == j ? 4 : 0);
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
    const ampcf_ease_config good = plain_config(&d);
    uint32_t x = d.offsets[30];
    size_t bytes = ampcf_ease_memory(&good, x);
    void *memory = exact(bytes);
    ampcf_ease *ease = NULL;
    CHECK(bytes > 0);
#define BAD(field, value) do { \
        ampcf_ease_config c = good; \
        c.field = value; \
        CHECK_EQ_IN(ampcf_ease_memory(&c, x), 0, #field); \
        CHECK_EQ_IN(ampcf_ease_open(&c, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_E_ARGUMENT, #field); \
    } while (0)
    BAD(n_users, 0); BAD(n_users, AMPCF_MAX_USERS + 1);
    BAD(n_items, 0); BAD(n_items, AMPCF_MAX_ITEMS + 1);
    BAD(method, 2); BAD(neighbours, 21);
    BAD(lambda, 0); BAD(lambda, -1); BAD(lambda, 2e9f); BAD(lambda, (float)NAN);
    BAD(lambda_growth, -0.1f); BAD(lambda_growth, 5); BAD(user_damping, -1); BAD(user_damping, (float)NAN);
    BAD(source_damping, -1); BAD(popularity_damping, 5); BAD(strength, 2000); BAD(strength, (float)INFINITY);
    ampcf_ease_config c = good;
    c.n_users = c.n_items = 40000, c.neighbours = 10; /* 6.4 GB */
    CHECK_EQ(ampcf_ease_memory(&c, x), 0);
    c.method = AMPCF_COOCCURRENCE;
    CHECK(ampcf_ease_memory(&c, x) > 0 && ampcf_ease_memory(&c, x) < 40000000);
    c.method = AMPCF_EASE, c.n_users = 500; /* the small side is inverted */
    CHECK(ampcf_ease_memory(&c, x) > 0 && ampcf_ease_memory(&c, x) < 40000000);
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes - 1, &ease), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, (char *)memory + 8, bytes, &ease), AMPCF_E_MEMORY);
    uint32_t was = d.items[5];
    d.items[5] = 20;
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_E_ITEM_RANGE);
    d.items[5] = d.items[4];
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_E_ARGUMENT);
    d.items[5] = was, d.weights[2] = 0;
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, d.weights, NULL, memory, bytes, &ease), AMPCF_E_ARGUMENT);
    d.offsets[2] = x + 1;
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_E_ARGUMENT);
    for (uint32_t u = 0; u <= 30; u++) d.offsets[u] = 0;
    CHECK_EQ(ampcf_ease_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &ease), AMPCF_E_NO_DATA);
    CHECK(ease == NULL);
    free(memory), free_data(&d);
}

int main(void) {
    follows_the_formulas();
    cooccurrence();
    keeps_what_matters();
    bytes_do_not_depend_on_steps();
    inverts_badly_conditioned();
    refused();
    return check_report();
}
