/* Owns the question that the tests of hostile files ask: is this file refused with exactly this status? Must
 * not hold a test. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "draft.h"
#include "models.h"

static const char *label; /* which case of a loop it was */

static inline void expect_file(const uint8_t *file, size_t n, ampcf_status wanted, int line) {
    uint8_t *copy = exact_copy(file, n);
    size_t needed = ampcf_model_memory(copy, n);
    void *memory = exact(needed);
    const ampcf_model *model = NULL;
    ampcf_fault fault = {0, 0, 0, NULL, 0, 0};
    ampcf_status got = ampcf_model_open(copy, n, memory, needed, &model, &fault);
    int right = got == wanted && (model != NULL) == (got == AMPCF_OK);
    if (got != AMPCF_OK) right = right && fault.what && fault.status == (uint32_t)got && fault.offset <= n;
    check_count++;
    if (!right && check_failed(__FILE__, line, label))
        fprintf(stderr, ": got %s (%s), wanted %s\n", ampcf_status_name(got),
                fault.what ? fault.what : "no fault", ampcf_status_name(wanted));
    free(copy), free(memory);
}

static inline void expect_draft(draft d, ampcf_status wanted, int line) {
    size_t n;
    uint8_t *file = draft_emit(&d, &n);
    expect_file(file, n, wanted, line);
    free(file);
}
#define EXPECT(d, wanted) expect_draft(d, wanted, __LINE__)

#endif
