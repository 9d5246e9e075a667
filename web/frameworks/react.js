// Owns the hooks of React. Must load nothing on a server, where effects do not run, and must give the same
// object as long as nothing changed.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { functionArgument, listArgument } from '../core/arguments.js';
import { modelArgument, profileArgument } from '../model/handles.js';
import { ask, listOf, loadArguments, nobodysList, nothingYet, startLoading } from './loading.js';

/** @import { ModelSource } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { HistoryEvent, ProfileOptions, StoredEvent } from '../model/types.js' */
/** @import { Ranking, RecommendOptions } from '../model/types.js' */
/** @import { LoadOptions } from '../rank.js' */
/** @import { ModelState } from './loading.js' */

/**
 * A model for as long as the component is there: it is loaded after the first render, again when `source` is
 * another one, and disposed of at the end. On a server: nothing yet.
 * @param {ModelSource | null | undefined} source nothing is loaded while it is null
 * @param {LoadOptions} [options] of `loadModel`, as they are when loading begins
 * @returns {ModelState}
 */
export function useModel(source, options = {}) {
  loadArguments(options);
  const [held, hold] = useState({ source, state: nothingYet });
  useEffect(() => {
    if (source === null || source === undefined) return;
    const stop = startLoading(source, options, (state) => hold({ source, state }));
    return () => {
      hold({ source, state: nothingYet });
      stop();
    };
  }, [source]);
  return held.source === source ? held.state : nothingYet;
}

/**
 * A profile for as long as the component is there, null before the model is. Changes of it do not render the
 * component that made it: `useRecommendations`, `useHistory` and `useSnapshot` do.
 * @param {Model | null | undefined} model
 * @param {Iterable<HistoryEvent | string | number>} [history] that it begins with
 * @param {ProfileOptions} [options]
 * @returns {Profile | null}
 */
export function useProfile(model, history = [], options = {}) {
  const [profile, hold] = useState(/** @type {Profile | null} */ (null));
  useEffect(() => {
    if (!model) return;
    const made = modelArgument(model).createProfile(history, options);
    hold(made);
    return () => {
      hold(null);
      made.dispose();
    };
  }, [model]);
  return profile?.model === model ? profile : null;
}

/**
 * @template T
 * @param {Profile | null | undefined} profile
 * @param {(profile: Profile) => T} read
 * @param {T} nothing
 * @returns {() => T} the same object while the profile does not change
 */
function snapshots(profile, read, nothing) {
  let version = -1;
  let value = nothing;
  return () => {
    if (profile && profile.version !== version) {
      value = ask(profile, read, nothing);
      ({ version } = profile);
    }
    return value;
  };
}

/**
 * @param {readonly unknown[]} a
 * @param {readonly unknown[]} b
 */
const isSame = (a, b) => a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

const neverChanges = () => () => {};

/**
 * What is read from a profile, read again when the profile has changed.
 * @template T
 * @param {Profile | null | undefined} profile
 * @param {(profile: Profile) => T} read such as `(profile) => profile.personas()`
 * @param {T} nothing what there is without a profile, and on a server
 * @param {readonly unknown[]} [dependencies] what else `read` goes by
 * @returns {T} the same object while nothing changed
 */
export function useSnapshot(profile, read, nothing, dependencies = []) {
  functionArgument('read', read ?? null);
  if (profile) profileArgument(profile);
  const all = [profile, ...listArgument('dependencies', dependencies)];
  const make = () => ({ all, get: snapshots(profile, read, nothing) });
  const [held] = useState(() => ({ now: make() }));
  if (!isSame(held.now.all, all)) held.now = make();
  return useSyncExternalStore(profile?.subscribe ?? neverChanges, held.now.get, () => nothing);
}

/**
 * `profile.recommend(options)`, again when the profile or an option has changed. Options are compared one by
 * one: a list or a function that is written into the call is another one in each render, and ranks again.
 * @param {Profile | null | undefined} profile
 * @param {RecommendOptions} [options]
 * @returns {Ranking} an empty one without a profile, and on a server
 */
export function useRecommendations(profile, options = {}) {
  const given = Object.entries(options ?? {}).flat();
  return useSnapshot(profile, (now) => listOf(now, options), nobodysList, given);
}

const noEvents = /** @type {StoredEvent[]} */ (/** @type {unknown} */ (Object.freeze([])));

/**
 * `profile.history`, oldest addition first.
 * @param {Profile | null | undefined} profile
 * @returns {StoredEvent[]}
 */
export const useHistory = (profile) => useSnapshot(profile, ({ history }) => history, noEvents);
