/* Owns the objectives `multinomial`, `gaussian` and `logistic`: which events and items a person is learnt
 * from, batches, the start from als. Must not know the losses (likelihood_loss.c) or how parameters move
 * (adam.c), and must give the same result however the work is cut into steps. */
#include "train/trainer.h"

#include "train/adam.h"
#include "train/likelihood_loss.h"
#include "base/kernels.h"
#include "base/linalg.h"
#include "base/smath.h"

#include <string.h>

/* Scale and item biases start far from where they belong, whatever the learning rate of the vectors. */
#define HEAD_RATE 0.02f
#define MAX_LOG_SCALE 8.0f

typedef struct likelihood_trainer {
    ampcf_trainer base;
    ampcf_trainer *als;              /* the warm-up, over the same arrays */
    uint32_t batch, in_batch, at;    /* users a batch; of the current one, done; place in order */
    uint32_t max_history, max_items; /* no H, no C is larger */
    uint64_t random;
    uint32_t *order;        /* (U) */
    uint32_t *kept, *items; /* (H) places of the input in the by-user arrays, (C) sampled: which items */
    double *cumulative;     /* (N) sampled: of the probability of being drawn */
    float *start;           /* (N, stride) vectors after the warm-up */
    float *gram;            /* (D, stride) alpha G */
    float *bias_values, *head_values; /* (N), (1) log scale */
    float *target, *stands_for;       /* (C); all items: zero and one between users */
    float *rows, *rows_gradient;      /* (C, stride) sampled */
    float *bias, *bias_gradient;      /* (C) sampled */
    adam optimizer, head_optimizer;
    adam_table vectors, biases, head; /* (N, stride), (N, 1), (1, 1) */
    train_fold fold;
    likelihood_example example;
} likelihood_trainer;

static int likelihood_config_is_valid(const ampcf_train_config *c, uint32_t n_interactions) {
    (void)n_interactions;
    return c->warmup >= 1 && c->warmup <= 1000 && c->batch >= 1 && c->batch <= 65536 &&
           c->samples <= AMPCF_MAX_ITEMS && in_range(c->learning_rate, 1e-9f, 1) &&
           in_range(c->dropout, 0, 0.99f) && in_range(c->decay, 0, 1048576) && in_range(c->zeros, 0, 1024) &&
           c->support_lambda == 0 && c->vector_step == 0;
}

static uint32_t least(uint64_t a, uint64_t b) { return (uint32_t)(a < b ? a : b); }

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
    t->items = arena_take(a, sampled, sizeof *t->items);
    t->cumulative = arena_take(a, c->samples > 0 ? n : 0, sizeof *t->cumulative);
    t->gram = arena_take(a, c->dim, stride * sizeof(float));
    t->target = arena_take(a, t->max_items, sizeof(float));
    t->stands_for = arena_take(a, t->max_items, sizeof(float));
    t->rows = arena_take(a, sampled, stride * sizeof(float));
    t->rows_gradient = arena_take(a, sampled, stride * sizeof(float));
    t->bias = arena_take(a, sampled, sizeof(float));
    t->bias_gradient = arena_take(a, sampled, sizeof(float));
    t->fold = train_fold_take(a, c->dim, t->max_history);
    t->example.history_gradient = arena_take(a, t->max_history, stride * sizeof(float));
    t->example.work = arena_take(a, likelihood_work(t->max_items, stride), sizeof(float));
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
    take_parameters(a, &t, c, touched);
    if (a->full || !a->base || !t.als) return NULL;
    *head = t;
    return &head->base;
}

static likelihood kind_of(const ampcf_train_config *c) {
    return (likelihood)(c->objective - AMPCF_OBJECTIVE_MULTINOMIAL);
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
    base->total = t->als->total + (uint64_t)(c->sweeps - c->warmup) * c->n_users;
}

static uint32_t random_under(likelihood_trainer *t, uint32_t n) {
    return (uint32_t)(((uint64_t)pcg32(&t->random) * n) >> 32);
}

static float random_unit(likelihood_trainer *t) { return (float)(pcg32(&t->random) >> 8) / 16777216.0f; }

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

/* Everything up to date, alpha G of it, and with all items each gradient in its item's place. */
static void begin_batch(likelihood_trainer *t) {
    const ampcf_train_config *c = &t->base.config;
    for (uint32_t j = 0; j < c->n_items; j++) (void)adam_row(&t->optimizer, &t->vectors, j);
    trainer_gram(&t->base, t->base.vectors, NULL, c->n_items, t->gram);
    for (uint32_t j = 0; j < c->n_items && c->samples == 0; j++) {
        (void)adam_touch(&t->optimizer, &t->vectors, j);
        (void)adam_touch(&t->head_optimizer, &t->biases, j);
    }
    t->example.scale = (float)smath_exp((double)*t->head_values);
    t->example.scale_gradient = adam_touch(&t->head_optimizer, &t->head, 0);
}

