/* Owns the test of gate.h and of the tree below the personas: scores, parts, attention and contributions
 * against the formulas in double precision. Must take from the profile who owns which row, and nothing
 * else. */
#include "core/profile.h"
#include "core/rank.h"
#include "kinds.h"

enum { MOST_ITEMS = 100, MOST_DIM = 40, MOST_ROWS = 80 };

/* An event, or what is left of forgotten ones. */
typedef struct row {
    uint32_t item; /* AMPCF_NO_ITEM: a summary */
    double vector[MOST_DIM];
    double liking, system, target; /* w g, w q, t g */
    double mass;                   /* w q t^2 */
} row;

typedef struct person {
    recipe r;
    test_parts t;
    test_model m;
    row rows[MOST_ROWS];
    uint32_t n, n_summaries;
    test_profile p;
    void *scratch;
    size_t scratch_bytes;
} person;

static recipe gate_recipe(uint64_t *rng) {
    recipe r = plain_recipe(1 + random_below(rng, MOST_ITEMS), 1 + random_below(rng, MOST_DIM),
                            1 + random_below(rng, 8), 0);
    r.settings[SPLIT] = random_float(rng, 0.2f, 2);
    r.settings[GATE] = random_below(rng, 4) ? random_float(rng, 0, 16) : 0;
    r.settings[LEAVES] = (float)(1 + random_below(rng, random_below(rng, 2) ? 16 : AMPCF_MAX_LEAVES));
    r.neighbours = random_below(rng, 3) * 20, r.weighted = (int)random_below(rng, 2);
    return r;
}

static void make_person(person *of, const recipe *r, uint64_t *rng) {
    of->r = *r;
    of->t = make_parts(r, rng);
    for (uint32_t j = 0; j < r->n_items && r->n_items > 1; j += 9) /* some items say nothing, never all */
        memset(of->t.vectors + j * r->dim, 0, r->dim * sizeof(float));
    fill_weighted_gram(of->t.vectors, of->t.item_weights, r->n_items, r->dim, of->t.gram);
    of->m = open_parts(&of->t.parts);
    of->n = of->n_summaries = 0;
    size_t bytes = ampcf_profile_memory(of->m.model, MOST_ROWS, 16);
    of->scratch_bytes = ampcf_profile_scratch(of->m.model, MOST_ROWS, 16);
    of->p = (test_profile){exact(bytes), NULL, AMPCF_OK};
    of->scratch = exact(of->scratch_bytes);
    CHECK_EQ(ampcf_profile_begin(of->m.model, MOST_ROWS, 16, 0, of->p.memory, bytes, &of->p.profile),
             AMPCF_OK);
}

static void free_person(person *of) {
    free_profile(&of->p), free_model(&of->m), free_parts(&of->t), free(of->scratch);
}

static void add_event(person *of, uint32_t item, float weight, float preference) {
    row *at = &of->rows[of->n++];
    double q = of->t.item_weights ? (double)of->t.item_weights[item] : 1, t = fold_target(&of->t, item);
    for (uint32_t d = 0; d < of->r.dim; d++) at->vector[d] = (double)of->t.vectors[item * of->r.dim + d];
    at->item = item;
    at->liking = (double)weight * (double)preference;
    at->system = (double)weight * q;
    at->target = t * (double)preference;
    at->mass = at->system * t * t;
    CHECK_EQ(ampcf_profile_add(of->p.profile, item, weight, preference), AMPCF_OK);
}

static void add_summary(person *of, const float *summary) {
    row *at = &of->rows[of->n++];
    of->n_summaries++;
    for (uint32_t d = 0; d < of->r.dim; d++) at->vector[d] = (double)summary[AMPCF_SUMMARY_HEAD + d];
    at->item = AMPCF_NO_ITEM;
    at->liking = (double)summary[0];
    at->system = (double)summary[1];
    at->target = (double)summary[2];
    at->mass = at->system * at->target * at->target;
    CHECK_EQ(ampcf_profile_remember(of->p.profile, summary), AMPCF_OK);
}

