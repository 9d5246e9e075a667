/* ampcf: inference. Owns the public C API for opening a model, folding a history into personas, ranking and
 * explaining. Must not know about training, files, text formats or WebAssembly.
 *
 * Shape letters: N items, D width, P personas, H history length, C candidates, K results, A aspects.
 * The library never allocates, prints, exits or keeps global state: every object lives in memory that the
 * caller owns, and a `..._memory` function says how many bytes that is. Outputs are written only when a call
 * returns AMPCF_OK. Results are bit-identical between the scalar, SIMD and native builds. Source of the
 * method: arXiv:2010.07042.
 */
#ifndef AMPCF_H
#define AMPCF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status -------------------------------------------------------------------------------------------- */

/** Outcome of a call. The numbers are stable; gaps leave room. */
typedef enum ampcf_status {
    AMPCF_OK = 0,
    AMPCF_E_ARGUMENT = 1,             /* a parameter is outside its documented range */
    AMPCF_E_ITEM_RANGE = 2,           /* an item index is not < N */
    AMPCF_E_MEMORY = 3,               /* the memory handed in is too small or not 16-byte aligned */
    AMPCF_E_NO_DATA = 5,              /* nothing to work on (no interactions, no aspects) */
    AMPCF_E_DIVERGED = 6,             /* a training left numbers: other settings are needed */
    AMPCF_E_BAD_MAGIC = 16,           /* not a model file */
    AMPCF_E_TRUNCATED = 17,           /* fewer bytes than the header promises */
    AMPCF_E_TRAILING_DATA = 18,       /* more bytes than the header promises */
    AMPCF_E_CHECKSUM = 19,            /* a CRC32C differs: damaged in transit or on disk */
    AMPCF_E_LIMIT = 20,               /* a count is above what the format allows */
    AMPCF_E_BAD_SECTION = 21,         /* section table or layout breaks a rule of the format */
    AMPCF_E_BAD_NUMBER = 22,          /* NaN, infinite or out-of-bounds value */
    AMPCF_E_BAD_IDS = 23,             /* ids empty, too long, not UTF-8, duplicated or badly indexed */
    AMPCF_E_UNSUPPORTED_VERSION = 24, /* needs a newer library */
    AMPCF_E_BAD_TEXT = 25,            /* titles, aspect names or metadata are not UTF-8 */
    AMPCF_E_BAD_ASPECTS = 26,         /* aspect lists unsorted or out of range */
    AMPCF_E_BAD_NEIGHBOURS = 27       /* neighbour lists unsorted, out of range or naming the item itself */
} ampcf_status;

/** Stable upper-case name of a status, for example "BAD_MAGIC"; "UNKNOWN" for a number that is none. Never
 * NULL. */
const char *ampcf_status_name(ampcf_status status);

/** CRC32C (Castagnoli) of n_bytes, for callers that keep files of their own, such as saved profiles. Since
 * 0.1. */
uint32_t ampcf_crc32c(const void *bytes, size_t n_bytes);

/** Where and why a file was refused. `what` is a static string naming the field or rule. */
typedef struct ampcf_fault {
    uint64_t offset;  /* byte offset in the file of the field or value */
    uint64_t got;     /* the value found (for numbers: the raw 32 bits) */
    uint64_t wanted;  /* the value or limit expected */
    const char *what; /* static, never NULL after a failure */
    uint32_t section; /* section type, 0 = header or table */
    uint32_t status;  /* the ampcf_status returned */
} ampcf_fault;

/* ---- Limits of the format (src/FORMAT.md) -------------------------------------------------------------- */

#define AMPCF_MAX_ITEMS (1u << 24)
#define AMPCF_MAX_DIM 1024u
#define AMPCF_MAX_PERSONAS 64u
#define AMPCF_MAX_LEAVES 256u
#define AMPCF_MAX_ASPECTS 65536u
#define AMPCF_MAX_HISTORY 65536u
#define AMPCF_MAX_SUMMARIES 256u
#define AMPCF_MAX_WEIGHT 1024.0f
/* Of a summary, ampcf_profile_remember: 2^46, a longest history of the heaviest events with the heaviest items.
 * Who forgets again and again may come to it, and then stays there. */
