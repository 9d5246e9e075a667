// Owns the tests of a model and of a training in a worker of Node: the same answers as here, errors with
// their codes, progress, transfer, cancellation, the end. tests/browser/worker.test.js does it in a page.
// Must not test what a model answers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AmpcfError, loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { loadModelInWorker, trainInWorker } from '../../../dist/worker.js';
import { failsWith, failure, historyOf, interactionsOf, people, root, smallModel } from '../../support.js';

const timeout = 60_000;
const bytes = await smallModel();
const here = await loadModel(bytes);
const ids = here.ids();
const history = historyOf(0);
/** @type {import('../../../dist/worker.js').RemoteModel} */ let model;
before(async () => {
  model = await loadModelInWorker(bytes);
});
after(() => model.dispose());
/** What goes between threads: what is not enumerable stays behind. */
const plain = (/** @type {any} */ value) => structuredClone(value);

describe('a model in a worker', { timeout }, () => {
  test('answers as one here', async () => {
    assert.deepEqual(model.info, here.info);
    for (const [method, ...args] of /** @type {[string, ...any[]][]} */ ([
      ['has', ids[3]],
      ['has', 'nobody'],
      ['title', ids[3]],
      ['aspects', ids[3]],
      ['ids'],
      ['similar', ids[3], { topK: 4 }],
    ]))
      assert.deepEqual(
        await /** @type {any} */ (model)[method](...args),
        plain(/** @type {any} */ (here)[method](...args)),
        method,
      );
    assert.equal((await model.diagnostics()).backend, 'simd');
  });

  test('its profiles do too, through changes', async () => {
    const mine = here.createProfile(history, { personas: 2 });
    const me = await model.createProfile(history, { personas: 2 });
    const same = async () => {
      for (const member of ['size', 'version', 'personalized', 'unknown', 'history'])
        assert.deepEqual(
          await /** @type {any} */ (me)[member],
          plain(/** @type {any} */ (mine)[member]),
          member,
        );
      for (const [method, ...args] of /** @type {[string, ...any[]][]} */ ([
        ['rank', ids.slice(0, 20), { explain: true, topK: 5 }],
        ['recommend', { topK: 7, calibrate: 0.5 }],
        ['recommend', { filter: { aspects: { include: here.aspects(ids[0]).slice(0, 1) } } }],
        ['explain', ids[9]],
        ['personas'],
        ['tasteDistance', ids.slice(0, 5)],
      ]))
        assert.deepEqual(
          await /** @type {any} */ (me)[method](...args),
          plain(/** @type {any} */ (mine)[method](...args)),
          method,
        );
    };
    await same();
    for (const [method, ...args] of /** @type {[string, ...any[]][]} */ ([
      ['add', { item: ids[7], weight: 2 }],
      ['rate', ids[8], 2],
      ['dislike', ids[2]],
      ['skip', ids[6]],
      ['undo'],
      ['remove', ids[8]],
      ['adjust', { personas: 1 }],
      ['forget', { keep: 3 }],
    ])) {
      const [there, own] = [/** @type {any} */ (me), /** @type {any} */ (mine)];
      const [got, wanted] = [await there[method](...args), own[method](...args)];
      if (wanted === mine) assert.equal(got, me, `${method} gives the profile`);
      else assert.deepEqual(got, plain(wanted), method);
    }
    await same();
    const saved = await me.save();
    assert.deepEqual(saved, mine.save());
    const again = await model.restoreProfile(saved);
    assert.deepEqual([await again.history, again.lost], [plain(mine.history), 0]);
    await me.clear();
    assert.equal(await me.size, 0);
  });

  test('handles stand for lists and masks', async () => {
    const me = await model.createProfile(history);
    const mine = here.createProfile(history);
    const list = await model.candidates(ids.slice(0, 30));
    assert.deepEqual(await me.rank(list), plain(mine.rank(ids.slice(0, 30))));
    const filter = await model.mask(ids.slice(0, 50));
    assert.deepEqual(await me.recommend({ filter }), plain(mine.recommend({ filter: ids.slice(0, 50) })));
    await list.dispose();
    await failsWith(() => me.rank(list), 'DISPOSED');
  });

  test('listeners hear of changes', async () => {
    const me = await model.createProfile();
    let heard = 0;
    const stop = me.subscribe(() => void heard++);
    await me.add(ids[0]);
    await me.add(ids[1]);
    assert.equal(heard, 2);
    stop();
    await me.add(ids[2]);
    assert.equal(heard, 2);
    await failsWith(() => me.subscribe(/** @type {any} */ (5)), 'BAD_ARGUMENT');
  });

  test('errors come over with their code and details; what cannot be sent is refused', async () => {
    const unknown = await failsWith(() => model.title('nobody'), 'UNKNOWN_ITEM', /nobody/);
    assert.ok(unknown instanceof AmpcfError);
    const me = await model.createProfile(history);
    await failsWith(() => me.recommend(/** @type {any} */ ({ topk: 5 })), 'BAD_ARGUMENT', /topk/);
    const wanted = /wanted values that a worker can be sent: no functions/;
    for (const [call, got] of /** @type {[() => any, RegExp][]} */ ([
      [() => me.recommend({ filter: () => true }), /^filter: got a function, /],
      [() => model.createProfile([], { recency: () => [] }), /^recency: got a function, /],
      [() => model.createProfile([{ item: ids[0], at: Symbol('now') }]), /^at: got a symbol, /],
      [() => me.rank(new Set(ids).values()), /^arguments: got Set Iterator, /],
      [() => me.recommend({ exclude: [here] }), /^exclude: got Model, /],
      [() => loadModelInWorker(bytes, /** @type {any} */ ({ taste: { open() {} } })), /^open: got a func/],
      [() => trainInWorker(interactionsOf(people), { onSnapshot() {} }), /^onSnapshot: got a function, /],
    ])) {
      const error = await failsWith(call, 'BAD_ARGUMENT', wanted);
      assert.match(error.message, got);
      assert.equal(error.cause.name, 'DataCloneError');
    }
    const damaged = bytes.slice();
    damaged[5000] ^= 1;
    const error = await failsWith(() => loadModelInWorker(damaged), 'CHECKSUM');
    assert.deepEqual(error.details, (await failure(() => loadModel(damaged))).details);
    assert.equal((await me.recommend({ topK: 3 })).items.length, 3);
  });
});

