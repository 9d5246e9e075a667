// Owns people drawn from a model file that has no people in it: tastes, histories, what they say. Must not
// recommend anything to them.
import { badArgument, countArgument, rangeArgument } from '../core/arguments.js';
import { toDirections } from '../core/directions.js';
import { optionsArgument } from '../core/options.js';
import { below, highestSeed, normal, personRandom, sampleOf, seededRandom } from '../core/random.js';
import { idAt } from '../core/kernel.js';
import { drawn, likingOf, tasteOver } from './choice.js';
import { consistencyOf } from './consistency.js';
import { supportOf } from './support.js';
import { worldOf } from './world.js';

/** @import { Model } from '../model/model.js' */
/** @import { Consistency } from './consistency.js' */
/** @import { Support } from './support.js' */
/** @import { Region, World } from './world.js' */
/**
 * @typedef {object} SimulatedTaste
 * @property {number} share of the person, sum 1
 * @property {'aspect' | 'cluster'} kind of region it lives in
 * @property {string} name of the region: an aspect, or the most popular item of a cluster
 * @property {Float32Array} vector (D) its direction
 */
/**
 * @typedef {object} SimulatedPerson
 * @property {string} id
 * @property {SimulatedTaste[]} tastes one to four
 * @property {number} focus how sharply each taste chooses
 * @property {number} popularity how much popularity counts: 0 not at all, 1 in proportion
 * @property {number} inside how many times as likely an item is where it is of the region
 * @property {string[]} history ids, oldest first
 * @property {string[]} says aspects that the person states; none where the model has none
 */
/**
 * @typedef {object} SimulatedPeople
 * @property {'coverage' | 'density'} by
 * @property {SimulatedPerson[]} people
 * @property {Consistency} consistency
 * @property {Support} support
 */
/**
 * @typedef {object} PeopleOptions
 * @property {number} [people] how many, 1 to 100,000; default 100
 * @property {'coverage' | 'density'} [by] 'coverage' (default): every region of taste in turn, mixtures of
 *   one to four in equal numbers; 'density': as popular as the items are
 * @property {number} [seed] default 1; the first people are the same, however many there are
 * @property {number} [events] mean length of a history, 4 to 1,000; default: that of the training where the
 *   file says it, at most 200; else 30
 * @property {number} [focus] 0 to 50, how sharply a taste chooses, default 10
 * @property {number} [popularity] 0 to 2, how much popularity counts, default 1
 */

const names = 'people by seed events focus popularity';
export const mostPeople = 100000;
const mostTastes = 4;
/** How many of a hundred people by density have so many tastes or fewer. */
const tasteCounts = [0.35, 0.65, 0.85, 1];
const leastShare = 0.1;
/** How many times as much an item counts for a taste as the middle of its region. */
const lean = 2;
/** How many times as likely an item is in the region of a taste. */
const inside = { coverage: 20, density: 1.5 };
/** Standard deviation of the logarithm of the length of a history. */
const spread = 1;
const leastEvents = 4;
/** How often people say something that is not so. */
const slips = 0.1;

/**
 * @param {PeopleOptions['by']} by
 */
export function byArgument(by = 'coverage') {
  if (by !== 'coverage' && by !== 'density') throw badArgument('by', by, 'coverage or density');
  return by;
}

/**
 * The model and what is asked of it.
 * @param {Model} model
 * @param {PeopleOptions} options
 */
function settingsOf(model, options) {
  const given = optionsArgument(options, names);
  const { people = 100, seed = 1, focus = 10, popularity = 1 } = given;
  const world = worldOf(model);
  const { users, interactions } = model.info.metadata;
  const counted = Math.min(200, Math.max(leastEvents, Number(interactions) / Number(users) || 30));
  const { events = counted } = given;
  if (countArgument('people', people) < 1 || people > mostPeople)
    throw badArgument('people', people, `1 to ${mostPeople}`);
  const by = byArgument(given.by);
  rangeArgument('seed', countArgument('seed', seed), 0, highestSeed);
  rangeArgument('events', events, leastEvents, 1000);
  rangeArgument('focus', focus, 0, 50);
  rangeArgument('popularity', popularity, 0, 2);
  return { world, people, by, seed, events, focus, popularity };
}

/**
 * Every region once, in another order each time.
 * @param {readonly Region[]} regions
 * @param {number} seed
 */
function* turns(regions, seed) {
  for (let pass = 0; ; pass++)
    yield* sampleOf(regions, regions.length, seededRandom((seed + Math.imul(pass, 0x9e3779b1)) >>> 0));
}

/**
 * An item by popularity, and a region that it is in.
 * @param {World} world
 * @param {() => number} random
 */
