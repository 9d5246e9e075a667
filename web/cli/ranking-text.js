// Owns how personas, rankings and reasons read in a terminal. Must not rank.
import { inline } from '../read/inline.js';
import { filled, hanging, terminalWidth, widthOf } from './layout.js';
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
 * A further term of a sum, or '' where it would be printed as 0.00.
 * @param {string} what
 * @param {number} size
 */
const term = (what, size) =>
  Math.abs(size) >= leastShown ? ` ${size < 0 ? '-' : '+'} ${what} ${Math.abs(size).toFixed(2)}` : '';

/**
 * Why an item stands where it stands, or '' where nothing is known. The terms add up to the score: what is
 * not named is in the other history, also what speaks against the item.
 * @param {RankedItem} item
 */
function because({ explanation, score }) {
  if (!explanation || score === null) return '';
  const { bias } = explanation;
  const named = explanation.contributions.filter(({ contribution }) => contribution > 0);
  const others = named.reduce((rest, { contribution }) => rest - contribution, score - bias);
  const popularity = term('popularity', bias);
  if (named.length === 0) {
    const whole = others < 0 ? 'your history speaks against it' : 'for your history as a whole';
    const all = Math.abs(others) >= leastShown ? `${whole}: ${others.toFixed(2)}` : 'by popularity alone';
    return `${all}${popularity}`;
  }
  const parts = named.map(({ title, contribution }) => `${short(title, 32)} ${contribution.toFixed(2)}`);
  return `because you liked ${parts.join(' + ')}${term('other history', others)}${popularity}`;
}

/** As many ways are told of each item. */
const mostWays = 2;

/**
 * By which relations the graph speaks for an item, or '' where it does not.
 * @param {RankedItem} item
 */
function byRelations({ explanation, score }) {
  const found = explanation?.graph;
  if (!found || score === null) return '';
  const ways = found.paths
    .filter(({ contribution }) => contribution >= leastShown)
    .slice(0, mostWays)
    .map(({ title, steps, contribution }) => {
      const via = steps
        .slice(0, -1)
        .map(({ relation, entity }) => `${inline(relation)} ${short(entity, 32)}`);
      const link = via.length > 0 ? via.join(', ') : inline(steps[0].relation);
      return `${link} with ${short(title, 32)} ${contribution.toFixed(2)}`;
    });
  if (ways.length > 0) return `by relations ${found.total.toFixed(2)}: ${ways.join('; ')}`;
  return Math.abs(found.total) >= leastShown ? `by relations ${found.total.toFixed(2)}` : '';
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

/** Where titles begin, below place and score. */
const behind = ' '.repeat(13);
const titleCells = 46;

/**
 * The line of an item: place, score, title, and who speaks for it; where the terminal is narrow, that below.
 * @param {RankedItem} item
 * @param {number} place from 1
 * @param {number} width
 */
function headOf({ score, title, persona, seat }, place, width) {
  const before = `  ${String(place).padStart(2)}  ${score === null ? ' new ' : score.toFixed(3)}  `;
  const room = Math.min(titleCells, width - behind.length);
  const who = persona ? `  ${style('cyan', inline(persona.label))}` : '';
  const share = seat ? style('dim', '  by share') : '';
  const line = `${before}${filled(short(title, titleCells), room)}${who}${share}`;
  if (widthOf(line) <= width) return line.trimEnd();
  const below = `${who}${share}`.replace(/^ +/, '');
  return [short(title, titleCells), ...(below ? [below] : [])]
    .map((text, i) => hanging(text, i === 0 ? before : behind, behind, width))
    .join('\n');
}

const legendText = 'by share: not the score but a claim of the whole taste put it there';

/**
 * A ranking as text. "by share": a claim, not the score, put the item there.
 * @param {Ranking} ranking
 */
export function rankingLines({ items }) {
  const width = terminalWidth();
  const legend = items.some(({ seat }) => seat)
    ? `\n\n${hanging(style('dim', legendText), '  ', '  ', width)}`
    : '';
  const lines = items
    .flatMap((item, i) => {
      const why = [because(item), byRelations(item)].filter((line) => line !== '');
      const lines = why.map((line) => hanging(style('dim', line), behind, behind, width));
      return [headOf(item, i + 1, width), ...lines];
    })
    .join('\n');
  return `${lines}${legend}`;
}
