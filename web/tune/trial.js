// Owns one trial of a search: training with its settings, given up when it falls behind early. Must not
// choose settings.
import { trainValidated } from '../evaluate.js';

/** @import { Interactions } from '../train.js' */
/** @import { TrainOptions } from '../train.js' */
/** @import { TrialJob, TrialResult } from './search.js' */
/** @typedef {'signal' | 'onProgress' | 'onSnapshot' | 'chooseSettings'} Company no thread takes them */
/** @typedef {Omit<TrainOptions, Company>} PlainTrainOptions */
/**
 * @typedef {object} TrialInput
 * @property {Interactions} interactions
 * @property {Interactions} validation
 * @property {PlainTrainOptions & { patience?: number }} options
 */

/** Sweeps or epochs after which a trial must keep up with the others. */
const earlySweep = 4;
/** People that a trial chooses its gate on: no more than its sweeps are measured on. */
const trialChoosers = 2000;

/**
 * @param {TrialInput} input
 * @param {TrialJob} job
 * @returns {Promise<TrialResult>}
 */
export async function runTrial({ interactions, validation, options }, { trial, chosen, promising, best }) {
  const began = performance.now();
  const behind = new AbortController();
  const early = { ndcg: /** @type {number | null} */ (null) };
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const result = await trainValidated(interactions, validation, {
      ...options,
      ...chosen,
      choosers: trialChoosers,
      measureAll: false,
      listsAbove: best,
      signal: behind.signal,
      onMeasured: ({ sweep, sweeps, metrics }) => {
        if (sweep !== Math.min(earlySweep, sweeps)) return;
        early.ndcg = metrics['ndcg@20'];
        if (early.ndcg < promising && sweep < sweeps) behind.abort(behind);
      },
    });
    const { bytes, validation: figures, gate, proportional, settings } = result;
    const { users, items, interactions: kept, dropped } = result;
    return {
      trial,
      chosen,
      early: early.ndcg,
      validation: figures,
      gate,
      proportional,
      settings,
      bytes: figures.metrics['ndcg@20'] > best ? bytes : null,
      counts: { users, items, interactions: kept, dropped },
      seconds: seconds(),
    };
  } catch (error) {
    if (error !== behind) throw error;
    return {
      trial,
      chosen,
      early: early.ndcg,
      validation: null,
      gate: null,
      proportional: null,
      settings: null,
      bytes: null,
      counts: { users: 0, items: 0, interactions: 0, dropped: 0 },
      seconds: seconds(),
    };
  }
}
