// Owns the proof that a WASI SDK is found by WASI_SDK_PATH and builds the same modules: a folder laid out
// like one, of links to this machine's tools. Must not download anything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../support.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-wasi-sdk-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 */
const run = (command, args, variables = {}) =>
  spawnSync(command, args, {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    env: { ...process.env, WASI_SDK_PATH: '', ...variables },
  });

/** @param {string} command */
const pathOf = (command) => run('sh', ['-c', `command -v ${command}`]).stdout.trim();

/**
 * What a WASI SDK has, and where it is on this machine.
 * @param {string} target the triple that names the folders: older SDKs have wasm32-wasi
 * @returns {Record<string, string>}
 */
function toolsHere(target) {
  const clang = pathOf('clang'),
    llvm = clang && run(clang, ['-print-prog-name=llvm-ar']).stdout.trim();
  return {
    'bin/clang': clang,
    'bin/wasm-ld': pathOf('wasm-ld'),
    'bin/llvm-ar': llvm,
    'bin/llvm-ranlib': llvm?.replace(/llvm-ar$/, 'llvm-ranlib'),
    [`share/wasi-sysroot/include/${target}`]: '/usr/include/wasm32-wasi',
    [`share/wasi-sysroot/lib/${target}`]: '/usr/lib/wasm32-wasi',
  };
}

/**
 * @param {string} name
 * @param {Record<string, string>} tools
 */
function makeSdk(name, tools) {
  const sdk = join(folder, name);
  for (const [path, here] of Object.entries(tools)) {
    mkdirSync(join(sdk, path, '..'), { recursive: true });
    symlinkSync(here, join(sdk, path));
  }
  return sdk;
}

/**
 * The taste module, the smallest, as the preset builds it.
 * @param {string} name of a folder
 * @param {string} sdk '' = the machine's own clang
 */
function configure(name, sdk) {
  const into = join(folder, name);
  const cmake = (/** @type {string[]} */ args) => {
    const { status, stdout, stderr } = run('cmake', args, { WASI_SDK_PATH: sdk });
    assert.equal(status, 0, `cmake ${args.join(' ')}\n${stdout}\n${stderr}`);
  };
  cmake(['--preset', 'wasm', '-B', into]);
  return {
    commands: ['flags.make', 'build.make', 'link.txt']
      .map((file) => readFileSync(join(into, 'CMakeFiles/taste.dir', file), 'utf8'))
      .join('\n'),
    build() {
      cmake(['--build', into, '--target', 'taste']);
      return readFileSync(join(into, 'taste.wasm'));
    },
  };
}

for (const target of ['wasm32-wasi', 'wasm32-wasip1'])
  test(`the preset wasm takes its tools from WASI_SDK_PATH: target ${target}`, (t) => {
    const tools = toolsHere(target),
      missing = Object.entries(tools).find(([, here]) => !here || !existsSync(here));
    if (!pathOf('cmake')) return t.skip('skipped: no cmake here');
    if (missing) return t.skip(`skipped: nothing here to stand for ${missing[0]} of a WASI SDK`);
    const sdk = makeSdk(`sdk-${target}`, tools),
      { commands, build } = configure(`by-sdk-${target}`, sdk);
    for (const part of [`${sdk}/bin/clang`, `--sysroot=${sdk}/share/wasi-sysroot`, `--target=${target} `])
      assert.ok(commands.includes(part), part);
    // A clang that is older than the newer name has no runtime library for it.
    if (target === 'wasm32-wasi') assert.deepEqual(build(), configure('by-clang', '').build());
  });
