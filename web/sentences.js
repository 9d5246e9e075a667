// Owns the sentences entry: an explanation in words. Must not be needed to rank.
export { englishTemplates, explainInWords } from './model/sentences.js';

/** @typedef {import('./model/sentences.js').Reason} Reason */
/** @typedef {import('./model/sentences.js').Sentence} Sentence */
/** @typedef {import('./model/sentences.js').SentenceOptions} SentenceOptions */
/** @typedef {import('./model/sentences.js').SentencePart} SentencePart */
/** @typedef {import('./model/sentences.js').Templates} Templates */
