// Owns the proof that the modules of every toolchain compute the bits of Node in a page of Chromium. Must not
// compare within a tolerance.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { fingerprint } from '../src/toolchains/fingerprint.js';
import { libraryWith } from '../src/toolchains/library.js';
import { madeInputs } from '../src/toolchains/made-inputs.js';
import { wasmToolchains, whyNot } from '../toolchains.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { Browser } from 'playwright-core' */

const inputs = madeInputs();

/** What Node computes with the npm build. */
async function ofNode() {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-toolchains-')),
    path = join(folder, 'library.mjs');
  writeFileSync(path, await libraryWith(wasmToolchains[0], 'simd'));
  const print = await fingerprint(await import(pathToFileURL(path).href), inputs);
  rmSync(folder, { recursive: true });
  return print;
}

describe('modules of every toolchain in a page', { skip, timeout: 300_000 }, () => {
  /** @type {Browser} */ let browser;
  /** @type {Awaited<ReturnType<typeof startServer>>} */ let server;
  /** @type {Awaited<ReturnType<typeof ofNode>>} */ let wanted;

  before(async () => {
    server = await startServer();
    const source = new URL('../src/toolchains/fingerprint.js', import.meta.url);
    server.extra.set('/test/fingerprint.js', { type: 'text/javascript', body: readFileSync(source) });
    browser = await chromium.launch({ executablePath, args });
    wanted = await ofNode();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const toolchain of wasmToolchains)
    for (const kernels of /** @type {const} */ (['simd', 'scalar']))
      test(`${toolchain.name}, ${kernels}: the bits of Node`, async (t) => {
        const why = whyNot(toolchain);
        if (why) return t.skip(why);
        const path = `/test/${toolchain.name}-${kernels}.js`;
        server.extra.set(path, { type: 'text/javascript', body: await libraryWith(toolchain, kernels) });
        const page = await browser.newPage();
        await page.goto(`${server.origin}/test/blank.html`);
        const modules = `[import('${path}'), import('/test/fingerprint.js')]`;
        const call = `it.fingerprint(library, ${JSON.stringify(inputs)})`;
        const print = await page.evaluate(`Promise.all(${modules}).then(([library, it]) => ${call})`);
        await page.close();
        assert.deepEqual(print, wanted);
      });
});
