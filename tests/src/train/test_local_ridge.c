/* Owns the test of local_ridge.c: pattern, fit and cut against a dense reference in double, and what it
 * takes. Must leave what all methods refuse to test_neighbours.c. */
#include "interactions.h"
#include "models.h"

typedef struct run {
    void *memory;
    ampcf_neighbours *local;
} run;

static run compute(const ampcf_neighbours_config *c, const data *d, const float *weights,
                   uint32_t max_steps) {
    size_t bytes = ampcf_neighbours_memory(c, d->offsets[d->n_users]);
    run r = {exact(bytes), NULL};
    ampcf_neighbours_progress p = {0, 1};
    memset(r.memory, (int)max_steps & 255, bytes); /* what was there before must not matter */
    CHECK(bytes > 0);
    CHECK_EQ(ampcf_neighbours_open(c, d->offsets, d->items, weights, NULL, r.memory, bytes, &r.local),
             AMPCF_OK);
    for (uint64_t before = 0; p.done < p.total; before = p.done) {
        CHECK_EQ(ampcf_neighbours_step(r.local, max_steps, &p), AMPCF_OK);
        CHECK(p.done == p.total || p.done == before + max_steps);
    }
    CHECK_EQ(ampcf_neighbours_step(r.local, 5, &p), AMPCF_OK); /* a step too many changes nothing */
    CHECK(p.done == p.total);
    return r;
}

static ampcf_neighbours_config plain_config(const data *d, uint32_t m) {
    return (ampcf_neighbours_config){.n_users = d->n_users,
                                     .n_items = d->n_items,
                                     .method = AMPCF_NEIGHBOURS_LOCAL,
                                     .neighbours = m,
                                     .lambda = 2,
                                     .user_damping = 0.3f,
                                     .source_damping = 0.35f,
                                     .strength = 1.5f};
}

/* ---- The reference, dense and in double ---- */

typedef struct reference {
    uint32_t n, widest;
    double *gram;              /* (N, N) G */
    double *degree, *together; /* (N), (N, N) */
    double *b;                 /* (N, N) source, target */
} reference;

static reference open_reference(const data *d, const ampcf_neighbours_config *c, const float *weights) {
    uint32_t n = d->n_items, widest = 8 * c->neighbours;
    size_t bytes = (size_t)n * n * sizeof(double);
    reference r = {
        n, widest < n ? widest : n - 1, exact(bytes), exact(n * sizeof(double)), exact(bytes), exact(bytes)};
    double sum = 0, active = 0;
    memset(r.gram, 0, bytes), memset(r.together, 0, bytes), memset(r.b, 0, bytes);
    for (uint32_t j = 0; j < n; j++) r.degree[j] = 0;
    for (uint32_t u = 0; u < d->n_users; u++) {
        double own = d->offsets[u + 1] - d->offsets[u];
        if (own > 0) sum += pow(own, -(double)c->user_damping), active++;
    }
    for (uint32_t u = 0; u < d->n_users; u++)
        for (uint32_t x = d->offsets[u]; x < d->offsets[u + 1]; x++) {
            double own = d->offsets[u + 1] - d->offsets[u];
            r.degree[d->items[x]]++;
            for (uint32_t y = d->offsets[u]; y < d->offsets[u + 1]; y++) {
                size_t at = (size_t)d->items[x] * n + d->items[y];
                r.gram[at] += pow(own, -(double)c->user_damping) * active / sum *
                              (weights ? (double)weights[x] * (double)weights[y] : 1);
                r.together[at]++;
            }
        }
    for (uint32_t j = 0; j < n; j++) r.degree[j] = fmax(r.degree[j], 1);
    return r;
}

static void close_reference(reference *r) { free(r->gram), free(r->degree), free(r->together), free(r->b); }

/* marks[k] = 1 for the `most` largest values, of which none is 0. */
static void mark_best(const double *values, uint32_t n, uint32_t most, int *marks) {
    for (uint32_t k = 0; k < n; k++) {
        uint32_t better = 0;
        for (uint32_t l = 0; l < n; l++) better += values[l] > values[k] || (values[l] == values[k] && l < k);
        if (values[k] > 0 && better < most) marks[k] = 1;
    }
}

/* G_ik n_k^-exponent where the two may be linked, else 0. */
static void find_keys(const reference *r, const ampcf_neighbours_config *c, uint32_t i, double exponent,
                      double *keys) {
    for (uint32_t k = 0; k < r->n; k++) {
        size_t at = (size_t)i * r->n + k;
        int linked = k != i && r->together[at] > 0 && r->together[at] >= c->pair_support;
        keys[k] = linked ? r->gram[at] * pow(r->degree[k], -exponent) : 0;
    }
}

