// Owns the options that say how a graph is read, for every command that takes one, and what is said of
// it. Must not know the mathematics.
import { readGraph } from '../read/read-graph.js';
import { inline } from '../read/inline.js';
import { defined, numberOption, textOptions, UsageError } from './options.js';
import { count } from './print.js';
import { sayLoudly } from './validation-text.js';

/** @import { GraphResult, Triples } from '../train.js' */
/** @import { TriplesReport } from '../graph/triples.js' */
/** @import { GraphTrained } from '../train/options.js' */

const details = ['graph-entities', 'graph-head', 'graph-relation', 'graph-tail'];
export const graphOptions = textOptions(['graph', ...details]);

/**
 * They say nothing without --graph.
 * @type {import('./options.js').Companions}
 */
export const graphCompanions = [[details, ['graph']]];

export const graphUsage = [
  '  --graph FILE            relations of items: CSV, TSV, JSON Lines or Parquet with head, relation,',
  '                          tail, where heads and tails are ids of items or of anything else',
  '    --graph-entities FILE   entity,name of what is no item, where FILE has ids of it',
  '    --graph-head COL  --graph-relation COL  --graph-tail COL   its columns by name or number',
].join('\n');

/**
 * @param {Record<string, any>} values
 * @param {string} [other] what else is read from standard input
 */
export function graphPaths(values, other) {
  const paths = defined({ '--graph': values.graph, '--graph-entities': values['graph-entities'] });
  const onInput = [other, ...Object.values(paths)].filter((path) => path === '-');
  if (onInput.length > 1)
    throw new UsageError('--graph: got - for several files, wanted one of them on standard input');
  return paths;
}

/**
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 * @returns {Promise<Triples | undefined>}
 */
export async function readGraphFile(values, say) {
  if (values.graph === undefined) return undefined;
  const { triples, columns, header, named, skipped } = await readGraph(
    values.graph,
    defined({
      head: values['graph-head'],
      relation: values['graph-relation'],
      tail: values['graph-tail'],
      entities: values['graph-entities'],
      quote: values.quote,
      skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }),
    }),
  );
  const { heads, relations, tails, names } = triples;
  const shown = Object.entries(columns).map(([role, name]) => `${role} ${inline(name)}`);
  say(`graph    columns ${shown.join(', ')}${header ? '' : ' (no header)'}; ${count(heads.length)} triples`);
  const tail = names?.get(tails[0]) ?? tails[0];
  say(`         first: ${inline(heads[0])}, ${inline(relations[0])}, ${inline(tail)}`);
  if (named > 0) say(`         ${count(named)} names of entities`);
  if (skipped > 0) say(`         ${count(skipped)} bad rows left out`);
  return triples;
}

/**
 * @param {TriplesReport} report
 * @param {(line: string) => void} say
 */
export function sayTriples(
  { given, triples, repeated, loops, leadNowhere, relations, once, entities, linked },
  say,
) {
  const left = [
    [repeated, 'repeated'],
    [loops, 'of a node to itself'],
    [leadNowhere, 'whose entity connects no two items'],
  ].flatMap(([n, why]) => (Number(n) > 0 ? [`${count(Number(n))} ${why}`] : []));
  say(
    `graph    ${count(triples)} of ${count(given)} triples kept, ${count(relations)} relations, ` +
      `${count(entities)} entities; ${count(linked)} items have one` +
      (left.length > 0 ? `; left out: ${left.join(', ')}` : ''),
  );
  if (once > 0) say(`         ${count(once)} relations have one triple alone`);
  if (triples === 0)
    sayLoudly(
      '--graph: no triple touches two items of the model: the graph changes nothing, and is not kept',
    );
}

/**
 * @param {Omit<GraphResult, 'bytes'> & Partial<Pick<GraphTrained, 'choice'>>} found
 * @param {(line: string) => void} say
 */
export function sayGraph({ triples, relations, reached, appended, choice }, say) {
  sayTriples(triples, say);
  if (triples.triples === 0) return;
  const heaviest = relations
    .slice(0, 5)
    .map(({ relation, weight }) => `${inline(relation)} ${weight.toFixed(2)}`);
  say(`         weights ${heaviest.join(', ')}${relations.length > 5 ? ', ...' : ''}`);
  say(
    `         a path leads to ${count(reached)} items` +
      (appended.length > 0 ? `, of which ${count(appended.length)} have no people and live on it` : ''),
  );
  if (choice && choice.trials > 0)
    say(
      `         learnt on events held out for that alone (${count(choice.people)} people): NDCG@20 ` +
        `${choice.before.toFixed(4)} without, ${choice.after.toFixed(4)} with it; of items of up to ` +
        `20 people ${choice.rareBefore.toFixed(4)} and ${choice.rareAfter.toFixed(4)}`,
    );
  else if (choice)
    sayLoudly('--graph: too few events to learn how far it can be trusted: settings are defaults');
}

/**
 * What a summary tells.
 * @param {Omit<GraphResult, 'bytes'> & Partial<Pick<GraphTrained, 'choice'>>} found
 */
export const graphSummary = ({ appended, relations, ...rest }) => ({
  ...rest,
  appended: appended.length,
  relations: relations.slice(0, 100),
});
