// Owns the checks of what is given to explainInWords. Must not make words.
import { badArgument, countArgument, listArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { eventNames } from './history.js';

/** @import { RankedItem } from './types.js' */
/** @import { SentenceOptions, Templates } from './sentences.js' */

const emphasisNames = 'persona item aspect relation entity';
const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null;
const isText = (/** @type {unknown} */ value) => typeof value === 'string';

/**
 * @param {string} name
 * @param {unknown} list
 * @param {(entry: any) => boolean} isSound
 * @param {string} wanted
 */
function everyArgument(name, list, isSound, wanted) {
  for (const entry of listArgument(name, /** @type {Iterable<unknown>} */ (list)))
    if (!isObject(entry) || !isSound(entry)) throw badArgument(name, entry, wanted);
}

const isStep = (/** @type {any} */ step) => isText(step?.relation) && isText(step?.entity);

/** @param {unknown} given */
export function rankedArgument(given) {
  const ranked = /** @type {RankedItem | undefined} */ (given);
  const { persona, explanation } = isObject(ranked) ? /** @type {RankedItem} */ (ranked) : {};
  if (
    !isText(ranked?.item) ||
    !isText(ranked?.title) ||
    (persona !== null && !isText(persona?.label)) ||
    (explanation !== undefined && !isObject(explanation))
  )
    throw badArgument('rankedItem', given, 'an item of profile.rank with explain: true');
  if (ranked.known && !explanation)
    throw badArgument('explanation', explanation, 'that of an item of rank or recommend with explain: true');
  const { contributions = [], aspects = [], graph } = explanation ?? {};
  everyArgument('contributions', contributions, ({ item, title }) => isText(item) && isText(title), 'items');
  everyArgument('aspects', aspects, ({ aspect }) => isText(aspect), 'aspects');
  if (graph !== undefined && !isObject(graph)) throw badArgument('explanation.graph', graph, 'an object');
  const isPath = (/** @type {any} */ { item, title, steps }) =>
    isText(item) && isText(title) && Array.isArray(steps) && steps.every(isStep);
  everyArgument('paths', graph?.paths ?? [], isPath, 'those of an explanation');
}

/**
 * @param {object} templates
 * @param {readonly string[]} known
 */
export function templatesArgument(templates, known) {
  for (const [name, template] of Object.entries(optionsArgument(templates, known.join(' '), 'templates')))
    if (typeof template !== 'string') throw badArgument(`template ${name}`, template, 'a text');
}

/** @param {SentenceOptions} options what is no count, template or locale */
export function peopleArgument({ personas = [], history = [], emphasis = {} }) {
  everyArgument(
    'personas',
    personas,
    ({ items }) => Array.isArray(items) && items.every(isObject),
    'those of profile.personas()',
  );
  everyArgument('history', history, ({ item }) => isText(item) || Number.isSafeInteger(item), 'events');
  for (const event of history) optionsArgument(event, eventNames, 'event');
  for (const [type, around] of Object.entries(optionsArgument(emphasis, emphasisNames, 'emphasis')))
    if (!Array.isArray(around) || !around.every(isText))
      throw badArgument(`emphasis of ${type}`, around, 'what stands before and after it, two texts');
}

/** @param {Record<string, unknown>} counts */
export function countsArgument(counts) {
  for (const [name, value] of Object.entries(counts)) countArgument(name, value);
}

/**
 * As Intl.ListFormat('en') has it, whose first use takes a browser 15 to 50 ms.
 * @type {Pick<Intl.ListFormat, 'formatToParts'>}
 */
const english = {
  formatToParts: (texts) =>
    [...texts].flatMap((value, i, { length }) => {
      const and = length > 2 ? ', and ' : ' and ';
      const element = /** @type {const} */ ({ type: 'element', value });
      return i === 0 ? [element] : [{ type: 'literal', value: i < length - 1 ? ', ' : and }, element];
    }),
};

/**
 * @param {string | string[]} locale
 * @returns {Pick<Intl.ListFormat, 'formatToParts'>}
 */
export function listFormat(locale) {
  if (locale === 'en') return english;
  const wanted = "a language as Intl.ListFormat takes it, such as 'en'";
  // An object that only says how long it is would be walked from end to end.
  if (!isText(locale) && !Array.isArray(locale)) throw badArgument('locale', locale, wanted);
  try {
    return new Intl.ListFormat(locale, { type: 'conjunction' });
  } catch {
    throw badArgument('locale', locale, wanted);
  }
}
