// Owns the tests of trainModel: same input and seed give the same bytes, bad input is refused, nothing of a
// user gets into the file.
// Must not judge how good a model is: demo-personas.test.js and tests/bench do.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel, version } from '../../../dist/ampcf.js';
import {
  gaussianDefaults,
  logisticDefaults,
  multinomialDefaults,
  softmaxDefaults,
  trainDefaults,
  trainModel,
  trainingMemory,
} from '../../../dist/train.js';
import {
  below,
  failsWith,
  failure,
  filmFacts,
  golden,
  historyOf,
  interactionsOf,
  people,
  seeded,
  shuffled,
  steady,
} from '../../support.js';

/** @typedef {import('../../../web/train.js').Interactions} Interactions */
const small = { ...steady, dim: 8, sweeps: 3 };
const few = people.slice(0, 80);
/** @type {Interactions} */ const base = interactionsOf(few);
/** @type {Awaited<ReturnType<typeof trainModel>>} */ let result;

before(async () => {
  result = await trainModel(base, { ...small, items: filmFacts, name: 'a test' });
});

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

/**
 * The same pairs in another order, with users and items numbered otherwise.
 * @param {Interactions} given
 * @param {number} seed
 * @returns {Interactions}
 */
function reordered(given, seed) {
  const random = seeded(seed),
    users = shuffled(given.users, random),
    items = shuffled(given.items, random);
  const userAt = new Map(users.map((id, i) => [id, i])),
    itemAt = new Map(items.map((id, i) => [id, i]));
  const order = shuffled(
    Array.from(given.user, (_, x) => x),
    random,
  );
  return {
    users,
    items,
    user: order.map((x) => Number(userAt.get(given.users[given.user[x]]))),
    item: order.map((x) => Number(itemAt.get(given.items[given.item[x]]))),
    ...(given.weight ? { weight: order.map((x) => /** @type {ArrayLike<number>} */ (given.weight)[x]) } : {}),
  };
}

describe('the same input gives the same bytes', () => {
  test('in any order, from any array type', async () => {
    for (const seed of [1, 2])
      assert.deepEqual(
        (
          await trainModel(reordered(base, seed), {
            ...small,
            items: new Map(shuffled([...filmFacts], seeded(seed))),
            name: 'a test',
          })
        ).bytes,
        result.bytes,
      );
    const typed = {
      ...base,
      user: Uint32Array.from(base.user),
      item: Float64Array.from(base.item),
      weight: null,
    };
    assert.deepEqual(
      (await trainModel(typed, { ...small, items: filmFacts, name: 'a test' })).bytes,
      result.bytes,
    );
  });

  test('with weights; and all 1 is what no weights mean', async () => {
    const random = seeded(3),
      weight = Array.from(base.user, () => 0.5 + below(random, 8));
    const weighted = await trainModel({ ...base, weight }, small),
      again = await trainModel(reordered({ ...base, weight }, 4), small);
    assert.deepEqual(again.bytes, weighted.bytes);
    const plain = await trainModel(base, small),
      ones = await trainModel({ ...base, weight: weight.map(() => 1) }, small);
    assert.deepEqual(ones.bytes, plain.bytes);
    assert.notDeepEqual(weighted.bytes, plain.bytes);
  });

  test('at the same time, and whoever watches', async () => {
    const runs = await Promise.all([
      trainModel(base, small),
      trainModel(base, { ...small, onProgress: () => {} }),
      trainModel(base, { ...small, signal: new AbortController().signal }),
    ]);
    for (const run of runs) assert.deepEqual(run.bytes, runs[0].bytes);
  });

  test('a pair given twice counts once, with the last weight', async () => {
    const users = ['a', 'b', 'c'],
      items = ['x', 'y', 'z'],
      user = [0, 0, 1, 1, 2, 0],
      item = [0, 1, 1, 2, 0, 0];
    const twice = await trainModel({ users, items, user, item, weight: [9, 1, 1, 1, 1, 2] }, small);
    const once = await trainModel(
      { users, items, user: user.slice(0, 5), item: item.slice(0, 5), weight: [2, 1, 1, 1, 1] },
      small,
    );
    assert.deepEqual(twice.bytes, once.bytes);
    assert.equal(twice.interactions, 5);
  });

  test('another seed or another setting does not', async () => {
    for (const options of [
      { seed: 2 },
      { dim: 9 },
      { sweeps: 4 },
      { alpha: 0.5 },
      { lambda: 0.01 },
      { nu: 0.5 },
      { beta: 10 },
      { eta: 0.5 },
      { tau: 0.1 },
      { rho: 0.9 },
      { sharpness: 5 },
      { split: 2 },
      { bias: 0.02 },
      { personas: 2 },
      { joint: 0 },
      { vectors: 'f16' },
      { vectors: 'int8' },
    ]) {
      const other = await trainModel(base, { ...small, items: filmFacts, name: 'a test', ...options });
      assert.notDeepEqual(other.bytes, result.bytes, JSON.stringify(options));
      assert.notEqual(
        (await loadModel(other.bytes)).info.lineage,
        (await loadModel(result.bytes)).info.lineage,
        JSON.stringify(options),
      );
    }
  });
});

