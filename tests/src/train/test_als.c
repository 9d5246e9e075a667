/* Owns the test of train_als.c against naive alternating least squares in double: dampings, and what the
 * file says of them. Must not read the trainer's state. */
#include "interactions.h"
#include "models.h"

enum { MOST_USERS = 90, MOST_ITEMS = 60, MOST_DIM = 12 };

static ampcf_train_config plain_config(const data *d) {
    return (ampcf_train_config){.n_users = d->n_users,
                                .n_items = d->n_items,
                                .dim = 6,
                                .n_personas = 1,
                                .leaves = 8,
                                .sweeps = 2,
                                .seed = 1,
                                .alpha = 0.3f,
                                .lambda = 0.05f,
                                .nu = 1,
                                .split = 0.8f,
                                .bias = 0.01f,
                                .user_damping = 0.5f,
                                .item_damping = 0.4f,
                                .popularity_damping = 0.3f};
}

typedef struct run {
    void *memory;
    ampcf_trainer *trainer;
} run;

static run train(const ampcf_train_config *c, const data *d, const float *weights) {
    size_t bytes = ampcf_trainer_memory(c, d->offsets[d->n_users]);
    run r = {exact(bytes), NULL};
    ampcf_train_progress p = {0, 1, 0, 0};
    memset(r.memory, 0xA5, bytes);
    CHECK_EQ(ampcf_trainer_open(c, d->offsets, d->items, weights, r.memory, bytes, &r.trainer), AMPCF_OK);
    while (p.done < p.total) CHECK_EQ(ampcf_trainer_step(r.trainer, 13, &p), AMPCF_OK);
    return r;
}

/* ---- The reference ---- */

typedef struct problem {
    const ampcf_train_config *c;
    double w[MOST_USERS][MOST_ITEMS]; /* 0 = not observed */
    double p[MOST_USERS], q[MOST_ITEMS], t[MOST_ITEMS];
    double few[MOST_ITEMS]; /* 1 + (s / n_j)^3 */
} problem;

/* degree^-damping with mean 1; who has nothing counts as having one. */
static void parts_of(const uint32_t *degree, uint32_t n, double damping, double *out) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += out[i] = pow(degree[i] > 0 ? degree[i] : 1, -damping);
    for (uint32_t i = 0; i < n; i++) out[i] *= n / sum;
}

static void set_problem(problem *m, const ampcf_train_config *c, const data *d, const float *weights) {
    uint32_t of_user[MOST_USERS] = {0}, of_item[MOST_ITEMS] = {0};
    double mean = (double)d->offsets[d->n_users] / d->n_items;
    memset(m, 0, sizeof *m);
    m->c = c;
    for (uint32_t u = 0; u < d->n_users; u++)
        for (uint32_t x = d->offsets[u]; x < d->offsets[u + 1]; x++) {
            m->w[u][d->items[x]] = weights ? (double)weights[x] : 1;
            of_user[u]++, of_item[d->items[x]]++;
        }
    parts_of(of_user, d->n_users, (double)c->user_damping, m->p);
    parts_of(of_item, d->n_items, (double)c->item_damping, m->q);
    for (uint32_t j = 0; j < d->n_items; j++) {
        m->t[j] = pow((of_item[j] > 0 ? of_item[j] : 1) / mean, -(double)c->popularity_damping);
        m->few[j] = 1 + pow((double)c->support_lambda / (of_item[j] > 0 ? of_item[j] : 1), 3);
    }
}

/* lambda (sum_i w_i part_i + alpha n_other)^nu. */
static double ridge(const problem *m, double mass, uint32_t n_other) {
    return (double)m->c->lambda * pow(mass + (double)m->c->alpha * n_other, (double)m->c->nu);
}

/* One vector: ridge regression of the observed pairs on what each one sees, over the Gram matrix of
 * `others`. */
