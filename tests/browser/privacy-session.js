// Owns the session that the privacy tests watch: ten thousand events, rankings, explanations, a profile that
// is kept. Runs in Node, pages
// and workers. Must not import anything but the library that it is given, and must not reach for the network.

/**
 * @param {{ library: typeof import('../../web/ampcf.js'), store: typeof import('../../web/store.js'), keptIn:
 *   import('../../web/store.js').ProfileStore }} given
 * @param {Uint8Array} bytes of a model
 * @param {number} events
 * @returns {Promise<{ events: number, rankings: number, personalized: boolean, persisted: boolean, restored:
 *   number }>}
 */
export async function privateSession({ library, store, keptIn }, bytes, events) {
  const model = await library.loadModel(bytes);
  const ids = model.ids();
  const kept = await store.keepProfile(model, keptIn);
  const { profile } = kept;
  let rankings = 0;
  let personalized = true;
  for (let n = 0; n < events; n++) {
    // Known and unknown items, added again and removed: what an app does over months.
    profile.add({
      item: n % 3 ? ids[(n * 7) % ids.length] : `elsewhere ${n % 1000}`,
      weight: 1 + (n % 5),
      at: 1_700_000_000 + n,
    });
    if (n % 20 === 7) profile.dislike(ids[(n * 11) % ids.length]);
    if (n % 20 === 13) profile.skip(ids[(n * 13) % ids.length]);
    if (n % 50 === 49) profile.remove(ids[(n * 7) % ids.length]);
    if (n % 500 !== 0) continue;
    const list = profile.recommend({ topK: 20, explain: true });
    profile.rank(ids.slice(0, 200), { explain: true });
    profile.recommend({ topK: 10, calibrate: 0.5 });
    profile.personas();
    profile.tasteDistance(list.items.map(({ item }) => item));
    model.similar(ids[n % ids.length]);
    rankings += 3;
    personalized &&= n === 0 || list.personalized;
    await kept.flush();
  }
  const restored = model.restoreProfile(kept.export()).size - profile.size;
  const { persisted } = kept;
  await kept.close();
  await kept.erase();
  model.dispose();
  return { events, rankings, personalized, persisted, restored };
}
