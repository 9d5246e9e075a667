// Owns the test of modelFromVectors: vectors stay as they are, a model's own come back to the last bit, and
// every bad argument is refused. Must not know file formats.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors, trainModel } from '../../../dist/train.js';
import { arraysOfModel } from '../../../web/vectors/model-arrays.js';
import { failsWith, filmFacts } from '../../support.js';
import { any, base, few, small } from './small-training.js';

const settings = { ...small, itemDamping: 0.5, popularityDamping: 0.2, clusters: 3 };
const foldIn = /** @type {const} */ ([
  'personas',
  'alpha',
  'lambda',
  'nu',
  'split',
  'gate',
  'leaves',
  'proportional',
  'bias',
  'itemDamping',
  'popularityDamping',
  'clusters',
]);

/** A trained model, its arrays and the settings that fold people in. */
async function trained() {
  const result = await trainModel(base, { ...settings, items: filmFacts });
  const model = await loadModel(result.bytes);
  const ids = model.ids();
  model.dispose();
  const arrays = arraysOfModel(result.bytes);
  const own = Object.fromEntries(foldIn.map((name) => [name, result.settings[name]]));
  return { ...result, ids, arrays, own };
}

/**
 * What a model says to some people, number by number.
 * @param {Uint8Array} bytes
 */
async function saidBy(bytes) {
  const model = await loadModel(bytes);
  const said = few.slice(0, 10).map(({ history }) => {
    const me = model.createProfile(
      history
        .slice(0, 6)
        .map(({ item }) => item)
        .filter((id) => model.has(id)),
    );
    const ranked = me.rank(model.ids(), { topK: 40 }).items.map(({ item, score }) => [item, score]);
    const listed = me.recommend({ topK: 10 }).items.map(({ item, score }) => [item, score]);
    me.dispose();
    return [ranked, listed];
  });
  const nobody = model.createProfile();
  said.push([nobody.recommend({ topK: 20 }).items.map(({ item, score }) => [item, score])]);
  model.dispose();
  return said;
}

const tiny = () => ({ ids: ['a', 'b', 'c'], vectors: Float32Array.from([1, 0, 0.5, 0.5, 0, 1]), dim: 2 });

describe('vectors of our own trained model', () => {
  test('with its interactions rank as it does, to the last bit', async () => {
    const { bytes, ids, arrays, own } = await trained();
    const given = { ids, vectors: arrays.vectors, dim: arrays.dim, interactions: base, ...own };
    const again = await modelFromVectors({ ...given, items: filmFacts });
    const back = arraysOfModel(again.bytes);
    assert.deepEqual(back, arrays);
    assert.deepEqual(await saidBy(again.bytes), await saidBy(bytes));
    assert.equal(again.users, base.users.length);
    // Whatever the order in which they come.
    const turned = ids.map((_, j) => ids.length - 1 - j);
    const { vectors, dim } = arrays;
    const reversed = await modelFromVectors({
      ...given,
      ids: turned.map((j) => ids[j]),
      vectors: turned.map((j) => vectors.subarray(j * dim, (j + 1) * dim)),
      items: filmFacts,
    });
    assert.deepEqual(reversed.bytes, again.bytes);
    const other = await modelFromVectors({ ...given, lambda: 0.02 });
    assert.notDeepEqual(await saidBy(other.bytes), await saidBy(bytes), 'or nothing would be tested');
  });

  test('with its own parts in place of interactions too', async () => {
    const { bytes, ids, arrays, own } = await trained();
    const { itemDamping, popularityDamping, bias, ...rest } = own;
    const again = await modelFromVectors({
      ids,
      vectors: arrays.vectors,
      dim: arrays.dim,
      itemBias: arrays.bias,
      itemWeights: arrays.weights,
      itemTargets: arrays.targets,
      items: filmFacts,
      ...rest,
    });
    assert.deepEqual(arraysOfModel(again.bytes), arrays);
    assert.deepEqual(await saidBy(again.bytes), await saidBy(bytes));
  });
});

