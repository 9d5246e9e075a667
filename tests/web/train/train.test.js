// Owns the tests of trainModel: same input and seed give the same bytes, bad input is refused, nothing of a
// user gets into the file. Must not judge how good a model is: demo-personas.test.js and tests/bench do.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel, version } from '../../../dist/ampcf.js';
import { trainDefaults, trainModel } from '../../../dist/train.js';
import * as abi from '../../../web/core/abi.js';
import { below, failsWith, filmFacts, golden, historyOf, people, seeded, shuffled } from '../../support.js';
import { any, base, few, reordered, small } from './small-training.js';

/** @type {Awaited<ReturnType<typeof trainModel>>} */ let result;

before(async () => {
  result = await trainModel(base, { ...small, items: filmFacts, name: 'a test' });
});

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
    const users = ['a', 'b', 'c'];
    const items = ['x', 'y', 'z'];
    const user = [0, 0, 1, 1, 2, 0];
    const item = [0, 1, 1, 2, 0, 0];
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
      { split: 2 },
      { gate: 0.9 },
      { leaves: 5 },
      { proportional: 0.5 },
      { bias: 0.02 },
      { personas: 2 },
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

/**
 * The settings of a model file: its section of type 5, as the table behind the header of 128 bytes has it.
 * @param {Uint8Array} bytes
 */
function settingsIn(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const entries = Array.from({ length: view.getUint32(24, true) }, (_, i) => 128 + 48 * i);
  const at = entries.find((entry) => view.getUint32(entry, true) === 5);
  assert.ok(at !== undefined);
  const from = Number(view.getBigUint64(at + 8, true));
  return Array.from({ length: abi.FORMAT_SETTINGS }, (_, i) => view.getFloat32(from + 4 * i, true));
}

describe('the model', () => {
  test('holds the settings of the device, and nothing of the attention', async () => {
    const own = {
      alpha: 0.25,
      lambda: 0.5,
      nu: 0.75,
      split: 1.5,
      gate: 0.125,
      leaves: 5,
      proportional: 0.375,
    };
    const { gate, leaves, proportional, split } = trainDefaults;
    for (const given of [own, { ...own, gate, leaves, proportional, split }])
      for (const objective of /** @type {const} */ ([
        'als',
        'softmax',
        'multinomial',
        'gaussian',
        'logistic',
      ])) {
        const quick = objective === 'als' ? { sweeps: 1 } : { epochs: 1 };
        const { bytes } = await trainModel(base, { objective, dim: 4, ...quick, ...given });
        const wanted = new Float32Array(abi.FORMAT_SETTINGS);
        wanted[abi.SETTING_ALPHA] = given.alpha;
        wanted[abi.SETTING_LAMBDA] = given.lambda;
        wanted[abi.SETTING_NU] = given.nu;
        wanted[abi.SETTING_SPLIT] = given.split;
        wanted[abi.SETTING_GATE] = given.gate;
        wanted[abi.SETTING_LEAVES] = given.leaves;
        wanted[abi.SETTING_PROPORTIONAL] = given.proportional;
        assert.deepEqual(settingsIn(bytes), [...wanted], objective);
      }
    assert.deepEqual([gate, leaves, proportional, split], [0.25, 8, 0.1, 1.4]);
  });

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
      seed: [0, 2 ** 32 - 1],
      minSupport: [1, 2 ** 32 - 1],
      alpha: [1e-6, 1024],
      unobserved: [0.001, 1e6],
      lambda: [1e-6, 2 ** 20],
      nu: [0, 1],
      split: [0, 1024],
      gate: [0, 16],
      leaves: [1, 256],
      proportional: [0, 1],
      bias: [0, 1024],
      userDamping: [0, 2],
      itemDamping: [0, 2],
      popularityDamping: [0, 2],
      clusters: [0, 256],
    };
    const whole = ['dim', 'personas', 'sweeps', 'leaves', 'seed', 'minSupport', 'clusters'];
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
      (await trainModel(one, { ...small, gate: undefined, rho: undefined })).bytes,
      (await trainModel(one, small)).bytes,
    );
    for (const options of [null, 5, 'dim'])
      await failsWith(() => trainModel(one, any(options)), 'BAD_ARGUMENT', /options/);
    for (const extra of [{ name: 5 }, { signal: 5 }, { onProgress: 'x' }])
      await failsWith(() => trainModel(one, any({ ...small, ...extra })), 'BAD_ARGUMENT');
  });

  test('settings of version 0.1 that are gone, with what replaced them', async () => {
    const gone = {
      beta: 'gate',
      eta: 'gate',
      tau: 'gate',
      rho: 'gate',
      sharpness: 'leaves',
      joint: 'nothing',
    };
    for (const objective of /** @type {const} */ (['als', 'softmax', 'multinomial', 'gaussian', 'logistic']))
      for (const [name, instead] of Object.entries(gone))
        await failsWith(
          () => trainModel(one, any({ ...small, sweeps: undefined, objective, [name]: 0.1 })),
          'BAD_ARGUMENT',
          new RegExp(`^${name}: got 0.1, wanted ${instead}: it .*of version 0.1, which the gate replaced$`),
        );
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
    const items = Array.from({ length: 400000 }, (_, j) => `i${j}`);
    await failsWith(
      () =>
        trainModel(
          { users: ['a'], items, user: items.map(() => 0), item: items.map((_, j) => j) },
          { minSupport: 1, dim: 1024, personas: 64 },
        ),
      'OUT_OF_MEMORY',
      /4 GiB/,
    );
    // 2^20 users x 2^10 floats is 2^32 bytes: a product that is 0 in 32 bits.
    const users = Array.from({ length: 2 ** 20 }, (_, u) => `u${u}`),
      crowd = { users, items: ['x'], user: users.map((_, u) => u), item: users.map(() => 0) };
    for (const objective of /** @type {const} */ (['als', 'softmax', 'logistic']))
      await failsWith(
        () => trainModel(crowd, { objective, minSupport: 1, dim: 1024, personas: 64 }),
        'OUT_OF_MEMORY',
        /4 GiB/,
      );
  });
});