describe('loading in a worker', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-remote-'));
  const path = join(folder, 'films.ampcf');
  writeFileSync(path, bytes);
  after(() => rmSync(folder, { recursive: true }));

  test('of every source, with progress, scalar too', async () => {
    const stream = () => new Blob([bytes]).stream();
    const sources = [path, new Blob([bytes]), bytes.slice().buffer, new Response(bytes), stream()];
    for (const source of sources) {
      /** @type {any[]} */ const seen = [];
      const onProgress = (/** @type {any} */ progress) => void seen.push(progress);
      const loaded = await loadModelInWorker(/** @type {any} */ (source), { backend: 'scalar', onProgress });
      assert.equal((await loaded.diagnostics()).backend, 'scalar');
      if (!(source instanceof ArrayBuffer))
        assert.deepEqual(seen.at(-1), { loaded: bytes.length, total: bytes.length });
      await loaded.dispose();
    }
  });

  test('copies bytes, or takes them', async () => {
    const own = bytes.slice();
    await (await loadModelInWorker(own)).dispose();
    assert.equal(own.length, bytes.length);
    await (await loadModelInWorker(own, { transfer: true })).dispose();
    assert.equal(own.length, 0);
    await failsWith(() => loadModelInWorker(own.buffer), 'BAD_ARGUMENT');
  });

  test('an abort ends it with its reason, a dispose with DISPOSED', async () => {
    const reason = new Error('left the page');
    assert.equal(
      await failure(() => loadModelInWorker(bytes, { signal: AbortSignal.abort(reason) })),
      reason,
    );
    const abort = new AbortController();
    const loading = failure(() => loadModelInWorker(bytes, { signal: abort.signal }));
    abort.abort(reason);
    assert.equal(await loading, reason);
    const other = await loadModelInWorker(bytes);
    const me = await other.createProfile();
    const asked = failure(() => me.recommend());
    await other.dispose();
    assert.equal((await asked).code, 'DISPOSED');
    for (const call of [() => me.recommend(), () => other.ids(), () => other.createProfile()])
      await failsWith(call, 'DISPOSED');
    await other.dispose();
  });

  test('a question is taken back before it is begun', async () => {
    const me = await model.createProfile();
    const abort = new AbortController();
    const reason = new Error('typed on');
    const first = me.add(ids[0]);
    const second = failure(() => me.recommend({ signal: abort.signal }));
    const third = me.add(ids[1]);
    abort.abort(reason);
    assert.equal(await second, reason);
    await Promise.all([first, third]);
    assert.equal(await me.size, 2);
    assert.equal(await failure(() => me.rank([], { signal: abort.signal })), reason);
    await failsWith(() => me.rank([], /** @type {any} */ ({ signal: 5 })), 'BAD_ARGUMENT', /signal/);
  });

  test('wrong arguments', async () => {
    for (const source of [undefined, null, 5, {}, new Request('http://localhost/x')])
      await failsWith(() => loadModelInWorker(/** @type {any} */ (source)), 'BAD_ARGUMENT', /model source/);
    await failsWith(() => loadModelInWorker(new Response('', { status: 404 })), 'HTTP', /404/);
    for (const options of [{ transfer: 1 }, { signal: {} }, { onProgress: 5 }, { integirty: 'x' }, 5, null])
      await failsWith(() => loadModelInWorker(bytes, /** @type {any} */ (options)), 'BAD_ARGUMENT');
    await failsWith(
      () => loadModelInWorker(bytes, /** @type {any} */ ({ plugins: [{ option: 'x', open: () => 1 }] })),
      'BAD_ARGUMENT',
      /functions/,
    );
  });

  test('a worker that nobody asks does not keep Node alive', () => {
    const entry = JSON.stringify(new URL('dist/worker.js', root).href);
    const code = `const { loadModelInWorker } = await import(${entry});
      const model = await loadModelInWorker(${JSON.stringify(path)});
      const me = await model.createProfile((await model.ids()).slice(0, 3));
      console.log((await me.recommend({ topK: 2 })).items.length);`;
    const program = join(folder, 'program.mjs');
    writeFileSync(program, code);
    const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.deepEqual([stdout, stderr, status], ['2\n', '', 0]);
  });
});

