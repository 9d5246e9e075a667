// Owns the example of this visit: one person with two tastes, whose list follows the one that is here now.
// Run: node examples/now.js
import { loadModel } from 'ampcf';
import { now, session } from 'ampcf/now';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  { bytes } = await trainDemo(trainModel, films, demoPeople(films, { people: 600 }));
const model = await loadModel(bytes, { plugins: [now] });
const me = model.createProfile(
  [
    'double-indemnity-1944',
    'the-maltese-falcon-1941',
    'the-big-sleep-1946',
    'spirited-away-2001',
    'my-neighbor-totoro-1988',
    'princess-mononoke-1997',
  ].filter((id) => model.has(id)),
);
const percent = (share) => `${Math.round(100 * share)} %`;
const tell = (what, { items, now: sides }) =>
  console.log(
    `${what.padEnd(26)} ${sides.map(({ label, share }) => `${label} ${percent(share)}`).join(', ')}\n` +
      items.map(({ title, persona }) => `${' '.repeat(27)}${title}  [${persona.label}]\n`).join(''),
  );

tell('nothing known of the visit', me.recommend({ topK: 3, now: [] }));
tell('looked at Double Indemnity', me.recommend({ topK: 3, now: ['double-indemnity-1944'] }));
tell('says: Animation', me.recommend({ topK: 3, now: { aspects: 'Animation' } }));

const visit = session(me, { events: 3, idle: 1800 });
for (const [item, at] of [
  ['the-good-the-bad-and-the-ugly-1966', 1000],
  ['once-upon-a-time-in-the-west-1968', 1600],
])
  if (model.has(item)) visit.add({ item, at });
tell('a visit of westerns', visit.recommend({ topK: 3 }));
console.log(`unsure ${visit.unsure.toFixed(2)}, the profile still has ${me.size} events`);
console.log(`kept ${visit.keep()}, and now it has ${me.size}`);
while (me.undo());
console.log(`undone, and it has ${me.size} again`);
