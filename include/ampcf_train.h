/* ampcf: training. Owns the public C API that turns interactions into a model file. Must not know about
 * text formats, files or WebAssembly. Shape letters as in ampcf.h; U users, X interactions. Memory is the
 * caller's, as everywhere.
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
    AMPCF_OBJECTIVE_ALS = 0, /* weighted implicit least squares over all pairs */
    /* one positive against sampled negatives, free personas: the published AMP-CF */
    AMPCF_OBJECTIVE_SOFTMAX = 1,
    /* likelihood of left-out events as the device scores them: softmax over all items */
    AMPCF_OBJECTIVE_MULTINOMIAL = 2,
    AMPCF_OBJECTIVE_GAUSSIAN = 3, /* the same with squared errors */
    AMPCF_OBJECTIVE_LOGISTIC = 4, /* the same with binary cross-entropies */
} ampcf_objective;

/** What the attention of the `softmax` objective looks at while it trains; the device has the gate in its
 * place. */
typedef enum ampcf_attention {
    AMPCF_ATTENTION_DOT = 0,    /* u_k . v_j: the authors' code */
    AMPCF_ATTENTION_COSINE = 1, /* cos(A_u u_k, A_v v_j), both maps trained: the paper */
} ampcf_attention;

/** Settings of a run. n_personas, leaves and the ones from alpha to bias are written into the model file and
 * used on the device. */
typedef struct ampcf_train_config {
    uint32_t n_users, n_items; /* U, N >= 1 */
    uint32_t objective;        /* ampcf_objective */
    uint32_t dim;              /* D, 1 to AMPCF_MAX_DIM */
    /* P, 1 to AMPCF_MAX_PERSONAS: most personas of a profile; softmax trains so many, 1 = MF with item
     * biases */
    uint32_t n_personas;
    uint32_t leaves;    /* most leaves of a history that gate, 1 to AMPCF_MAX_LEAVES */
    uint32_t sweeps;    /* als: alternations of a user pass and an item pass; others: epochs; 1 to 1000 */
    uint32_t batch;     /* softmax: examples a step of Adam, likelihoods: users; 1 to 65536 */
    uint32_t negatives; /* softmax: sampled items an example, 1 to 64 */
    uint32_t attention; /* softmax: ampcf_attention */
    uint32_t seed;      /* same input and seed: same bytes */
    uint32_t warmup;    /* likelihoods: sweeps of als before the first epoch, 1 to 1000 */
    uint32_t samples;   /* likelihoods: items drawn a user, 0 = all of them */
    float alpha;        /* weight of the pairs that were not observed, > 0 */
    float lambda;       /* L2, > 0 */
    float nu;           /* frequency scaling of L2, 0 to 1 */
    float split;        /* gain a new persona must bring, 0 to 1024 */
    /* b, 0 to 16: evidence of a leaf for item j is multiplied by exp(b (cos(c_leaf, v_j) - 0.6)); 0 = one
     * vector */
    float gate;
    float proportional; /* lambda of recommended lists, 0 to 1: how much places go by claims */
    float bias; /* b_j = bias x share of people who have item j: popularity for those without history */
    float learning_rate; /* softmax, likelihoods: of Adam, > 0 to 1 */
    /* softmax: weight of the cross-entropy against the entropies, 0 to 1; P = 1 has no entropies */
    float balance;
    float entropy_positive; /* softmax: weight of the attention's entropy on the positive, 0 to 1024 */
    float entropy_negative; /* softmax: the same on the negatives, where entropy is wanted */
    float attention_beta;   /* softmax: inverse temperature of the attention while training, 0 to 1024 */
    /* als, else 0: a person with n items counts n^-this in the item pass, with mean 1; 0 to 2 */
    float user_damping;
    /* als, else 0: an item of n people counts n^-this in fold-in, here and there, with mean 1; 0 to 2 */
    float item_damping;
    /* als, else 0: scores of an item are multiplied by t_j = (n / mean n)^-this; 0 to 2 */
    float popularity_damping;
    /* likelihoods: share of a history that is left out and predicted, 0 to 0.99; 0 = predict it all from
     * itself */
    float dropout;
    float decay; /* likelihoods: L2 towards the vectors of the warm-up, >= 0 */
    float zeros; /* gaussian, logistic: weight of the items that a user does not have, 0 to 1024 */
    /* als, else 0: s, the L2 of an item of n people is 1 + (s / n)^3 times as large; 0 to 65536 */
    float support_lambda;
    /* als, else 0: results are rounded to multiples of this x the root mean square of all numbers in vectors,
     * before t_j; 0.001 to 1, or 0 = they are not */
    float vector_step;
} ampcf_train_config;