static void solve_row(const problem *m, double others[][MOST_DIM], double seen[][MOST_DIM],
                      const double *part, const double *w, uint32_t n, double few, double *out) {
    uint32_t dim = m->c->dim;
    double system[MOST_DIM * MOST_DIM] = {0}, mass = 0;
    for (uint32_t a = 0; a < dim; a++) out[a] = 0;
    for (uint32_t o = 0; o < n; o++) {
        mass += w[o] * part[o];
        for (uint32_t a = 0; a < dim; a++) {
            out[a] += w[o] * part[o] * seen[o][a];
            for (uint32_t b = 0; b < dim; b++)
                system[a * dim + b] += (double)m->c->alpha * part[o] * others[o][a] * others[o][b] +
                                       w[o] * part[o] * seen[o][a] * seen[o][b];
        }
    }
    for (uint32_t a = 0; a < dim; a++) system[a * dim + a] += few * ridge(m, mass, n);
    dense_solve(system, out, dim);
}

static void solve_users(const problem *m, double items[][MOST_DIM], double users[][MOST_DIM]) {
    for (uint32_t u = 0; u < m->c->n_users; u++)
        solve_row(m, items, items, m->q, m->w[u], m->c->n_items, 1, users[u]);
}

static void column_of(const problem *m, uint32_t item, double *out) {
    for (uint32_t u = 0; u < m->c->n_users; u++) out[u] = m->w[u][item];
}

static void solve_items(const problem *m, double users[][MOST_DIM], double items[][MOST_DIM]) {
    double w[MOST_USERS];
    for (uint32_t j = 0; j < m->c->n_items; j++) {
        column_of(m, j, w);
        solve_row(m, users, users, m->p, w, m->c->n_users, m->few[j], items[j]);
    }
}

/* Vectors of the trainer without the popularity damping. */
static void read_items(const problem *m, const run *r, double items[][MOST_DIM]) {
    const float *v = ampcf_trainer_vectors(r->trainer);
    for (uint32_t j = 0; j < m->c->n_items; j++)
        for (uint32_t a = 0; a < m->c->dim; a++) items[j][a] = (double)v[j * m->c->dim + a] / m->t[j];
}

static void check_items(const problem *m, const run *r, double items[][MOST_DIM], double tolerance) {
    double largest = 0, found[MOST_ITEMS][MOST_DIM];
    read_items(m, r, found);
    for (uint32_t j = 0; j < m->c->n_items; j++)
        for (uint32_t a = 0; a < m->c->dim; a++) largest = fmax(largest, fabs(items[j][a]));
    CHECK(largest > 0.05);
    for (uint32_t j = 0; j < m->c->n_items; j++)
        for (uint32_t a = 0; a < m->c->dim; a++) CHECK_NEAR(found[j][a], items[j][a], tolerance * largest);
}

/* Weights q_j / t_j^2, targets t_j, and the Gram matrix that belongs to them. */
static void check_file_side(const problem *m, const run *r) {
    uint32_t n = m->c->n_items, dim = m->c->dim;
    const float *g = ampcf_trainer_item_weights(r->trainer), *t = ampcf_trainer_item_targets(r->trainer);
    int wanted = m->c->item_damping != 0 || m->c->popularity_damping != 0;
    CHECK(!!g == wanted && !!t == wanted);
    double mean = 0;
    for (uint32_t j = 0; g && t && j < n; j++) {
        CHECK_NEAR(t[j], m->t[j], 1e-6 * m->t[j]);
        CHECK_NEAR(g[j], m->q[j] / (m->t[j] * m->t[j]), 1e-6 * m->q[j] / (m->t[j] * m->t[j]));
        mean += (double)g[j] * (double)t[j] * (double)t[j] / n;
    }
    if (wanted) CHECK_NEAR(mean, 1, 1e-6);
    float gram[MOST_DIM * (MOST_DIM + 1) / 2];
    fill_weighted_gram(ampcf_trainer_vectors(r->trainer), g, n, dim, gram);
    for (uint32_t i = 0; i < dim * (dim + 1) / 2; i++)
        CHECK_NEAR(ampcf_trainer_gram(r->trainer)[i], gram[i], 1e-6 * (1 + fabs((double)gram[i])));
}

