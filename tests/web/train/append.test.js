// Owns the test of appendItems and retireItems: what stays to the bit, what new items get, what is refused.
// Must not know the command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import {
  appendItems,
  modelFromVectors,
  replaceMetadata,
  retireItems,
  trainModel,
} from '../../../dist/train.js';
import { halfToNumber, numberToHalf } from '../../../web/core/half.js';
import { arraysOfModel } from '../../../web/vectors/model-arrays.js';
import { predict, ridgeRegression } from '../../../web/train/ridge.js';
import { any } from './small-training.js';
import { failsWith, filmFacts, interactionsOf, people, smallModel, steady } from '../../support.js';

/** Every section that a file may have. */
const full = { itemDamping: 0.5, popularityDamping: 0.2, clusters: 6, neighbours: 5, neighbourBlend: 0 };
const kinds = /** @type {const} */ (['f32', 'f16', 'int8']);

/**
 * @template T
 * @param {Uint8Array} bytes
 * @param {(model: import('../../../dist/ampcf.js').Model) => T | Promise<T>} use
 */
async function withModel(bytes, use) {
  const model = await loadModel(bytes);
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

const idsOf = (/** @type {Uint8Array} */ bytes) => withModel(bytes, (model) => model.ids());

describe('halves', () => {
  test('are read back as they were', () => {
    for (let bits = 0; bits < 65536; bits++)
      if ((bits & 0x7c00) !== 0x7c00 && bits !== 0x8000)
        assert.equal(numberToHalf(halfToNumber(bits)), bits, String(bits));
  });

  test('are the nearest, ties to even', () => {
    const cases = [
      [2049, 2048],
      [2051, 2052],
      [65519, 65504],
      [2 ** -25, 0],
      [1.5 * 2 ** -24, 2 ** -23],
      [2 ** -14 - 2 ** -26, 2 ** -14],
    ];
    for (const [x, wanted] of cases) assert.equal(halfToNumber(numberToHalf(x)), wanted, String(x));
    assert.equal(numberToHalf(65520), 0x7c00);
  });
});

describe('retireItems', () => {
  for (const vectors of kinds)
    test(`leaves all else as it is, ${vectors}`, async () => {
      const before = await smallModel({ ...full, vectors });
      const ids = await idsOf(before);
      const gone = [ids[0], ids[7], ids[ids.length - 1]];
      const { bytes, items, retired } = await retireItems(before, gone);
      assert.deepEqual([items, retired], [ids.length - 3, 3]);
      const left = ids.filter((id) => !gone.includes(id));
      const [old, now] = [arraysOfModel(before), arraysOfModel(bytes)];
      left.forEach((id, k) => {
        const j = ids.indexOf(id);
        const row = (/** @type {typeof old} */ of, /** @type {number} */ i) => [
          ...of.vectors.subarray(i * of.dim, (i + 1) * of.dim),
          of.bias[i],
          of.weights?.[i],
          of.targets?.[i],
        ];
        assert.deepEqual(row(now, k), row(old, j), id);
      });
      await withModel(bytes, async (model) => {
        assert.deepEqual(model.ids(), left);
        await withModel(before, (was) => {
          assert.equal(model.info.lineage, was.info.lineage);
          assert.deepEqual(model.info.metadata, was.info.metadata);
          for (const id of left) {
            assert.equal(model.title(id), was.title(id));
            assert.deepEqual(model.aspects(id), was.aspects(id));
          }
          const same = was.similar(left[0], { topK: ids.length }).filter(({ item }) => !gone.includes(item));
          assert.deepEqual(model.similar(left[0], { topK: ids.length }), same);
        });
      });
    });

  test('keeps neighbours of those that stay', async () => {
    const before = await smallModel(full);
    const ids = await idsOf(before);
    const { bytes } = await retireItems(before, [ids[3]]);
    const said = (/** @type {Uint8Array} */ of) =>
      withModel(of, (model) => {
        const me = model.createProfile([ids[1]]);
        return me.rank(model.ids(), { topK: 1e3 }).items.map(({ item, score }) => ({ item, score }));
      });
    const old = new Map((await said(before)).map(({ item, score }) => [item, score]));
    const now = await said(bytes);
    // The Gram is without the item, and so all scores move a little, but not by a neighbour.
    for (const { item, score } of now) assert.ok(Math.abs(score - Number(old.get(item))) < 0.05, item);
    assert.ok(now.some(({ item, score }) => score !== old.get(item)));
  });

  test('of nothing gives the same bytes, Gram and all', async () => {
    for (const vectors of kinds) {
      const before = await smallModel({ ...full, vectors });
      assert.deepEqual((await retireItems(before, [])).bytes, before);
    }
  });

  test('keeps the factor of a Gram that is larger', async () => {
    const als = { ids: ['a', 'b', 'c'], vectors: [1, 0, 0.5, 0.5, 0, 1], dim: 2 };
    const as = /** @type {const} */ ({ library: 'spark', regularization: 0.1, alpha: 2 });
    const whole = await modelFromVectors({ ...als, as });
    const two = await modelFromVectors({ ids: ['a', 'b'], vectors: [1, 0, 0.5, 0.5], dim: 2, as });
    const { bytes } = await retireItems(whole.bytes, ['c']);
    const scores = (/** @type {Uint8Array} */ of) =>
      withModel(of, (model) =>
        model
          .createProfile(['a'])
          .rank(['a', 'b'])
          .items.map(({ score }) => score),
      );
    assert.deepEqual(await scores(bytes), await scores(two.bytes));
  });

  test('refuses', async () => {
    const model = await smallModel();
    const ids = await idsOf(model);
    await failsWith(() => retireItems(model, ['nobody']), 'UNKNOWN_ITEM', /got 1 .*"nobody"/);
    await failsWith(() => retireItems(model, ids), 'BAD_ARGUMENT', /at least one left/);
    await failsWith(() => retireItems(model, 'alien-1979'), 'BAD_ARGUMENT', /^ids/);
    await failsWith(() => retireItems(any(7), []), 'BAD_ARGUMENT', /^model file/);
    await failsWith(() => retireItems(model.subarray(0, 200), []), 'TRUNCATED');
    const damaged = model.slice();
    damaged[damaged.length - 1] ^= 1;
    await failsWith(() => retireItems(damaged, []), 'CHECKSUM', /^model file/);
  });
});

describe('a ridge', () => {
  const rows = {
    width: 2,
    offsets: Uint32Array.from([0, 1, 2, 4, 4]),
    columns: Uint32Array.from([0, 1, 0, 1]),
    values: Float64Array.from([1, 2, 1, 1]),
  };
  const data = {
    targets: Float64Array.from([3, 5, 4, 1]),
    k: 1,
    counted: 1,
    weights: Float64Array.from([1, 2, 0.5, 0.5]),
  };
  const one = { strength: 0.7, of: Float64Array.from([1, 3]) };

  test('has no gradient left', () => {
    const { coefficients } = ridgeRegression(rows, data, [one]);
    const gradient = [0.7 * coefficients[0], 2.1 * coefficients[1], 0];
    const x = [
      [1, 0, 1],
      [0, 2, 1],
      [1, 1, 1],
      [0, 0, 1],
    ];
    x.forEach((row, i) => {
      const residual = row.reduce((sum, value, c) => sum + value * coefficients[c], 0) - data.targets[i];
      row.forEach((value, c) => {
        gradient[c] += data.weights[i] * residual * value;
      });
    });
    for (const x of gradient) assert.ok(Math.abs(x) < 1e-6, String(gradient));
  });

  test('says of a row left out what a fit without it says', () => {
    const { said, explained } = ridgeRegression(rows, data, [one]);
    for (let i = 0; i < 4; i++) {
      const weights = data.weights.map((w, j) => (j === i ? 0 : w));
      const without = ridgeRegression(rows, { ...data, weights }, [one]);
      assert.ok(Math.abs(predict(without, 1, rows, i)[0] - said[i]) < 1e-5, `${i}`);
    }
    const mean = (3 + 10 + 2 + 0.5) / 4;
    const sum = (/** @type {(i: number) => number} */ of) =>
      [0, 1, 2, 3].reduce((all, i) => all + data.weights[i] * (of(i) - data.targets[i]) ** 2, 0);
    const wanted = 1 - sum((i) => said[i]) / sum(() => mean);
    assert.ok(Math.abs(explained - wanted) < 1e-9);
  });

  test('takes the strength that says most of rows left out', () => {
    const of = Float64Array.from([1, 1]);
    const strengths = [0.1, 1, 10, 100].map((strength) => ({ strength, of }));
    const best = ridgeRegression(rows, data, strengths);
    for (const penalty of strengths)
      assert.ok(ridgeRegression(rows, data, [penalty]).explained <= best.explained);
  });
});

/** Some of the films, which are trained on; the others are new. */
const all = interactionsOf(people);
const fresh = all.items.filter((_, j) => j % 9 === 4);
const isOld = (/** @type {number} */ x) => !fresh.includes(all.items[all.item[x]]);

/** @param {import('../../../dist/train.js').TrainOptions} [options] */
async function withoutFresh(options = {}) {
  const rows = Array.from(all.user.keys()).filter(isOld);
  const old = {
    users: all.users,
    items: all.items,
    user: rows.map((x) => all.user[x]),
    item: rows.map((x) => all.item[x]),
  };
  const { bytes } = await trainModel(old, { ...steady, dim: 12, sweeps: 5, items: filmFacts, ...options });
  return bytes;
}
const freshFacts = new Map(fresh.map((id) => [id, filmFacts.get(id) ?? {}]));

describe('appendItems', () => {
  for (const vectors of kinds)
    test(`leaves what is there as it is, ${vectors}`, async () => {
      const before = await withoutFresh({ ...full, vectors });
      const { bytes, appended, items, present } = await appendItems(before, { items: filmFacts });
      const ids = await idsOf(before);
      assert.deepEqual(await idsOf(bytes), [...ids, ...appended]);
      assert.equal(present, ids.length);
      assert.equal(items, ids.length + appended.length);
      assert.ok(fresh.every((id) => appended.includes(id)));
      const [old, now] = [arraysOfModel(before), arraysOfModel(bytes)];
      for (const name of /** @type {const} */ (['vectors', 'bias', 'weights', 'targets']))
        assert.deepEqual(now[name]?.slice(0, old[name]?.length), old[name], name);
      assert.ok(now.vectors.slice(old.vectors.length).some((x) => x !== 0));
      await withModel(bytes, async (model) => {
        await withModel(before, (was) => {
          assert.equal(model.info.lineage, was.info.lineage);
          assert.deepEqual(model.info.metadata, { ...was.info.metadata, appended: appended.length });
          for (const id of ids) {
            assert.equal(model.title(id), was.title(id));
            assert.deepEqual(model.aspects(id), was.aspects(id));
          }
        });
        for (const id of appended) {
          assert.equal(model.title(id), filmFacts.get(id)?.title);
          assert.deepEqual([...model.aspects(id)].sort(), [...(filmFacts.get(id)?.aspects ?? [])].sort());
        }
      });
      assert.deepEqual((await retireItems(bytes, appended)).bytes, before, 'and back');
    });

  test('of an aspect that is new, or the first, and back to the same bytes', async () => {
    const opera = new Map([
      ['new-1', { title: 'One', aspects: ['Opera', 'Drama'] }],
      ['new-2', { title: 'Two', aspects: ['Ballet'] }],
    ]);
    for (const before of [await withoutFresh(full), await withoutFresh({ ...full, items: undefined })]) {
      const { bytes, appended } = await appendItems(before, { items: opera });
      await withModel(bytes, (model) => assert.deepEqual(model.aspects('new-2'), ['Ballet']));
      const one = await retireItems(bytes, ['new-2']);
      await withModel(one.bytes, (model) =>
        assert.deepEqual(model.aspects('new-1').toSorted(), ['Drama', 'Opera']),
      );
      assert.deepEqual((await retireItems(bytes, appended)).bytes, before);
      assert.deepEqual((await retireItems(one.bytes, ['new-1'])).bytes, before);
    }
  });

  test('gives vectors near those of items with the same aspects', async () => {
    const { bytes, explained, plain, weighted } = await appendItems(await withoutFresh(), {
      items: freshFacts,
    });
    assert.ok(Number(explained) > 0.2, `${explained}`);
    assert.deepEqual([plain, weighted], [[], true]);
    await withModel(bytes, (model) => {
      let shared = 0;
      for (const id of fresh) {
        const [near] = model.similar(id, { topK: 1e3 }).filter(({ item }) => !fresh.includes(item));
        shared += model.aspects(near.item).some((aspect) => model.aspects(id).includes(aspect)) ? 1 : 0;
      }
      assert.ok(shared > 0.9 * fresh.length, `${shared} of ${fresh.length}`);
    });
  });

  test('does not depend on the order of items, or learn from what was appended before', async () => {
    const model = await withoutFresh();
    const turned = new Map([...freshFacts].reverse());
    const once = await appendItems(model, { items: freshFacts });
    assert.deepEqual((await appendItems(model, { items: turned })).bytes, once.bytes);
    const [first, ...rest] = [...freshFacts].sort(([a], [b]) => (a < b ? -1 : 1));
    const one = await appendItems(model, { items: new Map([first]) });
    const two = await appendItems(one.bytes, { items: new Map(rest) });
    assert.deepEqual(two.bytes, once.bytes);
    const none = await appendItems(two.bytes, { items: freshFacts });
    assert.deepEqual([none.appended, none.present, none.strength], [[], fresh.length, null]);
    assert.deepEqual(none.bytes, two.bytes);
  });

  test('goes by embeddings, and takes vectors as they are', async () => {
    const model = await withoutFresh({ items: undefined });
    const { vectors, dim } = arraysOfModel(await smallModel());
    const ids = await idsOf(await smallModel());
    const known = await appendItems(model, {
      items: new Map(fresh.filter((id) => ids.includes(id)).map((id) => [id, {}])),
      embeddings: { ids, vectors, dim },
    });
    assert.ok(Number(known.explained) > 0.5, `${known.explained}`);
    assert.deepEqual(known.plain, []);
    const unknown = await appendItems(model, { items: new Map(fresh.map((id) => [id, {}])) });
    assert.deepEqual(unknown.plain, [...fresh].sort());
    const own = Float32Array.from({ length: 12 }, (_, d) => d / 8);
    const given = await appendItems(model, { vectors: { ids: ['new'], vectors: own, dim: 12 } });
    assert.deepEqual(arraysOfModel(given.bytes).vectors.slice(-12), own);
    assert.deepEqual([given.strength, given.plain], [null, []]);
  });

  test('keeps memories of forgotten events', async () => {
    const model = await withoutFresh();
    const ids = await idsOf(model);
    const saved = await withModel(model, (was) => {
      const me = was.createProfile(ids.slice(0, 12));
      me.forget({ keep: 4 });
      return me.save();
    });
    const ranked = (/** @type {Uint8Array} */ of) =>
      withModel(of, (now) =>
        now
          .restoreProfile(saved)
          .rank(ids.slice(20, 60))
          .items.map(({ item }) => item),
      );
    const before = await ranked(model);
    const { bytes } = await appendItems(model, { items: new Map([[fresh[0], {}]]) });
    const { bytes: less } = await retireItems(model, [ids[70]]);
    const places = (/** @type {string[]} */ list) => list.slice(0, 8).filter((id) => before.indexOf(id) < 10);
    assert.ok(places(await ranked(bytes)).length >= 7);
    assert.ok(places(await ranked(less)).length >= 7);
    const mean = (/** @type {Uint8Array} */ of) =>
      withModel(of, (now) => now.restoreProfile(saved).personas().length);
    assert.equal(await mean(bytes), await mean(model));
    await withModel(bytes, (now) => assert.deepEqual(now.restoreProfile(saved).save(), saved));
    await withModel(less, (now) => assert.deepEqual(now.restoreProfile(saved).save(), saved));
    const lost = (/** @type {Uint8Array} */ of) => withModel(of, (now) => now.restoreProfile(saved).lost);
    assert.deepEqual(await Promise.all([model, bytes, less].map(lost)), [0, 0, 0]);
    const memories = JSON.parse(new TextDecoder().decode(saved.subarray(36))).memories.length;
    assert.ok(memories > 0);
    assert.equal(await lost(await withoutFresh({ seed: 2, name: 'another training' })), memories);
  });

  test('adds titles and aspects where the model has none', async () => {
    const model = await withoutFresh({ items: undefined });
    const { bytes } = await appendItems(model, {
      items: new Map([['x', { title: 'X', aspects: ['b', 'a', 'b', ''] }]]),
    });
    await withModel(bytes, (now) => {
      assert.equal(now.title('x'), 'X');
      assert.deepEqual(now.aspects('x'), ['a', 'b']);
      const [first] = now.ids();
      assert.deepEqual([now.title(first), now.aspects(first)], [first, []]);
    });
  });

  test('without metadata counts all items alike, and from then on has some', async () => {
    const model = await withoutFresh();
    const { bytes, weighted } = await appendItems(await replaceMetadata(model, {}), { items: freshFacts });
    assert.equal(weighted, false);
    await withModel(bytes, (now) => assert.deepEqual(now.info.metadata, { appended: fresh.length }));
  });

  test('refuses', async () => {
    const model = await smallModel();
    /** @type {[options: any, code: string, message: RegExp][]} */
    const cases = [
      [undefined, 'BAD_ARGUMENT', /^options/],
      [{}, 'BAD_ARGUMENT', /^items and vectors/],
      [{ item: new Map() }, 'BAD_ARGUMENT', /did you mean items/],
      [{ items: {} }, 'BAD_ARGUMENT', /^items/],
      [{ items: new Map([['', {}]]) }, 'BAD_ARGUMENT', /^ids/],
      [{ items: new Map([['x'.repeat(513), {}]]) }, 'BAD_ARGUMENT', /^ids/],
      [{ items: new Map([['x', { title: 'x'.repeat(5000) }]]) }, 'BAD_ARGUMENT', /^title/],
      [{ items: new Map([['x', { aspects: ['y'.repeat(513)] }]]) }, 'BAD_ARGUMENT', /^aspect/],
      [
        { vectors: { ids: ['x'], vectors: [1, 2], dim: 2 } },
        'BAD_ARGUMENT',
        /^vectors.dim: got 2, wanted 12/,
      ],
      [{ vectors: { ids: ['x', 'x'], vectors: [1, 2], dim: 1 } }, 'BAD_IDS', /twice/],
      [{ items: new Map(), embeddings: 7 }, 'BAD_ARGUMENT', /^embeddings/],
      [{ items: new Map(), embeddings: { ids: ['x'], vectors: [NaN], dim: 1 } }, 'BAD_ARGUMENT', /NaN/],
    ];
    for (const [options, code, message] of cases)
      await failsWith(() => appendItems(model, options), code, message);
    await failsWith(() => appendItems(any(7), { items: new Map() }), 'BAD_ARGUMENT', /^model file/);
    const aborted = AbortSignal.abort(new Error('enough'));
    await assert.rejects(appendItems(model, { items: new Map(), signal: aborted }), /enough/);
  });
});
