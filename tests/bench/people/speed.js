// Owns how long the split of an account takes. Must not judge the split.
import { peopleOf } from '../../../dist/people.js';
import { markdownTable } from '../accuracy/text.js';

/** @import { Model } from 'ampcf' */

const runs = 15;
const longest = 65536;

/**
 * Median of the time of the processor, in milliseconds.
 * @param {() => void} work
 * @param {number} times
 */
function medianOf(work, times) {
  const took = Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return took.sort((a, b) => a - b)[times >> 1];
}

/**
 * @param {Model} model
 * @returns {string} the report
 */
export function speedReport(model) {
  const ids = model.ids();
  const rows = [50, 500, 2000, longest].map((n) => {
    const history = Array.from({ length: n }, (_, i) => {
      const known = ids[Math.floor((i * ids.length) / Math.min(n, ids.length))];
      return { item: known ?? `unknown${i}`, at: 86400 * i };
    });
    const me = model.createProfile(history);
    me.personas(); // folded once: not what is asked here
    const times = n === longest ? 3 : runs;
    const split = medianOf(() => void peopleOf(me), times);
    const named = medianOf(() => void peopleOf(me, { people: 2 }).list, times);
    me.dispose();
    return [String(n), split.toFixed(0), named.toFixed(0)];
  });
  return [
    `Time of the processor, medians, ms; ${model.info.items} items, D ${model.info.dim}, events of ` +
      'a visit each (of the longest history most are unknown to the model).',
    '',
    markdownTable(['events', 'peopleOf', 'and everybody named'], rows),
  ].join('\n');
}
