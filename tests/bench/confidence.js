// Owns `npm run bench:confidence`: how far probabilities are from what people liked, whether intervals hold,
// what a person's style of rating is worth, on people of no training and of no fit. Must not choose anything.
import { writeFileSync } from 'node:fs';
import { calibrate, calibrationError, pairedBootstrap, reliability } from '../../dist/evaluate.js';
import { ratings, stylePriorOf } from '../../dist/confidence.js';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { scoresOf } from '../../web/core/kernel.js';
import { personRandom, seededRandom } from '../../web/core/random.js';
import { endsOf, logistic, logitOf } from '../../web/confidence/calibration.js';
import { askPerson, halvesMap, movesOf } from '../../web/evaluate/calibration-people.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { reliabilityChart } from './confidence/chart.js';
import { folds, peopleInFolds, trainingOf } from './confidence/people.js';
import { benchArguments, publish } from './results.js';

/** @import { Bin, CalibrationResult, Forecast } from '../../web/evaluate.js' */
/** @import { Model } from 'ampcf' */
/** @import { SplitPerson } from './confidence/people.js' */
/** @typedef {Forecast & { likes: number, first: boolean, low: number, high: number }} Judged */
/** @typedef {{ likes: number, inside: boolean, first: boolean }} Moved */

const values = benchArguments({ set: { type: 'string' }, people: { type: 'string', default: '1500' } });
const trained = { sweeps: 8, clusters: 0, gate: 1, leaves: 8 };
const sets = [
  { title: 'ML-100k', folder: 'ml-100k', files: ['u.data'], least: 4, dim: 32, support: 2 },
  {
    title: 'ML-100k, rated',
    folder: 'ml-100k',
    files: ['u.data'],
    least: 4,
    keep: true,
    dim: 32,
    support: 2,
  },
  {
    title: 'ML-1M',
    folder: 'ml1m-leaderboard',
    files: ['train.txt', 'validation.txt', 'test.txt'],
    format: /** @type {const} */ ('list'),
    dim: 64,
    support: 2,
  },
  { title: 'Amazon games', folder: 'amazon-video-games', files: ['ratings.csv'], dim: 64, support: 3 },
  {
    title: 'Last.fm',
    folder: 'graph-lastfm-dbpedia',
    files: ['train.txt', 'validation.txt', 'test.txt'],
    format: /** @type {const} */ ('list'),
    dim: 64,
    support: 2,
  },
].filter(({ folder }) => values.set === undefined || values.set === folder);

const rateOf = (/** @type {number} */ stars) => (stars - 3) / 2;

/**
 * As calibrate wants a person.
 * @param {SplitPerson} person
 * @param {{ least?: number, keep?: boolean }} set
 */
const askedOf = ({ history, held }, { least = -Infinity, keep }) => ({
  history: history.map(({ item, rating }) => ({ item, preference: keep ? rateOf(rating) : 1 })),
  liked: held.filter(({ rating }) => rating >= least).map(({ item }) => item),
  ...(keep && { shown: held.map(({ item }) => item) }),
});

/**
 * People that were in no training and no fit, under a map.
 * @param {Model} model
 * @param {CalibrationResult} fitted
 * @param {readonly ReturnType<typeof askedOf>[]} people
 * @param {ReturnType<typeof halvesMap>} ofHalves of the people of the fit
 */
function judge(model, { calibration }, people, ofHalves) {
  const judged = /** @type {Judged[]} */ ([]);
  const moved = /** @type {Moved[]} */ ([]);
  people.forEach((person, u) => {
    const asked = askPerson(model, person, personRandom(2, String(u)), u % 2 === 0);
    for (const { history, score, liked, weight, first } of asked.rows) {
      const z = logitOf(calibration, history, score);
      const [low, high] = endsOf(calibration, history.likes, asked.open[0] ?? 1);
      judged.push({
        probability: logistic(z),
        happened: liked,
        weight,
        first: first || calibration.population === 'shown',
        likes: history.likes,
        low: logistic(z + low),
        high: logistic(z + high),
      });
    }
    movesOf([asked], calibration, ofHalves).forEach(({ likes, uncertainty, by }, i) => {
      const [low, high] = endsOf(calibration, likes, uncertainty);
      moved.push({ likes, inside: by >= low && by <= high, first: asked.rows[i].first });
    });
  });
  return { judged, moved };
}

/**
 * Each fold is judged once, by a model of three others and a map of a fourth.
 * @param {typeof sets[number]} set
 */
