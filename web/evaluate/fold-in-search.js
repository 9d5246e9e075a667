// Owns the search for a fold-in of given vectors: which points are tried, in which order. Must not measure.

/**
 * @typedef {object} Point
 * @property {number} prior events that all unobserved pairs count together
 * @property {number} ridge L2 as a part of what one event adds to the system in one direction
 * @property {number} itemDamping
 * @property {number} popularityDamping
 * @property {number} bias
 */
/** @typedef {keyof Point} Axis */

const priors = [100, 1000, 10000];
const ridges = [0.01, 0.1, 1, 10];
const start = Object.freeze({ itemDamping: 0.5, popularityDamping: 0, bias: 0.01 });

/**
 * Steps on one axis. Factors of what is a scale, values of what is not.
 * @type {Record<Axis, { factors: number[] } | { values: number[] }>}
 */
const axes = {
  itemDamping: { values: [0, 0.25, 0.5, 0.75, 1] },
  bias: { values: [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1] },
  prior: { factors: [0.5, 2] },
  ridge: { factors: [0.4, 2.5] },
  popularityDamping: { values: [0, 0.05, 0.1, 0.2] },
};
/** Rounds over the axes; each ends when nothing is gained. */
const rounds = 2;
/** Steps on a scale that go on as long as each is better. */
const mostSteps = 4;

/**
 * Better points on one axis, step by step in the direction that gains.
 * @param {(point: Point) => Promise<number>} measure
 * @param {Point} from
 * @param {number} reached
 * @param {Axis} axis
 */
async function along(measure, from, reached, axis) {
  let best = from;
  let most = reached;
  const steps = axes[axis];
  const go = async (/** @type {number} */ value) => {
    const point = { ...best, [axis]: value };
    const got = await measure(point);
    if (!(got > most)) return false;
    [best, most] = [point, got];
    return true;
  };
  if ('factors' in steps) {
    for (const factor of steps.factors) {
      let n = 0;
      while (n < mostSteps && (await go(best[axis] * factor))) n++;
      if (n > 0) break;
    }
    return { best, most };
  }
  const at = steps.values.indexOf(from[axis]);
  for (const way of [-1, 1]) {
    let i = at + way;
    while (i >= 0 && i < steps.values.length && (await go(steps.values[i]))) i += way;
    if (i !== at + way) break;
  }
  return { best, most };
}

/**
 * The best point found: a grid of prior and ridge, then rounds of steps on each axis.
 * @param {(point: Point) => Promise<number>} measure larger is better; asked twice for one point, it may
 *   answer from memory
 * @returns {Promise<Point>}
 */
export async function searchSteps(measure) {
  /** @type {{ best: Point, most: number }} */
  let found = { best: { prior: priors[0], ridge: ridges[0], ...start }, most: -Infinity };
  for (const prior of priors)
    for (const ridge of ridges) {
      const point = { prior, ridge, ...start };
      const most = await measure(point);
      if (most > found.most) found = { best: point, most };
    }
  for (let round = 0; round < rounds; round++) {
    const before = found.most;
    for (const axis of /** @type {Axis[]} */ (Object.keys(axes)))
      found = await along(measure, found.best, found.most, axis);
    if (found.most === before) break;
  }
  return found.best;
}
