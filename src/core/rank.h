/* Owns what one item gets of a person, shared by ranking and explaining so that they cannot disagree. */
#ifndef AMPCF_CORE_RANK_H
#define AMPCF_CORE_RANK_H

#include "core/profile.h"

/* What a score is made of. */
typedef struct item_score {
    float score;                         /* y_j */
    float part[AMPCF_MAX_PERSONAS];      /* (P) the gate: what each persona has of it */
    float gate[AMPCF_MAX_LEAVES];        /* (L) G_jl */
    float attention[AMPCF_MAX_PERSONAS]; /* (P) version 0.1 alone */
} item_score;

void rank_score_item(const ampcf_profile *p, uint32_t item, item_score *out);

/* The persona that explains the item, the first of equals; 0 without personas. */
uint32_t rank_winner(const ampcf_profile *p, const item_score *of);

/* out_attention (P) = a_jk, sum 1. */
void rank_attention(const ampcf_profile *p, const item_score *of, float *out_attention);

#endif
