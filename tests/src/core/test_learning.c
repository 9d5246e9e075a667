/* Owns the test of folding event by event, of what was not liked, and of summaries (profile.c, condense.c).
 * Must compare with folding at once and with what linear algebra says, not with the code's own arithmetic. */
#include "kinds.h"
#include "core/profile.h"
#include "core/summary.h"

enum { N = 80, MOST = 40 };

typedef struct event {
    uint32_t item;
    float weight, preference;
} event;

typedef struct learner {
    void *memory, *scratch;
    size_t scratch_bytes;
    ampcf_profile *profile;
} learner;

static learner begin(const ampcf_model *m, uint32_t n_history, uint32_t n_summaries) {
    size_t bytes = ampcf_profile_memory(m, n_history, n_summaries),
           scratch_bytes = ampcf_profile_scratch(m, n_history, n_summaries);
    learner l = {exact(bytes), exact(scratch_bytes), scratch_bytes, NULL};
    CHECK_EQ(ampcf_profile_begin(m, n_history, n_summaries, 0, l.memory, bytes, &l.profile), AMPCF_OK);
    return l;
}

static void end(learner *l) { free(l->memory), free(l->scratch); }

static void finish(learner *l) {
    CHECK_EQ(ampcf_profile_finish(l->profile, l->scratch, l->scratch_bytes), AMPCF_OK);
}

static void scores_of(const ampcf_profile *p, float *out) {
    uint32_t items[N];
    for (uint32_t j = 0; j < N; j++) items[j] = j;
    CHECK_EQ(ampcf_score(p, items, N, out, NULL), AMPCF_OK);
}

static uint32_t random_events(uint64_t *rng, event *out) {
    uint32_t n = 1 + random_below(rng, MOST), items[MOST];
    random_history(rng, N, items, n);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (event){items[i], random_float(rng, 0.1f, 3),
                         random_below(rng, 3) == 0 ? random_float(rng, -1, 1) : 1};
    return n;
}

/* Of either kind. */
static recipe random_recipe(uint64_t *rng) {
    int attention = (int)random_below(rng, 2);
    recipe r = (attention ? attention_recipe : plain_recipe)(N, 1 + random_below(rng, 40),
                                                             1 + random_below(rng, 8), 6);
    r.neighbours = random_below(rng, 2) ? 12 : 0;
    r.weighted = (int)random_below(rng, 2);
    if (attention) r.settings[RHO] = random_float(rng, 0, 1);
    else r.settings[GATE] = random_float(rng, 0, 16), r.settings[LEAVES] = (float)(1 + random_below(rng, 30));
    return r;
}

static void scores_are_equal(const ampcf_profile *a, const ampcf_profile *b) {
    float sa[N], sb[N];
    scores_of(a, sa), scores_of(b, sb);
    CHECK_BYTES(sa, sb, sizeof sa);
    CHECK_EQ(ampcf_profile_personas(a), ampcf_profile_personas(b));
    CHECK_EQ(ampcf_profile_history(a), ampcf_profile_history(b));
    CHECK_BYTES(a->support, b->support, ampcf_profile_personas(a) * sizeof(float));
}

/* Finished after every event or once: the same bits. With everything preference they are those of
 * ampcf_profile_fold_in. */
static void later_is_the_same(void) {
    uint64_t rng = 71;
    for (int round = 0; round < 200; round++) {
        recipe r = random_recipe(&rng);
        test_model m = make_kind(&r, &rng);
        event e[MOST];
        uint32_t n = random_events(&rng, e), items[MOST];
        float weights[MOST];
        learner once = begin(m.model, n, 0), often = begin(m.model, MOST, 3), liked = begin(m.model, n, 0);
        for (uint32_t i = 0; i < n; i++) {
            items[i] = e[i].item, weights[i] = e[i].weight;
            CHECK_EQ(ampcf_profile_add(once.profile, e[i].item, e[i].weight, e[i].preference), AMPCF_OK);
            CHECK_EQ(ampcf_profile_add(often.profile, e[i].item, e[i].weight, e[i].preference), AMPCF_OK);
            CHECK_EQ(ampcf_profile_add(liked.profile, e[i].item, e[i].weight, 1), AMPCF_OK);
            if (random_below(&rng, 2)) finish(&often);
        }
        finish(&once), finish(&often), finish(&liked);
        scores_are_equal(once.profile, often.profile);
        test_profile folded = fold(m.model, items, weights, n, 0);
        scores_are_equal(liked.profile, folded.profile);
        end(&once), end(&often), end(&liked), free_profile(&folded), free_model(&m);
    }
}

