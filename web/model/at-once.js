// Owns several changes of a profile that are one: one call of those who listen, one thing to undo. Must not
// know who makes them.
import { AMPCF_MAX_HISTORY } from '../core/abi.js';
import { tooLong } from '../core/kernel.js';

/** @import { Profile } from './profile.js' */
/** @import { EventFacts } from './types.js' */
/** @typedef {Map<string, { item: string } & EventFacts>} Events by item, oldest addition first */

/**
 * All or none.
 * @param {Profile} profile
 * @param {(events: Events) => void} change what it makes of the events, all of which have been checked
 * @param {() => void} [undone] called when it is taken back
 */
export function changeAtOnce(profile, change, undone) {
  profile.state.checkChange();
  /** @type {Events} */
  const events = new Map(profile.history.map((event) => [event.item, event]));
  change(events);
  if (events.size > AMPCF_MAX_HISTORY) throw tooLong(events.size);
  profile.become([...events.values()], profile.summaries, true);
  const { past } = profile.state.history;
  // A ring that forgot has nothing to take back.
  const back = past.pop();
  if (back)
    past.push(() => {
      back();
      undone?.();
    });
}
