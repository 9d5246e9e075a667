// Owns the entry for Vue: composables. Must not be needed by pages of another framework.
export { useModel, useProfile, useRecommendations, useSnapshot } from './frameworks/vue.js';

/** @typedef {import('./frameworks/loading.js').ModelState} ModelState */
