// Owns what rankings say of their own certainty: a probability, how open it is, in words too. Must not change
// the order of a list.
import { badArgument } from '../core/arguments.js';
import { optionValues } from '../core/options.js';
import { bandOf, calibrationOf, logit, probabilityOf } from './calibration.js';
import { posteriorOf, uncertaintyIn } from './posterior.js';
import { confidenceTemplates, confidenceWords } from './words.js';

/** @import { Model } from '../model/model.js' */
/** @import { OpenPlugin, Plugin } from '../model/plugins.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { RankedItem, Ranking, RankOptions, RecommendOptions } from '../model/types.js' */
/** @import { Calibration, Population, Reason } from './calibration.js' */
/** @import { ConfidenceTemplates } from './words.js' */
/**
 * @typedef {object} ConfidenceOptions
 * @property {number} [baseRate] share of what this page shows that is liked, above 0 and below 1:
 *   probabilities are moved from the base rate that they were measured at to this one
 * @property {Partial<ConfidenceTemplates>} [templates] instead of the English ones
 */
/**
 * @typedef {object} RankingConfidence what holds for the whole list
 * @property {Reason | null} reason why there are no probabilities: NOT_CALIBRATED, the file has no map;
 *   BAD_CALIBRATION, it has one that is none
 * @property {Population | null} population of what the probabilities are
 * @property {number | null} baseRate share of likes there, or what was given
 * @property {number | null} level how often an interval is to hold
 * @property {boolean} measured is the history as long as some that the map was fitted on?
 */

/** Where the file says nothing of what is much. */
const usualBands = /** @type {const} */ ([0.75, 0.9]);

/**
 * @param {unknown} given
 * @returns {{ baseRate: number | undefined, templates: ConfidenceTemplates }}
 */
function confidenceArgument(given) {
  if (typeof given === 'boolean') return confidenceArgument({});
  const [baseRate, templates] = optionValues(
    /** @type {ConfidenceOptions} */ (given),
    'baseRate templates',
    'confidence',
  );
  if (baseRate !== undefined && !(typeof baseRate === 'number' && baseRate > 0 && baseRate < 1))
    throw badArgument('confidence.baseRate', baseRate, 'a number above 0 and below 1');
  return { baseRate, templates: confidenceTemplates(templates) };
}

/**
 * @param {Calibration | null} calibration
 * @param {Reason | null} reason
 * @param {number | undefined} baseRate
 * @param {number} likes
 * @returns {RankingConfidence}
 */
function overall(calibration, reason, baseRate, likes) {
  if (!calibration) return { reason, population: null, baseRate: null, level: null, measured: false };
  const { population, level, histories } = calibration;
  const measured = likes >= histories[0] / 2 && likes <= 2 * histories[histories.length - 1];
  return { reason, population, baseRate: baseRate ?? calibration.baseRate, level, measured };
}

/**
 * A ranking with what is known of each item's chance.
 * @param {Profile} profile
 * @param {Ranking} ranking
 * @param {ReturnType<typeof confidenceArgument>} options
 * @returns {Ranking}
 */
function withConfidence(profile, ranking, { baseRate, templates }) {
  const { model } = profile;
  const { calibration, reason } = calibrationOf(model);
  const posterior = posteriorOf(profile);
  const open = uncertaintyIn(model, posterior);
  const whole = overall(calibration, reason, baseRate, posterior.likes);
  const shift = calibration && baseRate !== undefined ? logit(baseRate) - logit(calibration.baseRate) : 0;
  const items = ranking.items.map((item) => {
    const index = model.indexOf(item.item);
    const uncertainty = index === undefined ? 1 : open(index);
    const found =
      calibration && item.score !== null
        ? probabilityOf(calibration, posterior, { score: item.score, uncertainty, shift })
        : { probability: null, interval: null };
    const band = bandOf(calibration ?? { bands: usualBands }, uncertainty);
    const { known } = item;
    const { probability } = found;
    const said = { known, personalized: ranking.personalized, probability, band };
    return {
      ...item,
      ...found,
      uncertainty,
      words: confidenceWords(templates, { ...said, baseRate: whole.baseRate ?? 1 }),
    };
  });
  return { ...ranking, items, confidence: whole };
}

/**
 * What `loadModel(source, { plugins })` takes: `confidence` of `rank` and `recommend`.
 * @type {Plugin}
 */
export const confidence = {
  option: 'confidence',
  open: (/** @type {Model} */ _model) =>
    /** @type {OpenPlugin} */ ({
      rank(profile, candidates, { confidence: given, ...options }) {
        const asked = confidenceArgument(given);
        const ranking = profile.rank(candidates, options);
        return given === false ? ranking : withConfidence(profile, ranking, asked);
      },
      recommend(profile, { confidence: given, ...options }) {
        const asked = confidenceArgument(given);
        const ranking = profile.recommend(options);
        return given === false ? ranking : withConfidence(profile, ranking, asked);
      },
    }),
};
