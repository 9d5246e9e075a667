// Owns RESULTS.md: what is published in it, and how it says when and where that was measured. Must not
// measure.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withSection } from './marked-section.js';

export const resultsFile = new URL('RESULTS.md', import.meta.url);

/** 2026-11-21, one thread of AMD EPYC, Node v20.20.2 */
export const measuredHere = () =>
  `${new Date().toISOString().slice(0, 10)}, one thread of ${cpus()[0].model.trim()}, ` +
  `Node ${process.version}`;

/**
 * What every bench understands: `--data FOLDER`, and `--write`.
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} T
 * @param {T} more options of this bench alone
 */
export function benchArguments(more) {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, write: { type: 'boolean', default: false }, ...more },
  });
  const beside = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return {
    ...values,
    data: String(values.data ?? process.env.AMPCF_DATA ?? beside),
    write: values.write === true,
  };
}

/**
 * Print a section and, if asked to, put it into RESULTS.md.
 * @param {string} name
 * @param {string} body
 * @param {{ write: boolean }} options
 */
export function publish(name, body, { write }) {
  const section = `${body}\n\n*${measuredHere()}.*`;
  process.stdout.write(`${section}\n`);
  if (write) writeFileSync(resultsFile, withSection(readFileSync(resultsFile, 'utf8'), name, section));
}
