// Owns making an evidence file of reviews: what is read, found, picked and written, one after the other. Must
// not read files or print.
import { badArgument, listArgument, rangeArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { aspectsIn, learntAspects, lexiconOf } from './aspects.js';
import { corpusOf } from './corpus.js';
import { limits } from './format.js';
import { pickedOf, raritiesOf } from './kept-sentences.js';
import { leansOf, polarityOf } from './polarity.js';
import { wordsOf } from './sentences.js';
import { writeEvidence } from './write.js';

/** @import { Review, Told, Counts } from './corpus.js' */
/** @import { Picked } from './kept-sentences.js' */
/**
 * @typedef {object} EvidenceOptions
 * @property {Iterable<string>} [items] ids that may have evidence, in the order in which the file is to have
 *   them: `model.ids()`; default all that are reviewed
 * @property {ReadonlyMap<string, readonly string[]>} [words] of each aspect; default: learnt by contrast
 *   between items
 * @property {Iterable<string>} [names] of aspects that the model has: they are looked for by their name too,
 *   where aspects are learnt
 * @property {number} [sentences] most of an item and aspect, default 2
 * @property {number} [perItem] most of an item, default 8
 * @property {number} [minPeople] items of which fewer people wrote are left out, and aspects of which fewer
 *   people speak; default 5
 * @property {number} [mostAspects] most that are learnt, default 200
 * @property {string} [lineage] `model.info.lineage`: with another model the file is refused; default: it goes
 *   with every model that has these ids
 * @property {object} [metadata] more of it
 */
/**
 * @typedef {object} MadeEvidence
 * @property {Uint8Array<ArrayBuffer>} bytes of the file
 * @property {number} items that have a sentence
 * @property {number} sentences
 * @property {string[]} aspects
 * @property {'given' | 'learnt'} found how aspects were found
 * @property {boolean} rated whether ratings say which sentences speak against
 * @property {Counts} counts of what was read and left out
 */

const optionNames = 'items words names sentences perItem minPeople mostAspects lineage metadata';

/**
 * @param {string} name
 * @param {string[]} list
 */
function textsArgument(name, list) {
  const wrong = list.find((text) => typeof text !== 'string' || text === '');
  if (wrong !== undefined) throw badArgument(name, wrong, 'texts that are not empty');
  return list;
}

/**
 * @param {EvidenceOptions} given
 */
function settingsOf(given) {
  const options = optionsArgument(given, optionNames);
  const { sentences = 2, perItem = 8, minPeople = 5, mostAspects = 200 } = options;
  for (const [name, value, high] of /** @type {const} */ ([
    ['sentences', sentences, limits.sentences],
    ['perItem', perItem, limits.sentences],
    ['minPeople', minPeople, 2 ** 31],
    ['mostAspects', mostAspects, limits.aspects],
  ])) {
    rangeArgument(name, value, 1, high);
    if (!Number.isInteger(value)) throw badArgument(name, value, 'a whole number');
  }
  const { items, names = [], words, lineage, metadata = {} } = options;
  if (lineage !== undefined && !/^[0-9a-f]{32}$/.test(lineage))
    throw badArgument('lineage', lineage, '32 hexadecimal digits: model.info.lineage');
  if (words !== undefined && !(words instanceof Map))
    throw badArgument('words', words, 'a Map of aspects and words');
  for (const [aspect, own] of words ?? []) textsArgument('words', [aspect, ...listArgument('words', own)]);
  if (typeof metadata !== 'object' || !metadata) throw badArgument('metadata', metadata, 'an object');
  return {
    ...(items !== undefined && { items: textsArgument('items', listArgument('items', items)) }),
    names: textsArgument('names', listArgument('names', names)),
    words,
    metadata: { ...(lineage && { lineage }), ...metadata },
    ...{ sentences, perItem, minPeople, mostAspects },
  };
}

/**
 * The words of each aspect: those given, those that rows name, or those learnt.
 * @param {Told[]} told
 * @param {ReturnType<typeof settingsOf>} settings
 */
function aspectWords(told, { words, names, mostAspects, minPeople }) {
  const said = told.flatMap(({ aspect }) => (aspect === '' ? [] : [aspect]));
  /** @type {Map<string, string[]>} */ const all = new Map();
  for (const aspect of new Set(said)) all.set(aspect, [aspect]);
  for (const [aspect, own] of words ?? []) all.set(aspect, [...(all.get(aspect) ?? []), ...own]);
  if (words === undefined && said.length === 0) {
    for (const name of names) all.set(name, [name]);
    for (const [aspect, own] of learntAspects(told, { most: mostAspects, people: minPeople }))
      if (!all.has(aspect)) all.set(aspect, own);
  }
  return { all, found: /** @type {'given' | 'learnt'} */ (words || said.length > 0 ? 'given' : 'learnt') };
}

/**
 * So many aspects of an item are known: those of its sentences, and some more.
 * @param {number} sentences
 */
const mostMentions = (sentences) => Math.min(3 + sentences, 24);
/** A sentence says of so many aspects that it speaks of them. */
const mostSpoken = 4;

/**
 * @param {Told[]} told of one item
 * @param {number[][][]} spoken aspects of each sentence of each
 * @param {Uint8Array} isKept aspects that enough people speak of
 * @param {number} perItem sentences
 * @returns {{ aspect: number, people: number }[]} the most mentioned first
 */
function mentionsOf(told, spoken, isKept, perItem) {
  /** @type {Map<number, Set<number>>} */ const people = new Map();
  told.forEach(({ person }, r) => {
    for (const aspect of spoken[r].flat())
      if (isKept[aspect]) people.set(aspect, (people.get(aspect) ?? new Set()).add(person));
  });
  return [...people]
    .map(([aspect, { size }]) => ({ aspect, people: size }))
    .sort((a, b) => b.people - a.people || a.aspect - b.aspect)
    .slice(0, mostMentions(perItem));
}

/**
 * What each sentence speaks of; a row that names its aspect speaks of it throughout.
 * @param {Told[]} told
 * @param {ReturnType<typeof lexiconOf>} lexicon
 */
function spokenOf(told, lexicon) {
  const index = new Map(lexicon.names.map((name, i) => [name, i]));
  return told.map(({ aspect, sentences }) => {
    const own = index.get(aspect);
    return sentences.map(({ words }) => {
      const found = aspectsIn(words, lexicon);
      return own === undefined ? found : [own, ...found.filter((other) => other !== own)];
    });
  });
}

/**
 * Which aspects enough people speak of.
 * @param {Told[]} told
 * @param {number[][][]} spoken
 * @param {number} aspects
 * @param {number} fewest
 */
function spokenByEnough(told, spoken, aspects, fewest) {
  const people = Array.from({ length: aspects }, () => /** @type {Set<number>} */ (new Set()));
  told.forEach(({ person }, r) => spoken[r].flat().forEach((aspect) => people[aspect].add(person)));
  return Uint8Array.from(people, ({ size }) => (size >= fewest ? 1 : 0));
}

/**
 * The rows of each item, in the order of the items.
 * @param {Told[]} told
 */
function rowsByItem(told) {
  /** @type {Map<number, number[]>} */ const rows = new Map();
  told.forEach(({ item }, r) => {
    const own = rows.get(item);
    if (own) own.push(r);
    else rows.set(item, [r]);
  });
  return [...rows].sort(([a], [b]) => a - b);
}

/**
 * @param {Counts} counts
 * @param {number} aspects
 * @param {number} minPeople
 */
function noEvidence(counts, aspects, minPeople) {
  const { reviews, empty, unknownReviews, fewReviews } = counts;
  const got =
    reviews === 0
      ? 'no review'
      : `${reviews} reviews, ${empty} of them empty, ${unknownReviews} of items that the model does not ` +
        `know, ${fewReviews} of items that fewer than ${minPeople} people wrote of, and ${aspects} aspects ` +
        'to look for';
  const wanted = 'a sentence of an item, about an aspect of which enough people speak (minPeople)';
  return new AmpcfError('NO_DATA', `reviews: nothing to show, got ${got}, wanted ${wanted}`, { counts });
}

/**
 * The file, with the aspects that are spoken of, the most spoken of first.
 * @param {{ id: string, mentions: { aspect: number, people: number }[], sentences: Picked[] }[]} made
 * @param {string[]} names
 * @param {{ settings: ReturnType<typeof settingsOf>, found: 'given' | 'learnt', rated: boolean,
 *   counts: Counts }} about
 * @returns {MadeEvidence}
 */
function finished(made, names, { settings, found, rated, counts }) {
  const people = new Float64Array(names.length);
  for (const { mentions } of made) for (const each of mentions) people[each.aspect] += each.people;
  const order = names.map((_, a) => a).filter((a) => people[a] > 0);
  order.sort((a, b) => people[b] - people[a] || a - b).splice(limits.aspects);
  const place = new Map(order.map((aspect, i) => [aspect, i]));
  const numberOf = (/** @type {number} */ aspect) => /** @type {number} */ (place.get(aspect));
  const items = made.map(({ id, mentions, sentences }) => {
    const scale = Math.min(1, 255 / mentions[0].people);
    const places = new Map(mentions.map(({ aspect }, i) => [aspect, i]));
    return {
      id,
      mentions: mentions.map((each) => ({
        aspect: numberOf(each.aspect),
        weight: Math.max(1, Math.round(each.people * scale)),
      })),
      sentences: sentences.map(({ text, polarity, aspects }) => ({
        text,
        polarity,
        aspects: aspects.flatMap((aspect) => places.get(aspect) ?? []).slice(0, mostSpoken),
      })),
    };
  });
  const total = items.reduce((sum, { sentences }) => sum + sentences.length, 0);
  const { sentences, perItem, minPeople, metadata } = settings;
  const about = { aspects: found, rated, sentences: total, settings: { sentences, perItem, minPeople } };
  const aspects = order.map((aspect) => names[aspect]);
  const bytes = writeEvidence({ items, aspects, metadata: { ...about, ...metadata } });
  return { bytes, items: items.length, sentences: total, aspects, found, rated, counts };
}

/**
 * Makes an evidence file of reviews: what people say of items, a few sentences each, with what each speaks of
 * and whether for or against. Nobody's name and no id of a person is in it. The same reviews give the same
 * bytes.
 * @param {Iterable<Review>} reviews
 * @param {EvidenceOptions} [options]
 * @returns {MadeEvidence}
 * @throws {AmpcfError} BAD_ARGUMENT; NO_DATA: nothing is left that could be shown
 */
export function makeEvidence(reviews, options = {}) {
  const settings = settingsOf(options);
  const list = listArgument('reviews', reviews);
  const ids = [...new Set(settings.items ?? list.map((review) => review?.item))];
  const items = new Map(ids.map((id, i) => [id, i]));
  const { told, counts } = corpusOf(list, { items, people: settings.minPeople });
  const { all, found } = aspectWords(told, settings);
  const lexicon = lexiconOf(all, wordsOf);
  const spoken = spokenOf(told, lexicon);
  const isKept = spokenByEnough(told, spoken, lexicon.names.length, settings.minPeople);
  const leans = leansOf(told);
  const rarities = raritiesOf(told);
  const made = rowsByItem(told).flatMap(([item, own]) => {
    const mentions = mentionsOf(
      own.map((r) => told[r]),
      own.map((r) => spoken[r]),
      isKept,
      settings.perItem,
    );
    const candidates = own.flatMap((r) =>
      told[r].sentences.flatMap(({ text, words }, s) => {
        const aspects = spoken[r][s].filter((aspect) => isKept[aspect]);
        if (aspects.length === 0 || new TextEncoder().encode(text).length > limits.textBytes) return [];
        return [{ text, words, aspects, polarity: polarityOf(words, told[r].rating, leans) }];
      }),
    );
    const { sentences: perAspect, perItem } = settings;
    const sentences = pickedOf(candidates, mentions, rarities, { perAspect, perItem });
    return sentences.length > 0 ? [{ id: ids[item], mentions, sentences }] : [];
  });
  if (made.length === 0) throw noEvidence(counts, lexicon.names.length, settings.minPeople);
  return finished(made, lexicon.names, { settings, found, rated: leans !== null, counts });
}
