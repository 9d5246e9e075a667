// Owns an example: one device that two people use, told apart by what they watch and when, asked who is here,
// and a list for each.
// Run: node examples/people.js
import { loadModel } from 'ampcf';
import { as, peopleOf, whoIsHere } from 'ampcf/people';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms();
const model = await loadModel((await trainDemo(trainModel, films, demoPeople(films, { people: 400 }))).bytes);
const of = (genre, other) =>
  films
    .filter(({ genres }) => genres.includes(genre) && !genres.includes(other))
    .map(({ item }) => item)
    .slice(0, 18);
const [westerns, cartoons] = [of('Western', 'Animation'), of('Animation', 'Western')];

/** Three films an evening, of the one on even days and of the other on odd ones. */
const evening = (list, first) =>
  list.map((item, i) => ({
    item,
    at: 1790000000 + 86400 * (first + 2 * Math.floor(i / 3)) + 6000 * (i % 3),
  }));
const account = model.createProfile([
  ...evening(westerns.slice(0, 15), 0),
  ...evening(cartoons.slice(0, 15), 1),
]);

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const people = peopleOf(account, { gap: 7200 });
console.log(`${account.size} films. Of 1, 2, 3, 4 people: ${people.probabilities.map(percent).join(', ')}`);

const two = peopleOf(account, { people: 2, gap: 7200 });
for (const { index, label, share, items } of two.list)
  console.log(`person ${index}        ${label}, ${percent(share)}, such as ${items[0].title}`);
const right = two.events.filter(
  ({ item, person }) => westerns.includes(item) === westerns.includes(two.list[person].items[0].item),
);
console.log(`whose is it     right for ${right.length} of ${two.events.length}\n`);

for (const [what, events] of [
  ['two westerns', westerns.slice(15, 17)],
  ['two cartoons', cartoons.slice(15, 17)],
]) {
  const here = whoIsHere(account, events);
  console.log(
    `${what}    ${here.map(({ label, probability }) => `${label} ${percent(probability)}`).join(', ')}`,
  );
}
for (const { index, label } of two.list) {
  const one = as(account, index);
  const titles = one.recommend({ topK: 3 }).items.map(({ title }) => title);
  console.log(`for ${label}: ${titles.join(', ')}`);
  one.dispose();
}

const told = peopleOf(account, { people: 2, gap: 7200, owners: { [westerns[0]]: 1, [cartoons[0]]: 0 } });
console.log(`\ntold            person 1 is ${told.list[1].label}`);