async function judgeSet(set) {
  const dealt = await peopleInFolds(`${values.data}/${set.folder}`, { ...set, most: Number(values.people) });
  if (!dealt) return null;
  const judged = /** @type {Judged[]} */ ([]);
  const moved = /** @type {Moved[]} */ ([]);
  let bytes = 0;
  for (let k = 0; k < folds; k++) {
    const [fit, test] = [dealt[(k + 1) % folds], dealt[k]];
    const others = dealt.filter((_, j) => j !== k && j !== (k + 1) % folds).flat();
    const { bytes: file } = await trainModel(trainingOf(others, set.least ?? -Infinity), {
      ...trained,
      dim: set.dim,
      minSupport: set.support,
    });
    const people = fit.map((person) => askedOf(person, set));
    const fitted = await calibrate(file, people);
    bytes = JSON.stringify(fitted.calibration).length;
    const model = await loadModel(fitted.bytes);
    const some = people.map((person, u) => askPerson(model, person, personRandom(3, String(u)), true));
    const found = judge(
      model,
      fitted,
      test.map((person) => askedOf(person, set)),
      halvesMap(some),
    );
    for (const one of found.judged) judged.push(one);
    for (const one of found.moved) moved.push(one);
    model.dispose();
    process.stderr.write(`${set.title}: fold ${k + 1} of ${folds}\n`);
  }
  return { people: dealt.flat().length, judged, moved, bytes };
}

/**
 * What the error would be if every probability were right: likes drawn by it.
 * @param {readonly Forecast[]} list
 * @param {number} bins
 */
function floorOf(list, bins) {
  const random = seededRandom(4);
  const drawn = Array.from({ length: 5 }, () =>
    calibrationError(
      list.map((one) => ({ ...one, happened: random() < one.probability })),
      bins,
    ),
  );
  return drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
}

/**
 * Thirds of people by the length of their history.
 * @template {{ likes: number }} T
 * @param {readonly T[]} list
 */
function thirdsOf(list) {
  const sorted = list.map(({ likes }) => likes).sort((a, b) => a - b);
  const [a, b] = [1 / 3, 2 / 3].map((share) => sorted[Math.floor(share * sorted.length)]);
  return [
    { name: `below ${a}`, part: list.filter(({ likes }) => likes < a) },
    { name: `${a} to ${b}`, part: list.filter(({ likes }) => likes >= a && likes < b) },
    { name: `${b} and more`, part: list.filter(({ likes }) => likes >= b) },
  ];
}

const share = (/** @type {readonly Moved[]} */ list) =>
  figure(list.filter(({ inside }) => inside).length / Math.max(1, list.length));

/**
 * Bins of the first places whose share of likes lies in the mean interval.
 * @param {readonly Judged[]} list
 */
function binsInside(list) {
  const sorted = [...list].sort((a, b) => a.probability - b.probability);
  const n = 15;
  let inside = 0;
  for (let k = 0; k < n; k++) {
    const part = sorted.slice(Math.floor((k * sorted.length) / n), Math.floor(((k + 1) * sorted.length) / n));
    const mean = (/** @type {(one: Judged) => number} */ of) =>
      part.reduce((sum, one) => sum + of(one), 0) / part.length;
    const rate = mean(({ happened }) => Number(happened));
    if (rate >= mean(({ low }) => low) && rate <= mean(({ high }) => high)) inside++;
  }
  return `${inside} of ${n}`;
}

/** Ranks, those of ties in the middle. @param {readonly number[]} list */
function ranksOf(list) {
  const order = [...list.keys()].sort((a, b) => list[a] - list[b]);
  const ranks = new Float64Array(list.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && list[order[j]] === list[order[i]]) j++;
    for (let k = i; k < j; k++) ranks[order[k]] = (i + j - 1) / 2;
    i = j;
  }
  return ranks;
}

/**
 * Spearman's; null where one of them is constant.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function rankCorrelation(a, b) {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/**
 * Rank correlations of one person.
 * @param {Model} model
 * @param {SplitPerson} person
 * @param {import('../../dist/types/confidence.js').RatingOptions} options
 */
function correlationsOf(model, { history, held }, options) {
  const known = held.filter(({ item }) => model.has(item));
  const stars = known.map(({ rating }) => rating);
  const by = (/** @type {(me: ReturnType<Model['createProfile']>) => unknown} */ fill) => {
    const me = model.createProfile();
    fill(me);
    const all = scoresOf(me.state.now().core);
    me.dispose();
    return rankCorrelation(
      known.map(({ item }) => all[Number(model.indexOf(item))]),
      stars,
    );
  };
  const { scale = [1, 5] } = options;
  const given = history.map(({ item, rating }) => ({ item, stars: rating }));
  const found = {
    likes: by((me) => history.forEach(({ item, rating }) => rating >= 4 && me.add(item))),
    rate: by((me) => history.forEach(({ item, rating }) => me.rate(item, rating, { scale }))),
    style: by((me) => ratings(me, given, options)),
  };
  return known.length < 5 || Object.values(found).includes(null) ? null : found;
}

