// Owns the tests of the framework helpers on a server: nothing is loaded, lists are empty, nothing fails.
// Must not need a browser.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundled } from '../../browser/framework-bundles.js';
import { root } from '../../support.js';

/** In the repository, so that packages are found, and `ampcf` is this one. */
let folder = '';
const real = globalThis.fetch;
/** @type {unknown[]} */
const fetched = [];

before(() => {
  const build = fileURLToPath(new URL('build/', root));
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(join(build, 'server-'));
  globalThis.fetch = async (url) => {
    fetched.push(url);
    throw new Error('fetched');
  };
});
after(() => {
  rmSync(folder, { recursive: true });
  globalThis.fetch = real;
});

/**
 * What a module's function gives, after a while in which it could load.
 * @param {string} name
 * @param {string} contents
 */
async function served(name, contents) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, await bundled({ contents, generate: 'server' }));
  const html = await (await import(pathToFileURL(file).href)).default();
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  assert.deepEqual(fetched, []);
  return html;
}

test('React renders what there is before a model', async () => {
  const html = await served(
    'react',
    `import { StrictMode } from 'react';
    import { renderToString } from 'react-dom/server';
    import { Films } from 'doc:jsx';
    export default () => renderToString(<StrictMode><Films /></StrictMode>);`,
  );
  assert.equal(html, '<p>Loading …</p>');
});

test('Vue renders what there is before a model', async () => {
  const html = await served(
    'vue',
    `import { createSSRApp } from 'vue';
    import { renderToString } from 'vue/server-renderer';
    import Films from 'doc:vue';
    export default () => renderToString(createSSRApp(Films));`,
  );
  assert.match(html, /Loading …/);
});

test('Svelte renders what there is before a model', async () => {
  const html = await served(
    'svelte',
    `import { render } from 'svelte/server';
    import Films from 'doc:svelte';
    export default () => render(Films).body;`,
  );
  assert.match(html, /Loading …/);
});

test('the element may be imported, and defines nothing', async () => {
  const { RecommendationsElement, defineElement } = await import('../../../dist/element.js');
  assert.equal(typeof RecommendationsElement, 'function');
  assert.equal(defineElement('other-list'), undefined);
  assert.throws(() => defineElement('List'), {
    code: 'BAD_ARGUMENT',
    message: 'name of the element: got List, wanted small letters with a hyphen',
  });
});
