// Owns the tests of files while every call that changes one fails or is the last: what train, tune and split
// write is old or new, what a store of files said it kept is there. Must not need a disk that fails.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../dist/ampcf.js';
import { fileStore } from '../../dist/node-store.js';
import { keepProfile } from '../../dist/store.js';
import { buildShim, callsOf, faultsAt, runUnder } from './shim.js';

/** @import { Fault } from './shim.js' */

const EIO = 5;
const ENOSPC = 28;
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'ampcf-faults-'));
after(() => rmSync(root, { recursive: true }));
const shim = buildShim(root);
const skip = shim.why ?? false;

/** Thirty people and twelve items, in a file that no fault touches. */
const ratings = join(root, 'ratings.csv');
const pairs = Array.from({ length: 360 }, (_, n) => [Math.floor(n / 12), n % 12]);
const kept = pairs.filter(([user, item]) => (user * 7 + item * 5) % 3);
writeFileSync(ratings, `user,item\n${kept.map(([user, item]) => `u${user},i${item}`).join('\n')}\n`);

/**
 * Two at a time, each in a folder of its own.
 * @template T
 * @param {T[]} list
 * @param {(one: T, folder: string) => Promise<void>} work
 */
async function pairwise(list, work) {
  const rest = list.map((one, i) => ({ one, folder: join(root, `case-${i}`) }));
  const worker = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      mkdirSync(next.folder);
      await work(next.one, next.folder);
      rmSync(next.folder, { recursive: true });
    }
  };
  await Promise.all([worker(), worker()]);
}

const filesIn = (/** @type {string} */ folder) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
const isTemporary = (/** @type {string} */ name) => name.endsWith('.tmp');

/**
 * Every target is as it was or as it would be; where the command failed, no temporary file is left.
 * @param {string} folder
 * @param {{ old: Map<string, Buffer>, fresh: Map<string, Buffer> }} wanted
 * @param {Fault} fault
 * @param {{ status: number | null, signal: string | null, stderr: string }} ended
 */
function oldOrNew(folder, { old, fresh }, fault, ended) {
  const label = `${fault.how} at call ${fault.at}: ${ended.stderr.slice(0, 200)}`;
  const found = filesIn(folder);
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const bytes = found.get(name);
    const whole = [old.get(name), fresh.get(name)].some((wanted) =>
      wanted ? bytes?.equals(wanted) : bytes === undefined,
    );
    assert.ok(whole, `${name} is torn or lost, ${label}`);
    if (ended.status === 0) assert.deepEqual(bytes, fresh.get(name), label);
  }
  if (ended.signal) return assert.equal(ended.signal, 'SIGKILL', label);
  assert.ok(ended.status === 0 || ended.status === 5, `exit code ${ended.status}, ${label}`);
  if (ended.status === 5) assert.match(ended.stderr, /ampcf: (?:IO|DISK_FULL): .*cannot write/, label);
  assert.deepEqual([...found.keys()].filter(isTemporary), [], label);
}

/**
 * A command that writes into FOLDER, at every call that changes a file.
 * @param {string} name
 * @param {string} words
 * @param {number[]} errors
 */
function everyCall(name, words, errors) {
  test(name, { skip, timeout: 300_000 }, async (t) => {
    const path = /** @type {string} */ (shim.path);
    const argsFor = (/** @type {string} */ folder, seed = 1) => [
      cli,
      ...`${words} -q --seed ${seed}`.replace('RATINGS', ratings).replace('FOLDER', folder).split(' '),
    ];
    const before = mkdtempSync(join(root, 'old-'));
    const fresh = mkdtempSync(join(root, 'new-'));
    assert.equal((await runUnder({ path, folder: before }, argsFor(before, 2))).status, 0);
    cpSync(before, fresh, { recursive: true });
    const calls = await callsOf({ path, folder: fresh }, argsFor(fresh));
    const wanted = { old: filesIn(before), fresh: filesIn(fresh) };
    assert.notDeepEqual(wanted.old, wanted.fresh);
    const faults = faultsAt(calls, errors);
    await pairwise(faults, async (fault, folder) => {
      cpSync(before, folder, { recursive: true });
      oldOrNew(folder, wanted, fault, await runUnder({ path, folder, fault }, argsFor(folder)));
      // The next run finds nothing in its way, and leaves nothing behind of what died.
      if (fault.how !== 'torn') return;
      assert.equal((await runUnder({ path, folder }, argsFor(folder))).status, 0);
      assert.deepEqual(filesIn(folder), wanted.fresh);
    });
    t.diagnostic(`${calls.length} calls (${[...new Set(calls)].join(', ')}), ${faults.length} faults`);
  });
}