static void evidence_with(const test_model *m, const event *e, const float *preference, uint32_t n,
                          float *out) {
    learner l = begin(m->model, n, 0);
    for (uint32_t i = 0; i < n; i++)
        CHECK_EQ(ampcf_profile_add(l.profile, e[i].item, e[i].weight, preference[i]), AMPCF_OK);
    finish(&l);
    scores_of(l.profile, out);
    end(&l);
}

/* M does not depend on what is preferred, so without gate, attention and bias evidence is linear in it. With
 * them half of each preference is half of the evidence: the same personas and the same leaves. */
static void evidence_is_linear_in_what_is_wanted(void) {
    uint64_t rng = 72;
    for (int round = 0; round < 200; round++) {
        recipe r = random_recipe(&rng);
        int gated = !attends(r.settings) && round % 4 == 0;
        if (!gated) r.settings[RHO] = r.settings[GATE] = 0;
        test_parts t = make_parts(&r, &rng);
        memset(t.bias, 0, N * sizeof *t.bias);
        test_model m = open_kind(&t);
        event e[MOST];
        uint32_t n = random_events(&rng, e);
        float a[MOST], b[MOST], sum[MOST], minus[MOST], sa[N], sb[N], ss[N], sm[N], largest = 0;
        for (uint32_t i = 0; i < n; i++)
            a[i] = random_float(&rng, -0.5f, 0.5f), b[i] = random_float(&rng, -0.5f, 0.5f),
            sum[i] = a[i] + b[i], minus[i] = -a[i];
        if (gated) memcpy(b, a, n * sizeof *b);
        for (uint32_t i = 0; gated && i < n; i++) sum[i] = a[i] + b[i];
        evidence_with(&m, e, a, n, sa), evidence_with(&m, e, b, n, sb), evidence_with(&m, e, sum, n, ss),
            evidence_with(&m, e, minus, n, sm);
        for (uint32_t j = 0; j < N; j++) largest = fmaxf(largest, fmaxf(fabsf(sa[j]), fabsf(sb[j])));
        for (uint32_t j = 0; j < N; j++) {
            CHECK_NEAR(ss[j], sa[j] + sb[j], 2e-5 * (double)largest + 1e-6);
            if (!gated) CHECK_NEAR(sm[j], -sa[j], 2e-5 * (double)largest + 1e-6);
        }
        free_model(&m), free_parts(&t);
    }
}

/* score = contributions of summaries and events + bias + residual, whatever was preferred and forgotten. */
static void contributions_sum(const ampcf_profile *p, uint32_t rows) {
    double parts[MOST + 8];
    float attention[AMPCF_MAX_PERSONAS];
    for (uint32_t j = 0; j < N; j += 7) {
        ampcf_explanation e;
        double sum = 0, largest = 0;
        CHECK_EQ(ampcf_explain((ampcf_profile *)(uintptr_t)p, j, parts, attention, &e), AMPCF_OK);
        for (uint32_t i = 0; i < rows; i++) sum += parts[i], largest = fmax(largest, fabs(parts[i]));
        CHECK_NEAR(sum + e.bias + e.residual, e.score, 1e-9 * (1 + largest));
        CHECK(fabs(e.residual) <= 2e-5 * largest + 1e-5);
    }
}

static uint32_t condensed(const test_model *m, const learner *from, uint32_t n_events, learner *to,
                          uint32_t room) {
    uint32_t row = AMPCF_SUMMARY_HEAD + ampcf_model_describe(m->model).dim, found;
    float *summaries = exact(8u * row * sizeof *summaries);
    CHECK_EQ(ampcf_profile_condense(from->profile, n_events, summaries, &found), AMPCF_OK);
    *to = begin(m->model, room, found);
    for (uint32_t k = 0; k < found; k++)
        CHECK_EQ(ampcf_profile_remember(to->profile, summaries + (size_t)k * row), AMPCF_OK);
    free(summaries);
    return found;
}

/* Of a persona whose events are one direction and alike, nothing is lost: the mean of equal vectors is each
 * of them. */
