// Owns what commands that train take: options, ratings, the validation part, settings. Must not train.
import { AMPCF_MAX_WEIGHT } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { checkOptions } from '../train/options.js';
import { choiceSettings, goneSettings, numberSettings } from '../train/settings.js';
import { trainDefaults } from '../train.js';
import { itemDetailOptions, itemDetails, itemOptions } from './item-options.js';
import {
  checkCompanions,
  defined,
  numberOption,
  optionOf,
  seedOption,
  textOptions,
  UsageError,
} from './options.js';
import { memoryLimit } from './free-memory.js';
import { checkPaths } from './paths.js';
import { count } from './print.js';
import {
  allRows,
  checkRatingOptions,
  chooseRows,
  likeRule,
  ratingOptions,
  ratingUsage,
  readRatingsFile,
  rowsWhere,
} from './read-interactions.js';
import { quoted } from './shell-word.js';
import { readItems } from '../read/read-items.js';
import { understoodOf } from '../read/understood.js';
import { sayUnderstood } from './understood-text.js';
import { inline } from '../read/inline.js';
import { splitRows } from './split.js';

/** @import { Interactions } from '../train.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Io } from './progress.js' */
/** @import { LikeRule, Ratings } from './read-interactions.js' */
/** @import { Understood } from '../read/understood.js' */
/**
 * @typedef {object} TrainingInput
 * @property {Interactions} interactions to train on
 * @property {Interactions | undefined} validation never trained on
 * @property {number | undefined} threshold the rating from which rows count, if there is one
 * @property {Understood} understood what was understood of the files
 * @property {number} skipped bad rows left out
 * @property {Awaited<ReturnType<typeof readItems>>['items'] | undefined} items
 */

const settingNames = [...numberSettings, ...choiceSettings];

/** Options of version 0.1 that are gone, so that what is wanted in their place can be said. */
const goneOptions = new Map(
  Object.entries({ ...goneSettings, residual: goneSettings.rho }).map(([name, { setting, why }]) => [
    name,
    `${setting ? `--${optionOf(setting)}` : 'nothing'}: ${why}`,
  ]),
);

/**
 * Options of every command that trains.
 * @type {Record<string, OptionSpec>}
 */
export const trainingOptions = {
  output: { type: 'string', short: 'o' },
  weights: { type: 'boolean' },
  private: { type: 'boolean' },
  refit: { type: 'boolean' },
  ...ratingOptions,
  ...itemDetailOptions,
  ...textOptions([
    'items',
    'weight-scale',
    'name',
    'validation',
    'hold-out',
    'patience',
    'minutes',
    'trials',
    'cores',
    'max-memory',
    ...settingNames.map(optionOf),
    ...goneOptions.keys(),
  ]),
};

export const inputUsage = [
  '  --items FILE            titles and aspects: CSV (id, title, genres), JSON, Parquet, MovieLens ' +
    'u.item or movies.dat',
  '    --items-id COL  --items-title COL   its columns by name or number, where the names do not say',
  '  --aspects COL,COL       which columns of --items are aspects (default: genres or the like)',
  '  --aspect-separator X    what stands between them (default: | or ; or , or a JSON list, as the file has)',
  ratingUsage,
  '  --min-rating X          keep ratings of at least X (default: 60 % of the highest where they ' +
    'look like stars, points or percent,',
  '                          else all above 0)',
  '  --weights               use the ratings as weights, for counts such as plays; default: every ' +
    'kept rating counts 1',
  `    --weight-scale linear|log1p   as they are (at most ${AMPCF_MAX_WEIGHT}), or log(1 + n) (default ` +
    'where one is higher)',
  '  --min-support N         leave out items of fewer than N people (default ' +
    `${trainDefaults.minSupport})`,
  '  --duplicates last|sum   a pair that comes again: the latest row counts (without times the highest ' +
    'rating), or ratings add up',
  '  --skip-bad N            go on when up to N rows are bad, of the ratings and of the items',
].join('\n');

export const holdOutUsage =
  '--hold-out latest|random  which events a share takes (default: the latest where there are ' +
  'times, else random)';

export const refitUsage =
  '--refit                 in the end train again on everything, with what was chosen: that model is ' +
  'written, the figures are of the one before';

export const calibrateUsage =
  '--calibrate             keep in the file how likely scores are liked, by the validation (ampcf calibrate)';

export const memoryUsage =
  '  --max-memory SIZE       refuse before any work what needs more, e.g. 1GB ' +
  '(default: 80 % of the free memory; 4 GiB is the end)';

/**
 * The settings that the command line gives; the rest are defaults.
 * @param {Record<string, any>} values
 * @returns {Record<string, any>}
 */
export function givenSettings(values) {
  for (const [name, wanted] of goneOptions)
    if (values[name] !== undefined)
      throw new UsageError(`--${name}: got ${JSON.stringify(values[name])}, wanted ${wanted}`);
  return defined({
    ...Object.fromEntries(choiceSettings.map((name) => [name, values[optionOf(name)]])),
    ...Object.fromEntries(numberSettings.map((name) => [name, numberOption(values, optionOf(name))])),
    private: values.private,
  });
}

