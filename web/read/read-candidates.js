// Owns reading lists of candidates, one person a line: `user item item ...`, or `(user,item) item ...` as
// NCF's test files have it. Must not know who is measured on them.
import { AmpcfError } from '../core/errors.js';
import { BadRows, idProblem } from './bad-rows.js';
import { displayName, readChunks } from './bytes.js';
import { asUtf8, decompressed, newCoding } from './encoding.js';
import { lineBlocks, refuseForeign, replay, takeHead } from './lines.js';

const MAX_LIST_LINE = 1 << 26;

/**
 * Candidates by user id, in the order of the file. Blank lines are passed over.
 * @param {string} path
 * @param {{ fewest?: number, wanted?: string, signal?: AbortSignal }} [options] fewest: items that a line
 *   must have; wanted: how a line should look
 * @returns {Promise<Map<string, string[]>>}
 * @throws {AmpcfError} BAD_DATA with the first ten bad lines, NO_DATA, IO
 */
export async function readCandidates(path, { fewest = 1, wanted = 'user item item ...', signal } = {}) {
  const file = displayName(path);
  const raw = readChunks(path, signal ? { signal } : {});
  const coding = newCoding();
  const chunks = decompressed(raw, file, coding);
  const bad = new BadRows(file, 0);
  /** @type {Map<string, string[]>} */
  const lists = new Map();
  try {
    const { taken, head } = await takeHead(chunks);
    refuseForeign(head, file);
    const text = asUtf8(replay(taken, chunks), file, coding);
    for await (const block of lineBlocks(text, file, MAX_LIST_LINE)) {
      const lines = block.bytes
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/);
      lines.forEach((line, i) => {
        const [user, ...items] = wordsOf(line);
        const long = [user ?? '', ...items].find((id) => id !== '' && idProblem(id) !== '');
        if (user === undefined) return;
        if (long !== undefined) bad.addId(block.line + i, 'id too long', long);
        else if (items.length < fewest) bad.add(block.line + i, 'too few items', line, wanted);
        else if (lists.has(user)) bad.add(block.line + i, 'a person comes again', user, 'one line a person');
        else lists.set(user, items);
      });
    }
  } finally {
    await raw.return(undefined);
  }
  bad.throwIfTooMany();
  if (lists.size === 0)
    throw new AmpcfError('NO_DATA', `${file}: no candidates, got an empty file, wanted lines of ${wanted}`);
  return lists;
}

/** `(user,item)`, where NCF's files have a person and the item held out. */
const pair = /^\s*\(([^,()]+),([^()]+)\)(?=\s|$)/;

/**
 * @param {string} line
 * @returns {string[]}
 */
function wordsOf(line) {
  const [whole = '', user, item] = pair.exec(line) ?? [];
  const words = line.slice(whole.length).split(/[ \t]+/);
  return [...(user === undefined ? [] : [user.trim(), item.trim()]), ...words].filter((id) => id !== '');
}
