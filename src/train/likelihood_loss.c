/* Owns the arithmetic of likelihood_loss.h. Must keep every loop over a row elementwise. */
#include "train/likelihood_loss.h"

#include "base/kernels.h"
#include "base/smath.h"
#include "train/solve.h"

#include <string.h>

void likelihood_logits(const likelihood_example *e) {
    const train_fold *f = e->fold;
    kernel_dots(e->items, e->n_items, f->stride, f->vector, f->dim, e->score);
    for (uint32_t c = 0; c < e->n_items; c++) e->slope[c] = e->scale * e->score[c] + e->bias[c];
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

/* From d loss / d l to the scale and the person, and through M^-1 to the history. */
static void backward(likelihood_example *e) {
    const train_fold *f = e->fold;
    uint32_t stride = f->stride;
    double scale_slope = 0;
    memset(e->adjoint, 0, stride * sizeof *e->adjoint);
    for (uint32_t c = 0; c < e->n_items; c++) {
        if (e->slope[c] == 0) continue;
        float g = e->scale * e->slope[c];
        scale_slope += (double)(g * e->score[c]);
        kernel_add_scaled(e->adjoint, g, e->items + (size_t)c * stride, stride);
    }
    e->scale_slope = (float)scale_slope;
    train_solve(f->system, e->adjoint, f->dim, stride);
}

void likelihood_slopes(likelihood_example *e) {
    static void (*const derive[])(const likelihood_example *, float *) = {multinomial, gaussian, logistic};
    likelihood_logits(e);
    derive[e->kind](e, e->slope);
    backward(e);
}

void likelihood_add_event(float *gradient, const float *u, const float *t, const float *v, float weight,
                          uint32_t dim, float *scratch) {
    uint32_t stride = kernel_stride(dim);
    float near = kernel_dot(u, v, dim), far = kernel_dot(t, v, dim);
    memset(scratch, 0, stride * sizeof *scratch);
    kernel_add_scaled(scratch, weight * (1 - near), t, stride);
    kernel_add_scaled(scratch, -weight * far, u, stride);
    kernel_add_scaled(gradient, 1, scratch, stride);
}
