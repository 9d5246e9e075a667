// Owns `ampcf inspect` and `ampcf verify`: what a model file holds, and whether it is sound. Must not change
// it.
import { createHash } from 'node:crypto';
import { sectionName } from '../core/sections.js';
import { targets } from '../evaluate.js';
import { loadEvidence } from '../evidence.js';
import { cardText } from './diagnose-text.js';
import { readFileBytes } from '../read/bytes.js';
import { inline } from '../read/inline.js';
import { evidenceReport, evidenceText } from './evidence-text.js';
import { safeJson } from './harmless.js';
import { hanging, terminalWidth } from './layout.js';
import { graphOfModel, isEvidence, loadModelFile, openModel, sayBad } from './model-file.js';
import { modelPicture } from './model-picture.js';
import { parseCommand, textOptions, UsageError } from './options.js';
import { count, fileSize, fit, jsonLine, percent, table } from './print.js';
import { print } from './terminal.js';

/** @import { GraphFacts } from '../graph.js' */
/** @import { Model } from '../model/model.js' */

export const inspectUsage = [
  'ampcf inspect FILE [--json]',
  '',
  '  What a model file holds: sizes, the model card (ampcf train --card), what the trainer wrote about',
  '  itself, and drawn as bars: popularity along the catalogue, lengths of the item vectors, aspects,',
  '  relations of a graph, clusters, and the bytes of the sections;',
  '  or what an evidence file holds (ampcf evidence): sentences, aspects.',
  '',
].join('\n');

export const verifyUsage = [
  'ampcf verify FILE [--model MODEL] [--json]',
  '',
  '  Check every rule of the format and the self-test of this engine; print the integrity string ' +
    'for loadModel.',
  '  Of an evidence file (ampcf evidence): its rules, every sentence, whether it goes with --model, and the',
  '  integrity for loadEvidence.',
  '',
].join('\n');

const dtypes = ['', 'f32', 'f16', 'i8', 'u8', 'u16', 'u32'];

/**
 * The section table (src/FORMAT.md) of a file that was verified before.
 * @param {Uint8Array} bytes
 */