/* `disliking` of four events were not liked. */
static void add_events(person *of, uint64_t *rng, uint32_t n, uint32_t disliking) {
    uint32_t items[MOST_ITEMS];
    random_history(rng, of->r.n_items, items, n);
    for (uint32_t i = 0; i < n; i++)
        add_event(of, items[i], random_float(rng, 0.2f, 2),
                  random_below(rng, 4) < disliking ? random_float(rng, -1, 1) : 1);
}

static void finish(person *of) {
    CHECK_EQ(ampcf_profile_finish(of->p.profile, of->scratch, of->scratch_bytes), AMPCF_OK);
}

/* ---- The formulas, in double ---- */

typedef struct reference {
    double system[MOST_DIM * MOST_DIM];
    double u[AMPCF_MAX_LEAVES][MOST_DIM], direction[AMPCF_MAX_LEAVES][MOST_DIM];
    double gate[AMPCF_MAX_LEAVES], part[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS];
    double score, scale; /* scale: what a score is the sum of, without signs */
    int vague;           /* a direction is what rounding left of a sum */
} reference;

static double dot(const double *a, const double *b, uint32_t n) {
    double sum = 0;
    for (uint32_t d = 0; d < n; d++) sum += a[d] * b[d];
    return sum;
}

static uint32_t persona_of_row(const person *of, uint32_t i) {
    uint32_t personas = ampcf_profile_personas(of->p.profile), k = 0;
    const float *r = ampcf_profile_responsibilities(of->p.profile) + (size_t)i * personas;
    while (k < personas && r[k] == 0) k++;
    return k;
}

static void reference_matrix(const person *of, reference *out) {
    uint32_t d = of->r.dim;
    double alpha = (double)of->r.settings[ALPHA], mass = alpha * of->r.n_items, *m = out->system;
    for (uint32_t r = 0, at = 0; r < d; r++)
        for (uint32_t c = 0; c <= r; c++, at++) m[r * d + c] = m[c * d + r] = alpha * (double)of->t.gram[at];
    for (uint32_t i = 0; i < of->n; i++) {
        const row *at = &of->rows[i];
        mass += at->mass;
        for (uint32_t r = 0; r < d; r++)
            for (uint32_t c = 0; c < d; c++) m[r * d + c] += at->system * at->vector[r] * at->vector[c];
    }
    for (uint32_t r = 0; r < d; r++)
        m[r * d + r] += (double)of->r.settings[LAMBDA] * pow(mass, (double)of->r.settings[NU]);
}

/* u_l and c_l of each leaf. */
static void reference_leaves(const person *of, reference *out) {
    const personas_tree *tree = &of->p.profile->tree;
    uint32_t d = of->r.dim;
    double m[MOST_DIM * MOST_DIM];
    int liked = 0;
    for (uint32_t i = 0; i < of->n; i++) liked |= of->rows[i].liking > 0;
    for (uint32_t l = 0; l < tree->n_leaves; l++) {
        double *u = out->u[l], *c = out->direction[l], apart[MOST_DIM] = {0}, size = 0, weight = 0;
        memset(u, 0, sizeof out->u[l]), memset(c, 0, sizeof out->direction[l]);
        for (uint32_t i = 0; i < of->n; i++) {
            const row *at = &of->rows[i];
            if (tree->leaf_of[i] != l) continue;
            double length = sqrt(dot(at->vector, at->vector, d)), w = liked ? fmax(at->liking, 0) : 1,
                   one = length > 0 ? 1 / length : 0;
            weight += w, size += w * (length > 0);
            for (uint32_t x = 0; x < d; x++) {
                u[x] += at->system * at->target * at->vector[x];
                c[x] += w * one * at->vector[x], apart[x] += one * at->vector[x];
            }
        }
        if (weight <= 0) memcpy(c, apart, sizeof apart), size = 1;
        double length = sqrt(dot(c, c, d));
        out->vague |= size > 0 && length < 0.02 * size && length > 0;
        for (uint32_t x = 0; x < d; x++) c[x] = length > 1e-9 ? c[x] / length : 0;
        memcpy(m, out->system, sizeof m);
        dense_solve(m, u, d);
    }
}

