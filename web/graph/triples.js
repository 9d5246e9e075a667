// Owns the way from triples of text to the graph of a model: which node each end is, what is left out, and
// what is said of it. Must not know weights or vectors.
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';

/** @import { GraphArrays } from './prior.js' */
/**
 * @typedef {object} Triples one relation a place; heads and tails are ids of items, or of anything else
 * @property {readonly string[]} heads
 * @property {readonly string[]} relations
 * @property {readonly string[]} tails
 * @property {ReadonlyMap<string, string>} [names] of what is no item, where its id says nothing to people
 */
/** @typedef {Pick<GraphArrays, 'relations' | 'entities' | 'offsets' | 'relation' | 'tail'>} Network */
/**
 * @typedef {object} TriplesReport
 * @property {number} given triples
 * @property {number} triples that are kept
 * @property {number} repeated
 * @property {number} loops of a node to itself
 * @property {number} leadNowhere whose entity connects no two items
 * @property {number} relations
 * @property {number} once relations that one triple alone has
 * @property {number} entities that are kept
 * @property {number} droppedEntities
 * @property {number} linked items that have a triple
 */

const mostNameBytes = 512;
const mostRelations = 65535;
const byText = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * @param {string} what
 * @param {unknown} text
 * @returns {string}
 */
function nameArgument(what, text) {
  if (typeof text !== 'string' || text === '' || text.includes('\0'))
    throw badArgument(what, text, 'text that is not empty, without NUL');
  if (text.length * 3 > mostNameBytes && new TextEncoder().encode(text).length > mostNameBytes)
    throw badArgument(what, `${text.slice(0, 40)}...`, `at most ${mostNameBytes} bytes of UTF-8`);
  if (/\p{Surrogate}/u.test(text)) throw badArgument(what, text, 'well-formed Unicode');
  return text;
}

/**
 * @param {Triples} given
 * @returns {Triples}
 */
export function triplesArgument(given) {
  const { heads, relations, tails, names } = optionsArgument(given, 'heads relations tails names', 'graph');
  for (const [name, list] of Object.entries({ heads, relations, tails })) {
    if (!Array.isArray(list)) throw badArgument(`graph.${name}`, list, 'an array of texts');
    if (list.length !== heads.length)
      throw badArgument(`graph.${name}.length`, list.length, `${heads.length}, as heads has`);
    list.forEach((text, i) => nameArgument(`graph.${name}[${i}]`, text));
  }
  if (names !== undefined && !(names instanceof Map)) throw badArgument('graph.names', names, 'a Map');
  return { heads, relations, tails, ...(names && { names }) };
}

/**
 * Names of what is no item, in the order of text; two that are called alike keep their ids beside it.
 * @param {Triples} triples
 * @param {ReadonlyMap<string, number>} items
 */
function entitiesOf({ heads, tails, names }, items) {
  const named = new Set(heads);
  for (const tail of tails) named.add(tail);
  const ids = [...named].filter((id) => !items.has(id));
  const called = ids.map((id) => nameArgument(`name of ${id}`, names?.get(id) ?? id));
  /** @type {Map<string, number>} */ const counts = new Map();
  for (const name of called) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set(called);
  const unique = called.map((name, i) => {
    if (counts.get(name) === 1) return name;
    let apart = `${name.slice(0, 160)} (${ids[i].slice(0, 160)})`;
    while (taken.has(apart)) apart += '*';
    taken.add(apart);
    return nameArgument(`name of ${ids[i]}`, apart);
  });
  const order = Array.from(ids.keys()).sort((a, b) => byText(unique[a], unique[b]));
  return { ids: order.map((i) => ids[i]), names: order.map((i) => unique[i]) };
}

/**
 * @typedef {object} Rows triples as numbers
 * @property {Float64Array} head
 * @property {Float64Array} relation
 * @property {Float64Array} tail
 */

/**
 * Rows by head, relation and tail, each once, without loops.
 * @param {Rows} rows
 * @param {Triples} triples
 * @returns {{ rows: Uint32Array, loops: number, repeated: number }} numbers of the rows that stay
 */
function sorted({ head, relation, tail }, triples) {
  const all = Uint32Array.from(triples.heads.keys());
  const straight = all.filter((x) => head[x] !== tail[x]);
  straight.sort((a, b) => head[a] - head[b] || relation[a] - relation[b] || tail[a] - tail[b]);
  const once = straight.filter((x, i) => {
    const before = straight[i - 1];
    return (
      i === 0 || head[x] !== head[before] || relation[x] !== relation[before] || tail[x] !== tail[before]
    );
  });
  return { rows: once, loops: all.length - straight.length, repeated: straight.length - once.length };
}

/**
 * Which nodes lead from one item to another: items, entities of two items, and of one item beside an entity
 * of another.
 * @param {Rows} rows
 * @param {Uint32Array} stay
 * @param {number} items
 * @param {number} nodes
 */
