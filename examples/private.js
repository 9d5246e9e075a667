// Owns an example: what a model file tells of the people it was trained on, and what a device tells of its
// person: nothing. Run: node examples/private.js
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
import { loadModel } from 'ampcf';
import { membershipAttack } from 'ampcf/evaluate';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { demoInteractions, demoSettings, loadFilms } from './demo/train.js';

const films = await loadFilms();
const people = demoPeople(films, { people: 600 });
const canary = 'canary-4711@example.org';
people[7].id = canary;
films.push({ item: 'seen-by-one', title: 'A film that nobody else has seen', genres: ['Drama'] });
people[7].history.push({ item: 'seen-by-one', at: people[7].history[0].at });
const interactions = demoInteractions(films, people),
  facts = new Map(films.map(({ item, title, genres }) => [item, { title, aspects: genres }]));
const { bytes, dropped } = await trainModel(interactions, { ...demoSettings, items: facts }),
  file = Buffer.from(bytes);

const forms = {
  'as text': canary,
  'as UTF-16': Buffer.from(canary, 'utf16le'),
  'as base64': Buffer.from(canary).toString('base64'),
};
for (const [how, form] of Object.entries(forms))
  console.log(
    `the person ${how.padEnd(10)} ${file.includes(form) ? 'IS IN THE FILE' : 'is not in the file'}`,
  );
console.log(
  `what one person alone had ${file.includes('seen-by-one') ? 'IS IN THE FILE' : 'is not in the file'}: ` +
    `${dropped} event${dropped === 1 ? '' : 's'} with items of fewer than five people left out\n`,
);

// Every way out of this process, counted.
let ways = 0;
for (const [owner, names] of [
  [globalThis, ['fetch', 'WebSocket', 'EventSource']],
  [net.Socket.prototype, ['connect']],
  [dgram.Socket.prototype, ['send']],
  [dns, ['lookup', 'resolve']],
])
  for (const name of names)
    if (owner[name])
      owner[name] = () => {
        ways++;
        throw new Error('the network was asked for');
      };

const model = await loadModel(bytes);
const ids = model.ids();
const me = model.createProfile([], { ring: 200 });
for (let n = 0; n < 10000; n++) {
  const item = ids[(n * 7919) % ids.length];
  if (n % 5 === 4) me.dislike(item);
  else me.add(item);
  if (n % 10 === 0)
    me.recommend({ topK: 10, explain: n % 1000 === 0, calibrate: n % 500 === 0 ? 0.5 : undefined });
}
console.log(`10,000 events and 1,000 rankings later: ${ways} requests, ${me.size} events on the device`);

const { auc, low, high } = await membershipAttack(interactions, demoSettings, { people: 200, seed: 1 });
console.log(
  `who was in the training? An attack guesses with AUC ${auc.toFixed(2)} ` +
    `(${low.toFixed(2)} to ${high.toFixed(2)}); 0.50 is chance`,
);
