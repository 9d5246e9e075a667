// Owns the profile that a visit makes of a person's own: the history by the posterior of its sides, and the
// visit's events beside it. Must not change the person's profile, and must free what nobody asks any more.
import { AMPCF_MAX_WEIGHT, AMPCF_SUMMARY_HEAD } from '../core/abi.js';
import { aspectsOfItem, explainItem, vectorsOf } from '../core/kernel.js';
import { factorsOf, posteriorOf } from './posterior.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { EventFacts, Persona } from '../model/types.js' */
/** @import { Given } from './given.js' */
/** @import { Past } from './past.js' */
/** @import { Clue, Settings } from './posterior.js' */
/**
 * @typedef {object} Side
 * @property {number} persona its index in `profile.personas()`; as many as there are: a side that the history
 *   does not have, this visit itself
 * @property {string} label
 * @property {number} share how much the list leans on it, sum 1
 * @property {number} prior its share of the history; 0: new
 */

const leastWeight = 1e-6;
/** So many of the most popular items of an aspect say what it is like. */
const typical = 200;

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * An aspect as an event: the mean vector of its most popular items, as a row of ampcf_profile_remember.
 * @param {Model} model
 * @param {number} aspect
 * @param {number} weight
 */
function wishFor({ kernel, info }, aspect, weight) {
  const row = new Float32Array(AMPCF_SUMMARY_HEAD + info.dim);
  let n = 0;
  for (let index = 0; index < info.items && n < typical; index++)
    if (aspectsOfItem(kernel, index).includes(aspect)) {
      vectorsOf(kernel, index, 1).forEach((x, d) => (row[AMPCF_SUMMARY_HEAD + d] += x));
      n++;
    }
  for (let d = AMPCF_SUMMARY_HEAD; d < row.length; d++) row[d] /= n || 1;
  // One that no item has says nothing: a vector of zeros.
  row.set([weight, weight, 1, 1, 0]);
  return row;
}

/**
 * A summary that counts for more or less, within what the core takes.
 * @param {Float32Array} summary
 * @param {number} factor
 */
function scaledSummary(summary, factor) {
  const row = summary.slice();
  row[0] *= factor;
  row[1] *= factor;
  row[3] = within(row[3] * factor, 1e-3, 2 ** 20);
  row[4] *= factor;
  return row;
}

/** What one visit makes of a profile. */
export class Leaning {
  /** Calls that are using it now. */
  uses = 0;
  /**
   * Whose the events of the visit are, (P + 1) each: the last is the visit's own side.
   * @type {Map<string, Float64Array>}
   */
  #visit = new Map();
  /** @type {Float64Array[]} (P + 1) each, of what was asked for */ #wishes = [];
  /** @type {ArrayLike<number>[] | undefined} of each row of the derived profile */ #owners;
  /**
   * The visit as a persona of its own; undefined where nothing is known of it.
   * @type {Persona | undefined}
   */
  own;

