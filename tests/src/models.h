/* Owns made-up models, profiles and the double-precision arithmetic that tests compare with.
 * Must build models only through the public writer and loader, and must not share arithmetic with src/. */
#ifndef MODELS_H
#define MODELS_H

#include "ampcf.h"
#include "ampcf_train.h"
#include "check.h"

enum {
    ALPHA,
    LAMBDA,
    NU,
    BETA,
    ETA,
    RHO,
    SHARPNESS,
    SPLIT,
    TAU,
    GATE,
    LEAVES,
    PROPORTIONAL,
    SETTINGS = 16
}; /* order of the file, src/core/format.h */

typedef struct recipe {
    uint32_t n_items, dim, n_personas, n_aspects; /* 0 aspects: a file without titles, aspects and metadata */
    float settings[SETTINGS];
    float scale;          /* entries of vectors are in [-scale, scale] */
    uint32_t vector_type; /* ampcf_vector_type */
    uint32_t neighbours;  /* most entries of a row of B; 0 = no B */
    int weighted;         /* item weights and targets */
    uint32_t clusters;    /* of items; 0 = none */
} recipe;

/* Settings that find several personas in random histories. */
static inline recipe plain_recipe(uint32_t n_items, uint32_t dim, uint32_t n_personas, uint32_t n_aspects) {
    recipe r = {n_items, dim, n_personas, n_aspects, {0}, 1, AMPCF_VECTORS_F32, 0, 0, 0};
    const float set[SETTINGS] = {
        [ALPHA] = 0.4f, [LAMBDA] = 0.01f, [NU] = 1, [SPLIT] = 1.2f, [GATE] = 0.5f, [LEAVES] = 8};
    memcpy(r.settings, set, sizeof set);
    return r;
}

/* The parts of a made-up model in memory, free to be changed before they are written. */
typedef struct test_parts {
    ampcf_model_parts parts;
    float *vectors, *bias, *gram, *settings;
    uint32_t *id_offsets, *title_offsets, *aspect_offsets, *item_aspect_offsets;
    char *id_bytes, *title_bytes, *aspect_bytes;
    uint16_t *item_aspects;
    const char *metadata; /* a literal */
    uint32_t vector_type;
    float *item_weights, *item_targets, *neighbour_scales;
    uint32_t *neighbour_offsets, *neighbour_items;
    int8_t *neighbour_values;
    uint8_t *item_clusters;
} test_parts;

typedef struct test_model {
    uint8_t *file;
    size_t bytes;
    void *memory;
    const ampcf_model *model;
} test_model;

/* packed lower triangle of sum_j q_j v_j v_j^T; weights NULL = 1. */
static inline void fill_weighted_gram(const float *vectors, const float *weights, uint32_t n_items,
                                      uint32_t dim, float *gram) {
    for (uint32_t r = 0, at = 0; r < dim; r++)
        for (uint32_t c = 0; c <= r; c++, at++) {
            double sum = 0;
            for (uint32_t j = 0; j < n_items; j++)
                sum += (weights ? (double)weights[j] : 1) * (double)vectors[j * dim + r] *
                       (double)vectors[j * dim + c];
            gram[at] = fabs(sum) < 1e-37 ? 0 : (float)sum;
        }
}

static inline void fill_gram(const float *vectors, uint32_t n_items, uint32_t dim, float *gram) {
    fill_weighted_gram(vectors, NULL, n_items, dim, gram);
}

/* Texts "<prefix>0", "<prefix>1", ... as offsets and bytes. */
static inline char *numbered(const char *prefix, uint32_t n, uint32_t *offsets) {
    char *bytes = exact((size_t)n * 24);
    offsets[0] = 0;
    for (uint32_t i = 0; i < n; i++)
        offsets[i + 1] = offsets[i] + (uint32_t)snprintf(bytes + offsets[i], 24, "%s%" PRIu32, prefix, i);
    return bytes;
}

static inline void fill_aspects(test_parts *t, uint32_t n, uint32_t n_aspects, uint64_t *rng) {
    t->title_offsets = exact((n + 1) * sizeof *t->title_offsets);
    t->title_bytes = numbered("Title \xC3\xA4", n, t->title_offsets);
    t->aspect_offsets = exact((n_aspects + 1) * sizeof *t->aspect_offsets);
    t->aspect_bytes = numbered("aspect ", n_aspects, t->aspect_offsets);
    t->item_aspect_offsets = exact((n + 1) * sizeof *t->item_aspect_offsets);
    t->item_aspects = exact((size_t)n * n_aspects * sizeof *t->item_aspects);
    t->item_aspect_offsets[0] = 0;
    for (uint32_t j = 0, at = 0; j < n; j++) {
        for (uint32_t a = 0; a < n_aspects; a++)
            if (random_below(rng, 3) == 0 && j % 5 != 4)
                t->item_aspects[at++] = (uint16_t)a; /* every fifth item has none */
        t->item_aspect_offsets[j + 1] = at;
    }
    t->metadata = "{\"name\":\"made up\"}";
}

