// Owns that every script finds the names that it imports, also those that no test runs: benches, examples.
// Must not run them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { root } from '../support.js';

/**
 * What bundling says that cannot be found; packages are left alone.
 * @param {import('esbuild').BuildOptions} options
 */
async function missing(options) {
  const common = /** @type {const} */ ({ bundle: true, write: false, outdir: 'out', logLevel: 'silent' });
  const done = await build({
    ...common,
    ...options,
    absWorkingDir: fileURLToPath(root),
    format: 'esm',
    platform: 'node',
    packages: 'external',
    loader: { '.wasm': 'empty', '.zlib': 'empty', '.vue': 'empty', '.svelte': 'empty' },
    metafile: true,
  }).catch((error) => error);
  return done.errors.map((/** @type {any} */ { text, location }) => `${location?.file}: ${text}`);
}

test('every script finds what it imports', async () => {
  const entryPoints = ['examples', 'tests', 'web'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.js') && !path.includes('node_modules'))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  );
  assert.ok(entryPoints.length > 100);
  assert.deepEqual(await missing({ entryPoints }), []);
});

test('a name that is not there is found', async () => {
  const contents = "import { nobody } from './web/core/abi.js'; nobody();";
  const stdin = { contents, resolveDir: fileURLToPath(root), sourcefile: 'reader.js' };
  assert.deepEqual(await missing({ stdin }), [
    'reader.js: No matching export in "web/core/abi.js" for import "nobody"',
  ]);
});
