/* Owns lists in proportion: which item gets each place when every liked event of a history has a claim on the
 * list. Must not change a score.
 *
 *     r_j    = 1 - log2(1 + rank_j) / log2(100)                   rank by score, from 0
 *     need_j = claim_j [+ aspect_j], twice the claim without aspects
 *     claim_j  = t mu_j - sum_(l listed) k(j, l),  mu_j = sum_i w_i g_i k(j, i) / sum_i w_i g_i over what was
 *         liked, k(a, b) = exp(4 (cos(v_a, v_b) - 1))
 *     aspect_j = sum_a m_ja (p_a (T + 1) - S_a),   p_a ~ sqrt(P_a)
 *
 * Place t goes to the item with the largest (1 - lambda) r_j + lambda need_j: each event claims its part of
 * the list for items like it, and each listed item pays the claims that it is like (kernel herding: Chen,
 * Welling, Smola 2010). P is the taste of the history over aspects, m_ja the aspects of an item, S what the T
 * listed items that have any brought. The root lets small tastes count: of a twentieth, 20 places would owe
 * one, and place after place owe it to something larger.
 *
 * An item is seated for the persona that explains it. With shares pi no persona may have more than
 * (pi_k + 1 - lambda) t places before place t, unless no persona below that has a candidate left, so that at
 * lambda 1 it has at most ceil(pi_k K) + 1. */
#include "base/best.h"
#include "base/kernels.h"
#include "core/rank.h"
#include "core/scan.h"

#include <string.h>

/* Who may get a place by claims: the first by score, and the first of each persona so that none is without.
 * Beyond so many places the list goes on by score. */
enum { POOL = AMPCF_POOL_ALL, OWN = AMPCF_POOL_OWN, PLACES = AMPCF_POOL_PLACES };
static const float kernel_sharpness = 4;

typedef struct seating {
    const ampcf_profile *profile;
    uint32_t n, n_candidates, places; /* of the pool; of those that claims choose from; that claims give */
    ampcf_ranked *pool;               /* (n) best first, at the beginning of the memory */
    uint8_t *taken;                   /* (n) */
    uint32_t *candidates;             /* (n_candidates) places in the pool */
    float *units;                     /* (n_candidates, D) */
    double *due, *paid;    /* (n_candidates) mu_j, and what listed items have paid of claims like it */
    double *target, *sums; /* (A) p and S */
    double listed;         /* T */
    float *row;            /* (D) */
    uint32_t seats[AMPCF_MAX_PERSONAS];
    int by_aspects;
    double lambda;
} seating;

/* How many are taken of all, how many of these are candidates, and how many of each persona, for k places. */
typedef struct pool_size {
    uint32_t all, first, own;
} pool_size;

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t most(uint32_t a, uint32_t b) { return a > b ? a : b; }

static pool_size size_for(uint32_t k) {
    return (pool_size){most(POOL, k), most(POOL, least(k, PLACES)), most(OWN, least(k, PLACES))};
}

static seating layout(arena *a, const ampcf_profile *p, uint32_t k) {
    const ampcf_model *m = p->model;
    pool_size size = size_for(k);
    size_t own = (size_t)p->n_personas * size.own, room = size.first + own;
    seating s;
    memset(&s, 0, sizeof s);
    s.profile = p;
    s.places = least(k, PLACES);
    s.pool = arena_take(a, size.all + own, sizeof *s.pool);
    s.taken = arena_take(a, size.all + own, 1);
    s.candidates = arena_take(a, room, sizeof *s.candidates);
    s.units = arena_take(a, room, m->dim * sizeof *s.units);
    s.due = arena_take(a, room, sizeof *s.due);
    s.paid = arena_take(a, room, sizeof *s.paid);
    s.target = arena_take(a, m->n_aspects, sizeof *s.target);
    s.sums = arena_take(a, m->n_aspects, sizeof *s.sums);
    s.row = arena_take(a, m->dim, sizeof *s.row);
    return s;
}

size_t ampcf_proportion_memory(const ampcf_profile *profile, uint32_t k) {
    arena a = arena_measure();
    (void)layout(&a, profile, least(k, profile->model->n_items));
    return a.full ? 0 : a.used;
}

/* The best of all, and of each persona. */
typedef struct pool {
    const ampcf_profile *profile;
    best_list all, own[AMPCF_MAX_PERSONAS];
} pool;

/* Below it nothing gets into any list. */
static float least_of(const pool *o) {
    float least = best_least(&o->all);
    for (uint32_t k = 0; k < o->profile->n_personas; k++) {
        float own = best_least(&o->own[k]);
        least = own < least ? own : least;
    }
    return least;
}

