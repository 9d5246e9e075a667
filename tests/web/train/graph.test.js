// Owns the test of a training with a graph, and of graphs in files that are changed: same bytes, who leans,
// what stays to the bit, what is refused. Must not know the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { addGraph, appendItems, modelFromVectors, retireItems, trainModel } from '../../../dist/train.js';
import { graphOf, priorOf } from '../../../web/graph/prior.js';
import { arraysOfModel } from '../../../web/vectors/model-arrays.js';
import {
  failsWith,
  filmFacts,
  films,
  interactionsOf,
  people,
  shuffled,
  seeded,
  smallModel,
  steady,
} from '../../support.js';

const base = { ...steady, dim: 12, sweeps: 5 };
const data = interactionsOf(people);
/** Genres and decades, with a step from genre to genre; one film has none of its people in the training. */
const hidden = films[20].item;
const rows = films.flatMap(({ item, genres }) => [
  ...genres.map((genre) => [item, 'genre', genre]),
  [item, 'decade', `${item.slice(-4, -1)}0s`],
]);
rows.push(['Thriller', 'like', 'Crime'], ['Crime', 'like', 'Thriller']);
const graph = {
  heads: rows.map(([head]) => head),
  relations: rows.map(([, relation]) => relation),
  tails: rows.map(([, , tail]) => tail),
};
const rest = partOf((id) => id !== hidden);

/** @param {(id: string) => boolean} counts */
function partOf(counts) {
  const kept = Array.from(data.item, (_, x) => x).filter((x) => counts(data.items[data.item[x]]));
  return { ...data, user: kept.map((x) => data.user[x]), item: kept.map((x) => data.item[x]), weight: null };
}

/** @type {Promise<import('../../../web/train.js').TrainResult> | undefined} */
let trained;
const training = () => (trained ??= trainModel(rest, { ...base, graph, items: filmFacts }));

/** @param {Uint8Array} bytes */
async function opened(bytes) {
  const model = await loadModel(bytes);
  const ids = model.ids();
  model.dispose();
  return { ids, graph: graphOf(bytes, ids.length), arrays: await arraysOfModel(bytes) };
}

describe('trainModel with a graph', () => {
  test('gives the same bytes whatever the order of rows, of triples and the cores', async () => {
    const { bytes } = await training();
    const order = shuffled(rows, seeded(4));
    const other = {
      heads: order.map(([head]) => head),
      relations: order.map(([, relation]) => relation),
      tails: order.map(([, , tail]) => tail),
    };
    const x = shuffled(Array.from(rest.user.keys()), seeded(5));
    const mixed = { ...rest, user: x.map((i) => rest.user[i]), item: x.map((i) => rest.item[i]) };
    const again = await trainModel(mixed, { ...base, graph: other, items: filmFacts, cores: 2 });
    assert.deepEqual(again.bytes, bytes);
  });

  test('puts an item of nobody at the end, with a vector by its relations alone', async () => {
    const result = await training();
    const found = /** @type {NonNullable<typeof result.graph>} */ (result.graph);
    assert.ok(found.appended.includes(hidden));
    assert.ok(found.choice.trials > 5 && found.choice.people >= 50);
    const { ids, graph: inside, arrays } = await opened(result.bytes);
    assert.ok(inside);
    const j = ids.indexOf(hidden);
    assert.ok(j >= ids.length - found.appended.length);
    assert.equal(inside.shares[j], 1);
    const prior = priorOf(inside, arrays.vectors, 12, j);
    for (let d = 0; d < 12; d++) assert.ok(Math.abs(prior[d] - arrays.vectors[j * 12 + d]) < 1e-3);
    assert.ok(prior.some((x) => x !== 0));
    const { metadata } = (await loadModel(result.bytes)).info;
    assert.deepEqual(metadata.graph, found.settings);
  });

  test('without a graph, and with one that touches nothing, vectors are as they were', async () => {
    const plain = await trainModel(rest, base);
    const nothing = { heads: ['x'], relations: ['r'], tails: ['y'] };
    const none = await trainModel(rest, { ...base, graph: nothing });
    assert.equal(none.graph?.triples.triples, 0);
    const [a, b] = [await opened(plain.bytes), await opened(none.bytes)];
    assert.deepEqual(a.arrays.vectors, b.arrays.vectors);
    assert.equal(b.graph, null);
    assert.equal('graph' in plain, false);
  });

  test('says what it does, ends when it is told to, and refuses what is no graph', async () => {
    /** @type {Set<string>} */ const phases = new Set();
    const stop = new AbortController();
    const options = {
      ...base,
      graph,
      signal: stop.signal,
      onProgress: (/** @type {{ phase: string }} */ { phase }) => {
        phases.add(phase);
        if (phase === 'graph') stop.abort(new Error('enough'));
      },
    };
    await assert.rejects(trainModel(rest, options), /enough/);
    // The scout has no neighbours, and so none of their settings.
    const near = /** @type {const} */ ({ neighbours: 4, neighbourMethod: 'ease', neighbourLambda: 20 });
    assert.ok((await trainModel(rest, { ...base, ...near, graph })).graph?.choice);
    assert.deepEqual([...phases], ['scout', 'graph']);
    await failsWith(() => trainModel(rest, { ...base, graph: /** @type {any} */ ([]) }), 'BAD_ARGUMENT');
  });
});

