// Owns `ampcf import`: vectors that were learnt elsewhere -> model file. Must not know formats or the
// mathematics.
import { loadModel } from '../ampcf.js';
import { fitVectors, measureValidation } from '../evaluate.js';
import { addGraph, modelFromVectors } from '../train.js';
import { checkTrained } from './check-trained.js';
import { writeOutput } from './files.js';
import { graphCompanions, graphOptions, graphPaths, graphSummary } from './graph-options.js';
import { graphUsage, readGraphFile, sayGraph } from './graph-options.js';
import { inline } from '../read/inline.js';
import { readImportInput } from './import-input.js';
import { clusterText, foldInText } from './import-text.js';
import { checkCompanions, parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import { print } from './terminal.js';
import { quoted } from './shell-word.js';
import { trainingOptions } from './training-input.js';
import { validationText } from './training-text.js';
import { checkSummary, choiceLines, sayCheck, sayLoudly } from './validation-text.js';

/** @import { FittedModel } from '../evaluate.js' */
/** @import { VectorModel } from '../train.js' */
/** @import { ValidationCheck, ValidationFigures } from '../evaluate.js' */
/** @import { ImportInput } from './import-input.js' */
/** @import { Io } from './progress.js' */
/** @import { OptionSpec } from './options.js' */

export const usage = [
  'ampcf import VECTORS -o MODEL [options]',
  '',
  '  Turn item vectors that were learnt elsewhere into a model file: by implicit, LightFM or ' +
    'Spark, a two-tower',
  '  network, from texts or images. The vectors stay as they are, to the last bit.',
  '',
  '  VECTORS is .npy, .npz, .safetensors, .parquet (a file, or a folder of parts as Spark writes ' +
    'it), CSV or JSON',
  "  Lines, or word2vec's text; or a folder with vectors.parquet (id, features) and, where they are there,",
  '  popularity.parquet (id, people), aspects.parquet (id, title, aspects), neighbours.parquet ' +
    '(id, neighbour,',
  '  value), validation.parquet (user, item, fold) and settings.json (as, reg, alpha, users).',
  '',
  '  --ids FILE              ids in the order of the vectors, where their file has none: a line ' +
    'each, or .npy',
  '    --ids-column COL|none   which column of it, by name or number, where it has several; none: a line ' +
    'is an id',
  '  --array NAME            which array of .npz or .safetensors, where several could be meant',
  '  --id-column COL|none    the column of ids of a table, by name or number; none: it has none',
  '  --vector-column COLS    the columns of numbers: one with lists, or several: f0-f7, or 3-10, or a,b,c',
  '  --items FILE            titles and aspects, as in ampcf train (--items-id, --items-title, --aspects,',
  '                          --aspect-separator)',
  '  --interactions FILE     who used what, as ampcf train reads it (--user, --item, --rating, ' +
    '--min-rating, ...).',
  '                          Popularity comes from it, and the fold-in is chosen on held-out ' +
    'events: alpha, lambda,',
  '                          dampings, bias, gate, leaves and proportional, unless they are given',
  "  --validation FILE|SHARE|none   those events (default 0.1 of each person's; none: nothing is chosen)",
  '    --hold-out latest|random',
  '  --users FILE --user-ids FILE   vectors of people, to say what the source itself reaches on ' +
    'the same events',
  '    --user-ids-column COL',
  graphUsage,
  '  --as implicit|spark     vectors of the implicit ALS of that library: the model gives the ' +
    'scores that people',
  '                          would have there. Needs --regularization X (or --reg X) and --alpha X ' +
    'as given there;',
  '    --strength X          what one event counts in the data of there (default 1)',
  '  --settings FILE         as ampcf export writes it',
  '  --personas N  --alpha --lambda --nu --split --gate --leaves --proportional --bias X',
  '  --item-damping X  --popularity-damping X  --clusters N  --seed N    as in ampcf train',
  '  --vectors f32|f16|int8  how vectors are stored (default f32)',
  "  --name TEXT             goes into the model's metadata",
  '  --json                  a summary on standard output',
  '',
].join('\n');

/** Options of a training that say nothing of vectors. */
const withoutEffect = ['private', 'minutes', 'trials', 'cores', 'refit', 'patience', 'max-memory'];

/** @type {Record<string, OptionSpec>} */
const options = {
  ...Object.fromEntries(Object.entries(trainingOptions).filter(([name]) => !withoutEffect.includes(name))),
  ...graphOptions,
  ...textOptions([
    'ids',
    'array',
    'id-column',
    'vector-column',
    'interactions',
    'users',
    'user-ids',
    'ids-column',
    'user-ids-column',
    'as',
    'regularization',
    'reg',
    'strength',
    'settings',
  ]),
};

/** @import { GraphResult } from '../train.js' */
/** @typedef {VectorModel & Partial<FittedModel>} Imported */

/** @param {Record<string, any>} values */
function checkGraph(values) {
  checkCompanions(values, graphCompanions);
  if (values.graph !== undefined && values.as !== undefined)
    throw new UsageError(
      '--graph: got it with --as, wanted one of them: vectors would not be those of there',
    );
}

/**
 * @param {ImportInput} input
 * @param {Io} io
 * @returns {Promise<Imported>}
 */
async function importModel({ options: given, validation, userVectors }, { quiet }) {
  if (!validation) return modelFromVectors(given);
  const lines = stages(quiet);
  return fitVectors(
    {
      ...given,
      ...(userVectors && { userVectors }),
      onProgress: ({ stage, done, total }) => lines.update(stage, done, total, '', 'people'),
    },
    validation,
  ).finally(lines.finish);
}

/**
 * Held-out events that a folder brings, asked of the finished model.
 * @param {ImportInput} input
 * @param {Uint8Array} bytes
 * @returns {Promise<ValidationFigures | undefined>}
 */
async function ofSample({ sample }, bytes) {
  if (!sample) return undefined;
  const model = await loadModel(bytes);
  return measureValidation(model, sample.history, sample.heldOut).finally(() => model.dispose());
}

/**
 * @param {Imported} model
 * @param {(line: string) => void} say
 */
function sayImported({ users, interactions, outside, zeros }, say) {
  if (zeros.length > 0)
    say(
      `zeros    ${count(zeros.length)} vectors are all 0, such as that of ${inline(zeros[0])}: ` +
        'no history says anything of these items',
    );
  if (outside > 0) say(`outside  ${count(outside)} interactions with items that have no vector: left out`);
  if (users > 0)
    say(`known    popularity from ${count(interactions)} interactions of ${count(users)} people`);
  else say('known    nothing of popularity: items stand as given (--interactions FILE)');
}

/**
 * @param {Imported} model
 * @param {ImportInput} input
 */
function foldInLine({ settings, trials }, { sourceOf, options: { as } }) {
  if (as) return `that of ${as.library}, with regularization ${as.regularization} and alpha ${as.alpha}`;
  if (!trials?.length) return foldInText(settings, sourceOf);
  const best = `the best of ${trials.length} on held-out events`;
  const given = /** @type {Record<string, string>} */ ({ 'by norm and width': best, 'by default': best });
  return foldInText(settings, (name) => given[sourceOf(name)] ?? sourceOf(name));
}

/**
 * @param {Imported} model
 * @param {ImportInput} input
 * @param {(line: string) => void} say
 */
function sayFoldIn(model, input, say) {
  const { validation, source, gate, proportional } = model;
  say(`fold-in  ${foldInLine(model, input)}`);
  for (const line of choiceLines({ gate: gate ?? null, proportional: proportional ?? null })) say(line);
  if (validation) say(`validation ${validationText(validation)}`);
  if (source) {
    say(`source   its own vectors of people: ${validationText(source.source)}`);
    say(`         the model, same people:    ${validationText(source.foldIn)}`);
  }
}

/**
 * @param {ImportInput} input
 * @param {ValidationFigures | undefined} sample
 * @param {(line: string) => void} say
 */
function sayCluster({ cluster }, sample, say) {
  const told = cluster?.validation;
  if (typeof told === 'object' && told !== null) say(`cluster  ${clusterText(told)}`);
  if (sample) say(`sample   ${validationText(sample)}`);
}

/**
 * @param {Imported} model
 * @param {ImportInput} input
 * @param {Io} io
 * @returns {Promise<ValidationCheck | undefined>}
 */
async function checkImported(model, { options: given, validation }, io) {
  if (!validation || !given.interactions) return undefined;
  return checkTrained(/** @type {any} */ (model), given.interactions, validation, io);
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given: paths } = parseCommand(argv, options, ['VECTORS']);
  const { output } = values;
  if (!output) throw new UsageError('-o MODEL is missing: where should the model go?');
  checkGraph(values);
  const io = ioOf(values, signal);
  await checkPaths(graphPaths(values), { '-o': output });
  const graph = await readGraphFile(values, io.say);
  const input = await readImportInput(paths[0], values, io);
  const imported = await importModel(input, io);
  const check = await checkImported(imported, input, io);
  const { items } = input.options;
  const leaning = graph && (await addGraph(imported.bytes, { graph, signal, ...(items && { items }) }));
  const model = { ...imported, ...(leaning && { bytes: leaning.bytes }) };
  const sample = await ofSample(input, model.bytes);
  signal.throwIfAborted();
  await writeOutput(output, model.bytes);
  const { say } = io;
  sayImported(model, say);
  sayFoldIn(model, input, say);
  if (leaning) sayGraph(leaning, say);
  if (model.validation && check) sayCheck(model.validation, check, say);
  sayCluster(input, sample, say);
  say(`wrote    ${output === '-' ? 'the model' : inline(output)} (${fileSize(model.bytes.length)})`);
  if (model.zeros.length > 0.1 * model.items) sayLoudly(`${count(model.zeros.length)} vectors are all 0`);
  if (output === '-') return;
  if (values.json)
    await print(
      jsonLine(summaryOf(model, input, { output, check, sample, ...(leaning && { graph: leaning }) })),
    );
  else say(`\ntry      npx ampcf recommend ${inline(quoted(output))} --history ITEM,ITEM,... --explain`);
}

/**
 * What --json gives.
 * @param {Imported} model
 * @param {ImportInput} input
 * @param {{ output: string, check: ValidationCheck | undefined, sample: ValidationFigures | undefined,
 *   graph?: GraphResult }} more
 */
function summaryOf({ bytes, zeros, ...model }, { understood, titles }, { output, check, sample, graph }) {
  const { validation } = model;
  return {
    model: output,
    bytes: bytes.length,
    ...model,
    zeros: zeros.length,
    understood,
    titles,
    validation: validation ?? null,
    ...(validation && check && checkSummary(validation, check, {})),
    ...(sample && { sample }),
    ...(graph && { graph: graphSummary(graph) }),
  };
}
