// Owns `npm run bench:demo`: what personas cost and give on the demo people, a fifth of each history held
// out. Must not train on what it tests.
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { demoSettings, loadFilms, trainDemo } from '../../examples/demo/train.js';
import { measureDemo } from '../examples/demo-measures.js';
import { figure, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

const { write } = benchArguments({});
const seeds = [1, 2, 3],
  evaluated = 1500;
const films = await loadFilms();
const { dim, split } = demoSettings;
const variants = {
  'one vector': { dim, personas: 1, proportional: 0 },
  'personas by score': { dim, split, proportional: 0 },
  'personas, demo settings': demoSettings,
};

/**
 * Every fifth event of a person is held out; events are in random order.
 * @param {import('../../examples/demo/people.js').Person[]} people
 */
const holdOut = (people) =>
  people.map((person) => ({
    person,
    history: person.history.filter((_, i) => i % 5 !== 4),
    heldOut: person.history.filter((_, i) => i % 5 === 4),
  }));

/** @type {string[][]} */
const rows = [];
for (const [name, settings] of Object.entries(variants)) {
  /** @type {Record<string, number>[]} */
  const runs = [];
  for (const seed of seeds) {
    const cases = holdOut(demoPeople(films, { seed }));
    const model = await loadModel(
      (
        await trainDemo(
          trainModel,
          films,
          cases.map(({ person, history }) => ({ ...person, history })),
          { ...settings, seed },
        )
      ).bytes,
    );
    runs.push(measureDemo(model, films, cases.slice(0, evaluated)));
    model.dispose();
  }
  const over = (/** @type {string} */ key) => runs.reduce((sum, run) => sum + run[key], 0) / runs.length;
  rows.push([
    name,
    figure(over('ndcg')),
    over('distance').toFixed(3).replace(/^0/, ''),
    `${(100 * over('minority')).toFixed(1)} %`,
    `${(100 * over('covered')).toFixed(0)} %`,
    over('ari').toFixed(2).replace(/^0/, ''),
    over('personas').toFixed(2),
  ]);
}
const head = [
  '',
  'NDCG@20',
  'taste distance',
  '10 % tastes: share of the list',
  'in the top 20',
  'ARI, two tastes',
  'personas',
];
publish(
  'demo',
  [
    `Demo people of seeds ${seeds.join(', ')}, ${evaluated} each, a fifth of each history held out. ` +
      'The last columns: films of a 10 % taste in the',
    'top 20, people who have such a film there, adjusted Rand index of personas and tastes, ' +
      'personas a person.',
    '',
    markdownTable(head, rows),
  ].join('\n'),
  { write },
);
