// Owns what several test files need: seeded randomness, small trained models, and the checks every error must
// pass.
// Must not hold a test, and must not know the library except through dist/, as users have it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { AmpcfError, loadModel } from '../dist/ampcf.js';
import { trainModel } from '../dist/train.js';
import { demoPeople } from '../examples/demo/people.js';
import { demoInteractions } from '../examples/demo/train.js';
import { below, seededRandom } from '../web/core/random.js';

export const root = new URL('../', import.meta.url);

/** Every code the library documents. A test that meets another one fails. */
export const codes = new Set([
  'BAD_ARGUMENT',
  'BAD_ASPECTS',
  'BAD_IDS',
  'BAD_MAGIC',
  'BAD_NEIGHBOURS',
  'BAD_NUMBER',
  'BAD_PROFILE',
  'BAD_SECTION',
  'BAD_TEXT',
  'BUSY',
  'CHECKSUM',
  'DISPOSED',
  'HTTP',
  'INSTANCE_FAILED',
  'INTEGRITY',
  'IO',
  'LIMIT',
  'NEEDS_PLUGIN',
  'NEEDS_TASTE',
  'NO_ASPECTS',
  'NO_CLUSTERS',
  'NO_DATA',
  'NO_STORE',
  'NO_GRAPH',
  'NO_WASM',
  'OUT_OF_MEMORY',
  'TRAILING_DATA',
  'TRUNCATED',
  'UNKNOWN_ITEM',
  'UNSUPPORTED_VERSION',
  'WRONG_MODEL',
]);

export { below, seededRandom as seeded };

/**
 * @template T
 * @param {readonly T[]} list
 * @param {() => number} random
 * @returns {T[]}
 */
export function shuffled(list, random) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

/**
 * k distinct elements.
 * @template T
 * @param {readonly T[]} list
 * @param {number} k
 * @param {() => number} random
 * @returns {T[]}
 */
export function sample(list, k, random) {
  return shuffled(list, random).slice(0, k);
}

const rows = parse(readFileSync(new URL('examples/demo/films.csv', root), 'utf8'), { columns: true });
/** @type {{ item: string, title: string, genres: string[] }[]} */
export const films = rows.map((/** @type {Record<string, string>} */ { item, title, genres }) => ({
  item,
  title,
  genres: genres.split('|'),
}));
export const filmFacts = new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }]));

/** @param {import('../examples/demo/people.js').Person[]} people */
export const interactionsOf = (people) => demoInteractions(films, people);

export const people = demoPeople(films, { people: 200 });

/** Settings that give several personas on few people, whatever the defaults become. */
export const steady = Object.freeze({
  alpha: 0.4,
  lambda: 0.006,
  userDamping: 0,
  itemDamping: 0,
  popularityDamping: 0,
  minSupport: 1,
});

/** @type {Map<string, Promise<Uint8Array>>} */
const trained = new Map();

/**
 * A model of two hundred demo people, trained once for each set of options.
 * @param {import('../web/train.js').TrainOptions} [options]
 * @returns {Promise<Uint8Array>} do not change it
 */
export function smallModel(options = {}) {
  const key = JSON.stringify(Object.entries(options));
  let bytes = trained.get(key);
  if (!bytes) {
    bytes = trainModel(interactionsOf(people), {
      ...steady,
      dim: 12,
      sweeps: 5,
      items: filmFacts,
      ...options,
    }).then((result) => result.bytes);
    trained.set(key, bytes);
  }
  return bytes;
}

/** @param {import('../web/train.js').TrainOptions} [options] */
export async function openSmallModel(options) {
  return loadModel(await smallModel(options));
}

/**
 * What a call throws or rejects with; fails when it does neither.
 * @param {() => unknown} run
 * @returns {Promise<any>}
 */
export async function failure(run) {
  let result;
  try {
    result = await run();
  } catch (error) {
    return error;
  }
  return assert.fail(`did not fail, gave ${String(result)}`);
}

/**
 * An AmpcfError with this code, a message for people, and no more.
 * @param {() => unknown} run
 * @param {string} code
 * @param {RegExp} [message]
 */
export async function failsWith(run, code, message) {
  const error = await failure(run);
  assert.ok(error instanceof AmpcfError, `not an AmpcfError: ${error?.stack ?? String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.ok(codes.has(code), `${code} is not documented`);
  assert.ok(error.message.length > 10);
  if (message) assert.match(error.message, message);
  return error;
}

/**
 * A ranking as plain data, every bit of every score kept.
 * @param {import('../web/model/types.js').Ranking} ranking
 */
export function golden(ranking) {
  return ranking.items.map(({ item, score }) => [item, score]);
}

/**
 * A history of this person that the small model knows.
 * @param {number} n
 */
export const historyOf = (n) => people[n].history.map(({ item, at }) => ({ item, at }));

const section = (/** @type {number} */ id, /** @type {number[][]} */ ...entries) => {
  const content = [entries.length, ...entries.flat()];
  return [id, content.length, ...content];
};
const named = (/** @type {string} */ name) => [name.length, ...new TextEncoder().encode(name)];

/** Function bodies of type () -> i32 for `tinyModule`. */
export const wasmBodies = { zero: [0, 0x41, 0, 0x0b], trap: [0, 0x00, 0x0b], seven: [0, 0x41, 7, 0x0b] };

/**
 * A module as WasmMemory wants one, small enough to be written by hand: memory of one page, a heap that
 * begins at 1024.
 * @param {Record<string, number[]>} functions name -> body
 * @param {number} [maxPages]
 */
export function tinyModule(functions, maxPages) {
  const names = Object.keys(functions);
  const bytes = [
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    ...section(1, [0x60, 0, 1, 0x7f]),
    ...section(3, ...names.map(() => [0])),
    ...section(5, maxPages === undefined ? [0, 1] : [1, 1, maxPages]),
    ...section(6, [0x7f, 0, 0x41, 0x80, 0x08, 0x0b]),
    ...section(
      7,
      [...named('memory'), 2, 0],
      [...named('__heap_base'), 3, 0],
      ...names.map((name, i) => [...named(name), 0, i]),
    ),
    ...section(10, ...names.map((name) => [functions[name].length, ...functions[name]])),
  ];
  return new WebAssembly.Module(Uint8Array.from(bytes));
}

/**
 * CRC32C, Castagnoli, bit by bit: independent of the one that is tested.
 * @param {Uint8Array} bytes
 */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
