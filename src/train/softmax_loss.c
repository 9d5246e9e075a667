/* Owns the arithmetic of softmax_loss.h. Must keep every loop elementwise along a row. */
#include "train/softmax_loss.h"

#include "base/kernels.h"
#include "base/smath.h"

#include <string.h>

/* The workspace, carved. */
typedef struct work {
    float *evidence, *logits, *attention; /* (S, P) r, beta sim, a */
    float *scores;                        /* (S) y */
    float *persona_maps, *item_maps;      /* (P, stride) A_u u_k, (S, stride) A_v v_s */
    float *persona_maps_gradient;         /* (P, stride) */
    float *item_map_gradient;             /* (stride) of one item */
    float *sim_gradient;                  /* (P) of one item */
} work;

size_t softmax_work(uint32_t n_items, uint32_t n_personas, uint32_t stride) {
    size_t s = n_items, p = n_personas;
    return 3 * s * p + s + (2 * p + s + 1) * stride + p;
}

static work carve(const softmax_example *e) {
    size_t s = e->n_items, p = e->n_personas;
    work w;
    w.persona_maps = e->work;
    w.persona_maps_gradient = w.persona_maps + p * e->stride;
    w.item_maps = w.persona_maps_gradient + p * e->stride;
    w.item_map_gradient = w.item_maps + s * e->stride;
    w.evidence = w.item_map_gradient + e->stride;
    w.logits = w.evidence + s * p;
    w.attention = w.logits + s * p;
    w.scores = w.attention + s * p;
    w.sim_gradient = w.scores + s;
    return w;
}

static void add(float *restrict sum, float w, const float *restrict x, uint32_t n) {
    for (uint32_t d = 0; d < n; d++) sum[d] += w * x[d];
}

/* out (stride) = map x. */
static void apply(const softmax_example *e, const float *map, const float *x, float *out) {
    memset(out, 0, e->stride * sizeof *out);
    kernel_dots(map, e->dim, e->stride, x, e->dim, out);
}

/* |x|, kept away from 0: cosines with a zero vector are 0. */
static float length(const softmax_example *e, const float *x) {
    float square = kernel_dot(x, x, e->dim);
    return __builtin_sqrtf(square > 1e-20f ? square : 1e-20f);
}

/* a = softmax(logits); returns log sum exp. */
static float normalise(const float *logits, uint32_t n, float *a) {
    float highest = logits[0], sum = 0;
    for (uint32_t k = 1; k < n; k++)
        if (logits[k] > highest) highest = logits[k];
    for (uint32_t k = 0; k < n; k++) sum += a[k] = smath_exp_f32(logits[k] - highest);
    for (uint32_t k = 0; k < n; k++) a[k] /= sum;
    return highest + (float)smath_log((double)sum);
}

static void project(const softmax_example *e, const work *w) {
    for (uint32_t k = 0; k < e->n_personas; k++) {
        size_t at = (size_t)k * e->stride;
        apply(e, e->user_map, e->personas + at, w->persona_maps + at);
    }
    for (uint32_t s = 0; s < e->n_items; s++)
        apply(e, e->item_map, e->items[s], w->item_maps + (size_t)s * e->stride);
}

static void forward(const softmax_example *e, const work *w) {
    uint32_t p = e->n_personas;
    if (e->user_map) project(e, w);
    for (uint32_t s = 0; s < e->n_items; s++) {
        float *r = w->evidence + (size_t)s * p, *logits = w->logits + (size_t)s * p,
              *a = w->attention + (size_t)s * p, y = 0;
        kernel_dots(e->personas, p, e->stride, e->items[s], e->dim, r);
        memcpy(logits, r, p * sizeof *logits);
        if (e->user_map) {
            const float *z = w->item_maps + (size_t)s * e->stride;
            float far = length(e, z);
            kernel_dots(w->persona_maps, p, e->stride, z, e->dim, logits);
            for (uint32_t k = 0; k < p; k++)
                logits[k] /= far * length(e, w->persona_maps + (size_t)k * e->stride);
        }
        for (uint32_t k = 0; k < p; k++) logits[k] *= e->beta;
        (void)normalise(logits, p, a);
        for (uint32_t k = 0; k < p; k++) y += a[k] * r[k];
        w->scores[s] = y;
    }
}