describe('given vectors', () => {
  test('stand in the file as given: in order of popularity, or as they came', async () => {
    const flat = await modelFromVectors(tiny());
    const model = await loadModel(flat.bytes);
    assert.deepEqual(model.ids(), ['a', 'b', 'c']);
    assert.equal(model.info.metadata.objective, 'given');
    assert.equal(flat.users, 0);
    model.dispose();
    const known = await modelFromVectors({ ...tiny(), popularity: [1, 5, 5], users: 10, bias: 1 });
    assert.deepEqual([...arraysOfModel(known.bytes).bias], [0.5, 0.5, Math.fround(0.1)]);
    assert.deepEqual([...arraysOfModel(known.bytes).vectors], [0.5, 0.5, 0, 1, 1, 0]);
    const same = await modelFromVectors({
      ...tiny(),
      vectors: [
        [1, 0],
        [0.5, 0.5],
        [0, 1],
      ],
    });
    assert.deepEqual(same.bytes, flat.bytes);
  });

  test('may be zero, which is said, and less than a file holds, which is zero', async () => {
    const { zeros } = await modelFromVectors({ ...tiny(), vectors: [1, 0, 0, 0, 1e-40, 0] });
    assert.deepEqual(zeros, ['b', 'c']);
  });

  test('rank near things near without anything else, whatever their scale', async () => {
    const orders = [];
    for (const scale of [1e-3, 1, 500]) {
      const vectors = [1, 0, 0, 0.9, 0.1, 0, 0, 1, 0, 0, 0.9, 0.2].map((x) => scale * x);
      const { bytes } = await modelFromVectors({ ids: ['a', 'b', 'c', 'd'], vectors, dim: 3 });
      const model = await loadModel(bytes);
      const me = model.createProfile(['a']);
      orders.push(me.recommend({ topK: 3 }).items.map(({ item }) => item));
      model.dispose();
    }
    assert.equal(orders[0][0], 'b');
    for (const order of orders) assert.deepEqual(order, orders[0]);
  });

  test('have neighbours where they are given', async () => {
    const plain = await loadModel((await modelFromVectors(tiny())).bytes);
    const neighbours = { from: ['a', 'a'], to: ['c', 'b'], values: [0.5, 1e-9] };
    const { bytes } = await modelFromVectors({ ...tiny(), neighbours });
    const model = await loadModel(bytes);
    const score = (/** @type {import('../../../dist/ampcf.js').Model} */ of) =>
      of.createProfile(['a']).rank(['c']).items[0].score;
    assert.ok(Math.abs(score(model) - score(plain) - 0.5) < 1e-6);
    model.dispose();
    plain.dispose();
  });
});

