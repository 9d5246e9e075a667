// Owns `npm run bench:graph [-- --part validation] [--only lastfm|ml1m]`: what a graph brings, by how many
// people items have, and to people of few events. How far the graph is trusted is learnt from the training
// part alone. Must not choose a setting.
import { loadModel } from '../../dist/ampcf.js';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { trainModel } from '../../dist/train.js';
import { personRandom } from '../../web/core/random.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { isThere, rowsOf, tasks, triplesIn } from './graph/sets.js';
import { benchArguments, publish } from './results.js';

/** @import { Triples } from '../../web/train.js' */
/** @import { Task } from './graph/sets.js' */
/** @typedef {{ history: string[], relevant: string[] }} Person */

const { data, write, part, only } = benchArguments({
  part: { type: 'string', default: 'test' },
  only: { type: 'string' },
});
const cut = 20;
const hiddenShare = 0.05;
const seed = 7;
const groups = /** @type {const} */ ([
  ['all', () => true],
  ['all with people', (n) => n > 0],
  ['nobody (hidden)', (n) => n === 0],
  ['1 to 5', (n) => n >= 1 && n <= 5],
  ['6 to 20', (n) => n > 5 && n <= 20],
  ['more', (n) => n > 20],
]);
const gains = Float64Array.from({ length: cut }, (_, i) => 1 / Math.log2(i + 2));

/**
 * @param {Task} task
 */
async function readTask(task) {
  const parts = ['train', 'validation', 'test'].map((name) => rowsOf(`${data}/${task.split}/${name}.txt`));
  const ids = [...new Set(parts.flat().flatMap(([, ...own]) => own))];
  const hidden = new Set(ids.filter((id) => personRandom(seed, `hidden ${id}`)() < hiddenShare));
  const train = parts[0].map(([user, ...own]) => ({ user, own: own.filter((id) => !hidden.has(id)) }));
  const held = part === 'validation' ? 1 : 2;
  const test = new Map(parts[held].map(([user, ...own]) => [user, own]));
  const counts = new Map(ids.map((id) => [id, 0]));
  for (const { own } of train) for (const id of own) counts.set(id, Number(counts.get(id)) + 1);
  const people = train.flatMap(({ user, own }) => {
    const relevant = test.get(user) ?? [];
    return own.length > 0 && relevant.length > 0 ? [{ history: own, relevant }] : [];
  });
  const at = new Map(ids.map((id, j) => [id, j]));
  const interactions = {
    users: train.map(({ user }) => user),
    items: ids,
    user: train.flatMap(({ own }, u) => own.map(() => u)),
    item: train.flatMap(({ own }) => own.map((id) => Number(at.get(id)))),
  };
  const triples = await triplesIn(data, task);
  return { ids, hidden, counts, people, interactions, triples };
}

/**
 * Recall@20 and NDCG@20 of each person among relevant items of a group; NaN where there is none.
 * @param {readonly string[][]} lists
 * @param {readonly Person[]} people
 * @param {(id: string) => boolean} counts
 */
function measured(lists, people, counts) {
  const recall = new Float64Array(people.length);
  const ndcg = new Float64Array(people.length);
  people.forEach(({ relevant }, p) => {
    const wanted = new Set(relevant.filter(counts));
    const hits = lists[p].map((id) => wanted.has(id));
    const ideal = gains.subarray(0, wanted.size).reduce((a, b) => a + b, 0);
    recall[p] = wanted.size > 0 ? hits.filter(Boolean).length / wanted.size : NaN;
    ndcg[p] = wanted.size > 0 ? hits.reduce((sum, hit, i) => sum + (hit ? gains[i] : 0), 0) / ideal : NaN;
  });
  return { recall, ndcg };
}

/**
 * @param {Uint8Array} bytes
 * @param {readonly Person[]} people
 * @param {Iterable<string>} [only] candidates; default: the catalogue
 */
async function listsOf(bytes, people, only) {
  const model = await loadModel(bytes);
  const shelf = only && model.candidates([...only].filter((id) => model.has(id)));
  const lists = people.map(({ history }) => {
    const me = model.createProfile(history);
    const { items } = shelf ? me.rank(shelf, { topK: cut }) : me.recommend({ topK: cut, proportional: 0 });
    me.dispose();
    return items.map(({ item }) => item);
  });
  model.dispose();
  return lists;
}

/**
 * Everybody's list of the items whose relations lead to what many people have: the mean over what an item is
 * linked to of the mean people of its items.
 * @param {Awaited<ReturnType<typeof readTask>>} task
 * @param {(id: string) => boolean} [isCandidate]
 */
function popularityOfAspects({ ids, counts, people, triples }, isCandidate = () => true) {
  const known = new Set(ids);
  /** @type {Map<string, string[]>} */ const links = new Map(ids.map((id) => [id, []]));
  /** @type {Map<string, { sum: number, n: number }>} */ const of = new Map();
  triples.heads.forEach((head, x) => {
    for (const [item, other] of [
      [head, triples.tails[x]],
      [triples.tails[x], head],
    ]) {
      if (!known.has(item) || known.has(other)) continue;
      links.get(item)?.push(other);
      const { sum, n } = of.get(other) ?? { sum: 0, n: 0 };
      const own = Number(counts.get(item));
      if (own > 0) of.set(other, { sum: sum + own, n: n + 1 });
    }
  });
  const score = new Map(
    ids.map((id) => {
      const own = (links.get(id) ?? []).flatMap((other) => of.get(other) ?? []);
      return [id, own.length > 0 ? own.reduce((sum, { sum: s, n }) => sum + s / n, 0) / own.length : 0];
    }),
  );
  const candidates = ids.filter(isCandidate);
  const order = candidates.sort((a, b) => Number(score.get(b)) - Number(score.get(a)) || (a < b ? -1 : 1));
  return people.map(({ history }) => {
    const seen = new Set(history);
    return order.filter((id) => !seen.has(id)).slice(0, cut);
  });
}

