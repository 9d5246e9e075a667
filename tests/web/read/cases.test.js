// Owns that small files in the formats of well-known public ones give the right people, items and likes, or a
// question with its answer. They are not in the package. Must not need the network.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { likesOf } from '../../../web/read/likes.js';
import { readItems } from '../../../web/read/read-items.js';
import { readRatings } from '../../../web/read/read-ratings.js';

/** @typedef {import('../../../web/read/read-ratings.js').ReadOptions} ReadOptions */

const { AMPCF_DATA: data } = process.env;
const folder = data
  ? `${data}/../cases/files`
  : fileURLToPath(new URL('../../../../shared/cases/files', import.meta.url));
const skip = existsSync(folder) ? false : `skipped: ${folder} is not there`;

/**
 * What is read: people, items, events, and likes.
 * @param {string} path
 * @param {ReadOptions} options
 */
async function counts(path, options) {
  const { users, items, user, rating, format } = await readRatings(`${folder}/${path}`, {
    needTimes: false,
    ...options,
  });
  const { threshold = -Infinity } = likesOf(rating, format.columns.rating);
  const likes = rating ? rating.filter((r) => r >= threshold && r > 0).length : user.length;
  return [users.length, items.length, user.length, likes];
}

/** Two tastes: 677 events of 60 people with 30 items, 604 of them with three stars or more. */
const stars = [60, 30, 677, 604];
const all = [60, 30, 677, 677];

/** @type {[path: string, wanted: number[], options?: ReadOptions][]} */
const right = [
  ['B16-list-catchall/out.konect', stars],
  ['B16-list-catchall/r.mtx', stars],
  ['B16-list-catchall/date.txt', [60, 30, 676, 603], { format: 'csv', skipBad: 1 }],
  ['B16-list-catchall/ragged.txt', [60, 30, 676, 603], { format: 'csv', skipBad: 1 }],
  ['D04-bookcrossing/BX-Book-Ratings.csv', [60, 31, 678, 208]],
  ['D04-bookcrossing/ratings-utf8.csv', [60, 30, 677, 208]],
  ['D04-bookcrossing/u8.csv', [60, 31, 678, 208]],
  ['D05-goodbooks10k/ratings.csv', stars],
  ['D06-lastfm360k/noquotes.tsv', all, { item: 3 }],
  ['D06-lastfm360k/usersha1-artmbid-artname-plays.tsv', all, { item: 3 }],
  ['D07-steam200k/steam-200k.csv', all],
  ['D08-amazon2023/Toys.csv', stars],
  ['D08-amazon2023/Toys.csv.gz', stars],
  ['D08-amazon2023/Toys.jsonl', stars],
  ['D08-amazon2023/Toys.jsonl.gz', stars],
  ['D09-amazon2018/Toys.csv', stars],
  ['D10-netflix/combined_data_1.txt', stars],
  ['D15-recbole/shop.inter', stars],
  ['D16-citeulike/users.dat', all],
  ['D18-yoochoose/yoochoose-clicks.dat', all],
  ['D20-epinions/ratings_data.txt', stars],
  ['D22-kuairec/small_matrix.csv', all],
  ['D25-hm/transactions_train.csv', all],
  ['M-minimal/c.dat', [5, 4, 12, 12]],
  ['M-minimal/comma.csv', [2, 1, 2, 2]],
  ['M-minimal/dt.csv', [1, 1, 1, 1]],
  ['M-minimal/h.csv', [3, 3, 6, 6]],
  ['M-minimal/k.txt', [6, 2, 12, 12]],
  ['M-minimal/na.csv', [7, 6, 12, 12]],
  ['M-minimal/nf.txt', [2, 1, 2, 2]],
  ['M-minimal/plays.csv', [5, 2, 10, 10]],
  ['M-minimal/q.tsv', [3, 3, 3, 3]],
  ['M-minimal/sep.csv', [1, 1, 1, 1]],
  ['M-minimal/sp.csv', [1, 1, 1, 1]],
  ['M-minimal/sp2.csv', [1, 1, 1, 1]],
  ['M-minimal/stars.csv', [12, 5, 30, 24]],
  ['M-minimal/stars37.csv', [13, 5, 31, 25]],
  ['M-minimal/thumbs.csv', [12, 5, 30, 24]],
  ['M-minimal/trail.txt', [1, 2, 2, 2]],
];

/** @type {[path: string, question: RegExp][]} */
const asked = [
  ['B16-list-catchall/date.txt', /--format list .*--format csv/],
  ['B16-list-catchall/ragged.txt', /wrong number of columns, .*\n\(--skip-bad 1 leaves out .*--format list/],
  ['D06-lastfm360k/noquotes.tsv', /item: empty id, [^]*--item COL/],
  ['M-minimal/n.neg', /ampcf evaluate .*--leave-one-out FILE/],
  ['M-minimal/books.csv', /--user COL/],
];

describe('files of well-known formats', { skip }, () => {
  for (const [path, wanted, options = {}] of right)
    test(`${path} is read right`, async () => {
      assert.deepEqual(await counts(path, options), wanted);
    });

  for (const [path, question] of asked)
    test(`${path} asks`, () => assert.rejects(readRatings(`${folder}/${path}`), question));

  for (const [ratings, path, aspects] of /** @type {const} */ ([
    ['D04-bookcrossing/ratings-utf8.csv', 'D04-bookcrossing/BX-Books.csv', 0],
    ['D04-bookcrossing/ratings-utf8.csv', 'D04-bookcrossing/b8.csv', 0],
    ['D05-goodbooks10k/ratings.csv', 'D05-goodbooks10k/books.csv', 0],
    ['D05-goodbooks10k/ratings.csv', 'D05-goodbooks10k/noisbn.csv', 0],
    ['D08-amazon2023/Toys.csv', 'D08-amazon2023/meta_Toys.jsonl', 2],
    ['D10-netflix/combined_data_1.txt', 'D10-netflix/movie_titles.csv', 0],
    ['D15-recbole/shop.inter', 'D15-recbole/shop.item', 2],
    ['D25-hm/transactions_train.csv', 'D25-hm/articles.csv', 1],
  ]))
    test(`${path} has a title for every item`, async () => {
      const { items: ids } = await readRatings(`${folder}/${ratings}`);
      const { items } = await readItems(`${folder}/${path}`, { known: new Set(ids) });
      const found = ids.map((id) => items.get(id));
      assert.equal(found.filter((item, i) => item && item.title !== ids[i]).length, ids.length);
      assert.equal(new Set(found.flatMap((item) => item?.aspects)).size, aspects);
    });
});
