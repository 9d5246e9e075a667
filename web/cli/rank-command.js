// Owns `ampcf recommend` and `ampcf rank`: a history in, a ranked list with reasons out. Must not compute
// scores.
import { AMPCF_MAX_PERSONAS } from '../core/abi.js';
import { inline } from '../read/inline.js';
import { graph } from '../graph.js';
import { idList } from './id-list.js';
import { graphOfModel, loadModelFile } from './model-file.js';
import { guessLines, nearestItems } from './nearest-items.js';
import { numberOption, parseCommand, UsageError } from './options.js';
import { jsonLine } from './print.js';
import { personaLines, rankingLines } from './ranking-text.js';
import { complain, print } from './terminal.js';

/** @import { OptionSpec } from './options.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Ranking, RankedItem } from '../model/types.js' */
/** @import { Model } from '../model/model.js' */
/** @typedef {{ me: Profile, model: Model }} Opened */

export const recommendUsage = [
  'ampcf recommend MODEL --history IDS [options]',
  '',
  '  The best of the whole catalogue for one history. IDS is id,id,... or a file with one id (or ' +
    'id,weight) a line; - is',
  '  standard input. An option with IDS may be repeated, for ids with commas in them. Without history the ' +
    'list is by popularity.',
  '',
  '  -k N              how many (default 10)',
  '  --explain         persona, attention and the history items that speak for each; by which relations,',
  '                    where the model has a graph',
  '  --contributions N how many of them to list (default 3)',
  '  --exclude IDS     leave these out',
  '  --include-seen    the history may be recommended too',
  '  --proportional X  0 to 1, how much the places go to every taste by its share; 0: by score (default: as',
  '                    the model says)',
  "  --personas P      at most P personas (default: the model's)",
  '  --json            everything as JSON on standard output',
  '',
].join('\n');

export const rankUsage = [
  'ampcf rank MODEL --history IDS --candidates IDS [options]',
  '',
  '  Rank my own list: nothing is filtered, unknown items come last. IDS as in ampcf recommend, of ' +
    'which the other options',
  '  (-k, --explain, --contributions, --personas, --json) are the same. The order is by score.',
  '',
].join('\n');

const shared = /** @type {Record<string, OptionSpec>} */ ({
  history: { type: 'string', multiple: true },
  k: { type: 'string', short: 'k' },
  explain: { type: 'boolean' },
  contributions: { type: 'string' },
  personas: { type: 'string' },
});

/**
 * An item as --json gives it, with the same keys whether --explain is given or not.
 * @param {RankedItem} item
 */
function itemJson({ item, title, known, score, persona, seat = false, attention, explanation }) {
  return {
    item,
    title,
    known,
    score,
    persona,
    seat,
    attention: attention ? [...attention] : [],
    explanation: explanation ?? null,
  };
}

/**
 * Writes a ranking to standard output.
 * @param {Opened} opened
 * @param {Ranking} ranking
 * @param {boolean} json
 */
async function printRanking({ me, model }, ranking, json) {
  const unknown = [...me.unknown, ...ranking.unknown];
  const meant = nearestItems(model, unknown);
  if (json) {
    return print(
      jsonLine({
        personalized: ranking.personalized,
        unknown,
        meant,
        personas: me.personas().map(({ index, label, share }) => ({ index, label, share })),
        items: ranking.items.map(itemJson),
      }),
    );
  }
  if (unknown.length > 0)
    complain(
      `${[`not in the model: ${unknown.map(inline).join(', ')}`, ...guessLines(meant)].join('\n  ')}\n`,
    );
  await print(
    ranking.personalized
      ? `Personas of this history\n${personaLines(me)}\n\n`
      : 'No known history: ranked by popularity\n\n',
  );
  await print(`${rankingLines(ranking)}\n`);
}

/**
 * The profile of the history that the command line names, and how it wants its ranking.
 * @param {Record<string, any>} values
 * @param {string} path
 */
async function open(values, path) {
  const contributions = numberOption(values, 'contributions', { whole: true, low: 0 }) ?? 3;
  const topK = numberOption(values, 'k', { whole: true, low: 0 });
  numberOption(values, 'personas', { whole: true, low: 1, high: AMPCF_MAX_PERSONAS });
  const model = await loadModelFile(path, { plugins: [graph] });
  const personas = numberOption(values, 'personas', { whole: true, low: 1, high: model.info.personas });
  const knows = (/** @type {string} */ id) => model.has(id);
  const history = await idList(values.history, 'history', knows);
  const me = model.createProfile(history, personas === undefined ? {} : { personas });
  const explain = Boolean(values.explain);
  const paths = explain && graphOfModel(path, model) ? { graph: { limit: contributions } } : {};
  return { me, model, knows, options: { explain, contributions, ...paths }, topK };
}

/** @param {string[]} argv */
export async function runRecommend(argv) {
  const { values, given } = parseCommand(
    argv,
    {
      ...shared,
      exclude: { type: 'string', multiple: true },
      'include-seen': { type: 'boolean' },
      proportional: { type: 'string' },
    },
    ['MODEL'],
  );
  const proportional = numberOption(values, 'proportional', { low: 0, high: 1 });
  const opened = await open(values, given[0]);
  const { me, knows, options, topK } = opened;
  const exclude = (await idList(values.exclude, 'exclude', knows)).map(({ item }) => item);
  await printRanking(
    opened,
    me.recommend({
      ...options,
      topK: topK ?? 10,
      exclude,
      excludeSeen: !values['include-seen'],
      ...(proportional !== undefined && { proportional }),
    }),
    Boolean(values.json),
  );
}

/** @param {string[]} argv */
export async function runRank(argv) {
  const { values, given } = parseCommand(
    argv,
    { ...shared, candidates: { type: 'string', multiple: true } },
    ['MODEL'],
  );
  if (values.candidates === undefined)
    throw new UsageError('--candidates IDS is missing: which items should be ranked?');
  const opened = await open(values, given[0]);
  const { me, knows, options, topK } = opened;
  const candidates = (await idList(values.candidates, 'candidates', knows)).map(({ item }) => item);
  await printRanking(
    opened,
    me.rank(candidates, topK === undefined ? options : { ...options, topK }),
    Boolean(values.json),
  );
}
