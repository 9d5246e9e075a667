// Owns what `ampcf import` says of what it has read and chosen, as lines of text. Must not read files or
// choose.
import { idsAlike, joinOf, nobodies } from '../read/id-check.js';
import { inline } from '../read/inline.js';
import { count } from './print.js';
import { sayLoudly } from './validation-text.js';

/** @import { Item, ItemColumns } from '../read/read-items.js' */
/** @import { Told } from '../vectors/tables.js' */
/**
 * @typedef {object} UnderstoodVectors what was understood of a file of vectors
 * @property {string} kind
 * @property {number} vectors
 * @property {number} dim
 * @property {string} id where the ids are
 * @property {string} numbers where the numbers are
 * @property {{ id: string, numbers: number[] }} first
 * @property {string[]} unused what else is in the file
 * @property {string[]} notes
 * @property {string[]} warnings
 */
/**
 * @typedef {object} Titles
 * @property {number} titled items with a vector that the items file has
 * @property {number} of items with a vector
 * @property {number} aspects different ones of these
 * @property {string} from
 * @property {string[]} warnings
 */

const shortened = (/** @type {string} */ text) => inline(text.length > 40 ? `${text.slice(0, 40)}...` : text);
const quoted = (/** @type {string} */ id) => JSON.stringify(id.slice(0, 80));
/** As many digits as a person reads. */
export const short = (/** @type {number} */ x) => String(Number(x.toPrecision(4)));

const mostUnused = 12;
const shownNumbers = 4;

/**
 * @param {{ kind: string, rows: number, dim: number, vectors: ArrayLike<number>, told: Told }} file
 * @param {string[]} ids
 * @param {{ from: string | null, notes: string[] }} more from: where ids come from that are not in the file
 * @returns {UnderstoodVectors}
 */
export const understoodVectors = ({ kind, rows, dim, vectors, told }, ids, { from, notes }) => ({
  kind,
  vectors: rows,
  dim,
  id: from ?? told.id ?? '',
  numbers: told.numbers,
  first: { id: ids[0], numbers: Array.from({ length: Math.min(dim, shownNumbers) }, (_, d) => vectors[d]) },
  unused: from !== null && told.id !== null ? [told.id, ...told.unused] : told.unused,
  notes: [...told.notes, ...notes],
  warnings: warningsOf(ids),
});

/**
 * What is nearly always a mistake of ids.
 * @param {readonly string[]} ids
 */
function warningsOf(ids) {
  const warnings = [];
  const { count: alike, pairs } = idsAlike(ids);
  if (alike > 0)
    warnings.push(
      `${count(alike)} ids differ only by leading zeros, blanks or .0 from another: ` +
        pairs.map(([a, b]) => `${quoted(a)} and ${quoted(b)}`).join(', '),
    );
  if (ids.every((id) => /^\d+\.0+$/.test(id)))
    warnings.push(`all ids end in .0, such as ${quoted(ids[0])}: they may be whole numbers elsewhere`);
  const nobody = nobodies(ids);
  if (nobody.length > 0) warnings.push(`an item is called ${quoted(nobody[0])}: is this an id?`);
  return warnings;
}

/**
 * @param {UnderstoodVectors} understood
 * @param {(line: string) => void} say
 */
export function sayVectors({ kind, vectors, dim, id, numbers, first, unused, notes, warnings }, say) {
  const shown = unused.slice(0, mostUnused).map(shortened).join(', ');
  const more = unused.length > mostUnused ? `, and ${unused.length - mostUnused} more` : '';
  const rest = unused.length > 0 ? `; not used: ${shown}${more}` : '';
  const dots = dim > first.numbers.length ? ', ...' : '';
  say(`vectors  ${count(vectors)} of ${dim} numbers (${kind})`);
  say(`columns  id ${shortened(id)}, numbers ${shortened(numbers)}${rest}`);
  say(`first    ${shortened(first.id)}: ${first.numbers.map(short).join(', ')}${dots}`);
  for (const note of notes) say(`judged   ${inline(note)}`);
  for (const warning of warnings) sayLoudly(inline(warning));
}