/* Every sixth combination of dampings, nu and weights, every third with an L2 by support; the last item has
 * nobody, user 3 has nothing. */
static void vary(ampcf_train_config *c, int variant) {
    c->user_damping = variant % 2 ? 0.7f : 0;
    c->item_damping = variant / 2 % 2 ? 0.5f : 0;
    c->popularity_damping = variant / 4 % 2 ? 0.6f : 0;
    c->nu = variant % 3 == 0 ? 1 : variant % 3 == 1 ? 0.5f : 0;
    c->support_lambda = (variant + variant / 3) % 3 == 1 ? 9 : 0;
}

/* From where a run of s sweeps ends, the next sweeps of the reference lead to where a longer run ends. */
static void sweeps_follow_the_formulas(void) {
    static problem m;
    static double users[MOST_USERS][MOST_DIM], items[MOST_ITEMS][MOST_DIM];
    uint64_t rng = 321;
    data d = make_data(50, 37, 1, &rng);
    for (int variant = 0; variant < 16; variant++)
        for (uint32_t from = 1; from <= 3; from += 2)
            for (uint32_t more = 1; more <= 2; more++) {
                ampcf_train_config c = plain_config(&d);
                vary(&c, variant);
                c.dim = variant % 2 ? 6 : 11, c.seed = (uint32_t)variant;
                const float *w = variant < 8 ? d.weights : NULL;
                set_problem(&m, &c, &d, w);
                c.sweeps = from;
                run start = train(&c, &d, w);
                c.sweeps = from + more;
                run end = train(&c, &d, w);
                read_items(&m, &start, items);
                for (uint32_t s = 0; s < more; s++) {
                    solve_users(&m, items, users);
                    solve_items(&m, users, items);
                }
                check_items(&m, &end, items, 2e-5);
                check_file_side(&m, &end);
                free(start.memory), free(end.memory);
            }
    free_data(&d);
}

/* The objective of ampcf_train.h, users at their best: lambda_u = p_u lambda (sum_i w_ui q_i + alpha N)^nu,
 * lambda_j likewise. */
static double loss(const problem *m, double users[][MOST_DIM], double items[][MOST_DIM]) {
    uint32_t n_users = m->c->n_users, n_items = m->c->n_items, dim = m->c->dim;
    double sum = 0;
    for (uint32_t u = 0; u < n_users; u++) {
        double mass = 0, norm = length_double(users[u], dim);
        for (uint32_t j = 0; j < n_items; j++) {
            double y = 0, w = m->w[u][j];
            for (uint32_t a = 0; a < dim; a++) y += users[u][a] * items[j][a];
            sum += m->p[u] * m->q[j] * (w * (1 - y) * (1 - y) + (double)m->c->alpha * y * y);
            mass += w * m->q[j];
        }
        sum += m->p[u] * ridge(m, mass, n_items) * norm * norm;
    }
    for (uint32_t j = 0; j < n_items; j++) {
        double mass = 0, norm = length_double(items[j], dim);
        for (uint32_t u = 0; u < n_users; u++) mass += m->w[u][j] * m->p[u];
        sum += m->q[j] * m->few[j] * ridge(m, mass, n_users) * norm * norm;
    }
    return sum;
}