/** A training run. */
typedef struct ampcf_trainer ampcf_trainer;

/** Work done and to do: row solves (als), examples (softmax), row solves and then users (likelihoods, whose
 * sweeps count the warm-up). */
typedef struct ampcf_train_progress {
    uint64_t done, total;
    uint32_t sweep, sweeps;
} ampcf_train_progress;

/** Bytes a run needs besides its input; 0 when the config or the number of interactions is out of range.
 * Since 0.1. */
size_t ampcf_trainer_memory(const ampcf_train_config *config, uint32_t n_interactions);

/**
 * Begin training. `als`:
 *
 *     minimise  sum_(u,i) p_u q_i w_ui (1 - y_ui)^2 + alpha sum_(u,j) p_u q_j y_uj^2
 *               + sum_u lambda_u |u|^2 + sum_j lambda_j |v_j|^2
 *     lambda_u = p_u lambda (sum_i w_ui q_i + alpha N)^nu
 *     lambda_j = q_j lambda (1 + (support_lambda / n_j)^3) (sum_u w_uj p_u + alpha U)^nu
 *
 * with y_uj = u . v_j, the score of the whole person: weighted implicit ALS (Hu et al. 2008; Rendle et al.
 * 2021). Training knows no leaves, no gate and no neighbours: they are found when the items are known. p_u
 * and q_i are the dampings of the config: a person with a thousand items says less with each of them, and a
 * popular item says less of a taste. In the end vectors are multiplied by t_j, the popularity damping, which
 * scores inherit. t_j stays within 2^-10 and 2^10, and q_j where q_j / t_j^2 can be stored.
 * n_j are the people who have item j, 1 where nobody has it. An L2 of little support leaves an item's
 * direction, which is that of its people: vector_step takes it away, and most of what is left of such items
 * becomes 0. Training goes on with what was not rounded.
 *
 * `softmax`, for each batch of B users, with one positive (s = 0) and S negatives each (arXiv:2010.07042):
 *
 *     minimise  balance mean_b -log softmax_s(y_bs)_0
 *               + (1 - balance) sum_b (entropy_positive H(a_b0) - entropy_negative mean_(s > 0) H(a_bs))
 *     r_bsk = u_bk . v_s,   a_bs = softmax_k( attention_beta sim_bsk ),   y_bs = sum_k a_bsk r_bsk
 *
 * by Adam (.9, .999) with free persona vectors u (U, P, D). The cross-entropy is a mean over the batch and
 * the entropies are sums, as in the authors' code: at B = 256 a weight of .005 stands for 1.28. Positives
 * and negatives are uniform over what the user has and has not; the authors' last, incomplete batch is
 * dropped too. Trained personas are not written: a model file has no user rows, so on the device people are
 * folded in as for als.
 *
 * `multinomial`, `gaussian` and `logistic` (the likelihoods) train the item vectors for what the device does
 * with them. They start with `warmup` sweeps of als: from random vectors a fold-in would say nothing. Then
 * in each epoch every user is taken once. A share `dropout` of the events is left out; the others are folded
 * in by the closed form of ampcf_profile_fold_in, whole:
 *
 *     M = alpha G + sum_i w_i v_i v_i^T + lambda (sum_i w_i + alpha N)^nu I
 *     u = M^-1 sum_i w_i v_i,   l_j = s u . v_j + c_j
 *
 * What was left out, t_j = w_uj, is to be likely among all items that were not folded in:
 *
 *     minimise     mean_u T_u^-1/2 L_u
 *     multinomial  L_u = sum_j -t_j log softmax(l)_j
 *     gaussian     L_u = sum_j t_j (1 - l_j)^2 + zeros sum_(t_j = 0) l_j^2
 *     logistic     L_u = sum_j t_j log(1 + exp -l_j) + zeros sum_(t_j = 0) log(1 + exp l_j)
 *
 * plus decay / 2 sum_j |v_j - warm-up's v_j|^2, T_u = sum_j t_j, by Adam, with the derivative through M^-1
 * in closed form. The Gram G is renewed for each batch; within it G is a constant. With dropout 0 the whole
 * history is folded in and is its own target. `samples` > 0 puts targets and that many items, drawn by
 * (1 + popularity)^(3/4), each for 1 / (samples Q_j) items, in the place of all items: for multinomial
 * l_j - log(samples Q_j); decay then pulls at the items of the batch. The scale s and the biases c take up
 * what a probability needs and a score does not, its level and what is popular beyond taste; they are not
 * written, and b_j has the meaning that it has for als.
 *
 * offsets  (U + 1) start of each user's interactions, non-decreasing, first 0, last X
 * items    (X) item indices < N, strictly increasing within a user
 * weights  (X) 0 < w <= AMPCF_MAX_WEIGHT; NULL = all 1; softmax takes none: must be NULL
 * memory   (>= ampcf_trainer_memory) 16-byte aligned; the input arrays must stay until the run ends
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_ITEM_RANGE, AMPCF_E_NO_DATA, AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_trainer_open(const ampcf_train_config *config, const uint32_t *offsets,
                                const uint32_t *items, const float *weights, void *memory,
                                size_t memory_bytes, ampcf_trainer **out_trainer);

/**
 * Work on at most max_rows more rows, then return: the caller shows progress, or stops by not calling again.
 * The result does not depend on how the work is cut. als: O(rows D^3 + interactions D^2); softmax: O(rows (S
 * P D + Adam's step for each row that moves)), with cosine + O(rows (S + P) D^2); likelihoods: a user of H
 * events O(H D^2 + D^3 + (N or samples) D), a batch O(N D^2). Returns AMPCF_OK, AMPCF_E_DIVERGED (the item
 * vectors of the last pass are no numbers, or all zero, or a gradient was no number: another lambda or
 * learning rate is needed). Since 0.1.
 */
