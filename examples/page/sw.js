// Owns the demo page without a network: what it asks for comes from what was kept on this device. Must not
// keep anything by itself, nor ask the network while it is cut.
/* eslint-env serviceworker */
const worker = /** @type {any} */ (globalThis);
const cacheName = 'ampcf-page-offline';

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

/** @param {Request} request */
async function answer(request) {
  const cache = await caches.open(cacheName);
  const isCut = await cache.match('./network-is-cut');
  const kept = () => cache.match(request, { ignoreSearch: request.mode === 'navigate' });
  if (isCut) return (await kept()) ?? Response.error();
  try {
    return await fetch(request);
  } catch (error) {
    const found = await kept();
    if (found) return found;
    throw error;
  }
}

worker.addEventListener('fetch', (/** @type {any} */ event) => event.respondWith(answer(event.request)));
