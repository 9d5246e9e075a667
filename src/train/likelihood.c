/* Owns the objectives `multinomial`, `gaussian` and `logistic`: which events and items a person is learnt
 * from, batches, the start from als. Must not know the losses (likelihood_loss.c) or how parameters move
 * (adam.c), and must give the same result however the work is cut into steps, and by whom it is done.
 *
 * A batch goes by blocks of people, as many as there is room for, and a block in two passes. In the first
 * each person's row is filled in from items that stand still: the folded vector, the adjoint, and what the
 * loss says of each item. In the second each item that the batch touches collects its gradient from these
 * rows, one person after the other. A row of either pass is made whole by whoever solves it, so neither
 * blocks nor trainers that share a pass change a bit. */
#include "train/likelihood.h"

#include "base/kernels.h"
#include "base/smath.h"

#include <string.h>

/* Scale and item biases start far from where they belong, whatever the learning rate of the vectors. */
#define HEAD_RATE 0.02f
#define MAX_LOG_SCALE 8.0f
/* Floats of the rows of a block, but for one person who takes more. */
#define BLOCK_FLOATS (8u << 20)

/* Floats of the rows of a block, but for one person who takes more. */
#define BLOCK_FLOATS (8u << 20)
/* Items whose gradients stay in the first cache while all people of a block add to them. */
#define TILE 32u

static int likelihood_config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    (void)n_interactions;
    return c->warmup >= 1 && c->warmup <= 1000 && c->batch >= 1 && c->batch <= 65536 &&
           c->samples <= AMPCF_MAX_ITEMS && in_range(c->learning_rate, 1e-9f, 1) &&
           in_range(c->dropout, 0, 0.99f) && in_range(c->decay, 0, 1048576) && in_range(c->zeros, 0, 1024) &&
           c->support_lambda == 0 && c->vector_step == 0;
}

/* The warm-up's own state lies in the arena before ours, and its base is where ours begins. */
static void take_warmup(arena *a, likelihood_trainer *t, const trainer_shape *shape) {
    ampcf_train_config first = *shape->config;
    first.sweeps = shape->config->warmup;
    trainer_shape first_shape = {&first, shape->n_interactions, shape->max_degree};
    t->als = train_als.layout(a, &first_shape);
    if (t->als) t->base = *t->als;
    t->base.config = *shape->config;
    t->base.config.sweeps += shape->config->warmup; /* passes, as progress counts them */
}

/* A person: what is folded in, and the C items that are scored. */
static void take_person(arena *a, likelihood_trainer *t, const ampcf_train_config *c) {
    uint32_t n = c->n_items, stride = kernel_stride(c->dim), sampled = c->samples > 0 ? t->max_items : 0;
    t->order = arena_take(a, c->n_users, sizeof *t->order);
    t->kept = arena_take(a, t->max_history, sizeof *t->kept);
    t->cumulative = arena_take(a, c->samples > 0 ? n : 0, sizeof *t->cumulative);
    t->gram = arena_take(a, c->dim, stride * sizeof(float));
    t->target = arena_take(a, t->max_items, sizeof(float));
    t->stands_for = arena_take(a, t->max_items, sizeof(float));
    t->rows = arena_take(a, sampled, stride * sizeof(float));
    t->bias = arena_take(a, sampled, sizeof(float));
    t->scratch = arena_take(a, stride, sizeof(float));
    t->fold = train_fold_take(a, c->dim, t->max_history);
    t->example.score = arena_take(a, t->max_items, sizeof(float));
}

/* Room for a whole batch, or for as many as BLOCK_FLOATS hold. */
static void take_block(arena *a, likelihood_trainer *t) {
    uint64_t one = person_size(t, t->max_items, t->max_history), room = one * t->batch;
    if (room > BLOCK_FLOATS) room = one > BLOCK_FLOATS ? one : BLOCK_FLOATS;
    t->room = (size_t)room;
    t->people = arena_take(a, t->room, sizeof *t->people);
    t->random_at = arena_take(a, t->batch, sizeof *t->random_at);
}

/* Parameters and what moves them; a batch touches at most `touched` items. */
static void take_parameters(arena *a, likelihood_trainer *t, const ampcf_train_config *c, uint32_t touched) {
    uint32_t n = c->n_items, stride = kernel_stride(c->dim);
    t->start = arena_take(a, n, stride * sizeof(float));
    t->bias_values = arena_take(a, n, sizeof(float));
    t->head_values = arena_take(a, 1, sizeof(float));
    t->optimizer = adam_take(a);
    t->head_optimizer = adam_take(a);
    t->vectors = adam_table_take(a, t->base.vectors, n, stride, touched);
    t->biases = adam_table_take(a, t->bias_values, n, 1, touched);
    t->head = adam_table_take(a, t->head_values, 1, 1, 1);
}

