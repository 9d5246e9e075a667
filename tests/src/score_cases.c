/* Owns the native side of tests/web/core/parity.test.js: scores the cases of a file, raw bits to stdout.
 * Must not format or round.
 *
 *     score_cases CASES > SCORES
 *
 * CASES, little-endian 32-bit words, one model after another until the end of the file:
 *     model bytes B, number of cases, then the model file (B bytes, zero-padded to a multiple of 4), then
 *         each case:
 *         n_history, n_candidates, n_personas (0 = the model's), n_history item indices, n_history weights
 *             (f32),
 *         n_candidates item indices
 * SCORES: for each case n_candidates scores (f32), then n_candidates persona indices.
 * Exit code 0, or 1 with a message on stderr: a case that is refused is an error. */
#include "ampcf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
    fprintf(stderr, "score_cases: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Whole words of the input, or nothing at its end. */
static int read_words(FILE *in, void *to, size_t n) {
    size_t got = fread(to, 4, n, in);
    if (got != n && (got != 0 || ferror(in))) fail("the case file is cut short");
    return got == n;
}

static void *get(size_t bytes) {
    void *p = malloc(bytes > 0 ? bytes : 1);
    if (!p) fail("out of memory");
    return p;
}

static void score_case(FILE *in, const ampcf_model *model) {
    uint32_t head[3];
    if (!read_words(in, head, 3)) fail("a case is missing");
    uint32_t n = head[0], c = head[1], *items = get(n * sizeof *items),
             *candidates = get(c * sizeof *candidates);
    uint32_t *personas = get(c * sizeof *personas);
    float *weights = get(n * sizeof *weights), *scores = get(c * sizeof *scores);
    if (!read_words(in, items, n) || !read_words(in, weights, n) || !read_words(in, candidates, c))
        fail("a case is cut short");
    size_t bytes = ampcf_profile_memory(model, n, 0), scratch_bytes = ampcf_profile_scratch(model, n, 0);
    void *memory = get(bytes), *scratch = get(scratch_bytes);
    ampcf_profile *profile;
    ampcf_status status = ampcf_profile_fold_in(model, items, weights, n, head[2], memory, bytes, scratch,
                                                scratch_bytes, &profile);
    if (status == AMPCF_OK) status = ampcf_score(profile, candidates, c, scores, personas);
    if (status != AMPCF_OK) fail(ampcf_status_name(status));
    if (fwrite(scores, 4, c, stdout) != c || fwrite(personas, 4, c, stdout) != c)
        fail("stdout cannot be written");
    free(items), free(candidates), free(personas), free(weights), free(scores), free(memory), free(scratch);
}

int main(int argc, char **argv) {
    FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;
    uint32_t head[2];
    if (!in) fail("usage: score_cases CASES > SCORES");
    while (read_words(in, head, 2)) {
        size_t words = ((size_t)head[0] + 3) / 4;
        void *file = get(words * 4);
        const ampcf_model *model;
        ampcf_fault fault;
        if (!read_words(in, file, words)) fail("a model is cut short");
        size_t needed = ampcf_model_memory(file, head[0]);
        void *memory = get(needed);
        if (ampcf_model_open(file, head[0], memory, needed, &model, &fault) != AMPCF_OK) fail(fault.what);
        for (uint32_t i = 0; i < head[1]; i++) score_case(in, model);
        free(file), free(memory);
    }
    fclose(in);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
