// Owns the test of the graph of a model file: triples to a network, one prior against all at once, paths that
// add up, damaged sections. Must not train.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { graphOf, openGraph, pathsTo, priorOf } from '../../../web/graph/prior.js';
import { gramOf, shrink, shrinkageOf } from '../../../web/graph/shrinkage.js';
import { agreements, allPriors } from '../../../web/graph/all-priors.js';
import { leanOn, trustIn } from '../../../web/graph/lean.js';
import { networkOf, triplesArgument } from '../../../web/graph/triples.js';
import { seeded, shuffled } from '../../support.js';

/** @import { Graph } from '../../../web/graph/prior.js' */
/** @import { Section } from '../../../web/core/sections.js' */

const dim = 19;

/**
 * @param {[string, string, string][]} rows
 */
const triplesOf = (rows) => ({
  heads: rows.map(([head]) => head),
  relations: rows.map(([, relation]) => relation),
  tails: rows.map(([, , tail]) => tail),
});

/** Random triples of items, people and places, some of them linked to each other. */
function randomTriples(seed = 1, n = 400) {
  const random = seeded(seed);
  const pick = (/** @type {string} */ kind, /** @type {number} */ of) => kind + Math.floor(random() * of);
  return Array.from({ length: n }, () => {
    const at = random();
    if (at < 0.6) return [pick('i', 40), pick('r', 3), pick('e', 30)];
    if (at < 0.75) return [pick('e', 30), pick('q', 2), pick('e', 30)];
    if (at < 0.85) return [pick('e', 30), pick('r', 3), pick('i', 40)];
    return [pick('i', 40), 'beside', pick('i', 40)];
  });
}

const ids = Array.from({ length: 40 }, (_, j) => `i${j}`);

/** @returns {{ graph: Graph, vectors: Float32Array }} */
function randomGraph() {
  const random = seeded(5);
  const { network } = networkOf(triplesOf(/** @type {any} */ (randomTriples())), ids);
  const weights = Float32Array.from([...network.relations.map(() => random() + 0.1), 0.7, 0]);
  const shares = Float32Array.from(ids, (_, j) => (j % 7 === 0 ? 1 : random() * 0.6));
  const vectors = Float32Array.from({ length: ids.length * dim }, () => random() - 0.5);
  return { graph: openGraph({ ...network, weights, shares }), vectors };
}