describe('the model', () => {
  test('holds titles, aspects, metadata and what was counted', async () => {
    const model = await loadModel(result.bytes),
      seen = new Set(few.flatMap((person) => person.history.map((event) => event.item)));
    assert.deepEqual(
      [result.users, result.items, result.interactions, result.dropped],
      [few.length, seen.size, base.user.length, 0],
    );
    assert.deepEqual(new Set(model.ids()), seen);
    for (const id of model.ids()) {
      const facts = /** @type {{ title: string, aspects: string[] }} */ (filmFacts.get(id));
      assert.equal(model.title(id), facts.title);
      assert.deepEqual(model.aspects(id).sort(), [...facts.aspects].sort());
    }
    assert.deepEqual(
      [model.info.items, model.info.dim, model.info.personas, model.info.bytes],
      [seen.size, 8, trainDefaults.personas, result.bytes.length],
    );
    assert.deepEqual(model.info.metadata, {
      name: 'a test',
      library: `ampcf ${version}`,
      objective: 'als',
      users: few.length,
      interactions: base.user.length,
      settings: { ...trainDefaults, alpha: model.info.metadata.settings.alpha, ...small },
    });
    assert.match(model.info.lineage, /^[0-9a-f]{32}$/);
    assert.ok(result.seconds > 0 && result.memoryBytes > result.bytes.length);
  });

  test('of narrow vectors is smaller, and ranks nearly the same', async () => {
    const whole = await loadModel(result.bytes),
      options = /** @type {const} */ ({ ...small, items: filmFacts, name: 'a test' });
    for (const [vectors, tolerance, share] of /** @type {const} */ ([
      ['f16', 2e-3, 2],
      ['int8', 2e-2, 4],
    ])) {
      const { bytes } = await trainModel(base, { ...options, vectors }),
        model = await loadModel(bytes);
      const saved = model.info.items * 8 * (4 - 4 / share) - (vectors === 'int8' ? 4 * model.info.items : 0);
      assert.ok(
        Math.abs(result.bytes.length - bytes.length - saved) < 192,
        `${result.bytes.length - bytes.length} bytes saved, wanted ${saved}`,
      );
      assert.equal(model.info.metadata.settings.vectors, vectors);
      const [a, b] = [whole, model].map(
        (of) =>
          new Map(
            golden(of.createProfile(historyOf(20)).rank(of.ids())).map(([item, score]) => [
              item,
              Number(score),
            ]),
          ),
      );
      for (const [item, score] of a)
        assert.ok(
          Math.abs(score - /** @type {number} */ (b.get(item))) < tolerance,
          `${item}: ${score} against ${b.get(item)}`,
        );
    }
    await failsWith(
      () => trainModel(base, { ...small, vectors: /** @type {any} */ ('i8') }),
      'BAD_ARGUMENT',
      /vectors: got i8, wanted one of f32, f16, int8/,
    );
  });

  test('lists items by the number of people, ties by id', async () => {
    const counts = new Map();
    for (const { item } of few.flatMap((person) => person.history))
      counts.set(item, (counts.get(item) ?? 0) + 1);
    const wanted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([item]) => item);
    assert.deepEqual((await loadModel(result.bytes)).ids(), wanted);
  });

  test('of one persona gives one', async () => {
    const model = await loadModel((await trainModel(base, { ...small, personas: 1 })).bytes);
    assert.equal(model.info.personas, 1);
    for (const n of [0, 1, 2, 3]) assert.equal(model.createProfile(historyOf(n)).personas().length, 1);
    await failsWith(() => model.createProfile([], { personas: 2 }), 'BAD_ARGUMENT');
  });

  test('knows nothing of its users: no id in any encoding', async () => {
    const canary = (/** @type {number} */ u) => `canary-${u}-zq7\u{1f426}`;
    const { bytes } = await trainModel(
      { ...base, users: base.users.map((_, u) => canary(u)) },
      { ...small, items: filmFacts, name: 'a test' },
    );
    const file = Buffer.from(bytes);
    for (const encoding of /** @type {const} */ (['utf8', 'utf16le', 'base64', 'hex'])) {
      const needles =
        encoding === 'base64' || encoding === 'hex'
          ? [Buffer.from(canary(3)).toString(encoding)]
          : [canary(3), 'canary', 'zq7'].map((text) => Buffer.from(text, encoding));
      for (const needle of needles) assert.equal(file.indexOf(needle), -1, `${encoding} ${needle}`);
    }
    assert.ok(file.indexOf('a test') > 0); // the search does find what is there
    // Names order the rows, and nothing else: others in the same order give the same file.
    const renamed = base.users.map((_, u) => `p${String(u + 1).padStart(9, '0')}`);
    assert.deepEqual(
      (await trainModel({ ...base, users: renamed }, { ...small, items: filmFacts, name: 'a test' })).bytes,
      result.bytes,
    );
  });

  test('leaves out items of too few people, and says how much that was', async () => {
    const counts = new Map();
    for (const { item } of few.flatMap((person) => person.history))
      counts.set(item, (counts.get(item) ?? 0) + 1);
    for (const minSupport of [2, 5]) {
      const kept = [...counts].filter(([, n]) => n >= minSupport),
        lost = [...counts].filter(([, n]) => n < minSupport).reduce((a, [, n]) => a + n, 0);
      const trained = await trainModel(base, { ...small, minSupport }),
        model = await loadModel(trained.bytes);
      assert.deepEqual(
        [trained.items, trained.dropped, trained.interactions],
        [kept.length, lost, base.user.length - lost],
      );
      assert.ok(lost > 0 && kept.every(([item]) => model.has(item)));
      assert.equal(model.info.metadata.settings.minSupport, minSupport);
    }
    // One person who uses an item many times is still one person.
    const many = {
      users: ['a', 'b'],
      items: ['often', 'shared'],
      user: [0, 0, 0, 0, 1],
      item: [0, 0, 0, 1, 1],
    };
    assert.deepEqual((await loadModel((await trainModel(many, { ...small, minSupport: 2 })).bytes)).ids(), [
      'shared',
    ]);
  });
});