ampcf_status ampcf_trainer_step(ampcf_trainer *trainer, uint32_t max_rows,
                                ampcf_train_progress *out_progress);

/** What the rows of a pass are. */
typedef enum ampcf_pass_kind {
    AMPCF_PASS_USERS = 0,    /* vectors of all people: half a sweep of als, counted in progress row by row */
    AMPCF_PASS_ITEMS = 1,    /* vectors of all items: the other half */
    AMPCF_PASS_PEOPLE = 2,   /* likelihoods: what is learnt from people of a batch, counted row by row */
    AMPCF_PASS_GRADIENTS = 3 /* likelihoods: gradients of items by these people, counted nowhere */
} ampcf_pass_kind;

/** Rows that do not look at each other while they are solved: half a sweep of als, or of a likelihood one of
 * the two halves of a batch, or of a part of it where a whole one is too large. */
typedef struct ampcf_train_pass {
    float *rows; /* (n_rows, row_floats) in the trainer: what is being learnt */
    uint32_t n_rows, row_floats;
    uint32_t kind; /* ampcf_pass_kind */
} ampcf_train_pass;

/**
 * The same training by several trainers, each opened with the same config and input: in a pass each row is
 * solved by one of them, and written into the rows of all others; then all end the pass. Every result is
 * what steps give, to the last bit. One that never solves needs the same rows, and has the same results.
 * Rows are to be moved as bytes: not every one of their numbers is one.
 *
 * out_pass  n_rows 0: there are no such passes (softmax: use steps), or none is left
 *
 * Threads: a trainer each. Since 0.2.
 */
