// Owns the tests of the shapes on the demo page's map: grounds hold their films, and names stand apart. Must
// not need a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groundOf, groupsOf, hullOf, markOf, nameBox } from '../../examples/page/ground.js';
import { seeded } from '../../examples/demo/seeded.js';

/** @import { Box, Point } from '../../examples/page/ground.js' */

const size = 400;

/**
 * @param {() => number} random
 * @param {number} count
 * @param {number} [from]
 * @param {number} [width]
 */
const points = (random, count, from = 20, width = 360) =>
  Array.from(
    { length: count },
    () => /** @type {Point} */ ([from + width * random(), from + width * random()]),
  );

/** Whether a point is on the left of every edge, or on it. @param {Point[]} hull @param {Point} point */
const holds = (hull, [x, y]) =>
  hull.every(([ax, ay], i) => {
    const [bx, by] = hull[(i + 1) % hull.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-6;
  });

test('a hull is made of its points and holds all of them', () => {
  const random = seeded(1);
  for (let n = 3; n < 40; n++) {
    const all = points(random, n);
    const hull = hullOf(all);
    assert.ok(hull.every((corner) => all.includes(corner)));
    assert.ok(all.every((point) => holds(hull, point)));
  }
  const square = /** @type {Point[]} */ ([
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
    [1, 1],
    [1, 0],
  ]);
  assert.deepEqual(hullOf(square), [
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
  ]);
});

test('a ground goes around each film of its group, also of one film', () => {
  const random = seeded(2);
  for (const count of [1, 2, 9]) {
    const films = points(random, count);
    const ground = /** @type {Point[]} */ (
      groundOf(films)
        .slice(1, -1)
        .split('L')
        .map((corner) => corner.split(' ').map(Number))
    );
    for (const [x, y] of films) for (const dx of [-10, 10]) assert.ok(holds(ground, [x + dx, y]));
  }
});

test('films that lie far from each other have grounds of their own, the largest first', () => {
  const near = /** @type {Point[]} */ ([
    [0, 0],
    [60, 0],
    [120, 0],
  ]);
  const far = /** @type {Point} */ ([300, 300]);
  assert.deepEqual(
    groupsOf([far, ...near]).map((group) => group.length),
    [3, 1],
  );
  // A film between two groups makes them one.
  assert.equal(groupsOf([near[0], near[2], near[1]]).length, 1);
  assert.deepEqual(groupsOf([]), []);
});

test('names of six personas stand in the picture and on no other name', () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round++) {
    /** @type {Box[]} */ const boxes = [];
    const films = points(random, 30);
    for (let persona = 0; persona < 6; persona++) {
      const from = 20 + 260 * random();
      const name = { width: 50 + 70 * random(), height: 17 };
      boxes.push(nameBox(points(random, 4, from, 60), name, boxes, films, size));
    }
    for (const [i, a] of boxes.entries()) {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= size && a.y + a.height <= size);
      for (const b of boxes.slice(0, i)) {
        const apart =
          a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
        assert.ok(apart, `round ${round}: a name stands on another`);
      }
    }
  }
});

test('six personas have six marks, and nobody has one of its own', () => {
  assert.equal(new Set([0, 1, 2, 3, 4, 5, undefined].map(markOf)).size, 7);
  assert.equal(markOf(6), markOf(0));
});
