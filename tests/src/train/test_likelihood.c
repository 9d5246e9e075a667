/* Owns the test of the likelihood objectives (likelihood.c, likelihood_loss.c, fold.c): the
 * gradient against finite differences of a loss in double precision, runs that depend on their input alone,
 * and results after each pass. Must not judge accuracy: tests/bench/likelihoods.js does. */
#include "train/likelihood_loss.h"
#include "core/format.h"
#include "models.h"

/* ---- Gradient ---- */

enum { N = 14, D = 7, STRIDE = 16, H_MAX = 9, C_MAX = 20 };

/* One person in double precision. */
typedef struct point {
    likelihood kind;
    uint32_t n_kept, n_items;
    uint32_t kept[H_MAX], items[C_MAX];
    double weight[H_MAX], target[C_MAX], stands_for[C_MAX];
    double gram[D][D], ridge, fit, zeros;
    double vectors[N][D], bias[N], log_scale;
} point;

static double dot(const double *a, const double *b) {
    double sum = 0;
    for (uint32_t d = 0; d < D; d++) sum += a[d] * b[d];
    return sum;
}

/* x = m^-1 x by elimination; m is positive definite. */
static void eliminate(double m[D][D], double *x) {
    for (uint32_t k = 0; k < D; k++)
        for (uint32_t r = k + 1; r < D; r++) {
            double f = m[r][k] / m[k][k];
            for (uint32_t c = k; c < D; c++) m[r][c] -= f * m[k][c];
            x[r] -= f * x[k];
        }
    for (uint32_t k = D; k-- > 0;) {
        for (uint32_t c = k + 1; c < D; c++) x[k] -= m[k][c] * x[c];
        x[k] /= m[k][k];
    }
}

static void reference_fold_in(const point *o, double *u) {
    double m[D][D];
    memset(u, 0, D * sizeof *u);
    memcpy(m, o->gram, sizeof m);
    for (uint32_t d = 0; d < D; d++) m[d][d] += o->ridge;
    for (uint32_t i = 0; i < o->n_kept; i++) {
        const double *v = o->vectors[o->kept[i]];
        for (uint32_t r = 0; r < D; r++) {
            u[r] += o->weight[i] * v[r];
            for (uint32_t c = 0; c < D; c++) m[r][c] += o->weight[i] * v[r] * v[c];
        }
    }
    eliminate(m, u);
}

/* likelihood_loss.h, literally. */
static double loss_at(const point *o, double *out_logits) {
    double u[D], loss = 0, mass = 0, sum = 0;
    reference_fold_in(o, u);
    for (uint32_t c = 0; c < o->n_items; c++) {
        double l = exp(o->log_scale) * dot(u, o->vectors[o->items[c]]) + o->bias[o->items[c]],
               t = o->target[c];
        out_logits[c] = l;
        mass += t, sum += o->stands_for[c] * exp(l);
        if (o->kind == LIKELIHOOD_MULTINOMIAL) loss -= t * l;
        if (o->kind == LIKELIHOOD_GAUSSIAN)
            loss += t > 0 ? t * (1 - l) * (1 - l) : o->zeros * o->stands_for[c] * l * l;
        if (o->kind == LIKELIHOOD_LOGISTIC)
            loss += t > 0 ? t * log1p(exp(-l)) : o->zeros * o->stands_for[c] * log1p(exp(l));
    }
    return o->fit * (loss + (o->kind == LIKELIHOOD_MULTINOMIAL ? mass * log(sum) : 0));
}

/* The same person in single precision. */
typedef struct single {
    float settings[FORMAT_SETTINGS];
    train_fold fold;
    likelihood_example example;
    void *memory;
    float gram[D * STRIDE], items[C_MAX * STRIDE], bias[C_MAX], target[C_MAX], stands_for[C_MAX];
    float score[C_MAX], slope[C_MAX], adjoint[STRIDE], history_gradient[H_MAX * STRIDE];
} single;

