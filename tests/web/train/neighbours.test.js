// Owns the tests of neighbours: trained into the file, used by scores, explanations, saved profiles and
// inspect, equal in every build; and of fitEase. Must not judge accuracy: tests/bench does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/ampcf.js';
import { fitEase, trainModel } from '../../../dist/train.js';
import { AMPCF_NEIGHBOURS_EASE, AMPCF_NEIGHBOURS_LOCAL } from '../../../web/core/abi.js';
import { WasmMemory } from '../../../web/core/memory.js';
import { canonicalInteractions } from '../../../web/train/interactions.js';
import { TrainKernel } from '../../../web/train/kernel.js';
import {
  below,
  failsWith,
  failure,
  filmFacts,
  golden,
  historyOf,
  interactionsOf,
  people,
  root,
  seeded,
} from '../../support.js';

/** @typedef {import('../../../web/train.js').TrainOptions} TrainOptions */
const base = interactionsOf(people);
const data = canonicalInteractions(base, 1);
const n = data.itemIds.length;
/** @type {TrainOptions} */ const small = { dim: 8, sweeps: 3, minSupport: 1, items: filmFacts };
/** @type {Uint8Array} */ let bytes;

before(async () => {
  ({ bytes } = await trainModel(base, { ...small, neighbours: 20, neighbourLambda: 20 }));
});

/**
 * @param {ArrayLike<number>} list
 * @returns {number}
 */
const sumOf = (list) => Array.from(list).reduce((sum, value) => sum + value, 0);

/**
 * Scores of one history over the catalogue, in catalogue order.
 * @param {import('../../../web/model/model.js').Model} model
 * @param {{ item: string, weight?: number }[]} history
 */
function scoresOf(model, history) {
  const ids = model.ids(),
    byId = new Map(golden(model.createProfile(history).rank(ids)));
  return ids.map((id) => Number(byId.get(id)));
}

/**
 * What a training leaves of its items, drawn at random: vectors, and the Gram that belongs to them.
 * @param {number} count
 * @param {number} dim
 * @param {() => number} random
 */
function madeItemSide(count, dim, random) {
  const vectors = Float32Array.from({ length: count * dim }, () => random() - 0.5);
  const [weights, targets] = [0.5, 0.8].map((low) =>
    Float32Array.from({ length: count }, () => low + random()),
  );
  const gram = new Float32Array((dim * (dim + 1)) / 2);
  for (let r = 0, at = 0; r < dim; r++)
    for (let c = 0; c <= r; c++, at++)
      for (let j = 0; j < count; j++) gram[at] += weights[j] * vectors[j * dim + r] * vectors[j * dim + c];
  const bias = new Float32Array(count);
  const settings = Float32Array.of(0.4, 0.1, 0.7, ...new Array(13).fill(0));
  return { vectors, bias, gram, settings, item_weights: weights, item_targets: targets };
}

/**
 * People of three tastes.
 * @param {number} users
 * @param {number} count of items
 * @param {() => number} random
 */
function madeRows(users, count, random) {
  const lists = Array.from({ length: users }, (_, u) =>
    Array.from({ length: count }, (_item, j) => j).filter(
      (j) => below(random, j % 3 === u % 3 ? 2 : 8) === 0,
    ),
  );
  const offsets = new Uint32Array(users + 1);
  lists.forEach((list, u) => {
    offsets[u + 1] = offsets[u] + list.length;
  });
  return { offsets, items: Uint32Array.from(lists.flat()), weights: null };
}

