// Owns the graph of a model file and the one formula of what it says of an item: a prior that is a sum of
// other items' vectors over paths. Must not write files, train or know a profile.
import { AmpcfError } from '../core/errors.js';
import { floatsOf, sectionsOf, wholeNumbersOf } from '../core/sections.js';
import { shrink, shrinkageOf } from './shrinkage.js';

/** @import { Section } from '../core/sections.js' */
/**
 * @typedef {object} GraphArrays what a file holds
 * @property {string[]} relations
 * @property {string[]} entities
 * @property {Uint32Array} offsets (N + E + 1) rows of triples by head: node j < N is item j, N + e entity e
 * @property {Uint16Array | Uint32Array} relation (T)
 * @property {Uint32Array} tail (T)
 * @property {Float32Array} weights (R + 2) a_r of each relation, the decay of a second step, and kappa, by
 *   which priors are held back
 * @property {Float32Array} shares (N) s_j; from 1 on: the item lives on the graph, and is made longer
 */
/**
 * @typedef {object} Links both directions of every triple
 * @property {Uint32Array} offsets (N + E + 1)
 * @property {Uint32Array} to (2 T) the other node; increasing in a row
 * @property {Uint16Array} relation (2 T)
 * @property {Uint8Array} forward (2 T) 1 where the row's node is the head
 */
/**
 * @typedef {GraphArrays & { items: number, links: Links, says: Float64Array, known: Float64Array,
 *   rarity: Float64Array, attention: Float64Array, gain: number, decay: number,
 *   shrinkage: Float64Array | null }} Graph
 *   links: the incoming and the outgoing ones; says: (N) c_i, how much an item says of others; known: (N + E)
 *   W_k, what is known of the items around a node; rarity: (N + E); attention: (R) of relations, 1 for the
 *   largest; gain: A, the largest weight; shrinkage: of S, by which priors are held back
 */
/**
 * @typedef {{ relation: string, entity: string | number, forward: boolean }} Step entity: a name, or the
 *   index of an item
 */
/** @typedef {{ item: number, weight: number, steps: Step[] }} Path the last step leads to the item */
/**
 * @typedef {object} Paths
 * @property {Path[]} paths the heaviest first
 * @property {number} cut paths that were left out
 * @property {number} cutWeight what they weigh together
 */

/** The types of the sections, in the order in which they stand. */
const graphTypes = Object.freeze([23, 24, 25, 26, 27, 28, 29, 30, 31]);
/** What holds the vector of an entity at 0: a neighbour that is wholly known counts 1. */
export const entityRidge = 1;
/** What holds a prior at 0. */
export const priorRidge = 0.25;
/** How much longer than its prior an item of nobody is at most. */
export const mostLonger = 64;
const mostRelations = 65535;
const mostWeight = 2 ** 20;
const mostNameBytes = 512;
const mostPaths = 1000;

/**
 * @param {string} what
 * @param {unknown} got
 * @param {string} wanted
 */
const bad = (what, got, wanted) =>
  new AmpcfError('BAD_SECTION', `graph: ${what}: got ${got}, wanted ${wanted}`, { section: what });

/**
 * Texts between offsets.
 * @param {string} what
 * @param {Uint32Array} offsets
 * @param {Uint8Array} bytes
 * @returns {string[]} all different
 */
function namesOf(what, offsets, bytes) {
  const n = offsets.length - 1;
  if (n < 0 || offsets[0] !== 0 || offsets[n] !== bytes.length)
    throw bad(`${what} offsets`, n < 0 ? 'none' : `${offsets[0]} to ${offsets[n]}`, `0 to ${bytes.length}`);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const names = Array.from({ length: n }, (_, i) => {
    const length = offsets[i + 1] - offsets[i];
    if (!(length >= 1 && length <= mostNameBytes))
      throw bad(what, `${length} bytes`, `1 to ${mostNameBytes}`);
    try {
      return decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]));
    } catch {
      throw bad(what, `bytes of name ${i}`, 'UTF-8');
    }
  });
  if (names.some((name) => name.includes('\0'))) throw bad(what, 'a NUL', 'text without');
  if (new Set(names).size < n) throw bad(what, 'a name twice', 'different names');
  return names;
}

/**
 * @param {string} what
 * @param {Float32Array} numbers
 * @param {number} n
 * @param {number} most
 */
function numbersOf(what, numbers, n, most) {
  if (numbers.length !== n) throw bad(what, `${numbers.length} numbers`, String(n));
  const wrong = numbers.find((x) => !(x >= 0 && x <= most));
  if (wrong !== undefined) throw bad(what, wrong, `0 to ${most}`);
  return numbers;
}

