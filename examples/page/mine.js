// Owns the model that was trained in this page: where it is kept until it is not wanted. Must not train.

const cacheName = 'ampcf-page-mine',
  place = './mine.ampcf';

/** @returns {Promise<Response | undefined>} nothing where nothing is kept, or nothing can be */
export async function mineIfKept() {
  try {
    return globalThis.caches && (await caches.has(cacheName))
      ? await (await caches.open(cacheName)).match(place)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function keepMine(bytes) {
  await (await caches.open(cacheName)).put(place, new Response(bytes));
}

export const forgetMine = () => caches.delete(cacheName);
