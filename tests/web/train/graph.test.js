// Owns the test of a training with a graph, and of graphs in files that are changed: same bytes, who leans,
// what stays to the bit, what is refused. Must not know the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import {
  addGraph,
  appendItems,
  modelFromVectors,
  retireItems,
  trainingMemory,
  trainModel,
} from '../../../dist/train.js';
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
    const share = inside.shares[j];
    assert.ok(share >= 1 && share <= 64, String(share));
    const prior = priorOf(inside, arrays.vectors, 12, j);
    for (let d = 0; d < 12; d++) assert.ok(Math.abs(share * prior[d] - arrays.vectors[j * 12 + d]) < 1e-3);
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

describe('what a graph may cost', () => {
  test('of one that misleads nothing is taken: no item leans, and those of nobody stay short', async () => {
    const random = seeded(12);
    const ids = films.map(({ item }) => item);
    const any = (/** @type {number} */ n) => Math.floor(random() * n);
    const wrong = {
      heads: ids.flatMap((id) => [id, id, id]),
      relations: ids.flatMap(() => ['a', 'b', 'c']),
      tails: ids.flatMap(() => [`x${any(9)}`, `y${any(30)}`, `z${any(60)}`]),
    };
    const { graph: found } = await trainModel(rest, { ...base, graph: wrong, items: filmFacts });
    const { settings, before, trials } = /** @type {NonNullable<typeof found>} */ (found).choice;
    assert.ok(before > 0 && trials > 5);
    assert.deepEqual([settings.gain, settings.pull], [0.25, 0], JSON.stringify(settings));
  });

  test('items of nobody leave what is said of the others as it was', async () => {
    const plain = await trainModel(rest, base);
    const alone = { gain: 0.6, pull: 0 };
    const { bytes, appended } = await addGraph(plain.bytes, { graph, items: filmFacts, settings: alone });
    assert.ok(appended.length > 0);
    const [was, is] = [await loadModel(plain.bytes), await loadModel(bytes)];
    const ids = was.ids();
    const scores = (/** @type {typeof was} */ model) => {
      const me = model.createProfile(ids.slice(3, 40));
      const found = new Map(me.rank(ids, { topK: 1e4 }).items.map(({ item, score }) => [item, score]));
      return Float64Array.from(ids, (id) => Number(found.get(id)));
    };
    const [a, b] = [scores(was), scores(is)];
    a.forEach((score, j) => assert.ok(Math.abs(score - b[j]) < 1e-5, `${ids[j]}: ${score} and ${b[j]}`));
    assert.ok(a.every(Number.isFinite) && a.some((x) => Math.abs(x) > 0.05));
    [was, is].forEach((model) => model.dispose());
  });

  test('items that nobody has and that share nothing are one heap, and nothing breaks', async () => {
    const facts = new Map(['u1', 'u2', 'u3'].map((id) => [id, {}]));
    const alone = {
      heads: [...graph.heads, 'u1', 'u2', 'u3'],
      relations: [...graph.relations, 'genre', 'genre', 'genre'],
      tails: [...graph.tails, 'a', 'b', 'c'],
    };
    const { bytes, appended } = await addGraph(await smallModel(), { graph: alone, items: facts });
    assert.deepEqual(appended, ['u1', 'u2', 'u3']);
    const model = await loadModel(bytes);
    const alike = model.similar('u1', { topK: 5 });
    const items = Array.isArray(alike) ? alike : /** @type {any} */ (alike).items;
    assert.deepEqual(
      new Set(items.slice(0, 2).map((/** @type {any} */ { item }) => item)),
      new Set(['u2', 'u3']),
    );
    for (const { score } of items) assert.ok(Number.isFinite(score));
    const me = model.createProfile(['u1', model.ids()[4]]);
    assert.ok(me.recommend({ topK: 5 }).items.every(({ score }) => Number.isFinite(score)));
    model.dispose();
  });

  test('memory is said before, and grows by what the graph names', async () => {
    const plain = await trainingMemory(rest, base);
    const with1 = await trainingMemory(rest, { ...base, graph, items: filmFacts });
    assert.equal(plain.graph, 0);
    assert.ok(with1.graph > 0);
    assert.equal(with1.bytes, plain.bytes + with1.graph);
    const more = {
      heads: [...graph.heads, 'p'],
      relations: [...graph.relations, 'r'],
      tails: [...graph.tails, 'q'],
    };
    const with2 = await trainingMemory(rest, { ...base, graph: more, items: filmFacts });
    assert.ok(with2.graph > with1.graph);
    await failsWith(() => trainingMemory(rest, { ...base, graph: /** @type {any} */ ({}) }), 'BAD_ARGUMENT');
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
    assert.ok(share >= 1 && share <= 64);
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
      /graph gain: got 5, wanted a number from 0 to 2/,
    );
    await failsWith(() => call({ hops: 2 }), 'BAD_ARGUMENT', /hops/);
  });
});
