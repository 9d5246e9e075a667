/* Owns a random person of any model: folded in whole and by parts, ranked, explained, forgotten. Must run
 * under sanitizers to mean most; every buffer has its exact size. */
#include "use_model.h"

static int all_finite(const float *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return 0;
    return 1;
}

static int same_bits(float a, float b) { return float_bits(a) == float_bits(b); }

/* The whole allowed range, extremes included. */
static float any_weight(uint64_t *rng) {
    switch (random_below(rng, 6)) {
    case 0: return AMPCF_MAX_WEIGHT;
    case 1: return 1.4e-45f;
    case 2: return 1e-25f;
    default: return random_float(rng, 0.1f, 2);
    }
}

static float any_preference(uint64_t *rng) {
    switch (random_below(rng, 8)) {
    case 0: return -1;
    case 1: return 0;
    case 2: return random_float(rng, -1, 1);
    default: return 1;
    }
}

person any_person(const ampcf_model *model, uint64_t *rng) {
    ampcf_model_facts facts = ampcf_model_describe(model);
    person who = {.n_personas = random_below(rng, facts.personas + 1)};
    uint32_t most = facts.items < PERSON_EVENTS ? facts.items : PERSON_EVENTS;
    int plain = random_below(rng, 3) == 0;
    who.n = random_below(rng, most + 1);
    for (uint32_t i = 0; i < who.n; i++) {
        who.items[i] = random_below(rng, facts.items);
        for (uint32_t k = 0; k < i; k++)
            if (who.items[k] == who.items[i]) who.items[i] = (who.items[i] + 1) % facts.items, k = UINT32_MAX;
        who.weights[i] = plain ? 1 : any_weight(rng);
        who.preferences[i] = plain ? 1 : any_preference(rng);
    }
    return who;
}

folded fold_person(const ampcf_model *model, const person *who, const float *summaries, uint32_t n_summaries,
                   uint32_t first) {
    size_t bytes = ampcf_profile_memory(model, who->n, n_summaries),
           row = 5 + ampcf_model_describe(model).dim;
    folded f = {exact(bytes), NULL, ampcf_profile_scratch(model, who->n, n_summaries), NULL,
                who->n + n_summaries};
    f.scratch = exact(f.scratch_bytes);
    MUST(bytes > 0 && f.scratch_bytes > 0);
    MUST(ampcf_profile_begin(model, who->n, n_summaries, who->n_personas, f.memory, bytes, &f.profile) ==
         AMPCF_OK);
    for (uint32_t s = 0; s < n_summaries; s++)
        MUST(ampcf_profile_remember(f.profile, summaries + s * row) == AMPCF_OK);
    for (uint32_t i = 0; i < who->n; i++) {
        if (i == first) MUST(ampcf_profile_finish(f.profile, f.scratch, f.scratch_bytes) == AMPCF_OK);
        MUST(ampcf_profile_add(f.profile, who->items[i], who->weights[i], who->preferences[i]) == AMPCF_OK);
    }
    MUST(ampcf_profile_finish(f.profile, f.scratch, f.scratch_bytes) == AMPCF_OK);
    MUST(ampcf_profile_history(f.profile) == who->n);
    return f;
}

void free_folded(folded *f) { free(f->memory), free(f->scratch); }

/* Scores (N) of all items, and who explains each. */
static float *score_all(const ampcf_model *model, const ampcf_profile *p, uint32_t **owners) {
    uint32_t n = ampcf_model_describe(model).items, *all = exact(n * sizeof *all);
    float *scores = exact(n * sizeof *scores);
    *owners = exact(n * sizeof **owners);
    for (uint32_t j = 0; j < n; j++) all[j] = j;
    MUST(ampcf_score(p, all, n, scores, *owners) == AMPCF_OK);
    MUST(all_finite(scores, n));
    free(all);
    return scores;
}

uint64_t hash_of_folded(const ampcf_model *model, const folded *f) {
    uint32_t n = ampcf_model_describe(model).items, personas = ampcf_profile_personas(f->profile), *owners;
    float *scores = score_all(model, f->profile, &owners);
    const float *shares = ampcf_profile_shares(f->profile),
                *parts = ampcf_profile_responsibilities(f->profile);
    uint64_t hash = hash_start;
    MUST(all_finite(shares, personas) && all_finite(parts, (size_t)f->n_rows * personas));
    for (uint32_t j = 0; j < n; j++) MUST(owners[j] < personas || owners[j] == 0);
    hash_bytes(&hash, scores, n * sizeof *scores);
    hash_bytes(&hash, owners, n * sizeof *owners);
    hash_bytes(&hash, shares, personas * sizeof *shares);
    hash_bytes(&hash, parts, (size_t)f->n_rows * personas * sizeof *parts);
    free(scores), free(owners);
    return hash;
}

