// Owns `ampcf append`: model file and items that nobody has used -> model file. Must not know the
// mathematics.
import { appendItems } from '../train.js';
import { readItems } from '../read/read-items.js';
import { openVectors } from '../vectors/open.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { writeOutput } from './files.js';
import { graphCompanions, graphOptions, graphPaths, graphUsage } from './graph-options.js';
import { readGraphFile, sayTriples } from './graph-options.js';
import { checkAlike, textsOf } from './append-alike.js';
import { idsFor } from './import-input.js';
import { itemDetailOptions, itemDetails, itemOptions } from './item-options.js';
import { sayVectors, understoodVectors } from './import-text.js';
import { openModel } from './model-file.js';
import { checkCompanions, defined, parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { print } from './terminal.js';
import { sayLoudly } from './validation-text.js';

/** @import { AppendedItems, Embeddings } from '../train.js' */
/** @import { ModelTexts } from './append-alike.js' */
/** @import { Companions, OptionSpec } from './options.js' */

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
  '  --id-column --vector-column --ids-column --embedding-ids-column COL   as in ampcf import',
  graphUsage,
  '  --take-alike            items whose ids or titles are all but those of the model are new all the same',
  '  --json                  a summary on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  'take-alike': { type: 'boolean' },
  ...itemDetailOptions,
  ...graphOptions,
  ...textOptions([
    'items',
    'quote',
    'skip-bad',
    'vectors',
    'ids',
    'embeddings',
    'embedding-ids',
    'array',
    'id-column',
    'vector-column',
    'ids-column',
    'embedding-ids-column',
  ]),
};

/**
 * What goes with another option, and says nothing without it.
 * @type {Companions}
 */
const companions = [
  [['ids'], ['vectors']],
  [['embedding-ids'], ['embeddings']],
  [['ids-column'], ['ids']],
  [['embedding-ids-column'], ['embedding-ids']],
  [
    ['array', 'id-column', 'vector-column'],
    ['vectors', 'embeddings'],
  ],
  [[...itemDetails, 'quote', 'skip-bad', 'take-alike'], ['items']],
];

/** @param {Record<string, any>} values */
function checkOptions(values) {
  if (!values.output) throw new UsageError('-o OUT is missing: where should the model go?');
  if (values.items === undefined && values.vectors === undefined)
    throw new UsageError('--items FILE is missing: which items are new?');
  checkCompanions(values, [...companions, ...graphCompanions]);
}

/**
 * @param {Record<string, any>} values
 * @param {ModelTexts} model
 * @param {(line: string) => void} say
 */
async function readNewItems(values, model, say) {
  if (values.items === undefined) return undefined;
  const { items, columns } = await readItems(values.items, { ...itemOptions(values), known: model.known });
  const aspects = columns.aspects.join(', ') || 'none';
  say(
    `columns  id ${inline(columns.id)}, title ${inline(columns.title ?? 'none')}, aspects ${inline(aspects)}`,
  );
  const [first] = items;
  const [id, { title, aspects: own }] = first;
  say(`first    ${inline(id)}: ${inline(title)}${own.length > 0 ? ` (${inline(own.join(', '))})` : ''}`);
  if (!values['take-alike']) checkAlike(items, model);
  const fresh = [...items].filter(([one]) => !model.known.has(one));
  if (model.aspects && fresh.length > 0 && fresh.every(([, { aspects: none }]) => none.length === 0))
    sayLoudly(`none of ${count(fresh.length)} new items has an aspect, which others have (--aspects COL)`);
  return items;
}

/**
 * @param {Record<string, any>} values
 * @param {'vectors' | 'embeddings'} name
 * @param {'ids' | 'embedding-ids'} option
 * @param {(line: string) => void} say
 * @returns {Promise<Embeddings | undefined>}
 */
async function readRows(values, name, option, say) {
  const { [name]: path, [option]: idsPath, array, 'id-column': id, 'vector-column': vector } = values;
  if (path === undefined) return undefined;
  const file = await openVectors(path, defined({ array, id, vector, ids: idsPath !== undefined }));
  const column = values[`${option}-column`];
  const { ids, note } = await idsFor(file, path, idsPath, { option, column });
  const from = idsPath === undefined ? null : inline(idsPath);
  say(`read     --${name}:`);
  sayVectors(understoodVectors(file, ids, { from, notes: note === null ? [] : [note] }), say);
  return { ids, vectors: file.vectors, dim: file.dim };
}

/**
 * @param {AppendedItems} found
 * @param {(line: string) => void} say
 */
function sayAppended({ appended, present, items, explained, strength, weighted, plain, graph }, say) {
  say(`items    ${count(appended.length)} new, ${count(present)} that the model has: ${count(items)} in all`);
  if (strength === null) return;
  const how = weighted
    ? 'trained items count by the root of their people'
    : 'trained items count alike: the metadata do not say how many people they have';
  say(
    `guessed  what is known of the items says ${Math.round(100 * Number(explained))} % of how vectors of ` +
      `trained items differ, each left out in turn (ridge ${strength}; ${how})`,
  );
  if (graph) {
    sayTriples(graph.triples, say);
    const [alone, both] = [graph.explained, graph.both].map((part) => `${Math.round(100 * part)} %`);
    say(
      `         ${count(graph.reached)} new items lead to others by it; it says ${alone} of the vectors of ` +
        `trained items that it reaches, and ${both} with all else`,
    );
  } else if (Number(explained) <= 0) sayLoudly('what is known of the items says nothing of their vectors');
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
      ...graphPaths(values),
    },
    { '-o': output },
  );
  const bytes = await readFileBytes(given[0]);
  const model = await openModel(given[0], bytes);
  const texts = textsOf(model);
  model.dispose();
  const found = await appendItems(bytes, {
    signal,
    ...defined({
      items: await readNewItems(values, texts, say),
      vectors: await readRows(values, 'vectors', 'ids', say),
      embeddings: await readRows(values, 'embeddings', 'embedding-ids', say),
      graph: await readGraphFile(values, say),
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
