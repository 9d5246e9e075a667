// Owns how a diagnosis and a model card read in a terminal: figures, targets beside them, what they mean.
// Must not compute a figure.
import { inline } from '../read/inline.js';
import { count, style, table } from './print.js';

/** @import { Membership, ModelCard, PersonaQuality } from '../evaluate.js' */
/** @typedef {typeof import('../evaluate.js').targets} Targets */
/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {number | null} value null: nothing was measured
 * @property {{ most?: number, least?: number } | null} target null: there is none
 * @property {string} says what the figure means
 */

const plain = (/** @type {number | null} */ value) => (value === null ? '-' : value.toFixed(2));
const fine = (/** @type {number | null} */ value) => (value === null ? '-' : value.toFixed(4));
const percent = (/** @type {number | null} */ value) =>
  value === null ? '-' : `${(value * 100).toFixed(1)} %`;

/** What the figures of a diagnosis mean. */
const meanings = {
  effectivePersonas: 'tastes a person has, small ones counting less',
  separation: '0: two personas of a person say the same of the catalogue, 1: nothing in common',
  collapsed: 'people with two personas alike, or one that is next to nothing',
  history: 'entropy of the attention over ln P: lower is sharper, 0: one persona speaks',
  recommended: 'the same on what is recommended',
  random: 'the same on random items, for which little speaks',
  stability: "of a persona's 20 top items, those that another training gives it too",
  rareRecall: 'recall@20 of what is less than a tenth of the history',
  membership: '.5: who trained cannot be told from who did not',
};

/**
 * @typedef {Pick<PersonaQuality, 'separation' | 'effectivePersonas' | 'sharpness' | 'stability' |
 *   'rareRecall' | 'collapsed'>} Headlines
 */

/**
 * The figures of a diagnosis in the order in which they are to be read.
 * @param {Headlines} quality
 * @param {Pick<Membership, 'auc'> | null} membership
 * @param {Targets} targets
 * @returns {Figure[]}
 */
export function figuresOf(
  { separation, effectivePersonas, sharpness, stability, rareRecall, collapsed },
  membership,
  targets,
) {
  /**
   * @param {string} name
   * @param {number | null} value
   * @param {string} says
   * @param {Figure['target']} [target]
   * @returns {Figure}
   */
  const figure = (name, value, says, target = null) => ({ name, value, target, says });
  const atMost = (/** @type {number} */ most) => ({ most });
  return [
    figure('effective personas', effectivePersonas, meanings.effectivePersonas),
    figure('separation', separation, meanings.separation),
    figure('collapsed', collapsed, meanings.collapsed),
    figure('sharpness, history', sharpness.history, meanings.history),
    figure('sharpness, recommended', sharpness.recommended, meanings.recommended, atMost(targets.sharpness)),
    figure('sharpness, random', sharpness.random, meanings.random),
    figure('stability', stability, meanings.stability, { least: targets.stability }),
    figure('recall of rare tastes', rareRecall, meanings.rareRecall),
    ...(membership
      ? [figure('membership AUC', membership.auc, meanings.membership, atMost(targets.membership))]
      : []),
  ];
}

/**
 * @param {Figure} figure
 * @returns {boolean | null} null: no target, or nothing measured
 */
export function isMet({ value, target }) {
  if (!target || value === null) return null;
  return value <= (target.most ?? Infinity) && value >= (target.least ?? -Infinity);
}

/** @param {Figure} figure */
export const targetText = ({ target }) =>
  target ? `${target.most === undefined ? '>=' : '<='} ${(target.most ?? target.least ?? 0).toFixed(2)}` : '';

/** @param {Figure[]} figures */
const figureTable = (figures) =>
  table([
    ['', 'figure', 'target', '', ''],
    ...figures.map((figure) => {
      const met = isMet(figure);
      return [
        figure.name,
        plain(figure.value),
        targetText(figure),
        met === null ? '' : met ? 'met' : style('bold', 'missed'),
        figure.says,
      ];
    }),
  ]);

/** @param {PersonaQuality['details']} details */
const detailTable = ({ counts, shares, alike, merged, dead, decided }) =>
  table([
    ['people with 1, 2, ... personas', counts.join(', ')],
    ['shares of the personas, people with several', shares.map(percent).join(', ')],
    [
      'two own the history alike / say the same / one is next to nothing',
      [alike, merged, dead].map(percent).join(' / '),
    ],
    [
      'one persona has most of the attention: history / recommended / random',
      [decided.history, decided.recommended, decided.random].map(percent).join(' / '),
    ],
  ]);

