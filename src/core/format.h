/* Owns the byte layout of the model file (src/FORMAT.md), shared by the loader and the writer.
 * Must not check anything: the checks are model.c. */
#ifndef AMPCF_CORE_FORMAT_H
#define AMPCF_CORE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "ampcf model files are little-endian and are used in place: big-endian hosts are not supported"
#endif

#define FORMAT_MAGIC                                                                                         \
    "\x89"                                                                                                   \
    "AMP\r\n\x1a\n"
#define FORMAT_MAJOR 1u
#define FORMAT_MINOR 0u
#define FORMAT_ALIGN 64u
#define FORMAT_MAX_SECTIONS 64u
#define FORMAT_MAX_COLS 4096u
#define FORMAT_MAX_ID_BYTES 512u
#define FORMAT_MAX_TITLE_BYTES 4096u
#define FORMAT_MAX_METADATA_BYTES 65536u
#define FORMAT_SETTINGS 16u
#define FORMAT_REQUIRED_FEATURES 0u

/* |x| <= 2^20 for vectors and biases: scores stay below 2^60 without a check in the hot loop. */
#define FORMAT_MAX_VALUE 1048576.0f
/* G = sum of N <= 2^24 outer products of such vectors. */
#define FORMAT_MAX_GRAM 18446744073709551616.0f
/* 127 of the largest scale is still below FORMAT_MAX_VALUE. */
#define FORMAT_MAX_SCALE 8192.0f
/* exp of it times a score stays far below the largest float. */
#define FORMAT_MAX_GATE 16.0f
#define FORMAT_MIN_ITEM_WEIGHT 9.5367431640625e-7f
#define FORMAT_MAX_NEIGHBOURS (1u << 28)
/* Up to this many items, neighbours are u16. */
#define FORMAT_MAX_U16_ITEMS 65536u

typedef struct format_header {
    uint8_t magic[8];
    uint16_t major, minor;
    uint32_t required_features;
    uint64_t file_bytes;
    uint32_t n_sections, header_bytes;
    uint32_t n_items, dim, n_personas, kind;
    uint8_t lineage[16];
    uint8_t chunk_root[32];
    uint32_t chunk_log2;
    uint8_t reserved[24];
    uint32_t crc; /* of header and table, this field as 0 */
} format_header;

typedef struct format_section {
    uint32_t type, flags;
    uint64_t offset, length;
    uint32_t dtype, rows, cols, crc;
    uint8_t reserved[8];
} format_section;

_Static_assert(sizeof(format_header) == 128, "header layout");
_Static_assert(offsetof(format_header, crc) == 124, "header crc offset");
_Static_assert(sizeof(format_section) == 48, "section layout");

/* How people are folded in and scored: by attention over the evidence s_jk (version 0.1 wrote it), or by the
 * gate. */
enum { KIND_ATTENTION = 1, KIND_GATE = 2 };
/* The core that every page downloads is built with AMPCF_SMALL: it reads no files of version 0.1, and does
 * not say why it refuses a file. What it refuses is opened by core-large, or refused with the reason. */
#ifdef AMPCF_SMALL
#define FORMAT_GIVES_REASONS 0
#define KIND_OLDEST KIND_GATE
#else
#define FORMAT_GIVES_REASONS 1
#define KIND_OLDEST KIND_ATTENTION
#endif
enum { SECTION_REQUIRED = 1u, SECTION_RANGE_LOADABLE = 2u };
enum {
    DTYPE_F32 = 1,
    DTYPE_F16 = 2,
    DTYPE_I8 = 3,
    DTYPE_U8 = 4,
    DTYPE_U16 = 5,
    DTYPE_U32 = 6,
    DTYPE_LAST = 6
};

typedef enum section_type {
    SECTION_HEADER = 0, /* no section: faults in header or table */
    SECTION_ITEM_VECTORS = 1,
    SECTION_ITEM_SCALES = 2,
    SECTION_ITEM_BIAS = 3,
    SECTION_GRAM = 4,
    SECTION_SETTINGS = 5,
    SECTION_ID_OFFSETS = 6,
    SECTION_ID_BYTES = 7,
    SECTION_ID_ORDER = 8,
    SECTION_TITLE_OFFSETS = 9,
    SECTION_TITLE_BYTES = 10,
    SECTION_ASPECT_OFFSETS = 11,
    SECTION_ASPECT_BYTES = 12,
    SECTION_ITEM_ASPECT_OFFSETS = 13,
    SECTION_ITEM_ASPECTS = 14,
    SECTION_METADATA = 15,
    SECTION_NEIGHBOUR_OFFSETS = 16,
    SECTION_NEIGHBOUR_ITEMS = 17,
    SECTION_NEIGHBOUR_VALUES = 18,
    SECTION_NEIGHBOUR_SCALES = 19,
    SECTION_ITEM_WEIGHTS = 20,
    SECTION_ITEM_TARGETS = 21,
    SECTION_ITEM_CLUSTERS = 22,
    SECTION_KNOWN = 23 /* one past the last type this version knows */
} section_type;

/* Index into the SETTINGS section, f32 each; the rest is reserved and zero. */
typedef enum setting {
    SETTING_ALPHA = 0,         /* weight of unobserved pairs in M */
    SETTING_LAMBDA = 1,        /* L2 */
    SETTING_NU = 2,            /* exponent of the frequency scaling of L2 */
    SETTING_BETA = 3,          /* kind 1, attention: inverse temperature */
    SETTING_ETA = 4,           /* kind 1, attention: exponent of the share prior */
    SETTING_RHO = 5,           /* kind 1: 0 = whole person, 1 = attention only */
    SETTING_SHARPNESS = 6,     /* kind 1, responsibilities: inverse temperature of the cosine to a persona */
    SETTING_SPLIT = 7,         /* gain a split must bring for a persona to be born */
    SETTING_TAU = 8,           /* kind 1, attention: how much a persona is forgiven its lack of support */
    SETTING_GATE = 9,          /* kind 2: sharpness of the gate, 0 = one vector */
    SETTING_LEAVES = 10,       /* kind 2: most leaves that gate */
    SETTING_PROPORTIONAL = 11, /* kind 2: how much recommended lists go by claims */
} setting;

static inline uint32_t dtype_bytes(uint32_t dtype) {
    switch (dtype) {
    case DTYPE_F32:
    case DTYPE_U32: return 4;
    case DTYPE_F16:
    case DTYPE_U16: return 2;
    case DTYPE_I8:
    case DTYPE_U8: return 1;
    default: return 0;
    }
}

static inline uint64_t format_align(uint64_t at) {
    return (at + (FORMAT_ALIGN - 1)) & ~(uint64_t)(FORMAT_ALIGN - 1);
}

#endif
