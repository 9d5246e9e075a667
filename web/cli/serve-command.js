// Owns `ampcf serve`: a model, or a folder, for pages in a browser on this machine. Must not answer other
// machines, nor know what a page does.
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AmpcfError } from '../core/errors.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { openModel } from './model-file.js';
import { numberOption, parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { fileListener, pagePolicy } from './serve-files.js';
import { print } from './terminal.js';

/** @import { RequestListener, Server } from 'node:http' */
/** @import { OptionSpec } from './options.js' */
/** @import { Mount } from './serve-files.js' */
/** @typedef {{ listener: RequestListener, open: string, what: string }} Served open: where to begin */

const usualPort = 8080;

export const usage = [
  'ampcf serve MODEL [--page]',
  'ampcf serve FOLDER',
  '',
  '  Serve a model file with the library, or a folder, to pages on this machine: ranges, types and a policy',
  '  (CSP) as a page needs them. The address is the one line of standard output. Ctrl-C stops it.',
  '',
  '  --page      the demo page, with this model',
  `  --port N    default ${usualPort}, or a free one where it is taken; 0: any free one`,
  '  --csp TEXT  a Content-Security-Policy of yours; none: none. Default: this server, and WebAssembly',
  '  --json      address, model and folder as one object',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = { page: { type: 'boolean' }, ...textOptions(['port', 'csp']) };

/** The package, seen from dist/cli.js. */
const ofPackage = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const escapedHtml = (/** @type {string} */ text) =>
  inline(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * What stands at the root where a model is served without a page.
 * @param {string} name
 * @param {string} address
 */
const modelPage = (name, address) =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ampcf serve: ${escapedHtml(name)}</title>
<h1>${escapedHtml(name)}</h1>
<p>The model is at <a href="${escapedHtml(address)}">${escapedHtml(address)}</a>, the library at
<a href="/dist/ampcf.js">/dist/ampcf.js</a>. In a module of a page that is served from here:</p>
<pre>import { loadModel } from '/dist/ampcf.js';
const model = await loadModel('${escapedHtml(address)}');</pre>
<p><code>ampcf serve MODEL --page</code> shows it in the demo page.</p>
</html>
`;

/**
 * The model beside the library, and the demo page where it is asked for.
 * @param {string} path
 * @param {boolean} page
 * @param {string | null} policy
 * @returns {Promise<Served>}
 */
async function servedModel(path, page, policy) {
  const name = basename(path);
  const bytes = await readFileBytes(path);
  const model = await openModel(path, bytes);
  const what = `${inline(path)} (${fileSize(bytes.length)}, ${model.info.items} items)`;
  model.dispose();
  const address = `/model/${encodeURIComponent(name)}`;
  /** @type {Mount[]} */
  const mounts = [
    { prefix: '/model/', folder: dirname(resolve(path)), only: name },
    { prefix: '/dist/', folder: ofPackage('.') },
  ];
  if (!page) {
    const pages = { '/': modelPage(name, address) };
    return { listener: fileListener(mounts, { policy, pages }), open: '/', what };
  }
  const folder = ofPackage('../examples/page');
  await checkPaths({ 'the demo page': `${folder}/index.html` });
  mounts.push({ prefix: '/examples/page/', folder });
  const open = `/examples/page/?model=${encodeURIComponent(address)}`;
  const redirects = { '/': open, '/examples/page': open };
  return { listener: fileListener(mounts, { policy, redirects }), open, what };
}

/**
 * @param {RequestListener} listener
 * @param {number} port
 * @returns {Promise<Server>} that listens, to this machine alone
 */
const listening = (listener, port) =>
  new Promise((done, reject) => {
    const server = createServer(listener);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => done(server));
  });

/**
 * @param {RequestListener} listener
 * @param {number | undefined} port that was asked for
 */
async function start(listener, port) {
  try {
    return await listening(listener, port ?? usualPort);
  } catch (cause) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (cause);
    if (code === 'EADDRINUSE' && port === undefined) return listening(listener, 0);
    throw new AmpcfError(
      'IO',
      `--port: got ${port ?? usualPort}, which cannot be used (${code}), wanted a free one`,
      { reason: code, cause },
    );
  }
}

/**
 * Waits for Ctrl-C, or for the end that another program sends.
 * @param {AbortSignal} signal
 */
const stopped = (signal) =>
  new Promise((done) => {
    signal.addEventListener('abort', done, { once: true });
    process.once('SIGTERM', done);
    if (signal.aborted) done(undefined);
  });

/**
 * @param {Record<string, any>} values
 * @returns {string | null}
 */
function policyOf({ csp }) {
  if (csp === undefined) return pagePolicy;
  if (csp === 'none') return null;
  if (!/^[ -~]+$/.test(csp))
    throw new UsageError(`--csp: got ${JSON.stringify(csp)}, wanted a policy in plain ASCII, or none`);
  return csp;
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL or FOLDER']);
  const [path] = given;
  const port = numberOption(values, 'port', { whole: true, low: 0, high: 65535 });
  const policy = policyOf(values);
  if (path === '-') throw new UsageError('MODEL or FOLDER: got -, wanted a path');
  await checkPaths({ 'MODEL or FOLDER': path });
  const isFolder = statSync(path).isDirectory();
  if (isFolder && values.page) throw new UsageError('--page: got it with a folder, wanted a model file');
  const served = isFolder
    ? { listener: fileListener([{ prefix: '/', folder: path }], { policy }), open: '/', what: inline(path) }
    : await servedModel(path, Boolean(values.page), policy);
  const server = await start(served.listener, port);
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const address = `http://127.0.0.1:${taken}${served.open}`;
  const { say } = ioOf(values, signal);
  say(`serves   ${served.what} to this machine (Ctrl-C stops it)`);
  const end = stopped(signal);
  await print(
    values.json ? jsonLine({ address, port: taken, [isFolder ? 'folder' : 'model']: path }) : `${address}\n`,
  );
  await end;
  await new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  say('stopped');
}
