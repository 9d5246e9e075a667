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

/** How the item vectors are learnt. Every objective writes the same file. */
typedef enum ampcf_objective {
    AMPCF_OBJECTIVE_ALS = 0,     /* weighted implicit least squares over all pairs */
    AMPCF_OBJECTIVE_SOFTMAX = 1, /* one positive against sampled negatives, free personas: the published AMP-CF */
} ampcf_objective;

/** What the attention of the `softmax` objective looks at while it trains; on the device it is the dot product. */
typedef enum ampcf_attention {
    AMPCF_ATTENTION_DOT = 0,    /* u_k . v_j: the authors' code */
    AMPCF_ATTENTION_COSINE = 1, /* cos(A_u u_k, A_v v_j), both maps trained: the paper */
} ampcf_attention;

/** Settings of a run. The ones from alpha to bias are written into the model file and used on the device. */
typedef struct ampcf_train_config {
    uint32_t n_users, n_items; /* U, N >= 1 */
    uint32_t objective;        /* ampcf_objective */
    uint32_t dim;              /* D, 1 to AMPCF_MAX_DIM */
    uint32_t n_personas;       /* P, 1 to AMPCF_MAX_PERSONAS; 1 = one vector per person: plain ALS, or MF with item biases */
    uint32_t sweeps;           /* als: alternations of a user pass and an item pass; softmax: epochs; 1 to 1000 */
    uint32_t joint;            /* als: last sweeps in which items see persons through their personas; 0 = the whole person throughout */
    uint32_t batch;            /* softmax: examples a step of Adam, 1 to 65536 */
    uint32_t negatives;        /* softmax: sampled items an example, 1 to 64 */
    uint32_t attention;        /* softmax: ampcf_attention */
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
    float learning_rate;       /* softmax: of Adam, > 0 to 1 */
    float balance;             /* softmax: weight of the cross-entropy against the entropies, 0 to 1; P = 1 has no entropies */
    float entropy_positive;    /* softmax: weight of the attention's entropy on the positive, 0 to 1024 */
    float entropy_negative;    /* softmax: the same on the negatives, where entropy is wanted */
    float attention_beta;      /* softmax: inverse temperature of the attention while training, 0 to 1024 */
    float user_damping;        /* als: a person with n items counts n^-this in the item pass, with mean 1; 0 to 2 */
    float item_damping;        /* als: an item of n people counts n^-this in the user pass and on the device, with mean 1; 0 to 2 */
    float popularity_damping;  /* als: scores of an item are multiplied by (n / mean n)^-this; 0 to 2 */
} ampcf_train_config;

/** A training run. */
typedef struct ampcf_trainer ampcf_trainer;

/** Work done and to do: row solves (als), examples (softmax). */
typedef struct ampcf_train_progress {
    uint64_t done, total;
    uint32_t sweep, sweeps;
} ampcf_train_progress;

/** Bytes a run needs besides its input; 0 when the config or the number of interactions is out of range. Since 0.1. */
size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions);

/**
 * Begin training. `als`:
 *
 *     minimise  sum_(u,i) p_u q_i w_ui (1 - y_ui)^2 + alpha sum_(u,j) p_u q_j y_uj^2 + sum_u lambda_u |u|^2 + sum_j lambda_j |v_j|^2
 *
 * with y of ampcf_score: items see each person through the attention over that person's personas, and personas are folded
 * in from the items of the last pass. P = 1 or rho = 0 is weighted implicit ALS.     Hu et al. 2008; Rendle et al. 2021
 * p_u and q_i are the dampings of the config: a person with a thousand items says less with each of them, and a popular item
 * says less of a taste. In the end vectors are multiplied by t_j, the popularity damping, which scores inherit.
 *
 * `softmax`, for each batch of B users, with one positive (s = 0) and S negatives each:               arXiv:2010.07042
 *
 *     minimise  balance mean_b -log softmax_s(y_bs)_0
 *               + (1 - balance) sum_b (entropy_positive H(a_b0) - entropy_negative mean_(s > 0) H(a_bs))
 *     r_bsk = u_bk . v_s,   a_bs = softmax_k( attention_beta sim_bsk ),   y_bs = sum_k a_bsk r_bsk
 *
 * by Adam (.9, .999) with free persona vectors u (U, P, D). The cross-entropy is a mean over the batch and the entropies are
 * sums, as in the authors' code: at B = 256 a weight of .005 stands for 1.28. Positives and negatives are uniform over what
 * the user has and has not; the authors' last, incomplete batch is dropped too. Trained personas are not written: a model
 * file has no user rows, so on the device people are folded in as for als, and attention looks at the dot product.
 *
 * offsets  (U + 1) start of each user's interactions, non-decreasing, first 0, last X
 * items    (X) item indices < N, strictly increasing within a user
 * weights  (X) 0 < w <= AMPCF_MAX_WEIGHT; NULL = all 1; softmax takes none: must be NULL
 * memory   (>= ampcf_trainer_memory) 16-byte aligned; the input arrays must stay until the run ends
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_ITEM_RANGE, AMPCF_E_NO_DATA, AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_trainer_open(const ampcf_train_config *config, const uint32_t *offsets, const uint32_t *items,
                                const float *weights, void *memory, size_t memory_bytes, ampcf_trainer **out_trainer);

/**
 * Work on at most max_rows more rows, then return: the caller shows progress, or stops by not calling again. The result
 * does not depend on how the work is cut. als: O(rows D^3 + interactions D^2); softmax: O(rows (S P D + Adam's step for each
 * row that moves)), with cosine + O(rows (S + P) D^2). Returns AMPCF_OK. Since 0.1.
 */
ampcf_status ampcf_trainer_step(ampcf_trainer *trainer, uint32_t max_rows, ampcf_train_progress *out_progress);

/**
 * Score candidates for a user of the training by the vectors trained for that user, at any moment of the run: to watch it on
 * held-out data. No result depends on it.
 *
 * user        < U
 * items       (n) item indices < N
 * out_scores  (n) written only on AMPCF_OK
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE, AMPCF_E_ARGUMENT (no such user, or als: it keeps no user's vectors). Since 0.1.
 */
ampcf_status ampcf_trainer_score(ampcf_trainer *trainer, uint32_t user, const uint32_t *items, uint32_t n, float *out_scores);

/**
 * Result of the last complete sweep, valid once sweep >= 1: item vectors (N, D), biases (N), packed Gram (D (D + 1) / 2),
 * settings (16), and, where dampings are set, item weights g_j = q_j / t_j^2 (N) and targets t_j (N), else NULL. The Gram is
 * sum_j g_j v_j v_j^T. Each sweep is total / sweeps of the work, and s of them give what a run of s sweeps gives (als: of as
 * many joint ones).
 */
const float *ampcf_trainer_vectors(const ampcf_trainer *trainer);
const float *ampcf_trainer_bias(const ampcf_trainer *trainer);
const float *ampcf_trainer_gram(const ampcf_trainer *trainer);
const float *ampcf_trainer_settings(const ampcf_trainer *trainer);
const float *ampcf_trainer_item_weights(const ampcf_trainer *trainer);
const float *ampcf_trainer_item_targets(const ampcf_trainer *trainer);

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
    const float *item_targets;         /* (N) t_i, or NULL = all 1: what fold-in fits u . v_i to */
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
