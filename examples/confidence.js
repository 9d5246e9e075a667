// Owns an example: a list that says how likely and how sure it is, that explores, and stars read by a
// person's own style.
// Run: node examples/confidence.js
import { loadModel } from 'ampcf';
import { confidence, explore, ratings } from 'ampcf/confidence';
import { calibrate } from 'ampcf/evaluate';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { demoInteractions, loadFilms } from './demo/train.js';

const films = await loadFilms();
const [trained, ...others] = [300, 100, 1].map((n, part) =>
  demoPeople(films, { people: 401 })
    .slice(part === 0 ? 0 : part === 1 ? 300 : 400)
    .slice(0, n),
);
const [asked, [person]] = others;
const facts = new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }]));
const { bytes } = await trainModel(demoInteractions(films, trained), { dim: 16, items: facts, gate: 1 });
const split = ({ history }) => ({
  history: history.filter((_, i) => i % 5 > 0).map(({ item }) => item),
  liked: history.filter((_, i) => i % 5 === 0).map(({ item }) => item),
});
const found = await calibrate(bytes, asked.map(split));
const { error, people, likes } = found.figures;
console.log(
  `calibrated by ${people} people with ${likes} likes held out: expected error ${error.toFixed(4)}\n`,
);

const model = await loadModel(found.bytes, { plugins: [confidence, explore] });
const { history, liked } = split(person);
const me = model.createProfile(history);
for (const item of me.recommend({ topK: 5, confidence: true }).items) {
  const [low, high] = item.interval.map((p) => p.toFixed(2));
  console.log(`${item.probability.toFixed(2)} (${low} to ${high})  ${item.title}: ${item.words}`);
}
const list = me.recommend({ topK: 20, proportional: 0, confidence: true }).items;
const expected = list.reduce((sum, { probability }) => sum + probability, 0);
const hits = list.filter(({ item }) => liked.includes(item)).length;
console.log(`\nof 20 places ${expected.toFixed(1)} were to be liked; of what was held out ${hits} are`);

const titles = (options) =>
  me
    .recommend({ topK: 3, ...options })
    .items.map(({ title }) => title)
    .join(', ');
console.log(`\nplain        ${titles({})}`);
console.log(`strength 0   ${titles({ explore: { strength: 0 } })}`);
console.log(`thompson     ${titles({ explore: { by: 'thompson', seed: 3, strength: 0.3 } })}`);
console.log(`ucb          ${titles({ explore: { by: 'ucb', strength: 0.3 } })}`);

const [one, two, three] = model.ids();
const stars = (first, rest) => {
  const rater = model.createProfile();
  ratings(rater, [{ item: one, stars: first }, ...[two, three].map((item) => ({ item, stars: rest }))]);
  return rater.history[0].preference.toFixed(2);
};
console.log(
  `\na 3 of somebody who gives ones counts as ${stars(3, 1)}, of somebody who gives fives as ${stars(3, 5)}`,
);
