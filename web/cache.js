// Owns the cache entry: model files kept in the Cache API of a browser, told, removed. Must not load a model:
// that is `loadModel(url, { cache })`.
export { cachedModels, clearCachedModels, deleteCachedModel } from './cache/kept.js';

/** @typedef {import('./cache/kept.js').CachedModel} CachedModel */
/** @typedef {import('./cache/kept.js').CacheOptions} CacheOptions */
