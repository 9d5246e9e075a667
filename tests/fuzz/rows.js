// Owns the fuzz target `rows`: a file of interactions or of items is read, in pieces of any length with
// the same result, or refused with a documented error; in time that grows with its length.
import { Readable } from 'node:stream';
import { readItems } from '../../web/read/read-items.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { below } from '../../web/core/random.js';
import { joined, must, mustBe, mutateBytes, runAsProgram, used } from './harness.js';

/** Of 200 kB; a quadratic pattern takes 20 s. */
const mostMs = 5000;
const longBytes = 200_000;
const codes = ['BAD_DATA', 'BAD_IDS', 'CSV_LIMIT', 'LIMIT', 'NO_DATA', 'BAD_ARGUMENT'];
const words = [
  ',', ';', '\t', '::', ' ', '|', '"', '""', '\n', '\r', '\r\n', '\uFEFF', '\0',
  'user,item,rating,timestamp\n',
  'userId', 'movieId', 'title,genres', '1e308', '9'.repeat(40), '.5', '1e400', '-0', 'NaN', '2020-02-30',
  '2001-01-01T00:00:00Z', '999999999999', 'u1', 'i1', '<html', '{', '\u0085', '\u2028', '\xff', 'é',
  '0'.repeat(70),
]; // prettier-ignore

/**
 * Reading by `-`, which is standard input, with the chunks that are given.
 * @template T
 * @param {Uint8Array[]} chunks
 * @param {(path: string) => Promise<T>} read
 * @returns {Promise<T>}
 */
async function fromChunks(chunks, read) {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const before = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(process, 'stdin'));
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  try {
    return await read('-');
  } finally {
    Object.defineProperty(process, 'stdin', before);
  }
}

/**
 * What reading gives as text that can be compared. Of several faults that end the reading, which one is told
 * depends on where the pieces are cut: for all of them it is `refused`.
 * @param {Uint8Array[]} chunks
 * @param {(path: string) => Promise<unknown>} read
 */
async function outcome(chunks, read) {
  try {
    return JSON.stringify(await fromChunks(chunks, read), (_, value) =>
      value instanceof Map ? [...value] : Object.is(value, -0) ? '-0' : value,
    );
  } catch (error) {
    mustBe(error, codes);
    return 'refused';
  }
}

/**
 * @param {Uint8Array} input
 * @param {number} size of a piece
 */
function pieces(input, size) {
  const out = [];
  for (let at = 0; at < input.length; at += size) out.push(input.subarray(at, at + size));
  return out;
}

/** What the first byte of an input says of how it is read. */
const ways = [
  (/** @type {string} */ path) => readRatings(path),
  (/** @type {string} */ path) => readRatings(path, { skipBad: 1e6, duplicates: 'sum' }),
  (/** @type {string} */ path) => readRatings(path, { format: 'csv', skipBad: 3 }),
  (/** @type {string} */ path) => readRatings(path, { format: 'list' }),
  (/** @type {string} */ path) => readRatings(path, { format: 'dat', skipBad: 1e6 }),
  (/** @type {string} */ path) => readItems(path),
  (/** @type {string} */ path) => readItems(path, { aspects: [2, 3] }),
];

/** @param {Uint8Array} input */
async function run(input) {
  const read = ways[(input[0] ?? 0) % ways.length];
  const text = input.subarray(1);
  const before = used();
  const whole = await outcome([text], read);
  must(used() - before < mostMs, `less than ${mostMs} ms`);
  // A long one is about time.
  if (text.length > 4000) return;
  for (const size of [1, 7]) must((await outcome(pieces(text, size), read)) === whole, `the same by ${size}`);
}

/**
 * Now and then a piece of the file is repeated until it is long: more than a field may be, or just less.
 * @param {Uint8Array} input
 * @param {() => number} random
 */
function mutate(input, random) {
  const changed = mutateBytes(input, random, words);
  if (changed.length === 0 || below(random, 60) > 0) return changed;
  const from = below(random, changed.length);
  const piece = changed.subarray(from, from + 1 + below(random, below(random, 2) ? 2 : 24));
  const length = below(random, 2) ? longBytes : 65_000;
  const long = Buffer.concat(Array.from({ length: Math.floor(length / piece.length) }, () => piece));
  return joined(changed.subarray(0, from), long, changed.subarray(from));
}

/** @type {import('./harness.js').Target} */
export const target = { name: 'rows', corpus: 'rows', mutate, run };
await runAsProgram(target, import.meta.url);
