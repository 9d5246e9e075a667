/* Owns the test of the softmax objective (train_softmax.c, softmax_loss.c, adam.c): the gradient against
 * finite differences of a loss in double precision, lazy Adam against dense Adam, and a run that depends on
 * its input alone and learns. Must not judge accuracy: tests/bench/published.js does. */
#include "train/adam.h"
#include "models.h"
#include "train/softmax_loss.h"

/* ---- Gradient ---- */

enum { S = 5, P_MAX = 3, D_MAX = 19 };

/* One example in double precision, in the order of `parameters`. */
typedef struct point {
    uint32_t n_items, n_personas, dim;
    int cosine;
    double beta, fit, positive, negative;
    double users[P_MAX][D_MAX], items[S][D_MAX], bias[S], user_map[D_MAX][D_MAX], item_map[D_MAX][D_MAX];
} point;

static double log_sum(const double *x, uint32_t n) {
    double highest = x[0], sum = 0;
    for (uint32_t i = 1; i < n; i++) highest = fmax(highest, x[i]);
    for (uint32_t i = 0; i < n; i++) sum += exp(x[i] - highest);
    return highest + log(sum);
}

static void map_row(const point *o, const double map[][D_MAX], const double *x, double *out) {
    for (uint32_t r = 0; r < o->dim; r++) {
        out[r] = 0;
        for (uint32_t c = 0; c < o->dim; c++) out[r] += map[r][c] * x[c];
    }
}

static double dot(const double *a, const double *b, uint32_t n) {
    double sum = 0;
    for (uint32_t d = 0; d < n; d++) sum += a[d] * b[d];
    return sum;
}

static double similarity(const point *o, uint32_t k, uint32_t s) {
    double x[D_MAX], z[D_MAX];
    if (!o->cosine) return dot(o->users[k], o->items[s], o->dim);
    map_row(o, o->user_map, o->users[k], x);
    map_row(o, o->item_map, o->items[s], z);
    return dot(x, z, o->dim) / sqrt(dot(x, x, o->dim) * dot(z, z, o->dim));
}

/* softmax_loss.h, literally. */
static double loss_at(const point *o, double *out_scores) {
    double loss = 0;
    for (uint32_t s = 0; s < o->n_items; s++) {
        double logits[P_MAX], entropy = 0;
        for (uint32_t k = 0; k < o->n_personas; k++) logits[k] = o->beta * similarity(o, k, s);
        double total = log_sum(logits, o->n_personas);
        out_scores[s] = o->bias[s];
        for (uint32_t k = 0; k < o->n_personas; k++) {
            double a = exp(logits[k] - total);
            entropy -= a * (logits[k] - total);
            out_scores[s] += a * dot(o->users[k], o->items[s], o->dim);
        }
        loss += s == 0 ? o->positive * entropy : -o->negative * entropy;
    }
    return loss + o->fit * (log_sum(out_scores, o->n_items) - out_scores[0]);
}

typedef struct place {
    double *value;
    float *single, *gradient;
} place;

/* The same example in single precision, padded rows and all; places lists every parameter. Returns how many.
 * */
