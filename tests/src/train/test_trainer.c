/* Owns the test of the trainer (train.c, train_als.c, train_solve.c): the solution is stationary in
 * double precision, bytes depend on input and seed alone, and bad input is refused.
 * Must not read the trainer's state: what cannot be seen from outside is not promised. */
#include "models.h"

typedef struct data {
    uint32_t n_users, n_items, *offsets, *items;
    float *weights;
} data;

static data make_data(uint32_t n_users, uint32_t n_items, uint64_t *rng) {
    data d = {n_users, n_items, exact((n_users + 1) * sizeof(uint32_t)), NULL, NULL};
    uint32_t *items = malloc((size_t)n_users * n_items * sizeof *items), at = 0;
    d.offsets[0] = 0;
    for (uint32_t u = 0; u < n_users; u++) {
        for (uint32_t j = 0; j < n_items; j++) /* two groups of items, so that there is something to learn */
            if (random_below(rng, j % 2 == u % 2 ? 3 : 12) == 0 && u != 3)
                items[at++] = j; /* user 3 has nothing */
        d.offsets[u + 1] = at;
    }
    d.items = exact_copy(items, at * sizeof *items);
    d.weights = exact(at * sizeof *d.weights);
    for (uint32_t x = 0; x < at; x++) d.weights[x] = random_float(rng, 0.2f, 3);
    free(items);
    return d;
}

static void free_data(data *d) { free(d->offsets), free(d->items), free(d->weights); }

static ampcf_train_config plain_config(const data *d) {
    return (ampcf_train_config){.n_users = d->n_users,
                                .n_items = d->n_items,
                                .dim = 5,
                                .n_personas = 1,
                                .leaves = 8,
                                .sweeps = 4,
                                .seed = 1,
                                .alpha = 0.3f,
                                .lambda = 0.05f,
                                .nu = 1,
                                .split = 0.8f,
                                .gate = 0.5f,
                                .proportional = 0.25f,
                                .bias = 0.01f};
}

/* A finished run in memory of exactly the promised size. */
typedef struct run {
    void *memory;
    ampcf_trainer *trainer;
} run;

static run train(const ampcf_train_config *c, const data *d, const float *weights, uint32_t max_rows) {
    size_t bytes = ampcf_trainer_memory(c, d->offsets[d->n_users]);
    run r = {exact(bytes), NULL};
    ampcf_train_progress p = {0, 1, 0, 0};
    uint64_t total = (uint64_t)c->sweeps * (c->n_users + c->n_items), steps = 0;
    memset(r.memory, (int)max_rows & 255, bytes); /* what was there before must not matter */
    CHECK(bytes > 0);
    CHECK_EQ(ampcf_trainer_open(c, d->offsets, d->items, weights, r.memory, bytes, &r.trainer), AMPCF_OK);
    while (p.done < p.total && steps++ <= total) {
        uint64_t before = p.done;
        CHECK_EQ(ampcf_trainer_step(r.trainer, max_rows, &p), AMPCF_OK);
        CHECK(p.total == total && p.done == (before + max_rows < total ? before + max_rows : total) &&
              p.sweeps == c->sweeps);
    }
    CHECK(p.done == total && p.sweep == c->sweeps);
    CHECK_EQ(ampcf_trainer_step(r.trainer, max_rows, &p), AMPCF_OK); /* a step too many changes nothing */
    CHECK(p.done == total);
    return r;
}

static void check_same(const ampcf_train_config *c, run a, run b, int same) {
    size_t d = c->dim, n = c->n_items;
    int equal =
        memcmp(ampcf_trainer_vectors(a.trainer), ampcf_trainer_vectors(b.trainer), n * d * 4) == 0 &&
        memcmp(ampcf_trainer_bias(a.trainer), ampcf_trainer_bias(b.trainer), n * 4) == 0 &&
        memcmp(ampcf_trainer_gram(a.trainer), ampcf_trainer_gram(b.trainer), d * (d + 1) / 2 * 4) == 0 &&
        memcmp(ampcf_trainer_settings(a.trainer), ampcf_trainer_settings(b.trainer), SETTINGS * 4) == 0;
    CHECK(equal == same);
}

