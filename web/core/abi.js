// Owns what JavaScript must know of the C side: numbers, names and layouts of structs, each under its C name,
// checked against the headers by tests/web/core/abi.test.js. Must not call anything.

/**
 * @typedef {'u32' | 'u64' | 'f32' | 'f64' | 'pointer' | 'bytes'} FieldType a pointer of wasm32
 *   has 4 bytes; `bytes` is an array of them
 */
/** @typedef {readonly [type: FieldType, offset: number, length?: number]} Field */
/**
 * A struct on wasm32: every field with its type and where it begins.
 * @typedef {object} Layout
 * @property {number} bytes
 * @property {Readonly<Record<string, Field>>} fields all of them, in order
 */

// ---- include/ampcf.h ----

export const AMPCF_OK = 0;
export const AMPCF_E_ARGUMENT = 1;
export const AMPCF_E_ITEM_RANGE = 2;
export const AMPCF_E_MEMORY = 3;
export const AMPCF_E_NO_DATA = 5;
export const AMPCF_E_DIVERGED = 6;
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
 * What ampcf_status_name says, by status: the codes of errors, - where no status has that number. A text,
 * because that is the least for a page to download.
 * @type {readonly string[]}
 */
export const statusNames = /* @__PURE__ */ (
  'OK BAD_ARGUMENT ITEM_RANGE OUT_OF_MEMORY - NO_DATA DIVERGED - - - - - - - - - BAD_MAGIC TRUNCATED ' +
  'TRAILING_DATA CHECKSUM LIMIT BAD_SECTION BAD_NUMBER BAD_IDS UNSUPPORTED_VERSION BAD_TEXT BAD_ASPECTS ' +
  'BAD_NEIGHBOURS'
).split(' ');

export const AMPCF_MAX_ITEMS = 16777216;
export const AMPCF_MAX_DIM = 1024;
export const AMPCF_MAX_PERSONAS = 64;
export const AMPCF_MAX_LEAVES = 256;
export const AMPCF_MAX_ASPECTS = 65536;
export const AMPCF_MAX_HISTORY = 65536;
export const AMPCF_MAX_SUMMARIES = 256;
export const AMPCF_MAX_CLUSTERS = 256;
export const AMPCF_MAX_WEIGHT = 1024;
export const AMPCF_POOL_ALL = 100;
export const AMPCF_POOL_OWN = 20;
export const AMPCF_POOL_PLACES = 200;
export const AMPCF_NO_ITEM = 0xffffffff;
export const AMPCF_NO_CLUSTER = 0xffffffff;

/** Of a summary: weight, system, preference, events, support; then its vector. */
export const AMPCF_SUMMARY_HEAD = 5;

// Sizes by themselves, for the file that reads these structs by hand: a page does not download their fields.
export const faultBytes = 40;
export const factsWords = 13;
export const rankedWords = 3;
export const explanationDoubles = 4;

