// Owns `npm run bench:people`: accounts that several people share, put together or real, split again: whose
// events, whose lists, how many people. Must not choose settings: those stand in web/people.
import { existsSync } from 'node:fs';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { sampleOf, seededRandom } from '../../web/core/random.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { accountOf, groupsOf, sets } from './people/accounts.js';
import { calibrationError, detectionAuc, seenOf } from './people/detection.js';
import { kinds, recallsOf } from './people/ranking.js';
import { speedReport } from './people/speed.js';
import { splitOf } from './people/split.js';
import { timedReport } from './people/timed.js';
import { benchArguments, publish } from './results.js';

/** @import { Group, Member, PeopleSet } from './people/accounts.js' */
/** @import { Seen } from './people/detection.js' */

const values = benchArguments({
  set: { type: 'string' },
  part: { type: 'string', default: 'test' },
  groups: { type: 'string', default: '24' },
});
const part = values.part === 'validation' ? 'validation' : 'test';
const most = Number(values.groups);

const meanOf = (/** @type {number[]} */ list) => {
  const finite = list.filter(Number.isFinite);
  return finite.reduce((a, b) => a + b, 0) / finite.length;
};
const rounded = (/** @type {number} */ x) => x.toFixed(3).replace(/^(-?)0\./, '$1.');

/** @type {string[][]} */
const separation = [];
/** @type {string[][]} */
const ranking = [];
/** @type {string[][]} */
const detection = [];

/**
 * Accounts of one person with as many events each, nobody twice while there are others.
 * @param {Member[]} people
 * @param {number[]} sizes
 */
function singlesFor(people, sizes) {
  const order = sampleOf(people, people.length, seededRandom(9));
  let free = new Set(order);
  return sizes.map((size) => {
    if (free.size === 0) free = new Set(order);
    const off = (/** @type {Member} */ { train }) => Math.abs(Math.log((train.length + 1) / (size + 1)));
    const best = [...free].reduce((a, b) => (off(b) < off(a) ? b : a));
    free.delete(best);
    return best;
  });
}

/**
 * @param {PeopleSet} set
 * @param {string} name
 * @param {Group[]} groups
 */
function measure(set, name, groups) {
  const accounts = groups.map((group, g) => accountOf(group, g));
  const splits = groups.map((group, g) => splitOf(group, accounts[g], g));
  const of = (/** @type {string} */ key) => meanOf(splits.map(({ figures }) => Number(figures[key])));
  const trio = (/** @type {string} */ of_) =>
    ['auc', 'nmi', 'ari'].map((key) => rounded(of(`${key} ${of_}`)));
  separation.push([
    name,
    String(groups.length),
    rounded(of('auc cooccurrence')),
    trio('given').join(' / '),
    trio('guessed').join(' / '),
    trio('told').join(' / '),
    rounded(of('count')),
  ]);
  process.stderr.write(`${separation.at(-1)?.join('  ')}\n`);
  const recalls = groups.flatMap((group, g) => recallsOf(group, accounts[g], splits[g]));
  for (const { account } of splits) account.dispose();
  const column = (/** @type {typeof kinds[number]} */ kind) => recalls.map((row) => row[kind]);
  const lost = (/** @type {number[]} */ list) => (100 * list.filter((x) => x === 0).length) / list.length;
  const gain = pairedBootstrap(column('people'), column('one vector'));
  const beside = pairedBootstrap(column('people'), column('personas'));
  ranking.push([
    name,
    String(recalls.length),
    ...kinds.map((kind) => `${figure(meanOf(column(kind)))}, ${lost(column(kind)).toFixed(0)} %`),
    interval(gain),
    interval(beside),
  ]);
  process.stderr.write(`${ranking.at(-1)?.join('  ')}\n`);
  detect(set, name, groups, accounts);
}

/**
 * @param {PeopleSet} set
 * @param {string} name
 * @param {Group[]} groups
 * @param {{ items: string[] }[]} accounts
 */
function detect(set, name, groups, accounts) {
  const singles = singlesFor(
    set.people,
    accounts.map(({ items }) => items.length),
  );
  /** @type {Seen[]} */
  const seen = [];
  groups.forEach((group, g) => {
    const own = accountOf([singles[g]], g).items;
    const n = Math.min(own.length, accounts[g].items.length);
    seen.push(seenOf(group[0].model, accounts[g].items.slice(0, n), group.length));
    seen.push(seenOf(singles[g].model, own.slice(0, n), 1));
  });
  const right = seen.filter(({ count, people }) => count === people).length / seen.length;
  const rows = [detectionAuc(seen), calibrationError(seen), right].map(rounded);
  detection.push([name, String(seen.length), ...rows]);
  process.stderr.write(`${detection.at(-1)?.join('  ')}\n`);
}

/** Text of the three tables. */
const report = () =>
  [
    'AUC of pairs / normalized mutual information / adjusted Rand index, over items of one person alone. ' +
      'Told: a tenth of the owners is given, the others are asked about.',
    '',
    markdownTable(
      [
        'account',
        'accounts',
        'co-occurrence, AUC',
        'number given',
        'number guessed',
        'a tenth told',
        'guess',
      ],
      separation,
    ),
    '',
    'Recall@20 of what was held out of each person, and of how many people the list has nothing. Nothing ' +
      'of the account is in a list. Who is who is taken from the truth, the split is not.',
    '',
    markdownTable(['account', 'people', ...kinds, 'people over one vector', 'over personas'], ranking),
    '',
    'Accounts of several people beside those of one with as many events: AUC of the probability of ' +
      'several, how far that is off over ten parts, how often the number is right.',
    '',
    markdownTable(['account', 'accounts', 'AUC', 'off by', 'number right'], detection),
  ].join('\n');

if (!existsSync(values.data)) throw new Error(`no ${values.data} (npm run bench:people -- --data FOLDER)`);
const asked = (/** @type {string} */ key) => values.set === undefined || values.set === key;
for (const [key, make] of Object.entries(sets)) {
  if (!asked(key)) continue;
  for (const table of [separation, ranking, detection]) table.length = 0;
  const set = await make(values.data, part);
  for (const similar of set.households ? [false] : [false, true])
    for (const k of [2, 3, 4]) {
      const groups = groupsOf(set, k, similar, k === 2 ? most : Math.ceil(most * 0.75));
      if (groups.length < 2) continue;
      const name = `${set.name}, ${k}${set.households ? '' : similar ? ' alike' : ' at random'}`;
      measure(set, name, groups);
    }
  publish(`people: ${key}`, report(), values);
}
if (asked('speed')) {
  const { people } = await sets.ml1m(values.data, part);
  publish('people: speed', speedReport(people[0].model), values);
}
if (asked('times')) publish('people: times', await timedReport(values.data, part), values);
