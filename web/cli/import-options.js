// Owns what the options of `ampcf import` say: the library, settings over those of a file, and which options
// go with which. Must not read vectors.
import { AmpcfError } from '../core/errors.js';
import { givenDefaults } from '../train/defaults.js';
import { displayName, readFileBytes } from '../read/bytes.js';
import { itemDetails } from './item-options.js';
import { numberOption, optionOf, UsageError } from './options.js';
import { givenSettings } from './training-input.js';

/** @import { Companions } from './options.js' */
/**
 * What goes with another option, or with one of two, and says nothing without it.
 * @type {Companions}
 */
export const importCompanions = [
  [itemDetails, ['items']],
  [
    ['quote', 'skip-bad'],
    ['interactions', 'items'],
  ],
  [['ids-column'], ['ids']],
  [['user-ids', 'user-ids-column'], ['users']],
  [['user-ids-column'], ['user-ids']],
  [
    [
      'validation',
      'hold-out',
      'weights',
      'weight-scale',
      'user',
      'item',
      'rating',
      'time',
      'format',
      'min-rating',
      'duplicates',
      'users',
    ],
    ['interactions'],
  ],
];

/** Which options a kind of file has a use for. */
const ofKind = /** @type {Record<string, string[]>} */ ({
  npz: ['array'],
  safetensors: ['array'],
  parquet: ['id-column', 'vector-column'],
  table: ['id-column', 'vector-column'],
});

/**
 * Refuses options that say something of other kinds of files than those that were read.
 * @param {Record<string, any>} values
 * @param {string[]} kinds
 */
export function checkOfKind(values, kinds) {
  const stray = ['array', 'id-column', 'vector-column'].find(
    (name) => values[name] !== undefined && !kinds.some((kind) => ofKind[kind]?.includes(name)),
  );
  if (stray)
    throw new UsageError(
      `--${stray}: got ${values[stray]}, wanted nothing: ${kinds.join(' and ')} files have no ` +
        (stray === 'array' ? 'arrays by name' : 'columns to choose from'),
    );
}

/**
 * The library whose ALS it was, from the command line or from settings.json of a folder.
 * @param {Record<string, any>} values
 * @param {Record<string, any>} [told]
 */
export function libraryOf(values, told = {}) {
  const library = values.as ?? told.as;
  const strength = numberOption(values, 'strength') ?? told.strength;
  const given = numberOption(values, 'regularization') ?? numberOption(values, 'reg');
  if (library === undefined) {
    const stray = ['regularization', 'reg', 'strength'].find((name) => values[name] !== undefined);
    if (stray)
      throw new UsageError(`--${stray}: got ${values[stray]}, wanted --as implicit or --as spark with it`);
    return undefined;
  }
  if (library !== 'implicit' && library !== 'spark')
    throw new UsageError(`--as: got ${JSON.stringify(library)}, wanted implicit or spark`);
  const als = {
    library,
    regularization: given ?? told.reg ?? told.regularization,
    alpha: numberOption(values, 'alpha') ?? told.alpha,
    ...(strength !== undefined && { rating: strength }),
  };
  for (const name of /** @type {const} */ (['regularization', 'alpha']))
    if (als[name] === undefined)
      throw new UsageError(`--as ${library}: --${name} is missing: what was the training there given?`);
  return als;
}

/**
 * Settings of the command line over those of a settings file.
 * @param {Record<string, any>} values
 * @param {Record<string, any> | null} told
 * @returns {Record<string, any>}
 */
export function settingsOf(values, told) {
  const { vectors: vectorType, ...given } = givenSettings(values);
  const known = Object.keys(givenDefaults);
  const all = { ...given, ...(vectorType !== undefined && { vectorType }) };
  const stray = Object.keys(all).find((name) => !known.includes(name));
  if (stray) throw new UsageError(`--${stray}: got ${values[stray]}, wanted a setting of ampcf import`);
  const saved = Object.entries(told ?? {}).filter(([name]) => known.includes(name));
  return { ...Object.fromEntries(saved), ...all };
}

/**
 * @param {string | undefined} path
 * @returns {Promise<Record<string, any> | null>}
 */
export async function readSettings(path) {
  if (path === undefined) return null;
  const text = (await readFileBytes(path)).toString('utf8');
  try {
    const settings = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null) return settings;
  } catch {
    // Said below.
  }
  throw new AmpcfError(
    'BAD_DATA',
    `${displayName(path)}: got no JSON object, wanted settings as ampcf export writes`,
  );
}

/**
 * Numbers of each item that stand in a settings file, in the order of the vectors.
 * @param {any} items as `ampcf export` writes them
 * @param {readonly string[]} ids
 * @param {string} file
 * @returns {Record<string, number[]>}
 */
export function perItemOf(items, ids, file) {
  const given = /** @type {string[]} */ (items?.ids);
  const names = ['bias', 'weights', 'targets'].filter((name) => items?.[name] !== undefined);
  const sound =
    Array.isArray(given) &&
    names.every((name) => items[name]?.length === given.length && Array.isArray(items[name]));
  if (!sound)
    throw new AmpcfError(
      'BAD_DATA',
      `${file}: items: got no lists of one length, wanted ids, bias, weights, targets`,
    );
  const index = new Map(given.map((id, j) => [String(id), j]));
  const missing = ids.find((id) => !index.has(id));
  if (missing !== undefined)
    throw new AmpcfError(
      'BAD_DATA',
      `${file}: items: got none called ${JSON.stringify(missing.slice(0, 80))}, wanted the items of the ` +
        'vectors: settings are of another model; with --interactions FILE they are counted anew',
    );
  const order = ids.map((id) => /** @type {number} */ (index.get(id)));
  return Object.fromEntries(names.map((name) => [name, order.map((j) => items[name][j])]));
}

/** What needs to know how many people each item has. */
const ofPopularity = /** @type {const} */ (['bias', 'itemDamping', 'popularityDamping']);

/**
 * Refuses settings that want popularity where nothing is known of it. Of a settings file, those at 0 and the
 * bias say nothing then.
 * @param {Record<string, any>} values
 * @param {Record<string, any>} settings
 * @param {string | undefined} file of settings
 */
export function checkPopularity(values, settings, file) {
  const wanted = '--interactions FILE with it, or popularity in the file of vectors';
  for (const name of ofPopularity) {
    const option = optionOf(name);
    if (values[option] !== undefined && Number(values[option]) !== 0)
      throw new UsageError(`--${option}: got ${values[option]}, wanted ${wanted}`);
    if (name !== 'bias' && settings[name] > 0)
      throw new UsageError(
        `--settings ${file ?? ''}: got ${name} ${settings[name]}, wanted ${wanted}; ` +
          `--${option} 0 goes without`,
      );
  }
}
