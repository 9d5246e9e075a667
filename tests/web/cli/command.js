// Owns running `ampcf` as a user does: dist/cli.js in a process and a folder of its own. Must not hold a
// test.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const pathOf = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export const cli = pathOf('../../../dist/cli.js');
export const dataFolder = process.env.AMPCF_DATA ?? pathOf('../../../../shared/data');

/** A test that sends signals cannot run where there are none. */
export const skipSignals = process.platform === 'win32' ? 'skipped: no signals' : false;

/**
 * Arguments of a command; as one string they are separated by blanks.
 * @typedef {string | string[]} Args
 */
/** @typedef {[args: Args, code: number, message: RegExp]} Refusal */

/**
 * @param {Args} args
 * @returns {string[]}
 */
const wordsOf = (args) => (typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args);

/**
 * The command in a temporary folder, which goes when the tests of the file are done.
 * @param {string} name of the folder
 */
export function commandIn(name) {
  const folder = mkdtempSync(`${tmpdir()}/ampcf-${name}-`);
  after(() => rmSync(folder, { recursive: true }));

  /**
   * @param {Args} args
   * @param {{ input?: string | Buffer }} [options]
   */
  const ampcf = (args, { input } = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...wordsOf(args)], {
      cwd: folder,
      input,
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    return { status, stdout, stderr };
  };

  /**
   * What a command that must succeed prints with --json.
   * @param {Args} args
   * @returns {any}
   */
  const json = (args) => {
    const { status, stdout, stderr } = ampcf([...wordsOf(args), '--json', '-q']);
    assert.equal(status, 0, `${wordsOf(args).join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
  };

  /**
   * Each refusal has its exit code and message, and leaves standard output empty.
   * @param {string} command what stands before the arguments
   * @param {readonly Refusal[]} refusals
   */
  const refuses = (command, refusals) => {
    for (const [args, code, message] of refusals) {
      const { status, stdout, stderr } = ampcf([...wordsOf(command), ...wordsOf(args)]);
      assert.equal(status, code, `${wordsOf(args).join(' ')}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
  };

  /**
   * Interrupts a command once it has said something.
   * @param {Args} args
   * @param {string} sign
   */
  const interrupt = async (args, sign) => {
    const child = spawn(process.execPath, [cli, ...wordsOf(args)], { cwd: folder });
    let stdout = '';
    let stderr = '';
    let sent = false;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (!sent && stderr.includes(sign)) sent = child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => {
      child.on('exit', resolve);
    });
    return { status, stdout, stderr };
  };

  return { folder, ampcf, json, refuses, interrupt };
}
