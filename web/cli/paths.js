// Owns what can be said of paths before any work: inputs are there, the output can be written and is none of
// them. Must not read or change a file.
import { constants, fstatSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkReplaceable } from '../node/atomic-files.js';
import { ioError } from '../node/io-error.js';
import { displayName } from '../read/bytes.js';
import { UsageError } from './options.js';

/** @typedef {Record<string, string | undefined>} NamedPaths paths by what the command line calls them */

/** @param {string | undefined} path `-` of an input: standard input may be a file as well */
async function identity(path) {
  try {
    if (path === '-') return fstatSync(0, { bigint: true });
    return path === undefined ? undefined : await stat(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/**
 * Refuses inputs that cannot be read.
 * @param {NamedPaths} inputs
 */
async function checkInputs(inputs) {
  for (const path of Object.values(inputs)) {
    if (path === undefined || path === '-') continue;
    try {
      await access(path, constants.R_OK);
    } catch (cause) {
      throw ioError('read', path, cause, displayName(path));
    }
  }
}

/**
 * Refuses an output that is an input by another name as well: links of both kinds are followed.
 * @param {string} option
 * @param {string} output
 * @param {NamedPaths} inputs
 */
async function checkOther(option, output, inputs) {
  const there = await identity(output);
  if (!there?.isFile()) return;
  for (const [name, path] of Object.entries(inputs)) {
    const input = await identity(path);
    if (input && input.ino === there.ino && input.dev === there.dev)
      throw new UsageError(
        `${option}: got ${displayName(output)}, which is the file of ${name}, ` +
          'wanted another: it would be overwritten',
      );
  }
}

/**
 * Refuses an output that is to be another output too, also where there is no file yet.
 * @param {string} option
 * @param {string} output
 * @param {NamedPaths} before
 */
function checkApart(option, output, before) {
  for (const [name, path] of Object.entries(before))
    if (resolve(String(path)) === resolve(output))
      throw new UsageError(
        `${option}: got ${displayName(output)}, which is the file of ${name}, wanted another`,
      );
}

/**
 * Checks the files that a command names, before it reads the first of them.
 * @param {NamedPaths} inputs
 * @param {NamedPaths} [outputs]
 */
export async function checkPaths(inputs, outputs = {}) {
  await checkInputs(inputs);
  /** @type {NamedPaths} */
  const before = {};
  for (const [option, output] of Object.entries(outputs)) {
    if (output === undefined || output === '-') continue;
    checkApart(option, output, before);
    await checkOther(option, output, { ...inputs, ...before });
    await checkReplaceable(output);
    before[option] = output;
  }
}
