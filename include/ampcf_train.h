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
    AMPCF_OBJECTIVE_MULTINOMIAL = 2, /* likelihood of left-out events as the device scores them: softmax over all items */
    AMPCF_OBJECTIVE_GAUSSIAN = 3,    /* the same with squared errors */
    AMPCF_OBJECTIVE_LOGISTIC = 4,    /* the same with binary cross-entropies */
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
    uint32_t sweeps;           /* als: alternations of a user pass and an item pass; others: epochs; 1 to 1000 */
    uint32_t joint;            /* als, warm-up: last sweeps in which items see persons through their personas; 0 = the whole person throughout */
    uint32_t batch;            /* softmax: examples a step of Adam, likelihoods: users; 1 to 65536 */
    uint32_t negatives;        /* softmax: sampled items an example, 1 to 64 */
    uint32_t attention;        /* softmax: ampcf_attention */
    uint32_t seed;             /* same input and seed: same bytes */
    uint32_t warmup;           /* likelihoods: sweeps of als before the first epoch, 1 to 1000 */
    uint32_t samples;          /* likelihoods: items drawn a user, 0 = all of them */
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
    float learning_rate;       /* softmax, likelihoods: of Adam, > 0 to 1 */
    float balance;             /* softmax: weight of the cross-entropy against the entropies, 0 to 1; P = 1 has no entropies */
    float entropy_positive;    /* softmax: weight of the attention's entropy on the positive, 0 to 1024 */
    float entropy_negative;    /* softmax: the same on the negatives, where entropy is wanted */
    float attention_beta;      /* softmax: inverse temperature of the attention while training, 0 to 1024 */
    float dropout;             /* likelihoods: share of a history that is left out and predicted, 0 to 0.99; 0 = predict it all from itself */
    float decay;               /* likelihoods: L2 towards the vectors of the warm-up, >= 0 */
    float zeros;               /* gaussian, logistic: weight of the items that a user does not have, 0 to 1024 */
} ampcf_train_config;

/** A training run. */
typedef struct ampcf_trainer ampcf_trainer;

/** Work done and to do: row solves (als), examples (softmax), row solves and then users (likelihoods, whose sweeps count the warm-up). */
typedef struct ampcf_train_progress {
    uint64_t done, total;
    uint32_t sweep, sweeps;
} ampcf_train_progress;

/** Bytes a run needs besides its input; 0 when the config or the number of interactions is out of range. Since 0.1. */
size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions);

/**
 * Begin training. `als`:
 *
 *     minimise  sum_(u,i) w_ui (1 - y_ui)^2 + alpha sum_(u,j) y_uj^2 + sum_u lambda_u |u|^2 + sum_j lambda_j |v_j|^2
 *
 * with y of ampcf_score: items see each person through the attention over that person's personas, and personas are folded
 * in from the items of the last pass. P = 1 or rho = 0 is weighted implicit ALS.     Hu et al. 2008; Rendle et al. 2021
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
 * `multinomial`, `gaussian` and `logistic` (the likelihoods) train the item vectors for what the device does with them. They
 * start with `warmup` sweeps of als: from random vectors a fold-in would say nothing. Then in each epoch every user is taken
 * once. A share `dropout` of the events is left out; the others are folded in by the closed form of ampcf_profile_fold_in:
 *
 *     M = alpha G + sum_i w_i v_i v_i^T + lambda (sum_i w_i + alpha N)^nu I,   u_k = M^-1 sum_i r_ik w_i v_i,   l_j = s y_j + c_j
 *
 * with y of ampcf_score; what was left out, t_j = w_uj, is to be likely among all items that were not folded in:
 *
 *     multinomial  minimise  mean_u T_u^-1/2 sum_j -t_j log softmax(l)_j
 *     gaussian               mean_u T_u^-1/2 (sum_j t_j (1 - l_j)^2 + zeros sum_(t_j = 0) l_j^2)
 *     logistic               mean_u T_u^-1/2 (sum_j t_j log(1 + exp -l_j) + zeros sum_(t_j = 0) log(1 + exp l_j))
 *
 * plus decay / 2 sum_j |v_j - warm-up's v_j|^2, T_u = sum_j t_j, by Adam, with the derivative through M^-1 in closed form. The
 * Gram G is renewed for each batch; within it G, responsibilities, gains and the share prior are constants. With dropout 0 the
 * whole history is folded in and is its own target. `samples` > 0 puts targets and that many items, drawn by
 * (1 + popularity)^(3/4), each for 1 / (samples Q_j) items, in the place of all items: for multinomial l_j - log(samples Q_j); decay
 * then pulls at the items of the batch. The scale s and the biases c take up what a probability needs and a score does not, its
 * level and what is popular beyond taste; they are not written, and b_j has the meaning that it has for als.
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
 * row that moves)), with cosine + O(rows (S + P) D^2); likelihoods: a user of H events O(H D^2 + D^3 + (P N or P samples) D), a batch O(N D^2). Returns AMPCF_OK. Since 0.1.
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
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE, AMPCF_E_ARGUMENT (no such user, or not softmax: no user's vectors are kept). Since 0.1.
 */
ampcf_status ampcf_trainer_score(ampcf_trainer *trainer, uint32_t user, const uint32_t *items, uint32_t n, float *out_scores);

/**
 * Result of the last completed pass, a sweep or an epoch: valid from the moment when progress.sweep rises, so that a run can be
 * measured, kept or ended at any pass; undefined before the first. Item vectors (N, D), biases (N), packed Gram (D (D + 1) / 2),
 * settings (16). Since 0.1.
 */
const float *ampcf_trainer_vectors(const ampcf_trainer *trainer);
const float *ampcf_trainer_bias(const ampcf_trainer *trainer);
const float *ampcf_trainer_gram(const ampcf_trainer *trainer);
const float *ampcf_trainer_settings(const ampcf_trainer *trainer);

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
    uint8_t lineage[16];
} ampcf_model_parts;

/** Exact size of the file; 0 when the parts are out of range. Since 0.1. */
size_t ampcf_model_file_bytes(const ampcf_model_parts *parts);

/**
 * Write a model file and open it again: what the loader would refuse is refused here, with the same status and fault.
 *
 * out     (ampcf_model_file_bytes) 16-byte aligned
 * memory  (ampcf_model_memory) 16-byte aligned, for the self-check
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY or a status of ampcf_model_open. Same parts, same bytes. Since 0.1.
 */
ampcf_status ampcf_model_write(const ampcf_model_parts *parts, void *out, size_t out_bytes, void *memory,
                               size_t memory_bytes, ampcf_fault *out_fault);

#ifdef __cplusplus
}
#endif
#endif
