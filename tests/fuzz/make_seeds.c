/* Owns the first inputs of the fuzz targets in C: small models of each kind, quantisation and set of
 * sections, and random settings of training. Must give the same files whenever it runs.
 *
 * Usage: fuzz_make_seeds FOLDER, which has the folders `model` and `train`. */
#include "kinds.h"

enum { TRAIN_BYTES = 160, TRAIN_SEEDS = 100 };

static void keep(const char *folder, const char *kind, uint32_t number, const void *bytes, size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/seed-%02" PRIu32, folder, kind, number);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0)
        exit((fprintf(stderr, "%s: cannot be written\n", path), EXIT_FAILURE));
}

/* All that a file may have, in turn. */
static recipe seed_recipe(uint32_t i) {
    static const uint32_t items[] = {1, 3, 9, 14}, dims[] = {1, 5, 16, 19}, personas[] = {1, 4, 64};
    recipe r = (i % 4 == 3 ? attention_recipe : plain_recipe)(items[(i + i / 4) % 4], dims[(i + i / 8) % 4],
                                                              personas[i % 3], i % 3 == 1 ? 5 : 0);
    r.vector_type = i / 2 % 3;
    r.neighbours = i % 5 == 2 || i % 5 == 4 ? 1 + i % 7 : 0;
    r.weighted = i % 4 == 1;
    r.clusters = i % 7 == 3 ? 2 : 0;
    if (i % 4 != 3) {
        r.settings[GATE] = i % 6 == 0 ? 0 : (float)(i % 17);
        r.settings[LEAVES] = (float)(1 + i * 5 % 256);
        r.settings[PROPORTIONAL] = (float)(i % 2) / 3;
    }
    return r;
}

int main(int argc, char **argv) {
    uint64_t rng = 71;
    if (argc != 2) return fprintf(stderr, "usage: fuzz_make_seeds FOLDER\n"), EXIT_FAILURE;
    for (uint32_t i = 0; i < 60; i++) {
        recipe r = seed_recipe(i);
        test_model m = make_kind(&r, &rng);
        keep(argv[1], "model", i, m.file, m.bytes);
        free_model(&m);
    }
    for (uint32_t i = 0; i < TRAIN_SEEDS; i++) {
        uint8_t bytes[TRAIN_BYTES];
        for (uint32_t b = 0; b < TRAIN_BYTES; b++) bytes[b] = (uint8_t)random_u32(&rng);
        bytes[0] = (uint8_t)i;
        keep(argv[1], "train", i, bytes, sizeof bytes);
    }
    return EXIT_SUCCESS;
}
