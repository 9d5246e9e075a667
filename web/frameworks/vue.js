// Owns the composables of Vue. Must load nothing on a server, where nothing is mounted.
import { computed, getCurrentInstance, onMounted, onScopeDispose, shallowRef, toValue, watch } from 'vue';
import { functionArgument } from '../core/arguments.js';
import { modelArgument, profileArgument } from '../model/handles.js';
import { ask, listOf, loadArguments, nobodysList, nothingYet, startLoading } from './loading.js';

/** @import { ComputedRef, MaybeRefOrGetter, ShallowRef } from 'vue' */
/** @import { ModelSource } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { HistoryEvent, ProfileOptions, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { LoadOptions } from '../rank.js' */
/** @import { ModelState } from './loading.js' */

/**
 * A model for as long as the component or effect scope is there: it is loaded when the component is mounted,
 * again when `source` is another one, and disposed of at the end. On a server: nothing yet.
 * @param {MaybeRefOrGetter<ModelSource | null | undefined>} source nothing is loaded while it is null
 * @param {LoadOptions} [options] of `loadModel`
 * @returns {Readonly<ShallowRef<ModelState>>}
 */
export function useModel(source, options = {}) {
  loadArguments(options);
  const state = shallowRef(nothingYet);
  let stop = () => {};
  const start = () => {
    const given = toValue(source);
    state.value = nothingYet;
    stop();
    stop = () => {};
    if (given === null || given === undefined) return;
    stop = startLoading(given, options, (now) => {
      state.value = now;
    });
  };
  const begin = () => {
    start();
    unwatch = watch(() => toValue(source), start, { flush: 'sync' });
  };
  let unwatch = () => {};
  if (getCurrentInstance()) onMounted(begin);
  else begin();
  onScopeDispose(() => {
    unwatch();
    state.value = nothingYet;
    stop();
  });
  return state;
}

/**
 * A profile for as long as the component or effect scope is there, null before the model is.
 * @param {MaybeRefOrGetter<Model | null | undefined>} model
 * @param {Iterable<HistoryEvent | string | number>} [history] that it begins with
 * @param {ProfileOptions} [options]
 * @returns {Readonly<ShallowRef<Profile | null>>}
 */
export function useProfile(model, history = [], options = {}) {
  const profile = shallowRef(/** @type {Profile | null} */ (null));
  const drop = () => {
    const old = profile.value;
    profile.value = null;
    old?.dispose();
  };
  watch(
    () => toValue(model),
    (now) => {
      drop();
      if (now) profile.value = modelArgument(now).createProfile(history, options);
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(drop);
  return profile;
}

/**
 * What is read from a profile, read again when the profile or a ref that `read` goes by has changed.
 * @template T
 * @param {MaybeRefOrGetter<Profile | null | undefined>} profile
 * @param {(profile: Profile) => T} read such as `(profile) => profile.history`
 * @param {T} nothing what there is without a profile, and on a server
 * @returns {ComputedRef<T>}
 */
export function useSnapshot(profile, read, nothing) {
  functionArgument('read', read ?? null);
  const changes = shallowRef(0);
  watch(
    () => toValue(profile),
    (now, _, onCleanup) => {
      if (now)
        onCleanup(
          profileArgument(now).subscribe(() => {
            changes.value++;
          }),
        );
    },
    { immediate: true, flush: 'sync' },
  );
  return computed(() => {
    const now = toValue(profile);
    // Whose number of changes is read is followed.
    return changes.value >= 0 && now ? ask(now, read, nothing) : nothing;
  });
}

/**
 * `profile.recommend(options)`, again when the profile or an option has changed.
 * @param {MaybeRefOrGetter<Profile | null | undefined>} profile
 * @param {MaybeRefOrGetter<RecommendOptions | undefined>} [options]
 * @returns {ComputedRef<Ranking>} an empty one without a profile, and on a server
 */
export const useRecommendations = (profile, options) =>
  useSnapshot(profile, (now) => listOf(now, toValue(options)), nobodysList);
