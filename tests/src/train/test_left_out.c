/* Owns the test of left_out.c: against people who are truly folded in again without the event, and against
 * profile.c. */
#include "train/left_out.h"
#include "models.h"

typedef struct opened {
    void *memory;
    left_out l;
    ampcf_item_side side;
} opened;

static void open_left_out(opened *o, const test_parts *t, uint32_t max_history) {
    arena measure = arena_measure();
    (void)left_out_take(&measure, t->parts.n_items, t->parts.dim, max_history);
    o->memory = exact(measure.used);
    memset(o->memory, 0x5A, measure.used); /* what was there before must not matter */
    arena over = arena_over(o->memory, measure.used);
    o->l = left_out_take(&over, t->parts.n_items, t->parts.dim, max_history);
    o->side =
        (ampcf_item_side){t->parts.dim, t->vectors, t->gram, t->settings, t->item_weights, t->item_targets};
    CHECK(!over.full);
    left_out_open(&o->l, &o->side);
}

static test_parts random_parts(uint32_t n_items, int round, uint64_t *rng) {
    recipe r = plain_recipe(n_items, 1 + random_below(rng, 40), 3, 0);
    r.weighted = round % 4 != 0;
    r.scale = random_float(rng, 0.2f, 1);
    r.settings[NU] = round % 3 == 0 ? 0 : random_float(rng, 0, 1);
    r.settings[ALPHA] = random_float(rng, 0.05f, 1);
    r.settings[LAMBDA] = random_float(rng, 0.02f, 0.5f);
    r.settings[GATE] = 0; /* the device is to score whole persons */
    test_parts t = make_parts(&r, rng);
    if (round % 4 == 1) free(t.item_targets), t.item_targets = NULL;
    if (round % 4 == 2) {
        free(t.item_weights), t.item_weights = NULL;
        fill_gram(t.vectors, n_items, r.dim, t.gram);
    }
    link_parts(&t, &r);
    return t;
}

/* One opened state serves people with long and short histories in turn. */
static void leaves_events_out(void) {
    enum { ITEMS = 70 };
    uint64_t rng = 301;
    double worst = 0;
    for (int round = 0; round < 120; round++) {
        test_parts t = random_parts(ITEMS, round, &rng);
        opened o;
        open_left_out(&o, &t, 50);
        for (int person = 0; person < 4; person++) {
            uint32_t n = 1 + random_below(&rng, person % 2 ? 3 : 50), items[50];
            float weights[50];
            const float *w = person == 3 ? NULL : weights;
            double wanted[ITEMS], size = 0;
            random_history(&rng, ITEMS, items, n);
            for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 4);
            reference_left_out(&t, items, w, n, wanted);
            for (uint32_t j = 0; j < ITEMS; j++) size = fmax(size, fabs(wanted[j]));
            left_out_score(&o.l, items, w, n);
            for (uint32_t j = 0; j < ITEMS; j++) {
                CHECK_NEAR(o.l.scores[j], wanted[j], 5e-5 * (size + 0.01));
                worst = fmax(worst, fabs((double)o.l.scores[j] - wanted[j]) / (size + 0.01));
            }
        }
        free(o.memory), free_parts(&t);
    }
    printf("worst error: %.2g of the largest\n", worst);
}

/* Items that are not in the history score as on the device, t_j apart. */
static void agrees_with_profiles(void) {
    enum { ITEMS = 90 };
    uint64_t rng = 303;
    for (int round = 0; round < 80; round++) {
        test_parts t = random_parts(ITEMS, round, &rng);
        test_model m = open_parts(&t.parts);
        opened o;
        open_left_out(&o, &t, 60);
        uint32_t n = 1 + random_below(&rng, 60), items[60], own[ITEMS] = {0}, d = t.parts.dim;
        float weights[60];
        double u[40];
        random_history(&rng, ITEMS, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 4), own[items[i]] = 1;
        test_profile p = fold(m.model, items, weights, n, 1);
        reference_user(&t, items, weights, n, NULL, 0, u);
        left_out_score(&o.l, items, weights, n);
        for (uint32_t j = 0; j < ITEMS; j++) {
            float score;
            CHECK_EQ(ampcf_score(p.profile, &j, 1, &score, NULL), AMPCF_OK);
            double evidence = (double)score - (double)t.bias[j];
            if (!own[j])
                CHECK_NEAR((double)o.l.scores[j] * fold_target(&t, j), evidence,
                           2e-5 * (length_double(u, d) * length_float(t.vectors + j * d, d) + 0.01));
        }
        free(o.memory), free_profile(&p), free_model(&m), free_parts(&t);
    }
}

static void no_vectors_take_nothing(void) {
    arena measure = arena_measure();
    left_out l = left_out_take(&measure, 1000, 0, 500);
    CHECK(measure.used == 0 && l.vectors == NULL && l.scores == NULL);
}

int main(void) {
    leaves_events_out();
    agrees_with_profiles();
    no_vectors_take_nothing();
    return check_report();
}
