// Owns `npm run bench:private`: what each way to remember less of people costs, NDCG@20 against the AUC of
// the membership attack. Must not choose a setting.
import { existsSync } from 'node:fs';
import { membershipAttack } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { demoInteractions, demoSettings, loadFilms } from '../../examples/demo/train.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { below, seededRandom } from '../../web/core/random.js';
import { itemsByPerson } from '../../web/evaluate/people.js';
import { figure, markdownTable } from './accuracy/text.js';
import { mean, ndcgOf, peopleOf, withModel } from './asked.js';
import { benchArguments, publish } from './results.js';

/** @import { Interactions, TrainOptions } from '../../web/train.js' */
/** @import { Asked } from './asked.js' */
/**
 * @typedef {object} Way
 * @property {string} [name] default: its settings
 * @property {TrainOptions} settings
 * @property {number} [pairs] co-occurrence: how many people must have a pair of items
 */
/**
 * @typedef {object} Task
 * @property {string} title
 * @property {Interactions} history
 * @property {Interactions} heldOut
 * @property {TrainOptions} options
 * @property {TrainOptions[]} more settings of this set alone
 * @property {number} folds of the attack
 */

const { data, write, people, set } = benchArguments({
  people: { type: 'string', default: '150' },
  set: { type: 'string' },
});
/** How many people NDCG is the mean of. */
const ranked = 1000;

/** @type {TrainOptions[]} */
const settingsOfAll = [{}, { private: true }, { dim: 16 }, { lambda: 0.01 }];
/** @type {Way[]} */
const pairWays = [
  ...[2, 3, 5, 10].map((pairs) => ({ name: `pairs of ${pairs} people`, settings: {}, pairs })),
  { name: 'private, pairs of 5 people', settings: { private: true }, pairs: 5 },
];

/**
 * Events in two parts, a fifth at random held out.
 * @param {Interactions} all
 * @param {(x: number) => boolean} [counts] which rows count
 */
function halves(all, counts = () => true) {
  const random = seededRandom(1);
  const rows = Array.from(all.user, (_, x) => x).filter(counts);
  const lot = new Map(rows.map((x) => [x, below(random, 5)]));
  const part = (/** @type {(x: number) => boolean} */ keep) => {
    const kept = rows.filter(keep);
    return {
      users: all.users,
      items: all.items,
      user: kept.map((x) => all.user[x]),
      item: kept.map((x) => all.item[x]),
    };
  };
  return { history: part((x) => lot.get(x) !== 0), heldOut: part((x) => lot.get(x) === 0) };
}

/**
 * Minimum support by co-occurrence: an event stays only where at least half of the pairs that it makes with
 * the other events of its person are had by so many people. Nothing is drawn, and the order does not matter.
 * @param {Interactions} all
 * @param {number} people
 * @returns {Interactions}
 */
function withSupportedPairs(all, people) {
  const lists = all.users.map(() => /** @type {number[]} */ ([]));
  for (let x = 0; x < all.user.length; x++) lists[all.user[x]].push(all.item[x]);
  const n = all.items.length;
  const together = new Uint16Array(n * n);
  for (const list of lists) for (const i of list) for (const j of list) together[i * n + j]++;
  const stays = lists.map((list) => {
    const shared = (/** @type {number} */ i) => list.filter((j) => j !== i && together[i * n + j] >= people);
    return new Set(list.filter((i) => 2 * shared(i).length >= list.length - 1));
  });
  const rows = Array.from(all.user, (_, x) => x).filter((x) => stays[all.user[x]].has(all.item[x]));
  return {
    users: all.users,
    items: all.items,
    user: rows.map((x) => all.user[x]),
    item: rows.map((x) => all.item[x]),
  };
}

/** @returns {Promise<Task | null>} */
async function movieLens1M() {
  const folder = `${data}/ml1m-leaderboard`;
  if (!existsSync(folder)) return null;
  const [history, heldOut] = await Promise.all(
    ['train', 'validation'].map((part) => readRatings(`${folder}/${part}.txt`, { format: 'list' })),
  );
  const more = [{ minSupport: 200 }, { supportLambda: 100 }, { supportLambda: 300 }];
  return { title: 'MovieLens 1M', history, heldOut, options: {}, more, folds: 1 };
}

