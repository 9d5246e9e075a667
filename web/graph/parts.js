// Owns what the graph has of a score: whose part it is, and the paths from the item to the history that it is
// made of. Must not change a score: what is told here is a part of it.
import { dotAt } from '../core/directions.js';
import { explainItem, idAt, openMemory, personaCount, responsibilitiesOf, titleAt } from '../core/kernel.js';
import { cholesky, solveLower } from '../core/packed.js';
import { dtypeBytes, floatsOf, sectionsOf, wholeNumbersOf } from '../core/sections.js';
import { precisionOf, systemOf } from '../model/system.js';
import { stepIn, vectorsIn } from './opened.js';
import { isReached, pathsTo, priorOf } from './prior.js';
import { shrink } from './shrinkage.js';

/** @import { FoldedProfile } from '../core/kernel.js' */
/** @import { Section } from '../core/sections.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { GraphStep } from './opened.js' */
/** @import { Graph } from './prior.js' */
/**
 * @typedef {object} GraphPath from the explained item to one of the history
 * @property {string} item of the history
 * @property {string} title of it
 * @property {number} contribution to the score: what this event says by itself, through this path alone
 * @property {number} persona index of the one that owns the item
 * @property {number} weight of the path, as the model weighs it
 * @property {GraphStep[]} steps from the explained item; the last leads to the item of the history
 */
/**
 * @typedef {{ persona: number, graph: number, own: number }} GraphPart of the score, what a persona brings by
 *   the graph and what it brings by what was learnt of the item itself
 */
/**
 * @typedef {object} GraphExplanation score = sum of graph + sum of own + bias + residual of the explanation;
 *   sum of graph = `total` = sum of the contributions of the paths + rest
 * @property {number} share 0 to 1, how much the item's vector leans on the graph
 * @property {number} total the graph's part of the score
 * @property {GraphPart[]} parts by persona
 * @property {GraphPath[]} paths largest contribution first
 * @property {number} rest of the total: paths that are not listed, and what events say through items that are
 *   like them
 */
/**
 * @typedef {object} Rows what a person is folded in from: summaries, then events
 * @property {FoldedProfile} of
 * @property {FoldedProfile} flat the same, as if each row were an event
 * @property {number} dim D
 * @property {Float64Array} factor L of M = L L^T, packed
 * @property {Float64Array} solved (R x D) L^-1 v_row
 * @property {Float64Array} echoes (R) v_row^T M^-1 S v_row: what a row says of itself where it is a prior
 * @property {Float64Array} pulls (R) w q t g
 * @property {Float64Array} liking (R) w g, of those whose pull is not 0
 * @property {Float32Array} owners (R x P)
 * @property {number} personas P
 * @property {number[]} items (R) their indices; -1: a summary
 */

/** Below this part of what it could be, a product is what rounding left. */
const leastCosine = 1e-9;

/**
 * What neighbours say, B_ij: what item i says of item j beside the vectors.
 * @param {Model} model
 * @returns {(i: number, j: number) => number} until the memory of the model grows
 */
function neighboursIn({ kernel }) {
  const { sections } = sectionsOf(openMemory(kernel).u8(kernel.file, kernel.facts.bytes));
  const find = (/** @type {string} */ name) => sections.find((section) => section.name === name);
  const [offsets, items, values, scales] = [
    'neighbour offsets',
    'neighbours',
    'neighbour values',
    'neighbour scales',
  ].map(find);
  if (!offsets || !items || !values || !scales) return () => 0;
  const cut = (
    /** @type {Section} */ { dtype, data },
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) => {
    const size = dtypeBytes[dtype];
    return { dtype, data: data.subarray(from * size, to * size) };
  };
  return (i, j) => {
    const [from, to] = wholeNumbersOf(cut(offsets, i, i + 2));
    const at = wholeNumbersOf(cut(items, from, to)).indexOf(j);
    if (at < 0) return 0;
    const [value] = floatsOf(cut(values, from + at, from + at + 1));
    return value * floatsOf(cut(scales, i, i + 1))[0];
  };
}

/** @type {WeakMap<Profile, { version: number, rows: Rows }>} */
const kept = new WeakMap();

/**
 * Worked out once for each state of a profile.
 * @param {Profile} profile
 * @param {Graph} graph of its model
 * @returns {Rows}
 */
function rowsOf(profile, { shrinkage }) {
  const { version } = profile;
  const { core, indices } = profile.state.now();
  const found = kept.get(profile);
  if (found?.version === version && found.rows.of === core) return found.rows;
  const { matrix, dim, vectors, pulls } = precisionOf(profile);
  const { weights: q, targets: t } = systemOf(profile.model);
  const factor = cholesky(matrix, dim);
  const solved = vectors;
  const echoes = pulls.map((_, row) => {
    const own = solved.subarray(row * dim, (row + 1) * dim);
    const held = solveLower(factor, shrink(shrinkage, own.slice()));
    return dotAt(held, solveLower(factor, own), 0);
  });
  const { summaries, events } = core;
  const flat = { ...core, summaries: 0, events: summaries + events };
  const rows = {
    of: core,
    flat,
    dim,
    factor,
    solved,
    echoes,
    pulls,
    liking: pulls.map((pull, row) => {
      const index = indices[row - summaries];
      return row < summaries || pull === 0 ? 0 : pull / ((q ? q[index] : 1) * (t ? t[index] : 1));
    }),
    owners: responsibilitiesOf(flat),
    personas: personaCount(core),
    items: [...Array(summaries).fill(-1), ...indices],
  };
  kept.set(profile, { version, rows });
  return rows;
}

