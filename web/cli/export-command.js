// Owns `ampcf export`: model file -> its item vectors in the files of other programs. Must not know formats
// of models.
import { arraysOfModel } from '../vectors/model-arrays.js';
import { writeNpy } from '../vectors/npy.js';
import { writeSafetensors } from '../vectors/safetensors.js';
import { csvOf, jsonLinesOf, parquetOf } from '../vectors/write-table.js';
import { AmpcfError } from '../core/errors.js';
import { writeOutput } from './files.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { openModel } from './model-file.js';
import { parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { print } from './terminal.js';

/** @import { ModelArrays } from '../vectors/model-arrays.js' */
/** @import { OptionSpec } from './options.js' */
/** @typedef {{ path: string, bytes: Uint8Array }} OutputFile */
/**
 * @typedef {object} Exported
 * @property {string[]} ids
 * @property {ModelArrays} arrays
 * @property {Record<string, number>} settings
 */

const formats = /** @type {const} */ (['npy', 'safetensors', 'csv', 'jsonl', 'parquet']);

export const usage = [
  'ampcf export MODEL --to npy|safetensors|csv|jsonl|parquet -o OUT',
  '',
  '  Write the item vectors of a model as they are scored, in single precision, with the ids of the items.',
  '  ampcf import reads each of them back.',
  '',
  '  npy          OUT has the numbers (items x dim), and beside OUT.npy go OUT.ids.txt, an id a line, and',
  '               OUT.settings.json, how people are folded in, with bias, weights and targets of the items',
  '  safetensors  all in one file: vectors, bias, item_weights and item_targets, ids and settings ' +
    'as metadata;',
  '               imported again, it ranks as the model does, to the last bit',
  '  csv, jsonl   an item a row: id, v1, v2, ... or id and vector; and OUT.settings.json',
  '  parquet      columns id and features, as Spark and ampcf import FOLDER have them; and OUT.settings.json',
  '',
  '  With --settings OUT.settings.json each is imported again as the model that it was, and ranks so.',
  '  Neighbours of a model are not exported: vectors have no place for them.',
  '  --json       which files were written, on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = { output: { type: 'string', short: 'o' }, ...textOptions(['to']) };

/** @param {Record<string, any>} values */
function formatOf({ to, output }) {
  if (!output) throw new UsageError('-o OUT is missing: where should the vectors go?');
  if (!formats.includes(to))
    throw new UsageError(
      `--to: got ${to === undefined ? 'nothing' : JSON.stringify(to)}, wanted one of ${formats.join(', ')}`,
    );
  if (output === '-' && to !== 'safetensors')
    throw new UsageError(`-o: got -, wanted a path: ${to} is more than one file (safetensors is one)`);
  return /** @type {(typeof formats)[number]} */ (to);
}

/** What stands beside OUT has its name without the ending of the format. */
const beside = (/** @type {string} */ output, /** @type {string} */ format) =>
  output.endsWith(`.${format}`) ? output.slice(0, -format.length - 1) : output;

/**
 * The files of a format, that of the vectors first.
 * @param {(typeof formats)[number]} format
 * @param {string} output
 */
function pathsOf(format, output) {
  const stem = beside(output, format);
  const settings = `${stem}.settings.json`;
  if (format === 'safetensors') return [output];
  return format === 'npy' ? [output, `${stem}.ids.txt`, settings] : [output, settings];
}

/** @param {readonly string[]} ids */
function idLines(ids) {
  const wrong = ids.find((id) => /[\r\n]/.test(id) || id.trim() === '');
  if (wrong !== undefined)
    throw new AmpcfError(
      'BAD_DATA',
      `--to npy: got an id that is no line of text (${JSON.stringify(wrong)}), wanted --to safetensors`,
    );
  return Buffer.from(`${ids.join('\n')}\n`);
}

/**
 * @param {Exported} exported
 * @returns {Uint8Array}
 */
function safetensorsOf({ ids, arrays, settings }) {
  const { items, dim, vectors, bias, weights, targets } = arrays;
  const tensors = new Map([['vectors', { shape: [items, dim], numbers: vectors }]]);
  for (const [name, numbers] of Object.entries({ bias, item_weights: weights, item_targets: targets }))
    if (numbers) tensors.set(name, { shape: [items], numbers });
  return writeSafetensors(tensors, { ids: JSON.stringify(ids), settings: JSON.stringify(settings) });
}

/** As few digits as single precision needs. */
const shortest = (/** @type {number} */ x) => Number(x.toPrecision(9));

/**
 * Settings, and under `items` what the model has of each item beside its vector, by which ampcf import makes
 * the same ranking where it knows nothing of popularity.
 * @param {Exported} exported
 */
function settingsText({ ids, arrays, settings }) {
  const { bias, weights, targets } = arrays;
  const lists = Object.entries({ bias, weights, targets }).filter(([, numbers]) => numbers !== undefined);
  const line = (/** @type {[string, unknown]} */ [name, list]) => `    "${name}": ${JSON.stringify(list)}`;
  const items = [
    line(['ids', ids]),
    ...lists.map(([name, numbers]) =>
      line([name, Array.from(/** @type {Float32Array} */ (numbers), shortest)]),
    ),
  ];
  const plain = JSON.stringify(settings, null, 2).replace(/\n\}$/, ',');
  return Buffer.from(`${plain}\n  "items": {\n${items.join(',\n')}\n  }\n}\n`);
}

/**
 * @param {(typeof formats)[number]} format
 * @param {string} output
 * @param {Exported} exported
 * @returns {OutputFile[]}
 */
function filesOf(format, output, exported) {
  const { ids, arrays } = exported;
  const { items, dim, vectors } = arrays;
  if (format === 'safetensors') return [{ path: output, bytes: safetensorsOf(exported) }];
  const paths = pathsOf(format, output);
  const saved = { path: paths[paths.length - 1], bytes: settingsText(exported) };
  if (format === 'npy')
    return [
      { path: output, bytes: writeNpy(vectors, [items, dim]) },
      { path: paths[1], bytes: idLines(ids) },
      saved,
    ];
  const table = { ids, vectors, dim };
  const write = { csv: csvOf, jsonl: jsonLinesOf, parquet: parquetOf }[format];
  return [{ path: output, bytes: write(table) }, saved];
}

/**
 * How people are folded in, with what the trainer made bias, weights and targets from.
 * @param {ModelArrays} arrays
 * @param {Record<string, any>} metadata
 */
function settingsOf({ settings, weights, targets }, { settings: trained = {} }) {
  const { bias, itemDamping, popularityDamping } = trained;
  const all = {
    ...settings,
    bias,
    itemDamping: weights ? itemDamping : 0,
    popularityDamping: targets ? popularityDamping : 0,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'number'));
}

