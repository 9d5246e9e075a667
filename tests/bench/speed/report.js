// Owns the tables of the speed bench as Markdown. Must not measure.
import { markdownTable } from '../accuracy/text.js';
import { found } from './agreement.js';
import { contestants } from './contestants/list.js';
import { median } from './race.js';

/** @import { Entrant } from './race.js' */
/** @import { Table } from './tables.js' */
/** @typedef {{ table: Table, entrants: Entrant[] }} Raced */

export const number = (/** @type {number} */ n) => n.toLocaleString('en');

/** Three figures. @param {number} ms */
export function milliseconds(ms) {
  if (ms >= 99.95) return number(Math.round(ms));
  return ms.toFixed(ms >= 9.995 ? 1 : ms >= 0.9995 ? 2 : 3);
}

/** @param {Entrant | undefined} entrant @param {string} what */
const timeOf = (entrant, what) => (entrant?.medians[what] ? median(entrant.medians[what]) : undefined);

/**
 * @param {Raced} raced
 * @param {string} name of the contestant
 */
const entrantOf = ({ entrants }, name) => entrants.find(({ contestant }) => contestant.name === name);

/** Who everybody is compared with. */
const ourName = contestants[0].name;

/**
 * 4.68 (0.70×), or why there is none.
 * @param {Raced} raced
 * @param {string} name
 * @param {string} what
 */
function cell(raced, name, what) {
  const own = timeOf(entrantOf(raced, name), what),
    ours = timeOf(entrantOf(raced, ourName), what);
  if (own === undefined || ours === undefined) return '';
  return `${milliseconds(own)} (${(own / ours).toFixed(2)}×)`;
}

/**
 * Rows of who is here, and lines of who is not.
 * @param {Raced[]} all of the same size
 * @param {(name: string) => string[]} cells
 * @param {string[]} head
 */
function tableOf(all, cells, head) {
  const isHere = (/** @type {string} */ name) =>
    all.some((raced) => entrantOf(raced, name) && entrantOf(raced, name)?.skipped === undefined);
  const names = contestants.map(({ name }) => name).filter((name) => entrantOf(all[0], name));
  const skipped = names
    .filter((name) => !isHere(name))
    .map((name) => `* ${name}: skipped: ${entrantOf(all[0], name)?.skipped}`);
  const rows = names.filter(isHere).map((name) => [name, ...cells(name)]);
  return [markdownTable(head, rows), ...(skipped.length > 0 ? ['', ...skipped] : [])].join('\n');
}

/** @type {Record<string, string>} */
const tableNames = { random: 'random', trained: 'trained', gowalla: 'Gowalla', ml1m: 'MovieLens 1M' };

/**
 * Everybody over one catalogue, the last table for what is not a scan.
 * @param {Raced[]} all tables of the same size
 */
function scans(all) {
  const last = /** @type {Raced} */ (all.at(-1));
  const heads = all.flatMap(({ table }) => [
    `one vector, ${tableNames[table.kind]}`,
    `4 personas, ${tableNames[table.kind]}`,
    'of the true 10',
  ]);
  const cells = (/** @type {string} */ name) => {
    const here = /** @type {Entrant} */ (entrantOf(last, name));
    const part = (/** @type {Raced} */ raced) => {
      const entrant = /** @type {Entrant} */ (entrantOf(raced, name));
      return here.contestant.answers === 'nothing' || entrant.skipped
        ? ''
        : `${Math.round(100 * found(entrant, raced.entrants))} %`;
    };
    const times = all.flatMap((raced) => [cell(raced, name, 'one'), cell(raced, name, 'four'), part(raced)]);
    return [
      ...times,
      milliseconds(here.load),
      milliseconds(here.first),
      (Math.max(0, here.bytes) / 1e6).toFixed(0),
    ];
  };
  return tableOf(all, cells, ['ms', ...heads, 'load', 'first', 'MB']);
}

/** @type {[string, string][]} */
const asked = [
  ['one', 'one vector, by score'],
  ['four', '4 personas, by score'],
  ['list', '`recommend()`, in proportion'],
  ['filter', 'by score, a filter that passes everything'],
  ['candidates', '`rank()` of 500 candidates'],
  ['resolved', '`rank()` of 500 candidates, resolved once'],
];

