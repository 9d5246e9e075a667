// Owns an example: personas, rankings and reasons from text embeddings alone, with no interaction of anybody.
// Run: node examples/embeddings/embeddings.js
import { loadModel } from 'ampcf';
import { explainInWords } from 'ampcf/sentences';
import { modelFromVectors } from 'ampcf/train';
import { loadFilmFacts } from './films.js';
import { embed, wordsOf } from './embed.js';

const films = await loadFilmFacts();
const dim = 128;
const { bytes } = await modelFromVectors({
  ids: films.map(({ item }) => item),
  vectors: embed(films.map(wordsOf), dim),
  dim,
  items: new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }])),
  name: 'text embeddings of film facts',
});
const model = await loadModel(bytes);
console.log(`${films.length} films, ${dim} numbers each, no interactions: ${bytes.length} bytes\n`);

const me = model.createProfile([
  'alien-1979',
  'aliens-1986',
  'blade-runner-1982',
  'the-matrix-1999',
  'spirited-away-2001',
  'my-neighbor-totoro-1988',
  'princess-mononoke-1997',
  'howls-moving-castle-2004',
]);
const personas = me.personas();
for (const { label, share, items } of personas)
  console.log(`${Math.round(100 * share)} %  ${label}: ${items.map(({ title }) => title).join(', ')}`);

console.log();
const list = me.recommend({ topK: 8, explain: true, contributions: me.size });
for (const item of list.items)
  console.log(`${item.title}: ${explainInWords(item, { personas, history: me.history }).text}`);

console.log();
const mine = [
  'the-terminator-1984',
  'kikis-delivery-service-1989',
  'the-godfather-1972',
  'a-film-nobody-has',
];
for (const { title, known, score } of me.rank(mine).items)
  console.log(known ? `${score.toFixed(3)}  ${title}` : 'unknown');