/** @returns {Promise<Task | null>} */
async function latestSmall() {
  const folder = `${data}/ml-latest-small`;
  if (!existsSync(folder)) return null;
  const ratings = await readRatings(`${folder}/ratings.csv`);
  const parts = halves(ratings, (x) => Number(ratings.rating?.[x]) >= 3);
  const more = [{ minSupport: 40 }, { supportLambda: 40 }, { supportLambda: 150 }];
  return { title: 'latest-small', ...parts, options: {}, more, folds: 1 };
}

/** @returns {Promise<Task>} */
async function demo() {
  const films = await loadFilms();
  const parts = halves(demoInteractions(films, demoPeople(films, { seed: 1 })));
  const more = [{ supportLambda: 60 }, { supportLambda: 400 }];
  return { title: 'demo', ...parts, options: demoSettings, more, folds: 1 };
}

const three = (/** @type {number} */ value) => value.toFixed(3).replace(/^0/, '');
const nameOf = (/** @type {Way} */ { name, settings }) =>
  name ??
  (Object.entries(settings)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`))
    .join(', ') ||
    'as it is');

/**
 * The AUC of the stronger of an attack with and without comparison model, of the strongest of those named.
 * @param {Record<string, number>} attacks
 * @param {string[]} names
 */
const strongestOf = (attacks, ...names) =>
  Math.max(...names.flatMap((name) => [attacks[name], attacks[`calibrated ${name}`]]));

/**
 * @param {Task} task
 * @param {Asked[]} asked
 * @param {Way} way
 */
async function measure({ history, options, folds }, asked, way) {
  const chosen = { ...options, ...way.settings, clusters: 0 };
  const { pairs } = way;
  const prepare = (/** @type {Interactions} */ all) => (pairs ? withSupportedPairs(all, pairs) : all);
  const { bytes, settings } = await trainModel(prepare(history), chosen);
  const ndcg = await withModel(bytes, (model) => mean(ndcgOf(model, asked)));
  const attack = await membershipAttack(history, chosen, { people: Number(people), folds, prepare });
  return { ndcg, attack, settings };
}

/** @param {Task} task */
async function tableOf(task) {
  const asked = peopleOf(itemsByPerson(task.history), task.heldOut, ranked);
  /** @type {string[][]} */
  const rows = [];
  let first = 0;
  for (const way of [...[...settingsOfAll, ...task.more].map((settings) => ({ settings })), ...pairWays]) {
    const { ndcg, attack, settings } = await measure(task, asked, way);
    const { attacks } = attack;
    first ||= ndcg;
    const chose = way.settings.private ? ` (supportLambda ${settings.supportLambda})` : '';
    const change = (100 * (ndcg / first - 1)).toFixed(1);
    const alone = Object.entries(attacks).flatMap(([name, of]) => (name.startsWith('cal') ? [] : [of]));
    rows.push([
      nameOf(way) + chose,
      figure(ndcg),
      `${Number(change) > 0 ? '+' : ''}${change} %`,
      `${three(attack.auc)} (${three(attack.low)} to ${three(attack.high)})`,
      three(strongestOf(attacks, 'rank', 'margin', 'fit')),
      three(strongestOf(attacks, 'cosine')),
      three(strongestOf(attacks, 'rare cosine')),
      three(Math.max(...alone)),
    ]);
    process.stderr.write(`${task.title}: ${rows.at(-1)?.join('  ')}\n`);
  }
  const head = [
    '',
    'NDCG@20',
    'change',
    'AUC, strongest (95 %)',
    'by scores',
    'by cosines',
    'of rare items',
    'strongest without comparison model',
  ];
  return `${task.title}:\n\n${markdownTable(head, rows)}`;
}

const makers = { 'ml1m-leaderboard': movieLens1M, 'ml-latest-small': latestSmall, demo };
/** @type {string[]} */
const tables = [];
for (const [name, make] of Object.entries(makers)) {
  if (set !== undefined && set !== name) continue;
  const task = await make();
  if (task) tables.push(await tableOf(task));
  else process.stdout.write(`skipped: no ${data}/${name} (npm run bench:private -- --data FOLDER)\n`);
}
publish(
  'private',
  [
    `NDCG@20 by score, models trained on everybody, up to ${ranked} people: the validation part of ` +
      'MovieLens 1M, a random fifth of the others.',
    `Attack as in METRICS.md, ${people} people a side, on halves of the people; \`private\` chooses its ` +
      '`supportLambda` anew for each half, the one in brackets is that',
    'of the model. Otherwise defaults, of the demo its own settings. Pairs of k people: an event is left ' +
      'out of each training where fewer than half of its',
    'pairs with other events of the person are had by k people.',
    '',
    tables.join('\n\n'),
  ].join('\n'),
  { write },
);
