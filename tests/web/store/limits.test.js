// Owns the tests of a store at its limits: the highest generation, histories that are too long together,
// calls from where nothing may change. Must not test what a store does otherwise.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { keepProfile, memoryStore } from '../../../dist/store.js';
import { inspectSlot, sealSlot, slotOf } from '../../../web/store/container.js';
import { failsWith, openSmallModel } from '../../support.js';

/** @type {import('../../../web/model/model.js').Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

const highest = Number.MAX_SAFE_INTEGER;

describe('the highest generation', () => {
  /**
   * A store that somebody filled with containers of these generations, the newest with two events.
   * @param {number[]} generations
   */
  async function filled(generations) {
    /** @type {import('../../../web/store.js').Slots} */ const slots = [undefined, undefined];
    for (const generation of generations) {
      const events = generation === Math.max(...generations) ? ids.slice(0, 2) : ids.slice(0, 1);
      slots[slotOf(generation)] = await sealSlot(model.createProfile(events).save(), generation, undefined);
    }
    return memoryStore(slots);
  }

  for (const generations of [[highest], [highest, highest - 1], [highest, 2], [highest - 1], [highest - 2]])
    test(`${generations.join(' and ')}: what is stored from then on is found again`, async () => {
      const store = await filled(generations);
      let size = 2;
      for (let round = 0; round < 6; round++) {
        /** @type {unknown[]} */ const told = [];
        const kept = await keepProfile(model, store, { onEvent: (event) => void told.push(event) });
        assert.equal(kept.profile.size, size, `round ${round}`);
        for (let n = 0; n <= round % 2; n++) {
          kept.profile.add(ids[size++]);
          assert.ok(await kept.flush(), kept.reason ?? '');
        }
        kept.profile.remove(ids[--size]);
        assert.ok(await kept.close());
        assert.deepEqual(told, []);
        const { slots } = await store.read();
        const kinds = slots.map((slot, i) => inspectSlot(slot, /** @type {0 | 1} */ (i)).kind);
        assert.ok(!kinds.includes('broken'), kinds.join());
      }
    });

  test('a write that fails in the middle of counting anew loses nothing', async () => {
    for (let fails = 0; fails < 3; fails++) {
      const store = await filled([highest, highest - 1]);
      let left = fails;
      const failing = {
        ...store,
        write: (/** @type {Parameters<typeof store.write>} */ ...args) =>
          left-- > 0 ? store.write(...args) : Promise.reject(new Error('no place')),
      };
      const kept = await keepProfile(model, failing);
      kept.profile.add(ids[2]);
      const said = await kept.flush();
      const again = await keepProfile(model, store);
      assert.equal(again.profile.size, said ? 3 : 2);
      await again.close();
    }
  });
});

test('two histories that are too long together: the latest events are kept, and taken', async () => {
  const store = memoryStore();
  const many = (/** @type {string} */ who) => Array.from({ length: 40000 }, (_, i) => `${who}-${i}`);
  const tabs = [await keepProfile(model, store), await keepProfile(model, store)];
  for (const [i, tab] of tabs.entries())
    tab.profile.become(model.createProfile(many(String(i))).add(ids[i]).history, []);
  for (const tab of tabs) {
    tab.profile.add('one more').remove('one more');
    assert.ok(await tab.flush(), tab.reason ?? '');
  }
  const third = await keepProfile(model, store);
  assert.equal(third.profile.size, 65536);
  assert.equal(third.profile.history.at(-1)?.item, ids[1]);
  assert.equal(third.profile.recommend().items.length, 10);
  await Promise.all([...tabs, third].map((tab) => tab.close()));
});

test('erase inside a listener rejects with BUSY and erases nothing', async () => {
  const store = memoryStore();
  const kept = await keepProfile(model, store);
  kept.profile.add(ids[0]);
  await kept.flush();
  /** @type {Promise<void> | undefined} */ let erased;
  const stop = kept.profile.subscribe(() => {
    erased = kept.erase();
    erased.catch(() => {});
  });
  kept.profile.add(ids[1]);
  stop();
  await failsWith(() => erased, 'BUSY');
  await kept.close();
  assert.equal((await keepProfile(model, store)).profile.size, 2);
});
