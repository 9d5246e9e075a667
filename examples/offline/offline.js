// Owns the example page that works without a network: the model file comes from a cache of the browser, all
// else from a service worker. Must not know what the service worker keeps.
import { loadModel } from '../../dist/ampcf.js';
import { cachedModels } from '../../dist/cache.js';

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const url = new URLSearchParams(location.search).get('model') ?? '../../dist/demo/films.ampcf';
let from = 'the network';
const model = await loadModel(url, {
  cache: 'films',
  onProgress: ({ fromCache }) => {
    if (fromCache) from = 'the cache';
  },
});
const me = model.createProfile(model.ids().slice(0, 3));
byId('ranking').replaceChildren(
  ...me.recommend({ topK: 10 }).items.map(({ title }) => {
    const item = document.createElement('li');
    item.textContent = title;
    return item;
  }),
);
await navigator.serviceWorker.register('sw.js');
await navigator.serviceWorker.ready;
const kept = await cachedModels({ cache: 'films' });
byId('state').textContent = `The model came from ${from}; ${kept.length} kept. Ready to go offline.`;