static ampcf_trainer *likelihood_layout(arena *a, const trainer_shape *shape) {
    const ampcf_train_config *c = shape->config;
    uint32_t n = c->n_items, degree = least(shape->max_degree, n), touched = n;
    likelihood_trainer *head = arena_take(a, 1, sizeof *head), t;
    memset(&t, 0, sizeof t);
    take_warmup(a, &t, shape);
    t.batch = least(c->batch, c->n_users);
    t.max_history = degree;
    t.max_items = c->samples > 0 ? least((uint64_t)c->samples + degree, UINT32_MAX) : n;
    if (c->samples > 0) touched = least((uint64_t)t.batch * ((uint64_t)t.max_items + degree), n);
    take_person(a, &t, c);
    take_block(a, &t);
    take_parameters(a, &t, c, touched);
    if (a->full || !a->base || !t.als) return NULL;
    *head = t;
    return &head->base;
}

static likelihood kind_of(const ampcf_train_config *c) {
    return (likelihood)(c->objective - AMPCF_OBJECTIVE_MULTINOMIAL);
}

/* What was room for any input is taken by this one. */
static void measure_rows(likelihood_trainer *t) {
    const ampcf_train_config *c = &t->base.config;
    uint32_t longest = 0;
    for (uint32_t u = 0; u < c->n_users; u++) {
        uint32_t n = t->base.offsets[u + 1] - t->base.offsets[u];
        if (n > longest) longest = n;
    }
    t->max_history = longest;
    if (c->samples > 0) t->max_items = least((uint64_t)c->samples + longest, t->max_items);
    t->person_floats = (uint32_t)person_size(t, t->max_items, longest);
    t->block = least(t->room / t->person_floats, t->batch);
}

static void likelihood_open(ampcf_trainer *base) {
    likelihood_trainer *t = (likelihood_trainer *)base;
    const ampcf_train_config *c = &base->config;
    t->als->offsets = base->offsets;
    t->als->items = base->items;
    t->als->weights = base->weights;
    memcpy(t->als->settings, base->settings, sizeof base->settings);
    train_als.open(t->als);
    t->random = trainer_random(~c->seed);
    train_fold_open(&t->fold, base->settings, t->gram, c->n_items);
    t->example.kind = kind_of(c);
    t->example.zeros = c->zeros;
    t->example.fold = &t->fold;
    measure_rows(t);
    base->total = t->als->total + (uint64_t)(c->sweeps - c->warmup) * c->n_users;
}

/* Popularity^0.75, as word2vec draws; one more person each, so that every item can be drawn. */
static void prepare_sample(likelihood_trainer *t) {
    double sum = 0;
    for (uint32_t j = 0; j < t->base.config.n_items && t->base.config.samples > 0; j++) {
        uint32_t degree = t->base.item_offsets[j + 1] - t->base.item_offsets[j];
        t->cumulative[j] = sum += smath_exp(0.75 * smath_log(1.0 + degree));
    }
}

/* Where the gradient takes over. Scores of als are about 1 for what people have: a probability only after
 * scaling. */
static void begin_epochs(likelihood_trainer *t) {
    const ampcf_train_config *c = &t->base.config;
    double density = (double)t->base.n_interactions / ((double)c->n_users * c->n_items);
    int is_odds = t->example.kind == LIKELIHOOD_LOGISTIC;
    float level = is_odds ? (float)smath_log((density < 0.5 ? density : 0.5) / (1 + (double)c->zeros)) : 0;
    memcpy(t->start, t->base.vectors, (size_t)c->n_items * t->base.stride * sizeof *t->start);
    for (uint32_t j = 0; j < c->n_items; j++) t->bias_values[j] = level;
    *t->head_values = t->example.kind == LIKELIHOOD_GAUSSIAN ? 0 : 2;
    for (uint32_t u = 0; u < c->n_users; u++) t->order[u] = u;
    for (uint32_t i = 0; i < t->max_items; i++) t->target[i] = 0, t->stands_for[i] = 1;
    prepare_sample(t);
    adam_begin(&t->optimizer, c->learning_rate);
    adam_begin(&t->head_optimizer, HEAD_RATE);
    adam_table_begin(&t->vectors);
    adam_table_begin(&t->biases);
    adam_table_begin(&t->head);
}

static void shuffle_users(likelihood_trainer *t) {
    for (uint32_t n = t->base.config.n_users; n > 1; n--) {
        uint32_t other = random_under(t, n), user = t->order[n - 1];
        t->order[n - 1] = t->order[other];
        t->order[other] = user;
    }
}

/* Where the random numbers of each person begin. */
static void draw_block(likelihood_trainer *t) {
    t->n_block = least(t->block, batch_size(t) - t->in_batch);
    for (uint32_t p = 0; p < t->n_block; p++) {
        t->random_at[p] = t->random;
        likelihood_skip_person(t, user_of(t, p));
    }
    t->solved = 0;
}

/* In a new batch everything is brought up to date first. */
static void begin_block(likelihood_trainer *t) {
    if (t->at == 0 && t->in_batch == 0) shuffle_users(t);
    if (t->in_batch == 0) {
        for (uint32_t j = 0; j < t->base.config.n_items; j++) (void)adam_row(&t->optimizer, &t->vectors, j);
        t->example.scale = (float)smath_exp((double)*t->head_values);
        t->has_gram = 0;
    }
    draw_block(t);
}