/**
 * @param {Pick<Graph, 'relations' | 'offsets' | 'relation' | 'tail'>} graph
 * @param {number} nodes
 */
function checkTriples({ relations, offsets, relation, tail }, nodes) {
  const n = tail.length;
  if (offsets.length !== nodes + 1) throw bad('triple offsets', offsets.length, String(nodes + 1));
  if (relation.length !== n) throw bad('triple relations', relation.length, String(n));
  if (offsets[0] !== 0 || offsets[nodes] !== n)
    throw bad('triple offsets', `${offsets[0]} to ${offsets[nodes]}`, `0 to ${n}`);
  for (let k = 0; k < nodes; k++) {
    if (offsets[k + 1] < offsets[k]) throw bad('triple offsets', offsets[k + 1], `at least ${offsets[k]}`);
    for (let e = offsets[k]; e < offsets[k + 1]; e++) {
      if (relation[e] >= relations.length)
        throw bad('triple relations', relation[e], `below ${relations.length}`);
      if (tail[e] >= nodes || tail[e] === k)
        throw bad('triple tails', tail[e], `another node below ${nodes}`);
      if (e > offsets[k] && (relation[e - 1] - relation[e] || tail[e - 1] - tail[e]) >= 0)
        throw bad('triples', `node ${k} out of order`, 'relations and tails rising');
    }
  }
}

/**
 * @param {Pick<GraphArrays, 'offsets' | 'relation' | 'tail'>} triples
 * @returns {Links}
 */
function linksOf({ offsets: rows, relation: relations, tail }) {
  const nodes = rows.length - 1;
  const offsets = new Uint32Array(nodes + 1);
  const each = (
    /** @type {(from: number, to: number, relation: number, forward: number) => void} */ take,
  ) => {
    for (let k = 0; k < nodes; k++)
      for (let e = rows[k]; e < rows[k + 1]; e++) {
        take(k, tail[e], relations[e], 1);
        take(tail[e], k, relations[e], 0);
      }
  };
  each((from) => offsets[from + 1]++);
  for (let k = 0; k < nodes; k++) offsets[k + 1] += offsets[k];
  const next = offsets.slice(0, nodes);
  const n = offsets[nodes];
  const found = { to: new Uint32Array(n), relation: new Uint16Array(n) };
  const forward = new Uint8Array(n);
  each((from, to, relation, is) => {
    const at = next[from]++;
    found.to[at] = to;
    found.relation[at] = relation;
    forward[at] = is;
  });
  return byOtherNode(offsets, { to: found.to, relation: found.relation, forward });
}

/**
 * Rows in the order of the other node, by counting: links are put into the rows of their other ends in turn.
 * @param {Uint32Array} offsets
 * @param {Omit<Links, 'offsets'>} rows
 * @returns {Links}
 */
function byOtherNode(offsets, { to, relation, forward }) {
  const nodes = offsets.length - 1;
  const out = { to: to.slice(), relation: relation.slice(), forward: forward.slice() };
  const next = offsets.slice(0, nodes);
  // Every link stands in both rows, so the rows of node k name whose rows want k next.
  for (let k = 0; k < nodes; k++)
    for (let e = offsets[k]; e < offsets[k + 1]; e++) {
      const at = next[to[e]]++;
      out.to[at] = k;
      out.relation[at] = relation[e];
      out.forward[at] = 1 - forward[e];
    }
  return { offsets, ...out };
}

/**
 * A graph with what follows from its arrays.
 * @param {GraphArrays} arrays checked
 * @param {Float64Array | null} [shrinkage] of S; none: S is I
 * @returns {Graph}
 */
export function openGraph(arrays, shrinkage = null) {
  const links = linksOf(arrays);
  const items = arrays.shares.length;
  const nodes = arrays.offsets.length - 1;
  const says = new Float64Array(items);
  const known = new Float64Array(nodes);
  const rarity = new Float64Array(nodes);
  const attention = new Float64Array(arrays.relations.length);
  const derived = { items, links, says, known, rarity, attention };
  const graph = { ...arrays, ...derived, gain: 0, decay: 0, shrinkage };
  for (let k = 0; k < nodes; k++) {
    let n = 0;
    for (let e = links.offsets[k]; e < links.offsets[k + 1]; e++) if (links.to[e] < items) n++;
    rarity[k] = 1 / Math.log2(2 + n);
  }
  return weighGraph(graph);
}

/**
 * After a change of weights or shares: what is known around each node.
 * @param {Graph} graph
 * @returns {Graph} the same
 */
