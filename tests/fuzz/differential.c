/* Owns the fuzz target `differential`: the core with scalar kernels and the core with the wasm SIMD kernels,
 * compiled natively, give the same bits of everything. The other identities, whole = by parts and rank =
 * recommend = explain, are held in use_model.c. Must be linked to a core whose kernels are those below. */
#include "use_model.h"
#include "base/kernels.h"

/* The real SIMD kernels under the names that native-simd/kernels.c gives them. */
float native_dot_simd128(const float *a, const float *b, uint32_t n);
void native_dots_simd128(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n, float *out);
void native_add_scaled_simd128(float *sum, float w, const float *x, uint32_t n);
void native_from_i8_simd128(const int8_t *q, float scale, uint32_t n, float *out);
void native_from_f16_simd128(const uint16_t *h, uint32_t n, float *out);
float native_to_i8_simd128(const float *x, uint32_t n, int8_t *out);
void native_widen_i8_simd128(const int8_t *q, uint32_t n, int16_t *out);
void native_i8_dots_simd128(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                            int32_t *out);
void native_look_simd128(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out);
uint64_t native_reach_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);
uint64_t native_reach_look_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t);

static int by_simd;

float kernel_dot_simd128(const float *a, const float *b, uint32_t n) {
    return by_simd ? native_dot_simd128(a, b, n) : kernel_dot_scalar(a, b, n);
}
void kernel_dots_simd128(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n,
                         float *out) {
    if (by_simd) native_dots_simd128(u, m, stride, v, n, out);
    else kernel_dots_scalar(u, m, stride, v, n, out);
}
void kernel_add_scaled_simd128(float *sum, float w, const float *x, uint32_t n) {
    if (by_simd) native_add_scaled_simd128(sum, w, x, n);
    else kernel_add_scaled_scalar(sum, w, x, n);
}

void kernel_from_i8_simd128(const int8_t *q, float scale, uint32_t n, float *out) {
    (by_simd ? native_from_i8_simd128 : kernel_from_i8_scalar)(q, scale, n, out);
}
void kernel_from_f16_simd128(const uint16_t *h, uint32_t n, float *out) {
    (by_simd ? native_from_f16_simd128 : kernel_from_f16_scalar)(h, n, out);
}
float kernel_to_i8_simd128(const float *x, uint32_t n, int8_t *out) {
    return (by_simd ? native_to_i8_simd128 : kernel_to_i8_scalar)(x, n, out);
}
void kernel_widen_i8_simd128(const int8_t *q, uint32_t n, int16_t *out) {
    (by_simd ? native_widen_i8_simd128 : kernel_widen_i8_scalar)(q, n, out);
}
void kernel_i8_dots_simd128(const int8_t *rows, const uint32_t *at, uint32_t m, const int16_t *q, uint32_t n,
                            int32_t *out) {
    (by_simd ? native_i8_dots_simd128 : kernel_i8_dots_scalar)(rows, at, m, q, n, out);
}
void kernel_look_simd128(const int16_t *look, const int16_t *q, const int32_t *before, int32_t *out) {
    (by_simd ? native_look_simd128 : kernel_look_scalar)(look, q, before, out);
}
uint64_t kernel_reach_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    return (by_simd ? native_reach_simd128 : kernel_reach_scalar)(r, n, t);
}
uint64_t kernel_reach_look_simd128(const kernel_reach_rows *r, uint32_t n, const kernel_reach_terms *t) {
    return (by_simd ? native_reach_look_simd128 : kernel_reach_look_scalar)(r, n, t);
}

/* Everything of a file by one kind of kernels; the seed is the file's. */
static uint64_t hash_by(int simd, const uint8_t *bytes, size_t size, void *memory, size_t needed) {
    const ampcf_model *model;
    by_simd = simd;
    MUST(ampcf_self_test() == AMPCF_SELF_TEST);
    if (ampcf_model_open(bytes, size, memory, needed, &model, NULL) != AMPCF_OK) return 0;
    return use_model(model, ampcf_crc32c(bytes, size) ^ 0x5EED);
}

/* The kernels by themselves, on any bits: NaN has many, so only the fact is compared. */
static void compare_kernels(const uint8_t *data, size_t size) {
    uint32_t n = (uint32_t)(size / 8 < 80 ? size / 8 : 80), stride = kernel_stride(n);
    float *a = exact_copy(data, n * sizeof *a), *b = exact_copy(data + 4 * n, n * sizeof *b),
          *u = exact(3 * (size_t)stride * sizeof *u), one[3], two[3];
    memset(u, 0, 3 * (size_t)stride * sizeof *u);
    for (uint32_t k = 0; k < 3; k++)
        for (uint32_t d = 0; d < n; d++) u[k * stride + d] = k == 1 ? b[d] : a[d];
    kernel_dots_scalar(u, 3, stride, b, n, one);
    native_dots_simd128(u, 3, stride, b, n, two);
    for (uint32_t k = 0; k < 3; k++)
        MUST(float_bits(one[k]) == float_bits(two[k]) || (isnan(one[k]) && isnan(two[k])));
    MUST(float_bits(native_dot_simd128(a, b, n)) == float_bits(one[0]) || isnan(one[0]));
    kernel_add_scaled_scalar(u, 0.37f, b, n);
    native_add_scaled_simd128(a, 0.37f, b, n);
    for (uint32_t d = 0; d < n; d++)
        MUST(float_bits(u[d]) == float_bits(a[d]) || (isnan(u[d]) && isnan(a[d])));
    free(a), free(b), free(u);
}

