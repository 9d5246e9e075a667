/* Owns the test that several trainers, or several computations of neighbours, that share the work give what
 * one gives, to the last bit. Must leave what that is to the tests of each objective and method. */
#include "interactions.h"
#include "models.h"

enum { MOST = 5 };

/* ---- Trainers ---- */

typedef struct trainers {
    void *memory[MOST];
    ampcf_trainer *of[MOST];
} trainers;

static trainers open_trainers(const ampcf_train_config *c, const data *d, uint32_t count) {
    size_t bytes = ampcf_trainer_memory(c, d->offsets[d->n_users]);
    trainers t;
    CHECK(bytes > 0);
    for (uint32_t i = 0; i < count; i++) {
        t.memory[i] = exact(bytes);
        memset(t.memory[i], (int)i + 1, bytes);
        CHECK_EQ(ampcf_trainer_open(c, d->offsets, d->items, d->weights, t.memory[i], bytes, &t.of[i]),
                 AMPCF_OK);
    }
    return t;
}

static void close_trainers(trainers *t, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) free(t->memory[i]);
}

/* The last one keeps the results and solves nothing. */
static void one_pass(trainers *t, uint32_t count, const ampcf_train_pass *pass, uint64_t *rng) {
    for (uint32_t from = 0, n; from < pass->n_rows; from += n) {
        uint32_t who = count > 1 ? random_below(rng, count - 1) : 0, most = 1 + random_below(rng, 9);
        n = most < pass->n_rows - from ? most : pass->n_rows - from;
        CHECK_EQ(ampcf_trainer_solve(t->of[who], from, n), AMPCF_OK);
        ampcf_train_pass own, other;
        ampcf_trainer_pass(t->of[who], &own);
        for (uint32_t i = 0; i < count; i++) {
            size_t at = (size_t)from * own.row_floats;
            ampcf_trainer_pass(t->of[i], &other);
            if (i != who) memcpy(other.rows + at, own.rows + at, n * own.row_floats * sizeof(float));
        }
    }
}

static void shared_training(const ampcf_train_config *c, const data *d, uint32_t count, uint64_t *rng) {
    trainers alone = open_trainers(c, d, 1), t = open_trainers(c, d, count);
    ampcf_train_progress p = {0, 1, 0, 0}, q = {0, 1, 0, 0};
    ampcf_train_pass pass;
    size_t n = c->n_items, dim = c->dim;
    uint32_t passes[4] = {0};
    while (p.done < p.total) CHECK_EQ(ampcf_trainer_step(alone.of[0], 1000, &p), AMPCF_OK);
    for (ampcf_trainer_pass(t.of[0], &pass); pass.n_rows > 0; ampcf_trainer_pass(t.of[0], &pass)) {
        uint64_t before = q.done;
        CHECK_EQ(ampcf_trainer_solve(t.of[0], pass.n_rows, 1), AMPCF_E_ARGUMENT);
        CHECK_EQ(ampcf_trainer_solve(t.of[0], 1, pass.n_rows), AMPCF_E_ARGUMENT);
        CHECK(pass.kind == AMPCF_PASS_PEOPLE || pass.n_rows <= c->n_items || pass.n_rows == c->n_users);
        passes[pass.kind]++;
        one_pass(&t, count, &pass, rng);
        for (uint32_t i = 0; i < count; i++) CHECK_EQ(ampcf_trainer_pass_end(t.of[i], &q), AMPCF_OK);
        CHECK_EQ(q.done, before + (pass.kind == AMPCF_PASS_GRADIENTS ? 0 : pass.n_rows));
    }
    CHECK(passes[AMPCF_PASS_USERS] > 1 && passes[AMPCF_PASS_USERS] == passes[AMPCF_PASS_ITEMS]);
    CHECK((passes[AMPCF_PASS_PEOPLE] > 3) == (c->objective != AMPCF_OBJECTIVE_ALS));
    ampcf_trainer *last = t.of[count - 1];
    CHECK_EQ(ampcf_trainer_pass_end(last, &q), AMPCF_E_ARGUMENT);
    CHECK(p.done == q.done && p.sweep == q.sweep && p.sweep == c->sweeps + c->warmup);
    CHECK_BYTES(ampcf_trainer_vectors(last), ampcf_trainer_vectors(alone.of[0]), n * dim * 4);
    CHECK_BYTES(ampcf_trainer_bias(last), ampcf_trainer_bias(alone.of[0]), n * 4);
    CHECK_BYTES(ampcf_trainer_gram(last), ampcf_trainer_gram(alone.of[0]), dim * (dim + 1) / 2 * 4);
    close_trainers(&alone, 1), close_trainers(&t, count);
}