/* Rows of 0 to `most` neighbours, values of both signs, some scales 0. */
static inline void fill_neighbours(test_parts *t, uint32_t n, uint32_t most, uint64_t *rng) {
    t->neighbour_offsets = exact((n + 1) * sizeof *t->neighbour_offsets);
    t->neighbour_items = exact((size_t)n * n * sizeof *t->neighbour_items);
    t->neighbour_values = exact((size_t)n * n);
    t->neighbour_scales = exact(n * sizeof *t->neighbour_scales);
    t->neighbour_offsets[0] = 0;
    for (uint32_t i = 0, at = 0; i < n; i++) {
        uint32_t wanted = random_below(rng, most + 1), found = 0;
        for (uint32_t j = 0; j < n && found < wanted; j++) {
            if (j == i || random_below(rng, n) > 2 * wanted) continue;
            t->neighbour_items[at] = j;
            t->neighbour_values[at++] = (int8_t)((int)random_below(rng, 255) - 127);
            found++;
        }
        t->neighbour_scales[i] = i % 7 == 6 ? 0 : random_float(rng, 1e-4f, 2e-3f);
        t->neighbour_offsets[i + 1] = at;
    }
}

/* Points parts at the arrays; call again after replacing one. */
static inline void link_parts(test_parts *t, const recipe *r) {
    t->parts = (ampcf_model_parts){r->n_items,
                                   r->dim,
                                   r->n_personas,
                                   r->n_aspects,
                                   t->vectors,
                                   t->bias,
                                   t->gram,
                                   t->settings,
                                   t->id_offsets,
                                   t->id_bytes,
                                   t->title_offsets,
                                   t->title_bytes,
                                   t->aspect_offsets,
                                   t->aspect_bytes,
                                   t->item_aspect_offsets,
                                   t->item_aspects,
                                   t->metadata,
                                   t->metadata ? (uint32_t)strlen(t->metadata) : 0,
                                   t->vector_type,
                                   t->item_weights,
                                   t->item_targets,
                                   t->neighbour_offsets,
                                   t->neighbour_items,
                                   t->neighbour_values,
                                   t->neighbour_scales,
                                   t->item_clusters,
                                   {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                                   0};
}

static inline test_parts make_parts(const recipe *r, uint64_t *rng) {
    test_parts t;
    memset(&t, 0, sizeof t);
    uint32_t n = r->n_items, d = r->dim;
    t.vectors = exact((size_t)n * d * sizeof *t.vectors);
    t.bias = exact(n * sizeof *t.bias);
    t.gram = exact((size_t)d * (d + 1) / 2 * sizeof *t.gram);
    t.settings = exact_copy(r->settings, sizeof r->settings);
    t.id_offsets = exact((n + 1) * sizeof *t.id_offsets);
    t.id_bytes = numbered("item", n, t.id_offsets);
    for (uint32_t i = 0; i < n * d; i++) t.vectors[i] = random_float(rng, -r->scale, r->scale);
    for (uint32_t j = 0; j < n; j++) t.bias[j] = random_float(rng, 0, 0.02f);
    if (r->weighted) t.item_weights = exact(n * sizeof *t.item_weights);
    for (uint32_t j = 0; j < n && r->weighted; j++) t.item_weights[j] = random_float(rng, 0.3f, 3);
    if (r->weighted) t.item_targets = exact(n * sizeof *t.item_targets);
    for (uint32_t j = 0; j < n && r->weighted; j++) t.item_targets[j] = random_float(rng, 0.5f, 2);
    fill_weighted_gram(t.vectors, t.item_weights, n, d, t.gram);
    if (r->neighbours > 0) fill_neighbours(&t, n, r->neighbours, rng);
    if (r->clusters > 0) t.item_clusters = exact(n);
    for (uint32_t j = 0; j < n && r->clusters > 0; j++) t.item_clusters[j] = (uint8_t)(j % r->clusters);
    t.vector_type = r->vector_type;
    if (r->n_aspects > 0) fill_aspects(&t, n, r->n_aspects, rng);
    link_parts(&t, r);
    return t;
}

static inline void free_parts(test_parts *t) {
    free(t->vectors), free(t->bias), free(t->gram), free(t->settings), free(t->id_offsets), free(t->id_bytes);
    free(t->title_offsets), free(t->title_bytes), free(t->aspect_offsets), free(t->aspect_bytes);
    free(t->item_aspect_offsets), free(t->item_aspects);
    free(t->item_weights), free(t->item_targets), free(t->neighbour_offsets), free(t->neighbour_items),
        free(t->neighbour_values), free(t->neighbour_scales);
    free(t->item_clusters);
}

/* Writes and opens; a refusal ends the program, since no test can go on. */
static inline test_model open_parts(const ampcf_model_parts *parts) {
    test_model m = {NULL, ampcf_model_file_bytes(parts), NULL, NULL};
    ampcf_fault fault = {0, 0, 0, "parts", 0, 0};
    m.file = exact(m.bytes);
    size_t needed = ampcf_model_write_memory(parts);
    m.memory = exact(needed);
    ampcf_status status = ampcf_model_write(parts, m.file, m.bytes, m.memory, needed, &fault);
    if (status == AMPCF_OK) CHECK_EQ(ampcf_model_memory(m.file, m.bytes), needed);
    if (status == AMPCF_OK) status = ampcf_model_open(m.file, m.bytes, m.memory, needed, &m.model, &fault);
    if (status != AMPCF_OK) {
        fprintf(stderr, "a made-up model was refused: %s, %s\n", ampcf_status_name(status), fault.what);
        exit(EXIT_FAILURE);
    }
    return m;
}

static inline test_model make_model(const recipe *r, uint64_t *rng) {
    test_parts t = make_parts(r, rng);
    test_model m = open_parts(&t.parts);
    free_parts(&t);
    return m;
}

static inline void free_model(test_model *m) {
    free(m->file);
    free(m->memory);
}

/* ---- Profiles ---- */

typedef struct test_profile {
    void *memory;
    ampcf_profile *profile;
    ampcf_status status;
} test_profile;

static inline test_profile fold(const ampcf_model *model, const uint32_t *items, const float *weights,
                                uint32_t n, uint32_t personas) {
    size_t bytes = ampcf_profile_memory(model, n, 0), scratch_bytes = ampcf_profile_scratch(model, n, 0);
    test_profile p = {exact(bytes), NULL, AMPCF_OK};
    void *scratch = exact(scratch_bytes);
    p.status = ampcf_profile_fold_in(model, items, weights, n, personas, p.memory, bytes, scratch,
                                     scratch_bytes, &p.profile);
    free(scratch);
    return p;
}

static inline void free_profile(test_profile *p) { free(p->memory); }

/* n distinct items below n_items, n <= n_items. */
static inline void random_history(uint64_t *rng, uint32_t n_items, uint32_t *out, uint32_t n) {
    uint32_t *all = exact(n_items * sizeof *all);
    for (uint32_t i = 0; i < n_items; i++) all[i] = i;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i + random_below(rng, n_items - i);
        out[i] = all[at];
        all[at] = all[i];
    }
    free(all);
}

