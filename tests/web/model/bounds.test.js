// Owns the tests that a profile takes what a profile gave, however heavy or long its history is, and that
// what nobody gave is refused before it costs anything. Must not test what a ranking says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { keepProfile, memoryStore } from '../../../dist/store.js';
import {
  AMPCF_MAX_DIM,
  AMPCF_MAX_HISTORY,
  AMPCF_MAX_SUMMARIES,
  AMPCF_SUMMARY_HEAD,
} from '../../../web/core/abi.js';
import { below, crc32c, failsWith, failure, golden, openSmallModel, root, seeded } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @typedef {import('../../../web/model/profile.js').Profile} Profile */
/** @type {Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

/**
 * A saved profile with a right checksum around any payload.
 * @param {Model} of
 * @param {string} payload
 */
function forged(of, payload) {
  const text = new TextEncoder().encode(payload);
  const bytes = new Uint8Array(36 + text.length);
  const view = new DataView(bytes.buffer);
  bytes.set(of.createProfile().save().subarray(0, 36));
  view.setUint32(12, text.length, true);
  view.setUint32(16, 0, true);
  bytes.set(text, 36);
  view.setUint32(16, crc32c(bytes), true);
  return bytes;
}

/**
 * @param {Model} of
 * @param {unknown[]} memories
 * @param {unknown[]} [events]
 */
const withMemories = (of, memories, events = []) => forged(of, JSON.stringify({ events, memories }));

/**
 * A summary in the middle of what one may hold.
 * @param {Model} of
 */
const plainRow = (of) => Array(AMPCF_SUMMARY_HEAD + of.info.dim).fill(0.5);

/** @param {Profile} me */
const shown = (me) => JSON.stringify([me.history, golden(me.recommend({ topK: 50 })), me.personas()]);

/**
 * What a profile saved is taken, by the model and by a store, and ranks the same.
 * @param {Model} of
 * @param {Profile} me
 */
async function assertTaken(of, me) {
  const back = of.restoreProfile(me.save());
  assert.equal(shown(back), shown(me));
  assert.deepEqual(back.summaries, me.summaries);
  assert.deepEqual(back.save(), me.save());
  const store = memoryStore();
  const first = await keepProfile(of, store);
  first.profile.become(me.history, me.summaries);
  first.profile.add(ids[0]).remove(ids[0]);
  assert.ok(await first.flush());
  /** @type {unknown[]} */ const told = [];
  const second = await keepProfile(of, store, { onEvent: (event) => void told.push(event) });
  assert.equal(shown(second.profile), shown(first.profile));
  assert.deepEqual(told, []);
  await Promise.all([first.close(), second.close()]);
  back.dispose();
}

/**
 * One change of any kind, mostly of the heaviest events.
 * @param {Profile} me
 * @param {() => number} random
 */
function changeAnyhow(me, random) {
  const item = ids[below(random, ids.length)];
  const weight = random() < 0.7 ? 1024 : 10 ** (5 * random() - 2);
  switch (below(random, 12)) {
    case 0:
      return me.forget({ keep: below(random, 6) });
    case 1:
      return me.dislike(item, { weight });
    case 2:
      return me.rate(item, 1 + 4 * random());
    case 3:
      return me.skip(item);
    case 4:
      return me.remove(item);
    case 5:
      return me.undo();
    default:
      return me.add({ item, weight, preference: random() < 0.8 ? 1 : 2 * random() - 1 });
  }
}

