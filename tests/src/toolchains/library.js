// Owns the library bundled with the wasm modules of one toolchain, so that all of it, the trainer and taste
// too, runs on them through its public functions. Must not write files.
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { build } from 'esbuild';
import { constants } from '../../../web/build/constants.js';
import { root } from '../../support.js';
import { wasmBytes } from '../../toolchains.js';

/** @import { Toolchain } from '../../toolchains.js' */
/** @typedef {'simd' | 'scalar'} Kernels */

const entry = `
  export { loadModel } from './web/ampcf.js';
  export * from './web/taste.js';
  export { trainModel } from './web/train.js';
`;

/**
 * Modules that stand in for others: on engines with SIMD the library would never run its scalar builds.
 * @type {Record<Kernels, Record<string, string>>}
 */
const standIns = {
  simd: {},
  scalar: { 'core-simd': 'core-scalar', 'core-large': 'core-scalar', 'train-simd': 'train-scalar' },
};

/**
 * @param {Toolchain} toolchain
 * @param {Kernels} kernels
 * @returns {import('esbuild').Plugin}
 */
const modulesOf = (toolchain, kernels) => ({
  name: 'toolchain',
  setup(bundler) {
    bundler.onLoad({ filter: /\.wasm(\.zlib)?$/ }, ({ path }) => {
      const [, name, packed] = /** @type {RegExpExecArray} */ (/([a-z-]+)\.wasm(\.zlib)?$/.exec(path));
      const bytes = wasmBytes(toolchain, standIns[kernels][name] ?? name);
      return { contents: packed ? deflateSync(bytes) : bytes, loader: 'base64' };
    });
  },
});

/**
 * @param {Toolchain} toolchain
 * @param {Kernels} kernels
 * @returns {Promise<string>} an ES module
 */
export async function libraryWith(toolchain, kernels) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(root) },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    define: constants(root),
    plugins: [modulesOf(toolchain, kernels)],
  });
  return outputFiles[0].text;
}