/* What is of one item. */
static void reference_item(const person *of, uint32_t item, reference *out) {
    const personas_tree *tree = &of->p.profile->tree;
    uint32_t d = of->r.dim, personas = ampcf_profile_personas(of->p.profile);
    double b = (double)of->r.settings[GATE], sum = 0;
    const float *v = of->t.vectors + item * d;
    double length = length_float(v, d);
    if (of->r.n_personas == 1) b = 0; /* one vector */
    out->score = (double)of->t.bias[item], out->scale = fabs(out->score);
    for (uint32_t k = 0; k < personas; k++) out->part[k] = 0;
    for (uint32_t l = 0; l < tree->n_leaves; l++) {
        uint32_t k = tree->persona_of[l];
        double cosine = length > 0 ? dot_double(out->direction[l], v, d) / length : 0;
        out->gate[l] = b > 0 ? exp(b * (cosine - 0.6)) : 1;
        out->part[k] += out->gate[l] * dot_double(out->u[l], v, d);
        out->scale += out->gate[l] * sqrt(dot(out->u[l], out->u[l], d)) * length;
    }
    for (uint32_t i = 0; i < of->n; i++) {
        if (of->rows[i].item == AMPCF_NO_ITEM) continue;
        double near = of->rows[i].liking * reference_neighbour(&of->t, of->rows[i].item, item);
        out->part[persona_of_row(of, i)] += near, out->scale += fabs(near);
    }
    for (uint32_t k = 0; k < personas; k++) out->score += out->part[k], sum += fmax(out->part[k], 0);
    uint32_t best = 0;
    for (uint32_t k = 0; k < personas; k++) best = out->part[k] > out->part[best] ? k : best;
    for (uint32_t k = 0; k < personas; k++)
        out->attention[k] = sum > 0 ? fmax(out->part[k], 0) / sum : k == best;
}

/* ---- Comparison ---- */

/* contribution_i = w_i g_i (q_i t_i G_j,l(i) v_j^T M^-1 v_i + B_ij) */
static void check_contributions(const person *of, uint32_t item, const reference *wanted,
                                const double *parts) {
    uint32_t d = of->r.dim;
    double x[MOST_DIM], m[MOST_DIM * MOST_DIM];
    for (uint32_t c = 0; c < d; c++) x[c] = (double)of->t.vectors[item * d + c];
    memcpy(m, wanted->system, sizeof m);
    dense_solve(m, x, d);
    for (uint32_t i = 0; i < of->n; i++) {
        const row *at = &of->rows[i];
        double gate = wanted->gate[of->p.profile->tree.leaf_of[i]], pull = at->system * at->target,
               near =
                   at->item == AMPCF_NO_ITEM ? 0 : at->liking * reference_neighbour(&of->t, at->item, item);
        double size = gate * fabs(pull) * sqrt(dot(x, x, d) * dot(at->vector, at->vector, d)) + fabs(near);
        CHECK_NEAR(parts[i], gate * pull * dot(x, at->vector, d) + near, 4e-5 * size);
    }
}