describe('priors', () => {
  test('of one item and of all at once are the same, and paths sum to them', () => {
    const { graph, vectors } = randomGraph();
    graph.shrinkage = shrinkageOf(gramOf(vectors, undefined, dim), dim, 2);
    const { priors, reached } = allPriors(graph, vectors, dim);
    assert.ok(reached.reduce((a, b) => a + b, 0) > 30);
    for (let j = 0; j < ids.length; j++) {
      const one = priorOf(graph, vectors, dim, j);
      const { paths, cut } = pathsTo(graph, j, { most: Infinity });
      assert.equal(cut, 0);
      const sum = new Float64Array(dim);
      for (const { item, weight, steps } of paths) {
        assert.notEqual(item, j);
        assert.equal(steps.at(-1)?.entity, item);
        for (let d = 0; d < dim; d++) sum[d] += weight * vectors[item * dim + d];
      }
      shrink(graph.shrinkage, sum);
      for (let d = 0; d < dim; d++) {
        assert.ok(Math.abs(one[d] - priors[j * dim + d]) < 1e-9, `item ${j}`);
        assert.ok(Math.abs(one[d] - sum[d]) < 1e-9, `paths of item ${j}`);
      }
      const few = pathsTo(graph, j, { most: 2 });
      assert.equal(few.paths.length + few.cut, paths.length);
      const rest = paths.slice(2).reduce((total, { weight }) => total + weight, 0);
      assert.ok(Math.abs(few.cutWeight - rest) < 1e-9);
    }
  });

  test('are held back where the catalogue is large, by hand', () => {
    // Items at 3, 4 along the first axis and at 1 along the second: G is 25 and 1, its trace 26.
    const gram = gramOf([3, 0, 4, 0, 0, 1], undefined, 2);
    assert.deepEqual([...gram], [25, 0, 1]);
    const [x, y] = shrink(shrinkageOf(gram, 2, 13), Float64Array.of(1, 1));
    assert.ok(Math.abs(x - 1 / 26) < 1e-12 && Math.abs(y - 1 / 2) < 1e-12, `${x} ${y}`);
    const louder = shrinkageOf(
      gram.map((entry) => 1024 * entry),
      2,
      13,
    );
    assert.deepEqual(louder, shrinkageOf(gram, 2, 13), 'however the file multiplies its Gram');
    assert.deepEqual([...gramOf([3, 0, 4, 0, 0, 1], [1, 0.5, 2], 2)], [17, 0, 2]);
    for (const none of [shrinkageOf(gram, 2, 0), shrinkageOf([0, 0, 0], 2, 1)]) assert.equal(none, null);
    assert.deepEqual(shrink(null, Float64Array.of(1, 2)), Float64Array.of(1, 2));
  });

  test('by hand: two films of one director', () => {
    const { network } = networkOf(
      triplesOf([
        ['a', 'director', 'Reed'],
        ['b', 'director', 'Reed'],
      ]),
      ['a', 'b'],
    );
    const graph = openGraph({ ...network, weights: Float32Array.of(2, 0, 0), shares: Float32Array.of(0, 1) });
    // C = 1 / (1 + 1) of the director's one known film; A = 2.
    const c = 0.5;
    const [x] = priorOf(graph, [8, 0], 1, 1);
    assert.ok(Math.abs(x - (2 * c * 8) / (0.25 + c)) < 1e-12);
    assert.equal(priorOf(graph, [8, 0], 1, 0)[0], 0, 'what lives on the graph says nothing of others');
    assert.deepEqual(
      pathsTo(graph, 1).paths.map(({ steps }) => steps),
      [
        [
          { relation: 'director', entity: 'Reed', forward: true },
          { relation: 'director', entity: 0, forward: false },
        ],
      ],
    );
  });

  test('a relation of likes agrees, one at random does not', () => {
    const random = seeded(3);
    const all = Array.from({ length: 200 }, (_, j) => `x${j}`);
    const rows = all.flatMap((id, j) => [
      [id, 'kind', `k${j % 10}`],
      [id, 'noise', `n${Math.floor(random() * 10)}`],
    ]);
    const { network } = networkOf(triplesOf(/** @type {any} */ (rows)), all);
    const centres = Array.from({ length: 10 }, () => Array.from({ length: dim }, () => random() - 0.5));
    const vectors = Float32Array.from(all.flatMap((_, j) => centres[j % 10].map((x) => x + 0.2 * random())));
    const weights = Float32Array.of(1, 1, 0, 0);
    const graph = openGraph({ ...network, weights, shares: new Float32Array(200) });
    const [kind, noise] = agreements(graph, vectors, dim, new Float64Array(200).fill(1));
    assert.ok(kind > 0.3 && noise < kind / 5, `${kind} ${noise}`);
  });

  test('items of many people override the graph, of few lean on it, of none live on it', () => {
    const { network } = networkOf(triplesOf(/** @type {any} */ (randomTriples())), ids);
    const random = seeded(9);
    const people = Float64Array.from(ids, (_, j) => [0, 2, 10000][j % 3]);
    const own = new Float32Array(ids.length * dim).map((_, at) =>
      people[Math.floor(at / dim)] > 0 ? 1 + random() : 0,
    );
    const trusted = trustIn(network, { vectors: own, dim, people });
    trusted.found.fill(1);
    const settings = { gain: 1, pull: 0.5, people: 30, power: 1, decay: 0.5, shrink: 1 };
    const leant = leanOn(trusted, { vectors: own, dim, people }, settings);
    const { shares } = trusted.graph;
    assert.ok(shares[0] >= 1);
    assert.ok(shares[1] > 0.4 && shares[1] <= 0.5);
    assert.equal(shares[2], 0);
    const again = allPriors(trusted.graph, leant.vectors, dim).priors;
    for (let at = 0; at < own.length; at++) {
      const wanted = own[at] + shares[Math.floor(at / dim)] * again[at];
      assert.ok(Math.abs(leant.vectors[at] - wanted) < 1e-3, 'a fixed point');
    }
  });
});

