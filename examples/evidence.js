// Owns the example of evidence: what people say of films, made up, and which sentence of it each of two
// people is shown.
// Run: node examples/evidence.js
import { loadModel } from 'ampcf';
import { caresAbout, evidenceFor, loadEvidence } from 'ampcf/evidence';
import { makeEvidence, trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { demoAspects, demoReviews } from './demo/reviews.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  { bytes } = await trainDemo(trainModel, films, demoPeople(films, { people: 600 }));
const model = await loadModel(bytes);

const reviews = demoReviews(films); // made up, and each says so
const made = makeEvidence(reviews, { items: model.ids(), words: demoAspects });
console.log(`${made.sentences} sentences of ${made.items} films, ${made.bytes.length} bytes`);
const evidence = await loadEvidence(made.bytes); // a page: loadEvidence('/films.evidence', { ranges: true })

for (const [who, history] of Object.entries({
  'likes film noir': ['double-indemnity-1944', 'the-maltese-falcon-1941', 'the-big-sleep-1946', 'laura-1944'],
  'likes animation': ['spirited-away-2001', 'my-neighbor-totoro-1988', 'princess-mononoke-1997'],
})) {
  const me = model.createProfile(history.filter((id) => model.has(id)));
  const first = me.personas()[0];
  const cares = ['atmosphere', 'drawings', 'acting'].map(
    (aspect) => `${aspect} ${caresAbout(me, first.index, aspect, { evidence }).toFixed(2)}`,
  );
  console.log(`\nwho ${who} gives of its attention: ${cares.join(', ')}`);
  const { items } = me.recommend({ topK: 5 });
  await evidence.load(items.map(({ item }) => item));
  for (const { item, title } of items) {
    const found = await evidenceFor(me, item, { evidence });
    const sign = { '-1': '-', 0: ' ', 1: '+' }[found?.polarity ?? 0];
    if (found)
      console.log(`  ${title}\n    ${sign} ${found.text}  [${found.aspect}, ${found.persona?.label}]`);
  }
}