/* Whether the person could be compared: not where a direction is a matter of rounding. */
static int check_person(const person *of) {
    static reference wanted;
    uint32_t personas = ampcf_profile_personas(of->p.profile);
    wanted.vague = 0;
    reference_matrix(of, &wanted);
    reference_leaves(of, &wanted);
    if (wanted.vague) return 0;
    for (uint32_t j = 0; j < of->r.n_items; j++) {
        double parts[MOST_ROWS], most = 0, sum = 0;
        float score, attention[AMPCF_MAX_PERSONAS];
        uint32_t owner;
        ampcf_explanation e;
        reference_item(of, j, &wanted);
        double near = 4e-5 * wanted.scale;
        CHECK_EQ(ampcf_score(of->p.profile, &j, 1, &score, &owner), AMPCF_OK);
        CHECK_NEAR(score, wanted.score, near);
        for (uint32_t k = 0; k < personas; k++) most = k == 0 ? wanted.part[0] : fmax(most, wanted.part[k]);
        CHECK(owner == 0 ? personas == 0 || wanted.part[0] >= most - near
                         : wanted.part[owner] >= most - near);
        CHECK_EQ(ampcf_explain(of->p.profile, j, parts, attention, &e), AMPCF_OK);
        CHECK(e.score == (double)score && e.persona == owner && e.bias == (double)of->t.bias[j]);
        check_contributions(of, j, &wanted, parts);
        double speaks = 0;
        for (uint32_t k = 0; k < personas; k++) speaks += fmax(wanted.part[k], 0);
        for (uint32_t k = 0; k < personas; k++) {
            if (speaks > 100 * near) CHECK_NEAR(attention[k], wanted.attention[k], 2 * near / speaks);
            sum += (double)attention[k];
        }
        if (personas > 0) CHECK_NEAR(sum, 1, 1e-6);
        sum = e.bias + e.residual;
        for (uint32_t i = 0; i < of->n; i++) sum += parts[i];
        CHECK_NEAR(sum, e.score, 1e-12 * (1 + wanted.scale));
        CHECK_NEAR(e.residual, 0, near + 1e-6);
    }
    return 1;
}

/* One tree, two cuts. */
static void check_tree(const person *of) {
    const personas_tree *tree = &of->p.profile->tree;
    uint32_t personas = ampcf_profile_personas(of->p.profile), rows[AMPCF_MAX_LEAVES] = {0},
             most = (uint32_t)of->r.settings[LEAVES];
    int one_vector = of->r.n_personas == 1 || of->r.settings[GATE] == 0;
    CHECK(tree->n_leaves >= personas && tree->n_leaves <= of->n);
    CHECK(tree->n_leaves <= most || tree->n_leaves == personas);
    if (one_vector) CHECK_EQ(tree->n_leaves, personas);
    else if (of->n <= most) CHECK_EQ(tree->n_leaves, of->n);
    for (uint32_t i = 0; i < of->n; i++) {
        uint32_t l = tree->leaf_of[i];
        if (!one_vector && of->n <= most) CHECK_EQ(l, i);
        CHECK(l < tree->n_leaves);
        CHECK_EQ(tree->persona_of[l], persona_of_row(of, i));
        rows[l]++;
    }
    for (uint32_t l = 0; l < tree->n_leaves; l++) {
        const float *c = tree->direction + (size_t)l * tree->direction_stride;
        double length = length_float(c, of->r.dim);
        CHECK(rows[l] > 0);
        CHECK(length == 0 || fabs(length - 1) < 1e-5);
    }
}

static void people_follow_the_formulas(void) {
    uint64_t rng = 91;
    uint32_t compared = 0, several = 0, cut = 0, apart = 0;
    static person of;
    for (int round = 0; round < 600; round++) {
        recipe r = gate_recipe(&rng);
        make_person(&of, &r, &rng);
        add_events(&of, &rng, random_below(&rng, (r.n_items < 60 ? r.n_items : 60) + 1), (uint32_t)round % 5);
        finish(&of);
        check_tree(&of);
        int good = check_person(&of);
        compared += (uint32_t)good;
        if (good && ampcf_profile_personas(of.p.profile) > 1 && r.settings[GATE] > 0) {
            several++;
            cut += of.p.profile->tree.n_leaves > ampcf_profile_personas(of.p.profile) &&
                   of.p.profile->tree.n_leaves < of.n;
            apart += of.p.profile->tree.n_leaves == of.n;
        }
        free_person(&of);
    }
    printf("%" PRIu32 " people compared, %" PRIu32 " of several personas: %" PRIu32
           " with leaves of several events, %" PRIu32 " with a leaf for each\n",
           compared, several, cut, apart);
    CHECK(compared > 500 && several > 200 && cut > 50 && apart > 50);
}

