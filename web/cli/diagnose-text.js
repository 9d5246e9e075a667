// Owns how a diagnosis and a model card read in a terminal: figures, targets beside them, what they mean.
// Must not compute a figure.
import { count, style, table } from './print.js';

/** @import { Membership, ModelCard, PersonaQuality } from '../evaluate.js' */
/**
 * @typedef {{ key: string, name: string, value: number | null, target: { most?: number, least?: number } |
 *   null, says: string }} Figure
 */

const plain = (/** @type {number | null} */ value) => (value === null ? '-' : value.toFixed(2));
const percent = (/** @type {number | null} */ value) =>
  value === null ? '-' : `${(value * 100).toFixed(1)} %`;

/**
 * The figures of a diagnosis in the order in which they are to be read.
 * @param {Pick<PersonaQuality, 'separation' | 'effectivePersonas' | 'sharpness' | 'stability' | 'rareRecall'
 *   | 'collapsed'>} quality
 * @param {Pick<Membership, 'auc'> | null} membership
 * @param {typeof import('../evaluate.js').targets} targets
 * @returns {Figure[]}
 */
export function figuresOf(
  { separation, effectivePersonas, sharpness, stability, rareRecall, collapsed },
  membership,
  targets,
) {
  return [
    {
      key: 'effectivePersonas',
      name: 'effective personas',
      value: effectivePersonas,
      target: null,
      says: 'tastes a person has, small ones counting less',
    },
    {
      key: 'separation',
      name: 'separation',
      value: separation,
      target: null,
      says: '0: two personas of a person say the same of the catalogue, 1: nothing in common',
    },
    {
      key: 'collapsed',
      name: 'collapsed',
      value: collapsed,
      target: null,
      says: 'people with two personas alike, or one that is next to nothing',
    },
    {
      key: 'history',
      name: 'sharpness, history',
      value: sharpness.history,
      target: null,
      says: 'entropy of the attention over ln P: lower is sharper, 0: one persona speaks',
    },
    {
      key: 'recommended',
      name: 'sharpness, recommended',
      value: sharpness.recommended,
      target: { most: targets.sharpness },
      says: 'the same on what is recommended',
    },
    {
      key: 'random',
      name: 'sharpness, random',
      value: sharpness.random,
      target: null,
      says: 'the same on random items, where nobody should be sure',
    },
    {
      key: 'stability',
      name: 'stability',
      value: stability,
      target: { least: targets.stability },
      says: "of a persona's 20 top items, those that another training gives it too",
    },
    {
      key: 'rareRecall',
      name: 'recall of rare tastes',
      value: rareRecall,
      target: null,
      says: 'recall@20 of what is less than a tenth of the history',
    },
    ...(membership
      ? [
          {
            key: 'membership',
            name: 'membership AUC',
            value: membership.auc,
            target: { most: targets.membership },
            says: '.5: who trained cannot be told from who did not',
          },
        ]
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

/**
 * @param {string} model
 * @param {PersonaQuality} quality
 * @param {Membership | null} membership
 * @param {typeof import('../evaluate.js').targets} targets
 */
export function diagnosisText(model, quality, membership, targets) {
  const { details } = quality,
    { faithfulness, rareRecall, stability } = details,
    lines = [
      `${style('bold', model)}: personas of ${count(details.people)} people, ${count(details.several)} with two or more\n`,
      figureTable(figuresOf(quality, membership, targets)),
      '',
    ];
  lines.push(
    table([
      ['people with 1, 2, ... personas', details.counts.join(', ')],
      ['shares of the personas, people with several', details.shares.map(percent).join(', ')],
      [
        'two own the history alike / say the same / one is next to nothing',
        [details.alike, details.merged, details.dead].map(percent).join(' / '),
      ],
      [
        'one persona has most of the attention: history / recommended / random',
        [details.decided.history, details.decided.recommended, details.decided.random]
          .map(percent)
          .join(' / '),
      ],
    ]),
  );
  if (stability)
    lines.push(
      table([
        ['the other training groups the history alike (adjusted Rand index)', plain(stability.agreement)],
        ['as many personas in both', percent(stability.sameNumber)],
      ]),
    );
  else lines.push('  stability needs another training: --against MODEL2, or --seeds 1');
  if (rareRecall)
    lines.push(
      table([
        [
          `rare tastes: ${count(rareRecall.items)} test items of ${count(rareRecall.people)} people`,
          `recall@20 ${plain4(rareRecall.recall)}, one persona ${plain4(rareRecall.onePersona)}${rareRecall.against === null ? '' : `, the other model ${plain4(rareRecall.against)}`}`,
        ],
      ]),
    );
  else lines.push('  recall of rare tastes needs --test FILE and a model with aspects');
  for (const [name, part] of /** @type {const} */ ([
    ['reasons', faithfulness.reasons],
    ['persona', faithfulness.persona],
  ]))
    if (part)
      lines.push(
        table([
          [
            name === 'reasons'
              ? 'without the items an explanation names, the rank falls'
              : 'without the named persona, the rank falls',
            `by a factor of ${(2 ** part.named).toFixed(2)}; without as much of the rest ${(2 ** part.random).toFixed(2)}; further in ${percent(part.share)} of ${count(part.cases)} cases`,
          ],
        ]),
      );
  if (membership) lines.push(membershipText(membership), ...advice(membership, targets));
  return `${lines.join('\n')}\n`;
}

const plain4 = (/** @type {number | null} */ value) => (value === null ? '-' : value.toFixed(4));

/** @param {Pick<Membership, 'auc' | 'low' | 'high' | 'attack' | 'people'>} membership */
const membershipText = ({ auc, low, high, attack, people }) =>
  `  membership attack: AUC ${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}) by ${attack}, ${count(people)} people; .5 is a coin`;

/**
 * What a missed target asks for; measured on MovieLens (METRICS.md).
 * @param {Pick<Membership, 'auc'> | null} membership
 * @param {typeof import('../evaluate.js').targets} targets
 */
const advice = (membership, targets) =>
  membership && membership.auc > targets.membership
    ? [
        '  Who trained can be told better than by chance: a smaller --dim, a larger --lambda or --min-support lowers that, at some cost of accuracy.',
      ]
    : [];

/**
 * @param {ModelCard} card
 * @param {typeof import('../evaluate.js').targets} targets
 */
export function cardText({ data, personas, membership }, targets) {
  const lines = [
    style('bold', 'Model card'),
    table([
      ['trained on', `${count(data.interactions)} interactions of ${count(data.people)} people`],
      [
        'left out',
        `${count(data.itemsLeftOut)} items of fewer than ${data.minSupport} people, with ${count(data.interactionsLeftOut)} interactions`,
      ],
    ]),
  ];
  if (personas) lines.push(figureTable(figuresOf(personas, membership, targets)));
  if (personas?.faithfulness.because != null)
    lines.push(
      `  explanations: without the items they name the rank falls ${(2 ** personas.faithfulness.because).toFixed(2)} times as far as without others`,
    );
  lines.push(
    membership ? membershipText(membership) : '  membership attack: not run',
    ...advice(membership, targets),
  );
  lines.push('  No rows, ids or vectors of people are in the file. Nothing here is differential privacy.');
  return `${lines.join('\n')}\n`;
}