static void make_single(point *o, single *s) {
    const float settings[FORMAT_SETTINGS] = {
        [SETTING_ALPHA] = 0.3f, [SETTING_LAMBDA] = 0.05f, [SETTING_NU] = 1};
    memcpy(s->settings, settings, sizeof settings);
    arena measured = arena_measure();
    (void)train_fold_take(&measured, D, H_MAX);
    s->memory = exact(measured.used);
    arena a = arena_over(s->memory, measured.used);
    s->fold = train_fold_take(&a, D, H_MAX);
    train_fold_open(&s->fold, s->settings, s->gram, N);
    s->fold.n_rows = o->n_kept;
    memset(s->fold.rows, 0, H_MAX * STRIDE * sizeof(float));
    for (uint32_t r = 0; r < D; r++)
        for (uint32_t c = r; c < D; c++) s->gram[r * STRIDE + c] = (float)o->gram[r][c];
    for (uint32_t i = 0; i < o->n_kept; i++) {
        s->fold.weights[i] = (float)o->weight[i];
        for (uint32_t d = 0; d < D; d++) s->fold.rows[i * STRIDE + d] = (float)o->vectors[o->kept[i]][d];
    }
    for (uint32_t c = 0; c < o->n_items; c++) {
        s->bias[c] = (float)o->bias[o->items[c]], s->target[c] = (float)o->target[c],
        s->stands_for[c] = (float)o->stands_for[c];
        for (uint32_t d = 0; d < D; d++) s->items[c * STRIDE + d] = (float)o->vectors[o->items[c]][d];
    }
    train_fold_in(&s->fold);
    s->example = (likelihood_example){.kind = o->kind,
                                      .n_items = o->n_items,
                                      .fit = (float)o->fit,
                                      .zeros = (float)o->zeros,
                                      .scale = (float)exp(o->log_scale),
                                      .fold = &s->fold,
                                      .items = s->items,
                                      .bias = s->bias,
                                      .target = s->target,
                                      .stands_for = s->stands_for,
                                      .score = s->score,
                                      .slope = s->slope,
                                      .adjoint = s->adjoint};
}

static double step_loss(point *o, double *at, double step) {
    double was = *at, unused[C_MAX], loss;
    *at = was + step;
    loss = loss_at(o, unused);
    *at = was;
    return loss;
}

static double difference(point *o, double *at) {
    return (step_loss(o, at, 1e-5) - step_loss(o, at, -1e-5)) / 2e-5;
}

/* Some items are input, others targets; with `itself` the input is the target. Sampled: targets, then draws,
 * one of them twice. */
static void make_point(point *o, likelihood kind, int sampled, int itself, uint64_t *rng) {
    *o = (point){.kind = kind, .n_kept = 6, .fit = 0.7, .zeros = 0.3, .log_scale = 0.4};
    for (uint32_t j = 0; j < N; j++) {
        o->bias[j] = (double)random_float(rng, -0.5f, 0.5f);
        for (uint32_t d = 0; d < D; d++) o->vectors[j][d] = (double)random_float(rng, -1, 1);
    }
    double mass = 0.3 * N;
    for (uint32_t i = 0; i < o->n_kept; i++) {
        o->kept[i] = 2 * i, o->weight[i] = 1 + 0.5 * (i % 2);
        mass += o->weight[i];
    }
    o->ridge = 0.05 * mass;
    for (uint32_t r = 0; r < D; r++)
        for (uint32_t c = 0; c < D; c++)
            for (uint32_t j = 0; j < N; j++) o->gram[r][c] += 0.3 * o->vectors[j][r] * o->vectors[j][c];
    for (uint32_t j = 0; j < N; j++) {
        int is_input = j % 2 == 0 && j < 12, is_target = itself ? is_input : j == 1 || j == 5 || j == 12;
        if (sampled && !is_target && (is_input || j % 3 == 0)) continue;
        for (uint32_t copy = 0; copy < (sampled && j == 7 ? 2u : 1u); copy++) {
            o->target[o->n_items] = is_target ? 1 + 0.5 * (j % 2) : 0;
            o->stands_for[o->n_items] = is_target ? 1 : is_input ? 0 : sampled ? 0.8 + 0.1 * j : 1;
            o->items[o->n_items++] = j;
        }
    }
}

static void add_events(single *s) {
    float scratch[STRIDE];
    for (uint32_t i = 0; i < s->fold.n_rows; i++)
        likelihood_add_event(s->history_gradient + i * STRIDE, s->fold.vector, s->adjoint,
                             s->fold.rows + i * STRIDE, s->fold.weights[i], D, scratch);
}

static void check_gradient(point *o) {
    static single s;
    memset(&s, 0, sizeof s);
    make_single(o, &s);
    double wanted[C_MAX], got[N][D] = {{0}}, bias[N] = {0}, largest = 0;
    (void)loss_at(o, wanted);
    likelihood_logits(&s.example);
    for (uint32_t c = 0; c < o->n_items; c++) CHECK_NEAR(s.slope[c], wanted[c], 2e-5);
    likelihood_slopes(&s.example);
    for (uint32_t c = 0; c < o->n_items; c++) {
        bias[o->items[c]] += (double)s.slope[c];
        for (uint32_t d = 0; d < D; d++)
            got[o->items[c]][d] += (double)s.example.scale * (double)s.slope[c] * (double)s.fold.vector[d];
    }
    add_events(&s);
    for (uint32_t i = 0; i < o->n_kept; i++)
        for (uint32_t d = 0; d < D; d++) got[o->kept[i]][d] += (double)s.history_gradient[i * STRIDE + d];
    for (uint32_t j = 0; j < N; j++) {
        CHECK_NEAR(bias[j], difference(o, &o->bias[j]), 5e-5);
        for (uint32_t d = 0; d < D; d++) {
            double slope = difference(o, &o->vectors[j][d]);
            CHECK_NEAR(got[j][d], slope, 5e-5);
            largest = fmax(largest, fabs(slope));
        }
    }
    CHECK_NEAR(s.example.scale_slope, difference(o, &o->log_scale), 5e-5);
    CHECK(largest > 0.05); /* something to be wrong about */
    float once = s.history_gradient[0], padding = 0;
    add_events(&s); /* added, not written */
    CHECK_NEAR(s.history_gradient[0], 2 * (double)once, 1e-6);
    for (uint32_t i = 0; i < o->n_kept; i++)
        for (uint32_t d = D; d < STRIDE; d++) padding += fabsf(s.history_gradient[i * STRIDE + d]);
    for (uint32_t d = D; d < STRIDE; d++) padding += fabsf(s.adjoint[d]);
    CHECK(padding == 0);
    free(s.memory);
}