static uint32_t single_precision(point *o, softmax_example *e, float *memory, place *places) {
    uint32_t stride = (o->dim + 15) & ~15u, n = 0, rows = 0, n_maps = o->cosine ? o->dim : 0;
    const uint32_t n_rows = o->n_personas + o->n_items + 2 * n_maps + o->n_items;
    float *gradients = memory + (size_t)n_rows * stride;
    *e = (softmax_example){.n_items = o->n_items,
                           .n_personas = o->n_personas,
                           .dim = o->dim,
                           .stride = stride,
                           .beta = (float)o->beta,
                           .fit = (float)o->fit,
                           .positive = (float)o->positive,
                           .negative = (float)o->negative};
    memset(memory, 0, 2 * (size_t)n_rows * stride * sizeof *memory);
    e->personas = memory, e->personas_gradient = gradients;
    for (uint32_t k = 0; k < o->n_personas; k++, rows++)
        for (uint32_t d = 0; d < o->dim; d++)
            places[n++] = (place){&o->users[k][d], memory + rows * stride + d, gradients + rows * stride + d};
    for (uint32_t s = 0; s < o->n_items; s++, rows++) {
        e->items[s] = memory + rows * stride, e->items_gradient[s] = gradients + rows * stride;
        for (uint32_t d = 0; d < o->dim; d++)
            places[n++] = (place){&o->items[s][d], memory + rows * stride + d, gradients + rows * stride + d};
    }
    for (int side = 0; side < 2; side++) {
        const float **map = side ? &e->item_map : &e->user_map;
        float **map_gradient = side ? &e->item_map_gradient : &e->user_map_gradient;
        if (n_maps > 0) *map = memory + rows * stride, *map_gradient = gradients + rows * stride;
        for (uint32_t r = 0; r < n_maps; r++, rows++)
            for (uint32_t d = 0; d < o->dim; d++)
                places[n++] = (place){side ? &o->item_map[r][d] : &o->user_map[r][d],
                                      memory + rows * stride + d, gradients + rows * stride + d};
    }
    for (uint32_t s = 0; s < o->n_items && o->n_personas == 1; s++, rows++) {
        e->bias[s] = memory + rows * stride, e->bias_gradient[s] = gradients + rows * stride;
        places[n++] = (place){&o->bias[s], memory + rows * stride, gradients + rows * stride};
    }
    for (uint32_t i = 0; i < n; i++)
        *places[i].single = (float)*places[i].value, *places[i].value = (double)*places[i].single;
    return n;
}

static void fill(double *x, size_t n, double scale, uint64_t *rng) {
    for (size_t i = 0; i < n; i++) x[i] = scale * (double)random_float(rng, -1, 1);
}

static void gradient_is_the_derivative(void) {
    static const struct {
        uint32_t items, personas, dim;
        int cosine;
        double beta, positive, negative;
    } cases[] = {{S, 1, 7, 0, 1, 0, 0},        {S, 3, 7, 0, 1, 0, 0},     {S, 3, 19, 0, 1, 1.3, 0.4},
                 {S, 2, 16, 0, 2.5, 0.2, 0.9}, {S, 3, 7, 1, 4, 0, 0},     {S, 3, 19, 1, 6, 1.3, 0.4},
                 {2, 3, 1, 0, 1, 0.5, 0.5},    {1, 3, 5, 1, 3, 0.7, 0.7}, {S, 3, 7, 0, 0, 1, 1}};
    static float memory[2 * (P_MAX + 2 * S + 2 * D_MAX) * 32];
    static place places[(P_MAX + S + 2 * D_MAX) * D_MAX + S];
    uint64_t rng = 211;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        point o = {cases[i].items,
                   cases[i].personas,
                   cases[i].dim,
                   cases[i].cosine,
                   cases[i].beta,
                   0.8,
                   cases[i].positive,
                   cases[i].negative,
                   {{0}},
                   {{0}},
                   {0},
                   {{0}},
                   {{0}}};
        fill(o.users[0], sizeof o.users / 8, 0.7, &rng), fill(o.items[0], sizeof o.items / 8, 0.9, &rng);
        fill(o.user_map[0], sizeof o.user_map / 8, 0.5, &rng),
            fill(o.item_map[0], sizeof o.item_map / 8, 0.5, &rng);
        if (o.n_personas == 1) fill(o.bias, S, 0.6, &rng);
        softmax_example e;
        uint32_t n = single_precision(&o, &e, memory, places);
        float scores[S], *work = exact(softmax_work(o.n_items, o.n_personas, e.stride) * sizeof *work);
        double wanted[S], loss = loss_at(&o, wanted), largest = 0;
        e.work = work;
        CHECK_NEAR(softmax_loss_gradient(&e), loss, 2e-6 * (1 + fabs(loss)));
        softmax_scores(&e, scores);
        for (uint32_t s = 0; s < o.n_items; s++) CHECK_NEAR(scores[s], wanted[s], 2e-6);
        for (uint32_t x = 0; x < n; x++) {
            double was = *places[x].value, step = 1e-5, up, down, unused[S];
            *places[x].value = was + step, up = loss_at(&o, unused);
            *places[x].value = was - step, down = loss_at(&o, unused);
            *places[x].value = was;
            CHECK_NEAR(*places[x].gradient, (up - down) / (2 * step), 5e-6);
            largest = fmax(largest, fabs(up - down) / (2 * step));
        }
        CHECK(largest > 0.01 || o.n_items == 1); /* something to be wrong about */
        (void)softmax_loss_gradient(&e);         /* added, not written */
        double again = 0;
        for (uint32_t x = 0; x < n; x++) again = fmax(again, fabs((double)*places[x].gradient));
        CHECK_NEAR(again, 2 * largest, 2e-5);
        free(work);
    }
}