/* Whether the parts of an item let it into a list: that of all, or that of the persona it may be of. */
static int may_enter(const pool *o, uint32_t item) {
    const ampcf_profile *p = o->profile;
    float low[AMPCF_MAX_PERSONAS], high[AMPCF_MAX_PERSONAS], most = -HUGE_SCORE;
    float bound = scan_parts(p, item, low, high);
    if (scan_reaches(bound, best_least(&o->all))) return 1;
    for (uint32_t k = 0; k < p->n_personas; k++) most = low[k] > most ? low[k] : most;
    for (uint32_t k = 0; k < p->n_personas; k++)
        if (high[k] >= most && scan_reaches(bound, best_least(&o->own[k]))) return 1;
    return 0;
}

static void offer(pool *o, uint32_t item) {
    const ampcf_profile *p = o->profile;
    item_score one;
    rank_score_item(p, item, &one);
    p->scanned->scored++;
    ampcf_ranked entry = {item, one.score, rank_winner(p, &one)};
    best_offer(&o->all, entry);
    if (p->n_personas > 0) best_offer(&o->own[entry.persona], entry);
}

/* The best of all, then of each persona what is not among them; sorted. */
static void fill_pool(seating *s, const uint8_t *excluded, uint32_t k) {
    const ampcf_profile *p = s->profile;
    pool_size size = size_for(k);
    pool o = {.profile = p, .all = {s->pool, 0, size.all}};
    scan_walk walk = {.profile = p, .excluded = excluded};
    for (uint32_t i = 0; i < p->n_personas; i++)
        o.own[i] = (best_list){s->pool + size.all + (size_t)i * size.own, 0, size.own};
    memset(p->scanned, 0, sizeof *p->scanned);
    for (uint32_t item; scan_next(&walk, least_of(&o), &item);)
        if (!scan_prunes(p) || may_enter(&o, item)) offer(&o, item);
    s->n = best_finish(&o.all);
    if (s->n < size.all) return;
    ampcf_ranked last = s->pool[s->n - 1];
    for (uint32_t i = 0; i < p->n_personas; i++)
        for (uint32_t e = 0; e < o.own[i].n; e++)
            if (best_is_worse(&o.own[i].entries[e], &last)) s->pool[s->n++] = o.own[i].entries[e];
    best_list sorted = {s->pool, s->n, s->n};
    (void)best_finish(&sorted);
}

static void find_candidates(seating *s, uint32_t k) {
    pool_size size = size_for(k);
    uint32_t own[AMPCF_MAX_PERSONAS] = {0}, dim = s->profile->model->dim;
    for (uint32_t at = 0; at < s->n; at++) {
        int is_own = own[s->pool[at].persona]++ < size.own;
        if (at >= size.first && !is_own) continue;
        personas_direction(profile_item(s->profile, s->pool[at].item), dim,
                           s->units + (size_t)s->n_candidates * dim);
        s->candidates[s->n_candidates++] = at;
    }
}

static float likeness(const float *a, const float *b, uint32_t dim) {
    return smath_exp_f32(kernel_sharpness * (kernel_dot(a, b, dim) - 1));
}

/* mu_j of every candidate. */
static void count_claims(seating *s) {
    const ampcf_profile *p = s->profile;
    uint32_t dim = p->model->dim, n = s->n_candidates;
    double total = 0;
    memset(s->due, 0, n * sizeof *s->due);
    memset(s->paid, 0, n * sizeof *s->paid);
    for (uint32_t i = 0; i < p->n_rows; i++) {
        if (!(p->liking[i] > 0)) continue;
        personas_direction(profile_vector(p, i), dim, s->row);
        total += (double)p->liking[i];
        for (uint32_t c = 0; c < n; c++)
            s->due[c] += (double)(p->liking[i] * likeness(s->units + (size_t)c * dim, s->row, dim));
    }
    for (uint32_t c = 0; c < n; c++) s->due[c] /= total;
}

/* p_a; whether the history has any aspect. */
static int aim_at_aspects(seating *s) {
    const ampcf_profile *p = s->profile;
    double total = 0;
    memset(s->target, 0, p->model->n_aspects * sizeof *s->target);
    memset(s->sums, 0, p->model->n_aspects * sizeof *s->sums);
    for (uint32_t i = p->n_summaries; i < p->n_rows; i++)
        if (p->liking[i] > 0) (void)model_add_aspects(p->model, p->items[i], (double)p->liking[i], s->target);
    for (uint32_t a = 0; a < p->model->n_aspects; a++) total += s->target[a] = __builtin_sqrt(s->target[a]);
    for (uint32_t a = 0; a < p->model->n_aspects; a++) s->target[a] /= total > 0 ? total : 1;
    return total > 0;
}