static void gradient_is_the_derivative(void) {
    uint64_t rng = 307;
    point o;
    for (int kind = 0; kind < 3; kind++)
        for (int sampled = 0; sampled < 2; sampled++)
            for (int itself = 0; itself < 2; itself++)
                for (int round = 0; round < 2; round++) {
                    make_point(&o, (likelihood)kind, sampled, itself, &rng);
                    check_gradient(&o);
                }
}

/* ---- Runs ---- */

enum { USERS = 40, ITEMS = 60, WARMUP = 2 };
static uint32_t offsets[USERS + 1], items[USERS * 12];
static float weights[USERS * 12];

/* Even users like even items, odd users odd ones; the first have none, one and two. */
static void make_taste(uint64_t *rng) {
    uint32_t at = 0;
    for (uint32_t u = 0; u < USERS; u++) {
        uint32_t left = u < 3 ? u : 12;
        for (uint32_t j = u % 2; left > 0 && j < ITEMS; j += 2)
            if (random_below(rng, (ITEMS - j + 1) / 2) < left)
                weights[at] = 0.5f + (float)(j % 3), items[at++] = j, left--;
        offsets[u + 1] = at;
    }
}

static ampcf_train_config variant(uint32_t objective, int i) {
    ampcf_train_config c = {.n_users = USERS,
                            .n_items = ITEMS,
                            .objective = objective,
                            .dim = 9,
                            .n_personas = 3,
                            .leaves = 8,
                            .sweeps = 3,
                            .batch = 16,
                            .seed = 1,
                            .warmup = WARMUP,
                            .alpha = 0.3f,
                            .lambda = 0.05f,
                            .nu = 1,
                            .split = 0.8f,
                            .gate = 0.5f,
                            .bias = 0.01f,
                            .learning_rate = 0.01f,
                            .dropout = 0.4f,
                            .decay = 0.01f,
                            .zeros = 0.2f};
    if (i == 1) c.dropout = 0;
    if (i == 2) c.samples = 20;
    if (i == 3) c.batch = 65536, c.samples = 5, c.dropout = 0, c.dim = 16;
    if (i == 4) c.batch = 1, c.dim = 1, c.dropout = 0.99f;
    return c;
}

typedef struct run {
    void *memory;
    ampcf_trainer *trainer;
} run;

/* Up to a pass; 0 = to the end. */
static run train(const ampcf_train_config *c, const float *w, uint32_t max_rows, uint32_t passes) {
    size_t bytes = ampcf_trainer_memory(c, offsets[USERS]);
    run r = {exact(bytes), NULL};
    ampcf_train_progress p = {0, 1, 0, 0};
    memset(r.memory, (int)max_rows & 255, bytes);
    CHECK_EQ(ampcf_trainer_open(c, offsets, items, w, r.memory, bytes, &r.trainer), AMPCF_OK);
    while (p.done < p.total && (passes == 0 || p.sweep < passes)) {
        uint64_t before = p.done;
        CHECK_EQ(ampcf_trainer_step(r.trainer, max_rows, &p), AMPCF_OK);
        CHECK(p.done == (before + max_rows < p.total ? before + max_rows : p.total));
        CHECK(p.sweep <= p.sweeps && p.sweeps == WARMUP + c->sweeps &&
              p.total == WARMUP * (USERS + ITEMS) + (uint64_t)c->sweeps * USERS);
    }
    CHECK_EQ(p.sweep, passes ? passes : p.sweeps);
    return r;
}

static int same(const ampcf_train_config *c, run a, run b) {
    return memcmp(ampcf_trainer_vectors(a.trainer), ampcf_trainer_vectors(b.trainer),
                  (size_t)c->n_items * c->dim * 4) == 0 &&
           memcmp(ampcf_trainer_bias(a.trainer), ampcf_trainer_bias(b.trainer), (size_t)c->n_items * 4) ==
               0 &&
           memcmp(ampcf_trainer_gram(a.trainer), ampcf_trainer_gram(b.trainer),
                  (size_t)c->dim * (c->dim + 1) / 2 * 4) == 0;
}

