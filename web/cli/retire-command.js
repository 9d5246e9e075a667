// Owns `ampcf retire`: model file without some items. Must not know what a model file is made of.
import { existsSync } from 'node:fs';
import { AmpcfError } from '../core/errors.js';
import { retireItems } from '../train.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { writeOutput } from './files.js';
import { idList } from './id-list.js';
import { openModel } from './model-file.js';
import { guessLines, nearestItems } from './nearest-items.js';
import { parseCommand, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { quoted } from './shell-word.js';
import { print } from './terminal.js';

/** @import { Model } from '../model/model.js' */
/** @import { OptionSpec } from './options.js' */

export const usage = [
  'ampcf retire MODEL ID... -o OUT',
  'ampcf retire MODEL --ids FILE -o OUT',
  '',
  '  Take items out of a model, without a training: they are recommended no more. What the model says of the',
  '  others stays to the bit, and saved profiles go on: events with an item that has gone are kept, without',
  '  effect.',
  '',
  '  --ids FILE   their ids, one a line (- is standard input), instead of or beside those of the command',
  '  --json       a summary on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = { output: { type: 'string', short: 'o' }, ids: { type: 'string', multiple: true } };

/**
 * Refuses ids that stand together, as other commands take them: an id may have commas in it.
 * @param {string[]} named
 * @param {(id: string) => boolean} knows
 */
function checkApart(named, knows) {
  const together = named.find((id) => !knows(id) && id.split(',').some((part) => knows(part.trim())));
  if (together === undefined) return;
  const apart = together.split(',').map((id) => quoted(id.trim()));
  throw new UsageError(
    `ID: got ${JSON.stringify(together)}, wanted ids that stand apart: ${apart.join(' ')}`,
  );
}

/**
 * Refuses ids that the model does not have, with those that were probably meant.
 * @param {string[]} ids
 * @param {Model} model
 */
function checkKnown(ids, model) {
  const unknown = [...new Set(ids)].filter((id) => !model.has(id));
  if (unknown.length === 0) return;
  const meant = nearestItems(model, unknown);
  const guesses = guessLines(meant).map((line) => `; ${line}`);
  throw new AmpcfError(
    'UNKNOWN_ITEM',
    `ids: got ${count(unknown.length)} that the model does not know, such as ` +
      `${JSON.stringify(unknown[0].slice(0, 80))}, wanted items of the model${guesses.join('')}`,
    { unknown, meant },
  );
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL'], { more: true });
  const { output, ids: lists } = values;
  const [path, ...named] = given;
  if (!output) throw new UsageError('-o OUT is missing: where should the model go?');
  if (named.length === 0 && lists === undefined)
    throw new UsageError('ID or --ids FILE is missing: which items are to go?');
  const { say } = ioOf(values, signal);
  const files = Object.fromEntries(
    (lists ?? []).filter(existsSync).map((/** @type {string} */ list) => ['--ids', list]),
  );
  await checkPaths({ MODEL: path, ...files }, { '-o': output });
  const bytes = await readFileBytes(path);
  const model = await openModel(path, bytes);
  const knows = (/** @type {string} */ id) => model.has(id);
  checkApart(named, knows);
  const listed = await idList(lists, 'ids', knows, { weights: false, files: true });
  const ids = [...named, ...listed.map(({ item }) => item)];
  checkKnown(ids, model);
  model.dispose();
  const found = await retireItems(bytes, ids);
  signal.throwIfAborted();
  await writeOutput(output, found.bytes);
  say(`items    ${count(found.retired)} retired, ${count(found.items)} left`);
  say(`wrote    ${output === '-' ? 'the model' : inline(output)} (${fileSize(found.bytes.length)})`);
  if (values.json && output !== '-')
    await print(
      jsonLine({ model: output, bytes: found.bytes.length, retired: found.retired, items: found.items }),
    );
}
