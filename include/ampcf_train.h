/* ampcf: training. Owns the public C API that turns interactions into a model file. Must not know about text formats, files
 * or WebAssembly. Shape letters as in ampcf.h; U users, X interactions. Memory is the caller's, as everywhere.
 */
#ifndef AMPCF_TRAIN_H
#define AMPCF_TRAIN_H

#include "ampcf.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMPCF_MAX_USERS (1u << 26)

/** Settings of the `als` objective. The ones from alpha on are written into the model file and used on the device. */
typedef struct ampcf_train_config {
    uint32_t n_users, n_items; /* U, N >= 1 */
    uint32_t dim;              /* D, 1 to AMPCF_MAX_DIM */
    uint32_t n_personas;       /* P, 1 to AMPCF_MAX_PERSONAS; 1 = one vector per person, plain ALS */
    uint32_t sweeps;           /* alternations of a user pass and an item pass, 1 to 1000 */
    uint32_t joint;            /* last sweeps in which items see persons through their personas; 0 = the whole person throughout */
    uint32_t seed;             /* same input and seed: same bytes */
    float alpha;               /* weight of the pairs that were not observed, > 0 */
    float lambda;              /* L2, > 0 */
    float nu;                  /* frequency scaling of L2, 0 to 1 */
    float beta;                /* attention: inverse temperature */
    float eta;                 /* attention: exponent of the share prior */
    float tau;                 /* attention: how much a persona is forgiven its lack of support, 0 to 1 */
    float rho;                 /* 0 = whole person, 1 = attention only */
    float sharpness;           /* responsibilities: inverse temperature */
    float split;               /* gain a new persona must bring */
    float bias;                /* b_j = bias x share of people who have item j: popularity for those without history */
} ampcf_train_config;

/** A training run. */
typedef struct ampcf_trainer ampcf_trainer;

/** Row solves done and to do. */
typedef struct ampcf_train_progress {
    uint64_t done, total;
    uint32_t sweep, sweeps;
} ampcf_train_progress;

/** Bytes a run needs besides its input; 0 when the config or the number of interactions is out of range. Since 0.1. */
size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions);

/**
 * Begin training.
 *
 *     minimise  sum_(u,i) w_ui (1 - y_ui)^2 + alpha sum_(u,j) y_uj^2 + sum_u lambda_u |u|^2 + sum_j lambda_j |v_j|^2
 *
 * with y of ampcf_score: items see each person through the attention over that person's personas, and personas are folded
 * in from the items of the last pass. P = 1 or rho = 0 is weighted implicit ALS.     Hu et al. 2008; Rendle et al. 2021
 *
 * offsets  (U + 1) start of each user's interactions, non-decreasing, first 0, last X
 * items    (X) item indices < N, strictly increasing within a user
 * weights  (X) 0 < w <= AMPCF_MAX_WEIGHT; NULL = all 1
 * memory   (>= ampcf_trainer_memory) 16-byte aligned; the input arrays must stay until the run ends
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_ITEM_RANGE, AMPCF_E_NO_DATA, AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_trainer_open(const ampcf_train_config *config, const uint32_t *offsets, const uint32_t *items,
                                const float *weights, void *memory, size_t memory_bytes, ampcf_trainer **out_trainer);

/**
 * Work on at most max_rows more rows, then return: the caller shows progress, or stops by not calling again. The result
 * does not depend on how the work is cut. O(rows D^3 + interactions D^2). Returns AMPCF_OK. Since 0.1.
 */
ampcf_status ampcf_trainer_step(ampcf_trainer *trainer, uint32_t max_rows, ampcf_train_progress *out_progress);

/** Result, valid once done == total: item vectors (N, D), biases (N), packed Gram (D (D + 1) / 2), settings (16). */
const float *ampcf_trainer_vectors(const ampcf_trainer *trainer);
const float *ampcf_trainer_bias(const ampcf_trainer *trainer);
const float *ampcf_trainer_gram(const ampcf_trainer *trainer);
const float *ampcf_trainer_settings(const ampcf_trainer *trainer);

/* ---- Neighbours: the item-item matrix B --------------------------------------------------------------------- */

typedef enum ampcf_ease_method {
    AMPCF_EASE = 0,        /* ridge regression of each item on all others, in closed form */
    AMPCF_COOCCURRENCE = 1 /* how often two items are used by one person, damped: for catalogues too large to invert */
} ampcf_ease_method;

/** d_j = people who used item j, deg_u = items that person u used. */
typedef struct ampcf_ease_config {
    uint32_t n_users, n_items;  /* U, N >= 1 */
    uint32_t method;            /* ampcf_ease_method */
    uint32_t neighbours;        /* m, sources kept for each candidate, 0 to N; 0 = none, for ampcf_ease_score only. N m <= 2^28 */
    float lambda;               /* EASE: L2 of an item of mean popularity, 0.001 to 1e9 */
    float lambda_growth;        /* EASE: exponent t of (d_j / mean d) in the L2, 0 to 4 */
    float user_damping;         /* exponent a: a person counts deg_u^-a, with mean 1; 0 to 4 */
    float source_damping;       /* co-occurrence: exponent of d_i, 0 to 4 */
    float popularity_damping;   /* EASE: column j is multiplied by (d_j / mean d)^-c; co-occurrence: by d_j^-c; -4 to 4 */
    float strength;             /* every entry is multiplied by this, -1024 to 1024 */
} ampcf_ease_config;

/** A computation of B. */
typedef struct ampcf_ease ampcf_ease;

/** Steps done and to do. */
typedef struct ampcf_ease_progress {
    uint64_t done, total;
} ampcf_ease_progress;