describe('files with a graph', () => {
  for (const vectors of /** @type {const} */ (['f32', 'f16', 'int8']))
    test(`retire and append keep it consistent (${vectors})`, async () => {
      const { bytes } = await addGraph(await smallModel({ vectors, neighbours: 5 }), { graph });
      const before = await opened(bytes);
      assert.ok(before.graph);
      const gone = before.ids.slice(3, 6);
      const left = await opened((await retireItems(bytes, gone)).bytes);
      assert.ok(left.graph);
      for (const [k, id] of left.ids.entries()) {
        const was = before.ids.indexOf(id);
        const share = left.graph.shares[k];
        assert.ok(share === before.graph.shares[was] || share === 0);
      }
      assert.ok(gone.every((id) => !left.graph?.entities.includes(id)));
      const more = await appendItems(bytes, { items: new Map([['new-1', { title: 'New' }]]) });
      const grown = await opened(more.bytes);
      assert.deepEqual(grown.graph?.entities, before.graph.entities);
      assert.equal(grown.graph?.shares[grown.ids.length - 1], 0);
      const n = before.arrays.vectors.length;
      assert.deepEqual(grown.arrays.vectors.subarray(0, n), before.arrays.vectors);
      const back = await retireItems(more.bytes, ['new-1']);
      assert.deepEqual((await opened(back.bytes)).graph, before.graph);
    });

  test('appended items get vectors by their relations, and what is there stays to the bit', async () => {
    const bytes = await smallModel();
    const [genre] = films[0].genres;
    const triples = {
      heads: [...graph.heads, 'new-1', 'new-2'],
      relations: [...graph.relations, 'genre', 'genre'],
      tails: [...graph.tails, genre, 'a genre that nothing else has'],
    };
    const items = new Map([
      ['new-1', { title: 'One' }],
      ['new-2', { title: 'Two' }],
    ]);
    const found = await appendItems(bytes, { items, graph: triples });
    assert.equal(found.graph?.reached, 1);
    const [was, is] = [await opened(bytes), await opened(found.bytes)];
    const n = was.arrays.vectors.length;
    assert.deepEqual(is.arrays.vectors.subarray(0, n), was.arrays.vectors);
    assert.ok(is.graph);
    const share = is.graph.shares[is.ids.indexOf('new-1')];
    assert.ok(share > 0 && share <= 1);
    assert.equal(is.graph.shares[is.ids.indexOf('new-2')], 0);
    assert.equal(is.graph.shares[0], 0, 'an append moves nothing');
    assert.deepEqual((await appendItems(bytes, { items, graph: triples })).bytes, found.bytes);
  });

  test('others stay where nothing is known of people; a second graph is beside the first', async () => {
    const { ids, arrays } = await opened(await smallModel());
    const given = await modelFromVectors({ ids, vectors: arrays.vectors, dim: 12, itemDamping: 0 });
    const half = Math.floor(graph.heads.length / 2);
    const part = (/** @type {number} */ from, /** @type {number} */ to) => ({
      heads: graph.heads.slice(from, to),
      relations: graph.relations.slice(from, to),
      tails: graph.tails.slice(from, to),
    });
    const first = await addGraph(given.bytes, { graph: part(0, half) });
    const second = await addGraph(first.bytes, { graph: part(half, Infinity) });
    const [a, b] = [await opened(given.bytes), await opened(second.bytes)];
    const worst = a.arrays.vectors.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - b.arrays.vectors[i])),
      0,
    );
    assert.ok(worst < 1e-5, String(worst));
    assert.ok((b.graph?.tail.length ?? 0) > ((await opened(first.bytes)).graph?.tail.length ?? 0));
  });

  test('wrong settings are refused', async () => {
    const bytes = await smallModel();
    const call = (/** @type {any} */ settings) => addGraph(bytes, { graph, settings });
    await failsWith(
      () => call({ gain: 5 }),
      'BAD_ARGUMENT',
      /graph gain: got 5, wanted a number from 0 to 4/,
    );
    await failsWith(() => call({ hops: 2 }), 'BAD_ARGUMENT', /hops/);
  });
});