export function weighGraph(graph) {
  const { links, says, known, items, weights, attention } = graph;
  const own = weights.subarray(0, attention.length);
  graph.gain = own.reduce((a, b) => Math.max(a, b), 0);
  graph.decay = weights[attention.length];
  own.forEach((a, r) => {
    attention[r] = graph.gain > 0 ? a / graph.gain : 0;
  });
  for (let i = 0; i < items; i++) says[i] = saysOf(graph, i);
  for (let k = 0; k < known.length; k++) {
    let sum = 0;
    for (let e = links.offsets[k]; e < links.offsets[k + 1]; e++)
      if (links.to[e] < items) sum += attention[links.relation[e]] * says[links.to[e]];
    known[k] = sum;
  }
  return graph;
}

/**
 * c_i: as far as item i is known by itself, divided by how much it is linked: what has many links says less
 * of what is at each of them.
 * @param {Pick<Graph, 'links' | 'shares' | 'attention'>} graph
 * @param {number} i
 */
function saysOf({ links, shares, attention }, i) {
  let square = 0;
  for (let e = links.offsets[i]; e < links.offsets[i + 1]; e++) square += attention[links.relation[e]] ** 2;
  return Math.max(0, 1 - shares[i]) / Math.max(1, Math.sqrt(square));
}

/**
 * The graph of a model file.
 * @param {Uint8Array | readonly Section[]} file bytes that the loader has accepted, or its sections
 * @param {number} items N
 * @returns {Graph | null} null: the file has none
 * @throws {AmpcfError} BAD_SECTION
 */
export function graphOf(file, items) {
  const sections = file instanceof Uint8Array ? sectionsOf(file).sections : file;
  const own = graphTypes.map((type) => sections.find((section) => section.type === type));
  if (own.every((section) => section === undefined)) return null;
  const dtypes = [6, 4, 6, 4, 6, 5, 6, 1, 1];
  own.forEach((section, i) => {
    if (!section) throw bad(`section ${graphTypes[i]}`, 'none', 'all from 23 to 31, or none of them');
    if (section.dtype !== dtypes[i] || section.cols !== 1)
      throw bad(`section ${graphTypes[i]}`, `dtype ${section.dtype}`, `${dtypes[i]}, one column`);
  });
  const [r, rn, e, en, at, rel, tail, w, s] = /** @type {Section[]} */ (own);
  const relations = namesOf('relation names', wholeNumbersOf(r), rn.data);
  if (relations.length > mostRelations) throw bad('relations', relations.length, `at most ${mostRelations}`);
  const entities = namesOf('entity names', wholeNumbersOf(e), en.data);
  const arrays = {
    relations,
    entities,
    offsets: wholeNumbersOf(at),
    relation: Uint16Array.from(wholeNumbersOf(rel)),
    tail: wholeNumbersOf(tail),
    weights: numbersOf('relation weights', floatsOf(w), relations.length + 2, mostWeight),
    shares: numbersOf('graph shares', floatsOf(s), items, mostLonger),
  };
  checkTriples(arrays, items + entities.length);
  return openGraph(arrays, shrinkageIn(sections, arrays.weights[relations.length + 1]));
}

/**
 * @param {readonly Section[]} sections
 * @param {number} kappa
 */
function shrinkageIn(sections, kappa) {
  const gram = sections.find(({ name }) => name === 'gram');
  const numbers = gram && kappa > 0 ? floatsOf(gram) : new Float32Array(0);
  // D (D + 1) / 2 numbers.
  return shrinkageOf(numbers, Math.floor(Math.sqrt(2 * numbers.length)), kappa);
}

/**
 * What item j adds itself to what is known around a node.
 * @param {Graph} graph
 * @param {number} j
 * @returns {Map<number, number>} by node
 */
function ownWeights({ links, says, attention }, j) {
  const own = new Map();
  for (let e = links.offsets[j]; e < links.offsets[j + 1]; e++) {
    const k = links.to[e];
    own.set(k, (own.get(k) ?? 0) + attention[links.relation[e]] * says[j]);
  }
  return own;
}

/**
 * @typedef {(link: number, node: number, factor: number, second: number) => void} TakeNode the link of item
 *   j, the node whose items count, how much each of them counts times its own weight there, and the link
 *   between the two nodes of a second step, or -1
 */

/**
 * The nodes around item j whose items say something of it: x_k of the formula.
 * @param {Graph} graph
 * @param {number} j
 * @param {TakeNode} take
 */
