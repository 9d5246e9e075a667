// Owns `ampcf append`: model file and items that nobody has used -> model file. Must not know the
// mathematics.
import { appendItems } from '../train.js';
import { readItems } from '../read/read-items.js';
import { openVectors } from '../vectors/open.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { writeOutput } from './files.js';
import { idsFor } from './import-input.js';
import { openModel } from './model-file.js';
import { defined, numberOption, parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { print } from './terminal.js';
import { sayLoudly } from './validation-text.js';

/** @import { AppendedItems, Embeddings } from '../train.js' */
/** @import { OptionSpec } from './options.js' */

export const usage = [
  'ampcf append MODEL --items FILE [--vectors FILE] [--embeddings FILE] -o OUT',
  '',
  '  Add items that nobody has used yet to a model, without a training. Their vectors are guessed from',
  '  aspects and titles, as those of the trained items say; what the model says of these stays to the bit,',
  '  and saved profiles go on. Items that the model has are passed over: FILE may be the whole catalogue.',
  '',
  '  --items FILE            titles and aspects of the new items, as in ampcf train (--items-id,',
  '                          --items-title, --aspects, --aspect-separator, --skip-bad)',
  '  --embeddings FILE       numbers of texts, images or anything else of the new items and of those that',
  '                          the model has: guess from them and aspects, not from titles; .npy, .npz,',
  "                          .safetensors, Parquet, CSV, JSON Lines or word2vec's text",
  '    --embedding-ids FILE  ids in the order of their rows, where the file has none',
  '  --vectors FILE          vectors of new items as the model has them, taken as they are; same formats',
  '    --ids FILE            their ids, where the file has none',
  '  --json                  a summary on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  ...textOptions([
    'items',
    'items-id',
    'items-title',
    'aspects',
    'aspect-separator',
    'quote',
    'skip-bad',
    'vectors',
    'ids',
    'embeddings',
    'embedding-ids',
  ]),
};

/** What goes with another option, and says nothing without it. */
const companions = /** @type {const} */ ([
  ['ids', 'vectors'],
  ['embedding-ids', 'embeddings'],
  ...['items-id', 'items-title', 'aspects', 'aspect-separator', 'quote', 'skip-bad'].map(
    (name) => /** @type {const} */ ([name, 'items']),
  ),
]);

/** @param {Record<string, any>} values */
function checkOptions(values) {
  if (!values.output) throw new UsageError('-o OUT is missing: where should the model go?');
  if (values.items === undefined && values.vectors === undefined)
    throw new UsageError('--items FILE is missing: which items are new?');
  const stray = companions.find(([name, of]) => values[name] !== undefined && values[of] === undefined);
  if (stray) throw new UsageError(`--${stray[0]}: got ${values[stray[0]]}, wanted --${stray[1]} with it`);
}

/**
 * @param {Record<string, any>} values
 * @param {Set<string>} known ids of the model
 */
async function readNewItems(values, known) {
  if (values.items === undefined) return undefined;
  const { items } = await readItems(values.items, {
    ...defined({
      id: values['items-id'],
      title: values['items-title'],
      aspects: values.aspects === undefined ? undefined : values.aspects.split(','),
      separator: values['aspect-separator'],
      quote: values.quote,
      skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }),
    }),
    known,
  });
  return items;
}

/**
 * @param {string | undefined} path
 * @param {string | undefined} idsPath
 * @param {string} option
 * @returns {Promise<Embeddings | undefined>}
 */
async function readRows(path, idsPath, option) {
  if (path === undefined) return undefined;
  const file = await openVectors(path);
  return { ids: await idsFor(file, path, idsPath, option), vectors: file.vectors, dim: file.dim };
}

/**
 * @param {AppendedItems} found
 * @param {(line: string) => void} say
 */
function sayAppended({ appended, present, items, explained, strength, weighted, plain }, say) {
  say(`items    ${count(appended.length)} new, ${count(present)} that the model has: ${count(items)} in all`);
  if (strength === null) return;
  const how = weighted
    ? 'trained items count by the root of their people'
    : 'trained items count alike: the metadata do not say how many people they have';
  say(
    `vectors  guessed: of trained items that are left out, ${Math.round(100 * Number(explained))} % of the ` +
      `variance is so explained (ridge ${strength}; ${how})`,
  );
  if (Number(explained) <= 0) sayLoudly('what is known of the items says nothing of their vectors');
  if (plain.length > 0)
    sayLoudly(
      `${count(plain.length)} items, such as ${inline(plain[0])}, have nothing in common with trained ` +
        'ones: they got the mean vector',
    );
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  checkOptions(values);
  const { output, items: path, vectors, ids, embeddings, 'embedding-ids': embeddingIds } = values;
  const { say } = ioOf(values, signal);
  await checkPaths(
    {
      MODEL: given[0],
      '--items': path,
      '--vectors': vectors,
      '--ids': ids,
      '--embeddings': embeddings,
      '--embedding-ids': embeddingIds,
    },
    { '-o': output },
  );
  const bytes = await readFileBytes(given[0]);
  const model = await openModel(given[0], bytes);
  const known = new Set(model.ids());
  model.dispose();
  const found = await appendItems(bytes, {
    signal,
    ...defined({
      items: await readNewItems(values, known),
      vectors: await readRows(vectors, ids, 'ids'),
      embeddings: await readRows(embeddings, embeddingIds, 'embedding-ids'),
    }),
  });
  signal.throwIfAborted();
  await writeOutput(output, found.bytes);
  sayAppended(found, say);
  say(`wrote    ${output === '-' ? 'the model' : inline(output)} (${fileSize(found.bytes.length)})`);
  const { bytes: file, appended, plain, ...summary } = found;
  if (values.json && output !== '-')
    await print(
      jsonLine({
        model: output,
        bytes: file.length,
        appended: appended.length,
        plain: plain.length,
        ...summary,
      }),
    );
}
