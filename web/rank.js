// Owns the smallest entry: all that ranking takes. Must have no top-level side effects and no dependencies.
import { coreFor, instantiateCore } from './core/module.js';
import { functionArgument } from './core/arguments.js';
import { AmpcfError } from './core/errors.js';
import { openModel } from './core/kernel.js';
import { optionValues } from './core/options.js';
import { Model } from './model/model.js';
import { pluginsArgument } from './model/plugins.js';
import { fetchModel, loadNames, readSource } from './core/source.js';

export { AmpcfError, Model };
export { Profile } from './model/profile.js';

/** The version of this library. */
export const version = AMPCF_VERSION;

/** @typedef {import('./core/module.js').Backend} Backend */
/** @typedef {import('./core/source.js').LoadProgress} LoadProgress */
/** @typedef {import('./core/source.js').ModelSource} ModelSource */
/** @typedef {import('./core/source.js').ReadOptions} ReadOptions */
/** @typedef {import('./model/candidates.js').Candidates} Candidates */
/** @typedef {import('./model/plugins.js').Plugin} Plugin */
/** @typedef {import('./model/types.js').AspectFilter} AspectFilter */
/** @typedef {import('./model/types.js').CatalogueOptions} CatalogueOptions */
/** @typedef {import('./model/types.js').Contribution} Contribution */
/** @typedef {import('./model/types.js').EventFacts} EventFacts */
/** @typedef {import('./model/types.js').ExplainedItem} ExplainedItem */
/** @typedef {import('./model/types.js').ExplainedRanking} ExplainedRanking */
/** @typedef {import('./model/types.js').Explanation} Explanation */
/** @typedef {import('./model/types.js').Filter} Filter */
/** @typedef {import('./model/types.js').FoldOptions} FoldOptions */
/** @typedef {import('./model/types.js').HistoryEvent} HistoryEvent */
/** @typedef {import('./model/types.js').ModelInfo} ModelInfo */
/** @typedef {import('./model/types.js').Persona} Persona */
/** @typedef {import('./model/types.js').PersonaAspect} PersonaAspect */
/** @typedef {import('./model/types.js').PersonaName} PersonaName */
/** @typedef {import('./model/types.js').ProfileOptions} ProfileOptions */
/** @typedef {import('./model/types.js').RankOptions} RankOptions */
/** @typedef {import('./model/types.js').RankedItem} RankedItem */
/** @typedef {import('./model/types.js').Ranking} Ranking */
/** @typedef {import('./model/types.js').Recency} Recency */
/** @typedef {import('./model/types.js').RecommendOptions} RecommendOptions */
/** @typedef {import('./model/types.js').SimilarItem} SimilarItem */
/** @typedef {import('./model/types.js').StoredEvent} StoredEvent */
/** @import { TastePlugin } from './taste.js' */
/**
 * @typedef {object} CoreOptions
 * @property {'auto' | Backend} [backend]
 * @property {WebAssembly.Module} [module]
 * @property {TastePlugin} [taste]
 * @property {readonly Plugin[]} [plugins]
 * @property {string} [cache]
 */
/** @typedef {ReadOptions & CoreOptions} LoadOptions */

/**
 * Load a model file. The bytes are copied into wasm, checked there once, and then ranked from; nothing is
 * fetched later.
 * @param {ModelSource} source URL, Request, Response, Blob, ReadableStream, ArrayBuffer or typed array; in
 *   Node
 *   also a path or a file: URL; any of them gzipped too
 * @param {LoadOptions} [options] `integrity`, `signal`, `onProgress`, `maxBytes`; `backend` 'auto' | 'simd' |
 *   'scalar'; `module`: a compiled core for runtimes that forbid compiling (import it from
 *   'ampcf/core.wasm'); `taste`: that of 'ampcf/taste', which 'ampcf' brings, to measure taste and calibrate
 *   lists; `plugins`: more that rankings may be asked for, such as `now` of 'ampcf/now'; `cache`: the name of
 *   a cache of the browser that keeps the file, which 'ampcf/cache' tells and removes
 * @returns {Promise<Model>}
 * @throws {AmpcfError} BAD_MAGIC, TRUNCATED, TRAILING_DATA, CHECKSUM, LIMIT, BAD_SECTION, BAD_NUMBER,
 *   BAD_IDS, BAD_TEXT, BAD_ASPECTS, BAD_NEIGHBOURS, UNSUPPORTED_VERSION, INTEGRITY, HTTP, IO, OUT_OF_MEMORY,
 *   NO_WASM, BAD_ARGUMENT; an abort rejects with its reason
 */
export async function loadModel(source, options = {}) {
  // The core compiles while the model downloads.
  const [backend = 'auto', module, taste, plugins = [], cache] = optionValues(options, loadNames);
  const wanted = pluginsArgument(plugins);
  if (taste) functionArgument('taste.open', taste.open ?? null);
  const through =
    cache !== undefined &&
    import('./cache/through.js').then((it) => it.readThrough(source, options, { readSource, fetchModel }));
  const reading = through ? through.then(({ bytes }) => bytes) : readSource(source, options);
  const starting = instantiateCore(backend, module);
  starting.catch(() => {}); // reported below, unless the download failed first
  const bytes = await reading;
  const { memory, whole, ...diagnostics } = await coreFor(await starting, bytes);
  const model = new Model(diagnostics, await openModel(memory, bytes, whole));
  // A file that was refused is not kept.
  if (through) await (await through).keep();
  if (taste) model.taste = await taste.open(model);
  for (const { option, open } of wanted) model.plugins.set(option, await open(model));
  return model;
}
