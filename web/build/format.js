#!/usr/bin/env node
// Owns `npm run format`: JavaScript by Prettier, C by clang-format where it is installed. With --check
// nothing is written, and it fails where something would be. Must not judge what a formatter cannot mend.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const check = process.argv.includes('--check');
/**
 * @param {...string} patterns
 * @returns {string[]} paths below the repository
 */
const tracked = (...patterns) =>
  execFileSync('git', ['ls-files', '--', ...patterns], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit' });

const prettier = run(process.execPath, [
  'node_modules/prettier/bin/prettier.cjs',
  check ? '--check' : '--write',
  '--log-level=warn',
  ...tracked('*.js', '*.ts'),
]);
const clangFormat = run('clang-format', [
  ...(check ? ['--dry-run', '--Werror'] : ['-i']),
  ...tracked('*.c', '*.h'),
]);
if (clangFormat.error) console.log('skipped: the format of C (no clang-format here)');
if (prettier.status !== 0 || (!clangFormat.error && clangFormat.status !== 0)) process.exitCode = 1;
