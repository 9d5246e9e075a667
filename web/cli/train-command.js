// Owns `ampcf train`: ratings file -> model file. Must not know the mathematics.
import { loadModel } from '../ampcf.js';
import {
  cardOf,
  diagnose,
  membershipAttack,
  personaHealth,
  settingsFromData,
  targets,
  trainValidated,
  writeCard,
} from '../evaluate.js';
import { AmpcfError } from '../core/errors.js';
import { trainSettings } from '../train/settings.js';
import {
  gaussianDefaults,
  logisticDefaults,
  multinomialDefaults,
  softmaxDefaults,
  trainDefaults,
  trainingMemory,
  trainModel,
} from '../train.js';
import { checkTrained } from './check-trained.js';
import { coresOption, coresUsage, trainingCores } from './cores.js';
import { cardText } from './diagnose-text.js';
import { writeOutput } from './files.js';
import {
  graphCompanions,
  graphOptions,
  graphPaths,
  graphSummary,
  graphUsage,
  readGraphFile,
  sayGraph,
} from './graph-options.js';
import { inline } from '../read/inline.js';
import { memoryLimit } from './free-memory.js';
import { checkMemory } from './memory-limit.js';
import { checkCompanions, parseCommand, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import { quoted } from './shell-word.js';
import { print } from './terminal.js';
import {
  failTraining,
  givenSettings,
  holdOutUsage,
  inputUsage,
  memoryUsage,
  patienceOption,
  readTrainingInput,
  calibrateUsage,
  refitUsage,
  trainCommandLine,
  trainingOptions,
} from './training-input.js';
import {
  personasOf,
  personasText,
  refitSummary,
  refitText,
  trainingProgress,
  validationText,
} from './training-text.js';
import { joinInteractions } from '../train/interactions.js';
import {
  checkSummary,
  choiceLines,
  fromDataLines,
  noHistoryCounts,
  sayCheck,
  sayLoudly,
} from './validation-text.js';
import { budgetOf, budgetUsage, runSearch, searchSummary, searchText, trialTable } from './tuning.js';

/** @import { EvaluationProgress } from '../evaluate/pace.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Interactions, TrainResult } from '../train.js' */
/** @import { TrainSettings } from '../train/settings.js' */
/** @import { GateChoice, Measurement, ModelCard, ProportionalChoice } from '../evaluate.js' */
/** @import { CalibrationResult } from '../evaluate.js' */
/** @import { GraphTrained } from '../train/options.js' */
/** @import { Triples } from '../train.js' */
/** @import { ValidationCheck } from '../evaluate.js' */
/** @import { PersonaHealth } from '../evaluate/persona-health.js' */
/** @import { ValidationFigures } from '../evaluate/validation-figures.js' */
/** @import { Io } from './progress.js' */
/** @import { TrainingInput } from './training-input.js' */
/** @import { Search } from './tuning.js' */

/** What --auto holds out where --validation does not say. */
const autoShare = '0.1';

const alsUsage = [
  '  --objective als         least squares over all pairs (default)',
  `    --sweeps N            alternations (default ${trainDefaults.sweeps})`,
].join('\n');

const softmaxUsage = [
  '  --objective softmax     the published AMP-CF: one item of the person against sampled ones, ' +
    `${softmaxDefaults.personas} personas by default`,
  '    --epochs N  --batch N  --negatives N  --learning-rate X      default ' +
    `${softmaxDefaults.epochs}, ${softmaxDefaults.batch}, ${softmaxDefaults.negatives}, ` +
    `${softmaxDefaults.learningRate}`,
  '    --attention dot|cosine  --attention-beta X                   of the training ' +
    `(${softmaxDefaults.attention}, ${softmaxDefaults.attentionBeta})`,
  '    --balance X  --entropy-positive X  --entropy-negative X      cross-entropy against entropies ' +
    `(${softmaxDefaults.balance}, ${softmaxDefaults.entropyPositive}, ` +
    `${softmaxDefaults.entropyNegative})`,
].join('\n');

const likelihoodUsage = [
  '  --objective multinomial|gaussian|logistic   the likelihood of left-out events as the device ' +
    'will score them, from a start by als',
  `    --epochs N  --learning-rate X    default ${multinomialDefaults.epochs}, ` +
    `${gaussianDefaults.epochs}, ${logisticDefaults.epochs} and ${multinomialDefaults.learningRate}, ` +
    `${gaussianDefaults.learningRate}, ${logisticDefaults.learningRate}`,
  `    --warmup N                       sweeps of als (${logisticDefaults.warmup})`,
  `    --batch N  --samples N           people a step (${logisticDefaults.batch}), items drawn a ` +
    `person (${logisticDefaults.samples} = all items)`,
  `    --dropout X  --decay X  --zeros X   left out of a history (${multinomialDefaults.dropout}, ` +
    `${gaussianDefaults.dropout}, ${logisticDefaults.dropout}), L2 towards the start`,
  `                                     (${multinomialDefaults.decay}, ${gaussianDefaults.decay}, ` +
    `${logisticDefaults.decay}), weight of what a person does not have (gaussian ` +
    `${gaussianDefaults.zeros}, logistic ${logisticDefaults.zeros})`,
].join('\n');

const neighbourUsage = [
  '  --neighbours M          let up to M items vouch for each item beside the vectors (default: 0, ' +
    'or 50 where that pays)',
  '  --neighbour-method ease|local|cooccurrence, --neighbour-strength X, --neighbour-lambda X, ' +
    '--neighbour-lambda-growth X,',
  '  --neighbour-user-damping X, --neighbour-source-damping X, --neighbour-popularity-damping X,',
  '  --neighbour-blend X, --neighbour-aspects X    beside which part of the vectors, and with ' +
    'aspects how strong; see include/ampcf_train.h',
].join('\n');

export const usage = [
  'ampcf train RATINGS -o MODEL [options]',
  '',
  '  Turn a ratings file into a model file. RATINGS is CSV (with or without a header), tab- or ' +
    '::-separated, or a list file',
  '  (user item item ...); - is standard input. MODEL is written whole or not at all; - is standard output.',
  '',
  inputUsage,
  graphUsage,
  `  --personas P            most personas of a person (default ${trainDefaults.personas}; 1 = one ` +
    'vector)',
  `  --dim D                 width of the item vectors (default ${trainDefaults.dim})`,
  '  --seed N                same input, options and seed give the same bytes (default ' +
    `${trainDefaults.seed})`,
  alsUsage,
  softmaxUsage,
  likelihoodUsage,
  '  --gate X  --leaves N    how much more the part of a history counts that is near an item ' +
    `(default ${trainDefaults.gate}; 0 = one vector), and most parts (${trainDefaults.leaves})`,
  '  --proportional X        0 to 1, how much the places of recommended lists go to every taste by ' +
    `its share (default ${trainDefaults.proportional})`,
  '  --unobserved X          als: weight of all pairs that nobody has, relative to those ' +
    `that people have (${trainDefaults.unobserved})`,
  '                          Where neither it, --alpha, --lambda or --nu is given, 12, 30 or 100, and ' +
    'without --neighbours none or',
  '                          50, are chosen on a tenth of the events of up to 1,000 people, held out for ' +
    'that alone',
  '  --alpha --lambda --nu --split --bias X    see src/FORMAT.md, SETTINGS',
  '  --user-damping X --item-damping X --popularity-damping X    als: people with many items, and ' +
    'popular items, count less (0 to 2)',
  '  --support-lambda X      als: L2 of an item of n people is 1 + (X / n)^3 times as large (default 0)',
  '  --vector-step X         als: numbers are rounded to multiples of X times their root mean square ' +
    '(default 0)',
  '  --private               als: hold down what is remembered of single people, by a --support-lambda ' +
    'that follows from their number',
  '                          and --vector-step 0.5; no neighbours. Makes it hard to tell who was in the ' +
    'training, not impossible:',
  '                          --card measures it',
  `  --vectors f32|f16|int8  how item vectors are stored (default ${trainDefaults.vectors}); int8 ` +
    'is a quarter of the size',
  '  --clusters N            freeze up to N clusters of items into the file, a taste space for ' +
    `ampcf/taste (default ${trainDefaults.clusters}; 0 = none)`,
  neighbourUsage,
  "  --validation FILE|SHARE never train on these events (a file, or a share of each person's such " +
    'as 0.1, as ampcf split --by',
  '                          latest or random holds them out), measure on them each sweep from the 4th ' +
    'or each epoch, write the',
  '                          best, and choose --gate, --leaves and --proportional where they are not given',
  `    ${holdOutUsage}`,
  '    --patience N          stop after N measurements without a better NDCG@20 (default 3)',
  `  ${refitUsage}`,
  `  ${calibrateUsage}`,
  '  --auto                  search the settings first, as ampcf tune does; what is given stays ' +
    'fixed. Holds ' +
    `${autoShare} out where --validation does not say, and:`,
  budgetUsage.replaceAll(/^/gm, '  '),
  '  --card                  measure persona quality and run a membership attack (two more ' +
    'trainings), and write the model card into the model;',
  '                          ampcf inspect shows it',
  `${coresUsage}. Softmax is`,
  '                          done by one; with --auto also so many trials at a time',
  memoryUsage,
  "  --name TEXT             goes into the model's metadata",
  '  --json                  a summary on standard output',
  '',
].join('\n');

/**
 * @typedef {object} Trained
 * @property {Uint8Array<ArrayBuffer>} bytes of the model
 * @property {number} users
 * @property {number} items
 * @property {number} interactions
 * @property {number} dropped interactions with items of too little support
 * @property {TrainSettings} settings
 * @property {number} seconds
 * @property {boolean} historyCounts
 * @property {number} cores that the vectors were learnt by
 * @property {ValidationFigures} [validation]
 * @property {Measurement[]} [measurements] one for each sweep that was measured
 * @property {GateChoice | null} [gate] how it was chosen
 * @property {ProportionalChoice | null} [proportional] likewise
 * @property {ValidationCheck} [check]
 * @property {TrainResult | null} [validated] with --refit: the model that the figures are of
 * @property {Search} [search] where settings were searched
 * @property {CalibrationResult['figures'] | null} [confidence] of probabilities, with --calibrate
 * @property {GraphTrained} [graph] with --graph
 */
/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, card: ModelCard }} Carded */

