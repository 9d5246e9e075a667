// Owns one contestant in a process of its own, which works when it is told to: opening, one ranking, many
// timed ones. Must not know the others.
import { readFileSync } from 'node:fs';
import { Skipped } from './contestants/skipped.js';

/**
 * @typedef {object} Answer
 * @property {number[]} items
 * @property {number[]} scores
 * @property {Record<string, number>} [stages] items that each stage of the scan looked at
 * @property {number} [ms] where the contestant measures itself, in another process
 */
/** @typedef {Record<string, (person: number) => Answer | Promise<Answer>>} Workloads */

const [file, name, folder, top] = process.argv.slice(2);
const table = JSON.parse(readFileSync(`${folder}/table.json`, 'utf8'));
table.folder = folder;
/** @type {Workloads} */ let workloads = {};

/** Of this process, after what can be collected is collected. */
function residentBytes() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/**
 * @param {string} what
 * @param {number} person
 */
async function once(what, person) {
  const began = performance.now();
  const given = workloads[what](person),
    answer = given instanceof Promise ? await given : given;
  const took = performance.now() - began;
  return { ...answer, ms: answer.ms ?? took };
}

/**
 * Opening from nothing: the library is imported here and nowhere before. A module may have to be prepared,
 * which is not counted, and may have its own idea of its memory.
 */
async function open() {
  const before = residentBytes();
  const began = performance.now();
  const started = await import(file);
  const imported = performance.now();
  await started.prepare?.(table);
  const prepared = performance.now();
  workloads = await started[name](table, Number(top));
  const loaded = performance.now();
  await once('four', 0);
  return {
    load: loaded - prepared + (imported - began),
    first: performance.now() - loaded,
    bytes: started.residentBytes?.() ?? residentBytes() - before,
    workloads: Object.keys(workloads),
  };
}

/**
 * People in turn, as often as fits into the time; the first is not counted.
 * @param {string} what
 * @param {number} milliseconds
 */
async function times(what, milliseconds) {
  const people = table.people.length,
    until = performance.now() + milliseconds,
    found = [];
  await once(what, 0);
  for (let n = 0; n < 3 || performance.now() < until; n++) found.push((await once(what, n % people)).ms);
  return found;
}

const answers = { open, once, times };

// Whoever asks has gone, and a contestant's own process goes with this one.
process.on('disconnect', () => process.exit());

process.on('message', async (/** @type {any} */ { what, args }) => {
  try {
    // @ts-expect-error: the parent knows what each takes
    process.send?.({ value: await answers[/** @type {'open'} */ (what)](...args) });
  } catch (error) {
    const { message, stack } = /** @type {Error} */ (error);
    process.send?.(error instanceof Skipped ? { skipped: message } : { failed: stack ?? message });
  }
});