/* ---- Double-precision reference ---- */

/* Solve a x = b in place by Gaussian elimination with partial pivoting; a (n, n) row-major, b (n) becomes x.
 * */
static inline void dense_solve(double *a, double *b, uint32_t n) {
    for (uint32_t k = 0; k < n; k++) {
        uint32_t pivot = k;
        for (uint32_t r = k + 1; r < n; r++)
            if (fabs(a[r * n + k]) > fabs(a[pivot * n + k])) pivot = r;
        for (uint32_t c = 0; c < n && pivot != k; c++) {
            double t = a[k * n + c];
            a[k * n + c] = a[pivot * n + c], a[pivot * n + c] = t;
        }
        double t = b[k];
        b[k] = b[pivot], b[pivot] = t;
        for (uint32_t r = k + 1; r < n; r++) {
            double f = a[r * n + k] / a[k * n + k];
            for (uint32_t c = k; c < n; c++) a[r * n + c] -= f * a[k * n + c];
            b[r] -= f * b[k];
        }
    }
    for (uint32_t r = n; r-- > 0;) {
        for (uint32_t c = r + 1; c < n; c++) b[r] -= a[r * n + c] * b[c];
        b[r] /= a[r * n + r];
    }
}

/* w_i q_i; weights NULL = 1. */
static inline double fold_weight(const test_parts *t, const float *weights, uint32_t i, uint32_t item) {
    return (weights ? (double)weights[i] : 1) * (t->item_weights ? (double)t->item_weights[item] : 1);
}

/* t_i. */
static inline double fold_target(const test_parts *t, uint32_t item) {
    return t->item_targets ? (double)t->item_targets[item] : 1;
}

