// Owns what an app may say of this visit, checked. Must not know what follows from it.
import { badArgument, listArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { nearestName, optionsArgument } from '../core/options.js';
import { eventArgument } from '../model/history.js';

/** @import { Model } from '../model/model.js' */
/** @import { EventFacts, HistoryEvent } from '../model/types.js' */
/**
 * @typedef {object} Visit
 * @property {Iterable<HistoryEvent | string | number>} [items] events of this visit, latest last; an item
 *   that is given twice counts once, where it came last
 * @property {string | Iterable<string>} [aspects] what the person says to feel like: aspects of the model
 * @property {number | null} [at] what time it is, unix seconds: personas whose events are of this time of day
 *   are more likely to be here, as far as the history has times
 */
/** @typedef {Visit | Iterable<HistoryEvent | string | number>} Now what is known of this visit */
/**
 * @typedef {object} Given
 * @property {Map<string, EventFacts>} events
 * @property {number[]} aspects
 * @property {number | null} at
 */

/** So many aspects may be asked for at once. */
const mostAspects = 32;

/**
 * @param {Model} model
 * @param {Visit['aspects']} wanted
 * @returns {number[]}
 */
function aspectsArgument(model, wanted) {
  const names = model.aspectNames;
  const list = typeof wanted === 'string' ? [wanted] : listArgument('now.aspects', wanted ?? []);
  if (list.length > 0 && names.length === 0)
    throw new AmpcfError('NO_ASPECTS', 'now.aspects: got some, and the model file has no aspects');
  const found = list.map((name) => {
    const aspect = names.indexOf(name);
    if (aspect >= 0) return aspect;
    const meant = typeof name === 'string' && nearestName(name, names);
    const others = `one of the model: ${names.slice(0, 40).join(', ')}`;
    throw badArgument('now.aspects', name, meant ? `${others}; did you mean ${meant}?` : others);
  });
  const aspects = [...new Set(found)].sort((a, b) => a - b);
  if (aspects.length > mostAspects)
    throw badArgument('now.aspects', aspects.length, `at most ${mostAspects} of them`);
  return aspects;
}

/**
 * @param {Model} model
 * @param {Now} now
 * @returns {Given}
 */
export function givenArgument(model, now) {
  const isList = typeof now === 'object' && now !== null && Symbol.iterator in now;
  const {
    items = [],
    aspects,
    at = null,
  } = isList ? { items: now } : optionsArgument(now, 'items aspects at', 'now');
  if (at !== null && !Number.isFinite(at)) throw badArgument('now.at', at, 'unix seconds');
  /** @type {Given['events']} */ const events = new Map();
  for (const event of listArgument('now', items)) {
    const [id, facts] = eventArgument(event);
    model.has(id); // refuses what is no text
    events.delete(id);
    events.set(id, facts);
  }
  return { events, aspects: aspectsArgument(model, aspects), at };
}
