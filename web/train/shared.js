// Owns how a training and its neighbours are divided among workers, and joined. Must not know what is
// computed: every sum is made whole by one worker, so that no byte depends on their number.
import { AMPCF_PASS_GRADIENTS, AMPCF_PASS_ITEMS, AMPCF_PASS_PEOPLE, AMPCF_PASS_USERS } from '../core/abi.js';
import { openPool } from '../workers/pool.js';
import { hasThreads, nodeThreads, threadOfNode, threadOfPage } from '../workers/thread.js';

/** @import { Pool } from '../workers/pool.js' */
/** @import { NeighbourRows, Rows, Training } from './kernel.js' */
/** @import { TrainSettings } from './settings.js' */
/** @typedef {{ from: number, n: number, given: any }} Solved */
/** @typedef {{ from: number, n: number, owner?: number }} Piece rows or units of a pass; owner: who solves */

/** A worker has its next piece before it has answered the last one. */
const askedAhead = 2;
/** So many pieces a worker that the last ones end at about the same time. */
const piecesEach = 24;
/** A batch is short, and its rows cost about the same. */
const batchPiecesEach = 3;
/** Multiply-adds of a batch below which its messages take longer than what they save. */
const smallBatch = 4e6;

function startWorker() {
  const threads = nodeThreads();
  // Bundlers look for exactly this expression.
  return threads
    ? threadOfNode(new threads.Worker(new URL('./train-worker.js', import.meta.url)))
    : threadOfPage(new Worker(new URL('./train-worker.js', import.meta.url), { type: 'module' }));
}

/**
 * Workers that hold the same work, opened.
 * @param {number} cores
 */
export const trainingPool = (cores) => openPool(cores, startWorker);

/**
 * How many workers there will be, 0 where the work is done here.
 * @param {number | undefined} cores
 */
export const workersFor = (cores = 1) => (cores > 1 && hasThreads() ? cores : 0);

/**
 * What a training takes on several cores: an instance each, and one more that keeps the vectors.
 * @param {{ vectors: number, neighbours: number }} one bytes on one core
 * @param {number} cores
 * @param {string} [objective]
 */
export function memoryOn(one, cores, objective = 'als') {
  const workers = workersFor(cores);
  const vectors = one.vectors * (objective === 'softmax' ? 1 : workers + 1);
  const neighbours = one.neighbours * Math.max(1, workers);
  return { bytes: vectors + neighbours, vectors, neighbours };
}

/**
 * @param {Pool} pool
 * @param {(part: number) => object} workOf each
 * @returns {Promise<{ bytes: number, total: number }>} bytes of all instances; total: steps of neighbours
 */
export async function openShared(pool, workOf) {
  const opened = await Promise.all(
    Array.from({ length: pool.size }, (_, i) => pool.ask(i, { do: 'open', ...workOf(i) })),
  );
  return { bytes: opened.reduce((sum, { bytes }) => sum + bytes, 0), total: opened[0].total };
}

/**
 * Consecutive pieces of about the same cost.
 * @param {ArrayLike<number>} costs of each row
 * @param {number} workers
 * @returns {Piece[]}
 */
export function piecesOf(costs, workers) {
  let total = 0;
  for (let i = 0; i < costs.length; i++) total += costs[i];
  const most = total / (piecesEach * workers);
  const pieces = /** @type {Piece[]} */ ([]);
  for (let from = 0, at = 0, sum = 0; at < costs.length; at++) {
    sum += costs[at];
    if (sum < most && at + 1 < costs.length) continue;
    pieces.push({ from, n: at + 1 - from });
    from = at + 1;
    sum = 0;
  }
  return pieces;
}

/**
 * Consecutive pieces of as many rows.
 * @param {number} n rows
 * @param {number} count of pieces, at most
 * @returns {Piece[]}
 */
export function evenPieces(n, count) {
  const size = Math.max(1, Math.ceil(n / count));
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => ({
    from: i * size,
    n: Math.min(size, n - i * size),
  }));
}

/**
 * Whether the epochs of a likelihood are shared too.
 * @param {TrainSettings} settings
 * @param {{ users: number, itemIds: string[] }} data
 */
export function sharesBatches({ batch, samples, dim }, { users, itemIds }) {
  const people = Math.min(Number(batch), users);
  return people * (Number(samples) || itemIds.length) * dim >= smallBatch;
}

/**
 * The units of a pass of neighbours: each part's own, or as many pieces as anybody may have.
 * @param {{ n_units: number, owned: number }} pass
 * @param {number} workers
 * @returns {Piece[]}
 */