describe('ids', () => {
  /** @param {string[]} items */
  const withItems = (items, options = {}) =>
    trainModel(
      {
        users: ['u1', 'u2'],
        items,
        user: items.flatMap(() => [0, 1]),
        item: items.flatMap((_, j) => [j, j]),
      },
      { ...small, ...options },
    );

  test('are any Unicode, byte for byte', async () => {
    const items = [
      'a',
      'A',
      'é',
      'e\u0301',
      '\u{1f3ac}',
      '日本語',
      '\ufeffa',
      ' a',
      'a ',
      '\u0001',
      '__proto__',
      'constructor',
      '0',
      '00',
      '"',
      '\\',
      '\u2028',
      'x'.repeat(512),
      'é'.repeat(256),
    ];
    const model = await loadModel((await withItems(items)).bytes);
    assert.deepEqual(new Set(model.ids()), new Set(items));
    const me = model.createProfile(items.slice(0, 3));
    assert.deepEqual(me.unknown, []);
    assert.deepEqual(new Set(me.rank(items).items.map((entry) => entry.item)), new Set(items));
    assert.deepEqual(golden(model.restoreProfile(me.save()).recommend()), golden(me.recommend()));
  });

  test('too long, empty, twice, with NUL, or half a character', async () => {
    for (const items of [['x'.repeat(513), 'a'], ['é'.repeat(257)], ['', 'a'], ['a\0b'], ['a', 'b', 'a']])
      await failsWith(() => withItems(items), 'BAD_IDS');
    for (const item of ['a\ud800', '\udc00b'])
      await failsWith(() => withItems([item, 'a']), 'BAD_ARGUMENT', /Unicode/);
    await failsWith(
      () => trainModel({ users: ['a', 'a'], items: ['x'], user: [0, 1], item: [0, 0] }, small),
      'BAD_IDS',
      /users/,
    );
  });

  test('titles and aspects: odd ones', async () => {
    const items = new Map(
      Object.entries({
        a: { title: '\ufeffÉ \u{1f3ac}', aspects: ['x', 'x', '', 'é'] },
        b: { aspects: [] },
        c: { title: '' },
        unused: { title: 'never', aspects: ['never'] },
      }),
    );
    const model = await loadModel((await withItems(['a', 'b', 'c', 'd'], { items })).bytes);
    assert.deepEqual(
      [...'abcd'].map((id) => model.title(id)),
      ['\ufeffÉ \u{1f3ac}', 'b', 'c', 'd'],
    );
    assert.deepEqual(
      [...'abcd'].map((id) => model.aspects(id).sort()),
      [['x', 'é'], [], [], []],
    );
    assert.equal(model.info.aspects, 2);
    await failsWith(
      () => withItems(['a'], { items: new Map([['a', { title: 'x'.repeat(4097) }]]) }),
      'BAD_TEXT',
    );
    await failsWith(
      () => withItems(['a'], { items: new Map([['a', { aspects: ['x'.repeat(513)] }]]) }),
      'BAD_TEXT',
    );
    await failsWith(() => withItems(['a'], { name: 'x'.repeat(70000) }), 'LIMIT');
    for (const facts of [
      { title: 5 },
      { aspects: 'Drama' },
      { aspects: 5 },
      { aspects: [5] },
      { aspects: [Symbol('x')] },
    ])
      await failsWith(() => withItems(['a'], { items: new Map([['a', facts]]) }), 'BAD_ARGUMENT', /of a/);
    for (const bad of [{}, [], 5, null])
      await failsWith(() => withItems(['a'], { items: bad }), 'BAD_ARGUMENT', /items/);
  });
});

