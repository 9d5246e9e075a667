// Owns the proof that the modules of every toolchain do the same in Node: what they export, the known
// answers, and every bit that the library computes with them. Must not compare within a tolerance.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from '../../support.js';
import { wasmToolchains, whyNot } from '../../toolchains.js';
import { fingerprint } from './fingerprint.js';
import { libraryWith } from './library.js';
import { madeInputs } from './made-inputs.js';

/** @import { Toolchain } from '../../toolchains.js' */
/** @import { Kernels } from './library.js' */

const folder = mkdtempSync(join(tmpdir(), 'ampcf-toolchains-'));
after(() => rmSync(folder, { recursive: true }));

const inputs = madeInputs();

/**
 * @param {Toolchain} toolchain
 * @param {Kernels} kernels
 */
async function printOf(toolchain, kernels) {
  const path = join(folder, `${toolchain.name}-${kernels}.mjs`);
  writeFileSync(path, await libraryWith(toolchain, kernels));
  return fingerprint(await import(pathToFileURL(path).href), inputs);
}

const [npm, ...others] = wasmToolchains;
/** @type {Awaited<ReturnType<typeof fingerprint>>} */ let wanted;

before(async () => {
  wanted = await printOf(npm, 'simd');
});

test('npm: no imports, the exports that are listed, the known answers', () => {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('tests/src/wasm_modules.js', root)),
    fileURLToPath(new URL(npm.folder, root)),
  ]);
});

test('what is compared says something: files differ, several personas, lists in another order', () => {
  assert.equal(new Set(wanted.models.map(({ file }) => file)).size, inputs.trainings.length);
  assert.ok(wanted.models.some(({ people }) => people.some(({ personas }) => personas.length > 2)));
  for (const { people } of wanted.models)
    assert.equal(new Set(people.map(({ ranked }) => JSON.stringify(ranked))).size, people.length);
  // Without a cost Wasserstein is total variation.
  assert.equal(new Set(wanted.taste.distances).size, wanted.taste.distances.length - 1);
  for (const list of [wanted.taste.steck, wanted.taste.proportional, wanted.taste.mmr, wanted.taste.dpp])
    assert.notDeepEqual(
      list,
      list.map((_, i) => i),
    );
});

test('npm, scalar: the bits of SIMD', async () => {
  assert.deepEqual(await printOf(npm, 'scalar'), wanted);
});

for (const toolchain of others)
  describe(`toolchain ${toolchain.name}`, () => {
    for (const kernels of /** @type {const} */ (['simd', 'scalar']))
      test(`${kernels}: the bits of the npm build`, async (t) => {
        const why = whyNot(toolchain);
        if (why) return t.skip(why);
        assert.deepEqual(await printOf(toolchain, kernels), wanted);
      });
  });
