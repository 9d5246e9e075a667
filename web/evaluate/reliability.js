// Owns how far probabilities are from what happened: the reliability table and the expected calibration
// error. Must not know what is predicted.

/**
 * @typedef {object} Bin
 * @property {number} weight
 * @property {number} predicted mean probability
 * @property {number} observed share that happened
 */
/** @typedef {{ probability: number, happened: boolean, weight?: number }} Forecast */

/**
 * Bins of equal weight, by probability.
 * @param {readonly Forecast[]} forecasts
 * @param {number} [most] bins, default 15
 * @returns {Bin[]}
 */
export function reliability(forecasts, most = 15) {
  const sorted = [...forecasts].sort((a, b) => a.probability - b.probability);
  const all = sorted.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const bins = /** @type {Bin[]} */ ([]);
  let weight = 0;
  let predicted = 0;
  let observed = 0;
  let done = 0;
  sorted.forEach(({ probability, happened, weight: w = 1 }, i) => {
    weight += w;
    predicted += w * probability;
    if (happened) observed += w;
    const full = done + weight >= ((bins.length + 1) * all) / most;
    if (!full && i < sorted.length - 1) return;
    bins.push({ weight, predicted: predicted / weight, observed: observed / weight });
    done += weight;
    weight = predicted = observed = 0;
  });
  return bins;
}

/**
 * Mean of |observed - predicted| over the bins, by their weight (Naeini et al. 2015, with bins of equal
 * weight).
 * @param {readonly Forecast[]} forecasts
 * @param {number} [most] bins, default 15
 */
export function calibrationError(forecasts, most = 15) {
  const bins = reliability(forecasts, most);
  const all = bins.reduce((sum, { weight }) => sum + weight, 0);
  return bins.reduce((sum, b) => sum + b.weight * Math.abs(b.observed - b.predicted), 0) / all;
}
