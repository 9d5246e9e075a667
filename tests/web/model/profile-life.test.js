// Owns the tests of the life of profiles and models: what is disposed, what was given out, what memory takes.
// Must not test what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { failsWith, golden, historyOf, openSmallModel, people } from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @type {Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

describe('life', () => {
  test('a disposed profile says so, and takes nothing along', async () => {
    const me = model.createProfile(historyOf(0));
    const other = model.createProfile(historyOf(1));
    const first = golden(other.recommend());
    me.recommend();
    me.dispose();
    me.dispose();
    me[Symbol.dispose]?.();
    for (const run of [
      () => me.add('a'),
      () => me.remove(ids[0]),
      () => me.remove('never'),
      () => me.clear(),
      () => me.rank([ids[0]]),
      () => me.recommend(),
      () => me.explain(ids[0]),
      () => me.personas(),
      () => me.tasteDistance([ids[0]]),
      () => me.save(),
      () => me.personalized,
      () => me.unknown,
    ])
      await failsWith(run, 'DISPOSED');
    assert.deepEqual(golden(other.recommend()), first);
  });

  test('a disposed model says so, and so do its profiles', async () => {
    const own = await openSmallModel();
    const me = own.createProfile(historyOf(0));
    const saved = me.save();
    const { info } = own;
    const { size } = me;
    const fresh = own.createProfile([]);
    me.recommend();
    own.dispose();
    own.dispose();
    own[Symbol.dispose]();
    for (const run of [
      () => own.has(ids[0]),
      () => own.has('never'),
      () => own.title(ids[0]),
      () => own.aspects(ids[0]),
      () => own.ids(),
      () => own.similar(ids[0]),
      () => own.createProfile(),
      () => own.restoreProfile(saved),
      () => own.diagnostics(),
      () => me.add(ids[0]),
      () => me.remove(people[0].history[0].item),
      () => me.clear(),
      () => me.rank([ids[0]]),
      () => me.recommend(),
      () => me.explain(ids[0]),
      () => me.personas(),
      () => me.tasteDistance([]),
      () => me.save(),
      () => me.unknown,
      () => fresh.recommend(),
    ])
      await failsWith(run, 'DISPOSED');
    assert.equal(own.info, info);
    assert.equal(me.size, size);
    me.dispose();
    me.dispose();
  });

  test('what was given out is not changed by later calls', () => {
    const me = model.createProfile(historyOf(0));
    const explained = me.recommend({ topK: 5, explain: true });
    const copy = structuredClone(explained);
    assert.ok(
      explained.items.every(
        (entry) =>
          entry.attention instanceof Float32Array &&
          entry.attention.buffer.byteLength === entry.attention.byteLength,
      ),
    );
    const saved = me.save(),
      savedCopy = saved.slice();
    for (let n = 1; n < 30; n++) model.createProfile(historyOf(n)).recommend({ topK: 20, explain: true });
    me.clear();
    assert.deepEqual(explained, copy);
    assert.deepEqual(saved, savedCopy);
  });

  test('memory stays flat over 2,000 profiles and 10,000 rankings', () => {
    const cycle = (/** @type {number} */ n) => {
      const me = model.createProfile(historyOf(n % people.length));
      me.rank(ids.slice(n % 100, (n % 100) + 20), { topK: 3 });
      me.dispose();
    };
    for (let n = 0; n < 300; n++) cycle(n);
    const { memoryBytes } = model.diagnostics();
    for (let n = 0; n < 2000; n++) cycle(n);
    assert.equal(model.diagnostics().memoryBytes, memoryBytes);
    const me = model.createProfile(historyOf(0)),
      list = ids.slice(0, 30);
    const first = golden(me.rank(list, { topK: 2 })),
      { memoryBytes: before } = model.diagnostics();
    for (let n = 0; n < 10000; n++) me.rank(list, { topK: 2 });
    assert.deepEqual(golden(me.rank(list, { topK: 2 })), first);
    assert.equal(model.diagnostics().memoryBytes, before);
    // Changing a profile gives its old state back.
    for (let n = 0; n < 500; n++) me.add(ids[n % 40]).rank(list, { topK: 1 });
    assert.ok(model.diagnostics().memoryBytes <= before + 65536);
    me.dispose();
  });
});

test('profiles that nobody disposes give their memory back when they are collected', () => {
  const script = `
    import { loadModel } from ${JSON.stringify(new URL('../../../dist/ampcf.js', import.meta.url).href)};
    import { trainModel } from ${JSON.stringify(new URL('../../../dist/train.js', import.meta.url).href)};
    const items = Array.from({ length: 50 }, (_, i) => 'i' + i), user = [], item = [];
    for (let u = 0; u < 20; u++) for (let n = 0; n < 10; n++) user.push(u), item.push((u * 3 + n) % 50);
    const users = Array.from({ length: 20 }, (_, u) => 'u' + u);
    const { bytes } = await trainModel({ users, items, user, item }, { sweeps: 1, minSupport: 1 });
    const model = await loadModel(bytes);
    const rounds = [];
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 100; i++) model.createProfile(items).rank(items, { topK: 1 });
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
      rounds.push(model.diagnostics().memoryBytes);
    }
    console.log(JSON.stringify(rounds));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  const rounds = JSON.parse(stdout || `"${stderr}"`);
  // One round of 100 profiles is several MB; twenty rounds must not need more than a few of them.
  assert.ok(rounds.at(-1) <= 3 * rounds[0], `memory after each round: ${rounds}`);
});
