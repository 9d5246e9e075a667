// Owns `npm run bench:paths`: whether paths name what a score rests on. What a path names is taken out, the
// event of the history or the link of the item, and the item must fall further than without another one.
// Settings of the graph are learnt by the training. Must not choose a setting.
import { loadModel } from '../../dist/ampcf.js';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { pathsOf } from '../../dist/graph.js';
import { trainModel } from '../../dist/train.js';
import { below, sampleOf, personRandom, seededRandom } from '../../web/core/random.js';
import { crc32c } from '../../web/core/crc32c.js';
import { expandedVectors, sectionsOf } from '../../web/core/sections.js';
import { rankOf, withPerson } from '../../web/evaluate/fold-person.js';
import { graphOf, openGraph, priorOf } from '../../web/graph/prior.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { isThere, rowsOf, tasks, triplesIn } from './graph/sets.js';
import { benchArguments, publish } from './results.js';

/** @import { GraphStep } from '../../dist/graph.js' */
/** @import { Graph } from '../../web/graph/prior.js' */
/** @import { Task } from './graph/sets.js' */
/** @typedef {import('../../dist/ampcf.js').Model} Model */
/** @typedef {{ index: number, before: number, score: number }} Asked item, its rank and score */
/**
 * @typedef {object} Case
 * @property {string} user
 * @property {number} named log2 of how many times the rank is what it was, without what the path names
 * @property {number} other the same without something else of the same kind
 * @property {number} most the same without the event of the largest contribution; of links NaN
 * @property {number} fall of the score
 * @property {number} otherFall
 * @property {number} said how much of the score the explanation gives to what is taken out
 * @property {number} score
 */
/**
 * @typedef {Task & { people?: number, thinned?: number }} Thinned people: that are taken by lot; thinned:
 *   this part of the items keeps 1 to 19 of their people, all by lot
 */

const { data, write, set } = benchArguments({ set: { type: 'string' } });
const seed = 7;
const mostPeople = 100;
const itemsEach = 3;
const fewestEvents = 6;
/** Of items that lean on the graph by such a part of the most that any does, the best are asked about too. */
const leaningPart = 0.5;
const fewestKept = 1;
const mostKept = 19;
const [lastFm, movies] = tasks;
/**
 * Items of MovieLens-1M have so many people that none leans on a graph, but for thinned ones.
 * @type {Thinned[]}
 */
const sets = [
  lastFm,
  { ...movies, name: 'ml1m-thinned', title: 'MovieLens-1M, thinned', people: 2000, thinned: 0.3 },
];

/**
 * Rows where a part of the items has few people left: which, how many and who, by the seed and the ids.
 * @param {string[][]} rows
 * @param {number} part of the items
 */
function thinnedRows(rows, part) {
  /** @type {Map<string, { user: string, lot: number }[]>} */ const whose = new Map();
  for (const [user, ...own] of rows)
    for (const id of own) {
      const lots = whose.get(id) ?? [];
      lots.push({ user, lot: personRandom(seed, `${user} ${id}`)() });
      whose.set(id, lots);
    }
  /** @type {Map<string, Set<string>>} */ const left = new Map();
  for (const [id, lots] of whose) {
    const random = personRandom(seed, `thinned ${id}`);
    if (random() >= part) continue;
    const most = fewestKept + below(random, mostKept - fewestKept + 1);
    lots.sort((a, b) => a.lot - b.lot);
    left.set(id, new Set(lots.slice(0, most).map(({ user }) => user)));
  }
  return rows.map(([user, ...own]) => [user, ...own.filter((id) => left.get(id)?.has(user) ?? true)]);
}

/** @param {Thinned} task */
async function trained(task) {
  const { split, unobserved, people: most, thinned } = task;
  const all = rowsOf(`${data}/${split}/train.txt`);
  const some = most === undefined ? all : sampleOf(all, most, seededRandom(seed));
  const rows = thinned === undefined ? some : thinnedRows(some, thinned);
  const items = [...new Set(rows.flatMap(([, ...own]) => own))];
  const at = new Map(items.map((id, j) => [id, j]));
  const interactions = {
    users: rows.map(([user]) => user),
    items,
    user: rows.flatMap(([, ...own], u) => own.map(() => u)),
    item: rows.flatMap(([, ...own]) => own.map((id) => Number(at.get(id)))),
  };
  const graph = await triplesIn(data, task);
  const { bytes, graph: learnt } = await trainModel(interactions, { minSupport: 1, unobserved, graph });
  const people = rows.map(([user, ...own]) => ({ user, history: own }));
  return { bytes, people, settings: learnt?.choice.settings };
}

