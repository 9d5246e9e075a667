// Owns `ampcf calibrate`: model file and held-out likes -> model file that says probabilities. Must not know
// how they are fitted.
import { calibrate } from '../evaluate.js';
import { itemsByPerson } from '../evaluate/people.js';
import { inline } from '../read/inline.js';
import { readFileBytes } from '../read/bytes.js';
import { writeOutput } from './files.js';
import { defined, numberOption, parseCommand, seedOption, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { openModel } from './model-file.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import {
  allRows,
  checkPeopleMeet,
  checkRatingOptions,
  chooseRows,
  ratingOptions,
  ratingUsage,
  readHistory,
  readRatingsFile,
} from './read-interactions.js';
import { print } from './terminal.js';

/** @import { CalibrationPerson, CalibrationResult } from '../evaluate.js' */
/** @import { Interactions } from '../train.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Io } from './progress.js' */

export const usage = [
  'ampcf calibrate MODEL --history FILE --test FILE -o OUT',
  '',
  '  Let a model say how likely an item is liked (`recommend({ confidence: true })` of ampcf/confidence): a',
  '  map from scores to probabilities is fitted to likes that no training has seen, and kept in the file.',
  '  Scores, ids and saved profiles stay as they are.',
  '',
  '  --history FILE   what is known of people',
  '  --test FILE      what the same people liked that the model was not trained on (ampcf split)',
  '  --shown FILE     what they were shown or rated: probabilities are of what is shown then, not of the',
  '                   catalogue. All its rows count, whatever their ratings; it may be the file of --test',
  '  --level X        how often an interval is to hold, default 0.8',
  '  --seed N         of what is drawn, default 1',
  ratingUsage,
  '  --min-rating X   ratings of at least X are likes (default: as in ampcf train, from the history file)',
  '  --duplicates last|sum   --skip-bad N   as in ampcf train',
  '  --json           a summary on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  ...ratingOptions,
  ...textOptions(['history', 'test', 'shown', 'level', 'seed']),
};

/**
 * @param {Interactions} history
 * @param {Interactions} test
 * @param {Interactions | undefined} shown
 * @returns {CalibrationPerson[]} by id, so that the order of the files does not matter
 */
function peopleOf(history, test, shown) {
  const histories = itemsByPerson(history);
  const seen = shown && itemsByPerson(shown);
  const liked = itemsByPerson(test);
  const users = [...new Set([...liked.keys(), ...(seen?.keys() ?? [])])].filter((user) =>
    histories.has(user),
  );
  return users.sort().map((user) => {
    const likes = [...(liked.get(user)?.keys() ?? [])];
    return {
      history: [...(histories.get(user)?.keys() ?? [])],
      liked: likes,
      ...(seen && { shown: [...new Set([...(seen.get(user)?.keys() ?? []), ...likes])] }),
    };
  });
}

/**
 * @param {Record<string, any>} values
 * @param {Io} io
 */
async function readPeople(values, io) {
  const { history, other } = await readHistory(values, io);
  const test = /** @type {Interactions} */ (await other('test'));
  checkPeopleMeet(history, test);
  if (values.shown === undefined) return peopleOf(history, test, undefined);
  const all = await readRatingsFile(values.shown, values, { ...io, label: 'shown' });
  const every = chooseRows(all, { threshold: undefined, positive: false }, allRows(all.user.length));
  return peopleOf(history, test, every);
}

/**
 * @param {CalibrationResult} found
 * @param {(line: string) => void} say
 */
function sayCalibrated({ calibration: { population, baseRate }, figures }, say) {
  const rate = `${(100 * baseRate).toPrecision(3)} %`;
  const of =
    population === 'shown'
      ? `what was shown: ${rate} of it was liked`
      : `the catalogue: ${rate} of it is among the likes of a person`;
  say(`asked    ${count(figures.people)} people, ${count(figures.likes)} likes that were held out`);
  say(`of       ${of}`);
  say(`error    ${figures.error} on people that were not asked (expected calibration error)`);
}

/** @param {Record<string, any>} values */
function checkUsage({ output, ...values }) {
  if (!output) throw new UsageError('-o OUT is missing: where should the model go?');
  for (const [name, why] of /** @type {const} */ ([
    ['history', 'what is known of people?'],
    ['test', 'what did they like that the model was not trained on?'],
  ]))
    if (values[name] === undefined) throw new UsageError(`--${name} FILE is missing: ${why}`);
  checkRatingOptions(values);
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  const { output, history, test, shown } = values;
  checkUsage(values);
  const level = numberOption(values, 'level', { low: 0.01, high: 0.99 });
  const seed = seedOption(values);
  const io = ioOf(values, signal);
  await checkPaths(
    { MODEL: given[0], '--history': history, '--test': test, ...defined({ '--shown': shown }) },
    { '-o': output },
  );
  const bytes = await readFileBytes(given[0]);
  (await openModel(given[0], bytes)).dispose();
  const people = await readPeople(values, io);
  const lines = stages(io.quiet);
  const found = await calibrate(bytes, people, {
    signal,
    onProgress: ({ stage, done, total }) => lines.update(stage, done, total, '', 'people'),
    ...defined({ level, seed }),
  }).finally(lines.finish);
  signal.throwIfAborted();
  await writeOutput(output, found.bytes);
  sayCalibrated(found, io.say);
  io.say(`wrote    ${output === '-' ? 'the model' : inline(output)} (${fileSize(found.bytes.length)})`);
  const { population, baseRate } = found.calibration;
  if (values.json && output !== '-')
    await print(
      jsonLine({ model: output, bytes: found.bytes.length, population, baseRate, ...found.figures }),
    );
}
