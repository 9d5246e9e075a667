/* Owns the parity of the two fold-ins: the trainer's (train/fold.c, single precision) and the device's
 * (core/profile.c, double precision) make the same vector of the same history. Must leave each one's own
 * correctness to its own test. */
#include "core/profile.h"
#include "models.h"
#include "train/fold.h"

#include "base/kernels.h"
#include "base/linalg.h"

enum { ITEMS = 80, LONGEST = 60 };

typedef struct trainer_side {
    void *memory;
    train_fold fold;
    float *gram, *targets;
} trainer_side;

static trainer_side open_trainer_side(const test_parts *t) {
    uint32_t dim = t->parts.dim, stride = kernel_stride(dim);
    arena measure = arena_measure();
    (void)train_fold_take(&measure, dim, LONGEST);
    trainer_side s = {.memory = exact(measure.used),
                      .gram = exact(dim * stride * sizeof(float)),
                      .targets = exact(LONGEST * sizeof(float))};
    memset(s.memory, 0x5A, measure.used); /* what was there before must not matter */
    arena over = arena_over(s.memory, measure.used);
    s.fold = train_fold_take(&over, dim, LONGEST);
    memset(s.fold.rows, 0, LONGEST * stride * sizeof(float));
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < stride; c++)
            s.gram[r * stride + c] = c < r || c >= dim ? 0 : t->settings[ALPHA] * t->gram[packed_row(c) + r];
    train_fold_open(&s.fold, t->settings, s.gram, t->parts.n_items);
    s.fold.targets = s.targets;
    return s;
}

static void free_trainer_side(trainer_side *s) { free(s->memory), free(s->gram), free(s->targets); }

static void gather(trainer_side *s, const test_parts *t, const uint32_t *items, const float *weights,
                   uint32_t n) {
    uint32_t dim = t->parts.dim;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(s->fold.rows + i * s->fold.stride, t->vectors + items[i] * dim, dim * sizeof(float));
        s->targets[i] = (float)fold_target(t, items[i]);
        s->fold.weights[i] = (float)fold_weight(t, weights, i, items[i]);
    }
    s->fold.n_rows = n;
}

/* As far as single precision goes; an empty history has no persona on the device, and zeros here. */
static double check_same(const train_fold *f, const ampcf_profile *p) {
    uint32_t dim = f->dim;
    float none[40] = {0};
    const float *theirs = p->n_personas > 0 ? p->vectors : none;
    double worst = 0, size = length_float(theirs, dim) + 0.01;
    CHECK(p->n_personas == (p->n_rows > 0));
    for (uint32_t d = 0; d < dim; d++) {
        worst = fmax(worst, fabs((double)f->vector[d] - (double)theirs[d]) / size);
        CHECK_NEAR(f->vector[d], theirs[d], 5e-5 * size);
    }
    for (uint32_t d = dim; d < f->stride; d++) CHECK(f->vector[d] == 0);
    return worst;
}

static recipe random_recipe(uint64_t *rng, int round) {
    recipe r = plain_recipe(ITEMS, 1 + random_below(rng, 40), 1, 0);
    r.weighted = round % 3 != 0;
    r.settings[NU] = round % 4 == 0 ? 0 : random_float(rng, 0, 1);
    r.settings[LAMBDA] = random_float(rng, 0.01f, 0.2f);
    return r;
}

static void folds_as_the_device_does(void) {
    uint64_t rng = 91;
    double worst = 0;
    for (int round = 0; round < 300; round++) {
        recipe r = random_recipe(&rng, round);
        uint32_t n = random_below(&rng, LONGEST + 1), items[LONGEST];
        float weights[LONGEST];
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        trainer_side s = open_trainer_side(&t);
        random_history(&rng, ITEMS, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 4);
        test_profile p = fold(m.model, items, weights, n, 1);
        gather(&s, &t, items, weights, n);
        train_fold_in(&s.fold);
        worst = fmax(worst, check_same(&s.fold, p.profile));
        free_profile(&p), free_model(&m), free_trainer_side(&s), free_parts(&t);
    }
    printf("worst error: %.2g of a person's length\n", worst);
}

/* Vectors v_j / t_j, weights q_j t_j^2 and no targets, as als has them, are the same person: u times 1. */
static void dampings_can_stand_in_the_rows(void) {
    uint64_t rng = 92;
    for (int round = 0; round < 60; round++) {
        recipe r = random_recipe(&rng, 1);
        uint32_t n = 1 + random_below(&rng, LONGEST), items[LONGEST];
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        trainer_side s = open_trainer_side(&t);
        random_history(&rng, ITEMS, items, n);
        test_profile p = fold(m.model, items, NULL, n, 1);
        gather(&s, &t, items, NULL, n);
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t d = 0; d < r.dim; d++) s.fold.rows[i * s.fold.stride + d] /= s.targets[i];
            s.fold.weights[i] *= s.targets[i] * s.targets[i];
        }
        s.fold.targets = NULL;
        train_fold_in(&s.fold);
        (void)check_same(&s.fold, p.profile);
        free_profile(&p), free_model(&m), free_trainer_side(&s), free_parts(&t);
    }
}

/* The closed form is a fold-in without the event, its ridge as it was with it. */
static void leaves_an_event_out(void) {
    uint64_t rng = 93;
    for (int round = 0; round < 60; round++) {
        recipe r = random_recipe(&rng, round);
        uint32_t n = 1 + random_below(&rng, LONGEST), items[LONGEST];
        double wanted[ITEMS];
        test_parts t = make_parts(&r, &rng);
        trainer_side s = open_trainer_side(&t);
        random_history(&rng, ITEMS, items, n);
        reference_left_out(&t, items, NULL, n, wanted);
        gather(&s, &t, items, NULL, n);
        train_fold_in(&s.fold);
        for (uint32_t i = 0; i < n; i++) {
            float evidence = kernel_dot(s.fold.vector, s.fold.rows + i * s.fold.stride, r.dim);
            float left = train_fold_left_out(evidence, train_fold_leverage(&s.fold, i), s.targets[i]);
            CHECK_NEAR(left, wanted[items[i]] * (double)s.targets[i], 1e-3 * (1 + fabs(wanted[items[i]])));
        }
        free_trainer_side(&s), free_parts(&t);
    }
}

int main(void) {
    folds_as_the_device_does();
    dampings_can_stand_in_the_rows();
    leaves_an_event_out();
    return check_report();
}
