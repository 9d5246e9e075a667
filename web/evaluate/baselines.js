// Owns what a model is compared with: which baselines there are, their settings and the grids these are
// chosen from. Must not see test data.
import { loadModel } from '../ampcf.js';
import { badArgument } from '../core/arguments.js';
import { fitEase, trainModel } from '../train.js';
import { fitNeighbours } from './itemknn.js';
import { figuresOf, rankPeople } from './measure.js';
import { paceOf } from './pace.js';
import { modelRanker, scoreRanker } from './rankers.js';

/** @import { CanonicalInteractions, Interactions } from '../train/interactions.js' */
/** @import { PaceOptions } from './pace.js' */
/** @import { Person } from './people.js' */
/** @import { Ranker } from './rankers.js' */
/** @typedef {'popularity' | 'itemknn' | 'ease' | 'als'} BaselineName */
/** @typedef {Record<string, number>} Settings */
/**
 * @typedef {object} Training what baselines are fitted to
 * @property {Interactions} interactions
 * @property {CanonicalInteractions} data the same as the trainer reads them
 * @property {number} dim width of the model, so that `als` has as many bytes of items
 */
/**
 * @typedef {object} Baseline
 * @property {Settings} defaults
 * @property {Record<string, number[]>} grid every combination is tried on validation data
 * @property {(training: Training, settings: any, options: PaceOptions) => Promise<Ranker>} fit
 */

/**
 * The table of METRICS.md, "Baselines".
 * @type {Record<BaselineName, Baseline>}
 */
export const baselines = {
  popularity: { defaults: {}, grid: {}, fit: fitPopularity },
  itemknn: {
    defaults: { historyExponent: 0.5, candidateExponent: 0.5, neighbours: 50 },
    grid: {
      historyExponent: [0.5, 0.75, 1],
      candidateExponent: [0.25, 0.5, 0.75],
      neighbours: [10, 20, 50, 200],
    },
    fit: fitItemKnn,
  },
  ease: {
    defaults: { lambda: 100 },
    grid: { lambda: [50, 100, 200, 400, 800, 1600, 3200] },
    fit: fitEaseRanker,
  },
  als: {
    defaults: { alpha: 0.4, lambda: 0.006 },
    grid: { alpha: [0.1, 0.4, 1], lambda: [0.006, 0.03] },
    fit: fitAls,
  },
};

/**
 * @param {Training} training
 * @returns {Promise<Ranker>}
 */
async function fitPopularity({ data }) {
  const people = new Float32Array(data.itemIds.length);
  for (const j of data.items) people[j]++;
  return scoreRanker(data, { score: (_, out) => out.set(people), dispose() {} });
}

/**
 * @param {Training} training
 * @param {import('./itemknn.js').NeighbourSettings} settings
 * @param {PaceOptions} options
 */
async function fitItemKnn({ data }, settings, options) {
  return scoreRanker(data, await fitNeighbours(data, settings, paceOf('fitting itemknn', options)));
}

/**
 * @param {Training} training
 * @param {{ lambda: number }} settings
 * @param {PaceOptions} options
 */
async function fitEaseRanker({ data }, { lambda }, { signal, onProgress }) {
  const progress =
    onProgress &&
    ((/** @type {{ done: number, total: number }} */ { done, total }) =>
      onProgress({ stage: 'fitting ease', done, total }));
  return scoreRanker(
    data,
    await fitEase(data, {
      lambda,
      lambdaGrowth: 0,
      userDamping: 0,
      popularityDamping: 0,
      ...(signal && { signal }),
      ...(progress && { onProgress: progress }),
    }),
  );
}

/**
 * @param {Training} training
 * @param {Settings} settings
 * @param {PaceOptions} options
 * @returns {Promise<Ranker>}
 */
