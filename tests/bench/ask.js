// Owns `npm run bench:ask`: conversations that find an item, under the rules of the published systems, each
// named. Settings are chosen on validation pairs, the test is played once. Must not choose anything on test.
import { existsSync } from 'node:fs';
import { compareMetrics } from '../../web/evaluate/bootstrap.js';
import { seededRandom } from '../../web/core/random.js';
import { figure, markdownTable } from './accuracy/text.js';
import { askingAgent } from './ask/agent.js';
import { modelOf, pairsOf, readSet } from './ask/last-fm-star.js';
import { plainAgent, play } from './ask/rules.js';
import { benchArguments, publish } from './results.js';

/** @import { AskOptions } from '../../web/ask.js' */
/** @import { Clock, Way } from './ask/agent.js' */
/** @import { Agent, Outcome, Pair, Rule } from './ask/rules.js' */

const values = benchArguments({
  conversations: { type: 'string', default: '4000' },
  choosing: { type: 'string', default: '400' },
  parts: { type: 'string', default: '1000' },
});
const seed = 1;
const folder = `${values.data}/ask-lastfm-star`;
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (npm run bench:ask -- --data FOLDER)\n`);
  process.exit();
}
const most = Number(values.conversations);
const set = readSet(folder);
const { model, bytes, appended } = await modelOf(folder, set);
const say = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);

/**
 * @param {Rule} rule
 * @param {readonly Pair[]} pairs
 * @param {(user: string, said: string) => Agent} begin
 * @returns {Outcome[]} of each conversation: the same openings for every agent
 */
function playAll(rule, pairs, begin) {
  const random = seededRandom(seed);
  return pairs.map((pair) => play(set, rule, pair, random, begin));
}

const names = /** @type {const} */ (['sr5', 'sr10', 'sr15', 'turns', 'hdcg']);
const meanOf = (/** @type {Outcome[]} */ outcomes, /** @type {keyof Outcome} */ name) =>
  outcomes.reduce((sum, outcome) => sum + outcome[name], 0) / outcomes.length;

/**
 * Means of conversations with 95 % intervals by people, who are drawn with all of their conversations.
 * @param {readonly Pair[]} pairs
 * @param {Outcome[]} outcomes
 */
async function intervals(pairs, outcomes) {
  const users = [...new Set(pairs.map(({ user }) => user))];
  const at = new Map(users.map((user, i) => [user, i]));
  const sums = Object.fromEntries(names.map((name) => [name, new Float64Array(users.length)]));
  const counts = new Float64Array(users.length);
  pairs.forEach(({ user }, i) => {
    const u = Number(at.get(user));
    counts[u]++;
    for (const name of names) sums[name][u] += outcomes[i][name];
  });
  const of = Object.fromEntries(names.map((name) => [name, counts]));
  return compareMetrics(sums, of, { resamples: 1000, seed, pace: async () => {}, ratio: true });
}

/** @param {number} x */
const turnsText = (x) => x.toFixed(2);

/**
 * @param {string} name
 * @param {readonly Pair[]} pairs
 * @param {Outcome[]} outcomes
 */
async function row(name, pairs, outcomes) {
  const found = await intervals(pairs, outcomes);
  const cells = names.map((metric) => {
    const text = metric === 'turns' ? turnsText : figure;
    const { mean = 0, low = 0, high = 0 } = found[metric] ?? {};
    return ['sr15', 'turns', 'hdcg'].includes(metric)
      ? `${text(mean)} (${text(low)} to ${text(high)})`
      : text(mean);
  });
  say(`${name}: ${cells.join(' / ')}`);
  return [name, ...cells];
}

/** @type {Clock} */
const clock = { turns: 0, ms: 0, first: 0, conversations: 0 };

/** @param {Way} way @param {Rule} rule @param {readonly Pair[]} pairs */
const asked = (way, rule, pairs) => playAll(rule, pairs, askingAgent(model, set, way, clock));

/** What is tried, one after the other: the better is kept. */
const tried = /** @type {AskOptions[]} */ ([
  { prior: { popularity: -0.25 } },
  { prior: { popularity: 0 } },
  { prior: { near: 6 } },
  { prior: { aspects: 0.25 } },
  { patience: 0.9 },
  { patience: 0.85 },
]);

/** @type {AskOptions} */
const base = { about: 'aspects', error: 0 };

/** By hDCG on validation pairs, under the rule of UNICORN. */
function choose() {
  const pairs = pairsOf(folder, 'validation', Number(values.choosing), seed);
  const measure = (/** @type {AskOptions} */ options) => meanOf(asked({ options }, 'keeps', pairs), 'hdcg');
  let options = base;
  let best = measure(options);
  for (const change of tried) {
    const next = { ...options, ...change, prior: { ...options.prior, ...change.prior } };
    const value = measure(next);
    if (value > best) [best, options] = [value, next];
    say(`${JSON.stringify(change)}: ${figure(value)}, best ${figure(best)}`);
  }
  return options;
}

const head = ['', 'SR@5', 'SR@10', 'SR@15 (95 %)', 'average turns (95 %)', 'hDCG (95 %)'];
const options = choose();
const pairs = pairsOf(folder, 'test', most, seed);
const two = pairsOf(folder, 'two-target-test', most, seed);
const pairOptions = {
  ...options,
  wants: 2,
  most: 2,
  effort: 0,
  together: (/** @type {string} */ a, /** @type {string} */ b) =>
    [...(set.groups.get(a) ?? [])].some((group) => set.groups.get(b)?.has(group)),
};

/** @type {[string, Way][]} */
const ways = [
  ['a no is taken for what it says', { options }],
  ['a no halves what has it, and no more', { options: { ...options, error: { yes: 0, no: 0.5 } } }],
  ['a no moves nothing', { options, deaf: true }],
  ['the same, nobody: without the history', { options: { ...options, prior: {} }, nobody: true, deaf: true }],
  ['nobody: without the history', { options: { ...options, prior: {} }, nobody: true }],
  [
    'history by aspects alone, without scores',
    { options: { ...options, prior: { ...options.prior, score: 0 } } },
  ],
  [
    'history by scores alone, without aspects',
    { options: { ...options, prior: { ...options.prior, score: 8, aspects: 0, near: 0 } } },
  ],
];
const some = pairsOf(folder, 'test', Math.min(most, Number(values.parts)), seed);
const single = [];
for (const [name, way] of ways.slice(0, 1)) single.push(await row(name, pairs, asked(way, 'keeps', pairs)));
const both = [await row('two aspects of a group at once', two, asked({ options: pairOptions }, 'two', two))];
const parts = [];
for (const [name, way] of ways) parts.push(await row(name, some, asked(way, 'keeps', some)));
const someOfTwo = pairsOf(folder, 'two-target-test', Math.min(most, Number(values.parts)), seed);
const oneOfTwo = { options: { ...pairOptions, most: 1 } };
const deafOfTwo = { options: pairOptions, deaf: true };
const partsOfTwo = [
  await row('one aspect at once', someOfTwo, asked(oneOfTwo, 'two', someOfTwo)),
  await row('two at once, a no moves nothing', someOfTwo, asked(deafOfTwo, 'two', someOfTwo)),
];

/** The table of the set's README, run anew: a check of the simulator. */
function baselines() {
  const lines = /** @type {const} */ ([
    ['a list every turn', 1],
    ['questions until 10 are left', 0],
    ['every 2nd turn a list', 2],
    ['every 3rd turn a list', 3],
  ]);
  const text = (/** @type {Outcome[]} */ outcomes) =>
    names.map((name) => (name === 'turns' ? turnsText : figure)(meanOf(outcomes, name))).join(' / ');
  return lines.map(([name, every]) => [
    name,
    ...['keeps', 'removes'].map((rule) =>
      text(playAll(/** @type {Rule} */ (rule), some, plainAgent(set, every, 1))),
    ),
    text(playAll('two', someOfTwo, plainAgent(set, every, 2))),
  ]);
}

const perTurn = clock.ms / clock.turns;
const perOpening = clock.first / clock.conversations;
const plain = baselines();
publish(
  'ask',
  [
    `LastFM*, ${set.has.size} items, ${model.info.aspects} aspects. The model (${bytes} bytes) is ` +
      `trained on ` +
      `train.txt alone; ${appended} items that nobody has`,
    `there are appended by their aspects. ${pairs.length} conversations of the test part, ` +
      `${two.length} of two ` +
      `targets, drawn by sampleOf with seed ${seed} of all pairs, openings`,
    `uniform over the target's aspects by the same seed. 14 turns of the agent after the opening, ` +
      `10 items a ` +
      `list. Settings chosen on ${values.choosing} validation`,
    `pairs by hDCG: \`${JSON.stringify(options)}\`. A turn takes ${perTurn.toFixed(1)} ms of ` +
      `processor time in ` +
      `the mean, the opening ${perOpening.toFixed(1)} ms.`,
    '',
    'One target, the rule of UNICORN: a no leaves the candidates of the simulator as they are. ' +
      'The agent has beliefs of its own, so it plays the same under the',
    'rule "a no removes the items that have it". What it makes of a no:',
    '',
    markdownTable(head, [
      ...single,
      ['UNICORN, published', '', '', '.788', '7.58', '.349'],
      ['SCPR, published', '', '', '.709', '8.43', '.317'],
    ]),
    '',
    'Two targets, the rules of MCMIPL: up to two aspects of one group in a question, found is either target:',
    '',
    markdownTable(head, [
      ...both,
      ['MCMIPL, its log', '.4835', '.8293', '.8855', '6.43', '.390'],
      ['MCMIPL, published', '', '', '.874', '6.35', '.396'],
      ['UNICORN, published by MCMIPL', '', '', '.843', '7.25', '.363'],
    ]),
    '',
    `What each part brings, on ${some.length} of the conversations, then of ${someOfTwo.length} with two ` +
      'targets:',
    '',
    markdownTable(head, [...parts, ...partsOfTwo]),
    '',
    'Popularity alone and questions that halve the candidates, a check of the simulator on the same ' +
      'conversations (SR@5 / SR@10 / SR@15 / average turns / hDCG):',
    '',
    markdownTable(['', 'a no keeps candidates', 'a no removes', 'two targets'], plain),
  ].join('\n'),
  values,
);
