/* Owns the test of wasserstein.c: against every basis of small problems, every permutation, the closed form
 * on a line, and the axioms of a metric. Must leave the other distances to test_distances.c. */
#include "distributions.h"
#include "taste/wasserstein.h"

static double solve(const double *p, const double *q, uint32_t n, const double *cost) {
    size_t bytes = ampcf_taste_between_memory(AMPCF_WASSERSTEIN, n);
    void *memory = exact(bytes);
    double out = -1;
    CHECK_EQ(ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, n, cost, memory, bytes, &out), AMPCF_OK);
    free(memory);
    return out;
}

/* ---- Every basis of a small transportation problem ----------------------------------------------------- */

enum { SMALL = 4, BASIS = 2 * SMALL - 1 };

/* Flows of the chosen cells by taking off rows and columns with one cell left; 0 when they are no tree or a
 * flow is negative. */
static int basis_cost(uint32_t n, const uint32_t *cells, const double *p, const double *q, const double *cost,
                      double *out) {
    double left[2 * SMALL], sum = 0;
    uint32_t degree[2 * SMALL] = {0}, used = 0;
    for (uint32_t i = 0; i < n; i++) left[i] = p[i], left[n + i] = q[i];
    for (uint32_t c = 0; c < 2 * n - 1; c++) degree[cells[c] / n]++, degree[n + cells[c] % n]++;
    for (uint32_t round = 0; round < 2 * n - 1; round++) {
        uint32_t c = 0, source = 0, sink = 0;
        for (; c < 2 * n - 1; c++) {
            source = cells[c] / n, sink = n + cells[c] % n;
            if (!(used >> c & 1) && (degree[source] == 1 || degree[sink] == 1)) break;
        }
        if (c == 2 * n - 1) return 0;
        double flow = degree[source] == 1 ? left[source] : left[sink];
        if (flow < -1e-12) return 0;
        left[source] -= flow, left[sink] -= flow, degree[source]--, degree[sink]--;
        used |= 1u << c, sum += flow * cost[cells[c]];
    }
    for (uint32_t v = 0; v < 2 * n; v++)
        if (fabs(left[v]) > 1e-9) return 0;
    *out = sum;
    return 1;
}

static double cheapest_basis(uint32_t n, const double *p, const double *q, const double *cost) {
    uint32_t cells[BASIS], wanted = 2 * n - 1;
    double best = INFINITY, value;
    for (uint32_t c = 0; c < wanted; c++) cells[c] = c;
    for (;;) {
        if (basis_cost(n, cells, p, q, cost, &value) && value < best) best = value;
        uint32_t at = wanted;
        while (at > 0 && cells[at - 1] == n * n - wanted + at - 1) at--;
        if (at == 0) return best;
        cells[at - 1]++;
        for (uint32_t c = at; c < wanted; c++) cells[c] = cells[c - 1] + 1;
    }
}

static void small_cases(void) {
    uint64_t rng = 201;
    for (int round = 0; round < 600; round++) {
        uint32_t n = 2 + random_below(&rng, 2 + (round % 10 == 0));
        double p[SMALL], q[SMALL], cost[SMALL * SMALL];
        draw_distribution(&rng, p, n), draw_distribution(&rng, q, n);
        if (round % 3 == 0)
            for (uint32_t a = 0; a < n; a++) p[a] = q[a] = 1.0 / n; /* every basis is degenerate */
        for (uint32_t c = 0; c < n * n; c++)
            cost[c] = round % 4 == 0 ? random_below(&rng, 3) : (double)random_float(&rng, 0, 5);
        CHECK_NEAR(solve(p, q, n, cost), cheapest_basis(n, p, q, cost), 1e-11);
    }
}

/* Equal masses: the cheapest transport is an assignment, and all 720 are tried. */
static double cheapest_assignment(const double *cost, uint32_t n, uint32_t row, uint32_t used) {
    double best = row == n ? 0 : INFINITY;
    for (uint32_t j = 0; row < n && j < n; j++)
        if (!(used >> j & 1))
            best = fmin(best, cost[row * n + j] + cheapest_assignment(cost, n, row + 1, used | 1u << j));
    return best;
}

static void assignments(void) {
    uint64_t rng = 202;
    for (int round = 0; round < 200; round++) {
        uint32_t n = 6;
        double p[6], cost[36];
        for (uint32_t a = 0; a < n; a++) p[a] = 1.0 / n;
        for (uint32_t c = 0; c < n * n; c++)
            cost[c] = round % 2 ? random_below(&rng, 4) : (double)random_float(&rng, 0, 1);
        CHECK_NEAR(solve(p, p, n, cost), cheapest_assignment(cost, n, 0, 0) / n, 1e-12);
    }
}

/* ---- Closed forms at any size -------------------------------------------------------------------------- */

