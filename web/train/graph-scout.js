// Owns what a training with a graph holds out of itself to learn how far to trust it: events and whole items,
// and a model of the rest. Must not read validation events or write the model.
import { personRandom } from '../core/random.js';
import { graphDefaults, trustIn } from '../graph/lean.js';
import { networkOf } from '../graph/triples.js';
import { openToEdit } from './edit-file.js';
import { searchGraph } from './graph-search.js';
import { paced } from './pace.js';

/** @import { GraphSettings } from '../graph/lean.js' */
/** @import { Triples } from '../graph/triples.js' */
/** @import { Interactions } from './interactions.js' */
/** @import { TrainOptions, TrainResult } from './options.js' */
/** @import { Asked, ScoutModel } from './graph-search.js' */
/**
 * @typedef {object} GraphChoice
 * @property {GraphSettings} settings
 * @property {number} trials settings that were measured; 0: nothing was held out, and those are the defaults
 * @property {number} people that were asked
 * @property {number} before NDCG@20 of what was held out, without the graph
 * @property {number} after with it
 * @property {number} rareBefore the mean of those of items of nobody, of 1 to 5 and of 6 to 20 people
 * @property {number} rareAfter
 */

const eventShare = 0.1;
const itemShare = 0.05;
/** With fewer, what is chosen would be chance. */
const fewestAsked = 50;
const mostAsked = 1000;
/** Scores of one trial. */
const affordable = 3e6;
const mostSweeps = 8;
const mostEpochs = 5;

/**
 * What is held out, by ids alone: the same whatever the order of rows.
 * @param {Interactions} interactions
 * @param {number} seed
 */
function holdOut({ users, items, user, item }, seed) {
  const isCold = items.map((id) => personRandom(seed, `item ${id}`)() < itemShare);
  const kept = /** @type {number[]} */ ([]);
  const held = /** @type {number[]} */ ([]);
  for (let x = 0; x < user.length; x++) {
    const out = isCold[item[x]] || personRandom(seed, `${users[user[x]]} ${items[item[x]]}`)() < eventShare;
    (out ? held : kept).push(x);
  }
  return { kept, held };
}

/**
 * People with events of both kinds, by the seed.
 * @param {Interactions} interactions
 * @param {{ kept: number[], held: number[] }} parts
 * @param {ReadonlyMap<string, number>} index of all items
 * @param {number} trained items below it were trained
 * @param {number} seed
 */
function peopleOf({ users, items, user, item }, { kept, held }, index, trained, seed) {
  const all = users.map(() => ({ history: new Set(), relevant: new Set() }));
  for (const x of kept) {
    const j = Number(index.get(items[item[x]]));
    if (j < trained) all[user[x]].history.add(j);
  }
  for (const x of held) {
    const own = all[user[x]];
    const j = Number(index.get(items[item[x]]));
    if (!own.history.has(j)) own.relevant.add(j);
  }
  const byLot = users
    .map((id, u) => ({ u, id, lot: personRandom(seed, `asked ${id}`)() }))
    .filter(({ u }) => all[u].history.size > 0 && all[u].relevant.size > 0)
    .sort((a, b) => a.lot - b.lot || (a.id < b.id ? -1 : 1));
  const most = Math.min(mostAsked, Math.max(2 * fewestAsked, Math.floor(affordable / index.size)));
  const increasing = (/** @type {Set<any>} */ set) => [...set].sort((a, b) => a - b);
  return byLot
    .slice(0, most)
    .map(({ u }) => ({ history: increasing(all[u].history), relevant: increasing(all[u].relevant) }));
}

/**
 * The scout, with the items that it was not trained on at the end.
 * @param {Uint8Array} bytes
 * @param {readonly string[]} more ids
 * @param {Float64Array} people of trained items
 * @returns {Promise<ScoutModel & { ids: string[] }>}
 */
async function scoutModel(bytes, more, people) {
  const file = await openToEdit(bytes);
  const trained = file.items;
  const ids = [...file.texts('id offsets', 'ids'), ...more];
  const wide = (/** @type {Float32Array | undefined} */ numbers, /** @type {number} */ rest) => {
    const out = new Float64Array(ids.length).fill(rest);
    if (numbers) out.set(numbers);
    return out;
  };
  const vectors = new Float32Array(ids.length * file.dim);
  vectors.set(file.vectors());
  const counts = new Float64Array(ids.length);
  counts.set(people);
  return {
    ids,
    own: { vectors, dim: file.dim, people: counts },
    bias: wide(file.floats('item bias'), 0),
    weights: wide(file.floats('item weights'), 1),
    targets: wide(file.floats('item targets'), 1),
    gram: /** @type {Float32Array} */ (file.floats('gram')),
    settings: /** @type {Float32Array} */ (file.floats('settings')),
    trained,
  };
}

