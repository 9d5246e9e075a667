/* Owns the test of attention.h: what files of version 0.1 (kind 1) score, against the formulas in double
 * precision. Must leave what both kinds share to the other tests. */
#include "scene.h"

/* sum_i r_ik w_i B_ij. */
static double reference_near(const scene *s, uint32_t k, uint32_t item) {
    uint32_t personas = ampcf_profile_personas(s->p.profile);
    const float *r = ampcf_profile_responsibilities(s->p.profile);
    double sum = 0;
    for (uint32_t i = 0; i < s->n; i++)
        sum += (double)r[i * personas + k] * (double)s->weights[i] *
               reference_neighbour(&s->t, s->items[i], item);
    return sum;
}

/* m_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik,  s'_ik = (u_k . v_i - h_i r_ik) / (1 - h_i) + B,  h_i = w_i
 * q_i v_i^T M^-1 v_i. */
static void reference_support(const scene *s, double u[][MOST_DIM], uint32_t personas, double *support) {
    uint32_t d = s->r.dim;
    const float *r = ampcf_profile_responsibilities(s->p.profile);
    double mass[AMPCF_MAX_PERSONAS] = {0};
    for (uint32_t k = 0; k < personas; k++) support[k] = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const float *v = s->t.vectors + s->items[i] * d;
        double m[MOST_DIM * MOST_DIM], x[MOST_DIM];
        reference_system(&s->t, s->items, s->weights, s->n, m);
        for (uint32_t c = 0; c < d; c++) x[c] = (double)v[c];
        dense_solve(m, x, d);
        double h = fold_weight(&s->t, s->weights, i, s->items[i]) * dot_double(x, v, d);
        if (h > 0.99) h = 0.99;
        for (uint32_t k = 0; k < personas; k++) {
            double rik = (double)r[i * personas + k], w = (double)s->weights[i] * rik;
            support[k] +=
                w * ((dot_double(u[k], v, d) - h * rik * fold_target(&s->t, s->items[i])) / (1 - h) +
                     reference_near(s, k, s->items[i]));
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < personas; k++) support[k] /= mass[k];
}

/* y_j of every item; 0 when the case sits on the step of the gain at support 0, where rounding decides. */
static int reference_scores(const scene *s, double *out, double *out_scale) {
    uint32_t personas = ampcf_profile_personas(s->p.profile), d = s->r.dim;
    const float *share = ampcf_profile_shares(s->p.profile), *set = s->r.settings;
    double u[AMPCF_MAX_PERSONAS][MOST_DIM], support[AMPCF_MAX_PERSONAS], gain[AMPCF_MAX_PERSONAS], best = 0;
    for (uint32_t k = 0; k < personas; k++)
        reference_user(&s->t, s->items, s->weights, s->n, ampcf_profile_responsibilities(s->p.profile) + k,
                       personas, u[k]);
    reference_support(s, u, personas, support);
    for (uint32_t k = 0; k < personas; k++) best = fmax(best, support[k]);
    if (personas > 1 && best < 1e-3) return 0;
    for (uint32_t k = 0; k < personas; k++)
        gain[k] = personas *
                  pow(fmin(support[k] > 0 ? best / support[k] : 5, 5), personas > 1 ? (double)set[TAU] : 0);
    for (uint32_t j = 0; j < s->r.n_items; j++) {
        const float *v = s->t.vectors + j * d;
        double whole = 0, attended = 0, sum = 0, evidence[AMPCF_MAX_PERSONAS], a[AMPCF_MAX_PERSONAS],
               highest = -1e300;
        out_scale[j] = fabs((double)s->t.bias[j]);
        for (uint32_t k = 0; k < personas; k++) {
            whole += evidence[k] = dot_double(u[k], v, d) + reference_near(s, k, j);
            a[k] = (double)set[BETA] * gain[k] * evidence[k] / personas +
                   (double)set[ETA] * log((double)share[k]);
            highest = fmax(highest, a[k]);
            out_scale[j] +=
                gain[k] * (length_double(u[k], d) * length_float(v, d) + fabs(reference_near(s, k, j)));
        }
        for (uint32_t k = 0; k < personas; k++) sum += a[k] = exp(a[k] - highest);
        for (uint32_t k = 0; k < personas; k++) attended += a[k] / sum * gain[k] * evidence[k];
        double rho = personas > 1 ? (double)set[RHO] : 0;
        out[j] = (1 - rho) * whole + rho * attended + (double)s->t.bias[j];
    }
    return 1;
}

static void scores_follow_the_formulas(void) {
    uint64_t rng = 71;
    uint32_t several = 0;
    for (int round = 0; round < 300; round++) {
        scene s;
        double wanted[MOST_ITEMS], scale[MOST_ITEMS];
        set_scene(&s, &rng, 1, 0);
        if (reference_scores(&s, wanted, scale)) {
            several += ampcf_profile_personas(s.p.profile) > 1;
            for (uint32_t j = 0; j < s.r.n_items; j++) CHECK_NEAR(s.scores[j], wanted[j], 2e-5 * scale[j]);
        }
        if (s.n == 0)
            for (uint32_t j = 0; j < s.r.n_items; j++)
                CHECK_EQ(float_bits(s.scores[j]), float_bits(s.t.bias[j]));
        free_scene(&s);
    }
    CHECK(several > 150);
}

/* Equal attention: the first persona explains, in scores and explanations alike. */
static void equal_attention(void) {
    uint64_t rng = 79;
    recipe r = attention_recipe(80, 8, 6, 0);
    r.settings[BETA] = r.settings[ETA] = 0;
    test_model m = make_kind(&r, &rng);
    uint32_t history[40], owners[40];
    float scores[40], attention[6];
    double parts[40];
    random_history(&rng, 80, history, 40);
    test_profile p = fold(m.model, history, NULL, 40, 0);
    CHECK(ampcf_profile_personas(p.profile) > 1);
    CHECK_EQ(ampcf_score(p.profile, history, 40, scores, owners), AMPCF_OK);
    for (uint32_t i = 0; i < 40; i++) {
        ampcf_explanation e;
        CHECK_EQ(owners[i], 0);
        CHECK_EQ(ampcf_explain(p.profile, history[i], parts, attention, &e), AMPCF_OK);
        CHECK(e.persona == 0 && attention[0] == attention[1]);
    }
    free_profile(&p), free_model(&m);
}

int main(void) {
    scores_follow_the_formulas();
    equal_attention();
    return check_report();
}