static void on_a_line(uint32_t n, int rounds) {
    uint64_t rng = 203;
    double *p = exact(n * sizeof *p), *q = exact(n * sizeof *q), *x = exact(n * sizeof *x),
           *cost = exact((size_t)n * n * sizeof *cost);
    for (int round = 0; round < rounds; round++) {
        draw_distribution(&rng, p, n), draw_distribution(&rng, q, n);
        double wanted = 0, apart = 0;
        x[0] = 0;
        for (uint32_t a = 1; a < n; a++) x[a] = x[a - 1] + (double)random_float(&rng, 0, 1);
        for (uint32_t a = 0; a < n; a++)
            for (uint32_t b = 0; b < n; b++) cost[(size_t)a * n + b] = fabs(x[a] - x[b]);
        for (uint32_t a = 0; a + 1 < n; a++) apart += p[a] - q[a], wanted += fabs(apart) * (x[a + 1] - x[a]);
        CHECK_NEAR(solve(p, q, n, cost), wanted, 1e-11 * n);
        double variation = 0;
        for (uint32_t a = 0; a < n; a++) {
            variation += fabs(p[a] - q[a]) / 2;
            for (uint32_t b = 0; b < n; b++) cost[(size_t)a * n + b] = a != b;
        }
        CHECK_NEAR(solve(p, q, n, cost), variation, 1e-12 * n);
        CHECK_NEAR(solve(p, q, n, NULL), variation, 1e-14 * n);
    }
    free(p), free(q), free(x), free(cost);
}

/* Renamed categories, or a cost in another unit, change nothing but the unit. */
static void invariance(uint32_t n) {
    uint64_t rng = 204;
    double *p = exact(n * sizeof *p), *q = exact(n * sizeof *q), *cost = exact((size_t)n * n * sizeof *cost);
    double *p2 = exact(n * sizeof *p), *q2 = exact(n * sizeof *q),
           *cost2 = exact((size_t)n * n * sizeof *cost);
    uint32_t *to = exact(n * sizeof *to);
    draw_distribution(&rng, p, n), draw_distribution(&rng, q, n);
    for (uint32_t c = 0; c < n * n; c++) cost[c] = (double)random_float(&rng, 0, 1);
    for (uint32_t a = 0; a < n; a++) to[a] = a;
    for (uint32_t a = n; a > 1; a--) {
        uint32_t b = random_below(&rng, a), moved = to[a - 1];
        to[a - 1] = to[b], to[b] = moved;
    }
    for (uint32_t a = 0; a < n; a++) {
        p2[to[a]] = p[a], q2[to[a]] = q[a];
        for (uint32_t b = 0; b < n; b++) cost2[(size_t)to[a] * n + to[b]] = 3 * cost[(size_t)a * n + b];
    }
    double first = solve(p, q, n, cost);
    CHECK(first > 0);
    CHECK_NEAR(solve(p2, q2, n, cost2), 3 * first, 1e-11);
    free(p), free(q), free(cost), free(p2), free(q2), free(cost2), free(to);
}

static void is_a_metric(void) {
    uint64_t rng = 205;
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + random_below(&rng, 20);
        double p[20], q[20], r[20], place[20][2], cost[400], largest = 0;
        draw_distribution(&rng, p, n), draw_distribution(&rng, q, n), draw_distribution(&rng, r, n);
        for (uint32_t a = 0; a < n; a++)
            place[a][0] = (double)random_float(&rng, 0, 1), place[a][1] = (double)random_float(&rng, 0, 1);
        for (uint32_t a = 0; a < n; a++)
            for (uint32_t b = 0; b < n; b++) {
                cost[a * n + b] = hypot(place[a][0] - place[b][0], place[a][1] - place[b][1]);
                largest = fmax(largest, cost[a * n + b]);
            }
        double pq = solve(p, q, n, cost), qr = solve(q, r, n, cost), pr = solve(p, r, n, cost);
        CHECK(pq >= 0 && pq <= largest + 1e-12);
        CHECK_NEAR(solve(p, p, n, cost), 0, 1e-13);
        CHECK_NEAR(solve(q, p, n, cost), pq, 1e-12);
        CHECK(pr <= pq + qr + 1e-12);
    }
}

static void refusals(void) {
    double p[3] = {0.2, 0.3, 0.5}, q[3] = {0.5, 0, 0.5}, cost[9] = {0, 1, 2, 1, 0, 1, 2, 1, 0}, out = 7;
    size_t bytes = ampcf_taste_between_memory(AMPCF_WASSERSTEIN, 3);
    void *memory = exact(bytes);
    CHECK_EQ(ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, 3, cost, memory, bytes - 1, &out), AMPCF_E_MEMORY);
    CHECK_EQ(wasserstein(p, q, 3, cost, 1, memory, bytes, &out), AMPCF_E_LIMIT);
    const double bad[] = {-1e-9, NAN, INFINITY, 1.1e9};
    for (uint32_t b = 0; b < 4; b++) {
        cost[3] = bad[b];
        CHECK_EQ(ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, 3, cost, memory, bytes, &out),
                 AMPCF_E_ARGUMENT);
    }
    CHECK(out == 7);
    cost[3] = 1, cost[1] = NAN; /* to a category without weight: never read */
    CHECK_EQ(ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, 3, cost, memory, bytes, &out), AMPCF_OK);
    CHECK_NEAR(out, 0.3, 1e-15);
    const double nothing[9] = {0};
    CHECK_EQ(ampcf_taste_between(AMPCF_WASSERSTEIN, p, q, 3, nothing, memory, bytes, &out), AMPCF_OK);
    CHECK(out == 0);
    free(memory);
}

int main(void) {
    small_cases();
    assignments();
    on_a_line(1, 1);
    on_a_line(17, 50);
    on_a_line(300, 3);
    invariance(200);
    is_a_metric();
    refusals();
    return check_report();
}
