// Owns `ampcf evidence`: a model file and reviews -> evidence file. Must not judge what a review says.
import { makeEvidence } from '../train.js';
import { inline } from '../read/inline.js';
import { readAspectWords } from '../read/read-aspect-words.js';
import { readReviews } from '../read/read-reviews.js';
import { writeOutput } from './files.js';
import { loadModelFile } from './model-file.js';
import { defined, numberOption, parseCommand, textOptions, UsageError } from './options.js';
import { checkPaths } from './paths.js';
import { count, fileSize, jsonLine } from './print.js';
import { ioOf } from './progress.js';
import { print } from './terminal.js';
import { sayLoudly } from './validation-text.js';

/** @import { EvidenceOptions, MadeEvidence } from '../train.js' */
/** @import { OptionSpec } from './options.js' */

export const usage = [
  'ampcf evidence MODEL REVIEWS -o OUT',
  '',
  '  What people say of the items of a model: of each item a few typical, informative, short sentences, with',
  '  what each speaks of and whether for or against, in a file of its own, which a page fetches beside the',
  '  model (ampcf/evidence). No names and no ids of people are in it.',
  '',
  '  REVIEWS                 CSV, TSV, JSON Lines or Parquet with the columns item and text; rating, aspect,',
  '                          user and a title of the review where there are such',
  '  --item --text --summary --rating --aspect --user --name COL   which column it is, by name or number;',
  '                          all but the first two may be none. user only counts people; a sentence that',
  '                          has the id or name of who wrote it is left out',
  '  --aspect-words FILE     what to look for, lines such as sound: sound, tone, noise. Else aspects are',
  '                          learnt: words that reviews of one item share more often than by chance',
  '  --sentences N           most of an item and aspect (default 2)',
  '  --per-item N            most of an item (default 8)',
  '  --min-people N          leave out items of which fewer people wrote, and aspects of which fewer people',
  '                          speak (default 5)',
  '  --most-aspects N        most that are learnt (default 200)',
  '  --any-model             for every model with these ids; else the file is refused beside another one,',
  '                          also after a training: ids may be of other items then',
  '  --skip-bad N            leave out so many bad rows before they are an error',
  '  --quote CHAR            what cells are quoted by, or none',
  '  --json                  a summary on standard output',
  '',
].join('\n');

const columns = ['item', 'text', 'summary', 'rating', 'aspect', 'user', 'name'];
const counts = /** @type {const} */ ({
  sentences: 'sentences',
  perItem: 'per-item',
  minPeople: 'min-people',
  mostAspects: 'most-aspects',
});

/** @type {Record<string, OptionSpec>} */
const options = {
  output: { type: 'string', short: 'o' },
  'any-model': { type: 'boolean' },
  ...textOptions([...columns, ...Object.values(counts), 'aspect-words', 'skip-bad', 'quote']),
};

/** @param {Record<string, any>} values */
function readingOptions(values) {
  for (const name of ['item', 'text'])
    if (values[name] === 'none') throw new UsageError(`--${name}: got none, wanted a column`);
  const given = Object.fromEntries(columns.map((name) => [name, values[name]]));
  const skipBad = numberOption(values, 'skip-bad', { whole: true, low: 0 });
  return defined({ ...given, skipBad, quote: values.quote });
}

/** @param {Record<string, any>} values */
const makingOptions = (values) =>
  Object.fromEntries(
    Object.entries(counts).map(([name, option]) => [
      name,
      numberOption(values, option, { whole: true, low: 1, high: name.endsWith('People') ? 2 ** 31 : 65535 }),
    ]),
  );

/**
 * What was left out, and why.
 * @param {MadeEvidence['counts']} found
 * @param {number} minPeople
 * @returns {string[]}
 */
function leftOut(found, minPeople) {
  const { unknownReviews, unknownItems, fewReviews, fewItems, empty, duplicates, cut } = found;
  const people = `fewer than ${minPeople} people wrote of them`;
  const some = /** @type {[number, string][]} */ ([
    [unknownReviews, `reviews of ${count(unknownItems)} items that the model does not know`],
    [fewReviews, `reviews of ${count(fewItems)} items: ${people} (--min-people)`],
    [empty, 'reviews without text'],
    [duplicates, 'reviews that stand twice'],
  ]).filter(([n]) => n > 0);
  const lines = some.map(([n, what]) => `left out ${count(n)} ${what}`);
  if (cut > 0) lines.push(`cut      ${count(cut)} reviews: of each the first 20,000 characters are read`);
  return lines;
}

/**
 * @param {MadeEvidence} made
 * @param {number} minPeople
 * @param {(line: string) => void} say
 */
function sayMade({ items, sentences, aspects, found, rated, counts: read }, minPeople, say) {
  for (const line of leftOut(read, minPeople)) say(line);
  const first = aspects.slice(0, 12).map(inline).join(', ');
  say(`aspects  ${count(aspects.length)} ${found}: ${first}${aspects.length > 12 ? ', ...' : ''}`);
  if (!rated)
    sayLoudly('too few ratings of both kinds: no sentence is said to speak for or against (--rating COL)');
  say(`kept     ${count(sentences)} sentences of ${count(items)} items`);
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 */
export async function run(argv, signal) {
  const { values, given } = parseCommand(argv, options, ['MODEL', 'REVIEWS']);
  const { output, 'aspect-words': wordsPath } = values;
  if (!output) throw new UsageError('-o OUT is missing: where should the evidence go?');
  const { say } = ioOf(values, signal);
  const reading = readingOptions(values);
  const making = makingOptions(values);
  const inputs = { MODEL: given[0], REVIEWS: given[1], '--aspect-words': wordsPath };
  await checkPaths(inputs, { '-o': output });
  const model = await loadModelFile(given[0]);
  const words = wordsPath === undefined ? undefined : await readAspectWords(wordsPath);
  const { reviews, columns: found, skipped } = await readReviews(given[1], { ...reading, signal });
  const roles = Object.entries(found).map(([role, name]) => `${role} ${inline(name)}`);
  say(`columns  ${roles.join(', ')}`);
  if (!found.user && !found.name) say('people   no column of them: each review counts as one of its own');
  if (skipped > 0) say(`skipped  ${count(skipped)} bad rows`);
  const made = makeEvidence(reviews, {
    items: model.ids(),
    names: namesOf(model),
    ...(!values['any-model'] && { lineage: model.info.lineage }),
    ...defined({ words, ...making }),
  });
  model.dispose();
  signal.throwIfAborted();
  await writeOutput(output, made.bytes);
  sayMade(made, making.minPeople ?? 5, say);
  say(`wrote    ${output === '-' ? 'the evidence' : inline(output)} (${fileSize(made.bytes.length)})`);
  const { bytes, aspects, ...summary } = made;
  if (values.json && output !== '-')
    await print(jsonLine({ evidence: output, bytes: bytes.length, aspects: aspects.length, ...summary }));
}

/**
 * The aspects of a model.
 * @param {import('../model/model.js').Model} model
 */
const namesOf = (model) => new Set(model.ids().flatMap((id) => model.aspects(id)));
