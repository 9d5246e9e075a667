// Owns the choice of a turn: which question, or a list. Must not change what is believed.
import { largest } from '../core/largest.js';
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
const mostItemQuestions = 12;
/** All items that are too unlikely to be looked at are together less likely than this. */
const mostLeftOut = 1e-3;

/**
 * The likeliest items.
 * @param {Float64Array} chances
 * @returns {Branch}
 */
function likeliest(chances) {
  const order = Uint32Array.from(largest(chances, mostItems, mostLeftOut / chances.length));
  return { order, masses: new Float64Array(order.length).map((_, i) => chances[order[i]]) };
}

/**
 * The masses of items that have an aspect and of those that lack it, each in order.
 * @param {Branch} branch
 * @param {Uint8Array} having (N) which items have the aspect
 * @returns {[having: Float64Array, lacking: Float64Array]}
 */
function parted({ order, masses }, having) {
  const [one, other] = [new Float64Array(masses.length), new Float64Array(masses.length)];
  let [x, y] = [0, 0];
  for (let i = 0; i < masses.length; i++)
    if (having[order[i]]) one[x++] = masses[i];
    else other[y++] = masses[i];
  return [one.subarray(0, x), other.subarray(0, y)];
}

/**
 * Two lists in order, each times a number, as one.
 * @param {[Float64Array, Float64Array]} lists
 * @param {number} has how much the first is multiplied by
 * @param {number} lacks
 */
function merged([one, other], has, lacks) {
  const out = new Float64Array(one.length + other.length);
  let [x, y] = [0, 0];
  for (let at = 0; at < out.length; at++) {
    const a = x < one.length ? one[x] * has : -1;
    const b = y < other.length ? other[y] * lacks : -1;
    if (a >= b) {
      out[at] = a;
      x++;
    } else {
      out[at] = b;
      y++;
    }
  }
  return out;
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

  /** @param {number} aspect @returns {Uint8Array} (N) which items have it */
  having(aspect) {
    const having = new Uint8Array(this.beliefs.catalogue.lengths.length);
    for (const j of this.beliefs.itemsWith(aspect)) having[j] = 1;
    return having;
  }

  /**
   * What is believed after a yes and after a no to one more aspect, of every branch.
   * @param {Branch[]} branches
   * @param {{ aspect: number, mass: number }} question
   * @returns {Float64Array[]} sorted masses
   */
  massesAfter(branches, { aspect, mass }) {
    const having = this.having(aspect);
    const [has, lacks] = this.beliefs.yesTo(mass);
    return branches.flatMap((branch) => {
      const parts = parted(branch, having);
      return [merged(parts, has, lacks), merged(parts, 1 - has, 1 - lacks)];
    });
  }

  /**
   * Every branch in two, by the answer to one more aspect.
   * @param {Branch[]} branches
   * @param {{ aspect: number, mass: number }} question
   * @returns {Branch[]}
   */
  split(branches, { aspect, mass }) {
    const having = this.having(aspect);
    const [has, lacks] = this.beliefs.yesTo(mass);
    return branches.flatMap(({ order, masses }) =>
      [
        [has, lacks],
        [1 - has, 1 - lacks],
      ].map(([one, other]) => {
        const after = masses.map((m, i) => m * (having[order[i]] ? one : other));
        // Of equal masses what has the aspect goes first, as where two lists are merged.
        const places = [...after.keys()].sort(
          (x, y) => after[y] - after[x] || having[order[y]] - having[order[x]] || x - y,
        );
        return {
          order: Uint32Array.from(places, (i) => order[i]),
          masses: Float64Array.from(places, (i) => after[i]),
        };
      }),
    );
  }
}

/**
 * Items to ask about: likely ones that the person probably knows.
 * @param {Look} look
 * @param {(item: number) => boolean} isFree
 * @returns {{ item: number, known: number, yes: Float64Array, bits: number }[]} known: how likely that is;
 *   yes: how likely a yes is, by what is meant
 */
