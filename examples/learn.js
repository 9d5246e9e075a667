// Owns an example: a profile that learns from likes, stars, dislikes and time, takes things back, and forgets
// events without forgetting tastes.
// Run: node examples/learn.js
import { loadModel } from 'ampcf';
import { driftOf, recency, refine } from 'ampcf/learn';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  people = demoPeople(films, { people: 400 });
const model = await loadModel((await trainDemo(trainModel, films, people)).bytes);
const person = people.find(({ tastes }) => tastes.length === 2) ?? people[0],
  me = model.createProfile(person.history.map(({ item, at }) => ({ item, at })));
const top = (profile, n = 3) =>
  profile
    .recommend({ topK: n })
    .items.map(({ title }) => title)
    .join(', ');
const place = (item) =>
  1 +
  me
    .recommend({ topK: model.info.items, excludeSeen: false })
    .items.findIndex((found) => found.item === item);

console.log(
  `${me.size} films, ${me.personas().length} personas: ${me
    .personas()
    .map(({ label, share }) => `${label} ${(100 * share).toFixed(0)} %`)
    .join(', ')}`,
);
console.log(`my top 3        ${top(me)}\n`);

const [first, second] = me.recommend({ topK: 2 }).items;
me.dislike(first.item);
console.log(`dislike         ${first.title} falls from place 1 to ${place(first.item)}`);
me.rate(second.item, 5).skip(me.recommend({ topK: 1 }).items[0].item);
console.log(`rate, skip      now first: ${top(me, 1)}`);
while (me.undo());
console.log(`undo, undo, ... and the top 3 is again ${top(me)}\n`);

const began = performance.now();
me.add(second.item);
me.recommend({ topK: 1 });
const took = performance.now() - began;
const step = JSON.stringify(me.recommend().items);
const atOnce = JSON.stringify(model.createProfile(me.history).recommend().items);
console.log(
  `one event more  ${took < 20 ? 'a moment' : `${took.toFixed(0)} ms`}, and every bit is as if all ` +
    `${me.size} had been folded at once: ${step === atOnce}`,
);
me.undo();

me.adjust({ recency: recency({ halfLife: 20 }) });
console.log(`recency         with a half-life of 20 events: ${top(me)}`);
me.adjust({});

const western = model
  .ids()
  .filter((id) => model.aspects(id).includes('Western') && !me.history.some(({ item }) => item === id))
  .slice(0, 12);
for (const item of western) me.add(item);
const drift = driftOf(me, { recent: western.length });
console.log(
  `drift           after ${western.length} westerns: ${drift.drifted ? 'alarm' : 'none'} ` +
    `(distance ${drift.distance.toFixed(2)}, by chance ${drift.expected.toFixed(2)}, ` +
    `p = ${drift.p.toFixed(3)}); most moved: ${drift.changes[0].category}`,
);
for (const item of western) me.remove(item);

const { kept, folding, before, after } = refine(me);
console.log(
  `refine          ${kept ? `kept ${JSON.stringify(folding)}` : 'nothing kept'}: ` +
    `rank of the latest like ${before.latest.toFixed(0)} before, ${after.latest.toFixed(0)} after\n`,
);
if (kept) me.undo();

const all = new Set(me.recommend({ topK: 20 }).items.map(({ item }) => item)),
  exclude = me.history.map(({ item }) => item);
me.forget();
const same = me.recommend({ topK: 20, exclude }).items.filter(({ item }) => all.has(item)).length;
console.log(
  `forget          no event is left (${me.size}), ${me.personas().length} personas are: ` +
    `${same} of 20 recommendations are the same`,
);
const ring = model.createProfile(
  person.history.map(({ item }) => item),
  { ring: 10 },
);
const { remembered } = ring.explain(first.item).explanation;
const score = Number(ring.rank([first.item]).items[0].score);
console.log(
  `ring of 10      ${ring.size} events, and ${remembered.toFixed(2)} of the ${first.title} score of ` +
    `${score.toFixed(2)} comes from what was forgotten`,
);