/* Zero vectors have no direction: cosines are 0, nothing divides by 0. */
static void zero_vectors_are_harmless(void) {
    static float memory[2 * (P_MAX + 2 * S + 2 * D_MAX) * 32];
    static place places[(P_MAX + S + 2 * D_MAX) * D_MAX + S];
    point o = {S, 3, 7, 1, 8, 1, 0.5, 0.5, {{0}}, {{0}}, {0}, {{0}}, {{0}}};
    softmax_example e;
    uint32_t n = single_precision(&o, &e, memory, places);
    e.work = exact(softmax_work(S, 3, e.stride) * sizeof(float));
    CHECK_NEAR(softmax_loss_gradient(&e), log(5) + 0.5 * log(3) - 4 * 0.5 * log(3), 1e-5);
    for (uint32_t x = 0; x < n; x++) CHECK(isfinite(*places[x].gradient));
    free(e.work);
}

/* ---- Adam ---- */

enum { ROWS = 6, WIDTH = 16, STEPS = 700 };

/* The textbook, every row in every step, in double. */
static void dense_step(double *x, double *m, double *v, const double *g, uint32_t t, double rate) {
    for (uint32_t i = 0; i < ROWS * WIDTH; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        x[i] -= rate * (m[i] / (1 - pow(0.9, t))) / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
    }
}

/* Rows are touched every step, often, seldom (gaps beyond the rest), once, never; looking at a row changes
 * nothing. */
static void lazy_adam_is_dense_adam(void) {
    float values[2][ROWS * WIDTH];
    double x[ROWS * WIDTH], m[ROWS * WIDTH] = {0}, v[ROWS * WIDTH] = {0};
    const uint32_t every[ROWS] = {1, 3, 40, 200, STEPS, 0};
    uint64_t rng = 223;
    for (uint32_t i = 0; i < ROWS * WIDTH; i++)
        values[0][i] = values[1][i] = random_float(&rng, -1, 1), x[i] = (double)values[0][i];
    arena measured = arena_measure();
    adam_take(&measured), adam_table_take(&measured, NULL, ROWS, WIDTH, ROWS);
    void *memory[2] = {exact(measured.used), exact(measured.used)};
    adam o[2];
    adam_table t[2];
    for (int side = 0; side < 2; side++) {
        arena a = arena_over(memory[side], measured.used);
        memset(memory[side], side ? 255 : 0, measured.used);
        o[side] = adam_take(&a), t[side] = adam_table_take(&a, values[side], ROWS, WIDTH, ROWS);
        adam_begin(&o[side], 0.01f), adam_table_begin(&t[side]);
    }
    for (uint32_t step = 1; step <= STEPS; step++) {
        double g[ROWS * WIDTH] = {0};
        for (uint32_t r = 0; r < ROWS; r++)
            if (every[r] > 0 && (step - 1) % every[r] == 0)
                for (uint32_t d = 0; d < WIDTH; d++) {
                    float whole = random_float(&rng, -1, 1) * (r == 2 ? 1e-4f : 1), half = whole / 2;
                    g[r * WIDTH + d] = (double)half + (double)half;
                    for (int side = 0; side < 2; side++)
                        adam_touch(&o[side], &t[side], r)[d] += half,
                            adam_touch(&o[side], &t[side], r)[d] += half;
                }
        for (int side = 0; side < 2; side++) adam_step(&o[side], (adam_table *[]){&t[side]}, 1);
        for (uint32_t r = 0; r < ROWS; r++)
            (void)adam_row(&o[0], &t[0], r); /* looked at in every step; the other at the end */
        dense_step(x, m, v, g, step, 0.01);
    }
    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t d = 0; d < WIDTH; d++) CHECK_NEAR(adam_row(&o[1], &t[1], r)[d], x[r * WIDTH + d], 2e-5);
    CHECK_BYTES(values[0], values[1], sizeof values[0]);
    free(memory[0]), free(memory[1]);
}