static ampcf_train_config plain_config(const data *d) {
    return (ampcf_train_config){.n_users = d->n_users,
                                .n_items = d->n_items,
                                .dim = 6,
                                .n_personas = 1,
                                .leaves = 8,
                                .sweeps = 3,
                                .seed = 1,
                                .alpha = 0.3f,
                                .lambda = 0.05f,
                                .nu = 1,
                                .split = 0.8f,
                                .bias = 0.01f};
}

static void trainings_are_shared(void) {
    uint64_t rng = 301;
    for (uint32_t count = 1; count <= MOST; count++)
        for (int variant = 0; variant < 9; variant++) {
            data d = make_data(60, 41, variant == 1, &rng);
            ampcf_train_config c = plain_config(&d);
            if (variant == 1) c.support_lambda = 9, c.vector_step = 0.5f, c.user_damping = 0.3f;
            if (variant == 2) c.lambda = 200, c.item_damping = 0.4f; /* next to nothing is left */
            if (variant >= 3) {
                c.objective = AMPCF_OBJECTIVE_MULTINOMIAL + (uint32_t)variant % 3;
                c.warmup = 2, c.batch = 16, c.learning_rate = 0.01f, c.dropout = 0.4f, c.decay = 0.01f;
                c.zeros = 0.2f;
            }
            if (variant >= 6) c.samples = 7, c.batch = variant == 7 ? 1 : 23; /* few items of many */
            if (variant == 8) c.dropout = 0;
            shared_training(&c, &d, count, &rng);
            free_data(&d);
        }
}

static void softmax_has_no_passes(void) {
    uint64_t rng = 303;
    data d = make_data(30, 20, 0, &rng);
    ampcf_train_config c = plain_config(&d);
    ampcf_train_progress p;
    ampcf_train_pass pass = {NULL, 7, 7, AMPCF_PASS_PEOPLE};
    c.objective = AMPCF_OBJECTIVE_SOFTMAX, c.batch = 8, c.negatives = 2, c.learning_rate = 0.01f;
    c.attention_beta = 1, c.balance = 1;
    free(d.weights), d.weights = NULL;
    trainers t = open_trainers(&c, &d, 1);
    ampcf_trainer_pass(t.of[0], &pass);
    CHECK_EQ(pass.n_rows, 0);
    CHECK_EQ(ampcf_trainer_solve(t.of[0], 0, 1), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_trainer_pass_end(t.of[0], &p), AMPCF_E_ARGUMENT);
    close_trainers(&t, 1), free_data(&d);
}

/* ---- Neighbours ---- */

typedef struct sharers {
    void *memory[MOST];
    ampcf_neighbours *of[MOST];
} sharers;

static sharers open_sharers(const ampcf_neighbours_config *c, const data *d, const ampcf_item_side *side,
                            uint32_t count) {
    size_t bytes = ampcf_neighbours_memory(c, d->offsets[d->n_users]);
    sharers s;
    CHECK(bytes > 0);
    for (uint32_t i = 0; i < count; i++) {
        s.memory[i] = exact(bytes);
        memset(s.memory[i], (int)i + 1, bytes);
        CHECK_EQ(
            ampcf_neighbours_open(c, d->offsets, d->items, d->weights, side, s.memory[i], bytes, &s.of[i]),
            AMPCF_OK);
        if (count > 1) CHECK_EQ(ampcf_neighbours_share(s.of[i], i, count), AMPCF_OK);
    }
    return s;
}