/* ---- Stationarity: P = 1 in double precision ---- */

enum { USERS = 30, ITEMS = 17, DIM = 5 };

static int find_pair(const data *d, uint32_t user, uint32_t item, double *out_weight) {
    for (uint32_t x = d->offsets[user]; x < d->offsets[user + 1]; x++)
        if (d->items[x] == item) return *out_weight = (double)d->weights[x], 1;
    return *out_weight = 0, 0;
}

static double ridge(const ampcf_train_config *c, double weight, uint32_t n_other) {
    return (double)c->lambda * pow(weight + (double)c->alpha * n_other, (double)c->nu);
}

/* The objective of ampcf_train.h, literally. */
static double objective(const ampcf_train_config *c, const data *d, double users[][DIM],
                        double items[][DIM]) {
    double sum = 0, mass_of_item[ITEMS] = {0};
    for (uint32_t u = 0; u < USERS; u++) {
        double mass = 0, norm = 0;
        for (uint32_t k = 0; k < DIM; k++) norm += users[u][k] * users[u][k];
        for (uint32_t j = 0; j < ITEMS; j++) {
            double w, y = 0;
            int seen = find_pair(d, u, j, &w);
            for (uint32_t k = 0; k < DIM; k++) y += users[u][k] * items[j][k];
            sum += (seen ? w * (1 - y) * (1 - y) : 0) + (double)c->alpha * y * y;
            mass += w, mass_of_item[j] += w;
        }
        sum += ridge(c, mass, ITEMS) * norm;
    }
    for (uint32_t j = 0; j < ITEMS; j++)
        for (uint32_t k = 0; k < DIM; k++)
            sum += ridge(c, mass_of_item[j], USERS) * items[j][k] * items[j][k];
    return sum;
}

/* The best user vectors for given items: dense normal equations in double. */
static void best_users(const ampcf_train_config *c, const data *d, double items[][DIM], double users[][DIM]) {
    for (uint32_t u = 0; u < USERS; u++) {
        double m[DIM * DIM] = {0}, mass = 0;
        memset(users[u], 0, sizeof users[u]);
        for (uint32_t j = 0; j < ITEMS; j++) {
            double w;
            (void)find_pair(d, u, j, &w);
            mass += w;
            for (uint32_t a = 0; a < DIM; a++) {
                users[u][a] += w * items[j][a];
                for (uint32_t b = 0; b < DIM; b++)
                    m[a * DIM + b] += (w + (double)c->alpha) * items[j][a] * items[j][b];
            }
        }
        for (uint32_t a = 0; a < DIM; a++) m[a * DIM + a] += ridge(c, mass, ITEMS);
        dense_solve(m, users[u], DIM);
    }
}

/* After many sweeps no item can be moved to advantage: the central difference of the objective, users solved
 * again or not. */
