// Owns the chart of how times grow with the catalogue: items against milliseconds, both on a log scale, a line
// a contestant. Must not measure.
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
  'usearch (native)': '#9c36b5',
  'memory copy, f32 table': '#bbbbbb',
});
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

/**
 * @param {Point[]} points
 * @returns {string} an SVG file
 */
export function growthChart(points) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const ends = Object.keys(drawn).flatMap((name) => {
    const own = points.filter((point) => point.name === name);
    return own.length > 0 ? [own.reduce((a, b) => (b.items > a.items ? b : a))] : [];
  });
  const most = Math.max(...points.map(({ ms }) => ms)),
    least = Math.min(...points.map(({ ms }) => ms));
  const height = 380,
    room = height - 76;
  const apart = (most / least) ** (17 / room);
  const said = { x: () => Math.max(...ends.map(({ items }) => items)), y: 'at', text: 'name', fill: 'name' };
  const line = { x: 'items', y: 'ms', stroke: 'name', z: 'name' };
  const chart = Plot.plot({
    document: /** @type {any} */ (document),
    width: 760,
    height,
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 32,
    marginRight: 170,
    style: { fontSize: '12px', background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
    x: {
      type: 'log',
      label: 'items',
      labelAnchor: 'center',
      grid: true,
      tickFormat: (/** @type {number} */ n) => (/^1/.test(String(n)) ? n.toLocaleString('en') : ''),
    },
    y: {
      type: 'log',
      label: 'milliseconds for the 10 best, one thread',
      grid: true,
      tickFormat: (/** @type {number} */ n) => (/^(0\.0*)?1/.test(String(n)) ? String(n) : ''),
    },
    color: { domain: Object.keys(drawn), range: Object.values(drawn) },
    marks: [
      Plot.line(
        points.filter((point) => !isOurs(point) && !isFloor(point)),
        { ...line, strokeWidth: 1.5 },
      ),
      Plot.line(points.filter(isFloor), { ...line, strokeWidth: 1.5, strokeDasharray: '4 3' }),
      Plot.line(points.filter(isOurs), { ...line, strokeWidth: 3 }),
      Plot.dot(points, { x: 'items', y: 'ms', fill: 'name', r: 3 }),
      Plot.text(spread(ends, apart), { ...said, textAnchor: 'start', dx: 9 }),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${chart.outerHTML}\n`;
}
