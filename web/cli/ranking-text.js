// Owns how personas, rankings and reasons read in a terminal. Must not rank.
import { bar, fit, percent, style, table } from './print.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { Ranking, RankedItem } from '../model/types.js' */

/**
 * @param {string} title
 * @param {number} [width]
 */
const short = (title, width = 40) => fit(title, width);

/** A smaller part of a score would be printed as 0.00. */
const leastShown = 0.005;

/**
 * Why an item stands where it stands, or '' where nothing is known.
 * @param {RankedItem} item
 */
function because({ explanation, score }) {
  if (!explanation || score === null) return '';
  const parts = explanation.contributions
    .filter((part) => part.contribution > 0)
    .map((part) => `${short(part.title, 32)} ${part.contribution.toFixed(2)}`);
  const liked = parts.length > 0 ? `because you liked ${parts.join(' + ')}` : 'by popularity alone';
  const others = explanation.rest + explanation.residual;
  const size = Math.abs(others).toFixed(2);
  const history = Math.abs(others) >= leastShown ? ` ${others < 0 ? '-' : '+'} other history ${size}` : '';
  const { bias } = explanation;
  return `${liked}${history}${Math.abs(bias) >= leastShown ? ` + popularity ${bias.toFixed(2)}` : ''}`;
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
      const score = item.score === null ? ' new ' : item.score.toFixed(3);
      const persona = item.persona ? `  ${style('cyan', item.persona.label)}` : '';
      const place = String(i + 1).padStart(2);
      const head = `  ${place}  ${score}  ${short(item.title, 46).padEnd(46)}${persona}`;
      const why = because(item);
      return why ? [head, style('dim', `             ${why}`)] : [head.trimEnd()];
    })
    .join('\n');
}
