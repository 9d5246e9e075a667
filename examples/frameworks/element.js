// Owns the example page of the custom element. Must not send anything: the one request is for the model.
import '../../dist/element.js';

/** @typedef {import('../../dist/types/element.js').RecommendationsElement} RecommendationsElement */

const list = /** @type {RecommendationsElement} */ (document.querySelector('ampcf-recommendations'));
const liked = /** @type {HTMLElement} */ (document.getElementById('liked'));

list.addEventListener('select', (event) => {
  const { item } = /** @type {CustomEvent} */ (event).detail;
  list.profile?.add(item);
});
list.addEventListener('ready', (event) => {
  const { model, profile } = /** @type {CustomEvent} */ (event).detail;
  const titles = profile.history.map((/** @type {{ item: string }} */ { item }) => model.title(item));
  liked.textContent = `You like ${titles.join(', ')}.`;
});
list.addEventListener('error', (event) => {
  liked.textContent = /** @type {CustomEvent} */ (event).detail.message;
});
