// Owns the tests of what is alike through the graph, of tastes by relation, and of the figures of a graph.
// Must not test paths to a history.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { aspectRelation, graphFacts, relationSpace, similar } from '../../../dist/graph.js';
import { withGraph } from '../../../examples/demo/graph-file.js';
import { failsWith, filmFacts, historyOf, interactionsOf, people, smallModel } from '../../support.js';
import { trainModel } from '../../../dist/train.js';

/** @typedef {[string, string, string]} Triple */
const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const plain = await smallModel();
const bare = await loadModel(plain);
const ids = bare.ids();
const [a, b, c, d, e, f] = ids;
/** @type {Triple[]} */
const triples = [
  [a, 'director', 'Ann'],
  [b, 'director', 'Ann'],
  ...ids.map((id) => /** @type {Triple} */ ([id, 'country', 'Here'])),
  [c, 'follows', a],
  [d, 'studio', 'Small'],
  ['Small', 'owned by', 'Large'],
  [e, 'studio', 'Large'],
  [b, 'director', 'Ann'],
  [f, 'follows', f],
  [f, 'title of', bare.title(a)],
];
const weights = { director: 1, country: 0.1, follows: 0.5, studio: 1, 'owned by': 1, 'title of': 1 };
const model = await loadModel(
  withGraph(plain, ids, triples, { weights, share: (j) => Math.min(1, j / 100) }),
);

describe('similar', () => {
  test('by the graph: what is linked, what shares a rare entity, what shares a common one', () => {
    const [second, first, third] = similar(model, a, { by: 'graph', topK: 3 });
    assert.deepEqual([first.item, second.item], [b, c]);
    assert.ok(third.score < first.score / 2 && third.through[0].steps[0].entity === 'Here');
    assert.deepEqual(first.through[0].steps, [
      { relation: 'director', entity: 'Ann', forward: true },
      { relation: 'director', entity: model.title(b), item: b, forward: false },
    ]);
    assert.deepEqual(first.through[1].steps[0], { relation: 'country', entity: 'Here', forward: true });
    assert.equal(first.through.length, 2);
    assert.deepEqual(second.through[0].steps, [
      { relation: 'follows', entity: model.title(c), item: c, forward: false },
    ]);
    assert.ok(second.score > first.score && second.score <= 1);
    assert.equal(first.score, first.graph);
    for (const { through, graph } of [first, second])
      assert.ok(Math.abs(through.reduce((sum, { weight }) => sum + weight, 0) - Number(graph)) < 0.02);
  });

  test('by hand', async () => {
    const small = await loadModel(
      withGraph(
        plain,
        ids,
        [
          [a, 'r', 'X'],
          [b, 'r', 'X'],
        ],
        { weights: { r: 3 } },
      ),
    );
    const [{ item, graph }] = similar(small, a, { by: 'graph' });
    // X has two items: 1 / log2(4); each item, which none links to: 1 / log2(2).
    assert.equal(item, b);
    assert.ok(Math.abs(Number(graph) - 0.5 / 1.5) < 1e-9);
    assert.equal(similar(small, c, { by: 'graph' }).length, 0);
  });

  test('goes two entities far, both ways', () => {
    for (const [from, to] of [
      [d, e],
      [e, d],
    ]) {
      const [first] = similar(model, from, { by: 'graph' });
      assert.equal(first.item, to);
      assert.ok(first.through[0].steps.length >= 3);
      assert.equal(first.through[0].steps.at(-1)?.item, to);
    }
    const of = (/** @type {string} */ x, /** @type {string} */ y) =>
      similar(model, x, { by: 'graph', topK: 1000 }).find(({ item }) => item === y)?.graph;
    for (const [x, y] of [
      [a, b],
      [d, e],
      [a, c],
    ])
      assert.ok(Math.abs(Number(of(x, y)) - Number(of(y, x))) < 1e-12);
  });

  test('by taste is the order of the model, by both the mean', () => {
    const wanted = model.similar(a, { topK: 6 });
    const found = similar(model, a, { by: 'taste', topK: 6 });
    assert.deepEqual(
      found.map(({ item, title, score }) => ({ item, title, score })),
      wanted,
    );
    const both = similar(model, a, { topK: ids.length });
    assert.equal(both.length, ids.length - 1);
    both.forEach(({ score, taste, graph }, i) => {
      assert.ok(Math.abs(score - (taste + Number(graph)) / 2) < 1e-12);
      assert.ok(i === 0 || both[i - 1].score >= score);
    });
    assert.deepEqual(similar(model, a, { by: 'both' }), both.slice(0, 10));
  });

  test('an entity that is named as an item is titled is not that item', () => {
    const [first] = similar(model, f, { by: 'graph', topK: 1 });
    assert.notEqual(first.item, a);
  });

  test('a file without a graph', async () => {
    const [first] = similar(bare, a, { by: 'taste' });
    assert.deepEqual([first.graph, first.through], [null, []]);
    for (const by of /** @type {const} */ (['graph', 'both', undefined]))
      await failsWith(() => similar(bare, a, by && { by }), 'NO_GRAPH', /^similar by /);
  });

  test('arguments', async () => {
    await failsWith(() => similar(model, 'nobody'), 'UNKNOWN_ITEM');
    await failsWith(() => similar(model, a, { by: any('all') }), 'BAD_ARGUMENT', /taste, graph or both/);
    await failsWith(() => similar(model, a, { topK: -1 }), 'BAD_ARGUMENT', /^topK/);
    await failsWith(() => similar(any({}), a), 'BAD_ARGUMENT', /^model/);
  });
});

