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
import { run as runServe, usage as serveUsage } from './serve-command.js';
import { run as runSimulate, usage as simulateUsage } from './simulate-command.js';
import { run as runSplit, usage as splitUsage } from './split-command.js';
import { inline } from '../read/inline.js';
import { helpText } from './help-text.js';
import { terminalWidth } from './layout.js';
import { HelpWanted, meantBy, silentCommand, UsageError } from './options.js';
import { jsonLine } from './print.js';
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
  serve: { usage: serveUsage, run: runServe },
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
  '  ampcf serve MODEL --page            try it in a page on this machine',
  '  ampcf inspect MODEL                 what a model file holds',
  '  ampcf verify MODEL                  is it sound?',
  '',
  '  ampcf COMMAND --help, or ampcf help COMMAND, says more; -v says the version. Data goes to standard',
  '  output, progress to standard error. With --json the last line there says why a command failed:',
  '  {"error": {"command", "code", "message", "exitCode"}}.',
  '  Exit codes: 0 ok, 2 usage, 3 bad data, 4 bad model, 5 input/output, 6 out of memory, 130 interrupted.',
  '',
].join('\n');

/** @typedef {{ code: string, message: string, exitCode: number, meant?: unknown }} Failure */

const exitOk = 0;
const exitBug = 1;
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
 * The help of a command, or of all.
 * @param {string | undefined} name
 */
const helpOf = (name) =>
  helpText(
    name !== undefined && Object.hasOwn(commands, name) ? commands[name].usage : usage,
    terminalWidth(),
  );

/**
 * What there is to say of a failure; undefined: it is a bug.
 * @param {unknown} error
 * @param {AbortSignal} signal
 * @returns {Failure | undefined}
 */
function failureOf(error, signal) {
  if (signal.aborted) {
    const left = error instanceof Interrupted ? error.message : 'nothing was changed';
    return { code: 'INTERRUPTED', message: `interrupted, ${left}`, exitCode: exitInterrupted };
  }
  if (isOutOfMemory(error)) {
    const message = `${error.message}: got too little memory, wanted a machine with more`;
    return { code: 'OUT_OF_MEMORY', message, exitCode: exitMemory };
  }
  const code = exitCode(error);
  if (code === undefined) return undefined;
  const { code: word, message, details } = /** @type {import('../core/errors.js').AmpcfError} */ (error);
  const meant = Object.keys(details.meant ?? {}).length > 0 ? { meant: details.meant } : {};
  // What is wrong with rows has a line for each; all else is one, whatever stands in it.
  const several = Array.isArray(details.rows);
  return { code: word, message: several ? message : inline(message), exitCode: code, ...meant };
}

/**
 * A failure for people.
 * @param {string} name
 * @param {Failure} failure
 */
function failureText(name, { code, message, exitCode: status }) {
  if (code === 'INTERRUPTED') return `\nampcf: ${message}\n`;
  // A message that begins with a file and a line is read by editors, so nothing may stand before it.
  const who = /^.+:\d+: /.test(message) ? '' : 'ampcf: ';
  const more = status === exitUsage ? `(ampcf ${name ? `${name} ` : ''}--help)\n` : '';
  return `${who}${code === 'BAD_DATA' ? '' : `${code}: `}${message}\n${more}`;
}

/**
 * Says why a command failed: with --json as JSON, the last line of standard error.
 * @param {string} name
 * @param {unknown} error
 * @param {{ signal: AbortSignal, json: boolean }} how
 * @returns {number} exit code; a bug is thrown again
 */
function failed(name, error, { signal, json }) {
  const failure = failureOf(error, signal);
  if (!json) {
    if (!failure) throw error;
    complain(failureText(name, failure));
    return failure.exitCode;
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const said = failure ?? { code: 'INTERNAL', message, exitCode: exitBug, stack };
  complain(jsonLine({ error: { command: name || null, ...said } }));
  return said.exitCode;
}

/**
 * Asks for wasm memory before anything is compiled: where there is too little address space (`ulimit -v`), V8
 * says so now, and may end the process itself in the midst of compiling.
 */
const askForMemory = () => void new WebAssembly.Memory({ initial: 1 });

/**
 * Whether a command line wants JSON, also one that cannot be read further.
 * @param {string[]} argv
 */
const wantsJson = (argv) => argv.slice(0, [...argv, '--'].indexOf('--')).includes('--json');

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
    if (!(error instanceof HelpWanted)) return failed(name, error, { signal, json: wantsJson(argv) });
  }
  await print(helpOf(name));
  return exitOk;
}

/**
 * What the command line asks for where it does not begin with a command: version, help, or an error.
 * @param {string[]} argv
 * @returns {'version' | 'help'}
 */
function asked(argv) {
  const program = silentCommand('ampcf').version(version, '-v, --version').helpCommand(false);
  program.option('--json').option('-q, --quiet');
  for (const name of [...Object.keys(commands), 'help']) program.command(name);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    const { code, message } = /** @type {import('commander').CommanderError} */ (error);
    if (code === 'commander.version') return 'version';
    if (code === 'commander.helpDisplayed') return 'help';
    const meant = meantBy(message);
    const guess = meant.length > 0 ? `; did you mean ${meant.join(' or ')}?` : '';
    const got = argv.find((word) => code !== 'commander.unknownCommand' || !word.startsWith('-'));
    const wanted = `one of ${Object.keys(commands).join(', ')}`;
    if (got !== undefined && code !== 'commander.help')
      throw new UsageError(`command: got ${JSON.stringify(got)}, wanted ${wanted}${guess}`, { meant });
  }
  throw new UsageError(`command: got none, wanted one of ${Object.keys(commands).join(', ')}`);
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} exit code
 */
async function main(argv) {
  const [name, ...rest] = argv;
  if (name === undefined) {
    complain(helpOf(undefined));
    return exitUsage;
  }
  if (Object.hasOwn(commands, name)) return runCommand(name, rest);
  const [topic] = name === 'help' ? rest.filter((word) => !word.startsWith('-')) : [];
  if (topic !== undefined && !Object.hasOwn(commands, topic)) asked([topic]);
  if (name === 'help' || asked(argv) === 'help') await print(helpOf(topic));
  else await print(`${version}\n`);
  return exitOk;
}

guardStreams();
const args = process.argv.slice(2);
// Help and version may meet a full disk as well.
const code = await main(args).catch((error) =>
  failed('', error, { signal: new AbortController().signal, json: wantsJson(args) }),
);
// What an interrupted command waits for, it would wait for still.
if (code === exitInterrupted) process.exit(code);
process.exitCode = code;
