// Owns "go offline and try" on the demo page: what is kept of the page on this device, and the cut from the
// network. Must not keep anything before it is asked to.
import { $ } from './elements.js';

const cacheName = 'ampcf-page-offline',
  marker = './network-is-cut';
/** What is loaded only when it is asked for. */
const later = ['trainer.js', 'csv.js', '../../dist/train.js'];

/** All that this page has loaded from here, and what it may load. */
function parts() {
  const own = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => name.startsWith(location.origin));
  return [...new Set([location.pathname, ...own, ...later.map((path) => new URL(path, location.href).href)])];
}

async function cut() {
  const cache = await caches.open(cacheName);
  await cache.addAll(parts());
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
