/* Owns the test of given.c: given vectors stay as they are, and get what a training of the same vectors
 * gives; what is out of range is refused. Must not know who learnt the vectors. */
#include "interactions.h"
#include "models.h"

enum { USERS = 40, ITEMS = 23, DIM = 5, GRAM = DIM * (DIM + 1) / 2 };

static ampcf_train_config plain_config(void) {
    return (ampcf_train_config){.n_users = USERS,
                                .n_items = ITEMS,
                                .dim = DIM,
                                .n_personas = 3,
                                .leaves = 8,
                                .sweeps = 3,
                                .seed = 1,
                                .alpha = 0.3f,
                                .lambda = 0.05f,
                                .nu = 1,
                                .split = 0.8f,
                                .gate = 0.5f,
                                .proportional = 0.25f,
                                .bias = 0.01f};
}

/* A training, the people of each item, and what was asked of its vectors. */
typedef struct scene {
    data d;
    ampcf_train_config config;
    uint32_t *people; /* (N) */
    void *memory, *given_memory;
    ampcf_trainer *trainer;
    ampcf_given given;
    ampcf_item_results results;
} scene;

static ampcf_status ask(scene *s) {
    size_t bytes = ampcf_given_memory(&s->config);
    free(s->given_memory);
    s->given_memory = exact(bytes);
    memset(s->given_memory, 0xA5, bytes); /* what was there before must not matter */
    return ampcf_given_results(&s->config, &s->given, s->given_memory, bytes, &s->results);
}

static scene make_scene(float item_damping, float popularity_damping) {
    uint64_t rng = 7;
    ampcf_train_progress p = {0, 1, 0, 0};
    scene s;
    memset(&s, 0, sizeof s);
    s.d = make_data(USERS, ITEMS, 1, &rng);
    s.config = plain_config();
    s.config.item_damping = item_damping, s.config.popularity_damping = popularity_damping;
    size_t bytes = ampcf_trainer_memory(&s.config, s.d.offsets[USERS]);
    s.memory = exact(bytes);
    CHECK_EQ(ampcf_trainer_open(&s.config, s.d.offsets, s.d.items, NULL, s.memory, bytes, &s.trainer),
             AMPCF_OK);
    while (p.done < p.total) CHECK_EQ(ampcf_trainer_step(s.trainer, 100, &p), AMPCF_OK);
    s.people = exact(ITEMS * sizeof *s.people);
    memset(s.people, 0, ITEMS * sizeof *s.people);
    for (uint32_t x = 0; x < s.d.offsets[USERS]; x++) s.people[s.d.items[x]]++;
    s.given = (ampcf_given){ampcf_trainer_vectors(s.trainer), s.people, NULL, NULL, NULL, 1};
    return s;
}

static void free_scene(scene *s) {
    free_data(&s->d), free(s->people), free(s->memory), free(s->given_memory);
}

static void check_same(const float *got, const float *wanted, size_t n) {
    CHECK(!got == !wanted);
    if (got && wanted) CHECK_BYTES(got, wanted, n * sizeof *got);
}

/* Against the trainer, with each damping: not one bit differs. */
static void as_a_training(void) {
    for (int variant = 0; variant < 4; variant++) {
        scene s = make_scene(variant & 1 ? 0.5f : 0, variant & 2 ? 0.2f : 0);
        CHECK_EQ(ask(&s), AMPCF_OK);
        CHECK(s.results.vectors == s.given.vectors);
        check_same(s.results.bias, ampcf_trainer_bias(s.trainer), ITEMS);
        check_same(s.results.gram, ampcf_trainer_gram(s.trainer), GRAM);
        check_same(s.results.settings, ampcf_trainer_settings(s.trainer), SETTINGS);
        check_same(s.results.weights, ampcf_trainer_item_weights(s.trainer), ITEMS);
        check_same(s.results.targets, ampcf_trainer_item_targets(s.trainer), ITEMS);
        CHECK(s.results.bias[0] > 0 && s.results.bias[ITEMS - 1] == 0);
        free_scene(&s);
    }
}

/* A model's own parts in place of people, which nobody knows any more. */
static void of_own_parts(void) {
    scene s = make_scene(0.5f, 0.2f);
    s.config.item_damping = s.config.popularity_damping = 0;
    s.given.people = NULL;
    s.given.bias = ampcf_trainer_bias(s.trainer);
    s.given.weights = ampcf_trainer_item_weights(s.trainer);
    s.given.targets = ampcf_trainer_item_targets(s.trainer);
    CHECK_EQ(ask(&s), AMPCF_OK);
    check_same(s.results.bias, ampcf_trainer_bias(s.trainer), ITEMS);
    check_same(s.results.gram, ampcf_trainer_gram(s.trainer), GRAM);
    check_same(s.results.weights, s.given.weights, ITEMS);
    check_same(s.results.targets, s.given.targets, ITEMS);
    free_scene(&s);
}

static void nothing_known(void) {
    scene s = make_scene(0, 0);
    s.given.people = NULL;
    CHECK_EQ(ask(&s), AMPCF_OK);
    for (uint32_t j = 0; j < ITEMS; j++) CHECK(s.results.bias[j] == 0);
    CHECK(!s.results.weights && !s.results.targets);
    check_same(s.results.gram, ampcf_trainer_gram(s.trainer), GRAM);
    free_scene(&s);
}

