// Owns ratings by stars: what each says once a person's own way of rating is taken out. Must not keep the
// stars of anybody: that is the app's choice.
import { badArgument, itemId, listArgument, rangeArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { optionValues } from '../core/options.js';
import { changeAtOnce } from '../model/at-once.js';
import { profileArgument } from '../model/handles.js';
import { eventArgument } from '../model/history.js';

/** @import { Events } from '../model/at-once.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { EventFacts } from '../model/types.js' */
/** @typedef {{ item: string | number, stars: number, weight?: number, at?: number | null }} Rating */
/**
 * @typedef {object} StylePrior how people rate
 * @property {number} mean of their ratings
 * @property {number} spread standard deviation of one person's ratings
 * @property {number} strength so many ratings like this are added to a person's own
 */
/** @typedef {{ mean: number, spread: number, ratings: number }} Style of one person, shrunk to the prior */
/**
 * @typedef {object} RatingOptions
 * @property {readonly [number, number]} [scale] default [1, 5]
 * @property {Partial<StylePrior>} [prior] default: a mean at .63 of the scale, a spread of a quarter of it,
 *   and 5 ratings; `stylePriorOf` measures one
 */
/** @typedef {{ low: number, high: number, prior: StylePrior }} Rule */

/** Where all people are alike, and where all are different. */
const mostStrength = 1e3;
const leastStrength = 1e-6;
/** Squares of what is not beyond this are finite, and those of what is not below 1 over it are not 0. */
const mostRating = 1e100;
const ratingWords = `numbers from ${-mostRating} to ${mostRating}`;
const isRating = (/** @type {unknown} */ x) => typeof x === 'number' && Math.abs(x) <= mostRating;

/**
 * @param {RatingOptions} options
 * @returns {Rule}
 */
function ruleOf(options) {
  const [scale = [1, 5], prior = {}] = optionValues(options, 'scale prior');
  const ends = listArgument('scale', scale);
  const [low, high] = ends;
  if (ends.length !== 2 || !ends.every(isRating) || !(high - low >= 1 / mostRating))
    throw badArgument(
      'scale',
      ends.map(String).join(' to '),
      `the lowest and the highest rating, ${ratingWords}, at least ${1 / mostRating} apart`,
    );
  const width = high - low;
  const [mean = low + 0.63 * width, spread = 0.25 * width, strength = 5] = optionValues(
    prior,
    'mean spread strength',
    'prior',
  );
  rangeArgument('prior.mean', mean, low, high);
  rangeArgument('prior.spread', spread, 1e-6 * width, width);
  rangeArgument('prior.strength', strength, leastStrength, 1e6);
  return { low, high, prior: { mean, spread, strength } };
}

/**
 * Mean and spread of a person's ratings, each shrunk to the prior by its strength k: (sum r + k mean) / (n +
 * k), and of squares of differences likewise.
 * @param {readonly number[]} stars
 * @param {StylePrior} prior
 * @returns {Style}
 */
function shrunk(stars, { mean: usual, spread, strength }) {
  const n = stars.length + strength;
  const mean = (stars.reduce((sum, r) => sum + r, 0) + strength * usual) / n;
  const squares = stars.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  return { mean, spread: Math.sqrt((squares + strength * spread ** 2) / n), ratings: stars.length };
}

/**
 * The preference of a rating: the stars that an average rater would have given, r' = mean_0 + spread_0 (r -
 * mean) / spread, on the scale of `profile.rate`, -1 at its lowest and 1 at its highest.
 * @param {Rule} rule
 * @param {Style} style
 * @param {number} stars
 */
function preferenceOf({ low, high, prior }, { mean, spread }, stars) {
  const average = prior.mean + (prior.spread * (stars - mean)) / spread;
  return Math.max(-1, Math.min(1, (2 * average - low - high) / (high - low)));
}

/**
 * How a person rates.
 * @param {Iterable<Rating>} list
 * @param {RatingOptions} [options]
 * @returns {Style}
 */
export function styleOf(list, options = {}) {
  const rule = ruleOf(options);
  const stars = listArgument('ratings', list).map((rating) => ratingArgument(rule, rating)[1]);
  return shrunk(stars, rule.prior);
}

/**
 * @param {Rule} rule
 * @param {Rating} rating
 * @returns {[id: string, stars: number, facts: Partial<EventFacts>]}
 */
function ratingArgument(rule, rating) {
  const [item, stars, weight, at] = optionValues(rating, 'item stars weight at', 'rating');
  const id = itemId(item);
  rangeArgument(`rating of ${id}`, stars, rule.low, rule.high);
  const facts = { ...(weight !== undefined && { weight }), ...(at !== undefined && { at }) };
  eventArgument({ item: id, ...facts });
  return [id, stars, facts];
}

/**
 * What people's ratings say of how people rate: means of means and of variances, and the strength at which
 * the means of so many ratings say as much as the prior, the variance within people over that between them.
 * Throws BAD_ARGUMENT where each person's ratings are all alike: they do not say how people rate.
 * @param {Iterable<Iterable<number>>} people the stars of each
 * @returns {StylePrior}
 */
export function stylePriorOf(people) {
  const lists = listArgument('people', people)
    .map((stars) => listArgument('stars', stars))
    .filter((stars) => stars.length > 1);
  if (lists.length < 2)
    throw badArgument('people', lists.length, 'two or more people with two or more ratings each');
  const odd = lists.flat().findIndex((stars) => !isRating(stars));
  if (odd >= 0) throw badArgument('people', lists.flat()[odd], ratingWords);
  const mean = (/** @type {readonly number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
  const means = lists.map(mean);
  const within = mean(lists.map((stars, u) => mean(stars.map((r) => (r - means[u]) ** 2))));
  if (!(within > 0))
    throw badArgument(
      'people',
      'ratings of each that are all alike',
      'some that differ, to say how people rate',
    );
  const middle = mean(means);
  const noise = mean(lists.map((stars) => within / stars.length));
  const between = Math.max(mean(means.map((m) => (m - middle) ** 2)) - noise, within / mostStrength);
  return { mean: middle, spread: Math.sqrt(within), strength: Math.max(within / between, leastStrength) };
}

/** The ratings of one person, in a profile. Make one with `ratings`. */
export class PersonalRatings extends Bound {
  #profile;
  #rule;
  /** @type {Map<string, number>} */ #stars = new Map();

  /**
   * @param {Profile} profile
   * @param {Rule} rule
   */
  constructor(profile, rule) {
    super();
    this.#profile = profile;
    this.#rule = rule;
  }

  /** How this person rates, by the ratings that are in the profile still. */
  get style() {
    return shrunk([...this.#there().values()], this.#rule.prior);
  }

  /**
   * The ratings, to be kept by the app and given to `ratings` again.
   * @returns {{ item: string, stars: number }[]}
   */
  get list() {
    return [...this.#there()].map(([item, stars]) => ({ item, stars }));
  }

  /** What the profile does not have any more says nothing. */
  #there() {
    const there = new Set(this.#profile.history.map(({ item }) => item));
    return new Map([...this.#stars].filter(([id]) => there.has(id)));
  }

  /**
   * Add a rating, or change one; what the others say is worked out anew.
   * @param {Rating} rating
   */
  add(rating) {
    return this.addAll([rating]);
  }

  /**
   * As one change of the profile: those who listen are called once, `undo` takes all of it back.
   * @param {Iterable<Rating>} list
   * @returns {this}
   */
  addAll(list) {
    const fresh = listArgument('ratings', list).map((rating) => ratingArgument(this.#rule, rating));
    const stars = new Map([
      ...this.#there(),
      ...fresh.map(([id, given]) => /** @type {const} */ ([id, given])),
    ]);
    if (fresh.length > 0)
      this.#become(stars, (events) => {
        // What is not said of an event that is there stays as it is.
        for (const [id, , facts] of fresh) {
          const { weight = 1, at = null } = events.get(id) ?? {};
          events.set(id, { item: id, weight, at, preference: 0, ...facts });
        }
      });
    return this;
  }

  /**
   * Take a rating back, with its event; false when it was not there.
   * @param {string | number} item
   */
  remove(item) {
    const id = itemId(item);
    const stars = this.#there();
    const found = stars.delete(id);
    if (found) this.#become(stars, (events) => events.delete(id));
    return found;
  }

  /** What it is: how many ratings, of what mean. No item is named: logs travel. */
  toString() {
    const { ratings: n, mean } = this.style;
    return `PersonalRatings { ratings: ${n}, mean: ${mean.toFixed(2)} }`;
  }

  /**
   * @param {Map<string, number>} stars
   * @param {(events: Events) => void} change
   */
  #become(stars, change) {
    const before = this.#stars;
    const style = shrunk([...stars.values()], this.#rule.prior);
    this.#stars = stars;
    try {
      changeAtOnce(
        this.#profile,
        (events) => {
          change(events);
          for (const [id, given] of stars) {
            const event = /** @type {{ item: string } & EventFacts} */ (events.get(id));
            events.set(id, { ...event, preference: preferenceOf(this.#rule, style, given) });
          }
        },
        () => {
          this.#stars = before;
        },
      );
    } catch (error) {
      this.#stars = before;
      throw error;
    }
  }
}

/**
 * Ratings by stars in a profile, by the person's own style: a 3 of somebody who gives threes to what they
 * like is no 3 of somebody who gives fives. Each event's preference is worked out anew when ratings come or
 * go.
 * @param {Profile} profile
 * @param {Iterable<Rating>} [list]
 * @param {RatingOptions} [options]
 */
export const ratings = (profile, list = [], options = {}) =>
  new PersonalRatings(profileArgument(profile), ruleOf(options)).addAll(list);
