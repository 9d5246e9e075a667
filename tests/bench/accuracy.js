// Owns `npm run bench:accuracy`: every figure of the section "Accuracy" of RESULTS.md, part by part. Must not
// choose a setting: those stand in
// accuracy/settings.js, chosen with --on validation.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as bytes from './accuracy/bytes.js';
import * as gowalla from './accuracy/gowalla.js';
import { leaveOneOut } from './accuracy/leave-one-out.js';
import { createBench } from './accuracy/measure.js';
import * as ml1m from './accuracy/ml1m.js';
import * as newPeople from './accuracy/new-people.js';
import * as objectives from './accuracy/objectives.js';
import * as personas from './accuracy/personas.js';
import { rewriteSection } from './accuracy/section.js';
import { measuredHere, resultsFile } from './results.js';

/** @import { Bench } from './accuracy/measure.js' */
/** @import { DataSet, SetName } from './accuracy/data.js' */

/**
 * In the order of RESULTS.md; `needs`: a data set, or null for several.
 * @type {Record<string, { needs: SetName | null, run: (bench: Bench, data: DataSet) => Promise<string> }>}
 */
const parts = {
  ml1m,
  gowalla,
  films: leaveOneOut('films'),
  games: leaveOneOut('games'),
  'new-people': newPeople,
  personas,
  bytes,
  objectives,
};

const usage = `node tests/bench/accuracy.js [options]

  --data FOLDER            the data sets (default: AMPCF_DATA, else ../shared/data beside the repository)
  --on test|validation     what is measured (default test); settings are chosen on validation
  --only NAME,NAME         some parts: ${Object.keys(parts).join(', ')}
  --seeds N,N,...          of the trainings (default 1,2,3)
  --choose                 with --on validation: baselines choose settings by their grids, for settings.js
  --slow                   EASE on large catalogues too
  --write                  rewrite the section of RESULTS.md, the parts measured now
`;

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const text = /** @type {const} */ ({ type: 'string' }),
    flag = /** @type {const} */ ({ type: 'boolean' });
  const { values } = parseArgs({
    options: {
      data: text,
      on: text,
      only: text,
      seeds: text,
      slow: flag,
      choose: flag,
      write: flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const { on = 'test' } = values;
  const only = values.only?.split(',') ?? Object.keys(parts);
  const seeds = (values.seeds ?? '1,2,3').split(',').map(Number);
  if (on !== 'test' && on !== 'validation') fail(`--on: got ${on}, wanted test or validation`);
  for (const name of only)
    if (!Object.hasOwn(parts, name)) fail(`--only: got ${name}, wanted ${Object.keys(parts).join(', ')}`);
  for (const seed of seeds)
    if (!Number.isSafeInteger(seed) || seed < 0 || seed >= 2 ** 32)
      fail(`--seeds: got ${values.seeds}, wanted whole numbers`);
  if (values.write && on !== 'test') fail('--write: figures of validation do not go into RESULTS.md');
  if (values.choose && on !== 'validation') fail('--choose: settings are chosen --on validation');
  const folder =
    values.data ?? process.env.AMPCF_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return {
    folder,
    on: /** @type {'test' | 'validation'} */ (on),
    only,
    seeds,
    slow: values.slow ?? false,
    choose: values.choose ?? false,
    write: values.write ?? false,
  };
}

const { folder, only, write, ...options } = (() => {
  try {
    return readArguments();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
})();
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (npm run bench:accuracy -- --data FOLDER)\n`);
  process.exit(0);
}

const today = new Date().toISOString().slice(0, 10);
const bench = createBench({ folder, ...options });
const began = performance.now();
const protocol =
  `Measured on ${measuredHere()}; \`npm run bench:accuracy -- --write\` measures all of it again. ` +
  'Models are trained on the training\nevents alone; every setting was chosen on validation data ' +
  '(`tests/bench/accuracy/settings.js`), none on test. Formulas and protocols:\n' +
  '[web/evaluate/METRICS.md](../../web/evaluate/METRICS.md).';
process.stdout.write(
  `${options.on === 'test' ? protocol : `Validation data, for choosing. ${measuredHere()}.`}\n\n`,
);
const blocks = new Map([['protocol', protocol]]);
for (const [name, part] of Object.entries(parts)) {
  if (!only.includes(name)) continue;
  const partBegan = performance.now(),
    data = part.needs && (await bench.dataSet(part.needs));
  if (part.needs && !data) {
    process.stdout.write(`skipped: ${name}, its data set is not in ${folder}\n\n`);
    continue;
  }
  const measured = await part.run(bench, /** @type {DataSet} */ (data));
  const text = `${measured}\n\n*${today}, seeds ${options.seeds.join(', ')}.*`;
  process.stdout.write(`${text}\n\n`);
  process.stderr.write(`${name}: ${((performance.now() - partBegan) / 1000).toFixed(0)} s\n`);
  blocks.set(name, text);
  if (!write) continue;
  // After every part: what took an hour is not lost when the next one fails.
  const results = readFileSync(resultsFile, 'utf8');
  writeFileSync(resultsFile, rewriteSection(results, blocks, ['protocol', ...Object.keys(parts)]));
}
process.stderr.write(`all: ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
