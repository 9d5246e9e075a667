// Owns `npm run bench:speed`: rankings of this project beside those of other libraries, and trainings, in one
// run. Must not decide pass or fail by speed.
//
//     npm ci --prefix tests/bench/speed     the other libraries; without them their rows say skipped
//     npm run bench:speed -- --sizes 10000,100000,1000000 --rounds 5 --milliseconds 300 --people 12 --write
//
// `--parts scans,training` says what is measured, `--without hnswlib,usearch` who does not take part (by
// parts of names), `--data FOLDER` where the public sets are.
import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { benchArguments, publish } from '../results.js';
import { disagreements } from './agreement.js';
import { contestants } from './contestants/list.js';
import { growthChart, growthPoints } from './growth.js';
import { race } from './race.js';
import { number, report } from './report.js';
import { dim, makeTable, publicFile } from './tables.js';
import { trainings } from './training.js';

/** @import { Raced } from './report.js' */
/** @import { Kind } from './tables.js' */

const top = 10;
const { data, write, ...options } = benchArguments({
  sizes: { type: 'string', default: '10000,100000,1000000' },
  rounds: { type: 'string', default: '5' },
  milliseconds: { type: 'string', default: '300' },
  people: { type: 'string', default: '12' },
  without: { type: 'string', default: '' },
  parts: { type: 'string', default: 'scans,training' },
});
const sizes = String(options.sizes).split(',').map(Number),
  rounds = Number(options.rounds),
  milliseconds = Number(options.milliseconds),
  people = Number(options.people),
  parts = String(options.parts).split(','),
  without = String(options.without).split(',').filter(Boolean);
const only = contestants.filter(({ name }) => !without.some((part) => name.includes(part)));

/** Progress goes to stderr: the section alone is what is kept. @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/** @type {[Kind, number][]} */
const wanted = sizes.flatMap((size) => [
  ['random', size],
  ['trained', size],
]);

async function scans() {
  /** @type {[Kind, number][]} */ const kinds = [...wanted];
  const missing = [];
  for (const kind of /** @type {const} */ (['ml1m', 'gowalla']))
    if (existsSync(publicFile(kind, data))) kinds.push([kind, 0]);
    else missing.push(`skipped: no ${kind} (--data FOLDER)`);
  /** @type {Raced[]} */ const all = [];
  for (const [kind, size] of kinds) {
    say(`${kind} ${size > 0 ? number(size) : ''}: the table`);
    const table = await makeTable(kind, size, { data, people });
    say(`${kind} ${number(table.items)}: the race`);
    const entrants = await race(table, { top, rounds, milliseconds, only });
    const wrong = disagreements(entrants);
    if (wrong.length > 0) throw new Error(`the contestants disagree:\n${wrong.join('\n')}`);
    all.push({ table, entrants });
  }
  const points = growthPoints(all);
  if (write) writeFileSync(new URL('growth.svg', import.meta.url), growthChart(points));
  return [growthLine, report(all), ...missing].join('\n\n');
}

const growthLine =
  '![Milliseconds for the ten best with 4 personas of a trained table, by number of items, log scales]' +
  '(speed/growth.svg)';
const protocol = [
  `The ${top} best of a catalogue, ${dim} numbers an item. Each contestant has a process of its own and`,
  `one thread; they take turns, ${rounds} rounds after one that warms up, ${milliseconds} ms a turn over`,
  `${people} people; figures are medians of the medians of rounds, × is time relative to the first row.`,
  '`npm run bench:speed -- --write` measures it again.',
  '',
  'Random tables are normal numbers. Trained ones are `als` on made people: items on a ring of places, one',
  'to four tastes a person, popular items more often, 15 % of the events anywhere; 40 events a person, half',
  'as many people as items but at most 250,000, 3 sweeps (2 of a million items). People who are asked have',
  '80 events of four tastes. All libraries are asked with vectors whose products are this project’s scores,',
  'and give the same ten with one vector (part of them where they are approximate or vectors are rounded).',
  'Load: import and opening, the file in the cache of the system; first: the first list with 4 personas,',
  'fold-in included; MB: resident memory that both added. usearch loads its index from a file; hnswlib-wasm',
  'builds it, so there is none of a million items, nor a usearch of a million unless one lies there.',
].join('\n');

const before = loadavg();
const sections = [
  ...(parts.includes('scans') ? [protocol, await scans()] : []),
  ...(parts.includes('training') ? [await trainings(data)] : []),
  `Load of the machine before and after: ${[before[0], loadavg()[0]].map((x) => x.toFixed(1)).join(', ')}.`,
];
publish('speed: contestants', sections.join('\n\n'), { write });