describe('whatever was produced is taken, and ranks the same', () => {
  test('random lives of heavy events, with and without a ring, over models of several kinds', async () => {
    const random = seeded(91);
    for (const options of [{}, { gate: 0 }, { neighbours: 8 }, { personas: 1 }])
      for (const ring of [undefined, 6]) {
        const of = await openSmallModel(any(options));
        for (let life = 0; life < 4; life++) {
          const me = of.createProfile([], ring ? { ring } : {});
          for (let n = 0; n < 120; n++) changeAnyhow(me, random);
          await assertTaken(of, me);
          me.dispose();
        }
      }
  });

  test('forgotten events of more than 2^20 in weight are there again after a flush', async () => {
    const me = model.createProfile();
    for (let n = 0; n < 40; n++) {
      for (const item of ids.slice(0, 30)) me.add({ item, weight: 1024 });
      me.forget();
    }
    assert.ok(Math.max(...me.summaries.map(([weight]) => weight)) > 2 ** 20);
    await assertTaken(model, me);
  });

  test('at the edge of every bound, forgetting goes on', async () => {
    const random = seeded(92);
    const high = [2 ** 46, 2 ** 46, 2 ** 20, 2 ** 20, 2 ** 20];
    for (let round = 0; round < 20; round++) {
      const rows = Array.from({ length: 1 + below(random, 3) }, () =>
        plainRow(model).map((_, d) => (d < 5 ? high[d] : 4 * random() - 2)),
      );
      const me = model.restoreProfile(withMemories(model, rows), { ring: 5 });
      for (let n = 0; n < 60; n++) changeAnyhow(me, random);
      assert.ok(me.recommend().items.every(({ score }) => Number.isFinite(score)));
      await assertTaken(model, me);
    }
  });
});

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

describe('what nobody produced is refused before it costs anything', () => {
  test('a memory that only says how long it is', async () => {
    for (const length of [5e8, 2 ** 32 - 1, 2 ** 53, AMPCF_SUMMARY_HEAD + model.info.dim]) {
      const began = performance.now();
      await failsWith(
        () => model.restoreProfile(withMemories(model, [{ length }])),
        'BAD_PROFILE',
        /saved profile refused/,
      );
      assert.ok(performance.now() - began < 500);
    }
    for (const row of [null, 5, 'text', plainRow(model).slice(1), [...plainRow(model), 0], {}])
      await failsWith(() => model.restoreProfile(withMemories(model, [row])), 'BAD_PROFILE');
  });

  test('more memories than rank', async () => {
    const rows = (/** @type {number} */ n) => Array(n).fill(plainRow(model));
    const most = model.restoreProfile(withMemories(model, rows(AMPCF_MAX_SUMMARIES)));
    assert.equal(most.recommend().items.length, 10);
    for (const n of [AMPCF_MAX_SUMMARIES + 1, 5000])
      await failsWith(
        () => model.restoreProfile(withMemories(model, rows(n))),
        'BAD_PROFILE',
        /saved profile refused/,
      );
  });

  test('more values than a profile has, before they are made', async () => {
    const most = 2 ** 20;
    const payload = (/** @type {string} */ events) => `{"events":[${events}],"memories":[]}`;
    // Brackets and commas, those around the events among them.
    const around = 4;
    for (const [value, marks] of /** @type {const} */ ([
      ['[],', 2],
      ['{},', 2],
      ['1,', 1],
      ['"",', 1],
      ['"\\\\",', 1],
      ['[', 1],
    ]))
      for (const [left, message] of /** @type {const} */ ([
        [0, /2\^20 values/],
        [2, /^(?!.*2\^20)/],
      ]))
        await failsWith(
          () => model.restoreProfile(forged(model, payload(value.repeat((most - around - left) / marks)))),
          'BAD_PROFILE',
          message,
        );
    const largest = 5 * AMPCF_MAX_HISTORY + AMPCF_MAX_SUMMARIES * (AMPCF_SUMMARY_HEAD + AMPCF_MAX_DIM + 1);
    assert.ok(largest < 0.6 * most);
  });

  test('what an id is made of is no value', () => {
    const item = '[{,"\\'.repeat(100);
    const me = model.createProfile(Array.from({ length: 7000 }, (_, i) => `${item}${i}`));
    assert.equal(model.restoreProfile(me.save()).size, 7000);
  });

  test('values beyond the bounds', async () => {
    const bad = [
      [0, 2 ** 46 * 1.001],
      [0, -1],
      [1, 2 ** 46 * 1.001],
      [2, 2 ** 20 * 1.001],
      [3, 0],
      [3, 2 ** 20 * 1.001],
      [4, 2 ** 20 * 1.001],
      [5, -(2 ** 20) * 1.001],
      [6, 1e60],
    ];
    for (const [d, value] of bad) {
      const row = plainRow(model);
      row[d] = value;
      await failsWith(() => model.restoreProfile(withMemories(model, [row])), 'BAD_PROFILE');
    }
  });

  test('memory that ends while a profile is restored is not taken for damage', async () => {
    const saved = withMemories(model, [plainRow(model)]);
    const { memory } = any(model.kernel);
    const allocate = memory.allocate.bind(memory);
    let left = 1; // the checksum needs one
    memory.allocate = (/** @type {number} */ bytes) => (left-- > 0 ? allocate(bytes) : allocate(2 ** 33));
    const error = await failure(() => model.restoreProfile(saved));
    delete memory.allocate;
    assert.equal(error.code, 'OUT_OF_MEMORY');
  });
});

