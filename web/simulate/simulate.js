// Owns the loop: rounds in which simulated people take from what a policy recommends. Must not decide what
// they take or how lists are made.
import {
  badArgument,
  countArgument,
  functionArgument,
  itemId,
  listArgument,
  rangeArgument,
} from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { idAt } from '../core/kernel.js';
import { optionsArgument } from '../core/options.js';
import { personRandom } from '../core/random.js';
import { likeliest, likingOf } from './choice.js';
import { indicesOf, recognisedBy } from './consistency.js';
import { byArgument, crowdOf, drawPeople } from './people.js';
import { policiesArgument } from './policies.js';
import { retrained } from './retrain.js';
import { entropyOf, meanOf } from './figures.js';
import { roundFigures, visit } from './round.js';
import { worldOf } from './world.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { TrainOptions } from '../train.js' */
/** @import { Consistency } from './consistency.js' */
/** @import { SimulatedPeople, SimulatedPerson } from './people.js' */
/** @import { ListMaker, Policy } from './policies.js' */
/** @import { RoundFigures, Habits, Visit, Visitor } from './round.js' */
/** @import { Support } from './support.js' */
/** @import { World } from './world.js' */
/**
 * @typedef {object} SimulateOptions
 * @property {number} [rounds] 1 to 1,000, default 20
 * @property {number | SimulatedPeople} [people] how many, default 100, or those of `simulatePeople`
 * @property {'coverage' | 'density'} [by] how they are drawn, default 'coverage'
 * @property {Iterable<string | ListMaker | Policy>} [policies] names (one, personas, proportional=0.5,
 *   calibrate=0.5, epsilon=0.1, thompson=1, ucb=1, ring=20, forget, session=5, popular) or functions
 *   `(profile, k) => ids`; default: one, personas, proportional, calibrate where there are aspects, epsilon
 * @property {number} [topK] length of the lists, 1 to 1,000, default 10
 * @property {number} [start] events of the history that profiles begin with, default 10
 * @property {number} [look] the place at rank r is looked at in r^-look of all cases, 0 to 10, default 0.5
 * @property {number} [takes] at most so many of a list, 1 to 1,000, default 3
 * @property {number} [elsewhere] how often a person takes something of their own in a round, 0 to 1, default
 *   0.1
 * @property {number} [rest] for so many rounds what was shown and not taken is not shown again, 0 to 1,000,
 *   default 3
 * @property {boolean | TrainOptions} [retrain] train a model on everybody's events before each round; true:
 *   of the width of this model
 * @property {number} [seed] default 1
 * @property {(progress: { stage: string, done: number, total: number }) => void} [onProgress] told how far
 *   it is
 * @property {AbortSignal} [signal]
 */
/**
 * @typedef {object} PolicyRun
 * @property {string} name
 * @property {RoundFigures[]} rounds
 * @property {Omit<RoundFigures, 'round'>} mean over the rounds
 * @property {number | null} across how often a person's picks of the second half of the rounds are nearer to
 *   their own history than those of another are; .5 as chance has it
 * @property {{ hits: number[], regret: number[], tdd: (number | null)[] }} byPerson means over the rounds
 */
/**
 * @typedef {object} Simulation JSON as it stands
 * @property {Record<string, unknown>} settings
 * @property {Consistency} consistency of the people before the first round
 * @property {Support} support
 * @property {{ minority: number | null, tasteEntropy: number }} truth true share of tastes other than the
 *   largest, and the entropy of the histories
 * @property {PolicyRun[]} policies
 */

const names = 'rounds people by policies topK start look takes elsewhere rest retrain seed onProgress signal';
/** Likings of all people are kept: numbers of 5 bytes each. */
const mostLikings = 2 ** 26;
const turnMs = 50;

/**
 * @param {string} name
 * @param {number} value
 * @param {number} high
 */