void ampcf_trainer_pass(const ampcf_trainer *trainer, ampcf_train_pass *out_pass);

/** Solve rows of the pass. Returns AMPCF_OK, AMPCF_E_ARGUMENT (no such rows). Cost as in a step. Since
 * 0.2. */
ampcf_status ampcf_trainer_solve(ampcf_trainer *trainer, uint32_t from, uint32_t n);

/** All rows of the pass are there: go on to the next. Returns as ampcf_trainer_step; AMPCF_E_ARGUMENT
 * where there is no pass. Since 0.2. */
ampcf_status ampcf_trainer_pass_end(ampcf_trainer *trainer, ampcf_train_progress *out_progress);

/**
 * Score candidates for a user of the training by the vectors trained for that user, at any moment of the
 * run: to watch it on held-out data. No result depends on it.
 *
 * user        < U
 * items       (n) item indices < N
 * out_scores  (n) written only on AMPCF_OK
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE, AMPCF_E_ARGUMENT (no such user, or not softmax: no user's vectors
 * are kept). Since 0.1.
 */
ampcf_status ampcf_trainer_score(ampcf_trainer *trainer, uint32_t user, const uint32_t *items, uint32_t n,
                                 float *out_scores);

/**
 * Result of the last completed pass, a sweep or an epoch: valid from the moment when progress.sweep rises,
 * so that a run can be measured, kept or ended at any pass; undefined before the first. Item vectors (N, D),
 * biases (N), packed Gram (D (D + 1) / 2), settings (16), and, where item_damping or popularity_damping is
 * set, item weights g_j = q_j / t_j^2 (N) and targets t_j (N), else NULL. The Gram is sum_j g_j v_j v_j^T.
 * What is g_j here is q_j in ampcf.h and src/FORMAT.md. Since 0.1.
 */
const float *ampcf_trainer_vectors(const ampcf_trainer *trainer);
const float *ampcf_trainer_bias(const ampcf_trainer *trainer);
const float *ampcf_trainer_gram(const ampcf_trainer *trainer);
const float *ampcf_trainer_settings(const ampcf_trainer *trainer);
const float *ampcf_trainer_item_weights(const ampcf_trainer *trainer);
const float *ampcf_trainer_item_targets(const ampcf_trainer *trainer);

/* ---- Item vectors that were learnt elsewhere ----------------------------------------------------------- */

/** Vectors as another trainer has left them, and what is known of the items. */
typedef struct ampcf_given {
    const float *vectors; /* (N, D) at most 2^20, not all 0; kept bit for bit */
    /* (N) how many of the U people used each item, or NULL = nothing is known: bias 0, and no damping */
    const uint32_t *people;
    const float *bias;    /* (N) b_j in place of popularity, or NULL */
    const float *weights; /* (N) q_j in place of those by damping, 2^-20 to 2^20, or NULL */
    const float *targets; /* (N) t_j likewise */
    /* 1 to 2^40: the file has this many times the Gram and this part of alpha. alpha G is the same; of the
     * ridge lambda (sum_i w_i q_i t_i^2 + alpha N)^nu the second term goes, for trainers that have none */
    float gram_factor;
} ampcf_given;

/** What ampcf_model_parts takes of a trainer. */
typedef struct ampcf_item_results {
    const float *vectors, *bias, *gram, *settings; /* (N, D), (N), (D (D + 1) / 2), (16) */
    const float *weights, *targets;                /* (N), or NULL = all 1 */
} ampcf_item_results;

/** Bytes that ampcf_given_results needs; 0 when the config is out of range. Since 0.2. */
size_t ampcf_given_memory(const ampcf_train_config *config);