static void bytes_depend_on_input_alone(void) {
    for (uint32_t objective = AMPCF_OBJECTIVE_MULTINOMIAL; objective <= AMPCF_OBJECTIVE_LOGISTIC; objective++)
        for (int i = 0; i < 5; i++) {
            ampcf_train_config c = variant(objective, i), other = c;
            const float *w = i == 2 ? weights : NULL;
            run whole = train(&c, w, 100000, 0), sevens = train(&c, w, 7, 0);
            CHECK(same(&c, whole, sevens));
            other.seed = 2;
            run seed = train(&other, w, 100, 0), weighted = train(&c, w ? NULL : weights, 100, 0);
            CHECK(!same(&c, whole, seed) && !same(&c, whole, weighted));
            for (uint32_t x = 0; x < ITEMS * c.dim; x++)
                CHECK(fabsf(ampcf_trainer_vectors(whole.trainer)[x]) < 100);
            free(whole.memory), free(sevens.memory), free(seed.memory), free(weighted.memory);
        }
}

/* A run stopped after a pass has what a shorter run ends with: after the warm-up that of als, after an epoch
 * that of so many. */
static void results_are_valid_after_each_pass(void) {
    ampcf_train_config c = variant(AMPCF_OBJECTIVE_LOGISTIC, 0), als = c, shorter = c;
    als.objective = AMPCF_OBJECTIVE_ALS, als.sweeps = WARMUP, shorter.sweeps = 2;
    size_t bytes = ampcf_trainer_memory(&als, offsets[USERS]);
    run warm = train(&c, NULL, 1, WARMUP), two = train(&c, NULL, 1, WARMUP + 2),
        ended = train(&shorter, NULL, 50, 0), first = {exact(bytes), NULL};
    ampcf_train_progress p;
    CHECK_EQ(ampcf_trainer_open(&als, offsets, items, NULL, first.memory, bytes, &first.trainer), AMPCF_OK);
    CHECK_EQ(ampcf_trainer_step(first.trainer, 100000, &p), AMPCF_OK);
    CHECK(p.done == p.total && same(&c, warm, first));
    CHECK(same(&c, two, ended) && !same(&c, warm, two));
    free(warm.memory), free(two.memory), free(ended.memory), free(first.memory);
}

static void refusals(void) {
    const float bad[] = {-1, (float)NAN, (float)INFINITY, 1e30f};
    const size_t fields[] = {offsetof(ampcf_train_config, learning_rate),
                             offsetof(ampcf_train_config, dropout), offsetof(ampcf_train_config, decay),
                             offsetof(ampcf_train_config, zeros)};
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            ampcf_train_config wrong = variant(AMPCF_OBJECTIVE_GAUSSIAN, 0);
            memcpy((char *)&wrong + fields[f], &bad[v], 4);
            CHECK_EQ(ampcf_trainer_memory(&wrong, 10), 0);
        }
    for (int v = 0; v < 8; v++) {
        ampcf_train_config wrong = variant(AMPCF_OBJECTIVE_MULTINOMIAL, 0);
        if (v == 0) wrong.batch = 0;
        if (v == 1) wrong.batch = 65537;
        if (v == 2) wrong.warmup = 0;
        if (v == 3) wrong.warmup = 1001;
        if (v == 4) wrong.samples = AMPCF_MAX_ITEMS + 1;
        if (v == 5) wrong.dropout = 1;
        if (v == 6) wrong.learning_rate = 0;
        if (v == 7) wrong.objective = AMPCF_OBJECTIVE_LOGISTIC + 1;
        CHECK_EQ(ampcf_trainer_memory(&wrong, 10), 0);
    }
    ampcf_train_config c = variant(AMPCF_OBJECTIVE_MULTINOMIAL, 2);
    size_t bytes = ampcf_trainer_memory(&c, offsets[USERS]);
    void *memory = exact(bytes);
    ampcf_trainer *t = NULL;
    float score;
    CHECK_EQ(ampcf_trainer_open(&c, offsets, items, NULL, memory, bytes - 1, &t), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_trainer_open(&c, offsets, items, NULL, memory, bytes, &t), AMPCF_OK);
    CHECK_EQ(ampcf_trainer_score(t, 0, items, 1, &score), AMPCF_E_ARGUMENT);
    free(memory);
}

int main(void) {
    uint64_t rng = 311;
    gradient_is_the_derivative();
    make_taste(&rng);
    bytes_depend_on_input_alone();
    results_are_valid_after_each_pass();
    refusals();
    return check_report();
}
