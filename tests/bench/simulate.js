// Owns `npm run bench:simulate`: simulated people beside real ones, the loop under each kind of list, width
// when a model learns from what it showed, and what profiles cost and give away that keep less. Must not
// choose a setting.
import { existsSync } from 'node:fs';
import { shapes, supports } from './simulate/beside-real.js';
import { evidenceTable } from './simulate/evidence.js';
import { memoryTable, policyTables, widthTable } from './simulate/loops.js';
import { realSets } from './simulate/sets.js';
import { benchArguments, publish } from './results.js';

const values = benchArguments({
  people: { type: 'string', default: '100' },
  rounds: { type: 'string', default: '20' },
});
const size = { people: Number(values.people), rounds: Number(values.rounds) };
const sets = await realSets(values.data, 300);
if (sets.length === 0 || !existsSync(`${values.data}/ml-latest-small`)) process.exit(0);
const [{ title, model }] = sets;
const half = { people: Math.ceil(size.people / 2), rounds: Math.ceil(size.rounds / 2) };
const parts = [
  `Real people are ${sets.map(({ people }) => people.length).join(', ')} of each set, whose models were ` +
    'trained on everybody; as many are simulated. Place of a pick: 0',
  'the most popular item, 1 the least. Entropy in bits over aspects, or clusters where a set has none; ' +
    'cosine: mean of all',
  'pairs of 20 events; within: [SIMULATE.md](../../web/simulate/SIMULATE.md#consistency).',
  '',
  shapes(sets),
  '',
  'Support. A real person is found where one of the others is no farther away than the fifth nearest ' +
    'real one; unusual: the tenth who are farthest from the mean.',
  '',
  supports(sets, 100),
  '',
  `The loop: ${title}, ${size.people} people, ${size.rounds} rounds of lists of 10. Differences paired, ` +
    '95 % over people; "a to b" is the first and the last fifth of the rounds.',
  '',
  await policyTables(model, size),
  `Width, by density, a model trained before each of ${half.rounds} rounds on what ` +
    `${half.people * 2} people had and took:`,
  '',
  await widthTable(model, { people: half.people * 2, rounds: half.rounds }),
  '',
  'What is kept of events, in the loop (people by coverage, lists by score):',
  '',
  await memoryTable(model, size),
  '',
  await evidenceTable(values.data),
];
publish('simulate', parts.join('\n'), values);
