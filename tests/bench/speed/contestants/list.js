// Owns who takes part, and what each of them computes. Must not start anybody.

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} file beside this one
 * @property {string} start its export
 * @property {string} computes for a catalogue
 * @property {'exact' | 'rounded' | 'approximate' | 'nothing'} answers rounded: exact over int8 vectors
 * @property {boolean} [ours]
 */

const gated =
  'the gate over 8 leaves of up to 4 personas, the history left out; in JavaScript ids and objects too';
const fourMost = 'products with four vectors, the largest of each item';

const joinedLists = 'a list for each of four vectors, joined by the largest score';

/** @type {readonly Contestant[]} */
export const contestants = [
  {
    name: 'ampcf, f32 file',
    file: './ours.js',
    start: 'startF32',
    computes: gated,
    answers: 'exact',
    ours: true,
  },
  {
    name: 'ampcf, int8 file',
    file: './ours.js',
    start: 'startInt8',
    computes: gated,
    answers: 'rounded',
    ours: true,
  },
  {
    name: 'ampcf, native C, f32',
    file: './native.js',
    start: 'startF32',
    computes: gated,
    answers: 'exact',
    ours: true,
  },
  {
    name: 'ampcf, native C, int8',
    file: './native.js',
    start: 'startInt8',
    computes: gated,
    answers: 'rounded',
    ours: true,
  },
  { name: 'plain JavaScript', file: './plain.js', start: 'start', computes: fourMost, answers: 'exact' },
  { name: 'onnxruntime-web', file: './onnx.js', start: 'start', computes: fourMost, answers: 'exact' },
  {
    name: 'TensorFlow.js wasm',
    file: './tensorflow.js',
    start: 'start',
    computes: fourMost,
    answers: 'exact',
  },
  {
    name: 'usearch (native), exact',
    file: './usearch.js',
    start: 'startExact',
    computes: joinedLists,
    answers: 'exact',
  },
  {
    name: 'usearch (native), approximate',
    file: './usearch.js',
    start: 'startIndex',
    computes: joinedLists,
    answers: 'approximate',
  },
  {
    name: 'hnswlib-wasm, approximate',
    file: './hnswlib.js',
    start: 'start',
    computes: joinedLists,
    answers: 'approximate',
  },
  {
    name: 'memory copy, f32 table',
    file: './copy.js',
    start: 'startF32',
    computes: 'nothing',
    answers: 'nothing',
  },
  {
    name: 'memory copy, int8 table',
    file: './copy.js',
    start: 'startInt8',
    computes: 'nothing',
    answers: 'nothing',
  },
];
