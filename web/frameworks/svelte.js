// Owns the stores for Svelte, which runes read too. Must load nothing on a server: a store is subscribed to
// there as well.
import { derived, readable } from 'svelte/store';
import { badArgument } from '../core/arguments.js';
import { modelArgument, profileArgument } from '../model/handles.js';
import { ask, listOf, loadArguments, nobodysList, nothingYet, startLoading } from './loading.js';

/** @import { Readable } from 'svelte/store' */
/** @import { ModelSource } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { HistoryEvent, ProfileOptions, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { LoadOptions } from '../rank.js' */
/** @import { ModelState } from './loading.js' */

const isServer = () => typeof window === 'undefined';

/**
 * A model that is loaded when somebody subscribes, and disposed of when nobody is left. On a server: nothing
 * yet.
 * @param {ModelSource} source
 * @param {LoadOptions} [options] of `loadModel`
 * @returns {Readable<ModelState>}
 */
export function modelStore(source, options = {}) {
  loadArguments(options);
  return readable(nothingYet, (set) => {
    if (isServer()) return;
    const stop = startLoading(source, options, set);
    return () => {
      set(nothingYet);
      stop();
    };
  });
}

/**
 * @template T
 * @param {string} name
 * @param {Readable<T>} given
 * @param {string} wanted
 */
function storeArgument(name, given, wanted) {
  if (typeof given?.subscribe !== 'function') throw badArgument(name, given, wanted);
  return given;
}

/**
 * A profile of the model in a store, null before it is there. It is told of again after every change, so that
 * `$profile.history` follows; it is disposed of when nobody is left who subscribes.
 * @param {Readable<ModelState> | Readable<Model | null>} model
 * @param {Iterable<HistoryEvent | string | number>} [history] that it begins with
 * @param {ProfileOptions} [options]
 * @returns {Readable<Profile | null>}
 */
export function profileStore(model, history = [], options = {}) {
  /** @type {(given: any) => Model | null} */
  const modelOf = (given) => (Object(given) === given && 'progress' in given ? given.model : given);
  let last = /** @type {Model | null} */ (null);
  let profile = /** @type {Profile | null} */ (null);
  const drop = () => {
    profile?.dispose();
    profile = last = null;
  };
  /** @type {Readable<Model | null>} */
  const source = derived(
    storeArgument('model', /** @type {Readable<any>} */ (model), 'a store of it'),
    modelOf,
  );
  return readable(/** @type {Profile | null} */ (null), (set) => {
    const stop = source.subscribe((now) => {
      if (now === last) return;
      set(null);
      drop();
      last = now;
      if (!now) return;
      profile = modelArgument(now).createProfile(history, options);
      profile.subscribe(() => set(profile));
      set(profile);
    });
    return () => {
      set(null);
      stop();
      drop();
    };
  });
}

/**
 * `profile.recommend(options)`, again after every change of the profile, or of the options where they are a
 * store.
 * @param {Profile | Readable<Profile | null>} profile
 * @param {RecommendOptions | Readable<RecommendOptions>} [options]
 * @returns {Readable<Ranking>} an empty one without a profile, and on a server
 */
export function recommendationsStore(profile, options = {}) {
  const profiles = isProfile(profile)
    ? followed(profile)
    : storeArgument('profile', profile, 'one, or a store of it');
  const settings = isStore(options) ? options : readable(options);
  return derived(
    [profiles, settings],
    ([now, given]) => (now ? listOf(profileArgument(now), given) : nobodysList),
    nobodysList,
  );
}

/**
 * @param {any} given
 * @returns {given is Profile}
 */
const isProfile = (given) => typeof given?.recommend === 'function';

/**
 * @param {any} given
 * @returns {given is Readable<RecommendOptions>}
 */
const isStore = (given) => typeof given?.subscribe === 'function';

/**
 * @param {Profile} profile
 * @returns {Readable<Profile>}
 */
const followed = (profile) =>
  readable(profile, (set) =>
    ask(
      profile,
      ({ subscribe }) => subscribe(() => set(profile)),
      () => {},
    ),
  );
