// Owns `ampcf simulate`: what a model does to people over rounds, before it is shipped. Must not simulate.
import { explore } from '../confidence.js';
import { simulate, simulatePeople } from '../simulate.js';
import { writeOutput } from './files.js';
import { inline } from '../read/inline.js';
import { loadModelFile } from './model-file.js';
import { defined, numberOption, parseCommand, seedOption, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, jsonLine } from './print.js';
import { ioOf, stages } from './progress.js';
import { simulationText } from './simulate-text.js';
import { print } from './terminal.js';

/** @import { Simulation } from '../simulate.js' */
/** @import { Model } from '../model/model.js' */
/** @import { OptionSpec } from './options.js' */
/** @import { Io } from './progress.js' */

export const usage = [
  'ampcf simulate MODEL [options]',
  '',
  '  What lists of this model do over time: people are drawn from the file, which has none in it, and take ' +
    'from what is',
  '  recommended for a number of rounds. One table for the first, the middle and the last round. What the ' +
    'figures mean:',
  '  web/simulate/SIMULATE.md.',
  '',
  '  --people N          default 100',
  '  --rounds N          default 20',
  '  --by coverage|density   every region of taste in turn, mixtures too (default); or as popular as ' +
    'items are',
  '  --policies A,B,..   one, personas, proportional=0.5, calibrate=0.5, epsilon=0.1, ring=20, forget, ' +
    'session=5,',
  '                      popular (default: the first five; calibrate where the model has aspects)',
  '  -k N                length of a list (default 10)',
  '  --start N           events that profiles begin with (default 10)',
  '  --takes N           at most so many are taken of a list (default 3)',
  '  --look X            the place at rank r is looked at in r^-X of all cases (default 0.5)',
  '  --elsewhere X       how often people take something of their own in a round (default 0.1)',
  '  --rest N            for so many rounds what was passed over is not shown again (default 3)',
  '  --retrain           train a model on what was taken before each round',
  '    --dim N           its width (default: that of MODEL)',
  '  --seed N            default 1: the same seed, the same figures',
  '  -o FILE             every figure of every round and the people, as JSON',
  '  --chart FILE        a chart (SVG): figures by round, a line for each policy',
  '  --json              every figure of every round as one object on standard output',
  '',
].join('\n');

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  k: { type: 'string', short: 'k' },
  retrain: { type: 'boolean' },
  ...textOptions([
    'people',
    'rounds',
    'by',
    'policies',
    'start',
    'takes',
    'look',
    'elsewhere',
    'rest',
    'dim',
    'seed',
    'chart',
  ]),
};

/** @param {Record<string, any>} values */
function settingsOf(values) {
  const whole = (/** @type {string} */ name, /** @type {number} */ low, /** @type {number} */ high) =>
    numberOption(values, name, { whole: true, low, high });
  const dim = whole('dim', 1, 1024);
  if (dim !== undefined && !values.retrain)
    throw new UsageError(`--dim: got ${dim}, wanted --retrain with it`);
  if (values.by !== undefined && values.by !== 'coverage' && values.by !== 'density')
    throw new UsageError(`--by: got ${JSON.stringify(values.by)}, wanted coverage or density`);
  const people = defined({ people: whole('people', 1, 1e5), by: values.by, seed: seedOption(values) });
  const loop = defined({
    rounds: whole('rounds', 1, 1000),
    topK: whole('k', 1, 1000),
    start: whole('start', 0, 1000),
    takes: whole('takes', 1, 1000),
    look: numberOption(values, 'look', { low: 0, high: 10 }),
    elsewhere: numberOption(values, 'elsewhere', { low: 0, high: 1 }),
    rest: whole('rest', 0, 1000),
    seed: people.seed,
    policies: values.policies?.split(',').map((/** @type {string} */ name) => name.trim()),
    retrain: values.retrain && (dim === undefined ? true : { dim }),
  });
  return { people, loop };
}

/**
 * @param {Model} model
 * @param {ReturnType<typeof settingsOf>} settings
 * @param {Io} io
 */
async function measure(model, settings, { signal, quiet }) {
  const lines = stages(quiet);
  try {
    return await simulate(model, {
      ...settings.people,
      ...settings.loop,
      signal,
      onProgress: ({ stage, done, total }) => lines.update(stage, done, total),
    });
  } finally {
    lines.finish();
  }
}

/**
 * @param {Simulation} simulation
 * @param {string} path
 */
async function writeChart(simulation, path) {
  // Charts need a library that no other command should have to load.
  const { simulationChart } = await import('./charts.js');
  await writeOutput(path, new TextEncoder().encode(simulationChart(simulation)));
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL']);
  const [path] = given;
  const settings = settingsOf(values);
  const io = ioOf(values, signal);
  const { output, chart } = values;
  await checkPaths({ MODEL: path }, { '-o': output, '--chart': chart });
  if (output === '-' && chart === '-')
    throw new UsageError('--chart: got -, which is the file of -o, wanted another');
  const model = await loadModelFile(path, { plugins: [explore] });
  io.say(`rounds   ${settings.loop.rounds ?? 20}, people by ${settings.people.by ?? 'coverage'}`);
  const simulation = await measure(model, settings, io);
  const figures = { model: path, items: model.info.items, ...simulation };
  if (output !== undefined) {
    const { people } = simulatePeople(model, settings.people);
    const crowd = people.map((person) => ({
      ...person,
      tastes: person.tastes.map((taste) => ({ ...taste, vector: [...taste.vector] })),
    }));
    await writeOutput(output, new TextEncoder().encode(jsonLine({ ...figures, people: crowd })));
    if (output !== '-') io.say(`wrote    ${inline(output)}`);
  }
  if (chart !== undefined) {
    await writeChart(simulation, chart);
    if (chart !== '-') io.say(`wrote    ${inline(chart)}`);
  }
  const title = `${inline(path)} (${count(model.info.items)} items)`;
  if (output !== '-' && chart !== '-')
    await print(values.json ? jsonLine(figures) : simulationText(title, simulation));
}
