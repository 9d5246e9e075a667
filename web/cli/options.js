// Owns reading the command line: options of each command, numbers. Must not do the work.
import { Command, CommanderError, Option } from 'commander';
import { AmpcfError } from '../core/errors.js';
import { highestSeed } from '../core/random.js';
import { inline } from '../read/inline.js';

/** @typedef {{ type: 'string' | 'boolean', short?: string, multiple?: boolean }} OptionSpec */

/**
 * The option of a setting: learningRate is --learning-rate.
 * @param {string} setting
 */
export const optionOf = (setting) => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Options that take a text.
 * @param {readonly string[]} names
 * @returns {Record<string, OptionSpec>}
 */
export const textOptions = (names) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]));

/** @typedef {readonly (readonly [names: readonly string[], of: readonly string[]])[]} Companions */

export class UsageError extends AmpcfError {
  /**
   * @param {string} message one line, whatever of the command line stands in it
   * @param {{ meant?: string[] }} [details]
   */
  constructor(message, details = {}) {
    super('BAD_ARGUMENT', inline(message), details);
  }
}

/** Thrown where the help of the command is asked for. */
export class HelpWanted extends Error {}

/** @type {Record<string, OptionSpec>} what every command has */
const common = { json: { type: 'boolean' }, quiet: { type: 'boolean', short: 'q' } };

/** A command of commander that neither prints nor ends the process. */
export const silentCommand = (/** @type {string} */ name) =>
  new Command(name)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });

/**
 * The names that commander says could have been meant.
 * @param {string} message
 * @returns {string[]}
 */
export const meantBy = (message) =>
  /\(Did you mean (?:one of )?(.+)\?\)$/s.exec(message)?.[1].split(', ') ?? [];

/** More than so many are not said in a message. */
const mostNamed = 20;

/**
 * The options of a command as they are written.
 * @param {Record<string, OptionSpec>} options
 */
function flagsOf(options) {
  const flags = Object.entries(options).map(([name, { short }]) => (short ? `-${short}` : `--${name}`));
  return flags.length > mostNamed ? 'those of its help' : flags.join(', ');
}

/**
 * What commander says of a command line, in the words of all messages.
 * @param {CommanderError} error
 * @param {Record<string, OptionSpec>} options
 */
function usageError({ code, message }, options) {
  const [, flag] = /'(?:-\w, )?(-[^\s']*)/.exec(message) ?? [];
  if (code === 'commander.optionMissingArgument')
    return new UsageError(`${flag}: got nothing, wanted a value`);
  if (code !== 'commander.unknownOption') return new UsageError(message.replace(/^error: /, ''));
  const [name] = String(flag).split('=');
  if (options[name.slice(2)]?.type === 'boolean') return new UsageError(`${name}: got a value, wanted none`);
  const wanted = meantBy(message).join(' or ') || `one of ${flagsOf(options)}`;
  return new UsageError(`${name}: this command has no such option, wanted ${wanted}`, {
    meant: meantBy(message),
  });
}

/**
 * Refuses an option in the place of the value of another, which was forgotten.
 * @param {string[]} argv
 * @param {Record<string, any>} values
 * @param {Command} command
 */
function checkValues(argv, values, command) {
  const flags = new Set(command.options.flatMap(({ short, long }) => [short, long]));
  for (const [name, value] of Object.entries(values))
    for (const one of [value].flat())
      if (typeof one === 'string' && (flags.has(one.split('=')[0]) || one.startsWith('--')))
        if (!argv.includes(`--${name}=${one}`))
          throw new UsageError(
            `--${name}: got ${one}, which is an option, wanted a value (--${name}=${one} takes it as one)`,
          );
}

/**
 * @param {string[]} argv
 * @param {Record<string, OptionSpec>} options
 * @param {string[]} positionals names of what must be given, in order
 * @param {{ more?: boolean }} [rest] more: any number may come after them
 * @returns {{ values: Record<string, any>, given: string[] }}
 */
export function parseCommand(argv, options, positionals, { more = false } = {}) {
  const all = { ...options, ...common };
  const command = silentCommand('ampcf').argument('[arguments...]').allowExcessArguments();
  const read = Object.entries(all).map(([name, { type, short, multiple }]) => {
    const flags = `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ' <value>' : ''}`;
    const option = new Option(flags);
    if (multiple) option.argParser((value, before) => [...(Array.isArray(before) ? before : []), value]);
    command.addOption(option);
    return /** @type {const} */ ([name, option]);
  });
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw error.code === 'commander.helpDisplayed' ? new HelpWanted() : usageError(error, all);
  }
  const given = command.args;
  const values = defined(
    Object.fromEntries(read.map(([name, option]) => [name, command.getOptionValue(option.attributeName())])),
  );
  checkValues(argv, values, command);
  if (given.length < positionals.length) throw new UsageError(`${positionals[given.length]} is missing`);
  if (!more && given.length > positionals.length)
    throw new UsageError(`got one argument too many: ${JSON.stringify(given[positionals.length])}`);
  return { values, given };
}

/**
 * The entries that are not undefined.
 * @template {Record<string, any>} T
 * @param {T} values
 * @returns {{ [K in keyof T]?: Exclude<T[K], undefined> }}
 */
export const defined = (values) =>
  /** @type {T} */ (Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));

/**
 * The number that an option was given, or undefined where it was not.
 * @param {Record<string, any>} values
 * @param {string} name
 * @param {{ whole?: boolean, low?: number, high?: number }} [range]
 * @returns {number | undefined}
 */
export function numberOption(values, name, { whole = false, low = -Infinity, high = Infinity } = {}) {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  const from = low > -Infinity ? ` from ${low}` : '';
  const to = high < Infinity ? ` to ${high}` : '';
  const wanted = `a ${whole ? 'whole number' : 'number'}${from}${to}`;
  throw new UsageError(`--${name}: got ${JSON.stringify(text)}, wanted ${wanted}`);
}

/**
 * @param {Record<string, any>} values
 * @returns {number | undefined} not given
 */
export const seedOption = (values) =>
  numberOption(values, 'seed', { whole: true, low: 0, high: highestSeed });

const sizeUnits = /** @type {Record<string, number>} */ ({
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
});

/**
 * The bytes that an option was given, such as 800MB, 1.5 GiB or 1e9, or undefined where it was not.
 * @param {Record<string, any>} values
 * @param {string} name
 * @returns {number | undefined}
 */
export function sizeOption(values, name) {
  const text = values[name];
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d*)?(?:e\d+)?|\.\d+)\s*([kmg]?i?b|)$/i.exec(text) ?? [];
  const bytes = Number(number) * sizeUnits[unit?.toLowerCase()];
  if (!(bytes > 0))
    throw new UsageError(`--${name}: got ${JSON.stringify(text)}, wanted a size such as 800MB or 1.5GiB`);
  return bytes;
}

/**
 * Refuses options that say nothing without another, or one of others.
 * @param {Record<string, any>} values
 * @param {Companions} companions
 */
export function checkCompanions(values, companions) {
  for (const [names, of] of companions) {
    if (of.some((name) => values[name] !== undefined)) continue;
    const stray = names.find((name) => values[name] !== undefined);
    if (stray)
      throw new UsageError(
        `--${stray}: got ${values[stray]}, wanted ${of.map((name) => `--${name}`).join(' or ')} with it`,
      );
  }
}