#define AMPCF_MAX_SUMMARY_WEIGHT 70368744177664.0f
#define AMPCF_MIN_SUMMARY_EVENTS 1e-3f
#define AMPCF_NO_ITEM 0xFFFFFFFFu

/* ---- Model --------------------------------------------------------------------------------------------- */

/** A validated model file. Read-only and shareable between threads. Points into the caller's bytes. */
typedef struct ampcf_model ampcf_model;

/**
 * Bytes of memory that ampcf_model_open needs besides the file itself. Vectors stay as the file has them; from
 * 2,048 items on there is what ranking prunes by, N (D + 6) bytes, of int8 files 2 N.
 *
 * bytes  (n_bytes) the file, not checked yet: any bytes are fine, at any alignment
 *
 * Returns at most 4 n_bytes and a constant; 0 when that is more than a size_t holds. Reads the section table
 * only. Since 0.1.
 */
size_t ampcf_model_memory(const void *bytes, size_t n_bytes);

/**
 * Validate a model file once; afterwards every other call trusts it.
 * src/FORMAT.md
 *
 * bytes       (n_bytes) the whole file, 16-byte aligned; caller-owned, must stay unchanged while the model
 *             is used
 * memory      (memory_bytes >= ampcf_model_memory(bytes, n_bytes)) 16-byte aligned, caller-owned, lives as
 *             long as the model
 * out_model   the model; written only on AMPCF_OK
 * out_fault   where and why, written only on failure; may be NULL
 *
 * Returns AMPCF_OK, AMPCF_E_MEMORY, or one of AMPCF_E_BAD_MAGIC to AMPCF_E_BAD_NEIGHBOURS. Hostile bytes are
 * refused, never read out of bounds, and cannot make later scores overflow. Thread-safe. Allocates nothing.
 * O(n_bytes). Since 0.1.
 */
ampcf_status ampcf_model_open(const void *bytes, size_t n_bytes, void *memory, size_t memory_bytes,
                              const ampcf_model **out_model, ampcf_fault *out_fault);

/** What a model says of itself. */
typedef struct ampcf_model_facts {
    uint32_t items, dim; /* N, D */
    uint32_t personas;   /* P, the most that a profile may have */
    uint32_t aspects;    /* A; 0 when the file has none */
    uint32_t neighbours; /* entries of the item-item matrix B, all items together; 0 when the file has none */
    uint32_t clusters;   /* of items, at most AMPCF_MAX_CLUSTERS; 0 when the file has none */
    uint32_t leaves;     /* L, the most that a person's tree may have; 0: written by version 0.1 */
    float gate;          /* b of ampcf_score, 0 = one vector */
    float proportional;  /* lambda of ampcf_recommend_proportional that was found best; 0 = by score */
    uint8_t lineage[16]; /* ties saved profiles to this training run */
} ampcf_model_facts;

/** Since 0.2. */
ampcf_model_facts ampcf_model_describe(const ampcf_model *model);

/**
 * Index of the item with exactly these id bytes (UTF-8, compared byte by byte), or AMPCF_NO_ITEM. O(log N).
 * Since 0.1.
 */
uint32_t ampcf_model_find(const ampcf_model *model, const char *id, size_t id_bytes);

/**
 * Text of the model as pointer and length (UTF-8, not terminated): the id of item < N, its title (length 0
 * when the file has none), the name of aspect < A, and the JSON metadata (length 0 when absent). Owned by
 * the model. Since 0.1.
 */
const char *ampcf_model_id(const ampcf_model *model, uint32_t item, uint32_t *out_bytes);
const char *ampcf_model_title(const ampcf_model *model, uint32_t item, uint32_t *out_bytes);
const char *ampcf_model_aspect(const ampcf_model *model, uint32_t aspect, uint32_t *out_bytes);
const char *ampcf_model_metadata(const ampcf_model *model, uint32_t *out_bytes);

/** Aspects of item < N: pointer to *out_count aspect indices < A, strictly increasing. Owned by the model.
 * Since 0.1. */
const uint16_t *ampcf_model_item_aspects(const ampcf_model *model, uint32_t item, uint32_t *out_count);

/**
 * Cluster of item < N, of those that the trainer found and froze into the file; AMPCF_NO_CLUSTER where it
 * has none. Every cluster has an item; they are numbered by their most popular one. Since 0.1.
 */
