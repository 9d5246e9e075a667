/* Owns forgetting: what is left of events when they are condensed into the personas that own them. Must not
 * change the profile. */
#include "base/kernels.h"
#include "core/profile.h"
#include "core/summary.h"

#include <string.h>

/* One summary of ampcf_profile_remember from the first n_rows rows, for persona k. Returns whether it is
 * worth keeping: what was mostly disliked has no mean to remember. */
static int condense_persona(const ampcf_profile *p, uint32_t n_rows, uint32_t k, float *out) {
    float *vector = out + AMPCF_SUMMARY_HEAD, pull = 0;
    memset(out, 0, (AMPCF_SUMMARY_HEAD + p->model->dim) * sizeof *out);
    for (uint32_t i = 0; i < n_rows; i++) {
        float r = p->responsibilities[(size_t)i * p->n_personas + k], part = r * profile_pull(p, i);
        out[0] += r * p->liking[i];
        out[1] += r * p->system_weights[i];
        out[3] += p->liking[i] > 0 ? r * p->counts[i] : 0;
        pull += part;
        kernel_add_scaled(vector, part, profile_vector(p, i), p->model->dim);
    }
    if (!(out[0] > 0.01f && out[3] > 0.01f && pull > 0.05f * out[1])) return 0;
    out[2] = pull / out[1];
    out[4] = p->support[k];
    for (uint32_t d = 0; d < p->model->dim; d++) vector[d] /= pull;
    for (uint32_t d = 0; d < AMPCF_SUMMARY_HEAD + p->model->dim; d++) out[d] = summary_bounded(d, out[d]);
    return 1;
}

ampcf_status ampcf_profile_condense(const ampcf_profile *profile, uint32_t n_events, float *out_summaries,
                                    uint32_t *out_n) {
    const ampcf_profile *p = profile;
    if (n_events > p->n_rows - p->n_summaries) return AMPCF_E_ARGUMENT;
    *out_n = 0;
    for (uint32_t k = 0; k < p->n_personas; k++) {
        float *row = out_summaries + (size_t)*out_n * (AMPCF_SUMMARY_HEAD + p->model->dim);
        *out_n += (uint32_t)condense_persona(p, p->n_summaries + n_events, k, row);
    }
    return AMPCF_OK;
}
