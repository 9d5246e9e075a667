// Owns the training of a model in a worker of the demo page: a ratings file goes in, a model file comes out.
// Must not send anything anywhere but to its page.
import { trainModel } from '../../dist/train.js';
import { readCsv } from './csv.js';

/** @typedef {Record<string, { title: string, aspects: string[] }>} Facts of items that the page knows */

const names = {
  user: ['user', 'userid', 'user_id', 'person'],
  item: ['item', 'itemid', 'item_id', 'movieid', 'movie_id'],
};
const say = (/** @type {object} */ message, /** @type {Transferable[]} */ transfer = []) =>
  /** @type {any} */ (globalThis).postMessage(message, transfer);

/**
 * @param {string[]} header
 * @param {'user' | 'item'} what
 */
function columnOf(header, what) {
  const at = header.findIndex((name) => names[what].includes(name.trim().toLowerCase()));
  if (at < 0)
    throw new Error(
      `got the columns ${header.slice(0, 6).join(', ')}, ` +
        `wanted one that is called ${names[what].join(' or ')}`,
    );
  return at;
}

/**
 * Ratings as a training takes them. Where there are stars, what has less than the middle is left out.
 * @param {string} text
 */
function interactionsOf(text) {
  const [header = [], ...rows] = readCsv(text);
  const user = columnOf(header, 'user'),
    item = columnOf(header, 'item'),
    rating = header.findIndex((name) => name.trim().toLowerCase() === 'rating');
  const stars = rating < 0 ? [] : rows.map((row) => Number(row[rating]));
  const middle = stars.reduce((max, x) => Math.max(max, x), 0) / 2;
  const liked = rating < 0 ? rows : rows.filter((_, i) => stars[i] > middle);
  const numbered = (/** @type {number} */ column) => {
    const ids = [...new Set(liked.map((row) => row[column] ?? ''))];
    const at = new Map(ids.map((id, i) => [id, i]));
    return { ids, numbers: Uint32Array.from(liked, (row) => at.get(row[column] ?? '') ?? 0) };
  };
  const users = numbered(user),
    items = numbered(item);
  return { users: users.ids, items: items.ids, user: users.numbers, item: items.numbers };
}

/** @param {{ file: File, facts: Facts, name: string, settings: object }} work */
async function train({ file, facts, name, settings }) {
  say({ words: 'Reading the file …' });
  const interactions = interactionsOf(await file.text());
  const result = await trainModel(interactions, {
    ...settings,
    name,
    items: new Map(Object.entries(facts)),
    onProgress: ({ phase, done, total, sweep, sweeps }) =>
      say({
        words: `Training: ${phase}, pass ${sweep} of ${sweeps}`,
        share: phase === 'vectors' ? (sweep - 1 + done / total) / sweeps : done / total,
      }),
  });
  const { bytes, users, items, interactions: count, seconds } = result;
  say({ bytes, users, items, count, seconds }, [bytes.buffer]);
}

globalThis.onmessage = ({ data }) => {
  train(data).catch((error) => say({ failed: error.message }));
};
