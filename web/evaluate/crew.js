// Owns asking a model about many people, here or by workers with a model each; answers come in the order of
// the people. Must not know what the answers are for.
import { openPool, withPool } from '../workers/pool.js';
import { hasThreads, nodeThreads, threadOfNode, threadOfPage } from '../workers/thread.js';
import { healthFields, listPeople } from './coded-lists.js';
import { buffersOf, codePeople } from './coded-people.js';

/** @import { Model } from '../model/model.js' */
/** @import { Pool } from '../workers/pool.js' */
/** @import { CodedLists, ListOptions } from './coded-lists.js' */
/** @import { Person } from './people.js' */
/** @typedef {(done: number, total: number) => Promise<void>} Pace */
/**
 * @typedef {object} Crew workers, and the model that they have now
 * @property {Pool} pool
 * @property {Model | undefined} model
 */

/** People of a question: many enough that asking is nothing, few enough that progress is seen. */
const peopleEach = { here: 16, worker: 128 };
/** A worker has its next people before it has answered about the last ones. */
const askedAhead = 2;

function startWorker() {
  const threads = nodeThreads();
  // Bundlers look for exactly this expression.
  return threads
    ? threadOfNode(new threads.Worker(new URL('./evaluate-worker.js', import.meta.url)))
    : threadOfPage(new Worker(new URL('./evaluate-worker.js', import.meta.url), { type: 'module' }));
}

/**
 * With workers for as long as `use` takes; with none where one core was asked for, or people are few.
 * @template T
 * @param {{ people: number, cores?: number | undefined, signal?: AbortSignal | undefined }} options
 * @param {(crew: Crew | undefined) => Promise<T>} use
 * @returns {Promise<T>}
 */
export function withCrew({ people, cores = 1, signal }, use) {
  if (cores < 2 || people <= peopleEach.worker || !hasThreads()) return use(undefined);
  return withPool(openPool(cores, startWorker), signal, (pool) => use({ pool, model: undefined }));
}

/**
 * The file of an open model, which lies in the memory of its instance.
 * @param {Model} model
 * @returns {Uint8Array<ArrayBuffer> | undefined} undefined: it was closed
 */
export function fileOf(model) {
  const { memory, file } = model.kernel;
  return memory?.u8(file, model.info.bytes).slice();
}

/**
 * Sees to it that the workers have a model.
 * @param {Crew} crew
 * @param {Model} model
 * @returns {Promise<boolean>} whether they have
 */
async function hand(crew, model) {
  if (crew.model === model) return true;
  const bytes = fileOf(model);
  if (!bytes) return false;
  await Promise.all(Array.from({ length: crew.pool.size }, (_, i) => crew.pool.ask(i, { bytes })));
  crew.model = model;
  return true;
}

/**
 * @param {Model} model
 * @param {readonly Pick<Person, 'history' | 'candidates'>[]} people
 * @param {ListOptions} options
 * @param {{ pace: Pace, crew?: Crew | undefined }} by
 * @returns {Promise<CodedLists>}
 */
export async function askPeople(model, people, options, { pace, crew }) {
  const out = {
    lists: new Uint32Array(people.length * options.k),
    lengths: new Uint32Array(people.length),
    health: new Float64Array(people.length * healthFields),
  };
  const shared = crew && people.length > peopleEach.worker && (await hand(crew, model)) ? crew : undefined;
  const each = shared ? peopleEach.worker : peopleEach.here;
  let next = 0;
  let done = 0;
  const work = async (/** @type {number | null} */ worker) => {
    while (next < people.length) {
      const from = next;
      next = Math.min(people.length, from + each);
      const n = next - from;
      const coded = codePeople(model, people.slice(from, next));
      const found =
        shared && worker !== null
          ? await shared.pool.ask(worker, { people: coded, options }, buffersOf(coded))
          : listPeople(model.kernel, coded, options);
      out.lists.set(found.lists, from * options.k);
      out.lengths.set(found.lengths, from);
      out.health.set(found.health, from * healthFields);
      done += n;
      await pace(done, people.length);
    }
  };
  if (!shared) await work(null);
  else
    await Promise.all(
      Array.from({ length: shared.pool.size * askedAhead }, (_, line) => work(line % shared.pool.size)),
    );
  return out;
}