export const ampcf_fault = /** @type {const} */ ({
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

export const ampcf_model_facts = /** @type {const} */ ({
  bytes: 52,
  fields: {
    items: ['u32', 0],
    dim: ['u32', 4],
    personas: ['u32', 8],
    aspects: ['u32', 12],
    neighbours: ['u32', 16],
    clusters: ['u32', 20],
    leaves: ['u32', 24],
    gate: ['f32', 28],
    proportional: ['f32', 32],
    lineage: ['bytes', 36, 16],
  },
});

export const ampcf_ranked = /** @type {const} */ ({
  bytes: 12,
  fields: { item: ['u32', 0], score: ['f32', 4], persona: ['u32', 8] },
});

export const ampcf_scan_counts = /** @type {const} */ ({
  bytes: 16,
  fields: { looked: ['u32', 0], bounded: ['u32', 4], parted: ['u32', 8], scored: ['u32', 12] },
});

export const ampcf_explanation = /** @type {const} */ ({
  bytes: 32,
  fields: { score: ['f64', 0], bias: ['f64', 8], residual: ['f64', 16], persona: ['u32', 24] },
});

// ---- src/core/format.h ----

export const FORMAT_MAX_ID_BYTES = 512;
export const FORMAT_MAX_TITLE_BYTES = 4096;
export const FORMAT_MAX_METADATA_BYTES = 65536;
export const FORMAT_SETTINGS = 16;

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
export const SETTING_GATE = 9;
export const SETTING_LEAVES = 10;
export const SETTING_PROPORTIONAL = 11;

// ---- include/ampcf_taste.h ----

export const AMPCF_MAX_CATEGORIES = 4096;

export const AMPCF_JENSEN_SHANNON = 0;
export const AMPCF_HELLINGER = 1;
export const AMPCF_TOTAL_VARIATION = 2;
export const AMPCF_STECK_KL = 3;
export const AMPCF_WASSERSTEIN = 4;

export const ampcf_taste_space = /** @type {const} */ ({
  bytes: 20,
  fields: {
    n_items: ['u32', 0],
    n_categories: ['u32', 4],
    offsets: ['pointer', 8],
    categories: ['pointer', 12],
    weights: ['pointer', 16],
  },
});

// ---- include/ampcf_train.h ----

export const AMPCF_MAX_REFITTED = 512;

export const AMPCF_PASS_USERS = 0;
export const AMPCF_PASS_ITEMS = 1;
export const AMPCF_PASS_PEOPLE = 2;
export const AMPCF_PASS_GRADIENTS = 3;
export const AMPCF_OBJECTIVE_ALS = 0;
export const AMPCF_OBJECTIVE_SOFTMAX = 1;
export const AMPCF_OBJECTIVE_MULTINOMIAL = 2;
export const AMPCF_OBJECTIVE_GAUSSIAN = 3;
export const AMPCF_OBJECTIVE_LOGISTIC = 4;

export const AMPCF_ATTENTION_DOT = 0;
export const AMPCF_ATTENTION_COSINE = 1;

export const AMPCF_NEIGHBOURS_EASE = 0;
export const AMPCF_NEIGHBOURS_COOCCURRENCE = 1;
export const AMPCF_NEIGHBOURS_LOCAL = 2;

export const AMPCF_VECTORS_F32 = 0;
export const AMPCF_VECTORS_F16 = 1;
export const AMPCF_VECTORS_INT8 = 2;

export const ampcf_train_config = /** @type {const} */ ({
  bytes: 132,
  fields: {
    n_users: ['u32', 0],
    n_items: ['u32', 4],
    objective: ['u32', 8],
    dim: ['u32', 12],
    n_personas: ['u32', 16],
    leaves: ['u32', 20],
    sweeps: ['u32', 24],
    batch: ['u32', 28],
    negatives: ['u32', 32],
    attention: ['u32', 36],
    seed: ['u32', 40],
    warmup: ['u32', 44],
    samples: ['u32', 48],
    alpha: ['f32', 52],
    lambda: ['f32', 56],
    nu: ['f32', 60],
    split: ['f32', 64],
    gate: ['f32', 68],
    proportional: ['f32', 72],
    bias: ['f32', 76],
    learning_rate: ['f32', 80],
    balance: ['f32', 84],
    entropy_positive: ['f32', 88],
    entropy_negative: ['f32', 92],
    attention_beta: ['f32', 96],
    user_damping: ['f32', 100],
    item_damping: ['f32', 104],
    popularity_damping: ['f32', 108],
    dropout: ['f32', 112],
    decay: ['f32', 116],
    zeros: ['f32', 120],
    support_lambda: ['f32', 124],
    vector_step: ['f32', 128],
  },
});

export const ampcf_train_progress = /** @type {const} */ ({
  bytes: 24,
  fields: { done: ['u64', 0], total: ['u64', 8], sweep: ['u32', 16], sweeps: ['u32', 20] },
});

export const ampcf_train_pass = /** @type {const} */ ({
  bytes: 16,
  fields: { rows: ['pointer', 0], n_rows: ['u32', 4], row_floats: ['u32', 8], kind: ['u32', 12] },
});

export const ampcf_given = /** @type {const} */ ({
  bytes: 24,
  fields: {
    vectors: ['pointer', 0],
    people: ['pointer', 4],
    bias: ['pointer', 8],
    weights: ['pointer', 12],
    targets: ['pointer', 16],
    gram_factor: ['f32', 20],
  },
});

export const ampcf_item_results = /** @type {const} */ ({
  bytes: 24,
  fields: {
    vectors: ['pointer', 0],
    bias: ['pointer', 4],
    gram: ['pointer', 8],
    settings: ['pointer', 12],
    weights: ['pointer', 16],
    targets: ['pointer', 20],
  },
});

export const ampcf_neighbours_config = /** @type {const} */ ({
  bytes: 60,
  fields: {
    n_users: ['u32', 0],
    n_items: ['u32', 4],
    method: ['u32', 8],
    neighbours: ['u32', 12],
    n_aspects: ['u32', 16],
    dim: ['u32', 20],
    lambda: ['f32', 24],
    lambda_growth: ['f32', 28],
    user_damping: ['f32', 32],
    source_damping: ['f32', 36],
    popularity_damping: ['f32', 40],
    strength: ['f32', 44],
    aspect_strength: ['f32', 48],
    blend: ['f32', 52],
    pair_support: ['u32', 56],
  },
});

export const ampcf_item_side = /** @type {const} */ ({
  bytes: 24,
  fields: {
    dim: ['u32', 0],
    vectors: ['pointer', 4],
    gram: ['pointer', 8],
    settings: ['pointer', 12],
    weights: ['pointer', 16],
    targets: ['pointer', 20],
  },
});

export const ampcf_neighbours_progress = /** @type {const} */ ({
  bytes: 16,
  fields: { done: ['u64', 0], total: ['u64', 8] },
});

export const ampcf_neighbours_pass = /** @type {const} */ ({
  bytes: 8,
  fields: { n_units: ['u32', 0], owned: ['u32', 4] },
});

export const ampcf_model_parts = /** @type {const} */ ({
  bytes: 124,
  fields: {
    n_items: ['u32', 0],
    dim: ['u32', 4],
    n_personas: ['u32', 8],
    n_aspects: ['u32', 12],
    vectors: ['pointer', 16],
    bias: ['pointer', 20],
    gram: ['pointer', 24],
    settings: ['pointer', 28],
    id_offsets: ['pointer', 32],
    id_bytes: ['pointer', 36],
    title_offsets: ['pointer', 40],
    title_bytes: ['pointer', 44],
    aspect_offsets: ['pointer', 48],
    aspect_bytes: ['pointer', 52],
    item_aspect_offsets: ['pointer', 56],
    item_aspects: ['pointer', 60],
    metadata: ['pointer', 64],
    metadata_bytes: ['u32', 68],
    vector_type: ['u32', 72],
    item_weights: ['pointer', 76],
    item_targets: ['pointer', 80],
    neighbour_offsets: ['pointer', 84],
    neighbour_items: ['pointer', 88],
    neighbour_values: ['pointer', 92],
    neighbour_scales: ['pointer', 96],
    item_clusters: ['pointer', 100],
    lineage: ['bytes', 104, 16],
    gram_factor: ['f32', 120],
  },
});
