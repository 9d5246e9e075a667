// Owns the reliability diagram: what was predicted against what happened, a panel a set. Must not measure.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** @import { Bin } from '../../../web/evaluate.js' */
/** @typedef {{ title: string, all: readonly Bin[], first: readonly Bin[] | null }} Panel */

const size = 320;
const colours = { all: '#1f5fbf', first: '#d9480f' };
const names = { all: 'of the population', first: 'of the first 20 places' };

/**
 * @param {Panel} panel
 * @param {Document} document
 */
function plotOf({ all, first }, document) {
  const bins = [...all, ...(first ?? [])];
  const ends = bins.flatMap(({ predicted, observed }) => [predicted, observed]);
  const most = Math.min(1, 1.05 * Math.max(...ends));
  const points = (/** @type {readonly Bin[]} */ list, /** @type {'all' | 'first'} */ kind) => [
    Plot.line(list, { x: 'predicted', y: 'observed', stroke: colours[kind], strokeWidth: 1.5 }),
    Plot.dot(list, { x: 'predicted', y: 'observed', fill: colours[kind], r: 3 }),
  ];
  const diagonal = [
    [0, 0],
    [most, most],
  ];
  return Plot.plot({
    document,
    width: size,
    height: size,
    marginLeft: 48,
    x: { label: 'probability', domain: [0, most], ticks: 5 },
    y: { label: 'share that was liked', domain: [0, most], ticks: 5, grid: true },
    marks: [
      Plot.line(diagonal, { stroke: '#999999', strokeDasharray: '4 3' }),
      ...points(all, 'all'),
      ...(first ? points(first, 'first') : []),
    ],
  });
}

/**
 * @param {readonly Panel[]} panels
 * @returns {string} SVG
 */
export function reliabilityChart(panels) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const parts = panels.map((panel, i) => {
    const svg = plotOf(panel, /** @type {any} */ (document));
    const [left, top] = [(i % 3) * size, Math.floor(i / 3) * (size + 30)];
    svg.setAttribute('x', String(left));
    svg.setAttribute('y', String(top + 24));
    return `<text x="${left + 48}" y="${top + 16}" font-weight="bold">${panel.title}</text>${svg.outerHTML}`;
  });
  const width = 3 * size;
  const height = Math.ceil(panels.length / 3) * (size + 30) + 30;
  const keys = /** @type {const} */ (['all', 'first']).map(
    (kind, i) => `<text x="${48 + 180 * i}" y="${height - 8}" fill="${colours[kind]}">${names[kind]}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>${parts.join('')}${keys.join('')}</svg>\n`
  );
}