describe('what is refused', () => {
  const one = { users: ['a'], items: ['x', 'y'], user: [0, 0], item: [0, 1] };

  test('nothing to learn from', async () => {
    for (const given of [
      { users: [], items: [], user: [], item: [] },
      { users: ['a'], items: ['x'], user: [], item: [] },
    ])
      await failsWith(() => trainModel(given, small), 'NO_DATA');
    await failsWith(() => trainModel(one, { ...small, minSupport: 2 }), 'NO_DATA', /2 people/);
    assert.equal((await trainModel(one, small)).items, 2); // one person is little, but something
  });

  test('every setting outside its range', async () => {
    const ranges = {
      dim: [1, 1024],
      personas: [1, 64],
      sweeps: [1, 1000],
      joint: [0, 1000],
      seed: [0, 2 ** 32 - 1],
      minSupport: [1, 2 ** 32 - 1],
      alpha: [1e-6, 1024],
      unobserved: [0.001, 1e6],
      lambda: [1e-6, 2 ** 20],
      nu: [0, 1],
      beta: [0, 1024],
      eta: [0, 16],
      tau: [0, 1],
      rho: [0, 1],
      sharpness: [0, 1024],
      split: [0, 1024],
      bias: [0, 1024],
      userDamping: [0, 2],
      itemDamping: [0, 2],
      popularityDamping: [0, 2],
      clusters: [0, 256],
    };
    const whole = ['dim', 'personas', 'sweeps', 'joint', 'seed', 'minSupport', 'clusters'];
    assert.deepEqual(
      [...Object.keys(ranges), 'vectors'].sort(),
      Object.keys(trainDefaults)
        .filter((name) => !name.startsWith('neighbour'))
        .sort(),
    );
    for (const [name, [low, high]] of Object.entries(ranges)) {
      const bad = [
        low - 1,
        high + 1,
        NaN,
        Infinity,
        -Infinity,
        '1',
        null,
        true,
        [1],
        {},
        1n,
        Symbol('s'),
        Object.create(null),
      ];
      if (whole.includes(name)) bad.push(low + 0.5);
      for (const value of bad)
        await failsWith(
          () => trainModel(one, { ...small, [name]: value }),
          'BAD_ARGUMENT',
          new RegExp(`^${name}: got`),
        );
    }
    assert.deepEqual(
      (await trainModel(one, { ...small, rho: undefined })).bytes,
      (await trainModel(one, small)).bytes,
    );
    for (const options of [null, 5, 'dim'])
      await failsWith(() => trainModel(one, any(options)), 'BAD_ARGUMENT', /options/);
    for (const extra of [{ name: 5 }, { signal: 5 }, { onProgress: 'x' }])
      await failsWith(() => trainModel(one, any({ ...small, ...extra })), 'BAD_ARGUMENT');
  });

  test('an objective that there is not, and settings of another one', async () => {
    for (const objective of ['', 'ALS', 'bpr', 5, null, ['als'], {}, 'toString'])
      await failsWith(
        () => trainModel(one, any({ ...small, objective })),
        'BAD_ARGUMENT',
        /^objective: got .*one of als, softmax/,
      );
    await failsWith(
      () => trainModel(one, { ...small, epochs: 3 }),
      'BAD_ARGUMENT',
      /^epochs: got 3.*objective als/,
    );
    await failsWith(
      () => trainModel(one, { objective: 'softmax', sweeps: 3 }),
      'BAD_ARGUMENT',
      /^sweeps: got 3.*objective softmax/,
    );
    const settings = { objective: 'softmax', dim: 2, epochs: 1, minSupport: 1 };
    for (const wrong of [
      { epochs: 0 },
      { epochs: 1001 },
      { batch: 0 },
      { batch: 65537 },
      { negatives: 65 },
      { negatives: 1.5 },
      { attention: 'dots' },
      { attention: 0 },
      { learningRate: 0 },
      { learningRate: 2 },
      { balance: -0.1 },
      { entropyPositive: -1 },
      { entropyNegative: NaN },
      { attentionBeta: '1' },
      { attentionBeta: 1025 },
    ])
      await failsWith(
        () => trainModel(one, any({ ...settings, ...wrong })),
        'BAD_ARGUMENT',
        new RegExp(`^${Object.keys(wrong)[0]}: got`),
      );
    await failsWith(
      () => trainModel({ ...one, weight: [1, 2] }, any(settings)),
      'BAD_ARGUMENT',
      /^interactions\.weight: /,
    );
    assert.deepEqual(
      (await trainModel({ ...one, weight: null }, any({ ...settings, attention: undefined }))).bytes,
      (await trainModel(one, any(settings))).bytes,
    );
  });

  test('interactions that do not fit together', async () => {
    for (const given of [
      undefined,
      null,
      5,
      'x',
      {},
      { ...one, users: undefined },
      { ...one, items: 'xy' },
      { ...one, user: null },
      { ...one, item: 5 },
      { ...one, weight: 5 },
      { ...one, users: [5] },
      { ...one, items: ['x', null] },
      { ...one, items: new Array(2) },
      { ...one, users: [Symbol('u')] },
      { ...one, item: [0] },
      { ...one, user: [0] },
      { ...one, weight: [1] },
      { ...one, weight: [1, 1, 1] },
    ])
      await failsWith(() => trainModel(any(given), small), 'BAD_ARGUMENT');
    for (const index of [-1, 2, 0.5, NaN, Infinity, 2 ** 32, '0', null, undefined, 1n, Symbol('i')]) {
      await failsWith(
        () => trainModel({ ...one, item: [0, any(index)] }, small),
        'BAD_ARGUMENT',
        /item of interaction 1/,
      );
      await failsWith(
        () => trainModel({ ...one, user: [any(index), 0] }, small),
        'BAD_ARGUMENT',
        /user of interaction 0/,
      );
    }
    for (const weight of [0, -1, NaN, Infinity, 1024.5, 1e-46, '1', null, undefined, 1n, Symbol('w')])
      await failsWith(
        () => trainModel({ ...one, weight: [1, any(weight)] }, small),
        'BAD_ARGUMENT',
        /weight of interaction 1/,
      );
  });

  test('training that cannot fit, before it begins', async () => {
    const items = Array.from({ length: 300000 }, (_, j) => `i${j}`);
    await failsWith(
      () =>
        trainModel(
          { users: ['a'], items, user: items.map(() => 0), item: items.map((_, j) => j) },
          { joint: 1, minSupport: 1, dim: 1024, personas: 64 },
        ),
      'OUT_OF_MEMORY',
      /4 GiB/,
    );
    // 2^16 users x 2^6 personas x 2^10 floats is 2^32: a product that is 0 in 32 bits.
    const users = Array.from({ length: 65536 }, (_, u) => `u${u}`),
      crowd = { users, items: ['x'], user: users.map((_, u) => u), item: users.map(() => 0) };
    for (const objective of /** @type {const} */ (['als', 'softmax', 'logistic']))
      await failsWith(
        () =>
          trainModel(crowd, {
            objective,
            ...(objective === 'als' && { joint: 1 }),
            minSupport: 1,
            dim: 1024,
            personas: 64,
          }),
        'OUT_OF_MEMORY',
        /4 GiB/,
      );
  });
});

