// Owns the tests of keeping a profile in Node: every store against one list of cases, and stores that fail.
// Must not test the container or the merge, which have files of their own.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { transformSync } from 'esbuild';
import { setTimeout as later } from 'node:timers/promises';
import { AmpcfError } from '../../../dist/ampcf.js';
import { fileStore } from '../../../dist/node-store.js';
import * as library from '../../../dist/store.js';
import { cases } from '../../browser/store-conformance.js';
import { signedName } from '../../../web/node/process-name.js';
import { failure, golden, openSmallModel, root, smallModel } from '../../support.js';

/** @import { KeepEvent, KeepOptions, ProfileStore } from '../../../web/store.js' */

const { keepProfile, memoryStore } = library;
const folder = mkdtempSync(join(tmpdir(), 'ampcf-store-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;
const freshFolder = () => join(folder, `p${made++}`);

/** @type {import('../../../web/model/model.js').Model} */
let model;
/** @type {import('../../../web/model/model.js').Model} */
let otherModel;
before(async () => {
  model = await openSmallModel();
  otherModel = await openSmallModel({ dim: 5 });
});

describe('every store does what stores must do', () => {
  /** @type {Record<string, () => () => ProfileStore>} */
  const places = {
    memory: () => {
      const store = memoryStore();
      return () => store;
    },
    files: () => {
      const path = freshFolder();
      return () => fileStore(path);
    },
    'the one of STORE.md': () => {
      const typed = /```ts\n[^`]*?(\/\*\* For the session[^]*?)```/.exec(
        readFileSync(new URL('web/store/STORE.md', root), 'utf8'),
      )?.[1];
      const { code } = transformSync(String(typed), { loader: 'ts' });
      /** @type {Map<string, string>} */
      const items = new Map();
      const sessionStorage = {
        getItem: (/** @type {string} */ key) => items.get(key) ?? null,
        setItem: items.set.bind(items),
        removeItem: items.delete.bind(items),
      };
      return () => new Function('sessionStorage', `${code} return sessionStore('me');`)(sessionStorage);
    },
  };
  for (const [name, place] of Object.entries(places))
    for (const [what, run] of Object.entries(cases))
      test(`${name}: ${what}`, () => run({ open: place(), library, model, otherModel }));
});

/**
 * A keeper and its events.
 * @param {ProfileStore} store
 * @param {KeepOptions} [options]
 */
async function keeping(store, options) {
  /** @type {KeepEvent[]} */
  const events = [];
  const kept = await keepProfile(model, store, { onEvent: (event) => events.push(event), ...options });
  await later(0);
  return {
    kept,
    profile: kept.profile,
    types: () => events.map(({ type, code }) => `${type} ${code}`.trim()),
  };
}

/** A store that can be told to fail. */
function failingStore() {
  const inner = memoryStore();
  const state = { fails: /** @type {undefined | (() => Error)} */ (undefined), reads: 0, writes: 0 };
  const passing = async () => {
    if (state.fails) throw state.fails();
  };
  /** @type {ProfileStore} */
  const store = {
    read: async () => (state.reads++, await passing(), inner.read()),
    write: async (...args) => (state.writes++, await passing(), inner.write(...args)),
    erase: async () => (await passing(), inner.erase()),
  };
  return { store, inner, state };
}

describe('a store that fails', () => {
  test('a full one: ranking goes on, one event, what was kept stays, and it is tried again', async () => {
    const { store, inner, state } = failingStore();
    const { kept, profile, types } = await keeping(store);
    profile.add('one');
    assert.equal(await kept.flush(), true);
    const before = await inner.read();
    state.fails = () => new DOMException('full', 'QuotaExceededError');
    for (const item of model.ids().slice(0, 5)) {
      profile.add(item);
      assert.equal(await kept.flush(), false);
    }
    assert.equal(profile.recommend({ topK: 3 }).personalized, true);
    assert.deepEqual([kept.persisted, types()], [false, ['not-persisted QUOTA']]);
    assert.match(String(kept.reason), /space/);
    assert.deepEqual(await inner.read(), before);
    assert.equal(await kept.sync(), false);
    state.fails = undefined;
    assert.equal(await kept.sync(), true);
    assert.equal(kept.persisted, false, 'reading is not storing');
    assert.equal(await kept.flush(), true);
    await later(0);
    assert.deepEqual(
      [kept.persisted, kept.reason, types()],
      [true, null, ['not-persisted QUOTA', 'persisted']],
    );
    assert.equal((await keeping(inner)).profile.size, 6);
    await kept.close();
  });

  test('a denied one: an empty profile ranks and is not kept; opened later, it has both sides', async () => {
    const { store, inner, state } = failingStore();
    const early = await keeping(inner);
    early.profile.add('kept before');
    await early.kept.close();
    state.fails = () =>
      new DOMException('The user denied permission to access the database.', 'UnknownError');
    const { kept, profile, types } = await keeping(store);
    assert.deepEqual([kept.persisted, types()], [false, ['not-persisted NO_STORE']]);
    assert.match(String(kept.reason), /denied permission/);
    assert.equal(profile.recommend({ topK: 3 }).items.length, 3);
    profile.add('new');
    assert.equal(await kept.flush(), false);
    assert.equal((await failure(() => kept.erase())).name, 'UnknownError');
    assert.equal(profile.size, 0, 'the profile is emptied all the same');
    profile.add('newer');
    state.fails = undefined;
    assert.equal(await kept.close(), true);
    assert.deepEqual(
      (await keeping(inner)).profile.history.map(({ item }) => item),
      ['kept before', 'newer'],
    );
  });

  test('one that others keep with another key meanwhile: BAD_KEY, and theirs stays', async () => {
    const store = memoryStore();
    const mine = await keeping(store, { key: await library.createKey() });
    const key = await library.createKey();
    const theirs = await keeping(store, { key });
    theirs.profile.add('theirs');
    assert.equal(await theirs.kept.close(), true);
    const before = (await store.read()).slots;
    mine.profile.add('mine');
    assert.deepEqual(
      [await mine.kept.flush(), await mine.kept.sync(), await mine.kept.close()],
      [false, false, false],
    );
    assert.deepEqual([mine.types(), (await store.read()).slots], [['not-persisted BAD_KEY'], before]);
    assert.deepEqual(
      (await keeping(store, { key })).profile.history.map(({ item }) => item),
      ['theirs'],
    );
  });

  test('one that others always change first: PROFILE_LOCKED, no endless loop', async () => {
    const store = { ...memoryStore(), write: async () => false };
    const { kept, profile, types } = await keeping(store);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      profile.add('one');
      const flushed = kept.flush();
      let done = false;
      void flushed.then(() => {
        done = true;
      });
      while (!done) {
        mock.timers.tick(20);
        await Promise.resolve();
      }
      assert.equal(await flushed, false);
    } finally {
      mock.timers.reset();
    }
    await later(0);
    assert.deepEqual(types(), ['not-persisted PROFILE_LOCKED']);
  });

  test('a listener that throws is heard of, and ends no saving', async () => {
    const modelPath = join(folder, 'throws.ampcf');
    writeFileSync(modelPath, await smallModel());
    const code = `import { readFileSync } from 'node:fs';
      import { loadModel } from ${JSON.stringify(`${root.href}dist/ampcf.js`)};
      import { keepProfile, memoryStore } from ${JSON.stringify(`${root.href}dist/store.js`)};
      const thrown = [], store = memoryStore(), model = await loadModel(readFileSync(process.argv[1]));
      process.on('uncaughtException', ({ message }) => thrown.push(message));
      const write = async () => { throw new Error('no'); };
      const onEvent = () => { throw new Error('mine'); };
      const broken = await keepProfile(model, { ...store, write }, { onEvent });
      broken.profile.add('a');
      const stored = await broken.flush();
      await new Promise((resolve) => setTimeout(resolve, 0));
      process.stdout.write(JSON.stringify([stored, await broken.sync(), thrown]));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code, modelPath], {
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(stdout || 'null'), [false, true, ['mine']], stderr);
  });
});

