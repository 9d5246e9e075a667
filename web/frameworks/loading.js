// Owns what the helpers of all frameworks share: a model that is loaded and goes, as a state to show, and
// lists of a profile that may be gone. Must not know a framework.
import { optionsArgument } from '../core/options.js';
import { loadNames } from '../core/source.js';
import { loadModel } from '../rank.js';

/** @import { LoadProgress, ModelSource } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Ranking, RecommendOptions } from '../model/types.js' */
/** @import { LoadOptions } from '../rank.js' */
/**
 * How far a model is: one of `model` and `error` is there when it is over. Each change makes another object.
 * @typedef {{ readonly model: Model | null, readonly error: Error | null, readonly progress: LoadProgress |
 *   null }} ModelState
 */

/** Before anything has come, and on a server. */
export const nothingYet = /** @type {ModelState} */ (
  Object.freeze({ model: null, error: null, progress: null })
);

/** The list of nobody, the same object each time: before there is a profile, and on a server. */
export const nobodysList = /** @type {Ranking} */ (
  Object.freeze({ personalized: false, items: [], unknown: [], duplicates: [] })
);

/**
 * Refuses what `loadModel` would, where it is written and not only when loading begins.
 * @param {LoadOptions} options
 */
export const loadArguments = (options) => optionsArgument(options, loadNames);

/**
 * Starts to load a model and shows how far it is.
 * @param {ModelSource} source
 * @param {LoadOptions} options
 * @param {(state: ModelState) => void} show is not called after the end
 * @returns {() => void} ends it: what is on its way is aborted, and the model disposed of
 */
export function startLoading(source, options, show) {
  const abort = new AbortController();
  let isOver = false;
  let state = nothingYet;
  const change = (/** @type {Partial<ModelState>} */ part) => {
    if (!isOver) show((state = Object.freeze({ ...state, ...part })));
  };
  const load = async () => {
    const { signal, onProgress, ...rest } = loadArguments(options);
    const model = await loadModel(source, {
      ...rest,
      signal: eitherOf(signal, abort),
      onProgress(progress) {
        change({ progress });
        onProgress?.(progress);
      },
    });
    if (isOver) model.dispose();
    else change({ model });
  };
  load().catch((/** @type {Error} */ error) => change({ error }));
  return () => {
    isOver = true;
    abort.abort();
    state.model?.dispose();
  };
}

/**
 * The app's signal aborts ours.
 * @param {AbortSignal | undefined} signal
 * @param {AbortController} abort
 */
function eitherOf(signal, abort) {
  if (typeof signal?.throwIfAborted !== 'function') return signal ?? abort.signal; // refused by loadModel
  const follow = () => abort.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true, signal: abort.signal });
  return abort.signal;
}

/**
 * What a profile says, or what nobody does: a framework may ask once more for what it is about to drop.
 * @template T
 * @param {Profile} profile
 * @param {(profile: Profile) => T} read
 * @param {T} nothing
 * @returns {T}
 */
export function ask(profile, read, nothing) {
  try {
    return read(profile);
  } catch (error) {
    if (/** @type {any} */ (error)?.code === 'DISPOSED') return nothing;
    throw error;
  }
}

/**
 * @param {Profile} profile
 * @param {RecommendOptions} [options]
 */
export const listOf = (profile, options) => ask(profile, ({ recommend }) => recommend(options), nobodysList);