function popularAnchor({ popularity, regions }, random) {
  let at = random();
  const item = Math.max(
    0,
    popularity.findIndex((p) => (at -= p) <= 0),
  );
  const its = regions.filter(({ items }) => items.includes(item));
  return { item, region: its[below(random, its.length)] ?? regions[0] };
}

/**
 * A taste between one item and the middle of its region.
 * @param {World} world
 * @param {{ item: number, region: Region }} anchor
 * @returns {Omit<SimulatedTaste, 'share'>}
 */
function tasteAt({ dim, unit }, { item, region: { kind, name, centre } }) {
  return {
    kind,
    name,
    vector: toDirections(
      centre.map((x, d) => x + lean * unit[item * dim + d]),
      dim,
    ),
  };
}

/**
 * Shares that sum to 1, none of them below a tenth: uniform on what is left.
 * @param {number} count
 * @param {() => number} random
 */
function sharesOf(count, random) {
  const lots = Array.from({ length: count }, () => -Math.log(1 - random()));
  const sum = lots.reduce((a, b) => a + b, 0) || 1;
  return lots.map((lot) => leastShare + (1 - leastShare * count) * (lot / sum));
}

/**
 * The aspect of each taste that sets it apart from what is popular; now and then another.
 * @param {World} world
 * @param {SimulatedPerson} person
 * @param {() => number} random
 */
function sayingsOf(world, person, random) {
  const { model, categories, size, popularity } = world;
  if (model.info.aspects !== size || size === 0) return [];
  const sum = (/** @type {ArrayLike<number>} */ p) => {
    const of = new Float64Array(size);
    categories.forEach((list, j) => list.forEach((a) => (of[a] += p[j])));
    return of;
  };
  const usual = sum(popularity);
  const said = person.tastes.map((taste) => {
    if (random() < slips) return below(random, size);
    const own = sum(tasteOver(world, person, taste));
    const worth = own.map((x, a) => (x > 0 ? x * Math.log(x / usual[a]) : 0));
    return worth.indexOf(Math.max(...worth));
  });
  return [...new Set(said)].map((a) => model.aspectNames[a]);
}

/**
 * @param {ReturnType<typeof settingsOf>} settings
 * @param {number} i
 * @param {Iterator<Region>} cycle
 * @returns {SimulatedPerson}
 */
function personOf({ world, by, seed, events, focus, popularity }, i, cycle) {
  const id = `s${i + 1}`;
  const random = personRandom(seed, id);
  const isCoverage = by === 'coverage';
  const lot = random();
  const count = isCoverage ? 1 + (i % mostTastes) : 1 + tasteCounts.findIndex((most) => lot < most);
  const tastes = sharesOf(count, random).map((share) => {
    const region = /** @type {Region} */ (isCoverage ? cycle.next().value : undefined);
    const anchor = region
      ? { item: region.items[below(random, region.items.length)], region }
      : popularAnchor(world, random);
    return { share, ...tasteAt(world, anchor) };
  });
  const own = popularity * (isCoverage ? random() : 1);
  const person = { id, tastes, focus, popularity: own, inside: inside[by], history: [], says: [] };
  const length = Math.round(events * Math.exp(spread * normal(random) - (spread * spread) / 2));
  const most = Math.max(1, Math.floor(world.n / 2));
  const { p } = likingOf(world, person);
  const picks = drawn(p, Math.min(most, Math.max(leastEvents, length)), random);
  const history = picks.map((j) => idAt(world.model.kernel, j));
  return { ...person, history, says: sayingsOf(world, person, random) };
}

/**
 * People drawn from a model file: each has one to four tastes, a history chosen by them, and aspects that it
 * says it likes. Nobody of the training is in it: the file has no people. web/simulate/SIMULATE.md has the
 * mathematics.
 * @param {Model} model
 * @param {PeopleOptions} [options]
 * @returns {SimulatedPeople}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT; DISPOSED
 */
export function simulatePeople(model, options = {}) {
  const people = [...drawPeople(model, options)];
  return crowdOf(model, people, byArgument(options.by));
}

/**
 * One after the other.
 * @param {Model} model
 * @param {PeopleOptions} options
 */
export function* drawPeople(model, options) {
  const settings = settingsOf(model, options);
  const cycle = turns(settings.world.regions, settings.seed);
  for (let i = 0; i < settings.people; i++) yield personOf(settings, i, cycle);
}

/**
 * @param {Model} model
 * @param {SimulatedPerson[]} people
 * @param {'coverage' | 'density'} by
 * @returns {SimulatedPeople}
 */
export function crowdOf(model, people, by) {
  const histories = people.map(({ history }) => history);
  return {
    by,
    people,
    consistency: consistencyOf(worldOf(model), people),
    support: supportOf(model, histories),
  };
}
