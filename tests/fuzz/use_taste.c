/* Owns the tastes of a person of any model, over aspects: distributions, distances, lists re-ranked. Must not
 * rank by itself. */
#include "use_model.h"

#include "ampcf_taste.h"

typedef struct taste {
    ampcf_taste_space space;
    uint32_t *offsets, *categories;
    double *scores, *target, *list;
    float *vectors;
    uint32_t n, dim, *out;
} taste;

/* The first items of the catalogue as a pool, with their aspects as categories. */
static taste taste_of(const ampcf_model *model, const float *scores) {
    ampcf_model_facts facts = ampcf_model_describe(model);
    taste t = {.n = facts.items < 24 ? facts.items : 24, .dim = facts.dim};
    uint32_t at = 0, count;
    for (uint32_t j = 0; j < t.n; j++) (void)ampcf_model_item_aspects(model, j, &count), at += count;
    t.offsets = exact((t.n + 1) * sizeof *t.offsets);
    t.categories = exact(at * sizeof *t.categories);
    t.scores = exact(t.n * sizeof *t.scores);
    t.target = exact(facts.aspects * sizeof *t.target);
    t.list = exact(facts.aspects * sizeof *t.list);
    t.vectors = exact((size_t)t.n * t.dim * sizeof *t.vectors);
    t.out = exact(t.n * sizeof *t.out);
    t.offsets[0] = at = 0;
    for (uint32_t j = 0; j < t.n; j++) {
        const uint16_t *aspects = ampcf_model_item_aspects(model, j, &count);
        for (uint32_t a = 0; a < count; a++) t.categories[at++] = aspects[a];
        t.offsets[j + 1] = at;
        t.scores[j] = (double)scores[j];
    }
    ampcf_model_vectors(model, 0, t.n, t.vectors);
    t.space = (ampcf_taste_space){t.n, facts.aspects, t.offsets, t.categories, NULL};
    return t;
}

static void free_taste(taste *t) {
    free(t->offsets), free(t->categories), free(t->scores), free(t->target), free(t->list);
    free(t->vectors), free(t->out);
}

/* A list of min(k, n) distinct rows of the pool. */
static void check_rows(const taste *t, uint32_t k, uint32_t found, uint64_t *hash) {
    MUST(found == (k < t->n ? k : t->n));
    for (uint32_t i = 0; i < found; i++) {
        MUST(t->out[i] < t->n);
        for (uint32_t h = 0; h < i; h++) MUST(t->out[h] != t->out[i]);
    }
    hash_bytes(hash, t->out, found * sizeof *t->out);
}

static void by_vectors(const taste *t, uint32_t k, double lambda, uint64_t *hash) {
    uint32_t found;
    size_t mmr_bytes = ampcf_rerank_mmr_memory(t->n), dpp_bytes = ampcf_rerank_dpp_memory(t->n, k);
    void *mmr = exact(mmr_bytes), *dpp = exact(dpp_bytes);
    MUST(ampcf_rerank_mmr(t->scores, t->n, t->vectors, t->dim, lambda, k, mmr, mmr_bytes, t->out, &found) ==
         AMPCF_OK);
    check_rows(t, k, found, hash);
    MUST(ampcf_rerank_dpp(t->scores, t->n, t->vectors, t->dim, lambda, k, dpp, dpp_bytes, t->out, &found) ==
         AMPCF_OK);
    check_rows(t, k, found, hash);
    free(mmr), free(dpp);
}

static void by_aspects(const taste *t, uint32_t k, double lambda, uint64_t *hash) {
    uint32_t found;
    size_t bytes = ampcf_rerank_steck_memory(t->n, t->space.n_categories);
    void *memory = exact(bytes);
    MUST(ampcf_rerank_steck(&t->space, t->scores, t->target, lambda, 1, k, memory, bytes, t->out, &found) ==
         AMPCF_OK);
    check_rows(t, k, found, hash);
    MUST(ampcf_rerank_proportional(&t->space, t->scores, t->target, lambda, 0, k, memory, bytes, t->out,
                                   &found) == AMPCF_OK);
    check_rows(t, k, found, hash);
    free(memory);
}

static int sums_to_one(const double *p, uint32_t n) {
    double sum = 0;
    for (uint32_t a = 0; a < n; a++) {
        MUST(p[a] >= 0 && p[a] <= 1.0000001);
        sum += p[a];
    }
    MUST(sum == 0 || fabs(sum - 1) < 1e-9);
    return sum > 0;
}

static void distances(const taste *t, uint64_t *hash) {
    uint32_t n = t->space.n_categories;
    for (uint32_t measure = 0; measure <= AMPCF_WASSERSTEIN; measure++) {
        size_t bytes = ampcf_taste_between_memory(measure, n);
        void *memory = exact(bytes);
        double far;
        MUST(ampcf_taste_between(measure, t->target, t->list, n, NULL, memory, bytes, &far) == AMPCF_OK);
        MUST(far >= 0 && far <= (measure == AMPCF_STECK_KL ? AMPCF_STECK_BOUND : 1) + 1e-9);
        hash_bytes(hash, &far, sizeof far);
        free(memory);
    }
}

void use_taste(const ampcf_model *model, const person *who, const float *scores, uint64_t *rng,
               uint64_t *hash) {
    taste t = taste_of(model, scores);
    uint32_t k = 1 + random_below(rng, t.n), n = 0, items[PERSON_EVENTS];
    double lambda = (double)random_float(rng, 0, 1);
    for (uint32_t i = 0; i < who->n; i++)
        if (who->items[i] < t.n) items[n++] = who->items[i];
    by_vectors(&t, k, lambda, hash);
    if (t.space.n_categories >= 1 && t.space.n_categories <= 256) {
        MUST(ampcf_taste_of_list(&t.space, items, NULL, n, 0, t.target) == AMPCF_OK);
        MUST(ampcf_taste_of_list(&t.space, NULL, NULL, 0, 1, t.list) == AMPCF_OK);
        if (sums_to_one(t.target, t.space.n_categories) && sums_to_one(t.list, t.space.n_categories)) {
            distances(&t, hash);
            by_aspects(&t, k, lambda, hash);
        }
    }
    free_taste(&t);
}
