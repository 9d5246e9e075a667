// Owns an example: a list that is brought closer to a person's taste, and two that are made more diverse.
// Run: node examples/calibrate.js
import { loadModel } from 'ampcf';
import { taste } from 'ampcf/taste';
import { trainModel } from 'ampcf/train';
import { demoPeople, tastes } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  people = demoPeople(films, { people: 400 });
const model = await loadModel((await trainDemo(trainModel, films, people)).bytes, { taste });
const person = people.find(({ tastes: of }) => of.length === 2 && of[1].share === 0.1) ?? people[0];
const me = model.createProfile(person.history.map(({ item, at }) => ({ item, at })));

/** Mean score says what a list costs, the distance what it brings. */
function show(name, items) {
  const score = items.reduce((sum, item) => sum + item.score, 0) / items.length,
    ids = items.map(({ item }) => item);
  const distance = model.taste.distance(me, ids);
  const kl = model.taste.distance(me, ids, { distance: 'kl' });
  console.log(
    `${name.padEnd(22)} mean score ${score.toFixed(3)}` +
      `   taste distance ${distance.toFixed(3)}   KL ${kl.toFixed(3)}`,
  );
}

const title = new Map(tastes.map(({ id, name }) => [id, name]));
const truth = person.tastes.map(({ taste: id, share }) => `${title.get(id)} ${(100 * share).toFixed(0)} %`);
console.log(`${person.id}: ${truth.join(', ')}\n`);
const plain = me.recommend({ topK: 10, proportional: 0 });
show('by score', plain.items);
for (const calibrate of [0.2, 0.5, 0.8, 1])
  show(`calibrate ${calibrate}`, me.recommend({ topK: 10, calibrate }).items);
show('in proportion', me.recommend({ topK: 10 }).items);
const pool = me.recommend({ topK: 100, proportional: 0 });
for (const by of ['mmr', 'dpp'])
  show(`${by}, lambda 0.5`, model.taste.rerank(me, pool, { by, lambda: 0.5, topK: 10 }).items);

const before = new Set(plain.items.map(({ item }) => item)),
  calibrated = me.recommend({ topK: 10, calibrate: 0.8 }).items;
console.log('\nNew in the list with calibrate 0.8:');
for (const item of calibrated.filter((entry) => !before.has(entry.item)))
  console.log(`  ${item.title} (${model.aspects(item.item).join(', ')})`);
