// Owns the tests of `private` and `supportLambda`: what they stand for, what they leave as it was, what they
// refuse, and that the attack finds less. Must not train on real data.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/ampcf.js';
import { membershipAttack, settingsOf } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { WasmMemory } from '../../../web/core/memory.js';
import { trainConfig } from '../../../web/train/config.js';
import { canonicalInteractions } from '../../../web/train/interactions.js';
import { TrainKernel } from '../../../web/train/kernel.js';
import { trainSettings } from '../../../web/train/settings.js';
import { failsWith, interactionsOf, people, root, steady } from '../../support.js';

const data = interactionsOf(people);
const small = Object.freeze({ dim: 6, sweeps: 3, clusters: 0 });
const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const train = (/** @type {object} */ options) => trainModel(data, any({ ...small, ...options }));

describe('private', () => {
  test('chooses a support by the number of people, which trains the same bytes again', async () => {
    const hidden = await train({ private: true });
    assert.equal(hidden.settings.supportLambda, Number((4 * Math.sqrt(people.length)).toPrecision(3)));
    assert.ok(!('private' in hidden.settings));
    assert.deepEqual((await train({ private: true })).bytes, hidden.bytes);
    const { supportLambda, vectorStep } = hidden.settings;
    assert.equal(vectorStep, 0.5);
    assert.deepEqual((await train({ supportLambda, vectorStep })).bytes, hidden.bytes);
    const model = await loadModel(hidden.bytes);
    const again = settingsOf(model);
    model.dispose();
    assert.deepEqual((await train(again)).bytes, hidden.bytes);
  });

  test('leaves other trainings as they were, metadata included', async () => {
    const plain = await train({});
    assert.ok(!('supportLambda' in plain.settings) && !('vectorStep' in plain.settings));
    for (const none of [{ private: false }, { private: undefined }, { supportLambda: 0, vectorStep: 0 }])
      assert.deepEqual((await train(none)).bytes, plain.bytes);
    assert.notDeepEqual((await train({ private: true })).bytes, plain.bytes);
  });

  test('refuses what remembers more, and says which setting does', async () => {
    for (const [given, message] of /** @type {[object, RegExp][]} */ ([
      [{ neighbours: 5 }, /^neighbours: got 5, wanted 0: private allows no more/],
      [{ objective: 'logistic', sweeps: undefined }, /^objective: got logistic, wanted als/],
      [{ supportLambda: 0 }, /^supportLambda: got 0, wanted more than 0, or nothing: private needs it/],
      [{ vectorStep: 0 }, /^vectorStep: got 0, wanted more than 0/],
      [{ lambda: 0.003 }, /^lambda: got 0.003, wanted 0.004 or more/],
      [{ minSupport: 1 }, /^minSupport: got 1, wanted 5 or more/],
      [{ dim: 65 }, /^dim: got 65, wanted 64 or less/],
    ]))
      await failsWith(() => train({ private: true, ...given }), 'BAD_ARGUMENT', message);
    for (const word of [1, 'yes', null])
      await failsWith(() => train({ private: word }), 'BAD_ARGUMENT', /^private: got .*true or false/);
    const more = { lambda: 0.01, neighbours: 0, minSupport: 9, supportLambda: 90 };
    assert.equal((await train({ private: true, ...more })).settings.supportLambda, 90);
  });

  test('is told from the model less often', async () => {
    const sizes = { people: 100, resamples: 20 };
    const plain = await membershipAttack(data, { dim: 32, sweeps: 6, clusters: 0 }, sizes);
    const hidden = await membershipAttack(data, { dim: 32, sweeps: 6, clusters: 0, private: true }, sizes);
    assert.ok(hidden.auc < plain.auc - 0.05, JSON.stringify([plain, hidden]));
  });
});

test('vectorStep rounds every number to a multiple, and most of what few people have to 0', async () => {
  const settings = { ...steady, dim: 6, sweeps: 3, supportLambda: 60, vectorStep: 1 };
  const { users, itemIds, ...rest } = canonicalInteractions(data, 1);
  const file = new URL('dist/wasm/train-simd.wasm', root);
  const kernel = new TrainKernel(new WasmMemory(await WebAssembly.compile(readFileSync(file))));
  const training = kernel.openTrainer(trainConfig(trainSettings(settings), users, itemIds.length), rest);
  for (let done = 0, total = 1; done < total;) ({ done, total } = training.step(1000));
  const float = [...training.results().vectors];
  const step = Math.min(...float.map(Math.abs).filter((x) => x > 0));
  for (const x of float) assert.ok(Math.abs(x / step - Math.round(x / step)) < 1e-4, String(x / step));
  const zeros = float.filter((x) => x === 0).length;
  assert.ok(zeros > 0.3 * float.length && zeros < float.length, String(zeros / float.length));
  for (const bad of [-1, 0.0001, 1.1, NaN, '1', null])
    await failsWith(() => train({ vectorStep: bad }), 'BAD_ARGUMENT', /^vectorStep: got/);
});

test('supportLambda is a setting of als alone, from 0 to 65536', async () => {
  for (const bad of [-1, 65537, NaN, Infinity, '1', null])
    await failsWith(() => train({ supportLambda: bad }), 'BAD_ARGUMENT', /^supportLambda: got/);
  for (const objective of ['softmax', 'gaussian'])
    await failsWith(
      () => train({ sweeps: undefined, objective, supportLambda: 1 }),
      'BAD_ARGUMENT',
      /^supportLambda: got 1, wanted nothing: it is not a setting/,
    );
  assert.equal((await train({ supportLambda: 65536 })).settings.supportLambda, 65536);
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-private-'));
  const cli = fileURLToPath(new URL('dist/cli.js', root));
  const ratings = join(folder, 'ratings.csv');
  after(() => rmSync(folder, { recursive: true }));
  const rows = Array.from(data.user, (u, x) => `${data.users[u]},${data.items[data.item[x]]}`);
  writeFileSync(ratings, ['user,item', ...rows].join('\n'));
  const common = ['--dim', '6', '--sweeps', '3'];
  const run = (/** @type {string[]} */ ...args) =>
    execFileSync(process.execPath, [cli, ...args, '--json'], { encoding: 'utf8', stdio: 'pipe' });

  test('takes --private, and a search keeps to it', () => {
    const model = join(folder, 'model.ampcf');
    const again = join(folder, 'again.ampcf');
    const { settings } = JSON.parse(run('train', ratings, '-o', model, ...common, '--private'));
    const explicit = ['--support-lambda', String(settings.supportLambda), '--vector-step', '0.5'];
    run('train', ratings, '-o', again, ...common, ...explicit);
    assert.deepEqual(readFileSync(model), readFileSync(again));
    const search = ['--auto', '--trials', '4', '--cores', '1', '--quiet'];
    const found = JSON.parse(run('train', ratings, '-o', model, ...common, '--private', ...search));
    assert.deepEqual([found.settings.neighbours, found.settings.lambda], [0, settings.lambda]);
    assert.match(found.command, /--support-lambda [\d.]+/);
    assert.doesNotMatch(found.command, /--private/);
  });

  test('refuses neighbours beside it', () => {
    const args = ['train', ratings, '-o', join(folder, 'none.ampcf'), '--private', '--neighbours', '5'];
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /neighbours: got 5, wanted 0: private allows no more/);
  });
});
