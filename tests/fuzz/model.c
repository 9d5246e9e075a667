/* Owns the fuzz target `model`: any bytes are refused with a status and a fault, or everything computed from
 * them is finite. Must not repair: model_mutator.c does. */
#include "use_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *bytes = exact_copy(data, size);
    size_t needed = ampcf_model_memory(bytes, size);
    MUST(needed <= 5 * size + 65536);
    void *memory = exact(needed);
    const ampcf_model *model = NULL;
    ampcf_fault fault = {0, 0, 0, NULL, 0, 0};
    ampcf_status status = ampcf_model_open(bytes, size, memory, needed, &model, &fault);
    if (status == AMPCF_OK) {
        use_model(model, ampcf_crc32c(bytes, size));
    } else {
        MUST(model == NULL && fault.what && fault.status == (uint32_t)status && fault.offset <= size);
        MUST(status >= AMPCF_E_BAD_MAGIC && strcmp(ampcf_status_name(status), "UNKNOWN") != 0);
    }
    MUST(size == 0 || memcmp(bytes, data, size) == 0);
    free(bytes), free(memory);
    return 0;
}