// ------------------------------------------------------------------------------------------- what is removed

/**
 * A link of an item, from the item's side.
 * @typedef {{ relation: number, to: number, forward: number }} Link
 */

/**
 * The links of an item.
 * @param {Graph} graph
 * @param {number} index
 * @returns {Link[]}
 */
function linksOf({ links }, index) {
  const [from, to] = [links.offsets[index], links.offsets[index + 1]];
  return Array.from({ length: to - from }, (_, e) => ({
    relation: links.relation[from + e],
    to: links.to[from + e],
    forward: links.forward[from + e],
  }));
}

/**
 * Whether a step of a path goes over a link.
 * @param {Pick<Bench, 'graph' | 'ids'>} bench
 * @param {GraphStep} step
 * @param {Link} link
 */
const isOver = ({ graph: { relations, entities, items }, ids }, step, { relation, to, forward }) =>
  relations[relation] === step.relation &&
  (forward === 1) === step.forward &&
  (to < items ? ids[to] === step.item : step.item === undefined && entities[to - items] === step.entity);

/**
 * The same graph without one triple.
 * @param {Graph} graph
 * @param {number} index the item that has it
 * @param {Link} gone
 */
function without(graph, index, gone) {
  const { relations, entities, offsets, relation, tail, weights, shares } = graph;
  const [head, end] = gone.forward === 1 ? [index, gone.to] : [gone.to, index];
  let at = offsets[head];
  while (relation[at] !== gone.relation || tail[at] !== end) at++;
  /**
   * @template {Uint16Array | Uint32Array} T
   * @param {T} array
   * @returns {T}
   */
  const keep = (array) => {
    const out = /** @type {T} */ (array.slice(0, -1));
    out.set(array.subarray(at + 1), at);
    return out;
  };
  const arrays = {
    relations,
    entities,
    offsets: offsets.map((offset, k) => (k > head ? offset - 1 : offset)),
    relation: keep(relation),
    tail: keep(tail),
    weights,
    shares,
  };
  return openGraph(arrays, graph.shrinkage);
}

/**
 * What the item's vector is without a link: what was learnt of the item stays, its prior is made again.
 * @param {Pick<Bench, 'graph' | 'vectors' | 'dim'>} bench
 * @param {number} index
 * @param {Link} gone
 */
function vectorWithout({ graph, vectors, dim }, index, gone) {
  const before = priorOf(graph, vectors, dim, index);
  const after = priorOf(without(graph, index, gone), vectors, dim, index);
  const share = graph.shares[index];
  return before.map((x, d) => vectors[index * dim + d] + share * (after[d] - x));
}

// ---------------------------------------------------------------------------------------------------- people

/**
 * @typedef {object} Bench
 * @property {Model} model
 * @property {string[]} ids of it
 * @property {Graph} graph
 * @property {Float32Array} vectors
 * @property {number} dim
 * @property {(rows: Map<number, ArrayLike<number>>) => Promise<Model>} withRows the model with other vectors
 */

/** @param {string[]} history */
const events = (history) => history.map((item) => ({ item, weight: 1 }));

/**
 * Rank and score of an item for a history, among all that the whole history does not have.
 * @param {Model} model
 * @param {string[]} history
 * @param {number} index
 * @param {Set<number>} seen
 */
const placeOf = (model, history, index, seen) =>
  withPerson(model, events(history), (fold) => {
    const scores = fold.scores();
    return { rank: rankOf(scores, index, seen), score: scores[index] };
  });

/**
 * The best of the items that are asked about.
 * @param {Bench} bench
 * @param {string[]} history
 * @param {Set<number>} seen
 * @param {(index: number) => boolean} isAsked
 * @returns {Asked[]}
 */
const askedOf = ({ model }, history, seen, isAsked) =>
  withPerson(model, events(history), (fold) => {
    const scores = fold.scores();
    return Array.from(scores.keys())
      .filter((j) => !seen.has(j) && isAsked(j))
      .sort((a, b) => scores[b] - scores[a] || a - b)
      .slice(0, itemsEach)
      .map((index) => ({ index, before: rankOf(scores, index, seen), score: scores[index] }));
  });

/**
 * @typedef {object} Person
 * @property {string} user
 * @property {string[]} history
 * @property {Set<number>} seen indices of it
 * @property {() => number} random
 */

/**
 * An item without the event of its first path, without another one, and without that of most contribution.
 * @param {Bench} bench
 * @param {Person} person
 * @param {Asked} asked
 * @param {{ named: string, contributions: { item: string, contribution: number }[] }} said largest first
 * @returns {Case}
 */
