// Owns `ampcf diagnose`: files -> how good a model's personas are, as text, JSON or one HTML page. Must not
// know the formula of any figure.
import { AmpcfError } from '../core/errors.js';
import { diagnose, membershipAttack, settingsOf, targets } from '../evaluate.js';
import { coresOption, coresUsage, retrainingCores } from './cores.js';
import { diagnosisText } from './diagnose-text.js';
import { writeOutput } from './files.js';
import { inline } from '../read/inline.js';
import { retrainingLimits, retrainingUsage } from './memory-limit.js';
import { loadModelFile } from './model-file.js';
import { defined, numberOption, parseCommand, seedOption, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import {
  checkPeopleMeet,
  checkRatingOptions,
  ratingOptions,
  ratingUsage,
  readHistory,
} from './read-interactions.js';
import { print } from './terminal.js';

/** @import { Membership, PersonaQuality } from '../evaluate.js' */
/** @import { EvaluationProgress } from '../evaluate/pace.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Interactions } from '../train/interactions.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Io } from './progress.js' */

export const usage = [
  'ampcf diagnose MODEL --history FILE [options]',
  '',
  '  How good the personas of a model are: how many, how distinct, how sharp, how stable, whether ' +
    'small tastes are served, whether',
  '  explanations name what matters. Each figure stands beside its target. Formulas: ' +
    'web/evaluate/METRICS.md. Files as in ampcf train.',
  '',
  '  --test FILE             what people took next: recall of rare tastes',
  '  --against MODEL2        another training on the same people: stability, and its recall of rare tastes',
  "  --seeds N               or train N more with other seeds and the model's own settings, on the " +
    'history file',
  '  --membership            attack: can who was in the training be told? Trains twice, on a half ' +
    'and a quarter of the people',
  retrainingUsage,
  coresUsage,
  '  --people N              how many people are looked at (default 300)',
  '  --seed N                of the samples (default 1)',
  '  --html FILE             one page with charts, which needs nothing else',
  ratingUsage,
  '  --min-rating X          ratings of at least X count, in every file (default: as in ampcf ' +
    'train, from the history file)',
  '  --weights               ratings of the history are weights',
  '    --weight-scale linear|log1p   as in ampcf train',
  '  --duplicates last|sum   --skip-bad N   as in ampcf train',
  '  --json                  all figures as one object on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  weights: { type: 'boolean' },
  'weight-scale': { type: 'string' },
  membership: { type: 'boolean' },
  ...ratingOptions,
  ...textOptions([
    'history',
    'test',
    'against',
    'seeds',
    'people',
    'seed',
    'html',
    'max-minutes',
    'max-memory',
    'cores',
  ]),
};

/** @param {Record<string, any>} values */
function checkUsage(values) {
  if (!values.history) throw new UsageError('--history FILE is missing: what did people have?');
  if (values.against && values.seeds !== undefined)
    throw new UsageError(
      'got --against and --seeds, wanted one of them: both say what stability compares with',
    );
  checkRatingOptions(values);
  coresOption(values);
}

/** @param {Record<string, any>} values */
function numbersOf(values) {
  const whole = (/** @type {string} */ name, /** @type {number} */ low, /** @type {number} */ high) =>
    numberOption(values, name, { whole: true, low, high });
  return {
    seeds: whole('seeds', 1, 20),
    people: whole('people', 1, 1e6),
    seed: seedOption(values),
    ...retrainingLimits(values),
  };
}

/** The attack trains on a half and on a quarter of the people. */
const attackTrainings = 0.75;

/**
 * @param {Model} model
 * @param {Interactions} history
 * @param {number} cores
 * @param {Parameters<typeof membershipAttack>[2]} options
 */
const attackOn = (model, history, cores, options) =>
  membershipAttack(history, { ...settingsOf(model), cores }, options).catch((error) => {
    if (!(error instanceof AmpcfError && error.code === 'NO_DATA')) throw error;
    const wanted = 'wanted more people, or a model trained with a smaller --min-support';
    throw new AmpcfError('NO_DATA', `--membership: ${error.message}; ${wanted}`, { cause: error });
  });

/**
 * @param {Record<string, any>} values
 * @param {Io} io
 */
async function readInput(values, io) {
  const { history, threshold, keepAll, other } = await readHistory(values, io);
  if (threshold !== undefined)
    io.say(`kept     history: ratings of ${threshold} or more, and such in every file (${keepAll})`);
  const test = await other('test');
  checkPeopleMeet(history, test);
  return { history, test };
}

/**
 * @typedef {object} Asked what the command line asks for
 * @property {Interactions} history
 * @property {Interactions | undefined} test
 * @property {Model | undefined} against
 * @property {ReturnType<typeof numbersOf> & { cores: number }} numbers
 * @property {boolean} attack whether to attack the training too
 */

/**
 * @param {Model} model
 * @param {Asked} asked
 * @param {Io} io
 * @returns {Promise<{ quality: PersonaQuality, membership: Membership | null }>} membership: null where no
 *   attack was asked for
 */
async function measure(model, { history, test, against, numbers, attack }, { signal, quiet }) {
  const lines = stages(quiet);
  const steps = {
    signal,
    onProgress: (/** @type {EvaluationProgress} */ { stage, done, total }) =>
      lines.update(stage, done, total),
  };
  try {
    const quality = await diagnose(model, { history, ...defined({ test, against, ...numbers }), ...steps });
    const membership = attack
      ? await attackOn(model, history, numbers.cores, { seed: numbers.seed ?? 1, ...steps })
      : null;
    return { quality, membership };
  } finally {
    lines.finish();
  }
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  const [path] = given;
  checkUsage(values);
  const numbers = numbersOf(values);
  const io = ioOf(values, signal);
  const { history, test, against: other, html } = values;
  await checkPaths(
    { MODEL: path, '--history': history, '--test': test, '--against': other },
    { '--html': html },
  );
  const model = await loadModelFile(path);
  const against = values.against ? await loadModelFile(values.against) : undefined;
  const input = await readInput(values, io);
  const trainings = (numbers.seeds ?? 0) + (values.membership ? attackTrainings : 0);
  const cores = await retrainingCores(model, input.history, trainings, values, io.say);
  const began = performance.now();
  const asked = { ...input, against, numbers: { ...numbers, cores }, attack: Boolean(values.membership) };
  const { quality, membership } = await measure(model, asked, io);
  io.say(`took     ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (values.html) {
    // Charts need a library that no other command should have to load.
    const { diagnosisPage } = await import('./charts.js');
    const page = diagnosisPage(path, quality, membership, targets);
    await writeOutput(values.html, new TextEncoder().encode(page));
    io.say(`wrote    ${inline(values.html)}`);
  }
  const { items } = model.info;
  await print(
    values.json
      ? jsonLine({ model: path, items, ...quality, membership, targets })
      : diagnosisText(`${inline(path)} (${count(items)} items)`, quality, membership, targets),
  );
}
