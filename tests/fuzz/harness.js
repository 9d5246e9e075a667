// Owns the driver of the fuzz targets in JavaScript: the corpus, then seeded mutations of it, as long as
// it is told. Must keep the input that fails, as build/crash-NAME.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { below, seededRandom } from '../../web/core/random.js';

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string} corpus folder below tests/fuzz/corpus
 * @property {(input: Uint8Array, random: () => number) => Uint8Array} mutate
 * @property {(input: Uint8Array) => unknown} run throws what nobody promised
 */
/** @typedef {{ runs?: number, seconds?: number, seed?: number }} Length */

const mostBytes = 1 << 18;

/**
 * Every file of a corpus.
 * @param {string} name
 */
export function corpusOf(name) {
  const folder = new URL(`corpus/${name}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(readFileSync(new URL(file, folder))));
}

/**
 * The bytes with some of them changed, left out, doubled or put in.
 * @param {Uint8Array} input
 * @param {() => number} random
 * @param {readonly string[]} [words] that tell
 */
export function mutateBytes(input, random, words = []) {
  let bytes = input;
  for (let times = 1 + below(random, 4); times > 0; times--) {
    const at = below(random, bytes.length + 1);
    const n = 1 + below(random, 12);
    const operation = below(random, words.length ? 6 : 5);
    /** @type {Uint8Array} */
    let piece = new Uint8Array(0);
    if (operation === 0) piece = Uint8Array.from({ length: n }, () => below(random, 256));
    if (operation === 1) piece = bytes.subarray(at, at + n * 4);
    if (operation === 5) piece = Buffer.from(words[below(random, words.length)]);
    if (operation < 2 || operation === 5) bytes = joined(bytes.subarray(0, at), piece, bytes.subarray(at));
    else if (operation === 2) bytes = joined(bytes.subarray(0, at), bytes.subarray(at + n));
    else {
      bytes = Uint8Array.from(bytes);
      if (at < bytes.length)
        bytes[at] = operation === 3 ? below(random, 256) : bytes[at] ^ (1 << below(random, 8));
    }
  }
  return bytes.subarray(0, mostBytes);
}

/** @param {...Uint8Array} pieces */
export const joined = (...pieces) => new Uint8Array(Buffer.concat(pieces));

/**
 * What is thrown is an AmpcfError of one of these codes, with a message for people; anything else is a
 * finding.
 * @param {unknown} error
 * @param {readonly string[]} codes
 */
export function mustBe(error, codes) {
  // The bundle and the sources have a class each.
  const { name, code, message } = /** @type {import('../../web/core/errors.js').AmpcfError} */ (error);
  if (name !== 'AmpcfError') throw error;
  if (!codes.includes(code) || message.length < 10)
    throw new Error(`undocumented: ${code}: ${message}`, { cause: error });
}

/**
 * @param {unknown} truth
 * @param {string} what
 */
export function must(truth, what) {
  if (!truth) throw new Error(`${what} is false`);
}

/** Milliseconds of processor time that this process has used. */
export const used = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * The corpus once, then mutations: a number of them, or for some seconds.
 * @param {Target} target
 * @param {Length} length
 * @returns {Promise<number>} executions
 */
export async function fuzz({ name, corpus, mutate, run }, { runs = 0, seconds = 0, seed = 1 }) {
  const random = seededRandom(seed);
  const seeds = corpusOf(corpus);
  const until = Date.now() + 1000 * seconds;
  let done = 0;
  const execute = async (/** @type {Uint8Array} */ input) => {
    done++;
    try {
      await run(input);
    } catch (error) {
      const kept = fileURLToPath(new URL(`../../build/crash-${name}`, import.meta.url));
      mkdirSync(new URL('../../build/', import.meta.url), { recursive: true });
      writeFileSync(kept, input);
      throw new Error(`${name}: execution ${done} of seed ${seed}; the input is in ${kept}`, {
        cause: error,
      });
    }
  };
  for (const input of seeds) await execute(input);
  for (let n = 0; n < runs || Date.now() < until; n++)
    await execute(mutate(seeds[below(random, seeds.length)], random));
  return done;
}

/**
 * Runs a target where its file is the program: -s SECONDS, -n RUNS, --seed SEED, or the inputs named.
 * @param {Target} target
 * @param {string} url of the file
 */
export async function runAsProgram(target, url) {
  if (process.argv[1] !== fileURLToPath(url)) return;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', short: 's', default: '0' },
      runs: { type: 'string', short: 'n', default: '0' },
      seed: { type: 'string', default: '1' },
    },
  });
  for (const path of positionals) await target.run(new Uint8Array(readFileSync(path)));
  const length = { seconds: Number(values.seconds), runs: Number(values.runs), seed: Number(values.seed) };
  const done = positionals.length || (await fuzz(target, length));
  console.log(`fuzz_${target.name}: ${done} executions, no finding`);
}
