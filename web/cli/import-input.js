// Owns what `ampcf import` reads: vectors with their ids, what stands beside them, interactions, vectors of
// people. Must not fit or write.
import { AmpcfError } from '../core/errors.js';
import { readItems } from '../read/read-items.js';
import { readFolder } from '../vectors/folder.js';
import { openVectors } from '../vectors/open.js';
import { hasParts, isFolder } from '../vectors/parquet-rows.js';
import { readIds } from '../vectors/read-ids.js';
import { displayName } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { checkOfKind, checkPopularity, importCompanions } from './import-options.js';
import { libraryOf, perItemOf, readSettings, settingsOf } from './import-options.js';
import { alsNotes, ofEach, sayTitles, sayVectors, titlesOf, understoodVectors } from './import-text.js';
import { itemDetails, itemOptions } from './item-options.js';
import { checkCompanions, defined, numberOption, optionOf, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count } from './print.js';
import { readTrainingInput } from './training-input.js';
import { sayLoudly } from './validation-text.js';

/** @import { Interactions, VectorOptions } from '../train.js' */
/** @import { UserVectors } from '../evaluate/source-ranker.js' */
/** @import { VectorFile } from '../vectors/open.js' */
/** @import { Io } from './progress.js' */
/** @import { Titles, UnderstoodVectors } from './import-text.js' */
/**
 * @typedef {object} ImportInput
 * @property {VectorOptions} options of modelFromVectors
 * @property {UnderstoodVectors} understood
 * @property {Titles | null} titles
 * @property {(name: string) => string} sourceOf where a setting of the fold-in comes from
 * @property {Interactions | undefined} validation
 * @property {UserVectors | undefined} userVectors
 * @property {{ history: Interactions, heldOut: Interactions } | undefined} sample held-out events that a
 *   folder brings
 * @property {Record<string, any> | undefined} cluster settings.json of a folder
 */

/** What a training holds out where nothing is said. */
const usualShare = '0.1';

/**
 * Ids of the file or of --ids, as many as there are vectors.
 * @param {VectorFile} file
 * @param {string} path
 * @param {string | undefined} given
 * @param {{ option: string, column: string | undefined }} asked option: what the file of ids is called;
 *   column: which column of it
 */
export async function idsFor(file, path, given, { option, column }) {
  const read =
    given === undefined
      ? { ids: file.ids, note: null }
      : await readIds(given, { rows: file.rows, column, option });
  const { ids, note } = read;
  const columns = file.kind === 'table' || file.kind === 'parquet';
  if (!ids)
    throw new UsageError(
      `--${option} FILE is missing: ${displayName(path)} (${file.kind}, ${file.dim} numbers a row) ` +
        `says of no row whose it is${columns ? '; --id-column COL where a column does' : ''}`,
    );
  if (ids.length === file.rows) return { ids, note };
  const where = given === undefined ? displayName(path) : displayName(given);
  throw new AmpcfError(
    'BAD_DATA',
    `${where}: got ${ids.length} ids, wanted ${file.rows}, one for each vector of ${displayName(path)}`,
  );
}

/**
 * Titles and aspects, and how many of the vectors have them.
 * @param {Record<string, any>} values
 * @param {string[]} ids
 * @param {Io} io
 */
async function readTitles(values, ids, io) {
  if (values.items === undefined) return { items: undefined, titles: null };
  const { items, columns } = await readItems(values.items, { ...itemOptions(values), known: new Set(ids) });
  const titles = titlesOf(ids, items, columns);
  sayTitles(titles, io.say);
  return { items, titles };
}

/**
 * Interactions, validation and items, as ampcf train reads them; or items alone.
 * @param {Record<string, any>} values
 * @param {string[]} ids
 * @param {Io} io
 */