/**
 * What a model file needs beside given item vectors, as a training of the same vectors makes it: with the
 * vectors, the people of each item and the config of a trained model it gives the same bytes.
 *
 * config       n_users, n_items, dim, n_personas, leaves, lambda to bias, item_damping, popularity_damping
 *              in the ranges of a training, alpha / gram_factor at most 1024; the rest is not used. Vectors
 *              are taken as scores want them: popularity_damping gives targets, and multiplies nothing
 * given        arrays must stay as long as the results
 * memory       (>= ampcf_given_memory) 16-byte aligned, holds the results
 * out_results  written only on AMPCF_OK
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (config, gram_factor, more people than U, a damping without people),
 * AMPCF_E_BAD_NUMBER (an array), AMPCF_E_MEMORY. O(N D^2). Since 0.2.
 */
ampcf_status ampcf_given_results(const ampcf_train_config *config, const ampcf_given *given, void *memory,
                                 size_t memory_bytes, ampcf_item_results *out_results);

/* ---- Neighbours of items: the matrix B ----------------------------------------------------------------- */

#define AMPCF_MAX_REFITTED 512 /* neighbours that can be fitted beside item vectors */

typedef enum ampcf_neighbours_method {
    AMPCF_NEIGHBOURS_EASE = 0, /* ridge regression of each item on all others, in closed form */
    /* how often two items are used by one person, damped: for catalogues too large to invert */
    AMPCF_NEIGHBOURS_COOCCURRENCE = 1,
    AMPCF_NEIGHBOURS_LOCAL = 2 /* EASE, each column over a few sources of its own: for the same catalogues */
} ampcf_neighbours_method;

/** d_j = people who used item j, deg_u = items that person u used; aspects are not counted. */
typedef struct ampcf_neighbours_config {
    uint32_t n_users, n_items; /* U, N >= 1 */
    uint32_t method;           /* ampcf_neighbours_method */
    /* m, sources kept for each candidate, local: candidates of each source; 0 to N; 0 = none, for
     * ampcf_neighbours_score of EASE only. N m <= 2^28 */
    uint32_t neighbours;
    /* EASE: the last rows of the input are not people but aspects, each with its items; 0 to U - 1 */
    uint32_t n_aspects;
    /* EASE: D of the item vectors that B is fitted beside; 0 = B stands alone. Needs m >= 1, at most
     * AMPCF_MAX_REFITTED */
    uint32_t dim;
    /* EASE: L2 of an item of mean popularity; local: relative to what an item says of itself; 0.001 to 1e9 */
    float lambda;
    float lambda_growth;  /* EASE: exponent t of (d_j / mean d) in the L2, 0 to 4 */
    float user_damping;   /* exponent a: a person counts deg_u^-a, with mean 1; 0 to 4 */
    float source_damping; /* co-occurrence: exponent of d_i; local: b, half that of d_i in the L2; 0 to 4 */
    /* EASE alone, local: column j is multiplied by (d_j / mean d)^-c; co-occurrence: by d_j^-c; -4 to 4 */
    float popularity_damping;
    float strength; /* every entry is multiplied by this, -1024 to 1024 */
    /* EASE: an aspect of n items counts this / n, 0 to 1e9; people count 1 on average */
    float aspect_strength;
    float blend; /* EASE beside vectors: the part b of their evidence that B is fitted beside, 0.01 to 1 */
    /* a source and a candidate that fewer people than this have together are no neighbours; 0 and 1 = none
     * is left out */
    uint32_t pair_support;
} ampcf_neighbours_config;

/** What is known of the items that B is fitted beside: as from a trainer, and as in ampcf_model_parts. */
typedef struct ampcf_item_side {
    uint32_t dim;                           /* D */
    const float *vectors, *gram, *settings; /* (N, D), (D (D + 1) / 2), (16) */
    const float *weights, *targets;         /* (N) or NULL = all 1 */
} ampcf_item_side;

/** A computation of B. */
typedef struct ampcf_neighbours ampcf_neighbours;

/** Steps done and to do. */
typedef struct ampcf_neighbours_progress {
    uint64_t done, total;
} ampcf_neighbours_progress;