function countUpTo(name, value, high) {
  if (countArgument(name, value) < 1 || value > high) throw badArgument(name, value, `1 to ${high}`);
  return value;
}

/**
 * @param {Model} model
 * @param {SimulateOptions} options
 */
function settingsOf(model, options) {
  const given = optionsArgument(options, names);
  const { n } = worldOf(model);
  const { rounds = 20, topK = 10, start = 10, look = 0.5, takes = 3, elsewhere = 0.1, seed = 1 } = given;
  const { retrain = false, rest = 3, signal, onProgress, by, people = 100 } = given;
  countUpTo('rounds', rounds, 1000);
  countUpTo('topK', topK, 1000);
  countUpTo('takes', takes, 1000);
  countArgument('start', start);
  if (countArgument('rest', rest) > 1000) throw badArgument('rest', rest, '0 to 1000');
  rangeArgument('look', look, 0, 10);
  rangeArgument('elsewhere', elsewhere, 0, 1);
  functionArgument('onProgress', onProgress);
  if (signal !== undefined) functionArgument('signal', signal?.throwIfAborted ?? null);
  if (typeof retrain !== 'boolean' && (typeof retrain !== 'object' || retrain === null))
    throw badArgument('retrain', retrain, 'true, false, or settings of a training');
  const policies = policiesArgument(model, given.policies);
  checkSize(typeof people === 'number' ? people : people?.people?.length, n);
  const drawn = { people: typeof people === 'number' ? people : 0, by: byArgument(by), seed };
  const crowd = typeof people === 'number' ? undefined : crowdArgument(worldOf(model), people, seed);
  const settings = { rounds, topK, start, look, takes, elsewhere, rest, seed, by: crowd?.by ?? drawn.by };
  return { settings, retrain, policies, crowd, drawn, signal, onProgress };
}

/**
 * @param {number} people
 * @param {number} items
 */
function checkSize(people, items) {
  if (people * items > mostLikings)
    throw new AmpcfError('LIMIT', `people times items: got ${people * items}, wanted at most ${mostLikings}`);
}

/**
 * People may have been edited, or written by hand.
 * @param {World} world
 * @param {SimulatedPerson} person
 */
function checkPerson({ dim }, person) {
  const { id, tastes, focus, popularity, inside, history } = person ?? {};
  if (typeof id !== 'string') throw badArgument('id of a person', id, 'a text');
  rangeArgument('focus', focus, 0, 50);
  rangeArgument('popularity', popularity, 0, 2);
  rangeArgument('inside', inside, 1, 1000);
  listArgument('history', history);
  const list = listArgument('tastes', tastes);
  if (list.length < 1 || list.length > 255) throw badArgument('tastes', list.length, '1 to 255');
  for (const taste of list) {
    rangeArgument('share', taste?.share, 0, 1);
    const vector = [...listArgument('vector', taste.vector)];
    if (vector.length !== dim || !vector.every(Number.isFinite))
      throw badArgument('vector', vector.length, `${dim} numbers`);
  }
}

/**
 * @param {World} world
 * @param {unknown} given
 * @param {number} seed
 * @returns {SimulatedPeople}
 */
function crowdArgument(world, given, seed) {
  const crowd = /** @type {SimulatedPeople} */ (given);
  countArgument('seed', seed);
  const people = listArgument('people', crowd?.people);
  if (people.length === 0) throw badArgument('people', given, 'a number, or what simulatePeople gave');
  for (const person of people) checkPerson(world, person);
  return crowd;
}

/**
 * What the loop needs of each person.
 * @param {World} world
 * @param {SimulatedPerson} person
 * @param {Habits & { start: number, rounds: number }} settings
 * @returns {Visitor}
 */
