// Owns the tests of the bytes of one slot: every damage is seen, every later version is left alone. Must not
// need a store.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectSlot, openSlot, sealSlot, slotOf } from '../../../web/store/container.js';
import { createKey } from '../../../web/store/database.js';
import { AmpcfError } from '../../../web/core/errors.js';
import { below, crc32c, failure, seeded } from '../../support.js';

const saved = new TextEncoder().encode('the bytes of profile.save(), which this file does not look into');

/**
 * Change a container and repair its checksum.
 * @param {Uint8Array} container
 * @param {(view: DataView, bytes: Uint8Array) => void} change
 */
function forged(container, change) {
  const bytes = container.slice();
  const view = new DataView(bytes.buffer);
  change(view, bytes);
  view.setUint32(28, 0, true);
  view.setUint32(28, crc32c(bytes), true);
  return bytes;
}

test('a round trip in the clear and encrypted', async () => {
  const key = await createKey();
  assert.equal(key.extractable, false);
  for (const generation of [1, 2, 7, 2 ** 40, Number.MAX_SAFE_INTEGER])
    for (const [given, kind] of /** @type {const} */ ([
      [undefined, 'plain'],
      [key, 'sealed'],
    ])) {
      const bytes = await sealSlot(saved, generation, given);
      const slot = inspectSlot(bytes, slotOf(generation));
      assert.deepEqual([slot.kind, slot.generation], [kind, generation]);
      assert.deepEqual(await openSlot(slot, given), saved);
      assert.equal(Buffer.from(bytes).includes('bytes of profile'), kind === 'plain');
    }
  assert.equal(inspectSlot(undefined, 0).kind, 'absent');
  const empty = await sealSlot(new Uint8Array(0), 1, undefined);
  assert.equal(inspectSlot(empty, 0).kind, 'plain');
});

test('the layout is the documented one', async () => {
  const bytes = await sealSlot(saved, 5, undefined);
  const view = new DataView(bytes.buffer);
  assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x41, 0x4d, 0x53, 13, 10, 26, 10]);
  assert.deepEqual(
    [
      view.getUint32(8, true),
      view.getUint32(12, true),
      view.getBigUint64(16, true),
      view.getUint32(24, true),
    ],
    [1, 0, 5n, saved.length],
  );
  assert.deepEqual(
    forged(bytes, () => {}),
    bytes,
    'CRC32C over everything, its own field as zeros',
  );
  assert.ok(bytes.subarray(32, 48).every((byte) => byte === 0));
  assert.deepEqual(bytes.subarray(48), saved);
});

test('every changed byte, every truncation and every addition is broken', async () => {
  for (const key of [undefined, await createKey()]) {
    const bytes = await sealSlot(saved, 3, key);
    for (let at = 0; at < bytes.length; at++)
      for (const change of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        assert.equal(inspectSlot(damaged, 0).kind, 'broken', `byte ${at}`);
      }
    for (let length = 0; length < bytes.length; length++)
      assert.equal(inspectSlot(bytes.slice(0, length), 0).kind, 'broken', `${length} bytes`);
    assert.equal(inspectSlot(Uint8Array.of(...bytes, 0), 0).kind, 'broken');
  }
});

test('foreign bytes are broken, whatever they are', () => {
  const random = seeded(5);
  for (let n = 0; n < 2000; n++) {
    const bytes = Uint8Array.from({ length: below(random, 200) }, () => below(random, 256));
    if (n % 2) bytes.set([0x89, 0x41, 0x4d, 0x53, 13, 10, 26, 10].slice(0, bytes.length));
    const { kind, why } = inspectSlot(bytes, n % 2 ? 0 : 1);
    assert.equal(kind, 'broken');
    assert.ok(why.length > 10);
  }
});

test('a later version or an unknown flag is newer; a generation in the wrong slot is broken', async () => {
  const bytes = await sealSlot(saved, 3, undefined);
  const kindOf = (
    /** @type {(view: DataView, bytes: Uint8Array) => void} */ change,
    /** @type {0 | 1} */ slot = 0,
  ) => inspectSlot(forged(bytes, change), slot).kind;
  assert.equal(
    kindOf(() => {}),
    'plain',
  );
  assert.equal(
    kindOf((view) => view.setUint32(8, 2, true)),
    'newer',
  );
  assert.equal(
    kindOf((view) => view.setUint32(12, 2, true)),
    'newer',
  );
  assert.equal(
    kindOf((view) => {
      view.setUint32(8, 9, true);
      view.setUint32(24, 7, true);
    }),
    'newer',
    'its other fields may mean anything',
  );
  assert.equal(
    kindOf((view) => view.setUint32(8, 0, true)),
    'broken',
  );
  assert.equal(
    kindOf((_, damaged) => {
      damaged[0] ^= 1;
    }),
    'broken',
    'another magic with the right checksum',
  );
  for (const generation of [0n, 2n ** 63n + 1n])
    assert.equal(
      kindOf((view) => view.setBigUint64(16, generation, true), 1),
      'broken',
      `generation ${generation}`,
    );
  assert.equal(
    kindOf((view) => view.setBigUint64(16, 0n, true)),
    'broken',
  );
  assert.equal(
    kindOf((view) => view.setBigUint64(16, 2n ** 63n + 1n, true)),
    'broken',
  );
  assert.equal(
    kindOf((view) => view.setUint32(24, saved.length - 1, true)),
    'broken',
  );
  assert.equal(
    kindOf(() => {}, 1),
    'broken',
  );
});

test('another key, no key, and every change under a repaired checksum are BAD_KEY', async () => {
  const key = await createKey();
  const bytes = await sealSlot(saved, 3, key);
  const refused = async (
    /** @type {Uint8Array} */ given,
    /** @type {CryptoKey | undefined} */ with_,
    why = /./,
  ) => {
    const slot = inspectSlot(given, 0);
    assert.equal(slot.kind, 'sealed');
    const error = await failure(() => openSlot(slot, with_));
    assert.ok(error instanceof AmpcfError);
    assert.equal(error.code, 'BAD_KEY');
    assert.match(error.message, why);
  };
  await refused(bytes, await createKey());
  await refused(bytes, undefined, /got no key/);
  for (const at of [16, 18, 32, 43, 48, 60, bytes.length - 1])
    await refused(
      forged(bytes, (_, forgery) => {
        forgery[at] ^= at === 16 ? 2 : 1;
      }),
      key,
    );
});

test('no two writes share an initialisation vector', async () => {
  const key = await createKey();
  const seen = new Set();
  for (let n = 0; n < 500; n++)
    seen.add(Buffer.from((await sealSlot(saved, 1, key)).subarray(32, 44)).toString('hex'));
  assert.equal(seen.size, 500);
});
