// Owns the proof in Node that nothing leaves: source and bundles name no way out, and a session needs no
// network and opens no socket. Must fail when a detector does not catch the builds that leak on purpose.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { bundle, leakingBuild, leaks } from '../browser/privacy-leaks.js';
import { root, smallModel } from '../support.js';

/** @import { AddressInfo } from 'node:net' */

const names = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'sendBeacon',
  'RTCPeerConnection',
  'WebTransport',
  'importScripts',
  'Image',
  'createServer',
  'createConnection',
  'serviceWorker',
];
const modules = [
  'https?',
  'http2',
  'net',
  'dgram',
  'dns',
  'tls',
  'inspector',
  'child_process',
  'worker_threads',
];
const exits = new RegExp(String.raw`\b(?:${names.join('|')})\b|\bnode:(?:${modules.join('|')})\b`, 'g');

/**
 * The ways out that code names, comments left out.
 * @param {string} code
 */
function exitsIn(code) {
  const plain = transformSync(code, { legalComments: 'none', minifyWhitespace: true, target: 'esnext' });
  return [...new Set(Array.from(plain.code.matchAll(exits), ([name]) => name))].sort();
}

describe('the code names no way out', () => {
  const sources = readdirSync(new URL('web/', root), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.js'))
    .sort();

  test('in the sources only web/core/source.js names the network; others name processes and threads', () => {
    /** @type {Record<string, string[]>} */
    const named = {};
    for (const path of sources) {
      const found = exitsIn(readFileSync(new URL(`web/${path}`, root), 'utf8'));
      if (found.length > 0) named[path] = found;
    }
    assert.ok(sources.length > 40);
    const { 'core/source.js': source, ...rest } = named;
    assert.deepEqual(source, ['fetch']);
    /** @type {Record<string, string>} */
    const allowed = {
      build: 'node:child_process',
      tune: 'node:worker_threads',
      workers: 'node:worker_threads',
    };
    const { 'cli/serve-command.js': served, ...others } = rest;
    assert.deepEqual(served, ['createServer', 'node:http']); // to this machine
    for (const [path, found] of Object.entries(others))
      assert.deepEqual(found, [allowed[path.split('/')[0]]], path);
  });

  test('in the bundles only the one that loads models does, once, and the stores nothing', () => {
    for (const name of [
      'ampcf',
      'store',
      'node-store',
      'taste',
      'learn',
      'people',
      'ask',
      'confidence',
      'sentences',
      'now',
      'simulate',
      'cache',
      'cache-through',
      'path',
      'core-simd',
      'errors',
      'graph',
      'core-scalar',
      'core-large',
    ])
      assert.deepEqual(exitsIn(bundle(name)), [], name);
    // Threads of their own code, where cores are asked for.
    for (const name of ['train', 'evaluate', 'train-worker', 'evaluate-worker', 'worker'])
      assert.deepEqual(exitsIn(bundle(name)), ['node:worker_threads'], name);
    assert.deepEqual(exitsIn(bundle('evidence')), ['fetch']);
    assert.deepEqual(exitsIn(bundle('rank')), ['fetch']);
    assert.equal([...bundle('rank').matchAll(/\bfetch\b/g)].length, 1);
  });

  test('positive control: the scan sees every leaking build', () => {
    for (const way of /** @type {(keyof typeof leaks)[]} */ (Object.keys(leaks))) {
      const code = leakingBuild(way, 'http://127.0.0.1:1');
      assert.ok(exitsIn(code).length > 1 || [...code.matchAll(/\bfetch\b/g)].length > 1, way);
    }
  });
});

const folder = mkdtempSync(join(tmpdir(), 'ampcf-privacy-'));
/**
 * Requests that arrived.
 * @type {string[]}
 */
const arrived = [];
const server = createServer((request, response) => {
  arrived.push(`${request.method} ${request.url}`);
  response.end('taken');
});
/** The session, in a process of its own; it counts the sockets that Node opens. */
const program = `import { subscribe } from 'node:diagnostics_channel';
  import { readFileSync } from 'node:fs';
  let sockets = 0;
  subscribe('net.client.socket', () => { sockets++; });
  subscribe('undici:client:beforeConnect', () => { sockets++; });
  const [build, modelPath, session, events, path] = process.argv.slice(1);
  const library = await import(build + '/ampcf.js');
  const store = await import(build + '/store.js');
  const { fileStore } = await import(build + '/node-store.js');
  const { privateSession } = await import(session);
  const given = { library, store, keptIn: fileStore(path) };
  const outcome = await privateSession(given, readFileSync(modelPath), Number(events));
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.stdout.write(JSON.stringify({ ...outcome, sockets }));`;
let runs = 0;

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const leakTo = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  writeFileSync(join(folder, 'model.ampcf'), await smallModel());
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, code] of /** @type {const} */ ([
    ['clean', bundle('rank')],
    ['fetch', leakingBuild('fetch', leakTo)],
    ['node-http', leakingBuild('node:http', leakTo)],
  ])) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'rank.js'), code);
    for (const entry of ['ampcf', 'core-simd', 'errors', 'taste', 'store', 'node-store'])
      writeFileSync(join(folder, name, `${entry}.js`), bundle(entry));
  }
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/**
 * @param {string} build
 * @param {number} events
 * @param {string[]} [under] a command that runs it
 */
