// Owns the chart of the taste bench: accuracy against distance from the taste, one point a list, lines along
// a strength. Must not measure.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** @typedef {{ name: string, ndcg: number, distance: number }} Point */

/**
 * Lists of one kind under other strengths are one family.
 * @param {string} name
 */
const familyOf = (name) => name.replace(/, lambda .*$/, '');

/**
 * @param {readonly Point[]} points
 * @returns {string} an SVG file
 */
export function frontierChart(points) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>'),
    shown = points
      .filter(({ name }) => name !== 'popularity' && name !== 'item-kNN')
      .map((point) => ({ ...point, family: familyOf(point.name) }));
  const families = [...new Set(shown.map(({ family }) => family))],
    inLine = shown.filter(({ family }) => shown.filter((other) => other.family === family).length > 1);
  const ends = families
    .map((family) =>
      shown.filter((point) => point.family === family).reduce((a, b) => (b.distance < a.distance ? b : a)),
    )
    .sort((a, b) => b.distance - a.distance);
  const chart = Plot.plot({
    document: /** @type {any} */ (document),
    width: 920,
    height: 440,
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 34,
    marginRight: 210,
    grid: true,
    style: { fontSize: '12px', background: 'white' },
    x: {
      label: 'distance of the list from the person’s taste (TDD over genres), better to the left',
      labelAnchor: 'center',
    },
    y: { label: 'NDCG@20' },
    color: { domain: families, scheme: 'tableau10', legend: false },
    marks: [
      Plot.line(inLine, { x: 'distance', y: 'ndcg', stroke: 'family', z: 'family', strokeWidth: 1.5 }),
      Plot.dot(shown, { x: 'distance', y: 'ndcg', fill: 'family', r: 4 }),
      // At four heights in turn from right to left, so that neighbours can be read.
      ...[-9, 15, -22, 28].map((dy, turn) =>
        Plot.text(
          ends.filter((_, i) => i % 4 === turn),
          { x: 'distance', y: 'ndcg', text: 'family', textAnchor: 'start', dx: 7, dy, fill: 'family' },
        ),
      ),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${chart.outerHTML}\n`;
}
