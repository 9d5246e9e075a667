// Owns the profile that a visit makes of a person's own: the history by the posterior of its sides, and the
// visit's events beside it. Must not change the person's profile, and must free what nobody asks any more.
import { AMPCF_MAX_WEIGHT, AMPCF_SUMMARY_HEAD } from '../core/abi.js';
import { aspectsOfItem, personaCount, vectorsOf } from '../core/kernel.js';
import { ownersOf } from './past.js';
import { factorsOf, posteriorOf } from './posterior.js';

/** @import { FoldedProfile } from '../core/kernel.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { EventFacts } from '../model/types.js' */
/** @import { Given } from './given.js' */
/** @import { Past } from './past.js' */
/** @import { Settings } from './posterior.js' */
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
  row.set([weight, weight, 1, 1, 0]);
  return n > 0 ? row : undefined;
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
  /** @type {{ core: FoldedProfile, sideOf: number[] } | undefined} */ #mapped;

  /**
   * @param {Profile} profile
   * @param {Past} past
   * @param {Given} given
   * @param {Settings} how
   */
  constructor(profile, past, given, how) {
    const { model } = profile;
    const { events, aspects } = given;
    this.past = past;
    const known = [...events.keys()].filter((id) => model.has(id));
    const says = known.length + aspects.length > 0;
    const clues = past.clues(given, how, (id) => model.indexOf(id));
    const none = says ? {} : { novelty: 0 };
    const { sides, novel, leaning } = posteriorOf(past.known.shares, clues, { ...how, ...none });
    /** @type {Side[]} */
    this.sides = past.personas.map(({ index, label, share }) => ({
      persona: index,
      label,
      share: sides[index],
      prior: share,
    }));
    if (says) this.sides.push({ persona: this.sides.length, label: '', share: novel, prior: 0 });
    this.profile = this.#derived(profile, given, factorsOf(past.known, leaning), how);
    try {
      if (says) this.#name(known, aspects);
    } catch (error) {
      this.profile.dispose();
      throw error;
    }
  }

  /**
   * @param {Profile} profile
   * @param {Given} given
   * @param {Float64Array} factors (R)
   * @param {Settings} how
   */
  #derived(profile, { events, aspects }, factors, how) {
    const { model } = profile;
    const { past } = this;
    const wishes = aspects.flatMap((aspect) => wishFor(model, aspect, how.wish) ?? []);
    const summaries = past.summaries.map((row, i) => scaledSummary(row, Math.min(1, factors[i])));
    const factorOf = new Map(past.ids.map((id, i) => [id, factors[past.summaries.length + i]]));
    /** @type {Map<string, { item: string } & EventFacts>} */
    const history = new Map(
      profile.history.map((event) => {
        const weight = event.weight * Math.min(1, factorOf.get(event.item) ?? 1);
        return [event.item, { ...event, weight: Math.max(weight, leastWeight) }];
      }),
    );
    for (const [item, facts] of events) {
      const weight = facts.weight * how.weight + (history.get(item)?.weight ?? 0);
      history.delete(item);
      history.set(item, { item, ...facts, weight: within(weight, leastWeight, AMPCF_MAX_WEIGHT) });
    }
    this.wishes = wishes.length;
    return model.createProfile([], profile.folding).become([...history.values()], [...summaries, ...wishes]);
  }

  /**
   * Which side of the person each persona of the derived profile is: the one it shares most events with; the
   * visit's own, where most are the visit's.
   * @returns {number[]}
   */
  get sideOf() {
    const { core, known } = this.profile.state.now();
    if (this.#mapped?.core !== core) this.#mapped = { core, sideOf: this.#overlap(core, known) };
    return this.#mapped.sideOf;
  }

  /**
   * @param {FoldedProfile} core of the derived profile
   * @param {string[]} ids of its events
   */
  #overlap(core, ids) {
    const owners = ownersOf(core);
    const p = personaCount(core);
    const { known, summaries, ids: before } = this.past;
    const rowOf = new Map(before.map((id, i) => [id, summaries.length + i]));
    /** @type {(number | undefined)[]} */
    const rows = [
      ...summaries.keys(),
      ...Array(this.wishes).fill(undefined),
      ...ids.map((id) => rowOf.get(id)),
    ];
    const shared = Array.from({ length: p }, () => new Float64Array(known.sides + 1));
    rows.forEach((row, r) => {
      for (let k = 0; k < p; k++) {
        const part = owners[r * p + k];
        if (row === undefined) shared[k][known.sides] += part;
        else
          for (let side = 0; side < known.sides; side++)
            shared[k][side] += part * known.owners[row * known.sides + side];
      }
    });
    return shared.map((sums) => sums.indexOf(Math.max(...sums)));
  }

  /** The derived profile's own persona that is the visit's, if there is one. */
  get ownPersona() {
    const at = this.sideOf.indexOf(this.past.known.sides);
    return at < 0 ? undefined : this.profile.personas()[at];
  }

  /**
   * The visit's own side: by the words of its persona, or by what was given.
   * @param {string[]} known
   * @param {number[]} aspects
   */
  #name(known, aspects) {
    const { model } = this.profile;
    const side = this.sides[this.sides.length - 1];
    const words = [
      ...aspects.map((a) => model.aspectNames[a]),
      ...known.slice(-2).map((id) => model.title(id)),
    ];
    const label = this.ownPersona?.label ?? words.join(', ');
    const isTaken = this.sides.some((other) => other.label === label);
    side.label = isTaken ? `${label} (${this.sides.length})` : label;
  }
}
