// Owns what `ampcf inspect` says of an evidence file. Must not open it.
import { inline } from '../read/inline.js';
import { safeJson } from './harmless.js';
import { count, fileSize, table } from './print.js';

/** @import { Evidence } from '../evidence.js' */

/**
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {Evidence} evidence
 */
export async function evidenceReport(file, bytes, evidence) {
  const { items, aspects, metadata } = evidence.info;
  let [all, forIt, against] = [0, 0, 0];
  for (const id of evidence.ids())
    for (const { polarity } of await evidence.sentences(id)) {
      all++;
      if (polarity > 0) forIt++;
      if (polarity < 0) against++;
    }
  return {
    file,
    kind: 'evidence',
    bytes: bytes.length,
    items,
    sentences: all,
    for: forIt,
    against,
    aspects,
    metadata,
  };
}

/** @param {Awaited<ReturnType<typeof evidenceReport>>} report */
export function evidenceText({ file, bytes, items, sentences, for: yes, against, aspects, metadata }) {
  const first = aspects.slice(0, 20).map(inline).join(', ');
  return [
    `${inline(file)}  ${fileSize(bytes)}`,
    '',
    table([
      ['evidence of', `${count(items)} items`],
      ['sentences', `${count(sentences)}: ${count(yes)} for, ${count(against)} against`],
      ['aspects', `${count(aspects.length)}: ${first}${aspects.length > 20 ? ', ...' : ''}`],
      ['of model', metadata?.lineage === undefined ? 'any with these ids' : safeJson(metadata.lineage)],
      ['made', safeJson(metadata)],
    ]),
    '',
  ].join('\n');
}
