/* Owns CRC32C (Castagnoli, RFC 3720 appendix B.4), four bytes a step. Must not keep global tables: the
 * caller holds them. */
#ifndef AMPCF_BASE_CRC32C_H
#define AMPCF_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

typedef struct crc32c_tables {
    uint32_t t[4][256];
} crc32c_tables;

void crc32c_init(crc32c_tables *tables);
/* crc = 0 to begin; feed the result back in to continue. */
uint32_t crc32c(const crc32c_tables *tables, uint32_t crc, const void *bytes, size_t n_bytes);

#endif
