// Owns what JavaScript must know of the C side: numbers, names and layouts of structs, each under its C name,
// checked against the headers by tests/web/core/abi.test.js. Must not call anything.

/**
 * @typedef {'u8' | 'u16' | 'u32' | 'u64' | 'f32' | 'f64' | 'pointer'} FieldType a pointer of wasm32 has 4
 *   bytes
 */
/**
 * A struct on wasm32: every field with its type and where it begins.
 * @typedef {object} Layout
 * @property {string} struct its name in C
 * @property {number} bytes
 * @property {Readonly<Record<string, readonly [type: FieldType, offset: number]>>} fields all of them, in order
 */

// ---- include/ampcf.h ----

export const AMPCF_OK = 0;
export const AMPCF_E_ARGUMENT = 1;
export const AMPCF_E_ITEM_RANGE = 2;
export const AMPCF_E_MEMORY = 3;
export const AMPCF_E_NO_DATA = 5;
export const AMPCF_E_BAD_MAGIC = 16;
export const AMPCF_E_TRUNCATED = 17;
export const AMPCF_E_TRAILING_DATA = 18;
export const AMPCF_E_CHECKSUM = 19;
export const AMPCF_E_LIMIT = 20;
export const AMPCF_E_BAD_SECTION = 21;
export const AMPCF_E_BAD_NUMBER = 22;
export const AMPCF_E_BAD_IDS = 23;
export const AMPCF_E_UNSUPPORTED_VERSION = 24;
export const AMPCF_E_BAD_TEXT = 25;
export const AMPCF_E_BAD_ASPECTS = 26;
export const AMPCF_E_BAD_NEIGHBOURS = 27;

/**
 * What ampcf_status_name says, by status: the codes of errors.
 * @type {Readonly<Record<number, string>>}
 */
export const statusNames = {
  0: 'OK',
  1: 'BAD_ARGUMENT',
  2: 'ITEM_RANGE',
  3: 'OUT_OF_MEMORY',
  5: 'NO_DATA',
  16: 'BAD_MAGIC',
  17: 'TRUNCATED',
  18: 'TRAILING_DATA',
  19: 'CHECKSUM',
  20: 'LIMIT',
  21: 'BAD_SECTION',
  22: 'BAD_NUMBER',
  23: 'BAD_IDS',
  24: 'UNSUPPORTED_VERSION',
  25: 'BAD_TEXT',
  26: 'BAD_ASPECTS',
  27: 'BAD_NEIGHBOURS',
};

export const AMPCF_MAX_ITEMS = 16777216;
export const AMPCF_MAX_DIM = 1024;
export const AMPCF_MAX_PERSONAS = 64;
export const AMPCF_MAX_ASPECTS = 65536;
export const AMPCF_MAX_HISTORY = 65536;
export const AMPCF_MAX_SUMMARIES = 256;
export const AMPCF_MAX_CLUSTERS = 256;
export const AMPCF_MAX_WEIGHT = 1024;
export const AMPCF_NO_ITEM = 0xffffffff;
export const AMPCF_NO_CLUSTER = 0xffffffff;

/** Of a summary: weight, system, preference, events, support; then its vector. */
export const AMPCF_SUMMARY_HEAD = 5;

export const faultLayout = /** @type {const} */ ({
  struct: 'ampcf_fault',
  bytes: 40,
  fields: {
    offset: ['u64', 0],
    got: ['u64', 8],
    wanted: ['u64', 16],
    what: ['pointer', 24],
    section: ['u32', 28],
    status: ['u32', 32],
  },
});

export const explanationLayout = /** @type {const} */ ({
  struct: 'ampcf_explanation',
  bytes: 32,
  fields: {
    score: ['f64', 0],
    bias: ['f64', 8],
    residual: ['f64', 16],
    persona: ['u32', 24],
    n_personas: ['u32', 28],
  },
});

// ---- src/core/format.h ----

export const FORMAT_MAX_ID_BYTES = 512;
export const FORMAT_MAX_TITLE_BYTES = 4096;
export const FORMAT_MAX_METADATA_BYTES = 65536;

/** Sections of a model file in the words of messages, by their type; 0 is none of them. */
export const sectionNames = [
  'header',
  'item vectors',
  'item scales',
  'item bias',
  'gram',
  'settings',
  'id offsets',
  'ids',
  'id order',
  'title offsets',
  'titles',
  'aspect offsets',
  'aspect names',
  'item aspect offsets',
  'item aspects',
  'metadata',
  'neighbour offsets',
  'neighbours',
  'neighbour values',
  'neighbour scales',
  'item weights',
  'item targets',
  'item clusters',
];

export const SETTING_ALPHA = 0;
export const SETTING_LAMBDA = 1;
export const SETTING_NU = 2;
export const SETTING_BETA = 3;
export const SETTING_ETA = 4;
export const SETTING_RHO = 5;
export const SETTING_SHARPNESS = 6;
export const SETTING_SPLIT = 7;
export const SETTING_TAU = 8;

// ---- include/ampcf_taste.h ----

export const AMPCF_MAX_CATEGORIES = 4096;

export const AMPCF_JENSEN_SHANNON = 0;
export const AMPCF_HELLINGER = 1;
export const AMPCF_TOTAL_VARIATION = 2;
export const AMPCF_STECK_KL = 3;
export const AMPCF_WASSERSTEIN = 4;

export const tasteSpaceLayout = /** @type {const} */ ({
  struct: 'ampcf_taste_space',
  bytes: 20,
  fields: {
    n_items: ['u32', 0],
    n_categories: ['u32', 4],
    offsets: ['pointer', 8],
    categories: ['pointer', 12],
    weights: ['pointer', 16],
  },
});