uint32_t ampcf_model_item_cluster(const ampcf_model *model, uint32_t item);
#define AMPCF_NO_CLUSTER UINT32_MAX
#define AMPCF_MAX_CLUSTERS 256u

/** Copies the vectors of n items from item `from` on, from + n <= N, into out (n, D); halves and int8 of the
 * file widened. O(n D). Since 0.2. */
void ampcf_model_vectors(const ampcf_model *model, uint32_t from, uint32_t n, float *out);

/* ---- Profile ------------------------------------------------------------------------------------------- */

/** One person: history, personas, their shares and vectors. Use one profile from one thread at a time. */
typedef struct ampcf_profile ampcf_profile;

/** Bytes of memory that a profile of up to n_history events and n_summaries summaries needs; 0 when n_history
 * > AMPCF_MAX_HISTORY, n_summaries > AMPCF_MAX_SUMMARIES or a size_t is too small. Since 0.1. */
size_t ampcf_profile_memory(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries);

/** Bytes of scratch that finishing such a profile needs; free for other use after the call. Since 0.1. */
size_t ampcf_profile_scratch(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries);

/**
 * Fold a history into personas with the items frozen: closed form, deterministic, no gradient steps.
 *
 *     M        = alpha G + sum_i w_i q_i v_i v_i^T + lambda_u I
 *     lambda_u = lambda (sum_i w_i q_i t_i^2 + alpha N)^nu
 *     u_l      = M^-1 sum_(i in l) w_i q_i t_i g_i v_i,     sum_l u_l = the ALS user vector
 *
 * Each event is of one leaf l, each leaf of one persona, r_ik = 1 for the persona of event i and else 0. A
 * file of version 0.1 has no leaves, and events that are of several personas by parts r_ik:
 * u_k = M^-1 sum_i r_ik w_i q_i t_i g_i v_i.
 *
 * items       (H) item indices < N, distinct; order does not matter except among exact ties
 * weights     (H) 0 < w <= AMPCF_MAX_WEIGHT; NULL = all 1
 * n_personas  most personas wanted, 1 to P; 0 = as many as the model was trained with. At most 1 is one
 *             vector, sum_l u_l, without a gate
 * memory      (>= ampcf_profile_memory(model, n, 0)) 16-byte aligned; the profile lives in it and
 *             *out_profile is its address
 * scratch     (>= ampcf_profile_scratch(model, n, 0)) 16-byte aligned, overwritten
 *
 * The number of personas adapts to the history: n == 0 gives none, one item gives one. Personas are ordered
 * by share. Here everything was liked, g = 1; ampcf_profile_add takes events that were not.
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (weight, n, n_personas, duplicate item), AMPCF_E_ITEM_RANGE,
 * AMPCF_E_MEMORY. Thread-safe for distinct memory. Allocates nothing. O(H D^2 + D^3 + L (H D + D^2) +
 * P H neighbours) with L leaves.
 * q = 1 where the file has no item weights, t = 1 where it has no targets; a file with neighbours adds N + P
 * min(N, H longest row) words to the memory. Source: Hu, Koren, Volinsky 2008 (ICDM) for P = 1; Rendle et
 * al. 2021 (arXiv:2110.14037) for the scaled lambda; the partition into personas is this project's. Since
 * 0.1.
 */
ampcf_status ampcf_profile_fold_in(const ampcf_model *model, const uint32_t *items, const float *weights,
                                   uint32_t n, uint32_t n_personas, void *memory, size_t memory_bytes,
                                   void *scratch, size_t scratch_bytes, ampcf_profile **out_profile);

/**
 * The same, event by event: begin, remember, add, finish. After a finish more events may be added and
 * finished again; the result is that of all of them at once, to the last bit. Until the first finish the
 * profile has no personas.
 *
 * n_history, n_summaries  room for so many events and summaries
 * n_personas              as for ampcf_profile_fold_in
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (n_history, n_summaries, n_personas), AMPCF_E_MEMORY. O(D^2). Since 0.1.
 */
ampcf_status ampcf_profile_begin(const ampcf_model *model, uint32_t n_history, uint32_t n_summaries,
                                 uint32_t n_personas, void *memory, size_t memory_bytes,
                                 ampcf_profile **out_profile);