/* pattern (N, N): who is a source (row) of whom (column). */
static int *reference_pattern(const reference *r, const ampcf_neighbours_config *c) {
    uint32_t n = r->n;
    int *chosen = exact((size_t)n * n * sizeof *chosen), *pattern = exact((size_t)n * n * sizeof *pattern),
        *own = exact(n * sizeof *own);
    double *keys = exact(n * sizeof *keys);
    memset(chosen, 0, (size_t)n * n * sizeof *chosen), memset(pattern, 0, (size_t)n * n * sizeof *pattern);
    for (uint32_t i = 0; i < n; i++) {
        find_keys(r, c, i, 0.4, keys);
        mark_best(keys, n, c->neighbours, chosen + (size_t)i * n);
    }
    for (uint32_t j = 0; j < n; j++) {
        memset(own, 0, n * sizeof *own);
        find_keys(r, c, j, 0.5, keys);
        mark_best(keys, n, c->neighbours, own);
        for (uint32_t i = 0; i < n; i++) keys[i] *= own[i] || chosen[(size_t)i * n + j];
        memset(own, 0, n * sizeof *own);
        mark_best(keys, n, r->widest, own);
        for (uint32_t i = 0; i < n; i++) pattern[(size_t)i * n + j] = own[i];
    }
    free(chosen), free(own), free(keys);
    return pattern;
}

/* The mean of the diagonal of n^-b G n^-b over items of several people. */
static double mean_diagonal(const reference *r, double exponent) {
    double sum = 0, count = 0;
    for (uint32_t i = 0; i < r->n; i++)
        if (r->degree[i] > 1) sum += r->gram[i * r->n + i] * pow(r->degree[i], -2 * exponent), count++;
    return sum / count;
}

/* Each column by its system in the damped form, where B_ij = n_i^-b beta_i n_j^b. */
static void reference_fit(reference *r, const data *d, const ampcf_neighbours_config *c) {
    uint32_t n = r->n, *own = exact(n * sizeof *own);
    int *pattern = reference_pattern(r, c);
    double *system = exact((size_t)n * n * sizeof *system), *right = exact(n * sizeof *right);
    double exponent = (double)c->source_damping, md = mean_diagonal(r, exponent),
           mean = (double)d->offsets[d->n_users] / n;
    for (uint32_t j = 0; j < n; j++) {
        uint32_t m = 0;
        for (uint32_t i = 0; i < n; i++)
            if (pattern[(size_t)i * n + j]) own[m++] = i;
        for (uint32_t k = 0; k < m; k++) {
            for (uint32_t l = 0; l < m; l++)
                system[k * m + l] = r->gram[(size_t)own[k] * n + own[l]] *
                                    pow(r->degree[own[k]] * r->degree[own[l]], -exponent);
            system[k * m + k] += (double)c->lambda * md;
            right[k] = r->gram[(size_t)own[k] * n + j] * pow(r->degree[own[k]] * r->degree[j], -exponent);
        }
        dense_solve(system, right, m);
        for (uint32_t k = 0; k < m; k++)
            r->b[(size_t)own[k] * n + j] = right[k] * pow(r->degree[j] / r->degree[own[k]], exponent) *
                                           (double)c->strength *
                                           pow(r->degree[j] / mean, -(double)c->popularity_damping);
    }
    free(own), free(pattern), free(system), free(right);
}

/* Each source keeps its m largest. */
static void reference_cut(reference *r, const ampcf_neighbours_config *c) {
    double *sizes = exact(r->n * sizeof *sizes);
    int *kept = exact(r->n * sizeof *kept);
    for (uint32_t i = 0; i < r->n; i++) {
        double *row = r->b + (size_t)i * r->n;
        for (uint32_t j = 0; j < r->n; j++) sizes[j] = fabs(row[j]), kept[j] = 0;
        mark_best(sizes, r->n, c->neighbours, kept);
        for (uint32_t j = 0; j < r->n; j++)
            if (!kept[j]) row[j] = 0;
    }
    free(sizes), free(kept);
}

/* ---- The checks ---- */