static void solution_is_stationary(void) {
    uint64_t rng = 101;
    data d = make_data(USERS, ITEMS, &rng);
    for (int variant = 0; variant < 4; variant++) {
        ampcf_train_config c = plain_config(&d);
        c.sweeps = 1000;
        c.nu = variant == 1 ? 0 : variant == 2 ? 0.5f : 1;
        if (variant == 3) c.n_personas = 3; /* of the device */
        run r = train(&c, &d, d.weights, 4096);
        static double items[ITEMS][DIM], users[USERS][DIM];
        double largest = 0, start, scale = 0;
        for (uint32_t j = 0; j < ITEMS; j++)
            for (uint32_t k = 0; k < DIM; k++) {
                items[j][k] = (double)ampcf_trainer_vectors(r.trainer)[j * DIM + k];
                scale = fmax(scale, fabs(items[j][k]));
            }
        CHECK(scale > 0.1); /* not the trivial solution */
        best_users(&c, &d, items, users);
        start = objective(&c, &d, users, items);
        for (uint32_t j = 0; j < ITEMS; j++)
            for (uint32_t k = 0; k < DIM; k++) {
                double was = items[j][k], step = 1e-4, up, down;
                items[j][k] = was + step, up = objective(&c, &d, users, items);
                items[j][k] = was - step, down = objective(&c, &d, users, items);
                items[j][k] = was;
                largest = fmax(largest, fabs(up - down) / (2 * step));
                CHECK(up > start - 1e-8 && down > start - 1e-8);
            }
        CHECK_NEAR(largest, 0, 1e-4 * start);
        items[0][0] += 0.05; /* the same measure away from the solution, or it could not fail */
        CHECK(objective(&c, &d, users, items) > start + 1e-3);
        for (uint32_t j = 0; j < ITEMS; j++) {
            uint32_t count = 0;
            for (uint32_t x = 0; x < d.offsets[USERS]; x++) count += d.items[x] == j;
            CHECK_NEAR(ampcf_trainer_bias(r.trainer)[j], 0.01 * count / USERS, 1e-8);
        }
        float gram[DIM * (DIM + 1) / 2];
        fill_gram(ampcf_trainer_vectors(r.trainer), ITEMS, DIM, gram);
        for (uint32_t i = 0; i < DIM * (DIM + 1) / 2; i++)
            CHECK_NEAR(ampcf_trainer_gram(r.trainer)[i], gram[i], 1e-6);
        const float *s = ampcf_trainer_settings(r.trainer),
                    wanted[SETTINGS] = {[ALPHA] = c.alpha,
                                        [LAMBDA] = c.lambda,
                                        [NU] = c.nu,
                                        [SPLIT] = c.split,
                                        [GATE] = c.gate,
                                        [LEAVES] = (float)c.leaves,
                                        [PROPORTIONAL] = c.proportional};
        CHECK_BYTES(s, wanted, sizeof wanted);
        free(r.memory);
    }
    free_data(&d);
}

/* ---- Determinism ---- */

static void bytes_depend_on_input_alone(void) {
    uint64_t rng = 103;
    data d = make_data(60, 41, &rng);
    for (int variant = 0; variant < 4; variant++) {
        ampcf_train_config c = plain_config(&d), other;
        c.dim = variant == 0 ? 1 : variant == 1 ? 7 : 19;
        const float *w = variant == 2 ? NULL : d.weights;
        run whole = train(&c, &d, w, 1000), ones = train(&c, &d, w, 1), sevens = train(&c, &d, w, 7);
        check_same(&c, whole, ones, 1);
        check_same(&c, whole, sevens, 1);
        other = c, other.seed = 2;
        run seed = train(&other, &d, w, 7);
        check_same(&c, whole, seed, 0);
        other = c, other.sweeps++;
        run longer = train(&other, &d, w, 7);
        check_same(&c, whole, longer, 0);
        other = c, other.n_personas = 4, other.split = 0.1f; /* of the device: the items know nothing of it */
        run split = train(&other, &d, w, 7);
        CHECK_BYTES(ampcf_trainer_vectors(split.trainer), ampcf_trainer_vectors(whole.trainer),
                    41 * c.dim * sizeof(float));
        run *runs[] = {&whole, &ones, &sevens, &seed, &longer, &split};
        for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) free(runs[i]->memory);
    }
    free_data(&d);
}

/* ---- Refusals ---- */

