// Owns reading src/modules.json and the folders it names: which C files, flags and exports each wasm module
// has. Must not compile.
import { readFileSync, readdirSync } from 'node:fs';

/**
 * @typedef {{ sources: string[], exports: string[], compile: string[], link: string[], libc: boolean,
 *   packed: boolean }} WasmModule paths are below the repository; libc: it needs a C library, with which come
 *   wrappers around every export; packed: it travels compressed
 */

/** @param {string} text of an exports.txt */
const linesOf = (text) => text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));

/**
 * @param {URL} root the repository, ending in /
 * @returns {Record<string, WasmModule>}
 */
export function wasmModules(root) {
  const { flags, modules } = JSON.parse(readFileSync(new URL('src/modules.json', root), 'utf8'));
  const sourcesOf = (/** @type {string} */ folder) =>
    readdirSync(new URL(`src/${folder}/`, root))
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => `src/${folder}/${name}`);
  return Object.fromEntries(
    Object.entries(modules).map(([name, module]) => [
      name,
      {
        sources: module.folders.flatMap(sourcesOf),
        exports: linesOf(readFileSync(new URL(`src/${module.exports}/exports.txt`, root), 'utf8')),
        compile: [...flags.every, ...flags.wasm, ...module.flags],
        link: flags.link,
        libc: module.libc ?? true,
        packed: module.packed ?? false,
      },
    ]),
  );
}