/* Each entry within half a step of its row's scale, and listed where it is more than that; rows increase. */
static void check_rows(const reference *want, const run *r) {
    uint32_t n = want->n;
    const uint32_t *offsets = ampcf_neighbours_offsets(r->local), *items = ampcf_neighbours_items(r->local);
    const int8_t *values = ampcf_neighbours_values(r->local);
    const float *scales = ampcf_neighbours_scales(r->local);
    CHECK_EQ(offsets[0], 0);
    for (uint32_t i = 0; i < n; i++) {
        const double *row = want->b + (size_t)i * n;
        double largest = 0, scale = (double)scales[i];
        for (uint32_t j = 0; j < n; j++) largest = fmax(largest, fabs(row[j]));
        CHECK_NEAR(scale, largest / 127, 1e-4 * largest / 127 + 1e-9);
        uint32_t e = offsets[i];
        for (uint32_t j = 0; j < n; j++) {
            int listed = e < offsets[i + 1] && items[e] == j;
            CHECK(listed ? fabs(row[j]) > 0.49 * scale : fabs(row[j]) < 0.51 * scale + 1e-30);
            CHECK_NEAR(listed ? values[e] * scale : 0, row[j], 0.51 * scale);
            if (listed) CHECK(values[e++] != 0 && i != j);
        }
        CHECK_EQ(e, offsets[i + 1]);
    }
}

/* Sources fewer than 8 m and cut to them; items all popular and not; m up to all of them. */
static void follows_the_formulas(void) {
    static const uint32_t shapes[][3] = {{200, 70, 1},  {200, 70, 3},  {300, 120, 9}, {60, 150, 5},
                                         {90, 40, 39},  {90, 40, 40},  {5, 2, 1},     {40, 3, 2},
                                         {400, 200, 2}, {150, 130, 20}};
    uint64_t rng = 301; /* a seed without near ties, which rounding would decide */
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int variant = 0; variant < 4; variant++) {
            data d = make_data(shapes[s][0], shapes[s][1], variant == 2 && shapes[s][1] > 3, &rng);
            if (d.offsets[d.n_users] == 0) {
                free_data(&d);
                continue;
            }
            ampcf_neighbours_config c = plain_config(&d, shapes[s][2]);
            if (variant == 1) c.user_damping = 0, c.source_damping = 0, c.strength = -2;
            if (variant == 2) c.popularity_damping = 0.2f, c.lambda = 0.1f;
            if (variant == 3) c.pair_support = 3;
            reference want = open_reference(&d, &c, d.weights);
            reference_fit(&want, &d, &c);
            reference_cut(&want, &c);
            run r = compute(&c, &d, d.weights, 1 + (uint32_t)variant * 2);
            check_rows(&want, &r);
            close_reference(&want), free(r.memory), free_data(&d);
        }
}

/* All items alike: everybody chooses 0 and 1, which have 11 sources each, and the others have these two, who
 * say the same, and more, of each of the others. */
static void ties_go_to_the_lower_item(void) {
    enum { USERS = 30, ITEMS = 12 };
    uint32_t offsets[USERS + 1], items[USERS * ITEMS];
    for (uint32_t u = 0; u <= USERS; u++) offsets[u] = u * ITEMS;
    for (uint32_t x = 0; x < USERS * ITEMS; x++) items[x] = x % ITEMS;
    data d = {USERS, ITEMS, offsets, items, NULL};
    ampcf_neighbours_config c = plain_config(&d, 2);
    run r = compute(&c, &d, NULL, 3);
    const uint32_t *at = ampcf_neighbours_offsets(r.local), *kept = ampcf_neighbours_items(r.local);
    for (uint32_t i = 0; i < ITEMS; i++) {
        CHECK_EQ(at[i + 1] - at[i], 2);
        CHECK_EQ(kept[at[i]], i < 2 ? 2 : 0);
        CHECK_EQ(kept[at[i] + 1], i < 2 ? 3 : 1);
    }
    free(r.memory);
}

static void bytes_do_not_depend_on_steps(void) {
    uint64_t rng = 307;
    for (int variant = 0; variant < 2; variant++) {
        data d = make_data(250, 150, 0, &rng);
        ampcf_neighbours_config c = plain_config(&d, 9);
        const float *weights = variant ? d.weights : NULL;
        run a = compute(&c, &d, weights, 1), b = compute(&c, &d, weights, 1000);
        uint32_t n = ampcf_neighbours_offsets(a.local)[150];
        CHECK(n > 600 && n <= 9 * 150);
        CHECK_BYTES(ampcf_neighbours_offsets(a.local), ampcf_neighbours_offsets(b.local),
                    151 * sizeof(uint32_t));
        CHECK_BYTES(ampcf_neighbours_items(a.local), ampcf_neighbours_items(b.local), n * sizeof(uint32_t));
        CHECK_BYTES(ampcf_neighbours_values(a.local), ampcf_neighbours_values(b.local), n);
        CHECK_BYTES(ampcf_neighbours_scales(a.local), ampcf_neighbours_scales(b.local), 150 * sizeof(float));
        free(a.memory), free(b.memory), free_data(&d);
    }
}