async function fitAls({ interactions, dim }, settings, options) {
  return trainedRanker(
    interactions,
    { ...settings, dim, personas: 1, minSupport: 1, userDamping: 0, itemDamping: 0, popularityDamping: 0 },
    'fitting als',
    options,
  );
}

/**
 * A ranker by a model that is trained here, and disposed of with the ranker.
 * @param {Interactions} interactions
 * @param {Record<string, any>} settings
 * @param {string} stage
 * @param {PaceOptions} options
 * @returns {Promise<Ranker>}
 */
export async function trainedRanker(interactions, settings, stage, { signal, onProgress, cores }) {
  const progress =
    onProgress &&
    ((/** @type {{ done: number, total: number }} */ { done, total }) => onProgress({ stage, done, total }));
  const { bytes } = await trainModel(interactions, {
    ...settings,
    cores,
    ...(signal && { signal }),
    ...(progress && { onProgress: progress }),
  });
  const model = await loadModel(bytes);
  return { ...modelRanker(model), dispose: () => model.dispose() };
}

/** @typedef {{ name: BaselineName, settings?: Settings | undefined }} WantedBaseline */

/**
 * @param {unknown} given names, or names with settings
 * @returns {WantedBaseline[]}
 */
export function wantedBaselines(given) {
  if (!Array.isArray(given)) throw badArgument('baselines', given, 'an array');
  const names = Object.keys(baselines);
  const seen = new Set();
  return given.map((entry) => {
    const { name, settings } =
      typeof entry === 'object' && entry ? entry : { name: entry, settings: undefined };
    if (!names.includes(name)) throw badArgument('baseline', name, `one of ${names.join(', ')}`);
    if (seen.has(name)) throw badArgument('baseline', `${name} twice`, 'each once');
    seen.add(name);
    const { defaults } = baselines[/** @type {BaselineName} */ (name)];
    const wanted = Object.keys(defaults).join(', ') || 'none at all';
    for (const [key, value] of Object.entries(settings ?? {}))
      if (!Object.hasOwn(defaults, key) || typeof value !== 'number')
        throw badArgument(`${name} setting ${key}`, value, `numbers, for ${wanted}`);
    return { name, settings };
  });
}

/**
 * Every combination of the values of a grid.
 * @param {Record<string, number[]>} grid
 * @returns {Settings[]}
 */
function combinations(grid) {
  return Object.entries(grid).reduce(
    (all, [key, values]) => all.flatMap((settings) => values.map((value) => ({ ...settings, [key]: value }))),
    [/** @type {Settings} */ ({})],
  );
}

/**
 * The settings with the highest NDCG@k on validation people, the catalogue ranked in full; the first of
 * equals.
 * @param {BaselineName} name
 * @param {Training} training
 * @param {{ people: Person[], k: number }} validation
 * @param {PaceOptions} options
 */
export async function chooseSettings(name, training, { people, k }, { signal, onProgress }) {
  const tried = /** @type {{ settings: Settings, ndcg: number }[]} */ ([]);
  const settingsOf = combinations(baselines[name].grid);
  if (settingsOf.length === 1) return { settings: settingsOf[0], tried };
  for (const [i, settings] of settingsOf.entries()) {
    const which = `setting ${i + 1}/${settingsOf.length}`;
    /** @type {PaceOptions} */
    const options = {
      signal,
      onProgress:
        onProgress && (({ stage, done, total }) => onProgress({ stage: `${stage}, ${which}`, done, total })),
    };
    const ranker = await baselines[name].fit(training, settings, options);
    try {
      const lists = await rankPeople(ranker, people, k, paceOf(`choosing ${name}`, options));
      tried.push({
        settings,
        ndcg: figuresOf(lists, people, { ks: [k], share: () => 1, catalogue: ranker.catalogue }).metrics[
          `ndcg@${k}`
        ],
      });
    } finally {
      ranker.dispose();
    }
  }
  return { settings: tried.reduce((best, entry) => (entry.ndcg > best.ndcg ? entry : best)).settings, tried };
}
