// Owns an example: what a developer runs before shipping a model. People are drawn from the model file, which
// has none in it, and take what is recommended for some rounds.
// Run: node examples/simulate.js
import { loadModel } from 'ampcf';
import { simulate, simulatePeople } from 'ampcf/simulate';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms();
const model = await loadModel((await trainDemo(trainModel, films, demoPeople(films, { people: 400 }))).bytes);

for (const by of ['coverage', 'density']) {
  const { people, support, consistency } = simulatePeople(model, { people: 60, by });
  const percent = (share) => `${Math.round(100 * share)} %`;
  console.log(
    `${by.padEnd(8)} ${people.length} people have ${percent(support.aspects.covered)} of the genres ` +
      `(${percent(support.aspects.rare)} of the rare ones); half of a history tells a person from ` +
      `another in ${percent(consistency.within)}, what they say in ${percent(consistency.said)}`,
  );
}

const { people } = simulatePeople(model, { people: 60 });
const mixed = people.find(({ tastes }) => tastes.length === 2);
const liked = mixed.tastes.map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
console.log(
  `${mixed.id} likes ${liked.join(', ')}` +
    ` and says ${mixed.says.join(', ')}: ${mixed.history
      .slice(0, 3)
      .map((id) => model.title(id))
      .join(', ')}, ...\n`,
);

/** A policy of my own: what is recommended, but nothing of the ten most popular. */
function lessPopular(profile, topK, { exclude }) {
  const popular = model.ids().slice(0, 10);
  return profile.recommend({ topK, exclude: [...exclude, ...popular] }).items.map(({ item }) => item);
}

const { policies } = await simulate(model, {
  people: 60,
  rounds: 10,
  policies: ['one', 'personas', 'proportional', 'popular', lessPopular],
});
for (const { name, rounds, mean } of policies)
  console.log(
    `${name.padEnd(12)} hits ${mean.hits.toFixed(2)}, first ${rounds[0].hits.toFixed(2)}, last ` +
      `${rounds.at(-1).hits.toFixed(2)}; distance ${mean.tdd.toFixed(3)}; Gini ${mean.gini.toFixed(3)}`,
  );
