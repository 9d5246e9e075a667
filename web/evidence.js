// Owns the evidence entry: what people say of items, and which sentence of it to show to whom. Must not be
// needed to rank.
export { caresAbout, evidenceFor } from './evidence/choose.js';
export { Evidence, loadEvidence } from './evidence/file.js';

/** @typedef {import('./evidence/choose.js').CareOptions} CareOptions */
/** @typedef {import('./evidence/choose.js').ChosenSentence} ChosenSentence */
/** @typedef {import('./evidence/choose.js').EvidenceForOptions} EvidenceForOptions */
/** @typedef {import('./evidence/file.js').EvidenceLoadOptions} EvidenceLoadOptions */
/** @typedef {import('./evidence/file.js').EvidenceSentence} EvidenceSentence */
/** @typedef {import('./evidence/sources.js').AspectsOf} AspectsOf */