/* Which of the n events from `from` on are input: each one dropped with probability `dropout`, at least one
 * kept, at least one dropped. Places of the kept ones in kept; returns how many; 0 = nothing can be learnt
 * from this person. */
static uint32_t draw_input(likelihood_trainer *t, uint32_t from, uint32_t n) {
    uint32_t n_kept = 0;
    float dropout = t->base.config.dropout;
    if (n == 0 || (dropout > 0 && n < 2)) return 0;
    for (uint32_t i = 0; i < n; i++)
        if (dropout == 0 || random_unit(t) >= dropout) t->kept[n_kept++] = from + i;
    if (n_kept == 0) t->kept[n_kept++] = from + random_under(t, n);
    if (dropout == 0 || n_kept < n) return n_kept;
    uint32_t out = random_under(t, n);
    memmove(t->kept + out, t->kept + out + 1, (n - out - 1) * sizeof *t->kept);
    return n - 1;
}

/* Target weights and the input by item, over all items: the input takes no part unless it is the target. */
static float mark_all(likelihood_trainer *t, uint32_t from, uint32_t n, uint32_t n_kept) {
    const ampcf_trainer *b = &t->base;
    float mass = 0;
    for (uint32_t x = from; x < from + n; x++) t->target[b->items[x]] = trainer_weight(b, x);
    for (uint32_t i = 0; i < n_kept && b->config.dropout > 0; i++)
        t->target[b->items[t->kept[i]]] = t->stands_for[b->items[t->kept[i]]] = 0;
    for (uint32_t x = from; x < from + n; x++) mass += t->target[b->items[x]];
    return mass;
}

static void unmark_all(likelihood_trainer *t, uint32_t from, uint32_t n) {
    for (uint32_t x = from; x < from + n; x++)
        t->target[t->base.items[x]] = 0, t->stands_for[t->base.items[x]] = 1;
}

static int has_item(const uint32_t *items, uint32_t n, uint32_t item) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (items[middle] < item) low = middle + 1;
        else high = middle;
    }
    return low < n && items[low] == item;
}

