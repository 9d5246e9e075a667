// Owns what the text of a cell is worth: a number, a moment. Must not know which column it is of.

const MAX_RATING = 1e15; // so that no sum of ratings overflows
const MAX_TIME = 8.64e12; // the last second of a Date

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d*,\d+$/;

/**
 * A decimal number whatever the locale, or NaN. Blanks around it are nothing.
 * @param {string} text
 * @param {boolean} [comma] whether a comma may be the decimal point
 * @returns {number}
 */
export function parseRating(text, comma = false) {
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Math.abs(value) <= MAX_RATING ? value : NaN;
  }
  const bare = text.trim();
  if (bare !== text) return parseRating(bare, comma);
  return comma && DECIMAL_COMMA.test(text) ? parseRating(text.replace(',', '.')) : NaN;
}

const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Dates that can be read in one way only: 2010/04/05; 5 Apr 2010, 11:59; Apr 5, 2010; 04 05, 2010 (Amazon);
 * Mon Apr 05 11:59:00 -0700 2010 (Goodreads).
 * @type {[RegExp, (parts: string[]) => [year: string, month: string, day: string, rest: string]][]}
 */
const WRITTEN = [
  [/^(\d{4})\/(\d\d?)\/(\d\d?)(.*)$/, ([, y, m, d, rest]) => [y, m, d, rest]],
  [/^(\d\d?) ([a-z]{3})[a-z]* (\d{4})(.*)$/i, ([, d, m, y, rest]) => [y, m, d, rest]],
  [/^([a-z]{3})[a-z]* (\d\d?), (\d{4})(.*)$/i, ([, m, d, y, rest]) => [y, m, d, rest]],
  [/^(\d\d) (\d\d?), (\d{4})()$/, ([, m, d, y, rest]) => [y, m, d, rest]],
  [
    /^[a-z]{3} ([a-z]{3}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})$/i,
    ([, m, d, clock, zone, y]) => [y, m, d, ` ${clock}${zone}`],
  ],
];

/**
 * A written date as an ISO date, or ''.
 * @param {string} text
 */
function isoOf(text) {
  for (const [pattern, partsOf] of WRITTEN) {
    const found = pattern.exec(text);
    if (!found) continue;
    const [year, month, day, rest] = partsOf(found);
    const number = /^\d/.test(month) ? Number(month) : months.indexOf(month.toLowerCase()) + 1;
    const two = (/** @type {string | number} */ n) => String(n).padStart(2, '0');
    const clock = rest.replace(/^,? +(?=\d)/, 'T').replace(/^T(\d):/, 'T0$1:');
    return `${year}-${two(number)}-${two(day)}${clock}`;
  }
  return '';
}

/**
 * Unix seconds of seconds, milliseconds, an ISO date or another that can be read in one way only, or NaN.
 * @param {string} text
 * @returns {number}
 */
export function parseTime(text) {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    const seconds = Math.abs(value) > 1e11 ? value / 1000 : value;
    return Math.abs(seconds) <= MAX_TIME ? seconds : NaN;
  }
  const parts = ISO_DATE.exec(text);
  if (!parts) {
    const bare = text.trim();
    if (bare !== text) return parseTime(bare);
    const iso = isoOf(text);
    return ISO_DATE.test(iso) ? parseTime(iso) : NaN;
  }
  const [, year, month, day, minutes = '00:00', seconds = ':00', zone = 'Z'] = parts;
  // Date.parse lets the 30th of February pass for the 2nd of March.
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day))
    return NaN;
  return Date.parse(`${year}-${month}-${day}T${minutes}${seconds}${zone}`) / 1000;
}

/** Whether a cell says that it has nothing to say. */
export const isNothing = (/** @type {string} */ text) => /^\s*(|na|n\/a|nan|null|none|\\n)\s*$/i.test(text);
