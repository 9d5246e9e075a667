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