/**
 * @param {string} label
 * @param {Float64Array} before
 * @param {Float64Array} after
 */
function cells(label, before, after) {
  const rows = Array.from(before.keys()).filter((p) => !Number.isNaN(before[p]));
  if (rows.length === 0) return [label, '0', '', '', ''];
  const [a, b] = [after, before].map((column) => Float64Array.from(rows, (p) => column[p]));
  const mean = (/** @type {Float64Array} */ of) => of.reduce((sum, x) => sum + x, 0) / of.length;
  return [label, String(rows.length), figure(mean(b)), figure(mean(a)), interval(pairedBootstrap(a, b))];
}

/**
 * Histories cut to 1, 2, 3, 4 or 5 events by lot.
 * @param {readonly Person[]} people
 */
const fewEvents = (people) =>
  people.map(({ history, relevant }, p) => {
    const random = personRandom(seed, `few ${p}`);
    const n = 1 + Math.floor(5 * random());
    const lots = history.map((id) => ({ id, lot: random() })).sort((a, b) => a.lot - b.lot);
    return { history: lots.slice(0, n).map(({ id }) => id), relevant };
  });

/**
 * Without and with, by popularity of items, and of people with few events.
 * @param {Uint8Array} plain
 * @param {Uint8Array} graph
 * @param {Person[]} people
 * @param {Map<string, number>} counts
 */
async function figuresOf(plain, graph, people, counts) {
  const few = fewEvents(people);
  const lists = { before: await listsOf(plain, people), after: await listsOf(graph, people) };
  const ofFew = { before: await listsOf(plain, few), after: await listsOf(graph, few) };
  const rows = /** @type {const} */ (['recall', 'ndcg']).flatMap((name) => [
    ...groups.map(([label, is]) => {
      const inGroup = (/** @type {string} */ id) => is(Number(counts.get(id)));
      const [before, after] = [lists.before, lists.after].map((own) => measured(own, people, inGroup)[name]);
      return cells(`${name}@20, items of ${label}`, before, after);
    }),
    cells(
      `${name}@20, people of 1 to 5 events`,
      measured(ofFew.before, few, () => true)[name],
      measured(ofFew.after, few, () => true)[name],
    ),
  ]);
  return { rows, lists };
}

/**
 * What was trained, and what the training learnt of the graph.
 * @param {Awaited<ReturnType<typeof readTask>>} read
 * @param {import('../../dist/train.js').TrainResult} plain
 * @param {import('../../dist/train.js').TrainResult} graph
 */
function learnt({ ids, hidden, people }, plain, graph) {
  const found = /** @type {NonNullable<typeof graph.graph>} */ (graph.graph);
  const { choice, triples: kept, relations } = found;
  const weights = relations.map(({ relation: name, weight }) => `${name} ${weight.toFixed(2)}`).join(', ');
  return (
    `${ids.length} items, of which ${hidden.size} were hidden from the training (by lot, seed ${seed}); ` +
    `${people.length} people; ${kept.triples} of ${kept.given} triples connect items. Learnt on events ` +
    `held out of the training part: \`${JSON.stringify(choice.settings)}\`, relations ${weights}. ` +
    `There NDCG@20 of items that somebody has was ${figure(choice.before)} without and ` +
    `${figure(choice.after)} with the graph, by people who confirmed the choice. Training took ` +
    `${plain.seconds.toFixed(0)} s without and ${graph.seconds.toFixed(0)} s with the graph.`
  );
}

/** @param {Task} task */
async function report(task) {
  const read = await readTask(task);
  const { ids, hidden, counts, people, interactions, triples } = read;
  const options = { minSupport: 1, unobserved: task.unobserved, items: new Map(ids.map((id) => [id, {}])) };
  const plain = await trainModel(interactions, options);
  const graph = await trainModel(interactions, { ...options, graph: triples });
  const { rows, lists } = await figuresOf(plain.bytes, graph.bytes, people, counts);
  const cold = (/** @type {string} */ id) => hidden.has(id);
  const found = (/** @type {string[][]} */ own) => {
    const column = [...measured(own, people, cold).recall].filter((x) => !Number.isNaN(x));
    return figure(column.reduce((a, b) => a + b, 0) / column.length);
  };
  const amongCold = await listsOf(graph.bytes, people, hidden);
  const [aspects, coldAspects] = [popularityOfAspects(read), popularityOfAspects(read, cold)].map(found);
  return [
    `### ${task.title}`,
    '',
    learnt(read, plain, graph),
    '',
    markdownTable(['', 'people', 'without', 'with graph', 'difference, 95 %'], rows),
    '',
    `Hidden items, recall@20 among all items: popularity of what they are linked to ${aspects}, ` +
      `graph ${found(lists.after)}. Among hidden items alone: ${coldAspects} and ${found(amongCold)}.`,
  ].join('\n');
}

const there = tasks.filter((task) => isThere(data, task));
if (there.length === 0) throw new Error(`no data set in ${data}: --data FOLDER says where they are`);
for (const task of there)
  if (only === undefined || only === task.name)
    publish(`graph-${task.name}`, await report(task), { write: write && part === 'test' });
