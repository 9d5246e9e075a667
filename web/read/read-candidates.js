// Owns reading lists of candidates, one person a line: `user item item ...`. Must not know who is measured on
// them.
import { AmpcfError } from '../core/errors.js';
import { BadRows, idProblem } from './bad-rows.js';
import { displayName, readChunks } from './bytes.js';
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
  const chunks = readChunks(path, signal ? { signal } : {});
  const bad = new BadRows(file, 0);
  /** @type {Map<string, string[]>} */
  const lists = new Map();
  try {
    const { taken, head } = await takeHead(chunks);
    refuseForeign(head, file, true);
    for await (const block of lineBlocks(replay(taken, chunks), file, MAX_LIST_LINE)) {
      const lines = block.bytes
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/);
      lines.forEach((text, i) => {
        const [user, ...items] = text.split(/[ \t]+/).filter((id) => id !== '');
        const long = [user ?? '', ...items].find((id) => id !== '' && idProblem(id) !== '');
        if (user === undefined) return;
        if (long !== undefined) bad.addId(block.line + i, 'id too long', long);
        else if (items.length < fewest) bad.add(block.line + i, 'too few items', text, wanted);
        else if (lists.has(user)) bad.add(block.line + i, 'a person comes again', user, 'one line a person');
        else lists.set(user, items);
      });
    }
  } finally {
    await chunks.return(undefined);
  }
  bad.throwIfTooMany();
  if (lists.size === 0)
    throw new AmpcfError('NO_DATA', `${file}: no candidates, got an empty file, wanted lines of ${wanted}`);
  return lists;
}
