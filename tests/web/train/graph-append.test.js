// Owns the tests of items that are appended by their relations: they live on the graph, their explanations
// add up, and nothing is said of others by them. Must not know the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { graph as plugin, graphFacts, similar } from '../../../dist/graph.js';
import { addGraph, appendItems, replaceMetadata, trainModel } from '../../../dist/train.js';
import { filmFacts, films, interactionsOf, people, steady } from '../../support.js';

/** @type {[string, string, string][]} */
const rows = films.flatMap(({ item, genres }) => [
  ...genres.map((genre) => /** @type {[string, string, string]} */ ([item, 'genre', `${genre} films`])),
  [item, 'decade', `${item.slice(-4, -1)}0s`],
]);
const [first] = films;
const fresh = [
  ['bare', 'genre', `${first.genres[0]} films`],
  ['bare', 'decade', `${first.item.slice(-4, -1)}0s`],
  ['told', 'genre', `${first.genres[0]} films`],
  ['given', 'genre', `${first.genres[0]} films`],
  ['given', 'decade', `${first.item.slice(-4, -1)}0s`],
];
/** @param {string[][]} list */
const triplesOf = (list) => ({
  heads: list.map(([head]) => head),
  relations: list.map(([, relation]) => relation),
  tails: list.map(([, , tail]) => tail),
});
/** @param {ReturnType<typeof triplesOf>} a @param {ReturnType<typeof triplesOf>} b */
const joined = (a, b) => ({
  heads: [...a.heads, ...b.heads],
  relations: [...a.relations, ...b.relations],
  tails: [...a.tails, ...b.tails],
});
const triples = triplesOf([...rows, ...fresh]);
const items = new Map([
  ['bare', {}],
  ['told', { aspects: first.genres }],
]);
const vectors = { ids: ['given'], vectors: [Array.from({ length: 12 }, (_, d) => 0.1 + 0.01 * d)], dim: 12 };
const { bytes: plain } = await trainModel(interactionsOf(people), {
  ...{ ...steady, dim: 12, sweeps: 5, items: filmFacts },
});
const { bytes: leaning } = await addGraph(plain, {
  graph: triplesOf(rows),
  settings: { pull: 0.5, people: 1000, gain: 0.5 },
});
const history = people[0].history.map(({ item }) => item);

/**
 * @param {Uint8Array} bytes
 * @param {string[]} ids
 */
async function explained(bytes, ids) {
  const model = await loadModel(bytes, { plugins: [plugin] });
  const me = model.createProfile(history);
  const found = ids.map((id) => me.explain(id, { graph: { limit: 1e9 } }));
  const facts = graphFacts(model);
  const alike = similar(model, ids[0], { by: 'graph', topK: 5 });
  model.dispose();
  return { found, facts, alike };
}