/* The list of a ranking is in order, and its scores and personas are those of ampcf_score. */
static void check_list(const ampcf_ranked *list, uint32_t n, const float *scores, const uint32_t *owners) {
    for (uint32_t i = 0; i < n; i++) {
        MUST(same_bits(list[i].score, scores[list[i].item]) && list[i].persona == owners[list[i].item]);
        if (i == 0) continue;
        MUST(list[i - 1].score > list[i].score ||
             (list[i - 1].score == list[i].score && list[i - 1].item < list[i].item));
    }
}

/* What a list was chosen from is in order and distinct, and the list is of it. */
static void check_pool(const ampcf_ranked *pool, uint32_t n, const ampcf_ranked *list, uint32_t n_list) {
    for (uint32_t i = 1; i < n; i++)
        MUST(pool[i - 1].score > pool[i].score ||
             (pool[i - 1].score == pool[i].score && pool[i - 1].item < pool[i].item));
    for (uint32_t i = 0; n > 0 && i < n_list; i++) {
        uint32_t at = 0;
        while (at < n && pool[at].item != list[i].item) at++;
        MUST(at < n);
    }
}

/* k places in proportion: distinct, none that is excluded, scores as ever; at 0 the list by score. */
static void check_proportion(const ampcf_model *model, const ampcf_profile *p, const uint8_t *excluded,
                             const float *scores, const ampcf_ranked *by_score, uint32_t n_by_score,
                             uint64_t *rng, uint64_t *hash) {
    uint32_t n = ampcf_model_describe(model).items, k = 1 + random_below(rng, n), found, counts[2];
    size_t bytes = ampcf_proportion_memory(p, k);
    void *memory = exact(bytes);
    ampcf_ranked *list = exact(k * sizeof *list);
    uint8_t *seats = exact(k), *seen = exact(n);
    float lambda = random_below(rng, 3) ? random_float(rng, 0, 1) : (float)random_below(rng, 2);
    memset(seen, 0, n);
    MUST(ampcf_recommend_proportional(p, excluded, k, lambda, random_below(rng, 2), memory, bytes, list,
                                      seats, counts) == AMPCF_OK);
    found = counts[0];
    check_pool(memory, counts[1], list, found);
    MUST(found == (k < n_by_score ? k : n_by_score));
    for (uint32_t i = 0; i < found; i++) {
        MUST(list[i].item < n && !seen[list[i].item]++ && !excluded[list[i].item] && seats[i] <= 1);
        MUST(same_bits(list[i].score, scores[list[i].item]));
        if (lambda == 0) MUST(list[i].item == by_score[i].item && seats[i] == 0);
    }
    hash_bytes(hash, list, found * sizeof *list);
    hash_bytes(hash, seats, found);
    free(memory), free(list), free(seats), free(seen);
}

/* rank = recommend = score, to the bit. */
static void check_lists(const ampcf_model *model, const ampcf_profile *p, const float *scores,
                        const uint32_t *owners, uint64_t *rng, uint64_t *hash) {
    uint32_t n = ampcf_model_describe(model).items, left = 0, found, again, *some = exact(n * sizeof *some);
    uint8_t *excluded = exact(n);
    ampcf_ranked *ranked = exact(n * sizeof *ranked), *recommended = exact(n * sizeof *recommended);
    uint32_t some_excluded = random_below(rng, 3);
    for (uint32_t j = 0; j < n; j++) {
        excluded[j] = some_excluded && random_below(rng, 3) == 0;
        if (!excluded[j]) some[left++] = j;
    }
    uint32_t k = random_below(rng, 2) ? n : random_below(rng, n);
    MUST(ampcf_rank(p, some, left, k, ranked, &found) == AMPCF_OK && found == (k < left ? k : left));
    check_list(ranked, found, scores, owners);
    MUST(ampcf_recommend(p, excluded, k, recommended, &again) == AMPCF_OK && again == found);
    for (uint32_t i = 0; i < found; i++)
        MUST(ranked[i].item == recommended[i].item && same_bits(ranked[i].score, recommended[i].score) &&
             ranked[i].persona == recommended[i].persona);
    hash_bytes(hash, ranked, found * sizeof *ranked);
    MUST(ampcf_recommend(p, excluded, n, recommended, &again) == AMPCF_OK && again == left);
    check_proportion(model, p, excluded, scores, recommended, left, rng, hash);
    free(some), free(excluded), free(ranked), free(recommended);
}