describe('objective softmax', () => {
  const softmax = /** @type {const} */ ({ objective: 'softmax', dim: 8, epochs: 4, minSupport: 1 });

  test('the same input gives the same bytes, another setting others', async () => {
    const first = await trainModel(base, softmax);
    assert.deepEqual(
      (await trainModel(reordered(base, 7), { ...softmax, onProgress: () => {} })).bytes,
      first.bytes,
    );
    for (const options of /** @type {import('../../../web/train.js').TrainOptions[]} */ ([
      { seed: 2 },
      { dim: 9 },
      { epochs: 5 },
      { personas: 1 },
      { batch: 100 },
      { negatives: 3 },
      { attention: 'cosine' },
      { attentionBeta: 2 },
      { learningRate: 0.01 },
      { balance: 0.4 },
      { entropyPositive: 0 },
      { entropyNegative: 0.1 },
      { alpha: 0.5 },
      { lambda: 0.3 },
      { rho: 0.9 },
      { bias: 0.02 },
    ])) {
      const other = await trainModel(base, { ...softmax, ...options });
      assert.notEqual(
        (await loadModel(other.bytes)).info.lineage,
        (await loadModel(first.bytes)).info.lineage,
        JSON.stringify(options),
      );
      if (!('lambda' in options))
        assert.notDeepEqual(other.bytes.subarray(0, -1024), first.bytes.subarray(0, -1024));
    }
  });

  test('says in the metadata how it was trained, and counts epochs', async () => {
    /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
    const model = await loadModel(
      (
        await trainModel(base, {
          ...softmax,
          items: filmFacts,
          onProgress: (progress) => seen.push(progress),
        })
      ).bytes,
    );
    assert.deepEqual(
      [model.info.metadata.objective, model.info.metadata.settings],
      ['softmax', { ...softmaxDefaults, dim: 8, epochs: 4, minSupport: 1 }],
    );
    const { done, total, sweep, sweeps } = /** @type {import('../../../web/train.js').TrainProgress} */ (
      seen.at(-1)
    );
    assert.deepEqual([done, sweep, sweeps], [total, 4, 4]);
    assert.equal(total, 4 * Math.floor(base.user.length / softmaxDefaults.batch) * softmaxDefaults.batch);
  });

  test('gives a model that ranks, and explains, as any other', async () => {
    const { bytes } = await trainModel(interactionsOf(people), {
        ...softmax,
        dim: 16,
        epochs: 60,
        learningRate: 0.01,
        items: filmFacts,
      }),
      model = await loadModel(bytes);
    let better = 0;
    for (let n = 0; n < 40; n++) {
      const history = historyOf(n),
        me = model.createProfile(history.slice(1)),
        held = history[0].item,
        seen = new Set(history.map(({ item }) => item));
      const others = model.ids().filter((id) => !seen.has(id));
      const at = me.rank([held, ...others]).items.findIndex(({ item }) => item === held);
      better += at < others.length / 2 ? 1 : 0;
      const [{ score, explanation }] = me.rank([held], { explain: true }).items;
      assert.ok(Number.isFinite(score) && explanation);
    }
    assert.ok(better > 30, `${better} of 40`);
  });

  test('with fewer interactions than a batch, one item, everything seen', async () => {
    for (const [users, count] of [
      [1, 1],
      [2, 1],
      [1, 5],
      [3, 2],
    ]) {
      const items = Array.from({ length: count }, (_, j) => `i${j}`),
        names = Array.from({ length: users }, (_, u) => `u${u}`);
      const { bytes } = await trainModel(
        {
          users: names,
          items,
          user: names.flatMap((_, u) => items.map(() => u)),
          item: names.flatMap(() => items.map((_, j) => j)),
        },
        softmax,
      );
      assert.equal((await loadModel(bytes)).info.items, count);
    }
  });
});