async function readBeside(values, ids, io) {
  if (values.interactions === undefined)
    return { interactions: undefined, validation: undefined, ...(await readTitles(values, ids, io)) };
  const { validation = usualShare } = values;
  // Items are joined to the vectors, not to the interactions.
  const rest = Object.entries(values).filter(([name]) => name !== 'items' && !itemDetails.includes(name));
  const asked = { ...Object.fromEntries(rest), validation: validation === 'none' ? undefined : validation };
  const input = await readTrainingInput(values.interactions, asked, io);
  const { interactions } = input;
  checkMeeting(ids, interactions);
  return { interactions, validation: input.validation, ...(await readTitles(values, ids, io)) };
}

/**
 * Warns where most interactions are with items that have no vector, which is nearly always a mistake.
 * @param {string[]} ids
 * @param {Interactions} interactions
 */
function checkMeeting(ids, { items, item }) {
  const known = new Set(ids);
  const there = items.map((id) => known.has(id));
  let outside = 0;
  for (let x = 0; x < item.length; x++) if (!there[item[x]]) outside++;
  if (outside === item.length || 2 * outside <= item.length) return;
  const one = JSON.stringify(items[there.indexOf(false)].slice(0, 80));
  sayLoudly(
    `${count(outside)} of ${count(item.length)} interactions are with items that have no vector, ` +
      `such as ${one}`,
  );
}

/** @param {Record<string, any>} values */
async function readUserVectors(values) {
  const { users: path, 'user-ids': idsPath, 'user-ids-column': column, array } = values;
  if (path === undefined) return undefined;
  const file = await openVectors(path, defined({ array, ids: idsPath !== undefined, people: true }));
  const { ids } = await idsFor(file, path, idsPath, { option: 'user-ids', column });
  return { ids, vectors: file.vectors, dim: file.dim, kind: file.kind };
}

/**
 * What stands beside the vectors in their file takes the place of what it was made from.
 * @param {Record<string, ArrayLike<number>>} perItem
 * @param {Record<string, any>} settings
 */
function withPerItem({ bias, weights, targets, popularity }, settings) {
  const rest = { ...settings };
  if (bias) delete rest.bias;
  if (weights) delete rest.itemDamping;
  if (targets) delete rest.popularityDamping;
  return defined({ ...rest, itemBias: bias, itemWeights: weights, itemTargets: targets, popularity });
}

/**
 * Numbers of each item: of the file of vectors, or of the settings that were exported with them, unless
 * interactions or options say them anew.
 * @param {VectorFile} file
 * @param {Record<string, any>} values
 * @param {Record<string, any> | null} told
 * @param {string[]} ids
 */
function perItem({ perItem: own }, values, told, ids) {
  if (values.interactions !== undefined || !told?.items) return own;
  const { bias, weights, targets } = perItemOf(told.items, ids, displayName(values.settings ?? ''));
  return defined({
    bias: values.bias === undefined ? bias : undefined,
    weights: values['item-damping'] === undefined ? weights : undefined,
    targets: values['popularity-damping'] === undefined ? targets : undefined,
    ...own,
  });
}

/**
 * Where each setting of the fold-in comes from, in words.
 * @param {Record<string, any>} settings of command line and file
 * @param {Record<string, any>} values
 * @param {Record<string, any>} beside numbers of each item
 * @returns {(name: string) => string}
 */
function sourcesOf(settings, values, beside) {
  const instead = /** @type {Record<string, string>} */ ({
    bias: 'itemBias',
    itemDamping: 'itemWeights',
    popularityDamping: 'itemTargets',
  });
  return (name) => {
    if (beside[instead[name]]) return ofEach;
    if (values[optionOf(name)] !== undefined) return 'as given';
    if (settings[name] !== undefined) return 'of the settings file';
    return name === 'alpha' || name === 'lambda' ? 'by norm and width' : 'by default';
  };
}

/**
 * Vectors with their ids, and what was understood of them.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {boolean} library whether it is said whose they are
 * @param {Io} io
 */
