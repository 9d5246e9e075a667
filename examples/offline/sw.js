// Owns the service worker of the offline example: what the page is made of is kept when it is installed, and
// given where the network gives nothing. Must leave the model file to `loadModel(url, { cache })`, which
// checks it.
const shell = 'films-shell-1';
const library = 'ampcf rank errors core-simd taste cache cache-through core-large core-scalar refusal'
  .split(' ')
  .map((name) => `../../dist/${name}.js`);

addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(['./', 'offline.js', ...library])));
});

addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  event.respondWith(
    fetch(request).catch(async () => {
      const cache = await caches.open(shell);
      return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
    }),
  );
});
