// Owns reading a file of triples (head, relation, tail), and the names of what is no item from another. Must
// not know which heads and tails are items.
import { BadRows, idProblem, questionError } from './bad-rows.js';
import { displayName } from './bytes.js';
import { checkSample, withRows } from './rows.js';
import { columnError, findColumn, noData, plainName } from './table.js';

/** @import { Triples } from '../train.js' */
/** @import { Rows } from './rows.js' */
/**
 * @typedef {object} ReadGraphOptions
 * @property {string | number} [head] column, by its name in the header or its number from 1; so are the next
 *   two
 * @property {string | number} [relation]
 * @property {string | number} [tail]
 * @property {string} [entities] a file of ids and names of what is no item
 * @property {string} [quote] the character that fields are quoted by, or 'none'
 * @property {number} [skipBad] how many bad rows to leave out of each file before they are an error (default
 *   0)
 */
/**
 * @typedef {object} GraphFile
 * @property {Triples} triples
 * @property {{ head: string, relation: string, tail: string }} columns names in the header, or numbers from 1
 * @property {boolean} header
 * @property {number} named entities that the other file has
 * @property {number} skipped bad rows
 */

const roleNames = {
  head: ['head', 'headid', 'subject', 'source', 'from', 'h', 's', 'entity1'],
  relation: ['relation', 'relationid', 'relationship', 'predicate', 'property', 'link', 'type', 'r', 'p'],
  tail: ['tail', 'tailid', 'object', 'target', 'to', 't', 'o', 'entity2'],
};
const roles = /** @type {const} */ (['head', 'relation', 'tail']);
const entityNames = {
  id: ['entity', 'entityid', 'id', 'node', 'nodeid', 'uri', 'key'],
  name: ['name', 'label', 'title', 'entityname', 'text'],
};

/**
 * @typedef {object} Columns
 * @property {number[]} places
 * @property {boolean} header whether the first row of a text names them
 * @property {string[]} first
 */

/**
 * Which columns a file has in these roles: by what was asked for, by their names, or, where it has no names
 * and just as many columns, as they stand.
 * @param {Pick<Rows, 'names' | 'sample'>} source
 * @param {Record<string, string[]>} wanted names of each role
 * @param {(string | number | undefined)[]} given
 * @param {{ file: string, options: string[], example: string }} said
 * @returns {Columns}
 */
function columnsOf({ names, sample }, wanted, given, { file, options, example }) {
  const first = names ?? sample[0] ?? [];
  const plain = first.map(plainName);
  const all = Object.values(wanted);
  const places = all.map((known, i) => {
    const want = given[i];
    if (want === undefined) return known.map((name) => plain.indexOf(name)).find((at) => at >= 0) ?? -1;
    const at = findColumn(first, want);
    if (at < 0) throw columnError(file, options[i], 'no such column', want, first);
    return at;
  });
  const isNamed = (/** @type {number} */ at, /** @type {number} */ i) =>
    at >= 0 && (given[i] === undefined || !/^\d+$/.test(String(given[i])));
  const header = names === null && places.some(isNamed);
  const isBare = names === null && given.every((want) => want === undefined) && !header;
  if (isBare && first.length === all.length) return { places: all.map((_, i) => i), header: false, first };
  const missing = Object.keys(wanted).filter((_, i) => places[i] < 0);
  if (missing.length > 0) {
    const named = options.length > 0 ? `, or ${options.map((o) => `--${o} COL`).join(' ')}` : '';
    throw questionError(
      file,
      `cannot tell which column is the ${missing[0]}`,
      first.map((name) => name.slice(0, 40)).join(', '),
      `a header such as ${example}${named}`,
    );
  }
  return { places, header, first };
}

/**
 * Rows of a file by their roles.
 * @param {string} path
 * @param {Record<string, string[]>} wanted
 * @param {(string | number | undefined)[]} given
 * @param {{ quote?: string | undefined, skipBad?: number | undefined, options: string[], example: string }}
 * how
 * @param {{ begin: () => void, take: (cells: string[]) => void }} to begin: what was taken was read wrong
 */
async function eachOf(path, wanted, given, { quote, skipBad = 0, options, example }, { begin, take }) {
  const file = displayName(path);
  return withRows(path, file, { quote }, async (source) => {
    begin();
    const bad = new BadRows(file, skipBad);
    await checkSample(source, bad);
    const { places, header, first } = columnsOf(source, wanted, given, { file, options, example });
    const width = Math.max(...places) + 1;
    let pass = header;
    let rows = 0;
    await source.each(bad, (cells, line) => {
      if (pass) {
        pass = false;
        return;
      }
      if (cells.length < width)
        return bad.add(line, 'wrong number of columns', String(cells.length), String(width));
      const own = places.map((at) => cells[at].trim());
      const wrong = own.map((text) => idProblem(text)).findIndex((problem) => problem);
      if (wrong >= 0) return bad.addId(line, `${Object.keys(wanted)[wrong]} is no name`, own[wrong]);
      rows++;
      take(own);
    });
    bad.throwIfTooMany(rows);
    if (rows === 0) throw noData(file, bad.total, header);
    return { header, columns: places.map((at) => (header ? first[at] : String(at + 1))), skipped: bad.total };
  });
}

/**
 * Reads triples from a file, or from standard input for '-': CSV, TSV, JSON Lines, Parquet, with columns such
 * as head, relation, tail; or three columns without a header, in this order.
 * @param {string} path
 * @param {ReadGraphOptions} [options]
 * @returns {Promise<GraphFile>}
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, NO_DATA, BAD_ARGUMENT, IO
 */
export async function readGraph(path, { head, relation, tail, entities, quote, skipBad } = {}) {
  /** @type {{ heads: string[], relations: string[], tails: string[], names?: Map<string, string> }} */
  const triples = { heads: [], relations: [], tails: [] };
  // One text for each name, whatever the number of rows that have it.
  const once = new Map();
  const kept = (/** @type {string} */ text) => {
    const there = once.get(text);
    if (there !== undefined) return there;
    once.set(text, text);
    return text;
  };
  const options = ['graph-head', 'graph-relation', 'graph-tail'];
  const example = 'head,relation,tail';
  const how = { quote, skipBad, options, example };
  const read = await eachOf(path, roleNames, [head, relation, tail], how, {
    begin: () => Object.assign(triples, { heads: [], relations: [], tails: [] }),
    take([a, r, b]) {
      triples.heads.push(kept(a));
      triples.relations.push(kept(r));
      triples.tails.push(kept(b));
    },
  });
  const names = new Map();
  let skipped = read.skipped;
  if (entities !== undefined) {
    const lists = { quote, skipBad, options: [], example: 'entity,name' };
    const more = await eachOf(entities, entityNames, [undefined, undefined], lists, {
      begin: () => names.clear(),
      take: ([id, name]) => void names.set(id, name),
    });
    skipped += more.skipped;
    triples.names = names;
  }
  const columns = Object.fromEntries(roles.map((role, i) => [role, read.columns[i]]));
  return {
    triples,
    columns: /** @type {GraphFile['columns']} */ (columns),
    header: read.header,
    named: names.size,
    skipped,
  };
}
