// Owns `ampcf train`: ratings file -> model file. Must not know the mathematics.
import { choiceSettings, numberSettings } from '../train-settings.js';
import { gaussianDefaults, logisticDefaults, multinomialDefaults, softmaxDefaults, trainDefaults, trainModel } from '../train.js';
import { writeFileAtomic } from './files.js';
import { numberOption, parseCommand, UsageError } from './options.js';
import { count, fileSize } from './print.js';
import { progress } from './progress.js';
import { chooseRows, ratingOptions, ratingThreshold, ratingUsage, readRatingsFile } from './read-interactions.js';
import { readItems } from './read-items.js';

/** @import { OptionSpec } from './options.js' */

export const usage = `ampcf train RATINGS -o MODEL [options]

  Turn a ratings file into a model file. RATINGS is CSV (with or without a header), tab- or ::-separated, or a list file
  (user item item ...); - is standard input. MODEL is written whole or not at all; - is standard output.

  --items FILE            titles and aspects: CSV (id, title, genres split by |), MovieLens u.item or movies.dat
  --aspects COL,COL       which columns of --items are aspects (default: genres or the like)
${ratingUsage}
  --min-rating X          keep ratings of at least X (default: 60 % of the highest when ratings look like stars, else all)
  --weights               use the ratings as weights, for counts such as plays; default: every kept rating counts 1
  --min-support N         leave out items of fewer than N people (default ${trainDefaults.minSupport})
  --duplicates last|sum   a pair that comes again: the last row counts, or ratings add up
  --skip-bad N            go on when up to N rows are bad
  --personas P            most personas of a person (default ${trainDefaults.personas}; 1 = one vector)
  --dim D                 width of the item vectors (default ${trainDefaults.dim})
  --seed N                same input, options and seed give the same bytes (default ${trainDefaults.seed})
  --objective als         least squares over all pairs (default)
    --sweeps N  --joint N   alternations (default ${trainDefaults.sweeps}), the last of which items see people through their personas (${trainDefaults.joint})
  --objective softmax     the published AMP-CF: one item of the person against sampled ones, ${softmaxDefaults.personas} personas by default
    --epochs N  --batch N  --negatives N  --learning-rate X      default ${softmaxDefaults.epochs}, ${softmaxDefaults.batch}, ${softmaxDefaults.negatives}, ${softmaxDefaults.learningRate}
    --attention dot|cosine  --attention-beta X                   of the training (${softmaxDefaults.attention}, ${softmaxDefaults.attentionBeta})
    --balance X  --entropy-positive X  --entropy-negative X      cross-entropy against entropies (${softmaxDefaults.balance}, ${softmaxDefaults.entropyPositive}, ${softmaxDefaults.entropyNegative})
  --objective multinomial|gaussian|logistic   the likelihood of left-out events as the device will score them, from a start by als
    --epochs N  --learning-rate X    default ${multinomialDefaults.epochs}, ${gaussianDefaults.epochs}, ${logisticDefaults.epochs} and ${multinomialDefaults.learningRate}, ${gaussianDefaults.learningRate}, ${logisticDefaults.learningRate}
    --warmup N  --joint N            sweeps of als (${logisticDefaults.warmup}), the last of which items see people through their personas (${logisticDefaults.joint})
    --batch N  --samples N           people a step (${logisticDefaults.batch}), items drawn a person (${logisticDefaults.samples} = all items)
    --dropout X  --decay X  --zeros X   left out of a history (${multinomialDefaults.dropout}, ${gaussianDefaults.dropout}, ${logisticDefaults.dropout}), L2 towards the start
                                     (${multinomialDefaults.decay}, ${gaussianDefaults.decay}, ${logisticDefaults.decay}), weight of what a person does not have (gaussian ${gaussianDefaults.zeros}, logistic ${logisticDefaults.zeros})
  --alpha --lambda --nu --beta --eta --tau --rho --sharpness --split --bias X    see src/FORMAT.md, SETTINGS
  --user-damping X --item-damping X --popularity-damping X    als: people with many items, and popular items, count less (0 to 2)
  --vectors f32|f16|int8  how item vectors are stored (default ${trainDefaults.vectors}); int8 is a quarter of the size
  --neighbours M          let up to M items vouch for each item beside the vectors (default ${trainDefaults.neighbours})
  --neighbour-method ease|cooccurrence, --neighbour-strength X, --neighbour-lambda X, --neighbour-lambda-growth X,
  --neighbour-user-damping X, --neighbour-source-damping X, --neighbour-popularity-damping X,
  --neighbour-blend X, --neighbour-aspects X    beside which part of the vectors, and with aspects how strong; see include/ampcf_train.h
  --name TEXT             goes into the model's metadata
  --json                  a summary on standard output
`;

