// Owns every bit that the library computes on made data: files of every objective, scores, explanations,
// taste. Must import nothing: a page is given it as it stands.

/** @typedef {ReturnType<typeof import('./made-inputs.js').madeInputs>} Inputs */

const word = (/** @type {number | null | undefined} */ x) =>
  x === null || x === undefined ? 'none' : new BigUint64Array(Float64Array.of(x).buffer)[0].toString(16);
const words = (/** @type {Iterable<number> | null | undefined} */ list) => Array.from(list ?? [], word);
const hash = async (/** @type {Uint8Array<ArrayBuffer>} */ bytes) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/**
 * @param {any} model
 * @param {string[]} history
 */
function ofPerson(model, history) {
  const me = model.createProfile(history),
    list = me.recommend({ topK: 20, explain: true }).items;
  return {
    saved: Array.from(me.save()).join(),
    personas: me.personas().map((/** @type {any} */ { label, share }) => [label, word(share)]),
    ranked: me
      .rank(model.ids())
      .items.map((/** @type {any} */ entry) => [entry.item, word(entry.score), entry.persona?.index ?? -1]),
    reasons: list.map((/** @type {any} */ { item, attention, explanation }) => [
      item,
      ...words(attention),
      ...words(explanation?.contributions.map((/** @type {any} */ term) => term.contribution)),
      word(explanation?.rest),
      word(explanation?.bias),
      word(explanation?.residual),
    ]),
    distance: word(me.tasteDistance(list.map((/** @type {any} */ { item }) => item))),
    similar: history.length
      ? model.similar(history[0]).map((/** @type {any} */ entry) => [entry.item, word(entry.similarity)])
      : [],
  };
}

/**
 * @param {any} library
 * @param {Inputs['taste']} taste
 */
async function ofTaste(library, { p, q, cost, scores, categories, vectors }) {
  const pool = { scores, items: categories, target: p };
  const diverse = { scores, vectors };
  const options = { lambda: 0.5, topK: 25 };
  /** @type {string[]} */ const distances = [];
  for (const distance of ['jensenShannon', 'hellinger', 'totalVariation', 'kl', 'wasserstein'])
    distances.push(word(await library.tasteDistance(p, q, { distance })));
  distances.push(word(await library.tasteDistance(p, q, { distance: 'wasserstein', cost })));
  return {
    distances,
    distribution: words(await library.tasteDistribution(categories, { weights: scores })),
    steck: await library.steckRerank(pool, options),
    proportional: await library.proportionalRerank(pool, options),
    mmr: await library.mmrRerank(diverse, options),
    dpp: await library.dppRerank(diverse, options),
  };
}

/**
 * @param {any} library of libraryWith
 * @param {Inputs} inputs
 */
export async function fingerprint(library, { interactions, facts, trainings, histories, taste }) {
  const { loadModel, trainModel } = library;
  /** @type {{ file: string, people: ReturnType<typeof ofPerson>[] }[]} */ const models = [];
  for (const each of trainings) {
    const { bytes } = await trainModel(interactions, { ...each, items: new Map(/** @type {any} */ (facts)) });
    const model = await loadModel(bytes);
    models.push({ file: await hash(bytes), people: histories.map((history) => ofPerson(model, history)) });
    model.dispose();
  }
  return { models, taste: await ofTaste(library, taste) };
}