static void the_loss_falls(void) {
    static problem m;
    static double users[MOST_USERS][MOST_DIM], items[MOST_ITEMS][MOST_DIM];
    uint64_t rng = 323;
    data d = make_data(60, 40, 1, &rng);
    for (int variant = 0; variant < 8; variant++) {
        ampcf_train_config c = plain_config(&d);
        vary(&c, variant);
        set_problem(&m, &c, &d, d.weights);
        double first = 0, before = INFINITY;
        for (uint32_t sweeps = 1; sweeps <= 12; sweeps++) {
            c.sweeps = sweeps;
            run r = train(&c, &d, d.weights);
            read_items(&m, &r, items);
            solve_users(&m, items, users);
            double now = loss(&m, users, items);
            CHECK(now <= before * (1 + 1e-7));
            if (sweeps == 1) first = now;
            before = now;
            free(r.memory);
        }
        CHECK(before < 0.99 * first);
        items[0][0] += 0.05; /* the same measure after a step of its own, or it could not fail */
        solve_users(&m, items, users);
        CHECK(loss(&m, users, items) > before);
    }
    free_data(&d);
}

static test_parts parts_around(uint32_t n, uint32_t dim, uint32_t personas) {
    uint64_t rng = 1;
    recipe r = plain_recipe(n, dim, personas, 0);
    return make_parts(&r, &rng);
}

/* A model of what was trained, opened. */
static test_model model_of(const test_parts *around, const run *r) {
    ampcf_model_parts parts = around->parts;
    parts.vectors = ampcf_trainer_vectors(r->trainer), parts.bias = ampcf_trainer_bias(r->trainer);
    parts.gram = ampcf_trainer_gram(r->trainer), parts.settings = ampcf_trainer_settings(r->trainer);
    parts.item_weights = ampcf_trainer_item_weights(r->trainer),
    parts.item_targets = ampcf_trainer_item_targets(r->trainer);
    return open_parts(&parts);
}

static test_profile fold_person(const test_model *m, const data *d, const float *weights, uint32_t user) {
    uint32_t from = d->offsets[user];
    return fold(m->model, d->items + from, weights ? weights + from : NULL, d->offsets[user + 1] - from, 0);
}

/* A device that folds in a person of the training finds that person: t_j u . v_j with u the next solution of
 * the training. */
static void devices_find_people_again(void) {
    static problem m;
    static double users[MOST_USERS][MOST_DIM], items[MOST_ITEMS][MOST_DIM];
    uint64_t rng = 325;
    data d = make_data(50, 37, 1, &rng);
    for (int variant = 0; variant < 8; variant++) {
        ampcf_train_config c = plain_config(&d);
        vary(&c, variant);
        const float *w = variant % 2 ? d.weights : NULL;
        set_problem(&m, &c, &d, w);
        run r = train(&c, &d, w);
        test_parts around = parts_around(d.n_items, c.dim, 1);
        test_model model = model_of(&around, &r);
        read_items(&m, &r, items);
        solve_users(&m, items, users);
        for (uint32_t u = 0; u < d.n_users; u++) {
            test_profile p = fold_person(&model, &d, w, u);
            for (uint32_t j = 0; j < d.n_items; j++) {
                float score;
                double y = 0;
                CHECK_EQ(ampcf_score(p.profile, &j, 1, &score, NULL), AMPCF_OK);
                for (uint32_t a = 0; a < c.dim; a++) y += m.t[j] * users[u][a] * items[j][a];
                CHECK_NEAR(score, (u == 3 ? 0 : y) + (double)ampcf_trainer_bias(r.trainer)[j], 1e-5);
            }
            free_profile(&p);
        }
        free_model(&model), free_parts(&around), free(r.memory);
    }
    free_data(&d);
}

