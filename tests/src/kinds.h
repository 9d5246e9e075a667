/* Owns made-up models of both kinds: the writer writes kind 2; of such a file one of kind 1 is made, which
 * version 0.1 wrote. Must not score. */
#ifndef KINDS_H
#define KINDS_H

#include "draft.h"
#include "models.h"

/* Settings of kind 1 that find several personas in random histories. */
static inline recipe attention_recipe(uint32_t n_items, uint32_t dim, uint32_t n_personas,
                                      uint32_t n_aspects) {
    recipe r = plain_recipe(n_items, dim, n_personas, n_aspects);
    const float set[SETTINGS] = {[ALPHA] = 0.4f, [LAMBDA] = 0.01f, [NU] = 1,       [BETA] = 8,  [ETA] = 0.5f,
                                 [RHO] = 0.5f,   [SHARPNESS] = 8,  [SPLIT] = 1.2f, [TAU] = 0.5f};
    memcpy(r.settings, set, sizeof set);
    return r;
}

/* Kind 2 has a leaf at least. */
static inline int attends(const float *settings) { return settings[LEAVES] == 0; }

/* A model of the kind that its settings are of. */
static inline test_model open_kind(const test_parts *t) {
    if (!attends(t->settings)) return open_parts(&t->parts);
    ampcf_model_parts parts = t->parts;
    float settings[SETTINGS];
    memcpy(settings, t->settings, sizeof settings);
    settings[BETA] = settings[ETA] = settings[RHO] = settings[SHARPNESS] = settings[TAU] = 0;
    settings[LEAVES] = 1;
    parts.settings = settings;
    test_model written = open_parts(&parts), m = {NULL, 0, NULL, NULL};
    draft d = draft_of(written.file);
    d.header.kind = KIND_ATTENTION;
    draft_set(&d, SECTION_SETTINGS, t->settings, SETTINGS);
    m.file = draft_emit(&d, &m.bytes);
    size_t needed = ampcf_model_memory(m.file, m.bytes);
    m.memory = exact(needed);
    ampcf_status status = ampcf_model_open(m.file, m.bytes, m.memory, needed, &m.model, NULL);
    if (status != AMPCF_OK) fprintf(stderr, "a model of kind 1: %s\n", ampcf_status_name(status)), exit(1);
    free_model(&written);
    return m;
}

static inline test_model make_kind(const recipe *r, uint64_t *rng) {
    test_parts t = make_parts(r, rng);
    test_model m = open_kind(&t);
    free_parts(&t);
    return m;
}

#endif
