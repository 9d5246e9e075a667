// Owns the tests of options that entries of their own answer. Must not test what such an entry does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { failsWith, failure, historyOf, smallModel } from '../../support.js';

const bytes = await smallModel();

test('a plugin answers rankings that have its option, and nothing else', async () => {
  const asked = /** @type {string[]} */ ([]);
  const plugin = (/** @type {string} */ option) => ({
    option,
    open: async () => ({
      rank: (/** @type {any} */ me, /** @type {any} */ ids, /** @type {any} */ options) => {
        asked.push(`rank ${option}`);
        return me.rank(ids, { ...options, [option]: undefined });
      },
      recommend: (/** @type {any} */ me, /** @type {any} */ options) => {
        asked.push(`recommend ${option}`);
        return me.recommend({ ...options, [option]: undefined });
      },
    }),
  });
  const model = await loadModel(bytes, { plugins: [plugin('explore'), plugin('now')] });
  const me = model.createProfile(historyOf(0));
  const plain = me.recommend({ topK: 5 });
  assert.deepEqual(asked, []);
  assert.deepEqual(me.recommend({ topK: 5, explore: 1, now: [], calibrate: undefined }), plain);
  assert.deepEqual(asked, ['recommend now', 'recommend explore']);
  assert.deepEqual(me.rank(model.ids(), { now: [1] }), me.rank(model.ids()));
  assert.deepEqual(asked.slice(2), ['rank now']);
});

test('what is no plugin is named', async () => {
  for (const [plugins, got] of [
    [['now'], 'now'],
    [[{}], 'Object'],
    [[null], 'null'],
    [[() => {}], 'Function'],
  ])
    await failsWith(
      () => loadModel(bytes, /** @type {any} */ ({ plugins })),
      'BAD_ARGUMENT',
      new RegExp(`^plugins: got ${got}, wanted a plugin`),
    );
});

test('without it the option is refused, and says what brings it', async () => {
  const me = (await loadModel(bytes)).createProfile(historyOf(0));
  for (const call of [() => me.recommend({ now: [] }), () => me.rank([], { now: [] })]) {
    const error = await failure(call);
    assert.equal(error.code, 'NEEDS_PLUGIN');
    assert.match(
      error.message,
      /^now: got a model without, wanted loadModel\(source, \{ plugins: \[now\] \}\)/,
    );
  }
  for (const plugins of ['now', 3, [{}], [undefined], [{ option: 'now', open: 1 }]])
    assert.equal(
      (await failure(() => loadModel(bytes, { plugins: /** @type {any} */ (plugins) }))).code,
      'BAD_ARGUMENT',
    );
});