static void nothing_is_lost_of_one_taste(void) {
    uint64_t rng = 73;
    for (int round = 0; round < 60; round++) {
        recipe r = round % 2 ? attention_recipe(N, 6, 1, 0) : plain_recipe(N, 6, 1 + (uint32_t)round % 3, 0);
        r.weighted = 0;
        test_parts t = make_parts(&r, &rng);
        for (uint32_t j = 0; j < 20; j++) memcpy(t.vectors + j * 6, t.vectors, 6 * sizeof *t.vectors);
        fill_gram(t.vectors, N, 6, t.gram);
        test_model m = open_kind(&t);
        learner all = begin(m.model, 20, 0), rest;
        for (uint32_t j = 0; j < 20; j++)
            CHECK_EQ(ampcf_profile_add(all.profile, j, random_float(&rng, 0.1f, 2), 1), AMPCF_OK);
        finish(&all);
        CHECK_EQ(condensed(&m, &all, 20, &rest, 4), 1);
        finish(&rest);
        CHECK_EQ(ampcf_profile_history(rest.profile), 0);
        CHECK_EQ(ampcf_profile_personas(rest.profile), 1);
        float before[N], after[N];
        scores_of(all.profile, before), scores_of(rest.profile, after);
        for (uint32_t j = 0; j < N; j++)
            CHECK_NEAR(after[j], before[j], 1e-4 * (1 + fabs((double)before[j])));
        end(&all), end(&rest), free_model(&m), free_parts(&t);
    }
}

static void summaries_and_events_together(void) {
    uint64_t rng = 74;
    uint32_t several = 0;
    for (int round = 0; round < 200; round++) {
        recipe r = random_recipe(&rng);
        test_model m = make_kind(&r, &rng);
        event e[MOST];
        uint32_t n = random_events(&rng, e), forgotten = random_below(&rng, n + 1);
        learner all = begin(m.model, n, 0), rest, again;
        for (uint32_t i = 0; i < n; i++)
            CHECK_EQ(ampcf_profile_add(all.profile, e[i].item, e[i].weight, e[i].preference), AMPCF_OK);
        finish(&all);
        contributions_sum(all.profile, n);
        uint32_t found = condensed(&m, &all, forgotten, &rest, n);
        several += found > 1;
        for (uint32_t i = forgotten; i < n; i++)
            CHECK_EQ(ampcf_profile_add(rest.profile, e[i].item, e[i].weight, e[i].preference), AMPCF_OK);
        finish(&rest);
        CHECK_EQ(ampcf_profile_history(rest.profile), n - forgotten);
        contributions_sum(rest.profile, found + n - forgotten);
        /* What is remembered can be forgotten again, with what came after it. */
        uint32_t later = condensed(&m, &rest, n - forgotten, &again, 1);
        CHECK(found + n - forgotten > 0 || later == 0);
        finish(&again);
        contributions_sum(again.profile, later);
        end(&all), end(&rest), end(&again), free_model(&m);
    }
    CHECK(several > 20);
}

/* A summary of the largest or the smallest values that remember takes. */
static void extreme_summary(uint64_t *rng, uint32_t dim, float *out) {
    for (uint32_t d = 0; d < AMPCF_SUMMARY_HEAD + dim; d++)
        out[d] = random_below(rng, 4) ? summary_bounded(d, INFINITY) : summary_bounded(d, -INFINITY);
}

/* Forget again and again, from the edge of what a summary may hold, with the heaviest events and items: what
 * condense gives is always taken, and scores stay finite. */
static void what_was_condensed_is_taken(void) {
    uint64_t rng = 77;
    uint32_t at_the_edge = 0;
    for (int round = 0; round < 60; round++) {
        recipe r = random_recipe(&rng);
        r.weighted = 1;
        test_parts t = make_parts(&r, &rng);
        for (uint32_t j = 0; round % 3 && j < N; j++)
            t.item_weights[j] = t.item_targets[j] = FORMAT_MAX_VALUE;
        test_model m = open_kind(&t);
        float row[AMPCF_SUMMARY_HEAD + 64], scores[N];
        learner now = begin(m.model, MOST, 1);
        extreme_summary(&rng, r.dim, row);
        CHECK_EQ(ampcf_profile_remember(now.profile, row), AMPCF_OK);
        for (int again = 0; again < 6; again++) {
            uint32_t items[MOST], n = 1 + random_below(&rng, MOST);
            random_history(&rng, N, items, n);
            for (uint32_t i = 0; i < n; i++)
                CHECK_EQ(ampcf_profile_add(now.profile, items[i], AMPCF_MAX_WEIGHT, 1), AMPCF_OK);
            finish(&now);
            scores_of(now.profile, scores);
            for (uint32_t j = 0; j < N; j++) CHECK(isfinite(scores[j]));
            learner next;
            (void)condensed(&m, &now, n, &next, MOST);
            end(&now);
            now = next;
            for (uint32_t k = 0; k < now.profile->n_rows; k++)
                at_the_edge += now.profile->counts[k] == FORMAT_MAX_VALUE;
        }
        end(&now), free_model(&m), free_parts(&t);
    }
    CHECK(at_the_edge > 20);
}

