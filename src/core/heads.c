/* Owns making heads when a model is opened. Must round every bound upwards. */
#include "core/heads.h"

enum { SWEEPS = 8 };

heads_table heads_take(arena *a, const model_shape *shape) {
    int wanted =
        shape->dim >= HEADS_LEAST_DIM && (shape->row_type != DTYPE_I8 || shape->n_items <= HEADS_MOST_NARROW);
    uint32_t n = wanted ? (shape->n_items + LOOK_ITEMS - 1) / LOOK_ITEMS * LOOK_ITEMS : 0;
    uint32_t stride = kernel_stride(shape->dim);
    heads_table t = {.n = n, .stride = stride};
    t.heads = arena_take(a, (size_t)n * HEADS_LOOKS * LOOK_DIM / 2, sizeof *t.heads);
    t.axes = arena_take(a, wanted ? 2 * HEADS_AXES * (size_t)stride : 0, sizeof *t.axes);
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
    for (uint32_t r = 0; r < HEADS_AXES; r++) {
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

/* out (HEADS_AXES, D) = rows G / most. */
static void multiply(const float *gram, double most, const float *rows, uint32_t stride, uint32_t dim,
                     float *out) {
    for (uint32_t i = 0; i < HEADS_AXES * stride; i++) out[i] = 0;
    for (uint32_t i = 0; i < dim; gram += ++i)
        for (uint32_t r = 0; r < HEADS_AXES; r++) {
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
    for (uint32_t r = 0; r < HEADS_AXES; r++)
        for (uint32_t s = 0; s < HEADS_AXES; s++) {
            const float *a = t->axes + (size_t)r * t->stride, *b = t->axes + (size_t)s * t->stride;
            double dot = product(a, b, dim), off = r == s && dot > 0.5 ? dot - 1 : dot;
            sum += off * off;
        }
    return __builtin_sqrt(sum);
}

void heads_open(ampcf_model *m) {
    heads_table *t = &m->rounded.heads;
    uint32_t dim = m->dim, size = HEADS_AXES * t->stride, word = 1;
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

/* ---- Words ---- */

static int nearest(double x, int least) {
    int near = (int)(x + (x < 0 ? -0.5 : 0.5));
    return near < least ? least : near > 127 ? 127 : near;
}

/* The low byte is nearest to one number, the word / 256 to another. */
static int16_t word_of(double low, double high) {
    uint8_t byte = (uint8_t)(int8_t)nearest(low, -127);
    return (int16_t)(256 * nearest(high - byte / 256.0, -128) + byte);
}

/* The same with a rest in the high byte, at least as long. */
static int16_t word_of_rest(double low, double rest) {
    uint8_t byte = (uint8_t)(int8_t)nearest(low, -127);
    double high = rest - byte / 256.0;
    int above = (int)high + ((int)high < high);
    return (int16_t)(256 * (above > 127 ? 127 : above) + byte);
}

/* What is being filled: units of the vector along the next axes, and the square of what they have left. */
typedef struct filling {
    const float *along;
    double by, left;
} filling;

/* Where z units take the place of what is along the next axis. */
static void leave(filling *f, double z) {
    double along = (double)*f->along++ * f->by;
    f->left -= (2 * along - z) * z;
}

/* The next two axes. */
static int16_t fill_word(filling *f) {
    int16_t word = word_of((double)f->along[0] * f->by, (double)f->along[1] * f->by);
    leave(f, (int8_t)word);
    leave(f, word / 256.0);
    return word;
}

/* The next axis, and the rest after it; square and slack are of what `left` rounds. */
static int16_t fill_last(filling *f, double square, double slack) {
    double low = (double)f->along[0] * f->by;
    leave(f, nearest(low, -127));
    double rest = (f->left > 0 ? f->left : 0) + 6 * slack * square;
    return word_of_rest(low, __builtin_sqrt(rest) * 1.00001);
}

void heads_fill(heads_table *t, uint32_t j, const float *v, uint32_t dim, float square, float length) {
    float along[HEADS_AXES];
    int16_t word = 0;
    double by = length > 0 ? HEADS_UNITS / (double)length : 0, units = (double)square * by * by;
    filling f = {along, by, units};
    kernel_dots(t->axes, HEADS_AXES, t->stride, v, dim, along);
    for (uint32_t look = 0; look < HEADS_LOOKS; look++) {
        int16_t *at = heads_look(t, j - j % LOOK_ITEMS, look) + j % LOOK_ITEMS * 2;
        for (uint32_t w = 0; w < LOOK_DIM / 2; w++) {
            if (w == LOOK_DIM / 2 - 1) word = fill_last(&f, units, (double)t->slack);
            else if (look == 0 || w > 0) word = fill_word(&f);
            at[(size_t)(w / 2) * LOOK_ITEMS * 2 + w % 2] = word;
        }
    }
}

void heads_arrange(const int16_t *x, int16_t *out) {
    const int16_t *rests = x + HEADS_AXES;
    for (uint32_t look = 0; look < HEADS_LOOKS; look++)
        for (uint32_t w = 0; w < LOOK_DIM / 2; w++) {
            int16_t *low = out + look * LOOK_DIM + w / 2 * 4 + w % 2, *high = low + 2;
            int is_last = w == LOOK_DIM / 2 - 1, is_again = look > 0 && w == 0;
            *low = is_again ? 0 : *x++;
            *high = is_again ? (int16_t)-rests[look - 1] : is_last ? rests[look] : *x++;
        }
}

void heads_turn(const heads_table *t, double *x, uint32_t dim, double *out, double *out_rests) {
    for (uint32_t r = 0; r < HEADS_AXES; r++) {
        const float *axis = t->axes + (size_t)r * t->stride;
        double square = 0;
        out[r] = 0;
        for (uint32_t d = 0; d < dim; d++) out[r] += (double)axis[d] * x[d];
        for (uint32_t d = 0; d < dim; d++) x[d] -= out[r] * (double)axis[d], square += x[d] * x[d];
        if (r == HEADS_FIRST_AXES - 1) out_rests[0] = __builtin_sqrt(square);
        if (r == HEADS_AXES - 1) out_rests[1] = __builtin_sqrt(square);
    }
}
