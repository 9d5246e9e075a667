// Owns the shell of the documents: which commands a block may hold, and how each is run or checked. Must
// not pass over a command that it does not know.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, textOf } from './documents.js';

/** @typedef {{ args: string[], folder: string, at: string }} Command */

const { scripts } = JSON.parse(textOf('package.json'));
const presets = JSON.parse(textOf('CMakePresets.json'));

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} at
 */
function runs(program, args, cwd, at) {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${at}: ${args.join(' ')}\n${stderr}`);
}

/** A search of ten minutes is shown, and one of a second is run. */
const shortened = (/** @type {string[]} */ args) =>
  args.map((arg, i) => (args[i - 1] === '--minutes' ? '0.02' : arg));

/** @param {Command} command */
function npx({ args: [name, ...args], folder, at }) {
  assert.equal(name, 'ampcf', at);
  runs(join(root, 'dist/cli.js'), shortened(args), folder, at);
}

/**
 * A script of package.json: it is there. Tests and benches are not run from here.
 * @param {Command} command
 */
function npm({ args: [verb, name], at }) {
  if (verb === 'ci') return;
  const script = verb === 'run' ? name : verb;
  assert.ok(Object.hasOwn(scripts, script), `${at}: package.json has no script ${script}`);
}

/** @param {Command} command */
function node({ args: [path, ...args], folder, at }) {
  assert.ok(existsSync(join(root, path)), `${at}: there is no ${path}`);
  runs(join(root, path), args, folder, at);
}

/**
 * @param {'configurePresets' | 'buildPresets' | 'testPresets'} kind
 * @returns {(command: Command) => void}
 */
const preset =
  (kind) =>
  ({ args, at }) => {
    const name = args[args.indexOf('--preset') + 1];
    assert.ok(args.includes('--preset'), `${at}: wanted a preset`);
    assert.ok(
      presets[kind].some((/** @type {{ name: string }} */ known) => known.name === name),
      `${at}: CMakePresets.json has no ${name} among its ${kind}`,
    );
  };

/** @type {Record<string, (command: Command) => void>} */
const programs = {
  npx,
  npm,
  node,
  cmake: (command) => preset(command.args.includes('--build') ? 'buildPresets' : 'configurePresets')(command),
  ctest: preset('testPresets'),
};

/**
 * Run a block of shell, line by line.
 * @param {string} code
 * @param {string} folder
 * @param {string} at
 */
export function runShell(code, folder, at) {
  for (const line of code.split('\n').map((text) => text.replace(/(^|\s)#.*$/, '').trim())) {
    if (line === '') continue;
    const [program, ...args] = line.split(/\s+/);
    assert.ok(
      Object.hasOwn(programs, program),
      `${at}: ${program} is a command that this test does not know`,
    );
    programs[program]({ args, folder, at });
  }
}
