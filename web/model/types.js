// Owns the types of what an app gives to a profile and gets from it. Must hold no code.

/** @import { Candidates } from './candidates.js' */
/**
 * @typedef {object} HistoryEvent
 * @property {string | number} item
 * @property {number} [weight] above 0 to 1024, how sure; default 1
 * @property {number} [preference] -1 to 1: 1 = liked (default), 0 = seen and left, -1 = disliked
 * @property {number | null} [at] unix seconds
 * @property {number} [wanted] the old name of `preference`, which it goes before
 */
/** @typedef {{ weight: number, preference: number, at: number | null }} EventFacts */
/**
 * `wanted`, the old name of `preference`, is there too in this version, not enumerable: it is in no copy and
 * no JSON.
 * @typedef {{ item: string } & EventFacts & { wanted: number }} StoredEvent
 */
/**
 * What time does to events; 'ampcf/learn' makes some.
 * @callback Recency
 * @param {readonly StoredEvent[]} events
 * @param {Float32Array} owners (H x P): how much of each event is whose persona
 * @returns {ArrayLike<number>} of each event a factor from 0 to 1 of its weight; the profile may not be
 *   changed
 */
/**
 * @typedef {{ personas?: number | undefined, recency?: Recency | undefined }} FoldOptions how a history
 *   becomes personas
 */
/**
 * @typedef {object} ProfileOptions
 * @property {number} [personas] most personas for this profile, 1 to the model's number (default)
 * @property {Recency} [recency] what time does to events
 * @property {number} [ring] keep about so many recent events, up to 52,428, and of older ones only the
 *   personas; default: all events, up to 65,536
 */
/** @typedef {{ index: number, label: string, share: number }} PersonaName */
/**
 * @typedef {{ item: string, title: string, contribution: number, persona: number }} Contribution persona:
 *   index of the one that owns the item
 */
/**
 * @typedef {{ aspect: string, share: number, lift: number }} PersonaAspect share of the persona's history;
 *   lift: how many times the catalogue's share
 */
/**
 * @typedef {object} Explanation score = sum of contributions + rest + remembered + bias + residual
 * @property {Contribution[]} contributions of history items, largest first; below 0 where an item speaks
 *   against, such as one that was disliked
 * @property {number} rest contributions not listed
 * @property {number} remembered what events say that were forgotten, through the personas that are left of
 *   them
 * @property {PersonaAspect[]} aspects of the item, by how much its persona cares: those with a lift above 1
 *   first
 * @property {number} bias owed to popularity
 * @property {number} residual what single precision rounds away
 * @property {import('../graph.js').GraphExplanation} [graph] with `graph`: what the relations of the items
 *   have of the score, and the paths by which
 */
/**
 * @typedef {object} RankedItem
 * @property {string} item
 * @property {string} title
 * @property {boolean} known false: the model has never seen it
 * @property {number | null} score unit: predicted preference, about 1 for a typical liked item; null when
 *   unknown
 * @property {PersonaName | null} persona whose evidence decides; null without history or when unknown
 * @property {boolean} [seat] true, of a recommended list: not the score but a claim of the person's taste put
 *   the item here, for its persona, before something with a better score
 * @property {Float32Array} [attention] over personas, sum 1; with `explain`
 * @property {Explanation} [explanation] with `explain`
 * @property {number | null} [probability] of being liked, with `confidence`; null: the ranking's `confidence`
 *   says why
 * @property {[low: number, high: number] | null} [interval] of the probability, with `confidence`
 * @property {number} [uncertainty] 0 to 1, what the history leaves open of the item's direction, with
 *   `confidence`
 * @property {string} [words] both in words, with `confidence`
 * @property {number} [explored] what exploration added to the score for its place, with `explore`
 */
/**
 * @typedef {RankedItem & { attention: Float32Array, explanation: Explanation }} ExplainedItem what `explain:
 *   true` makes of an item; of one that the model does not know the explanation is empty lists and zeros
 */