/* alpha G stays, and alpha N goes. */
static void gram_factor(void) {
    scene s = make_scene(0, 0);
    s.config.alpha = 4096, s.given.gram_factor = 0x1p30f;
    CHECK_EQ(ask(&s), AMPCF_OK);
    CHECK(s.results.settings[ALPHA] == 0x1p-18f);
    for (uint32_t i = 0; i < GRAM; i++)
        CHECK(s.results.gram[i] == 0x1p30f * ampcf_trainer_gram(s.trainer)[i]);
    free_scene(&s);
}

/* The Gram of narrow vectors, which the writer makes, has the factor too. */
static void gram_factor_of_narrow_vectors(void) {
    uint64_t rng = 9;
    recipe r = plain_recipe(ITEMS, DIM, 2, 0);
    r.vector_type = AMPCF_VECTORS_F16;
    test_parts t = make_parts(&r, &rng);
    test_model plain = open_parts(&t.parts);
    t.parts.gram_factor = 0x1p20f;
    test_model large = open_parts(&t.parts);
    uint32_t items[2] = {1, 4}, all[ITEMS];
    float scores[2][ITEMS];
    for (uint32_t j = 0; j < ITEMS; j++) all[j] = j;
    test_model *models[] = {&plain, &large};
    for (int m = 0; m < 2; m++) {
        test_profile p = fold(models[m]->model, items, NULL, 2, 1);
        CHECK_EQ(ampcf_score(p.profile, all, ITEMS, scores[m], NULL), AMPCF_OK);
        free_profile(&p);
    }
    /* 2^20 times as much weight on what was not observed: hardly any evidence is left. */
    double sizes[2] = {0, 0};
    for (int m = 0; m < 2; m++)
        for (uint32_t j = 0; j < ITEMS; j++) sizes[m] += fabs((double)scores[m][j] - (double)t.bias[j]);
    CHECK(sizes[0] > 0.01 && sizes[1] < 1e-3 * sizes[0]);
    free_model(&plain), free_model(&large), free_parts(&t);
}

static void refuse(scene *s, ampcf_status wanted, const char *label) {
    ampcf_item_results before = s->results;
    CHECK_EQ_IN(ask(s), wanted, label);
    CHECK(memcmp(&before, &s->results, sizeof before) == 0);
}

static void bad_numbers(scene *s) {
    const float vectors[] = {(float)NAN, (float)INFINITY, -(float)INFINITY, 0x1.1p20f};
    const float parts[] = {(float)NAN, 0, -1, 0x1p-21f, 0x1.1p20f};
    float *mine = exact_copy(s->given.vectors, ITEMS * DIM * sizeof *mine), ones[ITEMS];
    for (uint32_t j = 0; j < ITEMS; j++) ones[j] = 1;
    s->given.vectors = mine;
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        float kept = mine[ITEMS * DIM - 1];
        mine[ITEMS * DIM - 1] = vectors[v];
        refuse(s, AMPCF_E_BAD_NUMBER, "vector");
        mine[ITEMS * DIM - 1] = kept;
        ones[ITEMS - 1] = vectors[v];
        s->given.bias = ones;
        refuse(s, AMPCF_E_BAD_NUMBER, "bias");
        s->given.bias = NULL, ones[ITEMS - 1] = 1;
    }
    for (size_t v = 0; v < sizeof parts / sizeof *parts; v++) {
        ones[3] = parts[v];
        s->given.weights = ones;
        refuse(s, AMPCF_E_BAD_NUMBER, "weight");
        s->given.weights = NULL, s->given.targets = ones;
        refuse(s, AMPCF_E_BAD_NUMBER, "target");
        s->given.targets = NULL, ones[3] = 1;
    }
    memset(mine, 0, ITEMS * DIM * sizeof *mine);
    refuse(s, AMPCF_E_BAD_NUMBER, "all zero");
    s->given.vectors = ampcf_trainer_vectors(s->trainer);
    CHECK_EQ(ask(s), AMPCF_OK);
    free(mine);
}

static void bad_arguments(scene *s) {
    const ampcf_train_config good = s->config;
    const float factors[] = {(float)NAN, 0, 0.5f, 0x1.1p40f};
    for (size_t v = 0; v < sizeof factors / sizeof *factors; v++) {
        s->given.gram_factor = factors[v];
        refuse(s, AMPCF_E_ARGUMENT, "factor");
    }
    s->given.gram_factor = 1;
    s->config.alpha = 1025;
    refuse(s, AMPCF_E_ARGUMENT, "alpha");
    s->config = good, s->config.alpha = 0;
    refuse(s, AMPCF_E_ARGUMENT, "alpha 0");
    s->config = good, s->config.item_damping = 0.5f, s->given.people = NULL;
    refuse(s, AMPCF_E_ARGUMENT, "damping without people");
    s->config = good, s->given.people = s->people;
    uint32_t kept = s->people[5];
    s->people[5] = USERS + 1;
    refuse(s, AMPCF_E_ARGUMENT, "people");
    s->people[5] = kept;
    s->config.dim = 0;
    CHECK_EQ(ampcf_given_memory(&s->config), 0);
    s->config = good, s->config.lambda = 0;
    CHECK_EQ(ampcf_given_memory(&s->config), 0);
    s->config = good;
    CHECK_EQ(ask(s), AMPCF_OK);
}

static void refusals(void) {
    scene s = make_scene(0, 0);
    CHECK_EQ(ask(&s), AMPCF_OK);
    bad_numbers(&s);
    bad_arguments(&s);
    free_scene(&s);
}

int main(void) {
    as_a_training();
    of_own_parts();
    nothing_known();
    gram_factor();
    gram_factor_of_narrow_vectors();
    refusals();
    return check_report();
}