/**
 * What --validation was given: a number is a share, anything else a file.
 * @param {string | undefined} given
 * @returns {{ share: number } | { file: string } | undefined}
 */
function validationOption(given) {
  if (given === undefined) return undefined;
  const share = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(given) ? Number(given) : undefined;
  if (share === undefined && given !== '') return { file: given };
  if (!(share !== undefined && share > 0 && share < 1))
    throw new UsageError(
      `--validation: got ${JSON.stringify(given)}, wanted a file, or a share above 0 and below 1`,
    );
  return { share };
}

/**
 * Which events of a person a share takes, as ampcf split has them.
 * @param {Ratings} ratings
 * @param {Record<string, any>} values
 * @returns {'latest' | 'random'}
 */
function holdOutRule({ time }, { 'hold-out': given }) {
  if (given === 'latest' && !time)
    throw new UsageError(
      '--hold-out latest: got a file without times, wanted a time column (--time COL says which it is)',
    );
  return given ?? (time ? 'latest' : 'random');
}

/** @param {Record<string, any>} values */
function checkHoldOut({ 'hold-out': given, validation }) {
  if (given === undefined) return;
  if (given !== 'latest' && given !== 'random')
    throw new UsageError(`--hold-out: got ${JSON.stringify(given)}, wanted latest or random`);
  const wanted = validationOption(validation);
  if (!wanted || !('share' in wanted))
    throw new UsageError(`--hold-out: got ${given}, wanted --validation with a share`);
}

/**
 * Interactions without the pairs of a file, whatever their rating there.
 * @param {Interactions} interactions
 * @param {Ratings} held
 */
function leaveOut(interactions, held) {
  const { users, items, user, item, weight } = interactions;
  const pairs = held.users.map(() => /** @type {Set<string>} */ (new Set()));
  for (let x = 0; x < held.user.length; x++) pairs[held.user[x]].add(held.items[held.item[x]]);
  const of = new Map(held.users.map((id, u) => [id, pairs[u]]));
  const keep = rowsWhere(allRows(user.length), (x) => !of.get(users[user[x]])?.has(items[item[x]]));
  return {
    left: user.length - keep.length,
    interactions: {
      users,
      items,
      user: keep.map((x) => user[x]),
      item: keep.map((x) => item[x]),
      weight: weight ? Float64Array.from(keep, (x) => weight[x]) : null,
    },
  };
}

/**
 * @typedef {object} HeldOut
 * @property {number} kept rows of the ratings that count
 * @property {Interactions} interactions
 * @property {Interactions | undefined} validation
 * @property {string} [how] which events a share has taken
 */

/**
 * What is trained on and what is held out: two parts of the ratings, or the ratings and another file.
 * @param {Ratings} ratings
 * @param {Record<string, any>} values
 * @param {LikeRule} rule
 * @param {Io} io
 * @returns {Promise<HeldOut>}
 */
async function holdOut(ratings, values, rule, io) {
  const wanted = validationOption(values.validation);
  // Weights of what is held out count in a refit alone.
  const { weigh, ...bare } = rule;
  const plain = values.refit && weigh ? { ...bare, weigh } : bare;
  const all = chooseRows(ratings, rule);
  const kept = all.user.length;
  if (!wanted) return { kept, interactions: all, validation: undefined };
  if ('share' in wanted) {
    const rows = allRows(ratings.user.length);
    const seed = seedOption(values) ?? trainDefaults.seed;
    const by = holdOutRule(ratings, values);
    const { parts } = splitRows(ratings, rows, { by, test: wanted.share, validation: 0, seed });
    return {
      how: by === 'latest' ? ": each person's latest events" : ': random events of each person',
      kept,
      interactions: chooseRows(ratings, rule, parts.get('train')),
      validation: chooseRows(ratings, plain, parts.get('test')),
    };
  }
  const held = await readRatingsFile(wanted.file, values, { ...io, label: 'validation' });
  const { left, interactions } = leaveOut(all, held);
  if (left > 0) io.say(`left out ${count(left)} that the validation file holds: they are never trained on`);
  return { kept, interactions, validation: chooseRows(held, plain) };
}

/**
 * Checks all that can be checked before the first row is read: who waits for a training must not hear at its
 * end what was wrong at its beginning.
 * @param {string} path of the ratings
 * @param {Record<string, any>} values
 */
async function checkBefore(path, values) {
  const wanted = validationOption(values.validation);
  checkHoldOut(values);
  memoryLimit(values);
  patienceOption(values);
  checkRatingOptions(values);
  checkOptions(defined({ name: values.name }));
  checkCompanions(values, [[itemDetails, ['items']]]);
  if (values.weights && values.objective === 'softmax')
    throw new UsageError(
      '--weights: got it with --objective softmax, wanted another: it counts every pair once',
    );
  if (path === '-' && values.validation === '-')
    throw new UsageError('got - for RATINGS and for --validation, wanted one of them on standard input');
  const validation = wanted && 'file' in wanted ? wanted.file : undefined;
  await checkPaths(
    { RATINGS: path, '--items': values.items, '--validation': validation },
    { '-o': values.output },
  );
}

