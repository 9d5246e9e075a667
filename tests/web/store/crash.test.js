// Owns the tests of processes that share a folder of files, and of processes that are killed while they
// write. Must not leave a process behind.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { fileStore } from '../../../dist/node-store.js';
import { keepProfile } from '../../../dist/store.js';
import { below, openSmallModel, seeded, smallModel } from '../../support.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-store-crash-'));
const modelPath = join(folder, 'model.ampcf');
const dist = new URL('../../../dist/', import.meta.url).href;
after(() => rmSync(folder, { recursive: true }));

/** @type {import('../../../web/model/model.js').Model} */
let model;
before(async () => {
  model = await openSmallModel();
  writeFileSync(modelPath, await smallModel());
});

/**
 * Waits for what the code says with `say`; arguments: the model, then the code's own.
 * @param {string} code
 * @param {string[]} rest
 */
const start = (code, ...rest) => startBy('', [], code, ...rest);

/**
 * The same under another program.
 * @param {string} program
 * @param {string[]} flags
 * @param {string} code
 * @param {string[]} rest
 */
function startBy(program, flags, code, ...rest) {
  const child = spawn(
    program || process.execPath,
    [
      ...(program ? [...flags, process.execPath] : flags),
      '--input-type=module',
      '-e',
      `import { readFileSync } from 'node:fs';
    import { setTimeout as later } from 'node:timers/promises';
    import { loadModel } from ${JSON.stringify(`${dist}ampcf.js`)};
    import { fileStore } from ${JSON.stringify(`${dist}node-store.js`)};
    import { createKey, keepProfile } from ${JSON.stringify(`${dist}store.js`)};
    const [modelPath, path, ...rest] = process.argv.slice(1);
    const model = await loadModel(readFileSync(modelPath));
    const say = (line) => process.stdout.write(line + '\\n');\n${code}`,
      modelPath,
      ...rest,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  const ended = new Promise((resolve) => {
    child.on('close', resolve);
  });
  return { child, ended, lines: () => out.split('\n').slice(0, -1) };
}

/**
 * What is kept in a folder now.
 * @param {string} path
 */
async function keptIn(path) {
  /** @type {string[]} */
  const events = [];
  const kept = await keepProfile(model, fileStore(path), { onEvent: ({ type }) => events.push(type) });
  await kept.close();
  return { items: kept.profile.history.map(({ item }) => item), events };
}

test('two processes that add five hundred events each keep a thousand', { timeout: 120_000 }, async () => {
  const path = join(folder, 'two');
  const adding = `const onEvent = ({ type, reason }) => say(type + ' ' + reason);
    const kept = await keepProfile(model, fileStore(path), { onEvent });
    for (let n = 0; n < 500; n++) {
      kept.profile.add(rest[0] + ' ' + n);
      if (n % 4 === 0) await later(0);
      if (n % 50 === 0) await kept.flush();
    }
    say(String(await kept.close()));`;
  const both = [start(adding, path, 'left'), start(adding, path, 'right')];
  for (const { ended, lines } of both) assert.deepEqual([await ended, lines()], [0, ['true']]);
  const { items, events } = await keptIn(path);
  assert.equal(items.length, 1000);
  for (const side of ['left', 'right'])
    assert.deepEqual(
      items.filter((item) => item.startsWith(side)),
      Array.from({ length: 500 }, (_, n) => `${side} ${n}`),
    );
  assert.deepEqual([events, readdirSync(path)], [[], ['slot-0', 'slot-1']]);
});

/** How to start a program among processes of its own; '' where that may not be. */
function ownNumbers() {
  for (const flags of ['-pf', '-rpf'])
    if (spawnSync('unshare', [flags, 'true']).status === 0) return `unshare ${flags} --kill-child`;
  return '';
}
const unshare = ownNumbers();

/** Adds events one by one and says what flush() said of each. */
const flushing = `
    const kept = await keepProfile(model, fileStore(path), { everyMs: 3_600_000 });
    const [first, count] = rest.map(Number);
    for (let i = first; i < first + count; i++) {
      kept.profile.add('item-' + i);
      say(i + ' ' + await kept.flush());
    }
    process.exit();`;

test(
  'processes that cannot ask after each other, as in containers, lose nothing that flush() stored',
  { timeout: 240_000, skip: unshare ? false : 'skipped: no PID namespaces here' },
  async () => {
    const path = join(folder, 'containers');
    const [program, ...flags] = unshare.split(' ');
    // In each namespace Node has the same number.
    const writers = [0, 1, 2].map((w) => startBy(program, flags, flushing, path, String(w * 1000), '120'));
    await Promise.all(writers.map(({ ended }) => ended));
    const said = writers.flatMap(({ lines }) => lines().map((line) => line.split(' ')));
    assert.equal(said.length, 360);
    const failed = said.filter(([, stored]) => stored !== 'true');
    assert.deepEqual(failed, []);
    const { items } = await keptIn(path);
    assert.deepEqual(items.map((item) => item.slice(5)).sort(), said.map(([i]) => i).sort());
    assert.deepEqual(readdirSync(path).sort(), ['slot-0', 'slot-1']);
  },
);

/** A process that adds events as long as it lives, and says how far it came. */
const writing = `const kept = await keepProfile(model, fileStore(path));
  const from = kept.profile.size;
  say('opened ' + from);
  let stored = from;
  for (let n = from; ; n++) {
    kept.profile.add('event ' + n);
    say('added ' + (n + 1));
    if (n % 8 === 0) kept.flush().then((done) => { if (done) say('stored ' + (n + 1)); });
    await later(1);
  }`;

/**
 * A process that writes and is killed; what it said, and how many locks it left.
 * @param {string} path
 * @param {number} afterMs
 */
async function killedWhileWriting(path, afterMs) {
  const { child, ended, lines } = start(writing, path);
  while (lines().length === 0 && child.exitCode === null) await later(5);
  await later(afterMs);
  child.kill('SIGKILL');
  await ended;
  const said = lines().map((line) => line.split(' '));
  return {
    said: Object.fromEntries(said.map(([what, n]) => [what, Number(n)])),
    locks: readdirSync(path).filter((name) => name.startsWith('lock-')).length,
  };
}

test('forty kills at any moment: the profile is always whole', { timeout: 180_000 }, async (t) => {
  const path = join(folder, 'killed');
  const random = seeded(19);
  const kills = 40;
  mkdirSync(path);
  /** @type {Record<string, number>} */
  let said = { added: 0, stored: 0 };
  let worst = 0;
  let locks = 0;
  for (let round = 0; round < kills; round++) {
    const killed = await killedWhileWriting(path, below(random, 120));
    said = { ...said, ...killed.said };
    locks += killed.locks;
    const { items, events } = await keptIn(path);
    assert.deepEqual(events, [], 'no reset, no failure');
    assert.deepEqual(
      items,
      items.map((_, n) => `event ${n}`),
      'a whole history, in its order',
    );
    const left = `${items.length} events are left of ${said.stored} that were stored`;
    assert.ok(items.length >= said.stored, left);
    worst = Math.max(worst, said.added - items.length);
  }
  const { items } = await keptIn(path);
  t.diagnostic(`${kills} kills, ${items.length} events kept, at most ${worst} lost at once`);
  t.diagnostic(`${locks} locks left by the dead`);
  assert.ok(items.length > kills * 5, 'the kills came while it was storing');
  assert.ok(worst <= 64, `${worst} events were lost at once: of one interval, and of the write under way`);
  const again = await keepProfile(model, fileStore(path));
  again.profile.add('one more');
  assert.equal(await again.close(), true);
  assert.deepEqual(readdirSync(path), ['slot-0', 'slot-1'], 'nothing of the dead is left');
});

test('a process ends by itself once its changes are stored', { timeout: 60_000 }, async () => {
  const path = join(folder, 'ends');
  const { ended } = start(
    "const kept = await keepProfile(model, fileStore(path)); kept.profile.add('a');",
    path,
  );
  assert.equal(await ended, 0);
  assert.deepEqual((await keptIn(path)).items, ['a']);
});
