// Owns the graphs that onnxruntime runs, as bytes of an ONNX file: products with a table, the largest of
// several, the k best. Must not run them.
import protobuf from 'protobufjs';

/** Field names and numbers are those of onnx.proto (IR version 8); only what is used here. */
const schema = {
  nested: {
    Model: message(
      { irVersion: ['int64', 1], producerName: ['string', 2], graph: ['Graph', 7] },
      { opsetImport: ['Opset', 8] },
    ),
    Opset: message({ domain: ['string', 1], version: ['int64', 2] }),
    Graph: message(
      { name: ['string', 2] },
      { node: ['Node', 1], initializer: ['Tensor', 5], input: ['Value', 11], output: ['Value', 12] },
    ),
    Node: message(
      { opType: ['string', 4] },
      { input: ['string', 1], output: ['string', 2], attribute: ['Attribute', 5] },
    ),
    Attribute: message({ name: ['string', 1], i: ['int64', 3], type: ['int32', 20] }, { ints: ['int64', 8] }),
    Tensor: message(
      { dataType: ['int32', 2], name: ['string', 8], rawData: ['bytes', 9] },
      { dims: ['int64', 1] },
    ),
    Value: message({ name: ['string', 1], type: ['Type', 2] }),
    Type: message({ tensorType: ['TensorType', 1] }),
    TensorType: message({ elemType: ['int32', 1], shape: ['Shape', 2] }),
    Shape: message({}, { dim: ['Dimension', 1] }),
    Dimension: message({ dimValue: ['int64', 1] }),
  },
};

/**
 * @param {Record<string, [string, number]>} single
 * @param {Record<string, [string, number]>} [repeated]
 */
function message(single, repeated = {}) {
  const entries = [
    ...Object.entries(single).map(([name, [type, id]]) => [name, { type, id }]),
    ...Object.entries(repeated).map(([name, [type, id]]) => [name, { rule: 'repeated', type, id }]),
  ];
  return { fields: Object.fromEntries(entries) };
}

const float = 1,
  int64 = 7;
/** Kinds of attributes. */
const isInt = 2,
  areInts = 7;

/**
 * @param {string} name
 * @param {number} elemType
 * @param {number[]} dims
 */
const value = (name, elemType, dims) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});
const bytesOf = (/** @type {Float32Array | BigInt64Array} */ array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * @typedef {object} Graph
 * @property {number} queries vectors that are given at once
 * @property {number} dim D
 * @property {number} items N
 * @property {Float32Array} table (D, N): the way in which MatMul packs a constant; with candidates (N, D)
 * @property {number} [candidates] item indices that are given instead of all
 * @property {number} top
 */

/**
 * @param {Graph} graph
 * @returns {Uint8Array}
 */
export function onnxFile({ queries, dim, items, table, candidates, top }) {
  const node = (
    /** @type {string} */ opType,
    /** @type {string[]} */ input,
    /** @type {string[]} */ output,
    attribute = /** @type {object[]} */ ([]),
  ) => ({ opType, input, output, attribute });
  const many = candidates ?? items;
  const scores = candidates
    ? [
        node('Gather', ['table', 'candidates'], ['rows']),
        node('Gemm', ['queries', 'rows'], ['scores'], [{ name: 'transB', i: 1, type: isInt }]),
      ]
    : [node('MatMul', ['queries', 'table'], ['scores'])];
  const axes = { name: 'axes', ints: [0], type: areInts },
    keep = { name: 'keepdims', i: 1, type: isInt };
  const largest = queries > 1 ? [node('ReduceMax', ['scores'], ['largest'], [axes, keep])] : [];
  const best = node('TopK', [queries > 1 ? 'largest' : 'scores', 'k'], ['values', 'indices']);
  const graph = {
    name: 'rank',
    node: [...scores, ...largest, best],
    initializer: [
      {
        name: 'table',
        dataType: float,
        dims: candidates ? [items, dim] : [dim, items],
        rawData: bytesOf(table),
      },
      {
        name: 'k',
        dataType: int64,
        dims: [1],
        rawData: bytesOf(BigInt64Array.of(BigInt(Math.min(top, many)))),
      },
    ],
    input: [
      value('queries', float, [queries, dim]),
      ...(candidates ? [value('candidates', int64, [candidates])] : []),
    ],
    output: [value('values', float, [1, top]), value('indices', int64, [1, top])],
  };
  const type = protobuf.Root.fromJSON(schema).lookupType('Model');
  const model = { irVersion: 8, producerName: 'bench', opsetImport: [{ domain: '', version: 17 }], graph };
  return type.encode(type.fromObject(model)).finish();
}
