// Owns `ampcf inspect` and `ampcf verify`: what a model file holds, and whether it is sound. Must not change
// it.
import { createHash } from 'node:crypto';
import { targets } from '../evaluate.js';
import { cardText } from './diagnose-text.js';
import { readFileBytes } from './files.js';
import { openModel } from './model-file.js';
import { parseCommand } from './options.js';
import { count, fileSize, table } from './print.js';

export const inspectUsage = `ampcf inspect MODEL [--json]

  What a model file holds: sizes, sections, aspects, the model card (ampcf train --card), and what the trainer wrote about itself.
`;

export const verifyUsage = `ampcf verify MODEL [--json]

  Check every rule of the format and the self-test of this engine; print the integrity string for loadModel.
`;

const sectionNames = [
  '',
  'item vectors',
  'item scales',
  'item bias',
  'gram',
  'settings',
  'id offsets',
  'ids',
  'id order',
  'title offsets',
  'titles',
  'aspect offsets',
  'aspect names',
  'item aspect offsets',
  'item aspects',
  'metadata',
  'neighbour offsets',
  'neighbours',
  'neighbour values',
  'neighbour scales',
  'item weights',
  'item targets',
  'item clusters',
];
const dtypes = ['', 'f32', 'f16', 'i8', 'u8', 'u16', 'u32'];

/**
 * The section table (src/FORMAT.md); the file was verified before.
 * @param {Uint8Array} bytes
 */
function sections(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: view.getUint32(24, true) }, (_, i) => {
    const at = 128 + 48 * i,
      type = view.getUint32(at, true);
    return {
      name: sectionNames[type] ?? `type ${type}`,
      dtype: dtypes[view.getUint32(at + 24, true)],
      rows: view.getUint32(at + 28, true),
      cols: view.getUint32(at + 32, true),
      bytes: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

/** @param {ReturnType<typeof sections>} list */
const neighbourBytes = (list) =>
  list.filter(({ name }) => name.startsWith('neighbour')).reduce((sum, { bytes }) => sum + bytes, 0);

/** @param {Uint8Array} bytes */
const integrityOf = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;

/**
 * Metadata is anybody's: a card of another kind is shown as it stands.
 * @param {any} card
 */
function readableCard(card) {
  if (card === undefined) return '';
  try {
    if (card.version === 1) return `${cardText(card, targets)}\n`;
  } catch {
    // Not as ours is made: shown as it stands.
  }
  return `card: ${JSON.stringify(card)}\n\n`;
}

/** @param {string[]} argv */
export async function runInspect(argv) {
  const { values, given } = parseCommand(argv, {}, ['MODEL']);
  const bytes = await readFileBytes(given[0]),
    model = await openModel(given[0], bytes),
    { info } = model;
  const report = {
    file: given[0],
    bytes: info.bytes,
    items: info.items,
    dim: info.dim,
    personas: info.personas,
    aspects: info.aspects,
    neighbours: info.neighbours,
    lineage: info.lineage,
    integrity: integrityOf(bytes),
    metadata: info.metadata,
    sections: sections(bytes),
  };
  if (values.json) return void process.stdout.write(`${JSON.stringify(report)}\n`);
  const { settings, card, ...about } = info.metadata;
  process.stdout.write(
    `${given[0]}  ${fileSize(info.bytes)}\n\n${table([
      ['items', count(info.items)],
      ['width', String(info.dim)],
      ['personas', `up to ${info.personas}`],
      ['aspects', count(info.aspects)],
      [
        'neighbours',
        info.neighbours
          ? `${(info.neighbours / info.items).toFixed(1)} an item, ${fileSize(neighbourBytes(report.sections))}`
          : 'none',
      ],
      ...Object.entries(about).map(([name, value]) => [
        name,
        typeof value === 'number' ? count(value) : String(value),
      ]),
      ['lineage', info.lineage],
      [
        'settings',
        Object.entries(settings ?? {})
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      ],
    ])}\n\n` +
      `${readableCard(card)}${table(report.sections.map((s) => [s.name, `${count(s.rows)} x ${s.cols}`, s.dtype, count(s.bytes)]))}\n\n` +
      `most popular: ${model
        .ids()
        .slice(0, 5)
        .map((id) => model.title(id))
        .join(', ')}\n`,
  );
}

/** @param {string[]} argv */
export async function runVerify(argv) {
  const { values, given } = parseCommand(argv, {}, ['MODEL']);
  const bytes = await readFileBytes(given[0]),
    model = await openModel(given[0], bytes),
    { backend, why } = model.diagnostics();
  const integrity = integrityOf(bytes);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ file: given[0], ok: true, bytes: bytes.length, integrity, backend })}\n`
      : `${given[0]}: sound, ${count(bytes.length)} bytes\nintegrity: ${integrity}\nbackend:   ${backend} (${why})\n`,
  );
}