/** @param {Record<string, any>} values */
function checkUsage(values) {
  if (!values.output) throw new UsageError('-o MODEL is missing: where should the model go?');
  if (values.calibrate && (values.auto || values.validation === undefined))
    throw new UsageError(
      `--calibrate: got it ${values.auto ? 'with --auto' : 'alone'}, wanted --validation with it` +
        (values.auto ? '; ampcf calibrate does it later' : ''),
    );
  checkCompanions(values, graphCompanions);
  if (values.auto) return void budgetOf(values);
  coresOption(values);
  checkCompanions(values, [
    [['minutes', 'trials'], ['auto']],
    [['patience'], ['validation']],
  ]);
  if (values.refit && values.validation === undefined)
    throw new UsageError('--refit: got it alone, wanted --validation or --auto with it');
}

/**
 * @param {TrainingInput & { graph?: Triples }} input
 * @param {Record<string, any>} given
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<Trained>}
 */
async function train({ interactions, validation, items, graph }, given, values, { signal, quiet, say }) {
  const cores = await trainingCores(interactions, given, values, say);
  const options = { ...given, items, ...(graph && { graph }), name: values.name, cores, signal };
  checkMemory(
    await trainingMemory(interactions, { ...given, ...itemsAndGraph(items, graph), cores }),
    values,
    say,
  );
  const line = trainingProgress(quiet, given.objective);
  const { update: onProgress, measured: onMeasured } = line;
  if (!validation) return trainModel(interactions, { ...options, onProgress }).finally(line.finish);
  const trained = await trainValidated(interactions, validation, {
    ...options,
    patience: patienceOption(values),
    refit: Boolean(values.refit),
    calibrate: Boolean(values.calibrate),
    onProgress,
    onMeasured,
  }).finally(line.finish);
  return {
    ...trained,
    check: await checkTrained(trained.validated ?? trained, interactions, validation, { signal, quiet }),
  };
}

