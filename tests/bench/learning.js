// Owns `npm run bench:learning`: what time, dislikes, refinement and forgetting do to what people take next,
// on ratings with times. Settings are
// chosen on a validation period, the later period is reported. Must not decide pass or fail.
import { existsSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { metrics, pairedBootstrap } from '../../dist/evaluate.js';
import { recency, refine } from '../../dist/learn.js';
import { trainModel } from '../../dist/train.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { timelines } from './timelines.js';

/** @import { Model } from '../../web/model/model.js' */
/** @import { Profile } from '../../web/model/profile.js' */
/** @import { HistoryEvent, ProfileOptions } from '../../web/model/types.js' */
/** @import { Rated } from './timelines.js' */
/**
 * @typedef {{ past: Rated[], next: Set<string> }} Moment what a person had rated, and which likes came next
 */
/** @typedef {(model: Model, past: Rated[]) => Profile} Variant */

const { data, write } = benchArguments({});
const liked = 3;
const topK = 10;
const ahead = 5;
const every = 5;
const fewest = 10;
const mostOfOne = 20;

/**
 * Moments of a period: after every fifth like, the next five likes; people with fewer than ten likes before
 * have none.
 * @param {Rated[]} list
 * @param {number} from
 * @param {number} to
 * @param {Model} model
 */
function momentsOf(list, from, to, model) {
  const likes = [...list.keys()].filter((i) => list[i].stars >= liked && model.has(list[i].item)),
    moments = /** @type {Moment[]} */ ([]);
  for (let l = fewest; l + ahead <= likes.length && moments.length < mostOfOne; l++) {
    const at = likes[l];
    if (list[at].at < from || list[likes[l + ahead - 1]].at >= to) continue;
    moments.push({
      past: list.slice(0, at),
      next: new Set(likes.slice(l, l + ahead).map((i) => list[i].item)),
    });
    l += every - 1;
  }
  return moments;
}

/**
 * NDCG@10 among all items that were not rated before.
 * @param {Profile} me
 * @param {Moment} moment
 */
const foresight = (me, { past, next }) =>
  metrics.ndcg(
    me.recommend({ topK, exclude: past.map(({ item }) => item) }).items.map(({ item }) => item),
    next,
    topK,
  );

/**
 * Mean over the moments of each person.
 * @param {Model} model
 * @param {Moment[][]} people
 * @param {Variant} variant
 */
function measure(model, people, variant) {
  return people.map(
    (moments) =>
      moments.reduce((sum, moment) => {
        const me = variant(model, moment.past),
          value = foresight(me, moment);
        me.dispose();
        return sum + value;
      }, 0) / moments.length,
  );
}

const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
const likes = (/** @type {Rated[]} */ past) =>
  past.filter(({ stars }) => stars >= liked).map(({ item, at }) => ({ item, at }));
/**
 * @param {(past: Rated[]) => HistoryEvent[]} events
 * @param {ProfileOptions} [options]
 * @returns {Variant}
 */
const folding = (events, options) => (model, past) => model.createProfile(events(past), options);
const withDislikes = (/** @type {number} */ weight) =>
  folding((past) =>
    past.map(({ item, at, stars }) => (stars >= liked ? { item, at } : { item, at, preference: -1, weight })),
  );

/** @type {Record<string, Record<string, Variant>>} */
const groups = {
  'what time does': {
    ...Object.fromEntries(
      [10, 20, 50, 100, 200].map((halfLife) => [
        `half-life ${halfLife} events of the persona`,
        folding(likes, { recency: recency({ halfLife }) }),
      ]),
    ),
    ...Object.fromEntries(
      [20, 50, 100, 200, 400].map((halfLife) => [
        `half-life ${halfLife} events`,
        folding(likes, { recency: recency({ halfLife, perPersona: false }) }),
      ]),
    ),
    ...Object.fromEntries(
      [30, 180, 720].map((halfLife) => [
        `half-life ${halfLife} days`,
        folding(likes, { recency: recency({ halfLife, unit: 'days' }) }),
      ]),
    ),
  },
  'what was not liked': {
    ...Object.fromEntries(
      [0.1, 0.3, 1].map((weight) => [`below 3 stars disliked, weight ${weight}`, withDislikes(weight)]),
    ),
    'below 3 stars skipped': (model, past) =>
      past.reduce(
        (me, { item, at, stars }) => (stars >= liked ? me.add({ item, at }) : me.skip(item, { at })),
        model.createProfile(),
      ),
    'every rating by its stars': (model, past) =>
      past.reduce(
        (me, { item, at, stars }) => me.rate(item, stars, { scale: [0.5, 5], at }),
        model.createProfile(),
      ),
    'likes by stars, 3 counts half': folding((past) =>
      past
        .filter(({ stars }) => stars >= liked)
        .map(({ item, at, stars }) => ({ item, at, preference: Math.min(1, stars / 2 - 1) })),
    ),
  },
  'refined for the person': {
    'refine(), kept if the latest like is not worse': (model, past) => {
      const me = model.createProfile(likes(past));
      refine(me);
      return me;
    },
  },
};
/**
 * What is not chosen, but priced.
 * @type {Record<string, Variant>}
 */
const forgetting = {
  'personas and the latest 50 events': (model, past) => remembered(model, past, 50),
  'the latest 50 events alone': folding((past) => likes(past).slice(-50)),
  'personas and the latest 20 events': (model, past) => remembered(model, past, 20),
  'the latest 20 events alone': folding((past) => likes(past).slice(-20)),
  'personas alone, no event': (model, past) => remembered(model, past, 0),
  'nothing: popularity': folding(() => []),
};

/**
 * As a device does it: a ring that forgets as it goes.
 * @param {Model} model
 * @param {Rated[]} past
 * @param {number} keep
 */
function remembered(model, past, keep) {
  const me = model.createProfile([], keep > 0 ? { ring: keep } : {});
  for (const event of likes(past)) me.add(event);
  me.forget({ keep });
  return me;
}

const path = `${data}/ml-latest-small/ratings.csv`;
if (!existsSync(path)) {
  process.stdout.write(`skipped: no ${path} (npm run bench:learning -- --data FOLDER)\n`);
  process.exit(0);
}
const ratings = await readRatings(path);
const times = Float64Array.from(ratings.time ?? []).sort();
const cut = (/** @type {number} */ share) => times[Math.floor(times.length * share)];
const [validationFrom, testFrom] = [cut(0.8), cut(0.9)],
  lists = timelines(ratings);
const known = Array.from(ratings.user, (_, x) => x).filter(
  (x) => Number(ratings.time?.[x]) < validationFrom && Number(ratings.rating?.[x]) >= liked,
);
const model = await loadModel(
  (
    await trainModel(
      { ...ratings, user: known.map((x) => ratings.user[x]), item: known.map((x) => ratings.item[x]) },
      { minSupport: 5 },
    )
  ).bytes,
);
const periods = {
  validation: lists
    .map((list) => momentsOf(list, validationFrom, testFrom, model))
    .filter(({ length }) => length > 0),
  test: lists.map((list) => momentsOf(list, testFrom, Infinity, model)).filter(({ length }) => length > 0),
};
const count = (/** @type {Moment[][]} */ people) =>
  `${people.reduce((sum, { length }) => sum + length, 0)} moments of ${people.length} people`;
const plain = {
  validation: measure(model, periods.validation, folding(likes)),
  test: measure(model, periods.test, folding(likes)),
};
const test = (/** @type {Variant} */ variant) => {
  const values = measure(model, periods.test, variant);
  return [figure(mean(values)), interval(pairedBootstrap(values, plain.test))];
};
const rows = [['all likes alike', figure(mean(plain.validation)), figure(mean(plain.test)), '']];
for (const [group, variants] of Object.entries(groups)) {
  const tried = Object.entries(variants).map(([name, variant]) => ({
    name,
    variant,
    validation: mean(measure(model, periods.validation, variant)),
  }));
  const best = tried.reduce((a, b) => (b.validation > a.validation ? b : a));
  rows.push([`**${group}**`, '', '', '']);
  for (const { name, validation, variant } of tried)
    rows.push([name, figure(validation), ...(name === best.name ? test(variant) : ['', ''])]);
}
rows.push(['**what forgetting costs**', '', '', '']);
for (const [name, variant] of Object.entries(forgetting))
  rows.push([name, figure(mean(measure(model, periods.validation, variant))), ...test(variant)]);
publish(
  'learning',
  [
    `MovieLens latest-small, trained on the first 80 % of the ratings by time (${known.length} of 3 stars ` +
      `and more, ${model.info.items} items). NDCG@10 of a`,
    "person's next five likes among all items that the person has not rated: on validation, the next 10 %",
    `(${count(periods.validation)}), and on test, the last 10 % (${count(periods.test)}). ` +
      'Differences from the first row, on test,',
    'paired, 95 % over people. Test is measured for what validation chose in each group, and for every way ' +
      'of forgetting.',
    '',
    markdownTable(['NDCG@10', 'validation', 'test', 'difference'], rows),
  ].join('\n'),
  { write },
);
