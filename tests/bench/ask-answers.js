// Owns `npm run bench:ask-answers`: answers of real people about films and attributes (MindReader), and how
// many questions it takes to make something of them. Must not choose anything on test.
import { existsSync, readFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { conversation } from '../../dist/ask.js';
import { appendItems, trainModel } from '../../dist/train.js';
import { pairedBootstrap } from '../../web/evaluate/bootstrap.js';
import { personRandom, sampleOf } from '../../web/core/random.js';
import { figure, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/** @import { Model, Profile } from 'ampcf' */
/** @import { AskOptions } from '../../web/ask.js' */
/** @typedef {{ user: string, entity: string, likes: boolean, isFilm: boolean }} Statement */
/** @typedef {{ hits: Float64Array, ndcg: Float64Array, asked: number }} Found */

const values = benchArguments({});
const folder = `${values.data}/ask-mindreader`;
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (npm run bench:ask-answers -- --data FOLDER)\n`);
  process.exit();
}
const seed = 1;
const cut = 10;
const lines = (/** @type {string} */ name) => readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n');
const say = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);

/** @type {Statement[]} */
const statements = lines('answers.csv')
  .slice(1)
  .map((line) => line.split(','))
  .map(([user, entity, rating, film]) => ({ user, entity, likes: rating === '1', isFilm: film === '1' }));
const films = [
  ...new Set(
    lines('entities.csv')
      .filter((line) => line.endsWith(',Movie'))
      .map((line) => line.split(',')[0]),
  ),
];

/**
 * Some of what people said about films, by seed; all of what they said about attributes.
 * @param {number} share
 */
function keptOf(share) {
  const byUser = Map.groupBy
    ? Map.groupBy(statements, ({ user }) => user)
    : statements.reduce((map, one) => map.set(one.user, [...(map.get(one.user) ?? []), one]), new Map());
  return new Map(
    Array.from(byUser, ([user, all]) => {
      const about = all.filter((/** @type {Statement} */ one) => one.isFilm);
      const few = sampleOf(about, Math.round(share * about.length), personRandom(seed, user));
      return [user, [...few, ...all.filter((/** @type {Statement} */ one) => !one.isFilm)]];
    }),
  );
}

/**
 * Aspects of films by what the same people like: the links of films and attributes are not in the set.
 * @param {Statement[]} said
 * @param {{ together: number, lift: number }} how
 */
function coAspects(said, { together, lift }) {
  /** @type {Map<string, Statement[]>} */
  const likes = new Map();
  for (const one of said) if (one.likes) likes.set(one.user, [...(likes.get(one.user) ?? []), one]);
  /** @type {Map<string, number>} */
  const counts = new Map();
  /** @type {Map<string, Map<string, number>>} */
  const pairs = new Map();
  for (const own of likes.values()) {
    for (const { entity } of own) counts.set(entity, (counts.get(entity) ?? 0) + 1);
    for (const film of own)
      if (film.isFilm)
        for (const other of own)
          if (!other.isFilm) {
            const row = pairs.get(film.entity) ?? new Map();
            pairs.set(film.entity, row.set(other.entity, (row.get(other.entity) ?? 0) + 1));
          }
  }
  const count = (/** @type {string} */ entity) => counts.get(entity) ?? 0;
  const goes = (/** @type {string} */ film, /** @type {[string, number]} */ [attribute, n]) =>
    n >= together && n * likes.size > lift * count(film) * count(attribute);
  return new Map(
    films.map((film) => {
      const aspects = [...(pairs.get(film) ?? [])].filter((pair) => goes(film, pair)).map(([name]) => name);
      return [film, { aspects }];
    }),
  );
}

/**
 * @param {Map<string, Statement[]>} kept
 * @param {{ together: number, lift: number }} how
 */
async function openModel(kept, how) {
  const said = [...kept.values()].flat();
  const items = coAspects(said, how);
  const liked = said.filter(({ likes, isFilm }) => likes && isFilm);
  const users = [...kept.keys()];
  const names = [...new Set(liked.map(({ entity }) => entity))];
  const [u, i] = [users, names].map((list) => new Map(list.map((name, at) => [name, at])));
  const pairs = {
    users,
    items: names,
    user: liked.map(({ user }) => Number(u.get(user))),
    item: liked.map(({ entity }) => Number(i.get(entity))),
  };
  const { bytes } = await trainModel(pairs, {
    dim: 8,
    lambda: 0.03,
    bias: 0.2,
    minSupport: 1,
    clusters: 0,
    items,
  });
  return loadModel((await appendItems(bytes, { items })).bytes);
}

/**
 * Questions about what a person said something about, and what they said.
 * @param {Profile} me
 * @param {Map<string, boolean>} answers
 * @param {AskOptions} options
 * @param {{ questions: number, order: string[] | undefined }} how order: in place of what is worth most
 */
function converse(me, answers, options, { questions, order }) {
  const may = (/** @type {any} */ one) => answers.has(one.aspect);
  const talk = conversation(me, { ...options, may, about: 'aspects', list: 1, turns: 1000, patience: 1 });
  // What is believed by settings under which an answer says little asks nothing: questions are chosen by the
  // default error.
  const asker = conversation(me, { may, about: 'aspects', list: 1, turns: 1000, patience: 1 });
  for (let n = 0; n < Math.min(questions, answers.size); n++) {
    const aspect = order ? order[n] : /** @type {any} */ (asker.next().ask?.[0])?.aspect;
    if (aspect === undefined) break;
    for (const one of [talk, asker]) one.answer({ ask: [{ aspect }] }, answers.get(aspect) ? 'yes' : 'no');
  }
  return talk;
}

/**
 * The place of the film that was held out among its 100 negatives, after some questions.
 * @param {Model} model
 * @param {Map<string, Statement[]>} kept
 * @param {string[][]} rows
 * @param {AskOptions} options
 * @param {{ questions: number, drawn?: boolean, films?: boolean }} how drawn: questions in an order by seed
 * @returns {Found}
 */
function measure(model, kept, rows, options, { questions, drawn = false, films: withFilms = true }) {
  const out = { hits: new Float64Array(rows.length), ndcg: new Float64Array(rows.length), asked: 0 };
  const known = new Set(model.aspectNames);
  rows.forEach(([user, ...candidates], row) => {
    const own = kept.get(user) ?? [];
    const me = model.createProfile(
      own
        .filter(({ isFilm }) => isFilm && withFilms)
        .map(({ entity, likes }) => ({ item: entity, preference: likes ? 1 : -1 })),
    );
    const answers = new Map(
      own
        .filter(({ isFilm, entity }) => !isFilm && known.has(entity))
        .map(({ entity, likes }) => [entity, likes]),
    );
    const order = sampleOf([...answers.keys()], answers.size, personRandom(seed, user));
    const talk = converse(me, answers, options, { questions, order: drawn ? order : undefined });
    out.asked += talk.turns / rows.length;
    const chances = new Map(
      talk
        .list({ topK: candidates.length, among: candidates })
        .items.map(({ item, chance }) => [item, chance]),
    );
    const [target, ...others] = candidates.map((item) => chances.get(item) ?? 0);
    const place = others.reduce(
      (sum, other) => sum + Number(other > target) + Number(other === target) / 2,
      0,
    );
    out.hits[row] = Number(place < cut);
    out.ndcg[row] = place < cut ? 1 / Math.log2(place + 2) : 0;
    me.dispose();
  });
  return out;
}

const mean = (/** @type {Float64Array} */ column) => column.reduce((sum, x) => sum + x, 0) / column.length;

const negatives = (/** @type {string} */ part) =>
  lines(`${part}-100negatives.txt`).map((line) => line.split(' '));
const [validation, test] = ['validation', 'test'].map(negatives);
const how = { together: 3, lift: 1.5 };

const tried = /** @type {AskOptions[]} */ ([
  { error: { yes: 0.3, no: 0.3 } },
  { error: { yes: 0.4, no: 0.4 } },
  { error: { yes: 0.45, no: 0.45 } },
  { error: { yes: 0.4, no: 0.5 } },
  { prior: { score: 0 } },
  { prior: { score: 1 } },
  { prior: { near: 0 } },
  { prior: { aspects: 0 } },
  { prior: { popularity: 0.75 } },
  { prior: { popularity: 1.25 } },
]);

/** @param {Model} model @param {Map<string, Statement[]>} kept */
function choose(model, kept) {
  /** @type {AskOptions} */ let options = { error: { yes: 0.2, no: 0.2 }, prior: { popularity: 1 } };
  const value = (/** @type {AskOptions} */ some) =>
    mean(measure(model, kept, validation.slice(0, 400), some, { questions: 1000, drawn: true }).ndcg);
  let best = value(options);
  for (const change of tried) {
    const next = { ...options, ...change, prior: { ...options.prior, ...change.prior } };
    const now = value(next);
    if (now > best) [best, options] = [now, next];
    say(`${JSON.stringify(change)}: ${figure(now)}, best ${figure(best)}`);
  }
  return options;
}

const all = keptOf(1);
const model = await openModel(all, how);
const options = choose(model, all);
const zero = new Float64Array(test.length);
const withInterval = (/** @type {Float64Array} */ column) => {
  const { mean: value, low, high } = pairedBootstrap(column, zero);
  return `${figure(value)} (${figure(low)} to ${figure(high)})`;
};
const table = [];
for (const share of [1, 0.6, 0.2]) {
  const kept = keptOf(share);
  const of = share === 1 ? model : await openModel(kept, how);
  for (const [name, questions, withFilms] of /** @type {[string, number, boolean][]} */ ([
    ['popularity', 0, false],
    ['films', 0, true],
    ['films and attributes', 1000, true],
    ['attributes', 1000, false],
  ])) {
    const { hits, ndcg } = measure(of, kept, test, options, { questions, drawn: true, films: withFilms });
    table.push([`${share}, ${name}`, withInterval(hits), withInterval(ndcg)]);
    say(String(table.at(-1)?.join('  ')));
  }
}
const curve = [];
for (const questions of [0, 1, 2, 3, 5, 10]) {
  const cells = [false, true].flatMap((drawn) => {
    const found = measure(model, all, test, options, { questions, drawn, films: false });
    return [found.asked.toFixed(1), figure(mean(found.hits)), figure(mean(found.ndcg))];
  });
  curve.push([String(questions), ...cells]);
  say(String(curve.at(-1)?.join('  ')));
}
publish(
  'ask-answers',
  [
    `${test.length} people, the liked film that was held out among its 100 negatives. All ` +
      `${model.info.items} films ` +
      'are in the model (dim 8; those that nobody likes are appended), attributes are',
    `aspects of a film where at least ${how.together} people like both and ${how.lift} times as ` +
      `many as by chance ` +
      `(${model.info.aspects} of them): the links of the set are missing. Settings chosen on`,
    `400 validation people by NDCG@10: \`${JSON.stringify(options)}\`. Kept: the share of what people ` +
      `said about ` +
      'films; all of what they said about attributes.',
    '',
    markdownTable(
      ['', 'HitRate@10 (95 %)', 'NDCG@10 (95 %)'],
      [
        ...table,
        ['1, MF, published', '.4499', '.1884'],
        ['1, LTN, published', '.4636', '.1899'],
        ['0.6, MF / LTN, published', '.4274 / .4475', '.1798 / .1853'],
        ['0.2, MF / LTN, published', '.2956 / .3764', '.1367 / .1594'],
      ],
    ),
    '',
    'Without any film known of a person, questions about attributes on which they said something: ' +
      'those that ' +
      'are worth most by the default error until a list is worth more, and in an order by lot.',
    '',
    markdownTable(
      ['at most', 'asked', 'HitRate@10', 'NDCG@10', 'by lot: asked', 'HitRate@10', 'NDCG@10'],
      curve,
    ),
  ].join('\n'),
  values,
);
