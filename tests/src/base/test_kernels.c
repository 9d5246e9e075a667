/* Owns the test of kernels_*.c, smath.h and selftest.c: the canonical sum, bit for bit, and documented
 * accuracy. Must not need a model. */
#include "ampcf.h"
#include "check.h"
#include "base/kernels.h"
#include "base/smath.h"

enum { MOST = 130, STRIDE = 144, VECTORS = 64 };

/* The definition of kernels.h in other words: element i goes to sum i mod 16; the sums meet in one fixed
 * tree. */
static float canonical_dot(const float *a, const float *b, uint32_t n) {
    float s[16] = {0};
    for (uint32_t i = 0; i < n; i++) s[i % 16] += a[i] * b[i];
    for (int l = 0; l < 4; l++) s[l] = (s[l] + s[l + 4]) + (s[l + 8] + s[l + 12]);
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void dots(void) {
    uint64_t rng = 11;
    float *u = exact(VECTORS * STRIDE * sizeof *u), *out = exact(VECTORS * sizeof *out);
    for (uint32_t n = 1; n <= MOST; n++) {
        float *v = exact(n * sizeof *v), *w = exact(n * sizeof *w);
        uint32_t m = 1 + n % VECTORS, stride = (n + 15) & ~15u;
        double sum = 0, size = 0;
        memset(u, 0, VECTORS * STRIDE * sizeof *u);
        for (uint32_t d = 0; d < n; d++) {
            v[d] = random_float(&rng, -1, 1);
            for (uint32_t k = 0; k < m; k++) u[k * stride + d] = random_float(&rng, -1, 1);
            w[d] = u[d];
            sum += (double)w[d] * (double)v[d];
            size += fabs((double)w[d] * (double)v[d]);
        }
        CHECK_EQ(float_bits(kernel_dot(w, v, n)), float_bits(canonical_dot(w, v, n)));
        CHECK_NEAR(kernel_dot(w, v, n), sum, 1e-6 * size);
        for (uint32_t some = 1; some <= m; some++) {
            memset(out, 0xFF, VECTORS * sizeof *out);
            kernel_dots(u, some, stride, v, n, out);
            for (uint32_t k = 0; k < some; k++)
                CHECK_EQ(float_bits(out[k]), float_bits(kernel_dot(u + k * stride, v, n)));
            for (uint32_t k = some; k < VECTORS; k++) CHECK_EQ(float_bits(out[k]), 0xFFFFFFFFu);
        }
        free(v), free(w);
    }
    free(u), free(out);
}

static void sums(void) {
    uint64_t rng = 12;
    for (uint32_t n = 0; n <= MOST; n++) {
        float *x = exact(n * sizeof *x), *sum = exact(n * sizeof *sum), wanted[MOST],
              w = random_float(&rng, -2, 2);
        for (uint32_t d = 0; d < n; d++) {
            x[d] = random_float(&rng, -1, 1), sum[d] = random_float(&rng, -1, 1);
            volatile float product = w * x[d]; /* rounded before it is added */
            wanted[d] = sum[d] + product;
        }
        kernel_add_scaled(sum, w, x, n);
        CHECK_BYTES(sum, wanted, n * sizeof *sum);
        free(x), free(sum);
    }
}

static void special_values(void) {
    const float big[3] = {1048576, 1048576, 1048576}, zero[3] = {0, -0.0f, 0};
    CHECK_EQ(float_bits(kernel_dot(big, big, 3)), float_bits(3 * 1048576.0f * 1048576.0f));
    CHECK_EQ(float_bits(kernel_dot(zero, big, 3)), 0u);
    CHECK_EQ(float_bits(kernel_dot(big, big, 0)), 0u);
}

static void exponentials(void) {
    double worst_f32 = 0, worst_f64 = 0, worst_log = 0;
    for (int i = -870000; i <= 870000; i++) {
        float x = (float)i * 1e-4f;
        if (fabsf(x) > 87) continue;
        worst_f32 = fmax(worst_f32, fabs((double)smath_exp_f32(x) / exp((double)x) - 1));
    }
    CHECK_NEAR(worst_f32, 0, 2e-7);
    CHECK_EQ(float_bits(smath_exp_f32(-1000)), float_bits(smath_exp_f32(-87)));
    CHECK_EQ(float_bits(smath_exp_f32(1e30f)), float_bits(smath_exp_f32(87)));
    CHECK_EQ(float_bits(smath_exp_f32(0)), float_bits(1));
    uint64_t rng = 13;
    for (int i = 0; i < 300000; i++) {
        double x = (double)random_float(&rng, -1, 1) * (i % 3 == 0 ? 700 : i % 3 == 1 ? 20 : 0.5);
        worst_f64 = fmax(worst_f64, fabs(smath_exp(x) / exp(x) - 1));
        double y = exp(x), z = 1 + x * 1e-6;
        worst_log = fmax(worst_log, fabs(smath_log(y) - log(y)) / fmax(fabs(log(y)), 1e-300));
        if (log(z) != 0) worst_log = fmax(worst_log, fabs(smath_log(z) / log(z) - 1));
    }
    CHECK_NEAR(worst_f64, 0, 1e-15);
    CHECK_NEAR(worst_log, 0, 1e-14);
    CHECK(smath_log(1) == 0);
    CHECK(smath_exp(0) == 1);
    for (int n = -1022; n <= 1023; n++) CHECK(pow2_f64(n) == ldexp(1, n));
    printf("worst relative error: exp_f32 %.2g, exp %.2g, log %.2g\n", worst_f32, worst_f64, worst_log);
}

int main(void) {
    dots();
    sums();
    special_values();
    exponentials();
    CHECK_EQ(ampcf_self_test(), AMPCF_SELF_TEST);
    return check_report();
}