/**
 * What the memory of a graph depends on.
 * @param {TrainingInput['items']} items
 * @param {Triples | undefined} graph
 */
const itemsAndGraph = (items, graph) => (graph ? { graph, ...(items && { items }) } : {});

/**
 * What the data says of settings that the command line leaves open.
 * @param {TrainingInput & { graph?: Triples }} input
 * @param {Record<string, any>} given
 * @param {Record<string, any>} values
 * @param {Io} io
 */
async function fromData({ interactions, items, graph }, given, values, { signal, quiet, say }) {
  // What is chosen comes on top of this, and may be settings of neighbours.
  const vectorsAlone = Object.fromEntries(Object.entries(given).filter(([name]) => !/^neighbour/.test(name)));
  const whole = { ...vectorsAlone, ...itemsAndGraph(items, graph) };
  checkMemory(await trainingMemory(interactions, whole), values, () => {});
  const lines = stages(quiet);
  const { bytes: most } = memoryLimit(values);
  const { settings, trials, people } = await settingsFromData(
    interactions,
    { ...given, ...(items && { items }) },
    {
      fits: (settings) =>
        trainingMemory(interactions, settings).then(
          ({ bytes }) => bytes <= most,
          () => false,
        ),
      signal,
      onProgress: ({ stage, done, total }) => lines.update(stage, done, total),
    },
  ).finally(lines.finish);
  for (const line of fromDataLines({ settings, trials, people })) say(line);
  return settings;
}

