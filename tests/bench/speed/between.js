// Owns the comparison of builds of the core over a table that `npm run bench:speed` left: the same lists, in
// turn in one process. Must not decide which is better.
//
//     node tests/bench/speed/between.js build/bench-speed/gowalla before.wasm dist/wasm/core-large.wasm
import { readFileSync } from 'node:fs';
import { loadModel } from '../../../dist/rank.js';
import { median } from './race.js';
import { idOf } from './tables.js';

/** @import { Table } from './tables.js' */

const seconds = 10,
  turns = 3,
  byScore = { topK: 10, proportional: 0 };
const [folder, ...files] = process.argv.slice(2);
const { people } = /** @type {Table} */ (JSON.parse(readFileSync(`${folder}/table.json`, 'utf8')));

/**
 * @param {string} file
 * @param {string} type
 */
async function open(file, type) {
  const module = new WebAssembly.Module(readFileSync(file));
  const model = await loadModel(readFileSync(`${folder}/${type}.ampcf`), { module });
  const profiles = [{ personas: 1 }, {}].map((options) =>
    people.map(({ history }) => model.createProfile(history.map(idOf), options)),
  );
  const lists = profiles.flat().map((me) => JSON.stringify(me.recommend(byScore)));
  return { name: `${file}, ${type} file`, type, profiles, lists: lists.join('\n'), medians: [[], []] };
}

const all = [];
for (const type of ['f32', 'int8']) for (const file of files) all.push(await open(file, type));
for (const { type, lists, name } of all)
  if (all.some((other) => other.type === type && other.lists !== lists))
    throw new Error(`${name}: wanted the lists of the other builds`);

// Rounds before the third warm up: engines compile twice.
const until = performance.now() + 1000 * seconds;
for (let round = 0; round < 4 || performance.now() < until; round++)
  for (const which of [0, 1])
    for (const { profiles, medians } of all) {
      const times = Array.from({ length: turns }, () => profiles[which]).flatMap((list) =>
        list.map((me) => {
          const began = performance.now();
          me.recommend(byScore);
          return performance.now() - began;
        }),
      );
      if (round > 2) /** @type {number[][]} */ (medians)[which].push(median(times));
    }

for (const { name, medians } of all) {
  const [one, four] = medians.map((list) => median(list).toFixed(3));
  console.log(`${name}: one vector ${one} ms, personas ${four} ms`);
}
