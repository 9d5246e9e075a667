/* Owns fold-in: history -> responsibilities -> persona vectors. Must not change the model. */
#include "core/profile.h"

#include "base/kernels.h"
#include "base/linalg.h"
#include "base/smath.h"
#include "core/scan.h"
#include "core/summary.h"

#include <string.h>

/* Most items that n rows of B can name. */
static uint32_t most_near(const ampcf_model *m, uint32_t n) {
    uint64_t named = (uint64_t)n * m->longest_row;
    return named < m->n_items ? (uint32_t)named : m->n_items;
}

/* Most leaves of a tree: personas are leaves too. */
static uint32_t most_leaves(const ampcf_model *m) {
    uint32_t leaves = model_attends(m) ? 0 : (uint32_t)m->settings[SETTING_LEAVES];
    return leaves > m->n_personas ? leaves : m->n_personas;
}

/* Directions lie before vectors, in one array, because kernel_dots goes through both. */
static void take_tree(arena *a, const ampcf_model *m, uint32_t rows, ampcf_profile *p) {
    uint32_t leaves = most_leaves(m);
    int gated = !model_attends(m);
    p->tree.direction_stride = p->stride;
    p->tree.leaf_of = arena_take(a, gated ? rows : 0, sizeof *p->tree.leaf_of);
    p->tree.persona_of = arena_take(a, gated ? leaves : 0, sizeof *p->tree.persona_of);
    p->tree.direction = arena_take(a, (size_t)(gated ? 2 * leaves : leaves) * p->stride, sizeof(float));
}

static ampcf_profile *layout(arena *a, const ampcf_model *m, uint32_t n_events, uint32_t n_summaries) {
    uint32_t near_items = most_near(m, n_events), n_personas = m->n_personas, rows = n_events + n_summaries;
    ampcf_profile *head = arena_take(a, 1, sizeof *head), p;
    memset(&p, 0, sizeof p);
    p.model = m;
    p.event_cap = n_events;
    p.summary_cap = n_summaries;
    p.stride = kernel_stride(m->dim);
    if (model_attends(m)) p.attention = attention_read(m->settings);
    p.items = arena_take(a, rows, sizeof *p.items);
    p.liking = arena_take(a, rows, sizeof *p.liking);
    p.system_weights = arena_take(a, rows, sizeof *p.system_weights);
    p.preferences = arena_take(a, rows, sizeof *p.preferences);
    p.summary_vectors = arena_take(a, (size_t)n_summaries * m->dim, sizeof *p.summary_vectors);
    p.summary_support = arena_take(a, n_summaries, sizeof *p.summary_support);
    p.counts = arena_take(a, rows, sizeof *p.counts);
    p.responsibilities = arena_take(a, (size_t)rows * n_personas, sizeof *p.responsibilities);
    p.shares = arena_take(a, n_personas, sizeof *p.shares);
    p.support = arena_take(a, n_personas, sizeof *p.support);
    p.gain = arena_take(a, model_attends(m) ? n_personas : 0, sizeof *p.gain);
    p.prior = arena_take(a, model_attends(m) ? n_personas : 0, sizeof *p.prior);
    take_tree(a, m, rows, &p);
    p.vectors = p.tree.direction;
    p.system = arena_take(a, packed_size(m->dim), sizeof *p.system);
    p.factor = arena_take(a, packed_size(m->dim), sizeof *p.factor);
    p.work = arena_take(a, m->dim, sizeof *p.work);
    p.wide = arena_take(a, m->row_type != DTYPE_F32 ? m->dim : 0, sizeof *p.wide);
    p.slots = near_items ? arena_take(a, m->n_items, sizeof *p.slots) : NULL;
    p.near = arena_take(a, (size_t)near_items * n_personas, sizeof *p.near);
    p.near_items = arena_take(a, near_items, sizeof *p.near_items);
    scan_take(a, &p, most_leaves(m));
    if (a->full || !a->base) return NULL;
    *head = p;
    return head;
}

