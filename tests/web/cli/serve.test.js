// Owns the tests of `ampcf serve`: which file a request gets and with which headers, what is kept from it,
// how it starts and stops. Must not test the pages that are served.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadModel } from 'ampcf';
import { trainModel } from 'ampcf/train';
import { cli, commandIn, skipSignals } from './command.js';

const { folder, refuses } = commandIn('serve');
const { bytes } = await trainModel(
  { users: ['ann', 'ben'], items: ['x', 'y'], user: [0, 0, 1, 1], item: [0, 1, 0, 1] },
  { dim: 2, minSupport: 1 },
);
const modelName = 'my mödel 100%#?.ampcf';
writeFileSync(join(folder, modelName), bytes);
writeFileSync(join(folder, 'secret.txt'), 'secret');
mkdirSync(join(folder, 'site/below'), { recursive: true });
writeFileSync(join(folder, 'site/index.html'), '<!doctype html><title>root</title>');
writeFileSync(join(folder, 'site/below/index.html'), '<!doctype html><title>below</title>');
writeFileSync(join(folder, 'site/app.js'), 'export default 1;');
writeFileSync(join(folder, 'site/ten.bin'), '0123456789');
writeFileSync(join(folder, 'site/.hidden'), 'secret');
symlinkSync('../secret.txt', join(folder, 'site/link.txt'));
symlinkSync('app.js', join(folder, 'site/inside.js'));

/** @import { ChildProcess } from 'node:child_process' */
/** @import { IncomingHttpHeaders } from 'node:http' */
/** @typedef {{ child: ChildProcess, address: string, ended: Promise<number> }} Running */
/** @typedef {{ status: number | undefined, headers: IncomingHttpHeaders, body: string }} Answer */
/** @type {Running[]} */
const running = [];
after(() => running.forEach(({ child }) => child.kill('SIGKILL')));

/**
 * Starts a server, and waits for its address.
 * @param {...string} args
 * @returns {Promise<Running>}
 */
async function serve(...args) {
  const child = spawn(process.execPath, [cli, 'serve', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => void child.on('exit', done));
  let said = '';
  for await (const part of /** @type {import('node:stream').Readable} */ (child.stdout)) {
    said += part;
    if (said.includes('\n')) break;
  }
  const one = { child, address: said.trim(), ended: /** @type {Promise<number>} */ (ended) };
  running.push(one);
  return one;
}

/**
 * @param {string} address with its path as it is to be sent
 * @param {{ method?: string, headers?: Record<string, string> }} [options]
 * @returns {Promise<Answer>}
 */
const ask = (address, { method = 'GET', headers = {} } = {}) =>
  new Promise((done, reject) => {
    const [, port, path] = /** @type {RegExpExecArray} */ (/:(\d+)(\/.*)$/.exec(address));
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { connection: 'close', ...headers },
    });
    asked.on('error', reject).on('response', async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      done({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(parts).toString('latin1'),
      });
    });
    asked.end();
  });

/** @type {string} */
let site;
before(async () => {
  site = (await serve('site', '--port', '0', '-q')).address.replace(/\/$/, '');
});

test('a folder: files with their types, folders with their index, a policy', async () => {
  const root = await ask(`${site}/`);
  assert.equal(root.status, 200);
  assert.match(root.body, /<title>root/);
  assert.equal(root.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(root.headers['content-security-policy']), /script-src 'self' 'wasm-unsafe-eval'/);
  assert.equal(root.headers['x-content-type-options'], 'nosniff');
  const script = await ask(`${site}/app.js`);
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal((await ask(`${site}/inside.js`)).body, script.body);
  assert.equal((await ask(`${site}/ten.bin`)).headers['content-type'], 'application/octet-stream');
  assert.equal((await ask(`${site}/below`)).headers.location, '/below/');
  assert.match((await ask(`${site}/below/`)).body, /below/);
  const head = await ask(`${site}/ten.bin`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '10', '']);
});

test('what is hidden, outside, or asked for in another way is not given', async () => {
  for (const path of [
    '/.hidden',
    '/%2ehidden',
    '/link.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/below/..%5c..%5csecret.txt',
    '/none',
    '/a%00b',
  ]) {
    const { status, body } = await ask(site + path);
    assert.equal(status, 404, path);
    assert.doesNotMatch(body, /^secret/);
  }
  assert.equal((await ask(`${site}/%zz`)).status, 400);
  assert.equal((await ask(`${site}/`, { method: 'POST' })).status, 405);
  assert.equal((await ask(`${site}/`, { headers: { host: 'evil.example' } })).status, 421);
});

test('ranges are what HTTP says they are', async () => {
  for (const [range, status, body, of] of /** @type {const} */ ([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['bytes=', 200, '0123456789', undefined],
  ])) {
    const got = await ask(`${site}/ten.bin`, { headers: { range } });
    assert.deepEqual([got.status, got.body, got.headers['content-range']], [status, body, of], range);
  }
  const old = await ask(`${site}/ten.bin`, { headers: { range: 'bytes=0-1', 'if-range': '"old"' } });
  assert.equal(old.status, 200);
  const { etag } = (await ask(`${site}/ten.bin`)).headers;
  assert.equal((await ask(`${site}/ten.bin`, { headers: { 'if-none-match': String(etag) } })).status, 304);
});

test('a model, with the library, and in the demo page', async () => {
  const { address } = await serve(modelName, '--port', '0', '-q', '--csp', 'none');
  const base = address.replace(/\/$/, '');
  const root = await ask(`${base}/`);
  assert.equal(root.headers['content-security-policy'], undefined);
  const [, path] = /** @type {RegExpExecArray} */ (
    /loadModel\(&#39;(.*?)&#39;\)|loadModel\('(.*?)'\)/.exec(root.body)
  ).filter((part) => part !== undefined);
  const model = await loadModel(base + path);
  assert.equal(model.info.items, 2);
  model.dispose();
  assert.equal((await ask(`${base}/dist/ampcf.js`)).status, 200);
  for (const other of ['/model/secret.txt', '/model/', '/dist/.stamp', '/package.json', '/secret.txt'])
    assert.equal((await ask(base + other)).status, 404, other);
  const page = await serve(modelName, '--page', '--port', '0', '-q');
  assert.match(page.address, /\/examples\/page\/\?model=/);
  assert.match((await ask(page.address)).body, /<script type="module"/);
  const from = new URL(page.address).searchParams.get('model');
  (await loadModel(new URL(String(from), page.address))).dispose();
});

test('it stops cleanly, and --json says where it is', { skip: skipSignals }, async () => {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    const { child, address, ended } = await serve('site', '--port', '0', '-q', '--json');
    const { address: at, port } = JSON.parse(address);
    // A connection that is kept open does not keep it.
    await fetch(at);
    child.kill(signal);
    assert.equal(await ended, 0);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  }
});

test('what cannot be served is refused', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => void taken.on('listening', done));
  const { port } = /** @type {import('node:net').AddressInfo} */ (taken.address());
  refuses('serve', [
    ['', 2, /MODEL or FOLDER is missing/],
    ['none', 5, /none: cannot read: no such file/],
    ['secret.txt', 4, /secret\.txt: /],
    ['site --page', 2, /--page: got it with a folder/],
    ['site --port x', 2, /--port: got "x"/],
    ['site --port 70000', 2, /--port: got "70000"/],
    [`site --port ${port}`, 5, /--port: got \d+, which cannot be used \(EADDRINUSE\)/],
    [['site', '--csp', 'a\nb'], 2, /--csp: got /],
  ]);
  taken.close();
});
