// Owns the `ampcf` command: which command runs, exit codes, interruption. Must not do the work of any
// command.
import { version } from '../ampcf.js';
import { run as runAppend, usage as appendUsage } from './append-command.js';
import { run as runCalibrate, usage as calibrateUsage } from './calibrate-command.js';
import { run as runDiagnose, usage as diagnoseUsage } from './diagnose-command.js';
import { run as runEvidence, usage as evidenceUsage } from './evidence-command.js';
import { run as runExport, usage as exportUsage } from './export-command.js';
import { run as runImport, usage as importUsage } from './import-command.js';
import { run as runEvaluate, usage as evaluateUsage } from './evaluate-command.js';
import { Interrupted, interruptions } from './interrupted.js';
import { inspectUsage, runInspect, runVerify, verifyUsage } from './inspect-command.js';
import { rankUsage, recommendUsage, runRank, runRecommend } from './rank-command.js';
import { run as runRetire, usage as retireUsage } from './retire-command.js';
import { run as runSimulate, usage as simulateUsage } from './simulate-command.js';
import { run as runSplit, usage as splitUsage } from './split-command.js';
import { complain, guardStreams, print } from './terminal.js';
import { run as runTrain, usage as trainUsage } from './train-command.js';
import { run as runTune, usage as tuneUsage } from './tune-command.js';

/**
 * @type {Record<string, { usage: string, run: (argv: string[], signal: AbortSignal) => Promise<unknown> }>}
 */
const commands = {
  train: { usage: trainUsage, run: runTrain },
  tune: { usage: tuneUsage, run: runTune },
  import: { usage: importUsage, run: runImport },
  export: { usage: exportUsage, run: runExport },
  append: { usage: appendUsage, run: runAppend },
  retire: { usage: retireUsage, run: runRetire },
  evidence: { usage: evidenceUsage, run: runEvidence },
  calibrate: { usage: calibrateUsage, run: runCalibrate },
  recommend: { usage: recommendUsage, run: runRecommend },
  rank: { usage: rankUsage, run: runRank },
  split: { usage: splitUsage, run: runSplit },
  evaluate: { usage: evaluateUsage, run: runEvaluate },
  diagnose: { usage: diagnoseUsage, run: runDiagnose },
  simulate: { usage: simulateUsage, run: runSimulate },
  inspect: { usage: inspectUsage, run: runInspect },
  verify: { usage: verifyUsage, run: runVerify },
};

const usage = [
  `ampcf ${version} - recommendations on the device, explained`,
  '',
  '  ampcf train RATINGS -o MODEL        ratings file -> model file',
  '  ampcf tune RATINGS --minutes ..     search the settings that rank held-out events best',
  '  ampcf import VECTORS -o MODEL       vectors of another trainer -> model file',
  '  ampcf export MODEL --to .. -o ..    its vectors in the files of other programs',
  '  ampcf append MODEL --items .. -o .. add items that nobody has used yet',
  '  ampcf retire MODEL ID.. -o ..       take items out',
  '  ampcf evidence MODEL REVIEWS -o ..  what people say of its items, to show with a list',
  '  ampcf calibrate MODEL --test ..     let it say how likely an item is liked',
  '  ampcf recommend MODEL --history ..  the best of the catalogue for a history, with reasons',
  '  ampcf rank MODEL --candidates ..    rank my own list',
  '  ampcf split RATINGS --by .. -o ..   hold events or people out, to evaluate on',
  '  ampcf evaluate MODEL --test ..      how well does it recommend, and compared with what?',
  '  ampcf diagnose MODEL --history ..   how good are its personas, and what do they tell of people?',
  '  ampcf simulate MODEL                people drawn from it take what it recommends, round by round',
  '  ampcf inspect MODEL                 what a model file holds',
  '  ampcf verify MODEL                  is it sound?',
  '',
  '  ampcf COMMAND --help says more. Data goes to standard output, progress to standard error.',
  '  Exit codes: 0 ok, 2 usage, 3 bad data, 4 bad model, 5 input/output, 6 out of memory, 130 interrupted.',
  '',
].join('\n');