typedef struct fold_scratch {
    float *units;     /* (rows, D) history in the space where personas are told apart */
    float *weights;   /* (rows) what tells how much each row says of taste */
    double *rhs;      /* (D) */
    uint32_t *sorted; /* (H) */
    personas_scratch personas;
    double *products; /* what scan_prepare works in */
} fold_scratch;

static fold_scratch scratch_layout(arena *a, const ampcf_model *m, uint32_t n) {
    fold_scratch s;
    s.units = arena_take(a, (size_t)n * m->dim, sizeof *s.units);
    s.weights = arena_take(a, n, sizeof *s.weights);
    s.rhs = arena_take(a, m->dim, sizeof *s.rhs);
    s.sorted = arena_take(a, n, sizeof *s.sorted);
    s.personas = personas_scratch_take(a, n, m->dim, most_leaves(m));
    s.products = arena_take(a, scan_scratch(m, most_leaves(m)), sizeof *s.products);
    return s;
}

/* Bytes of a layout; 0 when out of range. */
static size_t measured(const arena *a, uint32_t n_events, uint32_t n_summaries) {
    return a->full || n_events > AMPCF_MAX_HISTORY || n_summaries > AMPCF_MAX_SUMMARIES ? 0 : a->used;
}

size_t ampcf_profile_memory(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries) {
    arena a = arena_measure();
    (void)layout(&a, model, n_history, n_summaries);
    return measured(&a, n_history, n_summaries);
}

size_t ampcf_profile_scratch(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries) {
    arena a = arena_measure();
    (void)scratch_layout(&a, model, n_history + n_summaries);
    return measured(&a, n_history, n_summaries);
}

/* Shell sort: histories are short, and recursion has no place on a 64 KiB stack. */
static int has_duplicates(uint32_t *sorted, uint32_t n) {
    for (uint32_t gap = n / 2; gap > 0; gap /= 2)
        for (uint32_t i = gap; i < n; i++) {
            uint32_t value = sorted[i], at = i;
            for (; at >= gap && sorted[at - gap] > value; at -= gap) sorted[at] = sorted[at - gap];
            sorted[at] = value;
        }
    for (uint32_t i = 1; i < n; i++)
        if (sorted[i] == sorted[i - 1]) return 1;
    return 0;
}

static ampcf_status check_history(const ampcf_model *m, const uint32_t *items, const float *weights,
                                  uint32_t n, uint32_t *sorted) {
    for (uint32_t i = 0; i < n; i++) {
        if (items[i] >= m->n_items) return AMPCF_E_ITEM_RANGE;
        if (weights && !(weights[i] > 0 && weights[i] <= AMPCF_MAX_WEIGHT)) return AMPCF_E_ARGUMENT;
        sorted[i] = items[i];
    }
    return has_duplicates(sorted, n) ? AMPCF_E_ARGUMENT : AMPCF_OK;
}

/* What every row adds to the system, in the order of the rows: a row that comes later gives the same bits. */
static void append_row(ampcf_profile *p, uint32_t item, float liking, float system_weight, float preference,
                       float count) {
    uint32_t row = p->n_rows++;
    p->items[row] = item;
    p->liking[row] = liking;
    p->system_weights[row] = system_weight;
    p->preferences[row] = preference;
    p->counts[row] = count;
    packed_add_outer(p->system, (double)system_weight, profile_vector(p, row), p->model->dim);
}

static void append_event(ampcf_profile *p, uint32_t item, float weight, float preference) {
    const ampcf_model *m = p->model;
    float system_weight = weight * (m->item_weights ? m->item_weights[item] : 1),
          target = m->item_targets ? m->item_targets[item] : 1;
    append_row(p, item, weight * preference, system_weight, target * preference, 1);
    p->mass += (double)(system_weight * target) * (double)target;
}

