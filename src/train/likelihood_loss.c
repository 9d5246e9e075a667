/* Owns the arithmetic of likelihood_loss.h. Must keep every loop over a row elementwise. */
#include "train/likelihood_loss.h"

#include "base/kernels.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

/* The workspace, carved. */
typedef struct work {
    float *slope;   /* (P, C) s_ck, then d y_c / d s_ck */
    float *score;   /* (C) y */
    float *logit;   /* (C) l, then d loss / d l */
    float *adjoint; /* (P, stride) g_k, then t_k */
} work;

size_t likelihood_work(uint32_t n_items, uint32_t n_personas, uint32_t stride) {
    return ((size_t)n_personas + 2) * n_items + (size_t)n_personas * stride;
}

static work carve(const likelihood_example *e) {
    size_t c = e->n_items, p = e->fold->n_personas;
    work w;
    w.adjoint = e->work;
    w.slope = w.adjoint + p * e->fold->stride;
    w.score = w.slope + p * c;
    w.logit = w.score + c;
    return w;
}

/* Evidence into scores; where several personas compete, into slopes too. */
static void attend(const train_fold *f, uint32_t n_items, float *slope, float *score) {
    float evidence[AMPCF_MAX_PERSONAS], attention[AMPCF_MAX_PERSONAS], slopes[AMPCF_MAX_PERSONAS];
    attention_view view = train_fold_attention(f);
    for (uint32_t c = 0; c < n_items; c++) {
        for (uint32_t k = 0; k < view.n; k++) evidence[k] = slope[(size_t)k * n_items + c];
        attention_over(&view, evidence, attention);
        attention_slopes(&view, evidence, attention, slopes);
        for (uint32_t k = 0; k < view.n; k++) slope[(size_t)k * n_items + c] = slopes[k];
        score[c] = attention_score(&view, evidence, attention);
    }
}

static void forward(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    uint32_t n = e->n_items;
    for (uint32_t k = 0; k < f->n_personas; k++)
        kernel_dots(e->items, n, f->stride, f->personas + (size_t)k * f->stride, f->dim,
                    w->slope + (size_t)k * n);
    if (f->n_personas > 1) attend(f, n, w->slope, w->score);
    else memcpy(w->score, w->slope, n * sizeof *w->score);
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

/* From d loss / d l to the items, the biases, the scale and the personas. */
static void backward(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    uint32_t n = e->n_items, stride = f->stride;
    double scale_gradient = 0;
    memset(w->adjoint, 0, (size_t)f->n_personas * stride * sizeof *w->adjoint);
    for (uint32_t c = 0; c < n; c++) {
        if (w->logit[c] == 0) continue;
        float g = e->scale * w->logit[c];
        scale_gradient += (double)(g * w->score[c]);
        e->bias_gradient[c] += w->logit[c];
        for (uint32_t k = 0; k < f->n_personas; k++) {
            float q = f->n_personas > 1 ? g * w->slope[(size_t)k * n + c] : g;
            kernel_add_scaled(w->adjoint + (size_t)k * stride, q, e->items + (size_t)c * stride, stride);
            kernel_add_scaled(e->items_gradient + (size_t)c * stride, q, f->personas + (size_t)k * stride,
                              stride);
        }
    }
    *e->scale_gradient += (float)scale_gradient;
}

/* From the personas through M^-1 to the history. */
static void history_gradient(const likelihood_example *e, const work *w) {
    const train_fold *f = e->fold;
    float near[AMPCF_MAX_PERSONAS], far[AMPCF_MAX_PERSONAS];
    uint32_t p = f->n_personas, stride = f->stride, dim = f->dim;
    for (uint32_t k = 0; k < p; k++) train_solve(f->system, w->adjoint + (size_t)k * stride, dim, stride);
    for (uint32_t i = 0; i < f->n_rows; i++) {
        const float *v = f->rows + (size_t)i * stride, *r = f->responsibilities + (size_t)i * p;
        float *g = e->history_gradient + (size_t)i * stride;
        kernel_dots(f->personas, p, stride, v, dim, near);
        kernel_dots(w->adjoint, p, stride, v, dim, far);
        for (uint32_t k = 0; k < p; k++) {
            kernel_add_scaled(g, f->weights[i] * (r[k] - near[k]), w->adjoint + (size_t)k * stride, stride);
            kernel_add_scaled(g, -f->weights[i] * far[k], f->personas + (size_t)k * stride, stride);
        }
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
