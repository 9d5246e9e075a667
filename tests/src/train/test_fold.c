/* Owns the parity of the two fold-ins: the trainer's (train/fold.c, single precision) and the device's
 * (core/profile.c, double precision) make the same personas of the same history. Must leave each one's own
 * correctness to its own test. */
#include "core/profile.h"
#include "models.h"
#include "train/fold.h"

#include "base/linalg.h"

enum { ITEMS = 80, LONGEST = 60 };

typedef struct trainer_side {
    void *memory;
    train_fold fold;
    float *gram, *events, *targets;
} trainer_side;

static trainer_side open_trainer_side(const test_parts *t, uint32_t n_personas) {
    uint32_t dim = t->parts.dim, stride = kernel_stride(dim);
    arena measure = arena_measure();
    (void)train_fold_take(&measure, dim, n_personas, LONGEST, LONGEST);
    trainer_side s = {.memory = exact(measure.used),
                      .gram = exact(dim * stride * sizeof(float)),
                      .events = exact(LONGEST * sizeof(float)),
                      .targets = exact(LONGEST * sizeof(float))};
    memset(s.memory, 0x5A, measure.used); /* what was there before must not matter */
    arena over = arena_over(s.memory, measure.used);
    s.fold = train_fold_take(&over, dim, n_personas, LONGEST, LONGEST);
    memset(s.fold.rows, 0, LONGEST * stride * sizeof(float));
    for (uint32_t r = 0; r < dim; r++)
        for (uint32_t c = 0; c < stride; c++)
            s.gram[r * stride + c] = c < r || c >= dim ? 0 : t->settings[ALPHA] * t->gram[packed_row(c) + r];
    train_fold_open(&s.fold, t->settings, s.gram, t->parts.n_items);
    s.fold.events = s.events;
    s.fold.targets = s.targets;
    return s;
}

static void free_trainer_side(trainer_side *s) {
    free(s->memory), free(s->gram), free(s->events), free(s->targets);
}

static void gather(trainer_side *s, const test_parts *t, const uint32_t *items, const float *weights,
                   uint32_t n) {
    uint32_t dim = t->parts.dim;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(s->fold.rows + i * s->fold.stride, t->vectors + items[i] * dim, dim * sizeof(float));
        s->events[i] = weights[i];
        s->targets[i] = (float)fold_target(t, items[i]);
        s->fold.weights[i] = (float)fold_weight(t, weights, i, items[i]);
    }
    s->fold.n_rows = n;
}

/* Responsibilities come from one function, and so have the same bits; what is solved agrees as far as single
 * precision goes. */
static double check_same(const train_fold *f, const ampcf_profile *p) {
    uint32_t n = p->n_personas, dim = p->model->dim;
    double worst = 0;
    CHECK_EQ(f->n_personas, n);
    CHECK_BYTES(f->responsibilities, p->responsibilities, p->n_rows * n * sizeof(float));
    for (uint32_t k = 0; k < n; k++) {
        const float *ours = f->personas + k * f->stride, *theirs = p->vectors + k * p->stride;
        double size = length_float(theirs, dim) + 0.01;
        for (uint32_t d = 0; d < dim; d++) {
            worst = fmax(worst, fabs((double)ours[d] - (double)theirs[d]) / size);
            CHECK_NEAR(ours[d], theirs[d], 5e-5 * size);
        }
        CHECK_NEAR(f->gains[k], p->gain[k], 1e-3 * (double)p->gain[k]);
        CHECK_NEAR(f->priors[k], p->prior[k], 1e-5);
    }
    return worst;
}

static void folds_as_the_device_does(void) {
    uint64_t rng = 91;
    uint32_t several = 0;
    double worst = 0;
    for (int round = 0; round < 300; round++) {
        uint32_t n_personas = 1 + random_below(&rng, 6), n = random_below(&rng, LONGEST + 1), items[LONGEST];
        recipe r = plain_recipe(ITEMS, 1 + random_below(&rng, 40), n_personas, 0);
        float weights[LONGEST];
        r.weighted = round % 3 != 0;
        r.settings[NU] = round % 4 == 0 ? 0 : random_float(&rng, 0, 1);
        r.settings[LAMBDA] = random_float(&rng, 0.01f, 0.2f);
        r.settings[TAU] = round % 5 == 0 ? 0 : random_float(&rng, 0, 1);
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        trainer_side s = open_trainer_side(&t, n_personas);
        random_history(&rng, ITEMS, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = random_float(&rng, 0.1f, 4);
        test_profile p = fold(m.model, items, weights, n, n_personas);
        gather(&s, &t, items, weights, n);
        if (n > 0) { /* an empty history has no persona on the device, and an empty one here */
            train_fold_in(&s.fold, n_personas);
            worst = fmax(worst, check_same(&s.fold, p.profile));
            several += p.profile->n_personas > 1;
        }
        free_profile(&p), free_model(&m), free_trainer_side(&s), free_parts(&t);
    }
    printf("worst error: %.2g of a persona's length, %u histories of several personas\n", worst, several);
    CHECK(several > 100);
}

/* What is forgiven is measured on scores of the device: with vectors v_j / t_j and weights q_j t_j^2, as als
 * has them, the
 * gains are those of the file. */
static void scales_bring_back_the_device(void) {
    uint64_t rng = 92;
    for (int round = 0; round < 60; round++) {
        recipe r = plain_recipe(ITEMS, 12, 4, 0);
        uint32_t n = 20 + random_below(&rng, 40), items[LONGEST];
        float weights[LONGEST], scales[LONGEST];
        r.weighted = 1;
        test_parts t = make_parts(&r, &rng);
        test_model m = open_parts(&t.parts);
        trainer_side s = open_trainer_side(&t, 4);
        random_history(&rng, ITEMS, items, n);
        for (uint32_t i = 0; i < n; i++) weights[i] = 1;
        test_profile p = fold(m.model, items, NULL, n, 4);
        gather(&s, &t, items, weights, n);
        for (uint32_t i = 0; i < n; i++) {
            scales[i] = s.targets[i];
            for (uint32_t d = 0; d < 12; d++) s.fold.rows[i * s.fold.stride + d] /= scales[i];
            s.fold.weights[i] *= scales[i] * scales[i];
        }
        s.fold.scale = scales;
        s.fold.targets = NULL;
        train_fold_in(&s.fold, 4);
        if (s.fold.n_personas == p.profile->n_personas)
            for (uint32_t k = 0; k < p.profile->n_personas; k++)
                CHECK_NEAR(s.fold.gains[k], p.profile->gain[k], 1e-3 * (double)p.profile->gain[k]);
        CHECK_EQ(s.fold.n_personas, p.profile->n_personas);
        free_profile(&p), free_model(&m), free_trainer_side(&s), free_parts(&t);
    }
}

int main(void) {
    folds_as_the_device_does();
    scales_bring_back_the_device();
    return check_report();
}