async function run(build, events, under = []) {
  const [command, ...rest] = [
    ...under,
    process.execPath,
    '--input-type=module',
    '-e',
    program,
    join(folder, build),
    join(folder, 'model.ampcf'),
    fileURLToPath(new URL('tests/browser/privacy-session.js', root)),
    String(events),
    join(folder, `kept-${runs++}`),
  ];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const before = arrived.length;
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  return { status, stdout, stderr, arrived: arrived.slice(before) };
}

const leaking = ['fetch', 'node-http'];
const events = 10_000;
const wanted = { events, rankings: 60, personalized: true, persisted: true, restored: 0, sockets: 0 };

describe('a session in Node', { timeout: 180_000 }, () => {
  test('of ten thousand events opens no socket and sends no request; leaking builds do both', async () => {
    const { status, stdout, stderr, arrived } = await run('clean', events);
    assert.equal(status, 0, stderr);
    assert.deepEqual([JSON.parse(stdout), arrived], [wanted, []]);
    for (const build of leaking) {
      const leak = await run(build, 60);
      assert.equal(leak.status, 0, leak.stderr);
      assert.ok(JSON.parse(leak.stdout).sockets > 0, `${build}: no socket was seen`);
      assert.ok(
        leak.arrived.some((line) => line.includes('/leak')),
        `${build}: no request was seen`,
      );
    }
  });

  test('of ten thousand events works where there is no network at all; leaking builds do not', async (t) => {
    if (spawnSync('unshare', ['-rn', 'true']).status !== 0)
      return t.skip('skipped: no network namespace can be made here (unshare -rn)');
    const { status, stdout, stderr } = await run('clean', events, ['unshare', '-rn']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), wanted);
    for (const build of leaking) {
      const leak = await run(build, 60, ['unshare', '-rn']);
      assert.notEqual(leak.status, 0, `${build}: it went well without a network`);
      assert.match(leak.stderr, /ENETUNREACH|EADDRNOTAVAIL|ECONNREFUSED|fetch failed/);
      assert.deepEqual(leak.arrived, []);
    }
  });

  test('of ten thousand events makes no system call of the network; leaking builds do', async (t) => {
    const path = join(folder, 'calls.txt');
    const strace = ['strace', '-f', '-qq', '-e', 'trace=%network', '-o', path];
    if (spawnSync(strace[0], [...strace.slice(1), 'true']).status !== 0)
      return t.skip('skipped: system calls cannot be traced here (strace)');
    const calls = () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => /\b(?:connect|send(?:to|msg|mmsg)|bind|listen|accept4?)\(|AF_INET/.test(line));
    const { status, stdout, stderr } = await run('clean', events, strace);
    assert.equal(status, 0, stderr);
    assert.deepEqual([JSON.parse(stdout), calls()], [wanted, []]);
    for (const build of leaking) {
      await run(build, 60, strace);
      assert.ok(
        calls().some((line) => /\bconnect\(.*AF_INET/.test(line)),
        `${build}: no connect was seen`,
      );
    }
  });
});
