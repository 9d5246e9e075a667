// Owns a service worker, which may not import while it runs: ranking comes from it, without and with SIMD.
import { loadModel } from 'ampcf/static';

/** @param {'auto' | 'scalar'} backend */
async function best(backend) {
  const model = await loadModel(new URL('/m.ampcf', self.location.href).href, { backend });
  const me = model.createProfile(['a']);
  return `${me.recommend({ topK: 1 }).items[0].item} ${me.tasteDistance(['b'])}`;
}

self.oninstall = () => self.skipWaiting();
self.onactivate = (event) => event.waitUntil(self.clients.claim());
self.onmessage = (event) =>
  Promise.all([best('auto'), best('scalar')]).then(
    (said) => event.source.postMessage(said.join(', ')),
    (error) => event.source.postMessage(String(error.stack)),
  );
