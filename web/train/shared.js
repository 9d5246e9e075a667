// Owns how a training and its neighbours are divided among workers, and joined. Must not know what is
// computed: every sum is made whole by one worker, so that no byte depends on their number.
import { openPool } from '../workers/pool.js';
import { hasThreads, nodeThreads, threadOfNode, threadOfPage } from '../workers/thread.js';

/** @import { Pool } from '../workers/pool.js' */
/** @import { NeighbourRows, Rows, Training } from './kernel.js' */
/** @typedef {{ from: number, n: number, given: any }} Solved */
/** @typedef {{ from: number, n: number, owner?: number }} Piece rows or units of a pass; owner: who solves */

/** A worker has its next piece before it has answered the last one. */
const askedAhead = 2;
/** So many pieces a worker that the last ones end at about the same time. */
const piecesEach = 24;

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
 * @param {(solved: Solved) => Promise<void>} onSolved
 */
export async function sharePass(pool, pieces, onSolved) {
  const solve = async (/** @type {number} */ worker, /** @type {Piece} */ { from, n }) => {
    const given = await pool.ask(worker, { do: 'solve', from, n });
    for (let other = 0; other < pool.size && given.length > 0; other++)
      if (other !== worker) pool.tell(other, { do: 'take', from, n, given });
    await onSolved({ from, n, given });
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
 * @param {number} dim
 */
export function sharedTraining(pool, training, { offsets, items, users, itemIds }, dim) {
  // A row costs its events and the solution of its system.
  const alone = dim / 3 + 4;
  const ofItems = new Float64Array(itemIds.length).fill(alone);
  for (const item of items) ofItems[item]++;
  const ofUsers = Float64Array.from({ length: users }, (_, u) => alone + offsets[u + 1] - offsets[u]);
  const pieces = { users: piecesOf(ofUsers, pool.size), items: piecesOf(ofItems, pool.size) };
  return {
    /**
     * The pass at hand, to its end.
     * @param {{ done: number }} at
     * @param {(done: number) => Promise<void>} onDone rows of the training
     * @returns {Promise<ReturnType<Training['step']> | undefined>} undefined: there is none
     */
    async pass({ done }, onDone) {
      if (training.pass().n_rows === 0) return undefined;
      const isOfUsers = done % (users + itemIds.length) < users;
      let solved = done;
      await sharePass(pool, pieces[isOfUsers ? 'users' : 'items'], async ({ from, n, given }) => {
        training.takeRows(from, given);
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
