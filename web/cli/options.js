// Owns reading the command line: options of each command, numbers. Must not do the work.
import { parseArgs } from 'node:util';
import { AmpcfError } from '../core/errors.js';
import { nearestName } from '../core/options.js';
import { highestSeed } from '../core/random.js';

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
  /** @param {string} message */
  constructor(message) {
    super('BAD_ARGUMENT', message);
  }
}

/**
 * What Node says of an option, and where nobody has it, the one that was probably meant.
 * @param {Error} error
 * @param {string[]} names
 */
function unknownOption({ message }, names) {
  const [, wrong] = /^Unknown option '--([^'\s=]+)/.exec(message) ?? [];
  if (wrong === undefined) return new UsageError(message);
  const meant = nearestName(wrong, [...names, 'json', 'quiet', 'help']);
  const wanted = meant === undefined ? 'an option that it has' : `--${meant}`;
  return new UsageError(`--${wrong}: this command has no such option, wanted ${wanted}`);
}

/**
 * @param {string[]} argv
 * @param {Record<string, OptionSpec>} options
 * @param {string[]} positionals names of what must be given, in order
 * @param {{ more?: boolean }} [rest] more: any number may come after them
 * @returns {{ values: Record<string, any>, given: string[] }}
 */
export function parseCommand(argv, options, positionals, { more = false } = {}) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      options: { ...options, json: { type: 'boolean' }, quiet: { type: 'boolean', short: 'q' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw unknownOption(/** @type {Error} */ (error), Object.keys(options));
  }
  const { values, positionals: given } = parsed;
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