/* Units of a pass that one of them has solved, and what it gives of them. */
typedef struct gift {
    uint32_t who, from, n;
    void *given;
} gift;

static gift solve_units(sharers *s, uint32_t who, uint32_t from, uint32_t n) {
    CHECK_EQ(ampcf_neighbours_solve(s->of[who], from, n), AMPCF_OK);
    size_t bytes = ampcf_neighbours_give(s->of[who], from, n, NULL);
    gift g = {who, from, n, exact(bytes)};
    CHECK_EQ(ampcf_neighbours_give(s->of[who], from, n, g.given), bytes);
    return g;
}

static void hand_over(sharers *s, uint32_t count, gift g) {
    for (uint32_t i = 0; i < count; i++)
        if (i != g.who) CHECK_EQ(ampcf_neighbours_take(s->of[i], g.from, g.n, g.given), AMPCF_OK);
    free(g.given);
}

static void one_shared_pass(sharers *s, uint32_t count, const ampcf_neighbours_pass *pass, uint64_t *rng) {
    uint32_t n_gifts = 0;
    gift *gifts = exact(pass->n_units * sizeof *gifts);
    CHECK_EQ(ampcf_neighbours_solve(s->of[0], pass->n_units, 1), AMPCF_E_ARGUMENT);
    for (uint32_t from = 0, n; from < pass->n_units; from += n) {
        uint32_t who = random_below(rng, count), most = 1 + random_below(rng, 4), end = pass->n_units;
        if (pass->owned) {
            for (who = 0; (uint64_t)pass->n_units * (who + 1) / count <= from;) who++;
            end = (uint32_t)((uint64_t)pass->n_units * (who + 1) / count);
        }
        n = most < end - from ? most : end - from;
        gift g = solve_units(s, who, from, n);
        if (pass->owned) gifts[n_gifts++] = g;
        else hand_over(s, count, g);
    }
    for (uint32_t i = 0; i < n_gifts; i++) hand_over(s, count, gifts[i]);
    free(gifts);
}

static void check_same_rows(const ampcf_neighbours *a, const ampcf_neighbours *b, uint32_t n) {
    const uint32_t *offsets = ampcf_neighbours_offsets(a);
    CHECK_BYTES(ampcf_neighbours_offsets(b), offsets, (n + 1) * 4);
    CHECK_BYTES(ampcf_neighbours_scales(b), ampcf_neighbours_scales(a), n * 4);
    CHECK_BYTES(ampcf_neighbours_items(b), ampcf_neighbours_items(a), offsets[n] * 4);
    CHECK_BYTES(ampcf_neighbours_values(b), ampcf_neighbours_values(a), offsets[n]);
    CHECK(offsets[n] > 0 || n < 10);
}

static void shared_neighbours(const ampcf_neighbours_config *c, const data *d, const ampcf_item_side *side,
                              uint32_t count, uint64_t *rng) {
    sharers alone = open_sharers(c, d, side, 1), s = open_sharers(c, d, side, count);
    ampcf_neighbours_progress p = {0, 1}, q = {0, 1};
    ampcf_neighbours_pass pass;
    while (p.done < p.total) CHECK_EQ(ampcf_neighbours_step(alone.of[0], 1000, &p), AMPCF_OK);
    for (uint32_t passes = 0; q.done < q.total && passes < 10000; passes++) {
        uint64_t before = q.done;
        ampcf_neighbours_pass_at(s.of[0], &pass);
        CHECK(pass.n_units > 0);
        one_shared_pass(&s, count, &pass, rng);
        for (uint32_t i = 0; i < count; i++) CHECK_EQ(ampcf_neighbours_pass_end(s.of[i], &q), AMPCF_OK);
        CHECK(q.done >= before && q.done <= q.total);
    }
    CHECK(q.done == q.total && p.total == q.total);
    ampcf_neighbours_pass_at(s.of[0], &pass);
    CHECK_EQ(pass.n_units, 0);
    CHECK_EQ(ampcf_neighbours_share(s.of[0], 0, 2), AMPCF_E_ARGUMENT); /* too late */
    for (uint32_t i = 0; i < count; i++) check_same_rows(alone.of[0], s.of[i], c->n_items);
    for (uint32_t i = 0; i < count; i++) free(s.memory[i]);
    free(alone.memory[0]);
}

