// Owns a search from the command line: budget, processors, progress, the table of the best. Must not know how
// trials are chosen.
import { availableParallelism } from 'node:os';
import { trainValidated } from '../evaluate.js';
import { privateFixed } from '../train/private.js';
import { trainSettings } from '../train/settings.js';
import { trainingMemory } from '../train.js';
import { workerPool } from '../tune/pool.js';
import { ndcgOf, searchSettings } from '../tune/search.js';
import { trainingCores } from './cores.js';
import { checkTrained } from './check-trained.js';
import { deadline } from './deadline.js';
import { memoryLimit } from './free-memory.js';
import { checkMemory } from './memory-limit.js';
import { openMethods } from './open-methods.js';
import { numberOption, UsageError } from './options.js';
import { count, table } from './print.js';
import { progress } from './progress.js';
import { patienceOption, refitUsage } from './training-input.js';
import { trainingProgress } from './training-text.js';

/** @import { Interactions, Triples } from '../train.js' */
/** @import { BestTrial, TrialResult } from '../tune/search.js' */
/** @import { Io } from './progress.js' */
/** @import { TrainingInput } from './training-input.js' */

const shownTrials = 5;
const nothingHeldOut = '--validation FILE|SHARE is missing: what are settings chosen on?';

export const budgetUsage = [
  '  --minutes M             the search ends within M minutes, its last training counted as long as the ' +
    'trial of the best took (twice as',
  '                          long with --refit): the first trial always runs to its end, and the last ' +
    'training may take longer than that.',
  '                          How many trials there are depends on the machine',
  '  --trials N              stop after N trials: same input, options and seed give the same ' +
    'choice, whatever the machine',
  `  ${refitUsage}`,
].join('\n');

/** Of a search alone; `ampcf train` says its own. */
export const trialCoresUsage =
  '  --cores N               trials at a time, and workers of the last training (default: as many as there ' +
  'are processors); no result depends on it';

/** @param {Record<string, any>} values */
export function budgetOf(values) {
  const minutes = numberOption(values, 'minutes');
  const trials = numberOption(values, 'trials', { whole: true, low: 1, high: 1e6 });
  if (minutes !== undefined && !(minutes > 0))
    throw new UsageError(`--minutes: got ${values.minutes}, wanted a number above 0`);
  if (minutes === undefined && trials === undefined)
    throw new UsageError('--minutes M or --trials N is missing: how long may the search take?');
  if (values.validation === undefined) throw new UsageError(nothingHeldOut);
  return {
    minutes,
    trials,
    cores: numberOption(values, 'cores', { whole: true, low: 1, high: 1024 }) ?? availableParallelism(),
  };
}

/**
 * The best trials as a table, the best first.
 * @param {readonly TrialResult[]} results
 * @param {string} [indent]
 */
export function trialTable(results, indent) {
  const best = results
    .filter(({ validation }) => validation)
    .sort((a, b) => ndcgOf(b) - ndcgOf(a) || a.trial - b.trial)
    .slice(0, shownTrials);
  const names = [...new Set(best.flatMap(({ chosen }) => Object.keys(chosen)))];
  return table(
    [
      ['trial', 'ndcg@20', 'recall@20', 'sweeps', 'gate', ...names],
      ...best.map(({ trial, validation, settings, chosen }) => [
        String(trial),
        ndcgOf(/** @type {TrialResult} */ ({ validation })).toFixed(4),
        (validation?.metrics['recall@20'] ?? 0).toFixed(4),
        String(settings?.sweeps ?? settings?.epochs),
        String(settings?.gate),
        ...names.map((name) => String(chosen[name] ?? settings?.[name] ?? '')),
      ]),
    ],
    indent,
  );
}

/**
 * A line of progress that moves by itself while trials run.
 * @param {{ minutes: number | undefined, trials: number | undefined }} budget
 * @param {boolean} quiet
 */
function searchProgress({ minutes, trials = Infinity }, quiet) {
  const line = progress('trials', { quiet });
  const began = performance.now();
  let done = 0;
  let best = -Infinity;
  const show = () => {
    const elapsed = (performance.now() - began) / 60000;
    const byTime = minutes === undefined ? 0 : Math.min(1, elapsed / minutes);
    const byTrials = done / trials;
    const of = trials < Infinity ? `/${count(trials)}` : '';
    const rate = (done / Math.max(elapsed, 1e-3)).toFixed(1);
    const found = done > 0 ? `, best ndcg@20 ${best.toFixed(4)}` : '';
    line.update(Math.max(byTime, byTrials), 1, `${count(done)}${of} done, ${rate}/min${found}`);
  };
  const timer = setInterval(show, 250);
  return {
    /** @param {TrialResult} result */
    done(result) {
      done++;
      best = Math.max(best, ndcgOf(result));
      show();
    },
    clear: () => line.finish(),
    finish() {
      clearInterval(timer);
      line.finish();
    },
  };
}

/**
 * How many threads to use: as many as wanted, if they fit into memory.
 * @param {number} wanted
 * @param {number} bytes of one trial
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 */
function threadsFor(wanted, bytes, values, say) {
  const fit = Math.max(1, Math.floor(memoryLimit(values).bytes / bytes));
  const threads = Math.min(wanted, fit);
  if (threads < wanted) say(`cores    ${threads} of ${wanted}: no more trials fit into memory at a time`);
  return threads;
}