/**
 * Bytes a computation needs besides its input: 4 min(N, U)^2 for EASE, 4 N^2 more beside vectors, 13 N m for
 * what is kept, and less; for local 29 N m, 16 X and the system of one column, at most 4 MiB, and less. 0
 * when the config is out of range or the bytes are more than 4 GiB. Since 0.1.
 */
size_t ampcf_neighbours_memory(const ampcf_neighbours_config *config, uint32_t n_interactions);

/**
 * Begin to compute B: EASE (Steck 2019, arXiv:1905.03375), weighted and damped.
 *
 *     EASE:           P = (sum_u p_u x_u x_u^T + diag D)^-1,  D_j = lambda (d_j / mean d)^t
 *                     B_ij = -P_ij / P_jj (d_j / mean d)^-c
 *     co-occurrence:  B_ij = sum_u p_u x_ui x_uj / (d_i^a' d_j^c)
 *     local:          B_Sj = (G_SS + diag D_S)^-1 G_Sj (d_j / mean d)^-c,  G = sum_u p_u x_u x_u^T
 *                     D_i = lambda d_i^2b mean_k(G_kk d_k^-2b)
 *
 * all times the strength, B_jj = 0. With U < N the U x U system is inverted instead (Woodbury), and only
 * columns are made. An aspect of n items is one more row x_u with p_u = aspect_strength / n, so that B also
 * learns from what items are. Candidate j keeps the m sources with the largest |B_ij| d_i^0.35, roughly what
 * cutting them costs, and none whose B_ij is 0 or whom fewer than pair_support people have together with j,
 * so that no link is owed to one person; up to 512 of them are then fitted again by themselves, with the
 * same ridge: the columns of EASE over these sources alone.
 *
 * Local: column j has sources S_j of its own from the start, so that nothing of N^2 is held (Steck 2019,
 * Markov random fields for collaborative filtering; Ning and Karypis 2011). These are the m items i of the
 * largest G_ij d_i^-0.5, and those that have j among their m items of the largest G_ij d_j^-0.4; at most 8 m
 * and 1024, by the first measure; ties to the lower item; pairs below pair_support are not looked at. In
 * terms of d_i^-b G_ij d_j^-b this is a ridge of lambda times the mean of the diagonal, over items that
 * several people have. Of the whole each source keeps its m largest |B_ij|; cut by column instead, B is much
 * worse. lambda_growth is not used.
 *
 * Beside vectors (side, config.dim = side->dim) sources are chosen by the same B, but the columns are fitted
 * to what the vectors leave: for people to x_uj - b L_uj, for aspects to x_uj. L_uj is the evidence of the
 * whole person for j divided by the target t_j; where j is of the person's own items, that of the person
 * without it. What is fitted counts t_j / b times the strength in the file, so that at strength 1 sum_k s_jk
 * of ampcf_score is t_j / b times b L_uj plus the fit; config.popularity_damping is not used, since the
 * targets carry theirs.
 *
 * offsets  (U + 1), items (X), weights (X) as in ampcf_trainer_open; x_ui = the weight; must stay until the
 *          end. Aspects come last
 * side     NULL unless config.dim > 0, then not checked: what a trainer gave; must stay until the end
 * memory   (>= ampcf_neighbours_memory) 16-byte aligned
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_ITEM_RANGE, AMPCF_E_NO_DATA (nothing by people),
 * AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_neighbours_open(const ampcf_neighbours_config *config, const uint32_t *offsets,
                                   const uint32_t *items, const float *weights, const ampcf_item_side *side,
                                   void *memory, size_t memory_bytes, ampcf_neighbours **out_neighbours);

/**
 * At most max_steps more steps; as ampcf_trainer_step, AMPCF_E_DIVERGED where a value of B is no number.
 * O(min(N, U)^3) in all, beside vectors O(N X + U N D +
 * U D^3) more; local O(sum_u deg_u^2 + sum_j |S_j|^3 + how often people have two sources of a column). Since
 * 0.1.
 */
ampcf_status ampcf_neighbours_step(ampcf_neighbours *neighbours, uint32_t max_steps,
                                   ampcf_neighbours_progress *out_progress);

