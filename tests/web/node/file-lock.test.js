// Owns the tests of locks between processes that cannot ask after each other: in containers, on other
// machines, stopped for longer than anybody waits. Must not test what is stored.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { withLock } from '../../../web/node/file-lock.js';
import { fateOf, signedName } from '../../../web/node/process-name.js';

const root = mkdtempSync(join(tmpdir(), 'ampcf-locks-'));
after(() => rmSync(root, { recursive: true }));
let made = 0;
const freshFolder = () => mkdtempSync(join(root, `${made++}-`));
const bytesOf = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** A process of another container, whose number is dead here, or ours. */
const elsewhere = (/** @type {number} */ pid) => `lock-${pid}-0123456789ab-00112233aabb`;
const deadNumber = 4_000_000_000;

test('a number says something only where it was given', () => {
  assert.equal(fateOf(signedName()), 'alive');
  assert.equal(fateOf(signedName(deadNumber % 4_194_000)), 'dead');
  assert.equal(fateOf(elsewhere(deadNumber).slice(5)), 'elsewhere');
  assert.equal(fateOf(elsewhere(process.pid).slice(5)), 'elsewhere');
  assert.equal(fateOf('123-00ff'), 'elsewhere');
});

test('a lock from elsewhere is respected while it is touched, whatever its number is here', async () => {
  const folder = freshFolder();
  const lock = join(folder, elsewhere(deadNumber));
  writeFileSync(lock, '');
  let second = 1e9; // also a clock that is years behind
  const touch = setInterval(() => utimesSync(lock, second, second++), 300);
  try {
    await assert.rejects(
      withLock(folder, async () => assert.fail('worked')),
      { code: 'PROFILE_LOCKED' },
    );
  } finally {
    clearInterval(touch);
  }
  assert.deepEqual(readdirSync(folder), [elsewhere(deadNumber)]);
});

test('a lock from elsewhere that nobody touches any more is passed over within one wait', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, elsewhere(process.pid)), 'half a profile');
  const began = performance.now();
  assert.equal(await withLock(folder, async () => 'worked'), 'worked');
  assert.ok(performance.now() - began > 1400);
  assert.deepEqual(readdirSync(folder), []);
});

test('who was stopped for too long writes nothing: the lock is what is written', async () => {
  const folder = freshFolder();
  const slot = join(folder, 'slot');
  writeFileSync(slot, 'old');
  const late = await withLock(folder, async (become) => {
    // Somebody else finds us silent, takes our lock away, and writes.
    for (const name of readdirSync(folder).filter((name) => name.startsWith('lock-')))
      rmSync(join(folder, name));
    assert.equal(await withLock(folder, (other) => other(slot, bytesOf('theirs'))), true);
    return become(slot, bytesOf('ours, too late'));
  });
  assert.equal(late, false);
  assert.equal(readFileSync(slot, 'utf8'), 'theirs');
  assert.deepEqual(readdirSync(folder), ['slot']);
});

test('long work keeps its lock: others see that we live', async () => {
  const folder = freshFolder();
  const slot = join(folder, 'slot');
  const times = new Set();
  await withLock(folder, async (become) => {
    for (let i = 0; i < 4; i++) {
      await later(350);
      const [lock] = readdirSync(folder);
      times.add(statSync(join(folder, lock)).mtimeMs);
    }
    assert.equal(await become(slot, bytesOf('x')), true);
  });
  assert.ok(times.size >= 3, `touched ${times.size} times`);
  assert.ok(existsSync(slot));
});
