// Owns `npm run bench:append`: how well items rank that nobody has used, by what is known of them. Must not
// choose a setting.
import { existsSync } from 'node:fs';
import { metrics } from '../../dist/evaluate.js';
import { appendItems, trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { demoInteractions, demoSettings, loadFilms } from '../../examples/demo/train.js';
import { readGraph } from '../../web/read/read-graph.js';
import { readItems } from '../../web/read/read-items.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { figure, markdownTable } from './accuracy/text.js';
import { cut, withModel } from './asked.js';
import { benchArguments, publish } from './results.js';

/** @import { Model } from 'ampcf' */
/** @import { Interactions, TrainOptions, Triples } from '../../web/train.js' */
/** @typedef {{ history: string[], relevant: Set<string> }} Asked relevant: hidden items that they used */
/** @typedef {NonNullable<TrainOptions['items']>} Facts */
/**
 * @typedef {object} Task
 * @property {string} title
 * @property {Interactions} all
 * @property {Facts} facts
 * @property {TrainOptions} options
 * @property {Triples | null} graph
 */

const { data, write } = benchArguments({});
const hiddenShare = 0.1;
const mostAsked = 1000;
const seed = 1;

/**
 * The rows that count.
 * @param {Interactions} all
 * @param {(user: string, item: string) => boolean} counts
 */
function partOf({ users, items, user, item }, counts) {
  const rows = Array.from(user, (_, x) => x).filter((x) => counts(users[user[x]], items[item[x]]));
  return { users, items, user: rows.map((x) => user[x]), item: rows.map((x) => item[x]) };
}

/**
 * Items that are hidden, and people who are asked about those of them that they used.
 * @param {Interactions} all
 */
function hide(all) {
  const random = seededRandom(seed);
  const hidden = new Set(sampleOf(all.items, Math.round(hiddenShare * all.items.length), random));
  const asked = new Set(sampleOf(all.users, Math.min(mostAsked, all.users.length), random));
  /** @type {Map<string, Asked>} */
  const people = new Map([...asked].map((user) => [user, { history: [], relevant: new Set() }]));
  for (let x = 0; x < all.user.length; x++) {
    const own = people.get(all.users[all.user[x]]);
    const item = all.items[all.item[x]];
    if (hidden.has(item)) own?.relevant.add(item);
    else own?.history.push(item);
  }
  const list = [...people.values()].filter(
    ({ history, relevant }) => history.length > 0 && relevant.size > 0,
  );
  return { hidden, asked, people: list };
}

/**
 * How popular the aspects of each hidden item are: the mean number of people a trained item of an aspect has,
 * the mean of its aspects.
 * @param {Interactions} trained
 * @param {Facts} facts
 */
function aspectPopularity({ items, item }, facts) {
  /** @type {Map<string, number>} */ const people = new Map();
  for (const j of item) people.set(items[j], (people.get(items[j]) ?? 0) + 1);
  /** @type {Map<string, { sum: number, n: number }>} */ const of = new Map();
  for (const [id, count] of people)
    for (const aspect of facts.get(id)?.aspects ?? []) {
      const { sum, n } = of.get(aspect) ?? { sum: 0, n: 0 };
      of.set(aspect, { sum: sum + count, n: n + 1 });
    }
  return (/** @type {string} */ id) => {
    const known = (facts.get(id)?.aspects ?? []).flatMap((aspect) => of.get(aspect) ?? []);
    return known.reduce((sum, each) => sum + each.sum / each.n, 0) / Math.max(1, known.length);
  };
}

/**
 * Recall@20 of hidden items, among all items and among the hidden ones, and their part of the lists.
 * @param {readonly Asked[]} people
 * @param {Set<string>} hidden
 * @param {(person: Asked, candidates: string[]) => string[]} listOf the best first
 * @param {string[]} catalogue
 */
function measure(people, hidden, listOf, catalogue) {
  let recall = 0;
  let part = 0;
  let among = 0;
  const fresh = catalogue.filter((id) => hidden.has(id));
  for (const person of people) {
    const seen = new Set(person.history);
    const list = listOf(
      person,
      catalogue.filter((id) => !seen.has(id)),
    );
    recall += metrics.recall(list, person.relevant, cut);
    part += list.slice(0, cut).filter((id) => hidden.has(id)).length / cut;
    among += metrics.recall(listOf(person, fresh), person.relevant, cut);
  }
  return [recall, among, part].map((sum) => sum / people.length);
}

const byModel =
  (/** @type {Model} */ model) =>
  (/** @type {Asked} */ { history }, /** @type {string[]} */ candidates) => {
    const me = model.createProfile(history);
    const { items } = me.rank(candidates, { topK: cut });
    me.dispose();
    return items.map(({ item }) => item);
  };

async function triplesOf() {
  const folder = `${data}/graph-ml1m-dbpedia`;
  if (!existsSync(folder)) return null;
  return (await readGraph(`${folder}/triples.csv`, { entities: `${folder}/entities.csv` })).triples;
}

/** @returns {Promise<Task | null>} */
async function movieLens1M() {
  const folder = `${data}/ml1m-leaderboard`;
  if (!existsSync(folder)) return null;
  const all = await readRatings(`${folder}/train.txt`, { format: 'list' });
  const { items: facts } = await readItems(`${folder}/items.csv`, { known: new Set(all.items) });
  return { title: 'MovieLens 1M, titles and genres', all, facts, options: {}, graph: await triplesOf() };
}

/** @returns {Promise<Task>} */
async function demo() {
  const films = await loadFilms();
  const facts = new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }]));
  const all = demoInteractions(films, demoPeople(films, { seed: 1 }));
  return { title: 'Demo films, titles and genres', all, facts, options: demoSettings, graph: null };
}

