// Owns what a training with a graph holds out of itself to learn how far to trust it: events and whole items,
// and a model of the rest. Must not read validation events or write the model.
import { personRandom } from '../core/random.js';
import { graphDefaults } from '../graph/lean.js';
import { openToEdit } from './edit-file.js';
import { openLeaning } from './graph.js';
import { rareOf, searchGraph } from './graph-search.js';
import { paced } from './pace.js';

/** @import { GraphSettings } from '../graph/lean.js' */
/** @import { Triples } from '../graph/triples.js' */
/** @import { Interactions } from './interactions.js' */
/** @import { TrainOptions, TrainResult } from './options.js' */
/** @import { Asked } from './graph-search.js' */
/**
 * @typedef {object} GraphChoice
 * @property {GraphSettings} settings
 * @property {number} trials settings that were measured; 0: nothing was held out, and those are the defaults
 * @property {number} people that were asked: by half of them settings were chosen, by the others confirmed
 * @property {number} before NDCG@20 of what was held out of items that somebody has, without the graph, by
 *   those who confirmed; so are the others
 * @property {number} after with it
 * @property {number} rareBefore the mean of those of items of nobody, of 1 to 5 and of 6 to 20 people
 * @property {number} rareAfter
 */

const eventShare = 0.1;
const itemShare = 0.05;
/** With fewer, what is chosen would be chance. */
const fewestAsked = 50;
const mostAsked = 1200;
/** Scores of one trial, and of its confirmation. */
const affordable = 1e7;
const scoutSweeps = 8;
const scoutEpochs = 5;

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
 * @param {ReadonlySet<string>} trained items
 * @param {number} seed
 * @returns {Asked[]}
 */
function askedOf({ users, items, user, item }, { kept, held }, trained, seed) {
  const all = users.map(() => ({ history: new Set(), relevant: new Set() }));
  for (const x of kept) if (trained.has(items[item[x]])) all[user[x]].history.add(items[item[x]]);
  for (const x of held) {
    const { history, relevant } = all[user[x]];
    if (!history.has(items[item[x]])) relevant.add(items[item[x]]);
  }
  const byLot = users
    .map((id, u) => ({ u, id, lot: personRandom(seed, `asked ${id}`)() }))
    .filter(({ u }) => all[u].history.size > 0 && all[u].relevant.size > 0)
    .sort((a, b) => a.lot - b.lot || (a.id < b.id ? -1 : 1));
  const most = Math.min(mostAsked, Math.max(2 * fewestAsked, Math.floor(affordable / items.length)));
  const inOrder = (/** @type {Set<any>} */ set) => [...set].sort();
  return byLot
    .slice(0, most)
    .map(({ u }) => ({ history: inOrder(all[u].history), relevant: inOrder(all[u].relevant) }));
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
  const peopleOf = (/** @type {string} */ id) => counts.get(id) ?? 0;
  const people = askedOf(interactions, parts, new Set(scout.ids), seed);
  if (people.length < fewestAsked) return untried;
  const facts = new Map(items.map((id) => [id, options.items?.get(id) ?? {}]));
  const known = Float64Array.from(scout.ids, peopleOf);
  const more = new Map([...facts, ...(options.items ?? [])]);
  const leaning = await openLeaning(scout.bytes, triples, more, { people: known, signal });
  if (leaning.triples.triples === 0) return untried;
  const tell = paced(onProgress);
  const sweeps = Number(scout.sweeps);
  const found = await searchGraph(leaning, scout.bytes, { people, peopleOf }, async (done, total) => {
    signal?.throwIfAborted();
    const seconds = (performance.now() - began) / 1000;
    await tell({ phase: 'graph', done, total, sweep: sweeps, sweeps, seconds }, done === total);
  });
  return {
    settings: found.settings,
    trials: found.trials,
    people: people.length,
    before: found.before.known,
    after: found.after.known,
    rareBefore: rareOf(found.before),
    rareAfter: rareOf(found.after),
  };
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
 * A shorter training without neighbours, with the gate of the defaults: what a training chooses at its end
 * is not known yet. None where nothing is left of the items.
 * @param {Interactions} interactions
 * @param {TrainOptions} options
 * @param {(interactions: Interactions, options: TrainOptions) => Promise<TrainResult>} train
 */
async function trainScout(interactions, options, train) {
  const { sweeps, epochs, gate, leaves, proportional, onProgress, ...given } = options;
  const isKept = (/** @type {[string, unknown]} */ [name]) => !name.startsWith('neighbour');
  const short = {
    ...Object.fromEntries(Object.entries(given).filter(isKept)),
    ...((options.objective ?? 'als') === 'als' ? { sweeps: scoutSweeps } : { epochs: scoutEpochs }),
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
