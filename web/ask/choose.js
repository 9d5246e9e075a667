// Owns the choice of a turn: which question, or a list. Must not change what is believed.
import { largest } from './best.js';
import { coinBits, valueOf } from './value.js';

/** @import { Beliefs } from './beliefs.js' */
/**
 * @typedef {{ aspects?: number[], item?: number }} Choice neither: a list
 */
/**
 * Items, the likeliest first, with their masses: what is believed after some answer.
 * @typedef {{ order: Uint32Array, masses: Float64Array }} Branch
 */

/** So many likeliest items are looked at, and so many questions and items closely. */
const mostItems = 2048;
const mostClose = 24;
const mostItemQuestions = 8;
/** All items that are too unlikely to be looked at are together less likely than this. */
const mostLeftOut = 1e-3;

/**
 * The likeliest items.
 * @param {Float64Array} chances
 * @returns {Branch}
 */
function likeliest(chances) {
  const order = Uint32Array.from(largest(chances, mostItems, mostLeftOut / chances.length));
  return { order, masses: Float64Array.from(order, (j) => chances[j]) };
}

/** One look at what is believed, for one turn. */
class Look {
  /**
   * @param {Beliefs} beliefs
   * @param {(aspect: number) => boolean} isFree may it be asked?
   */
  constructor(beliefs, isFree) {
    this.beliefs = beliefs;
    this.base = likeliest(beliefs.chances());
    this.isFree = isFree;
  }

  /**
   * The questions that tell most: how much an answer says of the item that is meant, in bits.
   * @returns {{ aspect: number, mass: number, bits: number }[]}
   */
  tellingAspects() {
    const { offsets, aspects, rarity } = this.beliefs.catalogue;
    const { order, masses } = this.base;
    const mass = new Float64Array(rarity.length);
    let all = 0;
    for (let i = 0; i < order.length; i++) {
      const m = masses[i];
      all += m;
      for (let x = offsets[order[i]], end = offsets[order[i] + 1]; x < end; x++) mass[aspects[x]] += m;
    }
    const bits = new Float64Array(mass.length);
    for (let a = 0; a < mass.length; a++)
      if (mass[a] > 0 && this.isFree(a)) bits[a] = this.bitsOf((mass[a] = Math.min(1, mass[a] / all)));
    return largest(bits, mostClose).map((aspect) => ({ aspect, mass: mass[aspect], bits: bits[aspect] }));
  }

  /** @param {number} mass of items that have what is asked about */
  bitsOf(mass) {
    const [has, lacks] = this.beliefs.yesTo(mass);
    const yes = mass * has + (1 - mass) * lacks;
    return coinBits(yes) - mass * coinBits(has) - (1 - mass) * coinBits(lacks);
  }

  /**
   * What is believed after a yes and after a no to an aspect: two lists in order are merged.
   * @param {Branch} branch
   * @param {Uint8Array} having (N) which items have the aspect
   * @param {number} has how much one that has it is multiplied by
   * @param {number} lacks
   * @returns {Branch}
   */
  static after({ order, masses }, having, has, lacks) {
    const n = order.length;
    const out = { order: new Uint32Array(n), masses: new Float64Array(n) };
    const next = (/** @type {number} */ from, /** @type {number} */ want) => {
      while (from < n && having[order[from]] !== want) from++;
      return from;
    };
    for (let at = 0, x = next(0, 1), y = next(0, 0); at < n; at++) {
      const a = x < n ? masses[x] * has : -1;
      const b = y < n ? masses[y] * lacks : -1;
      const takes = a >= b ? x : y;
      out.order[at] = order[takes];
      out.masses[at] = Math.max(a, b);
      if (a >= b) x = next(x + 1, 1);
      else y = next(y + 1, 0);
    }
    return out;
  }

  /**
   * Every branch in two, by the answer to one more aspect.
   * @param {Branch[]} branches
   * @param {{ aspect: number, mass: number }} question
   */
  split(branches, { aspect, mass }) {
    const { beliefs } = this;
    const having = new Uint8Array(beliefs.catalogue.lengths.length);
    for (const j of beliefs.itemsWith(aspect)) having[j] = 1;
    const [has, lacks] = beliefs.yesTo(mass);
    return branches.flatMap((branch) => [
      Look.after(branch, having, has, lacks),
      Look.after(branch, having, 1 - has, 1 - lacks),
    ]);
  }
}

/**
 * The turn that is worth most.
 * @param {Beliefs} beliefs
 * @param {number} left turns
 * @param {{ aspect: (aspect: number) => boolean, item: (item: number) => boolean }} free what may be asked
 * @returns {Choice}
 */
export function chooseTurn(beliefs, left, free) {
  const { settings } = beliefs;
  const look = new Look(beliefs, free.aspect);
  const { masses } = look.base;
  const questions = settings.asksAspects && left > 1 ? look.tellingAspects() : [];
  const how = { ...settings, bits: questions[0]?.bits ?? 0 };
  const { list, patience } = settings;
  const worth = (/** @type {Float64Array} */ sorted) => valueOf(sorted, sorted.length, left - 1, how);
  const head = masses.subarray(0, list).reduce((sum, m) => sum + m, 0);
  let best = head + patience * worth(masses.subarray(list));
  /** @type {Choice} */ let choice = {};
  let branches = [look.base];
  /** @type {number[]} */ let asked = [];
  for (let cost = patience; asked.length < settings.most; cost *= patience ** settings.effort) {
    let found;
    for (const question of questions) {
      if (asked.includes(question.aspect)) continue;
      const after = look.split(branches, question);
      const value = cost * after.reduce((sum, branch) => sum + worth(branch.masses), 0);
      if (value > best) {
        best = value;
        found = { after, asked: [...asked, question.aspect] };
      }
    }
    if (!found) break;
    ({ after: branches, asked } = found);
    choice = { aspects: asked };
  }
  return choice;
}