/**
 * Searches the settings and takes the best: its model was trained on everything but the validation. How far a
 * graph is trusted is learnt last, by the settings of the best.
 * @param {TrainingInput & { graph?: Triples }} input
 * @param {Record<string, any>} given
 * @param {Record<string, any>} values
 * @param {Io} io
 * @returns {Promise<Trained>}
 */
async function trainBySearch(input, given, values, io) {
  const search = await runSearch(input, given, values, io);
  io.say(searchText(search, values));
  io.say(trialTable(search.results));
  io.say('chosen   the best of them, trained on everything but the validation events');
  return { ...search.trained, measurements: undefined, seconds: search.seconds, search };
}

/**
 * How many items were left out: somebody has them, but too few people.
 * @param {Interactions} given
 * @param {number} kept
 */
function leftOutOf({ items, item }, kept) {
  const used = new Uint8Array(items.length);
  for (let x = 0; x < item.length; x++) used[item[x]] = 1;
  return used.reduce((sum, is) => sum + is, 0) - kept;
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} many
 */
const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

/**
 * What need not be advised.
 * @param {Trained} trained
 */
const triedOf = ({ settings, search }) => ({ ...settings, searched: Boolean(search) });

/**
 * What a model was trained on in the end: with --refit nothing is held out any more.
 * @param {Trained} trained
 * @param {TrainingInput} input
 * @returns {TrainingInput}
 */
const trainedOn = ({ validated }, input) =>
  validated && input.validation
    ? {
        ...input,
        interactions: joinInteractions(input.interactions, input.validation),
        validation: undefined,
      }
    : input;