describe('a model with neighbours', () => {
  test('says so, and is larger by what they take', async () => {
    const model = await loadModel(bytes);
    const plain = await loadModel((await trainModel(base, small)).bytes);
    const { info } = model;
    assert.ok(info.neighbours > 10 * n && info.neighbours <= 20 * n, `${info.neighbours}`);
    assert.equal(plain.info.neighbours, 0);
    assert.equal(model.diagnostics().info.neighbours, info.neighbours);
    assert.deepEqual(
      [
        info.metadata.settings.neighbours,
        info.metadata.settings.neighbourLambda,
        info.metadata.settings.neighbourMethod,
      ],
      [20, 20, 'ease'],
    );
    assert.equal(plain.info.metadata.settings.neighbours, 0);
    assert.equal(plain.info.metadata.settings.neighbourLambda, undefined);
    const added = info.bytes - plain.info.bytes,
      wanted = info.neighbours * 3 + 8 * n;
    assert.ok(added > wanted && added < wanted + 1024, `${added} bytes, wanted about ${wanted}`);
  });

  test('is the same for the same input, and another for other settings', async () => {
    assert.deepEqual(
      (await trainModel(base, { ...small, neighbours: 20, neighbourLambda: 20 })).bytes,
      bytes,
    );
    for (const other of /** @type {TrainOptions[]} */ ([
      { neighbours: 19 },
      { neighbourLambda: 30 },
      { neighbourStrength: 2 },
      { neighbourLambdaGrowth: 1 },
      { neighbourUserDamping: 0 },
      { neighbourPopularityDamping: 0 },
      { neighbourMethod: 'cooccurrence' },
      { neighbourMethod: 'local' },
    ]))
      assert.notDeepEqual(
        (await trainModel(base, { ...small, neighbours: 20, neighbourLambda: 20, ...other })).bytes,
        bytes,
        JSON.stringify(other),
      );
  });

  test('adds strength times EASE to the scores of the vectors', async () => {
    const ease = await fitEase(data, { lambda: 20 });
    const uncut = new Float32Array(n);
    const history = historyOf(7).filter(({ item }) => data.itemIds.includes(item));
    const index = new Map(data.itemIds.map((id, i) => [id, i]));
    ease.score(
      Uint32Array.from(history, ({ item }) => Number(index.get(item))),
      uncut,
    );
    const [without, ...with_] = await Promise.all(
      [0, 1, 2].map(async (neighbourStrength) =>
        loadModel(
          (
            await trainModel(base, {
              ...small,
              gate: 0,
              neighbours: n,
              neighbourLambda: 20,
              neighbourBlend: 0,
              neighbourAspects: 0,
              neighbourStrength,
            })
          ).bytes,
        ),
      ),
    );
    const plain = scoresOf(without, history);
    for (const [i, model] of with_.entries())
      scoresOf(model, history).forEach((score, j) =>
        assert.ok(
          Math.abs(score - plain[j] - (i + 1) * uncut[j]) < 0.004 * (i + 1) * history.length ** 0.5,
          `${score} ${plain[j]} ${uncut[j]}`,
        ),
      );
    ease.dispose();
  });

  test('explains with parts that add up to the score', async () => {
    const model = await loadModel(bytes);
    for (const person of [1, 5, 9]) {
      const me = model.createProfile(
        historyOf(person).map((event, i) => ({ ...event, weight: 0.5 + (i % 3) })),
      );
      assert.ok(me.personas().length >= 1);
      for (const id of model.ids().slice(0, 60)) {
        const { score, explanation } = me.explain(id),
          { contributions, rest, bias, residual } = explanation;
        assert.equal(contributions.length, me.size);
        assert.ok(
          Math.abs(
            sumOf(contributions.map(({ contribution }) => contribution)) +
              rest +
              bias +
              residual -
              Number(score),
          ) < 1e-9,
        );
        assert.ok(Math.abs(residual) < 1e-5 * Math.max(1, Math.abs(Number(score))));
      }
    }
  });

  test('gives the same bits in SIMD and scalar, narrow vectors too', async () => {
    for (const vectors of /** @type {const} */ (['f32', 'f16', 'int8'])) {
      const file = (await trainModel(base, { ...small, neighbours: 20, vectors })).bytes;
      const [simd, scalar] = await Promise.all(
        /** @type {const} */ (['simd', 'scalar']).map((backend) => loadModel(file, { backend })),
      );
      for (const person of [0, 3, 11])
        assert.deepEqual(
          golden(simd.createProfile(historyOf(person)).rank(simd.ids())),
          golden(scalar.createProfile(historyOf(person)).rank(scalar.ids())),
        );
    }
  });

  test('comes out the same from the SIMD and the scalar trainer, alone, beside vectors, and local', () => {
    const random = seeded(7);
    const count = 90;
    const dim = 11;
    const itemSide = madeItemSide(count, dim, random);
    for (const [users, beside, method] of /** @type {const} */ ([
      [150, false, AMPCF_NEIGHBOURS_EASE],
      [60, false, AMPCF_NEIGHBOURS_EASE],
      [150, true, AMPCF_NEIGHBOURS_EASE],
      [60, true, AMPCF_NEIGHBOURS_EASE],
      [150, false, AMPCF_NEIGHBOURS_LOCAL],
    ])) {
      const rowsByUser = madeRows(users, count, random);
      const config = {
        n_users: users,
        n_items: count,
        method,
        neighbours: 15,
        n_aspects: beside ? 7 : 0,
        dim: beside ? dim : 0,
        lambda: 20,
        lambda_growth: 0.5,
        user_damping: 0.6,
        source_damping: 0.2,
        popularity_damping: 0.12,
        strength: 1,
        aspect_strength: 30,
        blend: 0.8,
        pair_support: 0,
      };
      const results = ['simd', 'scalar'].map((name) => {
        const file = readFileSync(new URL(`dist/wasm/train-${name}.wasm`, root)),
          kernel = new TrainKernel(new WasmMemory(new WebAssembly.Module(file)));
        const run = kernel.openNeighbours(config, rowsByUser, beside ? itemSide : undefined);
        run.step(1e6);
        const rows = run.rows();
        return [rows.offsets[count], rows.items, rows.values, new Uint32Array(rows.scales.buffer)];
      });
      assert.ok(Number(results[0][0]) > 5 * count);
      assert.deepEqual(results[0], results[1]);
    }
  });

  test('of local ridges has few, adds them to the scores, and says which settings followed', async () => {
    /** @type {TrainOptions} */ const local = { ...small, gate: 0, neighbours: 9, neighbourMethod: 'local' };
    const [without, once, twice] = await Promise.all(
      [0, 1, 2].map(async (neighbourStrength) =>
        loadModel((await trainModel(base, { ...local, neighbourStrength })).bytes),
      ),
    );
    const { info } = once;
    assert.ok(info.neighbours > 5 * n && info.neighbours <= 9 * n, `${info.neighbours}`);
    const [plain, some, more] = [without, once, twice].map((model) => scoresOf(model, historyOf(7)));
    const added = plain.map((score, j) => some[j] - score);
    assert.ok(Math.max(...added) > 0.1);
    more.forEach((score, j) => assert.ok(Math.abs(score - plain[j] - 2 * added[j]) < 1e-4));
    const { settings } = await trainModel(base, local);
    const events = data.items.length / n;
    const share = Math.min(1, Math.max(0, Math.log2(events / 50)));
    const { neighbourLambda, neighbourStrength, neighbourUserDamping, neighbourSourceDamping } = settings;
    assert.ok(Math.abs(Number(neighbourLambda) - 5 * 0.4 ** share) < 0.01);
    assert.deepEqual([neighbourStrength, neighbourUserDamping, neighbourSourceDamping], [1, 0.3, 0.3]);
    const given = { neighbourLambda: 3, neighbourStrength: 4, neighbourUserDamping: 0 };
    const chosen = (await trainModel(base, { ...local, ...given })).settings;
    assert.deepEqual({ ...chosen, ...given }, chosen);
  });

  test('saves and restores profiles, and follows what is added and removed', async () => {
    const model = await loadModel(bytes);
    const me = model.createProfile(historyOf(4));
    const before = golden(me.recommend({ topK: 30 }));
    assert.deepEqual(golden(model.restoreProfile(me.save()).recommend({ topK: 30 })), before);
    const [{ item }] = me.history;
    me.remove(item);
    assert.notDeepEqual(golden(me.recommend({ topK: 30 })), before);
    assert.equal(model.createProfile([]).recommend().personalized, false);
  });
});

