// Owns `npm run page`: the files of this repository for a browser on this machine. Must not answer other
// machines, write, or give out anything outside the repository, hidden files included.
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.csv': 'text/csv; charset=utf-8',
};

/**
 * The file a URL means, or undefined.
 * @param {string} url
 */
function fileOf(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    if (/[\0\\]|\/\./.test(path)) return undefined;
    // Links are followed before the check: one may lead outside.
    const file = realpathSync(join(root, path.endsWith('/') ? `${path}index.html` : path));
    return file.startsWith(root + sep) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

const ownHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request was meant for this machine: a page of another site can name us by a host of its own, and
 * would then read what it asks for (DNS rebinding).
 * @param {string | undefined} host of the header
 */
const isOwnHost = (host) => ownHosts.has((host ?? '').toLowerCase().replace(/:[0-9]{1,5}$/, ''));

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function serveFile(request, response) {
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (!isOwnHost(request.headers.host))
    return void response.writeHead(421, { ...headers, 'content-type': 'text/plain' }).end('only localhost\n');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
  if (request.url === '/' || request.url === '/examples/page')
    return void response.writeHead(302, { ...headers, location: '/examples/page/' }).end();
  const file = fileOf(request.url ?? '');
  if (!file)
    return void response.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end('not found\n');
  response.writeHead(200, {
    ...headers,
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
  });
  if (request.method === 'HEAD') return void response.end();
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

/**
 * On this machine only.
 * @param {number} port 0: any free one
 */
function listen(port) {
  const server = createServer(serveFile);
  server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EADDRINUSE' || port === 0) throw error;
    listen(0);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.log(`The demo page: http://127.0.0.1:${address.port}/examples/page/   (Ctrl+C stops it)`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) listen(Number(process.env.PORT ?? 8080));