describe('objectives multinomial, gaussian and logistic', () => {
  const one = { users: ['a'], items: ['x', 'y'], user: [0, 0], item: [0, 1] };
  const likelihoods = /** @type {const} */ (['multinomial', 'gaussian', 'logistic']),
    quick = { dim: 8, epochs: 3, warmup: 2, batch: 30, minSupport: 1 };
  const defaultsOf = {
    multinomial: multinomialDefaults,
    gaussian: gaussianDefaults,
    logistic: logisticDefaults,
  };

  test('the same input gives the same bytes, another setting others', async () => {
    for (const objective of likelihoods) {
      const first = await trainModel(base, { objective, ...quick });
      assert.deepEqual(
        (await trainModel(reordered(base, 7), { objective, ...quick, onProgress: () => {} })).bytes,
        first.bytes,
      );
      for (const options of [
        { seed: 2 },
        { dim: 9 },
        { epochs: 4 },
        { warmup: 3 },
        { joint: 0 },
        { personas: 1 },
        { batch: 31 },
        { samples: 10 },
        { learningRate: 0.01 },
        { dropout: 0 },
        { decay: 2 },
        { alpha: 0.5 },
        { rho: 0.9 },
        { tau: 0 },
        ...(objective === 'multinomial' ? [] : [{ zeros: 0.3 }]),
      ]) {
        const other = await trainModel(base, { objective, ...quick, ...options });
        assert.notDeepEqual(
          other.bytes.subarray(0, -1024),
          first.bytes.subarray(0, -1024),
          JSON.stringify(options),
        );
      }
    }
  });

  test('says in the metadata how it was trained, and counts passes', async () => {
    for (const objective of likelihoods) {
      /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
      const result = await trainModel(base, {
          objective,
          ...quick,
          items: filmFacts,
          onProgress: (progress) => seen.push(progress),
        }),
        model = await loadModel(result.bytes);
      assert.deepEqual(
        [model.info.metadata.objective, model.info.metadata.settings],
        [objective, { ...defaultsOf[objective], ...quick }],
      );
      const { done, total, sweep, sweeps } = /** @type {import('../../../web/train.js').TrainProgress} */ (
        seen.at(-1)
      );
      assert.deepEqual(
        [done, total, sweep, sweeps],
        [total, 2 * (result.users + result.items) + 3 * result.users, 5, 5],
      );
    }
  });

  test('give a model that ranks, and explains, as any other', async () => {
    for (const objective of likelihoods)
      for (const samples of [0, 40]) {
        const { bytes } = await trainModel(interactionsOf(people), {
            objective,
            dim: 16,
            epochs: 3,
            minSupport: 1,
            samples,
            items: filmFacts,
          }),
          model = await loadModel(bytes);
        let better = 0;
        for (let n = 0; n < 40; n++) {
          const history = historyOf(n),
            me = model.createProfile(history.slice(1)),
            held = history[0].item,
            seen = new Set(history.map(({ item }) => item));
          const others = model.ids().filter((id) => !seen.has(id));
          const at = me.rank([held, ...others]).items.findIndex(({ item }) => item === held);
          better += at < others.length / 2 ? 1 : 0;
          const [{ score, explanation }] = me.rank([held], { explain: true }).items;
          assert.ok(Number.isFinite(score) && explanation);
        }
        assert.ok(better > 30, `${objective}, samples ${samples}: ${better} of 40`);
      }
  });

  test('with weights, one item, everything seen, one event a person', async () => {
    for (const objective of likelihoods)
      for (const [users, count] of [
        [1, 1],
        [2, 1],
        [1, 5],
        [3, 2],
      ]) {
        const items = Array.from({ length: count }, (_, j) => `i${j}`),
          names = Array.from({ length: users }, (_, u) => `u${u}`);
        const all = {
          users: names,
          items,
          user: names.flatMap((_, u) => items.map(() => u)),
          item: names.flatMap(() => items.map((_, j) => j)),
        };
        for (const options of [{}, { samples: 3 }, { dropout: 0 }]) {
          const { bytes } = await trainModel(
            { ...all, weight: all.user.map((u) => u + 0.5) },
            { objective, ...quick, ...options },
          );
          assert.equal((await loadModel(bytes)).info.items, count);
        }
      }
  });

  test('refuse what is out of range, and settings of others', async () => {
    for (const wrong of [
      { epochs: 0 },
      { warmup: 0 },
      { warmup: 1.5 },
      { batch: 65537 },
      { samples: -1 },
      { samples: 2 ** 24 + 1 },
      { learningRate: 0 },
      { dropout: 1 },
      { decay: -1 },
      { zeros: NaN },
    ])
      await failsWith(
        () => trainModel(one, any({ objective: 'gaussian', ...quick, ...wrong })),
        'BAD_ARGUMENT',
        new RegExp(`^${Object.keys(wrong)[0]}: got`),
      );
    for (const stray of [{ sweeps: 3 }, { negatives: 4 }, { zeros: 1 }])
      await failsWith(
        () => trainModel(one, { objective: 'multinomial', ...stray }),
        'BAD_ARGUMENT',
        /not a setting of objective multinomial/,
      );
    await failsWith(
      () => trainModel(one, { dropout: 0.5 }),
      'BAD_ARGUMENT',
      /^dropout: got 0.5.*objective als/,
    );
  });
});

