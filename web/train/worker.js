// Owns the entry of a worker that shares a training, or the computation of neighbours: it solves what it is
// asked and takes what others solved. Must not know how the work is divided.
import { AmpcfError } from '../core/errors.js';
import { WasmMemory } from '../core/memory.js';
import { serve } from '../workers/port.js';
import { TrainKernel } from './kernel.js';

/** @import { NeighboursRun, Training } from './kernel.js' */
/** @import { Reply } from '../workers/port.js' */

/**
 * @typedef {object} Shared work that several do
 * @property {(from: number, n: number) => Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} solve
 * @property {(from: number, n: number, given: any) => void} take
 * @property {() => unknown} end
 * @property {NeighboursRun} [run]
 */
/** @type {Shared | undefined} */ let shared;

/** @param {Training} training */
const sharedTraining = (training) => ({
  solve: (/** @type {number} */ from, /** @type {number} */ n) => training.solveRows(from, n),
  take: (/** @type {number} */ from, /** @type {number} */ _, /** @type {Float32Array} */ given) =>
    training.takeRows(from, given),
  end: () => training.endPass(),
});

/** @param {NeighboursRun} run */
const sharedNeighbours = (run) => ({
  solve: (/** @type {number} */ from, /** @type {number} */ n) => run.solveUnits(from, n),
  take: (/** @type {number} */ from, /** @type {number} */ n, /** @type {Uint8Array} */ given) =>
    run.takeUnits(from, n, given),
  end: () => run.endPass(),
  run,
});

/** @param {any} message */
function open({ build, config, rows, neighbours }) {
  const kernel = new TrainKernel(WasmMemory.start(build.module, build.name));
  if (!neighbours) {
    shared = sharedTraining(kernel.openTrainer(config, rows));
    return { answer: { bytes: kernel.bytes } };
  }
  const { side, part, parts } = neighbours;
  const run = kernel.openNeighbours(config, rows, side);
  run.share(part, parts);
  shared = sharedNeighbours(run);
  return { answer: { bytes: kernel.bytes, ...run.step(0) } };
}

/**
 * What is said to a worker, by its `do`.
 * @type {Record<string, (work: Shared, message: any) => Reply>}
 */
const deeds = {
  pass: ({ run }) => ({ answer: run?.pass() }),
  solve(work, { from, n }) {
    const answer = work.solve(from, n);
    return { answer, transfer: [answer.buffer] };
  },
  take: (work, { from, n, given }) => work.take(from, n, given),
  end: (work) => ({ answer: work.end() }),
  rows: ({ run }) => ({ answer: run?.rows() }),
};

serve((message) => {
  if (message.do === 'open') return open(message);
  if (!shared) throw new AmpcfError('BAD_ARGUMENT', 'a worker was asked before it was opened');
  return deeds[message.do](shared, message);
});
