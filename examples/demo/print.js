// Owns how the demo looks in a terminal. Must not rank.
import { styleText } from 'node:util';

/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {ReturnType<Profile['rank']>} Ranking */
/** @typedef {Ranking['items'][number]} RankedItem */

const useColour = () => Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

/** @param {string} text */
export const bold = (text) => (useColour() ? styleText('bold', text) : text);

/** @param {string} text */
const dim = (text) => (useColour() ? styleText('dim', text) : text);

/** @param {number} share 0 to 1 */
export const percent = (share) => `${Math.round(share * 100)} %`;

/** @param {number} n */
export const count = (n) => n.toLocaleString('en-US');

/**
 * @param {number} share 0 to 1
 * @param {number} width cells
 */
export function bar(share, width) {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/**
 * Cut with an ellipsis.
 * @param {string} text
 * @param {number} width
 */
const fit = (text, width) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/** @param {Profile} me */
export function personaLines(me) {
  const personas = me.personas();
  const width = Math.max(...personas.map(({ label }) => label.length));
  return personas
    .map(({ index, label, share, items }) => {
      const titles = items.slice(0, 3).map(({ title }) => fit(title, 30));
      const name = bold(label) + ' '.repeat(width - label.length);
      const part = percent(share).padStart(5);
      return `  ${index + 1}  ${name}  ${bar(share, 12)}  ${part}  ${dim(titles.join(', '))}`;
    })
    .join('\n');
}

/**
 * The terms of a score, which add up to it.
 * @param {RankedItem} item
 */
function reason({ explanation, score }) {
  if (!explanation) return '';
  const { contributions, bias } = explanation;
  const liked = contributions.filter(({ contribution }) => contribution > 0);
  const named = liked.reduce((sum, { contribution }) => sum + contribution, 0);
  const others = Number(score) - bias - named;
  const terms = liked.map(({ title, contribution }) => `${fit(title, 32)} ${contribution.toFixed(2)}`);
  return [
    terms.length > 0 ? `because you liked ${terms.join(' + ')}` : 'by popularity alone',
    Math.abs(others) >= 0.005 ? `${others < 0 ? '-' : '+'} other history ${Math.abs(others).toFixed(2)}` : '',
    Math.abs(bias) >= 0.005 ? `+ popularity ${bias.toFixed(2)}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** @param {Ranking} ranking */
export function rankingLines({ items }) {
  return items
    .map((item, i) => {
      const score = Number(item.score).toFixed(3);
      const title = fit(item.title, 46).padEnd(46);
      const place = String(i + 1).padStart(2);
      return [
        `  ${place}  ${score}  ${title}  ${item.persona?.label ?? ''}${item.seat ? dim('  by share') : ''}`,
        `             ${dim(reason(item))}`,
      ].join('\n');
    })
    .join('\n');
}