ampcf_status ampcf_profile_begin(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries,
                                 uint32_t n_personas, void *memory, size_t memory_bytes,
                                 ampcf_profile **out_profile) {
    if (n_history > AMPCF_MAX_HISTORY || n_summaries > AMPCF_MAX_SUMMARIES || n_personas > model->n_personas)
        return AMPCF_E_ARGUMENT;
    arena a = arena_over(memory, memory_bytes);
    ampcf_profile *p = layout(&a, model, n_history, n_summaries);
    if (!p) return AMPCF_E_MEMORY;
    double alpha = (double)model->settings[SETTING_ALPHA];
    p->max_personas = n_personas ? n_personas : model->n_personas;
    for (size_t i = 0; i < packed_size(model->dim); i++) p->system[i] = alpha * (double)model->gram[i];
    *out_profile = p;
    return AMPCF_OK;
}

ampcf_status ampcf_profile_remember(ampcf_profile *profile, const float *summary) {
    ampcf_profile *p = profile;
    const float *vector = summary + AMPCF_SUMMARY_HEAD;
    uint32_t dim = p->model->dim;
    if (p->n_summaries == p->summary_cap) return AMPCF_E_MEMORY;
    if (p->n_rows > p->n_summaries) return AMPCF_E_ARGUMENT;
    for (uint32_t d = 0; d < AMPCF_SUMMARY_HEAD + dim; d++)
        if (summary_bounded(d, summary[d]) != summary[d]) return AMPCF_E_BAD_NUMBER;
    memcpy(p->summary_vectors + (size_t)p->n_summaries * dim, vector, dim * sizeof *vector);
    p->summary_support[p->n_summaries++] = summary[4];
    append_row(p, AMPCF_NO_ITEM, summary[0], summary[1], summary[2], summary[3]);
    p->mass += (double)summary[1] * (double)summary[2] * (double)summary[2];
    return AMPCF_OK;
}

ampcf_status ampcf_profile_add(ampcf_profile *profile, uint32_t item, float weight, float preference) {
    if (item >= profile->model->n_items) return AMPCF_E_ITEM_RANGE;
    if (!(weight > 0 && weight <= AMPCF_MAX_WEIGHT && preference >= -1 && preference <= 1))
        return AMPCF_E_ARGUMENT;
    if (profile->n_rows - profile->n_summaries == profile->event_cap) return AMPCF_E_MEMORY;
    append_event(profile, item, weight, preference);
    return AMPCF_OK;
}

/* factor = Cholesky of the system + lambda_u I, lambda_u = lambda (sum_i w_i q_i t_i^2 + alpha N)^nu. */
static void build_factor(ampcf_profile *p) {
    const ampcf_model *m = p->model;
    const float *set = m->settings;
    double mass = p->mass + (double)set[SETTING_ALPHA] * m->n_items;
    double scale = mass > 0 ? smath_exp((double)set[SETTING_NU] * smath_log(mass)) : 1;
    memcpy(p->factor, p->system, packed_size(m->dim) * sizeof *p->factor);
    for (uint32_t d = 0; d < m->dim; d++) p->factor[packed_row(d) + d] += (double)set[SETTING_LAMBDA] * scale;
    packed_cholesky(p->factor, m->dim);
}

static void unit_vectors(const ampcf_profile *p, float *units) {
    uint32_t dim = p->model->dim;
    for (uint32_t i = 0; i < p->n_rows; i++)
        personas_direction(profile_vector(p, i), dim, units + (size_t)i * dim);
}

/* Tastes are what was liked; what was not goes to the taste that it is nearest to. With nothing liked all
 * rows count alike. */
static void taste_weights(const ampcf_profile *p, float *weights) {
    int liked = 0;
    for (uint32_t i = 0; i < p->n_rows; i++) liked |= (weights[i] = p->liking[i] > 0 ? p->liking[i] : 0) > 0;
    for (uint32_t i = 0; !liked && i < p->n_rows; i++) weights[i] = 1;
}

