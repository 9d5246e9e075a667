// Owns how far a graph is trusted: settings of graph/lean.js by events that a training did not see, chosen on
// some people and confirmed by others, all ranked as on the device. Must not train or write files.
import { graphDefaults } from '../graph/lean.js';
import { loadModel } from '../rank.js';

/** @import { GraphSettings } from '../graph/lean.js' */
/** @import { Graph } from '../graph/prior.js' */
/** @import { Leaning } from './graph.js' */
/** @typedef {{ history: string[], relevant: string[] }} Asked ids of items */
/**
 * @typedef {object} Figures mean NDCG@20 of people
 * @property {number} known of items that somebody has
 * @property {number} all of these and of those that were held out whole: they have more events here than
 *   items without people will ever get
 * @property {number[]} rare of items of nobody, of 1 to 5 people and of 6 to 20; NaN where too few people
 *   have such events
 */
/**
 * @typedef {object} Searched
 * @property {GraphSettings} settings
 * @property {number} trials
 * @property {number} choosers people by whom settings were chosen
 * @property {number} confirmers people by whom they were confirmed
 * @property {Figures} before of the confirmers, without the graph
 * @property {Figures} after with it
 */

const cut = 20;
/** Of nobody, of 1 to 5 people, of 6 to 20. */
const rareGroups = [(/** @type {number} */ n) => n === 0, upTo(1, 5), upTo(6, 20)];
const groups = [...rareGroups, (/** @type {number} */ n) => n > 0, () => true];
/** Fewer people say nothing of a group. */
const fewest = 10;
/** What an NDCG of rare items is worth beside one of all. */
const worth = 0.5;
/** Items of nobody take places: such a part of the NDCG of the others may they cost. */
const mostPaid = 0.0025;

/** How far items with people lean: one setting after the other. */
const steps = /** @type {const} */ ([
  ['shrink', [1, 4]],
  ['pull', [0.3, 0.8]],
  ['people', [10, 100]],
  ['power', [0, 2]],
  ['decay', [0, 1]],
  ['shrink', [0.5, 1, 1.5, 2, 3]],
  ['pull', [0.1, 0.2, 0.4, 0.6, 0.8]],
]);
/** Of a trial: what is left to move then does not change a list. */
const trialRounds = 3;
/** How long items of nobody are; the first is what is left where none is confirmed. */
const lengths = [0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2];
const gains = Float64Array.from({ length: cut }, (_, i) => 1 / Math.log2(i + 2));

/** @param {number} low @param {number} high */
function upTo(low, high) {
  return (/** @type {number} */ n) => n >= low && n <= high;
}

/**
 * NDCG@20 of one list; NaN where nothing is wanted.
 * @param {readonly string[]} list
 * @param {ReadonlySet<string>} wanted
 */
function ndcgOf(list, wanted) {
  let ideal = 0;
  for (let i = 0; i < Math.min(cut, wanted.size); i++) ideal += gains[i];
  return list.reduce((sum, id, i) => sum + (wanted.has(id) ? gains[i] : 0), 0) / ideal;
}

/** Of those that are numbers. @param {readonly number[]} values @param {number} least */
function meanOf(values, least) {
  const some = values.filter((x) => !Number.isNaN(x));
  return some.length >= least ? some.reduce((a, b) => a + b, 0) / some.length : NaN;
}

/**
 * @param {Uint8Array} bytes of a model file
 * @param {readonly Asked[]} people
 * @param {(id: string) => number} peopleOf an item
 * @returns {Promise<Figures>}
 */
async function measure(bytes, people, peopleOf) {
  const model = await loadModel(bytes);
  const found = groups.map(() => /** @type {number[]} */ ([]));
  try {
    for (const { history, relevant } of people) {
      const person = model.createProfile(history);
      const list = person.recommend({ topK: cut, proportional: 0 }).items.map(({ item }) => item);
      person.dispose();
      groups.forEach((has, g) =>
        found[g].push(ndcgOf(list, new Set(relevant.filter((id) => has(peopleOf(id)))))),
      );
    }
  } finally {
    model.dispose();
  }
  const rare = rareGroups.map((_, g) => meanOf(found[g], fewest));
  return { rare, known: meanOf(found[rare.length], 1) || 0, all: meanOf(found[rare.length + 1], 1) || 0 };
}

/** The mean of what can be said of rare items. @param {Figures} figures */
export function rareOf({ rare }) {
  const some = rare.filter((x) => !Number.isNaN(x));
  return some.length > 0 ? some.reduce((a, b) => a + b, 0) / some.length : 0;
}

/**
 * What leaning brings to items that somebody has; what everybody pays for weighs ten times.
 * @param {Figures} figures
 * @param {Figures} without
 */