static void forgotten_events(void) {
    uint64_t rng = 92;
    uint32_t compared = 0, remembered = 0;
    static person before, after;
    for (int round = 0; round < 200; round++) {
        recipe r = gate_recipe(&rng);
        uint64_t again = rng;
        make_person(&before, &r, &rng);
        add_events(&before, &rng, random_below(&rng, (r.n_items < 60 ? r.n_items : 60) + 1), 1);
        finish(&before);
        make_person(&after, &r, &again);
        float summaries[8 * (AMPCF_SUMMARY_HEAD + MOST_DIM)];
        uint32_t forgotten = random_below(&rng, before.n + 1), found;
        CHECK_EQ(ampcf_profile_condense(before.p.profile, forgotten, summaries, &found), AMPCF_OK);
        for (uint32_t s = 0; s < found; s++)
            add_summary(&after, summaries + s * (AMPCF_SUMMARY_HEAD + r.dim));
        for (uint32_t i = forgotten; i < before.n; i++) {
            const row *at = &before.rows[i];
            double q = after.t.item_weights ? (double)after.t.item_weights[at->item] : 1;
            float weight = (float)(at->system / q);
            add_event(&after, at->item, weight, (float)(at->liking / (double)weight));
        }
        finish(&after);
        check_tree(&after);
        compared += (uint32_t)check_person(&after), remembered += found;
        free_person(&before), free_person(&after);
    }
    CHECK(compared > 150 && remembered > 200);
}

/* b = 0 is the single vector however it is cut; one persona is that vector whatever b, to the last bit. */
static void one_vector(void) {
    uint64_t rng = 93;
    for (int round = 0; round < 100; round++) {
        recipe r = gate_recipe(&rng);
        if (r.settings[GATE] == 0) r.settings[GATE] = 3;
        test_parts t = make_parts(&r, &rng);
        test_model gated = open_parts(&t.parts);
        t.settings[GATE] = 0;
        test_model open = open_parts(&t.parts);
        uint32_t n = random_below(&rng, (r.n_items < 60 ? r.n_items : 60) + 1), items[60], all[MOST_ITEMS];
        float one[MOST_ITEMS], same[MOST_ITEMS], many[MOST_ITEMS];
        random_history(&rng, r.n_items, items, n);
        for (uint32_t j = 0; j < r.n_items; j++) all[j] = j;
        test_profile a = fold(gated.model, items, NULL, n, 1), b = fold(open.model, items, NULL, n, 1),
                     c = fold(open.model, items, NULL, n, 0);
        CHECK_EQ(ampcf_score(a.profile, all, r.n_items, one, NULL), AMPCF_OK);
        CHECK_EQ(ampcf_score(b.profile, all, r.n_items, same, NULL), AMPCF_OK);
        CHECK_EQ(ampcf_score(c.profile, all, r.n_items, many, NULL), AMPCF_OK);
        CHECK_BYTES(one, same, r.n_items * sizeof *one);
        double u[MOST_DIM];
        reference_user(&t, items, NULL, n, NULL, 0, u);
        for (uint32_t j = 0; j < r.n_items; j++) {
            const float *v = t.vectors + j * r.dim;
            double wanted = (double)t.bias[j] + dot_double(u, v, r.dim),
                   size = length_double(u, r.dim) * length_float(v, r.dim) + 0.1;
            for (uint32_t i = 0; i < n; i++) wanted += reference_neighbour(&t, items[i], j);
            CHECK_NEAR(one[j], wanted, 1e-5 * size);
            CHECK_NEAR(many[j], one[j], 1e-5 * size);
        }
        free_profile(&a), free_profile(&b), free_profile(&c), free_model(&gated), free_model(&open);
        free_parts(&t);
    }
}