function eventCase({ model }, { user, history, seen, random }, asked, { named: event, contributions }) {
  const { index, before, score } = asked;
  const others = history.filter((item) => item !== event);
  const without = [event, others[below(random, others.length)], contributions[0].item].map((gone) =>
    history.filter((item) => item !== gone),
  );
  const places = without.map((left) => placeOf(model, left, index, seen));
  const [named, other, most] = places.map(({ rank }) => Math.log2(rank / before));
  const [fall, otherFall] = places.map((place) => score - place.score);
  const said = Number(contributions.find(({ item }) => item === event)?.contribution);
  return { user, named, other, most, fall, otherFall, said, score };
}

/**
 * One person: each item that a path speaks for, without the event and without the link of its first path.
 * @param {Bench} bench
 * @param {{ user: string, history: string[] }} who
 * @param {(index: number) => boolean} isAsked
 * @returns {Promise<{ events: Case[], links: Case[] }>}
 */
async function casesOf(bench, { user, history }, isAsked) {
  const { model, ids, graph } = bench;
  const random = personRandom(seed, user);
  const seen = new Set(history.map((id) => Number(model.indexOf(id))));
  const person = { user, history, seen, random };
  const me = model.createProfile(history);
  /** @type {Case[]} */ const ofEvents = [];
  const changed = { named: new Map(), other: new Map() };
  /** @type {{ asked: Asked, said: number }[]} */ const linked = [];
  for (const asked of askedOf(bench, history, seen, isAsked)) {
    const { index } = asked;
    const { paths } = pathsOf(me, ids[index], { limit: 1e9 });
    const [best] = paths;
    if (!best || !(best.contribution > 0)) continue;
    const { contributions } = me.explain(ids[index]).explanation;
    ofEvents.push(eventCase(bench, person, asked, { named: best.item, contributions }));
    const links = linksOf(graph, index);
    const gone = links.find((link) => isOver(bench, best.steps[0], link));
    const rest = links.filter((link) => link !== gone);
    if (!gone || rest.length === 0) continue;
    const through = paths.filter(({ steps }) => isOver(bench, steps[0], gone));
    linked.push({ asked, said: through.reduce((sum, { contribution }) => sum + contribution, 0) });
    changed.named.set(index, vectorWithout(bench, index, gone));
    changed.other.set(index, vectorWithout(bench, index, rest[below(random, rest.length)]));
  }
  me.dispose();
  return { events: ofEvents, links: await linkCases(bench, person, linked, changed) };
}

/**
 * @param {Bench} bench
 * @param {Person} person
 * @param {{ asked: Asked, said: number }[]} linked
 * @param {Record<'named' | 'other', Map<number, Float64Array>>} changed vectors
 * @returns {Promise<Case[]>}
 */
async function linkCases({ model, withRows }, { user, history, seen }, linked, changed) {
  if (linked.length === 0) return [];
  const before = withPerson(model, events(history), (fold) => fold.scores());
  const after = { named: before, other: before };
  for (const kind of /** @type {const} */ (['named', 'other'])) {
    const other = await withRows(changed[kind]);
    after[kind] = withPerson(other, events(history), (fold) => fold.scores());
    other.dispose();
  }
  return linked.map(({ asked: { index, before: rank, score }, said }) => {
    // Each item falls by itself: the others stay as they were.
    const [named, other] = [after.named, after.other].map((scores) => {
      const mixed = before.slice();
      mixed[index] = scores[index];
      return { rank: Math.log2(rankOf(mixed, index, seen) / rank), fall: score - scores[index] };
    });
    return {
      user,
      named: named.rank,
      other: other.rank,
      most: NaN,
      fall: named.fall,
      otherFall: other.fall,
      said,
      score,
    };
  });
}

// --------------------------------------------------------------------------------------------------- figures

const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;

/**
 * Means of each person's cases.
 * @param {Case[]} cases
 * @param {(one: Case) => number} value
 */
