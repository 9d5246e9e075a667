/* Owns running a fuzz target where libFuzzer is not: the corpus, then xorshift mutations of it. Must keep the
 * input that ends the process, as ./crash-NAME.
 *
 * Usage: fuzz_NAME [-runs=N] [-seconds=N] [-seed=N] FOLDER... */
#include "target.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

enum { MOST_BYTES = 1 << 16, MOST_SEEDS = 4096 };

#pragma weak LLVMFuzzerCustomMutator
#pragma weak __sanitizer_set_death_callback
void __sanitizer_set_death_callback(void (*callback)(void));

static struct {
    uint8_t *bytes;
    size_t size;
} seeds[MOST_SEEDS];
static uint32_t n_seeds;
static uint64_t rng = 1;
static uint8_t input[MOST_BYTES];
static size_t input_size;
static const char *name;

static void keep_input(void) {
    char path[256];
    snprintf(path, sizeof path, "crash-%s", name);
    FILE *file = fopen(path, "wb");
    if (!file) return;
    fwrite(input, 1, input_size, file);
    fclose(file);
    fprintf(stderr, "the input is in ./%s\n", path);
}

static void on_signal(int number) {
    keep_input();
    signal(number, SIG_DFL);
    raise(number);
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) {
    for (uint32_t times = 1 + random_below(&rng, 4); times > 0; times--) {
        size_t at = random_below(&rng, (uint32_t)size + 1), n = 1 + random_below(&rng, 16);
        switch (random_below(&rng, 5)) {
        case 0: /* longer */
            n = n < max_size - size ? n : max_size - size;
            memmove(data + at + n, data + at, size - at);
            for (size_t i = 0; i < n; i++) data[at + i] = (uint8_t)random_u32(&rng);
            size += n;
            break;
        case 1: /* shorter */
            n = n < size - at ? n : size - at;
            memmove(data + at, data + at + n, size - at - n);
            size -= n;
            break;
        case 2: /* a piece from elsewhere */
            if (size > 0)
                memmove(data + at, data + random_below(&rng, (uint32_t)(at + 1)),
                        size - at < n ? size - at : n);
            break;
        default:
            if (at == size) break;
            if (random_below(&rng, 2)) data[at] = (uint8_t)random_u32(&rng);
            else data[at] ^= (uint8_t)(1u << random_below(&rng, 8));
        }
    }
    return size;
}

static void read_seed(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || n_seeds == MOST_SEEDS) exit((fprintf(stderr, "%s: cannot be read\n", path), EXIT_FAILURE));
    input_size = fread(input, 1, MOST_BYTES, file);
    fclose(file);
    seeds[n_seeds].bytes = exact_copy(input, input_size);
    seeds[n_seeds++].size = input_size;
}

static void read_seeds(const char *path) {
    struct stat found;
    if (stat(path, &found) != 0) exit((fprintf(stderr, "%s: not there\n", path), EXIT_FAILURE));
    if (!S_ISDIR(found.st_mode)) return read_seed(path);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char below[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        read_seed(below);
    }
    closedir(folder);
}

static void run_seed(uint32_t i) {
    input_size = seeds[i].size;
    memcpy(input, seeds[i].bytes, input_size);
    LLVMFuzzerTestOneInput(input, input_size);
}

int main(int argc, char **argv) {
    unsigned long long runs = 0, seconds = 0, done = 0, number;
    name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "-runs=%llu", &number) == 1) runs = number;
        else if (sscanf(argv[i], "-seconds=%llu", &number) == 1) seconds = number;
        else if (sscanf(argv[i], "-seed=%llu", &number) == 1) rng = number * 2 + 1;
        else read_seeds(argv[i]);
    }
    signal(SIGABRT, on_signal), signal(SIGSEGV, on_signal);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(keep_input);
    for (uint32_t i = 0; i < n_seeds; i++, done++) run_seed(i);
    time_t until = time(NULL) + (time_t)seconds;
    for (unsigned long long n = 0; n < runs || time(NULL) < until; n++, done++) {
        input_size = 0;
        if (n_seeds > 0) {
            uint32_t from = random_below(&rng, n_seeds);
            input_size = seeds[from].size;
            memcpy(input, seeds[from].bytes, input_size);
        }
        input_size = LLVMFuzzerCustomMutator
                         ? LLVMFuzzerCustomMutator(input, input_size, MOST_BYTES, random_u32(&rng))
                         : LLVMFuzzerMutate(input, input_size, MOST_BYTES);
        LLVMFuzzerTestOneInput(input, input_size);
    }
    printf("%s: %" PRIu32 " seeds, %llu executions, no finding\n", name, n_seeds, done);
    return n_seeds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
