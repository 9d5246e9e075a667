// Owns the k best of a stream of scores, for contestants that have no top k of their own. Must not score.

/** @typedef {{ items: number[], scores: number[] }} Best */

/** The k best so far, kept in order: few get in, so moving them costs little. */
export class BestK {
  /** @param {number} k */
  constructor(k) {
    this.k = k;
    this.items = /** @type {number[]} */ ([]);
    this.scores = /** @type {number[]} */ ([]);
    this.least = -Infinity;
  }

  /**
   * @param {number} item
   * @param {number} score above `least`
   */
  add(item, score) {
    const { items, scores, k } = this;
    let at = Math.min(scores.length, k - 1);
    for (; at > 0 && scores[at - 1] < score; at--) {
      scores[at] = scores[at - 1];
      items[at] = items[at - 1];
    }
    scores[at] = score;
    items[at] = item;
    if (scores.length === k) this.least = scores[k - 1];
  }

  /** @returns {Best} */
  done() {
    return { items: this.items, scores: this.scores };
  }
}

/**
 * Lists of several vectors, each the k best of its own: the k best by the largest score.
 * @param {Iterable<[number, number]>} pairs item and score
 * @param {number} k
 */
export function joined(pairs, k) {
  const most = /** @type {Map<number, number>} */ (new Map());
  for (const [item, score] of pairs) if (!(score <= (most.get(item) ?? -Infinity))) most.set(item, score);
  const best = new BestK(k);
  for (const [item, score] of most) if (score > best.least) best.add(item, score);
  return best.done();
}
