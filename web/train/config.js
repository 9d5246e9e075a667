// Owns settings as the trainer's C structs take them. Must not check settings or touch wasm.
import { ampcf_train_config } from '../core/abi.js';
import { choices } from './settings.js';

/** @import { NeighboursConfig, TrainConfig } from './kernel.js' */
/** @import { NeighbourSettings } from './neighbours.js' */
/** @import { TrainSettings } from './settings.js' */

/**
 * ampcf_train_config. A field is the setting of its name, unless another one is named here; 0 where the
 * objective has no such setting.
 * @param {TrainSettings} settings
 * @param {number} users
 * @param {number} items
 * @returns {TrainConfig}
 */
export function trainConfig(settings, users, items) {
  const { attention = 'dot' } = /** @type {{ attention?: keyof typeof choices.attention }} */ (settings);
  const values = /** @type {Record<string, unknown>} */ ({
    ...settings,
    n_users: users,
    n_items: items,
    objective: choices.objective[settings.objective],
    n_personas: settings.personas,
    sweeps: settings.sweeps ?? settings.epochs,
    attention: choices.attention[attention],
    learning_rate: settings.learningRate,
    entropy_positive: settings.entropyPositive,
    entropy_negative: settings.entropyNegative,
    attention_beta: settings.attentionBeta,
    user_damping: settings.userDamping,
    item_damping: settings.itemDamping,
    popularity_damping: settings.popularityDamping,
    support_lambda: settings.supportLambda,
    vector_step: settings.vectorStep,
  });
  const fields = Object.keys(ampcf_train_config.fields).map((name) => [name, Number(values[name] ?? 0)]);
  return Object.fromEntries(fields);
}

/**
 * ampcf_neighbours_config.
 * @param {NeighbourSettings} settings
 * @param {{ users: number, itemIds: string[], aspects?: number }} data
 * @param {number} dim of the vectors beside, 0 = none
 * @returns {NeighboursConfig}
 */
export function neighboursConfig(settings, { users, itemIds, aspects = 0 }, dim) {
  return {
    n_users: users,
    n_items: itemIds.length,
    method: choices.neighbourMethod[settings.neighbourMethod],
    neighbours: settings.neighbours,
    n_aspects: aspects,
    dim,
    lambda: settings.neighbourLambda,
    lambda_growth: settings.neighbourLambdaGrowth,
    user_damping: settings.neighbourUserDamping,
    source_damping: settings.neighbourSourceDamping,
    popularity_damping: settings.neighbourPopularityDamping,
    strength: settings.neighbourStrength,
    aspect_strength: settings.neighbourAspects,
    blend: settings.neighbourBlend,
    pair_support: Math.min(settings.minSupport, 2),
  };
}
