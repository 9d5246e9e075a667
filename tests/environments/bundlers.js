// Owns the bundlers: each builds the same page without any configuration, and Chromium opens what it built.
// Must not install anything.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { args, executablePath } from '../browser/chromium.js';
import { project, serve, tool, tools } from './place.js';

const html = '<!doctype html><html><body><script type="module" src="./page.js"></script></body></html>\n';
const built =
  '<!doctype html><html><body><script type="module" src="./built/page.js"></script></body></html>\n';

/**
 * The title that the built page gives itself.
 * @param {string} folder
 */
async function titleOf(folder) {
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(server.address);
    await page
      .waitForFunction(() => /^[[{]/.test(globalThis.document.title), null, { timeout: 30_000 })
      .catch(() => {
        throw new Error(`the page says nothing: ${errors.join('; ')}`);
      });
    return await page.title();
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * The worker of a project takes the entry that loads nothing later.
 * @param {string} folder
 */
function staticInWorker(folder) {
  const read = (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8');
  const check = read('check.js').replace("from 'ampcf';", "from 'ampcf/static';");
  writeFileSync(join(folder, 'check-static.js'), check);
  writeFileSync(join(folder, 'worker.js'), read('worker.js').replace('./check.js', './check-static.js'));
}

/**
 * What each needs, and what gives the folder that it built.
 * @type {Record<string, { needs: string, build: (name: string) => Promise<string> }>}
 */
const kinds = {
  'Vite 8': {
    needs: 'vite',
    async build(name) {
      const folder = project(name, { 'index.html': html });
      await tool(folder, join(tools, 'vite/bin/vite.js'), 'build');
      return join(folder, 'dist');
    },
  },
  'Vite 7, ampcf/static in its default workers': {
    needs: 'vite7',
    async build(name) {
      const folder = project(name, { 'index.html': html });
      staticInWorker(folder);
      await tool(folder, join(tools, 'vite7/bin/vite.js'), 'build');
      return join(folder, 'dist');
    },
  },
  webpack: {
    needs: 'webpack',
    async build(name) {
      const folder = project(name, {
        'index.html': built,
        'build.mjs': `import webpack from 'webpack';
          webpack({ entry: './page.js', mode: 'production', context: import.meta.dirname ?? process.cwd(),
            output: { path: process.cwd() + '/built', filename: 'page.js', publicPath: '/built/' } },
            (error, stats) => {
              if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
            });`,
      });
      await tool(folder, join(folder, 'build.mjs'));
      return folder;
    },
  },
  Rollup: {
    needs: 'rollup',
    async build(name) {
      const folder = project(name, { 'index.html': built });
      const rollup = join(tools, 'rollup/dist/bin/rollup');
      const plugin = ['-p', '@rollup/plugin-node-resolve', '-d', 'built', '-f', 'es'];
      await tool(folder, rollup, 'page.js', 'worker.js', ...plugin);
      return folder;
    },
  },
  esbuild: {
    needs: 'esbuild',
    async build(name) {
      const folder = project(name, { 'index.html': built });
      const esbuild = join(tools, 'esbuild/bin/esbuild');
      const flags = ['--bundle', '--format=esm', '--splitting', '--outdir=built', '--minify'];
      await tool(folder, esbuild, 'page.js', 'worker.js', ...flags);
      return folder;
    },
  },
  'Parcel 2, ampcf/static in workers': {
    needs: 'parcel',
    async build(name) {
      const folder = project(name, {
        'index.html': html,
        'package.json': '{ "name": "app", "private": true }',
      });
      staticInWorker(folder);
      await tool(
        folder,
        join(tools, 'parcel/lib/bin.js'),
        'build',
        'index.html',
        '--cache-dir',
        '.parcel-cache',
      );
      cpSync(join(folder, 'm.ampcf'), join(folder, 'dist/m.ampcf'));
      return join(folder, 'dist');
    },
  },
  Next: {
    needs: 'next',
    async build(name) {
      const folder = project(name, {
        'next.config.mjs': "export default { output: 'export' };\n",
        'app/layout.js':
          'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n',
        'app/page.js': `'use client';
          import { useEffect } from 'react';
          export default function Page() {
            useEffect(() => { import('../page.js'); }, []);
            return <p>here</p>;
          }`,
      });
      await tool(folder, join(tools, 'next/dist/bin/next'), 'build');
      return join(folder, 'out');
    },
  },
  'Astro, ampcf/static in workers': {
    needs: existsSync(join(tools, 'astro')) ? 'node24/bin/node' : 'astro',
    async build(name) {
      const page = '<html><body><script>import "../../page.js";</script></body></html>\n';
      const folder = project(name, { 'src/pages/index.astro': page });
      staticInWorker(folder);
      // Astro wants a newer Node than the package does.
      await tool(folder, join(tools, 'node24/bin/node'), join(tools, 'astro/bin/astro.mjs'), 'build');
      return join(folder, 'dist');
    },
  },
};

export const bundlers = Object.entries(kinds).map(([name, { needs, build }]) => ({
  name,
  needs,
  lacks: executablePath ? undefined : 'no Chromium here',
  /** @param {string} line that the check gives in Node */
  async run(line) {
    const told = JSON.parse(await titleOf(await build(name)));
    const right = told.length === 2 && told.every((/** @type {string} */ one) => one === line);
    if (!right) throw new Error(`page and worker said ${JSON.stringify(told)}, wanted ${line}`);
    return 'page, worker';
  },
}));
