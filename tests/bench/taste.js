// Owns `npm run bench:taste`: accuracy against taste distance on MovieLens 1M with the genres of its films,
// for personas, for one vector with lists
// re-ranked afterwards, and for the usual baselines. Must not choose anything on test data: settings are
// those of accuracy/settings.js.
import { existsSync, writeFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { fitEase, trainModel } from '../../dist/train.js';
import { readItems } from '../../web/read/read-items.js';
import { fitNeighbours } from '../../web/evaluate/itemknn.js';
import { scoreRanker } from '../../web/evaluate/rankers.js';
import { canonicalInteractions } from '../../web/train/interactions.js';
import { readDataSet } from './accuracy/data.js';
import { withoutNeighbours } from './accuracy/measure.js';
import { baselines as chosen, ours } from './accuracy/settings.js';
import { figure, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { frontierChart } from './taste/frontier.js';
import { measurePeople, meanOf } from './taste/measure.js';

/** @import { Model } from '../../web/model/model.js' */
/** @import { Profile } from '../../web/model/profile.js' */
/** @import { Person, PersonFigures } from './taste/measure.js' */
/** @typedef {(me: Profile, person: Person) => string[]} Lister top 20 */

const values = benchArguments({
  on: { type: 'string', default: 'test' },
  people: { type: 'string', default: '0' },
  gate: { type: 'string' },
  svg: { type: 'string' },
  neighbours: { type: 'boolean', default: false },
});
const topK = 20,
  pool = 200;
if (values.write && (values.on !== 'test' || Number(values.people) > 0))
  throw new Error('--write: only figures of everybody in the test go into RESULTS.md');

if (!existsSync(`${values.data}/ml1m-leaderboard`)) {
  process.stdout.write(
    `skipped: no ${values.data}/ml1m-leaderboard (npm run bench:taste -- --data FOLDER)\n`,
  );
  process.exit(0);
}
const data = await readDataSet(values.data, 'ml1m', values.on === 'validation' ? 'validation' : 'test');
if (!data) throw new Error('ml1m is not readable');
// Taste is counted over genres alone: directors are as many as films.
const { items } = await readItems(`${values.data}/ml1m-leaderboard/items.csv`, { aspects: ['genres'] });
const settings = {
  ...(values.neighbours ? ours.ml1m : withoutNeighbours(ours.ml1m)),
  minSupport: 1,
  items,
  seed: 1,
};
const gate = values.gate && { gate: Number(values.gate) };

/** @param {Record<string, any>} changes */
async function trained(changes) {
  return loadModel((await trainModel(data.history, { ...settings, ...changes })).bytes);
}

const one = await trained({ personas: 1, proportional: 0 });
const several = await trained({ personas: 4, ...gate });
const many = await trained({ personas: 8, split: 0.5 });
/** @type {Map<string, { item: string }[]>} */
const histories = new Map();
data.history.user.forEach((u, x) => {
  const user = data.history.users[u],
    list = histories.get(user) ?? [];
  list.push({ item: data.history.items[data.history.item[x]] });
  histories.set(user, list);
});
/** @type {Map<string, Set<string>>} */
const wanted = new Map();
data.test.user.forEach((u, x) => {
  const user = data.test.users[u],
    set = wanted.get(user) ?? new Set();
  set.add(data.test.items[data.test.item[x]]);
  wanted.set(user, set);
});
const everybody = Array.from(wanted, ([user, next]) => ({
  user,
  history: histories.get(user) ?? [],
  next,
})).sort((a, b) => (a.user < b.user ? -1 : 1));
const people =
  Number(values.people) > 0
    ? everybody.filter((_, i) => i % Math.ceil(everybody.length / Number(values.people)) === 0)
    : everybody;

const ids = (/** @type {{ item: string }[]} */ list) => list.map(({ item }) => item);
/** @type {{ name: string, model: Model, lists: Record<string, Lister> }[]} */
const systems = [
  {
    name: 'personas',
    model: several,
    lists: {
      'personas (P=4), by score': (me) => ids(me.recommend({ topK, proportional: 0 }).items),
      ...Object.fromEntries(
        [0.05, 0.1, 0.2].flatMap((proportional) =>
          [false, true].map((aspects) => [
            `in proportion ${proportional}, ${aspects ? 'with genres' : 'by the vectors alone'}`,
            (/** @type {Profile} */ me) => ids(me.recommend({ topK, proportional, aspects }).items),
          ]),
        ),
      ),
    },
  },
  {
    name: 'many',
    model: many,
    lists: Object.fromEntries(
      [0.05, 0.1, 0.2, 0.35].map((lambda) => [
        `personas (P=8, split .5) in turns, lambda ${lambda}`,
        (/** @type {Profile} */ me) =>
          ids(me.recommend({ topK, calibrate: lambda, by: 'proportional', space: 'personas', pool }).items),
      ]),
    ),
  },
  {
    name: 'one',
    model: one,
    lists: {
      'one vector': (me) => ids(me.recommend({ topK, proportional: 0 }).items),
      ...Object.fromEntries(
        [0.02, 0.05, 0.1, 0.2, 0.5, 0.8].map((lambda) => [
          `one vector + Steck, lambda ${lambda}`,
          (/** @type {Profile} */ me) => ids(me.recommend({ topK, calibrate: lambda, pool }).items),
        ]),
      ),
      ...Object.fromEntries(
        [0.05, 0.1, 0.2, 0.35, 0.5].map((lambda) => [
          `one vector, genres in turns, lambda ${lambda}`,
          (/** @type {Profile} */ me) =>
            ids(me.recommend({ topK, calibrate: lambda, by: 'proportional', pool }).items),
        ]),
      ),
      ...Object.fromEntries(
        /** @type {const} */ ([
          ['mmr', [0.05, 0.1, 0.3]],
          ['dpp', [0.1, 0.3, 0.5]],
        ]).flatMap(([by, lambdas]) =>
          lambdas.map((lambda) => [
            `one vector + ${by.toUpperCase()}, lambda ${lambda}`,
            (/** @type {Profile} */ me) =>
              ids(
                /** @type {any} */ (one.taste).rerank(me, me.recommend({ topK: 100 }), { by, lambda, topK })
                  .items,
              ),
          ]),
        ),
      ),
    },
  },
];

/** @type {Map<string, PersonFigures[]>} */
const results = new Map();
const began = performance.now(),
  say = (/** @type {string} */ text) =>
    process.stderr.write(`${text}  ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
for (const { model, lists } of systems)
  for (const [name, lister] of Object.entries(lists)) {
    results.set(name, measurePeople(model, people, lister));
    say(name);
  }
const canonical = canonicalInteractions(data.history, 1);
const popularity = new Float32Array(canonical.itemIds.length);
const still = async () => {};
for (const j of canonical.items) popularity[j]++;
const scorers = {
  EASE: await fitEase(canonical, {
    lambda: 800,
    ...chosen.ml1m.ease,
    lambdaGrowth: 0,
    userDamping: 0,
    popularityDamping: 0,
  }),
  'item-kNN': await fitNeighbours(canonical, /** @type {any} */ (chosen.ml1m.itemknn), still),
  popularity: {
    score: (/** @type {Uint32Array} */ _, /** @type {Float32Array} */ out) => out.set(popularity),
    dispose() {},
  },
};
for (const [name, scorer] of Object.entries(scorers)) {
  const ranker = scoreRanker(canonical, scorer);
  results.set(
    name,
    measurePeople(one, people, (_, person) =>
      ranker.rank(
        { history: person.history.map(({ item }) => ({ item, weight: 1 })), candidates: null },
        topK,
      ),
    ),
  );
  ranker.dispose();
  say(name);
}

/** The lists of the table; the chart has all of them. */
const shown = [
  'one vector',
  'personas (P=4), by score',
  'in proportion 0.1, by the vectors alone',
  'in proportion 0.1, with genres',
  'personas (P=8, split .5) in turns, lambda 0.1',
  'personas (P=8, split .5) in turns, lambda 0.35',
  'one vector + Steck, lambda 0.1',
  'one vector + Steck, lambda 0.2',
  'one vector + Steck, lambda 0.5',
  'one vector, genres in turns, lambda 0.1',
  'one vector, genres in turns, lambda 0.2',
  'one vector, genres in turns, lambda 0.5',
  'one vector + MMR, lambda 0.3',
  'one vector + DPP, lambda 0.1',
  'EASE',
  'item-kNN',
  'popularity',
];
const columns = /** @type {const} */ ({
  NDCG: 'ndcg',
  TDD: 'jensenShannon',
  Hellinger: 'hellinger',
  'total variation': 'totalVariation',
  KL: 'kl',
  Wasserstein: 'wasserstein',
  'TDD over clusters': 'clusters',
  'recall of rare tastes': 'rare',
});
const rows = shown.map((name) => [
  name,
  ...Object.values(columns).map((key) =>
    figure(meanOf(/** @type {PersonFigures[]} */ (results.get(name)), key)),
  ),
]);
publish(
  'taste',
  [
    `MovieLens 1M, public split, ${values.on}, ${people.length} people, genres from its items.csv, ` +
      `D = ${one.info.dim}, ${values.neighbours ? 'with neighbours' : 'vectors alone'}, seed 1.`,
    'TDD: square root of the Jensen-Shannon divergence between the genres of the history and of the list; ' +
      'the other distances order',
    'the lists alike.',
    '',
    markdownTable(['top 20', ...Object.keys(columns)], rows),
  ].join('\n'),
  values,
);

/* Steck's list at the NDCG of another: the point between the two lists around it. */
const of = (/** @type {string} */ name) => /** @type {PersonFigures[]} */ (results.get(name)),
  single = of('one vector');
const frontier = [...results]
  .filter(([name]) => name === 'one vector' || name.includes('Steck'))
  .map(([, list]) => ({ ndcg: meanOf(list, 'ndcg'), distance: meanOf(list, 'jensenShannon') }))
  .sort((a, b) => a.ndcg - b.ndcg);
const change = (/** @type {number} */ a, /** @type {number} */ b) =>
  `${a < b ? '' : '+'}${(100 * (a / b - 1)).toFixed(1)} %`;
const interval = (
  /** @type {PersonFigures[]} */ list,
  /** @type {'ndcg' | 'jensenShannon' | 'rare'} */ key,
) => {
  const both = list
    .map((person, i) => [person[key], single[i][key]])
    .filter(([a, b]) => a !== null && b !== null);
  const { mean, low, high } = pairedBootstrap(
    both.map(([a]) => Number(a)),
    both.map(([, b]) => Number(b)),
  );
  return `${mean < 0 ? '' : '+'}${mean.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
};
const steckAt = (/** @type {number} */ ndcg) => {
  const above = frontier.find((point) => point.ndcg >= ndcg),
    below = frontier.findLast((point) => point.ndcg < ndcg);
  return above && below
    ? below.distance + ((above.distance - below.distance) * (ndcg - below.ndcg)) / (above.ndcg - below.ndcg)
    : (above?.distance ?? null);
};
const claims = [
  [
    '',
    "TDD against Steck's at this NDCG (target <= +10 %)",
    'TDD against P=1 (target <= -15 %)',
    'recall of rare tastes against P=1 (target >= +10 %)',
    'NDCG minus P=1, 95 %',
  ],
  ...[...results.keys()]
    .filter((name) => /^personas|^in proportion|turns/.test(name))
    .map((name) => {
      const list = of(name);
      const distance = meanOf(list, 'jensenShannon');
      const steck = steckAt(meanOf(list, 'ndcg'));
      return [
        name,
        steck === null ? 'no such list of Steck reaches this NDCG' : change(distance, steck),
        change(distance, meanOf(single, 'jensenShannon')),
        `${change(meanOf(list, 'rare'), meanOf(single, 'rare'))}, ${interval(list, 'rare')}`,
        interval(list, 'ndcg'),
      ];
    }),
];
process.stdout.write(`\n${markdownTable(claims[0], claims.slice(1))}\n`);
if (values.svg) {
  writeFileSync(
    values.svg,
    frontierChart(
      Array.from(results, ([name, list]) => ({
        name,
        ndcg: meanOf(list, 'ndcg'),
        distance: meanOf(list, 'jensenShannon'),
      })),
    ),
  );
  process.stdout.write(`chart: ${values.svg}\n`);
}
