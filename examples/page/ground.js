// Owns the shapes of the map of the demo page: the mark of each persona, the ground of its films, and where
// its name stands. Must not know films, nor draw.

/** @typedef {[x: number, y: number]} Point */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

/** A mark for each colour, around 0 and about 2 wide: who sees no colours tells personas by them. */
const marks = [
  'M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z',
  'M-.9 -.9H.9V.9H-.9z',
  'M0 -1.15L1.1 .85H-1.1z',
  'M0 -1.25L1.25 0L0 1.25L-1.25 0z',
  'M0 1.15L1.1 -.85H-1.1z',
  'M-.4 -1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4z',
];
/** Of a film that is nobody's. */
const cross = 'M-.8 -.8L.8 .8M.8 -.8L-.8 .8';

/** @param {number | undefined} persona */
export const markOf = (persona) => (persona === undefined ? cross : marks[persona % marks.length]);

/** Films of one persona that lie farther apart have grounds of their own. */
const apart = 85;
/** How far the ground goes beyond a film. */
const margin = 13;
const corners = 12;

/**
 * The points that a rubber band around all of them would touch (Andrew's monotone chain).
 * @param {Point[]} points
 * @returns {Point[]}
 */
export function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (/** @type {Point[]} */ all) => {
    /** @type {Point[]} */ const chain = [];
    for (const point of all) {
      for (let n = chain.length; n > 1; n = chain.length) {
        const [a, b] = [chain[n - 2], chain[n - 1]];
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/**
 * Points that lie together: each is near another one of its group.
 * @param {Point[]} points
 * @returns {Point[][]} the largest group first
 */
export function groupsOf(points) {
  /** @type {Point[][]} */ let groups = [];
  for (const point of points) {
    const isNear = (/** @type {Point} */ other) =>
      Math.hypot(other[0] - point[0], other[1] - point[1]) < apart;
    const near = groups.filter((group) => group.some(isNear));
    groups = [...groups.filter((group) => !near.includes(group)), [...near.flat(), point]];
  }
  return groups.sort((a, b) => b.length - a.length);
}

/**
 * The rounded ground of films that lie together, as a path.
 * @param {Point[]} points
 */
export function groundOf(points) {
  const around = points.flatMap(([x, y]) =>
    Array.from({ length: corners }, (_, i) => {
      const angle = (2 * Math.PI * i) / corners;
      return /** @type {Point} */ ([x + margin * Math.cos(angle), y + margin * Math.sin(angle)]);
    }),
  );
  return `M${hullOf(around)
    .map((point) => point.map((value) => value.toFixed(1)).join(' '))
    .join('L')}z`;
}

/** @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/**
 * Where the name of a ground stands: above, below or beside it, in the picture, on no other name and on as
 * few films as can be.
 * @param {Point[]} points of the ground
 * @param {{ width: number, height: number }} name
 * @param {Box[]} names that stand already
 * @param {Point[]} films
 * @param {number} size of the picture
 * @returns {Box}
 */
export function nameBox(points, { width, height }, names, films, size) {
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])) - margin);
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])) + margin);
  const middle = (left + right - width) / 2;
  const places = [-0.9, -0.5, 0, 0.5, 0.9].flatMap((shift) => [
    [middle + shift * width, top - height],
    [middle + shift * width, bottom],
    [right, (top + bottom - height) / 2 + 2 * shift * height],
    [left - width, (top + bottom - height) / 2 + 2 * shift * height],
    [middle + shift * width, top - 2.2 * height],
    [middle + shift * width, bottom + 1.2 * height],
  ]);
  const fit = (/** @type {number} */ at, /** @type {number} */ length) =>
    Math.min(Math.max(at, 2), size - length - 2);
  const boxes = places.map(([x, y]) => ({ x: fit(x, width), y: fit(y, height), width, height }));
  const cost = (/** @type {Box} */ box) =>
    100 * names.reduce((sum, name) => sum + overlap(box, name), 0) +
    films.reduce((sum, [x, y]) => sum + overlap(box, { x: x - 6, y: y - 6, width: 12, height: 12 }), 0);
  return boxes.reduce((best, box) => (cost(box) < cost(best) ? box : best));
}
