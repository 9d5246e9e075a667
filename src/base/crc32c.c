/* Owns CRC32C. Must not read past n_bytes. */
#include "base/crc32c.h"

#include "ampcf.h"

#include <string.h>

void crc32c_init(crc32c_tables *tables) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
        tables->t[0][i] = crc;
    }
    for (uint32_t s = 1; s < 4; s++)
        for (uint32_t i = 0; i < 256; i++)
            tables->t[s][i] = (tables->t[s - 1][i] >> 8) ^ tables->t[0][tables->t[s - 1][i] & 255u];
}

uint32_t crc32c(const crc32c_tables *tables, uint32_t crc, const void *bytes, size_t n_bytes) {
    const uint8_t *p = bytes;
    crc = ~crc;
    for (; n_bytes >= 4; n_bytes -= 4, p += 4) {
        uint32_t word;
        memcpy(&word, p, 4);
        crc ^= word;
        crc = tables->t[3][crc & 255u] ^ tables->t[2][(crc >> 8) & 255u] ^ tables->t[1][(crc >> 16) & 255u] ^
              tables->t[0][crc >> 24];
    }
    for (; n_bytes > 0; n_bytes--) crc = (crc >> 8) ^ tables->t[0][(crc ^ *p++) & 255u];
    return ~crc;
}

uint32_t ampcf_crc32c(const void *bytes, size_t n_bytes) {
    crc32c_tables tables;
    crc32c_init(&tables);
    return crc32c(&tables, 0, bytes, n_bytes);
}
