// Owns bringing a living profile to another state through what a profile offers. Must not know where the state comes from.
import { sameEntry, sameMemories } from './merge.js';

/** @import { Profile } from '../profile.js' */
/** @import { Entry } from './merge.js' */
/** @typedef {{ history: readonly Entry[], memories: Float32Array[] }} State */

/** No catalogue can hold an id with this letter. */
const noItem = '\0';
const fewRemovals = 16;

/**
 * Bring a profile from one state to another with as few changes as its order allows.
 * @param {Profile} profile @param {State} now as it is @param {State} wanted
 */
export function changeProfile(profile, now, wanted) {
  if (!sameMemories(now.memories, wanted.memories)) {
    profile.settle(wanted.memories);
    profile.add(noItem).remove(noItem); // a change, so that it folds anew
  }
  const stays = new Set(wanted.history.map(({ item }) => item)), left = now.history.filter(({ item }) => stays.has(item));
  // An entry that is in its place is left alone; from the first that is not, everything is added again, which puts it in order.
  const moved = left.findIndex(({ item }, i) => item !== wanted.history[i].item), from = moved < 0 ? left.length : moved;
  const going = [...now.history.filter(({ item }) => !stays.has(item)), ...left.slice(from)];
  // A removal copies the history, an addition does not.
  if (going.length > fewRemovals && wanted.memories.length === 0) {
    profile.clear();
    for (const entry of wanted.history) profile.add(entry);
    return;
  }
  for (const { item } of going) profile.remove(item);
  wanted.history.forEach((entry, i) => { if (i >= from || !sameEntry(left[i], entry)) profile.add(entry); });
}

/** Nothing is left, and `undo` brings nothing back: what is forgotten cannot be undone. @param {Profile} profile */
export function emptyForGood(profile) {
  profile.clear();
  profile.add(noItem).forget();
}
