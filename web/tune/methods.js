// Owns which ways to neighbours a search may take: none, and each method that the caller left open. Must not
// know how much memory there is.
import { choices, trainSettings } from '../train/settings.js';

/** @import { TrainSettings } from '../train/settings.js' */
/** @typedef {Record<string, number | string>} Chosen settings that a trial changes */
/**
 * @typedef {object} Method
 * @property {string} name `none`, or a neighbourMethod
 * @property {Chosen} chosen what a trial of it changes
 * @property {TrainSettings} settings its defaults, and what is fixed
 */

/** How many items may vouch for each, where the caller does not say. */
const usualNeighbours = 100;

/** Methods with the quickest first: what takes the longest begins last. */
const byWork = ['cooccurrence', 'local', 'ease'];
const names = Object.keys(choices.neighbourMethod).sort((a, b) => byWork.indexOf(a) - byWork.indexOf(b));

/**
 * What a trial of a method may change; of several the first that fits is taken.
 * @param {string} name
 * @param {Record<string, any>} given
 * @returns {Chosen[]}
 */
function waysTo(name, given) {
  if (name === 'none') return [{ neighbours: 0 }];
  const chosen = {
    ...(given.neighbours === undefined && { neighbours: usualNeighbours }),
    ...(given.neighbourMethod === undefined && { neighbourMethod: name }),
  };
  // Neighbours that stand alone need less memory than those beside the vectors.
  return name === 'ease' && given.neighbourBlend === undefined
    ? [chosen, { ...chosen, neighbourBlend: 0 }]
    : [chosen];
}

/**
 * @param {Record<string, any>} given
 * @param {Chosen} chosen
 * @returns {TrainSettings | undefined} undefined: what was given does not go with it
 */
function settingsOf(given, chosen) {
  try {
    return trainSettings({ ...given, ...chosen });
  } catch {
    return undefined;
  }
}

/**
 * The methods that a search compares, the one of the settings that were given first.
 * @param {Record<string, any>} given settings that stay fixed
 * @param {(settings: Record<string, any>) => Promise<boolean>} fits whether there is memory for a training
 * @returns {Promise<Method[]>} at least one, which changes nothing
 */
export async function methodsFor(given, fits) {
  const settings = trainSettings(given);
  const nameOf = (/** @type {TrainSettings} */ of) =>
    Number(of.neighbours) > 0 ? String(of.neighbourMethod) : 'none';
  const methods = [{ name: nameOf(settings), chosen: {}, settings }];
  const open = [
    ...(given.neighbours === undefined ? ['none'] : []),
    ...(given.neighbours !== 0 && given.neighbourMethod === undefined ? names : []),
  ].filter((name) => name !== methods[0].name);
  for (const name of open)
    for (const chosen of waysTo(name, given)) {
      const full = settingsOf(given, chosen);
      if (!full || nameOf(full) !== name || !(await fits({ ...given, ...chosen }))) continue;
      methods.push({ name, chosen, settings: full });
      break;
    }
  return methods;
}