describe('snapshots', () => {
  /** @type {[string, import('../../../web/train.js').TrainOptions][]} */
  const runs = [
    ['als', { dim: 8, sweeps: 5, joint: 2 }],
    [
      'als with neighbours',
      { dim: 8, sweeps: 4, neighbours: 5, neighbourLambda: 5, itemDamping: 0.3, popularityDamping: 0.1 },
    ],
    ['softmax', { objective: 'softmax', dim: 8, epochs: 4, minSupport: 1 }],
  ];
  for (const [name, options] of runs)
    test(`of ${name} are the models of shorter runs, and the one kept is written`, async () => {
      const total = Number(options.sweeps ?? options.epochs);
      /** @type {Uint8Array[]} */ const bytes = [];
      const seen = /** @type {[number, number, boolean][]} */ ([]);
      const watched = await trainModel(base, {
        ...options,
        onSnapshot: async (snapshot) => {
          seen.push([snapshot.sweep, snapshot.sweeps, snapshot.epochs]);
          bytes.push(await snapshot.bytes());
        },
      });
      assert.deepEqual(watched.bytes, (await trainModel(base, options)).bytes);
      assert.deepEqual(
        seen,
        Array.from({ length: total }, (_, s) => [s + 1, total, name === 'softmax']),
      );
      for (const keep of [1, total - 1, total]) {
        const kept = await trainModel(base, {
          ...options,
          onSnapshot: async (snapshot) => {
            if (snapshot.sweep === keep) snapshot.keep();
          },
        });
        assert.deepEqual((await trainModel(base, kept.settings)).bytes, kept.bytes);
        assert.equal(kept.settings.sweeps ?? kept.settings.epochs, keep);
        if (!options.neighbours) assert.deepEqual(bytes[keep - 1], kept.bytes);
        else assert.deepEqual((await loadModel(bytes[keep - 1])).info.metadata.settings.sweeps, keep);
      }
      const stopped = await trainModel(base, {
        ...options,
        onSnapshot: ({ sweep, stop }) => {
          if (sweep === 2) stop();
        },
      });
      assert.deepEqual((await trainModel(base, stopped.settings)).bytes, stopped.bytes);
      assert.equal(stopped.settings.sweeps ?? stopped.settings.epochs, 2);
    });

  test("an error of the callback is the caller's own, and an abort while it runs ends the training", async () => {
    const mine = new Error('mine'),
      abort = new AbortController();
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onSnapshot: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onSnapshot: async () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
    assert.equal(
      await failure(() =>
        trainModel(base, { ...small, signal: abort.signal, onSnapshot: () => abort.abort(mine) }),
      ),
      mine,
    );
    await failsWith(
      () => trainModel(base, any({ ...small, onSnapshot: true })),
      'BAD_ARGUMENT',
      /^onSnapshot: got true, wanted a function/,
    );
  });
});

