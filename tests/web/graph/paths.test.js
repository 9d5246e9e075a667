// Owns the tests of paths: parts that add up, paths that are in the file, what the history says through them.
// Must not test the formula of priors.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { confidence } from '../../../dist/confidence.js';
import { graph, graphFacts, pathsOf } from '../../../dist/graph.js';
import { now } from '../../../dist/now.js';
import { explainInWords } from '../../../dist/sentences.js';
import { modelFromVectors } from '../../../dist/train.js';
import { withGraph, withSections } from '../../../examples/demo/graph-file.js';
import { needGraph } from '../../../web/graph/opened.js';
import { pathsTo } from '../../../web/graph/prior.js';
import { explainItem, vectorsOf } from '../../../web/core/kernel.js';
import { failsWith, filmFacts, historyOf, smallModel } from '../../support.js';

/** @import { Model } from 'ampcf' */
/** @typedef {[string, string, string]} Triple */

const plain = await smallModel({ dim: 12 });
const ids = (await loadModel(plain)).ids();
const aspectsOf = (/** @type {string} */ id) => filmFacts.get(id)?.aspects ?? [];
/** Genres as entities, a decade, and one film that follows another. @type {Triple[]} */
const triples = [
  ...ids.flatMap((id) => aspectsOf(id).map((genre) => /** @type {Triple} */ ([id, 'genre', genre]))),
  ...ids.map((id, j) => /** @type {Triple} */ ([id, 'studio', `studio ${j % 7}`])),
  [ids[1], 'follows', ids[0]],
  [ids[2], 'follows', ids[2]],
  ['studio 1', 'owned by', 'studio 2'],
  ['studio 2', 'owned by', 'studio 1'],
];
const weights = { genre: 0.7, studio: 1, follows: 0.9, 'owned by': 0.4 };
const share = (/** @type {number} */ j) => (j % 10) / 10;
const bytes = withGraph(plain, ids, triples, { weights, share });
const plugins = [graph, confidence, now];
const model = await loadModel(bytes, { plugins });
const near = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-6) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a}, ${b}`);

/**
 * @param {any} item of a ranking
 * @param {string} [what]
 */
function addsUp({ score, explanation }, what = '') {
  const { graph: found, bias, residual } = explanation;
  const parts = found.parts.reduce(
    (/** @type {number} */ sum, /** @type {any} */ p) => sum + p.graph + p.own,
    0,
  );
  assert.ok(Math.abs(parts + bias + residual - score) < 1e-5 * Math.max(1, Math.abs(score)), what);
  const listed = found.paths.reduce(
    (/** @type {number} */ sum, /** @type {any} */ p) => sum + p.contribution,
    0,
  );
  near(listed + found.rest, found.total, 1e-9);
  near(
    found.parts.reduce((/** @type {number} */ sum, /** @type {any} */ p) => sum + p.graph, 0),
    found.total,
    1e-9,
  );
}

describe('the part of the graph', () => {
  test('adds up with the rest to the score, for any history and any item', () => {
    for (let u = 0; u < 12; u++) {
      const me = model.createProfile(historyOf(u)).dislike(ids[40 + u]);
      if (u % 3 === 0) me.forget({ keep: 4 });
      for (const item of me.rank(ids.slice(0, 60), { graph: true }).items) addsUp(item, `${u} ${item.item}`);
    }
  });

  test('is linear in the share', () => {
    const me = model.createProfile(historyOf(3));
    const found = pathsOf(me, ids[15], { limit: 1000 });
    assert.equal(found.share, Math.fround(0.5));
    // A share of twice as much says twice as much: all is linear in it.
    const halved = withGraph(plain, ids, triples, { weights, share: (j) => (j === 15 ? 0.25 : share(j)) });
    return loadModel(halved).then((other) => {
      const its = pathsOf(other.createProfile(historyOf(3)), ids[15], { limit: 1000 });
      // Its own share is in what is known around its entities too, but never in its own prior.
      near(its.total, found.total / 2, 1e-6);
    });
  });

  test('is by hand what one event says through one path', async () => {
    const two = withGraph(
      plain,
      ids,
      [
        [ids[9], 'made by', 'Ann'],
        [ids[4], 'made by', 'Ann'],
      ],
      { decay: 0, share: () => 0.5 },
    );
    const open = await loadModel(two);
    const me = open.createProfile([ids[4]], { personas: 1 });
    const { paths, total, parts, rest } = pathsOf(me, ids[9]);
    assert.deepEqual(
      paths.map(({ item, persona, steps }) => ({ item, persona, steps })),
      [
        {
          item: ids[4],
          persona: 0,
          steps: [
            { relation: 'made by', entity: 'Ann', forward: true },
            { relation: 'made by', entity: open.title(ids[4]), item: ids[4], forward: false },
          ],
        },
      ],
    );
    // One persona is one vector, without a gate: u . v_4 is its score without the bias.
    const score = explainItem(me.state.now().core, 4).contributions[0];
    near(paths[0].contribution, 0.5 * paths[0].weight * score, 1e-5);
    near(total, paths[0].contribution, 1e-9);
    near(rest, 0, 1e-9);
    assert.equal(parts.length, 1);
  });

  test('adds up where priors are held back, by the Gram of the file', async () => {
    const of = async (/** @type {number} */ kappa) => {
      const rows = /** @type {[string, string, string][]} */ ([
        [ids[9], 'made by', 'Ann'],
        [ids[4], 'made by', 'Ann'],
      ]);
      const file = withGraph(plain, ids, rows, { decay: 0, shrink: kappa, share: () => 0.5 });
      const me = (await loadModel(file)).createProfile([ids[4]], { personas: 1 });
      return pathsOf(me, ids[9]);
    };
    const [free, held] = [await of(0), await of(4)];
    near(held.total, held.paths[0].contribution, 1e-9);
    near(held.rest, 0, 1e-9);
    assert.equal(held.paths[0].weight, free.paths[0].weight);
    assert.ok(held.total > 0.02 * free.total && held.total < 0.9 * free.total, `${held.total} ${free.total}`);
  });

  test('goes through the gate that the score goes through, neighbours beside it', async () => {
    const n = ids.length;
    const { dim } = model.info;
    const vectors = new Float32Array((n + 1) * dim);
    vectors.set(vectorsOf(model.kernel, 0, n));
    vectors.set(vectorsOf(model.kernel, 7, 1), n * dim);
    const all = [...ids, 'twin'];
    const liked = historyOf(2).map(({ item }) => item);
    const neighbours = { from: ids, to: ids.map(() => 'twin'), values: ids.map(() => 0.01) };
    const made = await modelFromVectors({ ids: all, vectors, dim, neighbours, gate: 2, personas: 4 });
    const order = (await loadModel(made.bytes)).ids();
    const twins = withGraph(made.bytes, order, [
      ['twin', 'made by', 'Ann'],
      [ids[7], 'made by', 'Ann'],
    ]);
    const open = await loadModel(twins);
    const me = open.createProfile(liked.filter((item) => item !== ids[7]));
    assert.ok(me.personas().length > 1 && open.info.neighbours === n);
    const { contributions } = me.explain('twin').explanation;
    const found = pathsOf(me, 'twin');
    // Its prior is the weight of the path times the vector that it has itself.
    const [{ weight }] = pathsTo(/** @type {any} */ (needGraph(open, '')), order.indexOf('twin')).paths;
    const said = contributions.reduce((sum, { contribution }) => sum + contribution - 0.01, 0);
    assert.ok(Math.abs(found.total / (0.5 * weight * said) - 1) < 1e-4);
    assert.deepEqual(found.paths, []);
  });

  test('is 0 for an item that no path leads to, and where nothing is in the history', () => {
    const me = model.createProfile(historyOf(1));
    const none = pathsOf(me, ids[10]); // leans by 0
    assert.deepEqual([none.share, none.total, none.paths, none.rest], [0, 0, [], 0]);
    const nobody = pathsOf(model.createProfile(), ids[15]);
    assert.deepEqual([nobody.total, nobody.paths, nobody.parts], [0, [], []]);
  });
});

describe('paths', () => {
  const me = model.createProfile(historyOf(0));
  const history = new Set(me.history.map(({ item }) => item));
  const isTriple = (/** @type {string} */ head, /** @type {string} */ relation, /** @type {string} */ tail) =>
    triples.some((t) => t[0] === head && t[1] === relation && t[2] === tail);

  test('are chains of triples of the file, from the item to the history', () => {
    let seen = 0;
    for (const item of ids.slice(0, 40))
      for (const path of pathsOf(me, item, { limit: 1e6 }).paths) {
        assert.ok(history.has(path.item) && path.item !== item);
        let at = item;
        for (const { relation, entity, item: other, forward } of path.steps) {
          const to = other ?? entity;
          assert.ok(
            forward ? isTriple(at, relation, to) : isTriple(to, relation, at),
            `${at} ${relation} ${to}`,
          );
          at = to;
        }
        assert.equal(at, path.item);
        seen++;
      }
    assert.ok(seen > 500);
  });

  test('stand by what they say, likes above dislikes, each with the persona that owns the item', () => {
    const disliked = [...history][0];
    const other = model.createProfile(historyOf(0)).dislike(disliked);
    const owners = other.explain(ids[15]).explanation.contributions;
    let against = 0;
    for (const item of ids.slice(10, 40)) {
      const { paths } = pathsOf(other, item, { limit: 1e6 });
      paths.forEach((path, i) => {
        if (i > 0) assert.ok(paths[i - 1].contribution >= path.contribution);
        if (path.item === disliked) against++;
        assert.equal(path.contribution < 0, path.item === disliked);
        assert.equal(path.persona, owners.find(({ item: its }) => its === path.item)?.persona);
      });
    }
    assert.ok(against > 0);
  });

  test('are as many as are asked for; the rest has the others', () => {
    const all = pathsOf(me, ids[19], { limit: 1e6 });
    assert.ok(all.paths.length > 6);
    assert.equal(pathsOf(me, ids[19]).paths.length, 5);
    const none = pathsOf(me, ids[19], { limit: 0 });
    assert.deepEqual(none.paths, []);
    near(none.rest, none.total, 1e-12);
  });

  test('name what the score rests on: without it the score falls further than without another', () => {
    const fell = { named: 0, other: 0 };
    let cases = 0;
    for (let u = 0; u < 10; u++) {
      const person = model.createProfile(historyOf(u), { personas: 1 });
      const [item] = person.recommend({ topK: 1, graph: true }).items;
      const path = item.explanation?.graph?.paths[0];
      if (!path) continue;
      const scoreWithout = (/** @type {string} */ gone) => {
        person.remove(gone);
        const [{ score }] = person.rank([item.item]).items;
        person.undo();
        return Number(item.score) - Number(score);
      };
      fell.named += scoreWithout(path.item);
      fell.other += scoreWithout(person.history.filter((event) => event.item !== path.item)[2].item);
      cases++;
      person.remove(path.item);
      assert.ok(pathsOf(person, item.item, { limit: 1e6 }).paths.every((each) => each.item !== path.item));
    }
    assert.ok(cases >= 5 && fell.named > 0 && fell.named > fell.other, JSON.stringify(fell));
  });
});

describe('paths over two entities', () => {
  test('are a part of the score, found in the explanation, and said in words', async () => {
    /** @type {Triple[]} */
    const far = [
      [ids[9], 'genre', 'Film noir'],
      [ids[8], 'genre', 'Film noir'],
      ['Film noir', 'kind of', 'Crime'],
      [ids[4], 'genre', 'Crime'],
      [ids[5], 'genre', 'Crime'],
    ];
    const open = await loadModel(withGraph(plain, ids, far, { decay: 0.5, share: () => 0.4 }), { plugins });
    const me = open.createProfile([ids[4]], { personas: 1 });
    const found = me.explain(ids[9], { graph: true });
    addsUp(found);
    const [path, ...others] = /** @type {any} */ (found.explanation.graph).paths;
    assert.deepEqual(others, []);
    assert.deepEqual(
      path.steps.map((/** @type {any} */ { relation, entity, forward }) => [relation, entity, forward]),
      [
        ['genre', 'Film noir', true],
        ['kind of', 'Crime', true],
        ['genre', open.title(ids[4]), false],
      ],
    );
    assert.ok(path.contribution > 0);
    const liked = { item: ids[3], title: 'Another', contribution: path.contribution, persona: 0 };
    const explanation = /** @type {any} */ ({ ...found.explanation, contributions: [liked] });
    assert.equal(
      explainInWords({ ...found, explanation }).text,
      `Because you liked Another, and is tied to ${open.title(ids[4])} by genre Film noir (kind of: Crime)`,
    );
  });
});

describe('rankings', () => {
  const me = model.createProfile(historyOf(5));

  test('have the paths in their explanations, with the order and the scores of those without', () => {
    const without = me.recommend({ topK: 8, explain: true });
    const list = me.recommend({ topK: 8, graph: { limit: 2 } });
    assert.deepEqual(
      list.items.map(({ explanation, ...item }) => item),
      without.items.map(({ explanation, ...item }) => item),
    );
    for (const [i, item] of list.items.entries()) {
      const { graph: found, ...rest } = /** @type {any} */ (item.explanation);
      assert.deepEqual(rest, without.items[i].explanation);
      assert.deepEqual(found, pathsOf(me, item.item, { limit: 2 }));
    }
    const one = me.explain(list.items[0].item, { graph: true });
    assert.deepEqual(one.explanation.graph, pathsOf(me, one.item));
    assert.equal(one.explanation.contributions.length, me.history.length);
    assert.equal(me.explain(ids[0]).explanation.graph, undefined);
    assert.deepEqual(me.recommend({ graph: false }), me.recommend());
  });

  test('go with confidence, and not with a visit', async () => {
    const [item] = me.recommend({ topK: 1, graph: true, confidence: true }).items;
    assert.ok(item.explanation?.graph && typeof item.uncertainty === 'number');
    await failsWith(() => me.recommend({ graph: true, now: { events: [ids[3]] } }), 'BAD_ARGUMENT', /^now: /);
  });

  test('take items that nobody knows', () => {
    const { items } = me.rank(['no such film', ids[3]], { graph: true });
    assert.deepEqual([items[1].known, items[1].explanation?.graph], [false, undefined]);
  });
});

describe('errors', () => {
  test('a file without a graph says so when it is asked, and not before', async () => {
    const without = await loadModel(plain, { plugins });
    const me = without.createProfile(historyOf(0));
    assert.ok(me.recommend().items.length > 0);
    assert.equal(graphFacts(without), null);
    for (const call of [
      () => me.recommend({ graph: true }),
      () => me.rank(ids, { graph: { limit: 1 } }),
      () => me.explain(ids[0], { graph: true }),
      () => pathsOf(me, ids[0]),
    ])
      await failsWith(call, 'NO_GRAPH', /got a model file without a graph, wanted .*--graph/);
  });

  test('a model without the plugin says what is missing', async () => {
    const me = (await loadModel(bytes)).createProfile(historyOf(0));
    await failsWith(() => me.explain(ids[0], { graph: true }), 'NEEDS_PLUGIN', /^graph: /);
  });

  test('arguments', async () => {
    const me = model.createProfile(historyOf(0));
    const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
    await failsWith(() => pathsOf(me, 'nobody'), 'UNKNOWN_ITEM', /nobody/);
    for (const limit of [-1, 0.5, NaN, '5'])
      await failsWith(() => pathsOf(me, ids[0], { limit: any(limit) }), 'BAD_ARGUMENT', /^limit: /);
    for (const given of [1, 'yes', null])
      await failsWith(() => me.recommend({ graph: any(given) }), 'BAD_ARGUMENT', /^graph: /);
    await failsWith(() => me.recommend({ graph: any({ most: 3 }) }), 'BAD_ARGUMENT', /limit/);
    await failsWith(() => pathsOf(any(model), ids[0]), 'BAD_ARGUMENT', /^profile: /);
    me.dispose();
    await failsWith(() => pathsOf(me, ids[0]), 'DISPOSED');
  });

  test('damaged sections are refused when the graph is asked, and rank without it', async () => {
    const one = (/** @type {number} */ type, /** @type {number} */ dtype, /** @type {any} */ data) => [
      { type, dtype, data },
    ];
    const damaged = withSections(plain, one(31, 1, new Float32Array(ids.length)));
    const open = await loadModel(damaged, { plugins });
    const me = open.createProfile(historyOf(0));
    assert.ok(me.recommend().items.length > 0);
    await failsWith(() => me.recommend({ graph: true }), 'BAD_SECTION', /^graph: section 23/);
    const loud = withGraph(plain, ids, triples, { share: () => 65 });
    const shouting = await loadModel(loud, { plugins });
    await failsWith(() => graphFacts(shouting), 'BAD_SECTION', /shares: got 65, wanted 0 to 64/);
    const spoiled = bytes.slice();
    spoiled[spoiled.length - 1] ^= 1;
    await failsWith(() => loadModel(spoiled), 'CHECKSUM');
  });
});
