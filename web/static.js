// Owns the entry without code that is loaded later: for service workers, which may not import while they run,
// and for classic scripts. Must not differ from 'ampcf' in anything else.
import { loadModel as load } from './ampcf.js';
import { compilePacked } from './core/compile.js';
import large from './core/large.js';
import { decodeBase64 } from './core/memory.js';
// Here, so that a bundler keeps them in one file with the rest, where what imports them finds them.
import { readThrough } from './cache/through.js';
import { openPath } from './core/path.js';
import './core/refusal.js';
import scalar from './core/scalar.js';
import { givenModules } from './edge/modules.js';

export * from './ampcf.js';

/** A module with one SIMD instruction, i8x16.splat. */
const simdProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);

/** @type {Record<string, Promise<WebAssembly.Module> | undefined>} */
const compiled = {};

/** @type {Set<unknown>} what else is loaded later */
const here = new Set();

/** @param {boolean} simd the build that is made for large catalogues, and gives the same lists for all */
const compile = async (simd) => (simd ? compilePacked(large) : WebAssembly.compile(decodeBase64(scalar)));

/**
 * Load a model file, as `loadModel` of 'ampcf' does, without loading more code: the builds for an engine
 * without SIMD and for large catalogues are here.
 * @type {typeof load}
 */
export async function loadModel(source, options = {}) {
  // Bundlers drop an import that nothing uses, and load the chunk later after all.
  if (!here.has(readThrough) || !here.has(openPath)) here.add(readThrough).add(openPath);
  const backend = options?.backend ?? 'auto';
  const own = backend === 'scalar' || backend === 'simd' || backend === 'auto';
  if (!own || options?.module || typeof WebAssembly !== 'object') return load(source, options);
  const simd = backend === 'simd' || (backend === 'auto' && WebAssembly.validate(simdProbe));
  const compiling = (compiled[String(simd)] ??= compile(simd));
  // A compilation that failed is not remembered, and the usual way says why.
  const module = await compiling.catch(() => (compiled[String(simd)] = undefined));
  return load(source, givenModules(module ? { module } : {}, options));
}
