// Owns the settings that nothing of a training depends on: a finished training can be written with others.
// Must not train or write.
import { SETTING_GATE, SETTING_LEAVES, SETTING_PROPORTIONAL } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { checkSetting } from './settings.js';

/** @import { TrainSettings } from './settings.js' */
/** @typedef {{ gate?: number, leaves?: number, proportional?: number }} LateSettings */

/** Where each stands in the settings of a file. */
const places = { gate: SETTING_GATE, leaves: SETTING_LEAVES, proportional: SETTING_PROPORTIONAL };
const names = Object.keys(places);

/**
 * @param {TrainSettings} settings
 * @param {LateSettings | null | void} changes
 * @returns {TrainSettings}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT
 */
export function settingsWith(settings, changes) {
  const given = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!names.includes(name))
      throw badArgument('setting of a finished training', name, `one of ${names.join(', ')}`);
    checkSetting(name, value);
  }
  return { ...settings, ...Object.fromEntries(given) };
}

/**
 * A denormal, which a file does not hold, means what 0 means.
 * @param {number} x
 */
const plain = (x) => (Math.fround(x) < 2 ** -126 ? 0 : x);

/**
 * The settings of a file with those of a run in their places.
 * @param {Float32Array} row what the training says
 * @param {TrainSettings} settings
 */
export function lateRow(row, settings) {
  const out = row.slice();
  for (const [name, at] of Object.entries(places)) out[at] = plain(Number(settings[name]));
  return out;
}
