// Owns the aspects in a cell of an items file: what separates them, and what is none. Must not know columns.

/** What data sets write where there is nothing to say. */
export const NO_ASPECT = /^(\(no genres listed\)|unknown|nan|none|null|\\n|)$/i;

/**
 * What may separate aspects; 'json' is a list as JSON or Python write it.
 * @typedef {'|' | ';' | ',' | ' ' | 'json' | (string & {})} Separator
 */

const listed = /^\s*(\[[^]*\]|\{[^]*\})\s*$/;
const flag = /^\s*(0|1|true|false|yes|no|)\s*$/i;
const raised = /^\s*(1|true|yes)\s*$/i;

/**
 * What separates the aspects of a column: bars where there are any, else semicolons, else commas. Of a column
 * that is not known for aspects (a director is one), commas and semicolons only separate where the parts
 * come again more often than the whole.
 * @param {readonly string[]} cells
 * @param {{ known: boolean, words: boolean }} column known: by its name; words: a sequence of words, as
 *   RecBole has them
 * @returns {Separator}
 */
export function separatorOf(cells, { known, words }) {
  const said = cells.filter((cell) => !NO_ASPECT.test(cell.trim()));
  if (said.length > 0 && said.every((cell) => listed.test(cell))) return 'json';
  if (words) return ' ';
  for (const separator of ['|', ';', ',']) {
    const cut = said.filter((cell) => cell.includes(separator));
    if (cut.length === 0) continue;
    if (separator === '|' || known) return separator;
    const parts = new Set(cut.flatMap((cell) => cell.split(separator).map((part) => part.trim())));
    if (parts.size < new Set(cut).size) return separator;
  }
  return '|';
}

/**
 * Whether a column says for each item whether it has one aspect, which the column is called by.
 * @param {readonly string[]} cells
 */
export const areFlags = (cells) =>
  cells.length > 1 && cells.every((cell) => flag.test(cell)) && cells.some((cell) => /\S/.test(cell));

/**
 * Whether such a cell says yes.
 * @param {string} cell
 */
export const isRaised = (cell) => raised.test(cell);

/**
 * The keys of an object that counts or weighs names, such as shelves; undefined where it is one with a name.
 * @param {object} value
 */
function keysIn(value) {
  const entries = Object.entries(value);
  if (!entries.every(([, weight]) => typeof weight === 'number' || typeof weight === 'boolean'))
    return undefined;
  return entries.filter(([, weight]) => Number(weight) > 0).map(([key]) => key);
}

/**
 * The names in a list that JSON or Python wrote: its texts, or the `name` of each of its objects; or the keys
 * of an object that counts them.
 * @param {string} cell
 * @returns {string[]}
 */
function namesIn(cell) {
  try {
    const value = JSON.parse(cell);
    const keys = Array.isArray(value) ? undefined : keysIn(value);
    if (keys) return keys;
    const list = Array.isArray(value) ? value : [value];
    return list.flatMap((/** @type {unknown} */ entry) => {
      if (Array.isArray(entry)) return entry.map(String);
      if (typeof entry !== 'object' || entry === null) return entry === null ? [] : [String(entry)];
      const name = /** @type {any} */ (entry).name ?? /** @type {any} */ (entry).description;
      return typeof name === 'string' ? [name] : [];
    });
  } catch {
    const text = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
    const names = [...cell.matchAll(/['"]name['"]\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)];
    const found = names.length > 0 ? names : [...cell.matchAll(text)];
    const texts = found.map(([, single, double]) => (single ?? double ?? '').replace(/\\(.)/g, '$1'));
    return texts.length > 0 || /^\s*\[\s*\]/.test(cell) ? texts : cell.trim().slice(1, -1).split(',');
  }
}

/**
 * @param {string} cell
 * @param {Separator} [separator]
 */
export function aspectsOf(cell, separator = '|') {
  const parts = separator === 'json' && listed.test(cell) ? namesIn(cell) : cell.split(separator);
  return parts.map((aspect) => aspect.trim()).filter((aspect) => !NO_ASPECT.test(aspect));
}
