// Owns the tables of the loop: policies by the same people, and width when the model is trained on what it
// showed. Must not draw a conclusion.
import { pairedBootstrap } from '../../../dist/evaluate.js';
import { simulate } from '../../../dist/simulate.js';
import { interval, markdownTable } from '../accuracy/text.js';

/** @import { Model } from 'ampcf' */
/** @import { Simulation } from 'ampcf/simulate' */

const digits = (/** @type {number | null} */ x, of = 3) =>
  x === null ? '' : x.toFixed(of).replace(/^0/, '');
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

/**
 * The mean of the first and of the last fifth of the rounds.
 * @param {Simulation['policies'][number]} run
 * @param {'hits' | 'tdd' | 'minority' | 'gini' | 'coverage' | 'tasteEntropy' | 'regret'} key
 * @param {number} [of] digits
 */
function fromTo({ rounds }, key, of = 3) {
  const fifth = Math.max(1, Math.round(rounds.length / 5));
  const mean = (/** @type {typeof rounds} */ part) =>
    part.reduce((sum, round) => sum + Number(round[key]), 0) / part.length;
  return `${digits(mean(rounds.slice(0, fifth)), of)} to ${digits(mean(rounds.slice(-fifth)), of)}`;
}

/**
 * @param {Simulation} simulation
 * @returns {string}
 */
function policyTable({ policies, truth }) {
  const [one] = policies;
  const rows = policies.map((run) => [
    run.name,
    digits(run.mean.hits, 2),
    run === one ? '' : interval(pairedBootstrap(run.byPerson.hits, one.byPerson.hits)),
    fromTo(run, 'hits', 2),
    digits(run.mean.regret, 2),
    fromTo(run, 'tdd'),
    fromTo(run, 'minority'),
    fromTo(run, 'tasteEntropy', 2),
    fromTo(run, 'gini'),
    fromTo(run, 'coverage'),
    digits(run.across),
  ]);
  const head = [
    'lists',
    'hits',
    `against \`${one.name}\``,
    'first to last fifth',
    'regret',
    'distance',
    `minority (true ${digits(truth.minority)})`,
    'taste entropy',
    'Gini',
    'coverage',
    'across',
  ];
  return markdownTable(head, rows);
}

/**
 * @param {Model} model
 * @param {{ people: number, rounds: number }} size
 */
export async function policyTables(model, { people, rounds }) {
  const policies = [
    'one',
    'personas',
    'proportional=0.2',
    'proportional=0.5',
    'calibrate=0.5',
    'epsilon=0.1',
  ];
  if (model.plugins.has('explore')) policies.push('thompson=0.02', 'thompson=0.1', 'ucb=0.02', 'ucb=0.1');
  policies.push('popular');
  const parts = [];
  for (const by of /** @type {const} */ (['coverage', 'density'])) {
    const found = await simulate(model, { people, rounds, by, policies });
    say(`policies by ${by}`);
    const { within, across, said } = found.consistency;
    const told = `within ${digits(within)}, across ${digits(across)}, said ${digits(said)}`;
    parts.push(`People by ${by} (consistency ${told}):`, '', policyTable(found), '');
  }
  return parts.join('\n');
}

/**
 * @param {Model} model
 * @param {{ people: number, rounds: number }} size
 */
export async function widthTable(model, { people, rounds }) {
  const rows = [];
  for (const dim of [8, 16, 32, 64, 128]) {
    const options = { people, rounds, by: /** @type {const} */ ('density'), start: 30, retrain: { dim } };
    const { policies } = await simulate(model, { ...options, policies: ['personas', 'proportional=0.5'] });
    say(`width ${dim}`);
    for (const run of policies)
      rows.push([
        String(dim),
        run.name,
        digits(run.mean.hits, 2),
        fromTo(run, 'hits', 2),
        fromTo(run, 'tdd'),
        fromTo(run, 'minority'),
        fromTo(run, 'gini'),
        fromTo(run, 'coverage'),
      ]);
  }
  const head = ['D', 'lists', 'hits', 'first to last fifth', 'distance', 'minority', 'Gini', 'coverage'];
  return markdownTable(head, rows);
}

/**
 * What profiles that keep less do in the loop.
 * @param {Model} model
 * @param {{ people: number, rounds: number }} size
 */
export async function memoryTable(model, { people, rounds }) {
  const policies = ['personas', 'ring=20', 'ring=5', 'forget', 'session=20', 'session=5', 'popular'];
  const names = ['all events', 'personas and the latest 20', 'personas and the latest 5', 'personas alone'];
  names.push('the latest 20 alone', 'the latest 5 alone', 'nothing: popularity');
  const found = await simulate(model, { people, rounds, policies });
  say('memory');
  const [all] = found.policies;
  const rows = found.policies.map((run, i) => [
    names[i],
    digits(run.mean.hits, 2),
    run === all ? '' : interval(pairedBootstrap(run.byPerson.hits, all.byPerson.hits)),
    fromTo(run, 'hits', 2),
    fromTo(run, 'tdd'),
    fromTo(run, 'minority'),
    String(Math.round(run.rounds[rounds - 1].bytes)),
  ]);
  const head = [
    'kept',
    'hits',
    'difference',
    'first to last fifth',
    'distance',
    'minority',
    'bytes at the end',
  ];
  return markdownTable(head, rows);
}