describe('what is refused', () => {
  test('settings out of range', async () => {
    for (const [name, bad] of /** @type {[string, unknown[]][]} */ ([
      ['neighbours', [-1, 0.5, 65537, NaN, '5']],
      ['neighbourStrength', [-1, 1025, NaN]],
      ['neighbourLambda', [0, 2e9]],
      ['neighbourLambdaGrowth', [-1, 5]],
      ['neighbourUserDamping', [-1, 5]],
      ['neighbourSourceDamping', [-1, 5]],
      ['neighbourPopularityDamping', [-5, 5]],
      ['neighbourMethod', ['x', 1, null]],
    ]))
      for (const value of bad)
        await failsWith(
          () => trainModel(base, /** @type {any} */ ({ ...small, [name]: value })),
          'BAD_ARGUMENT',
          new RegExp(`^${name}: got`),
        );
    for (const options of [
      { lambda: 0 },
      { lambda: NaN },
      { userDamping: -1 },
      { lambdaGrowth: 9 },
      { popularityDamping: 9 },
      { lambda: /** @type {any} */ ('5') },
      { signal: /** @type {any} */ (5) },
      { onProgress: /** @type {any} */ (5) },
      /** @type {any} */ (null),
    ])
      await failsWith(() => fitEase(data, options), 'BAD_ARGUMENT');
  });

  test('what does not fit, before any work', async () => {
    const many = Array.from({ length: 40000 }, (_, i) => `${i}`),
      indices = Uint32Array.from(many.keys());
    const large = { users: many, items: many, user: indices, item: indices };
    await failsWith(
      () => trainModel(large, { dim: 1, sweeps: 1, minSupport: 1, neighbours: 5 }),
      'OUT_OF_MEMORY',
      /40000 items and 40000 people.*cooccurrence/,
    );
    const { items } = await trainModel(large, {
      dim: 1,
      sweeps: 1,
      minSupport: 1,
      neighbours: 5,
      neighbourMethod: 'cooccurrence',
    });
    assert.equal(items, 40000);
    const local = await trainModel(large, {
      dim: 1,
      sweeps: 1,
      minSupport: 1,
      neighbours: 5,
      neighbourMethod: 'local',
    });
    assert.equal(local.items, 40000);
    assert.equal(local.settings.neighbourStrength, 9.8);
    await failsWith(
      () =>
        trainModel(large, { dim: 1, sweeps: 1, minSupport: 1, neighbours: 6500, neighbourMethod: 'local' }),
      'OUT_OF_MEMORY',
    );
  });

  test('an item that is not there, an output of another length, a disposed one', async () => {
    const ease = await fitEase(data),
      out = new Float32Array(n);
    await failsWith(() => ease.score(Uint32Array.of(n), out), 'BAD_ARGUMENT', /history/);
    await failsWith(() => ease.score(Uint32Array.of(0), new Float32Array(n - 1)), 'BAD_ARGUMENT', /out/);
    ease.score(Uint32Array.of(), out);
    assert.deepEqual(out, new Float32Array(n));
    ease.dispose();
    ease.dispose();
    await failsWith(() => ease.score(Uint32Array.of(0), out), 'DISPOSED');
  });
});

