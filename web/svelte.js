// Owns the entry for Svelte: stores. Must not be needed by pages of another framework.
export { modelStore, profileStore, recommendationsStore } from './frameworks/svelte.js';

/** @typedef {import('./frameworks/loading.js').ModelState} ModelState */
