/* Owns the test of memory that is too short: every function that takes memory, with every length below
 * what it asks for, gives AMPCF_E_MEMORY, leaves its outputs and its objects alone, and works when it is
 * called again with enough. Must run under sanitizers to mean most: each length has a buffer of its own. */
#include "ampcf_taste.h"
#include "interactions.h"
#include "models.h"

enum { ITEMS = 9, DIM = 5, EVENTS = 4, PLACES = 5 };

/* One call with `bytes` of memory; what it writes goes into `out`, of which the first byte is never 0xA5
 * after a success. */
typedef ampcf_status (*attempt)(void *memory, size_t bytes, uint8_t out[64]);

static unsigned long long refused;

/* An arena is cut at multiples of 16, and a length between two of them is one more case. */
static void sweep(const char *what, attempt call, size_t needed) {
    uint8_t untouched[64], out[64], again[64];
    memset(untouched, 0xA5, sizeof untouched);
    CHECK(needed > 0);
    for (size_t bytes = 0; bytes<needed; bytes += needed> 40000 ? 112 : 8) {
        void *memory = exact(bytes);
        memset(out, 0xA5, sizeof out);
        CHECK_EQ_IN(call(memory, bytes, out), AMPCF_E_MEMORY, what);
        CHECK(memcmp(out, untouched, sizeof out) == 0);
        free(memory), refused++;
    }
    void *memory = exact(needed), *odd = exact(needed + 16);
    memset(out, 0xA5, sizeof out), memset(again, 0xA5, sizeof again);
    CHECK_EQ_IN(call((uint8_t *)odd + 8, needed, out), AMPCF_E_MEMORY, what);
    CHECK(memcmp(out, untouched, sizeof out) == 0);
    CHECK_EQ_IN(call(memory, needed, out), AMPCF_OK, what);
    CHECK(memcmp(out, untouched, sizeof out) != 0);
    free(memory), free(odd);
}

static test_model model;
static test_parts parts;
static ampcf_profile *profile;
static void *scratch;
static size_t scratch_bytes;
static const uint32_t events[EVENTS] = {1, 4, 6, 8};

static ampcf_status open_model(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_model_open(model.file, model.bytes, memory, bytes, (const ampcf_model **)(void *)out, NULL);
}

static ampcf_status begin_profile(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_profile_begin(model.model, EVENTS, 2, 0, memory, bytes, (ampcf_profile **)(void *)out);
}

static ampcf_status fold_memory(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_profile_fold_in(model.model, events, NULL, EVENTS, 0, memory, bytes, scratch, scratch_bytes,
                                 (ampcf_profile **)(void *)out);
}

/* The scores are those of before, whether the finish was refused or done again. */
static ampcf_status finish_profile(void *memory, size_t bytes, uint8_t out[64]) {
    float before[ITEMS], after[ITEMS];
    uint32_t all[ITEMS];
    for (uint32_t j = 0; j < ITEMS; j++) all[j] = j;
    CHECK_EQ(ampcf_score(profile, all, ITEMS, before, NULL), AMPCF_OK);
    ampcf_status status = ampcf_profile_finish(profile, memory, bytes);
    CHECK_EQ(ampcf_score(profile, all, ITEMS, after, NULL), AMPCF_OK);
    CHECK_BYTES(before, after, sizeof before);
    if (status == AMPCF_OK) out[0] = 0;
    return status;
}

static ampcf_status recommend(void *memory, size_t bytes, uint8_t out[64]) {
    ampcf_ranked list[PLACES];
    uint8_t seats[PLACES];
    memset(list, 0xA5, sizeof list);
    ampcf_status status = ampcf_recommend_proportional(profile, NULL, PLACES, 0.5f, 1, memory, bytes, list,
                                                       seats, (uint32_t *)(void *)out);
    CHECK((status == AMPCF_OK) == (list[0].item != 0xA5A5A5A5u));
    return status;
}

static ampcf_status write_model(void *memory, size_t bytes, uint8_t out[64]) {
    uint8_t *file = exact(model.bytes);
    ampcf_status status = ampcf_model_write(&parts.parts, file, model.bytes, memory, bytes, NULL);
    if (status == AMPCF_OK) {
        CHECK_BYTES(file, model.file, model.bytes);
        out[0] = 0;
    }
    free(file);
    return status;
}

static ampcf_status replace_metadata(void *memory, size_t bytes, uint8_t out[64]) {
    size_t room = model.bytes + 4, n = 0;
    uint8_t *file = exact(room);
    ampcf_status status = ampcf_model_replace_metadata(model.file, model.bytes, "{\"a\":1}", 7, file, room,
                                                       &n, memory, bytes, NULL);
    CHECK((status == AMPCF_OK) == (n > 0));
    if (status == AMPCF_OK) out[0] = 0;
    free(file);
    return status;
}

static void core_memory(void) {
    sweep("model_open", open_model, ampcf_model_memory(model.file, model.bytes));
    sweep("profile_begin", begin_profile, ampcf_profile_memory(model.model, EVENTS, 2));
    sweep("profile_fold_in", fold_memory, ampcf_profile_memory(model.model, EVENTS, 0));
    sweep("profile_finish", finish_profile, scratch_bytes);
    sweep("recommend_proportional", recommend, ampcf_proportion_memory(profile, PLACES));
    sweep("model_write", write_model, ampcf_model_write_memory(&parts.parts));
    sweep("model_replace_metadata", replace_metadata, ampcf_model_memory(model.file, model.bytes));
}

