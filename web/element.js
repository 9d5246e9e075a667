// Owns the entry of the custom element, which is defined where this is imported. Must do nothing where there
// are no custom elements, as on a server.
import { defineElement } from './frameworks/element.js';

export { RecommendationsElement, defineElement } from './frameworks/element.js';

/** @typedef {import('./frameworks/element.js').ElementWords} ElementWords */
/** @typedef {import('./frameworks/element.js').ReadyDetail} ReadyDetail */

defineElement();