describe('networkOf', () => {
  test('does not depend on the order of triples', () => {
    const rows = /** @type {any} */ (randomTriples());
    const one = networkOf(triplesOf(rows), ids);
    assert.deepEqual(networkOf(triplesOf(shuffled(rows, seeded(2))), ids), one);
    assert.ok(one.report.repeated > 0);
  });

  test('takes cycles, loops, repeated triples, names like items, and drops what leads nowhere', () => {
    const names = new Map([
      ['9', 'a'],
      ['8', 'same'],
      ['7', 'same'],
    ]);
    const rows = [
      ['a', 'r', '9'],
      ['b', 'r', '9'],
      ['a', 'r', '9'],
      ['a', 'r', 'a'],
      ['9', 'q', '8'],
      ['8', 'q', '9'],
      ['8', 'q', 'c'],
      ['a', 'once', '7'],
      ['c', 'r', '7'],
      ['b', 'r', 'alone'],
      ['x', 'r', 'y'],
    ];
    const given = { ...triplesOf(/** @type {any} */ (rows)), names };
    const { network, report } = networkOf(triplesArgument(given), ['a', 'b', 'c']);
    assert.deepEqual(network.entities, ['a', 'same (7)', 'same (8)']);
    assert.deepEqual(network.relations, ['once', 'q', 'r']);
    assert.deepEqual(
      { ...report },
      {
        given: 11,
        triples: 7,
        repeated: 1,
        loops: 1,
        leadNowhere: 2,
        relations: 3,
        once: 1,
        entities: 3,
        droppedEntities: 3,
        linked: 3,
      },
    );
  });

  test('refuses what is no triple', () => {
    const fails = (/** @type {any} */ given, /** @type {RegExp} */ message) =>
      assert.throws(() => triplesArgument(given), { code: 'BAD_ARGUMENT', message });
    fails({ heads: ['a'], relations: [], tails: ['b'] }, /graph.relations.length: got 0, wanted 1/);
    fails({ heads: [''], relations: ['r'], tails: ['b'] }, /graph.heads\[0\]/);
    fails({ heads: ['a\0'], relations: ['r'], tails: ['b'] }, /without NUL/);
    fails({ heads: ['a'], relations: ['r'], tails: ['\ud800'] }, /well-formed/);
    fails({ heads: ['a'], relations: ['r'.repeat(513)], tails: ['b'] }, /512 bytes/);
    fails({ heads: 'a', relations: 'r', tails: 'b' }, /an array/);
    fails(undefined, /graph/);
  });

  test('takes a million triples', () => {
    const n = 1e6;
    const heads = Array.from({ length: n }, (_, x) => `i${x % 20000}`);
    const tails = Array.from({ length: n }, (_, x) => `e${(x * 7919) % 50021}`);
    const all = Array.from({ length: 20000 }, (_, j) => `i${j}`);
    const { network, report } = networkOf({ heads, relations: new Array(n).fill('r'), tails }, all);
    assert.equal(report.triples + report.repeated + report.leadNowhere, n);
    const graph = openGraph({
      ...network,
      weights: Float32Array.of(1, 0.5),
      shares: new Float32Array(20000),
    });
    const { reached } = allPriors(graph, new Float32Array(20000 * 4).fill(1), 4);
    assert.equal(
      reached.reduce((a, b) => a + b, 0),
      20000,
    );
  });
});

describe('graphOf', () => {
  /** @returns {Section[]} */
  function sections() {
    const { graph } = randomGraph();
    const texts = (/** @type {string[]} */ names) => {
      const bytes = names.map((name) => new TextEncoder().encode(name));
      const offsets = new Uint32Array(names.length + 1);
      bytes.forEach((own, i) => (offsets[i + 1] = offsets[i] + own.length));
      return [offsets, Uint8Array.from(bytes.flatMap((own) => [...own]))];
    };
    const data = [
      ...texts(graph.relations),
      ...texts(graph.entities),
      graph.offsets,
      graph.relation,
      graph.tail,
      graph.weights,
      graph.shares,
    ];
    const dtypes = [6, 4, 6, 4, 6, 5, 6, 1, 1];
    return data.map((array, i) => ({
      type: 23 + i,
      name: '',
      flags: 0,
      dtype: dtypes[i],
      rows: array.length,
      cols: 1,
      data: new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice(),
    }));
  }

  test('reads what is written, and nothing where there is none', () => {
    const graph = /** @type {Graph} */ (graphOf(sections(), ids.length));
    assert.deepEqual(graph, randomGraph().graph);
    assert.equal(graphOf([], ids.length), null);
  });

  test('refuses damage', () => {
    const fails = (/** @type {(list: Section[]) => unknown} */ damage) => {
      const list = sections();
      damage(list);
      assert.throws(() => graphOf(list, ids.length), { code: 'BAD_SECTION' });
    };
    for (let i = 0; i < 9; i++) {
      fails((list) => list.splice(i, 1));
      fails((list) => (list[i].dtype = 2));
      fails((list) => (list[i].data = list[i].data.subarray(0, list[i].data.length - (i % 2 ? 1 : 4))));
    }
    const put = (/** @type {Uint8Array} */ data, /** @type {number} */ at, /** @type {number} */ value) =>
      new DataView(data.buffer).setUint32(at, value, true);
    fails(([offsets]) => put(offsets.data, 0, 1));
    fails(([, names]) => names.data.fill(0xff));
    fails(([, names]) => (names.data[0] = 0));
    fails(([, , , , offsets]) => put(offsets.data, 4, 1e9));
    fails(([, , , , , relation]) => new DataView(relation.data.buffer).setUint16(0, 999, true));
    fails(([, , , , , , tail]) => put(tail.data, 0, 1e6));
    fails(([, , , , , , , weights]) => new DataView(weights.data.buffer).setFloat32(0, NaN, true));
    fails(([, , , , , , , , shares]) => new DataView(shares.data.buffer).setFloat32(0, 64.5, true));
    assert.throws(() => graphOf(sections(), ids.length + 1), { code: 'BAD_SECTION' });
    // A file from before kappa was among the weights.
    const old = sections();
    old[7].data = old[7].data.subarray(0, -4);
    const wanted = old[7].rows;
    assert.throws(() => graphOf(old, ids.length), {
      code: 'BAD_SECTION',
      message: `graph: relation weights: got ${wanted - 1} numbers, wanted ${wanted}`,
    });
  });
});