/**
 * Rank correlation of scores with held-out stars, person by person, with and without the person's style.
 * @param {string} folder
 * @param {string} file
 * @param {readonly [number, number]} scale
 */
async function styleRows(folder, file, scale) {
  const dealt = await peopleInFolds(`${values.data}/${folder}`, { files: [file], keep: true });
  if (!dealt) return [];
  const columns = /** @type {{ likes: number[], rate: number[], style: number[] }} */ ({
    likes: [],
    rate: [],
    style: [],
  });
  for (let k = 0; k < folds; k++) {
    const others = dealt.filter((_, j) => j !== k).flat();
    const { bytes } = await trainModel(trainingOf(others, 4), { ...trained, dim: 32, minSupport: 2 });
    const model = await loadModel(bytes);
    const prior = stylePriorOf(
      others.map(({ history, held }) => [...history, ...held].map(({ rating }) => rating)),
    );
    for (const person of dealt[k]) {
      const found = correlationsOf(model, person, { scale, prior });
      if (!found) continue;
      for (const name of /** @type {const} */ (['likes', 'rate', 'style']))
        columns[name].push(Number(found[name]));
    }
    model.dispose();
  }
  const mean = (/** @type {number[]} */ list) => figure(list.reduce((a, b) => a + b, 0) / list.length);
  const { likes, rate, style } = columns;
  return [
    [
      folder,
      String(rate.length),
      mean(likes),
      mean(rate),
      mean(style),
      interval(pairedBootstrap(style, rate)),
    ],
  ];
}

const errors = /** @type {string[][]} */ ([]);
const covers = /** @type {string[][]} */ ([]);
const panels = /** @type {import('./confidence/chart.js').Panel[]} */ ([]);
for (const set of sets) {
  const found = await judgeSet(set);
  if (!found) {
    process.stdout.write(
      `skipped: no ${values.data}/${set.folder} (npm run bench:confidence -- --data FOLDER)\n`,
    );
    continue;
  }
  const { judged, moved, people, bytes } = found;
  const first = judged.filter((one) => one.first);
  const weight = judged.reduce((sum, one) => sum + Number(one.weight), 0);
  const base = judged.reduce((sum, one) => sum + Number(one.weight) * Number(one.happened), 0) / weight;
  const rate = first.filter(({ happened }) => happened).length / first.length;
  errors.push([
    set.title,
    String(people),
    figure(base),
    calibrationError(judged).toFixed(5).replace(/^0/, ''),
    ...(set.keep ? ['', ''] : [figure(rate), figure(calibrationError(first))]),
    figure(floorOf(first, 15)),
    ...thirdsOf(first).map(({ part }) => figure(calibrationError(part))),
    `${bytes}`,
  ]);
  covers.push([
    set.title,
    share(moved),
    ...thirdsOf(moved).map(({ part }) => share(part)),
    set.keep ? '' : share(moved.filter((one) => one.first)),
    binsInside(first),
  ]);
  panels.push({ title: set.title, all: reliability(judged), first: set.keep ? null : reliability(first) });
  process.stderr.write(`${errors.at(-1)?.join('  ')}\n${covers.at(-1)?.join('  ')}\n`);
}
const styles = [
  ...(await styleRows('ml-100k', 'u.data', [1, 5])),
  ...(await styleRows('ml-latest-small', 'ratings.csv', [0.5, 5])),
];
if (values.write)
  writeFileSync(new URL('confidence/reliability.svg', import.meta.url), reliabilityChart(panels));
publish(
  'confidence',
  [
    'People in five folds: a model is trained on three, its map fitted on a fourth, and the fifth judged, ' +
      'in turn, so that everybody is judged once. A fifth of each',
    "person's likes is held out at random. Expected calibration error over 15 bins of equal weight; " +
      '`as by chance` is what it would be if every probability were right.',
    '',
    markdownTable(
      [
        '',
        'people',
        'base rate',
        'error, all',
        'liked of the first 20',
        'error, first 20',
        'as by chance',
        'short',
        'middle',
        'long',
        'bytes',
      ],
      errors,
    ),
    '',
    '![reliability](confidence/reliability.svg)',
    '',
    'Intervals of 80 %: how often the probability by the whole history lies in the interval by half of it, ' +
      'by the length of that half; and bins of the first 20 places whose',
    'share of likes lies in the mean interval.',
    '',
    markdownTable(['', 'all', 'short', 'middle', 'long', 'first 20', 'bins inside'], covers),
    '',
    'Rank correlation (Spearman) of scores with held-out stars, mean over people: likes of 4 stars and ' +
      "more alone, stars by `rate`, stars by the person's style.",
    '',
    markdownTable(['', 'people', 'likes', 'rate', 'style', 'style less rate (95 %)'], styles),
  ].join('\n'),
  values,
);
