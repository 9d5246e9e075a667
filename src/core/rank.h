/* Owns the one formula of a score, shared by ranking and explaining so that they cannot disagree. */
#ifndef AMPCF_CORE_RANK_H
#define AMPCF_CORE_RANK_H

#include "core/profile.h"

/* y_j of one item; attention (P) and evidence (P) are left filled. */
float rank_score_item(const ampcf_profile *p, uint32_t item, float *evidence, float *attention);

#endif
