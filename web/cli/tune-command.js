// Owns `ampcf tune`: ratings and held-out events -> the settings that rank them best. Must not know how
// settings are searched.
import { trainSettings } from '../train/settings.js';
import { writeOutput } from './files.js';
import { inline } from '../read/inline.js';
import { Interrupted } from './interrupted.js';
import { parseCommand } from './options.js';
import { fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { print } from './terminal.js';
import {
  failTraining,
  givenSettings,
  holdOutUsage,
  inputUsage,
  memoryUsage,
  readTrainingInput,
  trainCommandLine,
  trainingOptions,
} from './training-input.js';
import { refitSummary, refitText, validationText } from './training-text.js';
import { checkSummary, choiceLines, noHistoryCounts, sayCheck, sayLoudly } from './validation-text.js';
import {
  budgetOf,
  budgetUsage,
  runSearch,
  searchSummary,
  searchText,
  trialCoresUsage,
  trialTable,
} from './tuning.js';

/** @import { TrialResult } from '../tune/search.js' */
/** @import { Search } from './tuning.js' */

export const usage = [
  'ampcf tune RATINGS --validation FILE|SHARE --minutes M [options]',
  '',
  '  Search the settings that rank held-out events best (NDCG@20): the defaults with each method of ' +
    'neighbours first, then random ones and small',
  '  steps from the best, those that fall behind after four sweeps given up. In the end the best is ' +
    'trained once more, with gate, leaves and',
  '  proportional chosen on more people, and the command that trains it again is the last line.',
  '',
  "  --validation FILE|SHARE events that are never trained on: a file, or a share of each person's " +
    'events such as 0.1',
  `    ${holdOutUsage}`,
  budgetUsage,
  trialCoresUsage,
  '  -o MODEL                write the best model so far, after each round that found a better one',
  '  --patience N            as in ampcf train',
  memoryUsage,
  '  --seed N                of the search, the held-out share and the training',
  '  --objective, --neighbours, --dim and every other setting of ampcf train: what is given stays fixed',
  '',
  '  Searched, unless given: alpha from 3 to 40 times interactions / (users x items), lambda .001 ' +
    'to .03, user damping 0 to 1, item damping',
  '  0 to .8, popularity damping 0 to .2, the method of neighbours where it fits, and its settings; ' +
    'for other objectives than als alpha, lambda',
  '  and the learning rate from a fifth to five times the default. Figures of what was chosen are a ' +
    'little too good: measure on a test file.',
  '',
  inputUsage,
  "  --name TEXT             goes into the model's metadata",
  '  --json                  the best settings, every trial and the command, on standard output',
  '',
].join('\n');

/**
 * What --json tells of a trial.
 * @param {TrialResult} result
 */
const trialSummary = ({ trial, chosen, early, validation, gate, settings, seconds }) => ({
  trial,
  chosen,
  early,
  validation,
  gate: gate && { gate: gate.gate, leaves: gate.leaves, gain: gate.gain, standardError: gate.standardError },
  sweeps: settings?.sweeps ?? settings?.epochs ?? null,
  seconds,
});

/**
 * What --json tells of the best and of every trial.
 * @param {Search} search
 */
const summaryOf = ({ trained, results }) => {
  const { validation, check, gate, proportional, settings } = trained;
  return {
    validation,
    ...checkSummary(validation, check, { ...settings, searched: true }),
    refit: refitSummary(trained),
    gate,
    proportional,
    settings,
    results: results.map(trialSummary),
  };
};

/**
 * The command that trains the model again without the search that found its settings.
 * @param {string} path
 * @param {Record<string, any>} values
 * @param {Record<string, any>} settings
 */
function commandAgain(path, values, settings) {
  const { objective, neighbours, neighbourMethod } = settings;
  return trainCommandLine(path, values, settings, trainSettings({ objective, neighbours, neighbourMethod }));
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given: paths } = parseCommand(argv, trainingOptions, ['RATINGS']);
  const [path] = paths;
  const given = givenSettings(values);
  const { output } = values;
  budgetOf(values);
  trainSettings(given);
  const io = ioOf(values, signal);
  const input = await readTrainingInput(path, values, io);
  let written = '';
  const onBest = async (/** @type {{ bytes: Uint8Array }} */ { bytes }) => {
    if (!output) return;
    if (output !== '-') await writeOutput(output, bytes);
    written = `${output} has the best model found by then`;
  };
  const search = await runSearch(input, given, values, { ...io, onBest }).catch((error) => {
    if (!signal.aborted) failTraining(error);
    throw signal.aborted && written && output !== '-' ? new Interrupted(written) : error;
  });
  const { trained, results } = search;
  const { bytes, settings, validation, check } = trained;
  if (output) await writeOutput(output, bytes);
  const command = commandAgain(path, values, settings);
  io.say(searchText(search, values));
  for (const line of choiceLines(trained)) io.say(line);
  sayCheck(validation, check, io.say, { ...settings, searched: true });
  if (trained.validated) io.say(refitText(trained));
  if (!trained.historyCounts) sayLoudly(noHistoryCounts);
  if (output && output !== '-') io.say(`wrote    ${inline(output)} (${fileSize(bytes.length)})`);
  if (output === '-') return io.say(`train    ${command}`);
  await print(
    values.json
      ? jsonLine({ model: output ?? null, ...searchSummary(search, values), ...summaryOf(search), command })
      : `${trialTable(results, '')}\n\nvalidation ${validationText(validation)}\n${command}\n`,
  );
}
