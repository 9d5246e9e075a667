// Owns the test of graphs as people have them: cycles, loops, names that meet, hubs, a million of anything
// by counting the work, and files that hold no triples. Must not train.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { allPriors } from '../../../web/graph/all-priors.js';
import { graphDefaults, leanOn, leansBelow, trustIn } from '../../../web/graph/lean.js';
import { mostLonger, openGraph, priorOf } from '../../../web/graph/prior.js';
import { networkOf } from '../../../web/graph/triples.js';
import { readGraph } from '../../../web/read/read-graph.js';
import { graphMemory } from '../../../web/train/graph-memory.js';
import { seeded } from '../../support.js';

/** @param {[string, string, string][]} rows */
const triplesOf = (rows) => ({
  heads: rows.map(([head]) => head),
  relations: rows.map(([, relation]) => relation),
  tails: rows.map(([, , tail]) => tail),
});
const folder = mkdtempSync(join(tmpdir(), 'odd-graphs-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * @param {() => Promise<unknown>} run
 * @param {string | RegExp} code
 * @param {RegExp} message
 */
async function refused(run, code, message) {
  await assert.rejects(run, (/** @type {any} */ error) => {
    assert.equal(error.name, 'AmpcfError');
    assert.match(error.code, new RegExp(code));
    assert.match(error.message, message);
    return true;
  });
}

/**
 * All relations as trusted as can be, whatever the vectors say.
 * @param {import('../../../web/graph/triples.js').Network} network
 * @param {import('../../../web/graph/lean.js').OwnItems} own
 */
function trusting(network, own) {
  const trusted = trustIn(network, own);
  trusted.found.fill(1);
  return trusted;
}

/** @param {string} name @param {string | Uint8Array} content */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('files of triples', () => {
  test('that hold none are refused with what was wrong', async () => {
    await refused(() => readGraph(file('empty.csv', '')), 'NO_DATA', /empty\.csv/);
    await refused(() => readGraph(file('header.csv', 'head,relation,tail\n')), 'NO_DATA', /header\.csv/);
    const two = file('two.csv', 'head,relation\na,b\nc,d\n');
    await refused(() => readGraph(two), 'BAD_DATA', /which column is the tail.*head, relation/s);
    const short = file('short.csv', 'head,relation,tail\na,r,x\nb,r\nc,r,x\n');
    await refused(() => readGraph(short), 'BAD_DATA', /short\.csv:3: wrong number of columns/);
    assert.equal((await readGraph(short, { skipBad: 1 })).triples.heads.length, 2);
    const page = '<!doctype html>\n<html><head><title>404</title></head>\n<body>Not here</body></html>\n';
    await refused(() => readGraph(file('page.csv', page)), 'BAD_', /page\.csv/);
  });

  test('may begin with a BOM, and hold markup as text', async () => {
    const path = file('bom.csv', '\ufeffhead,relation,tail\r\na,<b>is</b>,x\r\nb,<b>is</b>,x\r\n');
    const { triples, header } = await readGraph(path);
    assert.equal(header, true);
    assert.deepEqual(
      triples,
      triplesOf([
        ['a', '<b>is</b>', 'x'],
        ['b', '<b>is</b>', 'x'],
      ]),
    );
  });
});

describe('networks', () => {
  const ids = ['a', 'b', 'c', 'd'];

  test('keep cycles, drop loops and repetitions, and count relations seen once', () => {
    const rows = /** @type {[string, string, string][]} */ ([
      ['a', 'next', 'b'],
      ['b', 'next', 'c'],
      ['c', 'next', 'a'],
      ['a', 'next', 'b'],
      ['d', 'is', 'd'],
      ['a', 'once', 'x'],
      ['b', 'twice', 'x'],
      ['c', 'twice', 'x'],
      ['x', 'up', 'y'],
      ['y', 'up', 'x'],
    ]);
    const { network, report } = networkOf(triplesOf(rows), ids);
    assert.equal(report.loops, 1);
    assert.equal(report.repeated, 1);
    assert.equal(report.once, 1);
    const own = ownItems(ids.length, [1, 2, 3, 0]);
    const trusted = trusting(network, own);
    const { vectors, reached } = leanOn(trusted, own, graphDefaults);
    assert.deepEqual([...reached], [1, 1, 1, 0]);
    assert.ok(vectors.every(Number.isFinite));
  });

  test('an entity that is called like an item stays apart from it', () => {
    const rows = /** @type {[string, string, string][]} */ ([
      ['a', 'by', '77'],
      ['b', 'by', '77'],
      ['c', 'of', 'd'],
    ]);
    const { network } = networkOf({ ...triplesOf(rows), names: new Map([['77', 'c']]) }, ids);
    assert.deepEqual(network.entities, ['c']);
    const { links } = openGraph({
      ...network,
      weights: new Float32Array(3).fill(1),
      shares: new Float32Array(4),
    });
    assert.deepEqual([...links.to.subarray(links.offsets[2], links.offsets[3])], [3], 'item c knows d alone');
  });
});

/**
 * @param {number} n
 * @param {readonly number[]} people
 */
function ownItems(n, people, dim = 3) {
  const random = seeded(8);
  const counts = Float64Array.from({ length: n }, (_, j) => people[j % people.length]);
  const vectors = Float32Array.from({ length: n * dim }, (_, at) =>
    counts[Math.floor(at / dim)] > 0 ? random() - 0.3 : 0,
  );
  return { vectors, dim, people: counts };
}

describe('leaning', () => {
  /** @param {number} n items, all of one entity */
  const hub = (n) => {
    const ids = Array.from({ length: n }, (_, j) => `i${j}`);
    return networkOf(triplesOf(ids.map((id) => [id, 'of', 'all'])), ids).network;
  };

  test('is for items of few people: those of many stay to the bit', () => {
    const own = ownItems(40, [1, 3, leansBelow - 1, leansBelow, 500]);
    const trusted = trusting(hub(40), own);
    const { vectors } = leanOn(trusted, own, { ...graphDefaults, pull: 0.9 });
    own.people.forEach((n, j) => {
      const same = [0, 1, 2].every((d) => vectors[j * 3 + d] === own.vectors[j * 3 + d]);
      assert.equal(same, n >= leansBelow, `${n} people`);
    });
    const { shares } = trusted.graph;
    assert.ok(shares[0] > shares[1] && shares[1] > shares[2] && shares[2] > 0);
  });

  test('an item of nobody is as long as its neighbours are, whether they agree or not', () => {
    const rows = /** @type {[string, string, string][]} */ ([
      ['a', 'of', 'x'],
      ['b', 'of', 'x'],
      ['c', 'of', 'x'],
    ]);
    const { network } = networkOf(triplesOf(rows), ['a', 'b', 'c']);
    const lengthFor = (/** @type {number[]} */ vectors, gain = 1) => {
      const own = { vectors: Float32Array.from(vectors), dim: 2, people: Float64Array.from([50, 50, 0]) };
      const trusted = trusting(network, own);
      const { vectors: out } = leanOn(trusted, own, { ...graphDefaults, gain, shrink: 0 });
      return { length: Math.hypot(out[4], out[5]), share: trusted.graph.shares[2] };
    };
    // By hand: 2 items around x count 2 / (1 + 2); with the ridge, C / (1/4 + C).
    const weight = 2 / 3;
    const mean = weight / (0.25 + weight);
    const alike = lengthFor([3, 4, 3, 4, 0, 0]);
    const apart = lengthFor([3, 4, 4, -3, 0, 0]);
    assert.ok(Math.abs(alike.length - 5 * mean) < 1e-6, String(alike.length));
    assert.ok(Math.abs(apart.length - alike.length) < 1e-6);
    assert.ok(Math.abs(alike.share - 1) < 1e-6 && Math.abs(apart.share - Math.SQRT2) < 1e-6);
    assert.ok(Math.abs(lengthFor([3, 4, 4, -3, 0, 0], 2).length - 2 * apart.length) < 1e-6);
    assert.equal(lengthFor([3, 4, 3, 4, 0, 0], 0.5).share, 1, 'never shorter than what is said of it');
    assert.equal(lengthFor([3, 4, -3, -3.99, 0, 0]).share, mostLonger);
  });

  test('items that nobody has and nothing leads to stay where they are', () => {
    const own = ownItems(6, [0]);
    own.people[0] = own.people[1] = 4;
    const ids = ['i0', 'i1', 'i2', 'i3', 'i4', 'i5'];
    const { network } = networkOf(
      triplesOf([
        ['i0', 'of', 'x'],
        ['i1', 'of', 'x'],
      ]),
      ids,
    );
    const trusted = trusting(network, own);
    const { vectors, reached } = leanOn(trusted, own, graphDefaults);
    assert.deepEqual([...reached], [1, 1, 0, 0, 0, 0]);
    assert.deepEqual([...trusted.graph.shares.subarray(2)], [0, 0, 0, 0]);
    assert.ok(vectors.subarray(6).every((x) => x === 0));
  });

  test('an item of nobody is its share times its prior, by the shares of the file', () => {
    // Nothing that somebody has leads to i0, but i0 leads to i1; i4 is beside i3, and too far from i2.
    const { network } = networkOf(
      triplesOf([
        ['i0', 'of', 'x'],
        ['i1', 'of', 'x'],
        ['i2', 'of', 'y'],
        ['k', 'of', 'y'],
        ['i3', 'of', 'k'],
        ['i4', 'of', 'i3'],
      ]),
      ['i0', 'i1', 'i2', 'i3', 'i4'],
    );
    const own = ownItems(5, [4, 0, 4, 0, 0]);
    own.vectors.fill(7, 12);
    const trusted = trusting(network, own);
    const { vectors, reached } = leanOn(trusted, own, { ...graphDefaults, pull: 0.9 });
    assert.deepEqual([...reached], [0, 1, 0, 1, 0]);
    const { weights, shares, shrinkage } = trusted.graph;
    const read = { ...openGraph({ ...network, weights, shares }), shrinkage };
    for (const j of [1, 3]) {
      const prior = priorOf(read, vectors, 3, j);
      prior.forEach((p, d) => assert.ok(Math.abs(vectors[j * 3 + d] - shares[j] * p) < 1e-6, `item ${j}`));
    }
    assert.deepEqual([shares[0], shares[2], read.says[4]], [0, 0, 0]);
  });

  test('one entity of 100,000 items', () => {
    const own = ownItems(1e5, [0, 1, 2, 30], 2);
    const { vectors, reached } = leanOn(trusting(hub(1e5), own), own, graphDefaults);
    assert.equal(
      reached.reduce((a, b) => a + b, 0),
      1e5,
    );
    assert.ok(vectors.every(Number.isFinite));
  });
});

describe('the work', () => {
  /** Links looked at and numbers of vectors read for n items of four triples each, one of them of a hub. */
  function workOf(/** @type {number} */ n) {
    const random = seeded(3);
    const ids = Array.from({ length: n }, (_, j) => `i${j}`);
    const any = (/** @type {string} */ kind) => kind + Math.floor((random() * n) / 4);
    const rows = ids.flatMap((id) => [
      [id, 'of', 'all'],
      [id, 'by', any('e')],
      [id, 'like', any('i')],
      [any('e'), 'in', any('e')],
    ]);
    const { network } = networkOf(triplesOf(/** @type {any} */ (rows)), ids);
    const graph = openGraph({
      ...network,
      weights: new Float32Array(network.relations.length + 1).fill(0.5),
      shares: new Float32Array(n).fill(0.2),
    });
    let reads = 0;
    const counted = (/** @type {any} */ list) =>
      new Proxy(list, {
        get(of, name) {
          if (typeof name === 'string' && /^\d/.test(name)) reads++;
          return of[/** @type {any} */ (name)];
        },
      });
    graph.links = { ...graph.links, to: counted(graph.links.to) };
    allPriors(graph, counted(new Float32Array(n * 2).fill(1)), 2);
    return reads;
  }

  test('is linear in the triples, but for the logarithm of a search in a row', () => {
    const [small, large] = [workOf(500), workOf(4000)];
    assert.ok(large > 6 * small && large < 8 * 1.5 * small, `${small} and ${large}`);
  });

  test('and so is the memory that is said before', () => {
    const of = (/** @type {number} */ n) =>
      graphMemory(
        triplesOf(Array.from({ length: n }, (_, x) => [`i${x % 1000}`, 'r', `e${x % 5000}`])),
        Array.from({ length: 1000 }, (_, j) => `i${j}`),
        ['i0', 'new', 'e1'],
        64,
      );
    const [one, two, three] = [of(1e4), of(2e4), of(3e4)];
    assert.equal(three - two, two - one);
    assert.ok(two - one > 0 && one > 1001 * 64 * 4);
  });
});
