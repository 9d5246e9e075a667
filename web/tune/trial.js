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

/**
 * @param {TrialInput} input
 * @param {TrialJob} job
 * @returns {Promise<TrialResult>}
 */
export async function runTrial(
  { interactions, validation, options },
  { trial, chosen, gate, promising, best },
) {
  const began = performance.now();
  const behind = new AbortController();
  const early = { ndcg: /** @type {number | null} */ (null) };
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const result = await trainValidated(interactions, validation, {
      ...options,
      ...gate,
      ...chosen,
      quick: true,
      signal: behind.signal,
      onMeasured: ({ sweep, sweeps, metrics }) => {
        if (sweep !== Math.min(earlySweep, sweeps)) return;
        early.ndcg = metrics['ndcg@20'];
        if (early.ndcg < promising && sweep < sweeps) behind.abort(behind);
      },
    });
    const { bytes, validation: figures, settings } = result;
    return {
      trial,
      chosen,
      early: early.ndcg,
      validation: figures,
      gate: result.gate,
      settings,
      bytes: figures.metrics['ndcg@20'] > best ? bytes : null,
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
      settings: null,
      bytes: null,
      seconds: seconds(),
    };
  }
}
