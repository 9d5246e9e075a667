// Owns `npm run bench:validation`: full-ranking accuracy of the trainer's defaults and their neighbours on the validation part of a
// public split. Must not look at test data: settings are chosen here.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../dist/ampcf.js';
import { trainDefaults, trainModel } from '../../dist/train.js';
import { table } from '../../web/cli/print.js';
import { readRatings } from '../../web/cli/read-ratings.js';

const folder = `${process.argv[2] ?? process.env.AMPCF_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))}/ml1m-leaderboard`;
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (node tests/bench/validation.js FOLDER)\n`);
  process.exit(0);
}

/** @param {string} name @returns {Promise<Awaited<ReturnType<typeof readRatings>> & { byUser: Map<string, string[]> }>} */
async function read(name) {
  const ratings = await readRatings(`${folder}/${name}`);
  /** @type {Map<string, string[]>} */
  const byUser = new Map();
  for (let x = 0; x < ratings.user.length; x++) {
    const user = ratings.users[ratings.user[x]], list = byUser.get(user);
    if (list) list.push(ratings.items[ratings.item[x]]);
    else byUser.set(user, [ratings.items[ratings.item[x]]]);
  }
  return { ...ratings, byUser };
}

const train = await read('train.txt'), validation = await read('validation.txt'), k = 20;
const gain = Array.from({ length: k }, (_, i) => 1 / Math.log2(i + 2));

/** Recall@20 and NDCG@20 over all users, train items masked. @param {import('../../web/model.js').Model} model */
function measure(model) {
  let recall = 0, ndcg = 0, users = 0, personas = 0;
  for (const [user, wanted] of validation.byUser) {
    const me = model.createProfile(train.byUser.get(user) ?? []), hits = new Set(wanted);
    const list = me.recommend({ topK: k }).items;
    const found = list.map(({ item }) => hits.has(item));
    recall += found.filter(Boolean).length / hits.size;
    ndcg += found.reduce((sum, hit, i) => sum + (hit ? gain[i] : 0), 0) / gain.slice(0, hits.size).reduce((a, b) => a + b, 0);
    personas += me.personas().length;
    users++;
    me.dispose();
  }
  return [recall / users, ndcg / users, personas / users].map((value, i) => value.toFixed(i < 2 ? 4 : 2));
}

/** @type {[string, import('../../web/train.js').TrainOptions][]} */
const variants = [['defaults', {}], ['one vector', { personas: 1 }], ['joint 0', { joint: 0 }], ['joint 4', { joint: 4 }], ['rho 0.2', { rho: 0.2 }], ['tau 0', { tau: 0 }],
  ['tau 1', { tau: 1 }], ['alpha 0.3', { alpha: 0.3 }], ['lambda 0.01', { lambda: 0.01 }],
  ['int8', { vectors: 'int8' }], ['100 neighbours', { neighbours: 100 }], ['200 neighbours', { neighbours: 200 }], ['200, one vector', { neighbours: 200, personas: 1 }]];
const rows = [['', 'Recall@20', 'NDCG@20', 'personas', 'seconds']];
for (const [name, options] of variants) {
  const { bytes, seconds } = await trainModel(train, options), model = await loadModel(bytes);
  rows.push([name, ...measure(model), seconds.toFixed(1)]);
  model.dispose();
}
process.stdout.write(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model.trim()}, Node ${process.version}; ml1m-leaderboard, trained on train.txt, measured on validation.txt\n`
  + `defaults: ${Object.entries(trainDefaults).map(([name, value]) => `${name} ${value}`).join(', ')}\n\n${table(rows)}\n`);
