// Owns the example of a diagnosis: node examples/diagnose.js. Must only use what a user of the package has.
import { loadModel } from 'ampcf';
import { diagnose, membershipAttack } from 'ampcf/evaluate';
import { trainModel } from 'ampcf/train';
import { demoPeople } from './demo/people.js';
import { demoInteractions, demoSettings, loadFilms, trainDemo } from './demo/train.js';

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`),
  figure = (/** @type {number | null} */ value) => (value === null ? '-' : value.toFixed(2));
const films = await loadFilms(),
  people = demoPeople(films, { people: 600 });
// The last two films of each person are held out: what they took next.
const seen = people.map((person) => ({ ...person, history: person.history.slice(0, -2) })),
  next = people.map((person) => ({ ...person, history: person.history.slice(-2) }));
const { bytes } = await trainDemo(trainModel, films, seen);
const model = await loadModel(bytes);
const history = demoInteractions(films, seen);

const { separation, effectivePersonas, sharpness, stability, rareRecall, collapsed, details } =
  await diagnose(model, { history, test: demoInteractions(films, next), seeds: 1, people: 150 });
say(`effective personas      ${figure(effectivePersonas)}`);
say(
  `separation              ${figure(separation)}   ` +
    '0: two personas of a person say the same, 1: nothing in common',
);
say(`collapsed               ${figure(collapsed)}   of the people with two or more`);
say(
  `sharpness               ${figure(sharpness.history)} on the history, ` +
    `${figure(sharpness.recommended)} on recommended, ${figure(sharpness.random)} on random items ` +
    '(lower is sharper)',
);
say(`stability               ${figure(stability)}   of the top items are found again with another seed`);
const single = details.rareRecall?.onePersona ?? null;
say(`recall of rare tastes   ${figure(rareRecall)}   with one persona ${figure(single)}`);
const { reasons, persona } = details.faithfulness;
const times = (/** @type {number | undefined} */ logarithm) => figure(2 ** (logarithm ?? 0));
say(
  `faithfulness            without the items named the rank falls ${times(reasons?.named)} times, ` +
    `without others ${times(reasons?.random)}`,
);
say(
  `                        without the named persona ${times(persona?.named)} times, ` +
    `without another ${times(persona?.random)}`,
);

const { auc, low, high, attack } = await membershipAttack(history, demoSettings, { people: 150 });
say(
  `membership attack       AUC ${figure(auc)} (${figure(low)} to ${figure(high)}) by ${attack}: ` +
    '.5 cannot tell who was in the training',
);
model.dispose();