/**
 * Add an event.
 *
 * item        < N; one that is added twice counts as two events, which is for the caller to prevent
 * weight      0 < w <= AMPCF_MAX_WEIGHT, how sure the event is
 * preference  -1 to 1, g_i, the evidence that the event wants: 1 = liked, 0 = seen and left, -1 = disliked.
 *             Only what was liked (g > 0) makes personas, by w g; the rest goes to the personas that it is
 *             nearest to, and lowers what is like it. The word is that of Hu et al. 2008, here with its sign.
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE, AMPCF_E_ARGUMENT, AMPCF_E_MEMORY (no room). O(D^2). Since 0.1.
 */
ampcf_status ampcf_profile_add(ampcf_profile *profile, uint32_t item, float weight, float preference);

/**
 * Add the summary of events that were forgotten: they count as one event with a vector of their own, which no
 * item list holds. It is to stand for what one persona owned; with the sums over those events,
 *
 *     weight     = sum_i r_ik w_i g_i,   system = sum_i r_ik w_i q_i
 *     preference = sum_i r_ik w_i q_i t_i g_i / system
 *     events     = sum_i r_ik over what was liked,   support = m_k of version 0.1, else 0
 *     v          = sum_i r_ik w_i q_i t_i g_i v_i / (system preference)
 *
 * the right-hand side of the fold-in is that of the events, and M knows their mean instead of each. The weight
 * is what was liked less what was not, so that shares move towards personas without dislikes. B is
 * forgotten. With a gate a summary is of one leaf, like an event; only files of version 0.1 use its support.
 *
 * summary  (5 + D) weight and system 0 to AMPCF_MAX_SUMMARY_WEIGHT, preference 0 to 2^20, events
 *          AMPCF_MIN_SUMMARY_EVENTS to 2^20, support and v -2^20 to 2^20
 *
 * All summaries before the first event. Returns AMPCF_OK, AMPCF_E_ARGUMENT (an event was added),
 * AMPCF_E_BAD_NUMBER, AMPCF_E_MEMORY. Since 0.1.
 */
ampcf_status ampcf_profile_remember(ampcf_profile *profile, const float *summary);
#define AMPCF_SUMMARY_HEAD 5u

/**
 * What is left of the summaries and the first n_events events when they are forgotten: a summary for each
 * persona that liked more of them than it did not, for ampcf_profile_remember of a new profile, which takes
 * all that this gives: values end at its bounds. The others are gone.
 *
 * out_summaries  (P, 5 + D), personas of the profile by 5 + D; out_n  summaries written
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (n_events > H). O(H P D). Since 0.1.
 */
ampcf_status ampcf_profile_condense(const ampcf_profile *profile, uint32_t n_events, float *out_summaries,
                                    uint32_t *out_n);

/** Summaries and events to personas. scratch as for ampcf_profile_fold_in. Returns AMPCF_OK, AMPCF_E_MEMORY.
 * Since 0.1. */
ampcf_status ampcf_profile_finish(ampcf_profile *profile, void *scratch, size_t scratch_bytes);

/** Personas found (0 to P), H, shares (P, sum 1), responsibilities (summaries and H events x P, row-major,
 * rows sum to 1). Since 0.1. */
uint32_t ampcf_profile_personas(const ampcf_profile *profile);
uint32_t ampcf_profile_history(const ampcf_profile *profile);
const float *ampcf_profile_shares(const ampcf_profile *profile);
const float *ampcf_profile_responsibilities(const ampcf_profile *profile);

/* ---- Ranking ------------------------------------------------------------------------------------------- */

