// Owns rows of our own that the tests of web/read write in every format: 12 people of two tastes, 10 items.
// Must not hold a test.

/** @typedef {{ user: string, item: string, rating: number, time: number }} Row */

/**
 * Each person has six items of their own half; ratings 5, 4, 3 and 1, so that two thirds are likes.
 * @returns {Row[]}
 */
function madeRows() {
  const rows = [];
  for (let u = 0; u < 12; u++)
    for (let n = 0; n < 4; n++) {
      const item = ((u + n * 3) % 5) * 2 + (u % 2);
      rows.push({
        user: `${101 + u}`,
        item: `${500 + item}`,
        rating: [5, 4, 3, 1][(u + n) % 4],
        time: 1_400_000_000 + u * 1000 + n,
      });
    }
  return rows;
}

export const rows = madeRows();
export const people = new Set(rows.map(({ user }) => user)).size;
export const items = new Set(rows.map(({ item }) => item)).size;
export const likes = rows.filter(({ rating }) => rating >= 3).length;

/**
 * Lines of rows.
 * @param {(row: Row, i: number) => string} line
 * @param {string} [head]
 */
export const linesOf = (line, head = '') => head + rows.map((row, i) => `${line(row, i)}\n`).join('');

export const csv = linesOf(
  ({ user, item, rating, time }) => [user, item, rating, time].join(),
  'user,item,rating,timestamp\n',
);

/** Titles and aspects of all items. */
export const itemFacts = [...new Set(rows.map(({ item }) => item))].map((id) => ({
  id,
  title: `Title, of ${id}`,
  genres: Number(id) % 2 ? ['Drama', 'War'] : ['Comedy'],
}));
