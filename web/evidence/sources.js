// Owns where aspects of items come from: the model file, the reviews, a function of the app's own, each as a
// source of attention. Must not weigh them.
import { badArgument, functionArgument, listArgument } from '../core/arguments.js';

/** @import { Model } from '../model/model.js' */
/** @import { Source } from './cares.js' */
/** @import { Evidence } from './file.js' */
/** @typedef {(item: string) => Iterable<string>} AspectsOf what an item has, such as entities of a graph */

const none = /* @__PURE__ */ new Map();
/** @type {WeakMap<Model, Source>} */
const ofModels = /* @__PURE__ */ new WeakMap();
/** @type {WeakMap<Model, WeakMap<AspectsOf, Source>>} */
const ofFunctions = /* @__PURE__ */ new WeakMap();

/**
 * Each of an item's aspects counts alike.
 * @param {Model} model
 * @param {AspectsOf} aspectsOf
 * @param {boolean} leans
 * @returns {Source}
 */
function plainSource(model, aspectsOf, leans) {
  /** @type {Map<string, Map<string, number>>} */ const read = new Map();
  return {
    leans,
    ids: () => model.ids(),
    of: (item) => {
      let own = read.get(item);
      if (!own) read.set(item, (own = new Map([...aspectsOf(item)].map((aspect) => [aspect, 1]))));
      return own;
    },
  };
}

/**
 * @param {Model} model
 * @returns {Source}
 */
function modelSource(model) {
  let source = ofModels.get(model);
  const aspectsOf = (/** @type {string} */ item) => (model.has(item) ? model.aspects(item) : none.keys());
  if (!source) ofModels.set(model, (source = plainSource(model, aspectsOf, false)));
  return source;
}

/**
 * @param {Model} model
 * @param {AspectsOf} aspectsOf
 */
function functionSource(model, aspectsOf) {
  const own = ofFunctions.get(model) ?? new WeakMap();
  ofFunctions.set(model, own);
  const checked = (/** @type {string} */ item) => {
    const list = listArgument('aspectsOf', aspectsOf(item));
    const wrong = list.find((aspect) => typeof aspect !== 'string');
    if (wrong !== undefined) throw badArgument('aspectsOf', wrong, 'texts');
    return list;
  };
  let source = own.get(aspectsOf);
  if (!source) own.set(aspectsOf, (source = plainSource(model, checked, true)));
  return source;
}

/**
 * All that is known of what items have, the reviews first.
 * @param {Model} model
 * @param {{ evidence?: Evidence | undefined, aspectsOf?: AspectsOf | undefined }} given
 * @returns {Source[]}
 */
export function sourcesOf(model, { evidence, aspectsOf }) {
  functionArgument('aspectsOf', aspectsOf);
  return [
    ...(evidence ? [evidence.source] : []),
    ...(model.info.aspects > 0 ? [modelSource(model)] : []),
    ...(aspectsOf ? [functionSource(model, aspectsOf)] : []),
  ];
}
