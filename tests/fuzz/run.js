// Owns running every fuzz target for a while, one after the other, and what came of it: executions, findings,
// and branches covered by the corpus. Must end with 1 when a target found something.
//
// Usage: node tests/fuzz/run.js [--seconds N] [--targets a,b] [--merge] [--coverage]. Seconds a target
// are 60, or AMPCF_FUZZ_SECONDS. What is new is kept in build/fuzz-corpus; --merge brings it into
// tests/fuzz/corpus, as far as it covers what nothing there does.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const corpusFolder = join(root, 'tests/fuzz/corpus');
/** Longer inputs are slower, and no branch needs them. */
const mostBytes = 6000;

/** @type {Record<string, string>} name of a target in C, and its corpus */
const targetsInC = { model: 'model', differential: 'model', train: 'train' };
const targetsInJs = ['profile', 'store', 'rows'];

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: process.env.AMPCF_FUZZ_SECONDS ?? '60' },
    targets: { type: 'string', default: [...Object.keys(targetsInC), ...targetsInJs].join() },
    merge: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
  },
});

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = process.env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return { ok: status === 0, text: `${stdout}${stderr}` };
}

/** @param {string} preset */
function build(preset) {
  for (const args of [
    ['--preset', preset],
    ['--build', '--preset', preset, '-j2'],
  ]) {
    const { ok, text } = run('cmake', args);
    if (!ok) throw new Error(text.slice(-2000));
  }
}

/**
 * clang with the runtime of libFuzzer builds the preset `fuzz`; else any compiler with the driver of our
 * own.
 */
function presetOfFuzz() {
  const probe = run('clang', ['-fsanitize=fuzzer,address', '-x', 'c', '-', '-o', '/dev/null']);
  return /cannot find|No such file|not supported/.test(probe.text) ? 'sanitize' : 'fuzz';
}

/**
 * @param {string} name
 * @param {string} preset
 */
function fuzzInC(name, preset) {
  const found = join(root, 'build/fuzz-corpus', targetsInC[name]);
  mkdirSync(found, { recursive: true });
  const binary = join(root, 'build', preset, `fuzz_${name}`);
  const seeds = join(corpusFolder, targetsInC[name]);
  const { ok, text } = run(
    binary,
    preset === 'fuzz'
      ? [
          `-max_total_time=${options.seconds}`,
          `-max_len=${mostBytes}`,
          '-print_final_stats=1',
          `-artifact_prefix=${root}build/crash-${name}-`,
          found,
          seeds,
        ]
      : [`-seconds=${options.seconds}`, `-seed=${Date.now() % 1e6}`, seeds],
  );
  const executions = Number(
    /number_of_executed_units: (\d+)|(\d+) executions/.exec(text)?.slice(1).find(Boolean) ?? 0,
  );
  return { ok, executions, text };
}

/** @param {string} name */
function fuzzInJs(name) {
  const seed = String(Date.now() % 1e6);
  const { ok, text } = run(process.execPath, [
    `tests/fuzz/${name}.js`,
    '-s',
    options.seconds,
    '--seed',
    seed,
  ]);
  return { ok, executions: Number(/(\d+) executions, no finding/.exec(text)?.[1] ?? 0), text };
}

/** @param {string} name of a corpus */
function merge(name) {
  const folder = join(corpusFolder, name);
  const target = Object.keys(targetsInC).find((key) => targetsInC[key] === name);
  const fresh = mkdtempSync(join(tmpdir(), 'ampcf-corpus-'));
  const from = [folder, join(root, 'build/fuzz-corpus', name)].filter((path) => existsSync(path));
  run(join(root, 'build/fuzz', `fuzz_${target}`), ['-merge=1', `-max_len=${mostBytes}`, fresh, ...from]);
  rmSync(folder, { recursive: true });
  run('cp', ['-r', fresh, folder]);
  rmSync(fresh, { recursive: true });
  console.log(`corpus of ${name}: ${readdirSync(folder).length} inputs`);
}

/** Branches by corpus and unit tests of the C core, file by file. */
function coverage() {
  build('coverage');
  const profiles = mkdtempSync(join(tmpdir(), 'ampcf-coverage-'));
  const env = { ...process.env, LLVM_PROFILE_FILE: join(profiles, '%p.profraw') };
  const { ok, text } = run('ctest', ['--preset', 'coverage'], env);
  if (!ok) throw new Error(text.slice(-2000));
  const data = join(profiles, 'all.profdata');
  const raw = readdirSync(profiles).map((name) => join(profiles, name));
  run('llvm-profdata', ['merge', '-o', data, ...raw]);
  const binaries = readdirSync(join(root, 'build/coverage'))
    .filter((name) => /^(?:test|fuzz)_/.test(name) && !name.includes('.') && name !== 'fuzz_differential')
    .flatMap((name) => ['-object', join(root, 'build/coverage', name)]);
  const report = run('llvm-cov', [
    'report',
    '-show-branch-summary',
    '-instr-profile',
    data,
    ...binaries.slice(1),
    'src/core',
    'src/base',
  ]);
  console.log(report.text);
  rmSync(profiles, { recursive: true });
}

const preset = presetOfFuzz();
if (preset !== 'fuzz')
  console.log('skipped: libFuzzer (clang or its runtime is not here); a driver of our own runs');
build(preset);
let total = 0;
for (const name of options.targets.split(',')) {
  const { ok, executions, text } = name in targetsInC ? fuzzInC(name, preset) : fuzzInJs(name);
  total += executions;
  console.log(`${name}: ${ok ? `${executions} executions, no finding` : `FOUND\n${text.slice(-3000)}`}`);
  if (!ok) process.exitCode = 1;
}
console.log(`${total} executions in all`);
if (options.merge && preset === 'fuzz') for (const name of new Set(Object.values(targetsInC))) merge(name);
if (options.coverage) coverage();