describe('items that are appended by their relations', () => {
  for (const [name, before] of /** @type {const} */ ([
    ['a file without a graph', plain],
    ['a file whose items lean on one', leaning],
  ])) {
    test(`${name}: what nothing else is known of has all its score from the graph`, async () => {
      const { bytes } = await appendItems(before, { items, vectors, graph: triples });
      const { found, facts, alike } = await explained(bytes, ['bare', 'told', 'given']);
      const parts = found.map(({ score, explanation }) => {
        const { graph, bias, residual } = explanation;
        assert.ok(graph);
        const sum = graph.parts.reduce((all, { graph: by, own }) => all + by + own, 0) + bias + residual;
        assert.ok(Math.abs(sum - score) <= 1e-5 * Math.max(1, Math.abs(score)), `${sum} and ${score}`);
        const ofPaths = graph.paths.reduce((all, { contribution }) => all + contribution, graph.rest);
        assert.ok(Math.abs(ofPaths - graph.total) < 1e-9);
        return { share: graph.share, own: graph.parts.map(({ own }) => Math.abs(own)), total: graph.total };
      });
      const [bare, told, given] = parts;
      assert.equal(bare.share, 1);
      assert.ok(Math.abs(bare.total) > 1e-3);
      assert.ok(Math.max(...bare.own) < 1e-4 * Math.abs(bare.total), JSON.stringify(bare));
      assert.equal(told.share, 1);
      assert.ok(Math.max(...told.own) > 1e-3 * Math.abs(told.total), 'its aspects say something too');
      assert.deepEqual([given.share, given.total], [0, 0]);
      assert.equal(facts?.whole, 2);
      assert.ok(alike.length > 0 && alike.every(({ item }) => item !== 'given'));
    });
  }

  test('they say nothing of others: explanations of what was there stay', async () => {
    const ids = (await loadModel(leaning)).ids().slice(-200);
    const all = await appendItems(leaning, { items, vectors, graph: triples });
    const again = await appendItems(all.bytes, {
      items: new Map([['later', { aspects: first.genres }]]),
      graph: triplesOf([['later', 'genre', `${first.genres[0]} films`]]),
    });
    const model = await loadModel(leaning, { plugins: [plugin] });
    const me = model.createProfile(history);
    const said = ids.map((id) => me.explain(id, { graph: true }).explanation.graph?.total ?? NaN);
    model.dispose();
    assert.ok(said.some((total) => Math.abs(total) > 1e-3));
    for (const { bytes } of [all, again]) {
      const { found } = await explained(bytes, ids);
      found.forEach(({ explanation }, i) => {
        const total = explanation.graph?.total ?? NaN;
        // Rarity counts links, those of new items too: by so much paths weigh less.
        assert.ok(Math.abs(total - said[i]) <= 0.02 * Math.abs(said[i]) + 1e-6, `${ids[i]}: ${total}`);
      });
    }
  });

  test('an item that was appended without relations gets none later, and says nothing then', async () => {
    const early = await appendItems(plain, { items: new Map([['early', { aspects: first.genres }]]) });
    const late = triplesOf([...rows, ['early', 'genre', `${first.genres[0]} films`], ...fresh]);
    const { bytes } = await appendItems(early.bytes, { items, graph: late });
    const { found } = await explained(bytes, ['bare', 'early']);
    const [bare, before] = found.map(({ explanation }) => explanation.graph);
    assert.ok(bare && before);
    assert.ok(Math.max(...bare.parts.map(({ own }) => Math.abs(own))) < 1e-4 * Math.abs(bare.total));
    assert.deepEqual([before.share, before.total], [0, 0]);
  });

  test('one that nothing reaches says nothing of others, and stays what it is when more comes', async () => {
    const far = triplesOf([
      ['far', 'genre', 'near'],
      ['near', 'genre', 'odd films'],
      ['odd films', 'genre', `${first.genres[0]} films`],
    ]);
    const two = new Map(['far', 'near'].map((id) => [id, { aspects: first.genres }]));
    const only = new Map([['near', {}]]);
    for (const before of [plain, leaning]) {
      const graph = triplesOf(rows);
      const { bytes } =
        before === plain
          ? await addGraph(before, { graph: joined(graph, far), items: new Map([...two, ...only]) })
          : await appendItems(before, { graph: far, items: new Map([...two, ...only]) });
      const { found, facts } = await explained(bytes, ['near', 'far']);
      assert.equal(facts?.whole, 1);
      const [near, away] = found.map(({ explanation }) => /** @type {any} */ (explanation.graph));
      const own = near.parts.reduce((/** @type {number} */ sum, /** @type {any} */ p) => sum + p.own, 0);
      assert.ok(near.total !== 0 && Math.abs(own) < 1e-5 * Math.abs(near.total), `${own} of ${near.total}`);
      assert.deepEqual([away.share, away.total], [0, 0]);
      const more = triplesOf([['far', 'genre', `${first.genres[0]} films`]]);
      const again = await appendItems(bytes, { graph: more, items: new Map([['later', {}]]) });
      const [{ explanation }] = (await explained(again.bytes, ['far'])).found;
      assert.equal(explanation.graph?.total, 0, 'its vector has nothing of the new triple');
    }
  });

  test('metadata that nobody could have written have no part in it', async () => {
    const usual = await appendItems(plain, { items, graph: triples });
    const model = await loadModel(plain);
    const { metadata } = model.info;
    model.dispose();
    const wrong = { gain: 'long', pull: 7, people: null, power: 'x', decay: -5, shrink: 1e30 };
    for (const graph of [wrong, 'graph', [1], null]) {
      const changed = await replaceMetadata(plain, { ...metadata, graph });
      const { bytes } = await appendItems(changed, { items, graph: triples });
      assert.deepEqual(
        (await explained(bytes, ['bare', 'told'])).found,
        (await explained(usual.bytes, ['bare', 'told'])).found,
      );
    }
  });
});
