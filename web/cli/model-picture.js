// Owns drawing what is in a model file with bars of text: popularity, aspects, lengths of vectors, clusters,
// sections. Must not read a file.
import { describeClusters } from '../taste/spaces.js';
import { arraysOfModel } from '../vectors/model-arrays.js';
import { inline } from '../read/inline.js';
import { cut, terminalWidth } from './layout.js';
import { bar, count, percent, style, table } from './print.js';

/** @import { Model } from '../model/model.js' */
/** @typedef {{ name: string, rows: number, cols: number, dtype: string, bytes: number }} SectionRow */
/** @typedef {{ label: string, size: number, note: string }} Drawn a bar, and what stands behind it */

/** Groups of items along a curve, and of lengths. */
const groups = 10;
/** Aspects and clusters beyond so many are one line. */
const mostRows = 16;
const labelCells = 30;
/** What else stands in a line with a bar. */
const besideBar = 50;

const barCells = () => Math.max(8, Math.min(24, terminalWidth() - besideBar));

/**
 * Bars below a heading; the longest is the largest of them.
 * @param {string} heading
 * @param {Drawn[]} rows
 */
function chart(heading, rows) {
  const cells = barCells();
  const most = Math.max(...rows.map(({ size }) => size)) || 1;
  const lines = rows.map(({ label, size, note }) => [
    cut(inline(label), labelCells),
    bar(size / most, cells),
    note,
  ]);
  return `${style('bold', heading)}\n${table(lines)}`;
}

/**
 * Counts, the largest first, those beyond `mostRows` as one.
 * @param {string} heading
 * @param {string} what the others are
 * @param {{ label: string, size: number }[]} counts
 */
function ofCounts(heading, what, counts) {
  const sorted = counts.toSorted((a, b) => b.size - a.size);
  const shown = sorted.slice(0, mostRows).map((row) => ({ ...row, note: count(row.size) }));
  const rest = sorted.slice(mostRows);
  const more =
    rest.length > 0 ? `\n  and ${count(rest.length)} ${what} more, of at most ${count(rest[0].size)}` : '';
  return `${chart(heading, shown)}${more}`;
}

/** @param {number} x */
const short = (x) => (x === 0 ? '0' : Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3));

/**
 * How popularity falls along the catalogue, as far as the bias says it.
 * @param {Float32Array} bias
 * @param {Record<string, any>} metadata
 */
function popularity(bias, { users, settings }) {
  const heading = 'popularity, most popular items first';
  const sorted = bias.toSorted().reverse();
  const least = sorted[sorted.length - 1];
  if (sorted[0] === least)
    return `${style('bold', heading)}\n  nothing is known of it: all items have one bias`;
  const known = settings?.bias > 0 && users > 0 && least >= 0;
  const toPeople = known ? users / settings.bias : 1;
  const size = Math.min(groups, sorted.length);
  const rows = Array.from({ length: size }, (_, g) => {
    const from = Math.floor((g * sorted.length) / size);
    const to = Math.floor(((g + 1) * sorted.length) / size);
    const mean = sorted.subarray(from, to).reduce((sum, b) => sum + b, 0) / (to - from);
    const label = to - from === 1 ? `item ${count(to)}` : `items ${count(from + 1)}-${count(to)}`;
    const note = known ? `${short(mean * toPeople)} people each` : `bias ${short(mean)}`;
    return { label, size: known ? mean : mean - least, note };
  });
  return chart(heading, rows);
}

/**
 * How long the vectors of items are.
 * @param {Float32Array} vectors
 * @param {number} items
 * @param {number} dim
 */
function norms(vectors, items, dim) {
  const lengths = Float64Array.from({ length: items }, (_, j) =>
    Math.hypot(...vectors.subarray(j * dim, (j + 1) * dim)),
  );
  const [low, high] = lengths.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, 0]);
  const heading = 'item vectors, by length';
  if (low === high) return `${style('bold', heading)}\n  all are ${short(low)} long`;
  const step = (high - low) / groups;
  const counts = new Array(groups).fill(0);
  for (const x of lengths) counts[Math.min(groups - 1, Math.floor((x - low) / step))]++;
  const edge = (/** @type {number} */ g) => short(low + g * step);
  return chart(
    heading,
    counts.map((size, g) => ({ label: `${edge(g)} to ${edge(g + 1)}`, size, note: `${count(size)} items` })),
  );
}

/** @param {Model} model */
function aspects(model) {
  const counts = new Map();
  for (const id of model.ids())
    for (const aspect of model.aspects(id)) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  return ofCounts(
    'aspects, by items',
    'aspects',
    Array.from(counts, ([label, size]) => ({ label, size })),
  );
}

/** @param {Model} model */
const clusters = (model) =>
  ofCounts(
    'clusters, by items',
    'clusters',
    describeClusters(model).map(({ label, items }) => ({ label, size: items })),
  );

/** @param {SectionRow[]} list */
function sectionTable(list) {
  const all = list.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
  const rows = list.map(({ name, rows: n, cols, dtype, bytes }) => [
    name,
    `${count(n)} x ${cols}`,
    dtype,
    count(bytes),
    bar(bytes / all, Math.floor(barCells() / 2)),
    percent(bytes / all),
  ]);
  return `${style('bold', 'sections, by bytes')}\n${table(rows)}`;
}

/**
 * Everything that can be drawn of a model file.
 * @param {Model} model
 * @param {Uint8Array} bytes of its file
 * @param {SectionRow[]} sections
 */
export function modelPicture(model, bytes, sections) {
  const { vectors, bias, items, dim } = arraysOfModel(bytes);
  const { metadata } = model.info;
  return [
    popularity(bias, metadata),
    norms(vectors, items, dim),
    ...(model.info.aspects > 0 ? [aspects(model)] : []),
    ...(model.info.clusters > 0 ? [clusters(model)] : []),
    sectionTable(sections),
  ].join('\n\n');
}