/* Nobody shares an item, and one item alone: nothing is kept, and nothing divides by it. */
static void nothing_in_common(void) {
    uint32_t offsets[] = {0, 1, 2, 2}, items[] = {0, 2};
    data d = {3, 3, offsets, items, NULL}, one = {3, 1, offsets, items, NULL};
    ampcf_neighbours_config c = plain_config(&d, 2);
    run r = compute(&c, &d, NULL, 1);
    CHECK_EQ(ampcf_neighbours_offsets(r.local)[3], 0);
    free(r.memory);
    items[1] = 0, c = plain_config(&one, 1);
    r = compute(&c, &one, NULL, 1);
    CHECK_EQ(ampcf_neighbours_offsets(r.local)[1], 0);
    free(r.memory);
}

/* Exponents and ridges at the ends of their ranges: numbers that a file can hold. */
static void extremes_stay_finite(void) {
    static const float ends[][4] = {{1e-3f, 4, 4, 4}, {1e-3f, 0, 0, -4}, {1e9f, 4, 4, -4}, {1e9f, 0, 4, 4}};
    uint64_t rng = 313;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        data d = make_data(300, 90, 0, &rng);
        ampcf_neighbours_config c = plain_config(&d, 30);
        for (uint32_t x = 0; x < d.offsets[300]; x++) d.weights[x] = x % 2 ? AMPCF_MAX_WEIGHT : 1e-3f;
        c.lambda = ends[i][0], c.user_damping = ends[i][1], c.source_damping = ends[i][2],
        c.popularity_damping = ends[i][3];
        run r = compute(&c, &d, d.weights, 7);
        for (uint32_t k = 0; k < 90; k++)
            CHECK(ampcf_neighbours_scales(r.local)[k] >= 0 && ampcf_neighbours_scales(r.local)[k] < 1e30f);
        free(r.memory), free_data(&d);
    }
}

static void refused(void) {
    uint64_t rng = 311;
    data d = make_data(30, 20, 0, &rng);
    const ampcf_neighbours_config good = plain_config(&d, 5);
    uint32_t x = d.offsets[30], item = 0;
    size_t bytes = ampcf_neighbours_memory(&good, x);
    void *memory = exact(bytes);
    float scores[20];
    ampcf_neighbours *local = NULL;
#define BAD(field, value)                                                                                    \
    do {                                                                                                     \
        ampcf_neighbours_config c = good;                                                                    \
        c.field = value;                                                                                     \
        CHECK_EQ_IN(ampcf_neighbours_memory(&c, x), 0, #field);                                              \
        CHECK_EQ_IN(ampcf_neighbours_open(&c, d.offsets, d.items, NULL, NULL, memory, bytes, &local),        \
                    AMPCF_E_ARGUMENT, #field);                                                               \
    } while (0)
    BAD(neighbours, 0);
    BAD(neighbours, 21);
    BAD(n_aspects, 1);
    BAD(dim, 1);
    BAD(lambda, 0);
    BAD(lambda, (float)NAN);
    BAD(source_damping, -0.1f);
    BAD(source_damping, 4.1f);
    BAD(popularity_damping, 5);
    BAD(strength, (float)INFINITY);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes - 1, &local),
             AMPCF_E_MEMORY);
    CHECK(local == NULL);
    CHECK_EQ(ampcf_neighbours_open(&good, d.offsets, d.items, NULL, NULL, memory, bytes, &local), AMPCF_OK);
    CHECK_EQ(ampcf_neighbours_score(local, &item, 1, scores), AMPCF_E_ARGUMENT); /* there is no whole B */
    free(memory), free_data(&d);
}

/* Nothing of N^2, nothing of U^2: 29 bytes an entry, and the system of one target. */
static void takes_memory_by_entries(void) {
    ampcf_neighbours_config c = {.n_users = 1000000,
                                 .n_items = 1000000,
                                 .method = AMPCF_NEIGHBOURS_LOCAL,
                                 .neighbours = 50,
                                 .lambda = 5,
                                 .user_damping = 0.3f,
                                 .source_damping = 0.3f,
                                 .strength = 1};
    uint64_t entries = 50000000, around = 4 * 400 * 400 + 16 * 20000000ull + 120 * 1000000ull,
             bytes = ampcf_neighbours_memory(&c, 20000000);
    CHECK(bytes > 29 * entries - 1000000 && bytes < 29 * entries + around);
    c.neighbours = 256;
    CHECK_EQ(ampcf_neighbours_memory(&c, 20000000), 0); /* more than 4 GiB */
    c.n_items = 1000, c.neighbours = 1000;
    CHECK(ampcf_neighbours_memory(&c, 1000) > 29 * 999000ull - 100000);
}

int main(void) {
    follows_the_formulas();
    ties_go_to_the_lower_item();
    bytes_do_not_depend_on_steps();
    nothing_in_common();
    extremes_stay_finite();
    refused();
    takes_memory_by_entries();
    return check_report();
}