function leading({ head, tail }, stay, items, nodes) {
  // The first item of each entity, and whether it has another.
  const first = new Int32Array(nodes).fill(-1);
  const several = new Uint8Array(nodes).fill(1, 0, items);
  const meet = (/** @type {number} */ k, /** @type {number} */ i) => {
    if (k < items || i >= items) return;
    if (first[k] < 0) first[k] = i;
    else if (first[k] !== i) several[k] = 1;
  };
  for (const x of stay) {
    meet(head[x], tail[x]);
    meet(tail[x], head[x]);
  }
  const leads = several.slice();
  for (const x of stay) {
    const [a, b] = [head[x], tail[x]];
    if (a < items || b < items || first[a] < 0 || first[b] < 0) continue;
    if (first[a] !== first[b] || several[a] || several[b]) leads[a] = leads[b] = 1;
  }
  return leads;
}

/**
 * The network among items of a model and what else the triples name. The same triples in any order give the
 * same arrays.
 * @param {Triples} triples checked
 * @param {readonly string[]} ids of the items
 * @returns {{ network: Network, report: TriplesReport }}
 * @throws {AmpcfError} LIMIT: too many relations
 */
export function networkOf(triples, ids) {
  const items = new Map(ids.map((id, j) => [id, j]));
  const entities = entitiesOf(triples, items);
  const nodes = new Map([
    ...items,
    ...entities.ids.map((id, e) => /** @type {const} */ ([id, ids.length + e])),
  ]);
  const relations = [...new Set(triples.relations)].sort(byText);
  if (relations.length > mostRelations)
    throw new AmpcfError('LIMIT', `relations: got ${relations.length}, wanted at most ${mostRelations}`);
  const relationAt = new Map(relations.map((name, r) => [name, r]));
  const at = (/** @type {Map<string, number>} */ of, /** @type {readonly string[]} */ list) =>
    Float64Array.from(list, (text) => Number(of.get(text)));
  const rows = {
    head: at(nodes, triples.heads),
    relation: at(relationAt, triples.relations),
    tail: at(nodes, triples.tails),
  };
  const { rows: stay, loops, repeated } = sorted(rows, triples);
  const leads = leading(rows, stay, ids.length, nodes.size);
  const kept = stay.filter((x) => leads[rows.head[x]] && leads[rows.tail[x]]);
  const network = packed({ rows, kept, leads }, relations, entities.names, ids.length);
  const isLinked = new Uint8Array(ids.length);
  for (const x of kept)
    for (const k of [rows.head[x], rows.tail[x]]) if (k < isLinked.length) isLinked[k] = 1;
  const linked = isLinked.reduce((sum, is) => sum + is, 0);
  return {
    network,
    report: {
      given: triples.heads.length,
      triples: kept.length,
      repeated,
      loops,
      leadNowhere: stay.length - kept.length,
      relations: network.relations.length,
      once: onceOf(network),
      entities: network.entities.length,
      droppedEntities: entities.names.length - network.entities.length,
      linked,
    },
  };
}

/**
 * How many relations one triple alone has.
 * @param {Network} network
 */
function onceOf({ relations, relation }) {
  const counts = new Uint32Array(relations.length);
  for (const r of relation) counts[r]++;
  return counts.filter((n) => n === 1).length;
}

/**
 * What is kept, with numbers of its own.
 * @param {{ rows: Rows, kept: Uint32Array, leads: Uint8Array }} found
 * @param {readonly string[]} relations
 * @param {readonly string[]} names
 * @param {number} items
 * @returns {Network}
 */
function packed({ rows, kept, leads }, relations, names, items) {
  const used = new Set(kept.map((x) => rows.relation[x]));
  const numberOf = new Map([...used].sort((a, b) => a - b).map((r, i) => [r, i]));
  const place = new Uint32Array(leads.length);
  const entities = /** @type {string[]} */ ([]);
  const met = new Uint8Array(leads.length);
  for (const x of kept) met[rows.head[x]] = met[rows.tail[x]] = 1;
  for (let k = 0; k < place.length; k++) {
    place[k] = k < items ? k : items + entities.length;
    if (k >= items && met[k]) entities.push(names[k - items]);
  }
  const offsets = new Uint32Array(items + entities.length + 1);
  for (const x of kept) offsets[place[rows.head[x]] + 1]++;
  for (let k = 1; k < offsets.length; k++) offsets[k] += offsets[k - 1];
  return {
    relations: relations.filter((_, r) => used.has(r)),
    entities,
    offsets,
    relation: Uint16Array.from(kept, (x) => Number(numberOf.get(rows.relation[x]))),
    tail: Uint32Array.from(kept, (x) => place[rows.tail[x]]),
  };
}

/**
 * The triples of a network again, as text; entities go by their names.
 * @param {Network} network
 * @param {readonly string[]} ids
 * @param {(name: string) => string} entityId what an entity is called among ids
 * @returns {Triples}
 */
export function triplesOf({ relations, entities, offsets, relation, tail }, ids, entityId) {
  const textOf = (/** @type {number} */ k) => (k < ids.length ? ids[k] : entityId(entities[k - ids.length]));
  const heads = /** @type {string[]} */ ([]);
  for (let k = 0; k + 1 < offsets.length; k++)
    for (let e = offsets[k]; e < offsets[k + 1]; e++) heads.push(textOf(k));
  return { heads, relations: Array.from(relation, (r) => relations[r]), tails: Array.from(tail, textOf) };
}