/* ---- Runs ---- */

typedef struct run {
    void *memory;
    ampcf_trainer *trainer;
} run;

enum { USERS = 40, ITEMS = 60, PER_USER = 12 };
static uint32_t offsets[USERS + 1], items[USERS * PER_USER];

/* Even users like even items, odd users odd ones. */
static void make_taste(uint64_t *rng) {
    uint32_t at = 0;
    for (uint32_t u = 0; u < USERS; u++) {
        uint32_t left = PER_USER;
        for (uint32_t j = u % 2; left > 0 && j < ITEMS; j += 2)
            if (random_below(rng, (ITEMS - j + 1) / 2) < left) items[at++] = j, left--;
        offsets[u + 1] = at;
    }
}

static ampcf_train_config softmax_config(void) {
    return (ampcf_train_config){.n_users = USERS,
                                .n_items = ITEMS,
                                .objective = AMPCF_OBJECTIVE_SOFTMAX,
                                .dim = 9,
                                .n_personas = 3,
                                .leaves = 8,
                                .sweeps = 12,
                                .batch = 32,
                                .negatives = 4,
                                .seed = 1,
                                .alpha = 0.3f,
                                .lambda = 0.05f,
                                .nu = 1,
                                .split = 0.8f,
                                .gate = 0.5f,
                                .bias = 0.01f,
                                .learning_rate = 0.02f,
                                .balance = 0.5f,
                                .entropy_positive = 0.005f,
                                .entropy_negative = 0.005f,
                                .attention_beta = 1};
}

static run train(const ampcf_train_config *c, uint32_t max_rows, int watch) {
    size_t bytes = ampcf_trainer_memory(c, offsets[USERS]);
    run r = {exact(bytes), NULL};
    ampcf_train_progress p = {0, 1, 0, 0};
    float score;
    memset(r.memory, (int)max_rows & 255, bytes);
    CHECK_EQ(ampcf_trainer_open(c, offsets, items, NULL, r.memory, bytes, &r.trainer), AMPCF_OK);
    while (p.done < p.total) {
        CHECK_EQ(ampcf_trainer_step(r.trainer, max_rows, &p), AMPCF_OK);
        CHECK(p.sweep <= p.sweeps);
        for (uint32_t j = 0; watch && j < ITEMS; j += 7)
            CHECK_EQ(ampcf_trainer_score(r.trainer, j % USERS, &j, 1, &score), AMPCF_OK);
    }
    uint64_t batch = c->batch < offsets[USERS] ? c->batch : offsets[USERS];
    CHECK(p.total == c->sweeps * (offsets[USERS] / batch * batch) && p.sweep == c->sweeps);
    CHECK_EQ(ampcf_trainer_step(r.trainer, max_rows, &p), AMPCF_OK);
    CHECK(p.done == p.total);
    return r;
}

