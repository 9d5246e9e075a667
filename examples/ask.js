// Owns an example: nobody is known yet, and a few taps find a film. What is asked and when a list comes is
// decided by one score.
// Run: node examples/ask.js
import { loadModel } from 'ampcf';
import { conversation } from 'ampcf/ask';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { loadFilms, trainDemo } from './demo/train.js';

const films = await loadFilms(),
  people = demoPeople(films, { people: 400 });
const model = await loadModel((await trainDemo(trainModel, films, people)).bytes);

// Somebody has this film in mind, but does not name it.
const wanted = model.ids()[200],
  has = new Set(model.aspects(wanted));
console.log(`in mind: ${model.title(wanted)} (${[...has].join(', ')})\n`);

const me = model.createProfile();
const talk = conversation(me, { about: 'aspects', error: 0.01 });
let found = false;
while (!found && talk.turns < 20) {
  const turn = talk.next();
  if (turn.ask) {
    const [{ aspect, words }] = turn.ask;
    const answer = has.has(aspect) ? 'yes' : 'no';
    console.log(`${words} ${answer}`);
    talk.answer(turn, answer);
  } else {
    const { items } = turn.recommend;
    found = items.some(({ item }) => item === wanted);
    console.log(`How about ${items[0].title}, ... (${items.length})? ${found ? 'yes, there it is' : 'no'}`);
    talk.answer(turn, found ? 'yes' : 'no');
  }
}
console.log(`found: ${found}, after ${talk.turns} turns`);

const first = JSON.stringify(conversation(me).list());
while (talk.undo());
console.log(`undo, undo, ... and nothing is known again: ${JSON.stringify(talk.list()) === first}\n`);

// Films that somebody knows may become the history: only when asked to.
const known = model.ids()[10];
talk.answer({ ask: [{ item: known }] }, 'yes');
console.log(`answers about films: ${me.size} events before keep, ${talk.keep()} kept, ${me.size} after`);
