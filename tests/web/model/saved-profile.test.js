// Owns the tests of profile.save and model.restoreProfile.
// Must not test where an app keeps the bytes: the library does not keep any.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AmpcfError } from '../../../dist/ampcf.js';
import {
  below,
  crc32c,
  failsWith,
  failure,
  golden,
  historyOf,
  openSmallModel,
  people,
  seeded,
} from '../../support.js';

/** @type {import('../../../web/model/model.js').Model} */ let model;
/** @type {string[]} */ let ids;
/** @type {Uint8Array} */ let saved;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
  saved = model.createProfile(historyOf(0)).save();
});

/**
 * A file with a correct checksum around any payload.
 * @param {string} payload
 * @param {number} [version]
 */
function forged(payload, version = 2) {
  const events = new TextEncoder().encode(payload);
  const bytes = new Uint8Array(36 + events.length);
  const view = new DataView(bytes.buffer);
  bytes.set(saved.subarray(0, 36));
  view.setUint32(8, version, true);
  view.setUint32(12, events.length, true);
  view.setUint32(16, 0, true);
  bytes.set(events, 36);
  view.setUint32(16, crc32c(bytes), true);
  return bytes;
}

test('a round trip keeps every event and every bit of the ranking', () => {
  const random = seeded(41);
  for (let n = 0; n < 60; n++) {
    const events = historyOf(n).map(({ item, at }, i) => ({
      item,
      weight: 10 ** (6 * random() - 3),
      at: i % 3 === 0 ? null : at + random(),
    }));
    const me = model.createProfile([
      ...events,
      { item: 'unknown \u{1f3ac} \u0000 "quoted"', weight: 2, at: -1 },
      '',
    ]);
    const back = model.restoreProfile(me.save());
    assert.deepEqual(back.history, me.history);
    assert.deepEqual(golden(back.recommend({ topK: 100 })), golden(me.recommend({ topK: 100 })));
    assert.deepEqual(back.personas(), me.personas());
    assert.deepEqual(back.save(), me.save());
  }
  const empty = model.restoreProfile(model.createProfile().save());
  assert.deepEqual([empty.size, empty.personalized], [0, false]);
  assert.equal(model.restoreProfile(saved, { personas: 1 }).personas().length, 1);
});

test('the bytes may come as a view, a buffer or shared memory, and are not kept', () => {
  const wider = new Uint8Array(saved.length + 9),
    shared = new Uint8Array(new SharedArrayBuffer(saved.length));
  wider.set(saved, 5);
  shared.set(saved);
  for (const source of [
    saved,
    wider.subarray(5, 5 + saved.length),
    new DataView(wider.buffer, 5, saved.length),
    saved.slice().buffer,
    shared,
  ])
    assert.equal(model.restoreProfile(/** @type {any} */ (source)).size, people[0].history.length);
  const own = saved.slice();
  const me = model.restoreProfile(own);
  const first = golden(me.recommend());
  own.fill(0);
  assert.deepEqual(golden(me.recommend()), first);
});

test('anything that is not bytes is refused', async () => {
  const gone = saved.slice();
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  for (const source of [undefined, null, 5, 'text', {}, [], [...saved], Symbol('x'), gone.buffer])
    await failsWith(() => model.restoreProfile(/** @type {any} */ (source)), 'BAD_ARGUMENT', /saved profile/);
  const error = await failure(() => model.restoreProfile(gone));
  assert.ok(
    error instanceof AmpcfError && ['BAD_ARGUMENT', 'BAD_PROFILE'].includes(error.code),
    String(error),
  );
});

test('every truncation, longer files and foreign ones are BAD_PROFILE', async () => {
  for (let length = 0; length < saved.length; length++)
    await failsWith(() => model.restoreProfile(saved.subarray(0, length)), 'BAD_PROFILE');
  await failsWith(() => model.restoreProfile(Uint8Array.of(...saved, 0)), 'BAD_PROFILE', /wanted/);
  for (const text of ['', '[]', '{"events":[]}', '<!doctype html>'.repeat(10)])
    await failsWith(() => model.restoreProfile(new TextEncoder().encode(text)), 'BAD_PROFILE');
  await failsWith(() => model.restoreProfile(new Uint8Array(1000)), 'BAD_PROFILE');
});

test('every changed byte is refused', async () => {
  const random = seeded(42);
  for (let at = 0; at < saved.length; at++) {
    const copy = saved.slice();
    copy[at] ^= 2 + below(random, 254);
    const error = await failure(() => model.restoreProfile(copy));
    assert.ok(error instanceof AmpcfError, String(error));
    // A damaged version number cannot be told from a newer one, whose checksum may lie elsewhere.
    assert.equal(error.code, at >= 8 && at < 12 ? 'UNSUPPORTED_VERSION' : 'BAD_PROFILE');
  }
});

