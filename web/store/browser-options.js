// Owns the options of the stores of a browser, checked. Must not touch a store.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';

/**
 * @typedef {object} BrowserStoreOptions
 * @property {string} [name] one a profile, default 'ampcf-profile'
 * @property {boolean} [encrypted] with a key that the store makes and keeps, default false
 */

/**
 * @param {BrowserStoreOptions} options
 * @returns {Required<BrowserStoreOptions>}
 */
export function browserOptions(options) {
  const { name = 'ampcf-profile', encrypted = false } = optionsArgument(options, 'name encrypted');
  if (typeof name !== 'string' || name === '') throw badArgument('name', name, 'a text that is not empty');
  if (typeof encrypted !== 'boolean') throw badArgument('encrypted', encrypted, 'true or false');
  return { name, encrypted };
}