  /**
   * @param {Profile} profile
   * @param {Past} past
   * @param {Given} given
   * @param {Settings} how
   */
  constructor(profile, past, given, how) {
    const { model } = profile;
    this.past = past;
    const known = [...given.events].filter(([id]) => model.has(id));
    const ofEvents = known.map(([id, { weight, preference }]) =>
      past.ofItem(
        /** @type {number} */ (model.indexOf(id)),
        Math.min(1, weight * Math.max(preference, 0)),
        how,
      ),
    );
    const ofAspects = given.aspects.map((aspect) => past.ofAspect(aspect, how));
    const says = [...ofEvents, ...ofAspects];
    // Neither an hour nor a dislike is a sign of a new taste.
    const novelty = says.some(({ strength }) => strength > 0) ? how.novelty : 0;
    const clues = [...says, ...past.ofHour(given.at, how)];
    const { sides, novel, leaning } = posteriorOf(past.known.shares, clues, { ...how, novelty });
    /** @type {Side[]} */
    this.sides = past.personas.map(({ index, label, share }, k) => ({
      persona: index,
      label,
      share: sides[k],
      prior: share,
    }));
    if (says.length > 0) {
      this.own = this.#persona(model, known, given.aspects, novel);
      this.sides.push({ persona: this.own.index, label: this.own.label, share: novel, prior: 0 });
    }
    // Of each event of the visit by itself; what comes before it is who is here.
    const here = sides.map((share) => share / Math.max(1 - novel, 1e-30));
    const ownersBy = (/** @type {Clue} */ clue) => {
      const by = posteriorOf(here, [{ ...clue, strength: 1 }], {
        trust: how.trust,
        floor: 0,
        novelty: novel,
      });
      return Float64Array.of(...by.sides, by.novel);
    };
    known.forEach(([id], i) => this.#visit.set(id, ownersBy(ofEvents[i])));
    this.#wishes = ofAspects.map(ownersBy);
    this.profile = this.#derived(profile, given, factorsOf(past.known, leaning), how);
  }

  /**
   * The visit's own side, in the words of what was liked in it, or of what was asked for.
   * @param {Model} model
   * @param {[id: string, facts: EventFacts][]} known
   * @param {number[]} aspects
   * @param {number} share
   * @returns {Persona}
   */
  #persona(model, known, aspects, share) {
    const events = known.map(([item, facts]) => ({ item, ...facts }));
    const alone = model.createProfile(events, { personas: 1 });
    const [found] = alone.personas();
    alone.dispose();
    const title = events.length > 0 ? model.title(events[events.length - 1].item) : '';
    const words = [...aspects.map((aspect) => model.aspectNames[aspect]), ...(found ? [found.label] : [])];
    const label = words.join(', ') || title;
    const index = this.sides.length;
    const names = [label, `${label} like ${title}`, `${label} (${index + 1})`];
    const isFree = (/** @type {string} */ name) => this.sides.every((side) => side.label !== name);
    return { ...(found ?? { items: [], aspects: [] }), index, label: names.find(isFree) ?? names[2], share };
  }

  /**
   * @param {Profile} profile
   * @param {Given} given
   * @param {Float64Array} factors (R)
   * @param {Settings} how
   */
  #derived({ model, history: before, folding }, { events, aspects }, factors, how) {
    const { past } = this;
    const wishes = aspects.map((aspect) => wishFor(model, aspect, how.wish));
    const factorOf = (/** @type {number | undefined} */ row) =>
      row === undefined ? 1 : Math.min(1, factors[row]);
    /** @type {Map<string, { item: string } & EventFacts>} */
    const history = new Map(
      before.map((event) => {
        const weight = event.weight * factorOf(past.rowOf.get(event.item));
        return [event.item, { ...event, weight: Math.max(weight, leastWeight) }];
      }),
    );
    for (const [item, facts] of events) {
      const weight = facts.weight * how.weight + (history.get(item)?.weight ?? 0);
      history.delete(item);
      history.set(item, { item, ...facts, weight: within(weight, leastWeight, AMPCF_MAX_WEIGHT) });
    }
    const summaries = past.summaries.map((row, i) => scaledSummary(row, factorOf(i)));
    return model.createProfile([], folding).become([...history.values()], [...summaries, ...wishes]);
  }

  /**
   * Whose an event is, (P + 1): by the person's own personas where the history has it.
   * @param {string} id
   * @returns {ArrayLike<number>}
   */
  ownersOf(id) {
    const row = this.past.rowOf.get(id);
    return row === undefined ? (this.#visit.get(id) ?? []) : this.past.ownersOf(row);
  }

  /**
   * What each side has of a score: the parts of the explanation, each for whose it is.
   * @param {number} index of the item
   * @returns {Float64Array} as many as there are sides
   */
  partsOf(index) {
    const { core, known } = this.profile.state.now();
    const { contributions } = explainItem(
      { ...core, summaries: 0, events: core.summaries + core.events },
      index,
    );
    this.#owners ??= [
      ...this.past.summaries.map((_, row) => this.past.ownersOf(row)),
      ...this.#wishes,
      ...known.map((id) => this.ownersOf(id)),
    ];
    const parts = new Float64Array(this.sides.length);
    this.#owners.forEach((owners, row) => {
      for (let side = 0; side < owners.length; side++) parts[side] += contributions[row] * owners[side];
    });
    return parts;
  }
}