/**
 * Score candidates for one profile (src/FORMAT.md; arXiv:2010.07042).
 *
 *     G_jl    = exp(b (cos(c_l, v_j) - .6))
 *     part_jk = sum_(l in k) G_jl (u_l . v_j) + sum_(i in k) w_i g_i B_ij
 *     y_j     = sum_k part_jk + b_j
 *
 * c_l is the direction of leaf l, the mean of its liked events' by w g; b the gate of the file. B is 0 where
 * the file has no neighbours. b = 0, or a profile that may have one persona only, is the single vector: G = 1
 * for all. A file of version 0.1 is scored by its attention, to the last bit as ever (core/attention.h).
 *
 * candidates   (C) item indices < N, duplicates allowed
 * out_scores   (C) higher is better, finite; unit: predicted preference (t_j = like a typical liked item),
 *              not a probability
 * out_personas (C) the persona that explains each candidate, argmax_k part_jk (version 0.1: argmax_k a_jk),
 *              the first of equals; 0 without personas; NULL = not wanted
 *
 * Without personas (empty history) y_j = b_j: popularity. Returns AMPCF_OK, AMPCF_E_ITEM_RANGE. Thread-safe
 * for distinct profiles. Allocates nothing. O(C L D), here and below P for L where there is no gate. Since
 * 0.1.
 */
ampcf_status ampcf_score(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                         float *out_scores, uint32_t *out_personas);

/** One place of a list. */
typedef struct ampcf_ranked {
    uint32_t item;
    float score;      /* that of ampcf_score, to the last bit */
    uint32_t persona; /* the one that explains the item, as ampcf_score says; 0 without personas */
} ampcf_ranked;

/**
 * The k best of a candidate list, best first; equal scores in catalogue order.
 *
 * candidates  (C) item indices < N, distinct
 * out         (k) the best; out_n  number written: min(k, C)
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE. O(C (L D + log k)). Otherwise as ampcf_score. Since 0.1.
 */
ampcf_status ampcf_rank(const ampcf_profile *profile, const uint32_t *candidates, uint32_t n_candidates,
                        uint32_t k, ampcf_ranked *out, uint32_t *out_n);

/**
 * The k best of the whole catalogue, best first; equal scores in catalogue order.
 *
 * excluded    (N) bytes, non-zero = leave out; NULL = none. The history is excluded only where the caller
 *             says so.
 *
 * Returns AMPCF_OK. O(N (L D + log k)). Otherwise as ampcf_rank. Since 0.1.
 */
ampcf_status ampcf_recommend(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k,
                             ampcf_ranked *out, uint32_t *out_n);

/** A list of k places in proportion is chosen from the max(ALL, k) best of what is not excluded, and of each
 * persona from the max(OWN, min(k, PLACES)) best; no other item has any effect on it. Since 0.2. */
#define AMPCF_POOL_ALL 100u
#define AMPCF_POOL_OWN 20u
#define AMPCF_POOL_PLACES 200u

/** Bytes of memory that ampcf_recommend_proportional needs for k places; 0 when a size_t is too small. Since
 * 0.2. */
size_t ampcf_proportion_memory(const ampcf_profile *profile, uint32_t k);

/**
 * k places of a list in proportion to the whole taste of the person: each liked event has a claim on the
 * list, which items like it pay (src/core/proportion.c).
 *
 *     place t: argmax_j (1 - lambda) (1 - log2(1 + rank_j) / log2(100)) + lambda need_j
 *
 * rank_j by score from 0; need_j what is still owed to events like item j, and, by aspects, to its aspects.
 * Scores are those of ampcf_score, so that they need not fall along the list. With shares pi, at lambda 1 a
 * persona has at most ceil(pi_k k) + 1 places while those below theirs have a candidate left. The first 200 places are given
 * so, the rest by score.
 *
 * excluded      (N) bytes, non-zero = leave out; NULL = none
 * proportional  lambda, 0 to 1; 0 is ampcf_recommend
 * by_aspects    0 = by the vectors alone; else also by what items are, where the file and the history have
 *               aspects
 * memory        (>= ampcf_proportion_memory(profile, k)) 16-byte aligned. Left at its beginning: the
 *               ampcf_ranked that the list was chosen from, best by score first
 * out           (k) the places;  out_seats (k) 1 = a claim, not the score, put the item there
 * out_n         (2) number written: min(k, items that are not excluded); how many of memory the list was
 *               chosen from, 0 where it is that of ampcf_recommend
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (proportional), AMPCF_E_MEMORY. O(N (P D + log k) + c (H + k) D) with c
 * = at most 300 + 20 P candidates, more of them where k is above 20. Since 0.2.
 */