/**
 * @param {number} threads
 * @param {Pick<TrainingInput, 'interactions' | 'validation' | 'items'>} input
 * @param {Record<string, any>} given
 * @param {Record<string, any>} values
 */
function poolOf(threads, { interactions, validation, items }, given, values) {
  const patience = patienceOption(values);
  return workerPool(threads, {
    interactions,
    validation: /** @type {Interactions} */ (validation),
    options: { ...given, items, name: values.name, ...(patience !== undefined && { patience }) },
  });
}

/**
 * Of one training, with the graph where there is one.
 * @param {{ interactions: Interactions, items: TrainingInput['items'], graph?: Triples }} input
 * @param {Record<string, any>} given
 */
const memoryOf = ({ interactions, items, graph }, given) =>
  trainingMemory(interactions, { ...given, ...(graph && { graph, ...(items && { items }) }) });

/**
 * @param {TrainingInput & { graph?: Triples }} input
 * @param {Record<string, any>} given settings that stay fixed
 * @param {Record<string, any>} values
 * @param {Io & { onBest?: (best: BestTrial) => Promise<void> }} io
 */
export async function runSearch(
  { interactions, validation, items, graph },
  given,
  values,
  { signal, quiet, say, onBest },
) {
  if (!validation) throw new UsageError(nothingHeldOut);
  const budget = budgetOf(values);
  const settings = trainSettings(given);
  const began = performance.now();
  const input = { interactions, validation, items, ...(graph && { graph }) };
  checkMemory(await memoryOf(input, given), values, say);
  const { methods, bytes } = await openMethods(interactions, given, values, { minutes: budget.minutes, say });
  const threads = threadsFor(budget.cores, bytes, values, say);
  const pool = poolOf(threads, input, given, values);
  const line = searchProgress(budget, quiet);
  const until = deadline(signal, budget.minutes);
  const keepFor = (/** @type {TrialResult} */ { seconds }) => until.keep((values.refit ? 2 : 1) * seconds);
  /** @type {TrialResult[]} */
  const all = [];
  const onResult = (/** @type {TrialResult} */ result) => {
    if (result.trial === 0) keepFor(result);
    line.done(result);
  };
  try {
    const { best, results } = await searchSettings({
      methods,
      fixed: [...Object.keys(given), ...(given.private ? privateFixed : [])],
      seed: Number(settings.seed),
      trials: budget.trials ?? Infinity,
      over: until.over,
      async run(jobs) {
        const done = await pool.run(jobs, { signal: until.signal, onResult });
        signal.throwIfAborted();
        all.push(...done);
        return done;
      },
      async onBest(found) {
        keepFor(found);
        await onBest?.(found);
        line.clear();
        say(`best     trial ${found.trial}\n${trialTable(all)}`);
      },
    });
    line.finish();
    await pool.close(); // its memory is for the last training
    const trained = await trainBest(best, input, given, { signal, quiet, values, say });
    return { best, results, trained, seconds: (performance.now() - began) / 1000 };
  } finally {
    line.finish();
    until.clear();
    await pool.close();
  }
}

/**
 * The best trial trained once more: gate and proportional are chosen on more people than a trial asks, and
 * the figures are of everybody.
 * @param {BestTrial} best
 * @param {Pick<TrainingInput, 'interactions' | 'validation' | 'items'> & { graph?: Triples }} input
 * @param {Record<string, any>} given
 * @param {Io & { values: Record<string, any> }} io
 */
async function trainBest(
  { chosen, settings },
  { interactions, validation, items, graph },
  given,
  { signal, quiet, values, say },
) {
  const kept =
    settings.sweeps === undefined ? { epochs: Number(settings.epochs) } : { sweeps: Number(settings.sweeps) };
  const lines = trainingProgress(quiet, given.objective);
  const held = /** @type {Interactions} */ (validation);
  const trained = await trainValidated(interactions, held, {
    ...given,
    ...chosen,
    ...kept,
    items,
    ...(graph && { graph }),
    name: values.name,
    cores: await trainingCores(interactions, { ...given, ...chosen }, values, say),
    signal,
    watch: false,
    refit: Boolean(values.refit),
    onProgress: lines.update,
  }).finally(lines.finish);
  return {
    ...trained,
    check: await checkTrained(trained.validated ?? trained, interactions, held, { signal, quiet }),
  };
}

/** @typedef {Awaited<ReturnType<typeof runSearch>>} Search */

/**
 * What a summary tells of a search.
 * @param {Search} search
 * @param {Record<string, any>} values
 */
export const searchSummary = ({ results, best, seconds }, { minutes, trials }) => ({
  trials: results.length,
  abandoned: results.filter(({ validation }) => !validation).length,
  best: best.trial,
  seconds,
  budget: {
    minutes: minutes === undefined ? null : Number(minutes),
    trials: trials === undefined ? null : Number(trials),
  },
});

/**
 * @param {Search} search
 * @param {Record<string, any>} values
 */
export function searchText({ results, seconds }, { minutes }) {
  const tried = `${count(results.length)} settings in ${seconds.toFixed(1)} s`;
  const abandoned = results.filter(({ validation }) => !validation).length;
  const note = ' (how many there is time for depends on the machine: --trials N repeats)';
  return `tried    ${tried}, ${count(abandoned)} given up early${minutes === undefined ? '' : note}`;
}
