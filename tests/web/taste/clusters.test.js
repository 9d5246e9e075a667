// Owns the test of item clusters in model files: every objective writes them, they follow the seed, and they
// say something of items.
// Must not test taste over them: taste-model.test.js does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { filmFacts, interactionsOf, people, root, smallModel } from '../../support.js';

const base = interactionsOf(people.slice(0, 80));
const quick = /** @type {const} */ ({ dim: 8, items: filmFacts });

/**
 * Section 22 by the published layout: cluster of each item, or undefined.
 * @param {Uint8Array} bytes
 */
function clustersIn(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let i = 0; i < view.getUint32(24, true); i++) {
    const at = 128 + 48 * i;
    if (view.getUint32(at, true) !== 22) continue;
    assert.deepEqual(
      [
        view.getUint32(at + 4, true),
        view.getUint32(at + 24, true),
        view.getUint32(at + 28, true),
        view.getUint32(at + 32, true),
      ],
      [0, 4, view.getUint32(32, true), 1],
    );
    const from = Number(view.getBigUint64(at + 8, true));
    return [...bytes.subarray(from, from + view.getUint32(32, true))];
  }
  return undefined;
}

test('every objective freezes clusters into its file, numbered by their most popular item', async () => {
  for (const options of /** @type {const} */ ([
    { sweeps: 2 },
    { objective: 'softmax', epochs: 1 },
    { objective: 'multinomial', epochs: 1, warmup: 1 },
    { objective: 'gaussian', epochs: 1, warmup: 1 },
    { objective: 'logistic', epochs: 1, warmup: 1 },
  ])) {
    const { bytes, settings } = await trainModel(base, { ...quick, ...options });
    const clusters = clustersIn(bytes);
    assert.ok(clusters);
    assert.equal(settings.clusters, 24);
    assert.equal(new Set(clusters).size, 24, JSON.stringify(options));
    clusters.reduce((next, cluster) => {
      assert.ok(cluster <= next);
      return Math.max(next, cluster + 1);
    }, 0);
  }
});

test('same seed, same clusters; another seed or number, others; 0, none', async () => {
  const options = { ...quick, sweeps: 2 };
  const { bytes } = await trainModel(base, options);
  assert.deepEqual((await trainModel(base, options)).bytes, bytes);
  assert.equal(new Set(clustersIn((await trainModel(base, { ...options, clusters: 5 })).bytes)).size, 5);
  assert.notDeepEqual(clustersIn((await trainModel(base, { ...options, seed: 2 })).bytes), clustersIn(bytes));
  const none = await trainModel(base, { ...options, clusters: 0 });
  assert.equal(clustersIn(none.bytes), undefined);
  const [model, bare] = await Promise.all([bytes, none.bytes].map((file) => loadModel(file)));
  const list = (/** @type {typeof model} */ of) =>
    of
      .createProfile(['alien-1979', 'heat-1995'])
      .recommend({ topK: 20 })
      .items.map(({ item, score }) => [item, score]);
  assert.deepEqual(list(model), list(bare), 'clusters change no score');
  assert.ok(bytes.length - none.bytes.length < model.info.items + 300);
});

test('a snapshot has clusters too, and one of a few items only as many as there are directions', async () => {
  /** @type {Uint8Array[]} */
  const files = [];
  await trainModel(base, {
    ...quick,
    sweeps: 2,
    onSnapshot: async (snapshot) => void files.push(await snapshot.bytes()),
  });
  assert.equal(files.length, 2);
  for (const bytes of files) assert.equal(new Set(clustersIn(bytes)).size, 24);
  const two = await trainModel(
    { users: ['a', 'b'], items: ['x', 'y'], user: [0, 1], item: [0, 1] },
    { dim: 2, sweeps: 1, minSupport: 1 },
  );
  assert.ok(new Set(clustersIn(two.bytes)).size <= 2);
});

test('items of a cluster share more aspects than items at large', async () => {
  const bytes = await smallModel();
  const model = await loadModel(bytes);
  const clusters = /** @type {number[]} */ (clustersIn(bytes));
  const ids = model.ids();
  const aspects = ids.map((id) => new Set(model.aspects(id)));
  const share = (/** @type {(i: number, j: number) => boolean} */ chosen) => {
    let sum = 0;
    let n = 0;
    for (let i = 0; i < ids.length; i++)
      for (let j = 0; j < i; j++) {
        if (!chosen(i, j)) continue;
        n++;
        sum +=
          [...aspects[i]].filter((aspect) => aspects[j].has(aspect)).length /
          Math.max(1, Math.min(aspects[i].size, aspects[j].size));
      }
    return sum / n;
  };
  const within = share((i, j) => clusters[i] === clusters[j]);
  const atLarge = share(() => true);
  assert.ok(within > 1.3 * atLarge, `${within} against ${atLarge}`);
});

test('the command takes --clusters, and inspect names the section', () => {
  const folder = mkdtempSync(`${tmpdir()}/ampcf-clusters-`);
  const cli = fileURLToPath(new URL('dist/cli.js', root));
  const ampcf = (/** @type {string[]} */ ...args) =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  try {
    writeFileSync(
      `${folder}/ratings.csv`,
      `user,item\n${base.user.map((u, x) => `${base.users[u]},${base.items[base.item[x]]}`).join('\n')}\n`,
    );
    assert.equal(
      ampcf('train', 'ratings.csv', '-o', 'five.ampcf', '--dim', '8', '--sweeps', '1', '--clusters', '5')
        .status,
      0,
    );
    const { sections, metadata } = JSON.parse(ampcf('inspect', 'five.ampcf', '--json').stdout);
    const section = sections.find((/** @type {{ name: string }} */ { name }) => name === 'item clusters');
    assert.deepEqual([section.dtype, section.cols, metadata.settings.clusters], ['u8', 1, 5]);
    const refused = ampcf('train', 'ratings.csv', '-o', 'no.ampcf', '--clusters', '257');
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /clusters: got 257, wanted a whole number from 0 to 256/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
