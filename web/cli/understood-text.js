// Owns how what was understood of the files is said before the work begins. Must not judge it.
import { inline } from '../read/inline.js';
import { count } from './print.js';
import { keepAll } from './read-interactions.js';
import { sayLoudly } from './validation-text.js';

/** @import { LikeRule } from './read-interactions.js' */
/** @import { Understood } from '../read/understood.js' */

const separators = /** @type {Record<string, string>} */ ({
  '\t': 'tabs',
  ' ': 'blanks',
  ',': 'commas',
  ';': 'semicolons',
});

/** @param {string} text */
const shortened = (text) => inline(text.length > 40 ? `${text.slice(0, 40)}...` : text);

/** @param {Understood['format']} format */
function formatText({ kind, name, separator, header, encoding, compression }) {
  const cut =
    separator === '' || kind === 'netflix' ? kind : (separators[separator] ?? JSON.stringify(separator));
  const packed = compression ? `, ${compression}` : '';
  const head = separator === '' ? '' : header ? ', with a header' : ', no header';
  return `${name ? `${name}, ` : ''}${cut}${head}, ${encoding}${packed}`;
}

/** @param {Record<string, string | null>} cells by their roles */
const roles = (cells) =>
  Object.entries(cells)
    .filter(([, cell]) => cell !== null)
    .map(([role, cell]) => `${role} ${shortened(String(cell))}`)
    .join(', ');

/**
 * Which rows count, and by what.
 * @param {Understood['likes']} likes
 * @param {LikeRule} rule
 */
function likesText({ text, rows, of, stray, nothing }, { likes, threshold, positive, weigh }) {
  const kept = rows < of ? `${count(rows)} of ${count(of)}` : `all ${count(of)}`;
  if (text === 'no ratings')
    return `likes    every row: no ratings are used (--rating COL names a column of them)`;
  const off = stray > 0 ? `; ${count(stray)} off the scale` : '';
  const none = positive && nothing > 0 ? `; ${count(nothing)} at 0 or below are no likes` : '';
  const why = `${text}${off}${none}`;
  if (threshold !== undefined) {
    const least = Number(threshold.toFixed(6));
    return `kept     ${kept} with a rating of ${least} or more: ${why} (${keepAll(likes)})`;
  }
  const above = positive ? ' above 0' : '';
  const weights = weigh ? '' : '; --weights lets them count';
  return `likes    ${kept} rows${above}: ${why} (--min-rating X for another rule${weights})`;
}

/** @param {NonNullable<LikeRule['weigh']>} weigh */
function weightsText({ scale, capped }) {
  const how = scale === 'log1p' ? 'log(1 + n), for some are high (--weight-scale linear)' : 'as they are';
  return `weights  ${how}${capped > 0 ? `; ${count(capped)} above the highest weight count as that` : ''}`;
}

/**
 * @param {Understood} understood
 * @param {LikeRule} rule
 * @param {(line: string) => void} say
 */
export function sayUnderstood(understood, rule, say) {
  const { format, columns, row, unused, notes, likes, titles, warnings } = understood;
  const rest =
    unused.length > 0
      ? `; not used: ${unused
          .slice(0, 12)
          .map((name) => shortened(name) || '(no name)')
          .join(', ')}`
      : '';
  say(`format   ${formatText(format)}`);
  const guessed = format.header || format.separator === '' || ['list', 'netflix'].includes(format.kind);
  const other = guessed ? '' : '; no names (--user COL --item COL where it is otherwise)';
  say(`columns  ${roles(columns)}${rest}${other}`);
  say(`first    ${roles(row)}`);
  for (const note of notes) say(`judged   ${inline(note)}`);
  say(likesText(likes, rule));
  if (rule.weigh) say(weightsText(rule.weigh));
  if (titles) {
    const { joined, titled, of, aspects, columns: from } = titles;
    const named = from.aspects.map(inline).join(', ') || 'none';
    const where = `id ${inline(from.id)}, title ${inline(from.title ?? 'none')}, aspects ${named}`;
    const without = titled < joined ? `; ${count(joined)} are in the items file` : '';
    say(
      `titles   for ${count(titled)} of ${count(of)} items, ${count(aspects)} aspects (${where})${without}`,
    );
  }
  for (const warning of warnings) sayLoudly(inline(warning));
}