function eachNode(graph, j, take) {
  const { links, rarity, known, items, decay, attention } = graph;
  const own = ownWeights(graph, j);
  const factorOf = (/** @type {number} */ k) => {
    const left = known[k] - (own.get(k) ?? 0);
    return left > 1e-9 * known[k] ? 1 / (entityRidge + left) : 0;
  };
  for (let e = links.offsets[j]; e < links.offsets[j + 1]; e++) {
    const k = links.to[e];
    const a = attention[links.relation[e]];
    if (a === 0) continue;
    const factor = a * factorOf(k);
    if (factor > 0) take(e, k, factor, -1);
    if (decay === 0 || k < items) continue;
    for (let f = links.offsets[k]; f < links.offsets[k + 1]; f++) {
      const other = links.to[f];
      if (other < items) continue;
      const second = a * decay * rarity[k] * attention[links.relation[f]] * factorOf(other);
      if (second > 0) take(e, other, second, f);
    }
  }
}

/**
 * Every path to item j, with its weight before the sum of all is known.
 * @param {Graph} graph
 * @param {number} j
 * @param {(item: number, weight: number, links: [number, number, number]) => void} take links: from j, to the
 *   second node, to the item; -1 where there is none
 */
function eachPath(graph, j, take) {
  const { links, items, says, attention } = graph;
  const weightOf = (/** @type {number} */ e) => attention[links.relation[e]] * says[links.to[e]];
  for (let e = links.offsets[j]; e < links.offsets[j + 1]; e++)
    if (links.to[e] < items && weightOf(e) > 0) take(links.to[e], weightOf(e), [e, -1, -1]);
  eachNode(graph, j, (link, node, factor, second) => {
    for (let e = links.offsets[node]; e < links.offsets[node + 1]; e++) {
      const i = links.to[e];
      if (i >= items || i === j) continue;
      const weight = factor * weightOf(e);
      if (weight > 0) take(i, weight, [link, second, e]);
    }
  });
}

/**
 * Whether a path leads from item j to another that says something.
 * @param {Graph} graph
 * @param {number} j
 */
export function isReached(graph, j) {
  const { links, items, says, attention } = graph;
  let found = false;
  for (let e = links.offsets[j]; e < links.offsets[j + 1]; e++)
    found ||= links.to[e] < items && attention[links.relation[e]] * says[links.to[e]] > 0;
  if (!found) eachNode(graph, j, () => (found = true));
  return found;
}

/**
 * p_j = A S sum_i C_ji v_i / (priorRidge + sum_i C_ji): linear in the links touched.
 * @param {Graph} graph
 * @param {ArrayLike<number>} vectors (N, D)
 * @param {number} dim D
 * @param {number} j
 * @returns {Float64Array} (D) zeros where no path leads to another item
 */
export function priorOf(graph, vectors, dim, j) {
  const out = new Float64Array(dim);
  let sum = priorRidge;
  eachPath(graph, j, (i, weight) => {
    sum += weight;
    for (let d = 0, at = i * dim; d < dim; d++) out[d] += weight * vectors[at + d];
  });
  return shrink(
    graph.shrinkage,
    out.map((x) => (graph.gain * x) / sum),
  );
}

/**
 * The paths by which the graph speaks of item j. Without a cut their weights are the W_j of its prior, item
 * by item: p_j = S times the sum of weight times vector. Linear in the links touched.
 * @param {Graph} graph
 * @param {number} j
 * @param {{ most?: number, of?: (item: number) => boolean }} [options] most: paths, default 1000; of: only
 *   those that end at these items, weighted as among all
 * @returns {Paths}
 */
export function pathsTo(graph, j, { most = mostPaths, of } = {}) {
  const { links, relations, entities, items } = graph;
  /** @type {{ item: number, weight: number, links: [number, number, number] }[]} */
  const found = [];
  let sum = priorRidge;
  eachPath(graph, j, (item, weight, by) => {
    sum += weight;
    if (!of || of(item)) found.push({ item, weight, links: by });
  });
  found.sort((a, b) => b.weight - a.weight || a.item - b.item || a.links[0] - b.links[0]);
  const factor = graph.gain / sum;
  const stepOf = (/** @type {number} */ e) => ({
    relation: relations[links.relation[e]],
    entity: links.to[e] < items ? links.to[e] : entities[links.to[e] - items],
    forward: links.forward[e] === 1,
  });
  const paths = found
    .slice(0, most)
    .map(({ item, weight, links: by }) => ({
      item,
      weight: factor * weight,
      steps: by.filter((e) => e >= 0).map(stepOf),
    }));
  const cutWeight = found.slice(most).reduce((total, { weight }) => total + factor * weight, 0);
  return { paths, cut: Math.max(0, found.length - most), cutWeight };
}