static void neighbours_are_shared(void) {
    static const struct {
        uint32_t users, items, aspects, neighbours, dim, method, support;
    } cases[] = {{200, 60, 0, 12, 9, 0, 0},  {300, 150, 20, 12, 0, 0, 2}, {300, 200, 20, 12, 17, 0, 0},
                 {45, 60, 12, 10, 12, 0, 0}, {130, 200, 0, 10, 0, 0, 0},  {150, 64, 0, 64, 0, 0, 0},
                 {5, 3, 0, 2, 2, 0, 0},      {90, 67, 0, 7, 0, 1, 2},     {90, 67, 0, 3, 0, 2, 0},
                 {120, 131, 0, 20, 0, 2, 2}, {20, 3, 0, 2, 0, 2, 0}};
    uint64_t rng = 305;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint32_t count = 1; count <= MOST; count += count > 2 ? 2 : 1) {
            data d = make_data(cases[i].users, cases[i].items, 0, &rng);
            recipe r = plain_recipe(d.n_items, cases[i].dim ? cases[i].dim : 1, 1, 0);
            r.scale = 0.5f, r.settings[LAMBDA] = 0.05f;
            test_parts t = make_parts(&r, &rng);
            ampcf_item_side side = {t.parts.dim, t.vectors,      t.gram,
                                    t.settings,  t.item_weights, t.item_targets};
            ampcf_neighbours_config c = {.n_users = d.n_users,
                                         .n_items = d.n_items,
                                         .method = cases[i].method,
                                         .neighbours = cases[i].neighbours,
                                         .n_aspects = cases[i].aspects,
                                         .dim = cases[i].dim,
                                         .lambda = 8,
                                         .lambda_growth = cases[i].method == 0 ? 0.5f : 0,
                                         .user_damping = 0.6f,
                                         .source_damping = 0.4f,
                                         .popularity_damping = 0.12f,
                                         .strength = 0.8f,
                                         .aspect_strength = 30,
                                         .blend = 0.8f,
                                         .pair_support = cases[i].support};
            shared_neighbours(&c, &d, c.dim ? &side : NULL, count, &rng);
            free_data(&d), free_parts(&t);
        }
}

static void wrong_parts_are_refused(void) {
    uint64_t rng = 307;
    data d = make_data(30, 20, 0, &rng);
    ampcf_neighbours_config c = {.n_users = 30,
                                 .n_items = 20,
                                 .method = AMPCF_NEIGHBOURS_COOCCURRENCE,
                                 .neighbours = 3,
                                 .lambda = 1,
                                 .strength = 1};
    sharers s = open_sharers(&c, &d, NULL, 1);
    CHECK_EQ(ampcf_neighbours_share(s.of[0], 0, 0), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_share(s.of[0], 2, 2), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_share(s.of[0], 0, AMPCF_MAX_PARTS + 1), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_take(s.of[0], 0, 6, NULL), AMPCF_E_ARGUMENT);
    CHECK_EQ(ampcf_neighbours_give(s.of[0], 6, 1, NULL), 0);
    free(s.memory[0]), free_data(&d);
}

int main(void) {
    trainings_are_shared();
    softmax_has_no_passes();
    neighbours_are_shared();
    wrong_parts_are_refused();
    return check_report();
}
