// Owns `npm run bench:bytes`: what the gate and a few neighbours bring for the bytes of a file: vectors of 8
// bits, narrow and wide, with none to twenty neighbours an item. Must not choose anything on test.
import { existsSync } from 'node:fs';
import { trainModel } from '../../dist/train.js';
import { readRatings } from '../../web/read/read-ratings.js';
import { chooseGate } from '../../web/evaluate/choose-gate.js';
import { itemsByPerson } from '../../web/evaluate/people.js';
import { figure, markdownTable } from './accuracy/text.js';
import { mean, ndcgOf, peopleOf, withModel } from './asked.js';
import { benchArguments, publish } from './results.js';

/** @import { GatePair } from '../../web/evaluate/choose-gate.js' */
/** @import { Asked } from './asked.js' */

const values = benchArguments({ set: { type: 'string' }, people: { type: 'string', default: '2000' } });
const widths = [16, 64];
const neighbourCounts = [0, 5, 10, 20];
const sets = { 'ml1m-leaderboard': 'ML-1M', 'graph-lastfm-dbpedia': 'Last.fm', 'sparse-gowalla': 'Gowalla' };

/** Part of the best NDCG@20 of a set that a small file is to reach. */
const enough = 0.95;

/** @typedef {{ cells: string[], bytes: number, validation: number, test: number }} File */
/**
 * The smallest file whose NDCG@20 on validation is near the best one of its set.
 * @param {string} title
 * @param {File[]} files
 */
function smallest(title, files) {
  const best = Math.max(...files.map(({ validation }) => validation));
  const good = files.filter(({ validation }) => validation >= enough * best);
  const { cells, test } = good.reduce((least, file) => (file.bytes < least.bytes ? file : least));
  const [, dim, neighbours, kilobytes] = cells;
  return `${title} ${kilobytes} kB (D ${dim}, ${neighbours} neighbours; ${figure(test)} on test)`;
}

/** @type {Map<string, File[]>} */
const found = new Map();
for (const [folder, title] of Object.entries(sets)) {
  const path = `${values.data}/${folder}`;
  if (values.set !== undefined && values.set !== folder) continue;
  if (!existsSync(path)) {
    process.stdout.write(`skipped: no ${path} (npm run bench:bytes -- --data FOLDER)\n`);
    continue;
  }
  const [train, validation, test] = await Promise.all(
    ['train', 'validation', 'test'].map((part) => readRatings(`${path}/${part}.txt`, { format: 'list' })),
  );
  const histories = itemsByPerson(train);
  const [chosenOn, measuredOn] = [validation, test].map((part) =>
    peopleOf(histories, part, Number(values.people)),
  );
  for (const dim of widths)
    for (const neighbours of neighbourCounts)
      await trainModel(train, {
        dim,
        sweeps: 8,
        vectors: 'int8',
        neighbours,
        ...(neighbours > 0 && { neighbourMethod: 'local' }),
        minSupport: 1,
        clusters: 0,
        async chooseSettings({ bytes }) {
          const measure = async (/** @type {GatePair} */ pair, /** @type {readonly Asked[]} */ people) =>
            withModel(await bytes(pair), (model) => ndcgOf(model, people));
          const choice = await chooseGate({ people: chosenOn, fixed: { leaves: 8 }, leaves: 8, measure });
          const plain = await bytes({ gate: 0 });
          const gate = choice?.gate ?? 0;
          const gated = { gate, leaves: 8 };
          const test = mean(await measure(gated, measuredOn));
          const cells = [
            title,
            String(dim),
            String(neighbours),
            (plain.length / 1000).toFixed(0),
            figure(mean(await withModel(plain, (model) => ndcgOf(model, measuredOn)))),
            gate > 0 ? String(gate) : '0',
            figure(test),
          ];
          const validation = mean(await measure(gated, chosenOn));
          found.set(title, [...(found.get(title) ?? []), { cells, bytes: plain.length, validation, test }]);
          process.stderr.write(`${cells.join('  ')}\n`);
        },
      });
}
publish(
  'bytes',
  [
    'NDCG@20 by score on test, vectors of 8 bits, neighbours by local EASE. ' +
      'The gate, at 8 leaves and chosen on validation, adds no byte. kB are of the file with ids.',
    '',
    markdownTable(
      ['', 'D', 'neighbours', 'kB', 'one vector', 'gate', 'gated'],
      [...found.values()].flat().map(({ cells }) => cells),
    ),
    '',
    `The smallest file with at least ${100 * enough} % of the best NDCG@20 of its set, by validation: ` +
      `${Array.from(found, ([title, files]) => smallest(title, files)).join('; ')}.`,
  ].join('\n'),
  values,
);
