// Owns the entry of the store for Node. Must not be needed by a page.
export { fileStore } from './node/file-store.js';
