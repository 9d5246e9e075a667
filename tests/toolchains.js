// Owns what each toolchain has built here, and whether that says anything about the sources as they are. Must
// not build.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { root } from './support.js';

/**
 * Where the wasm modules of a toolchain are and how they get there.
 * @typedef {{ name: string, folder: string, command: string }} Toolchain folder: below the repository
 */

/** @type {readonly Toolchain[]} */
export const wasmToolchains = [
  { name: 'npm', folder: 'dist/wasm', command: 'npm run build' },
  { name: 'wasm', folder: 'build/wasm', command: 'cmake --preset wasm && cmake --build --preset wasm' },
  {
    name: 'emscripten',
    folder: 'build/emscripten',
    command: 'cmake --preset emscripten && cmake --build --preset emscripten',
  },
];

const { modules } = JSON.parse(readFileSync(new URL('src/modules.json', root), 'utf8'));
/** @type {readonly string[]} */
export const moduleNames = Object.keys(modules);

/** @param {string} path below the repository */
const changed = (path) => statSync(new URL(path, root)).mtimeMs;

/** When the C was last changed. What else decides a build makes CMake build again. */
function sourcesChanged() {
  const files = ['src', 'include'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  );
  return Math.max(...files.filter((path) => /\.[ch]$/.test(path)).map(changed));
}

/**
 * @param {string} path below the repository, of something built
 * @returns {boolean} whether it is older than the sources, and so says nothing about them
 */
export const isStale = (path) => changed(path) < sourcesChanged();

/**
 * @param {Toolchain} toolchain
 * @returns {string | undefined} why its modules are not tested here
 */
export function whyNot({ folder, command }) {
  const paths = moduleNames.map((name) => `${folder}/${name}.wasm`);
  if (!paths.every((path) => existsSync(new URL(path, root)))) return `skipped: no ${folder} (${command})`;
  // The npm build compares contents, not times, and runs before every test. Elsewhere a change of src/ makes
  // some modules new, not all.
  if (folder !== 'dist/wasm' && paths.every(isStale))
    return `skipped: ${folder} is older than src/ (${command})`;
  return undefined;
}

/**
 * @param {Toolchain} toolchain
 * @param {string} name of src/modules.json
 */
export const wasmBytes = ({ folder }, name) => readFileSync(new URL(`${folder}/${name}.wasm`, root));

/**
 * A program of tests/src in every native build that there is.
 * @param {string} program
 * @returns {{ build: string, path: string }[]} path: below the repository
 */
export function nativePrograms(program) {
  if (!existsSync(new URL('build', root))) return [];
  return readdirSync(new URL('build', root))
    .flatMap((build) =>
      [program, `${program}.exe`].map((file) => ({ build, path: `build/${build}/${file}` })),
    )
    .filter(({ path }) => existsSync(new URL(path, root)));
}