/* ---- Training ---- */

static data interactions;
static ampcf_train_config config;
static ampcf_neighbours_config neighbours;

static ampcf_status open_trainer(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_trainer_open(&config, interactions.offsets, interactions.items, NULL, memory, bytes,
                              (ampcf_trainer **)(void *)out);
}

static ampcf_status open_neighbours(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_neighbours_open(&neighbours, interactions.offsets, interactions.items, NULL, NULL, memory,
                                 bytes, (ampcf_neighbours **)(void *)out);
}

static ampcf_status find_clusters(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_clusters(parts.vectors, ITEMS, DIM, 3, 1, memory, bytes, out);
}

static ampcf_status given_results(void *memory, size_t bytes, uint8_t out[64]) {
    const ampcf_given given = {parts.vectors, NULL, NULL, NULL, NULL, 1};
    return ampcf_given_results(&config, &given, memory, bytes, (ampcf_item_results *)(void *)out);
}

static void train_memory(void) {
    uint64_t rng = 3;
    interactions = make_data(6, ITEMS, 0, &rng);
    config = (ampcf_train_config){.n_users = 6,
                                  .n_items = ITEMS,
                                  .dim = 3,
                                  .n_personas = 2,
                                  .leaves = 2,
                                  .sweeps = 1,
                                  .batch = 2,
                                  .negatives = 2,
                                  .warmup = 1,
                                  .alpha = 0.4f,
                                  .lambda = 0.1f,
                                  .nu = 1,
                                  .learning_rate = 0.01f};
    for (config.objective = 0; config.objective <= AMPCF_OBJECTIVE_LOGISTIC; config.objective++)
        sweep("trainer_open", open_trainer, ampcf_trainer_memory(&config, interactions.offsets[6]));
    neighbours = (ampcf_neighbours_config){
        .n_users = 6, .n_items = ITEMS, .neighbours = 3, .lambda = 1, .strength = 1, .blend = 1};
    for (neighbours.method = 0; neighbours.method <= AMPCF_NEIGHBOURS_LOCAL; neighbours.method++)
        sweep("neighbours_open", open_neighbours,
              ampcf_neighbours_memory(&neighbours, interactions.offsets[6]));
    sweep("given_results", given_results, ampcf_given_memory(&config));
    sweep("clusters", find_clusters, ampcf_clusters_memory(ITEMS, DIM, 3));
    free_data(&interactions);
}

/* ---- Taste ---- */

static const uint32_t space_offsets[] = {0, 1, 3, 4}, categories[] = {0, 1, 2, 3};
static const ampcf_taste_space space = {3, 4, space_offsets, categories, NULL};
static const double p[] = {0.375, 0.25, 0.25, 0.125}, q[] = {0.125, 0.25, 0.25, 0.375}, scores[] = {3, 2, 1};

/* Without a cost it is total variation, which needs no memory. */
static const double cost[] = {0, 1, 2, 3, 1, 0, 1, 2, 2, 1, 0, 1, 3, 2, 1, 0};

static ampcf_status between(void *memory, size_t bytes, uint8_t out[64]) {
    return ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, 4, cost, memory, bytes, (double *)(void *)out);
}

static ampcf_status steck(void *memory, size_t bytes, uint8_t out[64]) {
    uint32_t n;
    return ampcf_rerank_steck(&space, scores, p, 0.5, 1, 3, memory, bytes, (uint32_t *)(void *)out, &n);
}

static ampcf_status mmr(void *memory, size_t bytes, uint8_t out[64]) {
    uint32_t n;
    return ampcf_rerank_mmr(scores, 3, parts.vectors, DIM, 0.5, 3, memory, bytes, (uint32_t *)(void *)out,
                            &n);
}

static ampcf_status dpp(void *memory, size_t bytes, uint8_t out[64]) {
    uint32_t n;
    return ampcf_rerank_dpp(scores, 3, parts.vectors, DIM, 0.5, 3, memory, bytes, (uint32_t *)(void *)out,
                            &n);
}

static void taste_memory(void) {
    sweep("taste_between", between, ampcf_taste_between_memory(AMPCF_WASSERSTEIN, 4));
    sweep("rerank_steck", steck, ampcf_rerank_steck_memory(3, 4));
    sweep("rerank_mmr", mmr, ampcf_rerank_mmr_memory(3));
    sweep("rerank_dpp", dpp, ampcf_rerank_dpp_memory(3, 3));
}

int main(void) {
    uint64_t rng = 2;
    recipe r = plain_recipe(ITEMS, DIM, 3, 4);
    r.vector_type = AMPCF_VECTORS_INT8, r.neighbours = 3;
    parts = make_parts(&r, &rng);
    model = open_parts(&parts.parts);
    test_profile folded = fold(model.model, events, NULL, EVENTS, 0);
    profile = folded.profile;
    scratch_bytes = ampcf_profile_scratch(model.model, EVENTS, 0);
    scratch = exact(scratch_bytes);
    core_memory();
    train_memory();
    taste_memory();
    printf("%llu lengths that are too short\n", refused);
    free(scratch), free_profile(&folded), free_model(&model), free_parts(&parts);
    return check_report();
}