function leaningValue({ rare: [, ...rare], known }, without) {
  const some = rare.map((x, g) => x - without.rare[g + 1]).filter((x) => !Number.isNaN(x));
  const more = some.length > 0 ? some.reduce((a, b) => a + b, 0) / some.length : 0;
  return known - without.known + worth * more - 10 * Math.max(0, without.known - known);
}

/**
 * Whether entities are linked to entities: the other node of the last link of a row is the highest.
 * @param {Graph} graph
 */
function hasSecondSteps({ links: { offsets, to }, items }) {
  for (let k = items; k + 1 < offsets.length; k++)
    if (offsets[k + 1] > offsets[k] && to[offsets[k + 1] - 1] >= items) return true;
  return false;
}

/**
 * @typedef {object} Trials
 * @property {(settings: GraphSettings) => Promise<Figures>} choose figures of the choosers
 * @property {(settings: GraphSettings) => Promise<Figures>} confirm those of the confirmers
 * @property {{ choose: Figures, confirm: Figures }} without the graph
 * @property {Graph} graph
 */

/**
 * How far items lean that somebody has: setting by setting by the choosers, and as much of it as is worth
 * something to the confirmers too; else not at all.
 * @param {Trials} trials
 * @returns {Promise<GraphSettings>}
 */
async function chooseLeaning({ choose, confirm, without, graph }) {
  let best = /** @type {GraphSettings} */ ({ ...graphDefaults, gain: lengths[0] });
  const valueOf = async (/** @type {GraphSettings} */ settings) =>
    leaningValue(await choose(settings), without.choose);
  let value = await valueOf(best);
  for (const [name, values] of steps) {
    if (name === 'decay' && !hasSecondSteps(graph)) continue;
    const from = best;
    for (const x of values) {
      const settings = { ...from, [name]: x };
      const got = await valueOf(settings);
      if (got > value + 1e-9) [best, value] = [settings, got];
    }
  }
  const none = { ...best, pull: 0 };
  if (value <= (await valueOf(none))) return none;
  const still = await confirm(none);
  for (const part of [1, 0.5]) {
    const settings = { ...best, pull: part * best.pull };
    const figures = await confirm(settings);
    if (figures.known >= still.known && leaningValue(figures, still) > 0) return settings;
  }
  return none;
}

/**
 * How long items of nobody are: as long as choosers and confirmers have next to nothing to pay for it.
 * @param {Trials} trials
 * @param {GraphSettings} from
 */
async function chooseLength({ choose, confirm, without }, from) {
  const isPaid = (/** @type {Figures} */ { known, all }, /** @type {Figures} */ before) =>
    known >= (1 - mostPaid) * before.known && all >= (1 - mostPaid) * before.all;
  let settings = { ...from, gain: lengths[0] };
  let found = 0;
  for (const gain of lengths.slice(1)) {
    const tried = { ...from, gain };
    const figures = await choose(tried);
    if (!isPaid(figures, without.choose) || !isPaid(await confirm(tried), without.confirm)) break;
    if (figures.rare[0] < found) continue;
    settings = tried;
    found = figures.rare[0];
  }
  return settings;
}

/**
 * Settings by which people find what was held out. Half of the people choose, and what the other half does
 * not confirm is left out: items with people do not lean then, and those of nobody stay short.
 * @param {Leaning} leaning of a model of a part of the events
 * @param {Uint8Array} bytes of that model without the graph
 * @param {{ people: readonly Asked[], peopleOf: (id: string) => number }} asked peopleOf: of an item
 * @param {(done: number, total: number) => Promise<void>} report
 * @returns {Promise<Searched>}
 */
export async function searchGraph(leaning, bytes, { people, peopleOf }, report) {
  const choosers = people.filter((_, p) => p % 2 === 0);
  const confirmers = people.filter((_, p) => p % 2 === 1);
  const without = {
    choose: await measure(bytes, choosers, peopleOf),
    confirm: await measure(bytes, confirmers, peopleOf),
  };
  const tried = new Set();
  const total = steps.reduce((sum, [, values]) => sum + values.length, 6) + 2 * lengths.length;
  let done = 0;
  const by = (/** @type {readonly Asked[]} */ some) => {
    const known = new Map();
    return async (/** @type {GraphSettings} */ settings) => {
      const key = JSON.stringify(settings);
      tried.add(key);
      if (!known.has(key))
        known.set(key, await measure(leaning.lean(settings, trialRounds).bytes(), some, peopleOf));
      await report(Math.min(++done, total - 1), total);
      return /** @type {Figures} */ (known.get(key));
    };
  };
  const trials = { choose: by(choosers), confirm: by(confirmers), without, graph: leaning.graph };
  const settings = await chooseLength(trials, await chooseLeaning(trials));
  const after = await trials.confirm(settings);
  await report(total, total);
  return {
    settings,
    trials: tried.size,
    choosers: choosers.length,
    confirmers: confirmers.length,
    before: without.confirm,
    after,
  };
}
