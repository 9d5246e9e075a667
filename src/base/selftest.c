/* Owns the known-answer test of the kernels. Must cover every kernel that scoring uses, tails included. */
#include "ampcf.h"
#include "base/kernels.h"
#include "base/smath.h"

#include <string.h>

enum { DIM = 37, STRIDE = 48, VECTORS = 3 };

static float next_value(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes' LCG */
    return (float)(int32_t)*state / 2147483648.0f;
}

static uint32_t mix(uint32_t hash, float value) { /* FNV-1a over the bytes of the result */
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; i++) hash = (hash ^ (bits >> (8 * i) & 255u)) * 16777619u;
    return hash;
}

/* What prunes, and what widens, gives what its scalar twins give; the small core has the twins alone. */
#ifdef AMPCF_PLAIN_SCAN
static int prunes_rightly(uint32_t *state) { return state != NULL; }
#else
enum { ROWS = 7 };

static int rounds_alike(const float *x, uint32_t n, int8_t *row) {
    int8_t scalar[DIM];
    int16_t wide[DIM], wide_scalar[DIM];
    int alike = kernel_to_i8(x, n, row) - kernel_to_i8_scalar(x, n, scalar) == 0;
    kernel_widen_i8(row, n, wide), kernel_widen_i8_scalar(scalar, n, wide_scalar);
    for (uint32_t d = 0; d < n; d++) alike &= row[d] == scalar[d] && wide[d] == wide_scalar[d];
    return alike;
}

static int widens_alike(const int8_t *row, uint32_t n) {
    uint16_t half[DIM];
    float wide[DIM], scalar[DIM];
    uint32_t hash = 0, wanted = 0;
    for (uint32_t d = 0; d < n; d++) half[d] = (uint16_t)(0xB000 + 37 * d);
    kernel_from_f16(half, n, wide), kernel_from_f16_scalar(half, n, scalar);
    for (uint32_t d = 0; d < n; d++) hash = mix(hash, wide[d]), wanted = mix(wanted, scalar[d]);
    kernel_from_i8(row, 0.37f, n, wide), kernel_from_i8_scalar(row, 0.37f, n, scalar);
    for (uint32_t d = 0; d < n; d++) hash = mix(hash, wide[d]), wanted = mix(wanted, scalar[d]);
    return hash == wanted;
}

static int looks_alike(const int16_t *q, uint32_t *state) {
    int16_t look[LOOK_DIM / 2 * LOOK_ITEMS], small[LOOK_DIM];
    int32_t before[LOOK_ITEMS], dots[LOOK_ITEMS], scalar[LOOK_ITEMS];
    int alike = 1;
    for (uint32_t i = 0; i < LOOK_DIM / 2 * LOOK_ITEMS; i++) look[i] = (int16_t)(next_value(state) * 32767);
    for (uint32_t d = 0; d < LOOK_DIM; d++) small[d] = q[d] % LOOK_MOST;
    for (uint32_t j = 0; j < LOOK_ITEMS; j++) before[j] = (int32_t)(next_value(state) * 1e6f);
    kernel_look(look, small, before, dots), kernel_look_scalar(look, small, before, scalar);
    for (uint32_t j = 0; j < LOOK_ITEMS; j++) alike &= dots[j] == scalar[j];
    return alike;
}

static int prunes_rightly(uint32_t *state) {
    int8_t rows[ROWS * DIM];
    int16_t q[DIM];
    int32_t dots[ROWS], scalar[ROWS];
    uint32_t at[ROWS];
    uint16_t lengths[ROWS];
    float x[DIM], scales[ROWS], bias[ROWS];
    int right = 1;
    for (uint32_t n = 1; n <= DIM; n++) {
        for (uint32_t j = 0; j < ROWS; j++) {
            for (uint32_t d = 0; d < n; d++) x[d] = next_value(state), q[d] = (int16_t)(x[d] * 32767);
            right &= rounds_alike(x, n, rows + j * n) && widens_alike(rows + j * n, n);
            scales[j] = next_value(state), bias[j] = next_value(state), lengths[j] = (uint16_t)(0x3F00 + j);
        }
        for (uint32_t j = 0; j < ROWS; j++) at[j] = 5 * j % ROWS;
        kernel_i8_dots(rows, at, ROWS, q, n, dots), kernel_i8_dots_scalar(rows, at, ROWS, q, n, scalar);
        for (int j = 0; j < ROWS; j++) right &= dots[j] == scalar[j];
        kernel_reach_rows of = {dots, scales, bias, lengths};
        kernel_reach_terms terms = {1e-6f, 0.1f, next_value(state), next_value(state)};
        right &= kernel_reach(&of, ROWS, &terms) == kernel_reach_scalar(&of, ROWS, &terms);
        right &= kernel_reach_look(&of, ROWS, &terms) == kernel_reach_look_scalar(&of, ROWS, &terms);
    }
    return right & looks_alike(q, state);
}
#endif

uint32_t ampcf_self_test(void) {
    float u[VECTORS * STRIDE] = {0}, v[DIM], out[VECTORS];
    uint32_t state = 1, hash = 2166136261u;
    for (int k = 0; k < VECTORS; k++)
        for (int d = 0; d < DIM; d++) u[k * STRIDE + d] = next_value(&state);
    for (int d = 0; d < DIM; d++) v[d] = next_value(&state);
    for (uint32_t n = 1; n <= DIM; n++) {
        for (int k = 0; k < VECTORS; k++)
            if (n < DIM) memset(u + k * STRIDE + n, 0, (STRIDE - n) * sizeof *u);
        hash = mix(hash, kernel_dot(u, v, n));
        kernel_dots(u, VECTORS, STRIDE, v, n, out);
        for (int k = 0; k < VECTORS; k++) hash = mix(hash, smath_exp_f32(out[k]));
        kernel_add_scaled(u, out[0], v, n);
        for (uint32_t d = 0; d < n; d++) hash = mix(hash, u[d]);
        for (int k = 0; k < VECTORS; k++)
            for (int d = 0; d < DIM; d++) u[k * STRIDE + d] = next_value(&state);
    }
    return prunes_rightly(&state) ? hash : 0;
}