/* Leaves point where they point however little their events count: their gates are the same. */
static void directions_know_no_weight(void) {
    uint64_t rng = 94;
    const float scales[] = {1, 1024, 1e-10f, 1e-22f, 1e-30f};
    for (int round = 0; round < 40; round++) {
        recipe r = plain_recipe(60, 1 + random_below(&rng, MOST_DIM), 4, 0);
        r.settings[GATE] = 16, r.settings[LEAVES] = (float)(1 + random_below(&rng, 40));
        test_model m = make_model(&r, &rng);
        uint32_t items[30];
        random_history(&rng, 60, items, 30);
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
            float weights[30];
            for (uint32_t i = 0; i < 30; i++) weights[i] = scales[s];
            test_profile p = fold(m.model, items, weights, 30, 0);
            const personas_tree *tree = &p.profile->tree;
            for (uint32_t l = 0; l < tree->n_leaves; l++)
                CHECK_NEAR(length_float(tree->direction + (size_t)l * tree->direction_stride, r.dim), 1,
                           1e-5);
            free_profile(&p);
        }
        free_model(&m);
    }
}

/* An item and a leaf of vectors whose squares are denormal: no gate is wider than that of the same
 * direction, and attention is finite. */
static void nearly_no_vectors(void) {
    uint64_t rng = 95;
    recipe r = plain_recipe(40, 1024, 8, 0);
    r.settings[GATE] = 16, r.settings[SPLIT] = 0;
    test_parts t = make_parts(&r, &rng);
    for (uint32_t v = 0; v < 40 * 1024; v++)
        t.vectors[v] = v % 1024 == 0 ? 3e-23f : v / 1024 % 2 ? 2.5e-23f : 1.3e-23f;
    for (int few = 0; few < 2; few++) {
        r.settings[LEAVES] = t.settings[LEAVES] = few ? 2 : 40;
        test_model m = open_parts(&t.parts);
        uint32_t items[12];
        float weights[12];
        random_history(&rng, 40, items, 12);
        for (uint32_t i = 0; i < 12; i++) weights[i] = i % 3 == 0 ? 1e-45f : i % 3 == 1 ? 1024 : 1;
        test_profile p = fold(m.model, items, weights, 12, 0);
        for (uint32_t j = 0; j < 40; j++) {
            item_score one;
            float attention[8];
            rank_score_item(p.profile, j, &one);
            rank_attention(p.profile, &one, attention);
            CHECK(isfinite(one.score));
            for (uint32_t l = 0; l < p.profile->tree.n_leaves; l++)
                CHECK(one.gate[l] > 0 && (double)one.gate[l] <= exp(16 * 0.4) * 1.00001);
            for (uint32_t k = 0; k < ampcf_profile_personas(p.profile); k++)
                CHECK(attention[k] >= 0 && attention[k] <= 1);
        }
        free_profile(&p), free_model(&m);
    }
    free_parts(&t);
}

/* Attention is the part of what speaks for an item; where nothing does, the least bad has it all. */
static void attention_is_the_part(void) {
    const float parts[] = {3, -2, 1}, against[] = {-3, -2, -2};
    float attention[3];
    gate_attention(parts, 3, attention);
    CHECK_EQ(attention[0], 0.75f);
    CHECK_EQ(attention[1], 0);
    CHECK_EQ(attention[2], 0.25f);
    gate_attention(against, 3, attention);
    CHECK_EQ(attention[0], 0);
    CHECK_EQ(attention[1], 1);
    CHECK_EQ(attention[2], 0);
    CHECK_EQ(gate_winner(against, 3), 1u);
}

int main(void) {
    people_follow_the_formulas();
    forgotten_events();
    one_vector();
    directions_know_no_weight();
    nearly_no_vectors();
    attention_is_the_part();
    return check_report();
}