/* Where everybody has as much as everybody else there is nothing to damp: p = q = t = 1, to the bit. */
static void equals_are_not_damped(void) {
    enum { USERS = 48, ITEMS = 24, EACH = 7 };
    uint32_t offsets[USERS + 1] = {0}, items[USERS * EACH];
    for (uint32_t u = 0, at = 0; u < USERS; u++) {
        for (uint32_t j = 0; j < ITEMS; j++)
            if ((j + ITEMS - u % ITEMS) % ITEMS % 4 == 0 || (j + ITEMS - u % ITEMS) % ITEMS == 1)
                items[at++] = j;
        offsets[u + 1] = at;
    }
    CHECK_EQ(offsets[USERS], USERS * EACH);
    data d = {USERS, ITEMS, offsets, items, NULL};
    ampcf_train_config c = plain_config(&d), none = c;
    none.user_damping = none.item_damping = none.popularity_damping = 0;
    run a = train(&c, &d, NULL), b = train(&none, &d, NULL);
    CHECK_BYTES(ampcf_trainer_vectors(a.trainer), ampcf_trainer_vectors(b.trainer),
                ITEMS * c.dim * sizeof(float));
    CHECK_BYTES(ampcf_trainer_gram(a.trainer), ampcf_trainer_gram(b.trainer),
                c.dim * (c.dim + 1) / 2 * sizeof(float));
    CHECK_BYTES(ampcf_trainer_settings(a.trainer), ampcf_trainer_settings(b.trainer),
                SETTINGS * sizeof(float));
    for (uint32_t j = 0; j < ITEMS; j++)
        CHECK(ampcf_trainer_item_weights(a.trainer)[j] == 1 && ampcf_trainer_item_targets(a.trainer)[j] == 1);
    CHECK(!ampcf_trainer_item_weights(b.trainer) && !ampcf_trainer_item_targets(b.trainer));
    none.user_damping = 0.5f; /* people are folded in one by one: the file has nothing to say of them */
    run people = train(&none, &d, NULL);
    CHECK(!ampcf_trainer_item_weights(people.trainer) && !ampcf_trainer_item_targets(people.trainer));
    free(a.memory), free(b.memory), free(people.memory);
}

/* One item of five thousand people and many of one, all dampings at their strongest: the file still holds
 * what was trained. */
static void extreme_dampings_fit_the_file(void) {
    enum { USERS = 5000, ITEMS = 60 };
    uint32_t offsets[USERS + 1] = {0}, items[USERS + ITEMS];
    for (uint32_t u = 0, at = 0; u < USERS; u++) {
        items[at++] = 0;
        if (u > 0 && u < ITEMS) items[at++] = u;
        offsets[u + 1] = at;
    }
    data d = {USERS, ITEMS, offsets, items, NULL};
    for (int variant = 1; variant < 8; variant++) {
        ampcf_train_config c = plain_config(&d);
        c.user_damping = 2, c.item_damping = variant & 1 ? 2.0f : 0,
        c.popularity_damping = variant & 2   ? 2.0f
                               : variant & 4 ? 1.0f
                                             : 0;
        run r = train(&c, &d, NULL);
        test_parts around = parts_around(ITEMS, c.dim, 1);
        test_model model = model_of(&around, &r);
        test_profile p = fold_person(&model, &d, NULL, 7);
        float score;
        CHECK_EQ(ampcf_score(p.profile, &items[2 * 7 - 1], 1, &score, NULL), AMPCF_OK);
        CHECK(isfinite(score));
        free_profile(&p), free_model(&model), free_parts(&around), free(r.memory);
    }
}

/* The rarer an item, the more an L2 by support shrinks it; of what is common little is lost. */
static void rare_items_shrink(void) {
    enum { USERS = 600, ITEMS = 24, COMMON = 12 };
    uint32_t offsets[USERS + 1] = {0}, items[USERS * ITEMS], n = 0;
    for (uint32_t u = 0; u < USERS; u++) {
        for (uint32_t j = 0; j < ITEMS; j++)
            if (j % 3 == u % 3 && (j < COMMON || u / 3 % 20 == j / 3)) items[n++] = j;
        offsets[u + 1] = n;
    }
    data d = {USERS, ITEMS, offsets, items, NULL};
    ampcf_train_config none = plain_config(&d), few = none;
    few.support_lambda = 20;
    run a = train(&none, &d, NULL), b = train(&few, &d, NULL);
    double before[2] = {0, 0}, after[2] = {0, 0};
    for (uint32_t i = 0; i < ITEMS * none.dim; i++) {
        int rare = i / none.dim >= COMMON;
        before[rare] += pow((double)ampcf_trainer_vectors(a.trainer)[i], 2);
        after[rare] += pow((double)ampcf_trainer_vectors(b.trainer)[i], 2);
    }
    CHECK(after[0] > 0.8 * before[0] && after[1] < 0.5 * before[1]);
    free(a.memory), free(b.memory);
}

