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

/** Decimals of a part of a score: two where scores are near 1, more where the largest is small. */
const fewestDecimals = 2;
const mostDecimals = 9;

/**
 * Decimals with which every part of these scores reads alike.
 * @param {readonly RankedItem[]} items
 */
function decimalsOf(items) {
  const largest = items.reduce((most, { score }) => Math.max(most, Math.abs(score ?? 0)), 0);
  if (largest === 0) return fewestDecimals;
  return Math.min(mostDecimals, Math.max(fewestDecimals, 1 - Math.floor(Math.log10(largest))));
}

/**
 * How parts of scores are printed: `said` writes one, `shown` tells whether it is more than zeros.
 * @param {number} decimals
 */
const printerOf = (decimals) => ({
  decimals,
  said: (/** @type {number} */ size) => size.toFixed(decimals),
  shown: (/** @type {number} */ size) => Math.abs(size) >= 0.5 * 10 ** -decimals,
  /** As wide as place and score, below which titles begin. */
  behind: ' '.repeat(decimals + 11),
});

/** @typedef {ReturnType<typeof printerOf>} Printer */

/**
 * A further term of a sum, or '' where it would be printed as zeros.
 * @param {string} what
 * @param {number} size
 * @param {Printer} printer
 */
const term = (what, size, { said, shown }) =>
  shown(size) ? ` ${size < 0 ? '-' : '+'} ${what} ${said(Math.abs(size))}` : '';

/**
 * Why an item stands where it stands, or '' where nothing is known. The terms add up to the score: what is
 * not named is in the other history, also what speaks against the item.
 * @param {RankedItem} item
 * @param {Printer} printer
 */
function because({ explanation, score }, printer) {
  if (!explanation || score === null) return '';
  const { bias } = explanation;
  const named = explanation.contributions.filter(
    ({ contribution }) => contribution > 0 && printer.shown(contribution),
  );
  const others = named.reduce((rest, { contribution }) => rest - contribution, score - bias);
  const popularity = term('popularity', bias, printer);
  if (named.length === 0) {
    const whole = others < 0 ? 'your history speaks against it' : 'for your history as a whole';
    const all = printer.shown(others) ? `${whole}: ${printer.said(others)}` : 'by popularity alone';
    return `${all}${popularity}`;
  }
  const parts = named.map(({ title, contribution }) => `${short(title, 32)} ${printer.said(contribution)}`);
  return `because you liked ${parts.join(' + ')}${term('other history', others, printer)}${popularity}`;
}

/** As many ways are told of each item. */
const mostWays = 2;

/**
 * By which relations the graph speaks for an item, or '' where it does not.
 * @param {RankedItem} item
 * @param {Printer} printer
 */
function byRelations({ explanation, score }, { said, shown }) {
  const found = explanation?.graph;
  if (!found || score === null) return '';
  const good = found.paths.filter(({ contribution }) => contribution > 0);
  // Where each is too small to be shown, the first is named without its part.
  const many = good.filter(({ contribution }) => shown(contribution)).length;
  const ways = good.slice(0, Math.min(mostWays, Math.max(1, many))).map(({ title, steps, contribution }) => {
    const via = steps.slice(0, -1).map(({ relation, entity }) => `${inline(relation)} ${short(entity, 32)}`);
    const link = via.length > 0 ? via.join(', ') : inline(steps[0].relation);
    return `${link} with ${short(title, 32)}${many > 0 ? ` ${said(contribution)}` : ''}`;
  });
  if (ways.length > 0 && shown(found.total)) return `by relations ${said(found.total)}: ${ways.join('; ')}`;
  return shown(found.total) ? `by relations ${said(found.total)}` : '';
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

const titleCells = 46;

/**
 * The line of an item: place, score, title, and who speaks for it; where the terminal is narrow, that below.
 * @param {RankedItem} item
 * @param {number} place from 1
 * @param {number} width
 * @param {Printer} printer
 */
function headOf({ score, title, persona, seat }, place, width, { decimals, behind }) {
  const mark = score === null ? ' new '.padEnd(decimals + 3) : score.toFixed(decimals + 1);
  const before = `  ${String(place).padStart(2)}  ${mark}  `;
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
  const printer = printerOf(decimalsOf(items));
  const lines = items
    .flatMap((item, i) => {
      const why = [because(item, printer), byRelations(item, printer)].filter((line) => line !== '');
      const lines = why.map((line) => hanging(style('dim', line), printer.behind, printer.behind, width));
      return [headOf(item, i + 1, width, printer), ...lines];
    })
    .join('\n');
  return `${lines}${legend}`;
}
