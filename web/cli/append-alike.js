// Owns telling new items from those of a model that another program writes in another way: by ids that are
// all but the same, and by titles. Must not append.
import { AmpcfError } from '../core/errors.js';
import { joinOf } from '../read/id-check.js';
import { count } from './print.js';
import { sayLoudly } from './validation-text.js';

/** @import { Model } from '../ampcf.js' */
/** @import { Item } from '../read/read-items.js' */
/**
 * @typedef {object} ModelTexts what a model says of its items
 * @property {Set<string>} known ids
 * @property {Map<string, string>} titles to ids; titles that are ids are none
 * @property {boolean} aspects whether it has any
 */

/**
 * @param {Model} model
 * @returns {ModelTexts}
 */
export function textsOf(model) {
  const ids = model.ids();
  const titles = new Map();
  for (const id of ids) {
    const title = model.title(id);
    if (title && title !== id) titles.set(title, id);
  }
  return { known: new Set(ids), titles, aspects: model.info.aspects > 0 };
}

const quoted = (/** @type {string} */ text) => JSON.stringify(text.slice(0, 80));

/**
 * Refuses items that the model is likely to have under other ids: they would stand there twice.
 * @param {Map<string, Item>} items
 * @param {ModelTexts} model
 */
export function checkAlike(items, { known, titles }) {
  const fresh = [...items].filter(([id]) => !known.has(id));
  const { alike, example } = joinOf(
    fresh.map(([id]) => id),
    { has: (id) => known.has(id), keys: () => known.values() },
  );
  const again = fresh.filter(([id, { title }]) => title !== id && titles.has(title));
  const wanted = 'the ids of the model (--items-id COL), or --take-alike where they are new all the same';
  if (alike > 0)
    throw new AmpcfError(
      'BAD_DATA',
      `--items: got ${count(alike)} ids that differ from those of the model only by leading zeros, blanks ` +
        `or .0: ${quoted(String(example?.[0]))} here, ${quoted(String(example?.[1]))} there, ` +
        `wanted ${wanted}`,
    );
  if (again.length === 0) return;
  const [[id, { title }]] = again;
  const there = quoted(String(titles.get(title)));
  const which = `such as ${quoted(title)}: ${quoted(id)} here, ${there} there`;
  if (2 * again.length > fresh.length && again.length > 1)
    throw new AmpcfError(
      'BAD_DATA',
      `--items: got ${count(again.length)} of ${count(fresh.length)} new items with a title that the model ` +
        `has under another id, ${which}, wanted ${wanted}`,
    );
  sayLoudly(`${count(again.length)} new items have a title that the model has under another id, ${which}`);
}
