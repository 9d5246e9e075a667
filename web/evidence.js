// Owns the evidence entry: what people say of items, and which sentence of it to show to whom. Must not be
// needed to rank.
export { caresAbout, evidenceFor } from './evidence/shown-sentence.js';
export { Evidence, loadEvidence } from './evidence/file.js';

/** @typedef {import('./evidence/shown-sentence.js').CareOptions} CareOptions */
/** @typedef {import('./evidence/shown-sentence.js').ChosenSentence} ChosenSentence */
/** @typedef {import('./evidence/shown-sentence.js').EvidenceForOptions} EvidenceForOptions */
/** @typedef {import('./evidence/file.js').EvidenceLoadOptions} EvidenceLoadOptions */
/** @typedef {import('./evidence/file.js').EvidenceSentence} EvidenceSentence */
/** @typedef {import('./evidence/sources.js').AspectsOf} AspectsOf */