function byPerson(cases, value) {
  /** @type {Map<string, number[]>} */ const of = new Map();
  for (const one of cases) of.set(one.user, [...(of.get(one.user) ?? []), value(one)]);
  return Float64Array.from(of.values(), mean);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function correlation(a, b) {
  const [ma, mb] = [mean(a), mean(b)];
  const both = mean(a.map((x, i) => (x - ma) * (b[i] - mb)));
  return both / Math.sqrt(mean(a.map((x) => (x - ma) ** 2)) * mean(b.map((x) => (x - mb) ** 2)));
}

/**
 * @param {string} label
 * @param {Case[]} cases
 */
function row(label, cases) {
  if (cases.length === 0) return [label, '0', '', '', '', '', '', '', '', '', ''];
  const of = (/** @type {(one: Case) => number} */ value) => mean([...byPerson(cases, value)]);
  const named = byPerson(cases, (one) => one.named);
  const difference = pairedBootstrap(
    named,
    byPerson(cases, (one) => one.other),
  );
  const most = of((one) => one.most);
  return [
    label,
    String(cases.length),
    figure(of((one) => one.named)),
    figure(of((one) => one.other)),
    interval(difference),
    Number.isNaN(most) ? '' : figure(most),
    figure(of((one) => (one.named > one.other ? 1 : one.named === one.other ? 0.5 : 0))),
    figure(of((one) => one.said)),
    figure(of((one) => one.fall)),
    figure(of((one) => one.otherFall)),
    figure(
      correlation(
        cases.map((one) => one.said),
        cases.map((one) => one.fall),
      ),
    ),
  ];
}

/**
 * A file with other vectors of some items.
 * @param {Uint8Array} bytes of one in f32
 * @param {Float32Array} vectors of it
 * @param {Map<number, ArrayLike<number>>} rows
 */
function withVectors(bytes, vectors, rows) {
  const out = bytes.slice();
  const { sections, dim } = sectionsOf(out);
  const at = sections.findIndex(({ name }) => name === 'item vectors');
  const next = vectors.slice();
  for (const [index, own] of rows) next.set(own, index * dim);
  sections[at].data.set(new Uint8Array(next.buffer));
  const view = new DataView(out.buffer);
  view.setUint32(128 + 48 * at + 36, crc32c(sections[at].data), true);
  view.setUint32(124, 0, true);
  view.setUint32(124, crc32c(out.subarray(0, 128 + 48 * sections.length)), true);
  return out;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Bench>}
 */
async function opened(bytes) {
  const model = await loadModel(bytes);
  const { sections, dim } = sectionsOf(bytes);
  const graph = /** @type {Graph} */ (graphOf(sections, model.info.items));
  const stored = sections.find(({ name }) => name === 'item vectors');
  if (stored?.dtype !== 1) throw new Error('wanted vectors in f32');
  const vectors = expandedVectors(stored, undefined, dim);
  const withRows = (/** @type {Map<number, ArrayLike<number>>} */ rows) =>
    loadModel(withVectors(bytes, vectors, rows));
  return { model, ids: model.ids(), graph, vectors, dim, withRows };
}

const head = [
  'taken out',
  'cases',
  'named',
  'another',
  'difference, 95 %',
  'of most contribution',
  'named falls further',
  'said',
  'score falls',
  'by another',
  'r',
];

/** @param {Thinned} task */
async function report(task) {
  const { bytes, people, settings } = await trained(task);
  const bench = await opened(bytes);
  const shares = [...bench.graph.shares];
  const leaning = leaningPart * Math.max(...shares);
  const enough = people.filter(({ history }) => history.length >= fewestEvents);
  const chosen = sampleOf(enough, mostPeople, seededRandom(seed));
  /** @type {Record<'all' | 'few', { events: Case[], links: Case[] }>} */
  const found = { all: { events: [], links: [] }, few: { events: [], links: [] } };
  for (const person of chosen)
    for (const kind of /** @type {const} */ (['all', 'few'])) {
      const own = await casesOf(
        bench,
        person,
        (j) => kind === 'all' || (shares[j] > 0 && shares[j] >= leaning),
      );
      found[kind].events.push(...own.events);
      found[kind].links.push(...own.links);
    }
  bench.model.dispose();
  const rows = [
    row('event, best items', found.all.events),
    row('event, leaning items', found.few.events),
    row('link, best items', found.all.links),
    row('link, leaning items', found.few.links),
  ];
  return [
    `### ${task.title}, paths`,
    '',
    (task.thinned === undefined
      ? ''
      : `${task.people} people by lot; of ${100 * task.thinned} % of the items, by lot, ${fewestKept} to ` +
        `${mostKept} people are left. `) +
      `${chosen.length} people, their ${itemsEach} best items, and their ${itemsEach} best of the ` +
      `${shares.filter((share) => share >= leaning).length} items (of ${shares.length}) that lean on the ` +
      `graph by ${figure(leaning)} or more, half of the most; ` +
      `${shares.filter((share) => share > 0).length} lean at all. Settings as ` +
      `the training has learnt them: \`${JSON.stringify(settings)}\`.`,
    '',
    markdownTable(head, rows),
    '',
  ].join('\n');
}

for (const task of sets.filter(({ name }) => set === undefined || name === set))
  if (isThere(data, task)) publish(`paths: ${task.name}`, await report(task), { write });