function visitorOf(world, person, { start, rounds, topK, takes }) {
  const liking = likingOf(world, person);
  const begun = indicesOf(world, person.history).slice(0, start);
  const taste = new Float64Array(world.size);
  world.categories.forEach((of, j) => of.forEach((a) => (taste[a] += liking.p[j] / of.length)));
  const sum = taste.reduce((a, b) => a + b, 0);
  const shares = person.tastes.map(({ share }) => share);
  const largest = shares.indexOf(Math.max(...shares));
  let minority = 0;
  liking.p.forEach((p, j) => {
    if (liking.owner[j] !== largest) minority += p;
  });
  return {
    ...{ person, liking, largest, minority, start: begun },
    best: likeliest(liking.p, topK + begun.length + rounds * (takes + 1)),
    taste: sum > 0 ? taste.map((x) => x / sum) : null,
  };
}

/**
 * Progress and turns of the event loop, in which an abort can come.
 * @param {Pick<SimulateOptions, 'signal' | 'onProgress'>} options
 * @param {number} total
 */
function paceOf({ signal, onProgress }, total) {
  let last = -Infinity;
  let done = 0;
  return async (/** @type {string} */ stage) => {
    done++;
    signal?.throwIfAborted();
    if (performance.now() - last < turnMs && done < total) return;
    last = performance.now();
    onProgress?.({ stage, done, total });
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    signal?.throwIfAborted();
  };
}

/** @typedef {ReturnType<typeof settingsOf>} Settings */
/**
 * What one policy has while it runs.
 * @typedef {object} Run
 * @property {World} world
 * @property {Settings} settings
 * @property {Policy} policy
 * @property {Visitor[]} visitors
 * @property {Set<number>[]} had by person, in order
 * @property {number[][][]} shown by round and person
 * @property {(stage: string) => Promise<void>} pace
 */

/**
 * One round of everybody.
 * @param {Run} run
 * @param {number} round
 * @param {Model} model
 * @param {Profile[]} profiles
 */
async function playRound(
  { world, settings: { settings }, policy, visitors, had, shown, pace },
  round,
  model,
  profiles,
) {
  const visits = /** @type {Visit[]} */ ([]);
  const lists = /** @type {number[][]} */ ([]);
  const bytes = /** @type {number[]} */ ([]);
  const idOf = (/** @type {number} */ j) => idAt(world.model.kernel, j);
  for (const [i, visitor] of visitors.entries()) {
    const random = personRandom(settings.seed, `${visitor.person.id} ${round}`);
    const resting = shown.slice(Math.max(0, shown.length - settings.rest)).flatMap((lists) => lists[i]);
    const exclude = [...new Set([...had[i], ...resting])].map(idOf);
    const made = listArgument(
      'list of a policy',
      policy.list(profiles[i], settings.topK, { exclude, random, round, model }),
    );
    const list = [...new Set(indicesOf(world, made.map(itemId)))].slice(0, settings.topK);
    // What people do is drawn by lots of its own, so that each policy meets the same people.
    const lots = personRandom(settings.seed, `${visitor.person.id} takes ${round}`);
    const seen = await visit(world, visitor, list, had[i], settings, lots);
    for (const j of [...seen.taken, ...seen.elsewhere]) profiles[i].add(idOf(j));
    policy.after?.(profiles[i]);
    visits.push(seen);
    lists.push(list);
    bytes.push(profiles[i].save().length);
    await pace(policy.name);
  }
  shown.push(lists);
  return { visits, figures: roundFigures(round, visits, lists, bytes, world) };
}

/**
 * @param {Run} run
 * @param {Model} model
 * @returns {Profile[]}
 */
const profilesOf = ({ world, policy, had }, model) =>
  had.map((events) => {
    const profile = model.createProfile([], policy.profile);
    for (const j of events) profile.add(idAt(world.model.kernel, j));
    policy.after?.(profile);
    return profile;
  });

/**
 * All rounds under one policy.
 * @param {Run} run
 */