describe('bad arguments', () => {
  /** @type {[what: object, code: string, message: RegExp][]} */
  const cases = [
    [{ ids: undefined }, 'BAD_ARGUMENT', /^ids: got undefined, wanted an array/],
    [{ ids: [] }, 'BAD_ARGUMENT', /^ids: got none/],
    [{ ids: ['a', 'b', 'a'] }, 'BAD_IDS', /got "a" twice, at 0 and 2/],
    [{ ids: ['a', '', 'c'] }, 'BAD_ARGUMENT', /^ids\[1\]/],
    [{ ids: ['a', {}, 'c'] }, 'BAD_ARGUMENT', /item id/],
    [{ ids: ['a', 'b'] }, 'BAD_ARGUMENT', /got 6 numbers, wanted 4: 2 ids x dim 2/],
    [{ dim: 0 }, 'BAD_ARGUMENT', /^dim/],
    [{ dim: 1.5 }, 'BAD_ARGUMENT', /^dim/],
    [{ dim: 1025 }, 'BAD_ARGUMENT', /^dim/],
    [{ dim: 3 }, 'BAD_ARGUMENT', /wanted 9/],
    [{ vectors: undefined }, 'BAD_ARGUMENT', /^vectors/],
    [{ vectors: 'abcdef' }, 'BAD_ARGUMENT', /^vectors/],
    [{ vectors: [[1, 2], [3], [4, 5]] }, 'BAD_ARGUMENT', /^vectors\[1\]: got 1 numbers, wanted 2/],
    [
      {
        vectors: [
          [1, 2],
          [3, 4],
        ],
      },
      'BAD_ARGUMENT',
      /2 rows, wanted 3/,
    ],
    [{ vectors: [1, 0, NaN, 0, 0, 1] }, 'BAD_ARGUMENT', /vector of "b", number 0: got NaN/],
    [{ vectors: [1, 0, 1, Infinity, 0, 1] }, 'BAD_ARGUMENT', /vector of "b", number 1: got Infinity/],
    [{ vectors: [1, 0, 1, 2 ** 21, 0, 1] }, 'BAD_ARGUMENT', /at most 2\^20/],
    [{ vectors: [1, 0, '1', 0, 0, 1] }, 'BAD_ARGUMENT', /vector of "b"/],
    [{ vectors: new Float32Array(6) }, 'BAD_ARGUMENT', /nothing but zeros/],
    [{ popularity: [1, 2] }, 'BAD_ARGUMENT', /^popularity: got 2 numbers, wanted 3/],
    [{ popularity: [1, -2, 3] }, 'BAD_ARGUMENT', /^popularity\[1\]/],
    [{ popularity: [1, 2.5, 3] }, 'BAD_ARGUMENT', /^popularity\[1\]/],
    [{ popularity: [1, 2, 3], users: 2 }, 'BAD_ARGUMENT', /^users: got 2/],
    [{ users: 2 }, 'BAD_ARGUMENT', /^users/],
    [
      { interactions: { users: ['u'], items: ['x'], user: [0], item: [0] } },
      'NO_DATA',
      /none with an item of ids/,
    ],
    [{ interactions: 7 }, 'BAD_ARGUMENT', /^interactions/],
    [{ interactions: base, popularity: [1, 2, 3] }, 'BAD_ARGUMENT', /^popularity and users/],
    [{ itemBias: [1, 2] }, 'BAD_ARGUMENT', /^itemBias/],
    [{ itemBias: [1, 2, NaN] }, 'BAD_ARGUMENT', /^itemBias\[2\]/],
    [{ itemWeights: [1, 0, 1] }, 'BAD_ARGUMENT', /^itemWeights\[1\]/],
    [{ itemTargets: [1, -1, 1] }, 'BAD_ARGUMENT', /^itemTargets\[1\]/],
    [{ itemDamping: 0.5 }, 'BAD_ARGUMENT', /^itemDamping/],
    [{ lambda: 0 }, 'BAD_ARGUMENT', /^lambda/],
    [{ alpha: -1 }, 'BAD_ARGUMENT', /^alpha/],
    [{ gate: 17 }, 'BAD_ARGUMENT', /^gate/],
    [{ personas: 0 }, 'BAD_ARGUMENT', /^personas/],
    [{ vectorType: 'f64' }, 'BAD_ARGUMENT', /one of f32, f16, int8/],
    [{ lamda: 0.1 }, 'BAD_ARGUMENT', /got lamda, .* did you mean lambda/],
    [{ beta: 1 }, 'BAD_ARGUMENT', /^beta/],
    [{ items: [] }, 'BAD_ARGUMENT', /^items/],
    [{ name: 7 }, 'BAD_ARGUMENT', /^name/],
    [{ signal: 7 }, 'BAD_ARGUMENT', /^signal/],
    [{ neighbours: { from: ['a'], to: ['a'], values: [1] } }, 'BAD_ARGUMENT', /^neighbours, pair 0/],
    [{ neighbours: { from: ['a'], to: ['x'], values: [1] } }, 'BAD_ARGUMENT', /got x, wanted an item of ids/],
    [{ neighbours: { from: ['a'], to: ['b'], values: [NaN] } }, 'BAD_ARGUMENT', /^neighbours.values\[0\]/],
    [{ neighbours: { from: ['a'], to: [], values: [] } }, 'BAD_ARGUMENT', /^neighbours/],
    [{ as: 'spark' }, 'BAD_ARGUMENT', /^as/],
    [{ as: { library: 'lightfm', regularization: 1, alpha: 1 } }, 'BAD_ARGUMENT', /implicit or spark/],
    [{ as: { library: 'spark', regularization: 1 } }, 'BAD_ARGUMENT', /^as.alpha/],
    [{ as: { library: 'spark', regularization: 0, alpha: 1 } }, 'BAD_ARGUMENT', /^as.regularization/],
    [{ as: { library: 'spark', regularization: 1, alpha: 1, rating: 0 } }, 'BAD_ARGUMENT', /^as.rating/],
    [{ as: { library: 'spark', regularization: 1, alpha: 1e-5 } }, 'BAD_ARGUMENT', /as.alpha x as.rating/],
    [{ as: { library: 'implicit', regularization: 1, alpha: 0.5 } }, 'BAD_ARGUMENT', /below 1/],
    [{ as: { library: 'implicit', regularization: 1, alpha: 2 }, lambda: 1 }, 'BAD_ARGUMENT', /^lambda/],
    [
      { as: { library: 'implicit', regularization: 1, alpha: 2 }, itemBias: [1, 2, 3] },
      'BAD_ARGUMENT',
      /^itemBias/,
    ],
  ];
  for (const [what, code, message] of cases)
    test(`${code} for ${JSON.stringify(what, (_, x) => (x === base ? '…' : x))?.slice(0, 90)}`, async () => {
      await failsWith(() => modelFromVectors(any({ ...tiny(), ...what })), code, message);
    });

  test('no object at all', async () => {
    for (const bad of [undefined, null, 7, 'vectors', [1]])
      await assert.rejects(modelFromVectors(any(bad)), AmpcfError);
  });

  test('an abort', async () => {
    await assert.rejects(modelFromVectors({ ...tiny(), signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });
});
