// Owns the tests of stores that do not answer, answer late, or may not be used: a profile never waits for
// them for longer than was agreed. tests/browser/store-trouble.test.js does the same with a real IndexedDB.
// Must not test what a store does when it works.
import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';
import { indexedDbStore, keepProfile, memoryStore } from '../../../dist/store.js';
import { failsWith, failure, openSmallModel } from '../../support.js';

/** @type {import('../../../dist/rank.js').Model} */ let model;
/** @type {string[]} */ let ids;
const never = () => /** @type {Promise<any>} */ (new Promise(() => {}));
const timeout = 20_000;
/** A timer that is long enough to be told from one that never ends, and short for a test. */
const timeoutMs = 40;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});
afterEach(() => {
  delete (/** @type {any} */ (globalThis).indexedDB);
});

describe('a store that never answers', { timeout }, () => {
  test('to read: the profile is in memory and says why', async () => {
    /** @type {any[]} */ const told = [];
    const store = { ...memoryStore(), read: never };
    const kept = await keepProfile(model, store, { timeoutMs, onEvent: (event) => void told.push(event) });
    assert.deepEqual([kept.persisted, kept.profile.size], [false, 0]);
    assert.match(String(kept.reason), /no answer of the store in 40 ms/);
    kept.profile.add(ids[0]);
    assert.equal(kept.profile.recommend({ topK: 3 }).items.length, 3);
    for (const call of [kept.flush(), kept.sync(), kept.close()]) assert.equal(await call, false);
    assert.deepEqual(
      told.map(({ type, code }) => `${type} ${code}`),
      ['not-persisted NO_STORE'],
    );
  });

  test('to write or to erase: it is asked again, and works when it does', async () => {
    const real = memoryStore();
    const store = { ...real, write: never, erase: never };
    /** @type {string[]} */ const told = [];
    const onEvent = (/** @type {any} */ { type }) => void told.push(type);
    const kept = await keepProfile(model, store, { timeoutMs, everyMs: 1e6, onEvent });
    assert.ok(kept.persisted);
    kept.profile.add(ids[0]);
    assert.equal(await kept.flush(), false);
    await failsWith(() => kept.erase(), 'NO_STORE', /no answer/);
    kept.profile.add(ids[1]);
    Object.assign(store, real);
    assert.equal(await kept.flush(), true);
    assert.deepEqual([kept.persisted, kept.reason, told], [true, null, ['not-persisted', 'persisted']]);
    assert.equal((await keepProfile(model, real)).profile.size, 1);
  });

  test('a write that comes late is found by the next flush', async () => {
    const real = memoryStore();
    const store = {
      ...real,
      write: async (/** @type {Parameters<typeof real.write>} */ ...args) => {
        await new Promise((resolve) => setTimeout(resolve, 3 * timeoutMs));
        return real.write(...args);
      },
    };
    const kept = await keepProfile(model, store, { timeoutMs, everyMs: 1e6 });
    kept.profile.add(ids[0]);
    assert.equal(await kept.flush(), false);
    await new Promise((resolve) => setTimeout(resolve, 6 * timeoutMs));
    assert.equal(await kept.flush(), true, 'it is stored already');
    assert.equal((await keepProfile(model, real)).profile.size, 1);
  });

  test('a signal ends the opening at once', async () => {
    const reason = new Error('left the page');
    const abort = new AbortController();
    const opening = failure(() =>
      keepProfile(model, { ...memoryStore(), read: never }, { signal: abort.signal, timeoutMs: 1e9 }),
    );
    setTimeout(() => abort.abort(reason), 5);
    assert.equal(await opening, reason);
  });

  test('a store that answers without a promise is one', async () => {
    const slots = /** @type {any} */ ([undefined, undefined]);
    const store = /** @type {any} */ ({
      read: () => ({ slots: [...slots] }),
      write: (/** @type {any} */ _, /** @type {0 | 1} */ slot, /** @type {Uint8Array} */ bytes) => {
        slots[slot] = bytes;
        return true;
      },
      erase: () => void slots.fill(undefined),
    });
    const kept = await keepProfile(model, store);
    kept.profile.add(ids[0]);
    assert.equal(await kept.close(), true);
    assert.equal((await keepProfile(model, store)).profile.size, 1);
  });

  test('wrong times are refused', async () => {
    for (const bad of [-1, 1.5, NaN, '5', null])
      await failsWith(
        () => keepProfile(model, memoryStore(), { timeoutMs: /** @type {any} */ (bad) }),
        'BAD_ARGUMENT',
        /timeoutMs/,
      );
  });
});

describe('an IndexedDB', { timeout }, () => {
  /** @param {any} database @param {any} [options] */
  const keepIn = (database, options) => {
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, ...database });
    return keepProfile(model, indexedDbStore(), { timeoutMs, ...options });
  };

  test('whose open never answers', async () => {
    const kept = await keepIn({ value: { open: () => ({}) } });
    assert.match(String(kept.reason), /no answer/);
  });

  test('that throws, is missing, or may not be named: private windows and frames of no origin', async () => {
    const refused = () => {
      throw new DOMException('access is denied', 'SecurityError');
    };
    for (const database of [
      { value: { open: refused } },
      { get: refused },
      { value: undefined },
      { value: null },
    ]) {
      const kept = await keepIn(database);
      assert.equal(kept.persisted, false);
      assert.match(String(kept.reason), /^the profile cannot be kept/);
      kept.profile.add(ids[0]);
      assert.equal(await kept.flush(), false);
    }
  });

  test('of a later version is left as it is', async () => {
    const open = () => {
      const request = /** @type {any} */ ({
        error: new DOMException('less than the existing', 'VersionError'),
      });
      queueMicrotask(() => request.onerror());
      return request;
    };
    /** @type {any[]} */ const told = [];
    const onEvent = (/** @type {any} */ event) => void told.push(event.code);
    const kept = await keepIn({ value: { open } }, { onEvent });
    await Promise.resolve();
    assert.deepEqual(told, ['UNSUPPORTED_VERSION']);
    assert.match(String(kept.reason), /newer library/);
  });
});
