/* Owns making the rounded table when a model is opened. */
#include "core/rounded.h"

#include "base/kernels.h"
#include "core/heads.h"
#include "core/scan.h"

rounded_table rounded_take(arena *a, const model_shape *shape) {
    int wanted = SCAN_PRUNES && shape->kind == KIND_GATE && shape->n_items >= ROUNDED_LEAST_ITEMS,
        own = wanted && shape->row_type != DTYPE_I8;
    rounded_table t;
    t.rows = arena_take(a, own ? (size_t)shape->n_items * shape->dim : 0, sizeof *t.rows);
    t.scales = arena_take(a, own ? shape->n_items : 0, sizeof *t.scales);
    t.lengths = arena_take(a, wanted ? shape->n_items : 0, sizeof *t.lengths);
    t.is_own = own;
    t.n_short = 0;
    t.most_bias = 0;
    t.heads = wanted ? heads_take(a, shape) : (heads_table){.heads = NULL};
    if (!wanted) t.lengths = NULL;
    return t;
}

/* Below 2^-50 squares may have been denormal, and cosines are anything: 2^-34 is 2^15 times the longest of
 * them, which lets a scan's margin of a rounding cover any cosine. */
static uint16_t length_of(const float *v, uint32_t dim, float square, uint32_t *n_short) {
    float any = 0;
    if (square >= 7.8886091e-31f) return upper_half_above(__builtin_sqrtf(square) * 1.00002f);
    for (uint32_t d = 0; d < dim; d++) any = v[d] != 0 ? ROUNDED_SHORT : any;
    *n_short += any > 0;
    return upper_half_above(any);
}

void rounded_fill(ampcf_model *m) {
    rounded_table *t = &m->rounded;
    if (!SCAN_PRUNES || !t->lengths) return;
    float room[AMPCF_MAX_DIM];
    if (t->heads.heads) heads_open(m);
    for (uint32_t j = 0; j < m->n_items; j++) {
        const float *v = model_vector(m, j, room);
        float square = kernel_dot(v, v, m->dim), bias = m->bias[j] < 0 ? -m->bias[j] : m->bias[j];
        t->most_bias = bias > t->most_bias ? bias : t->most_bias;
        t->lengths[j] = length_of(v, m->dim, square, &t->n_short);
        if (t->heads.heads) heads_fill(&t->heads, j, v, m->dim, square, rounded_length(t, j));
        if (t->is_own) t->scales[j] = kernel_to_i8(v, m->dim, t->rows + (size_t)j * m->dim);
    }
    if (!t->is_own) t->rows = (int8_t *)(uintptr_t)m->rows, t->scales = (float *)(uintptr_t)m->row_scales;
}
