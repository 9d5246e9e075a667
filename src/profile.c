/* Owns fold-in: history -> responsibilities -> persona vectors. Must not change the model. */
#include "profile.h"

#include "kernels.h"
#include "linalg.h"
#include "smath.h"

#include <string.h>

/* Most items that n rows of B can name. */
static uint32_t most_near(const ampcf_model *m, uint32_t n) {
    uint64_t named = (uint64_t)n * m->longest_row;
    return named < m->n_items ? (uint32_t)named : m->n_items;
}

static ampcf_profile *layout(arena *a, const ampcf_model *m, uint32_t n, uint32_t n_personas) {
    uint32_t stride = profile_stride(m->dim), near_items = most_near(m, n);
    ampcf_profile *p = arena_take(a, 1, sizeof *p);
    uint32_t *items = arena_take(a, n, sizeof *items);
    float *weights = arena_take(a, n, sizeof *weights), *system_weights = arena_take(a, n, sizeof *system_weights);
    float *pulls = arena_take(a, n, sizeof *pulls);
    float *responsibilities = arena_take(a, (size_t)n * n_personas, sizeof *responsibilities);
    float *shares = arena_take(a, n_personas, sizeof *shares);
    float *gain = arena_take(a, n_personas, sizeof *gain);
    float *prior = arena_take(a, n_personas, sizeof *prior);
    float *vectors = arena_take(a, (size_t)n_personas * stride, sizeof *vectors);
    double *factor = arena_take(a, packed_size(m->dim), sizeof *factor);
    double *work = arena_take(a, m->dim, sizeof *work);
    uint32_t *slots = near_items ? arena_take(a, m->n_items, sizeof *slots) : NULL;
    float *near = arena_take(a, (size_t)near_items * n_personas, sizeof *near);
    if (a->full || !a->base) return NULL;
    const float *set = m->settings;
    attention_settings attention = {set[SETTING_BETA], set[SETTING_ETA], set[SETTING_TAU], set[SETTING_RHO]};
    *p = (ampcf_profile){m, n, 0, stride, items, weights, system_weights, pulls, responsibilities, shares, gain, prior, attention, vectors, factor, work,
                         slots, near};
    return p;
}

typedef struct fold_scratch {
    float *units;    /* (H, D) history in the space where personas are told apart */
    double *rhs;     /* (D) */
    uint32_t *sorted;/* (H) */
    personas_scratch personas;
} fold_scratch;

static fold_scratch scratch_layout(arena *a, const ampcf_model *m, uint32_t n) {
    fold_scratch s;
    s.units = arena_take(a, (size_t)n * m->dim, sizeof *s.units);
    s.rhs = arena_take(a, m->dim, sizeof *s.rhs);
    s.sorted = arena_take(a, n, sizeof *s.sorted);
    s.personas = personas_scratch_take(a, n, m->dim, m->n_personas);
    return s;
}

size_t ampcf_profile_memory(const ampcf_model *model, uint32_t n_history) {
    if (n_history > AMPCF_MAX_HISTORY) return 0;
    arena a = arena_measure();
    (void)layout(&a, model, n_history, model->n_personas);
    return a.full ? 0 : a.used;
}