static ampcf_status try_open(const ampcf_train_config *c, const data *d, const float *weights) {
    ampcf_train_config good = plain_config(d);
    good.n_personas = 64, good.dim = 32;
    size_t bytes = ampcf_trainer_memory(&good, d->offsets[d->n_users]);
    void *memory = exact(bytes);
    ampcf_trainer *t = NULL;
    ampcf_status status = ampcf_trainer_open(c, d->offsets, d->items, weights, memory, bytes, &t);
    CHECK((t != NULL) == (status == AMPCF_OK));
    free(memory);
    return status;
}

static void bad_configs(void) {
    uint64_t rng = 105;
    data d = make_data(6, 9, &rng);
    const ampcf_train_config good = plain_config(&d);
    const uint32_t counts[] = {0, 0xFFFFFFFFu};
    const float floats[] = {-1, (float)NAN, (float)INFINITY, -(float)INFINITY, 1e30f};
    CHECK_EQ(try_open(&good, &d, d.weights), AMPCF_OK);
    for (size_t field = 0; field < 7; field++) /* users, items, objective, dim, personas, leaves, sweeps */
        for (int v = field == 2; v < 2; v++) { /* objective 0 is als */
            ampcf_train_config c = good;
            memcpy((char *)&c + 4 * field, &counts[v], 4);
            CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
            CHECK_EQ(ampcf_trainer_memory(&c, 10), 0);
        }
    for (size_t field = offsetof(ampcf_train_config, alpha);
         field <= offsetof(ampcf_train_config, popularity_damping); field += 4) {
        if (field >= offsetof(ampcf_train_config, learning_rate) &&
            field <= offsetof(ampcf_train_config, attention_beta))
            continue; /* softmax */
        for (size_t v = 0; v < sizeof floats / sizeof *floats; v++) {
            ampcf_train_config c = good;
            memcpy((char *)&c + field, &floats[v], 4);
            CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
            CHECK_EQ(ampcf_trainer_memory(&c, 10), 0);
        }
    }
    ampcf_train_config c = good;
    c.alpha = 0;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.lambda = 0;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.dim = AMPCF_MAX_DIM + 1;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.n_personas = AMPCF_MAX_PERSONAS + 1;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.leaves = AMPCF_MAX_LEAVES + 1;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.gate = 16.01f;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.proportional = 1.01f;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.gate = 16, c.leaves = AMPCF_MAX_LEAVES, c.proportional = 1;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_OK);
    c = good, c.sweeps = 1001;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.popularity_damping = 2.01f;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
    c = good, c.user_damping = c.item_damping = c.popularity_damping = 2;
    CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_OK);
    CHECK_EQ(ampcf_trainer_memory(&good, 0xFFFFFFFFu), 0);
    free_data(&d);
}

static void bad_input(void) {
    uint64_t rng = 107;
    data d = make_data(6, 30, &rng);
    const ampcf_train_config c = plain_config(&d);
    uint32_t x = d.offsets[6], was;
    const float bad[] = {0, -1, (float)NAN, (float)INFINITY, 1025};
    CHECK(x > 4 && d.offsets[1] >= 2);
    for (size_t v = 0; v < sizeof bad / sizeof *bad; v++)
        for (uint32_t i = 0; i < x; i++) {
            float kept = d.weights[i];
            d.weights[i] = bad[v];
            CHECK_EQ(try_open(&c, &d, d.weights), AMPCF_E_ARGUMENT);
            d.weights[i] = kept;
        }
    for (uint32_t i = 0; i < x; i++) {
        was = d.items[i];
        d.items[i] = 30;
        CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ITEM_RANGE);
        d.items[i] = 0xFFFFFFFFu;
        CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ITEM_RANGE);
        d.items[i] = was;
    }
    was = d.items[1];
    d.items[1] = d.items[0];
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ARGUMENT); /* twice */
    d.items[1] = was, was = d.items[0];
    d.items[0] = d.items[1], d.items[1] = was;
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ARGUMENT); /* falling */
    d.items[1] = d.items[0], d.items[0] = was;
    d.offsets[0] = 1;
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ARGUMENT);
    d.offsets[0] = 0, was = d.offsets[2];
    d.offsets[2] = 0xFFFFFFFFu;
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ARGUMENT);
    d.offsets[2] = d.offsets[1] - 1;
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_E_ARGUMENT);
    d.offsets[2] = was;
    CHECK_EQ(try_open(&c, &d, NULL), AMPCF_OK);
    uint32_t zeros[7] = {0};
    data none = {6, 30, zeros, d.items, d.weights};
    CHECK_EQ(try_open(&c, &none, NULL), AMPCF_E_NO_DATA);

    size_t bytes = ampcf_trainer_memory(&c, x);
    uint8_t *memory = exact(bytes + 16);
    ampcf_trainer *t = NULL;
    for (size_t less = 0; less < bytes; less += 1 + less / 7)
        CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, NULL, memory, less, &t), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, NULL, memory, bytes - 1, &t), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, NULL, memory + 8, bytes, &t), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, NULL, NULL, bytes, &t), AMPCF_E_MEMORY);
    CHECK(t == NULL);
    free(memory), free_data(&d);
}