describe('training in a worker', { timeout }, () => {
  const known = interactionsOf(people.slice(0, 80));
  const options = { dim: 6, sweeps: 3, minSupport: 1, seed: 3 };

  test('gives the same bytes, with progress; on two cores too', async () => {
    const wanted = await trainModel(known, options);
    /** @type {any[]} */ const seen = [];
    const onProgress = (/** @type {any} */ progress) => void seen.push(progress);
    const { bytes: trained } = await trainInWorker(known, { ...options, onProgress });
    assert.deepEqual(trained, wanted.bytes);
    assert.ok(seen.length >= 1 && seen.every(({ phase }) => typeof phase === 'string'));
    assert.deepEqual((await trainInWorker(known, { ...options, cores: 2 })).bytes, wanted.bytes);
  });

  test('typed arrays are given away where that is wanted', async () => {
    const typed = { ...known, user: Uint32Array.from(known.user), item: Uint32Array.from(known.item) };
    const first = await trainInWorker(typed, options);
    assert.ok(typed.user.length > 0);
    const second = await trainInWorker(typed, { ...options, transfer: true });
    assert.equal(typed.user.length, 0);
    assert.deepEqual(first.bytes, second.bytes);
  });

  test('an abort ends it at once; mistakes come over with their codes', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const began = performance.now();
    const training = failure(() =>
      trainInWorker(known, {
        ...options,
        sweeps: 1000,
        signal: abort.signal,
        onProgress: () => abort.abort(reason),
      }),
    );
    assert.equal(await training, reason);
    assert.ok(performance.now() - began < timeout / 2);
    await failsWith(() => trainInWorker(known, { ...options, dim: 0 }), 'BAD_ARGUMENT', /dim/);
    await failsWith(
      () => trainInWorker(known, /** @type {any} */ ({ minsupport: 1 })),
      'BAD_ARGUMENT',
      /did you mean minSupport/,
    );
    const mine = new Error('mine');
    const onProgress = () => {
      throw mine;
    };
    assert.equal(await failure(() => trainInWorker(known, { ...options, onProgress })), mine);
    await failsWith(() => trainInWorker(known, { onSnapshot: () => {} }), 'BAD_ARGUMENT', /functions/);
    for (const bad of [null, 5, undefined])
      await failsWith(() => trainInWorker(/** @type {any} */ (bad), options), 'BAD_ARGUMENT');
    for (const bad of [null, 5, { signal: 5 }, { onProgress: 5 }])
      await failsWith(() => trainInWorker(known, /** @type {any} */ (bad)), 'BAD_ARGUMENT');
  });
});