const text = /** @type {OptionSpec} */ ({ type: 'string' });
/** Settings as options: learningRate is --learning-rate. */
const optionOf = (/** @type {string} */ setting) => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const options = /** @type {Record<string, OptionSpec>} */ ({ output: { type: 'string', short: 'o' }, weights: { type: 'boolean' }, ...ratingOptions,
  ...Object.fromEntries(['items', 'aspects', 'name', ...[...numberSettings, ...choiceSettings].map(optionOf)].map((name) => [name, text])) });

/** @param {string[]} argv @param {AbortSignal} signal */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['RATINGS']);
  if (!values.output) throw new UsageError('-o MODEL is missing: where should the model go?');
  const chosen = { ...Object.fromEntries(choiceSettings.map((name) => [name, values[optionOf(name)]])), ...Object.fromEntries(numberSettings.map((name) => [name, numberOption(values, optionOf(name))])) };
  const quiet = Boolean(values.quiet), say = (/** @type {string} */ line) => { if (!quiet) process.stderr.write(`${line}\n`); };

  const ratings = await readRatingsFile(given[0], values, { signal, quiet, say }), weights = Boolean(values.weights);
  const threshold = ratingThreshold(ratings, { minRating: numberOption(values, 'min-rating'), weights }), interactions = chooseRows(ratings, { threshold, weights });
  if (threshold !== undefined) say(`kept     ${count(interactions.user.length)} with a rating of ${threshold} or more (--min-rating 0 keeps all)`);
  const items = values.items ? (await readItems(values.items, values.aspects ? { aspects: values.aspects.split(',') } : {})).items : undefined;

  const training = progress('training', { quiet }), pass = { als: 'sweep', softmax: 'epoch' }[String(values.objective ?? 'als')] ?? 'pass';
  const result = await trainModel(interactions, { ...chosen, items, name: values.name, signal,
    onProgress: ({ phase, done, total, sweep, sweeps, seconds }) => training.update(done, total, phase === 'neighbours' ? 'neighbours'
      : `${pass} ${Math.min(sweep + 1, sweeps)}/${sweeps}  ${count(Math.round(done / Math.max(seconds, 1e-3)))} rows/s`),
  }).finally(() => training.finish());
  signal.throwIfAborted();
  await writeFileAtomic(values.output, result.bytes);
  if (result.dropped > 0) say(`dropped  ${count(result.dropped)} interactions with items of too few people (--min-support)`);
  say(`trained  ${count(result.interactions)} interactions, ${count(result.users)} people, ${count(result.items)} items in ${result.seconds.toFixed(1)} s`);
  say(`wrote    ${values.output === '-' ? 'the model' : values.output} (${fileSize(result.bytes.length)})`);
  if (values.output === '-') return;
  if (values.json) process.stdout.write(`${JSON.stringify({ model: values.output, bytes: result.bytes.length, users: result.users, items: result.items,
    interactions: result.interactions, dropped: result.dropped, skipped: ratings.skipped, minRating: threshold ?? null, seconds: result.seconds })}\n`);
  else say(`\ntry      npx ampcf recommend ${values.output} --history ITEM,ITEM,... --explain`);
}
