// Owns the chart of `ampcf simulate --chart`: figures by round, one line a policy, as one SVG file. Must not
// compute a figure.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** @import { Simulation, RoundFigures } from '../simulate.js' */

/** @type {[key: keyof RoundFigures, label: string][]} */
const panels = [
  ['hits', 'hits of a list'],
  ['tdd', 'distance from the true taste'],
  ['minority', 'share of minority tastes'],
  ['tasteEntropy', 'entropy of the taste, bits'],
  ['gini', 'Gini of what is shown'],
  ['coverage', 'share of the catalogue shown'],
];
const width = 400;
const height = 240;
const across = 2;
const legend = 34;
const colours = '#4477aa #ee6677 #228833 #ccaa22 #66aadd #aa3377 #777777 #dd7722 #116655 #993311'.split(' ');

/**
 * @param {Simulation} simulation
 * @returns {string} an SVG file
 */
export function simulationChart({ policies }) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const names = policies.map(({ name }) => name);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const size = [across * width, legend + Math.ceil(panels.length / across) * height];
  const set = (/** @type {Element} */ of, /** @type {Record<string, string | number>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) of.setAttribute(name, String(value));
  };
  set(svg, {
    ...{ xmlns: 'http://www.w3.org/2000/svg', width: size[0], height: size[1] },
    ...{ viewBox: `0 0 ${size.join(' ')}`, 'font-family': 'system-ui, sans-serif', 'font-size': 12 },
    style: 'background:white',
  });
  names.forEach((name, i) => {
    const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    set(text, { x: 12 + (i * (size[0] - 24)) / names.length, y: 20, fill: colours[i % colours.length] });
    text.textContent = name;
    svg.append(text);
  });
  panels.forEach(([key, label], i) => {
    const points = policies.flatMap(({ name, rounds }) =>
      rounds.flatMap((of) => (of[key] === null ? [] : [{ name, round: of.round, value: of[key] }])),
    );
    const panel = Plot.plot({
      ...{ document: /** @type {any} */ (document), width, height, marginLeft: 48, grid: true },
      color: { domain: names, range: names.map((_, c) => colours[c % colours.length]) },
      x: { label: 'round', tickFormat: 'd' },
      y: { label, nice: true },
      marks: [Plot.line(points, { x: 'round', y: 'value', stroke: 'name', strokeWidth: 1.5 })],
    });
    set(panel, { x: (i % across) * width, y: legend + Math.floor(i / across) * height });
    svg.append(panel);
  });
  return `${svg.outerHTML}\n`;
}
