/* Owns the fuzz target `train`: the bytes are settings, each from its documented range, and a few people.
 * What comes out is a model that opens, with no NaN in it and not nothing but zeros, or a status. Must
 * stay small: at most a dozen of everything. */
#include "use_model.h"
#include "ampcf_train.h"

enum { MOST_USERS = 10, MOST_ITEMS = 12, MOST_DIM = 20 };

/* The input is read to its end, and then it is zeros. */
typedef struct reader {
    const uint8_t *at, *end;
} reader;

static uint32_t byte_of(reader *r) { return r->at < r->end ? *r->at++ : 0; }
static uint32_t whole_of(reader *r, uint32_t low, uint32_t high) {
    return low + byte_of(r) % (high - low + 1);
}

/* The lowest, the highest, or between: evenly, or by powers where the range has several. */
static float number_of(reader *r, float low, float high) {
    uint32_t how = byte_of(r);
    double part = (byte_of(r) + 0.5) / 256, x;
    if (how < 32) return low;
    if (how < 64) return high;
    if (how < 192) {
        double least = low > 0 ? (double)low : (double)high * 1e-7;
        x = least * pow((double)high / least, part);
    } else x = (double)low + ((double)high - (double)low) * part;
    return x < (double)low ? low : x > (double)high ? high : (float)x;
}

typedef struct people {
    uint32_t offsets[MOST_USERS + 1], items[MOST_USERS * MOST_ITEMS];
    float weights[MOST_USERS * MOST_ITEMS];
    int weighted;
} people;

static people people_of(reader *r, uint32_t n_users, uint32_t n_items) {
    people p;
    memset(&p, 0, sizeof p);
    p.weighted = byte_of(r) % 3 == 0;
    for (uint32_t u = 0, at = 0; u < n_users; u++) {
        uint32_t has = byte_of(r) | byte_of(r) << 8;
        for (uint32_t j = 0; j < n_items; j++)
            if (has >> j & 1) p.items[at] = j, p.weights[at++] = 1;
        p.offsets[u + 1] = at;
    }
    for (uint32_t x = 0; p.weighted && x < p.offsets[n_users]; x++)
        p.weights[x] = number_of(r, 1.1754944e-38f, AMPCF_MAX_WEIGHT);
    return p;
}

static ampcf_train_config config_of(reader *r) {
    ampcf_train_config c = {.objective = whole_of(r, 0, 4)};
    int als = c.objective == AMPCF_OBJECTIVE_ALS;
    c.n_users = whole_of(r, 1, MOST_USERS), c.n_items = whole_of(r, 1, MOST_ITEMS);
    c.dim = whole_of(r, 1, MOST_DIM), c.n_personas = whole_of(r, 1, 5), c.leaves = whole_of(r, 1, 9);
    c.sweeps = whole_of(r, 1, als ? 6 : 3), c.batch = whole_of(r, 1, 8), c.negatives = whole_of(r, 1, 5);
    c.attention = whole_of(r, 0, 1), c.seed = byte_of(r), c.warmup = whole_of(r, 1, 3);
    c.samples = whole_of(r, 0, 4);
    c.alpha = number_of(r, 1e-6f, 1024), c.lambda = number_of(r, 1e-6f, 1048576);
    c.nu = number_of(r, 0, 1), c.split = number_of(r, 0, 1024), c.gate = number_of(r, 0, 16);
    c.proportional = number_of(r, 0, 1), c.bias = number_of(r, 0, 1024);
    c.learning_rate = number_of(r, 1e-9f, 1), c.balance = number_of(r, 0, 1);
    c.entropy_positive = number_of(r, 0, 1024), c.entropy_negative = number_of(r, 0, 1024);
    c.attention_beta = number_of(r, 0, 1024);
    c.user_damping = als ? number_of(r, 0, 2) : 0, c.item_damping = als ? number_of(r, 0, 2) : 0;
    c.popularity_damping = als ? number_of(r, 0, 2) : 0;
    c.dropout = number_of(r, 0, 0.99f), c.decay = number_of(r, 0, 1048576), c.zeros = number_of(r, 0, 1024);
    return c;
}

static int usable(const float *x, size_t n, int zeros) {
    int any = zeros;
    for (size_t i = 0; i < n; i++) {
        MUST(isfinite(x[i]));
        any |= x[i] != 0;
    }
    return any;
}

