// Owns `ampcf tune`: ratings and held-out events -> the settings that rank them best. Must not know how
// settings are searched.
import { trainSettings } from '../train/settings.js';
import { writeFileAtomic } from './files.js';
import { Interrupted } from './interrupted.js';
import { parseCommand } from './options.js';
import { fileSize } from './print.js';
import {
  givenSettings,
  inputUsage,
  memoryUsage,
  readTrainingInput,
  trainCommandLine,
  trainingOptions,
} from './training-input.js';
import { validationText } from './training-text.js';
import { budgetOf, budgetUsage, runSearch, searchSummary, searchText, trialTable } from './tuning.js';

export const usage = `ampcf tune RATINGS --validation FILE|SHARE --minutes M [options]

  Search the settings that rank held-out events best (NDCG@20): the defaults first, then random ones and small steps from the
  best, those that fall behind after four sweeps given up. Ends with the command that trains the best model again.

  --validation FILE|SHARE events that are never trained on: a file, or a share of each person's events such as 0.1
${budgetUsage}
  -o MODEL                write the best model so far, after each round that found a better one
  --patience N            as in ampcf train
${memoryUsage}
  --seed N                of the search, the held-out share and the training
  --objective, --neighbours, --dim and every other setting of ampcf train: what is given stays fixed

  Searched, unless given: alpha from 3 to 40 times interactions / (users x items), lambda .001 to .03, user damping 0 to 1, item damping
  0 to .8, popularity damping 0 to .2, rho 0 to .3, those of the neighbours where there are any; for other objectives than als alpha, lambda
  and the learning rate from a fifth to five times the default. Figures of what was chosen are a little too good: measure on a test file.

${inputUsage}
  --name TEXT             goes into the model's metadata
  --json                  the best settings, every trial and the command, on standard output
`;

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const {
      values,
      given: [path],
    } = parseCommand(argv, trainingOptions, ['RATINGS']),
    given = givenSettings(values),
    { output } = values;
  budgetOf(values);
  trainSettings(given);
  const quiet = Boolean(values.quiet),
    say = (/** @type {string} */ line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    };
  const input = await readTrainingInput(path, values, { signal, quiet, say });
  let written = '';
  const onBest = async (/** @type {{ bytes: Uint8Array }} */ { bytes }) => {
    if (!output) return;
    if (output !== '-') await writeFileAtomic(output, bytes);
    written = `${output} has the best model found by then`;
  };
  const search = await runSearch(input, given, values, { signal, quiet, say, onBest }).catch((error) => {
    throw signal.aborted && written && output !== '-' ? new Interrupted(written) : error;
  });
  const { best, results, figures, model } = search,
    { objective, neighbours } = best.settings;
  model.dispose();
  if (output === '-') await writeFileAtomic(output, best.bytes);
  const command = trainCommandLine(path, values, best.settings, trainSettings({ objective, neighbours }));
  say(searchText(search, values));
  if (output && output !== '-') say(`wrote    ${output} (${fileSize(best.bytes.length)})`);
  if (output === '-') return say(`train    ${command}`);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({
          model: output ?? null,
          ...searchSummary(search, values),
          validation: figures,
          settings: best.settings,
          command,
          results: results.map(({ trial, chosen, early, validation, settings, seconds }) => ({
            trial,
            chosen,
            early,
            validation,
            sweeps: settings?.sweeps ?? settings?.epochs ?? null,
            seconds,
          })),
        })}\n`
      : `${trialTable(results, '')}\n\nvalidation ${validationText(figures)}\n${command}\n`,
  );
}
