// Owns `ampcf evaluate`: files -> figures of a model with their uncertainty. Must not know the formula of any
// metric.
import { evaluateModel } from '../evaluate.js';
import { wantedBaselines } from '../evaluate/baselines.js';
import { askingCores, coresOption, coresUsage, retrainingCores } from './cores.js';
import { caution, evaluationText } from './evaluation-text.js';
import { inline } from '../read/inline.js';
import { retrainingLimits, retrainingUsage } from './memory-limit.js';
import { loadModelFile } from './model-file.js';
import { defined, numberOption, parseCommand, seedOption, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import { readCandidates } from '../read/read-candidates.js';
import {
  checkPeopleMeet,
  checkRatingOptions,
  ratingOptions,
  ratingUsage,
  readHistory,
} from './read-interactions.js';
import { print } from './terminal.js';

/** @import { BaselineName } from '../evaluate/baselines.js' */
/** @import { Interactions } from '../train/interactions.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Io } from './progress.js' */

export const usage = [
  'ampcf evaluate MODEL --history FILE --test FILE [options]',
  '',
  '  How well a model recommends what people took next. Each person of the test gets a profile from ' +
    'the history file; the whole',
  '  catalogue without that history is ranked and compared with the test. Formulas: ' +
    'web/evaluate/METRICS.md. Files as in ampcf train.',
  '',
  '  -k N,N,...              list lengths (default 5,10,20,50)',
  '  --validation FILE       baselines choose their settings on it; its items are never taken out ' +
    'of the ranking',
  '  --baselines NAME,...    popularity, itemknn, ease, als (our trainer with one persona); fitted ' +
    'to the history file',
  '  --against MODEL2        another model, on the same people',
  '  --new-users SHARE       leave this share of the people out of another training, fold them in, ' +
    'and compare',
  retrainingUsage,
  '  --train FILE            what baselines are fitted to, where the people of --history were in no ' +
    'training (ampcf split --by user)',
  '  --candidates FILE       rank only these for each person, lines of: user item item ...',
  '  --leave-one-out FILE    test and candidates in one, lines of: user held-out negative negative ...',
  '  --sampled N             rank the test items among N random ones',
  '  --proportional X        0 to 1: measure the lists that people get, not the order by score (default 0)',
  '  --seed N                of negatives, new people and resamples (default 1)',
  '  --resamples N           of the paired bootstrap (default 2000)',
  ratingUsage,
  '  --min-rating X          ratings of at least X count, in every file (default: as in ampcf ' +
    'train, from the history file)',
  '  --weights               ratings of the history are weights',
  '    --weight-scale linear|log1p   as in ampcf train',
  '  --duplicates last|sum   --skip-bad N   as in ampcf train',
  coresUsage,
  '  --json                  all figures as one object on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  k: { type: 'string', short: 'k' },
  weights: { type: 'boolean' },
  'weight-scale': { type: 'string' },
  ...ratingOptions,
  ...textOptions([
    'history',
    'test',
    'train',
    'validation',
    'baselines',
    'against',
    'new-users',
    'candidates',
    'leave-one-out',
    'sampled',
    'proportional',
    'seed',
    'resamples',
    'max-minutes',
    'max-memory',
    'cores',
  ]),
};

/** @param {Record<string, any>} values */
function checkUsage(values) {
  if (!values.history) throw new UsageError('--history FILE is missing: what did people have?');
  const modes = ['candidates', 'leave-one-out', 'sampled'].filter((name) => values[name] !== undefined);
  if (modes.length > 1) throw new UsageError(`got --${modes.join(' and --')}, wanted one of them at most`);
  if (!values.test && !values['leave-one-out'])
    throw new UsageError('--test FILE is missing: what did people take next?');
  if (values.test && values['leave-one-out'])
    throw new UsageError(
      'got --test and --leave-one-out, wanted one of them: the leave-one-out file holds the test items',
    );
  if (values.train && values['new-users'] !== undefined)
    throw new UsageError(
      'got --train and --new-users, wanted one of them: ' +
        'with --train the people of --history are new already',
    );
  checkRatingOptions(values);
  wantedBaselines(partsOf(values.baselines) ?? []);
  coresOption(values);
}

/**
 * The parts of a list separated by commas; undefined where the option was not given.
 * @param {string | undefined} list
 */
const partsOf = (list) => list?.split(',').map((part) => part.trim());

/** @param {Record<string, any>} values */
function numbersOf(values) {
  const k = partsOf(values.k)?.map((part) => numberOption({ k: part }, 'k', { whole: true, low: 1 }));
  const newUsers = numberOption(values, 'new-users', { low: 0, high: 1 });
  if (newUsers === 0 || newUsers === 1)
    throw new UsageError(`--new-users: got ${newUsers}, wanted a share above 0 and below 1`);
  return {
    k: /** @type {number[] | undefined} */ (k),
    newUsers,
    sampled: numberOption(values, 'sampled', { whole: true, low: 1 }),
    proportional: numberOption(values, 'proportional', { low: 0, high: 1 }),
    seed: seedOption(values),
    resamples: numberOption(values, 'resamples', { whole: true, low: 1, high: 1e6 }),
    baselines: /** @type {BaselineName[] | undefined} */ (partsOf(values.baselines)),
    ...retrainingLimits(values),
  };
}

/**
 * Test and candidates of a file of lines `user held-out negative negative ...`.
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<{ test: Interactions, candidates: Map<string, string[]> }>}
 */
async function readLeaveOneOut(path, signal) {
  const candidates = await readCandidates(path, {
    fewest: 2,
    wanted: 'user held-out negative negative ...',
    signal,
  });
  const users = [...candidates.keys()];
  const items = [...new Set(Array.from(candidates.values(), ([heldOut]) => heldOut))];
  const index = new Map(items.map((id, j) => [id, j]));
  return {
    candidates,
    test: {
      users,
      items,
      user: users.map((_, u) => u),
      item: Array.from(candidates.values(), ([heldOut]) => /** @type {number} */ (index.get(heldOut))),
      weight: null,
    },
  };
}

/**
 * Every file that the command line names, each read once.
 * @param {Record<string, any>} values
 * @param {Io} io
 */
async function readInput(values, io) {
  const { history, threshold, keepAll, other } = await readHistory(values, io);
  if (threshold !== undefined)
    io.say(
      `kept     history: ${count(history.user.length)} with a rating of ${threshold} or more, ` +
        `and such in every file (${keepAll})`,
    );
  const lists = values['leave-one-out']
    ? await readLeaveOneOut(values['leave-one-out'], io.signal)
    : {
        test: /** @type {Interactions} */ (await other('test')),
        candidates: values.candidates
          ? await readCandidates(values.candidates, { signal: io.signal })
          : undefined,
      };
  checkPeopleMeet(history, lists.test);
  return {
    history,
    train: await other('train', { weights: true }),
    validation: await other('validation'),
    threshold,
    ...lists,
  };
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  checkUsage(values);
  const numbers = numbersOf(values);
  const io = ioOf(values, signal);
  const files = ['history', 'test', 'train', 'validation', 'against', 'candidates', 'leave-one-out'];
  await checkPaths({
    MODEL: given[0],
    ...Object.fromEntries(files.map((name) => [`--${name}`, values[name]])),
  });
  const model = await loadModelFile(given[0]);
  const against = values.against ? await loadModelFile(values.against) : undefined;
  const { threshold, history, test, ...others } = await readInput(values, io);
  const most = await retrainingCores(model, history, numbers.newUsers ? 1 : 0, values, io.say);
  const bytesOf = (/** @type {typeof against} */ of) => of?.diagnostics().memoryBytes ?? 0;
  const asking = askingCores(test.users.length, Math.max(bytesOf(model), bytesOf(against)), values, io.say);
  const lines = stages(io.quiet);
  const result = await evaluateModel(model, {
    history,
    test,
    cores: Math.min(most, asking),
    ...defined({ ...others, ...numbers, against }),
    signal,
    onProgress: ({ stage, done, total }) => lines.update(stage, done, total),
  }).finally(lines.finish);
  if (values.json && result.protocol.ranking !== 'full') io.say(caution);
  await print(
    values.json
      ? jsonLine({ model: given[0], minRating: threshold ?? null, ...result })
      : evaluationText(inline(given[0]), result, { against: values.against }),
  );
}
