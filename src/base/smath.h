/* Owns exp and log that give the same bits on every build. Must not call libm, which differs between
 * platforms. */
#ifndef AMPCF_BASE_SMATH_H
#define AMPCF_BASE_SMATH_H

#include <stdint.h>
#include <string.h>

/* 2^n for -1022 <= n <= 1023. */
static inline double pow2_f64(int n) {
    uint64_t bits = (uint64_t)(1023 + n) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e^x, clamped to x in [-87, 87]; relative error below 2e-7. Cephes' expf scheme: x = n ln 2 + r, polynomial
 * in r. */
static inline float smath_exp_f32(float x) {
    if (!(x >= -87.0f)) x = -87.0f; /* also what is no number, of which no int can be made */
    if (x > 87.0f) x = 87.0f;
    float n = (float)(int)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f));
    float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.9875691e-4f;
    p = p * r + 1.3981999e-3f;
    p = p * r + 8.3334519e-3f;
    p = p * r + 4.1665796e-2f;
    p = p * r + 1.6666665e-1f;
    p = p * r + 5.0000001e-1f;
    float y = (p * r * r + r) + 1.0f;
    uint32_t bits = (uint32_t)(127 + (int)n) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return y * scale;
}

/* Natural logarithm of a positive normal x; relative error below 1e-14. log x = e ln 2 + 2 atanh((m - 1) /
 * (m + 1)). */
static inline double smath_log(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> 52) - 1022;
    bits = (bits & 0x000FFFFFFFFFFFFFull) | 0x3FE0000000000000ull;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m < 0.70710678118654752440) m *= 2, e -= 1;
    double t = (m - 1) / (m + 1), t2 = t * t, series = 0;
    for (int i = 21; i >= 1; i -= 2) series = series * t2 + 1.0 / i;
    return 2 * t * series + e * 0.69314718055994530942;
}

/* e^x in double, |x| <= 700; relative error below 1e-15. */
static inline double smath_exp(double x) {
    int n = (int)(x * 1.44269504088896340736 + (x < 0 ? -0.5 : 0.5));
    double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10, sum = 1;
    for (int i = 14; i >= 1; i--) sum = 1 + sum * r / i;
    return sum * pow2_f64(n);
}

#endif