static uint32_t draw_item(likelihood_trainer *t) {
    const double *sum = t->cumulative;
    uint32_t low = 0, high = t->base.config.n_items - 1;
    double at = ((double)pcg32(&t->random) + 0.5) / 4294967296.0 * sum[high];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sum[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

static void take_item(likelihood_trainer *t, uint32_t c, uint32_t item, float target, float stands_for) {
    uint32_t stride = t->base.stride;
    t->items[c] = item;
    t->target[c] = target;
    t->stands_for[c] = stands_for;
    t->bias[c] = *adam_row(&t->head_optimizer, &t->biases, item);
    t->bias_gradient[c] = 0;
    memcpy(t->rows + (size_t)c * stride, t->base.vectors + (size_t)item * stride, stride * sizeof *t->rows);
    memset(t->rows_gradient + (size_t)c * stride, 0, stride * sizeof *t->rows_gradient);
}

/* The targets, then `samples` draws with replacement, each for 1 / (samples Q) items; draws of the person's
 * events are void. */
static float gather_sample(likelihood_trainer *t, uint32_t from, uint32_t n, uint32_t n_kept) {
    const ampcf_trainer *b = &t->base;
    double total = t->cumulative[b->config.n_items - 1];
    uint32_t count = 0, next = 0;
    float mass = 0;
    for (uint32_t x = from; x < from + n; x++) {
        if (b->config.dropout > 0 && next < n_kept && t->kept[next] == x) next++;
        else take_item(t, count++, b->items[x], trainer_weight(b, x), 1), mass += trainer_weight(b, x);
    }
    for (uint32_t s = 0; s < b->config.samples; s++) {
        uint32_t item = draw_item(t);
        double chance = (t->cumulative[item] - (item > 0 ? t->cumulative[item - 1] : 0)) / total;
        if (!has_item(b->items + from, n, item))
            take_item(t, count++, item, 0, (float)(1 / (chance * b->config.samples)));
    }
    t->example.n_items = count;
    return mass;
}

static void scatter_sample(likelihood_trainer *t) {
    for (uint32_t c = 0; c < t->example.n_items; c++) {
        float *g = adam_touch(&t->optimizer, &t->vectors, t->items[c]);
        for (uint32_t d = 0; d < t->base.stride; d++)
            g[d] += t->rows_gradient[(size_t)c * t->base.stride + d];
        *adam_touch(&t->head_optimizer, &t->biases, t->items[c]) += t->bias_gradient[c];
    }
}

static void point_at_items(likelihood_trainer *t) {
    int sampled = t->base.config.samples > 0;
    likelihood_example *e = &t->example;
    e->target = t->target;
    e->stands_for = t->stands_for;
    e->items = sampled ? t->rows : t->base.vectors;
    e->bias = sampled ? t->bias : t->bias_values;
    e->items_gradient = sampled ? t->rows_gradient : t->vectors.gradient;
    e->bias_gradient = sampled ? t->bias_gradient : t->biases.gradient;
    if (!sampled) e->n_items = t->base.config.n_items;
}

static void fold_input(likelihood_trainer *t, uint32_t n_kept) {
    uint32_t stride = t->base.stride;
    for (uint32_t i = 0; i < n_kept; i++) {
        memcpy(t->fold.rows + (size_t)i * stride,
               t->base.vectors + (size_t)t->base.items[t->kept[i]] * stride, stride * sizeof(float));
        t->fold.weights[i] = trainer_weight(&t->base, t->kept[i]);
    }
    t->fold.n_rows = n_kept;
    train_fold_in(&t->fold);
    memset(t->example.history_gradient, 0, (size_t)n_kept * stride * sizeof(float));
}

static void learn(likelihood_trainer *t, uint32_t user, uint32_t in_batch) {
    const ampcf_train_config *c = &t->base.config;
    uint32_t from = t->base.offsets[user], n = t->base.offsets[user + 1] - from, stride = t->base.stride;
    uint32_t n_kept = draw_input(t, from, n);
    if (n_kept == 0) return;
    fold_input(t, n_kept);
    float mass = c->samples > 0 ? gather_sample(t, from, n, n_kept) : mark_all(t, from, n, n_kept);
    point_at_items(t);
    t->example.fit = 1 / (__builtin_sqrtf(mass) * (float)in_batch);
    likelihood_gradient(&t->example);
    if (c->samples > 0) scatter_sample(t);
    else unmark_all(t, from, n);
    for (uint32_t i = 0; i < n_kept; i++) {
        float *g = adam_touch(&t->optimizer, &t->vectors, t->base.items[t->kept[i]]);
        for (uint32_t d = 0; d < stride; d++) g[d] += t->example.history_gradient[(size_t)i * stride + d];
    }
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

static void one_user(likelihood_trainer *t) {
    uint32_t n_users = t->base.config.n_users, size = least(t->batch, n_users - t->at);
    if (t->at == 0 && t->in_batch == 0) shuffle_users(t);
    if (t->in_batch == 0) begin_batch(t);
    learn(t, t->order[t->at + t->in_batch], size);
    t->base.done++;
    if (++t->in_batch == size) end_batch(t);
    if (t->at == n_users) end_epoch(t);
}

static int is_warming_up(const likelihood_trainer *t) { return t->als->done < t->als->total; }

/* What the warm-up has done by now. */
static void count_warmup(likelihood_trainer *t) {
    t->base.done = t->als->done;
    t->base.sweep = t->als->sweep;
    if (!is_warming_up(t)) begin_epochs(t);
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
    for (; left > 0 && base->done < base->total; left--) one_user(t);
}

/* The warm-up alone: each person of a batch adds to the gradients of the same items, one after the other. */
static void likelihood_pass(const ampcf_trainer *base, ampcf_train_pass *out) {
    const likelihood_trainer *t = (const likelihood_trainer *)base;
    if (is_warming_up(t)) train_als.pass(t->als, out);
}

static void likelihood_solve(ampcf_trainer *base, uint32_t from, uint32_t n) {
    train_als.solve(((likelihood_trainer *)base)->als, from, n);
}

static void likelihood_pass_end(ampcf_trainer *base) {
    likelihood_trainer *t = (likelihood_trainer *)base;
    train_als.pass_end(t->als);
    count_warmup(t);
}

const trainer_ops train_likelihood = {.takes_weights = 1,
                                      .config_is_valid = likelihood_config_is_valid,
                                      .layout = likelihood_layout,
                                      .open = likelihood_open,
                                      .step = likelihood_step,
                                      .pass = likelihood_pass,
                                      .solve = likelihood_solve,
                                      .pass_end = likelihood_pass_end};