/* B of the data, beside the vectors or alone. Returns its memory; NULL = none, by its own status. */
static void *neighbours_of(reader *r, const ampcf_train_config *c, const people *p,
                           ampcf_model_parts *parts) {
    ampcf_neighbours_config n = {.n_users = c->n_users, .n_items = c->n_items, .method = whole_of(r, 0, 2)};
    int ease = n.method == AMPCF_NEIGHBOURS_EASE;
    ampcf_item_side side = {c->dim,          parts->vectors,      parts->gram,
                            parts->settings, parts->item_weights, parts->item_targets};
    n.neighbours = whole_of(r, 1, MOST_ITEMS);
    if (n.neighbours > n.n_items) n.neighbours = n.n_items;
    n.dim = ease && byte_of(r) % 2 ? c->dim : 0;
    n.lambda = number_of(r, 1e-3f, 1e9f), n.lambda_growth = number_of(r, 0, 4);
    n.user_damping = number_of(r, 0, 4), n.source_damping = number_of(r, 0, 4);
    n.popularity_damping = number_of(r, -4, 4), n.strength = number_of(r, 0, 1024);
    n.n_aspects = ease && c->n_users > 2 ? whole_of(r, 0, 1) : 0;
    n.aspect_strength = number_of(r, 0, 1e9f), n.blend = number_of(r, 0.01f, 1);
    n.pair_support = whole_of(r, 0, 2);
    size_t bytes = ampcf_neighbours_memory(&n, p->offsets[c->n_users]);
    MUST(bytes > 0);
    void *memory = exact(bytes);
    ampcf_neighbours *made;
    ampcf_neighbours_progress progress = {0, 1};
    ampcf_status status = ampcf_neighbours_open(&n, p->offsets, p->items, p->weighted ? p->weights : NULL,
                                                n.dim ? &side : NULL, memory, bytes, &made);
    MUST(status == AMPCF_OK || status == AMPCF_E_NO_DATA);
    while (status == AMPCF_OK && progress.done < progress.total)
        status = ampcf_neighbours_step(made, 3, &progress);
    if (status != AMPCF_OK) return free(memory), NULL;
    parts->neighbour_offsets = ampcf_neighbours_offsets(made);
    parts->neighbour_items = ampcf_neighbours_items(made);
    parts->neighbour_values = ampcf_neighbours_values(made);
    parts->neighbour_scales = ampcf_neighbours_scales(made);
    usable(parts->neighbour_scales, c->n_items, 1);
    return memory;
}

/* Written, opened and asked everything. */
static void use_parts(ampcf_model_parts *parts) {
    uint32_t id_offsets[MOST_ITEMS + 1] = {0};
    char ids[2 * MOST_ITEMS];
    for (uint32_t j = 0; j < parts->n_items; j++) {
        ids[j] = (char)('a' + j);
        id_offsets[j + 1] = j + 1;
    }
    parts->id_offsets = id_offsets, parts->id_bytes = ids;
    size_t bytes = ampcf_model_file_bytes(parts), needed = ampcf_model_write_memory(parts);
    void *file = exact(bytes), *memory = exact(needed);
    ampcf_fault fault = {0, 0, 0, "nothing", 0, 0};
    const ampcf_model *model;
    ampcf_status status = ampcf_model_write(parts, file, bytes, memory, needed, &fault);
    if (status != AMPCF_OK)
        fprintf(stderr, "refused: %s, %s, section %" PRIu32 ", %" PRIx64 "\n", ampcf_status_name(status),
                fault.what, fault.section, fault.got);
    /* Eight and sixteen bits hold less than what can be trained, and the writer says so. */
    int narrow =
        status == AMPCF_E_BAD_NUMBER && parts->vector_type != AMPCF_VECTORS_F32 && fault.section <= 2;
    if (narrow) return free(file), free(memory);
    MUST(status == AMPCF_OK);
    MUST(ampcf_model_open(file, bytes, memory, needed, &model, &fault) == AMPCF_OK);
    use_model(model, ampcf_crc32c(file, bytes));
    free(file), free(memory);
}

static void write_model(reader *r, const ampcf_train_config *c, const people *p, const ampcf_trainer *t) {
    ampcf_model_parts parts = {.n_items = c->n_items, .dim = c->dim, .n_personas = c->n_personas};
    parts.vectors = ampcf_trainer_vectors(t), parts.bias = ampcf_trainer_bias(t);
    parts.gram = ampcf_trainer_gram(t), parts.settings = ampcf_trainer_settings(t);
    parts.item_weights = ampcf_trainer_item_weights(t), parts.item_targets = ampcf_trainer_item_targets(t);
    parts.vector_type = whole_of(r, 0, 2);
    MUST(usable(parts.vectors, (size_t)c->n_items * c->dim, 0));
    usable(parts.gram, c->dim * (c->dim + 1) / 2, 1), usable(parts.bias, c->n_items, 1);
    void *neighbours = byte_of(r) % 2 ? neighbours_of(r, c, p, &parts) : NULL;
    uint8_t clusters[MOST_ITEMS];
    uint32_t n_clusters = whole_of(r, 0, 4);
    if (n_clusters > 0) {
        size_t bytes = ampcf_clusters_memory(c->n_items, c->dim, n_clusters);
        void *memory = exact(bytes);
        MUST(ampcf_clusters(parts.vectors, c->n_items, c->dim, n_clusters, c->seed, memory, bytes,
                            clusters) == AMPCF_OK);
        parts.item_clusters = clusters;
        free(memory);
    }
    use_parts(&parts);
    free(neighbours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reader r = {data, data + size};
    ampcf_train_config c = config_of(&r);
    people p = people_of(&r, c.n_users, c.n_items);
    if (c.objective == AMPCF_OBJECTIVE_SOFTMAX) p.weighted = 0;
    size_t bytes = ampcf_trainer_memory(&c, p.offsets[c.n_users]);
    MUST(bytes > 0);
    void *memory = exact(bytes);
    ampcf_trainer *trainer;
    ampcf_train_progress progress = {0, 1, 0, 0};
    ampcf_status status =
        ampcf_trainer_open(&c, p.offsets, p.items, p.weighted ? p.weights : NULL, memory, bytes, &trainer);
    MUST(status == AMPCF_OK || (status == AMPCF_E_NO_DATA && p.offsets[c.n_users] == 0));
    uint32_t rows = whole_of(&r, 1, 200);
    while (status == AMPCF_OK && progress.done < progress.total)
        status = ampcf_trainer_step(trainer, rows, &progress);
    if (status == AMPCF_OK) write_model(&r, &c, &p, trainer);
    free(memory);
    return 0;
}