function sections(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: view.getUint32(24, true) }, (_, i) => {
    const at = 128 + 48 * i;
    const type = view.getUint32(at, true);
    return {
      name: sectionName(type) || `type ${type}`,
      dtype: dtypes[view.getUint32(at + 24, true)],
      rows: view.getUint32(at + 28, true),
      cols: view.getUint32(at + 32, true),
      bytes: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

const mostRelations = 12;

/**
 * The relations of a graph, those with most triples.
 * @param {GraphFacts | null} graph
 */
function relationTable(graph) {
  if (!graph) return '';
  const rows = graph.byRelation
    .slice(0, mostRelations)
    .map(({ relation, triples, items, weight }) => [
      fit(relation, 40),
      count(triples),
      count(items),
      weight.toFixed(3),
    ]);
  const more = graph.relations - rows.length;
  const rest = more > 0 ? `\nand ${count(more)} more relations` : '';
  return `${table([['relation', 'triples', 'items', 'weight'], ...rows])}${rest}\n\n`;
}

/** @param {GraphFacts} graph */
const graphLine = ({ relations, entities, triples, items, leaning, share, whole }) =>
  `${count(relations)} relations, ${count(entities)} entities, ${count(triples)} triples of ` +
  `${count(items)} items; ${count(leaning)} items lean on it, ${percent(share)} on average, ` +
  `${count(whole)} wholly`;

/** @param {ReturnType<typeof sections>} list */
const neighbourBytes = (list) =>
  list.filter(({ name }) => name.startsWith('neighbour')).reduce((sum, { bytes }) => sum + bytes, 0);

/** @param {Uint8Array} bytes */
const integrityOf = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;

/**
 * The card as text. Anybody may write metadata, so a card of another kind is shown as it stands.
 * @param {any} card
 */
function readableCard(card) {
  if (card === undefined) return '';
  try {
    if (card.version === 1) return `${cardText(card, targets)}\n`;
  } catch {
    // It claims our version and is made otherwise.
  }
  return `card: ${safeJson(card)}\n\n`;
}

/**
 * Everything that there is to say of a model file.
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {Model} model
 */
function reportOf(file, bytes, model) {
  const { info } = model;
  return {
    file,
    bytes: info.bytes,
    items: info.items,
    dim: info.dim,
    personas: info.personas,
    aspects: info.aspects,
    neighbours: info.neighbours,
    lineage: info.lineage,
    integrity: integrityOf(bytes),
    metadata: info.metadata,
    graph: graphOfModel(file, model),
    sections: sections(bytes),
  };
}

/**
 * A value of the metadata. Anybody may write it, and not every object can be made a string.
 * @param {unknown} value
 */
const wordOf = (value) => (typeof value === 'string' ? value : safeJson(value));

/** @param {any} values */
const namedValues = (values = {}) =>
  typeof values === 'object'
    ? Object.entries(values ?? {})
        .map(([name, value]) => `${name} ${wordOf(value)}`)
        .join(', ')
    : wordOf(values);

/** @param {ReturnType<typeof reportOf>} report */
function factTable({ items, dim, personas, aspects, neighbours, lineage, metadata, graph, sections: list }) {
  const { settings, card: _, graph: trust, ...about } = metadata;
  const vouching = `${(neighbours / items).toFixed(1)} an item, ${fileSize(neighbourBytes(list))}`;
  return table([
    ['items', count(items)],
    ['width', String(dim)],
    ['personas', `up to ${personas}`],
    ['aspects', count(aspects)],
    ['neighbours', neighbours ? vouching : 'none'],
    ...(graph ? [['graph', graphLine(graph)]] : []),
    ...(trust === undefined ? [] : [['graph settings', namedValues(trust)]]),
    ...Object.entries(about).map(([name, value]) => [
      name,
      typeof value === 'number' ? count(value) : wordOf(value),
    ]),
    ['lineage', lineage],
    ['settings', namedValues(settings)],
  ]);
}

/** @param {Model} model */
const mostPopular = (model) =>
  model
    .ids()
    .slice(0, 5)
    .map((id) => inline(model.title(id)))
    .join(', ');

/**
 * What an evidence file holds: every sentence of it is read, and so checked.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
async function openedEvidence(path, bytes) {
  try {
    return await evidenceReport(path, bytes, await loadEvidence(bytes));
  } catch (error) {
    return sayBad(path, error);
  }
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 * @param {boolean} json
 */
async function inspectEvidence(path, bytes, json) {
  const report = await openedEvidence(path, bytes);
  await print(json ? jsonLine(report) : evidenceText(report));
}

/** @param {string[]} argv */
export async function runInspect(argv) {
  const { values, given } = parseCommand(argv, {}, ['MODEL']);
  const bytes = await readFileBytes(given[0]);
  if (isEvidence(bytes)) return inspectEvidence(given[0], bytes, values.json);
  const model = await openModel(given[0], bytes);
  const report = reportOf(given[0], bytes, model);
  if (values.json) return print(jsonLine(report));
  await print(
    `${inline(given[0])}  ${fileSize(report.bytes)}\n\n` +
      `${factTable(report)}\n\n` +
      `${relationTable(report.graph)}${readableCard(report.metadata.card)}` +
      `${modelPicture(model, bytes, report.sections)}\n\n` +
      `${hanging(mostPopular(model), 'most popular: ', '  ', terminalWidth())}\n`,
  );
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes
 * @param {{ json: boolean, model?: string }} values model: what it is to be used beside
 */
async function verifyEvidence(path, bytes, { json, model }) {
  const { sentences } = await openedEvidence(path, bytes);
  if (model !== undefined) await checkModelOf(path, bytes, model);
  const integrity = integrityOf(bytes);
  const report = { file: path, kind: 'evidence', ok: true, bytes: bytes.length, sentences, integrity };
  const lines = [
    `${inline(path)}: a sound evidence file, ${count(bytes.length)} bytes, ${count(sentences)} sentences`,
    `integrity: ${integrity}`,
  ];
  await print(json ? jsonLine(report) : `${lines.join('\n')}\n`);
}

/**
 * @param {string} path
 * @param {Uint8Array} bytes of an evidence file
 * @param {string} modelPath
 */
async function checkModelOf(path, bytes, modelPath) {
  const model = await loadModelFile(modelPath);
  try {
    (await loadEvidence(bytes)).goesWith(model);
  } catch (error) {
    sayBad(path, error);
  }
  model.dispose();
}

/** @param {string[]} argv */
export async function runVerify(argv) {
  const { values, given } = parseCommand(argv, textOptions(['model']), ['MODEL']);
  const bytes = await readFileBytes(given[0]);
  if (isEvidence(bytes)) return verifyEvidence(given[0], bytes, /** @type {any} */ (values));
  if (values.model !== undefined)
    throw new UsageError('--model: got it with a model file, wanted an evidence file beside it');
  const model = await openModel(given[0], bytes);
  graphOfModel(given[0], model); // what the core does not look at
  const { backend, why } = model.diagnostics();
  const integrity = integrityOf(bytes);
  const report = { file: given[0], ok: true, bytes: bytes.length, integrity, backend };
  const lines = [
    `${inline(given[0])}: sound, ${count(bytes.length)} bytes`,
    `integrity: ${integrity}`,
    `backend:   ${backend} (${why})`,
  ];
  await print(values.json ? jsonLine(report) : `${lines.join('\n')}\n`);
}