/* B_ij. */
static inline double reference_neighbour(const test_parts *t, uint32_t i, uint32_t j) {
    if (!t->neighbour_offsets) return 0;
    for (uint32_t e = t->neighbour_offsets[i]; e < t->neighbour_offsets[i + 1]; e++)
        if (t->neighbour_items[e] == j)
            return (double)t->neighbour_values[e] * (double)t->neighbour_scales[i];
    return 0;
}

/* M = alpha G + sum_i w_i q_i v_i v_i^T + lambda (sum_i w_i q_i t_i^2 + alpha N)^nu I, dense (D, D). Weights
 * NULL = 1. */
static inline void reference_system(const test_parts *t, const uint32_t *items, const float *weights,
                                    uint32_t n, double *m) {
    uint32_t d = t->parts.dim;
    double alpha = (double)t->settings[ALPHA], mass = alpha * t->parts.n_items;
    for (uint32_t r = 0, at = 0; r < d; r++)
        for (uint32_t c = 0; c <= r; c++, at++) m[r * d + c] = m[c * d + r] = alpha * (double)t->gram[at];
    for (uint32_t i = 0; i < n; i++) {
        const float *v = t->vectors + (size_t)items[i] * d;
        double w = fold_weight(t, weights, i, items[i]);
        mass += w * fold_target(t, items[i]) * fold_target(t, items[i]);
        for (uint32_t r = 0; r < d; r++)
            for (uint32_t c = 0; c < d; c++) m[r * d + c] += w * (double)v[r] * (double)v[c];
    }
    double ridge = (double)t->settings[LAMBDA] * (mass > 0 ? pow(mass, (double)t->settings[NU]) : 1);
    for (uint32_t r = 0; r < d; r++) m[r * d + r] += ridge;
}

/* u = M^-1 sum_i r_i w_i q_i t_i v_i; responsibilities NULL = 1, else r_i = responsibilities[i * r_stride].
 * */
static inline void reference_user(const test_parts *t, const uint32_t *items, const float *weights,
                                  uint32_t n, const float *responsibilities, uint32_t r_stride, double *u) {
    uint32_t d = t->parts.dim;
    double *m = exact((size_t)d * d * sizeof *m);
    reference_system(t, items, weights, n, m);
    for (uint32_t c = 0; c < d; c++) u[c] = 0;
    for (uint32_t i = 0; i < n; i++) {
        double w = fold_weight(t, weights, i, items[i]) * fold_target(t, items[i]) *
                   (responsibilities ? (double)responsibilities[i * r_stride] : 1);
        for (uint32_t c = 0; c < d; c++) u[c] += w * (double)t->vectors[(size_t)items[i] * d + c];
    }
    dense_solve(m, u, d);
    free(m);
}

static inline double dot_double(const double *u, const float *v, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += u[i] * (double)v[i];
    return sum;
}

/* y_j / t_j of the whole person, B aside; where j is in the history, of the person without it, with the
 * ridge as it is with it. */
static inline void reference_left_out(const test_parts *t, const uint32_t *items, const float *weights,
                                      uint32_t n, double *out) {
    uint32_t d = t->parts.dim;
    double *m = exact((size_t)d * d * sizeof *m), *u = exact(d * sizeof *u);
    reference_user(t, items, weights, n, NULL, 0, u);
    for (uint32_t j = 0; j < t->parts.n_items; j++)
        out[j] = dot_double(u, t->vectors + (size_t)j * d, d) / fold_target(t, j);
    for (uint32_t left = 0; left < n; left++) {
        const float *v = t->vectors + (size_t)items[left] * d;
        reference_system(t, items, weights, n, m);
        for (uint32_t c = 0; c < d; c++) u[c] = 0;
        for (uint32_t i = 0; i < n; i++) {
            double w = i == left ? 0 : fold_weight(t, weights, i, items[i]) * fold_target(t, items[i]);
            for (uint32_t c = 0; c < d; c++) u[c] += w * (double)t->vectors[(size_t)items[i] * d + c];
        }
        for (uint32_t r = 0; r < d; r++)
            for (uint32_t c = 0; c < d; c++)
                m[r * d + c] -= fold_weight(t, weights, left, items[left]) * (double)v[r] * (double)v[c];
        dense_solve(m, u, d);
        out[items[left]] = dot_double(u, v, d) / fold_target(t, items[left]);
    }
    free(m), free(u);
}

static inline double length_double(const double *u, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += u[i] * u[i];
    return sqrt(sum);
}

static inline double length_float(const float *v, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += (double)v[i] * (double)v[i];
    return sqrt(sum);
}

#endif
