// Owns the people of the bench: sets read, people dealt into folds, events held out. Must not train or
// measure.
import { existsSync } from 'node:fs';
import { readRatings } from '../../../web/read/read-ratings.js';
import { personRandom, sampleOf, seededRandom } from '../../../web/core/random.js';

/** @typedef {{ item: string, rating: number }} Rated */
/** @typedef {{ user: string, history: Rated[], held: Rated[] }} SplitPerson */

export const folds = 5;

/**
 * @param {string[]} paths
 * @param {import('../../../web/read/read-ratings.js').ReadOptions} options
 */
async function peopleIn(paths, options) {
  const people = /** @type {Map<string, Rated[]>} */ (new Map());
  for (const path of paths) {
    const { users, items, user, item, rating } = await readRatings(path, options);
    for (let x = 0; x < user.length; x++) {
      const own = people.get(users[user[x]]) ?? [];
      own.push({ item: items[item[x]], rating: rating ? rating[x] : 1 });
      people.set(users[user[x]], own);
    }
  }
  return people;
}

/**
 * People with at least five events, in folds: everybody is in one.
 * @param {string} folder
 * @param {{ files: string[], format?: 'list', least?: number, keep?: boolean, most?: number }} set least:
 *   rating that is a like; keep: what is below it too
 * @returns {Promise<SplitPerson[][] | null>} null: no such folder
 */
export async function peopleInFolds(
  folder,
  { files, format, least = -Infinity, keep = false, most = Infinity },
) {
  if (!existsSync(`${folder}/${files[0]}`)) return null;
  const read = await peopleIn(
    files.map((file) => `${folder}/${file}`),
    format ? { format } : {},
  );
  const people = [...read]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([user, all]) => {
      const events = keep ? all : all.filter(({ rating }) => rating >= least);
      if (events.length < 5) return [];
      const mixed = sampleOf(events, events.length, personRandom(1, user));
      const held = Math.max(1, Math.round(events.length / 5));
      return [{ user, held: mixed.slice(0, held), history: mixed.slice(held) }];
    });
  const dealt = sampleOf(people, Math.min(most, people.length), seededRandom(20));
  return Array.from({ length: folds }, (_, k) => dealt.filter((__, i) => i % folds === k));
}

/**
 * All that people have, as interactions for the trainer.
 * @param {readonly SplitPerson[]} people
 * @param {number} least
 */
export function trainingOf(people, least) {
  const items = new Map();
  const user = /** @type {number[]} */ ([]);
  const item = /** @type {number[]} */ ([]);
  people.forEach(({ history, held }, u) => {
    for (const event of [...history, ...held]) {
      if (event.rating < least) continue;
      if (!items.has(event.item)) items.set(event.item, items.size);
      user.push(u);
      item.push(items.get(event.item));
    }
  });
  return { users: people.map((person) => person.user), items: [...items.keys()], user, item };
}
