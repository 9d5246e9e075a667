// Owns what every store must do, as cases that run in Node and in a page alike. Must not import anything:
// what differs is given.

/**
 * @typedef {object} Place one place that stores look at, as tabs look at one disk; empty at the start of a
 *   case
 * @property {() => import('../../web/store.js').ProfileStore} open a further store of the same place
 * @property {typeof import('../../web/store.js')} library
 * @property {import('../../web/model/model.js').Model} model
 * @property {import('../../web/model/model.js').Model} otherModel of the same catalogue, trained otherwise
 */
/** @typedef {(place: Place) => Promise<void>} Case */

/**
 * @param {unknown} value
 * @param {string} message
 */
function check(value, message) {
  if (!value) throw new Error(message);
}

/**
 * @param {unknown} got
 * @param {unknown} wanted
 * @param {string} what
 */
function same(got, wanted, what) {
  const a = JSON.stringify(got);
  const b = JSON.stringify(wanted);
  if (a !== b) throw new Error(`${what}: got ${a?.slice(0, 300)}, wanted ${b?.slice(0, 300)}`);
}

/**
 * A keeper that writes down its events.
 * @param {Place} place
 * @param {import('../../web/store.js').KeepOptions} [options]
 */
async function keeping({ library, model, open }, options = {}) {
  /** @type {import('../../web/store.js').KeepEvent[]} */
  const events = [];
  const kept = await library.keepProfile(model, open(), {
    everyMs: 600_000,
    everyChanges: 1_000_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  await undefined;
  return { kept, events, profile: kept.profile, items: () => kept.profile.history.map(({ item }) => item) };
}

/**
 * Put bytes into a slot as they are.
 * @param {import('../../web/store.js').ProfileStore} store
 * @param {0 | 1} slot
 * @param {(old: Uint8Array) => Uint8Array<ArrayBuffer>} change
 */
async function overwrite(store, slot, change) {
  const seen = await store.read();
  check(
    await store.write(seen, slot, change(seen.slots[slot] ?? new Uint8Array())),
    'the slot could not be overwritten',
  );
}

/**
 * @param {Uint8Array | undefined} bytes
 * @param {string} text
 */
const holds = (bytes, text) => bytes !== undefined && new TextDecoder('latin1').decode(bytes).includes(text);
const slotsOf = async (/** @type {Place} */ { open }) =>
  (await open().read()).slots.map((slot) => slot && Array.from(slot));
const scoresOf = (/** @type {import('../../web/model/profile.js').Profile} */ profile) =>
  profile.recommend({ topK: 20 }).items.map(({ item, score }) => [item, score]);

/** @type {Record<string, Case>} */
export const cases = {
  'a place that was never used gives an empty profile, without a word': async (place) => {
    same((await place.open().read()).slots, [undefined, undefined], 'slots');
    const { kept, events, profile } = await keeping(place);
    same([profile.size, kept.persisted, kept.reason, events.length], [0, true, null, 0], 'state');
    check(await kept.flush(), 'an empty profile is stored');
    same(
      await slotsOf(place),
      [null, null].map(() => undefined),
      'nothing was written',
    );
    await kept.close();
  },

  'write compares: with slots that changed meanwhile it changes nothing and says so': async (place) => {
    const one = place.open();
    const other = place.open();
    const before = await one.read();
    const bytes = Uint8Array.of(1, 2, 3);
    check((await one.write(before, 0, bytes)) === true, 'first write');
    check((await other.write(before, 1, bytes)) === false, 'stale write was taken');
    check((await other.write(before, 0, bytes)) === false, 'stale write was taken');
    same(await slotsOf(place), [[1, 2, 3], undefined], 'slots');
    check((await other.write(await other.read(), 1, Uint8Array.of(9))) === true, 'fresh write');
    same(await slotsOf(place), [[1, 2, 3], [9]], 'slots');
    bytes[0] = 7;
    same(await slotsOf(place), [[1, 2, 3], [9]], "the caller's bytes are not kept");
  },

  'what was added is there again, with the same ranking, and slots take turns': async (place) => {
    const { kept, profile } = await keeping(place);
    const ids = place.model.ids();
    profile.add({ item: ids[3], weight: 2, at: 1_700_000_000 });
    check(await kept.flush(), 'flush');
    const [first, none] = await slotsOf(place);
    check(first && !none, 'the first write goes to slot 0');
    for (const item of ids.slice(10, 18)) profile.add(item);
    profile.add('no item of the model \u{1f3ac}');
    check(await kept.flush(), 'flush');
    same((await slotsOf(place))[0], first, 'the second write leaves slot 0');
    const again = await keeping(place);
    same(again.profile.history, profile.history, 'history');
    same(scoresOf(again.profile), scoresOf(profile), 'scores');
    same(again.events, [], 'events');
    await Promise.all([kept.close(), again.kept.close()]);
  },

  'flushing what is stored writes nothing': async (place) => {
    const { kept, profile } = await keeping(place);
    profile.add('a');
    await kept.flush();
    const before = await slotsOf(place);
    check((await kept.flush()) && (await kept.sync()) && (await kept.close()), 'flush');
    same(await slotsOf(place), before, 'slots');
  },

  'two tabs lose nothing, and come to one history': async (place) => {
    const [one, two] = [await keeping(place), await keeping(place)];
    (one.profile.add('both'), await one.kept.flush(), await two.kept.sync());
    same(two.items(), ['both'], 'second tab');
    (one.profile.add('one'), two.profile.add('two'), two.profile.remove('both'));
    await Promise.all([one.kept.flush(), two.kept.flush()]);
    (await one.kept.sync(), await two.kept.sync());
    same(one.items().toSorted(), ['one', 'two'], 'first tab');
    same(one.profile.history, two.profile.history, 'histories');
    same((await keeping(place)).profile.history, one.profile.history, 'stored');
    await Promise.all([one.kept.close(), two.kept.close()]);
  },

  'four tabs that store every event at the same time lose none': async (place) => {
    const tabs = await Promise.all([0, 1, 2, 3].map(() => keeping(place)));
    await Promise.all(
      tabs.map(async ({ kept, profile }, tab) => {
        for (let n = 0; n < 25; n++) {
          profile.add(`${tab}.${n}`);
          check(await kept.flush(), kept.reason ?? 'flush');
        }
      }),
    );
    for (const { kept } of tabs) await kept.sync();
    for (const { profile } of tabs)
      same([profile.size, profile.history], [100, tabs[0].profile.history], 'a tab');
    same((await keeping(place)).profile.size, 100, 'stored');
    await Promise.all(tabs.map(({ kept }) => kept.close()));
  },

  'a damaged slot is passed over for the other one': async (place) => {
    const { kept, profile } = await keeping(place);
    const store = place.open();
    (profile.add('old'), await kept.flush(), profile.add('new'), await kept.close());
    /** @type {((old: Uint8Array) => Uint8Array<ArrayBuffer>)[]} */
    const damages = [
      (old) => new Uint8Array(old.subarray(0, old.length >> 1)),
      (old) => new Uint8Array(old.map((byte, i) => (i === 60 ? byte ^ 1 : byte))),
      () => new TextEncoder().encode('<!doctype html>'),
      (old) => new Uint8Array(old.length),
      (old) => Uint8Array.of(...old, 0),
    ];
    for (const damage of damages) {
      const whole = (await store.read()).slots[1] ?? new Uint8Array();
      await overwrite(store, 1, damage);
      const { kept: reader, items, events } = await keeping(place);
      same([items(), events, reader.persisted], [['old'], [], true], 'what is left');
      await reader.close();
      await overwrite(store, 1, () => new Uint8Array(whole));
    }
    await overwrite(store, 1, damages[0]);
    const after = await keeping(place);
    after.profile.add('next');
    check(await after.kept.close(), 'saving goes on');
    same((await keeping(place)).items(), ['old', 'next'], 'after the damage');
  },

  'two damaged slots: an event gives the reason, ranking and saving go on': async (place) => {
    const { kept, profile } = await keeping(place);
    const store = place.open();
    (profile.add('one'), await kept.flush(), profile.add('two'), await kept.close());
    for (const slot of /** @type {const} */ ([0, 1]))
      await overwrite(
        store,
        slot,
        (old) => new Uint8Array(old.map((byte, i) => (i === 70 ? byte ^ 4 : byte))),
      );
    const after = await keeping(place);
    same(
      after.events.map(({ type, code }) => [type, code]),
      [['profile-reset', 'BAD_PROFILE']],
      'events',
    );
    check(/checksum/.test(after.events[0].reason), 'the reason names the checksum');
    same([after.profile.size, after.kept.persisted], [0, true], 'state');
    check(after.profile.recommend({ topK: 3 }).items.length === 3, 'ranking');
    after.profile.add('three');
    check(await after.kept.close(), 'flush');
    const next = await keeping(place);
    same([next.items(), next.events], [['three'], []], 'next session');
    for (const slot of (await store.read()).slots) check(slot && slot[8] === 1, 'no damaged slot is left');
  },

  'a profile of a newer library is left as it is': async (place) => {
    const { kept, profile } = await keeping(place);
    const store = place.open();
    (profile.add('old'), await kept.close());
    const newer = Uint8Array.from(newerSlot);
    await overwrite(store, 1, () => newer);
    const before = await slotsOf(place);
    const { kept: reader, items, events, profile: readOnly } = await keeping(place);
    same(
      [items(), reader.persisted, events.map(({ type, code }) => [type, code])],
      [['old'], false, [['not-persisted', 'UNSUPPORTED_VERSION']]],
      'state',
    );
    readOnly.add('lost');
    check(!(await reader.flush()) && !(await reader.close()), 'flush says that it is not stored');
    check(/newer/.test(reader.reason ?? ''), 'the reason says newer');
    check(events.length === 1, 'one event');
    same(await slotsOf(place), before, 'slots');
  },

  'what was removed is in no slot after the flush': async (place) => {
    const { kept, profile } = await keeping(place);
    for (const item of ['keep-1', 'canary-7', 'keep-2']) (profile.add(item), await kept.flush());
    profile.remove('canary-7');
    check(await kept.flush(), 'flush');
    const { slots } = await place.open().read();
    check(slots[0] && slots[1], 'both slots were written');
    for (const slot of slots) check(!holds(slot, 'canary-7'), 'the removed item is still there');
    same((await keeping(place)).items(), ['keep-1', 'keep-2'], 'stored');
    await kept.close();
  },

  'erase leaves nothing, here and for other tabs, and a later change is kept again': async (place) => {
    const one = await keeping(place);
    const two = await keeping(place);
    (one.profile.add('first'), await one.kept.flush(), await two.kept.sync());
    (two.profile.add('mine'), one.profile.add('unsaved'));
    await one.kept.erase();
    same([one.profile.size, (await place.open().read()).slots], [0, [undefined, undefined]], 'erased');
    check(await one.kept.flush(), 'flush');
    same((await place.open().read()).slots, [undefined, undefined], 'a flush after it');
    check(await two.kept.flush(), 'the other tab');
    same((await keeping(place)).items(), ['mine'], 'only what the other tab had not stored');
    one.profile.add('new');
    check(await one.kept.close(), 'close');
    same((await keeping(place)).items(), ['mine', 'new'], 'after it');
    (await one.kept.erase(), await two.kept.close());
  },

  'another model rebuilds the profile from its events': async (place) => {
    const { kept, profile } = await keeping(place);
    const ids = place.model.ids();
    for (const item of ids.slice(0, 12)) profile.add(item);
    await kept.close();
    const { profile: rebuilt, events } = await keeping({ ...place, model: place.otherModel });
    same([rebuilt.history, events], [profile.history, []], 'history');
    same(scoresOf(rebuilt), scoresOf(place.otherModel.createProfile(profile.history)), 'scores');
    check(JSON.stringify(scoresOf(rebuilt)) !== JSON.stringify(scoresOf(profile)), 'the models differ');
  },

  'a key of the caller encrypts, also what was in the clear, and another key changes nothing': async (
    place,
  ) => {
    if (place.open().keepsKey) return;
    const clear = await keeping(place);
    const key = await place.library.createKey();
    for (const item of ['canary-1', 'canary-2']) (clear.profile.add(item), await clear.kept.flush());
    await clear.kept.close();
    const { kept, items } = await keeping(place, { key });
    same(items(), ['canary-1', 'canary-2'], 'restored');
    for (const slot of (await place.open().read()).slots)
      check(slot && !holds(slot, 'canary'), 'a slot is in the clear');
    (kept.profile.add('canary-3'), await kept.close());
    const before = await slotsOf(place);
    for (const wrong of [await place.library.createKey(), undefined]) {
      const refused = await keeping(place, wrong ? { key: wrong } : {}).then(
        () => undefined,
        (error) => error,
      );
      same(refused?.code, 'BAD_KEY', 'wrong key');
      check(/key/.test(refused.message), 'message');
    }
    same(await slotsOf(place), before, 'slots');
    const again = await keeping(place, { key });
    same(again.items(), ['canary-1', 'canary-2', 'canary-3'], 'right key');
    await again.kept.close();
  },

  'a store that keeps a key encrypts, and its key goes with erase': async (place) => {
    const store = place.open();
    if (!store.keepsKey) return;
    const { kept, profile } = await keeping(place);
    (profile.add('canary-1'), await kept.flush());
    const { slots, key } = await store.read();
    check(slots[0] && !holds(slots[0], 'canary') && key && !key.extractable, 'encrypted');
    const copy = new Uint8Array(slots[0] ?? []);
    await kept.erase();
    check(await store.write(await store.read(), 0, copy), 'bytes that somebody saved come back');
    const refused = await keeping(place).then(
      () => undefined,
      (error) => error,
    );
    same(refused?.code, 'BAD_KEY', 'without their key');
    await store.erase();
  },

  'five thousand events are kept, in their order': async (place) => {
    const { kept, profile } = await keeping(place);
    for (let n = 0; n < 5000; n++)
      profile.add({ item: `item ${n}`, weight: 1 + (n % 7), at: n % 2 ? null : 1_700_000_000 + n });
    check(await kept.close(), kept.reason ?? 'close');
    same((await keeping(place)).profile.history, profile.history, 'history');
  },

  'export gives everything in the clear': async (place) => {
    const { kept, profile } = await keeping(place);
    profile.add({ item: 'a', weight: 3, at: 5 }).add('b');
    same(place.model.restoreProfile(kept.export()).history, profile.history, 'bytes');
    same(place.model.createProfile(JSON.parse(kept.exportText()).history).history, profile.history, 'text');
    await kept.close();
  },
};

/** A container of version 2 with a right checksum and nothing in it. */
const newerSlot = [
  0x89,
  0x41,
  0x4d,
  0x53,
  13,
  10,
  26,
  10,
  2,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  /* CRC32C */ 0xed,
  0x7c,
  0x76,
  0xea,
  ...new Array(16).fill(0),
];
