// Owns the mutation of saved profiles and slots: JSON whose values tell, bytes, header fields, with
// lengths and checksums repaired. Must not know what is done with them.
import { crc32c } from '../support.js';
import { below } from '../../web/core/random.js';
import { joined, mutateBytes } from './harness.js';

export const profileHeader = 36;
export const slotHeader = 48;

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-45,
  1e-3,
  9e-4,
  1024,
  1025,
  2 ** 20,
  2 ** 20 + 1,
  2 ** 26,
  1e308,
  2 ** 31,
];
const strings = [
  '',
  '1',
  'item1',
  'no such item',
  '\u0000',
  '\uFEFF',
  'x'.repeat(513),
  '\u{1F600}',
  '__proto__',
];
const long = { length: 1e9 };

/**
 * @param {() => number} random
 * @returns {unknown}
 */
function anyValue(random) {
  const values = [null, true, [], {}, long, { length: -1 }, [[]], NaN, ...numbers, ...strings];
  return values[below(random, values.length)];
}

/**
 * A tree of JSON with one of its places changed.
 * @param {any} tree
 * @param {() => number} random
 * @returns {any}
 */
export function mutateJson(tree, random) {
  if (typeof tree !== 'object' || tree === null || below(random, 12) === 0) return anyValue(random);
  if (!Array.isArray(tree)) {
    const names = Object.keys(tree);
    const name = below(random, 20) === 0 ? String(anyValue(random)) : names[below(random, names.length)];
    return { ...tree, [name]: mutateJson(tree[name], random) };
  }
  const at = below(random, tree.length + 1);
  const operation = below(random, 8);
  if (operation === 0) return tree.filter((_, i) => i !== at);
  if (operation === 1) return [...tree.slice(0, at), tree[below(random, tree.length)], ...tree.slice(at)];
  if (operation === 2) return Array.from({ length: 2 + below(random, 300) }, () => tree[at % tree.length]);
  return tree.map((value, i) => (i === at % tree.length ? mutateJson(value, random) : value));
}

/**
 * With the length and checksum that its bytes ought to have.
 * @param {Uint8Array} bytes
 * @param {number} header
 * @param {number} lengthAt
 * @param {number} crcAt
 */
function repaired(bytes, header, lengthAt, crcAt) {
  if (bytes.length < header) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(lengthAt, bytes.length - header, true);
  view.setUint32(crcAt, 0, true);
  view.setUint32(crcAt, crc32c(bytes), true);
  return bytes;
}

/** @param {Uint8Array} bytes a saved profile */
export const repairProfile = (bytes) => repaired(bytes, profileHeader, 12, 16);

/** @param {Uint8Array} bytes a slot */
export const repairSlot = (bytes) => repaired(bytes, slotHeader, 24, 28);

/**
 * A saved profile changed in its JSON, in its bytes or in its header.
 * @param {Uint8Array} saved
 * @param {() => number} random
 */
export function mutateProfile(saved, random) {
  const head = saved.slice(0, profileHeader);
  let payload = saved.subarray(profileHeader);
  if (below(random, 8) === 0)
    return below(random, 2) ? mutateBytes(saved, random) : changedHead(saved, random);
  if (below(random, 4) === 0)
    payload = mutateBytes(payload, random, ['null', '1e999', '[', '"', '\\ud800', '{}']);
  else {
    let tree;
    try {
      tree = JSON.parse(Buffer.from(payload).toString());
    } catch {
      return repairProfile(joined(head, mutateBytes(payload, random)));
    }
    for (let times = 1 + below(random, 3); times > 0; times--) tree = mutateJson(tree, random);
    payload = Buffer.from(JSON.stringify(tree) ?? '');
  }
  return repairProfile(joined(head, payload));
}

/**
 * A byte of a header is changed, and checksums are right all the same.
 * @param {Uint8Array} bytes
 * @param {() => number} random
 */
function changedHead(bytes, random) {
  const out = Uint8Array.from(bytes);
  out[below(random, profileHeader)] = below(random, 2) ? below(random, 4) : below(random, 256);
  return repairProfile(out);
}
