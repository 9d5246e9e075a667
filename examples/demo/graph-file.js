// Owns a graph beside a model that was trained without one: the file with triples in sections 23 to 31, as
// src/FORMAT.md has them. Must not train: vectors stay as they are, and how much they lean is what is given.

const headerBytes = 128;
const entryBytes = 48;
const alignment = 64;
const dtypes = { f32: 1, u8: 4, u16: 5, u32: 6 };

/** CRC32C. @param {Uint8Array} bytes */
function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** @param {ArrayBufferView} array */
const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * Texts one after the other, and where each begins.
 * @param {string[]} texts
 */
function packed(texts) {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = offsets[i] + part.length));
  const bytes = new Uint8Array(offsets[parts.length]);
  parts.forEach((part, i) => bytes.set(part, offsets[i]));
  return { offsets, bytes };
}

/**
 * Rows of triples by head: each in the order of relation and tail, nothing twice, no loops.
 * @param {[number, number, number][]} triples
 * @param {number} nodes
 */
function rowsOf(triples, nodes) {
  const offsets = new Uint32Array(nodes + 1);
  const rows = [...new Set(triples.map(String))]
    .map((text) => text.split(',').map(Number))
    .filter(([head, , tail]) => head !== tail)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (const [head] of rows) offsets[head + 1]++;
  for (let k = 0; k < nodes; k++) offsets[k + 1] += offsets[k];
  const relation = Uint16Array.from(rows, (row) => row[1]);
  return { offsets, relation, tail: Uint32Array.from(rows, (row) => row[2]) };
}

/**
 * The nine sections of a graph.
 * @param {string[]} ids of the model, in its order
 * @param {[head: string, relation: string, tail: string][]} triples
 * @param {{ weights?: Record<string, number>, decay?: number, shrink?: number,
 *   share?: (index: number) => number }} options
 */
function sectionsOf(ids, triples, { weights = {}, decay = 0.5, shrink = 0, share = () => 0.5 }) {
  const items = new Map(ids.map((id, j) => [id, j]));
  const relations = [...new Set(triples.map(([, relation]) => relation))];
  const places = new Map(relations.map((relation, r) => [relation, r]));
  const entities = [...new Set(triples.flatMap(([head, , tail]) => [head, tail]))].filter(
    (name) => !items.has(name),
  );
  entities.forEach((name, e) => items.set(name, ids.length + e));
  const node = (/** @type {string} */ name) => /** @type {number} */ (items.get(name));
  const rows = rowsOf(
    triples.map(([head, relation, tail]) => [
      node(head),
      /** @type {number} */ (places.get(relation)),
      node(tail),
    ]),
    ids.length + entities.length,
  );
  const names = [packed(relations), packed(entities)];
  return [
    { type: 23, dtype: dtypes.u32, data: names[0].offsets },
    { type: 24, dtype: dtypes.u8, data: names[0].bytes },
    { type: 25, dtype: dtypes.u32, data: names[1].offsets },
    { type: 26, dtype: dtypes.u8, data: names[1].bytes },
    { type: 27, dtype: dtypes.u32, data: rows.offsets },
    { type: 28, dtype: dtypes.u16, data: rows.relation },
    { type: 29, dtype: dtypes.u32, data: rows.tail },
    {
      type: 30,
      dtype: dtypes.f32,
      data: Float32Array.of(...relations.map((name) => weights[name] ?? 1), decay, shrink),
    },
    { type: 31, dtype: dtypes.f32, data: Float32Array.from(ids, (_, j) => share(j)) },
  ];
}

/**
 * A model file with other sections beside its own.
 * @param {Uint8Array} bytes
 * @param {{ type: number, dtype: number, data: ArrayBufferView & { length: number } }[]} more
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function withSections(bytes, more) {
  const old = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list = Array.from({ length: old.getUint32(24, true) }, (_, s) => {
    const at = headerBytes + s * entryBytes;
    const from = Number(old.getBigUint64(at + 8, true));
    const data = bytes.subarray(from, from + Number(old.getBigUint64(at + 16, true)));
    return { entry: bytes.slice(at, at + entryBytes), data };
  });
  for (const { type, dtype, data } of more) {
    const entry = new Uint8Array(entryBytes);
    const view = new DataView(entry.buffer);
    [type, 0].forEach((value, i) => view.setUint32(4 * i, value, true));
    [dtype, data.length, 1, crc32c(bytesOf(data))].forEach((value, i) =>
      view.setUint32(24 + 4 * i, value, true),
    );
    list.push({ entry, data: bytesOf(data) });
  }
  let end = headerBytes + entryBytes * list.length;
  const table = end;
  const places = list.map(({ data }) => {
    const from = Math.ceil(end / alignment) * alignment;
    end = from + data.length;
    return from;
  });
  const out = new Uint8Array(end);
  const view = new DataView(out.buffer);
  out.set(bytes.subarray(0, headerBytes));
  list.forEach(({ entry, data }, s) => {
    const at = headerBytes + s * entryBytes;
    out.set(entry, at);
    view.setBigUint64(at + 8, BigInt(places[s]), true);
    view.setBigUint64(at + 16, BigInt(data.length), true);
    out.set(data, places[s]);
  });
  view.setBigUint64(16, BigInt(end), true);
  view.setUint32(24, list.length, true);
  view.setUint32(124, 0, true);
  view.setUint32(124, crc32c(out.subarray(0, table)), true);
  return out;
}

/**
 * A model file with a graph.
 * @param {Uint8Array} bytes of one without
 * @param {string[]} ids of the model, in its order
 * @param {[head: string, relation: string, tail: string][]} triples items by their ids
 * @param {Parameters<typeof sectionsOf>[2]} [options]
 */
export const withGraph = (bytes, ids, triples, options = {}) =>
  withSections(bytes, sectionsOf(ids, triples, options));
