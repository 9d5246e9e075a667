// Owns item vectors that were learnt elsewhere -> bytes of a model file. Must not read files, or choose
// settings by measuring.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { trainConfig } from './config.js';
import { givenDefaults } from './defaults.js';
import { foreignFoldIn } from './foreign-als.js';
import { checkedVectors } from './given-input.js';
import { usualFoldIn } from './given-fold-in.js';
import { givenNeighbours } from './given-neighbours.js';
import { modelParts, packAspects } from './model-parts.js';
import { startTrainer } from './module.js';
import { checkOptions } from './options.js';
import { checkSetting, refuseGone } from './settings.js';

/** @import { ForeignAls, ForeignFoldIn } from './foreign-als.js' */
/** @import { CheckedVectors, GivenVectors } from './given-input.js' */
/** @import { GivenNeighbours } from './given-neighbours.js' */
/** @import { GivenItems, NeighbourRows } from './kernel.js' */
/** @import { ModelFacts } from './model-parts.js' */
/** @import { TrainOptions } from './options.js' */
/** @import { TrainSettings } from './settings.js' */
/**
 * @typedef {Omit<TrainSettings, 'objective'> & { objective: 'given' }} GivenSettings as they stand in the
 *   metadata
 */
/**
 * @typedef {object} FoldInSettings how people are folded in and scored: src/FORMAT.md
 * @property {number} [personas] P, most personas of a profile, 1 to 64; default 4
 * @property {number} [alpha] weight of each pair that was not observed; default: by norm and width of the
 *   vectors
 * @property {number} [lambda] L2; default likewise
 * @property {number} [nu] frequency scaling of L2, 0 to 1; default 1
 * @property {number} [split] events that a new persona must explain and its parent could not
 * @property {number} [gate] 0 to 16; default 0.25
 * @property {number} [leaves] 1 to 256; default 8
 * @property {number} [proportional] 0 to 1; default 0.1
 * @property {number} [bias] b_j = this x share of people who have the item; default 0.01
 * @property {number} [itemDamping] how much less events with popular items say of a person, 0 to 2; default
 *   0.5 where popularity is known
 * @property {number} [popularityDamping] how much less a like of a popular item wants to be explained, 0 to
 *   2; default 0
 * @property {'f32' | 'f16' | 'int8'} [vectorType] how vectors are stored; default f32, which keeps every bit
 * @property {number} [clusters] most frozen clusters of items, 0 = none; default 24
 * @property {number} [seed] of the clusters
 */
/**
 * @typedef {object} OtherVectorOptions
 * @property {ForeignAls} [as] vectors of the implicit ALS of another library, whose scores the model then
 *   gives; in place of alpha, lambda, nu, bias, itemBias, itemWeights, itemTargets and dampings
 * @property {GivenNeighbours} [neighbours] what items say of each other beside the vectors
 * @property {TrainOptions['items']} [items] titles and aspects by item id
 * @property {string} [name] goes into the metadata
 * @property {AbortSignal} [signal]
 */
/** @typedef {GivenVectors & FoldInSettings & OtherVectorOptions} VectorOptions */
/**
 * @typedef {object} VectorModel
 * @property {Uint8Array<ArrayBuffer>} bytes of the model file
 * @property {number} items
 * @property {number} users people that popularity was counted over; 0: nothing is known
 * @property {number} interactions with items that have a vector
 * @property {number} outside interactions with items that have none, which were left out
 * @property {string[]} zeros ids of the items whose vectors are all 0: no history says anything of them
 * @property {GivenSettings} settings as they stand in the metadata
 */
/** @typedef {Record<string, any>} Changes settings in place of others */
/**
 * @typedef {object} PreparedVectors
 * @property {CheckedVectors} checked
 * @property {GivenSettings} settings with those that were given
 * @property {boolean} exact the fold-in is that of another library
 * @property {(changes?: Changes) => Promise<Uint8Array<ArrayBuffer>>} bytes of a model file
 */

const inputNames = [
  'ids',
  'vectors',
  'dim',
  'popularity',
  'users',
  'interactions',
  'itemBias',
  'itemWeights',
  'itemTargets',
  'as',
  'neighbours',
  'items',
  'name',
  'signal',
];
/** What modelFromVectors takes, with a space between the names. */
export const vectorOptionNames = [...inputNames, ...Object.keys(givenDefaults)].join(' ');
/** What `as` says itself. */
const saidByLibrary = ['alpha', 'lambda', 'nu', 'bias', 'itemDamping', 'popularityDamping'];
const perItemNames = ['itemBias', 'itemWeights', 'itemTargets'];

/** @param {Record<string, any>} options */
function checkNames(options) {
  if (Object(options) === options) refuseGone(options);
  optionsArgument(options, vectorOptionNames);
  if (options.as === undefined) return;
  const both = [...saidByLibrary, ...perItemNames].find((name) => options[name] !== undefined);
  if (both) throw badArgument(both, options[both], 'nothing beside `as`, which says it');
}

/**
 * @param {Record<string, any>} settings
 */
function checkSettings(settings) {
  for (const [name, value] of Object.entries(settings))
    if (name !== 'objective') checkSetting(name === 'vectorType' ? 'vectors' : name, value);
}