ampcf_status ampcf_recommend_proportional(const ampcf_profile *profile, const uint8_t *excluded, uint32_t k,
                                          float proportional, uint32_t by_aspects, void *memory,
                                          size_t memory_bytes, ampcf_ranked *out, uint8_t *out_seats,
                                          uint32_t *out_n);

/** How many items each stage of the last ampcf_rank, ampcf_recommend or ampcf_recommend_proportional of a
 * profile looked at (src/core/scan.h). */
typedef struct ampcf_scan_counts {
    uint32_t looked;  /* by coordinates of it, of two looks each counts */
    uint32_t bounded; /* by one rounded vector */
    uint32_t parted;  /* by one rounded vector for each persona */
    uint32_t scored;  /* exactly */
} ampcf_scan_counts;

/** For benches and tests: what a list costs, not what is in it. Since 0.2. */
void ampcf_scan_stats(const ampcf_profile *profile, ampcf_scan_counts *out_counts);

/**
 * The k items most similar to one item by cosine of the item vectors, itself left out; scores in [-1, 1],
 * personas 0. O(N D). Since 0.1.
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE.
 */
ampcf_status ampcf_similar(const ampcf_model *model, uint32_t item, uint32_t k, ampcf_ranked *out,
                           uint32_t *out_n);

/* ---- Explanation --------------------------------------------------------------------------------------- */

/** Why one candidate got its score. score = sum of contributions + bias + residual. */
typedef struct ampcf_explanation {
    double score; /* exactly the float of ampcf_score */
    double bias;  /* b_j, owed to popularity */
    /* what single-precision scoring rounds away; at most 1e-5 of the largest part, plus 1e-6 */
    double residual;
    uint32_t persona; /* that of ampcf_score */
} ampcf_explanation;

/**
 * Split one candidate's score into parts.
 *
 *     contribution_i = w_i g_i (q_i t_i G_jl v_j^T M^-1 v_i + B_ij),  l the leaf of i
 *     a_jk = max(part_jk, 0) / sum_l max(part_jl, 0)
 *
 * The attention is what each persona has of what speaks for the item; 1 for the persona that explains it
 * where nothing does. A file of version 0.1: contribution_i = w_i g_i (q_i t_i v_j^T M^-1 v_i + B_ij) ((1 -
 * rho) + rho sum_k a_jk gain_k r_ik). An event that was added after the last finish contributes 0.
 *
 * item               < N
 * out_contributions  (summaries and H events) in the order in which they were added, in the unit of the
 *                    score, negative allowed; NULL = the attention alone is wanted: no explanation is written
 * out_attention      (P) a_jk, sum 1
 *
 * Returns AMPCF_OK, AMPCF_E_ITEM_RANGE. Writes a workspace inside the profile. Allocates nothing. O(D^2 + H
 * (D + P + log N)). Since 0.1.
 */
ampcf_status ampcf_explain(ampcf_profile *profile, uint32_t item, double *out_contributions,
                           float *out_attention, ampcf_explanation *out_explanation);

/**
 * What a persona cares about: for each aspect its share in the persona's part of the history, and its lift.
 *
 *     share_a = (n_a + c q_a) / (n + c),   lift_a = share_a / q_a,   c = 5
 *
 * with q the distribution of the catalogue. Shrinkage c keeps two-film personas from claiming extreme lifts.
 * Items without aspects do not count.
 *
 * persona     < personas of the profile
 * out_share   (A) sum 1 over aspects that the catalogue has; out_lift (A) 1 = as often as in the catalogue
 *
 * Returns AMPCF_OK, AMPCF_E_ARGUMENT (persona), AMPCF_E_NO_DATA (model without aspects). O(H P + N). Since
 * 0.1.
 */
ampcf_status ampcf_persona_aspects(const ampcf_profile *profile, uint32_t persona, double *out_share,
                                   double *out_lift);

/* ---- Self-test ----------------------------------------------------------------------------------------- */

/**
 * Hash of the kernels' results on fixed inputs. Every correct build returns AMPCF_SELF_TEST; a build that
 * does not must not be trusted (a browser once shipped SIMD that was silently wrong). Takes microseconds.
 * Since 0.1.
 */
uint32_t ampcf_self_test(void);
#define AMPCF_SELF_TEST 0xB5E1E6F5u

#ifdef __cplusplus
}
#endif
#endif
