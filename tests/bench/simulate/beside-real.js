// Owns the comparison of simulated people with real ones: histories, and how much of the tastes they have.
// Must not simulate rounds.
import { simulatePeople, supportOf } from '../../../dist/simulate.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { quantile } from '../../../web/core/quantile.js';
import { consistencyOf, indicesOf } from '../../../web/simulate/consistency.js';
import { entropyOf } from '../../../web/simulate/figures.js';
import { centreOf, dotAt, worldOf } from '../../../web/simulate/world.js';
import { markdownTable } from '../accuracy/text.js';

/** @import { World } from '../../../web/simulate/world.js' */
/** @import { RealSet } from './sets.js' */

/** Lists are compared at this length: longer ones are more even. */
const length = 20;
const nearest = 5;
const mean = (/** @type {number[]} */ of) => of.reduce((a, b) => a + b, 0) / Math.max(1, of.length);

/**
 * Mean cosine of the items of a list.
 * @param {World} world
 * @param {number[]} list
 */
function coherence({ unit, dim }, list) {
  const at = (/** @type {number} */ j) => unit.subarray(j * dim, (j + 1) * dim);
  return mean(list.flatMap((a, i) => list.slice(i + 1).map((b) => dotAt(at(a), b * dim, unit))));
}

/**
 * @param {World} world
 * @param {string[][]} histories
 */
function shapeOf(world, histories) {
  const lists = histories.map((ids) => indicesOf(world, ids));
  const sorted = Float64Array.from(lists, (list) => list.length).sort();
  const short = lists
    .filter((list) => list.length >= length)
    .map((list, i) => sampleOf(list, length, seededRandom(i)));
  const shuffled = histories.map((ids, i) => sampleOf(ids, length, seededRandom(i)));
  const { within } = consistencyOf(
    world,
    shuffled.map((history) => ({ history, says: [] })),
  );
  return [
    [0.1, 0.5, 0.9].map((share) => Math.round(quantile(sorted, share))).join(' / '),
    mean(lists.map((list) => mean(list.map((j) => j / world.n)))).toFixed(3),
    mean(short.map((list) => entropyOf(world, list))).toFixed(2),
    mean(short.map((list) => coherence(world, list))).toFixed(3),
    Number(within).toFixed(3),
  ];
}

/**
 * @param {RealSet[]} sets
 * @returns {string}
 */
export function shapes(sets) {
  const rows = sets.flatMap(({ title, model, people }) => {
    const world = worldOf(model);
    const drawn = (/** @type {'coverage' | 'density'} */ by) =>
      simulatePeople(model, { people: people.length, by }).people.map(({ history }) => history);
    return [
      [`**${title}**: real`, ...shapeOf(world, people)],
      ['by density', ...shapeOf(world, drawn('density'))],
      ['by coverage', ...shapeOf(world, drawn('coverage'))],
    ];
  });
  const head = ['', 'events, 10 / 50 / 90 %', 'place of a pick', 'entropy of 20', 'cosine in 20', 'within'];
  return markdownTable(head, rows);
}

/**
 * Share of real people who have a simulated one no farther away than their fifth nearest real one, by the
 * direction of their history; of all, and of the tenth who are farthest from the mean.
 * @param {World} world
 * @param {string[][]} real
 * @param {string[][]} others
 */
function recalled(world, real, others) {
  const { unit, dim } = world;
  const centre = (/** @type {string[]} */ ids) => centreOf(unit, dim, indicesOf(world, ids));
  const [own, drawn] = [real.map(centre), others.map(centre)];
  const middle = centreOf(Float32Array.from(own.flatMap((c) => [...c])), dim, own.keys());
  const found = own.map((c, i) => {
    const near = own.flatMap((other, o) => (o === i ? [] : [dotAt(c, 0, other)])).sort((a, b) => b - a);
    const best = Math.max(...drawn.map((other) => dotAt(c, 0, other)));
    return { isFound: best >= near[nearest - 1], usual: dotAt(c, 0, middle) };
  });
  const odd = [...found].sort((a, b) => a.usual - b.usual).slice(0, Math.ceil(found.length / 10));
  const share = (/** @type {typeof found} */ of) => of.filter(({ isFound }) => isFound).length / of.length;
  return [share(found), share(odd)];
}

/**
 * @param {RealSet[]} sets
 * @param {number} count people of each kind
 * @returns {string}
 */
export function supports(sets, count) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
  const rows = sets.flatMap(({ title, model, people }) => {
    const world = worldOf(model);
    const [first, second] = [people.slice(0, count), people.slice(count, 2 * count)];
    const drawn = (/** @type {'coverage' | 'density'} */ by) =>
      simulatePeople(model, { people: count, by }).people.map(({ history }) => history);
    const kinds = {
      'other real people': second,
      'by density': drawn('density'),
      'by coverage': drawn('coverage'),
    };
    return Object.entries(kinds).map(([name, histories], i) => {
      const { aspects, clusters } = supportOf(model, histories);
      return [
        i === 0 ? `**${title}**: ${name}` : name,
        aspects ? `${percent(aspects.covered)}, ${percent(aspects.rare)}` : '',
        `${percent(clusters.covered)}, ${percent(clusters.rare)}`,
        ...recalled(world, first, histories).map(percent),
      ];
    });
  });
  const head = [
    `${count} people`,
    'aspects, rare ones',
    'clusters, rare ones',
    'real people found',
    'unusual ones found',
  ];
  return markdownTable(head, rows);
}
