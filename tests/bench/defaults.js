// Owns `npm run bench:defaults`: what a plain `ampcf train` reaches whose open settings follow from the
// data, beside
// the bare defaults and the best baseline, on every public set that is there. Baselines choose their
// settings on
// validation; ours sees neither validation nor test.
import { existsSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { evaluateModel, settingsFromData } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { inOneOrder } from '../../web/read/one-order.js';
import { chooseRows, likeRule } from '../../web/cli/read-interactions.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { splitRows } from '../../web/cli/split.js';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/** @import { Interactions } from '../../web/train.js' */
/** @typedef {{ train: Interactions, validation: Interactions, test: Interactions }} Parts */

const values = benchArguments({ set: { type: 'string' }, people: { type: 'string', default: '1500' } });
/** EASE and ItemKNN of this project hold a matrix of items by items. */
const mostForBaselines = 12_000;

/** Sets with a split of their own, and files of ratings that are split here by each person's latest
 * events. */
const lists = [
  'amazon-electronics',
  'ask-lastfm-star',
  'ask-mindreader',
  'graph-lastfm-dbpedia',
  'ml1m-leaderboard',
  'reviews-musical-instruments',
  'sparse-gowalla',
];
const files = {
  demo: new URL('../../dist/demo/ratings.csv', import.meta.url).pathname,
  'ml-100k': `${values.data}/ml-100k/u.data`,
  'ml-latest-small': `${values.data}/ml-latest-small/ratings.csv`,
  'amazon-video-games': `${values.data}/amazon-video-games/ratings.csv`,
};

/**
 * @param {string} folder
 * @returns {Promise<Parts>}
 */
async function partsOfLists(folder) {
  const read = (/** @type {string} */ part) => readRatings(`${folder}/${part}.txt`, { format: 'list' });
  return { train: await read('train'), validation: await read('validation'), test: await read('test') };
}

/**
 * @param {string} file
 * @returns {Promise<Parts>}
 */
async function partsOfFile(file) {
  const ratings = inOneOrder(await readRatings(file, {}));
  const rule = likeRule(ratings, {});
  const rows = Array.from({ length: ratings.user.length }, (_, x) => x);
  const by = ratings.time ? 'latest' : 'random';
  const { parts } = splitRows(ratings, rows, { by, test: 0.1, validation: 0.1, seed: 1 });
  const of = (/** @type {string} */ part) => chooseRows(ratings, rule, parts.get(part));
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

/**
 * The events of some of the people.
 * @param {Interactions} all
 */
function ofSome(all) {
  const people = sampleOf([...new Set(all.user)].sort(), Number(values.people), seededRandom(1));
  const chosen = new Set(people);
  const keep = Array.from({ length: all.user.length }, (_, x) => x).filter((x) => chosen.has(all.user[x]));
  return { ...all, user: keep.map((x) => all.user[x]), item: keep.map((x) => all.item[x]), weight: null };
}

/**
 * @param {string} name
 * @param {Parts} parts
 */
async function measure(name, { train, validation, test }) {
  const small = new Set(train.item).size <= mostForBaselines;
  const { settings } = await settingsFromData(train);
  const [plain, chosen] = await Promise.all(
    [{}, settings].map(async (given) => loadModel((await trainModel(train, given)).bytes)),
  );
  const { metrics, baselines, against, users } = await evaluateModel(chosen, {
    history: train,
    test: ofSome(test),
    validation: ofSome(validation),
    baselines: small ? ['popularity', 'itemknn', 'ease'] : ['popularity'],
    against: plain,
    k: [20],
    resamples: 100,
  });
  const ndcg = (/** @type {{ metrics: Record<string, number> } | null} */ of) =>
    of?.metrics['ndcg@20'] ?? NaN;
  const found = Object.entries(baselines).map(([baseline, of]) => ({ baseline, ndcg: ndcg(of) }));
  const best = found.reduce((a, b) => (b.ndcg > a.ndcg ? b : a));
  const [ours, defaults] = [metrics['ndcg@20'], ndcg(against)];
  const figure = (/** @type {number} */ x) => x.toFixed(4).replace(/^0/, '');
  const words = Object.values(settings).join(', ');
  const part = `${(100 * (ours / best.ndcg - 1)).toFixed(1)} %`;
  plain.dispose();
  chosen.dispose();
  return [
    name,
    String(users),
    words || 'the defaults',
    figure(defaults),
    figure(ours),
    `${best.baseline} ${figure(best.ndcg)}`,
    part,
  ];
}

const rows = [];
const named = /** @type {[string, string, (path: string) => Promise<Parts>][]} */ ([
  ...Object.entries(files).map(([name, file]) => [name, file, partsOfFile]),
  ...lists.map((name) => [name, `${values.data}/${name}`, partsOfLists]),
]);
for (const [name, path, read] of named) {
  if (values.set !== undefined && values.set !== name) continue;
  if (!existsSync(path)) {
    process.stdout.write(`skipped: no ${path} (npm run bench:defaults -- --data FOLDER)\n`);
    continue;
  }
  const row = await measure(name, await read(path));
  process.stdout.write(`${row.join('  ')}\n`);
  rows.push(row);
}
const head = ['', 'people', 'chosen from the data', 'defaults', 'chosen', 'best baseline', 'against it'];
publish(
  'defaults',
  [
    `NDCG@20 on test, full ranking, at most ${values.people} people; trained on training events alone. ` +
      'Baselines: popularity, ItemKNN and EASE,',
    `each with the settings that are best on validation; above ${mostForBaselines.toLocaleString('en')} ` +
      'items popularity alone. Chosen: `unobserved`, and neighbours with their method.',
    '',
    markdownTable(head, rows),
  ].join('\n'),
  values,
);
