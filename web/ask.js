// Owns the ask entry: what to ask a person, what to show them, and when. Must not be needed to rank.
export { Conversation, conversation, nextTurn } from './ask/conversation.js';

/** @typedef {import('./ask/options.js').AskOptions} AskOptions */
/** @typedef {import('./ask/options.js').PriorWeights} PriorWeights */
/** @typedef {import('./ask/conversation.js').Answer} Answer */
/** @typedef {import('./ask/conversation.js').AnswerGiven} AnswerGiven */
/** @typedef {import('./ask/conversation.js').AskedAspect} AskedAspect */
/** @typedef {import('./ask/conversation.js').AskedItem} AskedItem */
/** @typedef {import('./ask/conversation.js').Chance} Chance */
/** @typedef {import('./ask/conversation.js').Turn} Turn */
