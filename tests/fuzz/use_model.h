/* Owns everything that a page asks of an open model and of a person, with each promise of the headers held to
 * it. Must not care how the model came about: its bytes may be an attacker's. */
#ifndef FUZZ_USE_MODEL_H
#define FUZZ_USE_MODEL_H

#include "target.h"
#include "ampcf.h"

enum { PERSON_EVENTS = 14 };

/* A history to fold in: any weight and preference that the API takes. */
typedef struct person {
    uint32_t n, n_personas, items[PERSON_EVENTS];
    float weights[PERSON_EVENTS], preferences[PERSON_EVENTS];
} person;

/* What a person is folded into; `profile` lives in `memory`. */
typedef struct folded {
    void *memory, *scratch;
    size_t scratch_bytes;
    ampcf_profile *profile;
    uint32_t n_rows; /* summaries and events */
} folded;

person any_person(const ampcf_model *model, uint64_t *rng);

/* Summaries (n_summaries, 5 + D), then the events, finished after `first` of them and at the end. */
folded fold_person(const ampcf_model *model, const person *who, const float *summaries, uint32_t n_summaries,
                   uint32_t first);
void free_folded(folded *f);

/* Bits of all scores, shares and responsibilities. */
uint64_t hash_of_folded(const ampcf_model *model, const folded *f);

/* One random person asks everything; the hash is of every bit that came back. */
uint64_t use_model(const ampcf_model *model, uint64_t seed);

/* Tastes and re-ranked lists of a person's scores (N). */
void use_taste(const ampcf_model *model, const person *who, const float *scores, uint64_t *rng,
               uint64_t *hash);

#endif
