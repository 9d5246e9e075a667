// Owns the page of `ampcf diagnose --html`: one file with charts as SVG that asks nothing of any network.
// Must not compute a figure.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { figuresOf, isMet, targetText } from './diagnose-text.js';
import { inline } from '../read/inline.js';

/** @import { Membership, PersonaQuality } from '../evaluate.js' */
/** @typedef {typeof import('../evaluate.js').targets} Targets */
/** @typedef {{ name: string, value: number }} Bar */
/**
 * @typedef {object} BarChart
 * @property {Bar[]} bars
 * @property {string} label of the axis
 * @property {boolean} [share] values are shares, written in per cent
 * @property {number} [target] where a dashed line stands
 * @property {number} [most] the axis reaches at least this far
 * @property {number} [from] where bars begin, default 0
 */
/** @typedef {{ title: string, says: string, chart: BarChart }} Chart */

const css = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin-bottom: 0 }
h2 { font-size: 1.05rem; margin: 0 }
p { margin: .2rem 0 .6rem; opacity: .75 }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td:first-child { white-space: nowrap }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.met { color: #2a7d4f }
.missed { color: #c0392b; font-weight: 600 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(27rem, 1fr)); gap: 2rem }
section { min-width: 0 }
svg { max-width: 100%; height: auto; overflow: visible }
@media (prefers-color-scheme: dark) { .met { color: #6fcf97 } .missed { color: #ff8a7a } }
@media (max-width: 30rem) { main { grid-template-columns: 1fr } }`;
const colour = '#4477aa';
const marked = '#cc6677';

/**
 * @param {Document} document
 * @param {string} name
 * @param {string} text
 * @param {string} [className]
 */
function element(document, name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/**
 * @param {Document} document
 * @param {BarChart} chart
 */
function bars(document, { bars: data, label, share = false, target, most, from = 0 }) {
  const text = (/** @type {Bar} */ { value }) => {
    if (share) return `${(value * 100).toFixed(1)} %`;
    return Number.isInteger(value) ? String(value) : value.toFixed(3);
  };
  const high = Math.max(most ?? 0, target ?? 0, ...data.map(({ value }) => value));
  const low = Math.min(from, ...data.map(({ value }) => value));
  return Plot.plot({
    document,
    width: 440,
    height: 54 + 30 * data.length,
    marginLeft: 150,
    marginRight: 56,
    marginTop: 8,
    marginBottom: 42,
    style: { fontSize: '12px', background: 'none' },
    x: {
      domain: [low, high],
      label,
      ticks: share ? 4 : 5,
      grid: true,
      ...(share && { tickFormat: (/** @type {number} */ x) => `${Math.round(x * 100)} %` }),
    },
    y: { domain: data.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(data, {
        x1: Math.max(low, Math.min(from, high)),
        x2: 'value',
        y: 'name',
        fill: colour,
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.text(data, { x: 'value', y: 'name', text, textAnchor: 'start', dx: 5 }),
      ...(target === undefined
        ? []
        : [Plot.ruleX([target], { stroke: marked, strokeWidth: 2, strokeDasharray: '4 3' })]),
    ],
  });
}

/**
 * Bars of the figures that there are.
 * @param {Record<string, number | null>} values
 * @returns {Bar[]}
 */
const named = (values) =>
  Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));

/**
 * How many personas people have, and how large they are.
 * @param {PersonaQuality['details']} details
 * @returns {Chart[]}
 */
const personaCharts = ({ people, counts, shares }) => [
  {
    title: 'Personas a person has',
    says: `${people} people were looked at.`,
    chart: {
      bars: counts.map((value, k) => ({ name: k === 0 ? 'one' : String(k + 1), value })),
      label: 'people',
    },
  },
  {
    title: 'Shares of the personas',
    says: 'Mean over people with two or more: the largest persona first.',
    chart: {
      bars: shares.map((value, k) => ({ name: k === 0 ? 'largest' : `no. ${k + 1}`, value })),
      label: 'share of the history',
      share: true,
    },
  },
];

/**
 * @param {PersonaQuality['sharpness']} sharpness
 * @param {Targets} targets
 * @returns {Chart}
 */
const sharpnessChart = (sharpness, targets) => ({
  title: 'Sharpness of the attention',
  says:
    'Entropy over ln P. Lower is sharper: 0 is one persona, 1 is all alike. ' +
    'Dashed: at most this on what is recommended.',
  chart: { bars: named({ ...sharpness }), label: 'entropy / ln P', target: targets.sharpness, most: 1 },
});

/**
 * @param {NonNullable<PersonaQuality['details']['stability']>} stability
 * @param {Targets} targets
 * @returns {Chart}
 */
const stabilityChart = ({ shared, agreement, together, sameNumber }, targets) => ({
  title: 'Stability between trainings',
  says:
    'Top items that matching personas share; how alike both group the history. ' +
    'Dashed: at least this for the first.',
  chart: {
    bars: named({
      'shared top items': shared,
      'adjusted Rand index': agreement,
      'pairs alike': together,
      'as many personas': sameNumber,
    }),
    label: 'share',
    target: targets.stability,
    most: 1,
  },
});

/**
 * @param {NonNullable<PersonaQuality['details']['rareRecall']>} rareRecall
 * @returns {Chart}
 */
const rareRecallChart = ({ items, recall, onePersona, against }) => ({
  title: 'Recall of rare tastes',
  says: `Recall@20 of ${items} test items of a taste below a tenth of the history.`,
  chart: {
    bars: named({ 'this model': recall, 'one persona': onePersona, 'the other model': against }),
    label: 'recall@20',
  },
});

/**
 * No chart where neither kind of explanation was measured.
 * @param {PersonaQuality['details']['faithfulness']} faithfulness
 * @returns {Chart[]}
 */
function faithfulnessCharts({ because, persona }) {
  const items = because && { 'items it names': because.named, 'as many others': because.random };
  const personas = persona && { 'the named persona': persona.named, 'another persona': persona.random };
  if (!items && !personas) return [];
  return [
    {
      title: 'Faithfulness of explanations',
      says:
        'How far an item falls without what its explanation names, and without others. ' +
        '1 doubles the rank.',
      chart: { bars: named({ ...items, ...personas }), label: 'log2 of rank after / before' },
    },
  ];
}

/**
 * @param {Membership} membership
 * @param {Targets} targets
 * @returns {Chart}
 */
const membershipChart = ({ attacks }, targets) => ({
  title: 'Membership attacks',
  says: 'AUC: .5 cannot tell who was in the training. Dashed: at most this.',
  chart: { bars: named({ ...attacks }), label: 'AUC', target: targets.membership, from: 0.5, most: 0.7 },
});

/**
 * Charts of what was measured.
 * @param {PersonaQuality} quality
 * @param {Membership | null} membership
 * @param {Targets} targets
 * @returns {Chart[]}
 */
function chartsOf({ sharpness, details }, membership, targets) {
  const { stability, rareRecall, faithfulness } = details;
  return [
    ...personaCharts(details),
    sharpnessChart(sharpness, targets),
    ...(stability ? [stabilityChart(stability, targets)] : []),
    ...(rareRecall ? [rareRecallChart(rareRecall)] : []),
    ...faithfulnessCharts(faithfulness),
    ...(membership ? [membershipChart(membership, targets)] : []),
  ];
}

/**
 * @param {Document} document
 * @param {import('./diagnose-text.js').Figure[]} figures
 */
function figureTable(document, figures) {
  const table = document.createElement('table');
  const row = (/** @type {HTMLElement[]} */ cells) => {
    const made = document.createElement('tr');
    made.append(...cells);
    table.append(made);
  };
  row(['', 'figure', 'target', '', ''].map((text) => element(document, 'th', text)));
  for (const figure of figures) {
    const met = isMet(figure);
    row([
      element(document, 'td', figure.name),
      element(document, 'td', figure.value === null ? '-' : figure.value.toFixed(3), 'number'),
      element(document, 'td', targetText(figure).replace('>=', '≥').replace('<=', '≤'), 'number'),
      element(document, 'td', met === null ? '' : met ? 'met' : 'missed', met ? 'met' : 'missed'),
      element(document, 'td', figure.says),
    ]);
  }
  return table;
}

const emptyPage =
  '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
  '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body></body></html>';

/**
 * The page of a diagnosis.
 * @param {string} model what it is called
 * @param {PersonaQuality} quality
 * @param {Membership | null} membership
 * @param {Targets} targets
 * @returns {string} HTML, complete in itself
 */
export function diagnosisPage(model, quality, membership, targets) {
  const { document } = parseHTML(emptyPage);
  // A title is written as it stands, so no name of a file may be in it.
  document.head.append(element(document, 'title', 'Personas'), element(document, 'style', css));
  const main = document.createElement('main');
  for (const { title, says, chart } of chartsOf(quality, membership, targets)) {
    const section = document.createElement('section');
    section.append(element(document, 'h2', title), element(document, 'p', says), bars(document, chart));
    main.append(section);
  }
  document.body.append(
    element(document, 'h1', `Personas of ${inline(model)}`),
    element(
      document,
      'p',
      `${quality.details.people} people, ${quality.details.several} with two or more personas`,
    ),
    figureTable(document, figuresOf(quality, membership, targets)),
    main,
  );
  return `<!doctype html>\n${document.documentElement.outerHTML}\n`;
}
