// Owns how a simulation looks in a terminal. Must not compute a figure.
import { percent, table } from './print.js';

/** @import { Simulation, RoundFigures } from '../simulate.js' */
/** @import { Covered } from '../simulate/support.js' */

/** @param {number | null} value */
const figure = (value, digits = 3) => (value === null ? '-' : value.toFixed(digits));

const head = [
  'policy',
  'hits',
  'regret',
  'distance',
  'minority',
  'list bits',
  'taste bits',
  'Gini',
  'coverage',
  'bytes',
];

/**
 * @param {string} name
 * @param {Omit<RoundFigures, 'round'>} of
 */
const rowOf = (name, of) => [
  name,
  figure(of.hits, 2),
  figure(of.regret, 2),
  figure(of.tdd),
  figure(of.minority),
  figure(of.listEntropy, 2),
  figure(of.tasteEntropy, 2),
  figure(of.gini),
  figure(of.coverage),
  figure(of.bytes, 0),
];

/**
 * @param {string} kind
 * @param {Covered | null} of
 */
const coveredText = (kind, of) =>
  of && of.regions > 0
    ? [`${percent(of.covered)} of ${of.regions} ${kind} (${percent(of.rare)} of rare ones)`]
    : [];

/**
 * @param {string} title
 * @param {Simulation} simulation
 */
export function simulationText(title, { settings, consistency, support, truth, policies }) {
  const rounds = policies[0].rounds.length;
  const shown = [...new Set([0, (rounds - 1) >> 1, rounds - 1])];
  const covered = [...coveredText('aspects', support.aspects), ...coveredText('clusters', support.clusters)];
  const { within, across, said } = consistency;
  const tables = shown.map(
    (at) =>
      `round ${at + 1}\n${table([head, ...policies.map(({ name, rounds: of }) => rowOf(name, of[at]))])}`,
  );
  return [
    `${title}: ${settings.people} people by ${settings.by}, ${rounds} rounds of lists of ${settings.topK}`,
    `  their tastes have ${covered.join(', ')}`,
    `  told from others by half of a history ${figure(within)}, by its end ${figure(across)}, by what they ` +
      `say ${figure(said)} (.5: by chance)`,
    `  true share of minority tastes ${figure(truth.minority)}`,
    '',
    ...tables,
    'hits: expected of a list; regret: hits less than of the best list by the true taste; distance: of the',
    'list from the true taste; minority: share of places for tastes other than the largest.',
    '',
  ].join('\n');
}
