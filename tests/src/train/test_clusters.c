/* Owns the test of train_clusters.c: planted clusters are found, the objective beats chance, numbers are as
 * the file wants them. Must not test what clusters are used for. */
#include "ampcf_train.h"
#include "check.h"

static void cluster(const float *v, uint32_t n, uint32_t dim, uint32_t k, uint32_t seed, uint8_t *out) {
    size_t bytes = ampcf_clusters_memory(n, dim, k);
    void *memory = exact(bytes);
    CHECK_EQ(ampcf_clusters(v, n, dim, k, seed, memory, bytes - 1, out), AMPCF_E_MEMORY);
    CHECK_EQ(ampcf_clusters(v, n, dim, k, seed, memory, bytes, out), AMPCF_OK);
    free(memory);
}

/* Each number is at most one above all before it. Returns how many there are. */
static uint32_t count(const uint8_t *of, uint32_t n) {
    uint32_t next = 0;
    for (uint32_t j = 0; j < n; j++) {
        CHECK(of[j] <= next);
        if (of[j] == next) next++;
    }
    return next;
}

/* Items around k directions of their own, of any length, some of the directions in the second half only:
 * each is one cluster. */
static void planted(uint32_t n, uint32_t k, uint32_t dim) {
    uint64_t rng = 231 + n;
    float *v = exact((size_t)n * dim * sizeof *v);
    uint8_t *truth = exact(n), *of = exact(n), name[256] = {0}, named[256] = {0};
    for (uint32_t j = 0; j < n; j++) {
        float length = random_float(&rng, 0.01f, 100);
        truth[j] = (uint8_t)(j < n / 2 ? random_below(&rng, k / 2) : k / 2 + random_below(&rng, k - k / 2));
        for (uint32_t d = 0; d < dim; d++)
            v[(size_t)j * dim + d] = length * ((d == truth[j] ? 1 : 0) + random_float(&rng, -0.1f, 0.1f));
    }
    uint32_t best = 0;
    for (uint32_t seed = 1; seed <= 5; seed++) {
        cluster(v, n, dim, k, seed, of);
        uint32_t right = 0, found = count(of, n);
        CHECK(found <= k);
        memset(named, 0, sizeof named);
        for (uint32_t j = 0; j < n; j++) {
            if (!named[of[j]]) named[of[j]] = 1, name[of[j]] = truth[j];
            right += name[of[j]] == truth[j];
        }
        if (found == k && right == n) best++;
        CHECK(right > n / 2);
    }
    CHECK(best >=
          3); /* k-means++ begins with an item of each direction nearly always, chance does in 2 of 5 */
    free(v), free(truth), free(of);
}

/* Sum of |mean direction| over clusters is the objective; random clusters of the same sizes do worse. */
static double objective(const float *v, const uint8_t *of, uint32_t n, uint32_t dim) {
    static double sums[256][16];
    double total = 0;
    memset(sums, 0, sizeof sums);
    for (uint32_t j = 0; j < n; j++) {
        double square = 0;
        for (uint32_t d = 0; d < dim; d++) square += (double)v[j * dim + d] * (double)v[j * dim + d];
        for (uint32_t d = 0; d < dim; d++) sums[of[j]][d] += (double)v[j * dim + d] / sqrt(square);
    }
    for (uint32_t k = 0; k < 256; k++) {
        double square = 0;
        for (uint32_t d = 0; d < dim; d++) square += sums[k][d] * sums[k][d];
        total += sqrt(square);
    }
    return total;
}

static void better_than_chance(void) {
    enum { N = 700, DIM = 16 };
    uint64_t rng = 232;
    float v[N * DIM];
    uint8_t of[N], again[N], other[N], shuffled[N];
    for (uint32_t i = 0; i < N * DIM; i++) v[i] = random_float(&rng, -1, 1);
    cluster(v, N, DIM, 24, 1, of), cluster(v, N, DIM, 24, 1, again), cluster(v, N, DIM, 24, 2, other);
    CHECK_BYTES(of, again, N);
    CHECK(memcmp(of, other, N) != 0);
    CHECK_EQ(count(of, N), 24);
    memcpy(shuffled, of, N);
    for (uint32_t j = N; j > 1; j--) {
        uint32_t i = random_below(&rng, j);
        uint8_t moved = shuffled[j - 1];
        shuffled[j - 1] = shuffled[i], shuffled[i] = moved;
    }
    CHECK(objective(v, of, N, DIM) > 1.8 * objective(v, shuffled, N, DIM));
    for (uint32_t i = 0; i < N * DIM; i++) v[i] *= 4; /* directions alone decide */
    cluster(v, N, DIM, 24, 1, again);
    CHECK_BYTES(of, again, N);
}

static void odd_vectors(void) {
    uint8_t of[300];
    static float v[300 * 2];
    cluster(v, 300, 2, 24, 1, of); /* zeros only */
    CHECK_EQ(count(of, 300), 1);
    for (uint32_t j = 0; j < 300; j++) v[2 * j] = j % 2 ? 1 : -3;
    cluster(v, 300, 2, 24, 1, of);
    CHECK_EQ(count(of, 300), 2);
    for (uint32_t j = 0; j < 300; j++) CHECK_EQ(of[j], j % 2);
    cluster(v, 300, 2, 1, 1, of);
    CHECK_EQ(count(of, 300), 1);
    cluster(v, 1, 2, 256, 9, of);
    CHECK_EQ(of[0], 0);
    uint64_t rng = 233;
    for (uint32_t i = 0; i < 600; i++) v[i] = random_float(&rng, -1, 1);
    cluster(v, 300, 2, 256, 3, of);
    CHECK(count(of, 300) > 150);
}

static void refusals(void) {
    float v[4] = {1, 2, 3, 4};
    uint8_t of[2] = {7, 7};
    static _Alignas(16) unsigned char memory[4096];
    CHECK_EQ(ampcf_clusters_memory(0, 2, 2), 0);
    CHECK_EQ(ampcf_clusters_memory(2, 0, 2), 0);
    CHECK_EQ(ampcf_clusters_memory(2, 2, 0), 0);
    CHECK_EQ(ampcf_clusters_memory(2, 2, 257), 0);
    CHECK_EQ(ampcf_clusters_memory((1u << 24) + 1, 2, 2), 0);
    CHECK_EQ(ampcf_clusters(v, 2, 2, 257, 1, memory, sizeof memory, of), AMPCF_E_ARGUMENT);
    const float bad[] = {(float)NAN, (float)INFINITY, 1048577.0f};
    for (uint32_t b = 0; b < 3; b++) {
        v[3] = bad[b];
        CHECK_EQ(ampcf_clusters(v, 2, 2, 2, 1, memory, sizeof memory, of), AMPCF_E_ARGUMENT);
    }
    CHECK(of[0] == 7 && of[1] == 7);
}

int main(void) {
    planted(400, 6, 8);
    planted(40000, 5, 5); /* every second item moves the centres */
    better_than_chance();
    odd_vectors();
    refusals();
    return check_report();
}