/* The parts of a score add up to it. */
static void check_explained(const ampcf_model *model, const folded *f, const float *scores,
                            const uint32_t *owners, uint64_t *rng, uint64_t *hash) {
    uint32_t n = ampcf_model_describe(model).items, personas = ampcf_profile_personas(f->profile);
    double *parts = exact(f->n_rows * sizeof *parts);
    float *attention = exact(personas * sizeof *attention);
    for (uint32_t times = 0; times < 6; times++) {
        uint32_t j = random_below(rng, n);
        ampcf_explanation e;
        MUST(ampcf_explain(f->profile, j, parts, attention, &e) == AMPCF_OK);
        double sum = e.bias + e.residual, size = fabs(e.bias) + fabs(e.residual) + fabs(e.score), total = 0;
        for (uint32_t i = 0; i < f->n_rows; i++) {
            MUST(isfinite(parts[i]));
            sum += parts[i], size += fabs(parts[i]);
        }
        MUST(e.score == (double)scores[j] && e.persona == owners[j]);
        MUST(isfinite(size) && fabs(sum - e.score) <= 1e-9 * size);
        for (uint32_t k = 0; k < personas; k++) {
            MUST(attention[k] >= 0 && attention[k] <= 1);
            total += (double)attention[k];
        }
        MUST(personas == 0 || fabs(total - 1) < 1e-4);
        hash_bytes(hash, parts, f->n_rows * sizeof *parts);
        hash_bytes(hash, attention, personas * sizeof *attention);
    }
    free(parts), free(attention);
}

static void check_aspects(const ampcf_model *model, const ampcf_profile *p, uint64_t *hash) {
    uint32_t a = ampcf_model_describe(model).aspects, personas = ampcf_profile_personas(p);
    double *share = exact(a * sizeof *share), *lift = exact(a * sizeof *lift);
    for (uint32_t k = 0; k < personas && k < 3; k++) {
        ampcf_status status = ampcf_persona_aspects(p, k, share, lift);
        MUST(status == (a > 0 ? AMPCF_OK : AMPCF_E_NO_DATA));
        for (uint32_t i = 0; i < a; i++) MUST(share[i] >= 0 && isfinite(share[i]) && isfinite(lift[i]));
        hash_bytes(hash, share, a * sizeof *share);
        hash_bytes(hash, lift, a * sizeof *lift);
    }
    free(share), free(lift);
}

/* Whatever was condensed is remembered, again and again. */
static void check_condensed(const ampcf_model *model, const folded *f, const person *who, uint64_t *rng,
                            uint64_t *hash) {
    ampcf_model_facts facts = ampcf_model_describe(model);
    size_t row = 5 + facts.dim;
    uint32_t n, personas = ampcf_profile_personas(f->profile);
    float *summaries = exact(personas * row * sizeof *summaries);
    MUST(ampcf_profile_condense(f->profile, random_below(rng, who->n + 1), summaries, &n) == AMPCF_OK);
    MUST(n <= personas && all_finite(summaries, n * row));
    for (uint32_t times = 0; times < 2; times++) {
        person next = any_person(model, rng);
        folded g = fold_person(model, &next, summaries, n, random_below(rng, 2) ? UINT32_MAX : 0);
        uint64_t bits = hash_of_folded(model, &g);
        uint32_t *owners;
        float *scores = score_all(model, g.profile, &owners);
        check_explained(model, &g, scores, owners, rng, hash);
        hash_bytes(hash, &bits, sizeof bits);
        free(scores), free(owners), free(summaries);
        summaries = exact(ampcf_profile_personas(g.profile) * row * sizeof *summaries);
        MUST(ampcf_profile_condense(g.profile, next.n, summaries, &n) == AMPCF_OK);
        free_folded(&g);
    }
    free(summaries);
}

