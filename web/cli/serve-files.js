// Owns answering requests with files of this machine: which file a path means, and with which headers. Must
// not answer other machines, write, or give out hidden files or what lies outside the folders that it has.
import { realpathSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import sirv from 'sirv';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/**
 * @typedef {object} Mount
 * @property {string} prefix of paths, with a slash at its end
 * @property {string} folder
 * @property {string} [only] the one file of it that is given out
 */
/** @typedef {{ file: string, root: string } | { folder: true }} Found */
/** @typedef {{ file: string, root: string }} FoundFile */
/** @typedef {(found: FoundFile, request: IncomingMessage, response: ServerResponse) => void} Send */
/**
 * @typedef {object} Answers
 * @property {string | null} policy the Content-Security-Policy
 * @property {Record<string, string>} [pages] HTML by path
 * @property {Record<string, string>} [redirects] where paths lead
 */

/** What a page of ours may load, and nothing of other hosts. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** @type {Record<string, string>} */
const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const utf8 = '; charset=utf-8';
/** @type {Record<string, string>} */
const types = {
  '.html': `text/html${utf8}`,
  '.htm': `text/html${utf8}`,
  '.js': `text/javascript${utf8}`,
  '.mjs': `text/javascript${utf8}`,
  '.css': `text/css${utf8}`,
  '.txt': `text/plain${utf8}`,
  '.md': `text/markdown${utf8}`,
  '.csv': `text/csv${utf8}`,
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pdf': 'application/pdf',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
};

const ownHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request was meant for this machine: a page of another site can name us by a host of its own, and
 * would then read what it asks for (DNS rebinding).
 * @param {string | undefined} host of the header
 */
const isOwnHost = (host) => ownHosts.has((host ?? '').toLowerCase().replace(/:[0-9]{1,5}$/, ''));

/**
 * What a path below a mount means, or undefined. Links are followed before the check: one may lead outside.
 * @param {string} below
 * @param {Mount} mount
 * @returns {Found | undefined}
 */
function findIn(below, { folder, only }) {
  if (/[\0\\]|(?:^|\/)\./.test(below)) return undefined;
  try {
    const root = realpathSync(folder);
    const name = below === '' || below.endsWith('/') ? `${below}index.html` : below;
    if (only !== undefined && name !== only) return undefined;
    const path = join(root, name);
    const file = realpathSync(path);
    // The one file that was named may be a link to anywhere.
    if (only === undefined && !file.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const info = statSync(file);
    return info.isDirectory() ? { folder: true } : info.isFile() ? { file: path, root } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path as it was asked for
 * @param {readonly Mount[]} mounts the longest prefix first
 * @returns {Found | undefined}
 */
function find(path, mounts) {
  const mount = mounts.find(({ prefix }) => path.startsWith(prefix));
  return mount && findIn(path.slice(mount.prefix.length), mount);
}

/**
 * A range as sirv reads it: from a first byte to a last one. What else may stand there is none, and the whole
 * file is the answer, as HTTP has it.
 * @param {string | undefined} range
 * @param {number} size
 */
function plainRange(range, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? ['', '', ''];
  if (first === '' && last === '') return undefined;
  if (first !== '') return last !== '' && Number(last) < Number(first) ? undefined : `bytes=${first}-${last}`;
  if (Number(last) === 0) return `bytes=${size}-`;
  return size === 0 ? undefined : `bytes=${Math.max(0, size - Number(last))}-${size - 1}`;
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {Record<string, string>} headers
 * @param {string} [text]
 */
function answer(response, status, headers, text = '') {
  response.writeHead(status, { ...headers, 'content-type': `text/plain${utf8}` }).end(text);
}

/**
 * A function that answers with files by sirv.
 * @param {Record<string, string>} headers
 * @returns {Send}
 */
function sender(headers) {
  const handlers = new Map();
  const setHeaders = (/** @type {ServerResponse} */ response, /** @type {string} */ path) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('content-type', types[extname(path).toLowerCase()] ?? 'application/octet-stream');
  };
  return ({ file, root }, request, response) => {
    if (!handlers.has(root)) handlers.set(root, sirv(root, { dev: true, etag: true, setHeaders }));
    // An ETag of ours is a weak one, which no If-Range may be compared with.
    const asked = request.headers['if-range'] ? undefined : request.headers.range;
    const range = plainRange(asked, statSync(file).size);
    if (range === undefined) delete request.headers.range;
    else request.headers.range = range;
    const pathname = `/${relative(root, file).split(sep).map(encodeURI).join('/')}`;
    // How sirv keeps a path that it has read: one with # or ? in it too, which it would cut there.
    Object.assign(request, { url: pathname, _parsedUrl: { raw: pathname, pathname } });
    handlers.get(root)(request, response, () => answer(response, 404, headers, 'not found\n'));
  };
}

/**
 * A listener that answers requests with files.
 * @param {readonly Mount[]} mounts
 * @param {Answers} answers
 * @returns {(request: IncomingMessage, response: ServerResponse) => void}
 */
export function fileListener(mounts, { policy, pages = {}, redirects = {} }) {
  const headers = { ...always, ...(policy !== null && { 'content-security-policy': policy }) };
  const send = sender(headers);
  return (request, response) => {
    if (!isOwnHost(request.headers.host)) return answer(response, 421, headers, 'only localhost\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, { ...headers, allow: 'GET, HEAD' });
    const path = pathOf(request.url);
    if (path === undefined) return answer(response, 400, headers, 'not a path\n');
    if (Object.hasOwn(redirects, path))
      return answer(response, 302, { ...headers, location: redirects[path] });
    if (Object.hasOwn(pages, path))
      return void response.writeHead(200, { ...headers, 'content-type': types['.html'] }).end(pages[path]);
    const found = find(path, mounts);
    if (!found) return answer(response, 404, headers, 'not found\n');
    if ('folder' in found)
      return answer(response, 302, {
        ...headers,
        location: `${path.split('/').map(encodeURIComponent).join('/')}/`,
      });
    send(found, request, response);
  };
}

/**
 * @param {string | undefined} url of a request
 * @returns {string | undefined} its path, decoded
 */
function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url ?? '', 'http://localhost').pathname);
  } catch {
    return undefined;
  }
}
