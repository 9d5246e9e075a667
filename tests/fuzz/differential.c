/* Owns the fuzz target `differential`: the core with scalar kernels and the core with the wasm SIMD kernels,
 * compiled natively, give the same bits of everything. The other identities, whole = by parts and rank =
 * recommend = explain, are held in use_model.c. Must be linked to a core whose kernels are the two below. */
#include "use_model.h"
#include "base/kernels.h"

/* The real SIMD kernels under the names that native-simd/kernels.c gives them. */
float native_dot_simd128(const float *a, const float *b, uint32_t n);
void native_dots_simd128(const float *u, uint32_t m, uint32_t stride, const float *v, uint32_t n, float *out);
void native_add_scaled_simd128(float *sum, float w, const float *x, uint32_t n);

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    compare_kernels(data, size);
    uint8_t *bytes = exact_copy(data, size);
    size_t needed = ampcf_model_memory(bytes, size);
    void *memory = exact(needed);
    MUST(hash_by(0, bytes, size, memory, needed) == hash_by(1, bytes, size, memory, needed));
    free(bytes), free(memory);
    return 0;
}