/**
 * Says what was trained, and which sweep was kept where sweeps were compared.
 * @param {Trained} trained
 * @param {Interactions} given
 * @param {(line: string) => void} say
 */
function sayTrained(trained, given, say) {
  if (trained.graph) sayGraph(trained.graph, say);
  const { seconds, validation, measurements, check, validated } = trained;
  const { dropped, interactions, users, items, settings } = validated ?? trained;
  const last = measurements?.at(-1);
  const kept = settings.sweeps ?? settings.epochs;
  const word = settings.sweeps === undefined ? 'epoch' : 'sweep';
  const left = leftOutOf(given, items);
  if (left > 0)
    say(
      `left out ${counted(left, 'item', 'items')} of fewer than ${settings.minSupport} people, ` +
        `with ${counted(dropped, 'interaction', 'interactions')} (--min-support)`,
    );
  say(
    `trained  ${count(interactions)} interactions, ${count(users)} people, ${count(items)} items ` +
      `in ${seconds.toFixed(1)} s`,
  );
  if (last) {
    const stopped = last.sweep < last.sweeps ? `; stopped before ${last.sweeps}` : '';
    say(`kept     ${word} ${kept}, the best of ${last.sweep}${stopped}`);
  }
  for (const line of choiceLines(trained)) say(line);
  if (validation) say(`validation ${validationText(validation)}`);
  if (validation && check) sayCheck(validation, check, say, triedOf(trained));
  if (trained.confidence) {
    const { people, error } = trained.confidence;
    say(`probabilities by ${count(people)} people, expected error ${error}`);
  }
  if (validated) say(refitText(trained));
}

/**
 * The model with a card: the quality of its personas, and how well its people can be told from others.
 * @param {Trained} trained
 * @param {TrainingInput} input
 * @param {Io} io
 * @returns {Promise<Carded>}
 */
async function withCard(
  { bytes, settings, users, items, interactions, dropped, cores },
  { interactions: given, validation, items: facts },
  { signal, quiet },
) {
  const lines = stages(quiet);
  const model = await loadModel(bytes);
  const steps = {
    seed: Number(settings.seed),
    signal,
    onProgress: (/** @type {EvaluationProgress} */ { stage, done, total }) =>
      lines.update(stage, done, total),
  };
  try {
    const personas = await diagnose(model, {
      history: given,
      ...(validation && { test: validation }),
      seeds: 1,
      maxMinutes: Infinity, // the settings are ours
      cores,
      ...steps,
    });
    const attacked = { ...settings, ...(facts && { items: facts }), cores };
    const membership = await membershipAttack(given, attacked, steps).catch((error) => {
      if (!(error instanceof AmpcfError && error.code === 'NO_DATA')) throw error;
      sayLoudly(
        `--card: no membership attack: ${error.message}; wanted more people, or a smaller --min-support`,
      );
      return null;
    });
    const card = cardOf({
      data: {
        people: users,
        interactions,
        minSupport: settings.minSupport,
        itemsLeftOut: leftOutOf(given, items),
        interactionsLeftOut: dropped,
      },
      membership,
      personas,
    });
    return { card, bytes: await writeCard(bytes, card) };
  } finally {
    lines.finish();
    model.dispose();
  }
}

/**
 * How the personas of a model look for the people that it was trained on.
 * @param {Uint8Array} bytes
 * @param {TrainingInput} input
 * @param {{ seed: number, signal: AbortSignal }} options
 */
async function personasIn(bytes, { interactions }, options) {
  const model = await loadModel(bytes);
  try {
    return await personaHealth(model, interactions, options);
  } finally {
    model.dispose();
  }
}

/**
 * What was understood without the sample row, which names a person: a summary may be kept.
 * @param {TrainingInput['understood']} understood
 */
const withoutRow = ({ row: _, ...understood }) => understood;

