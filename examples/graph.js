// Owns an example: films with a graph of who directed them and what their genres belong to; why a film is
// recommended by what it shares with the history, what is alike through it, taste by director.
// Run: node examples/graph.js
import { loadModel } from 'ampcf';
import { graph, graphFacts, pathsOf, relationSpace, similar } from 'ampcf/graph';
import { explainInWords } from 'ampcf/sentences';
import { trainModel } from 'ampcf/train';
import { readFilms } from './demo/films.js';
import { withGraph } from './demo/graph-file.js';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms();
const { bytes } = await trainDemo(trainModel, films, demoPeople(films, { people: 400 }));
const ids = (await loadModel(bytes)).ids();

const rows = readFilms();
const triples = [
  ...rows.map(({ item, director }) => [item, 'director', director]),
  ...rows.flatMap(({ item, genres }) => genres.split('|').map((genre) => [item, 'genre', genre])),
  ['Film noir', 'part of', 'Crime'],
].filter(([head]) => ids.includes(head) || head === 'Film noir');
const file = withGraph(bytes, ids, triples, { weights: { genre: 0.1 }, share: () => 0.4 });
const model = await loadModel(file, { plugins: [graph] });
const { relations, entities, triples: count, byRelation } = graphFacts(model);
console.log(
  `${relations} relations, ${entities} entities, ${count} triples: ${byRelation.map((r) => r.relation)}\n`,
);

const liked = ['double-indemnity-1944', 'sunset-boulevard-1950', 'spirited-away-2001', 'vertigo-1958'];
const me = model.createProfile(liked.filter((id) => model.has(id)));
// A relation is named where it brings enough of the score: films of a director that is liked, not of a genre.
const shelf = ['howls-moving-castle-2004', 'castle-in-the-sky-1986', 'raw-deal-1948'];
for (const item of me.rank(shelf, { graph: true }).items)
  console.log(`${item.title.padEnd(26)} ${explainInWords(item, { reasons: 1 }).text}`);

const asked = 'the-apartment-1960';
const { score, explanation } = me.explain(asked, { graph: { limit: 3 } });
const { share, total, parts, paths, rest } = explanation.graph;
console.log(
  `\n${model.title(asked)}: ${score.toFixed(3)}, its vector leans on the graph by ${share.toFixed(2)}`,
);
for (const { title, contribution, steps } of paths)
  console.log(`  ${contribution.toFixed(4)}  ${steps[0].relation} ${steps[0].entity}, as ${title}`);
console.log(`  ${rest.toFixed(4)}  other paths\n  ${total.toFixed(4)}  all that the graph has of the score`);
const sum = parts.reduce((all, part) => all + part.graph + part.own, explanation.bias + explanation.residual);
console.log(`  ${sum.toFixed(4)}  with what each persona brings otherwise and popularity: the score`);
console.log(`  same as pathsOf: ${pathsOf(me, asked).total === total}`);

for (const by of ['taste', 'graph', 'both'])
  console.log(
    `\nlike ${model.title(asked)} by ${by}: ` +
      similar(model, asked, { by, topK: 3 })
        .map(({ title, through: [first] }) => `${title} (${first?.steps[0].entity ?? 'nothing shared'})`)
        .join(', '),
  );

const list = me.recommend({ topK: 10 }).items.map(({ item }) => item);
for (const relation of ['director', 'genre']) {
  const distance = me.tasteDistance(list, { space: relationSpace(model, relation) });
  console.log(`\ntaste by ${relation}: ${distance === null ? 'none' : distance.toFixed(2)} from the history`);
}