describe('progress and abort', () => {
  test('come from the neighbours too', async () => {
    /** @type {import('../../../web/train.js').TrainProgress[]} */ const seen = [];
    await trainModel(base, { ...small, neighbours: 5, onProgress: (progress) => seen.push(progress) });
    const phases = seen.map(({ phase }) => phase),
      last = seen[seen.length - 1];
    assert.deepEqual([...new Set(phases)], ['vectors', 'neighbours']);
    assert.deepEqual([last.phase, last.done, last.sweep], ['neighbours', last.total, 3]);
    const controller = new AbortController(),
      reason = new Error('enough');
    const stopped = await failure(() =>
      trainModel(base, {
        ...small,
        neighbours: 5,
        signal: controller.signal,
        onProgress: ({ phase }) => {
          if (phase === 'neighbours') controller.abort(reason);
        },
      }),
    );
    assert.equal(stopped, reason);
    assert.equal(await failure(() => fitEase(data, { signal: AbortSignal.abort(reason) })), reason);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-neighbours-'));
  after(() => rmSync(folder, { recursive: true }));
  const run = (/** @type {string[]} */ ...args) =>
    execFileSync(process.execPath, [fileURLToPath(new URL('dist/cli.js', root)), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test('trains with them, and shows them', () => {
    const ratings = join(folder, 'ratings.csv'),
      model = join(folder, 'model.ampcf');
    writeFileSync(
      ratings,
      ['user,item', ...Array.from(base.user, (u, x) => `${base.users[u]},${base.items[base.item[x]]}`)].join(
        '\n',
      ),
    );
    run(
      'train',
      ratings,
      '-o',
      model,
      '--dim',
      '4',
      '--sweeps',
      '2',
      '--neighbours',
      '10',
      '--neighbour-lambda',
      '50',
      '--neighbour-strength',
      '0.5',
      '--vectors',
      'int8',
    );
    const report = JSON.parse(run('inspect', model, '--json')),
      names = report.sections.map((/** @type {{ name: string }} */ { name }) => name);
    assert.ok(report.neighbours > n && report.neighbours <= 10 * n);
    for (const name of [
      'neighbour offsets',
      'neighbours',
      'neighbour values',
      'neighbour scales',
      'item scales',
    ])
      assert.ok(names.includes(name), name);
    assert.deepEqual(
      [
        report.metadata.settings.neighbourLambda,
        report.metadata.settings.neighbourStrength,
        report.metadata.settings.vectors,
      ],
      [50, 0.5, 'int8'],
    );
    assert.match(run('inspect', model), /neighbours +\d+\.\d an item, [\d.]+ \w+/);
    assert.match(run('verify', model), /sound/);
    run('train', ratings, '-o', model, '--dim', '4', '--neighbours', '10', '--neighbour-method', 'local');
    const { settings } = JSON.parse(run('inspect', model, '--json')).metadata;
    assert.deepEqual([settings.neighbourMethod, settings.neighbourSourceDamping], ['local', 0.3]);
  });
});