/* From interactions to a ranking, and odd data: one user, one item, everything seen, extreme weights. */
static void trained_models_open(void) {
    static const struct {
        uint32_t users, items, dim, personas;
        float weight;
    } cases[] = {{1, 1, 1, 1, 1},        {1, 9, 16, 4, 1},       {9, 1, 3, 2, 1},
                 {12, 12, 33, 64, 1024}, {12, 12, 4, 3, 1e-30f}, {40, 25, 8, 4, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t users = cases[i].users, n = cases[i].items, *offsets = exact((users + 1) * 4),
                 *items = exact((size_t)users * n * 4);
        float *weights = exact((size_t)users * n * 4);
        for (uint32_t u = 0; u <= users; u++) offsets[u] = u * n;
        for (uint32_t x = 0; x < users * n; x++) items[x] = x % n, weights[x] = cases[i].weight;
        data d = {users, n, offsets, items, weights};
        ampcf_train_config c = plain_config(&d);
        c.dim = cases[i].dim, c.n_personas = cases[i].personas;
        run r = train(&c, &d, weights, 5);
        uint64_t rng = 109;
        recipe parts_recipe = plain_recipe(n, c.dim, c.n_personas, 0);
        test_parts t = make_parts(&parts_recipe, &rng);
        ampcf_model_parts parts = t.parts;
        parts.vectors = ampcf_trainer_vectors(r.trainer), parts.bias = ampcf_trainer_bias(r.trainer);
        parts.gram = ampcf_trainer_gram(r.trainer), parts.settings = ampcf_trainer_settings(r.trainer);
        test_model m = open_parts(&parts);
        test_profile p = fold(m.model, items, NULL, n, 0);
        float *scores = exact(n * sizeof *scores);
        CHECK_EQ(ampcf_score(p.profile, items, n, scores, NULL), AMPCF_OK);
        for (uint32_t j = 0; j < n; j++)
            CHECK(isfinite(scores[j]) && (cases[i].weight < 1 || scores[j] > 0.3f));
        free(scores), free_profile(&p), free_model(&m), free_parts(&t), free(r.memory), free_data(&d);
    }
}

/* After s of S sweeps, and until the next one ends, the result is that of a run of s sweeps. */
static void every_sweep_has_a_result(void) {
    uint64_t rng = 107;
    data d = make_data(USERS, ITEMS, &rng);
    ampcf_train_config c = plain_config(&d), shorter;
    c.sweeps = 5, c.item_damping = 0.3f, c.popularity_damping = 0.1f, c.user_damping = 0.4f;
    size_t bytes = ampcf_trainer_memory(&c, d.offsets[USERS]);
    run long_one = {exact(bytes), NULL};
    CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, d.weights, long_one.memory, bytes, &long_one.trainer),
             AMPCF_OK);
    for (uint32_t s = 1; s <= c.sweeps; s++) {
        ampcf_train_progress p;
        CHECK_EQ(ampcf_trainer_step(long_one.trainer, s == 1 ? USERS + ITEMS + 7 : USERS + ITEMS, &p),
                 AMPCF_OK);
        CHECK(p.sweep == s && p.sweeps == c.sweeps);
        shorter = c, shorter.sweeps = s;
        run short_one = train(&shorter, &d, d.weights, 64);
        check_same(&c, long_one, short_one, 1);
        free(short_one.memory);
    }
    free(long_one.memory), free_data(&d);
}

