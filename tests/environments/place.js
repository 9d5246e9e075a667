// Owns where the package is tried: the packed files beside the tools of this folder, and a folder for each
// environment in build/environments. Must leave nothing outside them.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const here = fileURLToPath(new URL('.', import.meta.url));
export const tools = join(here, 'node_modules');
const place = join(root, 'build/environments');
const run = promisify(execFile);
/** No single environment may take longer. */
const limit = 180_000;

/** Packs the package, lays it where the tools find it, and trains the model of the check. */
export async function prepare() {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const args = ['pack', '--ignore-scripts', '--json', `--pack-destination=${place}`];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
  const installed = join(tools, 'ampcf');
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', join(place, filename), '-C', installed, '--strip-components=1']);
  symlinkSync(tools, join(place, 'node_modules'), 'dir');
  const { trainModel } = await import('../../dist/train.js');
  const pairs = {
    users: ['u', 'v', 'w'],
    items: ['a', 'b', 'c'],
    user: [0, 0, 1, 1, 2],
    item: [0, 1, 0, 1, 2],
  };
  const items = new Map([
    ['a', { title: 'A', aspects: ['x'] }],
    ['b', { title: 'B', aspects: ['y'] }],
    ['c', { title: 'C', aspects: ['x'] }],
  ]);
  const { bytes } = await trainModel(pairs, { dim: 2, minSupport: 1, items });
  writeFileSync(join(place, 'm.ampcf'), bytes);
  return bytes;
}

/**
 * A folder with the apps in it, as somebody's project.
 * @param {string} name
 * @param {Record<string, string>} [files] more of them
 */
export function project(name, files = {}) {
  const folder = join(place, name.replaceAll(/\W+/g, '-'));
  cpSync(join(here, 'apps'), folder, { recursive: true });
  const all = { 'package.json': '{ "name": "app", "private": true, "type": "module" }', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  mkdirSync(join(folder, 'public'), { recursive: true });
  cpSync(join(place, 'm.ampcf'), join(folder, 'public/m.ampcf'));
  cpSync(join(place, 'm.ampcf'), join(folder, 'm.ampcf'));
  return folder;
}

/**
 * Runs a program of this folder's tools, or Node with a file of them.
 * @param {string} folder
 * @param {string} program path
 * @param {string[]} args
 */
export async function tool(folder, program, ...args) {
  const isScript = /\.[cm]?js$/.test(program);
  const command = isScript ? process.execPath : program;
  const options = {
    cwd: folder,
    timeout: limit,
    maxBuffer: 1e8,
    env: { ...process.env, CI: '1', NO_COLOR: '1' },
  };
  const { stdout } = await run(command, isScript ? [program, ...args] : args, options);
  return stdout;
}

/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
};

/**
 * A server of a folder, on this machine only.
 * @param {string} folder
 */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const found = [file, join(place, 'm.ampcf')].find(
      (one) => one.startsWith(place) && existsSync(one) && (one === file || path === '/m.ampcf'),
    );
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream' });
    response.end(readFileSync(found));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://localhost:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
