// Owns files of ids beside vectors: a line an item, or an array of NumPy. Must not know whose ids they are.
import { displayName, readFileBytes } from '../read/bytes.js';
import { badFile, readNpy } from './npy.js';
import { idsOfArray } from './open.js';

/**
 * @param {string} path .txt with an id a line, .json with a list, or .npy
 * @returns {Promise<string[]>} in the order of the vectors
 * @throws {import('../core/errors.js').AmpcfError} BAD_DATA, IO
 */
export async function readIds(path) {
  const file = displayName(path);
  const bytes = await readFileBytes(path);
  if (bytes.subarray(0, 6).toString('latin1') === '\x93NUMPY') return idsOfArray(readNpy(bytes, file), file);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badFile(file, 'ids', 'bytes that are not UTF-8', 'an id a line');
  }
  if (text.trimStart().startsWith('[')) return listOf(text, file);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n/);
  if (lines.at(-1) === '') lines.pop();
  const blank = lines.findIndex((line) => line.trim() === '');
  if (blank >= 0)
    throw badFile(`${file}:${blank + 1}`, 'id', 'a blank line', 'an id: lines stand for vectors');
  return lines;
}

/**
 * @param {string} text
 * @param {string} file
 * @returns {string[]}
 */
function listOf(text, file) {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.every((id) => typeof id === 'string' || Number.isSafeInteger(id)))
      return list.map(String);
  } catch {
    // No JSON: said below.
  }
  throw badFile(file, 'ids', text.slice(0, 40), 'a JSON list of texts or whole numbers');
}