/* Results that are no numbers, or all zero, end a training with a status of their own. Weights are read where
 * they are, so that they can be spoilt behind the checks. */
static void divergence_is_a_status(void) {
    uint64_t rng = 109;
    data d = make_data(USERS, ITEMS, &rng);
    ampcf_train_config c = plain_config(&d);
    c.sweeps = 2;
    size_t bytes = ampcf_trainer_memory(&c, d.offsets[USERS]);
    const float lost[] = {0, __builtin_nanf("")};
    for (uint32_t k = 0; k < 2; k++) {
        run r = {exact(bytes), NULL};
        ampcf_train_progress p;
        for (uint32_t x = 0; x < d.offsets[USERS]; x++) d.weights[x] = 1;
        CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, d.weights, r.memory, bytes, &r.trainer),
                 AMPCF_OK);
        for (uint32_t x = 0; x < d.offsets[USERS]; x++) d.weights[x] = lost[k];
        CHECK_EQ(ampcf_trainer_step(r.trainer, UINT32_MAX, &p), AMPCF_E_DIVERGED);
        CHECK_EQ(p.done, p.total);
        free(r.memory);
    }
    free_data(&d);
}

/* A gradient that is no number is taken for 0, so that nothing else is lost, and ends the training. */
static void lost_gradients_are_a_status(void) {
    uint64_t rng = 113;
    data d = make_data(USERS, ITEMS, &rng);
    ampcf_train_config c = plain_config(&d);
    c.objective = AMPCF_OBJECTIVE_GAUSSIAN;
    c.warmup = 2, c.sweeps = 3, c.batch = 4, c.samples = 0, c.zeros = 1;
    c.learning_rate = 0.01f;
    size_t bytes = ampcf_trainer_memory(&c, d.offsets[USERS]);
    run r = {exact(bytes), NULL};
    ampcf_train_progress p = {0, 1, 0, 0};
    CHECK_EQ(ampcf_trainer_open(&c, d.offsets, d.items, d.weights, r.memory, bytes, &r.trainer), AMPCF_OK);
    while (p.sweep < c.warmup + 1) CHECK_EQ(ampcf_trainer_step(r.trainer, 1, &p), AMPCF_OK);
    for (uint32_t x = 0; x < d.offsets[USERS]; x++) d.weights[x] = __builtin_nanf("");
    ampcf_status status = AMPCF_OK;
    for (uint32_t rows = 0; rows < c.batch; rows++) status = ampcf_trainer_step(r.trainer, 1, &p);
    CHECK_EQ(status, AMPCF_E_DIVERGED);
    while (p.done < p.total) CHECK_EQ(ampcf_trainer_step(r.trainer, 5, &p), AMPCF_E_DIVERGED);
    for (uint32_t x = 0; x < c.n_items * c.dim; x++)
        CHECK_EQ(ampcf_trainer_vectors(r.trainer)[x] == ampcf_trainer_vectors(r.trainer)[x], 1);
    free(r.memory);
    free_data(&d);
}

int main(void) {
    lost_gradients_are_a_status();
    divergence_is_a_status();
    solution_is_stationary();
    bytes_depend_on_input_alone();
    every_sweep_has_a_result();
    bad_configs();
    bad_input();
    trained_models_open();
    return check_report();
}
