// Owns the example of explanations in words: node examples/explain.js. Must only use what a user of the
// package has.
import { loadModel } from 'ampcf';
import { explainInWords } from 'ampcf/sentences';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const say = (/** @type {string} */ line = '') => process.stdout.write(`${line}\n`);
const films = await loadFilms(),
  { bytes } = await trainDemo(trainModel, films, demoPeople(films, { people: 600 }));
const model = await loadModel(bytes);

const history = [
  'double-indemnity-1944',
  'the-maltese-falcon-1941',
  'the-big-sleep-1946',
  'spirited-away-2001',
  'my-neighbor-totoro-1988',
  'princess-mononoke-1997',
].filter((id) => model.has(id));
const me = model.createProfile(history),
  personas = me.personas();
say(`I liked ${history.map((id) => model.title(id)).join(', ')}.`);
say(
  `Personas: ${personas.map(({ label, share }) => `${label} (${Math.round(share * 100)} %)`).join(', ')}\n`,
);

// All contributions are listed, so that the builder can look past those of another persona.
const { items } = me.recommend({ topK: 6, explain: true, contributions: me.size });
for (const item of items)
  say(`${item.title.padEnd(28)} ${explainInWords(item, { personas, history: me.history, aspects: 2 }).text}`);

const german = {
  persona: 'Weil deine Seite „{persona}“ {items} mochte',
  plain: 'Weil du {items} mochtest',
  personaAlone: 'Für deine Seite „{persona}“',
  popular: 'Bei vielen beliebt',
};
const marked = { item: ['»', '«'] };
const inGerman = { personas, templates: german, locale: 'de', emphasis: marked };
say(`\n${explainInWords(items[0], inGerman).text}`);

// For a page: one node a part, each set as text, so that a title can never be markup.
say(JSON.stringify(explainInWords(items[0], { personas, reasons: 1 }).parts));
me.dispose();
model.dispose();
