// Owns how figures look in the report, which is a section of RESULTS.md too. Must not compute one.

/** @import { Interval } from '../../../web/evaluate.js' */
/** @import { Figures } from './measure.js' */

/**
 * .2670
 * @param {number} value
 */
export const figure = (value) => value.toFixed(4).replace(/^(-?)0\./, '$1.');

/**
 * +.0012
 * @param {number} value
 */
export const signed = (value) => `${value < 0 ? '-' : '+'}${figure(Math.abs(value))}`;

/**
 * .6012 ± .0052
 * @param {Pick<Figures, 'metrics' | 'standardErrors'>} figures
 * @param {string} key
 */
export const withError = ({ metrics, standardErrors }, key) =>
  `${figure(metrics[key])} ± ${figure(standardErrors[key])}`;

/**
 * +.0040 (+.0012 to +.0068)
 * @param {Interval} interval
 */
export const interval = ({ mean, low, high }) => `${signed(mean)} (${signed(low)} to ${signed(high)})`;

/** @param {number} value */
export const percent = (value) => `${(value * 100).toFixed(1)} %`;

/** @param {number} bytes */
export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

/**
 * personas 4, dim 128, ...
 * @param {Record<string, unknown>} settings
 */
export const settingsText = (settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

/**
 * A table of Markdown; columns of figures are aligned right.
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function markdownTable(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`,
    isFigure = (/** @type {string} */ cell) => /^(\*\*)?[-+.\d]|^$/.test(cell);
  return [
    line(head),
    `|${head.map((_, i) => (rows.every((row) => isFigure(row[i])) ? '---:' : '---')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

/**
 * The settings of each baseline that has some.
 * @param {Partial<Record<string, { settings: Record<string, number> }>>} baselines
 */
export const baselineText = (baselines) =>
  Object.entries(baselines)
    .flatMap(([name, result]) =>
      Object.keys(result?.settings ?? {}).length > 0
        ? [`${name} ${settingsText(result?.settings ?? {})}`]
        : [],
    )
    .join('; ');
