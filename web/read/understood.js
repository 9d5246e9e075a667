// Owns what was understood of the files, as data, and what about it is nearly always a mistake. Must not
// print.
import { followsFrom } from './column-look.js';
import { idsAlike, joinOf, nobodies } from './id-check.js';

/** @import { Item } from './read-items.js' */
/** @import { Likes } from './likes.js' */
/** @import { Ratings } from './read-ratings.js' */
/**
 * @typedef {object} UnderstoodItems
 * @property {number} joined items of the ratings that the items file has
 * @property {number} titled those of them that have a title there
 * @property {number} of items of the ratings
 * @property {number} aspects different ones of these
 * @property {import('./read-items.js').ItemColumns} columns
 */
/**
 * @typedef {object} Understood
 * @property {{ kind: string, name: string | null, separator: string, header: boolean, encoding: string,
 *   compression: string | null }} format
 * @property {Record<import('./names.js').Role, string | null>} columns
 * @property {Record<import('./names.js').Role, string | null>} row the first one
 * @property {string[]} unused columns
 * @property {string[]} notes what was judged by content
 * @property {{ scale: string, text: string, minRating: number | null, positive: boolean, rows: number,
 *   of: number, stray: number, nothing: number }} likes
 * @property {number} people
 * @property {number} items
 * @property {UnderstoodItems | null} titles
 * @property {string[]} warnings
 */

/** People of which there must be so many before one event each says something. */
const somePeople = 3;

/** @param {[string, string][]} pairs */
const pairsText = (pairs) =>
  pairs.map((pair) => pair.map((id) => JSON.stringify(id)).join(' and ')).join(', ');

/**
 * @param {Ratings} ratings
 * @param {{ kept: number, merging?: boolean }} rule
 */
function warningsOf(ratings, { kept, merging }) {
  const { users, items, user, format, skipped, reading } = ratings;
  /** @type {string[]} */
  const warnings = [];
  if (users.length >= somePeople && users.length === user.length)
    warnings.push(
      `every person has one event: is ${columnText(format.columns.user)} the person? ` +
        '(--user COL says which column it is)',
    );
  for (const [what, ids] of /** @type {const} */ ([
    ['people', users],
    ['items', items],
  ])) {
    const { count, pairs } = idsAlike(ids);
    if (count > 0)
      warnings.push(
        `${count} ids of ${what} differ only by leading zeros, blanks or .0 from another: ` +
          pairsText(pairs),
      );
  }
  warnings.push(...roleWarnings(ratings, merging));
  const nobody = nobodies(users);
  if (nobody.length > 0)
    warnings.push(
      `a person is called ${nobody.map((id) => JSON.stringify(id)).join(', ')}: are these events of nobody?`,
    );
  const read = reading.rows + skipped;
  const dropped = user.length - kept + skipped;
  const share = Math.round((100 * dropped) / read);
  const bad = skipped > 0 ? `${skipped} bad ones, ` : '';
  if (dropped * 2 > read)
    warnings.push(
      `${share} % of the rows are left out: ${bad}${user.length - kept} that are no likes ` +
        '(--min-rating X says from which rating on they are)',
    );
  return warnings;
}

/**
 * What is strange where a column does not play the role that it was given.
 * @param {Ratings} ratings
 * @param {boolean} [merging] whether it was said what becomes of pairs that come again
 */