/** @typedef {Omit<Ranking, 'items'> & { items: ExplainedItem[] }} ExplainedRanking */
/**
 * @typedef {object} Ranking
 * @property {boolean} personalized
 * @property {RankedItem[]} items
 * @property {string[]} unknown
 * @property {string[]} duplicates
 * @property {import('../now.js').Side[]} [now] with `now`: the sides of the person, most leaned on first
 * @property {import('../confidence.js').RankingConfidence} [confidence] with `confidence`
 */
/**
 * @typedef {object} RankOptions
 * @property {number} [topK]
 * @property {boolean} [explain]
 * @property {number} [contributions] how many an explanation lists, default 5
 * @property {import('../now.js').Now} [now] what is known of this visit; with `plugins` of 'ampcf/now'
 * @property {boolean | import('../confidence.js').ConfidenceOptions} [confidence] how likely, and how sure;
 *   with `plugins` of 'ampcf/confidence'
 * @property {import('../confidence.js').ExploreOptions} [explore] also what might be good; with `plugins` of
 *   'ampcf/confidence'
 * @property {boolean | import('../graph.js').GraphOptions} [graph] explanations by paths too; with `plugins`
 *   of 'ampcf/graph'
 */
/**
 * @typedef {object} AspectFilter
 * @property {Iterable<string>} [include] aspects of which an item has at least one
 * @property {Iterable<string>} [exclude] aspects of which it has none
 */
/**
 * Which items may be listed: these ids, those of a mask, those with these aspects, or those that a function
 * says yes to, not by a promise.
 * @typedef {Iterable<string | number> | Candidates | { aspects: AspectFilter } | ((item: string) =>
 *   boolean)} Filter
 */
/**
 * Which items of the catalogue are listed, and how.
 * @typedef {object} CatalogueOptions
 * @property {boolean} [excludeSeen] leave out the items of the history, default true
 * @property {Iterable<string | number> | Candidates} [exclude] ids to leave out too
 * @property {Filter} [filter] which items may be listed. A function may not change the profile; it is asked
 *   best first, once each, and only about items that are listed unless it refuses them or on which the places
 *   of others depend
 * @property {number} [proportional] 0 to 1, how much the places are to go to every taste by its share: each
 *   event of the history has a claim on the list; 0 is the order by score; default: what the file says
 * @property {boolean} [aspects] do aspects have claims too, where the file has them? default true; false: the
 *   vectors alone
 * @property {number} [calibrate] in place of `proportional`: 0 to 1, how much the list is to have the shares
 *   of the person's tastes; the settings of 'ampcf/taste' are for it alone
 */
/** @typedef {RankOptions & CatalogueOptions & import('../taste.js').CalibrateSettings} RecommendOptions */
/**
 * @typedef {object} Persona
 * @property {number} index
 * @property {string} label
 * @property {number} share of the history, sum 1
 * @property {{ item: string, title: string, responsibility: number }[]} items of the history, most typical
 *   first; where `forget` left none, what the persona would recommend, with responsibility 0
 * @property {PersonaAspect[]} aspects by what sets the persona apart
 */
/** @typedef {{ item: string, title: string, score: number }} SimilarItem */
/**
 * @typedef {object} ModelInfo
 * @property {number} items N
 * @property {number} dim D
 * @property {number} personas most personas a profile may have
 * @property {number} aspects A
 * @property {number} neighbours pairs of items that vouch for each other beside the vectors; 0 without
 * @property {number} clusters of items that the trainer froze into the file; 0 without
 * @property {number} leaves most leaves of a person's tree, below the personas; 0: made by version 0.1
 * @property {number} gate how sharply a leaf keeps to what is near it; 0: one vector a person
 * @property {number} proportional how much recommended lists go by share, unless they are asked otherwise
 * @property {number} bytes size of the file
 * @property {string} lineage hex, ties saved profiles to this training
 * @property {Record<string, any>} metadata what the trainer wrote about itself
 */

export {};
