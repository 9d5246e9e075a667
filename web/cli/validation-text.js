// Owns what commands say of a validation beside its figures: what was chosen on it, whether it beats
// popularity, how far it is from the training. Must not measure.
import { count, style } from './print.js';
import { complain } from './terminal.js';
import { optionOf } from './options.js';

/** @import { FromData, GateChoice, ProportionalChoice, ValidationCheck } from '../evaluate.js' */
/** @import { ValidationFigures } from '../evaluate.js' */
/** @typedef {{ gate?: GateChoice | null, proportional?: ProportionalChoice | null }} Choices */

/** So many times as popular as those of the training, or as rare, held-out items are another world. */
const largeRatio = 1.2;

const signed = (/** @type {number} */ part) => `${part < 0 ? '' : '+'}${(100 * part).toFixed(1)} %`;
const leavesText = (/** @type {number} */ n) => `${n} ${n === 1 ? 'leaf' : 'leaves'}`;
const short = (/** @type {number} */ x) => String(x).replace(/^0\./, '.');

/** @param {GateChoice} choice */
function gateLine({ gate, tried, leaves, gain, standardError, trials }) {
  const gained = `${signed(gain)} ± ${(100 * standardError).toFixed(1)} NDCG@20 on validation`;
  if (gate > 0) return `b ${short(gate)}, ${leavesText(leaves)}: b ${short(tried)} gained ${gained}`;
  return `none: of ${trials.length} tried, b ${short(tried)} is the surest, with ${gained}`;
}

/**
 * Lines about what was chosen at the end of a training.
 * @param {Choices} choices
 */
export function choiceLines({ gate, proportional }) {
  const lines = [];
  if (gate) lines.push(`gate     ${gateLine(gate)}`);
  if (proportional) {
    const { proportional: share, cost } = proportional;
    lines.push(`lists    ${short(share)} in proportion: ${signed(-cost)} NDCG@20 on validation`);
  }
  return lines;
}

/**
 * What settings the data has chosen, and how to train without them.
 * @param {FromData} found
 */
export function fromDataLines({ settings, trials, people }) {
  const names = Object.entries(settings);
  if (names.length === 0) return [];
  const words = names.map(([name, value]) => `--${optionOf(name)} ${value}`).join(' ');
  const best = trials.find((trial) => trial.settings === settings);
  const reached = `NDCG@20 ${best?.ndcg.toFixed(4)} against ${trials[0].ndcg.toFixed(4)} with the defaults`;
  return [
    `chosen   ${words}: ${reached}`,
    `         (on events of ${count(people)} people, held out for this choice; ` +
      'any of these options given says no to it)',
  ];
}

/** @param {ValidationCheck} check */
const unknownLine = ({ events: { heldOut, unknown } }) =>
  unknown > 0
    ? [
        `unknown  ${count(unknown)} of ${count(heldOut)} held-out events are misses: ` +
          'the model does not know their items',
      ]
    : [];

/** @param {ValidationCheck} check */
function shiftLine({ shift }) {
  if (!shift) return [];
  const { popularity, nearness } = shift;
  const size = Math.abs(Math.log(popularity.ratio));
  const isLarge = size > Math.log(largeRatio) && size > 2 * popularity.standardError;
  const says =
    popularity.ratio > 1
      ? ': a gate may cost more than validation says'
      : ': what is chosen on them may be too good to rare items';
  const times = `held-out items are ${popularity.ratio.toFixed(2)} times as popular as what was trained on`;
  const near = `${nearness.heldOut.toFixed(2)} against ${nearness.leftOut.toFixed(2)}`;
  return [
    `shift    ${times}${isLarge ? says : ''}`,
    `         cosine to the nearest of the history ${near} (${count(shift.people)} people)`,
  ];
}

/**
 * What was tried, so that nobody is told to do what was just done.
 * @typedef {{ searched?: boolean, neighbours?: unknown, minSupport?: unknown }} Tried
 */

/**
 * What may help a model that ranks no better than popularity.
 * @param {Tried} tried
 */
function adviceFor({ searched = false, neighbours = 0, minSupport = 0 }) {
  const some = Number(neighbours) > 0;
  if (!searched)
    return [
      'try --auto',
      'another --dim',
      '--lambda 0.01 to 0.1',
      ...(some ? [] : ['--neighbours 100']),
      'a larger --min-support',
      'or more events a person',
    ];
  return [
    'a search found none that is: more events a person would help most',
    ...(Number(minSupport) > 1 ? ['else try --min-support 1, which leaves no item out'] : []),
    ...(some ? ['fewer neighbours (--neighbours 10, or 0)'] : []),
    'or a smaller --dim',
  ];
}

/**
 * What is wrong with a model that ranks no better than popularity does; null where it does.
 * @param {ValidationFigures} validation
 * @param {ValidationCheck} check
 * @param {Tried} tried
 */
function warningOf({ metrics }, { popularity, events }, tried) {
  const ours = metrics['ndcg@20'];
  const theirs = popularity.metrics['ndcg@20'];
  if (ours > theirs) return null;
  const figures = `(ndcg@20 ${ours.toFixed(4)} against ${theirs.toFixed(4)})`;
  if (2 * events.unknown > events.heldOut)
    return (
      `the ranking is no better than popularity ${figures}: ` +
      'most of what was held out is unknown to the model'
    );
  return `the ranking is no better than popularity ${figures}: ${adviceFor(tried).join(', ')}`;
}

/**
 * Says what a validation says, and loudly, also to who wants quiet, where the model is no better than
 * popularity.
 * @param {ValidationFigures} validation
 * @param {ValidationCheck} check
 * @param {(line: string) => void} say
 * @param {Tried} [tried]
 */
export function sayCheck(validation, check, say, tried = {}) {
  const { popularity } = check;
  say(`baseline popularity: ndcg@20 ${popularity.metrics['ndcg@20'].toFixed(4)}`);
  for (const line of [...unknownLine(check), ...shiftLine(check)]) say(line);
  const warning = warningOf(validation, check, tried);
  if (warning) sayLoudly(warning);
}

/**
 * A warning, also to who wants quiet.
 * @param {string} warning
 */
export const sayLoudly = (warning) => complain(`${loud(`warning  ${warning}`)}\n`);

const loud = (/** @type {string} */ text) =>
  style('bold', style('red', text, process.stderr), process.stderr);

/**
 * What a summary tells of a validation beside its figures.
 * @param {ValidationFigures} validation
 * @param {ValidationCheck} check
 * @param {Tried} tried
 */
export const checkSummary = (validation, check, tried) => ({
  popularity: check.popularity,
  events: check.events,
  shift: check.shift,
  warning: warningOf(validation, check, tried),
});

/** Said loudly where no list of a model depends on who asks. */
export const noHistoryCounts =
  'everybody gets the same list, whatever the history: try a smaller --lambda or --bias, a smaller --alpha ' +
  'or --unobserved, or more events a person';
