// Owns bundles of components for a browser, with the real compilers of the frameworks, and the blocks of
// their document as modules. Must not hold a test.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { compile, compileModule } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';
import { blocksOf, root } from '../docs/documents.js';

const path = 'web/frameworks/FRAMEWORKS.md';

/**
 * The block of the document in a language: there is one of each.
 * @param {string} language
 */
export function snippet(language) {
  const found = blocksOf(path).filter((block) => block.language === language);
  if (found.length !== 1) throw new Error(`${path}: got ${found.length} blocks of ${language}, wanted one`);
  return found[0].code;
}

/** @param {string} source @param {'client' | 'server'} generate */
export const svelteCode = (source, generate) =>
  compile(source, { generate, dev: generate === 'client', css: 'injected', filename: 'Films.svelte' }).js
    .code;

/** @param {string} source @param {boolean} [ssr] */
export function vueCode(source, ssr = false) {
  const { descriptor, errors } = parse(source, { filename: 'Films.vue' });
  if (errors.length > 0) throw errors[0];
  return compileScript(descriptor, {
    id: 'films',
    inlineTemplate: true,
    templateOptions: { ssr, ssrCssVars: [] },
  }).content;
}

/** @type {Record<string, (source: string, generate: 'client' | 'server') => string>} */
const compilers = {
  vue: (source, generate) => vueCode(source, generate === 'server'),
  svelte: svelteCode,
  jsx: (source) => source,
};

/**
 * Files of components, runes in modules, and the blocks of the document as `doc:LANGUAGE`.
 * @param {'client' | 'server'} generate
 * @returns {import('esbuild').Plugin}
 */
const components = (generate) => ({
  name: 'components',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^doc:/ }, ({ path: name }) => ({ path: name.slice(4), namespace: 'doc' }));
    onLoad({ filter: /./, namespace: 'doc' }, ({ path: language }) => ({
      contents: compilers[language](snippet(language), generate),
      loader: 'jsx',
      resolveDir: root,
    }));
    onLoad({ filter: /\.(?:vue|svelte)$/ }, ({ path: file }) => ({
      contents: compilers[file.slice(file.lastIndexOf('.') + 1)](readFileSync(file, 'utf8'), generate),
      resolveDir: dirname(file),
    }));
  },
});

/**
 * @param {{ contents?: string, file?: string, generate?: 'client' | 'server' }} input a module's text, or its
 *   path in the repository
 */
export async function bundled({ contents, file, generate = 'client' }) {
  const isClient = generate === 'client';
  const input = file ? { entryPoints: [`${root}${file}`] } : stdin(String(contents));
  const { outputFiles } = await build({
    ...input,
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    platform: isClient ? 'browser' : 'node',
    packages: isClient ? 'bundle' : 'external',
    conditions: isClient ? ['browser', 'development', 'svelte'] : ['svelte'],
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [components(generate)],
  });
  return outputFiles[0].text;
}

/** @param {string} contents */
const stdin = (contents) => ({ stdin: { contents, resolveDir: root, loader: /** @type {const} */ ('jsx') } });

/** Runes outside of a component. @param {string} source */
export const runes = (source) =>
  compileModule(source, { generate: 'client', dev: true, filename: 'runes.svelte.js' }).js.code;