void softmax_scores(const softmax_example *e, float *out_scores) {
    work w = carve(e);
    forward(e, &w);
    for (uint32_t s = 0; s < e->n_items; s++) out_scores[s] = w.scores[s] + (e->bias[0] ? *e->bias[s] : 0);
}

/* Derivatives with respect to sim_s, for one item: through the cosine into both projections. */
static void cosine_gradient(const softmax_example *e, const work *w, uint32_t s, const float *sim_gradient) {
    const float *z = w->item_maps + (size_t)s * e->stride;
    float far = length(e, z), *gz = w->item_map_gradient;
    memset(gz, 0, e->stride * sizeof *gz);
    for (uint32_t k = 0; k < e->n_personas; k++) {
        const float *x = w->persona_maps + (size_t)k * e->stride;
        float *gx = w->persona_maps_gradient + (size_t)k * e->stride, near = length(e, x),
              g = sim_gradient[k];
        float cosine = kernel_dot(x, z, e->dim) / (near * far);
        add(gx, g / (near * far), z, e->stride);
        add(gx, -g * cosine / (near * near), x, e->stride);
        add(gz, g / (near * far), x, e->stride);
        add(gz, -g * cosine / (far * far), z, e->stride);
    }
    for (uint32_t d = 0; d < e->dim; d++) {
        add(e->item_map_gradient + (size_t)d * e->stride, gz[d], e->items[s], e->stride);
        add(e->items_gradient[s], gz[d], e->item_map + (size_t)d * e->stride, e->stride);
    }
}

/* One item: score_gradient = d loss / d y_s, entropy_weight = d loss / d H(a_s). Returns H(a_s). */
static float item_gradient(const softmax_example *e, const work *w, uint32_t s, float score_gradient,
                           float entropy_weight) {
    uint32_t p = e->n_personas;
    const float *r = w->evidence + (size_t)s * p, *logits = w->logits + (size_t)s * p;
    float *a = w->attention + (size_t)s * p, *sim_gradient = w->sim_gradient, entropy = 0;
    float total = normalise(logits, p, a);
    for (uint32_t k = 0; k < p; k++) entropy -= a[k] * (logits[k] - total);
    for (uint32_t k = 0; k < p; k++)
        sim_gradient[k] =
            e->beta * a[k] *
            (score_gradient * (r[k] - w->scores[s]) - entropy_weight * (logits[k] - total + entropy));
    for (uint32_t k = 0; k < p; k++) {
        float g = score_gradient * a[k] + (e->user_map ? 0 : sim_gradient[k]);
        add(e->personas_gradient + (size_t)k * e->stride, g, e->items[s], e->stride);
        add(e->items_gradient[s], g, e->personas + (size_t)k * e->stride, e->stride);
    }
    if (e->user_map) cosine_gradient(e, w, s, sim_gradient);
    return entropy;
}

/* What the items sent into A_u u_k, on into A_u and u_k. */
static void user_map_gradient(const softmax_example *e, const work *w) {
    for (uint32_t k = 0; k < e->n_personas; k++) {
        size_t at = (size_t)k * e->stride;
        const float *gx = w->persona_maps_gradient + at;
        for (uint32_t d = 0; d < e->dim; d++) {
            add(e->user_map_gradient + (size_t)d * e->stride, gx[d], e->personas + at, e->stride);
            add(e->personas_gradient + at, gx[d], e->user_map + (size_t)d * e->stride, e->stride);
        }
    }
}

float softmax_loss_gradient(const softmax_example *e) {
    work w = carve(e);
    float y[SOFTMAX_MAX_ITEMS], share[SOFTMAX_MAX_ITEMS];
    forward(e, &w);
    for (uint32_t s = 0; s < e->n_items; s++) y[s] = w.scores[s] + (e->bias[0] ? *e->bias[s] : 0);
    float loss = e->fit * (normalise(y, e->n_items, share) - y[0]);
    memset(w.persona_maps_gradient, 0, (size_t)e->n_personas * e->stride * sizeof(float));
    for (uint32_t s = 0; s < e->n_items; s++) {
        float g = e->fit * (share[s] - (s == 0)), h = s == 0 ? e->positive : -e->negative;
        loss += h * item_gradient(e, &w, s, g, h);
        if (e->bias[0]) *e->bias_gradient[s] += g;
    }
    if (e->user_map) user_map_gradient(e, &w);
    return loss;
}
