/* Owns Adam's arithmetic: every loop elementwise along a row. Must not depend on when a row is looked at. */
#include "train/adam.h"

#include "base/smath.h"

#include <string.h>

#define BETA1 0.9f
#define BETA2 0.999f
#define EPSILON 1e-8f
#define REST 128u
/* Bounds that no useful training meets: a square below infinity, a value that every vector type can hold. */
#define MAX_GRADIENT 1e15f
#define MAX_PARAMETER 32768.0f

adam adam_take(arena *a) {
    adam o = {arena_take(a, ADAM_HORIZON, sizeof *o.rate), arena_take(a, ADAM_HORIZON, sizeof *o.root), 0, 0};
    return o;
}

void adam_begin(adam *o, float learning_rate) {
    double one = 1, two = 1;
    for (uint32_t t = 0; t < ADAM_HORIZON; t++) {
        one *= (double)BETA1, two *= (double)BETA2;
        o->rate[t] = (float)((double)learning_rate / (1 - one));
        o->root[t] = (float)(1 / __builtin_sqrt(1 - two));
    }
    o->step = 0;
    o->diverged = 0;
}

adam_table adam_table_take(arena *a, float *value, uint32_t n_rows, uint32_t width, uint32_t slot_cap) {
    adam_table t = {.n_rows = n_rows, .width = width, .value = value};
    t.mean = arena_take(a, n_rows, width * sizeof *t.mean);
    t.square = arena_take(a, n_rows, width * sizeof *t.square);
    t.touched = arena_take(a, n_rows, sizeof *t.touched);
    t.moved = arena_take(a, n_rows, sizeof *t.moved);
    t.slot = arena_take(a, n_rows, sizeof *t.slot);
    t.rows = arena_take(a, slot_cap, sizeof *t.rows);
    t.gradient = arena_take(a, slot_cap, width * sizeof *t.gradient);
    return t;
}

void adam_table_begin(adam_table *t) {
    size_t n = t->n_rows, cells = n * t->width;
    memset(t->mean, 0, cells * sizeof *t->mean);
    memset(t->square, 0, cells * sizeof *t->square);
    memset(t->touched, 0, n * sizeof *t->touched);
    memset(t->moved, 0, n * sizeof *t->moved);
    memset(t->slot, 0, n * sizeof *t->slot);
    t->n_slots = 0;
}

/* Step t (from 1) of a row whose gradient is zero. */
static void coast(const adam *o, uint32_t t, uint32_t n, float *restrict x, float *restrict m,
                  float *restrict v) {
    uint32_t at = t <= ADAM_HORIZON ? t - 1 : ADAM_HORIZON - 1;
    float rate = o->rate[at], root = o->root[at];
    for (uint32_t i = 0; i < n; i++) {
        m[i] *= BETA1;
        v[i] *= BETA2;
        x[i] -= rate * m[i] / (__builtin_sqrtf(v[i]) * root + EPSILON);
    }
}

float *adam_row(const adam *o, adam_table *t, uint32_t row) {
    size_t at = (size_t)row * t->width;
    float *x = t->value + at;
    uint32_t rest = t->touched[row] + REST, to = o->step < rest ? o->step : rest;
    if (t->touched[row] == 0) return x; /* no gradient yet: nothing moves */
    while (t->moved[row] < to) coast(o, ++t->moved[row], t->width, x, t->mean + at, t->square + at);
    return x;
}

/* The moments of a row that has rested for n steps. */
static void fade(adam_table *t, uint32_t row, uint32_t n) {
    double one = n * smath_log((double)BETA1), two = n * smath_log((double)BETA2);
    float m = one > -40 ? (float)smath_exp(one) : 0, v = two > -40 ? (float)smath_exp(two) : 0;
    for (size_t i = (size_t)row * t->width, end = i + t->width; i < end; i++) {
        t->mean[i] *= m;
        t->square[i] *= v;
    }
}

float *adam_touch(const adam *o, adam_table *t, uint32_t row) {
    uint32_t slot = t->slot[row];
    float *g = t->gradient + (size_t)slot * t->width;
    if (slot < t->n_slots && t->rows[slot] == row) return g;
    (void)adam_row(o, t, row);
    if (t->touched[row] > 0 && t->moved[row] < o->step) fade(t, row, o->step - t->moved[row]);
    t->moved[row] = o->step;
    t->rows[t->slot[row] = t->n_slots] = row;
    g = t->gradient + (size_t)t->n_slots++ * t->width;
    memset(g, 0, t->width * sizeof *g);
    return g;
}

/* x within +-bound; 0 for what is no number, as of a gradient that overflowed, which ends the training. */
static inline float bounded(float x, float bound) {
    float y = x > bound ? bound : x < -bound ? -bound : x;
    return y == y ? y : 0;
}

/* Returns whether a gradient was no number. */
static int move(float rate, float root, uint32_t n, float *restrict x, float *restrict m, float *restrict v,
                const float *restrict g) {
    int diverged = 0;
    for (uint32_t i = 0; i < n; i++) {
        float slope = bounded(g[i], MAX_GRADIENT);
        diverged |= g[i] != g[i];
        m[i] = m[i] * BETA1 + (1 - BETA1) * slope;
        v[i] = v[i] * BETA2 + (1 - BETA2) * (slope * slope);
        x[i] = bounded(x[i] - rate * m[i] / (__builtin_sqrtf(v[i]) * root + EPSILON), MAX_PARAMETER);
    }
    return diverged;
}

void adam_step(adam *o, adam_table *const *tables, uint32_t n_tables) {
    uint32_t at = o->step < ADAM_HORIZON ? o->step : ADAM_HORIZON - 1;
    o->step++;
    for (uint32_t k = 0; k < n_tables; k++) {
        adam_table *t = tables[k];
        for (uint32_t s = 0; s < t->n_slots; s++) {
            uint32_t row = t->rows[s];
            size_t cell = (size_t)row * t->width;
            o->diverged |= move(o->rate[at], o->root[at], t->width, t->value + cell, t->mean + cell,
                                t->square + cell, t->gradient + (size_t)s * t->width);
            t->touched[row] = t->moved[row] = o->step;
        }
        t->n_slots = 0;
    }
}
