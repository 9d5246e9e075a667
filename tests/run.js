// Owns `npm test`: every test that this machine can run, and one visible line for each that it cannot. Must
// fail when one fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/**
 * @param {string} command
 * @param {string[]} args
 */
const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } })
    .status ?? 1;
const has = (/** @type {string} */ command) =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const testFiles = () =>
  readdirSync(`${root}/tests`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js') && !name.includes('node_modules'))
    .sort()
    .map((name) => `tests/${name}`);

/** The compiler that `cc` is not, where it is there: the preset `release` has built with `cc`. */
function otherCompilers() {
  const cc = spawnSync('cc', ['--version'], { encoding: 'utf8' }).stdout ?? '',
    other = cc.includes('clang') ? 'gcc' : 'clang';
  if (has(other)) return [other];
  console.log(`skipped: native C tests by ${other} (it is not here)`);
  return [];
}

/** Native first: the parity test compares with its builds. */
function native() {
  if (!has('cmake') || !(has('cc') || has('gcc') || has('clang'))) {
    console.log('skipped: native C tests (no cmake or C compiler here)');
    return 0;
  }
  const presets = process.env.CI ? ['release', ...otherCompilers(), 'scalar', 'sanitize'] : ['release'];
  for (const preset of presets)
    for (const args of [
      ['cmake', '--preset', preset],
      ['cmake', '--build', '--preset', preset, '-j2'],
      ['ctest', '--preset', preset],
    ])
      if (run(args[0], args.slice(1)) !== 0) return 1;
  return 0;
}

const dataFolder = process.env.AMPCF_DATA ?? `${root}/../shared/data`;
if (!existsSync(dataFolder))
  console.log('skipped: tests on public data sets (no ../shared/data; AMPCF_DATA=FOLDER says where)');
const failed = [
  native(),
  run(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=spec', ...testFiles()]),
].some((status) => status !== 0);
process.exitCode = failed ? 1 : 0;