/* u of persona k, or of leaf k where there is a tree. */
static void solve_vector(ampcf_profile *p, uint32_t k, double *rhs) {
    const ampcf_model *m = p->model;
    memset(rhs, 0, m->dim * sizeof *rhs);
    for (uint32_t i = 0; i < p->n_rows; i++) {
        double part = p->tree.n_leaves ? p->tree.leaf_of[i] == k
                                       : (double)p->responsibilities[(size_t)i * p->n_personas + k];
        if (part == 0) continue;
        double w = (double)profile_pull(p, i) * part;
        const float *v = profile_vector(p, i);
        for (uint32_t d = 0; d < m->dim; d++) rhs[d] += w * (double)v[d];
    }
    packed_solve_lower(p->factor, rhs, m->dim);
    packed_solve_upper(p->factor, rhs, m->dim);
    float *u = p->vectors + (size_t)k * p->stride;
    for (uint32_t d = 0; d < p->stride; d++) u[d] = d < m->dim ? (float)profile_clamped(rhs[d]) : 0;
}

/* near_jk = sum_i r_ik w_i g_i B_ij for every item j that an event names, in the order of the history. */
static void gather_neighbours(ampcf_profile *p) {
    const ampcf_model *m = p->model;
    uint32_t n = p->n_personas, used = 0;
    if (!p->slots) return;
    memset(p->slots, 0, m->n_items * sizeof *p->slots);
    for (uint32_t i = p->n_summaries; i < p->n_rows; i++) {
        uint32_t from = p->items[i];
        const float *r = p->responsibilities + (size_t)i * n;
        for (uint32_t e = m->neighbour_offsets[from]; e < m->neighbour_offsets[from + 1]; e++) {
            uint32_t *slot = &p->slots[model_neighbour(m, e)], fresh = *slot == 0;
            if (fresh) p->near_items[used] = model_neighbour(m, e), *slot = ++used;
            float *near = p->near + (size_t)(*slot - 1) * n,
                  b = p->liking[i] * model_neighbour_value(m, from, e);
            for (uint32_t k = 0; k < n; k++) near[k] = (fresh ? 0 : near[k]) + r[k] * b;
        }
    }
    p->n_near = used;
}

/* s'_ik of attention.h for a liked event; B_ii = 0 leaves it out of the rest. */
static void left_out_evidence(ampcf_profile *p, uint32_t row, float *evidence) {
    const ampcf_model *m = p->model;
    const float *v = profile_vector(p, row), *r = p->responsibilities + (size_t)row * p->n_personas;
    const float *near = profile_near(p, p->items[row]);
    double leverage = 0;
    for (uint32_t d = 0; d < m->dim; d++) p->work[d] = (double)v[d];
    packed_solve_lower(p->factor, p->work, m->dim);
    for (uint32_t d = 0; d < m->dim; d++) leverage += p->work[d] * p->work[d];
    kernel_dots(p->vectors, p->n_personas, p->stride, v, m->dim, evidence);
    for (uint32_t k = 0; k < p->n_personas; k++)
        evidence[k] = attention_left_out(evidence[k], p->system_weights[row] * (float)leverage,
                                         p->preferences[row] * r[k]) +
                      (near ? near[k] : 0);
}

/* support_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik over what was liked; a summary brings the support that it
 * had. */
static void measure_support(ampcf_profile *p) {
    float mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    for (uint32_t k = 0; k < p->n_personas; k++) p->support[k] = 0;
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const float *r = p->responsibilities + (size_t)i * p->n_personas;
        if (!(p->liking[i] > 0)) continue;
        if (i >= p->n_summaries) left_out_evidence(p, i, evidence);
        for (uint32_t k = 0; k < p->n_personas; k++) {
            float w = p->liking[i] * r[k];
            p->support[k] += w * (i < p->n_summaries ? p->summary_support[i] : evidence[k]);
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < p->n_personas; k++) p->support[k] = mass[k] > 0 ? p->support[k] / mass[k] : 0;
}