export function unitsOf({ n_units: n, owned }, workers) {
  const parts = owned ? workers : 1;
  const pieces = /** @type {Piece[]} */ ([]);
  for (let part = 0; part < parts; part++) {
    const first = Math.floor((n * part) / parts);
    const end = Math.floor((n * (part + 1)) / parts);
    const size = Math.max(1, Math.ceil((end - first) / (piecesEach * (owned ? 1 : workers))));
    for (let from = first; from < end; from += size)
      pieces.push({ from, n: Math.min(size, end - from), ...(owned && { owner: part }) });
  }
  return pieces;
}

/**
 * One pass: pieces to whoever is free or owns them, what was solved to all others.
 * @param {Pool} pool
 * @param {readonly Piece[]} pieces
 * @param {(solved: Solved) => Promise<void>} onSolved what is given is gone when it has waited
 */
export async function sharePass(pool, pieces, onSolved) {
  const solve = async (/** @type {number} */ worker, /** @type {Piece} */ { from, n }) => {
    const given = await pool.ask(worker, { do: 'solve', from, n });
    const counted = onSolved({ from, n, given });
    // The last one gets it, the others a copy each.
    const last = worker === pool.size - 1 ? pool.size - 2 : pool.size - 1;
    for (let other = 0; other <= last && given.length > 0; other++)
      if (other !== worker)
        pool.tell(other, { do: 'take', from, n, given }, other === last ? [given.buffer] : []);
    await counted;
  };
  let next = 0;
  const free = pieces.filter(({ owner }) => owner === undefined);
  const work = async (/** @type {number} */ worker) => {
    while (next < free.length) await solve(worker, free[next++]);
  };
  await Promise.all([
    ...pieces.flatMap((piece) => (piece.owner === undefined ? [] : [solve(piece.owner, piece)])),
    ...Array.from({ length: pool.size * askedAhead }, (_, line) => work(line % pool.size)),
  ]);
}

/**
 * Passes of a training by workers, each row by one of them; this instance takes all rows and solves none.
 * @param {Pool} pool
 * @param {Training} training
 * @param {Rows & { users: number, itemIds: string[] }} data
 * @param {TrainSettings} settings
 */
export function sharedTraining(pool, training, data, settings) {
  const { offsets, items, users, itemIds } = data;
  // A row costs its events and the solution of its system.
  const alone = settings.dim / 3 + 4;
  const ofItems = new Float64Array(itemIds.length).fill(alone);
  for (const item of items) ofItems[item]++;
  const ofUsers = Float64Array.from({ length: users }, (_, u) => alone + offsets[u + 1] - offsets[u]);
  /** @type {Record<number, Piece[]>} */
  const sweep = {
    [AMPCF_PASS_USERS]: piecesOf(ofUsers, pool.size),
    [AMPCF_PASS_ITEMS]: piecesOf(ofItems, pool.size),
  };
  const isShared = sharesBatches(settings, data);
  return {
    /**
     * The pass at hand, to its end.
     * @param {{ done: number }} at
     * @param {(done: number) => Promise<void>} onDone rows of the training
     * @returns {Promise<ReturnType<Training['step']> | undefined>} undefined: there is none to share
     */
    async pass({ done }, onDone) {
      const { n_rows: rows, kind } = training.pass();
      if (rows === 0 || (kind >= AMPCF_PASS_PEOPLE && !isShared)) return undefined;
      let solved = done;
      const pieces = sweep[kind] ?? evenPieces(rows, batchPiecesEach * pool.size);
      await sharePass(pool, pieces, async ({ from, n, given }) => {
        training.takeRows(from, given);
        if (kind === AMPCF_PASS_GRADIENTS) return;
        solved += n;
        await onDone(solved);
      });
      for (let i = 0; i < pool.size; i++) pool.tell(i, { do: 'end' });
      return training.endPass();
    },
  };
}

/**
 * Neighbours by workers, to their end.
 * @param {Pool} pool opened with them
 * @param {number} total steps
 * @param {(progress: { done: number, total: number }, over: boolean) => Promise<void>} report
 * @returns {Promise<NeighbourRows>}
 */
export async function sharedNeighbours(pool, total, report) {
  let done = 0;
  for (let pass; (pass = await pool.ask(0, { do: 'pass' })).n_units > 0;) {
    // Units are steps, but for a pass that is one unit each.
    const counts = pass.n_units > pool.size;
    await sharePass(pool, unitsOf(pass, pool.size), async ({ n }) => {
      if (counts) done = Math.min(total, done + n);
      await report({ done, total }, false);
    });
    const ends = await Promise.all(Array.from({ length: pool.size }, (_, i) => pool.ask(i, { do: 'end' })));
    done = Math.max(done, ends[0].done);
  }
  await report({ done: total, total }, true);
  return pool.ask(0, { do: 'rows' });
}
