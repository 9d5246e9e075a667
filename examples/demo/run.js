// Owns `npm start`: the built-in demo from people to model to explained lists. Must only use what a user of
// the package has.
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from 'ampcf';
import { evidenceFor, loadEvidence } from 'ampcf/evidence';
import { addGraph, makeEvidence, trainModel } from 'ampcf/train';
import { filmTriples, triplesText } from './graph.js';
import { demoPeople, tastes } from './people.js';
import { bar, bold, count, percent, personaLines, rankingLines } from './print.js';
import { demoAspects, demoReviews, reviewsCsv } from './reviews.js';
import { loadFilms, trainDemo } from './train.js';

const out = new URL('../../dist/demo/', import.meta.url);
const say = (/** @type {string} */ line = '') => process.stdout.write(`${line}\n`);
const tasteName = new Map(tastes.map((taste) => [taste.id, taste.name]));

/**
 * The first person of each kind, not the prettiest one.
 * @param {import('./people.js').Person[]} people
 */
function threePeople(people) {
  const shares = (/** @type {import('./people.js').Person} */ person) =>
    person.tastes.map(({ share }) => share).join('/');
  const kinds = /** @type {const} */ ([
    ['two tastes, 70/30', '0.7/0.3'],
    ['one taste', '1'],
    ['a 10 % minority taste', '0.9/0.1'],
  ]);
  return kinds.map(([kind, wanted]) => ({
    kind,
    person: /** @type {import('./people.js').Person} */ (people.find((person) => shares(person) === wanted)),
  }));
}

/**
 * @param {import('ampcf').Model} model
 * @param {string} kind
 * @param {import('./people.js').Person} person
 */
async function show(model, kind, person) {
  const history = person.history.map(({ item, at }) => ({ item, at }));
  const me = model.createProfile(history),
    one = model.createProfile(history, { personas: 1 });
  say(bold(`${'─'.repeat(3)} ${person.id}: ${kind} ${'─'.repeat(60 - kind.length)}`));
  const truth = person.tastes.map(({ taste, share }) => `${tasteName.get(taste)} ${percent(share)}`);
  say(`${history.length} films liked. In truth (the generator knows): ${truth.join(', ')}`);
  say('\nPersonas found in the history, on the device');
  say(personaLines(me));
  const ranking = me.recommend({ topK: 10, explain: true, contributions: 2 });
  say('\nTop 10, who speaks for each film, and why');
  say(rankingLines(ranking));
  say('\nWhat somebody might say of what each persona cares about (made up, as it says)');
  for (const { item, title } of ranking.items.slice(0, 5)) {
    const found = await evidenceFor(me, item, { evidence });
    if (found) say(`  ${title}: ${found.text} [${found.aspect}]`);
  }
  say('\n(by share: not the score but a claim of the whole taste put it there)');
  const distanceOf = (/** @type {import('ampcf').Ranking} */ { items }) =>
    /** @type {number} */ (me.tasteDistance(items.map(({ item }) => item)));
  const found = distanceOf(ranking),
    single = distanceOf(one.recommend({ topK: 10, proportional: 0 }));
  say(`\nTaste distance of the list to the history (0 = the whole taste, 1 = nothing of it)`);
  say(`  personas, in proportion  ${bar(found, 24)}  ${found.toFixed(3)}`);
  say(`  one vector, by score     ${bar(single, 24)}  ${single.toFixed(3)}`);
  say();
  me.dispose();
  one.dispose();
}

say(bold('ampcf demo: recommendations on the device, by persona, explained'));
say('Real films (facts only), invented people: nobody real watched anything here.\n');
const films = await loadFilms(),
  people = demoPeople(films);
mkdirSync(out, { recursive: true });
const rows = people.flatMap((person) => person.history.map(({ item, at }) => `${person.id},${item},${at}`));
writeFileSync(new URL('ratings.csv', out), `user,item,time\n${rows.join('\n')}\n`);
writeFileSync(new URL('triples.csv', out), triplesText());
say(
  `data     ${count(people.length)} people, ${count(rows.length)} films liked, ${count(films.length)} films`,
);

const result = await trainDemo(trainModel, films, people);
const file = new URL('films.ampcf', out);
// With usual settings: to learn them takes a second training.
const { bytes } = await addGraph(result.bytes, { graph: filmTriples() });
writeFileSync(file, bytes);
const kilobytes = Math.round(bytes.length / 1000);
say(
  `trained  in ${result.seconds.toFixed(1)} s: one file of ${kilobytes} kB, which a page would download once`,
);
const model = await loadModel(bytes);
/** Of the films that are liked most. */
const spokenOf = new Set(model.ids().slice(0, 240));
const reviews = demoReviews(films.filter(({ item }) => spokenOf.has(item)));
writeFileSync(new URL('reviews.csv', out), reviewsCsv(reviews));
const made = makeEvidence(reviews, { items: model.ids(), words: demoAspects });
writeFileSync(new URL('films.evidence', out), made.bytes);
const evidence = await loadEvidence(made.bytes);
say(
  `reviews  ${count(reviews.length)} made-up ones: ${made.sentences} sentences of ${made.items} films kept`,
);
say(`loaded   ${model.diagnostics().backend} build of the core\n`);
for (const { kind, person } of threePeople(people)) await show(model, kind, person);
model.dispose();

/** @param {URL} url */
function here(url) {
  const path = fileURLToPath(url),
    below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}
const path = here(file);
const ratings = here(new URL('ratings.csv', out));
const spoken = here(new URL('reviews.csv', out));
const facts = here(new URL('films.csv', import.meta.url));
const liked = 'alien-1979,the-shining-1980,halloween-1978,high-noon-1952,rio-bravo-1959,the-searchers-1956';
say(bold('Next'));
say(`  npx ampcf recommend ${path} --history ${liked} --explain`);
say(`  npx ampcf rank ${path} --history alien-1979 --candidates blade-runner-1982,gigi-1958,stalker-1979`);
say(`  npx ampcf train ${ratings} --items ${facts} -o mine.ampcf   (or your own ratings)`);
say(`  npx ampcf evidence ${path} ${spoken} -o mine.evidence   (or your own reviews)`);
say(`  npx ampcf serve ${path} --page`);
say('  npx ampcf --help');
