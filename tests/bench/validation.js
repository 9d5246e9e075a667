// Owns `npm run bench:validation`: full-ranking accuracy of the trainer's defaults and their neighbours on
// the validation part of a
// public split. Must not look at test data: settings are chosen here.
import { existsSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { trainDefaults, trainModel } from '../../dist/train.js';
import { markdownTable, settingsText } from './accuracy/text.js';
import { fullRanking, readSplit } from './full-ranking.js';
import { benchArguments, publish } from './results.js';

const { data, write } = benchArguments({}),
  folder = `${data}/ml1m-leaderboard`;
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (npm run bench:validation -- --data FOLDER)\n`);
  process.exit(0);
}

const train = await readSplit(`${folder}/train.txt`),
  validation = await readSplit(`${folder}/validation.txt`);

/** @type {[string, import('../../web/train.js').TrainOptions][]} */
const variants = [
  ['defaults', {}],
  ['one vector', { personas: 1 }],
  ['gate 0', { gate: 0 }],
  ['gate 1', { gate: 1 }],
  ['16 leaves', { leaves: 16 }],
  ['lambda 0.003', { lambda: 0.003 }],
  ['no damping', { userDamping: 0, itemDamping: 0, popularityDamping: 0 }],
  ['int8', { vectors: 'int8' }],
  ['100 neighbours', { neighbours: 100 }],
  ['200 neighbours', { neighbours: 200 }],
  ['200, one vector', { neighbours: 200, personas: 1 }],
];
/** @type {string[][]} */
const rows = [];
for (const [name, options] of variants) {
  const { bytes, seconds } = await trainModel(train, { minSupport: 1, ...options }),
    model = await loadModel(bytes);
  rows.push([name, ...fullRanking(model, train.byUser, validation.byUser, 20), seconds.toFixed(1)]);
  model.dispose();
}
publish(
  'validation',
  `MovieLens 1M, public split, trained on the training part and measured on the validation part. Defaults:
${settingsText(trainDefaults)}.

${markdownTable(['', 'Recall@20', 'NDCG@20', 'personas', 'seconds'], rows)}`,
  { write },
);
