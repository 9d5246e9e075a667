// Owns the store entry: keeping a profile in a browser, or through a store of the caller's. Must not send it
// anywhere, or know how it ranks. Nothing happens on import.
export { KeptProfile, keepProfile } from './store/keep.js';
export { createKey } from './store/database.js';
export { indexedDbStore } from './store/indexeddb-store.js';
export { memoryStore } from './store/memory-store.js';
export { opfsStore } from './store/opfs-store.js';

/** @typedef {import('./store/keep.js').KeepEvent} KeepEvent */
/** @typedef {import('./store/keep.js').KeepOptions} KeepOptions */
/** @typedef {import('./store/browser-options.js').BrowserStoreOptions} BrowserStoreOptions */
/** @typedef {import('./store/memory-store.js').ProfileStore} ProfileStore */
/** @typedef {import('./store/memory-store.js').Seen} Seen */
/** @typedef {import('./store/memory-store.js').Slots} Slots */
