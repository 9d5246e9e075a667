// Owns `npm run bench:graph-size`: what a training takes with graphs of 100,000 and 1,000,000 triples, in
// memory and seconds, beside what is said before. Must not measure accuracy.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/**
 * @typedef {object} Size
 * @property {number} saidOfGraph bytes
 * @property {number} taken bytes that the process has more at its peak than before
 * @property {number} seconds
 * @property {number} processor seconds
 * @property {number} trials settings of the graph that were tried
 * @property {number} kept triples
 * @property {number} entities
 */

const { write, ...values } = benchArguments({
  items: { type: 'string', default: '100000' },
  events: { type: 'string', default: '1000000' },
  triples: { type: 'string', default: '100000,1000000' },
  dim: { type: 'string', default: '16' },
});
const script = fileURLToPath(new URL('graph/one-size.js', import.meta.url));

/**
 * In a process of its own.
 * @param {number} triples
 * @returns {Size}
 */
function sizeOf(triples) {
  const args = [script, values.items, values.events, String(triples), values.dim];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const count = (/** @type {number | string} */ n) => Number(n).toLocaleString('en');
const megabytes = (/** @type {number} */ bytes) => count(Math.round(bytes / 1e6));
const plain = sizeOf(0);
const rows = values.triples.split(',').map((triples) => {
  const found = sizeOf(Number(triples));
  const taken = found.taken - plain.taken;
  return [
    count(triples),
    `${count(found.kept)}, ${count(found.entities)} entities`,
    megabytes(found.saidOfGraph),
    megabytes(taken),
    (found.saidOfGraph / taken).toFixed(2),
    found.seconds.toFixed(0),
    found.processor.toFixed(0),
    String(found.trials),
  ];
});
const head = [
  'triples',
  'kept',
  'MB said of the graph',
  'MB taken for it',
  'said / taken',
  'seconds',
  'processor seconds',
  'trials',
];
publish(
  'graph-size',
  [
    `Made up: ${count(values.items)} items, ${count(values.events)} events, dim ${values.dim}, two sweeps; ` +
      `without a graph ${plain.seconds.toFixed(0)} s and`,
    `${megabytes(plain.taken)} MB more than before the training. What a graph takes is the difference at ` +
      'the peak of the process.',
    '',
    markdownTable(head, rows),
  ].join('\n'),
  { write },
);
