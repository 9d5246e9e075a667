// Owns the chart of how times grow with the catalogue: items against milliseconds, both on a log scale, a
// line a contestant. Must not measure.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { median } from './race.js';

/** @import { Raced } from './report.js' */
/** @typedef {{ name: string, items: number, ms: number }} Point */

/** Who is drawn, from this project to the floor: ours bold, others thin. */
const drawn = /** @type {const} */ ({
  'ampcf, f32 file': '#1f5fbf',
  'ampcf, int8 file': '#0a8f5b',
  'onnxruntime-web': '#d9480f',
  'TensorFlow.js wasm': '#b08900',
  'plain JavaScript': '#777777',
  'usearch (native), approximate': '#9c36b5',
  'memory copy, f32 table': '#bbbbbb',
});
const lineHeight = 17;
const isOurs = (/** @type {{ name: string }} */ { name }) => name.startsWith('ampcf');
const isFloor = (/** @type {{ name: string }} */ { name }) => name.startsWith('memory');

/**
 * @param {readonly Raced[]} all
 * @returns {Point[]}
 */
export const growthPoints = (all) =>
  all
    .filter(({ table }) => table.kind === 'trained')
    .flatMap(({ table, entrants }) =>
      entrants.flatMap(({ contestant: { name }, medians }) =>
        name in drawn && medians.four ? [{ name, items: table.items, ms: median(medians.four) }] : [],
      ),
    );

/**
 * Heights of the names, apart from each other, in order of where their lines end.
 * @param {Point[]} ends
 * @param {number} apart factor between two names
 */
function spread(ends, apart) {
  const sorted = ends.toSorted((a, b) => a.ms - b.ms).map((point) => ({ ...point, at: point.ms }));
  for (let round = 0; round < 200; round++)
    for (let i = 1; i < sorted.length; i++) {
      const [low, high] = [sorted[i - 1], sorted[i]];
      if (high.at >= low.at * apart) continue;
      const middle = Math.sqrt(low.at * high.at);
      low.at = middle / Math.sqrt(apart);
      high.at = middle * Math.sqrt(apart);
    }
  return sorted;
}

/** The last point of each line. @param {Point[]} points */
const endsOf = (points) =>
  Object.keys(drawn).flatMap((name) => {
    const own = points.filter((point) => point.name === name);
    return own.length > 0 ? [own.reduce((a, b) => (b.items > a.items ? b : a))] : [];
  });

/**
 * Lines, points, and names where the lines end.
 * @param {Point[]} points
 * @param {number} room height in pixels
 */
function marksOf(points, room) {
  const all = points.map(({ ms }) => ms),
    apart = (Math.max(...all) / Math.min(...all)) ** (lineHeight / room),
    last = Math.max(...points.map(({ items }) => items));
  const line = { x: 'items', y: 'ms', stroke: 'name', z: 'name' },
    others = points.filter((point) => !isOurs(point) && !isFloor(point));
  const names = { x: last, y: 'at', text: 'name', fill: 'name', textAnchor: 'start', dx: 9 };
  return [
    Plot.line(others, { ...line, strokeWidth: 1.5 }),
    Plot.line(points.filter(isFloor), { ...line, strokeWidth: 1.5, strokeDasharray: '4 3' }),
    Plot.line(points.filter(isOurs), { ...line, strokeWidth: 3 }),
    Plot.dot(points, { x: 'items', y: 'ms', fill: 'name', r: 3 }),
    Plot.text(spread(endsOf(points), apart), names),
  ];
}

/**
 * A log scale with its powers of ten.
 * @param {number[]} values
 * @param {string} label
 */
function logAxis(values, label) {
  const low = Math.ceil(Math.log10(Math.min(...values))),
    high = Math.floor(Math.log10(Math.max(...values)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`));
  const domain = [Math.min(...values), Math.max(...values)];
  const tickFormat = (/** @type {number} */ n) => n.toLocaleString('en', { maximumFractionDigits: 4 });
  return { type: 'log', domain, label, ticks, tickFormat, grid: true, tickSize: 0 };
}

/**
 * @param {Point[]} points
 * @returns {string} an SVG file
 */
export function growthChart(points) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const column = (/** @type {'items' | 'ms'} */ name) => points.map((point) => point[name]);
  const height = 380,
    marginTop = 32,
    marginBottom = 44;
  const chart = Plot.plot({
    document: /** @type {any} */ (document),
    width: 780,
    height,
    marginLeft: 56,
    marginBottom,
    marginTop,
    marginRight: 200,
    style: { fontSize: '12px', background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
    x: { ...logAxis(column('items'), 'items'), labelAnchor: 'center' },
    y: logAxis(column('ms'), 'milliseconds for the 10 best, one thread'),
    color: { domain: Object.keys(drawn), range: Object.values(drawn) },
    marks: marksOf(points, height - marginTop - marginBottom),
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${chart.outerHTML}\n`;
}