function tellingItems({ beliefs, base: { order, masses } }, isFree) {
  const fame = beliefs.fame();
  const worth = masses.map((m, i) => (isFree(order[i]) ? m * fame[order[i]] : 0));
  return largest(worth, mostItemQuestions).map((at) => {
    const item = order[at];
    const yes = beliefs.yesToItem(item, order);
    let [all, mean, noise] = [0, 0, 0];
    for (let i = 0; i < order.length; i++) {
      all += masses[i];
      mean += masses[i] * yes[i];
      noise += masses[i] * coinBits(yes[i]);
    }
    return { item, known: fame[item], yes, bits: fame[item] * (coinBits(mean / all) - noise / all) };
  });
}

/**
 * What is left to find out once it is known what the person says of an item: they know it, so it is no find.
 * @param {Branch} base
 * @param {{ item: number, yes: Float64Array }} question
 * @returns {Float64Array[]} sorted masses after yes and no
 */
function afterItem({ order, masses }, { item, yes }) {
  const [after, not] = [new Float64Array(order.length), new Float64Array(order.length)];
  for (let i = 0; i < order.length; i++)
    if (order[i] !== item) {
      after[i] = masses[i] * yes[i];
      not[i] = masses[i] * (1 - yes[i]);
    }
  return [after.sort().reverse(), not.sort().reverse()];
}

/**
 * The question about aspects that is worth most, one aspect after the other as long as each is worth what it
 * costs.
 * @param {Look} look
 * @param {ReturnType<Look['tellingAspects']>} questions
 * @param {number} least what a list is worth
 * @param {(sorted: Float64Array) => number} worth of a next turn
 * @returns {{ value: number, aspects: number[] }}
 */
function bestAspects(look, questions, least, worth) {
  const { most, effort, patience, together } = look.beliefs.settings;
  const names = look.beliefs.profile.model.aspectNames;
  let best = { value: least, aspects: /** @type {number[]} */ ([]), branches: [look.base] };
  for (let cost = patience; best.aspects.length < most; cost *= patience ** effort) {
    const { aspects, branches } = best;
    /** @type {(typeof questions)[number] | undefined} */ let next;
    const goes = (/** @type {number} */ other) =>
      aspects.every((one) => one !== other && together(names[one], names[other]));
    for (const question of questions.filter(({ aspect }) => goes(aspect))) {
      const after = look.massesAfter(branches, question);
      const value = cost * after.reduce((sum, masses) => sum + worth(masses), 0);
      if (value > best.value) {
        best = { value, aspects: [...aspects, question.aspect], branches };
        next = question;
      }
    }
    if (!next) break;
    if (best.aspects.length < most) best.branches = look.split(branches, next);
  }
  return best;
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
  const asks = left > 1;
  const aspects = asks && settings.asksAspects ? look.tellingAspects() : [];
  const items = asks && settings.asksItems ? tellingItems(look, free.item) : [];
  const { list, patience } = settings;
  const bits = [...aspects, ...items].reduce((most, question) => Math.max(most, question.bits), 0);
  const worth = (/** @type {Float64Array} */ sorted) =>
    valueOf(sorted, sorted.length, left - 1, { list, patience, bits });
  let value = patience * worth(masses.subarray(list));
  for (const mass of masses.subarray(0, list)) value += mass;
  const best = bestAspects(look, aspects, value, worth);
  /** @type {Choice} */ let choice = best.aspects.length > 0 ? { aspects: best.aspects } : {};
  value = best.value;
  const unknown = items.length > 0 ? worth(masses) : 0;
  for (const question of items) {
    const [yes, no] = afterItem(look.base, question).map(worth);
    const own = patience * (question.known * (yes + no) + (1 - question.known) * unknown);
    if (own > value) {
      value = own;
      choice = { item: question.item };
    }
  }
  return choice;
}
