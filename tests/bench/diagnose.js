// Owns `npm run bench:diagnose`: do personas keep their promises? The figures of `ampcf diagnose --seeds 1
// --membership` on two public sets, under the default settings. Must not choose a setting.
import { existsSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { diagnose, membershipAttack, targets } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { readItems } from '../../web/read/read-items.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { below, seededRandom } from '../../web/core/random.js';
import { measureOneEvent } from '../../web/evaluate/one-event.js';
import { peopleOf } from './asked.js';
import { itemsByPerson } from '../../web/evaluate/people.js';
import { readDataSet } from './accuracy/data.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/** @import { Interactions } from '../../web/train/interactions.js' */
/** @import { TrainOptions } from '../../web/train/train.js' */
/** @typedef {{ title: string, history: Interactions, test: Interactions, options: TrainOptions }} Task */

const { data, write } = benchArguments({});
const people = 300;
/** How far one event moves a list is asked of more. */
const movedPeople = 1000;

/** @returns {Promise<Task | null>} */
async function movieLens1M() {
  const set = await readDataSet(data, 'ml1m', 'test');
  return set && { ...set, title: 'MovieLens 1M', options: { items: set.items, minSupport: 1 } };
}

/**
 * As `ampcf split --by random` holds out: a tenth is the test, a tenth would be the validation.
 * @returns {Promise<Task | null>}
 */
async function latestSmall() {
  const folder = `${data}/ml-latest-small`;
  if (!existsSync(folder)) return null;
  const ratings = await readRatings(`${folder}/ratings.csv`);
  const { items } = await readItems(`${folder}/movies.csv`);
  const random = seededRandom(1);
  const liked = Array.from(ratings.user, (_, x) => x).filter((x) => Number(ratings.rating?.[x]) >= 3);
  const lot = new Map(liked.map((x) => [x, below(random, 10)]));
  const part = (/** @type {(x: number) => boolean} */ keep) => {
    const rows = liked.filter(keep);
    return { ...ratings, user: rows.map((x) => ratings.user[x]), item: rows.map((x) => ratings.item[x]) };
  };
  return {
    title: 'latest-small',
    history: part((x) => Number(lot.get(x)) > 1),
    test: part((x) => lot.get(x) === 0),
    options: { items },
  };
}

const two = (/** @type {number | null | undefined} */ value) =>
  value === null || value === undefined ? '-' : value.toFixed(2).replace(/^0/, '');
const three = (/** @type {number | null | undefined} */ value) =>
  value === null || value === undefined ? '-' : value.toFixed(3).replace(/^0/, '');
/** How many times an item's rank falls without what is named, and without as much else. */
const falls = (/** @type {{ named: number, random: number } | null} */ part) =>
  part ? `${(2 ** part.named).toFixed(2)} (${(2 ** part.random).toFixed(2)})` : '-';

/** @param {import('../../web/evaluate/one-event.js').Movement} of */
const movement = ({ places, tau }) => `${places?.toFixed(1)}, ${two(tau)}`;

/** @param {Task} task */
async function column({ history, test, options }) {
  const model = await loadModel((await trainModel(history, options)).bytes);
  const quality = await diagnose(model, { history, test, seeds: 1, people });
  const asked = peopleOf(itemsByPerson(history), test, movedPeople).map(({ history: items }, u) => ({
    user: String(u),
    history: items.map((item) => ({ item })),
  }));
  const moved = await measureOneEvent(model, asked, { seed: 1, pace: async () => {} });
  model.dispose();
  const { auc, attacks } = await membershipAttack(history, options, { people });
  const { sharpness, details } = quality,
    { because, persona } = details.faithfulness;
  const alone = Math.max(
    ...Object.entries(attacks).flatMap(([name, of]) => (name.startsWith('calibrated') ? [] : [of])),
  );
  return [
    two(quality.effectivePersonas),
    two(quality.separation),
    `${Math.round(100 * (quality.collapsed ?? 0))} %`,
    two(sharpness.recommended),
    `${two(sharpness.history)} / ${two(sharpness.random)}`,
    two(quality.stability),
    falls(because),
    falls(persona),
    `${movement(moved.list)} / ${movement(moved.onePersona)}`,
    `${Math.round(100 * (moved.together ?? 0))} % / ${Math.round(100 * (moved.sameNumber ?? 0))} %`,
    `${three(quality.rareRecall)} / ${three(details.rareRecall?.onePersona)}`,
    `${two(auc)} (${two(alone)})`,
  ];
}

const names = [
  ['personas a person has, effectively', ''],
  ['separation: what two personas say of the catalogue (1 = nothing in common)', ''],
  ['people with two personas alike, or one that is next to nothing', ''],
  ['sharpness: entropy of the attention / ln P, on recommended items', `≤ ${two(targets.sharpness)}`],
  ['the same on the history / on random items', ''],
  ['stability: top-20 items that the matching persona of another seed shares', `≥ ${two(targets.stability)}`],
  ['without the items an explanation names, a rank falls by a factor of (without as many others)', ''],
  ['without the named persona (without as much of the rest)', ''],
  [
    `one event less (${movedPeople} people): places of 20 that change, Kendall's tau of the rest, ` +
      'as it is / one vector',
    '',
  ],
  ['the same: pairs of other events on which personas agree / people with as many personas', ''],
  ['recall@20 of rare tastes, personas / one persona', ''],
  [
    'membership attack, AUC of the strongest of ten (without a comparison model)',
    `≤ ${two(targets.membership)}`,
  ],
];
const tasks = (await Promise.all([movieLens1M(), latestSmall()])).flatMap((task) => task ?? []);
if (tasks.length === 0) {
  process.stdout.write(`skipped: no data sets in ${data} (npm run bench:diagnose -- --data FOLDER)\n`);
  process.exit(0);
}
const columns = [];
for (const task of tasks) columns.push(await column(task));
publish(
  'diagnosis',
  [
    `Default settings, ${people} people, one other seed for stability. MovieLens 1M: the public split with ` +
      'titles, genres and directors,',
    '`minSupport` 1. MovieLens latest-small: a random tenth of the likes is the test, another tenth ' +
      'is left out, as `ampcf split --by random` does.',
    '',
    markdownTable(
      ['', 'target', ...tasks.map(({ title }) => title)],
      names.map((name, i) => [...name, ...columns.map((of) => of[i])]),
    ),
  ].join('\n'),
  { write },
);
