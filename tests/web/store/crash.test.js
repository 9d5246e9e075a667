// Owns the tests of processes that share a folder of files, and of processes that are killed while they
// write. Must not leave a process behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { fileStore } from '../../../dist/node-store.js';
import { keepProfile } from '../../../dist/store.js';
import { below, openSmallModel, seeded, smallModel } from '../../support.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-store-crash-')),
  modelPath = join(folder, 'model.ampcf');
const dist = new URL('../../../dist/', import.meta.url).href;
after(() => rmSync(folder, { recursive: true }));

/** @type {import('../../../web/model/model.js').Model} */ let model;
before(async () => {
  model = await openSmallModel();
  writeFileSync(modelPath, await smallModel());
});

/**
 * Waits for what the code says with `say`; arguments: the model, then the code's own.
 * @param {string} code
 * @param {string[]} rest
 */
function start(code, ...rest) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { readFileSync } from 'node:fs';
    import { setTimeout as later } from 'node:timers/promises';
    import { loadModel } from ${JSON.stringify(`${dist}ampcf.js`)};
    import { fileStore } from ${JSON.stringify(`${dist}node-store.js`)};
    import { createKey, keepProfile } from ${JSON.stringify(`${dist}store.js`)};
    const [modelPath, path, ...rest] = process.argv.slice(1), model = await loadModel(readFileSync(modelPath));
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
  /** @type {string[]} */ const events = [],
    kept = await keepProfile(model, fileStore(path), { onEvent: ({ type }) => events.push(type) });
  await kept.close();
  return { items: kept.profile.history.map(({ item }) => item), events };
}

test('two processes that add five hundred events each keep a thousand', { timeout: 120_000 }, async () => {
  const path = join(folder, 'two');
  const adding = `const kept = await keepProfile(model, fileStore(path), { onEvent: ({ type, reason }) => say(type + ' ' + reason) });
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

test(
  'forty kills at any moment: the profile is always whole, and what was stored stays',
  { timeout: 180_000 },
  async (t) => {
    const path = join(folder, 'killed'),
      random = seeded(19),
      kills = 40;
    mkdirSync(path);
    const writing = `const kept = await keepProfile(model, fileStore(path)), from = kept.profile.size;
    say('opened ' + from);
    let stored = from;
    for (let n = from; ; n++) {
      kept.profile.add('event ' + n);
      say('added ' + (n + 1));
      if (n % 8 === 0) kept.flush().then((done) => { if (done) say('stored ' + (n + 1)); });
      await later(1);
    }`;
    /** @type {Record<string, number>} */ const said = { added: 0, stored: 0 };
    let worst = 0,
      locks = 0;
    for (let round = 0; round < kills; round++) {
      const { child, ended, lines } = start(writing, path);
      while (lines().length === 0 && child.exitCode === null) await later(5);
      await later(below(random, 120));
      child.kill('SIGKILL');
      await ended;
      for (const line of lines()) said[line.split(' ')[0]] = Number(line.split(' ')[1]);
      locks += readdirSync(path).filter((name) => name.startsWith('lock-')).length;
      const { items, events } = await keptIn(path);
      assert.deepEqual(events, [], 'no reset, no failure');
      assert.deepEqual(
        items,
        items.map((_, n) => `event ${n}`),
        'a whole history, in its order',
      );
      assert.ok(
        items.length >= said.stored,
        `${items.length} events are left of ${said.stored} that were stored`,
      );
      worst = Math.max(worst, said.added - items.length);
    }
    const { items } = await keptIn(path);
    t.diagnostic(
      `${kills} kills, ${items.length} events kept, at most ${worst} lost at once, ${locks} locks left by the dead`,
    );
    assert.ok(items.length > kills * 5, 'the kills came while it was storing');
    assert.ok(
      worst <= 64,
      `${worst} events were lost at once: those of one interval, and of the write under way`,
    );
    const again = await keepProfile(model, fileStore(path));
    again.profile.add('one more');
    assert.equal(await again.close(), true);
    assert.deepEqual(readdirSync(path), ['slot-0', 'slot-1'], 'nothing of the dead is left');
  },
);

test('a process ends by itself once its changes are stored', { timeout: 60_000 }, async () => {
  const path = join(folder, 'ends');
  const { ended } = start(
    "const kept = await keepProfile(model, fileStore(path)); kept.profile.add('a');",
    path,
  );
  assert.equal(await ended, 0);
  assert.deepEqual((await keptIn(path)).items, ['a']);
});