describe('when it is stored', () => {
  test('a second after the first change, at the 32nd at once, and not while nothing changes', async () => {
    const { store, state } = failingStore();
    const { kept, profile } = await keeping(store);
    const settled = async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
    };
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const reads = state.reads;
      mock.timers.tick(100_000);
      await settled();
      assert.deepEqual([state.reads, state.writes], [reads, 0]);
      profile.add('a');
      mock.timers.tick(600);
      profile.add('b');
      mock.timers.tick(399);
      await settled();
      assert.equal(state.writes, 0);
      mock.timers.tick(1);
      await settled();
      assert.equal(state.writes, 1);
      for (let n = 0; n < 31; n++) profile.add(`n${n}`);
      await settled();
      assert.equal(state.writes, 1);
      profile.add('the 32nd');
      await settled();
      assert.equal(state.writes, 2);
      mock.timers.tick(100_000);
      await settled();
      assert.equal(state.writes, 2);
      await kept.close();
      profile.add('after close');
      mock.timers.tick(100_000);
      await settled();
      assert.equal(state.writes, 2);
    } finally {
      mock.timers.reset();
    }
  });

  test('a thousand changes in one go are few writes', async () => {
    const { store, state } = failingStore();
    const { kept, profile } = await keeping(store);
    for (let n = 0; n < 1000; n++) profile.add(`n${n}`);
    assert.equal(await kept.flush(), true);
    assert.equal(state.writes, 1);
    assert.equal(await kept.close(), true);
    assert.equal(state.writes, 1);
  });

  test('a change during a write is not taken for stored', async () => {
    const { store, inner } = failingStore();
    const { write } = store;
    const { kept, profile } = await keeping({
      ...store,
      write: async (...args) => (profile.add('meanwhile'), write(...args)),
    });
    profile.add('first');
    await kept.flush();
    await kept.flush();
    assert.deepEqual(
      (await keeping(inner)).profile.history.map(({ item }) => item),
      ['first', 'meanwhile'],
    );
    await kept.close();
  });

  test('an abort ends the opening with its reason, and later the following without a flush', async () => {
    const reason = new Error('enough');
    const { store, state } = failingStore();
    assert.equal(
      await failure(() => keepProfile(model, store, { signal: AbortSignal.abort(reason) })),
      reason,
    );
    const during = new AbortController();
    const opening = keepProfile(model, store, { signal: during.signal });
    during.abort(reason);
    assert.equal(await failure(() => opening), reason);
    const control = new AbortController();
    const { profile } = await keeping(store, { signal: control.signal, everyChanges: 1 });
    control.abort();
    profile.add('a');
    await later(5);
    assert.equal(state.writes, 0);
  });

  test('a ring forgets for good: in the slots, and in other tabs, which take over the rest', async () => {
    const store = memoryStore();
    const ids = model.ids();
    const ring = await keeping(store, { profile: { ring: 8 } });
    const other = await keeping(store);
    for (const item of ids.slice(0, 8)) ring.profile.add(item);
    (await ring.kept.flush(), await other.kept.sync());
    for (const item of ids.slice(8, 11)) ring.profile.add(item);
    (await ring.kept.flush(), await other.kept.sync());
    assert.deepEqual(
      ring.profile.history.map(({ item }) => item),
      ids.slice(3, 11),
    );
    assert.ok(ring.profile.summaries.length > 0);
    for (const { profile } of [other, await keeping(store)]) {
      assert.deepEqual([profile.history, profile.summaries], [ring.profile.history, ring.profile.summaries]);
      assert.deepEqual(
        golden(profile.recommend({ topK: 20 })),
        golden(model.restoreProfile(ring.kept.export()).recommend({ topK: 20 })),
      );
    }
    for (const slot of (await store.read()).slots)
      assert.ok(!Buffer.from(slot ?? []).includes(`"${ids[0]}"`));
    await Promise.all([ring.kept.close(), other.kept.close()]);
  });

  test('what was restored cannot be undone, and nothing can be undone after erase', async () => {
    const store = memoryStore();
    const first = await keeping(store);
    first.profile.add('a').add('b');
    await first.kept.close();
    const { kept, profile } = await keeping(store);
    assert.equal(profile.undo(), false);
    profile.dislike('c');
    assert.equal(profile.undo(), true);
    assert.deepEqual(
      profile.history.map(({ item }) => item),
      ['a', 'b'],
    );
    const { version } = profile;
    await kept.erase();
    assert.deepEqual([profile.undo(), profile.size], [false, 0]);
    assert.ok(profile.version > version);
    await kept.close();
  });
});