size_t ampcf_profile_scratch(const ampcf_model *model, uint32_t n_history) {
    if (n_history > AMPCF_MAX_HISTORY) return 0;
    arena a = arena_measure();
    (void)scratch_layout(&a, model, n_history);
    return a.full ? 0 : a.used;
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

static ampcf_status check_history(const ampcf_model *m, const uint32_t *items, const float *weights, uint32_t n,
                                  uint32_t *sorted) {
    for (uint32_t i = 0; i < n; i++) {
        if (items[i] >= m->n_items) return AMPCF_E_ITEM_RANGE;
        if (weights && !(weights[i] > 0 && weights[i] <= AMPCF_MAX_WEIGHT)) return AMPCF_E_ARGUMENT;
        sorted[i] = items[i];
    }
    return has_duplicates(sorted, n) ? AMPCF_E_ARGUMENT : AMPCF_OK;
}

static float target_of(const ampcf_model *m, uint32_t item) { return m->item_targets ? m->item_targets[item] : 1; }

/* factor = Cholesky of alpha G + sum_i w_i q_i v_i v_i^T + lambda_u I, lambda_u = lambda (sum_i w_i q_i t_i^2 + alpha N)^nu. */
static void build_factor(ampcf_profile *p) {
    const ampcf_model *m = p->model;
    const float *set = m->settings;
    double alpha = (double)set[SETTING_ALPHA], mass = alpha * m->n_items;
    for (size_t i = 0; i < packed_size(m->dim); i++) p->factor[i] = alpha * (double)m->gram[i];
    for (uint32_t i = 0; i < p->n_history; i++) {
        packed_add_outer(p->factor, (double)p->system_weights[i], model_vector(m, p->items[i]), m->dim);
        mass += (double)p->pulls[i] * (double)target_of(m, p->items[i]);
    }
    double scale = mass > 0 ? smath_exp((double)set[SETTING_NU] * smath_log(mass)) : 1;
    for (uint32_t d = 0; d < m->dim; d++) p->factor[packed_row(d) + d] += (double)set[SETTING_LAMBDA] * scale;
    packed_cholesky(p->factor, m->dim);
}

/* Personas are told apart by direction: the cosine of item vectors. */
static void unit_vectors(const ampcf_profile *p, float *units) {
    uint32_t dim = p->model->dim;
    for (uint32_t i = 0; i < p->n_history; i++) {
        const float *v = model_vector(p->model, p->items[i]);
        float *x = units + (size_t)i * dim, length = __builtin_sqrtf(kernel_dot(v, v, dim));
        for (uint32_t d = 0; d < dim; d++) x[d] = length > 0 ? v[d] / length : 0;
    }
}

static void solve_persona(ampcf_profile *p, uint32_t k, double *rhs) {
    const ampcf_model *m = p->model;
    memset(rhs, 0, m->dim * sizeof *rhs);
    for (uint32_t i = 0; i < p->n_history; i++) {
        double w = (double)p->pulls[i] * (double)p->responsibilities[(size_t)i * p->n_personas + k];
        const float *v = model_vector(m, p->items[i]);
        for (uint32_t d = 0; d < m->dim; d++) rhs[d] += w * (double)v[d];
    }
    packed_solve_lower(p->factor, rhs, m->dim);
    packed_solve_upper(p->factor, rhs, m->dim);
    float *u = p->vectors + (size_t)k * p->stride;
    for (uint32_t d = 0; d < p->stride; d++) u[d] = d < m->dim ? (float)profile_clamped(rhs[d]) : 0;
}

/* near_jk = sum_i r_ik w_i B_ij for every item j that a history item names, in the order of the history. */
static void gather_neighbours(ampcf_profile *p) {
    const ampcf_model *m = p->model;
    uint32_t n = p->n_personas, used = 0;
    if (!p->slots) return;
    memset(p->slots, 0, m->n_items * sizeof *p->slots);
    for (uint32_t i = 0; i < p->n_history; i++) {
        uint32_t from = p->items[i];
        const float *r = p->responsibilities + (size_t)i * n;
        for (uint32_t e = m->neighbour_offsets[from]; e < m->neighbour_offsets[from + 1]; e++) {
            uint32_t *slot = &p->slots[model_neighbour(m, e)], fresh = *slot == 0;
            if (fresh) *slot = ++used;
            float *near = p->near + (size_t)(*slot - 1) * n, b = p->weights[i] * model_neighbour_value(m, from, e);
            for (uint32_t k = 0; k < n; k++) near[k] = (fresh ? 0 : near[k]) + r[k] * b;
        }
    }
}

/* support_k = sum_i w_i r_ik s'_ik / sum_i w_i r_ik over the history, s' left out; B_ii = 0 leaves an event out of the rest. */
static void measure_support(ampcf_profile *p, float *support) {
    const ampcf_model *m = p->model;
    float mass[AMPCF_MAX_PERSONAS] = {0}, evidence[AMPCF_MAX_PERSONAS];
    for (uint32_t k = 0; k < p->n_personas; k++) support[k] = 0;
    if (p->n_personas < 2) return;
    for (uint32_t i = 0; i < p->n_history; i++) {
        const float *v = model_vector(m, p->items[i]), *r = p->responsibilities + (size_t)i * p->n_personas;
        const float *near = profile_near(p, p->items[i]);
        float target = target_of(m, p->items[i]);
        double leverage = 0;
        for (uint32_t d = 0; d < m->dim; d++) p->work[d] = (double)v[d];
        packed_solve_lower(p->factor, p->work, m->dim);
        for (uint32_t d = 0; d < m->dim; d++) leverage += p->work[d] * p->work[d];
        kernel_dots(p->vectors, p->n_personas, p->stride, v, m->dim, evidence);
        for (uint32_t k = 0; k < p->n_personas; k++) {
            float w = p->weights[i] * r[k];
            support[k] += w * (attention_left_out(evidence[k], p->system_weights[i] * (float)leverage, target * r[k]) + (near ? near[k] : 0));
            mass[k] += w;
        }
    }
    for (uint32_t k = 0; k < p->n_personas; k++) support[k] = mass[k] > 0 ? support[k] / mass[k] : 0;
}

ampcf_status ampcf_profile_fold_in(const ampcf_model *model, const uint32_t *items, const float *weights, uint32_t n,
                                   uint32_t n_personas, void *memory, size_t memory_bytes, void *scratch,
                                   size_t scratch_bytes, ampcf_profile **out_profile) {
    if (n > AMPCF_MAX_HISTORY || n_personas > model->n_personas) return AMPCF_E_ARGUMENT;
    arena profile_arena = arena_over(memory, memory_bytes), scratch_arena = arena_over(scratch, scratch_bytes);
    fold_scratch s = scratch_layout(&scratch_arena, model, n);
    if (scratch_arena.full || !scratch) return AMPCF_E_MEMORY;
    ampcf_status status = check_history(model, items, weights, n, s.sorted);
    if (status != AMPCF_OK) return status;
    ampcf_profile *p = layout(&profile_arena, model, n, model->n_personas);
    if (!p) return AMPCF_E_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        p->items[i] = items[i];
        p->weights[i] = weights ? weights[i] : 1;
        p->system_weights[i] = p->weights[i] * (model->item_weights ? model->item_weights[items[i]] : 1);
        p->pulls[i] = p->system_weights[i] * target_of(model, items[i]);
    }
    build_factor(p);
    unit_vectors(p, s.units);
    const float *set = model->settings;
    personas_settings ps = {n_personas ? n_personas : model->n_personas, set[SETTING_SHARPNESS], set[SETTING_SPLIT]};
    p->n_personas = personas_split(s.units, p->weights, n, model->dim, &ps, &s.personas, p->responsibilities, p->shares);
    for (uint32_t k = 0; k < p->n_personas; k++) solve_persona(p, k, s.rhs);
    gather_neighbours(p);
    float support[AMPCF_MAX_PERSONAS];
    measure_support(p, support);
    attention_prepare(&p->attention, p->shares, support, p->n_personas, p->gain, p->prior);
    *out_profile = p;
    return AMPCF_OK;
}

uint32_t ampcf_profile_personas(const ampcf_profile *profile) { return profile->n_personas; }
uint32_t ampcf_profile_history(const ampcf_profile *profile) { return profile->n_history; }
const float *ampcf_profile_shares(const ampcf_profile *profile) { return profile->shares; }
const float *ampcf_profile_responsibilities(const ampcf_profile *profile) { return profile->responsibilities; }
