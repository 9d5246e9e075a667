// Owns the page of every bundler: the check in the page, and in a worker. Must say both in its title.
import { check } from './check.js';

const inWorker = () =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(`worker: ${message}`);
    worker.postMessage(new URL('/m.ampcf', location.href).href);
  });
Promise.all([check('/m.ampcf'), inWorker()])
  .catch((error) => [String(error.stack)])
  .then((told) => (document.title = JSON.stringify(told)));
