// Owns `npm run bench:gate`: what the gate brings over one vector at equal bytes, and over one persona for
// two people on one account. Gate and leaves are chosen on validation, the test is looked at once. Must not
// choose anything on test.
import { existsSync } from 'node:fs';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { chooseGate } from '../../web/evaluate/choose-gate.js';
import { itemsByPerson } from '../../web/evaluate/people.js';
import { figure, markdownTable } from './accuracy/text.js';
import { mean, ndcgOf, peopleOf, withModel } from './asked.js';
import { benchArguments, publish } from './results.js';

/** @import { GatePair } from '../../web/evaluate/choose-gate.js' */
/** @import { FinishedTraining, TrainOptions } from '../../web/train.js' */
/** @import { Asked } from './asked.js' */

const values = benchArguments({
  set: { type: 'string' },
  people: { type: 'string', default: '4000' },
  pairs: { type: 'string', default: '2000' },
});
/** @type {{ title: string, folder: string, options: TrainOptions, merged?: boolean }[]} */
const sets = [
  { title: 'ML-1M, D 16', folder: 'ml1m-leaderboard', options: { dim: 16, sweeps: 8 } },
  { title: 'ML-1M, D 32', folder: 'ml1m-leaderboard', options: { dim: 32, sweeps: 8 }, merged: true },
  { title: 'Last.fm, D 64', folder: 'graph-lastfm-dbpedia', options: { dim: 64, sweeps: 8 }, merged: true },
  {
    title: 'Gowalla, D 64',
    folder: 'sparse-gowalla',
    options: { dim: 64, sweeps: 8, unobserved: 15, lambda: 0.003 },
    merged: true,
  },
];

/**
 * Accounts of two people who have nothing to do with each other.
 * @param {Asked[]} people
 * @returns {Asked[]}
 */
function mergedPairs(people) {
  return people
    .filter((_, i) => i % 2 === 1)
    .map((second, i) => {
      const first = people[2 * i];
      const history = [...new Set([...first.history, ...second.history])];
      const own = new Set(history);
      const relevant = [...first.relevant, ...second.relevant].filter((item) => !own.has(item));
      return { history, relevant: new Set(relevant) };
    })
    .filter(({ relevant }) => relevant.size > 0);
}

const signed = (/** @type {number} */ share) => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)}`;

/**
 * One line: a gate chosen on some people, measured on others against one vector of the same file.
 * @param {string} name
 * @param {FinishedTraining} training
 * @param {Asked[]} validation
 * @param {Asked[]} test
 */
async function compare(name, { bytes }, validation, test) {
  const measure = async (/** @type {GatePair} */ pair, /** @type {readonly Asked[]} */ people) =>
    withModel(await bytes({ ...pair, proportional: 0 }), (model) => ndcgOf(model, people));
  const choice = await chooseGate({ people: validation, fixed: {}, leaves: 8, measure });
  if (!choice) throw new Error('nothing was chosen');
  const { gate, leaves } = choice;
  const one = await withModel(await bytes(), (model) => ndcgOf(model, test, { personas: 1 }));
  const gated = await measure({ gate, leaves }, test);
  const { mean: difference, low, high } = pairedBootstrap(gated, one);
  const part = (/** @type {number} */ x) => signed(x / mean(one));
  return [
    name,
    String(test.length),
    gate > 0 ? `${gate}, ${leaves}` : '0',
    signed(choice.gain),
    figure(mean(one)),
    figure(mean(gated)),
    `${part(difference)} (${part(low)} to ${part(high)})`,
  ];
}

/** @type {string[][]} */
const alone = [];
/** @type {string[][]} */
const together = [];
for (const { title, folder, options, merged } of sets) {
  const path = `${values.data}/${folder}`;
  if (values.set !== undefined && values.set !== folder) continue;
  if (!existsSync(path)) {
    process.stdout.write(`skipped: no ${path} (npm run bench:gate -- --data FOLDER)\n`);
    continue;
  }
  const [train, validation, test] = await Promise.all(
    ['train', 'validation', 'test'].map((part) => readRatings(`${path}/${part}.txt`, { format: 'list' })),
  );
  const histories = itemsByPerson(train);
  const most = Number(values.people);
  const [chosenOn, measuredOn] = [validation, test].map((part) => peopleOf(histories, part, most));
  await trainModel(train, {
    ...options,
    minSupport: 1,
    clusters: 0,
    async chooseSettings(training) {
      alone.push(await compare(title, training, chosenOn, measuredOn));
      if (!merged) return;
      const pairs = [chosenOn, measuredOn].map((people) =>
        mergedPairs(people).slice(0, Number(values.pairs)),
      );
      together.push(await compare(title, training, pairs[0], pairs[1]));
    },
  });
  process.stderr.write(`${alone.at(-1)?.join('  ')}\n${merged ? together.at(-1)?.join('  ') : ''}\n`);
}

const head = (/** @type {string} */ who) => [
  '',
  who,
  'gate, leaves',
  'on validation, %',
  'one vector',
  'gated',
  'gain on test, % (95 %)',
];
publish(
  'gate',
  [
    'NDCG@20 by score on test, full ranking, people folded in from the training alone. ' +
      'Both lists are of the same file: the gate adds no byte. Gate and leaves were chosen',
    'on validation and shrunk by the error of their gain (METRICS.md); no neighbours.',
    '',
    markdownTable(head('people'), alone),
    '',
    'Two people on one account, drawn at random, against one vector for both:',
    '',
    markdownTable(head('accounts'), together),
  ].join('\n'),
  values,
);