async function playAll(run) {
  const { world, settings, had } = run;
  const all = /** @type {Visit[][]} */ ([]);
  const rounds = /** @type {RoundFigures[]} */ ([]);
  let model = world.model;
  /** @type {Profile[]} */ let profiles = [];
  try {
    for (let round = 1; round <= settings.settings.rounds; round++) {
      if (settings.retrain || round === 1) {
        for (const profile of profiles) profile.dispose();
        const next = settings.retrain ? await retrained(world, had, settings.retrain, settings) : model;
        if (model !== world.model) model.dispose();
        model = next;
        profiles = profilesOf(run, model);
      }
      const { visits, figures } = await playRound(run, round, model, profiles);
      all.push(visits);
      rounds.push(figures);
    }
  } finally {
    for (const profile of profiles) profile.dispose();
    if (model !== world.model) model.dispose();
  }
  return { all, rounds };
}

/**
 * @param {RoundFigures[]} rounds
 * @returns {Omit<RoundFigures, 'round'>}
 */
function meanRound(rounds) {
  const { round, ...first } = rounds[0];
  const keys = /** @type {(keyof typeof first)[]} */ (Object.keys(first));
  return /** @type {any} */ (
    Object.fromEntries(keys.map((key) => [key, meanOf(rounds.map((of) => of[key]))]))
  );
}

/**
 * @param {Run} run
 * @returns {Promise<PolicyRun>}
 */
async function runOf(run) {
  const { world, policy, visitors } = run;
  const { all, rounds } = await playAll(run);
  const late = all.slice(all.length >> 1);
  const own = (/** @type {number} */ i, /** @type {(visit: Visit) => number | null} */ of) =>
    meanOf(all.map((visits) => of(visits[i])));
  const everybody = [...visitors.keys()];
  const picks = everybody.map((i) => late.flatMap((visits) => [...visits[i].taken, ...visits[i].elsewhere]));
  return {
    name: policy.name,
    rounds,
    mean: meanRound(rounds),
    across: recognisedBy(
      world,
      visitors.map(({ start }) => start),
      picks,
    ),
    byPerson: {
      hits: everybody.map((i) => own(i, ({ hits }) => hits) ?? 0),
      regret: everybody.map((i) => own(i, ({ regret }) => regret) ?? 0),
      tdd: everybody.map((i) => own(i, ({ tdd }) => tdd)),
    },
  };
}

/**
 * Rounds in which people take from what is recommended, for each policy with the same people and the same
 * lots. web/simulate/SIMULATE.md says how they choose and what each figure means.
 * @param {Model} model
 * @param {SimulateOptions} [options]
 * @returns {Promise<Simulation>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT; LIMIT: people times items above 2^26; what
 *   policies throw; an abort rejects with its reason
 */
export async function simulate(model, options = {}) {
  const settings = settingsOf(model, options);
  const world = worldOf(model);
  const { policies, signal, onProgress, drawn } = settings;
  const total = settings.crowd?.people.length ?? drawn.people;
  const pace = paceOf({ signal, onProgress }, total * (1 + policies.length * settings.settings.rounds));
  const people = /** @type {SimulatedPerson[]} */ ([]);
  const visitors = /** @type {Visitor[]} */ ([]);
  for (const person of settings.crowd?.people ?? drawPeople(model, drawn)) {
    people.push(person);
    visitors.push(visitorOf(world, person, settings.settings));
    await pace('people');
  }
  const crowd = settings.crowd ?? crowdOf(model, people, drawn.by);
  const runs = [];
  for (const policy of policies) {
    const had = visitors.map(({ start }) => new Set(start));
    runs.push(await runOf({ world, settings, policy, visitors, had, shown: [], pace }));
  }
  const several = visitors.map((v) => (v.person.tastes.length > 1 ? v.minority : null));
  return {
    settings: { ...settings.settings, people: visitors.length, retrain: settings.retrain },
    consistency: crowd.consistency,
    support: crowd.support,
    truth: {
      minority: meanOf(several),
      tasteEntropy: meanOf(visitors.map((v) => entropyOf(world, v.start))) ?? 0,
    },
    policies: runs,
  };
}
