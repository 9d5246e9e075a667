// Owns what callers may ask of a training, and the checks of all that is not a setting. Must not train.
import { badArgument, listArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { choiceSettings, goneSettings, numberSettings, refuseGone } from './settings.js';

/** @import { GraphChoice } from './graph-scout.js' */
/** @import { GraphResult } from './graph.js' */
/** @import { Triples } from '../graph/triples.js' */
/** @typedef {Omit<GraphResult, 'bytes'> & { choice: GraphChoice }} GraphTrained */
/** @import { LateSettings } from './late-settings.js' */
/** @import { TrainSettings } from './settings.js' */
/**
 * @typedef {object} TrainOptions
 * @property {'als' | 'softmax' | 'multinomial' | 'gaussian' | 'logistic'} [objective] how item vectors are
 *   learnt: least squares over all pairs, the published AMP-CF, or the likelihood of left-out events as the
 *   device will score them
 * @property {number} [personas] P, 1 to 64: most personas of a profile; softmax trains so many, 1 = one
 *   vector per person
 * @property {number} [dim] D, 1 to 1024
 * @property {number} [sweeps] als: alternations
 * @property {number} [epochs] softmax: passes over the interactions; likelihoods: over the people
 * @property {number} [batch] softmax: interactions a step of Adam; likelihoods: people
 * @property {number} [warmup] likelihoods: sweeps of als before the first epoch
 * @property {number} [samples] likelihoods: items drawn a person, by popularity^0.75 and corrected for it; 0
 *   = all items
 * @property {number} [dropout] likelihoods: share of a history that is left out and predicted; 0 = all of it
 *   is predicted from itself
 * @property {number} [decay] likelihoods: L2 towards the vectors of the warm-up
 * @property {number} [zeros] gaussian, logistic: weight of the items that a person does not have
 * @property {number} [negatives] softmax: sampled items an interaction
 * @property {'dot' | 'cosine'} [attention] softmax: what the attention looks at while training; the device
 *   has the gate in its place
 * @property {number} [attentionBeta] softmax: inverse temperature of that attention
 * @property {number} [learningRate] softmax, likelihoods: of Adam
 * @property {number} [balance] softmax: weight of the cross-entropy against the entropies
 * @property {number} [entropyPositive] softmax: weight of the attention's entropy on items of the person; a
 *   sum over the batch
 * @property {number} [entropyNegative] softmax: the same on sampled items, where entropy is wanted
 * @property {number} [seed]
 * @property {number} [minSupport] leave out items of fewer people, default 5; from 2 on, neighbours of which
 *   one person alone has both are left out too
 * @property {number | undefined} [alpha] weight of unobserved pairs; default: from `unobserved`
 * @property {number} [unobserved] als: weight of all unobserved pairs together, relative to all observed ones
 * @property {number} [lambda] L2
 * @property {number} [nu] frequency scaling of L2
 * @property {number} [split] events that a new persona must explain and its parent could not
 * @property {number} [gate] 0 to 16: how much more the part of a history counts that is near an item, and how
 *   much less the rest; 0 = one vector
 * @property {number} [leaves] 1 to 256: most parts of a history that the gate tells apart
 * @property {number} [proportional] 0 to 1: how much the places of recommended lists go to every taste by
 *   its share
 * @property {number} [bias] popularity weight
 * @property {number} [userDamping] als: how much less each event of people counts who have many, in the
 *   training of items
 * @property {number} [itemDamping] als: how much less events with popular items say of a person, also on the
 *   device
 * @property {number} [popularityDamping] als: how much lower popular items score
 * @property {number} [supportLambda] als: L2 of an item of n people is 1 + (this / n)^3 times as large, 0 to
 *   65536: what few people have in common is remembered less
 * @property {number} [vectorStep] als: numbers of the vectors are rounded to multiples of this times their
 *   root mean square, 0.001 to 1; 0 = they are not
 * @property {boolean} [private] als: what the training remembers of single people is held down, by a
 *   `supportLambda` that follows from their number and a `vectorStep` of 0.5; no neighbours, no smaller
 *   lambda or minSupport, no larger dim than the defaults. No differential privacy
 * @property {'f32' | 'f16' | 'int8'} [vectors] how item vectors are stored: f16 halves them, int8 leaves a
 *   quarter
 * @property {number} [clusters] 0 to 256 clusters of items by the direction of their vectors, frozen into the
 *   file as a taste space; 0 = none, default 24
 * @property {number} [neighbours] how many items may vouch for each item beside the vectors; 0 = none, the
 *   default
 * @property {'ease' | 'local' | 'cooccurrence'} [neighbourMethod] `local` where `ease` does not fit: each
 *   item fitted over its own few; or `cooccurrence`: try a strength of 0.1 with it
 * @property {number | undefined} [neighbourStrength] weight of the neighbours' evidence beside that of the
 *   vectors; default: 1, for `local` items / 4096, from 1 to 10
 * @property {number | undefined} [neighbourLambda] `ease`: L2 of an item of mean popularity; default:
 *   people^0.8. `local`: relative to what an item says of itself; default: 5 where items have few events, 2
 *   where they have 100
 * @property {number} [neighbourLambdaGrowth] `ease`: how the L2 grows with an item's popularity
 * @property {number} [neighbourUserDamping] how much less each event counts of people who have many
 * @property {number} [neighbourSourceDamping] `cooccurrence`, `local`: how much less popular history items
 *   count
 * @property {number} [neighbourPopularityDamping] how much less popular candidates gain, where neighbours
 *   stand alone: beside vectors popularityDamping says it
 * @property {number} [neighbourBlend] `ease`, up to 512 neighbours: the part of the vectors' evidence beside
 *   which they are fitted, 0.01 to 1; 0 = they stand alone
 * @property {number} [neighbourAspects] `ease`: how much the items of an aspect say of each other, 0 =
 *   nothing; one person counts 1
 * @property {Map<string, { title?: string, aspects?: string[] }>} [items] titles and aspects by item id
 * @property {Triples} [graph] relations of items to each other and to anything else: items of few people lean
 *   on what they say, and those of `items` that nobody has get vectors by it; how far it is trusted is learnt
 *   on events that a shorter training, which comes first, does not see
 * @property {string} [name] goes into the metadata
 * @property {number} [cores] 1 to 64 workers that share the training and the neighbours, each with an
 *   instance of its own; no byte depends on it. Default 1: no worker. Only softmax, and the epochs of
 *   likelihoods whose batches are small, are done by one
 * @property {AbortSignal} [signal]
 * @property {(progress: TrainProgress) => void} [onProgress]
 * @property {(snapshot: TrainSnapshot) => void | Promise<void>} [onSnapshot] at the end of each sweep or
 *   epoch; training waits for it
 * @property {(finished: FinishedTraining) => Choice | Promise<Choice>} [chooseSettings] at the end, with the
 *   neighbours: may write the model with other `gate`, `leaves` and `proportional`, on which nothing of the
 *   training depends; the model gets those that it gives
 */
/** @typedef {LateSettings | null | void} Choice nothing: as they were */
/**
 * @typedef {object} FinishedTraining
 * @property {TrainSettings} settings with the sweeps kept
 * @property {(changes?: LateSettings) => Promise<Uint8Array<ArrayBuffer>>} bytes the model file, with other
 *   settings; before the choice is given
 */
/**
 * @typedef {object} TrainSnapshot
 * @property {number} sweep that has ended, from 1
 * @property {number} sweeps
 * @property {boolean} epochs sweeps are epochs: passes of a gradient method
 * @property {(changes?: LateSettings) => Promise<Uint8Array<ArrayBuffer>>} bytes a model file of what is
 *   learnt so far, without neighbours, with another `gate`, `leaves` or `proportional`; while training waits
 * @property {() => void} keep this is what is written in the end, unless a later one is kept; else it is the
 *   last one
 * @property {() => void} stop no more sweeps
 */
/**
 * @typedef {{ phase: 'vectors' | 'neighbours' | 'scout' | 'graph', done: number, total: number, sweep:
 * number, sweeps: number,
 *   seconds: number }} TrainProgress rows solved in sweeps (als), interactions in epochs (softmax), both
 *   sweeps and epochs of people (likelihoods); steps of the neighbours
 */
/**
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, users: number, items: number, interactions: number, dropped:
 *   number, seconds: number, memoryBytes: number, settings: TrainSettings, historyCounts: boolean, cores:
 *   number, graph?: GraphTrained }} TrainResult cores: that the vectors were learnt by; settings: which give
 * the same model, sweeps
 *   those of the snapshot kept; historyCounts: false where everybody gets the same list, whatever the
 *   history: try a smaller lambda or bias, a smaller alpha or unobserved, or more events a person
 */

/** Half of what the metadata may have. */
const mostNameBytes = 2 ** 15;

/** What stands beside the settings. */
const besides = 'private items graph name cores signal onProgress onSnapshot chooseSettings';

/**
 * What a training may be told, and nothing else but `more`; a setting of version 0.1 is refused with what
 * replaced it.
 * @template {object} T
 * @param {T} options
 * @param {string[]} [more] names
 * @returns {T}
 */
export function trainOptions(options, more = []) {
  const isObject = Object(options) === options;
  if (isObject) refuseGone(options);
  const gone = isObject ? Object.keys(goneSettings).filter((name) => name in options) : [];
  return optionsArgument(
    options,
    [...choiceSettings, ...numberSettings, besides, ...more, ...gone].join(' '),
  );
}

/**
 * Checks what is not a setting.
 * @param {TrainOptions} options
 */
export function checkOptions({ items, name, cores, signal, onProgress, onSnapshot, chooseSettings }) {
  coresArgument(cores);
  if (items !== undefined && !(items instanceof Map))
    throw badArgument('items', items, 'a Map of titles and aspects by item id');
  if (name !== undefined && typeof name !== 'string') throw badArgument('name', name, 'a string');
  if (name !== undefined && new TextEncoder().encode(JSON.stringify(name)).length > mostNameBytes)
    throw new AmpcfError(
      'LIMIT',
      `name: got ${name.length} characters, wanted at most ${mostNameBytes} bytes as JSON`,
    );
  checkCompany({ signal, onProgress });
  if (onSnapshot !== undefined && typeof onSnapshot !== 'function')
    throw badArgument('onSnapshot', onSnapshot, 'a function');
  if (chooseSettings !== undefined && typeof chooseSettings !== 'function')
    throw badArgument('chooseSettings', chooseSettings, 'a function');
  for (const [id, facts] of items ?? []) {
    if (facts?.title !== undefined && typeof facts.title !== 'string')
      throw badArgument(`title of ${String(id)}`, facts.title, 'a string');
    for (const aspect of listArgument(`aspects of ${String(id)}`, facts?.aspects ?? []))
      if (typeof aspect !== 'string') throw badArgument(`aspect of ${String(id)}`, aspect, 'a string');
  }
}

/** @param {unknown} cores */
export function coresArgument(cores) {
  if (cores === undefined || (Number.isSafeInteger(cores) && Number(cores) >= 1 && Number(cores) <= 64))
    return;
  throw badArgument('cores', cores, 'a whole number from 1 to 64');
}

/**
 * Checks what goes along with every long run.
 * @param {{ signal?: AbortSignal | undefined, onProgress?: Function | undefined }} options
 */
export function checkCompany({ signal, onProgress }) {
  if (signal !== undefined && !signal?.throwIfAborted) throw badArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw badArgument('onProgress', onProgress, 'a function');
}
