/* Owns the layout of a profile in caller memory. Must only be filled by profile.c. */
#ifndef AMPCF_CORE_PROFILE_H
#define AMPCF_CORE_PROFILE_H

#include "base/arena.h"
#include "core/attention.h"
#include "core/gate.h"
#include "core/model.h"
#include "core/personas.h"

/* A vector x rounded to integers, and how far its rounded dot product with an item is from x . v_j.
 *
 *     |x . v_j - scale_j step (row . round_j)| <= scale_j per_scale + length_j per_length */
typedef struct scan_form {
    float step, per_scale, per_length;
} scan_form;

/* Rows are what the person is folded in from: summaries first, then events in the order in which they were
 * added. */
struct ampcf_profile {
    const ampcf_model *model;
    uint32_t n_rows, n_summaries, event_cap, summary_cap, n_personas, max_personas, stride;
    uint32_t n_folded;       /* rows that the last finish knew */
    double mass;             /* sum_i w_i q_i t_i^2, whatever was wanted */
    uint32_t *items;         /* (rows) AMPCF_NO_ITEM for a summary */
    float *liking;           /* (rows) w_i g_i; of a summary its weight */
    float *system_weights;   /* (rows) w_i q_i */
    float *preferences;      /* (rows) t_i g_i */
    float *summary_vectors;  /* (summaries, D) */
    float *summary_support;  /* (summaries) */
    float *counts;           /* (rows) events that a row stands for */
    float *responsibilities; /* (rows, P) */
    float *shares;           /* (P) */
    /* Kind 2: the tree below the personas, and its gate; 0 where one vector was asked for or is all. */
    personas_tree tree;
    float gate;
    /* Kind 1: what attention.h makes of it. */
    float *gain, *prior; /* (P) */
    float *support;      /* (P) */
    attention_settings attention;
    float *vectors;  /* (P or L, stride) u, zero-padded from D to stride; behind the tree's directions */
    double *system;  /* packed (D) alpha G + sum_i w_i q_i v_i v_i^T, rows added in order */
    double *factor;  /* packed (D) Cholesky factor of M */
    double *work;    /* (D) */
    float *wide;     /* (D) the vector of an item whose file has it narrow */
    uint32_t *slots; /* (N) item -> 1 + its row of near, 0 = none; NULL where B adds nothing */
    float *near;     /* (items with a slot, P) sum_i r_ik w_i g_i B_ij */
    uint32_t *near_items, n_near; /* (items with a slot) */
    /* What scans prune by, scan.h. */
    scan_form whole, *forms;       /* of U; (2 L) of the directions of the leaves, then of their u_l */
    float look_step, look_adds[2]; /* of Q U, by look: see heads.h */
    int16_t *whole_row, *look_row; /* (D), (2, LOOK_DIM) */
    int8_t *form_rows;             /* (2 L, D) */
    int prunes;
    ampcf_scan_counts *scanned;
};

static inline int profile_attends(const ampcf_profile *p) { return model_attends(p->model); }

static inline attention_view profile_attention(const ampcf_profile *p) {
    return (attention_view){&p->attention, p->gain, p->prior, p->n_personas};
}

static inline gate_view profile_gate(const ampcf_profile *p) {
    return (gate_view){p->gate, p->tree.n_leaves, p->tree.persona_of};
}

/* w_i q_i t_i g_i */
static inline float profile_pull(const ampcf_profile *p, uint32_t row) {
    return p->system_weights[row] * p->preferences[row];
}

/* v_j, (D), until the next is asked for. */
static inline const float *profile_item(const ampcf_profile *p, uint32_t item) {
    return model_vector(p->model, item, p->wide);
}

/* v_i of a row, (D), until the next is asked for. */
static inline const float *profile_vector(const ampcf_profile *p, uint32_t row) {
    return row < p->n_summaries ? p->summary_vectors + (size_t)row * p->model->dim
                                : profile_item(p, p->items[row]);
}

/* What B adds to the evidence for an item, (P); NULL = nothing. */
static inline const float *profile_near(const ampcf_profile *p, uint32_t item) {
    return p->slots && p->slots[item] ? p->near + (size_t)(p->slots[item] - 1) * p->n_personas : NULL;
}

/* Solutions of M x = v keep the bound of item vectors, so that no score and no explanation can overflow or
 * be NaN. Only the indefinite Gram matrix of a hostile file reaches it: with alpha and lambda >= 1e-6,
 * |M^-1 v_j| <= 1 / (2 sqrt(alpha lambda)). */
static inline double profile_clamped(double x) {
    double bound = (double)FORMAT_MAX_VALUE;
    return x > bound ? bound : x < -bound ? -bound : x == x ? x : 0;
}

#endif