static int same(const ampcf_train_config *c, run a, run b) {
    return memcmp(ampcf_trainer_vectors(a.trainer), ampcf_trainer_vectors(b.trainer),
                  (size_t)c->n_items * c->dim * 4) == 0 &&
           memcmp(ampcf_trainer_gram(a.trainer), ampcf_trainer_gram(b.trainer),
                  (size_t)c->dim * (c->dim + 1) / 2 * 4) == 0;
}

static ampcf_train_config variant(int i) {
    ampcf_train_config c = softmax_config();
    if (i == 1) c.n_personas = 1;
    if (i == 2) c.attention = AMPCF_ATTENTION_COSINE, c.attention_beta = 5;
    if (i == 3)
        c.batch = 65536, c.negatives = 64,
        c.dim = 16; /* one batch an epoch; more negatives than there are others */
    if (i == 4) c.batch = 1, c.dim = 1;
    return c;
}

static void bytes_depend_on_input_alone(void) {
    for (int i = 0; i < 5; i++) {
        ampcf_train_config c = variant(i), other = c;
        run whole = train(&c, 100000, 0), sevens = train(&c, 7, 0), watched = train(&c, 13, 1);
        CHECK(same(&c, whole, sevens) && same(&c, whole, watched));
        other.seed = 2;
        run seed = train(&other, 100, 0);
        CHECK(!same(&c, whole, seed));
        free(whole.memory), free(sevens.memory), free(watched.memory), free(seed.memory);
    }
}

/* Unseen items of a person's own taste come before the others, and the model file's parts are in range. */
/* After s epochs, and until the next one ends, the result is that of a run of s epochs. */
static void every_epoch_has_a_result(void) {
    for (int i = 0; i < 5; i++) {
        ampcf_train_config c = variant(i), shorter = c;
        c.sweeps = 4;
        size_t bytes = ampcf_trainer_memory(&c, offsets[USERS]);
        run long_one = {exact(bytes), NULL};
        ampcf_train_progress p = {0, 1, 0, 0};
        CHECK_EQ(ampcf_trainer_open(&c, offsets, items, NULL, long_one.memory, bytes, &long_one.trainer),
                 AMPCF_OK);
        for (shorter.sweeps = 1; shorter.sweeps <= c.sweeps; shorter.sweeps++) {
            while (p.sweep < shorter.sweeps)
                CHECK_EQ(ampcf_trainer_step(long_one.trainer, 100, &p), AMPCF_OK);
            run short_one = train(&shorter, 64, 0);
            CHECK(same(&c, long_one, short_one));
            free(short_one.memory);
        }
        free(long_one.memory);
    }
}

static void it_learns_the_tastes(void) {
    for (int i = 0; i < 4; i++) {
        ampcf_train_config c = variant(i);
        c.sweeps = i == 3 ? 200 : 40;
        run r = train(&c, 4096, 0);
        uint32_t all[ITEMS], right = 0, pairs = 0;
        for (uint32_t j = 0; j < ITEMS; j++) all[j] = j;
        for (uint32_t u = 0; u < USERS; u++) {
            float scores[ITEMS];
            int has[ITEMS] = {0};
            CHECK_EQ(ampcf_trainer_score(r.trainer, u, all, ITEMS, scores), AMPCF_OK);
            for (uint32_t x = offsets[u]; x < offsets[u + 1]; x++) has[items[x]] = 1;
            for (uint32_t j = 0; j < ITEMS; j++)
                for (uint32_t k = 0; k < ITEMS; k++)
                    if (!has[j] && !has[k] && j % 2 == u % 2 && k % 2 != u % 2)
                        pairs++, right += scores[j] > scores[k];
        }
        CHECK(right > pairs * (i == 2 ? 0.8 : 0.9));
        for (uint32_t x = 0; x < ITEMS * c.dim; x++) CHECK(fabsf(ampcf_trainer_vectors(r.trainer)[x]) < 100);
        for (uint32_t j = 0; j < ITEMS; j++) CHECK(ampcf_trainer_bias(r.trainer)[j] <= 0.01f);
        free(r.memory);
    }
}

