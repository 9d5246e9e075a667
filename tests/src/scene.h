/* Owns a random person of a random model, scored. Must not say what the scores should be. */
#ifndef SCENE_H
#define SCENE_H

#include "kinds.h"

enum { MOST_ITEMS = 120, MOST_DIM = 40, MOST_EVENTS = 60 };

typedef struct scene {
    recipe r;
    test_parts t;
    test_model m;
    uint32_t items[MOST_EVENTS], n;
    float weights[MOST_EVENTS];
    test_profile p;
    float scores[MOST_ITEMS]; /* of every item, as ampcf_score gives them */
    uint32_t owners[MOST_ITEMS], all[MOST_ITEMS];
} scene;

static inline recipe scene_recipe(uint64_t *rng, int attention, int tied) {
    recipe r = (attention ? attention_recipe : plain_recipe)(
        1 + random_below(rng, MOST_ITEMS), 1 + random_below(rng, MOST_DIM), 1 + random_below(rng, 8), 0);
    r.settings[SPLIT] = random_float(rng, 0.2f, 2);
    if (attention) {
        r.settings[RHO] = random_float(rng, 0, 1);
        r.settings[TAU] = random_float(rng, 0, 1);
        r.settings[ETA] = random_float(rng, 0, 2);
    } else {
        r.settings[GATE] = random_below(rng, 4) ? random_float(rng, 0, 16) : 0;
        r.settings[LEAVES] = (float)(1 + random_below(rng, random_below(rng, 2) ? 12 : AMPCF_MAX_LEAVES));
    }
    r.neighbours = tied ? 0 : random_below(rng, 3) * 20, r.weighted = !tied && random_below(rng, 2);
    return r;
}

/* `tied` makes many items equal. */
static inline void set_scene(scene *s, uint64_t *rng, int attention, int tied) {
    recipe r = s->r = scene_recipe(rng, attention, tied);
    s->t = make_parts(&r, rng);
    for (uint32_t j = 0; tied && j < r.n_items; j++) {
        uint32_t like = random_below(rng, j / 4 + 1);
        memcpy(s->t.vectors + j * r.dim, s->t.vectors + like * r.dim, r.dim * sizeof(float));
        s->t.bias[j] = s->t.bias[like];
    }
    if (tied) fill_gram(s->t.vectors, r.n_items, r.dim, s->t.gram);
    s->m = open_kind(&s->t);
    s->n = random_below(rng, (r.n_items < MOST_EVENTS ? r.n_items : MOST_EVENTS) + 1);
    random_history(rng, r.n_items, s->items, s->n);
    for (uint32_t i = 0; i < s->n; i++) s->weights[i] = random_float(rng, 0.2f, 2);
    s->p = fold(s->m.model, s->items, s->weights, s->n, 0);
    CHECK_EQ(s->p.status, AMPCF_OK);
    for (uint32_t j = 0; j < r.n_items; j++) s->all[j] = j;
    CHECK_EQ(ampcf_score(s->p.profile, s->all, r.n_items, s->scores, s->owners), AMPCF_OK);
    for (uint32_t j = 0; j < r.n_items; j++) CHECK(isfinite(s->scores[j]));
}

static inline void free_scene(scene *s) { free_profile(&s->p), free_model(&s->m), free_parts(&s->t); }

#endif
