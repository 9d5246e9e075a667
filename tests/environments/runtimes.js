// Owns the runtimes without a page: versions of Node, Deno, Bun, workerd. Must not install anything.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { project, root, tool, tools } from './place.js';

const says = `import { readFileSync } from 'node:fs';
import { check } from './check.js';
console.log(await check(readFileSync('m.ampcf')));
`;
const required = `const { loadModel } = require('ampcf');
const { readFileSync } = require('node:fs');
loadModel(readFileSync('m.ampcf')).then((model) => console.log('required', model.info.items));
`;

/**
 * The check, the program of somebody who trains and evaluates, and `require`.
 * @param {string} name
 * @param {string} program
 * @param {string[]} args before the file
 * @param {string} line
 */
async function inRuntime(name, program, args, line) {
  const consumer = readFileSync(join(root, 'tests/package/consumer.js'), 'utf8');
  const folder = project(name, { 'says.js': says, 'required.cjs': required, 'consumer.js': consumer });
  const said = (await tool(folder, program, ...args, 'says.js')).trim();
  if (said !== line) throw new Error(`it said ${said}, wanted ${line}`);
  await tool(folder, program, ...args, 'consumer.js');
  const again = await tool(folder, program, ...args, 'required.cjs');
  if (again.trim() !== 'required 3') throw new Error(`require: ${again}`);
  const [version] = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n');
  return `${version}: import, require, training`;
}

/**
 * A module worker in workerd, by miniflare: an app bundled by esbuild as wrangler does it.
 * @param {string} app
 * @param {string[]} conditions
 * @param {Uint8Array} bytes
 */
async function inWorkerd(app, conditions, bytes) {
  const folder = project(`workerd ${app}`);
  await build({
    absWorkingDir: folder,
    entryPoints: [`${app}.js`],
    bundle: true,
    format: 'esm',
    outdir: 'built',
    conditions,
    loader: { '.wasm': 'copy' },
    logLevel: 'silent',
  });
  const { Miniflare } = await import(join(tools, 'miniflare/dist/src/index.js'));
  const flare = new Miniflare({
    modules: [
      {
        type: 'ESModule',
        path: `${app}.js`,
        contents: readFileSync(join(folder, `built/${app}.js`), 'utf8'),
      },
      ...readdirSync(join(folder, 'built'))
        .filter((path) => path.endsWith('.wasm'))
        .map((path) => ({ type: 'CompiledWasm', path, contents: readFileSync(join(folder, 'built', path)) })),
    ],
    compatibilityDate: '2026-04-01',
  });
  try {
    const answer = await flare.dispatchFetch('http://localhost/', { method: 'POST', body: bytes });
    return await answer.text();
  } finally {
    await flare.dispose();
  }
}

const bunBinary = join(tools, '@oven/bun-linux-x64/bin/bun');
const denoBinary = join(tools, '@deno/linux-x64-glibc/deno');

export const runtimes = [
  ...['node20', 'node22', 'node24'].map((needs) => ({
    name: `Node ${needs.slice(4)}`,
    needs: `${needs}/bin/node`,
    run: (/** @type {string} */ line) => inRuntime(needs, join(tools, needs, 'bin/node'), [], line),
  })),
  {
    name: 'Deno',
    needs: existsSync(denoBinary) ? '@deno/linux-x64-glibc/deno' : 'deno for this machine',
    run: (/** @type {string} */ line) =>
      inRuntime('deno', denoBinary, ['run', '-A', '--node-modules-dir=manual'], line),
  },
  {
    name: 'Bun',
    needs: '@oven/bun-linux-x64/bin/bun',
    run: (/** @type {string} */ line) => inRuntime('bun', bunBinary, [], line),
  },
  {
    name: 'workerd, by its condition',
    needs: 'miniflare',
    async run(/** @type {string} */ line, /** @type {Uint8Array} */ bytes) {
      const said = await inWorkerd('edge', ['workerd', 'worker', 'browser'], bytes);
      if (said !== line) throw new Error(`it said ${said}, wanted ${line}`);
      return 'no option needed';
    },
  },
  {
    name: 'workerd, { module, tasteModule }',
    needs: 'miniflare',
    async run(/** @type {string} */ line, /** @type {Uint8Array} */ bytes) {
      const said = await inWorkerd('edge-given', [], bytes);
      const [, best, , , , , distance] = line.split(' ');
      if (said !== `${best} ${distance}`) throw new Error(`it said ${said}, wanted ${best} ${distance}`);
      return 'ranking, taste';
    },
  },
];