/* The tree and its vectors. One persona that was asked for is one vector, without a gate: nothing is left to
 * tell apart. */
static void fold_gated(ampcf_profile *p, fold_scratch *s) {
    const float *set = p->model->settings;
    int whole = p->max_personas == 1 || !(set[SETTING_GATE] > 0);
    personas_settings ps = {p->max_personas, 0, set[SETTING_SPLIT],
                            whole ? 0 : (uint32_t)set[SETTING_LEAVES]};
    p->gate = whole ? 0 : set[SETTING_GATE];
    p->n_personas = personas_grow(s->units, s->weights, p->counts, p->n_rows, p->model->dim, &ps,
                                  &s->personas, p->responsibilities, p->shares, &p->tree);
    p->vectors = p->tree.direction + (size_t)p->tree.n_leaves * p->stride;
    for (uint32_t l = 0; l < p->tree.n_leaves; l++) solve_vector(p, l, s->rhs);
    memset(p->support, 0, p->n_personas * sizeof *p->support);
    gather_neighbours(p);
    scan_prepare(p, s->products);
}

/* As version 0.1 did. */
static void fold_attended(ampcf_profile *p, fold_scratch *s) {
    const float *set = p->model->settings;
    personas_settings ps = {p->max_personas, set[SETTING_SHARPNESS], set[SETTING_SPLIT], 0};
    p->n_personas = personas_split(s->units, s->weights, p->counts, p->n_rows, p->model->dim, &ps,
                                   &s->personas, p->responsibilities, p->shares);
    for (uint32_t k = 0; k < p->n_personas; k++) solve_vector(p, k, s->rhs);
    gather_neighbours(p);
    measure_support(p);
    attention_prepare(&p->attention, p->shares, p->support, p->n_personas, p->gain, p->prior);
}

ampcf_status ampcf_profile_finish(ampcf_profile *profile, void *scratch, size_t scratch_bytes) {
    ampcf_profile *p = profile;
    arena a = arena_over(scratch, scratch_bytes);
    fold_scratch s = scratch_layout(&a, p->model, p->n_rows);
    if (a.full || !scratch) return AMPCF_E_MEMORY;
    p->n_folded = p->n_rows;
    build_factor(p);
    unit_vectors(p, s.units);
    taste_weights(p, s.weights);
    if (profile_attends(p)) fold_attended(p, &s);
    else fold_gated(p, &s);
    return AMPCF_OK;
}

ampcf_status ampcf_profile_fold_in(const ampcf_model *model, const uint32_t *items, const float *weights,
                                   uint32_t n, uint32_t n_personas, void *memory, size_t memory_bytes,
                                   void *scratch, size_t scratch_bytes, ampcf_profile **out_profile) {
    if (n > AMPCF_MAX_HISTORY || n_personas > model->n_personas) return AMPCF_E_ARGUMENT;
    arena a = arena_over(scratch, scratch_bytes);
    fold_scratch s = scratch_layout(&a, model, n);
    if (a.full || !scratch) return AMPCF_E_MEMORY;
    ampcf_profile *p;
    ampcf_status status = check_history(model, items, weights, n, s.sorted);
    if (status == AMPCF_OK) status = ampcf_profile_begin(model, n, 0, n_personas, memory, memory_bytes, &p);
    if (status != AMPCF_OK) return status;
    for (uint32_t i = 0; i < n; i++) append_event(p, items[i], weights ? weights[i] : 1, 1);
    *out_profile = p;
    return ampcf_profile_finish(p, scratch, scratch_bytes);
}

uint32_t ampcf_profile_personas(const ampcf_profile *profile) { return profile->n_personas; }
uint32_t ampcf_profile_history(const ampcf_profile *profile) {
    return profile->n_rows - profile->n_summaries;
}
const float *ampcf_profile_shares(const ampcf_profile *profile) { return profile->shares; }
const float *ampcf_profile_responsibilities(const ampcf_profile *profile) {
    return profile->responsibilities;
}
