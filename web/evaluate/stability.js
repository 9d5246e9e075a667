// Owns how much of a person's personas another training finds again (METRICS.md, "Persona quality"). Must not
// train.
import { idAt } from '../core/kernel.js';
import { evidenceOf, ownersOf, withPerson } from './fold-person.js';
import { bestPairs } from './matching.js';
import { meanOf } from './persona-figures.js';
import { bestOf } from './rankers.js';

/** @import { Model } from '../model/model.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} Stability means over people who have two or more personas under both models
 * @property {number} people
 * @property {number | null} shared of the top items of a persona, the share that its match has too
 * @property {number | null} agreement adjusted Rand index of who owns the history items: 1 = the same groups,
 *   0 = chance
 * @property {number | null} together share of the pairs of history items on which both say the same: one
 *   persona's or two personas'
 * @property {number | null} sameNumber of all the people, the share with as many personas under both
 */

const top = 20;
const looked = 5000;

/**
 * The adjusted and the plain Rand index of two labellings of the same things (Hubert & Arabie 1985).
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export function agreementOf(a, b) {
  /** @type {Map<string, number>} */
  const cells = new Map();
  const rows = /** @type {Map<number, number>} */ (new Map());
  const columns = /** @type {Map<number, number>} */ (new Map());
  const add = (/** @type {Map<any, number>} */ to, /** @type {string | number} */ key) =>
    to.set(key, (to.get(key) ?? 0) + 1);
  a.forEach((label, i) => {
    add(cells, `${label} ${b[i]}`);
    add(rows, label);
    add(columns, b[i]);
  });
  const pairs = (/** @type {number} */ n) => (n * (n - 1)) / 2;
  const sum = (/** @type {Map<any, number>} */ of) =>
    [...of.values()].reduce((total, n) => total + pairs(n), 0);
  const both = sum(cells);
  const inA = sum(rows);
  const inB = sum(columns);
  const all = pairs(a.length);
  const expected = all > 0 ? (inA * inB) / all : 0;
  const most = (inA + inB) / 2;
  return {
    adjusted: most === expected ? 1 : (both - expected) / (most - expected),
    plain: all > 0 ? (all + 2 * both - inA - inB) / all : 1,
  };
}

/**
 * The items that each persona speaks for most, and who owns the history.
 * @param {Model} model
 * @param {Person['history']} history
 * @param {(item: string) => boolean} shared known to both models
 */
function portraitOf(model, history, shared) {
  const count = Math.min(looked, model.info.items);
  return withPerson(model, history, (fold) => {
    const seen = new Set(fold.indices);
    const ids = Uint32Array.from({ length: count }, (_, j) => j).filter(
      (j) => !seen.has(j) && shared(idAt(model.kernel, j)),
    );
    const owners = ownersOf(fold.columns);
    return {
      owners: new Map(fold.known.map((item, i) => [item, owners[i]])),
      personas: fold.shares.length,
      tops:
        fold.shares.length < 2
          ? []
          : evidenceOf(fold, count).map(
              (evidence) =>
                new Set(bestOf(ids, Float32Array.from(evidence), top).map((j) => idAt(model.kernel, j))),
            ),
    };
  });
}

/** @typedef {ReturnType<typeof portraitOf>} Portrait */

/**
 * @param {Portrait} a
 * @param {Portrait} b
 */
function comparePortraits(a, b) {
  const overlap = a.tops.map((one) =>
    b.tops.map(
      (other) =>
        [...one].filter((item) => other.has(item)).length / Math.max(1, Math.min(one.size, other.size)),
    ),
  );
  const items = [...a.owners.keys()].filter((item) => b.owners.has(item));
  const labels = (/** @type {Portrait} */ of) =>
    items.map((item) => /** @type {number} */ (of.owners.get(item)));
  return {
    shared: /** @type {number} */ (meanOf(bestPairs(overlap).map(([k, l]) => overlap[k][l]))),
    ...agreementOf(labels(a), labels(b)),
  };
}

/**
 * @param {Model} model
 * @param {Model} other of another training on the same people
 * @param {readonly Person[]} people
 * @param {(done: number, total: number) => Promise<void>} pace
 * @returns {Promise<Stability>}
 */
export async function measureStability(model, other, people, pace) {
  /** @type {ReturnType<typeof comparePortraits>[]} */
  const found = [];
  let same = 0;
  for (const [i, { history }] of people.entries()) {
    await pace(i + 1, people.length);
    const a = portraitOf(model, history, (item) => other.has(item));
    const b = portraitOf(other, history, (item) => model.has(item));
    if (a.personas === b.personas) same++;
    if (a.personas > 1 && b.personas > 1) found.push(comparePortraits(a, b));
  }
  return {
    people: found.length,
    shared: meanOf(found.map(({ shared }) => shared)),
    agreement: meanOf(found.map(({ adjusted }) => adjusted)),
    together: meanOf(found.map(({ plain }) => plain)),
    sameNumber: people.length > 0 ? same / people.length : null,
  };
}