describe('the longest history', () => {
  const many = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => `seen-${i}`);

  test('is said when it is full, and can be changed on', async () => {
    const me = model.createProfile([...many(AMPCF_MAX_HISTORY - 1), ids[3]]);
    const before = golden(me.recommend());
    await failsWith(() => me.add('one more'), 'LIMIT', /65537.*at most 65536/);
    await failsWith(() => me.add(ids[4]), 'LIMIT');
    assert.equal(me.size, AMPCF_MAX_HISTORY);
    assert.deepEqual(golden(me.recommend()), before);
    me.add({ item: ids[3], weight: 2 }); // no new one
    me.remove('seen-0');
    me.add(ids[4]);
    assert.equal(me.size, AMPCF_MAX_HISTORY);
    await failsWith(() => model.createProfile(many(AMPCF_MAX_HISTORY + 1)), 'LIMIT');
  });

  test('of a longer one that was saved, the latest events count', () => {
    const events = [...many(AMPCF_MAX_HISTORY), ids[5]].map((id) => [id, 1, null, 1]);
    const me = model.restoreProfile(withMemories(model, [], events));
    assert.equal(me.size, AMPCF_MAX_HISTORY);
    assert.equal(me.history.at(-1)?.item, ids[5]);
    assert.deepEqual(golden(me.recommend()), golden(model.createProfile([ids[5]]).recommend()));
  });

  test('a full one that is restored into a ring forgets when it goes on', () => {
    const saved = model.createProfile(many(AMPCF_MAX_HISTORY)).save();
    const me = model.restoreProfile(saved, { ring: 100 });
    me.add(ids[8]);
    assert.equal(me.size, 101);
    assert.equal(me.history.at(-1)?.item, ids[8]);
  });

  test('a ring forgets before it is full, or is refused', async () => {
    for (const ring of [52429, 65536, 2 ** 40])
      await failsWith(() => model.createProfile([], { ring }), 'BAD_ARGUMENT', /ring.*52428/);
    const me = model.createProfile(many(65535), { ring: 52428 });
    assert.equal(me.size, 65535);
    me.add(ids[7]);
    assert.equal(me.size, 52428);
    assert.equal(me.history.at(-1)?.item, ids[7]);
    assert.equal(me.recommend().items.length, 10);
  });
});

describe('undo', () => {
  test('a hundred removals are taken back in order, at any places', () => {
    const random = seeded(93);
    const me = model.createProfile(ids.slice(0, 150).map((item, i) => ({ item, at: i, weight: 1 + i })));
    /** @type {string[]} */ const states = [];
    for (let n = 0; n < 100; n++) {
      states.push(shown(me));
      const { item } = me.history[below(random, me.size)];
      if (n % 10 === 9) me.add({ item, weight: 3 });
      else me.remove(item);
    }
    for (const state of states.reverse()) {
      assert.ok(me.undo());
      assert.equal(shown(me), state);
    }
  });

  test('a hundred removals of 50,000 events hold little memory', () => {
    const script = `
      import { loadModel } from ${JSON.stringify(`${root.href}dist/ampcf.js`)};
      import { trainModel } from ${JSON.stringify(`${root.href}dist/train.js`)};
      const { bytes } = await trainModel({ users: ['a'], items: ['x', 'y'], user: [0, 0], item: [0, 1] },
        { dim: 2, sweeps: 1, minSupport: 1 });
      const model = await loadModel(bytes);
      const me = model.createProfile(Array.from({ length: 50000 }, (_, i) => 'seen-' + i));
      gc();
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < 100; n++) me.remove('seen-' + n * 400);
      gc();
      console.log(process.memoryUsage().heapUsed - before, me.size);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    );
    const [held, size] = stdout.split(' ').map(Number);
    assert.equal(size, 49900, stderr);
    assert.ok(held < 8e6, `${held} bytes`);
  });
});