/* decay / 2 |v - start|^2 of every item that the batch touched: of all items, unless they are sampled. */
static void pull_to_start(likelihood_trainer *t) {
    uint32_t stride = t->base.stride;
    for (uint32_t s = 0; s < t->vectors.n_slots; s++) {
        size_t at = (size_t)t->vectors.rows[s] * stride;
        float *g = t->vectors.gradient + (size_t)s * stride;
        for (uint32_t d = 0; d < stride; d++)
            g[d] += t->base.config.decay * (t->base.vectors[at + d] - t->start[at + d]);
    }
}

static void end_batch(likelihood_trainer *t) {
    adam_table *vectors[] = {&t->vectors}, *others[] = {&t->biases, &t->head};
    pull_to_start(t);
    adam_step(&t->optimizer, vectors, 1);
    adam_step(&t->head_optimizer, others, 2);
    t->base.diverged |= t->optimizer.diverged | t->head_optimizer.diverged;
    float *head = t->head_values;
    if (!(*head < MAX_LOG_SCALE)) *head = MAX_LOG_SCALE;
    if (*head < -MAX_LOG_SCALE) *head = -MAX_LOG_SCALE;
    t->at += t->in_batch;
    t->in_batch = 0;
}

static void end_epoch(likelihood_trainer *t) {
    for (uint32_t j = 0; j < t->base.config.n_items; j++) (void)adam_row(&t->optimizer, &t->vectors, j);
    trainer_finish(&t->base);
    t->base.diverged |= t->optimizer.diverged | t->head_optimizer.diverged;
    t->at = 0;
    t->base.sweep++;
}

static void end_gradients(likelihood_trainer *t) {
    likelihood_add_heads(t);
    t->adds = 0;
    t->in_batch += t->n_block;
    if (t->in_batch == batch_size(t)) end_batch(t);
    if (t->at == t->base.config.n_users) end_epoch(t);
    if (t->base.sweep < t->base.config.sweeps) begin_block(t);
}

/* Nobody of a block may have had anything to learn from: then there is no second pass. */
static void end_people(likelihood_trainer *t) {
    likelihood_touch_items(t);
    t->base.done += t->n_block - t->solved;
    t->adds = 1;
    if (t->vectors.n_slots == 0) end_gradients(t);
}

static void step_block(likelihood_trainer *t, uint32_t most) {
    uint32_t n = least(most, t->n_block - t->solved);
    if (!t->adds) {
        likelihood_solve_people(t, t->solved, n);
        t->solved += n;
        t->base.done += n;
        if (t->solved < t->n_block) return;
        end_people(t);
    }
    if (!t->adds) return;
    likelihood_solve_gradients(t, 0, t->vectors.n_slots);
    end_gradients(t);
}

static int is_warming_up(const likelihood_trainer *t) { return t->als->done < t->als->total; }

/* What the warm-up has done by now. */
static void count_warmup(likelihood_trainer *t) {
    t->base.done = t->als->done;
    t->base.sweep = t->als->sweep;
    if (!is_warming_up(t)) begin_epochs(t), begin_block(t);
}

static void likelihood_step(ampcf_trainer *base, uint32_t max_rows) {
    likelihood_trainer *t = (likelihood_trainer *)base;
    uint32_t left = max_rows;
    if (is_warming_up(t)) {
        uint64_t before = t->als->done;
        train_als.step(t->als, left);
        left -= (uint32_t)(t->als->done - before);
        count_warmup(t);
    }
    while (left > 0 && base->sweep < base->config.sweeps) {
        uint64_t before = base->done;
        step_block(t, left);
        left -= (uint32_t)(base->done - before);
    }
}

static void likelihood_pass(const ampcf_trainer *base, ampcf_train_pass *out) {
    const likelihood_trainer *t = (const likelihood_trainer *)base;
    if (is_warming_up(t)) train_als.pass(t->als, out);
    else if (t->adds)
        *out =
            (ampcf_train_pass){t->vectors.gradient, t->vectors.n_slots, base->stride, AMPCF_PASS_GRADIENTS};
    else if (base->done < base->total)
        *out = (ampcf_train_pass){t->people, t->n_block, t->person_floats, AMPCF_PASS_PEOPLE};
}

static void likelihood_solve(ampcf_trainer *base, uint32_t from, uint32_t n) {
    likelihood_trainer *t = (likelihood_trainer *)base;
    if (is_warming_up(t)) train_als.solve(t->als, from, n);
    else if (t->adds) likelihood_solve_gradients(t, from, n);
    else likelihood_solve_people(t, from, n);
}

static void likelihood_pass_end(ampcf_trainer *base) {
    likelihood_trainer *t = (likelihood_trainer *)base;
    if (is_warming_up(t)) {
        train_als.pass_end(t->als);
        count_warmup(t);
    } else if (t->adds) end_gradients(t);
    else end_people(t);
}

const trainer_ops train_likelihood = {.takes_weights = 1,
                                      .config_is_valid = likelihood_config_is_valid,
                                      .layout = likelihood_layout,
                                      .open = likelihood_open,
                                      .step = likelihood_step,
                                      .pass = likelihood_pass,
                                      .solve = likelihood_solve,
                                      .pass_end = likelihood_pass_end};