/* An event that no finish knows has no part in the score yet. */
static void what_came_later_is_not_explained(void) {
    uint64_t rng = 76;
    for (int round = 0; round < 60; round++) {
        recipe r = random_recipe(&rng);
        test_model m = make_kind(&r, &rng);
        event e[MOST];
        uint32_t n = random_events(&rng, e), known = random_below(&rng, n + 1);
        learner l = begin(m.model, n, 0);
        double parts[MOST];
        float attention[AMPCF_MAX_PERSONAS];
        for (uint32_t i = 0; i < n; i++) {
            if (i == known && known > 0) finish(&l);
            CHECK_EQ(ampcf_profile_add(l.profile, e[i].item, e[i].weight, e[i].preference), AMPCF_OK);
        }
        if (known < n) {
            ampcf_explanation of;
            if (known > 0) contributions_sum(l.profile, n);
            CHECK_EQ(ampcf_explain(l.profile, e[0].item, parts, attention, &of), AMPCF_OK);
            for (uint32_t i = known; i < n; i++) CHECK(parts[i] == 0);
        }
        end(&l), free_model(&m);
    }
}

static void bad_input(void) {
    uint64_t rng = 75;
    recipe r = plain_recipe(N, 5, 4, 0);
    test_model m = make_model(&r, &rng);
    float row[AMPCF_SUMMARY_HEAD + 5] = {1, 1, 1, 1, 0.1f, 1, 1, 1, 1, 1};
    CHECK_EQ(ampcf_profile_memory(m.model, AMPCF_MAX_HISTORY + 1, 0), 0);
    CHECK_EQ(ampcf_profile_memory(m.model, 1, AMPCF_MAX_SUMMARIES + 1), 0);
    CHECK_EQ(ampcf_profile_memory(m.model, UINT32_MAX, 2), 0);
    CHECK_EQ(ampcf_profile_scratch(m.model, 1, UINT32_MAX), 0);
    learner l = begin(m.model, 2, 1);
    CHECK_EQ(ampcf_profile_add(l.profile, N, 1, 1), AMPCF_E_ITEM_RANGE);
    const float bad_weights[] = {0, -1, 1025, NAN, INFINITY}, bad_wanted[] = {1.01f, -1.01f, NAN, INFINITY};
    for (size_t i = 0; i < sizeof bad_weights / sizeof *bad_weights; i++)
        CHECK_EQ(ampcf_profile_add(l.profile, 0, bad_weights[i], 1), AMPCF_E_ARGUMENT);
    for (size_t i = 0; i < sizeof bad_wanted / sizeof *bad_wanted; i++)
        CHECK_EQ(ampcf_profile_add(l.profile, 0, 1, bad_wanted[i]), AMPCF_E_ARGUMENT);
    for (uint32_t d = 0; d < AMPCF_SUMMARY_HEAD + 5; d++) {
        const float bad[] = {NAN, INFINITY, -INFINITY, nextafterf(summary_bounded(d, INFINITY), INFINITY),
                             nextafterf(summary_bounded(d, -INFINITY), -INFINITY)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            float copy[AMPCF_SUMMARY_HEAD + 5];
            memcpy(copy, row, sizeof copy);
            copy[d] = bad[i];
            CHECK_EQ(ampcf_profile_remember(l.profile, copy), AMPCF_E_BAD_NUMBER);
        }
    }
    CHECK_EQ(ampcf_profile_remember(l.profile, row), AMPCF_OK);
    CHECK_EQ(ampcf_profile_remember(l.profile, row), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_add(l.profile, 0, 1, 1), AMPCF_OK);
    CHECK_EQ(ampcf_profile_add(l.profile, 1, 1, -1), AMPCF_OK);
    CHECK_EQ(ampcf_profile_add(l.profile, 2, 1, 1), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_profile_finish(l.profile, l.scratch, l.scratch_bytes - 16), AMPCF_E_MEMORY);
    finish(&l);
    float out[4 * (AMPCF_SUMMARY_HEAD + 5)];
    uint32_t found = 77;
    CHECK_EQ(ampcf_profile_condense(l.profile, 3, out, &found), AMPCF_E_ARGUMENT);
    CHECK_EQ(found, 77);
    learner late = begin(m.model, 1, 1);
    CHECK_EQ(ampcf_profile_add(late.profile, 0, 1, 1), AMPCF_OK);
    CHECK_EQ(ampcf_profile_remember(late.profile, row), AMPCF_E_ARGUMENT);
    end(&l), end(&late), free_model(&m);
}

int main(void) {
    later_is_the_same();
    evidence_is_linear_in_what_is_wanted();
    nothing_is_lost_of_one_taste();
    summaries_and_events_together();
    what_was_condensed_is_taken();
    what_came_later_is_not_explained();
    bad_input();
    return check_report();
}