describe('a command at every call that changes a file', { concurrency: 1 }, () => {
  everyCall('train', 'train RATINGS -o FOLDER/m.ampcf --dim 3 --sweeps 2', [ENOSPC, EIO]);
  everyCall('train, quantised', 'train RATINGS -o FOLDER/m.ampcf --dim 3 --sweeps 2 --vectors int8', [
    ENOSPC,
  ]);
  everyCall(
    'tune',
    'tune RATINGS -o FOLDER/m.ampcf --validation 0.2 --hold-out random --trials 2 --cores 1 --dim 3 ' +
      '--sweeps 2 --min-support 1',
    [ENOSPC],
  );
  everyCall('split', 'split RATINGS --by random --force -o FOLDER', [ENOSPC]);
});

/** Events are added one by one; what `flush` said is told, and whether it was true. */
const keeping = `
  import { readFileSync } from 'node:fs';
  import { loadModel } from ${JSON.stringify(new URL('../../dist/ampcf.js', import.meta.url).href)};
  import { fileStore } from ${JSON.stringify(new URL('../../dist/node-store.js', import.meta.url).href)};
  import { keepProfile } from ${JSON.stringify(new URL('../../dist/store.js', import.meta.url).href)};
  import { writeSync } from 'node:fs';
  const [modelPath, path] = process.argv.slice(1);
  const say = (line) => writeSync(1, line + '\\n');
  const kept = await keepProfile(await loadModel(readFileSync(modelPath)), fileStore(path), { everyMs: 1e6 });
  for (let n = kept.profile.size, to = n + 2; n < to; n++) {
    kept.profile.add('event ' + n);
    if (await kept.flush()) say('stored ' + (n + 1));
  }
  say('closed ' + (await kept.close()));`;

/**
 * How many of the four events are kept; none that flush() said is kept is lost.
 * @param {import('../../web/model/model.js').Model} model
 * @param {string} folder
 * @param {{ stdout: string, stderr: string }} ended
 * @param {string} where
 */
async function keptAfter(model, folder, ended, where) {
  const label = `${where}: ${ended.stderr.slice(0, 300)}`;
  const stored = [...ended.stdout.matchAll(/stored (\d+)/g)].map(([, n]) => Number(n)).at(-1) ?? 2;
  /** @type {string[]} */
  const events = [];
  const again = await keepProfile(model, fileStore(folder), { onEvent: ({ type }) => events.push(type) });
  const items = again.profile.history.map(({ item }) => item);
  await again.close();
  assert.deepEqual(events, [], label);
  const whole = items.map((_, n) => `event ${n}`);
  assert.deepEqual(items, whole, label);
  assert.ok(items.length >= stored, `${items.length} of ${stored} stored, ${label}`);
  return items.length;
}

test('a store of files at every call: what flush() said is there', { skip, timeout: 300_000 }, async (t) => {
  const path = /** @type {string} */ (shim.path);
  const modelPath = join(root, 'store-model.ampcf');
  const train = ['train', ratings, '-o', modelPath, '--dim', '3', '--sweeps', '1', '-q'];
  assert.equal((await runUnder({ path, folder: root }, [cli, ...train])).status, 0);
  const model = await loadModel(readFileSync(modelPath));
  const program = ['--input-type=module', '-e', keeping, modelPath];
  const before = join(root, 'store-old');
  assert.equal((await runUnder({ path, folder: before }, [...program, before])).status, 0);
  const counted = join(root, 'store-counted');
  cpSync(before, counted, { recursive: true });
  const calls = await callsOf({ path, folder: counted }, [...program, counted]);
  const faults = faultsAt(calls, [EIO]);
  let least = 4;
  await pairwise(faults, async (fault, folder) => {
    cpSync(before, folder, { recursive: true });
    const ended = await runUnder({ path, folder, fault }, [...program, folder]);
    const where = `${fault.how} at call ${fault.at} (${calls[fault.at - 1]})`;
    least = Math.min(least, await keptAfter(model, folder, ended, where));
    if (/^\d/.test(fault.how)) assert.equal(ended.status, 0, `${where}: ${ended.stderr.slice(0, 300)}`);
  });
  const kinds = [...new Set(calls)].join(', ');
  t.diagnostic(`${calls.length} calls (${kinds}), ${faults.length} faults, at most ${4 - least} lost`);
});
