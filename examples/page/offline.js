// Owns "go offline and try" on the demo page: what is kept of the page on this device, and the cut from the
// network. Must not keep anything before it is asked to.
import { $ } from './elements.js';

const cacheName = 'ampcf-page-offline',
  marker = './network-is-cut';
/** What the build says that the page is made of, with what it loads only when it is asked to. */
const list = '../../dist/page/parts.json';

/** All that this page has loaded from here, and what it may load. */
async function parts() {
  const made = /** @type {string[]} */ (await (await fetch(list)).json());
  const own = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => name.startsWith(location.origin));
  const base = new URL(list, location.href);
  return [...new Set([location.pathname, ...own, ...made.map((path) => new URL(path, base).href)])];
}

async function cut() {
  const cache = await caches.open(cacheName);
  await cache.addAll(await parts());
  await navigator.serviceWorker.register('sw.js');
  await navigator.serviceWorker.ready;
  await cache.put(marker, new Response('cut'));
}

async function connect() {
  await caches.delete(cacheName);
  const all = await navigator.serviceWorker.getRegistrations();
  await Promise.all(all.map((registration) => registration.unregister()));
}

/** @param {boolean} isCut */
function say(isCut) {
  $('offline').setAttribute('aria-pressed', String(isCut));
  $('offline').textContent = isCut ? 'Go online again' : 'Go offline and try';
  $('offline-said').textContent = isCut
    ? 'Offline: what this page asks for comes from this device, or not at all. Reload, rank, even train.'
    : '';
}

async function press() {
  const isCut = $('offline').getAttribute('aria-pressed') === 'true';
  $('offline').disabled = true;
  try {
    await (isCut ? connect() : cut());
    say(!isCut);
  } catch (error) {
    $('offline-said').textContent = `The page could not be kept: ${/** @type {Error} */ (error).message}`;
  }
  $('offline').disabled = false;
  $('offline').focus();
}

export async function prepareOffline() {
  const isPossible = 'serviceWorker' in navigator && 'caches' in globalThis;
  $('offline').hidden = !isPossible;
  if (!isPossible) return;
  say((await caches.has(cacheName)) && !!(await (await caches.open(cacheName)).match(marker)));
  $('offline').addEventListener('click', press);
}
