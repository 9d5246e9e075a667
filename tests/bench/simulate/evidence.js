// Owns what a profile that keeps less costs and gives away, on real people with times: events, sessions, or
// personas alone. Must not simulate.
import { existsSync } from 'node:fs';
import { loadModel } from '../../../dist/ampcf.js';
import { metrics, pairedBootstrap } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { AMPCF_SUMMARY_HEAD } from '../../../web/core/abi.js';
import { scoresOf } from '../../../web/core/kernel.js';
import { below, personRandom } from '../../../web/core/random.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { indicesOf } from '../../../web/simulate/consistency.js';
import { dotAt, worldOf } from '../../../web/simulate/world.js';
import { figure, interval, markdownTable } from '../accuracy/text.js';

/** @import { Model, Profile } from 'ampcf' */
/** @typedef {{ item: string, at: number }} Event */
/** @typedef {{ past: Event[], next: Set<string> }} Moment after five likes of a session, the next five */

const topK = 10;
const ahead = 5;
const every = 5;
const fewest = 10;
const mostOfOne = 12;
/** A session ends where nothing comes for half an hour. */
const gap = 1800;

/**
 * Events since the last gap.
 * @param {Event[]} past
 */
function sessionOf(past) {
  let from = past.length - 1;
  while (from > 0 && past[from].at - past[from - 1].at <= gap) from--;
  return past.slice(from);
}

/** @type {Record<string, (model: Model, past: Event[]) => Profile>} */
const ways = {
  'all events': (model, past) => model.createProfile(past),
  'personas and the latest 50 events': (model, past) => remembering(model, past, 50),
  'personas and the latest 20 events': (model, past) => remembering(model, past, 20),
  'personas and this session': (model, past) => remembering(model, past, sessionOf(past).length),
  'personas alone': (model, past) => remembering(model, past, 0),
  'the latest 20 events alone': (model, past) => model.createProfile(past.slice(-20)),
  'this session alone': (model, past) => model.createProfile(sessionOf(past)),
  'nothing: popularity': (model) => model.createProfile(),
};

/**
 * @param {Model} model
 * @param {Event[]} past
 * @param {number} keep
 */
function remembering(model, past, keep) {
  const me = model.createProfile(past);
  me.forget({ keep });
  return me;
}

/**
 * @param {Event[]} likes in the order of time
 * @param {number} from
 * @param {number} to
 */
function momentsOf(likes, from, to) {
  const moments = /** @type {Moment[]} */ ([]);
  for (let at = fewest; at + ahead <= likes.length && moments.length < mostOfOne; at++) {
    if (likes[at].at < from || likes[at + ahead - 1].at >= to) continue;
    moments.push({
      past: likes.slice(0, at),
      next: new Set(likes.slice(at, at + ahead).map(({ item }) => item)),
    });
    at += every - 1;
  }
  return moments;
}

/**
 * How well what is kept tells forgotten items from others that are as popular: the AUC of the nearest
 * summary, and of the score.
 * @param {Model} model
 * @param {Profile} me
 * @param {Event[]} past
 */
function attackOn(model, me, past) {
  const world = worldOf(model);
  const had = new Set(
    indicesOf(
      world,
      past.map(({ item }) => item),
    ),
  );
  const kept = new Set(me.history.map(({ item }) => item));
  const lost = indicesOf(
    world,
    past.map(({ item }) => item).filter((item) => !kept.has(item)),
  );
  if (lost.length === 0) return null;
  const random = personRandom(1, past[0].item);
  const others = lost.map((j) => {
    for (let tries = 0; tries < 200; tries++) {
      const other = Math.min(world.n - 1, Math.max(0, j - 20 + below(random, 41)));
      if (!had.has(other)) return other;
    }
    return undefined;
  });
  const scores = scoresOf(me.state.now().core);
  const rows = me.summaries.map((row) => row.subarray(AMPCF_SUMMARY_HEAD));
  const near = (/** @type {number} */ j) =>
    Math.max(-1, ...rows.map((row) => dotAt(row, j * world.dim, world.unit) / (Math.hypot(...row) || 1)));
  const aucOf = (/** @type {(j: number) => number} */ sign) => {
    const pairs = lost.flatMap((j, i) =>
      others[i] === undefined ? [] : [[sign(j), sign(Number(others[i]))]],
    );
    const wins = pairs.reduce((sum, [a, b]) => sum + (a > b ? 1 : a === b ? 0.5 : 0), 0);
    return wins / Math.max(1, pairs.length);
  };
  return { near: aucOf(near), score: aucOf((j) => scores[j]) };
}

