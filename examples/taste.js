// Owns an example: how far a list is from a person's taste, over aspects, clusters and personas. Run: node
// examples/taste.js
import { loadModel } from 'ampcf';
import { taste, tasteDistance } from 'ampcf/taste';
import { trainModel } from 'ampcf/train';
import { demoPeople, tastes } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  people = demoPeople(films, { people: 400 });
const model = await loadModel((await trainDemo(trainModel, films, people)).bytes, { taste });
const person = people.find(({ tastes }) => tastes.length === 2 && tastes[1].share === 0.1) ?? people[0];
const me = model.createProfile(person.history.map(({ item, at }) => ({ item, at }))),
  over = model.taste;
const list = me.recommend({ topK: 10 }).items.map(({ item }) => item);
const popular = model
  .createProfile()
  .recommend({ topK: 10 })
  .items.map(({ item }) => item);

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const top = (of) =>
  of.categories
    .map((name, a) => ({ name, share: of.shares[a] }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);
const line = (of) =>
  top(of)
    .map(({ name, share }) => `${name} ${percent(share)}`)
    .join(', ');

const nameOf = (id) => tastes.find((one) => one.id === id).name;
const truth = person.tastes.map(({ taste: id, share }) => `${nameOf(id)} ${percent(share)}`);
console.log(`${person.id} liked ${person.history.length} films: ${truth.join(', ')}\n`);
console.log(`my history   ${line(over.distribution(me))}`);
console.log(`my top 10    ${line(over.distribution(list))}`);
console.log(`most popular ${line(over.distribution(popular))}`);

console.log('\nDistance to my taste (0 = the same)          my top 10   most popular');
for (const space of ['aspects', 'clusters']) {
  for (const distance of ['jensenShannon', 'hellinger', 'totalVariation', 'kl', 'wasserstein']) {
    const [mine, theirs] = [list, popular].map((items) =>
      over.distance(me, items, { space, distance }).toFixed(3),
    );
    console.log(`${space.padEnd(9)} ${distance.padEnd(34)} ${mine}      ${theirs}`);
  }
}

const floor = over.floor(me, { topK: 10 });
console.log(
  `\nTen films drawn from my own history are ${floor.low.toFixed(3)} to ${floor.high.toFixed(3)} ` +
    `from it (90 % of ${floor.rounds} draws):`,
);
console.log('a list in this range has my taste as well as ten of my own films show it.');

const [biggest] = over.clusters().sort((a, b) => b.items - a.items);
console.log(
  `\nThe largest of ${over.clusters().length} item clusters is "${biggest.label}": ` +
    `${biggest.items} films such as ${biggest.titles.join(', ')}`,
);
console.log(
  `Without a model: ${(await tasteDistance([0.7, 0.3], [0.5, 0.5])).toFixed(3)} between 70/30 and 50/50`,
);
