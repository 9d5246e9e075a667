// Owns how the demo page makes elements and writes numbers. Must not know what they are about.

/**
 * @param {string} id
 * @returns {any}
 */
export const $ = (id) => document.getElementById(id);

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Text that is there already is left alone: nothing is laid out or read aloud again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** What each element is made of. @type {WeakMap<HTMLElement, string>} */
const madeOf = new WeakMap();

/**
 * Makes what is in an element again, where it is to be of something else than it is.
 * @param {HTMLElement} element
 * @param {unknown} of
 * @param {() => (Node | string)[]} children
 */
export function remake(element, of, children) {
  const text = JSON.stringify(of);
  if (madeOf.get(element) === text) return;
  madeOf.set(element, text);
  element.replaceChildren(...children());
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {Record<string, any>} [properties]
 */
export const button = (text, onclick, properties = {}) =>
  make('button', { type: 'button', onclick, ...properties }, text);

/** What is read aloud and not seen. */
export const spoken = (/** @type {string} */ text) => make('span', { className: 'spoken' }, text);

export const percent = (/** @type {number} */ share) => `${Math.round(share * 100)} %`;

/**
 * What is read, and behind it the number in full.
 * @param {number} value
 * @param {string} text
 */
export const number = (value, text) => make('data', { value: String(value) }, text);