/* What is written is what was trained, rounded to multiples of the step before t_j. */
static void numbers_are_multiples_of_a_step(void) {
    uint64_t rng = 329;
    data d = make_data(50, 37, 1, &rng);
    ampcf_train_config plain = plain_config(&d), stepped = plain;
    stepped.vector_step = 0.25f;
    run a = train(&plain, &d, NULL), b = train(&stepped, &d, NULL);
    static problem m;
    static double exact_items[MOST_ITEMS][MOST_DIM], items[MOST_ITEMS][MOST_DIM];
    set_problem(&m, &plain, &d, NULL);
    read_items(&m, &a, exact_items), read_items(&m, &b, items);
    double sum = 0;
    for (uint32_t j = 0; j < d.n_items; j++)
        for (uint32_t i = 0; i < plain.dim; i++) sum += exact_items[j][i] * exact_items[j][i];
    double step = 0.25 * sqrt(sum / (d.n_items * plain.dim));
    for (uint32_t j = 0; j < d.n_items; j++)
        for (uint32_t i = 0; i < plain.dim; i++) {
            double steps = items[j][i] / step;
            CHECK_NEAR(steps, round(steps), 1e-4);
            CHECK(fabs(items[j][i] - exact_items[j][i]) <= step * 0.5001);
        }
    free(a.memory), free(b.memory), free_data(&d);
}

/* Out of its range, and where an objective has no such thing. */
static void what_forgets_has_a_range(void) {
    uint64_t rng = 327;
    data d = make_data(50, 37, 1, &rng);
    const float bad[] = {-1, 65537, (float)NAN, (float)INFINITY};
    ampcf_train_config c = plain_config(&d);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        c.support_lambda = bad[i];
        CHECK_EQ(ampcf_trainer_memory(&c, 10), 0);
    }
    c.support_lambda = 65536;
    CHECK(ampcf_trainer_memory(&c, 10) > 0);
    const float bad_steps[] = {-1, 0.0009f, 1.01f, (float)NAN};
    for (size_t i = 0; i < sizeof bad_steps / sizeof *bad_steps; i++) {
        c.vector_step = bad_steps[i];
        CHECK_EQ(ampcf_trainer_memory(&c, 10), 0);
    }
    c.vector_step = 0;
    c.user_damping = c.item_damping = c.popularity_damping = 0;
    c.batch = 8, c.negatives = 4, c.warmup = 1, c.learning_rate = 0.001f;
    for (uint32_t objective = AMPCF_OBJECTIVE_SOFTMAX; objective <= AMPCF_OBJECTIVE_LOGISTIC; objective++) {
        c.objective = objective, c.support_lambda = 0;
        CHECK(ampcf_trainer_memory(&c, 100) > 0);
        c.support_lambda = 1;
        CHECK_EQ(ampcf_trainer_memory(&c, 100), 0);
        c.support_lambda = 0, c.vector_step = 1;
        CHECK_EQ(ampcf_trainer_memory(&c, 100), 0);
        c.vector_step = 0;
    }
    free_data(&d);
}

int main(void) {
    sweeps_follow_the_formulas();
    the_loss_falls();
    devices_find_people_again();
    equals_are_not_damped();
    extreme_dampings_fit_the_file();
    rare_items_shrink();
    numbers_are_multiples_of_a_step();
    what_forgets_has_a_range();
    return check_report();
}