/**
 * @param {Record<string, any>} values
 * @returns {number | undefined} measurements without a better one, after which a training stops
 */
export const patienceOption = (values) => numberOption(values, 'patience', { whole: true, low: 1 });

/**
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<TrainingInput>}
 */
export async function readTrainingInput(path, values, io) {
  await checkBefore(path, values);
  const ratings = await readRatingsFile(path, values, { ...io, needTimes: timesCount(values) });
  const rule = likeRule(ratings, values);
  const { threshold } = rule;
  const { kept, how = '', ...parts } = await holdOut(ratings, values, rule, io);
  const file = values.items ? await readItemsFile(ratings, values, io) : undefined;
  const understood = understoodOf(
    ratings,
    { likes: rule.likes, minRating: threshold, kept, merging: values.duplicates !== undefined },
    file,
  );
  sayUnderstood(understood, rule, io.say);
  const held = parts.validation?.user.length;
  const rated =
    threshold === undefined
      ? ratings.rating
        ? ' with a rating above 0'
        : ''
      : ` with a rating of ${threshold} or more`;
  if (kept === 0)
    throw new AmpcfError(
      'NO_DATA',
      `${inline(path)}: got no row${rated}, wanted at least one (--min-rating X)`,
    );
  if (held === 0) {
    const message = `${values.validation}: validation: got no event${rated}, wanted at least one`;
    throw new AmpcfError('NO_DATA', message);
  }
  if (held !== undefined) io.say(`held out ${count(held)} for validation${how}`);
  return { ...parts, threshold, understood, skipped: ratings.skipped, items: file?.items };
}

/**
 * Whether a training needs times: a share of each person's latest events does.
 * @param {Record<string, any>} values
 */
function timesCount(values) {
  const wanted = validationOption(values.validation);
  return wanted !== undefined && 'share' in wanted && values['hold-out'] !== 'random';
}

/**
 * @param {Ratings} ratings
 * @param {Record<string, any>} values
 * @param {Io} io
 */
async function readItemsFile(ratings, values, { say }) {
  const file = await readItems(values.items, { ...itemOptions(values), known: new Set(ratings.items) });
  if (file.skipped > 0) say(`skipped  ${count(file.skipped)} bad rows of the items`);
  if (file.coding.encoding === 'latin1') say('encoding Latin-1: the items file is not UTF-8');
  return file;
}

/**
 * An error of a training, with the option that helps where no item has enough people.
 * @param {unknown} error
 * @returns {never}
 */
export function failTraining(error) {
  if (error instanceof AmpcfError && /^no interactions left/.test(error.message))
    error.message += ' (--min-support 1 keeps items of one person too)';
  throw error;
}

/** Options that say nothing of the model, or that the settings found replace. */
const leftOutOfCommand = [
  'output',
  'json',
  'quiet',
  'minutes',
  'trials',
  'cores',
  'max-memory',
  'auto',
  'private',
  ...settingNames.map(optionOf),
];

/**
 * @param {string} name
 * @param {unknown} value true: the option stands alone
 */
function optionWords(name, value) {
  if (value === true) return [`--${name}`];
  // What begins with a dash would be taken for the next option.
  return String(value).startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, String(value)];
}

/**
 * Is everything that was trained on in the ratings, because what was held out is a share of them?
 * @param {Record<string, any>} values
 */
function trainsOnAll({ refit, validation }) {
  const wanted = validationOption(validation);
  return Boolean(refit && wanted && 'share' in wanted);
}

/** What a training with a validation part chooses unless it is given. */
const chosenLate = ['gate', 'leaves', 'proportional'];

/**
 * The `ampcf train` that gives a model again: what was said of the input, and every setting that is not a
 * default.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Record<string, any>} settings of the result
 * @param {Record<string, any>} defaults of its objective
 */
export function trainCommandLine(path, values, settings, defaults) {
  if (trainsOnAll(values)) {
    const { validation, 'hold-out': _, patience, refit, calibrate, ...rest } = values;
    return trainCommandLine(path, rest, settings, defaults);
  }
  const input = Object.entries(values).filter(
    ([name, value]) => !leftOutOfCommand.includes(name) && value !== undefined && value !== false,
  );
  const set = Object.entries(settings).filter(
    ([name, value]) =>
      defaults[name] !== value ||
      (values.validation !== undefined && chosenLate.includes(name)) ||
      (name === 'objective' && value !== 'als') ||
      // The data chooses them where the command does not.
      name === 'neighbours' ||
      name === 'neighbourMethod',
  );
  const words = [
    ...input.flatMap(([name, value]) => optionWords(name, value)),
    ...set.flatMap(([name, value]) => optionWords(optionOf(name), value)),
  ];
  const output = values.output && values.output !== '-' ? values.output : 'model.ampcf';
  return ['ampcf', 'train', path, ...words, '-o', output].map(quoted).join(' ');
}
