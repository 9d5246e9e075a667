// Owns the measure of the benchmarks that choose settings: every item that is not in a person's history is
// ranked. Must not read a test file.
import { readRatings } from '../../web/read/read-ratings.js';
import { figure } from './accuracy/text.js';

/** @typedef {Awaited<ReturnType<typeof readRatings>> & { byUser: Map<string, string[]> }} Split */

/**
 * @param {string} path
 * @returns {Promise<Split>}
 */
export async function readSplit(path) {
  const ratings = await readRatings(path);
  /** @type {Map<string, string[]>} */
  const byUser = new Map();
  for (let x = 0; x < ratings.user.length; x++) {
    const user = ratings.users[ratings.user[x]],
      list = byUser.get(user);
    if (list) list.push(ratings.items[ratings.item[x]]);
    else byUser.set(user, [ratings.items[ratings.item[x]]]);
  }
  return { ...ratings, byUser };
}

/**
 * Recall@k and NDCG@k over all people with something held out, and how many personas they have.
 * @param {import('../../web/model/model.js').Model} model
 * @param {Map<string, string[]>} histories
 * @param {Map<string, string[]>} heldOut
 * @param {number} k
 */
export function fullRanking(model, histories, heldOut, k) {
  const gain = Array.from({ length: k }, (_, i) => 1 / Math.log2(i + 2));
  let recall = 0;
  let ndcg = 0;
  let users = 0;
  let personas = 0;
  for (const [user, wanted] of heldOut) {
    const me = model.createProfile(histories.get(user) ?? []),
      hits = new Set(wanted);
    const found = me.recommend({ topK: k }).items.map(({ item }) => hits.has(item));
    recall += found.filter(Boolean).length / hits.size;
    ndcg +=
      found.reduce((sum, hit, i) => sum + (hit ? gain[i] : 0), 0) /
      gain.slice(0, hits.size).reduce((a, b) => a + b, 0);
    personas += me.personas().length;
    users++;
    me.dispose();
  }
  return [recall / users, ndcg / users, personas / users].map((value, i) =>
    i < 2 ? figure(value) : value.toFixed(2),
  );
}