/** @param {PersonaQuality['details']['stability']} stability */
const stabilityText = (stability) =>
  stability
    ? table([
        ['the other training groups the history alike (adjusted Rand index)', plain(stability.agreement)],
        ['as many personas in both', percent(stability.sameNumber)],
      ])
    : '  stability needs another training: --against MODEL2, or --seeds 1';

/** @param {PersonaQuality['details']['oneEvent']} oneEvent */
const oneEventText = ({ people, topK, list, onePersona, together, sameNumber }) =>
  people > 0
    ? table([
        [
          `one event less: places of ${topK} that change, by one vector`,
          `${plain(list.places)}, ${plain(onePersona.places)}`,
        ],
        ['Kendall tau of what stays, by one vector', `${plain(list.tau)}, ${plain(onePersona.tau)}`],
        ['pairs of events that stay together or apart', percent(together)],
        ['as many personas', percent(sameNumber)],
      ])
    : '  one event less: nobody has two events';

/** @param {PersonaQuality['details']['rareRecall']} rareRecall */
function rareRecallText(rareRecall) {
  if (!rareRecall) return '  recall of rare tastes needs --test FILE and a model with aspects';
  const { items, people, recall, onePersona, against } = rareRecall;
  const other = against === null ? '' : `, the other model ${fine(against)}`;
  return table([
    [
      `rare tastes: ${count(items)} test items of ${count(people)} people`,
      `recall@20 ${fine(recall)}, one persona ${fine(onePersona)}${other}`,
    ],
  ]);
}

/**
 * How far the rank falls without what an explanation names.
 * @param {string} without
 * @param {PersonaQuality['details']['faithfulness']['because']} part null: not measured
 */
function faithfulnessLines(without, part) {
  if (!part) return [];
  const { named, random, share, cases } = part;
  const falls =
    `by a factor of ${(2 ** named).toFixed(2)}; without as much of the rest ${(2 ** random).toFixed(2)}; ` +
    `further in ${percent(share)} of ${count(cases)} cases`;
  return [table([[`without ${without}, the rank falls`, falls]])];
}

/**
 * A diagnosis as text.
 * @param {string} model
 * @param {PersonaQuality} quality
 * @param {Membership | null} membership
 * @param {Targets} targets
 */
export function diagnosisText(model, quality, membership, targets) {
  const { details } = quality;
  const { people, several, faithfulness, rareRecall, stability, oneEvent } = details;
  const lines = [
    `${style('bold', model)}: personas of ${count(people)} people, ${count(several)} with two or more\n`,
    figureTable(figuresOf(quality, membership, targets)),
    '',
    detailTable(details),
    stabilityText(stability),
    oneEventText(oneEvent),
    rareRecallText(rareRecall),
    ...faithfulnessLines('the items an explanation names', faithfulness.reasons),
    ...faithfulnessLines('the named persona', faithfulness.persona),
    ...(membership ? [membershipText(membership), ...advice(membership, targets)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {Pick<Membership, 'auc' | 'low' | 'high' | 'attack' | 'people'>} membership */
const membershipText = ({ auc, low, high, attack, people }) =>
  `  membership attack: AUC ${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}) ` +
  `by ${inline(attack)}, ${count(people)} people; .5 is a coin`;

/**
 * What to do about a missed target. It was measured on MovieLens (METRICS.md).
 * @param {Pick<Membership, 'auc'> | null} membership
 * @param {Targets} targets
 */
const advice = (membership, targets) =>
  membership && membership.auc > targets.membership
    ? [
        '  Who trained can be told better than by chance: a smaller --dim, a larger --lambda ' +
          'or --min-support lowers that, at some cost of accuracy.',
      ]
    : [];

/** @param {ModelCard['data']} data */
const trainingTable = ({ people, interactions, minSupport, itemsLeftOut, interactionsLeftOut }) =>
  table([
    ['trained on', `${count(interactions)} interactions of ${count(people)} people`],
    [
      'left out',
      `${count(itemsLeftOut)} items of fewer than ${minSupport} people, ` +
        `with ${count(interactionsLeftOut)} interactions`,
    ],
  ]);

/**
 * A model card as text.
 * @param {ModelCard} card
 * @param {Targets} targets
 */
export function cardText({ data, personas, membership }, targets) {
  const lines = [style('bold', 'Model card'), trainingTable(data)];
  if (personas) lines.push(figureTable(figuresOf(personas, membership, targets)));
  const because = personas?.faithfulness.because;
  if (because != null)
    lines.push(
      '  explanations: without the items they name the rank falls ' +
        `${(2 ** because).toFixed(2)} times as far as without others`,
    );
  lines.push(
    membership ? membershipText(membership) : '  membership attack: not run',
    ...advice(membership, targets),
  );
  lines.push('  No rows, ids or vectors of people are in the file. Nothing here is differential privacy.');
  return `${lines.join('\n')}\n`;
}