/** What this project is asked, over every table. @param {Raced[]} all */
function ourWorkloads(all) {
  const files = contestants.filter(({ file }) => file === './ours.js').map(({ name }) => name);
  const rows = asked.flatMap(([what, said]) =>
    files.map((name) => [
      `${said}, ${name.replace(/^.*, /, '')}`,
      ...all.map((raced) => {
        const ms = timeOf(entrantOf(raced, name), what);
        return ms === undefined ? '' : milliseconds(ms);
      }),
    ]),
  );
  const head = all.map(({ table }) => `${number(table.items)}, ${tableNames[table.kind]}`);
  return markdownTable(
    ['ms', ...head],
    rows.filter((row) => row.some((text, i) => i > 0 && text !== '')),
  );
}

/** 500 candidates out of catalogues of several sizes. @param {Raced[]} all */
function candidateTimes(all) {
  const cells = (/** @type {string} */ name) => all.map((raced) => cell(raced, name, 'candidates'));
  const without = all.map((raced) => ({
    ...raced,
    entrants: raced.entrants.filter(({ medians }) => medians.candidates),
  }));
  return tableOf(without, cells, ['ms', ...all.map(({ table }) => `of ${number(table.items)}`)]);
}

/**
 * What of the catalogue each stage of the scan looked at, where this version counts it.
 * @param {Raced[]} all
 */
function stages(all) {
  const rows = all.flatMap((raced) =>
    contestants.flatMap(({ name }) => {
      const answers = entrantOf(raced, name)?.answers.four ?? [];
      const names = Object.keys(answers[0]?.stages ?? {});
      if (names.length === 0) return [];
      const looked = (/** @type {string} */ stage) =>
        median(answers.map(({ stages: counts }) => counts?.[stage] ?? 0)) / raced.table.items;
      const parts = names.map((stage) => `${stage} ${(100 * looked(stage)).toFixed(2)} %`);
      return [
        [
          number(raced.table.items),
          tableNames[raced.table.kind],
          name.replace(/^.*, /, ''),
          parts.join(', '),
        ],
      ];
    }),
  );
  return rows.length > 0
    ? [
        'Items that each stage looked at, medians over people (`ampcf_scan_stats`):',
        '',
        markdownTable(['items', 'table', 'file', 'of the catalogue'], rows),
        '',
      ].join('\n')
    : '';
}

/** Bytes a second of the copy. @param {Raced[]} all */
function bandwidth(all) {
  const name = 'memory copy, f32 table';
  const said = all.flatMap((raced) => {
    const ms = timeOf(entrantOf(raced, name), 'four');
    const { items, dim } = raced.table;
    return ms === undefined ? [] : [`${number(items)} items ${((4 * items * dim) / ms / 1e6).toFixed(1)}`];
  });
  return said.length > 0 ? `The copy moves, in GB/s: ${said.join(', ')}.` : '';
}

/** What each computes, those that do the same on one line. */
function computed() {
  const all = [...new Set(contestants.map(({ computes }) => computes))];
  return all.map((what) => {
    const names = contestants.filter(({ computes }) => computes === what).map(({ name }) => name);
    return `* ${names.join('; ')}: ${what}.`;
  });
}

/**
 * @param {Raced[]} all
 * @returns {string}
 */
export function report(all) {
  const made = all.filter(({ table }) => ['random', 'trained'].includes(table.kind)),
    real = all.filter((raced) => !made.includes(raced)),
    trained = made.filter(({ table }) => table.kind === 'trained');
  const sizes = [...new Set(made.map(({ table }) => table.items))];
  return [
    ...sizes.flatMap((size) => [
      `### ${number(size)} items`,
      '',
      scans(made.filter(({ table }) => table.items === size)),
      '',
    ]),
    ...real.flatMap((raced) => [
      `### ${tableNames[raced.table.kind]}, ${number(raced.table.items)} items`,
      '',
      scans([raced]),
      '',
    ]),
    'What each computes with 4 personas; with one vector, the products with that one:',
    '',
    ...computed(),
    '',
    '### What this project is asked',
    '',
    ourWorkloads(all),
    '',
    stages(all),
    ...(trained.length > 0 ? ['### 500 candidates, 4 personas', '', candidateTimes(trained), ''] : []),
    bandwidth(trained),
  ].join('\n');
}
