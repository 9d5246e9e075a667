/* Owns the native side of tests/bench/toolchains.js: the scan and the training that it times, times and
 * results to stdout. Must not decide how often or in which order.
 *
 *     bench_work scan CASE RUNS
 *     bench_work train CASE RUNS
 *
 * CASE, little-endian 32-bit words:
 *     scan   model bytes B, n_history, n_personas, the model file (B bytes, padded to whole words), n_history
 *            item indices
 *     train  n_interactions X, n_users U, ampcf_train_config, U + 1 offsets, X item indices
 * stdout: the compiler on a line, milliseconds of each run on a line, and a checksum of the result, which
 * says that the work was the same. */
#include "ampcf.h"
#include "ampcf_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOP = 10 };

static void fail(const char *what) {
    fprintf(stderr, "bench_work: %s\n", what);
    exit(EXIT_FAILURE);
}

static void *get(size_t bytes) {
    void *p = malloc(bytes > 0 ? bytes : 1);
    if (!p) fail("out of memory");
    return p;
}

static uint32_t *read_words(FILE *in, size_t n) {
    uint32_t *words = get(n * 4);
    if (fread(words, 4, n, in) != n) fail("the case file is cut short");
    return words;
}

static double milliseconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void scan(FILE *in, long runs) {
    uint32_t *head = read_words(in, 3), *file = read_words(in, (head[0] + 3) / 4),
             *history = read_words(in, head[1]);
    size_t model_bytes = ampcf_model_memory(file, head[0]);
    const ampcf_model *model;
    ampcf_fault fault;
    if (ampcf_model_open(file, head[0], get(model_bytes), model_bytes, &model, &fault) != AMPCF_OK)
        fail(fault.what);
    float *weights = get(head[1] * sizeof *weights);
    for (uint32_t i = 0; i < head[1]; i++) weights[i] = 1;
    size_t bytes = ampcf_profile_memory(model, head[1], 0),
           scratch_bytes = ampcf_profile_scratch(model, head[1], 0);
    ampcf_profile *profile;
    ampcf_status status = ampcf_profile_fold_in(model, history, weights, head[1], head[2], get(bytes), bytes,
                                                get(scratch_bytes), scratch_bytes, &profile);
    if (status != AMPCF_OK) fail(ampcf_status_name(status));
    ampcf_ranked found[TOP];
    uint32_t n;
    for (long i = 0; i < runs; i++) {
        double began = milliseconds();
        status = ampcf_recommend(profile, NULL, TOP, found, &n);
        printf("%.6f\n", milliseconds() - began);
        if (status != AMPCF_OK || n != TOP) fail("recommend");
    }
    printf("%08x\n", (unsigned)ampcf_crc32c(found, sizeof found));
}

static void train(FILE *in, long runs) {
    uint32_t *head = read_words(in, 2);
    ampcf_train_config config;
    if (fread(&config, sizeof config, 1, in) != 1) fail("the config is cut short");
    uint32_t *offsets = read_words(in, (size_t)head[1] + 1), *items = read_words(in, head[0]);
    size_t bytes = ampcf_trainer_memory(&config, head[0]);
    void *memory = get(bytes);
    ampcf_trainer *trainer = NULL;
    for (long i = 0; i < runs; i++) {
        double began = milliseconds();
        ampcf_train_progress progress;
        if (ampcf_trainer_open(&config, offsets, items, NULL, memory, bytes, &trainer) != AMPCF_OK)
            fail("the trainer does not open");
        do ampcf_trainer_step(trainer, UINT32_MAX, &progress);
        while (progress.done < progress.total);
        printf("%.6f\n", milliseconds() - began);
    }
    if (!trainer) fail("no run");
    size_t floats = (size_t)config.n_items * config.dim;
    printf("%08x\n", (unsigned)ampcf_crc32c(ampcf_trainer_vectors(trainer), floats * sizeof(float)));
}

int main(int argc, char **argv) {
    FILE *in = argc == 4 ? fopen(argv[2], "rb") : NULL;
    if (!in) fail("usage: bench_work scan|train CASE RUNS");
#ifdef __clang__
    puts("clang " __clang_version__);
#else
    puts("gcc " __VERSION__);
#endif
    long runs = strtol(argv[3], NULL, 10);
    if (strcmp(argv[1], "scan") == 0) scan(in, runs);
    else train(in, runs);
    fclose(in);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