const lengthOf = (/** @type {Float64Array} */ a) => Math.sqrt(dotAt(a, a, 0));

/**
 * How much of what each row says the item lets through: of its contribution, and of what it would be without
 * a gate. A row that is at right angles to the item does not tell, and has the mean of the others.
 * @param {Model} model
 * @param {Rows} rows
 * @param {number} index
 * @param {Float64Array} contributions (R)
 * @param {Float64Array} solved (D) L^-1 v_j
 */
function gatesOf(model, { pulls, liking, items, solved: all, dim }, index, contributions, solved) {
  const { leaves, gate, neighbours } = model.info;
  const nearOf = neighbours > 0 ? neighboursIn(model) : () => 0;
  const [low, high] = leaves > 0 ? [Math.exp(-1.6 * gate), Math.exp(0.4 * gate)] : [0, Infinity];
  const length = lengthOf(solved);
  const gates = pulls.map((pull, row) => {
    const part = contributions[row];
    if (pull === 0 || part === 0) return 0;
    const own = all.subarray(row * dim, (row + 1) * dim);
    const likeness = dotAt(solved, own, 0);
    if (!(Math.abs(likeness) > leastCosine * length * lengthOf(own))) return NaN;
    const near = items[row] < 0 ? 0 : liking[row] * nearOf(items[row], index);
    // A file of version 0.1 attends to both, the gate is for vectors alone.
    const open = leaves > 0 ? (part - near) / (pull * likeness) : part / (pull * likeness + near);
    return Math.min(high, Math.max(low, open));
  });
  const sound = gates.filter((open) => open > 0 && open < Infinity);
  const mean = sound.length > 0 ? sound.reduce((sum, open) => sum + open, 0) / sound.length : 1;
  return gates.map((open) => (Number.isFinite(open) ? open : mean));
}

/**
 * @param {Rows} rows
 * @param {Float64Array} values (R)
 * @returns {Float64Array} (P)
 */
function byPersona({ owners, personas }, values) {
  const sums = new Float64Array(personas);
  values.forEach((value, row) => {
    for (let k = 0; k < personas; k++) sums[k] += owners[row * personas + k] * value;
  });
  return sums;
}

/**
 * The persona that owns a row: the highest responsibility, the first of equals.
 * @param {Rows} rows
 * @param {number} row
 */
function ownerOf({ owners, personas }, row) {
  const own = owners.subarray(row * personas, (row + 1) * personas);
  return own.indexOf(Math.max(...own));
}

/**
 * The paths to the history, each with what its event says by itself through it.
 * @param {Model} model
 * @param {Graph} graph
 * @param {Rows} rows
 * @param {number} index
 * @param {Float64Array} said (R) what a row says of a vector of length 1 under L^-1, times the share
 * @returns {GraphPath[]}
 */
function pathsIn(model, graph, rows, index, said) {
  const { items, echoes } = rows;
  const rowOf = new Map(items.flatMap((item, row) => (item < 0 ? [] : [[item, row]])));
  const { paths } = pathsTo(graph, index, { of: (item) => rowOf.has(item), most: Infinity });
  const toStep = stepIn(model);
  return paths
    .map(({ item, weight, steps }) => {
      const row = /** @type {number} */ (rowOf.get(item));
      const contribution = said[row] * weight * echoes[row];
      return { item, row, contribution, weight, steps };
    })
    .filter(({ contribution }) => contribution !== 0)
    .sort((a, b) => b.contribution - a.contribution)
    .map(({ item, row, contribution, weight, steps }) => ({
      item: idAt(model.kernel, item),
      title: titleAt(model.kernel, item),
      contribution,
      persona: ownerOf(rows, row),
      weight,
      steps: steps.map(toStep),
    }));
}

/**
 * What the graph has of the score of an item: of row i, s_j G_ij pull_i v_i . M^-1 p_j, the same gate as the
 * score has, with the item's prior in place of its vector.
 * @param {Profile} profile
 * @param {Graph} graph
 * @param {number} index of the item
 * @param {number} limit of paths
 * @returns {GraphExplanation}
 */
export function graphPartOf(profile, graph, index, limit) {
  const { model } = profile;
  const rows = rowsOf(profile, graph);
  const { factor, dim, solved, pulls, flat } = rows;
  const vectors = vectorsIn(model);
  const share = graph.shares[index];
  const { contributions } = explainItem(flat, index);
  const item = Float64Array.from(vectors.subarray(index * dim, (index + 1) * dim));
  const prior = solveLower(factor, priorOf(graph, vectors, dim, index));
  const gates = gatesOf(model, rows, index, contributions, solveLower(factor, item));
  const said = gates.map((gate, row) => share * gate * pulls[row]);
  const ofGraph = said.map((much, row) => much * dotAt(prior, solved, row * dim));
  const graphs = byPersona(rows, ofGraph);
  const wholes = byPersona(rows, contributions);
  const total = graphs.reduce((sum, part) => sum + part, 0);
  const all = pathsIn(model, graph, rows, index, said);
  const paths = all.slice(0, limit);
  return {
    share: isReached(graph, index) ? Math.min(1, share) : 0,
    total,
    parts: Array.from(graphs, (part, persona) => ({ persona, graph: part, own: wholes[persona] - part })),
    paths,
    rest: paths.reduce((left, { contribution }) => left - contribution, total),
  };
}
