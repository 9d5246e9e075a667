// Owns what is said of a probability and of how sure it is, from replaceable templates. Must not compute
// either.
import { badArgument } from '../core/arguments.js';
import { optionValues } from '../core/options.js';

/**
 * What is said in each case. `{chance}` is the probability in percent, `{times}` how many times the base rate
 * it is; `{{` and `}}` are braces. A chance below one half is judged by the base rate of what it is
 * calibrated to.
 * @typedef {object} ConfidenceTemplates
 * @property {string} likely at least one half
 * @property {string} better at least twice the base rate
 * @property {string} usual at least the base rate
 * @property {string} unlikely below it
 * @property {string} uncalibrated there is no probability
 * @property {string} known added where the history says much of this direction
 * @property {string} some added where it says something
 * @property {string} open added where it says little
 * @property {string} nothing instead of all of them: there is no history
 * @property {string} unknown instead of all of them: the model has never seen the item
 */
/**
 * @typedef {object} Said
 * @property {boolean} known
 * @property {boolean} personalized
 * @property {number | null} probability
 * @property {number} baseRate
 * @property {number} band of the uncertainty: 0 much is known, 2 little
 */

/** The templates of `words`, to be replaced one by one. */
export const englishConfidence = Object.freeze(
  /** @type {ConfidenceTemplates} */ ({
    likely: 'You are likely to like it',
    better: 'You are more likely to like it than most',
    usual: 'You may like it',
    unlikely: 'You are less likely to like it than most',
    uncalibrated: 'How likely you are to like it has not been measured',
    known: '; much of what you liked speaks of this',
    some: '; some of what you liked speaks of this',
    open: '; little of what you liked speaks of this',
    nothing: 'Nothing is known of what you like yet',
    unknown: 'Nothing is known of this yet',
  }),
);

const bands = /** @type {const} */ (['known', 'some', 'open']);
const better = 2;

/**
 * @param {Partial<ConfidenceTemplates>} [given]
 * @returns {ConfidenceTemplates}
 */
export function confidenceTemplates(given = {}) {
  optionValues(given, Object.keys(englishConfidence).join(' '), 'templates');
  for (const [name, template] of Object.entries(given)) {
    if (typeof template !== 'string') throw badArgument(`template ${name}`, template, 'a text');
    for (const [slot] of template.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{[^{}]*\}/g))
      if (slot !== '{chance}' && slot !== '{times}')
        throw badArgument(`template ${name}`, slot, '{chance} or {times}');
  }
  return { ...englishConfidence, ...given };
}

/**
 * @param {number | null} probability
 * @param {number} times the base rate
 */
function verdictOf(probability, times) {
  if (probability === null) return 'uncalibrated';
  if (probability >= 0.5) return 'likely';
  return times >= better ? 'better' : times >= 1 ? 'usual' : 'unlikely';
}

/**
 * @param {ConfidenceTemplates} templates
 * @param {Said} said
 */
export function confidenceWords(templates, { known, personalized, probability, baseRate, band }) {
  const chance = probability ?? 0;
  const times = chance / baseRate;
  const text = !known
    ? templates.unknown
    : !personalized
      ? templates.nothing
      : templates[verdictOf(probability, times)] + templates[bands[band]];
  const values = /** @type {Record<string, string>} */ ({
    '{{': '{',
    '}}': '}',
    '{chance}': `${Math.round(100 * chance)} %`,
    '{times}': times.toFixed(1),
  });
  return text.replaceAll(/\{\{|\}\}|\{chance\}|\{times\}/g, (slot) => values[slot]);
}
