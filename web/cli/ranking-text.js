// Owns how personas, rankings and reasons read in a terminal. Must not rank.
import { bar, fit, percent, style, table } from './print.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { Ranking, RankedItem } from '../model/types.js' */

/**
 * @param {string} title
 * @param {number} [width]
 */
const short = (title, width = 40) => fit(title, width);

/** @param {RankedItem} item */
function because({ explanation, score }) {
  if (!explanation || score === null) return '';
  const parts = explanation.contributions
    .filter((part) => part.contribution > 0)
    .map((part) => `${short(part.title, 32)} ${part.contribution.toFixed(2)}`);
  const others = explanation.rest + explanation.residual;
  return (
    `${parts.length > 0 ? `because you liked ${parts.join(' + ')}` : 'by popularity alone'}` +
    `${Math.abs(others) >= 0.005 ? ` ${others < 0 ? '-' : '+'} other history ${Math.abs(others).toFixed(2)}` : ''}` +
    `${Math.abs(explanation.bias) >= 0.005 ? ` + popularity ${explanation.bias.toFixed(2)}` : ''}`
  );
}

/**
 * The personas of a profile as text.
 * @param {Profile} me
 */
export function personaLines(me) {
  const personas = me.personas();
  return table(
    personas.map(({ index, label, share, items }) => [
      String(index + 1),
      style('bold', label),
      bar(share, 12),
      percent(share),
      style(
        'dim',
        items
          .slice(0, 3)
          .map((entry) => short(entry.title, 30))
          .join(', '),
      ),
    ]),
  );
}

/**
 * A ranking as text.
 * @param {Ranking} ranking
 */
export function rankingLines({ items }) {
  return items
    .flatMap((item, i) => {
      const head =
        `  ${String(i + 1).padStart(2)}  ${item.score === null ? ' new ' : item.score.toFixed(3)}  ${short(item.title, 46).padEnd(46)}` +
        `${item.persona ? `  ${style('cyan', item.persona.label)}` : ''}`;
      const why = because(item);
      return why ? [head, style('dim', `             ${why}`)] : [head.trimEnd()];
    })
    .join('\n');
}
