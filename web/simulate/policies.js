// Owns the ways of making lists that a simulation compares. Must not know what people take from them.
import { badArgument, functionArgument, listArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { below } from '../core/random.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { ProfileOptions, RecommendOptions } from '../model/types.js' */
/**
 * @typedef {object} ListContext
 * @property {string[]} exclude what is not to be shown: what the person has had, also where the profile
 *   forgot it, and what was shown of late
 * @property {() => number} random the person's own lots of this round
 * @property {number} round from 1
 * @property {Model} model
 */
/**
 * @typedef {(profile: Profile, k: number, context: ListContext) => Iterable<string | number>} ListMaker makes
 *   the list of one person in one round: at most k ids, best first
 */
/**
 * @typedef {object} Policy
 * @property {string} name
 * @property {ListMaker} list ids, best first
 * @property {ProfileOptions} [profile] how profiles are made
 * @property {(profile: Profile) => unknown} [after] each round, when the profile has what was taken: what it
 *   forgets
 */

/** @param {Iterable<{ item: string }>} items */
const idsOf = (items) => Array.from(items, ({ item }) => item);

/**
 * @param {RecommendOptions} options
 * @returns {ListMaker}
 */
const recommending =
  (options) =>
  (profile, topK, { exclude }) =>
    idsOf(profile.recommend({ topK, exclude, ...options }).items);
const byScore = recommending({ proportional: 0 });

/**
 * Each place goes to an item of the whole catalogue in so many of a hundred cases.
 * @param {number} often
 * @returns {ListMaker}
 */
const sometimesOther = (often) => (profile, k, context) => {
  const list = [...byScore(profile, k, context)];
  const all = context.model.ids();
  const without = new Set([...list, ...context.exclude]);
  return list.map((item) => {
    if (context.random() >= often) return item;
    const other = all[below(context.random, all.length)];
    if (without.has(other)) return item;
    without.add(other);
    return other;
  });
};

/**
 * @param {'thompson' | 'ucb'} by
 * @param {number} strength
 * @returns {ListMaker}
 */
const exploring = (by, strength) => (profile, k, context) => {
  const seed = below(context.random, 2 ** 32);
  return recommending({ proportional: 0, explore: { by, seed, strength } })(profile, k, context);
};

/** @param {Profile} profile @param {number} keep */
const dropAllBut = (profile, keep) => {
  const old = profile.history.slice(0, Math.max(0, profile.size - keep));
  for (const { item } of old) profile.remove(item);
};

/** @type {ListMaker} */
const popular = (_, topK, { exclude, model }) => {
  const nobody = model.createProfile();
  const { items } = nobody.recommend({ topK, exclude });
  nobody.dispose();
  return idsOf(items);
};

/**
 * By name: what a number after = means, from where to where, its default, and the policy.
 * @type {Record<string, { low?: number, high?: number, usual?: number, whole?: boolean,
 *   make: (value: number) => Omit<Policy, 'name'> }>}
 */
const builtIn = {
  one: { make: () => ({ profile: { personas: 1 }, list: byScore }) },
  personas: { make: () => ({ list: byScore }) },
  proportional: {
    ...{ low: 0, high: 1, usual: 0.5 },
    make: (proportional) => ({ list: recommending({ proportional }) }),
  },
  calibrate: {
    ...{ low: 0, high: 1, usual: 0.5 },
    make: (calibrate) => ({ list: recommending({ calibrate }) }),
  },
  epsilon: { low: 0, high: 1, usual: 0.1, make: (often) => ({ list: sometimesOther(often) }) },
  thompson: { low: 0, high: 100, usual: 1, make: (x) => ({ list: exploring('thompson', x) }) },
  ucb: { low: 0, high: 100, usual: 1, make: (x) => ({ list: exploring('ucb', x) }) },
  ring: {
    ...{ low: 1, high: 50000, usual: 20, whole: true },
    make: (ring) => ({ profile: { ring }, list: byScore }),
  },
  forget: { make: () => ({ list: byScore, after: (profile) => profile.forget() }) },
  session: {
    ...{ low: 1, high: 50000, usual: 5, whole: true },
    make: (keep) => ({ list: byScore, after: (profile) => dropAllBut(profile, keep) }),
  },
  popular: { make: () => ({ list: popular }) },
};
export const policyNames = Object.keys(builtIn);

/**
 * @param {string} text such as proportional=0.3
 * @returns {Policy}
 */
function namedPolicy(text) {
  const [, name, number] = /^([a-z]+)(?:=(\d*\.?\d+))?$/.exec(text) ?? [];
  if (name === undefined || !Object.hasOwn(builtIn, name))
    throw badArgument('policies', text, `one of ${policyNames.join(', ')}, or a function`);
  const { low, high, usual = 0, whole, make } = builtIn[name];
  const value = number === undefined ? usual : Number(number);
  if (number !== undefined && low === undefined) throw badArgument('policies', text, `${name} alone`);
  if (low !== undefined && (value < low || value > Number(high) || (whole && value % 1 !== 0)))
    throw badArgument('policies', text, `${name}=${low} to ${name}=${high}${whole ? ', whole' : ''}`);
  return { name: text, ...make(value) };
}

/**
 * @param {unknown} given
 * @param {number} i
 * @returns {Policy}
 */
function policyArgument(given, i) {
  if (typeof given === 'string') return namedPolicy(given);
  if (typeof given === 'function')
    return { name: given.name || `policy ${i + 1}`, list: /** @type {ListMaker} */ (given) };
  const policy = optionsArgument(/** @type {Policy} */ (given), 'name list profile after', 'policies');
  if (typeof policy.name !== 'string') throw badArgument('policies', policy.name, 'a name');
  functionArgument('policies', policy.list ?? null);
  functionArgument('policies', policy.after);
  return policy;
}

/**
 * @param {Model} model
 * @param {Iterable<string | ListMaker | Policy> | undefined} given
 * @returns {Policy[]}
 */
export function policiesArgument(model, given) {
  const calibrated = model.taste && model.info.aspects > 0 ? ['calibrate'] : [];
  const usual = ['one', 'personas', 'proportional', ...calibrated, 'epsilon'];
  const policies = listArgument('policies', given ?? usual).map(policyArgument);
  if (policies.length === 0) throw badArgument('policies', 'none', 'at least one');
  const twice = policies.find(({ name }, i) => policies.findIndex((other) => other.name === name) !== i);
  if (twice) throw badArgument('policies', twice.name, 'each name once');
  return policies;
}