/**
 * How many people of these events each item has.
 * @param {Interactions} interactions
 * @param {ArrayLike<number>} rows
 * @returns {Map<string, number>}
 */
function peopleByItem({ items, user, item }, rows) {
  const pairs = new Set();
  const counts = new Map();
  for (let i = 0; i < rows.length; i++) {
    const x = rows[i];
    const pair = user[x] * items.length + item[x];
    if (pairs.has(pair)) continue;
    pairs.add(pair);
    counts.set(items[item[x]], (counts.get(items[item[x]]) ?? 0) + 1);
  }
  return counts;
}

/** What is chosen where nothing can be held out. */
const untried = Object.freeze({
  settings: graphDefaults,
  trials: 0,
  people: 0,
  before: 0,
  after: 0,
  rareBefore: 0,
  rareAfter: 0,
});

/**
 * The settings of a graph by a tenth of the events and the twentieth part of the items, which a scout, a
 * shorter training of its own, does not see. Nothing of the validation is touched.
 * @param {Interactions} interactions
 * @param {Triples} triples checked
 * @param {TrainOptions} options
 * @param {(interactions: Interactions, options: TrainOptions) => Promise<TrainResult>} train
 * @returns {Promise<GraphChoice>} same interactions in any order, same choice
 */
export async function chooseGraph(interactions, triples, options, train) {
  const { seed = 1, signal, onProgress } = options;
  const parts = holdOut(interactions, seed);
  if (Math.min(parts.held.length, parts.kept.length) < fewestAsked) return untried;
  const began = performance.now();
  const { items } = interactions;
  const { onSnapshot, chooseSettings, graph, ...rest } = options;
  const scout = await trainScout(partOf(interactions, parts.kept), rest, train);
  if (!scout) return untried;
  const counts = peopleByItem(interactions, parts.kept);
  const more = othersThan(scout.ids, [...items, ...Array.from(options.items?.keys() ?? [], String)]);
  const known = Float64Array.from(scout.ids, (id) => counts.get(id) ?? 0);
  const model = await scoutModel(scout.bytes, more, known);
  const index = new Map(model.ids.map((id, j) => [id, j]));
  const people = peopleOf(interactions, parts, index, model.trained, seed);
  if (people.length < fewestAsked) return untried;
  const trusted = trustIn(networkOf(triples, model.ids).network, model.own);
  const tell = paced(onProgress);
  const sweeps = Number(scout.sweeps);
  const { settings, trials, without } = await searchGraph(model, trusted, people, {
    report: async (done, total) => {
      signal?.throwIfAborted();
      const seconds = (performance.now() - began) / 1000;
      await tell({ phase: 'graph', done, total, sweep: sweeps, sweeps, seconds }, done === total);
    },
  });
  const key = JSON.stringify(settings);
  const best = trials.find((trial) => JSON.stringify(trial.settings) === key);
  return {
    settings,
    trials: trials.length,
    people: people.length,
    before: without.all,
    after: best?.all ?? 0,
    rareBefore: without.rare,
    rareAfter: best?.rare ?? 0,
  };
}

/** In the order of their ids. @param {string[]} known @param {string[]} all */
function othersThan(known, all) {
  const has = new Set(known);
  return [...new Set(all)].filter((id) => !has.has(id)).sort();
}

/**
 * @param {Interactions} interactions
 * @param {number[]} kept places of events
 */
const partOf = ({ users, items, user, item, weight }, kept) => ({
  users,
  items,
  user: kept.map((x) => user[x]),
  item: kept.map((x) => item[x]),
  weight: weight ? kept.map((x) => weight[x]) : null,
});

/**
 * A shorter training without neighbours; none where nothing is left of the items.
 * @param {Interactions} interactions
 * @param {TrainOptions} options
 * @param {(interactions: Interactions, options: TrainOptions) => Promise<TrainResult>} train
 */
async function trainScout(interactions, options, train) {
  const { sweeps = 12, epochs, onProgress, ...given } = options;
  const isKept = (/** @type {[string, unknown]} */ [name]) => !name.startsWith('neighbour');
  const short = {
    ...Object.fromEntries(Object.entries(given).filter(isKept)),
    ...((options.objective ?? 'als') === 'als'
      ? { sweeps: Math.min(sweeps, mostSweeps) }
      : epochs !== undefined && { epochs: Math.min(epochs, mostEpochs) }),
    neighbours: 0,
    clusters: 0,
    ...(onProgress && {
      onProgress: (/** @type {any} */ progress) => onProgress({ ...progress, phase: 'scout' }),
    }),
  };
  try {
    const { bytes, settings } = await train(interactions, short);
    const file = await openToEdit(bytes);
    return { bytes, ids: file.texts('id offsets', 'ids'), sweeps: settings.sweeps ?? settings.epochs };
  } catch (error) {
    if (/** @type {any} */ (error)?.code === 'NO_DATA') return null;
    throw error;
  }
}
