// Owns the race: a process for each contestant, one of them at work at any time, round after round. Must not
// know what a contestant does.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { contestants } from './contestants/list.js';

/** @import { Contestant } from './contestants/list.js' */
/** @import { Answer } from './worker.js' */
/** @import { Table } from './tables.js' */
/**
 * @typedef {object} Entrant
 * @property {Contestant} contestant
 * @property {string} [skipped] why it does not take part
 * @property {number} load milliseconds
 * @property {number} first
 * @property {number} bytes
 * @property {string[]} workloads
 * @property {Record<string, number[]>} medians by workload, one a round
 * @property {Record<string, Answer[]>} answers by workload, one a person
 */

/** What is timed, and what is only compared. */
export const timed = ['one', 'four', 'list', 'filter', 'candidates', 'resolved'];
const compared = ['one', 'four', 'whole', 'wholeFour', 'candidates'];

export const median = (/** @type {number[]} */ numbers) =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

class Stopped extends Error {}

/**
 * @param {Contestant} contestant
 * @param {Table} table
 * @param {number} top
 */
function start({ file, start: name }, { folder }, top) {
  const module = new URL(file, new URL('contestants/', import.meta.url)).href;
  const child = fork(
    fileURLToPath(new URL('worker.js', import.meta.url)),
    [module, name, folder, String(top)],
    {
      execArgv: ['--expose-gc', '--no-warnings'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  /**
   * @param {string} what
   * @param {...any} args
   * @returns {Promise<any>}
   */
  const ask = (what, ...args) =>
    new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`${module} ended at ${what}`));
      child.once('exit', ended);
      child.once('message', (/** @type {any} */ { value, skipped, failed }) => {
        child.off('exit', ended);
        if (skipped) reject(new Stopped(skipped));
        else if (failed) reject(new Error(failed));
        else resolve(value);
      });
      child.send({ what, args });
    });
  return { ask, end: () => child.kill() };
}

/**
 * Open one after the other, and ask each for all lists once.
 * @param {Contestant} contestant
 * @param {Table} table
 * @param {number} top
 */
async function enter(contestant, table, top) {
  const process = start(contestant, table, top);
  /** @type {Entrant} */
  const entrant = { contestant, load: 0, first: 0, bytes: 0, workloads: [], medians: {}, answers: {} };
  try {
    Object.assign(entrant, await process.ask('open'));
    for (const what of compared.filter((name) => entrant.workloads.includes(name))) {
      entrant.answers[what] = [];
      for (let p = 0; p < table.people.length; p++)
        entrant.answers[what].push(await process.ask('once', what, p));
    }
  } catch (error) {
    process.end();
    if (!(error instanceof Stopped)) throw error;
    entrant.skipped = error.message;
  }
  return { entrant, process };
}

/**
 * @param {Table} table
 * @param {{ top: number, rounds: number, milliseconds: number, only?: readonly Contestant[] }} options
 *   milliseconds: of a workload of a contestant in a round
 * @returns {Promise<Entrant[]>}
 */
export async function race(table, { top, rounds, milliseconds, only = contestants }) {
  const all = [];
  try {
    for (const contestant of only) all.push(await enter(contestant, table, top));
    const here = all.filter(({ entrant }) => !entrant.skipped);
    // The first round warms up: engines compile twice.
    for (let round = 0; round <= rounds; round++)
      for (const what of timed)
        for (const { entrant, process } of here) {
          if (!entrant.workloads.includes(what)) continue;
          const times = await process.ask('times', what, milliseconds);
          if (round > 0) (entrant.medians[what] ??= []).push(median(times));
        }
    return all.map(({ entrant }) => entrant);
  } finally {
    for (const { process } of all) process.end();
  }
}