/**
 * How many items of the vectors a file of items has, and what is nearly always a mistake.
 * @param {readonly string[]} ids
 * @param {Map<string, Item>} items
 * @param {ItemColumns} [columns]
 * @returns {Titles}
 */
export function titlesOf(ids, items, columns) {
  const { joined, alike, example } = joinOf(ids, items);
  const aspects = new Set(ids.flatMap((id) => items.get(id)?.aspects ?? [])).size;
  const named = columns && (columns.aspects.join(', ') || 'none');
  const from = columns
    ? `id ${columns.id}, title ${columns.title ?? 'none'}, aspects ${named}`
    : 'aspects.parquet';
  const [one] = items.keys();
  const warnings = [];
  if (alike > 0)
    warnings.push(
      `${count(alike)} items have no title because their ids differ by leading zeros, blanks or .0: ` +
        `${quoted(String(example?.[0]))} here, ${quoted(String(example?.[1]))} in the items file`,
    );
  else if (joined === 0)
    warnings.push(
      `no item of the vectors is in the items file (${from}), which has ids such as ${quoted(one ?? '')}, ` +
        `where the vectors have ${quoted(ids[0])}` +
        (columns ? ' (--items-id COL says which column it is)' : ''),
    );
  else if (joined * 2 < ids.length)
    warnings.push(`only ${count(joined)} of ${count(ids.length)} items are in the items file`);
  return { titled: joined, of: ids.length, aspects, from, warnings };
}

/**
 * @param {Titles} titles
 * @param {(line: string) => void} say
 */
export function sayTitles({ titled, of, aspects, from, warnings }, say) {
  say(`titles   for ${count(titled)} of ${count(of)} items, ${count(aspects)} aspects (${inline(from)})`);
  for (const warning of warnings) sayLoudly(inline(warning));
}

/**
 * What helps where arrays are those of implicit, and nobody says so.
 * @param {Told} told
 */
export const alsNotes = ({ als }) =>
  als
    ? [
        'this looks like the ALS of implicit: the scores that people have there come by --as implicit ' +
          `--regularization ${als.regularization} --alpha ${als.alpha}`,
      ]
    : [];

/** Words for the settings of a fold-in, in the order in which they are said. */
const words = /** @type {const} */ ([
  ['alpha', 'alpha'],
  ['lambda', 'lambda'],
  ['nu', 'nu'],
  ['itemDamping', 'item damping'],
  ['popularityDamping', 'popularity damping'],
  ['bias', 'bias'],
]);

/** Where a setting is not used, for its place is taken. */
export const ofEach = 'numbers of each item, as they stand beside the vectors';

/**
 * The settings of a fold-in by where they come from: `alpha 2 and bias 0.1 as given; nu 1 by default`.
 * @param {Record<string, any>} settings
 * @param {(name: string) => string} sourceOf
 */
export function foldInText(settings, sourceOf) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const [name, word] of words) {
    const source = sourceOf(name);
    const text = source === ofEach ? word : `${word} ${short(settings[name])}`;
    groups.set(source, [...(groups.get(source) ?? []), text]);
  }
  return [...groups].map(([source, texts]) => `${texts.join(', ')}: ${source}`).join('; ');
}

/**
 * What a cluster has measured itself: figures by their names, those of popularity beside them.
 * @param {Record<string, any>} told
 * @returns {string}
 */
export function clusterText({ people, k, popularity, ...figures }) {
  const at = k === undefined ? '' : `@${k}`;
  const list = (/** @type {Record<string, any>} */ of) =>
    Object.entries(of)
      .map(
        ([name, x]) => `${name}${typeof x === 'number' ? `${at} ${x.toFixed(4)}` : ` ${JSON.stringify(x)}`}`,
      )
      .join('  ');
  const whose = people === undefined ? '' : ` (${count(people)} ${people === 1 ? 'person' : 'people'})`;
  const beside = typeof popularity === 'object' && popularity ? `; popularity ${list(popularity)}` : '';
  return inline(`${list(figures)}${whose}${beside}`);
}
