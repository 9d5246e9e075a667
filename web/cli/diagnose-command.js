// Owns `ampcf diagnose`: files -> how good a model's personas are, as text, JSON or one HTML page. Must not
// know the formula of any figure.
import { diagnose, membershipAttack, settingsOf, targets } from '../evaluate.js';
import { diagnosisText } from './diagnose-text.js';
import { writeFileAtomic } from './files.js';
import { loadModelFile } from './model-file.js';
import { numberOption, parseCommand, UsageError } from './options.js';
import { count } from './print.js';
import { stages } from './progress.js';
import {
  chooseRows,
  ratingOptions,
  ratingThreshold,
  ratingUsage,
  readRatingsFile,
} from './read-interactions.js';

/** @import { OptionSpec } from './options.js' */

export const usage = `ampcf diagnose MODEL --history FILE [options]

  How good the personas of a model are: how many, how distinct, how sharp, how stable, whether small tastes are served, whether
  explanations name what matters. Each figure stands beside its target. Formulas: web/evaluate/METRICS.md. Files as in ampcf train.

  --test FILE             what people took next: recall of rare tastes
  --against MODEL2        another training on the same people: stability, and its recall of rare tastes
  --seeds N               or train N more with other seeds and the model's own settings, on the history file
  --membership            attack: can who was in the training be told? Trains twice, on a half and a quarter of the people
  --people N              how many people are looked at (default 300)
  --seed N                of the samples (default 1)
  --html FILE             one page with charts, which needs nothing else
${ratingUsage}
  --min-rating X          ratings of at least X count, in every file (default: as in ampcf train, from the history file)
  --weights               ratings of the history are weights
  --duplicates last|sum   --skip-bad N   as in ampcf train
  --json                  all figures as one object on standard output
`;

const text = /** @type {OptionSpec} */ ({ type: 'string' });
const options = /** @type {Record<string, OptionSpec>} */ ({
  weights: { type: 'boolean' },
  membership: { type: 'boolean' },
  ...ratingOptions,
  ...Object.fromEntries(
    ['history', 'test', 'against', 'seeds', 'people', 'seed', 'html'].map((name) => [name, text]),
  ),
});

/**
 * @param {Record<string, any>} values
 * @param {{ signal: AbortSignal, quiet: boolean, say: (line: string) => void }} io
 */
async function readInput(values, io) {
  const weights = Boolean(values.weights),
    read = (/** @type {string} */ name) => readRatingsFile(values[name], values, { ...io, label: name });
  const ratings = await read('history'),
    threshold = ratingThreshold(ratings, { minRating: numberOption(values, 'min-rating'), weights });
  if (threshold !== undefined)
    io.say(
      `kept     history: ratings of ${threshold} or more, and such in every file (--min-rating 0 keeps all)`,
    );
  return {
    history: chooseRows(ratings, { threshold, weights }),
    test: values.test ? chooseRows(await read('test'), { threshold, weights: false }) : undefined,
  };
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const {
    values,
    given: [path],
  } = parseCommand(argv, options, ['MODEL']);
  if (!values.history) throw new UsageError('--history FILE is missing: what did people have?');
  if (values.against && values.seeds !== undefined)
    throw new UsageError(
      'got --against and --seeds, wanted one of them: both say what stability compares with',
    );
  const whole = (/** @type {string} */ name, /** @type {number} */ low, /** @type {number} */ high) =>
    numberOption(values, name, { whole: true, low, high });
  const numbers = {
    seeds: whole('seeds', 1, 20),
    people: whole('people', 1, 1e6),
    seed: whole('seed', 0, 2 ** 32 - 1),
  };
  const quiet = Boolean(values.quiet),
    say = (/** @type {string} */ line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    };
  const model = await loadModelFile(path),
    against = values.against ? await loadModelFile(values.against) : undefined;
  const input = await readInput(values, { signal, quiet, say }),
    lines = stages(quiet),
    began = performance.now();
  const given = {
    history: input.history,
    ...Object.fromEntries(
      Object.entries({ test: input.test, against, ...numbers }).filter(([, value]) => value !== undefined),
    ),
  };
  const steps = {
    signal,
    onProgress: (/** @type {{ stage: string, done: number, total: number }} */ { stage, done, total }) =>
      lines.update(stage, done, total),
  };
  const quality = await diagnose(model, { ...given, ...steps }).catch((error) => {
    lines.finish();
    throw error;
  });
  const membership = values.membership
    ? await membershipAttack(input.history, settingsOf(model), { seed: numbers.seed ?? 1, ...steps }).finally(
        lines.finish,
      )
    : null;
  lines.finish();
  say(`took     ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (values.html) {
    // Charts need a library that no other command should have to load.
    const { diagnosisPage } = await import('./diagnose-report.js');
    await writeFileAtomic(
      values.html,
      new TextEncoder().encode(diagnosisPage(path, quality, membership, targets)),
    );
    say(`wrote    ${values.html}`);
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ model: path, items: model.info.items, ...quality, membership, targets })}\n`
      : diagnosisText(`${path} (${count(model.info.items)} items)`, quality, membership, targets),
  );
}