/**
 * Bytes a computation needs besides its input: 4 min(N, U)^2 for EASE, 13 N m for what is kept, and less. 0 when the config is
 * out of range or the bytes are more than 4 GiB. Since 0.1.
 */
size_t ampcf_ease_memory(const ampcf_ease_config *config, uint32_t n_interactions);

/**
 * Begin to compute B.                                                Steck 2019 (arXiv:1905.03375), weighted and damped
 *
 *     EASE:           P = (sum_u p_u x_u x_u^T + diag D)^-1,  D_j = lambda (d_j / mean d)^t,  B_ij = -P_ij / P_jj (d_j / mean d)^-c
 *     co-occurrence:  B_ij = sum_u p_u x_ui x_uj / (d_i^a' d_j^c)
 *
 * both times the strength, B_jj = 0. With U < N the U x U system is inverted instead (Woodbury), and only columns are made.
 * Candidate j keeps the m sources with the largest |B_ij| d_i^0.35, roughly what cutting them costs; up to 512 of them are then
 * fitted again by themselves, with the same ridge: the columns of EASE over these sources alone.
 *
 * offsets  (U + 1), items (X), weights (X) as in ampcf_trainer_open; x_ui = the weight; must stay until the end
 * memory   (>= ampcf_ease_memory) 16-byte aligned
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_ITEM_RANGE, AMPCF_E_NO_DATA, AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_ease_open(const ampcf_ease_config *config, const uint32_t *offsets, const uint32_t *items, const float *weights,
                             void *memory, size_t memory_bytes, ampcf_ease **out_ease);

/** At most max_steps more steps, each some milliseconds; as ampcf_trainer_step. O(min(N, U)^3) in all. Since 0.1. */
ampcf_status ampcf_ease_step(ampcf_ease *ease, uint32_t max_steps, ampcf_ease_progress *out_progress);

/**
 * Scores of a history with all of B, before any cut: sum_i B_ij. A baseline; valid once done == total.
 *
 * items  (n) distinct item indices < N;  out_scores (N)
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (not EASE), AMPCF_E_ITEM_RANGE. Writes a workspace inside. O(n N), dual O(X + n d U). Since 0.1.
 */
ampcf_status ampcf_ease_score(ampcf_ease *ease, const uint32_t *items, uint32_t n, float *out_scores);

/**
 * What each column of B kept as rows by source, in the form of ampcf_model_parts, valid once done == total:
 * offsets (N + 1), candidates and values (offsets[N]), scales (N). What rounds to 0 is left out. Since 0.1.
 */
const uint32_t *ampcf_ease_offsets(const ampcf_ease *ease);
const uint32_t *ampcf_ease_items(const ampcf_ease *ease);
const int8_t *ampcf_ease_values(const ampcf_ease *ease);
const float *ampcf_ease_scales(const ampcf_ease *ease);

/* ---- The file ------------------------------------------------------------------------------------------------ */

/** How item vectors are stored. Gram and scores are those of the stored values. */
typedef enum ampcf_vector_type {
    AMPCF_VECTORS_F32 = 0,
    AMPCF_VECTORS_F16 = 1, /* IEEE half, nearest */
    AMPCF_VECTORS_INT8 = 2 /* -127 to 127 and one scale a row, nearest */
} ampcf_vector_type;

/** What a model file is written from. Text is n + 1 offsets and a blob; absent parts are NULL / 0. */
typedef struct ampcf_model_parts {
    uint32_t n_items, dim, n_personas, n_aspects;
    const float *vectors, *bias, *gram, *settings; /* as from the trainer */
    const uint32_t *id_offsets;                    /* (N + 1) */
    const char *id_bytes;
    const uint32_t *title_offsets; /* (N + 1) or NULL */
    const char *title_bytes;
    const uint32_t *aspect_offsets; /* (A + 1) or NULL */
    const char *aspect_bytes;
    const uint32_t *item_aspect_offsets; /* (N + 1) or NULL */
    const uint16_t *item_aspects;
    const char *metadata;
    uint32_t metadata_bytes;
    uint32_t vector_type;              /* ampcf_vector_type; unless F32, the Gram is made from the stored values, not taken */
    const float *item_weights;         /* (N) q_i, or NULL = all 1; gram is then sum_j q_j v_j v_j^T */
    const uint32_t *neighbour_offsets; /* (N + 1) rows of B by history item, or NULL with the next three */
    const uint32_t *neighbour_items;   /* candidates, strictly increasing in a row, never the row's own item */
    const int8_t *neighbour_values;    /* -127 to 127 */
    const float *neighbour_scales;     /* (N) B_ij = value * scale_i */
    uint8_t lineage[16];
} ampcf_model_parts;

/** Exact size of the file; 0 when the parts are out of range. Since 0.1. */
size_t ampcf_model_file_bytes(const ampcf_model_parts *parts);

/** Bytes that ampcf_model_write needs for its self-check; 0 when the parts are out of range. Since 0.1. */
size_t ampcf_model_write_memory(const ampcf_model_parts *parts);

/**
 * Write a model file and open it again: what the loader would refuse is refused here, with the same status and fault.
 *
 * out     (ampcf_model_file_bytes) 16-byte aligned
 * memory  (ampcf_model_write_memory) 16-byte aligned, for the self-check
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY or a status of ampcf_model_open. Same parts, same bytes. Since 0.1.
 */
ampcf_status ampcf_model_write(const ampcf_model_parts *parts, void *out, size_t out_bytes, void *memory,
                               size_t memory_bytes, ampcf_fault *out_fault);

#ifdef __cplusplus
}
#endif
#endif
