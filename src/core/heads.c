/* Owns making heads when a model is opened. Must round every bound upwards. */
#include "core/heads.h"

#include "base/half.h"

enum { SWEEPS = 8 };

heads_table heads_take(arena *a, const model_shape *shape) {
    int wanted =
        shape->dim >= HEADS_LEAST_DIM && (shape->row_type != DTYPE_I8 || shape->n_items <= HEADS_MOST_NARROW);
    uint32_t n = wanted ? (shape->n_items + LOOK_ITEMS - 1) / LOOK_ITEMS * LOOK_ITEMS : 0;
    uint32_t stride = kernel_stride(shape->dim);
    heads_table t = {.n = n, .stride = stride};
    t.heads = arena_take(a, (size_t)n * HEADS_DIM, sizeof *t.heads);
    t.scales = arena_take(a, n, sizeof *t.scales);
    t.rests[0] = arena_take(a, n, sizeof *t.rests[0]);
    t.rests[1] = arena_take(a, n, sizeof *t.rests[1]);
    t.axes = arena_take(a, wanted ? 2 * HEADS_DIM * (size_t)stride : 0, sizeof *t.axes);
    if (!wanted) t.heads = NULL;
    return t;
}

static double product(const float *a, const float *b, uint32_t dim) {
    double sum = 0;
    for (uint32_t d = 0; d < dim; d++) sum += (double)a[d] * (double)b[d];
    return sum;
}

/* Rows of length 1 that are orthogonal to those before them; what depends on those becomes 0. */
static void make_orthonormal(float *rows, uint32_t stride, uint32_t dim) {
    for (uint32_t r = 0; r < HEADS_DIM; r++) {
        float *row = rows + (size_t)r * stride;
        double before = product(row, row, dim);
        for (uint32_t s = 0; s < 2 * r; s++) {
            const float *other = rows + (size_t)(s % r) * stride;
            double along = product(row, other, dim);
            for (uint32_t d = 0; d < dim; d++) row[d] = (float)((double)row[d] - along * (double)other[d]);
        }
        double left = product(row, row, dim), by = left > 1e-9 * before ? 1 / __builtin_sqrt(left) : 0;
        for (uint32_t d = 0; d < dim; d++) row[d] = (float)((double)row[d] * by);
    }
}

/* out (32, D) = rows G / most. */
static void multiply(const float *gram, double most, const float *rows, uint32_t stride, uint32_t dim,
                     float *out) {
    for (uint32_t i = 0; i < HEADS_DIM * stride; i++) out[i] = 0;
    for (uint32_t i = 0; i < dim; gram += ++i)
        for (uint32_t r = 0; r < HEADS_DIM; r++) {
            const float *x = rows + (size_t)r * stride;
            float *y = out + (size_t)r * stride, sum = 0;
            for (uint32_t j = 0; j <= i; j++) {
                float g = (float)((double)gram[j] / most);
                sum += g * x[j];
                if (j < i) y[j] += g * x[i];
            }
            y[i] += sum;
        }
}

static double deviation(const heads_table *t, uint32_t dim) {
    double sum = 0;
    for (uint32_t r = 0; r < HEADS_DIM; r++)
        for (uint32_t s = 0; s < HEADS_DIM; s++) {
            const float *a = t->axes + (size_t)r * t->stride, *b = t->axes + (size_t)s * t->stride;
            double dot = product(a, b, dim), off = r == s && dot > 0.5 ? dot - 1 : dot;
            sum += off * off;
        }
    return __builtin_sqrt(sum);
}

void heads_open(ampcf_model *m) {
    heads_table *t = &m->rounded.heads;
    uint32_t dim = m->dim, size = HEADS_DIM * t->stride, word = 1;
    float *axes = t->axes, *other = axes + size;
    double most = 0;
    for (uint32_t i = 0; i < dim * (dim + 1) / 2; i++) {
        double g = (double)m->gram[i];
        most = g > most ? g : -g > most ? -g : most;
    }
    for (uint32_t i = 0; i < size; i++) {
        word = word * 1664525u + 1013904223u;
        axes[i] = i % t->stride < dim ? (float)(word >> 8) / 16777216.0f - 0.5f : 0;
    }
    make_orthonormal(axes, t->stride, dim);
    for (uint32_t sweep = 0; most > 0 && sweep < SWEEPS; sweep++) {
        multiply(m->gram, most, axes, t->stride, dim, other);
        memcpy(axes, other, size * sizeof *axes);
        make_orthonormal(axes, t->stride, dim);
    }
    t->slack = (float)(deviation(t, dim) * 1.01 + (dim / 16.0 + 16) / 4194304);
}

/* What the first n coordinates leave of v, at most. */
static uint16_t rest_of(const heads_table *t, float square, const float *along, float scale,
                        const int8_t *head, uint32_t n) {
    double left = (double)square;
    for (uint32_t d = 0; d < n; d++) {
        double z = (double)scale * head[d];
        left -= (2 * (double)along[d] - z) * z;
    }
    left = (left > 0 ? left : 0) + 4 * (double)t->slack * (double)square;
    return upper_half_above((float)(__builtin_sqrt(left) * 1.00001));
}

void heads_fill(heads_table *t, uint32_t j, const float *v, uint32_t dim, float square) {
    float along[HEADS_DIM];
    int8_t head[HEADS_DIM];
    kernel_dots(t->axes, HEADS_DIM, t->stride, v, dim, along);
    t->scales[j] = kernel_to_i8(along, HEADS_DIM, head);
    for (uint32_t look = 0; look < HEADS_LOOKS; look++) {
        t->rests[look][j] = rest_of(t, square, along, t->scales[j], head, (look + 1) * LOOK_DIM);
        int8_t *at = heads_look(t, j - j % LOOK_ITEMS, look) + j % LOOK_ITEMS * 2;
        for (uint32_t d = 0; d < LOOK_DIM; d++)
            at[(size_t)(d / 2) * LOOK_ITEMS * 2 + d % 2] = head[look * LOOK_DIM + d];
    }
}

void heads_turn(const heads_table *t, double *x, uint32_t dim, double *out, double *out_rests) {
    for (uint32_t r = 0; r < HEADS_DIM; r++) {
        const float *axis = t->axes + (size_t)r * t->stride;
        double square = 0;
        out[r] = 0;
        for (uint32_t d = 0; d < dim; d++) out[r] += (double)axis[d] * x[d];
        for (uint32_t d = 0; d < dim; d++) x[d] -= out[r] * (double)axis[d], square += x[d] * x[d];
        if (r % LOOK_DIM == LOOK_DIM - 1) out_rests[r / LOOK_DIM] = __builtin_sqrt(square);
    }
}