function roleWarnings(ratings, merging = false) {
  const { users, items, user, item, rating, duplicates, reading } = ratings;
  const { columns } = ratings.format;
  /** @type {string[]} */
  const warnings = [];
  if (items.length >= somePeople && items.length === item.length && users.length < user.length)
    warnings.push(
      `every item has one event: is ${columnText(columns.item)} the item? ` +
        '(--item COL says which column it is)',
    );
  if (users.length === 1 && user.length >= somePeople)
    warnings.push(
      `one person has all events: is ${columnText(columns.user)} the person? ` +
        '(--user COL says which column it is)',
    );
  if (duplicates * 2 > reading.rows && !merging)
    warnings.push(
      `${Math.round((100 * duplicates) / reading.rows)} % of the rows are of a person and an item that ` +
        `came before: right for a log of plays or clicks (--duplicates sum adds them up); else is ` +
        `${columnText(columns.user)} the person, and ${columnText(columns.item)} the item? ` +
        '(--user COL --item COL)',
    );
  for (const [whose, keys] of /** @type {const} */ ([
    ['an item', item],
    ['a person', user],
  ]))
    if (rating && followsFrom(rating, keys))
      warnings.push(
        `all rows of ${whose} have the same rating: is ${columnText(columns.rating)} a rating, or ` +
          `something else of ${whose}? (--rating COL, or --rating none)`,
      );
  const { maybeRating: maybe } = reading;
  if (maybe !== null)
    warnings.push(
      `${columnText(maybe)} looks like ratings and is not used, so that every row is a like ` +
        `(--rating ${JSON.stringify(maybe)} uses it, --rating none is for no ratings)`,
    );
  return warnings;
}

/** @param {string | null} column */
const columnText = (column) => (column === null ? 'that column' : `column ${JSON.stringify(column)}`);

/**
 * How many items of the ratings the items file has.
 * @param {Ratings} ratings
 * @param {{ items: Map<string, Item>, columns: import('./read-items.js').ItemColumns }} file
 * @returns {{ titles: UnderstoodItems, warnings: string[] }}
 */
function understoodItems(ratings, { items, columns }) {
  const { joined, alike, example } = joinOf(ratings.items, items);
  const aspects = new Set(ratings.items.flatMap((id) => items.get(id)?.aspects ?? []));
  const titled = columns.title === null ? 0 : joined;
  const titles = { joined, titled, of: ratings.items.length, aspects: aspects.size, columns };
  const warnings = [];
  if (alike > 0)
    warnings.push(
      `${alike} items have no title because their ids differ by leading zeros, blanks or .0: ` +
        `${JSON.stringify(example?.[0])} here, ${JSON.stringify(example?.[1])} in the items file`,
    );
  else if (joined === 0)
    warnings.push(
      `no item of the ratings is in the items file, whose ids are in ${columnText(columns.id)}, such as ` +
        `${JSON.stringify([...items.keys()][0])}, where the ratings have ` +
        `${JSON.stringify(ratings.items[0])} (--items-id COL says which column it is)`,
    );
  else if (joined * 2 < ratings.items.length)
    warnings.push(`only ${joined} of ${ratings.items.length} items are in the items file`);
  return { titles, warnings };
}

/**
 * @param {Ratings} ratings
 * @param {{ likes: Likes, minRating: number | undefined, kept: number, merging?: boolean }} rule
 *   minRating: what rows were kept by; merging: whether it was said what becomes of pairs that come again
 * @param {{ items: Map<string, Item>, columns: import('./read-items.js').ItemColumns }} [file] of items
 * @returns {Understood}
 */
export function understoodOf(ratings, { likes, minRating, kept, merging }, file) {
  const { format, reading, users, items, user } = ratings;
  const joined = file ? understoodItems(ratings, file) : { titles: null, warnings: [] };
  return {
    format: {
      kind: format.kind,
      name: reading.said,
      separator: format.delimiter,
      header: format.header,
      ...reading.coding,
    },
    columns: format.columns,
    row: reading.row,
    unused: reading.unused,
    notes: reading.notes,
    likes: {
      scale: likes.scale,
      text: likes.text,
      minRating: minRating ?? null,
      positive: likes.positive,
      rows: kept,
      of: user.length,
      stray: likes.stray,
      nothing: likes.nothing,
    },
    people: users.length,
    items: items.length,
    titles: joined.titles,
    warnings: [...warningsOf(ratings, { kept, ...(merging && { merging }) }), ...joined.warnings],
  };
}
