// Owns how an evaluation reads in a terminal. Must not compute a figure.
import { count, style, table } from './print.js';

/** @import { Evaluation, Interval } from '../evaluate.js' */

/** @type {[string, string][]} */
const names = [
  ['recall', 'Recall'],
  ['ndcg', 'NDCG'],
  ['hitrate', 'HitRate'],
  ['precision', 'Precision'],
  ['mrr', 'MRR'],
  ['map', 'MAP'],
  ['coverage', 'Coverage'],
  ['novelty', 'Novelty (bits)'],
  ['gini', 'Gini'],
];

export const caution =
  'Caution: sampled metrics put models in another order than the full ranking does (Krichene & Rendle 2020).';

const figure = (/** @type {number} */ value) => value.toFixed(4);
const signed = (/** @type {number} */ value) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
const share = (/** @type {number | null} */ value) =>
  value === null ? 'none' : `${(value * 100).toFixed(1)} %`;
const plural = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ many) =>
  `${count(n)} ${n === 1 ? one : many}`;

/**
 * Every metric at every k.
 * @param {Evaluation} result
 */
function figureTable({ metrics, standardErrors, protocol: { k } }) {
  const cell = (/** @type {string} */ key) =>
    `${figure(metrics[key])}${key in standardErrors ? ` ± ${figure(standardErrors[key])}` : ''}`;
  return table([
    ['', ...k.map((cut) => `@${cut}`)],
    ...names.map(([name, title]) => [title, ...k.map((cut) => cell(`${name}@${cut}`))]),
  ]);
}

/**
 * What was ranked for whom, and what was left out.
 * @param {Evaluation} result
 */
function protocolLines({ protocol: { ranking, negatives }, users, catalogue, skipped }) {
  const what = {
    full: `full ranking of ${plural(catalogue, 'item', 'items')}, the history left out`,
    candidates: 'the candidates given',
    sampled: `the test items among ${plural(negatives ?? 0, 'random item', 'random items')}`,
  }[ranking];
  /** @type {[number, string][]} */
  const notes = [
    [skipped.peopleWithoutHistory, 'people without history: popularity order'],
    [skipped.peopleWithoutTest, 'people without test items: left out'],
    [skipped.peopleWithoutCandidates, 'people without candidates: left out'],
    [skipped.testItemsInHistory, 'test items that the history holds: left out'],
    [skipped.testItemsUnknown, 'test items that the model does not know: misses'],
  ];
  return [
    `${plural(users, 'person', 'people')}, ${what}`,
    ...notes.filter(([n]) => n > 0).map(([n, text]) => `${count(n)} ${text}`),
    ...(ranking === 'full' ? [] : [caution]),
  ].join('\n');
}

/** @param {Evaluation} result */
function personaLines({ personas, protocol: { headline } }) {
  const { mean, effective, single, collapseRate, sharpness } = personas;
  return `${style('bold', 'Personas')}\n${table([
    ['per person', `${mean.toFixed(2)}, effectively ${effective.toFixed(2)}`],
    ['people with one', share(single)],
    ['of the others, with two alike', share(collapseRate)],
    [
      `attention on the top ${headline}`,
      sharpness === null ? 'none' : `entropy ${share(sharpness)} of ln P (0 %: one persona speaks)`,
    ],
  ])}`;
}

const interval = (/** @type {Interval} */ { mean, low, high }) =>
  `${signed(mean)} (${signed(low)} to ${signed(high)})`;

/**
 * @param {Evaluation} result
 * @param {{ against?: string | undefined }} names
 */
function comparisonLines(result, { against }) {
  const k = result.protocol.headline;
  const keys = [`recall@${k}`, `ndcg@${k}`];
  const others = [
    ...Object.entries(result.baselines),
    ...(result.against
      ? [[against ?? 'the other model', { ...result.against, settings: {}, chosenOn: 'given' }]]
      : []),
  ];
  if (others.length === 0) return '';
  const rows = others.map(([name, other]) => {
    const { metrics, difference, settings, chosenOn } =
      /** @type {import('../evaluate/evaluate-model.js').BaselineResult} */ (other);
    const set = Object.entries(settings)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ');
    return [
      String(name),
      ...keys.flatMap((key) => [figure(metrics[key]), interval(difference[key])]),
      set && `${set} (${chosenOn === 'validation' ? 'chosen on validation' : chosenOn})`,
    ];
  });
  const resamples = count(result.protocol.resamples);
  return (
    `\n\n${style('bold', 'Compared with')} (model minus it, 95 % of ${resamples} resamples)\n` +
    table([['', `Recall@${k}`, '', `NDCG@${k}`, '', ''], ...rows])
  );
}

/**
 * @param {NonNullable<Evaluation['newUsers']>['baselines']} baselines
 * @param {number} k
 */
function newUserBaselines(baselines, k) {
  const rows = Object.entries(baselines).map(([name, { metrics, difference }]) => [
    name,
    ...[`recall@${k}`, `ndcg@${k}`].flatMap((key) => [figure(metrics[key]), interval(difference[key])]),
  ]);
  if (rows.length === 0) return '';
  const lines = table([['', `Recall@${k}`, '', `NDCG@${k}`, ''], ...rows]);
  return `\n\nFitted without them (folded in minus it)\n${lines}`;
}

/** @param {Evaluation} result */
function newUserLines({ newUsers, protocol: { headline: k } }) {
  if (!newUsers) return '';
  const rows = [
    ['recall', 'Recall'],
    ['ndcg', 'NDCG'],
  ].map(([name, title]) => {
    const key = `${name}@${k}`;
    const ratio = newUsers.ratio[key];
    return [
      `${title}@${k}`,
      figure(newUsers.foldedIn.metrics[key]),
      figure(newUsers.trained.metrics[key]),
      ratio ? `${share(ratio.mean)} (${share(ratio.low)} to ${share(ratio.high)})` : 'none',
    ];
  });
  const leftOut = `${plural(newUsers.leftOut, 'person', 'people')} left out of another training`;
  return (
    `\n\n${style('bold', 'New people')}: ${leftOut}, ${count(newUsers.users)} of them measured\n` +
    table([['', 'folded in', 'this model', 'ratio'], ...rows]) +
    newUserBaselines(newUsers.baselines, k)
  );
}

/**
 * @param {string} model
 * @param {Evaluation} result
 * @param {{ against?: string | undefined }} names
 */
export function evaluationText(model, result, names) {
  const known = [`${model}: ${protocolLines(result)}`, figureTable(result), personaLines(result)].join(
    '\n\n',
  );
  return `${known}${comparisonLines(result, names)}${newUserLines(result)}\n`;
}
