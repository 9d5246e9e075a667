// Owns what may be added to rankings by entries of their own. Must not know what any of them does.
import { badArgument, listArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';

/** @import { Candidates } from './candidates.js' */
/** @import { Model } from './model.js' */
/** @import { Profile } from './profile.js' */
/** @import { RankOptions, Ranking, RecommendOptions } from './types.js' */
/**
 * @typedef {object} OpenPlugin what answers rankings that have its option: it takes the option away, asks the
 *   profile (or another) for the rest, and adds what it knows
 * @property {(profile: Profile, candidates: Iterable<string | number> | Candidates, options: RankOptions) =>
 *   Ranking} rank
 * @property {(profile: Profile, options: RecommendOptions) => Ranking} recommend
 */
/**
 * What adds an option to rankings, so that an app which does not use it need not download it.
 * @typedef {object} Plugin
 * @property {string} option its name
 * @property {(model: Model) => OpenPlugin | Promise<OpenPlugin>} open
 */

/** What plugins answer; of several in one call the first goes first. */
export const pluginNames = /** @type {const} */ ('graph now confidence explore');

/** @param {Iterable<Plugin>} plugins */
export function pluginsArgument(plugins) {
  const list = listArgument('plugins', plugins);
  for (const plugin of list)
    if (typeof plugin?.open !== 'function') throw badArgument('plugins', plugin, 'a plugin');
  return list;
}

/**
 * Who answers a ranking with these options; undefined: the profile itself.
 * @param {Model} model
 * @param {object} options
 */
export function pluginFor(model, options) {
  for (const name of pluginNames.split(' '))
    if (/** @type {any} */ (options)?.[name] !== undefined) {
      const plugin = model.plugins.get(name);
      if (plugin) return plugin;
      throw new AmpcfError(
        'NEEDS_PLUGIN',
        `${name}: got a model without, wanted loadModel(source, { plugins: [${name}] })`,
      );
    }
}