static void refusals(void) {
    ampcf_train_config c = softmax_config();
    size_t bytes = ampcf_trainer_memory(&c, offsets[USERS]);
    void *memory = exact(bytes);
    ampcf_trainer *t = NULL;
    float weights[USERS * PER_USER], score = 5;
    const float bad[] = {-1, (float)NAN, (float)INFINITY, 1e30f};
    for (uint32_t x = 0; x < USERS * PER_USER; x++) weights[x] = 1;
    CHECK_EQ(ampcf_trainer_open(&c, offsets, items, weights, memory, bytes, &t), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_trainer_open(&c, offsets, items, NULL, memory, bytes - 1, &t), AMPCF_E_MEMORY);
    for (size_t field = offsetof(ampcf_train_config, learning_rate);
         field <= offsetof(ampcf_train_config, attention_beta); field += 4)
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            ampcf_train_config wrong = c;
            memcpy((char *)&wrong + field, &bad[v], 4);
            CHECK_EQ(ampcf_trainer_memory(&wrong, 10), 0);
        }
    for (int v = 0; v < 10; v++) {
        ampcf_train_config wrong = c;
        if (v == 0) wrong.batch = 0;
        if (v == 1) wrong.batch = 65537;
        if (v == 2) wrong.negatives = 0;
        if (v == 3) wrong.negatives = 65;
        if (v == 4) wrong.attention = 2;
        if (v == 5) wrong.learning_rate = 0;
        if (v == 6) wrong.balance = 1.5f;
        if (v == 7) wrong.user_damping = 0.5f; /* of als */
        if (v == 8) wrong.item_damping = 0.5f;
        if (v == 9) wrong.popularity_damping = 0.5f;
        CHECK_EQ(ampcf_trainer_open(&wrong, offsets, items, NULL, memory, bytes, &t), AMPCF_E_ARGUMENT);
    }
    CHECK(t == NULL);
    CHECK_EQ(ampcf_trainer_open(&c, offsets, items, NULL, memory, bytes, &t), AMPCF_OK);
    CHECK_EQ(ampcf_trainer_score(t, USERS, items, 1, &score), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_trainer_score(t, 0, (uint32_t[]){ITEMS}, 1, &score), AMPCF_E_ITEM_RANGE);
    CHECK(score == 5);
    CHECK_EQ(ampcf_trainer_score(t, 0, items, 0, &score), AMPCF_OK);
    free(memory);
}

/* Adam itself, of which softmax has one. */
static void adam_says_what_it_lost(void) {
    float value[2] = {1, 2};
    void *memory = exact(1 << 20);
    arena a = arena_over(memory, 1 << 20);
    adam o = adam_take(&a);
    adam_table t = adam_table_take(&a, value, 2, 1, 2), *tables[] = {&t};
    adam_begin(&o, 0.1f);
    adam_table_begin(&t);
    const float gradients[] = {1, __builtin_inff(), __builtin_nanf(""), 1};
    for (uint32_t k = 0; k < 4; k++) {
        *adam_touch(&o, &t, 1) = gradients[k];
        adam_step(&o, tables, 1);
        CHECK_EQ(o.diverged, k >= 2);
        CHECK_EQ(value[1] == value[1], 1);
    }
    adam_begin(&o, 0.1f);
    CHECK_EQ(o.diverged, 0);
    free(memory);
}

int main(void) {
    adam_says_what_it_lost();
    uint64_t rng = 227;
    gradient_is_the_derivative();
    zero_vectors_are_harmless();
    lazy_adam_is_dense_adam();
    make_taste(&rng);
    bytes_depend_on_input_alone();
    every_epoch_has_a_result();
    it_learns_the_tastes();
    refusals();
    return check_report();
}
