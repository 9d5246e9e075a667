// Owns cutting reviews into sentences and words, in any script, and which sentences may be shown at all. Must
// not know what a sentence speaks of.

/** What is shown as JSON shows it, because something would obey it. */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
/** What nobody sees; the joiners stay, words of several languages and emoji have them. */
const unseen = /(?![\u200c\u200d\u202a-\u202e\u2066-\u2069])\p{Cf}/gu;
/** Addresses of people and of pages, accounts, telephone numbers. */
const personal =
  /\S@\S+\.\S|(?:^|[^\p{L}\p{N}])@\w{2,}|https?:|www\.|\.(?:com|net|org)\b|\+?\d[\d ()./-]{7,}\d/iu;

/** @type {Intl.Segmenter | undefined} made when it is first needed */
let sentenceCutter;
/** @type {Intl.Segmenter | undefined} */
let wordCutter;

/** Of one review no more is read: what comes later is said to be left out. */
export const mostCharacters = 20000;
/** A longer sentence is none that a page has room for. */
const mostLength = 200;
const leastWords = 3;

/**
 * A text as it may be shown: blanks of any kind are one blank, what would be obeyed is shown.
 * @param {string} text
 */
export const harmless = (text) =>
  text
    .replace(/\s+/gu, ' ')
    .replace(unseen, '')
    .replace(obeyed, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .trim();

/**
 * The sentences of a review, in order. Paragraphs end sentences too.
 * @param {string} text
 * @returns {string[]}
 */
export function sentencesOf(text) {
  const cutter = (sentenceCutter ??= new Intl.Segmenter('und', { granularity: 'sentence' }));
  return text
    .slice(0, mostCharacters)
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .flatMap((line) => Array.from(cutter.segment(line), ({ segment }) => harmless(segment)))
    .filter((sentence) => sentence !== '');
}

/**
 * The words of a text, small letters.
 * @param {string} text
 * @returns {string[]}
 */
export function wordsOf(text) {
  const small = text.normalize('NFKC').toLowerCase();
  // eslint-disable-next-line no-control-regex
  if (/^[\x20-\x7e]*$/.test(small)) return small.match(/[a-z0-9]+(?:'[a-z]+)*/g) ?? [];
  wordCutter ??= new Intl.Segmenter('und', { granularity: 'word' });
  return Array.from(wordCutter.segment(small))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

/**
 * Whether a sentence may be shown: it is one, is not too long, and names nobody.
 * @param {string} sentence
 * @param {readonly string[]} words
 * @param {readonly string[]} names of whoever wrote it, small letters
 */
export function isShowable(sentence, words, names) {
  if (sentence.length > mostLength || words.length < leastWords || personal.test(sentence)) return false;
  const small = names.length > 0 ? sentence.toLowerCase() : '';
  return names.every((name) => !small.includes(name));
}

/**
 * What of a person's id or name may not stand in a sentence: numbers alone are no name.
 * @param {string} name
 */
export const nameParts = (name) =>
  [name, ...name.split(/[^\p{L}\p{N}]+/u)]
    .map((part) => part.toLowerCase().trim())
    .filter((part) => part.length >= 3 && /\p{L}/u.test(part));