/* What prunes, on any integers and finite numbers: rows of n, as many as there are, up to a block. */
static void compare_pruning(const uint8_t *data, size_t size) {
    uint32_t n = size > 2 ? 1 + data[0] % 70 : 0, m = n ? (uint32_t)(size / n < 64 ? size / n : 64) : 0;
    int8_t *rows = exact_copy(data, m * n), row[2][70] = {{0}};
    int16_t wide[2][70] = {{0}};
    int32_t dots[2][64] = {{0}};
    uint32_t at[64];
    uint16_t lengths[64];
    float x[70] = {0}, scales[64], bias[64];
    if (m > 0) {
        for (uint32_t d = 0; d < n; d++) x[d] = (float)rows[d] * ldexpf(1, rows[m * n - 1 - d] % 60);
        float scale = native_to_i8_simd128(x, n, row[1]);
        MUST(float_bits(kernel_to_i8_scalar(x, n, row[0])) == float_bits(scale));
        for (uint32_t d = 0; d < n; d++)
            MUST(fabs((double)x[d] - (double)scale * row[0][d]) <= 0.501 * (double)scale + 1e-36);
        native_widen_i8_simd128(rows, n, wide[1]), kernel_widen_i8_scalar(rows, n, wide[0]);
        for (uint32_t d = 0; d < n; d++) rows[d] = (int8_t)(rows[d] < -127 ? -127 : rows[d]);
        for (uint32_t d = 0; d < n; d++)
            wide[0][d] = wide[1][d] = (int16_t)(wide[0][d] * 250 + (wide[1][d] & 7));
        for (uint32_t j = 0; j < m; j++) at[j] = (j * 7 + 3) % m;
        const uint32_t *order = m % 2 ? at : NULL;
        native_i8_dots_simd128(rows, order, m, wide[0], n, dots[1]);
        kernel_i8_dots_scalar(rows, order, m, wide[0], n, dots[0]);
    }
    MUST(memcmp(row[0], row[1], sizeof *row) == 0 && memcmp(wide[0], wide[1], sizeof *wide) == 0);
    MUST(memcmp(dots[0], dots[1], sizeof *dots) == 0);
    for (uint32_t j = 0; j < m; j++) {
        lengths[j] = (uint16_t)((uint8_t)rows[j] << 7 & 0x7F00);
        scales[j] = (float)(rows[j] & 63) * 0.01f, bias[j] = (float)rows[m * n - 1 - j];
    }
    kernel_reach_rows of = {dots[0], scales, bias, lengths};
    kernel_reach_terms terms = {1e-6f, 0.1f, m ? (float)rows[0] : 0, m ? (float)rows[m * n - 1] : 0};
    MUST(kernel_reach_scalar(&of, m, &terms) == native_reach_simd128(&of, m, &terms));
    MUST(kernel_reach_look_scalar(&of, m, &terms) == native_reach_look_simd128(&of, m, &terms));
    free(rows);
}

/* A look at 64 items, whatever was seen of them before. */
static void compare_looks(const uint8_t *data, size_t size) {
    int16_t look[LOOK_DIM / 2 * LOOK_ITEMS] = {0};
    int16_t q[LOOK_DIM];
    int32_t dots[2][LOOK_ITEMS];
    memcpy(look, data, size < sizeof look ? size : sizeof look);
    for (uint32_t d = 0; d < LOOK_DIM; d++) q[d] = look[d] % LOOK_MOST;
    for (uint32_t j = 0; j < LOOK_ITEMS; j++) dots[0][j] = dots[1][j] = look[j] * 30011;
    kernel_look_scalar(look, q, dots[0], dots[0]);
    native_look_simd128(look, q, dots[1], dots[1]);
    MUST(memcmp(dots[0], dots[1], sizeof *dots) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    compare_kernels(data, size);
    compare_pruning(data, size);
    compare_looks(data, size);
    uint8_t *bytes = exact_copy(data, size);
    size_t needed = ampcf_model_memory(bytes, size);
    void *memory = exact(needed);
    MUST(hash_by(0, bytes, size, memory, needed) == hash_by(1, bytes, size, memory, needed));
    free(bytes), free(memory);
    return 0;
}
