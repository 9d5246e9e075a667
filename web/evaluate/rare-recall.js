// Owns the recall of rare tastes: test items of what is a small part of a person's history (METRICS.md). Must
// not know how models rank.

/** @import { Model } from '../model/model.js' */
/** @import { Person } from './people.js' */
/**
 * @typedef {object} RareRecall
 * @property {number} people with at least one such item in their test
 * @property {number} items such items, all people together
 * @property {number | null} recall of them among the first 20, mean over these people
 * @property {number | null} onePersona the same by the same file, where each person is folded into one
 *   vector, and lists go by score
 * @property {number | null} against the same by the other model, where there is one
 */
/** @typedef {{ recall: number, onePersona: number, against: number | null }} PersonRecall */

const cut = 20;
const rareBelow = 0.1;

/**
 * The aspects of each item, looked up once.
 * @param {Model} model
 */
function aspectsBy(model) {
  /** @type {Map<string, string[]>} */
  const known = new Map();
  return (/** @type {string} */ item) => {
    let aspects = known.get(item);
    if (!aspects) known.set(item, (aspects = model.has(item) ? model.aspects(item) : []));
    return aspects;
  };
}

/**
 * The rare items of a test: those with an aspect that some history item has, but less than a tenth of them.
 * @param {Person} person
 * @param {(item: string) => readonly string[]} aspectsOf
 * @returns {Set<string>}
 */
export function rareItems({ history, relevant }, aspectsOf) {
  const lists = history.map(({ item }) => aspectsOf(item)).filter((aspects) => aspects.length > 0);
  const counts = /** @type {Map<string, number>} */ (new Map());
  for (const aspects of lists)
    for (const aspect of aspects) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  const isRare = (/** @type {string} */ aspect) =>
    (counts.get(aspect) ?? Infinity) < rareBelow * lists.length;
  return new Set([...relevant].filter((item) => aspectsOf(item).some(isRare)));
}

/**
 * @param {Model} model
 * @param {Person['history']} history
 * @param {Set<string>} wanted
 * @param {{ personas?: number }} options
 * @param {{ proportional?: number }} [lists] default: as the file says
 */
function recallOf(model, history, wanted, options, lists = {}) {
  const me = model.createProfile(history, options);
  try {
    return (
      me.recommend({ topK: cut, ...lists }).items.filter(({ item }) => wanted.has(item)).length / wanted.size
    );
  } finally {
    me.dispose();
  }
}

/**
 * @param {Model} model with aspects
 * @param {readonly Person[]} people
 * @param {{ against?: Model | undefined, pace: (done: number, total: number) => Promise<void> }} options
 * @returns {Promise<RareRecall>}
 */
export async function measureRareRecall(model, people, { against, pace }) {
  const aspectsOf = aspectsBy(model);
  const found = /** @type {PersonRecall[]} */ ([]);
  let items = 0;
  for (const [i, person] of people.entries()) {
    await pace(i + 1, people.length);
    const wanted = rareItems(person, aspectsOf);
    const { history } = person;
    if (wanted.size === 0) continue;
    items += wanted.size;
    found.push({
      recall: recallOf(model, history, wanted, {}),
      onePersona: recallOf(model, history, wanted, { personas: 1 }, { proportional: 0 }),
      against: against ? recallOf(against, history, wanted, {}) : null,
    });
  }
  const mean = (/** @type {keyof PersonRecall} */ key) =>
    found.length > 0 && found[0][key] !== null
      ? found.reduce((sum, of) => sum + Number(of[key]), 0) / found.length
      : null;
  return {
    people: found.length,
    items,
    recall: mean('recall'),
    onePersona: mean('onePersona'),
    against: mean('against'),
  };
}