const exitOk = 0;
const exitUsage = 2;
const exitData = 3;
const exitModel = 4;
const exitIo = 5;
const exitMemory = 6;
const exitInterrupted = 130;

/**
 * @param {unknown} error
 * @returns {number | undefined} undefined: a bug, to be shown with its stack
 */
function exitCode(error) {
  if (!(error instanceof Error) || !('code' in error) || error.name !== 'AmpcfError') return undefined;
  const { code, details } = /** @type {import('../core/errors.js').AmpcfError} */ (error);
  if (details.badModel) return exitModel;
  // A question is answered by an option.
  if (details.question || code === 'BAD_ARGUMENT' || code === 'DIVERGED') return exitUsage;
  if (code === 'IO' || code === 'DISK_FULL') return exitIo;
  if (code === 'OUT_OF_MEMORY') return exitMemory;
  return code === 'INSTANCE_FAILED' || code === 'NO_WASM' ? undefined : exitData;
}

/**
 * Whether an engine could not get the memory it asked for: it says so by a RangeError.
 * @param {unknown} error
 * @returns {error is RangeError}
 */
const isOutOfMemory = (error) =>
  error instanceof RangeError && /alloc|memory|array length|too large/i.test(error.message);

/**
 * The usage of a command, or of all.
 * @param {string | undefined} name
 */
const usageOf = (name) =>
  name !== undefined && Object.hasOwn(commands, name) ? commands[name].usage : usage;

/**
 * Says why a command failed.
 * @param {string} name
 * @param {unknown} error
 * @param {AbortSignal} signal
 * @returns {number} exit code; a bug is thrown again
 */
function failed(name, error, signal) {
  if (signal.aborted) {
    const left = error instanceof Interrupted ? error.message : 'nothing was changed';
    complain(`\nampcf: interrupted, ${left}\n`);
    return exitInterrupted;
  }
  if (isOutOfMemory(error)) {
    complain(`ampcf: OUT_OF_MEMORY: ${error.message}: got too little memory, wanted a machine with more\n`);
    return exitMemory;
  }
  const code = exitCode(error);
  if (code === undefined) throw error;
  const { code: word, message } = /** @type {import('../core/errors.js').AmpcfError} */ (error);
  // A message that begins with a file and a line is read by editors, so nothing may stand before it.
  const who = /^.+:\d+: /.test(message) ? '' : 'ampcf: ';
  complain(`${who}${word === 'BAD_DATA' ? '' : `${word}: `}${message}\n`);
  if (code === exitUsage) complain(`(ampcf ${name} --help)\n`);
  return code;
}

/**
 * Asks for wasm memory before anything is compiled: where there is too little address space (`ulimit -v`), V8
 * says so now, and may end the process itself in the midst of compiling.
 */
const askForMemory = () => void new WebAssembly.Memory({ initial: 1 });

/**
 * @param {string} name
 * @param {string[]} argv
 */
async function runCommand(name, argv) {
  const { signal, race } = interruptions();
  try {
    askForMemory();
    await race(commands[name].run(argv, signal));
    return exitOk;
  } catch (error) {
    return failed(name, error, signal);
  }
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
async function main([name, ...argv]) {
  if (name === undefined) {
    complain(usage);
    return exitUsage;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    await print(usageOf(argv[0]));
    return exitOk;
  }
  if (name === '--version') {
    await print(`${version}\n`);
    return exitOk;
  }
  if (!Object.hasOwn(commands, name)) {
    const wanted = `one of ${Object.keys(commands).join(', ')}`;
    complain(`ampcf: BAD_ARGUMENT: command: got ${JSON.stringify(name)}, wanted ${wanted}\n`);
    return exitUsage;
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    await print(usageOf(name));
    return exitOk;
  }
  return runCommand(name, argv);
}

guardStreams();
// Help and version may meet a full disk as well.
const code = await main(process.argv.slice(2)).catch((error) =>
  failed('', error, new AbortController().signal),
);
// What an interrupted command waits for, it would wait for still.
if (code === exitInterrupted) process.exit(code);
process.exitCode = code;
