// Owns ratings by person and time. Must not know what is asked of them.

/** @import { readRatings } from '../../web/read/read-ratings.js' */
/** @typedef {{ item: string, stars: number, at: number }} Rated */

/**
 * Each person's ratings in the order of time; of equal times in the order of the file.
 * @param {Awaited<ReturnType<typeof readRatings>>} ratings
 */
export function timelines({ users, items, user, item, rating, time }) {
  const lists = users.map(() => /** @type {Rated[]} */ ([]));
  for (let x = 0; x < user.length; x++)
    lists[user[x]].push({ item: items[item[x]], stars: Number(rating?.[x]), at: Number(time?.[x]) });
  for (const list of lists) list.sort((a, b) => a.at - b.at);
  return lists;
}
