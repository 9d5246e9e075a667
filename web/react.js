// Owns the entry for React: hooks. Must not be needed by pages of another framework.
export { useHistory, useModel, useProfile, useRecommendations, useSnapshot } from './frameworks/react.js';

/** @typedef {import('./frameworks/loading.js').ModelState} ModelState */