describe('the memory of a training', () => {
  test('is known before, and is about what it takes', async () => {
    const plain = await trainingMemory(base, small),
      wide = await trainingMemory(base, { ...small, dim: 64 }),
      more = await trainingMemory(base, { ...small, neighbours: 5 });
    assert.deepEqual([plain.neighbours, plain.bytes], [0, plain.vectors]);
    assert.ok(wide.vectors > 2 * plain.vectors);
    assert.deepEqual([more.vectors, more.bytes], [plain.vectors, plain.vectors + more.neighbours]);
    assert.ok(more.neighbours > 0);
    const { memoryBytes } = await trainModel(base, { ...small, dim: 64, neighbours: 5 });
    const need = (await trainingMemory(base, { ...small, dim: 64, neighbours: 5 })).bytes;
    assert.ok(memoryBytes > need && memoryBytes < need + 2 ** 22, `${memoryBytes} taken, ${need} foretold`);
  });

  test('is refused as the training would be', async () => {
    await failsWith(() => trainingMemory(base, any({ dim: 0 })), 'BAD_ARGUMENT', /^dim/);
    await failsWith(() => trainingMemory({ users: [], items: [], user: [], item: [] }), 'NO_DATA');
    const users = Array.from({ length: 65536 }, (_, u) => `u${u}`);
    await failsWith(
      () =>
        trainingMemory(
          { users, items: ['x'], user: users.map((_, u) => u), item: users.map(() => 0) },
          { joint: 1, dim: 1024, personas: 64 },
        ),
      'OUT_OF_MEMORY',
      /4 GiB/,
    );
  });
});

describe('progress and abort', () => {
  test('progress rises to the end', async () => {
    /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
    await trainModel(base, { ...small, sweeps: 30, dim: 24, onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length >= 2);
    seen.forEach((progress, i) => {
      assert.equal(progress.total, seen[0].total);
      assert.ok(progress.done <= progress.total && progress.sweep <= progress.sweeps);
      if (i > 0)
        assert.ok(
          progress.done > seen[i - 1].done &&
            progress.seconds >= seen[i - 1].seconds &&
            progress.sweep >= seen[i - 1].sweep,
        );
    });
    assert.equal(seen.at(-1)?.done, seen[0].total);
  });

  test('abort before and in the middle rejects with the reason, and harms nobody', async () => {
    const reason = new Error('enough');
    assert.equal(
      await failure(() => trainModel(base, { ...small, signal: AbortSignal.abort(reason) })),
      reason,
    );
    const abort = new AbortController();
    let last = 0,
      total = 1;
    const error = await failure(() =>
      trainModel(base, {
        dim: 32,
        sweeps: 1000,
        signal: abort.signal,
        onProgress: (progress) => {
          ({ done: last, total } = progress);
          abort.abort(reason);
        },
      }),
    );
    assert.equal(error, reason);
    assert.ok(last < total / 2);
    const late = new AbortController();
    setTimeout(() => late.abort(reason), 30);
    assert.equal(
      await failure(() => trainModel(base, { dim: 32, sweeps: 1000, signal: late.signal })),
      reason,
    );
    assert.deepEqual(
      (await trainModel(base, { ...small, items: filmFacts, name: 'a test' })).bytes,
      result.bytes,
    );
  });

  test("an error of the callback is the caller's own", async () => {
    const mine = new Error('mine');
    assert.equal(
      await failure(() =>
        trainModel(base, {
          ...small,
          onProgress: () => {
            throw mine;
          },
        }),
      ),
      mine,
    );
  });
});
