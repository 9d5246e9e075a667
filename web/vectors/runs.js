// Owns columns by their names: those that are numbered, ranges of them, and how they are said. Must not know
// what is in them.
import { findColumn } from '../read/table.js';
import { badFile } from './npy.js';

/**
 * Columns whose names count from 0 or 1, as f0, f1, f2: of each beginning, two at least.
 * @param {string[]} names
 * @param {{ numeric: boolean }[]} columns
 * @param {number[]} [free] which may be numbers
 * @returns {number[][]}
 */
export function numberedRuns(names, columns, free = [...names.keys()]) {
  /** @type {Map<string, number[][]>} */
  const stems = new Map();
  for (const i of free) {
    const [, stem, digits, end] = /^(.*?)(\d+)(\D*)$/.exec(names[i]) ?? [];
    if (digits === undefined) continue;
    const key = JSON.stringify([stem, end]);
    stems.set(key, [...(stems.get(key) ?? []), [Number(digits), i]]);
  }
  return [...stems.values()].flatMap((run) => {
    const numbers = run.map(([number]) => number).sort((a, b) => a - b);
    const counts = numbers[0] <= 1 && numbers.every((number, k) => number === numbers[0] + k);
    const numeric = run.filter(([, i]) => columns[i].numeric).length;
    return counts && run.length > 1 && 2 * numeric >= run.length ? [run.map(([, i]) => i)] : [];
  });
}

/**
 * Columns that were asked for: one, several with commas between them, or ranges such as f0-f7 and 3-10.
 * @param {string} file
 * @param {string[]} names
 * @param {string} wanted
 */
export function wantedColumns(file, names, wanted) {
  const whole = findColumn(names, wanted);
  if (whole >= 0) return [whole];
  const columns = wanted.split(',').flatMap((part) => rangeOf(names, part.trim()) ?? [-1]);
  if (!columns.includes(-1) && new Set(columns).size === columns.length) return columns;
  const shown = names.slice(0, 30).join(', ');
  throw badFile(file, '--vector-column', wanted, `one of ${shown}, several with commas, or FIRST-LAST`);
}

/**
 * @param {string[]} names
 * @param {string} part
 * @returns {number[] | undefined}
 */
function rangeOf(names, part) {
  const one = findColumn(names, part);
  if (one >= 0) return [one];
  for (let at = part.indexOf('-', 1); at > 0; at = part.indexOf('-', at + 1)) {
    const from = findColumn(names, part.slice(0, at));
    const to = findColumn(names, part.slice(at + 1));
    if (from >= 0 && to >= from) return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }
  return undefined;
}

/**
 * Columns as a person names them: those that stand side by side by the first and the last.
 * @param {readonly string[]} names
 * @param {readonly number[]} columns
 * @param {string} between
 * @param {string} to
 */
export function columnsText(names, columns, between, to) {
  /** @type {number[][]} */
  const runs = [];
  for (const i of columns) {
    const last = runs.at(-1);
    if (last && i === last[last.length - 1] + 1) last.push(i);
    else runs.push([i]);
  }
  return runs
    .map((run) =>
      run.length > 2
        ? [run[0], run[run.length - 1]].map((i) => names[i]).join(to)
        : run.map((i) => names[i]).join(between),
    )
    .join(between);
}

/**
 * What --vector-column is to be given: names, or numbers where a name would be taken for something else.
 * @param {readonly string[]} names
 * @param {readonly number[]} columns
 */
export function columnsOption(names, columns) {
  const clear = columns.every((i) => /^[^\s,-]*[^\s,\d-][^\s,-]*$/.test(names[i]));
  return columnsText(clear ? names : names.map((_, i) => String(i + 1)), columns, ',', '-');
}