/**
 * What --json gives.
 * @param {Trained} trained
 * @param {TrainingInput} input
 * @param {Record<string, any>} values
 * @param {{ bytes: Uint8Array, carded: Carded | null, health: PersonaHealth, command: string | undefined }}
 *   made the model as it was written, and what is known of it
 */
function summaryOf(trained, input, values, { bytes, carded, health, command }) {
  const { users, items, interactions, dropped, settings, seconds, validation, measurements, search } =
    trained;
  const { gate, proportional, check, historyCounts } = trained;
  return {
    model: values.output,
    bytes: bytes.length,
    users,
    items,
    interactions,
    dropped,
    skipped: input.skipped,
    minRating: input.threshold ?? null,
    understood: withoutRow(input.understood),
    seconds,
    historyCounts,
    validation: validation ?? null,
    ...(measurements && { measurements }),
    ...(validation && check && { ...checkSummary(validation, check, triedOf(trained)), gate, proportional }),
    ...(validation && { refit: refitSummary(trained) }),
    ...(trained.confidence && { confidence: trained.confidence }),
    ...(trained.graph && { graph: graphSummary(trained.graph) }),
    personas: personasOf(health),
    ...(carded && { card: carded.card }),
    settings,
    ...(search && { search: searchSummary(search, values), command }),
  };
}

/**
 * The command that trains the model again without the search that found its settings.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {TrainSettings} settings
 */
function commandAgain(path, values, settings) {
  const { objective, neighbours, neighbourMethod } = settings;
  return trainCommandLine(path, values, settings, trainSettings({ objective, neighbours, neighbourMethod }));
}

/** @type {Record<string, OptionSpec>} */
const options = {
  ...trainingOptions,
  ...graphOptions,
  auto: { type: 'boolean' },
  calibrate: { type: 'boolean' },
  card: { type: 'boolean' },
};

/**
 * @param {string} output
 * @param {Uint8Array} bytes
 * @param {{ health: any, carded: any }} found
 * @param {(text: string) => void} say
 */
function sayWritten(output, bytes, { health, carded }, say) {
  say(`personas ${personasText(health)}`);
  if (carded) say(`\n${cardText(carded.card, targets)}`);
  say(`wrote    ${output === '-' ? 'the model' : inline(output)} (${fileSize(bytes.length)})`);
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given: paths } = parseCommand(argv, options, ['RATINGS']);
  const [path] = paths;
  const given = givenSettings(values);
  trainSettings(given);
  const { output } = values;
  if (values.auto) values.validation ??= autoShare;
  checkUsage(values);
  const io = ioOf(values, signal);
  const { say } = io;
  await checkPaths(graphPaths(values, path), { '-o': output });
  const graph = await readGraphFile(values, say);
  const read = await readTrainingInput(path, values, io);
  const input = { ...read, ...(graph && { graph }) };
  const chosen = values.auto ? {} : await fromData(input, given, values, io).catch(failTraining);
  const work = values.auto ? trainBySearch : train;
  const trained = await work(input, { ...given, ...chosen }, values, io).catch(failTraining);
  const whole = trainedOn(trained, input);
  const carded = values.card ? await withCard(trained, whole, io) : null;
  const bytes = carded?.bytes ?? trained.bytes;
  const health = await personasIn(bytes, whole, { seed: Number(trained.settings.seed), signal });
  signal.throwIfAborted();
  await writeOutput(output, bytes);
  sayTrained(trained, input.interactions, say);
  if (!trained.historyCounts) sayLoudly(noHistoryCounts);
  sayWritten(output, bytes, { health, carded }, say);
  const command = trained.search && commandAgain(path, values, trained.settings);
  if (command) say(`again    ${command}`);
  if (output !== '-' && values.json)
    await print(jsonLine(summaryOf(trained, input, values, { bytes, carded, health, command })));
  else if (output !== '-')
    say(`\ntry      npx ampcf recommend ${quoted(output)} --history ITEM,ITEM,... --explain`);
}