static const ampcf_ranked *candidate(const seating *s, uint32_t c) { return &s->pool[s->candidates[c]]; }

static double need_of(const seating *s, uint32_t c, uint32_t place) {
    double claim = place * s->due[c] - s->paid[c], aspect = 0;
    uint32_t n;
    const uint16_t *aspects = ampcf_model_item_aspects(s->profile->model, candidate(s, c)->item, &n);
    if (!s->by_aspects) return 2 * claim;
    for (uint32_t a = 0; a < n; a++)
        aspect += (s->target[aspects[a]] * (s->listed + 1) - s->sums[aspects[a]]) / n;
    return claim + aspect;
}

/* May its persona have another place? */
static int may_sit(const seating *s, uint32_t c, uint32_t place) {
    uint32_t k = candidate(s, c)->persona;
    return s->seats[k] <= ((double)s->profile->shares[k] + 1 - s->lambda) * place + 1e-9;
}

/* The candidate for a place, from 1: the largest gain, the earlier of equals. */
static uint32_t choose(const seating *s, uint32_t place) {
    uint32_t best = UINT32_MAX, any = UINT32_MAX;
    double gain_best = 0, gain_any = 0;
    for (uint32_t c = 0; c < s->n_candidates; c++) {
        if (s->taken[s->candidates[c]]) continue;
        double rank = smath_log(1.0 + s->candidates[c]) / smath_log(POOL);
        double gain = (1 - s->lambda) * (1 - rank) + s->lambda * need_of(s, c, place);
        if (any == UINT32_MAX || gain > gain_any) any = c, gain_any = gain;
        if (may_sit(s, c, place) && (best == UINT32_MAX || gain > gain_best)) best = c, gain_best = gain;
    }
    return best == UINT32_MAX ? any : best;
}

static void seat(seating *s, uint32_t c) {
    const ampcf_model *m = s->profile->model;
    const float *unit = s->units + (size_t)c * m->dim;
    s->seats[candidate(s, c)->persona]++;
    for (uint32_t o = 0; o < s->n_candidates; o++)
        s->paid[o] += (double)likeness(s->units + (size_t)o * m->dim, unit, m->dim);
    if (s->by_aspects && model_add_aspects(m, candidate(s, c)->item, 1, s->sums) > 0) s->listed++;
}

/* Claims first, then the score. A place is a seat when something with a better score was left. */
static uint32_t give_places(seating *s, uint32_t k, ampcf_ranked *out, uint8_t *out_seats) {
    uint32_t n = least(k, s->n), next = 0;
    memset(s->taken, 0, s->n);
    for (uint32_t t = 0; t < n; t++) {
        while (s->taken[next]) next++;
        uint32_t at = next;
        if (t < s->places) {
            uint32_t c = choose(s, t + 1);
            seat(s, c);
            at = s->candidates[c];
        }
        s->taken[at] = 1;
        out[t] = s->pool[at];
        out_seats[t] = at != next;
    }
    return n;
}

ampcf_status ampcf_recommend_proportional(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k,
                                          float proportional, uint32_t by_aspects, void *memory,
                                          size_t memory_bytes, ampcf_ranked *out, uint8_t *out_seats,
                                          uint32_t *out_n) {
    if (!(proportional >= 0 && proportional <= 1)) return AMPCF_E_ARGUMENT;
    arena a = arena_over(memory, memory_bytes);
    k = least(k, profile->model->n_items);
    seating s = layout(&a, profile, k);
    if (a.full || !memory) return AMPCF_E_MEMORY;
    int liked = 0;
    for (uint32_t i = 0; i < profile->n_rows; i++) liked |= profile->liking[i] > 0;
    s.lambda = (double)proportional;
    if (!liked || !(s.lambda > 0)) {
        memset(out_seats, 0, k);
        out_n[1] = 0;
        return ampcf_recommend(profile, excluded, k, out, out_n);
    }
    fill_pool(&s, excluded, k);
    find_candidates(&s, k);
    count_claims(&s);
    s.by_aspects = by_aspects && aim_at_aspects(&s);
    *out_n = give_places(&s, k, out, out_seats);
    out_n[1] = s.n;
    return AMPCF_OK;
}
