// Owns what `ampcf import` reads: vectors with their ids, what stands beside them, interactions, vectors of
// people. Must not fit or write.
import { AmpcfError } from '../core/errors.js';
import { givenDefaults } from '../train/defaults.js';
import { readItems } from '../read/read-items.js';
import { readFolder } from '../vectors/folder.js';
import { openVectors } from '../vectors/open.js';
import { isFolder } from '../vectors/parquet-rows.js';
import { readIds } from '../vectors/read-ids.js';
import { displayName, readFileBytes } from '../read/bytes.js';
import { defined, numberOption, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { givenSettings, readTrainingInput } from './training-input.js';

/** @import { Interactions, VectorOptions } from '../train.js' */
/** @import { UserVectors } from '../evaluate/source-ranker.js' */
/** @import { VectorFile } from '../vectors/open.js' */
/** @import { Io } from './progress.js' */
/**
 * @typedef {object} ImportInput
 * @property {VectorOptions} options of modelFromVectors
 * @property {string} kind of the file
 * @property {Interactions | undefined} validation
 * @property {UserVectors | undefined} userVectors
 * @property {{ history: Interactions, heldOut: Interactions } | undefined} sample held-out events that a
 *   folder brings
 * @property {Record<string, any> | undefined} cluster settings.json of a folder
 */

/** What a training holds out where nothing is said. */
const usualShare = '0.1';

/**
 * The library whose ALS it was, from the command line or from settings.json of a folder.
 * @param {Record<string, any>} values
 * @param {Record<string, any>} [told]
 */
function libraryOf(values, told = {}) {
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
function settingsOf(values, told) {
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
async function readSettings(path) {
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
 * Ids of the file or of --ids, as many as there are vectors.
 * @param {VectorFile} file
 * @param {string} path
 * @param {string | undefined} given
 * @param {string} option
 */
export async function idsFor(file, path, given, option) {
  const ids = given === undefined ? file.ids : await readIds(given);
  if (!ids)
    throw new UsageError(
      `--${option} FILE is missing: ${displayName(path)} (${file.kind}) says of no row whose it is`,
    );
  if (ids.length === file.rows) return ids;
  const where = given === undefined ? displayName(path) : displayName(given);
  throw new AmpcfError(
    'BAD_DATA',
    `${where}: got ${ids.length} ids, wanted ${file.rows}, one for each vector of ${displayName(path)}`,
  );
}

/**
 * Interactions, validation and items, as ampcf train reads them; or items alone.
 * @param {Record<string, any>} values
 * @param {string[]} ids
 * @param {Io} io
 */
async function readBeside(values, ids, io) {
  if (values.interactions !== undefined) {
    const validation = values.validation ?? usualShare;
    const asked = { ...values, validation: validation === 'none' ? undefined : validation };
    return readTrainingInput(values.interactions, asked, io);
  }
  const stray = ['validation', 'hold-out', 'weights'].find((name) => values[name] !== undefined);
  if (stray) throw new UsageError(`--${stray}: got ${values[stray]}, wanted --interactions with it`);
  if (values.items === undefined) return { interactions: undefined, validation: undefined, items: undefined };
  const { items } = await readItems(values.items, {
    ...defined({
      id: values['items-id'],
      title: values['items-title'],
      aspects: values.aspects === undefined ? undefined : values.aspects.split(','),
      separator: values['aspect-separator'],
      quote: values.quote,
      skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }),
    }),
    known: new Set(ids),
  });
  return { interactions: undefined, validation: undefined, items };
}

/** @param {Record<string, any>} values */
async function readUserVectors(values) {
  const { users: path, 'user-ids': idsPath, array } = values;
  if (path === undefined) {
    if (idsPath !== undefined) throw new UsageError(`--user-ids: got ${idsPath}, wanted --users with it`);
    return undefined;
  }
  if (values.interactions === undefined)
    throw new UsageError('--users: wanted --interactions with it: the ranking of people is measured on them');
  const file = await openVectors(path, defined({ array }));
  return { ids: await idsFor(file, path, idsPath, 'user-ids'), vectors: file.vectors, dim: file.dim };
}

/**
 * What stands beside the vectors in their file takes the place of what it was made from.
 * @param {VectorFile} file
 * @param {Record<string, any>} settings
 */
function withPerItem({ perItem }, settings) {
  const { bias, weights, targets, popularity } = perItem;
  const rest = { ...settings };
  if (bias) delete rest.bias;
  if (weights) delete rest.itemDamping;
  if (targets) delete rest.popularityDamping;
  return defined({ ...rest, itemBias: bias, itemWeights: weights, itemTargets: targets, popularity });
}

/**
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
async function readFileInput(path, values, io) {
  const { array, 'id-column': id, 'vector-column': vector } = values;
  const file = await openVectors(path, { ...defined({ array, id, vector }), signal: io.signal });
  const ids = await idsFor(file, path, values.ids, 'ids');
  const as = libraryOf(values);
  const told = (await readSettings(values.settings)) ?? file.settings;
  const { alpha, ...settings } = settingsOf(values, told);
  const { interactions, validation, items } = await readBeside(values, ids, io);
  const userVectors = await readUserVectors(values);
  if (userVectors && userVectors.dim !== file.dim)
    throw new UsageError(
      `--users: got vectors of ${userVectors.dim} numbers, wanted ${file.dim} as the items have`,
    );
  const { popularity, ...beside } = withPerItem(file, { ...settings, ...(as ? {} : defined({ alpha })) });
  return {
    kind: file.kind,
    validation,
    userVectors,
    sample: undefined,
    cluster: undefined,
    options: /** @type {any} */ ({
      ids,
      vectors: file.vectors,
      dim: file.dim,
      ...beside,
      ...defined({ as, items, interactions, name: values.name }),
      ...(interactions ? {} : defined({ popularity })),
      signal: io.signal,
    }),
  };
}

/**
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
async function readFolderInput(path, values, io) {
  const refused = ['ids', 'interactions', 'users', 'array', 'settings'].find(
    (name) => values[name] !== undefined,
  );
  if (refused)
    throw new UsageError(`--${refused}: got ${values[refused]}, wanted nothing: a folder brings its own`);
  const folder = await readFolder(path);
  const as = libraryOf(values, folder.settings);
  const { alpha, ...settings } = settingsOf(values, null);
  const { items } = await readBeside(values, folder.ids, io);
  const { users } = folder.settings;
  return {
    kind: 'a folder of Parquet',
    validation: undefined,
    userVectors: undefined,
    sample: folder.validation,
    cluster: folder.settings,
    options: /** @type {any} */ ({
      ids: folder.ids,
      vectors: folder.rows,
      dim: folder.rows[0].length,
      ...settings,
      ...(as ? {} : defined({ alpha })),
      ...defined({
        as,
        items: items ?? folder.items,
        neighbours: folder.neighbours,
        popularity: folder.popularity,
        users: folder.popularity && users,
        name: values.name,
      }),
      signal: io.signal,
    }),
  };
}

/**
 * @param {string} path of a file of vectors or a folder
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
export async function readImportInput(path, values, io) {
  const { ids, interactions, items, users, settings, 'user-ids': userIds } = values;
  await checkPaths(
    {
      VECTORS: path,
      '--ids': ids,
      '--interactions': interactions,
      '--items': items,
      '--users': users,
      '--user-ids': userIds,
      '--settings': settings,
    },
    { '-o': values.output },
  );
  return path !== '-' && isFolder(path) && !/\.parquet\/?$/i.test(path)
    ? readFolderInput(path, values, io)
    : readFileInput(path, values, io);
}
