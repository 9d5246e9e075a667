// Owns how a page asks for paths: of one item, and as an option of rankings. Must not find them.
import { badArgument, countArgument, itemId } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { modelArgument, profileArgument } from '../model/handles.js';
import { needGraph } from './opened.js';
import { graphPartOf } from './parts.js';

/** @import { OpenPlugin, Plugin } from '../model/plugins.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Ranking } from '../model/types.js' */
/** @import { GraphExplanation } from './parts.js' */
/** @typedef {{ limit?: number }} GraphOptions limit: most paths of each item, default 5 */

/** @param {GraphOptions} options */
const limitArgument = (options) => countArgument('limit', optionsArgument(options, 'limit').limit ?? 5);

/**
 * What the graph has of the score of one item, by persona, and the paths to the history by which it speaks.
 * @param {Profile} profile
 * @param {string | number} item
 * @param {GraphOptions} [options]
 * @returns {GraphExplanation}
 * @throws {AmpcfError} NO_GRAPH, UNKNOWN_ITEM, BAD_SECTION, BAD_ARGUMENT, DISPOSED
 */
export function pathsOf(profile, item, options = {}) {
  const { model } = profileArgument(profile);
  profile.state.check();
  const limit = limitArgument(options);
  const graph = needGraph(model, 'pathsOf');
  const id = itemId(item);
  const index = model.indexOf(id);
  if (index === undefined)
    throw new AmpcfError('UNKNOWN_ITEM', `the model does not know item ${JSON.stringify(id)}`);
  return graphPartOf(profile, graph, index, limit);
}

/**
 * A ranking whose explanations have the graph's part.
 * @param {Profile} profile
 * @param {any} options
 * @param {(options: any) => Ranking} ask
 * @returns {Ranking}
 */
function withGraph(profile, { graph: given, ...options }, ask) {
  const { model } = profile;
  if (given === false) return ask(options);
  const isObject = typeof given === 'object' && given !== null;
  if (given !== true && !isObject) throw badArgument('graph', given, 'true, false or an object with limit');
  if (options.now !== undefined)
    throw badArgument(
      'now',
      options.now,
      'either now or graph: parts of a leaning list are not those of a person',
    );
  const limit = limitArgument(isObject ? given : {});
  const found = needGraph(model, 'graph');
  const ranking = ask({ ...options, explain: true });
  const items = ranking.items.map((item) => {
    const { explanation } = item;
    const index = model.indexOf(item.item);
    if (!explanation || index === undefined) return item;
    return { ...item, explanation: { ...explanation, graph: graphPartOf(profile, found, index, limit) } };
  });
  return { ...ranking, items };
}

/**
 * What `loadModel(source, { plugins })` takes: `graph` of `rank`, `recommend` and `explain`, which explains
 * each item and says in `explanation.graph` what the relations of the items have of its score.
 * @type {Plugin & { option: 'graph' }}
 */
export const graph = {
  option: 'graph',
  open: (model) => {
    modelArgument(model);
    return /** @type {OpenPlugin} */ ({
      rank: (profile, candidates, options) =>
        withGraph(profile, options, (rest) => profile.rank(candidates, rest)),
      recommend: (profile, options) => withGraph(profile, options, (rest) => profile.recommend(rest)),
    });
  },
};