/**
 * @param {string} path
 * @returns {Promise<Exported>}
 */
async function readModel(path) {
  const bytes = await readFileBytes(path);
  const model = await openModel(path, bytes);
  try {
    const arrays = arraysOfModel(bytes);
    return { ids: model.ids(), arrays, settings: settingsOf(arrays, model.info.metadata) };
  } finally {
    model.dispose();
  }
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  const format = formatOf(values);
  const { output } = values;
  const { say } = ioOf(values, signal);
  const outputs = pathsOf(format, output).map((path, i) => [i === 0 ? '-o' : `-o, beside it ${path}`, path]);
  await checkPaths({ MODEL: given[0] }, Object.fromEntries(outputs));
  const exported = await readModel(given[0]);
  const files = filesOf(format, output, exported);
  signal.throwIfAborted();
  for (const { path, bytes } of files) await writeOutput(path, bytes);
  const { items, dim, neighbours, kind } = exported.arrays;
  say(`vectors  ${count(items)} of ${dim} numbers`);
  if (neighbours) say('left out the neighbours: the vectors alone rank differently');
  if (kind === 1) say('left out the attention of version 0.1: the vectors alone rank differently');
  for (const { path, bytes } of files)
    say(`wrote    ${path === '-' ? 'the vectors' : inline(path)} (${fileSize(bytes.length)})`);
  if (values.json && output !== '-')
    await print(jsonLine({ format, items, dim, files: files.map(({ path }) => path) }));
}