/**
 * What was given, over what the library says, over what suits the vectors, over the defaults.
 * @param {VectorOptions} options
 * @param {CheckedVectors} checked
 * @param {ForeignFoldIn | undefined} foreign
 * @returns {GivenSettings}
 */
function settingsOf(options, checked, foreign) {
  const given = Object.keys(givenDefaults).flatMap((name) => {
    const value = /** @type {Record<string, any>} */ (options)[name];
    return value === undefined ? [] : [[name, value]];
  });
  const settings = {
    objective: 'given',
    ...givenDefaults,
    ...usualFoldIn(checked),
    ...Object.fromEntries(given),
  };
  checkSettings(settings);
  if (!checked.people && (settings.itemDamping > 0 || settings.popularityDamping > 0))
    throw badArgument('itemDamping', settings.itemDamping, 'popularity or interactions with it');
  const told = foreign && { ...foreign.settings, itemDamping: 0, popularityDamping: 0 };
  return /** @type {any} */ ({
    ...settings,
    ...told,
    ...pick(given, ['gate', 'proportional']),
    dim: checked.dim,
  });
}

/**
 * @param {any[][]} entries
 * @param {string[]} names
 */
const pick = (entries, names) => Object.fromEntries(entries.filter(([name]) => names.includes(name)));

/**
 * @param {CheckedVectors} checked
 * @param {ForeignFoldIn | undefined} foreign
 */
function givenTo({ ids, vectors, people, bias, weights, targets }, foreign) {
  const all = (/** @type {number} */ x) => (x === 1 ? undefined : new Float32Array(ids.length).fill(x));
  return {
    vectors,
    people,
    bias,
    weights: foreign ? all(foreign.weight) : weights,
    targets: foreign ? all(foreign.target) : targets,
    gramFactor: foreign?.gramFactor ?? 1,
  };
}

/**
 * The config of the trainer's struct; what no vectors need stands as a training has it.
 * @param {GivenSettings} settings
 * @param {CheckedVectors} checked
 */
const configOf = (settings, { users, ids }) =>
  trainConfig(
    /** @type {any} */ ({ ...settings, objective: 'als', sweeps: 1 }),
    Math.max(1, users),
    ids.length,
  );

/**
 * As the metadata has them: `vectors` is there how they are stored.
 * @param {GivenSettings} settings
 * @returns {TrainSettings}
 */
const written = ({ vectorType, ...settings }) => /** @type {any} */ ({ ...settings, vectors: vectorType });

/**
 * A file with some settings.
 * @param {GivenItems} items
 * @param {CheckedVectors} checked
 * @param {ModelFacts} facts
 * @param {GivenSettings} settings
 * @param {NeighbourRows | undefined} neighbours
 */
async function fileOf(items, checked, facts, settings, neighbours) {
  const parts = await modelParts(facts, written(settings), neighbours);
  // From here on in one turn: what is configured is what is written.
  items.configure(configOf(settings, checked));
  const { clusters, seed } = settings;
  return items.writeModel({
    ...parts,
    item_clusters: Number(clusters) > 0 ? items.clusters(Number(clusters), Number(seed)) : undefined,
    settings: items.settings(),
  });
}

/**
 * Vectors checked and in the memory of the trainer, for one file or for several that differ in settings.
 * @param {VectorOptions} options
 * @returns {Promise<PreparedVectors>}
 */
export async function prepareVectors(options) {
  checkNames(options);
  const { as, items, name, signal } = options;
  checkOptions({ items, name, signal });
  signal?.throwIfAborted();
  const foreign = as === undefined ? undefined : foreignFoldIn(as);
  const checked = checkedVectors(options);
  const settings = settingsOf(options, checked, foreign);
  const given = givenTo(checked, foreign);
  const facts = {
    data: { itemIds: checked.ids, users: checked.users, items: { length: checked.interactions } },
    aspects: items && packAspects(checked.ids, items),
    items,
    name,
    source: as ? { ...as } : undefined,
    gramFactor: given.gramFactor,
  };
  const neighbours = givenNeighbours(options.neighbours, checked.ids);
  const kernel = await startTrainer();
  const loaded = kernel.openGiven(configOf(settings, checked), given);
  return {
    checked,
    settings,
    exact: foreign !== undefined,
    bytes: async (changes = {}) => {
      checkSettings(changes);
      return fileOf(loaded, checked, facts, { ...settings, ...changes }, neighbours);
    },
  };
}

/**
 * A model file from item vectors that were learnt elsewhere: by another library, a two-tower network, from
 * texts or images. The vectors are kept bit for bit; how people are folded in follows from their norm and
 * width, from what is given, or is that of the library named by `as`. `fitVectors` of `ampcf/evaluate` finds
 * it on held-out events.
 * @param {VectorOptions} options
 * @returns {Promise<VectorModel>} same options, same bytes
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT; BAD_IDS: an id stands twice; NO_DATA:
 *   interactions have no item of `ids`; OUT_OF_MEMORY
 */
export async function modelFromVectors(options) {
  const { checked, settings, bytes } = await prepareVectors(options);
  return vectorModel(checked, settings, await bytes());
}

/**
 * @param {CheckedVectors} checked
 * @param {GivenSettings} settings
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {VectorModel}
 */
export const vectorModel = ({ ids, users, interactions, outside, zeros }, settings, bytes) => ({
  bytes,
  items: ids.length,
  users,
  interactions,
  outside,
  zeros,
  settings,
});
