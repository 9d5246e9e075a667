/* Owns the test of src/base/crc32c.c: published vectors, and a bit-by-bit definition on every length and
 * alignment. Must not need a model. */
#include "ampcf.h"
#include "check.h"
#include "base/crc32c.h"

static uint32_t crc_by_bits(const uint8_t *p, size_t n) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1u ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
    }
    return ~crc;
}

/* RFC 3720 appendix B.4; its bytes read as little-endian words. */
static void published_vectors(void) {
    uint8_t bytes[48];
    CHECK_EQ(ampcf_crc32c("123456789", 9), 0xE3069283u);
    CHECK_EQ(ampcf_crc32c("", 0), 0u);
    memset(bytes, 0, 32);
    CHECK_EQ(ampcf_crc32c(bytes, 32), 0x8A9136AAu);
    memset(bytes, 0xFF, 32);
    CHECK_EQ(ampcf_crc32c(bytes, 32), 0x62A8AB43u);
    for (uint8_t i = 0; i < 32; i++) bytes[i] = i;
    CHECK_EQ(ampcf_crc32c(bytes, 32), 0x46DD794Eu);
    for (uint8_t i = 0; i < 32; i++) bytes[i] = (uint8_t)(31 - i);
    CHECK_EQ(ampcf_crc32c(bytes, 32), 0x113FDB5Cu);
    const uint8_t scsi_read[48] = {0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0,
                                   0x14, 0,    0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
                                   0x28, 0,    0, 0, 0, 0, 0, 0, 2, 0, 0, 0,    0, 0, 0, 0};
    CHECK_EQ(ampcf_crc32c(scsi_read, 48), 0xD9963A56u);
}

static void every_length_and_split(void) {
    uint64_t rng = 7;
    crc32c_tables tables;
    crc32c_init(&tables);
    for (size_t n = 0; n <= 130; n++) {
        uint8_t *bytes = exact(n + 3);
        for (size_t i = 0; i < n + 3; i++) bytes[i] = (uint8_t)random_u32(&rng);
        for (size_t from = 0; from < 4; from++) {
            size_t left = n + 3 - from;
            uint32_t wanted = crc_by_bits(bytes + from, left);
            CHECK_EQ(ampcf_crc32c(bytes + from, left), wanted);
            size_t cut = random_below(&rng, (uint32_t)left + 1);
            uint32_t first = crc32c(&tables, 0, bytes + from, cut);
            CHECK_EQ(crc32c(&tables, first, bytes + from + cut, left - cut), wanted);
        }
        free(bytes);
    }
}

int main(void) {
    published_vectors();
    every_length_and_split();
    return check_report();
}
