// Owns lists of ids that a command line gives: by themselves, in files, or on standard input. Must not know
// what they are for.
import { existsSync } from 'node:fs';
import { AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { asUtf8, decompressed, newCoding } from '../read/encoding.js';
import { readChunks } from '../read/bytes.js';
import { inline } from '../read/inline.js';

/** @typedef {{ item: string, weight: number }} WeightedId */
/** @typedef {(id: string) => boolean} Knows whether an id is one of the model's */
/**
 * @typedef {object} ListRules
 * @property {Knows} knows
 * @property {boolean} weights whether a line of a file may be `id,weight`
 * @property {boolean} files whether what is given is a file or known ids, and nothing else
 */

/** What can hardly be an id: a path, or a name with the ending of a text file. */
const likePath = /[\\/]|\.(csv|tsv|txt|list|dat|jsonl?)(\.gz|\.zst)?$/i;

const firstLine = /^"?(item|itemid|item_id|movieid|movie_id|id)"?(,"?weight"?)?$/i;

/**
 * Ids on the command line (`1,260,527`), in a file (one a line, `id` or `id,weight`), or on standard input
 * (`-`); an option that is repeated gives more of them. An id with commas in it is taken whole where it is
 * one of the model's; in a file it may be quoted as in CSV.
 * @param {string | string[] | undefined} given
 * @param {string} name of the option, for messages
 * @param {Knows} knows
 * @param {{ weights?: boolean, files?: boolean }} [rules] weights: whether a line of a file may be
 *   `id,weight`; files: whether what is given is a file, or ids of which one at least is known
 * @returns {Promise<WeightedId[]>}
 */
export async function idList(given, name, knows, { weights = true, files = false } = {}) {
  const lists = [];
  for (const one of [given ?? []].flat()) lists.push(await idsOf(one, name, { knows, weights, files }));
  return lists.flat();
}

/**
 * @param {string} given
 * @param {string} name
 * @param {ListRules} rules
 * @returns {Promise<WeightedId[]>}
 */
async function idsOf(given, name, rules) {
  const { knows, files } = rules;
  if (given === '') return [];
  if (given === '-' || existsSync(given)) return idsOfLines(await linesOf(given), given, name, rules);
  if (knows(given)) return [{ item: given, weight: 1 }];
  const ids = given
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if ((files || likePath.test(given)) && !ids.some(knows))
    throw new AmpcfError(
      'IO',
      `--${name}: ${inline(given)}: no such file, and no item of the model, wanted one`,
      { reason: 'ENOENT' },
    );
  return ids.map((item) => ({ item, weight: 1 }));
}

/** @param {string} path */
async function linesOf(path) {
  const coding = newCoding();
  const parts = [];
  const name = inline(path);
  for await (const chunk of asUtf8(decompressed(readChunks(path), name, coding), name, coding))
    parts.push(chunk);
  if (coding.encoding === 'latin1')
    throw new AmpcfError('BAD_DATA', `${name}: got bytes that are not UTF-8, wanted one item id a line`);
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/);
}

const quotedLine = /^\s*"((?:[^"]|"")*)"\s*(?:,\s*([^",]*?)\s*)?$/;

/**
 * The id and the weight that a line may mean: whole where that is an id of the model, else cut at its last
 * comma.
 * @param {string} line
 * @param {Knows} knows
 * @returns {[id: string, weight: string] | undefined}
 */
function partsOf(line, knows) {
  const quoted = quotedLine.exec(line);
  if (quoted) return [quoted[1].replaceAll('""', '"'), quoted[2] ?? '1'];
  const whole = line.trim();
  if (knows(whole) || !whole.includes(',')) return [whole, '1'];
  const at = whole.lastIndexOf(',');
  const parts = /** @type {[string, string]} */ ([whole.slice(0, at).trim(), whole.slice(at + 1).trim()]);
  return parts[0].includes(',') && !knows(parts[0]) ? undefined : parts;
}

/**
 * @param {string[]} lines
 * @param {string} path
 * @param {string} name
 * @param {ListRules} rules
 * @returns {WeightedId[]}
 */
function idsOfLines(lines, path, name, { knows, weights }) {
  return lines.flatMap((line, i) => {
    if (line.trim() === '' || (i === 0 && firstLine.test(line.trim()))) return [];
    if (!weights) return idOfLine(line, i === 0, `${inline(path)}:${i + 1}: --${name} line`, knows);
    const [item, weight] = partsOf(line, knows) ?? ['', ''];
    if (item === '' || !(Number(weight) > 0 && Number(weight) <= AMPCF_MAX_WEIGHT)) {
      const wanted =
        `an id, or an id and a weight above 0 and at most ${AMPCF_MAX_WEIGHT} ` +
        '(an id with commas in quotes)';
      throw new AmpcfError(
        'BAD_DATA',
        `${inline(path)}:${i + 1}: --${name} line, got ${JSON.stringify(line)}, wanted ${wanted}`,
      );
    }
    return [{ item, weight: Number(weight) }];
  });
}

/**
 * The one id of a line, whole or in quotes; or of a table's first column, whose others are no ids.
 * @param {string} line
 * @param {boolean} first
 * @param {string} where
 * @param {Knows} knows
 * @returns {WeightedId[]}
 */
function idOfLine(line, first, where, knows) {
  const quoted = /^\s*"((?:[^"]|"")*)"\s*$/.exec(line);
  const item = quoted ? quoted[1].replaceAll('""', '"') : line.trim();
  if (knows(item) || !/[,;\t]/.test(item)) return [{ item, weight: 1 }];
  const wanted = `one id a line${first ? ' and no other columns' : ''} (an id with commas in quotes)`;
  throw new AmpcfError('BAD_DATA', `${where}, got ${JSON.stringify(line)}, wanted ${wanted}`);
}