test('a newer version says so, and is not taken for damage', async () => {
  await failsWith(
    () => model.restoreProfile(forged('{"events":[],"memories":[]}', 3)),
    'UNSUPPORTED_VERSION',
    /update/,
  );
  assert.equal(model.restoreProfile(forged('{"events":[],"memories":[]}')).size, 0);
});

test('version 1, which knew likes only, is read for ever', () => {
  assert.deepEqual(model.restoreProfile(forged('[["a",2,null],["b",1,7]]', 1)).history, [
    { item: 'a', weight: 2, preference: 1, at: null },
    { item: 'b', weight: 1, preference: 1, at: 7 },
  ]);
});

test('a correct checksum over nonsense', async () => {
  const events = (/** @type {string} */ list, memories = '[]') =>
    forged(`{"events":${list},"memories":${memories}}`);
  assert.deepEqual(model.restoreProfile(events('[["a",2,null,-0.5]]')).history, [
    { item: 'a', weight: 2, preference: -0.5, at: null },
  ]);
  // A header alone is one of ours, with nothing in it.
  await failsWith(() => model.restoreProfile(forged('')), 'BAD_PROFILE', /^(?!.*not a saved profile)/);
  for (const payload of ['{', 'null', '5', '{}', '"text"', '[]', '{"events":[]}'])
    await failsWith(() => model.restoreProfile(forged(payload)), 'BAD_PROFILE');
  for (const list of [
    'null',
    '5',
    '[null]',
    '[5]',
    '[{}]',
    '[[]]',
    '[["a",-1,null,1]]',
    '[["a",0,null,1]]',
    '[["a","1",null,1]]',
    '[["a",1e-60,null,1]]',
    '[["a",1,"x",1]]',
    '[[{},1,null,1]]',
    '[["\\ud800",1,null,1]]',
    '[["a",1e999,null,1]]',
    '[["a",1,1e999,1]]',
    '[["a",1,null,2]]',
    '[["a",1,null,"1"]]',
    '[["a",1,null,null]]',
  ])
    await failsWith(() => model.restoreProfile(events(list)), 'BAD_PROFILE');
  const row = new Array(5 + model.info.dim).fill(0.5),
    rows = (/** @type {unknown[]} */ values) => events('[]', JSON.stringify([values]));
  assert.equal(model.restoreProfile(rows(row)).personalized, true);
  for (const bad of [
    row.slice(1),
    [...row, 0],
    row.map(() => 1e30),
    row.map(() => 'x'),
    [-1, ...row.slice(1)],
    [0.5, -1, ...row.slice(2)],
    [0.5, 0.5, -1, ...row.slice(3)],
    [0.5, 0.5, 0.5, 0, ...row.slice(4)],
  ])
    await failsWith(() => model.restoreProfile(rows(bad)), 'BAD_PROFILE');
  for (const memories of ['null', '5', '[5]', '[null]', '[[]]', '"x"'])
    await failsWith(() => model.restoreProfile(events('[]', memories)), 'BAD_PROFILE');
});

test('another model keeps the events, also those it does not know', async () => {
  const other = await openSmallModel({ minSupport: 30, seed: 5 });
  assert.notEqual(other.info.lineage, model.info.lineage);
  const me = model.createProfile([...historyOf(3), ids.at(-1) ?? '']),
    moved = other.restoreProfile(me.save());
  assert.deepEqual(moved.history, me.history);
  assert.ok(moved.unknown.length > 0 && moved.unknown.every((id) => !other.has(id) && model.has(id)));
  assert.deepEqual(golden(moved.recommend()), golden(other.createProfile(me.history).recommend()));
  // And back: nothing was lost on the way.
  const back = model.restoreProfile(moved.save());
  assert.deepEqual(golden(back.recommend()), golden(me.recommend()));
});

test('restoring takes nothing away from profiles that are there', async () => {
  const me = model.createProfile(historyOf(5));
  const first = golden(me.recommend());
  const { memoryBytes } = model.diagnostics();
  for (let n = 0; n < 300; n++) await failure(() => model.restoreProfile(saved.subarray(0, n)));
  for (let n = 0; n < 300; n++) model.restoreProfile(saved);
  assert.deepEqual(golden(me.recommend()), first);
  assert.equal(model.diagnostics().memoryBytes, memoryBytes);
});