/**
 * Lists that know nothing of the person.
 * @param {readonly Asked[]} people
 * @param {Set<string>} hidden
 * @param {string[]} catalogue
 * @param {(id: string) => number} popular
 * @returns {[name: string, figures: number[]][]}
 */
function plainRows(people, hidden, catalogue, popular) {
  const random = seededRandom(seed);
  return [
    [
      'random',
      measure(people, hidden, (_, ids) => sampleOf(ids, Math.min(cut, ids.length), random), catalogue),
    ],
    [
      'how popular their aspects are',
      measure(people, hidden, (_, ids) => [...ids].sort((a, b) => popular(b) - popular(a)), catalogue),
    ],
  ];
}

/**
 * The hidden items appended, by what is known of them.
 * @param {Uint8Array} bytes of a model without them
 * @param {string[]} fresh
 * @param {Pick<Task, 'facts' | 'graph'>} known
 */
async function appendedBy(bytes, fresh, { facts, graph }) {
  const append = (/** @type {(id: string) => object} */ of, /** @type {{ graph?: Triples }} */ more = {}) =>
    appendItems(bytes, { items: new Map(fresh.map((id) => [id, of(id)])), ...more });
  const started = performance.now();
  const whole = await append((id) => facts.get(id) ?? {});
  const seconds = (performance.now() - started) / 1000;
  const rows = /** @type {[string, Uint8Array][]} */ ([
    ['appended, nothing known of them', (await append(() => ({}))).bytes],
    ['appended, aspects', (await append((id) => ({ aspects: facts.get(id)?.aspects ?? [] }))).bytes],
    ['appended, aspects and titles', whole.bytes],
  ]);
  if (graph) {
    rows.push(['appended, relations', (await append(() => ({}), { graph })).bytes]);
    const all = await append((id) => facts.get(id) ?? {}, { graph });
    rows.push(['appended, relations, aspects and titles', all.bytes]);
  }
  return { rows, seconds, explained: Number(whole.explained) };
}

/** @param {Task} task */
async function tableOf({ title, all, facts, options, graph }) {
  const { hidden, asked, people } = hide(all);
  const items = facts;
  const whole = await trainModel(
    partOf(all, (user, item) => !(asked.has(user) && hidden.has(item))),
    { ...options, items },
  );
  const catalogue = await withModel(whole.bytes, (model) => model.ids());
  const trained = partOf(all, (_, item) => !hidden.has(item));
  const less = await trainModel(trained, { ...options, items });
  const fresh = catalogue.filter((id) => hidden.has(id));
  const appended = await appendedBy(less.bytes, fresh, { facts, graph });
  const rows = plainRows(people, hidden, catalogue, aspectPopularity(trained, facts));
  for (const [name, bytes] of [...appended.rows, /** @type {const} */ (['fully trained', whole.bytes])])
    rows.push([name, await withModel(bytes, (model) => measure(people, hidden, byModel(model), catalogue))]);
  const head = ['', 'Recall@20 among all', 'among the hidden', 'their part of lists'];
  return [
    `${title}: ${fresh.length} of ${catalogue.length} items hidden, ${people.length} people, ` +
      `appended in ${appended.seconds.toFixed(1)} s (explained ${appended.explained.toFixed(2)}):`,
    '',
    markdownTable(
      head,
      rows.map(([name, figures]) => [name, ...figures.map(figure)]),
    ),
  ].join('\n');
}

/** @type {string[]} */
const tables = [];
for (const make of [movieLens1M, demo]) {
  const task = await make();
  if (task) tables.push(await tableOf(task));
  else process.stdout.write(`skipped: no ${data}/ml1m-leaderboard (npm run bench:append -- --data FOLDER)\n`);
}
publish(
  'append',
  [
    `A tenth of the items is hidden from the training, all of their events, and then appended. Up to ` +
      `${mostAsked} people are asked for those of them that they`,
    'used, by score, histories without them left out. `fully trained` has the events of all other people ' +
      'with these items; nobody who is asked is among them.',
    '',
    tables.join('\n\n'),
  ].join('\n'),
  { write },
);