test('a listener of the profile hears what other tabs changed, and items keep their places', async () => {
  const store = memoryStore();
  const one = await keeping(store);
  const two = await keeping(store);
  for (const item of ['a', 'b', 'c', 'd']) one.profile.add(item);
  (await one.kept.flush(), await two.kept.sync());
  let heard = 0;
  two.profile.subscribe(() => heard++);
  one.profile.remove('b');
  one.profile.add({ item: 'c', weight: 5 }).add('e');
  (await one.kept.flush(), await two.kept.sync());
  assert.equal(heard, 1);
  assert.deepEqual(two.profile.history, one.profile.history);
  await Promise.all([one.kept.close(), two.kept.close()]);
});

test('wrong arguments are refused by name', async () => {
  const store = memoryStore();
  const key = await library.createKey();
  const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  /** @type {[any, any, RegExp][]} */
  const wrong = [
    [undefined, {}, /store/],
    [{ read() {} }, {}, /store/],
    [store, { key: 'secret' }, /key/],
    [store, { key: hmac }, /key/],
    [{ ...store, keepsKey: true }, { key }, /key.*own/],
    [store, { everyMs: -1 }, /everyMs/],
    [store, { everyChanges: 1.5 }, /everyChanges/],
    [store, { onEvent: 1 }, /onEvent/],
    [store, [], /options/],
    [store, { profile: { personas: 0 } }, /personas/],
  ];
  for (const [given, options, message] of wrong) {
    const error = await failure(() => keepProfile(model, given, options));
    assert.ok(error instanceof AmpcfError, String(error));
    assert.equal(error.code, 'BAD_ARGUMENT');
    assert.match(error.message, message);
  }
  assert.equal((await failure(() => fileStore(''))).code, 'BAD_ARGUMENT');
});

