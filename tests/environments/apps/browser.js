// Owns the page of every browser: the check in the page, in a worker, in a service worker, and stores that
// remember. Must say all of it in its title.
import { loadModel } from 'ampcf';
import { indexedDbStore, keepProfile, opfsStore } from 'ampcf/store';
import { check } from './check.js';

/** @param {(resolve: (said: string) => void) => void} start */
const within = (start) =>
  new Promise((resolve) => {
    setTimeout(() => resolve('no answer'), 15_000);
    start(resolve);
  });

const inWorker = () =>
  within((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(`worker: ${message}`);
    worker.postMessage(new URL('/m.ampcf', location.href).href);
  });

const inServiceWorker = () =>
  within(async (resolve) => {
    if (!navigator.serviceWorker) return resolve('no service workers');
    navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage('');
  });

/** @param {import('ampcf/store').ProfileStore} store */
async function remembers(store) {
  const model = await loadModel('/m.ampcf');
  const first = await keepProfile(model, store);
  first.profile.add('a');
  await first.close();
  const again = await keepProfile(model, store);
  const said = `${again.persisted} ${again.profile.size}`;
  await again.erase();
  return said;
}

const parts = {
  page: () => check('/m.ampcf'),
  worker: inWorker,
  'service worker': inServiceWorker,
  indexedDB: () => remembers(indexedDbStore({ name: 'one' })),
  'indexedDB, encrypted': () => remembers(indexedDbStore({ name: 'two', encrypted: true })),
  opfs: () => remembers(opfsStore({ name: 'three' })),
};
const told = {};
for (const [name, part] of Object.entries(parts))
  told[name] = await part().catch((error) => `${error.code ?? error.name}: ${error.message}`);
document.title = JSON.stringify(told);
