// Owns the options of a conversation: their defaults, and what they may be. Must not ask or rank.
import { badArgument, countArgument, functionArgument, rangeArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';

/** @import { Model } from '../model/model.js' */
/**
 * How much each of these says of what a person is after, before anything was answered.
 * @typedef {object} PriorWeights
 * @property {number} [popularity] of the logarithm of how popular an item is; default 1 for a person without
 *   history, else 0.25
 * @property {number} [score] of the model's score
 * @property {number} [aspects] of how much more often the item's aspects are in the history than elsewhere
 * @property {number} [near] of how alike its aspects are to those of the item of the history most like it
 */
/**
 * @typedef {object} AskOptions
 * @property {'aspects' | 'items'} [about] what may be asked; default: both, where the model has aspects
 * @property {(question: { aspect: string } | { item: string }) => boolean} [may] what may be asked;
 *   default: all
 * @property {number} [most] aspects in one question, 1 to 4, default 1
 * @property {(one: string, other: string) => boolean} [together] may these two aspects stand in one question?
 *   default: any
 * @property {number} [effort] what each further aspect in a question costs, in turns, default 0.5
 * @property {number} [turns] which the person is there for, default 15: after them there are only lists
 * @property {number} [list] items in a list, default 10
 * @property {number} [patience] how likely a person is to go on after a turn, above 0 to 1, default 0.95
 * @property {number | { yes?: number, no?: number }} [error] how many answers are wrong, 0 to 0.5, default
 *   0.05: a yes to what is not wanted, a no to what is
 * @property {number} [wants] how many things the person may be after at once, default 1
 * @property {number} [named] how much less an item is meant by an aspect that is one of many, for `say`: 0 to
 *   1, default 0.6
 * @property {PriorWeights} [prior]
 */
/**
 * @typedef {object} Settings
 * @property {boolean} asksAspects
 * @property {boolean} asksItems
 * @property {((question: any) => unknown) | undefined} may
 * @property {number} most
 * @property {(one: string, other: string) => unknown} together
 * @property {number} effort
 * @property {number} turns
 * @property {number} list
 * @property {number} patience
 * @property {number} wrongYes
 * @property {number} wrongNo
 * @property {number} wants
 * @property {number} named
 * @property {PriorWeights} prior
 */

const optionNames = 'about may most together effort turns list patience error wants named prior';
/** An answer is never taken for more than this: evidence stays finite, and can be contradicted. */
const leastError = 1e-6;
const mostWeight = 1000;
const usualError = 0.05;

/**
 * @param {AskOptions['error']} error
 * @returns {[wrongYes: number, wrongNo: number]}
 */
function errorArgument(error) {
  const { yes = usualError, no = usualError } =
    typeof error === 'object' && error
      ? optionsArgument(error, 'yes no', 'error')
      : { yes: error, no: error };
  return /** @type {[number, number]} */ (
    [yes, no].map((part) => {
      rangeArgument('error', part, 0, 0.5);
      return Math.max(leastError, Number(part));
    })
  );
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} most
 */
function fromOne(name, value, most) {
  if (countArgument(name, value) < 1 || value > most) throw badArgument(name, value, `1 to ${most}`);
}

/** @param {PriorWeights} prior */
function priorArgument(prior) {
  optionsArgument(prior, 'popularity score aspects near', 'prior');
  for (const [name, weight] of Object.entries(prior))
    if (weight !== undefined) rangeArgument(`prior.${name}`, weight, -mostWeight, mostWeight);
  return prior;
}

/**
 * What may be asked.
 * @param {Model} model
 * @param {AskOptions['about']} about
 */
function aboutArgument(model, about) {
  if (about !== undefined && about !== 'aspects' && about !== 'items')
    throw badArgument('about', about, "'aspects' or 'items'");
  const asksAspects = about !== 'items' && model.info.aspects > 0;
  if (about === 'aspects' && !asksAspects)
    throw new AmpcfError('NO_ASPECTS', 'about: got aspects, wanted a model that has them, or items');
  return { asksAspects, asksItems: about !== 'aspects' };
}

/**
 * @param {Model} model
 * @param {AskOptions} options
 * @returns {Settings}
 */
export function settingsOf(model, options) {
  const {
    about,
    may,
    most = 1,
    together = () => true,
    effort = 0.5,
    turns = 15,
    list = 10,
    patience = 0.95,
    error = usualError,
    wants = 1,
    named = 0.6,
    prior = {},
  } = optionsArgument(options, optionNames);
  fromOne('most', most, 4);
  fromOne('turns', turns, 1e6);
  fromOne('list', list, 1000);
  fromOne('wants', wants, 100);
  rangeArgument('effort', effort, 0, 1);
  rangeArgument('named', named, 0, 1);
  if (!(typeof patience === 'number' && patience > 0 && patience <= 1))
    throw badArgument('patience', patience, 'above 0 to 1');
  const [wrongYes, wrongNo] = errorArgument(error);
  functionArgument('may', may);
  functionArgument('together', together);
  const rest = { may, most, together, effort, turns, list, patience, wrongYes, wrongNo, wants, named };
  return { ...aboutArgument(model, about), ...rest, prior: priorArgument(prior) };
}