/* Texts are found again, and what is like an item has a cosine. */
static void check_items(const ampcf_model *model, uint64_t *rng, uint64_t *hash) {
    ampcf_model_facts facts = ampcf_model_describe(model);
    uint32_t n = facts.items, found, bytes, count, k = random_below(rng, n + 1);
    ampcf_ranked *alike = exact(k * sizeof *alike);
    for (uint32_t times = 0; times < 4; times++) {
        uint32_t j = random_below(rng, n);
        const char *id = ampcf_model_id(model, j, &bytes);
        MUST(bytes >= 1 && ampcf_model_find(model, id, bytes) == j);
        MUST(ampcf_model_find(model, id, bytes - 1) != j &&
             ampcf_model_find(model, id, 513) == AMPCF_NO_ITEM);
        const char *title = ampcf_model_title(model, j, &bytes);
        hash_bytes(hash, title, bytes);
        const uint16_t *aspects = ampcf_model_item_aspects(model, j, &count);
        for (uint32_t a = 0; a < count; a++) {
            MUST(aspects[a] < facts.aspects);
            const char *name = ampcf_model_aspect(model, aspects[a], &bytes);
            hash_bytes(hash, name, bytes);
        }
        uint32_t cluster = ampcf_model_item_cluster(model, j);
        MUST(facts.clusters ? cluster < facts.clusters : cluster == AMPCF_NO_CLUSTER);
        float vector[AMPCF_MAX_DIM];
        ampcf_model_vectors(model, j, 1, vector);
        MUST(all_finite(vector, facts.dim));
    }
    const char *metadata = ampcf_model_metadata(model, &bytes);
    hash_bytes(hash, metadata, bytes);
    MUST(ampcf_similar(model, random_below(rng, n), k, alike, &found) == AMPCF_OK);
    MUST(found == (k < n - 1 ? k : n - 1));
    for (uint32_t i = 0; i < found; i++) MUST(fabsf(alike[i].score) <= 1.001f);
    hash_bytes(hash, alike, found * sizeof *alike);
    free(alike);
}

/* What the API must refuse, it refuses, and nothing is changed. */
static void check_refusals(const ampcf_model *model, const folded *f, uint64_t bits) {
    uint32_t n = ampcf_model_describe(model).items, found;
    ampcf_ranked one;
    float score;
    ampcf_explanation e;
    MUST(ampcf_profile_add(f->profile, 0, 1, 1) == AMPCF_E_MEMORY);
    MUST(ampcf_profile_add(f->profile, n, 1, 1) == AMPCF_E_ITEM_RANGE);
    MUST(ampcf_profile_add(f->profile, 0, NAN, 1) == AMPCF_E_ARGUMENT);
    MUST(ampcf_score(f->profile, &n, 1, &score, NULL) == AMPCF_E_ITEM_RANGE);
    MUST(ampcf_rank(f->profile, &n, 1, 1, &one, &found) == AMPCF_E_ITEM_RANGE);
    MUST(ampcf_similar(model, n, 1, &one, &found) == AMPCF_E_ITEM_RANGE);
    MUST(ampcf_explain(f->profile, n, NULL, NULL, &e) == AMPCF_E_ITEM_RANGE);
    MUST(ampcf_profile_condense(f->profile, AMPCF_MAX_HISTORY + 1, NULL, &found) == AMPCF_E_ARGUMENT);
    MUST(ampcf_profile_finish(f->profile, f->scratch, f->scratch_bytes - 16) == AMPCF_E_MEMORY);
    MUST(hash_of_folded(model, f) == bits);
}

uint64_t use_model(const ampcf_model *model, uint64_t seed) {
    uint64_t rng = seed | 1, hash = hash_start;
    person who = any_person(model, &rng);
    folded whole = fold_person(model, &who, NULL, 0, UINT32_MAX),
           parts = fold_person(model, &who, NULL, 0, random_below(&rng, who.n + 1));
    uint64_t bits = hash_of_folded(model, &whole);
    MUST(hash_of_folded(model, &parts) == bits);
    uint32_t *owners;
    float *scores = score_all(model, whole.profile, &owners);
    hash_bytes(&hash, &bits, sizeof bits);
    /* Half of it at a time: more files are tried in a minute. */
    uint32_t chosen = random_u32(&rng);
    if (chosen & 1) check_lists(model, whole.profile, scores, owners, &rng, &hash);
    if (chosen & 2) check_explained(model, &whole, scores, owners, &rng, &hash);
    if (chosen & 4) check_aspects(model, whole.profile, &hash);
    if (chosen & 8) check_items(model, &rng, &hash);
    if (chosen & 16) check_condensed(model, &whole, &who, &rng, &hash);
    if (chosen & 32) use_taste(model, &who, scores, &rng, &hash);
    if (chosen & 64) check_refusals(model, &whole, bits);
    free(scores), free(owners), free_folded(&whole), free_folded(&parts);
    return hash;
}
