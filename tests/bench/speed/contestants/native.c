/* Owns the native side of the speed bench: a model and its people in memory, one ranking a line of stdin,
 * times and lists to stdout. Must not decide how often or in which order.
 *
 *     native MODEL PEOPLE TOP
 *
 * PEOPLE, little-endian 32-bit words: n_people, then for each n_history, n_candidates and both lists of item
 * indices. A line of stdin is a word and a person: `one 3` (one vector), `four 3` (as many personas as are
 * found), both without the history, `whole 3` and `wholeFour 3` (the same, nothing left out), or
 * `candidates 3`. A line of stdout is milliseconds, then pairs of item and score; with SCAN_STATS also `#`,
 * and how many items each stage of the scan looked at. */
#include "ampcf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct person {
    uint32_t n_history, n_candidates;
    uint32_t *history, *candidates;
    uint8_t *seen; /* (N) */
    ampcf_profile *one, *four;
} person;

static void fail(const char *what) {
    fprintf(stderr, "native: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Aligned to 16 bytes, as the library wants it. */
static void *get(size_t bytes) {
    void *p = aligned_alloc(64, (bytes + 64) / 64 * 64);
    if (!p) fail("out of memory");
    return p;
}

static void *read_file(const char *path, size_t *out_bytes) {
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0) fail(path);
    long n = ftell(in);
    if (n < 0 || fseek(in, 0, SEEK_SET) != 0) fail(path);
    void *bytes = get((size_t)n);
    if (fread(bytes, 1, (size_t)n, in) != (size_t)n) fail(path);
    fclose(in);
    *out_bytes = (size_t)n;
    return bytes;
}

static double milliseconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static ampcf_profile *fold(const ampcf_model *model, const person *who, uint32_t personas) {
    size_t bytes = ampcf_profile_memory(model, who->n_history, 0),
           scratch_bytes = ampcf_profile_scratch(model, who->n_history, 0);
    void *scratch = get(scratch_bytes);
    ampcf_profile *profile;
    if (ampcf_profile_fold_in(model, who->history, NULL, who->n_history, personas, get(bytes), bytes, scratch,
                              scratch_bytes, &profile) != AMPCF_OK)
        fail("the history does not fold in");
    free(scratch);
    return profile;
}

static person *read_people(const ampcf_model *model, const uint32_t *words, uint32_t *out_n) {
    uint32_t n = *out_n = *words++, n_items = ampcf_model_describe(model).items;
    person *people = get(n * sizeof *people);
    for (uint32_t p = 0; p < n; p++) {
        person *who = &people[p];
        who->n_history = words[0];
        who->n_candidates = words[1];
        who->history = (uint32_t *)words + 2;
        who->candidates = who->history + who->n_history;
        words = who->candidates + who->n_candidates;
        who->seen = get(n_items);
        memset(who->seen, 0, n_items);
        for (uint32_t i = 0; i < who->n_history; i++) who->seen[who->history[i]] = 1;
        who->one = fold(model, who, 1);
        who->four = fold(model, who, 0);
    }
    return people;
}

static const ampcf_profile *profile_of(const char *what, const person *who) {
    return strcmp(what, "one") == 0 || strcmp(what, "whole") == 0 ? who->one : who->four;
}

/* Whatever the stages are: their counts in the order of the struct, all of them uint32_t. */
static void print_stages(const ampcf_profile *profile) {
#ifdef SCAN_STATS
    ampcf_scan_counts counts;
    uint32_t stages[sizeof counts / sizeof(uint32_t)];
    ampcf_scan_stats(profile, &counts);
    memcpy(stages, &counts, sizeof stages);
    printf(" #");
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) printf(" %u", (unsigned)stages[i]);
#else
    (void)profile;
#endif
}

static ampcf_status rank(const char *what, const person *who, uint32_t top, ampcf_ranked *found,
                         uint32_t *n) {
    const ampcf_profile *profile = profile_of(what, who);
    const uint8_t *excluded = strncmp(what, "whole", 5) == 0 ? NULL : who->seen;
    if (strcmp(what, "candidates") != 0) return ampcf_recommend(profile, excluded, top, found, n);
    return ampcf_rank(who->four, who->candidates, who->n_candidates, top, found, n);
}

int main(int argc, char **argv) {
    if (argc != 4) fail("usage: native MODEL PEOPLE TOP");
    size_t n_bytes, people_bytes;
    void *file = read_file(argv[1], &n_bytes);
    uint32_t *words = read_file(argv[2], &people_bytes), n_people, top = (uint32_t)strtoul(argv[3], NULL, 10);
    size_t model_bytes = ampcf_model_memory(file, n_bytes);
    const ampcf_model *model;
    ampcf_fault fault;
    if (ampcf_model_open(file, n_bytes, get(model_bytes), model_bytes, &model, &fault) != AMPCF_OK)
        fail(fault.what);
    person *people = read_people(model, words, &n_people);
    ampcf_ranked *found = get(top * sizeof *found);
    char what[16];
    unsigned p;
    while (scanf("%15s %u", what, &p) == 2) {
        uint32_t n;
        if (p >= n_people) fail("no such person");
        double began = milliseconds();
        ampcf_status status = rank(what, &people[p], top, found, &n);
        double took = milliseconds() - began;
        if (status != AMPCF_OK) fail(ampcf_status_name(status));
        printf("%.6f", took);
        for (uint32_t i = 0; i < n; i++) printf(" %u %.9g", (unsigned)found[i].item, (double)found[i].score);
        print_stages(profile_of(what, &people[p]));
        printf("\n");
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