async function readVectors(path, values, library, { signal, say }) {
  const { array, 'id-column': id, 'vector-column': vector, ids: idsPath, 'ids-column': column } = values;
  const asked = defined({ array, id, vector, ids: idsPath !== undefined, signal });
  const file = await openVectors(path, asked);
  const { ids, note } = await idsFor(file, path, idsPath, { option: 'ids', column });
  const understood = understoodVectors(file, ids, {
    from: idsPath === undefined ? null : displayName(idsPath),
    notes: [...(note === null ? [] : [note]), ...(library ? [] : alsNotes(file.told))],
  });
  sayVectors(understood, say);
  return { file, ids, understood };
}

/**
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
async function readFileInput(path, values, io) {
  const { array, settings: settingsPath } = values;
  const as = libraryOf(values);
  const { file, ids, understood } = await readVectors(path, values, as !== undefined, io);
  const told = (await readSettings(settingsPath)) ?? file.settings;
  const { alpha, ...settings } = settingsOf(values, told);
  const { popularity, ...beside } = withPerItem(perItem(file, values, told, ids), {
    ...settings,
    ...(as ? {} : defined({ alpha })),
  });
  if (values.interactions === undefined && !popularity) checkPopularity(values, beside, settingsPath);
  const { interactions, validation, items, titles } = await readBeside(values, ids, io);
  const people = await readUserVectors(values);
  checkOfKind(values, [file.kind, ...(people && array !== undefined ? [people.kind] : [])]);
  if (people && people.dim !== file.dim)
    throw new UsageError(
      `--users: got vectors of ${people.dim} numbers, wanted ${file.dim} as the items have`,
    );
  return {
    understood,
    titles,
    sourceOf: sourcesOf({ alpha, ...settings }, values, beside),
    validation,
    userVectors: people,
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

const refusedByFolder = ['ids', 'interactions', 'users', 'array', 'settings', 'id-column', 'vector-column'];

/**
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
async function readFolderInput(path, values, io) {
  const refused = refusedByFolder.find((name) => values[name] !== undefined);
  if (refused)
    throw new UsageError(`--${refused}: got ${values[refused]}, wanted nothing: a folder brings its own`);
  const folder = await readFolder(path);
  const { ids, rows, popularity } = folder;
  const dim = rows[0].length;
  const told = { id: 'id', numbers: 'features', unused: [], notes: [] };
  const found = { kind: 'a folder of Parquet', rows: rows.length, dim, vectors: rows[0], told };
  const understood = understoodVectors(found, ids, { from: null, notes: [] });
  sayVectors(understood, io.say);
  io.say(`files    ${inline(folder.files)}`);
  for (const warning of folder.warnings) sayLoudly(warning);
  const as = libraryOf(values, folder.settings);
  const { alpha, ...settings } = settingsOf(values, null);
  const given = await readBeside(values, ids, io);
  const titles = given.titles ?? (folder.items ? titlesOf(ids, folder.items) : null);
  if (titles && !given.titles) sayTitles(titles, io.say);
  const { users } = folder.settings;
  return {
    understood,
    titles,
    sourceOf: sourcesOf({ alpha, ...settings }, values, {}),
    validation: undefined,
    userVectors: undefined,
    sample: folder.validation,
    cluster: folder.settings,
    options: /** @type {any} */ ({
      ids,
      vectors: rows,
      dim,
      ...settings,
      ...(as ? {} : defined({ alpha })),
      ...defined({
        as,
        items: given.items ?? folder.items,
        neighbours: folder.neighbours,
        popularity,
        users: popularity && users,
        name: values.name,
      }),
      signal: io.signal,
    }),
  };
}

/**
 * Whether a folder is one of several tables, not one table in parts, as Spark writes a column of vectors.
 * @param {string} path
 */
const isFolderOfTables = (path) =>
  path !== '-' && isFolder(path) && !/\.parquet\/?$/i.test(path) && !hasParts(path);

/**
 * @param {string} path of a file of vectors or a folder
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<ImportInput>}
 */
export async function readImportInput(path, values, io) {
  const { ids, interactions, items, users, settings, 'user-ids': userIds } = values;
  checkCompanions(values, importCompanions);
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
  return isFolderOfTables(path) ? readFolderInput(path, values, io) : readFileInput(path, values, io);
}
