/* Owns the arithmetic of likelihood_loss.h. Must keep every loop over a row elementwise. */
#include "train/likelihood_loss.h"

#include "base/kernels.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

/* The workspace, carved. */
typedef struct work {
    float *score;   /* (C) y */
    float *logit;   /* (C) l, then d loss / d l */
    float *adjoint; /* (stride) g, then t */
} work;

size_t likelihood_work(uint32_t n_items, uint32_t stride) { return 2 * (size_t)n_items + stride; }

static work carve(const likelihood_example *e) {
    work w;
    w.adjoint = e->work;
    w.score = w.adjoint + e->fold->stride;
    w.logit = w.score + e->n_items;
    return w;
}

static void forward(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    uint32_t n = e->n_items;
    kernel_dots(e->items, n, f->stride, f->vector, f->dim, w->score);
    for (uint32_t c = 0; c < n; c++) w->logit[c] = e->scale * w->score[c] + e->bias[c];
}

void likelihood_logits(const likelihood_example *e, float *out_logits) {
    work w = carve(e);
    forward(e, &w);
    memcpy(out_logits, w.logit, e->n_items * sizeof *out_logits);
}

/* logit = fit x ((sum_c t_c) m_c exp(l_c) / sum_c' m_c' exp(l_c') - t_c). */
static void multinomial(const likelihood_example *e, float *logit) {
    float highest = -1e30f;
    double sum = 0, mass = 0;
    for (uint32_t c = 0; c < e->n_items; c++)
        if (e->stands_for[c] > 0 && logit[c] > highest) highest = logit[c];
    for (uint32_t c = 0; c < e->n_items; c++) logit[c] = e->stands_for[c] * smath_exp_f32(logit[c] - highest);
    for (uint32_t c = 0; c < e->n_items; c++) sum += (double)logit[c], mass += (double)e->target[c];
    float share = sum > 0 ? (float)(mass / sum) : 0;
    for (uint32_t c = 0; c < e->n_items; c++) logit[c] = e->fit * (share * logit[c] - e->target[c]);
}

static void gaussian(const likelihood_example *e, float *logit) {
    for (uint32_t c = 0; c < e->n_items; c++)
        logit[c] =
            2 * e->fit *
            (e->target[c] > 0 ? e->target[c] * (logit[c] - 1) : e->zeros * e->stands_for[c] * logit[c]);
}

static void logistic(const likelihood_example *e, float *logit) {
    for (uint32_t c = 0; c < e->n_items; c++) {
        float odds = 1 / (1 + smath_exp_f32(-logit[c]));
        logit[c] =
            e->fit * (e->target[c] > 0 ? e->target[c] * (odds - 1) : e->zeros * e->stands_for[c] * odds);
    }
}

/* From d loss / d l to the items, the biases, the scale and the person. */
static void backward(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    uint32_t n = e->n_items, stride = f->stride;
    double scale_gradient = 0;
    memset(w->adjoint, 0, stride * sizeof *w->adjoint);
    for (uint32_t c = 0; c < n; c++) {
        if (w->logit[c] == 0) continue;
        float g = e->scale * w->logit[c];
        scale_gradient += (double)(g * w->score[c]);
        e->bias_gradient[c] += w->logit[c];
        kernel_add_scaled(w->adjoint, g, e->items + (size_t)c * stride, stride);
        kernel_add_scaled(e->items_gradient + (size_t)c * stride, g, f->vector, stride);
    }
    *e->scale_gradient += (float)scale_gradient;
}

/* From the person through M^-1 to the history. */
static void history_gradient(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    uint32_t stride = f->stride, dim = f->dim;
    train_solve(f->system, w->adjoint, dim, stride);
    for (uint32_t i = 0; i < f->n_rows; i++) {
        const float *v = f->rows + (size_t)i * stride;
        float *g = e->history_gradient + (size_t)i * stride;
        float near = kernel_dot(f->vector, v, dim), far = kernel_dot(w->adjoint, v, dim);
        kernel_add_scaled(g, f->weights[i] * (1 - near), w->adjoint, stride);
        kernel_add_scaled(g, -f->weights[i] * far, f->vector, stride);
    }
}

void likelihood_gradient(const likelihood_example *e) {
    static void (*const derive[])(const likelihood_example *, float *) = {multinomial, gaussian, logistic};
    work w = carve(e);
    forward(e, &w);
    derive[e->kind](e, w.logit);
    backward(e, &w);
    history_gradient(e, &w);
}