const mean = (/** @type {number[]} */ of) => of.reduce((a, b) => a + b, 0) / Math.max(1, of.length);

/**
 * @param {Model} model
 * @param {Moment[][]} people
 * @param {(typeof ways)[string]} way
 */
function measure(model, people, way) {
  const bytes = /** @type {number[]} */ ([]);
  const readable = /** @type {number[]} */ ([]);
  const attacks = /** @type {NonNullable<ReturnType<typeof attackOn>>[]} */ ([]);
  const ndcg = people.map((moments) =>
    mean(
      moments.map(({ past, next }) => {
        const me = way(model, past);
        const list = me.recommend({ topK, exclude: past.map(({ item }) => item) });
        bytes.push(me.save().length);
        readable.push(me.size / past.length);
        const attack = attackOn(model, me, past);
        if (attack) attacks.push(attack);
        me.dispose();
        return metrics.ndcg(
          list.items.map(({ item }) => item),
          next,
          topK,
        );
      }),
    ),
  );
  const told = Math.max(mean(attacks.map(({ near }) => near)), mean(attacks.map(({ score }) => score)));
  return { ndcg, bytes: mean(bytes), readable: mean(readable), told: attacks.length > 0 ? told : null };
}

/**
 * A model of the first 80 % by time, and moments of the last 10 %.
 * @param {string} path
 */
async function momentsIn(path) {
  const ratings = await readRatings(path);
  const times = Float64Array.from(ratings.time ?? []).sort();
  const [trained, test] = [0.8, 0.9].map((share) => times[Math.floor(times.length * share)]);
  const rows = Array.from(ratings.user, (_, x) => x).filter((x) => Number(ratings.rating?.[x]) >= 3);
  const known = rows.filter((x) => Number(ratings.time?.[x]) < trained);
  const user = known.map((x) => ratings.user[x]);
  const item = known.map((x) => ratings.item[x]);
  const model = await loadModel((await trainModel({ ...ratings, user, item }, {})).bytes);
  const likes = ratings.users.map(() => /** @type {Event[]} */ ([]));
  for (const x of rows)
    if (model.has(ratings.items[ratings.item[x]]))
      likes[ratings.user[x]].push({ item: ratings.items[ratings.item[x]], at: Number(ratings.time?.[x]) });
  for (const list of likes) list.sort((a, b) => a.at - b.at);
  const people = likes.map((list) => momentsOf(list, test, Infinity)).filter(({ length }) => length > 0);
  return { model, people };
}

/**
 * @param {string} data
 * @returns {Promise<string>}
 */
export async function evidenceTable(data) {
  const path = `${data}/ml-latest-small/ratings.csv`;
  if (!existsSync(path)) return 'skipped';
  const { model, people } = await momentsIn(path);
  const found = Object.entries(ways).map(([name, way]) => ({ name, ...measure(model, people, way) }));
  const [all] = found;
  const table = markdownTable(
    ['kept', 'NDCG@10', 'difference', 'bytes', 'events readable', 'forgotten ones told, AUC'],
    found.map((of) => [
      of.name,
      figure(mean(of.ndcg)),
      of === all ? '' : interval(pairedBootstrap(of.ndcg, all.ndcg)),
      String(Math.round(of.bytes)),
      `${(100 * of.readable).toFixed(0)} %`,
      of.told === null ? '' : of.told.toFixed(3).replace(/^0/, ''),
    ]),
  );
  const moments = people.reduce((sum, { length }) => sum + length, 0);
  return [
    `MovieLens latest-small, likes of 3 stars and more, trained on the first 80 % by time; the next five ` +
      `likes at ${moments} moments of ${people.length} people in the last 10 %:`,
    '',
    table,
  ].join('\n');
}
