// Owns which leanings are kept: the latest few of a model, so that a visit that is asked again is not folded
// again. Must not keep one that does not hold any more, nor free one that is in use.
import { Leaning } from './leaning.js';
import { Past } from './past.js';

/** @import { FoldedProfile } from '../core/kernel.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Given } from './given.js' */
/** @import { Settings } from './posterior.js' */
/**
 * @typedef {object} Kept
 * @property {WeakRef<Profile>} of
 * @property {FoldedProfile} core that it was made from
 * @property {number} version
 * @property {string} key
 * @property {Leaning} leaning
 */

const most = 8;

/** @type {WeakMap<Model, Kept[]>} latest last */
const lists = new WeakMap();

/**
 * @param {Kept[]} list
 * @param {(entry: Kept, at: number) => boolean} goes
 */
function free(list, goes) {
  const gone = list.filter((entry, at) => entry.leaning.uses === 0 && goes(entry, at));
  for (const { leaning } of gone) leaning.profile.dispose();
  return list.filter((entry) => !gone.includes(entry));
}

/**
 * @template T
 * @param {Profile} profile
 * @param {Given} given
 * @param {Settings} how
 * @param {(leaning: Leaning) => T} use
 */
export function withLeaning(profile, given, how, use) {
  const { model, version } = profile;
  const { core } = profile.state.now();
  const key = JSON.stringify([[...given.events], given.aspects, given.at, how]);
  const holds = (/** @type {Kept} */ entry) => entry.core === core && entry.version === version;
  const own = free(lists.get(model) ?? [], (entry) => entry.of.deref() === profile && !holds(entry));
  lists.set(model, own);
  const found = own.find((entry) => holds(entry) && entry.key === key);
  const past = own.find(holds)?.leaning.past ?? new Past(profile);
  const entry = found ?? {
    of: new WeakRef(profile),
    core,
    version,
    key,
    leaning: new Leaning(profile, past, given, how),
  };
  const list = [...(lists.get(model) ?? []).filter((other) => other !== entry), entry];
  entry.leaning.uses++;
  lists.set(
    model,
    free(list, (_, at) => at < list.length - most),
  );
  try {
    return use(entry.leaning);
  } finally {
    entry.leaning.uses--;
  }
}
