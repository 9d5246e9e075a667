/* Owns the test of tests/golden/bad: each file breaks one rule, and gets exactly its status. Must not make a
 * file: tests/golden/bad/make.js does.
 *
 * Usage: test_bad_files [FOLDER] */
#include "hostile.h"

enum { MOST_BYTES = 1 << 17 };

static void expect_bad_file(const char *folder, const char *name, const char *wanted) {
    static uint8_t bytes[MOST_BYTES];
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.bin", folder, name);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    if (!file) return;
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    label = name;
    for (uint32_t status = 0; status < 64; status++)
        if (strcmp(ampcf_status_name((ampcf_status)status), wanted) == 0)
            expect_file(bytes, n, (ampcf_status)status, __LINE__);
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : "../../tests/golden/bad";
    char path[1024], name[64], wanted[64];
    uint32_t n = 0;
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    FILE *list = fopen(path, "r");
    CHECK(list != NULL);
    while (list && fscanf(list, "%63s %63s", name, wanted) == 2) expect_bad_file(folder, name, wanted), n++;
    if (list) fclose(list);
    CHECK(n > 90);
    return check_report();
}