#define AMPCF_MAX_PARTS 1024

/** Units of work that do not look at each other. */
typedef struct ampcf_neighbours_pass {
    uint32_t n_units; /* 0 = all is done */
    /* Part p of P solves the units from n_units p / P on, rounded down, to those of the next part, and gives
     * them before it takes any; else any part solves any unit at any time. */
    uint32_t owned;
} ampcf_neighbours_pass;

/**
 * The same computation by several, each opened with the same config and input: in a pass each unit is solved
 * by one of them, and what it gives is taken by all others; then all end the pass. Every result is what steps
 * give, to the last bit.
 *
 * part  < parts, at most AMPCF_MAX_PARTS; to be said before any work, unless it is done alone
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (out of range, or work has begun). Threads: a computation each. Since
 * 0.2.
 */
ampcf_status ampcf_neighbours_share(ampcf_neighbours *neighbours, uint32_t part, uint32_t parts);

/** The pass at hand. Since 0.2. */
void ampcf_neighbours_pass_at(const ampcf_neighbours *neighbours, ampcf_neighbours_pass *out_pass);

/** Solve units of the pass. Returns AMPCF_OK, AMPCF_E_ARGUMENT (no such units), AMPCF_E_DIVERGED. Since
 * 0.2. */
ampcf_status ampcf_neighbours_solve(ampcf_neighbours *neighbours, uint32_t from, uint32_t n);

/** Write what others need of solved units; out NULL = only count. Returns the bytes. Since 0.2. */
size_t ampcf_neighbours_give(const ampcf_neighbours *neighbours, uint32_t from, uint32_t n, void *out);

/** Read what another one gave of these units, which is trusted. Returns AMPCF_OK, AMPCF_E_ARGUMENT. Since
 * 0.2. */
ampcf_status ampcf_neighbours_take(ampcf_neighbours *neighbours, uint32_t from, uint32_t n,
                                   const void *given);

/** Everything of the pass is there: go on to the next. Returns AMPCF_OK, AMPCF_E_DIVERGED. Since 0.2. */
ampcf_status ampcf_neighbours_pass_end(ampcf_neighbours *neighbours, ampcf_neighbours_progress *out_progress);

/**
 * Scores of a history with all of B, before any cut: sum_i B_ij. A baseline; valid once done == total.
 *
 * items  (n) distinct item indices < N;  out_scores (N)
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (not EASE, or beside vectors), AMPCF_E_ITEM_RANGE. Writes a workspace
 * inside. O(n N), dual O(X + n d U). Since 0.1.
 */
ampcf_status ampcf_neighbours_score(ampcf_neighbours *neighbours, const uint32_t *items, uint32_t n,
                                    float *out_scores);

/**
 * What was kept of B as rows by source, in the form of ampcf_model_parts, valid once done == total:
 * offsets (N + 1), candidates and values (offsets[N]), scales (N). What rounds to 0 is left out. Since 0.1.
 */
const uint32_t *ampcf_neighbours_offsets(const ampcf_neighbours *neighbours);
const uint32_t *ampcf_neighbours_items(const ampcf_neighbours *neighbours);
const int8_t *ampcf_neighbours_values(const ampcf_neighbours *neighbours);
const float *ampcf_neighbours_scales(const ampcf_neighbours *neighbours);

/* ---- Clusters of items --------------------------------------------------------------------------------- */

/** Bytes that ampcf_clusters needs; 0 when an argument is out of range or a size_t too small. Since 0.1. */
size_t ampcf_clusters_memory(uint32_t n_items, uint32_t dim, uint32_t n_clusters);

