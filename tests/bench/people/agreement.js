// Owns how far a split of an account agrees with the truth: pairwise AUC, mutual information, Rand index.
// Must not split.

/**
 * How often what is of the first list is above what is of the second; a tie counts half.
 * @param {readonly number[]} above
 * @param {readonly number[]} below
 * @returns {number} NaN where one of them is empty
 */
export function aucOf(above, below) {
  const all = [...above.map((x) => ({ x, is: 1 })), ...below.map((x) => ({ x, is: 0 }))];
  all.sort((a, b) => a.x - b.x);
  let ranks = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to].x === all[from].x) to++;
    for (let i = from; i < to; i++) ranks += all[i].is * ((from + to + 1) / 2);
  }
  const n = above.length;
  return (ranks - (n * (n + 1)) / 2) / (n * below.length);
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function tableOf(a, b) {
  const cells = new Map();
  const rows = new Map();
  const columns = new Map();
  const count = (/** @type {Map<any, number>} */ map, /** @type {any} */ key) =>
    map.set(key, (map.get(key) ?? 0) + 1);
  a.forEach((x, i) => {
    count(cells, `${x},${b[i]}`);
    count(rows, x);
    count(columns, b[i]);
  });
  return [cells, rows, columns].map((map) => [...map.values()]);
}

/**
 * Adjusted Rand index (Hubert & Arabie 1985): 1 is the same, 0 is chance.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export function adjustedRand(a, b) {
  const pairs = (/** @type {number[]} */ counts) => counts.reduce((sum, x) => sum + (x * (x - 1)) / 2, 0);
  const [cells, rows, columns] = tableOf(a, b).map(pairs);
  const expected = (rows * columns) / ((a.length * (a.length - 1)) / 2);
  const most = (rows + columns) / 2;
  return most === expected ? Number(cells === most) : (cells - expected) / (most - expected);
}

/**
 * Mutual information over the mean of both entropies; 0 where one of them is 0.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export function mutualInformation(a, b) {
  const [joint, first, second] = tableOf(a, b).map((counts) =>
    counts.reduce((sum, x) => sum - (x / a.length) * Math.log(x / a.length), 0),
  );
  return first * second > 0 ? (2 * (first + second - joint)) / (first + second) : 0;
}

/**
 * AUC of telling pairs of one owner from others, over up to 60 items an owner.
 * @param {readonly number[]} owners -1: nobody's alone
 * @param {(a: number, b: number) => number} likeness of two places
 */
export function pairwiseAuc(owners, likeness) {
  /** @type {Map<number, number>} */
  const taken = new Map();
  const places = [...owners.keys()].filter((i) => {
    const n = taken.get(owners[i]) ?? 0;
    taken.set(owners[i], n + 1);
    return owners[i] >= 0 && n < 60;
  });
  /** @type {number[]} */
  const same = [];
  /** @type {number[]} */
  const other = [];
  for (const a of places)
    for (const b of places) if (b < a) (owners[a] === owners[b] ? same : other).push(likeness(a, b));
  return aucOf(same, other);
}