/** A program that keeps more than its folder can hold, and tells what came of it. */
const fillingDisk = `import { loadModel } from ${JSON.stringify(`${root.href}dist/ampcf.js`)};
  import { keepProfile } from ${JSON.stringify(`${root.href}dist/store.js`)};
  import { fileStore } from ${JSON.stringify(`${root.href}dist/node-store.js`)};
  import { readFileSync, readdirSync } from 'node:fs';
  const [path, modelPath] = process.argv.slice(1);
  const store = fileStore(path);
  const model = await loadModel(readFileSync(modelPath));
  const events = [];
  const onEvent = ({ type, code }) => events.push(type + ' ' + code);
  const kept = await keepProfile(model, store, { onEvent });
  kept.profile.add('kept before');
  const first = await kept.flush();
  const before = (await store.read()).slots;
  const text = 'an event that makes the profile larger than the disk ';
  for (let n = 0; n < 4000; n++) kept.profile.add(text + n);
  const second = await kept.flush();
  const after = (await store.read()).slots;
  const again = await keepProfile(model, store);
  const ranked = kept.profile.recommend().items.length;
  const changed = Buffer.compare(before[0], after[0]);
  const outcome = [first, second, events, ranked, changed, again.profile.size, readdirSync(path)];
  process.stdout.write(JSON.stringify(outcome));`;

