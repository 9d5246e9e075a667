// Owns `npm run bench:now`: the next thing a person likes, given the last events of a visit: lists that lean
// on the visit against the history alone, the visit alone, and recency. Settings are chosen on a validation
// period, the later period is reported. Must not decide pass or fail.
import { existsSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { recency } from '../../dist/learn.js';
import { now } from '../../dist/now.js';
import { trainModel } from '../../dist/train.js';
import { personRandom, sampleOf, seededRandom } from '../../web/core/random.js';
import { givenArgument } from '../../web/now/given.js';
import { settings } from '../../web/now/posterior.js';
import { rankingOf } from '../../web/now/rankings.js';
import { readItems } from '../../web/read/read-items.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';
import { timelines } from './timelines.js';

/** @import { Model, Profile } from 'ampcf' */
/** @import { Settings } from '../../web/now/posterior.js' */
/** @import { Rated } from './timelines.js' */
/** @typedef {{ past: Rated[], visit: Rated[], target: Rated, seen: Set<string>, own?: Rated[] }} Moment */
/** @typedef {Moment[]} Person */
/** @typedef {(model: Model, moment: Moment) => string[]} System gives a list of 20 */
/** @typedef {{ name: string, model: Model, validation: Person[], test: Person[] }} Set_ */

const { data, write, people: mostPeople } = benchArguments({ people: { type: 'string', default: '50' } });
const liked = 3;
const topK = 20;
const gap = 1800;
const fewest = 10;
const mostMoments = 6;
const lengths = [1, 3, 5];

/**
 * What a person liked next in a visit, after something in it: visits are cut where half an hour passes
 * without a rating, and begin in the period.
 * @param {Model} model
 * @param {Rated[]} list
 * @param {number} from
 * @param {number} to
 * @returns {Moment[]}
 */
function momentsOf(model, list, from, to) {
  const isLike = (/** @type {Rated} */ { stars, item }) => stars >= liked && model.has(item);
  const found = /** @type {Moment[]} */ ([]);
  let start = 0;
  for (let i = 1; i < list.length; i++) {
    if (list[i].at - list[i - 1].at > gap) start = i;
    const begins = list[start].at;
    if (begins < from || begins >= to || !isLike(list[i])) continue;
    const past = list.slice(0, start).filter(isLike);
    const visit = list.slice(start, i).filter(isLike);
    if (past.length >= fewest && visit.length > 0)
      found.push({ past, visit, target: list[i], seen: new Set(list.slice(0, i).map(({ item }) => item)) });
  }
  return found;
}

/**
 * @param {string} name
 * @param {string} file
 * @param {string} [itemsFile]
 * @returns {Promise<Set_ | undefined>}
 */
async function readSet(name, file, itemsFile) {
  if (!existsSync(`${data}/${file}`)) return undefined;
  const ratings = await readRatings(`${data}/${file}`);
  const times = Float64Array.from(ratings.time ?? []).sort();
  const [from, until] = [0.6, 0.8].map((share) => times[Math.floor(times.length * share)]);
  const known = Array.from(ratings.user.keys()).filter(
    (x) => Number(ratings.time?.[x]) < from && Number(ratings.rating?.[x]) >= liked,
  );
  const items = itemsFile ? (await readItems(`${data}/${itemsFile}`)).items : undefined;
  const pick = (/** @type {ArrayLike<number>} */ column) => known.map((x) => column[x]);
  const { bytes } = await trainModel(
    { users: ratings.users, items: ratings.items, user: pick(ratings.user), item: pick(ratings.item) },
    { minSupport: 5, ...(items && { items }) },
  );
  const model = await loadModel(bytes, { plugins: [now] });
  const lists = timelines(ratings);
  const period = (/** @type {number} */ a, /** @type {number} */ b) => {
    const all = lists.map((list, u) => ({ u, moments: momentsOf(model, list, a, b) }));
    const some = all.filter(({ moments }) => moments.length > 0);
    return sampleOf(some, Math.min(some.length, Number(mostPeople)), seededRandom(1)).map(({ u, moments }) =>
      sampleOf(moments, Math.min(mostMoments, moments.length), personRandom(1, ratings.users[u])),
    );
  };
  return { name, model, validation: period(from, until), test: period(until, Infinity) };
}

/**
 * Two people in one history: each moment with what another person of the period had liked.
 * @param {Person[]} people
 * @returns {Person[]}
 */
const shared = (people) =>
  people.map((moments, u) => {
    const other = people[(u + 1) % people.length][0].past;
    return moments.map((moment) => {
      const mine = new Set([...moment.seen, moment.target.item]);
      const more = other.filter(({ item }) => !mine.has(item));
      return {
        ...moment,
        own: moment.past,
        past: [...more, ...moment.past].sort((a, b) => a.at - b.at),
        seen: new Set([...moment.seen, ...more.map(({ item }) => item)]),
      };
    });
  });

const events = (/** @type {Rated[]} */ list) => list.map(({ item, at }) => ({ item, at }));

/**
 * @param {Profile} me
 * @param {Moment} moment
 * @param {(options: import('ampcf').RecommendOptions) => import('ampcf').Ranking} [ask]
 * @param {string[]} [include] aspects of which a listed item has one
 */
function listOf(me, { seen }, ask = (options) => me.recommend(options), include = undefined) {
  const filter = include && { filter: { aspects: { include } } };
  const { items } = ask({ topK, proportional: 0, exclude: seen, ...filter });
  me.dispose();
  return items.map(({ item }) => item);
}

/**
 * @param {(moment: Moment) => Rated[]} history
 * @param {import('ampcf').ProfileOptions} [options]
 * @returns {System}
 */
const plain = (history, options) => (model, moment) =>
  listOf(model.createProfile(events(history(moment)), options), moment);

/**
 * @param {(moment: Moment) => import('ampcf/now').Now} visit
 * @param {Partial<Settings>} [changed]
 * @param {string[]} [include]
 * @returns {System}
 */
const leaning =
  (visit, changed = {}, include) =>
  (model, moment) => {
    const me = model.createProfile(events(moment.past));
    const given = givenArgument(/** @type {any} */ (model), /** @type {any} */ (visit(moment)));
    const how = { ...settings, ...changed };
    const ask = (/** @type {import('ampcf').RecommendOptions} */ options) =>
      rankingOf(/** @type {any} */ (me), given, (derived) => derived.recommend(options), how);
    return listOf(me, moment, ask, include);
  };
const last =
  (/** @type {number} */ n) =>
  (/** @type {Moment} */ { visit }) =>
    events(visit.slice(-n));

/** @typedef {{ recall: Float64Array, ndcg: Float64Array }} Figures one number a person */

/**
 * @param {Model} model
 * @param {Person[]} people
 * @param {System} system
 * @returns {Figures}
 */
function measure(model, people, system) {
  const recall = new Float64Array(people.length);
  const ndcg = new Float64Array(people.length);
  people.forEach((moments, u) => {
    for (const moment of moments) {
      const at = system(model, moment).indexOf(moment.target.item);
      if (at < 0) continue;
      recall[u] += 1 / moments.length;
      ndcg[u] += 1 / Math.log2(at + 2) / moments.length;
    }
  });
  return { recall, ndcg };
}

const mean = (/** @type {Float64Array} */ list) => list.reduce((a, b) => a + b, 0) / list.length;

/** @typedef {{ name: string, model: Model, validation: Person[], test: Person[] }} Block */
const sets = [
  await readSet('MovieLens latest-small', 'ml-latest-small/ratings.csv', 'ml-latest-small/movies.csv'),
  await readSet('MovieLens 100K', 'ml-100k/u.data', 'ml-100k/u.item'),
].flatMap((set) => set ?? []);
if (sets.length === 0) {
  process.stdout.write(`skipped: no ratings with times in ${data} (npm run bench:now -- --data FOLDER)\n`);
  process.exit(0);
}
/** @type {Block[]} */
const blocks = sets.flatMap((set) => [
  set,
  {
    ...set,
    name: `${set.name}, two people in one history`,
    validation: shared(set.validation),
    test: shared(set.test),
  },
]);

/**
 * Mean NDCG@20 over all blocks, on validation.
 * @param {System} system
 * @param {Block[]} [of]
 */
const validated = (system, of = blocks) =>
  of.reduce((sum, { model, validation }) => sum + mean(measure(model, validation, system).ndcg), 0) /
  of.length;

/** What is not better by so much leaves a setting as it is. */
const much = 0.001;

/**
 * One setting after the other, each the best on validation.
 * @template {object} T
 * @param {T} start
 * @param {{ [K in keyof T]?: T[K][] }} grid
 * @param {(changed: T) => System} system
 * @param {Block[]} [of]
 */
function choose(start, grid, system, of = blocks) {
  const tried = /** @type {string[][]} */ ([]);
  let best = { how: start, value: validated(system(start), of) };
  for (const [name, values] of /** @type {[keyof T & string, any[]][]} */ (Object.entries(grid))) {
    const all = values.map((value) => {
      const how = { ...best.how, [name]: value };
      return { how, value: value === best.how[name] ? best.value : validated(system(how), of) };
    });
    tried.push([name, all.map(({ how, value }) => `${String(how[name])}: ${figure(value)}`).join(', ')]);
    const first = all.reduce((a, b) => (b.value > a.value ? b : a));
    if (first.value > best.value + much) best = first;
  }
  return { ...best, tried };
}

const chosen = choose(
  { ...settings },
  {
    weight: [10, 30, 100],
    trust: [0, 1, 2],
    floor: [0.02, 0.1, 0.3],
    sharpness: [3, 6, 12, 24],
    novelty: [0.02, 0.1, 0.3],
    doubt: [0.5, 2],
  },
  (how) => leaning(last(3), how),
);
const aging = choose({ halfLife: 20 }, { halfLife: [3, 5, 10, 20] }, ({ halfLife }) =>
  withRecency(3, halfLife),
);
const aspectOf = (/** @type {Model} */ model, /** @type {Moment} */ { target }) => {
  const names = model.aspects(target.item);
  return names.length > 0 ? sampleOf(names, 1, personRandom(2, target.item)) : [];
};
/**
 * Somebody says one aspect of what comes next.
 * @param {Partial<Settings>} how
 * @returns {System}
 */
const wished = (how) => (model, moment) =>
  leaning(() => ({ aspects: aspectOf(model, moment) }), how)(model, moment);
const wish = choose({ wish: settings.wish }, { wish: [10, 30, 100] }, wished, sets);

/**
 * @param {number} n
 * @param {number} halfLife
 */
function withRecency(n, halfLife) {
  return plain(({ past, visit }) => [...past, ...visit.slice(-n)], {
    recency: recency({ halfLife, perPersona: false }),
  });
}

/**
 * What is compared, by how many of the visit's last events are known.
 * @type {Record<string, (n: number) => System>}
 */
const systems = {
  'history alone': () => plain(({ past }) => past),
  'visit alone': (n) => plain(({ visit }) => visit.slice(-n)),
  'history and visit alike': (n) => plain(({ past, visit }) => [...past, ...visit.slice(-n)]),
  [`recency, half-life ${aging.how.halfLife} events`]: (n) => withRecency(n, aging.how.halfLife),
  'visit weighs more, sides do not': (n) => leaning(last(n), { trust: 0, novelty: 0 }),
  '`now`': (n) => leaning(last(n)),
};

/** @param {Block} block */
function tableOf({ name, model, test }) {
  const found = Object.entries(systems).map(([system, of]) => ({
    system,
    figures: lengths.map((n) => measure(model, test, of(n))),
  }));
  const own = found[found.length - 1].figures;
  const rows = found.map(({ system, figures }) => [
    system,
    ...figures.map(({ recall, ndcg }) => `${figure(mean(recall))} / ${figure(mean(ndcg))}`),
    ...(figures === own
      ? lengths.map(() => '')
      : figures.map(({ ndcg }, i) => interval(pairedBootstrap(own[i].ndcg, ndcg)))),
  ]);
  const head = [
    name,
    ...lengths.map((n) => `last ${n}`),
    ...lengths.map((n) => `\`now\` less it, last ${n}`),
  ];
  return [
    `${name}: ${test.length} people, ${test.reduce((sum, { length }) => sum + length, 0)} moments.`,
    '',
    markdownTable(head, rows),
  ].join('\n');
}

/**
 * How much of the leaning is on sides of the one of two people who is here, by whose events they are.
 * @param {Block} block
 */
function whoSpeaks({ name, model, test }) {
  const row = [undefined, ...lengths].map((n) => {
    const people = test.map((moments) => {
      const values = moments.map((moment) => {
        const me = model.createProfile(events(moment.past));
        const { now: sides } = /** @type {import('ampcf/now').NowRanking} */ (
          me.recommend({ topK: 0, now: n ? last(n)(moment) : [] })
        );
        const here = new Set(moment.own?.map(({ item }) => item));
        const ofHere = me.personas().map(({ items }) => {
          const all = items.reduce((sum, { responsibility }) => sum + responsibility, 0);
          return items.reduce(
            (sum, { item, responsibility }) => sum + (here.has(item) ? responsibility / all : 0),
            0,
          );
        });
        me.dispose();
        const old = sides.filter(({ prior }) => prior > 0);
        const total = old.reduce((sum, { share }) => sum + share, 0);
        return old.reduce((sum, { persona, share }) => sum + (share / total) * ofHere[persona], 0);
      });
      return values.reduce((a, b) => a + b, 0) / values.length;
    });
    return Float64Array.from(people);
  });
  return [
    name,
    figure(mean(row[0])),
    ...row.slice(1).map((values) => `${figure(mean(values))}, ${interval(pairedBootstrap(values, row[0]))}`),
  ];
}

/**
 * What is said beside events, or the time of day.
 * @param {Block} block
 */
function saidOf({ name, model, test }) {
  const base = measure(
    model,
    test,
    plain(({ past }) => past),
  );
  /** @type {Record<string, System>} */
  const kinds = {
    'one aspect of what comes next': wished({}),
    'the same, as a filter of the plain list': (of, moment) => {
      const include = aspectOf(of, moment);
      return listOf(of.createProfile(events(moment.past)), moment, undefined, include);
    },
    both: (of, moment) => {
      const include = aspectOf(of, moment);
      return leaning(() => ({ aspects: include }), {}, include)(of, moment);
    },
    'the time of day': leaning(({ target }) => ({ at: target.at })),
  };
  return Object.entries(kinds).map(([kind, system]) => {
    const { recall, ndcg } = measure(model, test, system);
    return [
      name,
      kind,
      `${figure(mean(recall))} / ${figure(mean(ndcg))}`,
      interval(pairedBootstrap(ndcg, base.ndcg)),
    ];
  });
}

const two = blocks.filter((block) => !sets.includes(block));
const saidAs = (/** @type {Settings} */ how) =>
  Object.entries(how)
    .map(([name, value]) => {
      const stands = /** @type {any} */ (settings)[name];
      return `${name} ${value}${stands === value ? '' : ` (default: ${stands})`}`;
    })
    .join(', ');
publish(
  'now',
  [
    "What a person likes next in a visit (half an hour without a rating ends it), given the visit's last",
    `events and the history before it (at least ${fewest} likes): Recall@20 / NDCG@20 among all films not`,
    'rated before, by score. Trained on likes (3 stars and more) of the first 60 % of the ratings by time;',
    'settings chosen on visits of the next 20 %, reported on those of the last 20 %. Differences of NDCG@20',
    'are paired, 95 % over people. Two people in one history: what another person of the period had liked',
    'stands among the history.',
    '',
    `Chosen on validation: ${saidAs({ ...chosen.how, ...wish.how })}.`,
    'Mean NDCG@20 of what was tried, one setting after the other; what is not better by',
    `${much} leaves it as it is:`,
    '',
    markdownTable(['setting', 'validation, last 3'], [...chosen.tried, ...wish.tried, ...aging.tried]),
    '',
    ...blocks.flatMap((block) => [tableOf(block), '']),
    'Who speaks: of two people in one history, how much of the leaning is on sides of the one who is here',
    "(whose events each side is made of; the visit's own side apart), before the visit and after its last",
    'events:',
    '',
    markdownTable(['', 'before', ...lengths.map((n) => `last ${n}`)], two.map(whoSpeaks)),
    '',
    'What is said in place of events, against the history alone:',
    '',
    markdownTable(['', 'said', 'Recall / NDCG', 'NDCG, difference'], sets.flatMap(saidOf)),
  ].join('\n'),
  { write },
);
