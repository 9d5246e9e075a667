// Owns `npm run bench:likelihoods`: full-ranking accuracy of the objectives multinomial, gaussian and
// logistic beside als, at their defaults, on validation
// data of two public sets. Must not look at test data: settings are chosen here.
import { existsSync, readFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { markdownTable } from './accuracy/text.js';
import { fullRanking, readSplit } from './full-ranking.js';
import { benchArguments, publish } from './results.js';

/** @typedef {import('../../web/train.js').TrainOptions} TrainOptions */
/**
 * @typedef {{ name: string, k: number, train: import('../../web/train.js').Interactions,
 *   histories: Map<string, string[]>, heldOut: Map<string, string[]> }} Task
 */

const { data, write } = benchArguments({});

/**
 * @param {string} folder
 * @returns {Promise<Task>}
 */
async function leaderboard(folder) {
  const train = await readSplit(`${folder}/train.txt`),
    validation = await readSplit(`${folder}/validation.txt`);
  return {
    name: 'MovieLens 1M, public split, on its validation part',
    k: 20,
    train,
    histories: train.byUser,
    heldOut: validation.byUser,
  };
}

/**
 * One event of each line of train.txt is held out, the same in every run.
 * @param {string} folder
 * @returns {Task}
 */
function leaveOneOut(folder) {
  const histories = new Map(),
    heldOut = new Map();
  let state = 5;
  for (const line of readFileSync(`${folder}/train.txt`, 'utf8').trim().split('\n')) {
    const [user, ...items] = line.trim().split(' ');
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [out] = items.splice(Math.floor((state / 2 ** 32) * items.length), 1);
    histories.set(user, items);
    heldOut.set(user, [out]);
  }
  const users = [...histories.keys()];
  const items = [...new Set([...histories.values()].flat())];
  const at = new Map(items.map((id, j) => [id, j]));
  const train = {
    users,
    items,
    user: users.flatMap((id, u) => histories.get(id).map(() => u)),
    item: users.flatMap((id) => histories.get(id).map((/** @type {string} */ item) => Number(at.get(item)))),
  };
  return {
    name: 'MovieLens latest-small, one event of each person held out',
    k: 10,
    train,
    histories,
    heldOut,
  };
}

/** @type {TrainOptions[]} */
const runs = ['als', 'multinomial', 'gaussian', 'logistic'].map((objective) => ({
  objective: /** @type {TrainOptions['objective']} */ (objective),
}));
/** @type {string[]} */
const tables = [];
for (const [folder, open] of /** @type {const} */ ([
  ['ml1m-leaderboard', leaderboard],
  ['loo-ml-latest-small', leaveOneOut],
])) {
  if (!existsSync(`${data}/${folder}`)) {
    process.stdout.write(`skipped: no ${data}/${folder} (npm run bench:likelihoods -- --data FOLDER)\n`);
    continue;
  }
  const { name, k, train, histories, heldOut } = await open(`${data}/${folder}`);
  /** @type {string[][]} */
  const rows = [];
  for (const personas of [1, 4])
    for (const run of runs) {
      let warm = 0,
        epochs = 0;
      const { bytes, seconds } = await trainModel(train, {
        minSupport: 1,
        ...run,
        personas,
        onProgress: ({ sweep, sweeps, seconds: now }) => {
          if (sweep <= 12) warm = now;
          epochs = sweeps - 12;
        },
      });
      const model = await loadModel(bytes);
      rows.push([
        String(run.objective),
        String(personas),
        ...fullRanking(model, histories, heldOut, k),
        seconds.toFixed(1),
        epochs > 0 ? ((seconds - warm) / epochs).toFixed(1) : '',
      ]);
      model.dispose();
    }
  const head = ['', 'personas', `Recall@${k}`, `NDCG@${k}`, 'found', 'seconds', 'of an epoch'];
  tables.push(`${name}:\n\n${markdownTable(head, rows)}`);
}
if (tables.length > 0)
  publish('likelihoods', `Every objective at its defaults.\n\n${tables.join('\n\n')}`, { write });