describe('relations', () => {
  test('of an aspect are told by a colon and a blank, when asked', () => {
    assert.deepEqual(aspectRelation('director: Carol Reed'), { relation: 'director', value: 'Carol Reed' });
    assert.deepEqual(aspectRelation('a: b: c'), { relation: 'a', value: 'b: c' });
    for (const none of ['Drama', '12:30', ': x', 'x: ', ':', '', 'http://x'])
      assert.equal(aspectRelation(none), null, none);
    assert.throws(() => aspectRelation(any(3)), { code: 'BAD_ARGUMENT' });
  });

  test('are a space of taste, from the graph', () => {
    const space = relationSpace(model, 'director');
    assert.equal(relationSpace(model, 'director'), space);
    assert.deepEqual([space.from, space.categories], ['graph', ['Ann']]);
    assert.deepEqual([space.of(a), space.of(c), space.of('nobody')], [[0], [], []]);
    assert.deepEqual(relationSpace(model, 'follows').categories.length, 2);
    const me = model.createProfile([a, c]);
    assert.equal(me.tasteDistance([b], { space }), 0);
    assert.equal(me.tasteDistance([c], { space }), null);
    assert.deepEqual(model.taste?.distribution([d, e], { space: relationSpace(model, 'studio') }), {
      categories: ['Small', 'Large'],
      shares: Float64Array.of(1 / (1 + 1 / Math.log2(3)), 1 - 1 / (1 + 1 / Math.log2(3))),
    });
    assert.ok(
      Number(model.createProfile([d]).tasteDistance([e], { space: relationSpace(model, 'studio') })) > 0.9,
    );
  });

  test('are a space of taste, from aspects that name theirs, and the others stay what they are', async () => {
    const items = new Map(
      [...filmFacts].map(([id, { title, aspects }], i) => [
        id,
        {
          title,
          aspects: [...aspects.map((genre) => `genre: ${genre}`), `mood: ${i % 3}`, 'Part: the first'],
        },
      ]),
    );
    const { bytes } = await trainModel(interactionsOf(people), { dim: 8, sweeps: 3, minSupport: 1, items });
    const named = await loadModel(bytes);
    const space = relationSpace(named, 'mood');
    assert.deepEqual([space.from, [...space.categories].sort()], ['aspects', ['0', '1', '2']]);
    const me = named.createProfile(historyOf(0));
    const list = me.recommend().items.map(({ item }) => item);
    const by = (/** @type {any} */ of) => Number(me.tasteDistance(list, { space: of }));
    assert.ok(by(space) > 0 && by(space) < 1);
    assert.notEqual(by(space), by('aspects'));
    assert.ok(Number(me.tasteDistance(list, { space, distance: 'wasserstein' })) >= 0);
    assert.ok(named.aspects(list[0]).includes('Part: the first'));
    assert.equal(me.recommend({ calibrate: 0.5, space, topK: 5 }).items.length, 5);
    await failsWith(
      () => relationSpace(named, 'director'),
      'BAD_ARGUMENT',
      /wanted one that items have: .*mood/,
    );
    await failsWith(() => relationSpace(named, 'mood', { from: 'graph' }), 'NO_GRAPH');
  });

  test('with more names than taste can be counted over: the rare ones together', async () => {
    const many = Array.from(
      { length: 5000 },
      (_, i) => /** @type {Triple} */ ([ids[i % 40], 'tag', `tag ${i}`]),
    );
    const open = await loadModel(withGraph(plain, ids, [...many, [a, 'tag', 'both'], [b, 'tag', 'both']]));
    const space = relationSpace(open, 'tag');
    assert.deepEqual(
      [space.categories.length, space.categories[0], space.categories[4095]],
      [4096, 'both', 'others'],
    );
    assert.ok(space.of(a).includes(0) && space.of(ids[39]).includes(4095));
    assert.ok(Number(open.createProfile([a]).tasteDistance([b], { space })) > 0);
  });

  test('bad spaces', async () => {
    const me = model.createProfile([a]);
    await failsWith(() => relationSpace(bare, 'x'), 'BAD_ARGUMENT', /a graph, or aspects as relation: value/);
    await failsWith(() => relationSpace(model, 'director', { from: any('x') }), 'BAD_ARGUMENT', /^from/);
    await failsWith(() => relationSpace(model, any(1)), 'BAD_ARGUMENT', /^relation/);
    for (const space of [
      {},
      null,
      'relations',
      { categories: [], of: () => [] },
      { categories: [1], of() {} },
    ])
      await failsWith(() => me.tasteDistance([b], { space: any(space) }), 'BAD_ARGUMENT', /^space/);
    for (const wrong of [[1], [-1], [0.5], ['0'], 'x', null])
      await failsWith(
        () => me.tasteDistance([b], { space: { categories: ['one'], of: () => any(wrong) } }),
        'BAD_ARGUMENT',
        /of an item/,
      );
  });
});

test('the figures of a graph', () => {
  const facts = graphFacts(model);
  assert.deepEqual(
    { ...facts, share: undefined, byRelation: undefined },
    {
      relations: 6,
      entities: 5,
      triples: 2 + ids.length + 1 + 1 + 1 + 1 + 1,
      items: ids.length,
      leaning: ids.length - 1,
      share: undefined,
      whole: ids.length - 100,
      decay: 0.5,
      byRelation: undefined,
    },
  );
  assert.deepEqual(facts?.byRelation[0], {
    relation: 'country',
    triples: ids.length,
    items: ids.length,
    weight: Math.fround(0.1),
  });
  assert.deepEqual(
    facts?.byRelation.find(({ relation }) => relation === 'follows'),
    { relation: 'follows', triples: 1, items: 2, weight: 0.5 },
  );
});
