// Owns whether accounts of several people are told from those of one with as many events, and who is told to
// be here. Must not choose settings.
import { peopleOf } from '../../../dist/people.js';
import { aucOf } from './agreement.js';

/** @import { HistoryEvent, Model } from 'ampcf' */
/** @typedef {{ several: number, is: number, count: number, people: number }} Seen */

/**
 * @param {Model} model
 * @param {readonly (string | HistoryEvent)[]} events
 * @param {number} people that it is of
 * @returns {Seen}
 */
export function seenOf(model, events, people) {
  const me = model.createProfile(events);
  const { probabilities, count } = peopleOf(me);
  me.dispose();
  return { several: 1 - probabilities[0], is: Number(people > 1), count, people };
}

/**
 * How far the probabilities are from what was found, over ten parts of the people with most to least of it.
 * @param {readonly Seen[]} seen
 */
export function calibrationError(seen) {
  const sorted = [...seen].sort((a, b) => a.several - b.several);
  let sum = 0;
  for (let part = 0; part < 10; part++) {
    const of = sorted.slice((part * seen.length) / 10, ((part + 1) * seen.length) / 10);
    sum += Math.abs(of.reduce((gap, { several, is }) => gap + several - is, 0));
  }
  return sum / seen.length;
}

/** @param {readonly Seen[]} seen */
export function detectionAuc(seen) {
  const of = (/** @type {number} */ is) => seen.filter((s) => s.is === is).map(({ several }) => several);
  return aucOf(of(1), of(0));
}