/**
 * Clusters of items by the direction of their vectors: spherical k-means (Dhillon and Modha 2001).
 *
 *     maximise  sum_j cos(v_j, c_z(j))
 *
 * Centres begin with k-means++ (Arthur and Vassilvitskii 2007) on 1 - cos, and move until no item does, at
 * most 50 times. Of more than 16384 items every (N / 16384)-th moves the centres; then each item goes to the
 * nearest. A vector of zeros is equally near to all, and goes to the first.
 *
 * vectors       (N, D) finite, at most 2^20
 * n_clusters    1 to AMPCF_MAX_CLUSTERS; fewer come out where there are fewer directions, or where one loses
 *               all its items
 * seed          same vectors and seed: same clusters
 * memory        (>= ampcf_clusters_memory) 16-byte aligned, overwritten
 * out_clusters  (N) numbered by their first item, as a model file wants them
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY. O(50 min(N, 16384) D n_clusters + N D n_clusters).
 * Since 0.1.
 */
ampcf_status ampcf_clusters(const float *vectors, uint32_t n_items, uint32_t dim, uint32_t n_clusters,
                            uint32_t seed, void *memory, size_t memory_bytes, uint8_t *out_clusters);

/* ---- The file ------------------------------------------------------------------------------------------ */

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
    /* ampcf_vector_type; unless F32, the Gram is made from the stored values, not taken */
    uint32_t vector_type;
    const float *item_weights;         /* (N) q_i, or NULL = all 1; gram is then sum_j q_j v_j v_j^T */
    const float *item_targets;         /* (N) t_i, or NULL = all 1: what fold-in fits u . v_i to */
    const uint32_t *neighbour_offsets; /* (N + 1) rows of B by history item, or NULL with the next three */
    const uint32_t *neighbour_items; /* candidates, strictly increasing in a row, never the row's own item */
    const int8_t *neighbour_values;  /* -127 to 127 */
    const float *neighbour_scales;   /* (N) B_ij = value * scale_i */
    const uint8_t *item_clusters;    /* (N) as from ampcf_clusters, or NULL = none */
    uint8_t lineage[16];
    /* the Gram that is made for a narrow vector_type is multiplied by it, as in ampcf_given; 0 = 1 */
    float gram_factor;
} ampcf_model_parts;

/** Exact size of the file; 0 when the parts are out of range. Since 0.1. */
size_t ampcf_model_file_bytes(const ampcf_model_parts *parts);

/** Bytes that ampcf_model_write needs for its self-check; 0 when the parts are out of range. Since 0.1. */
size_t ampcf_model_write_memory(const ampcf_model_parts *parts);

/**
 * Write a model file and open it again: what the loader would refuse is refused here, with the same status
 * and fault.
 *
 * out     (ampcf_model_file_bytes) 16-byte aligned
 * memory  (ampcf_model_write_memory) 16-byte aligned, for the self-check
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY or a status of ampcf_model_open. Same parts, same
 * bytes. Since 0.1.
 */
ampcf_status ampcf_model_write(const ampcf_model_parts *parts, void *out, size_t out_bytes, void *memory,
                               size_t memory_bytes, ampcf_fault *out_fault);

/**
 * The same model with other metadata, such as a card that says how good it is: ids, numbers and lineage
 * stay, and so saved profiles go on.
 *
 * bytes      (n_bytes) a model file whose last section is the metadata, as ampcf_model_write makes it;
 *            16-byte aligned
 * metadata   (metadata_bytes) JSON in UTF-8, 1 to 64 KiB
 * out        (n_bytes + metadata_bytes) 16-byte aligned, not overlapping bytes; out_bytes  its room
 * out_n      bytes of the new file
 * memory     (ampcf_model_memory of bytes) 16-byte aligned: both files are opened, one after the other
 * out_fault  where and why, written only on failure; may be NULL
 *
 * Returns AMPCF_OK, AMPCF_E_MEMORY, AMPCF_E_BAD_SECTION (the metadata is not the last section) or a status of
 * ampcf_model_open. O(n_bytes). Since 0.2.
 */
ampcf_status ampcf_model_replace_metadata(const void *bytes, size_t n_bytes, const char *metadata,
                                          uint32_t metadata_bytes, void *out, size_t out_bytes, size_t *out_n,
                                          void *memory, size_t memory_bytes, ampcf_fault *out_fault);

#ifdef __cplusplus
}
#endif
#endif