describe('the folder of the files', () => {
  const write = async (/** @type {string} */ path, items = ['a']) => {
    const { kept, profile } = await keeping(fileStore(path));
    for (const item of items) profile.add(item);
    assert.equal(await kept.close(), true, String(kept.reason));
  };

  test("is the owner's alone and holds nothing but slots", async (t) => {
    const path = join(freshFolder(), 'deep', 'er');
    await write(path);
    assert.deepEqual(readdirSync(path), ['slot-0']);
    if (process.platform === 'win32') return t.skip('skipped: no POSIX permissions here');
    assert.deepEqual(
      [statSync(path).mode & 0o777, statSync(join(path, 'slot-0')).mode & 0o777],
      [0o700, 0o600],
    );
  });

  test('keeps the first broken slot for inspection', async () => {
    const path = freshFolder();
    await write(path);
    for (const text of ['first damage', 'second damage']) {
      writeFileSync(join(path, 'slot-0'), text);
      const { kept, types } = await keeping(fileStore(path));
      assert.deepEqual(types(), ['profile-reset BAD_PROFILE']);
      assert.equal(readFileSync(join(path, 'profile.bad'), 'utf8'), 'first damage');
      await kept.close();
    }
  });

  test('an emptied slot is damage, not an erasure', async () => {
    const path = freshFolder();
    await write(path);
    writeFileSync(join(path, 'slot-0'), '');
    assert.deepEqual((await keeping(fileStore(path))).types(), ['profile-reset BAD_PROFILE']);
  });

  test('erase removes the folder, but no file of anybody else', async () => {
    const path = freshFolder();
    const shared = freshFolder();
    for (const each of [path, shared]) await write(each);
    writeFileSync(join(path, '.slot-0.1234.tmp'), 'left by a crash');
    writeFileSync(join(path, 'profile.bad'), 'old');
    writeFileSync(join(shared, 'notes.txt'), 'mine');
    await fileStore(path).erase();
    assert.equal(existsSync(path), false);
    await fileStore(shared).erase();
    assert.deepEqual(readdirSync(shared), ['notes.txt']);
    await fileStore(path).erase(); // twice is fine
  });

  test('a lock of the dead and an old one are passed over, a living one is PROFILE_LOCKED', async () => {
    const path = freshFolder();
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    mkdirSync(path);
    writeFileSync(join(path, `lock-${signedName(pid)}`), '');
    await write(path);
    assert.deepEqual(readdirSync(path), ['slot-0']);
    const alive = join(path, `lock-${signedName(process.ppid)}`);
    writeFileSync(alive, '');
    const { kept, profile, types } = await keeping(fileStore(path));
    profile.add('b');
    const began = Date.now();
    assert.equal(await kept.flush(), false);
    assert.ok(Date.now() - began >= 1900);
    await later(0);
    assert.deepEqual(types(), ['not-persisted PROFILE_LOCKED']);
    const old = Date.now() / 1000 - 60;
    utimesSync(alive, old, old);
    assert.equal(await kept.close(), true);
    assert.deepEqual(readdirSync(path), ['slot-0', 'slot-1']);
  });

  test('a place that cannot be a folder is IO, and ranking goes on', async () => {
    const path = freshFolder();
    writeFileSync(path, 'a file');
    const { kept, profile, types } = await keeping(fileStore(path));
    profile.add('a');
    assert.equal(await kept.close(), false);
    assert.deepEqual(types(), ['not-persisted IO']);
    assert.match(String(kept.reason), /ENOTDIR|EEXIST/);
    assert.equal(readFileSync(path, 'utf8'), 'a file');
  });

  test('a folder that may not be written is IO', async (t) => {
    if (process.platform === 'win32' || process.getuid?.() === 0)
      return t.skip('skipped: permissions do not bind this user');
    const path = freshFolder();
    mkdirSync(path);
    chmodSync(path, 0o500);
    const { kept, profile, types } = await keeping(fileStore(path));
    profile.add('a');
    assert.equal(await kept.close(), false);
    assert.deepEqual(types(), ['not-persisted IO']);
    chmodSync(path, 0o700);
  });

  test('a full disk is DISK_FULL and leaves what was kept', async (t) => {
    const path = freshFolder();
    mkdirSync(path);
    const modelPath = join(folder, 'small.ampcf');
    writeFileSync(modelPath, await smallModel());
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      [
        '-rm',
        'sh',
        '-c',
        'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1" "$4"',
        'sh',
        path,
        process.execPath,
        fillingDisk,
        modelPath,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0 && /unshare|mount|ENOENT/.test(stderr))
      return t.skip(`skipped: no small disk can be made here (${stderr.trim().slice(0, 80)})`);
    assert.deepEqual(
      JSON.parse(stdout || 'null'),
      [true, false, ['not-persisted DISK_FULL'], 10, 0, 1, ['slot-0']],
      stderr,
    );
  });
});
