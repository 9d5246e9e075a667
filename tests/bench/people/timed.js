// Owns the accounts of the people bench whose events have times: what visits add. Must not choose settings.
import { loadModel } from '../../../dist/ampcf.js';
import { peopleOf } from '../../../dist/people.js';
import { trainModel } from '../../../dist/train.js';
import { sampleOf, seededRandom } from '../../../web/core/random.js';
import { markdownTable } from '../accuracy/text.js';
import { adjustedRand, aucOf, mutualInformation, pairwiseAuc } from './agreement.js';
import { calibrationError, detectionAuc, seenOf } from './detection.js';
import { interactionsOf } from '../accuracy/data.js';
import { rowsOf } from './files.js';

/** @import { Model } from 'ampcf' */
/** @import { Part } from './accounts.js' */
/** @import { Seen } from './detection.js' */
/** @typedef {{ item: string, at: number }} Taken */
/** @typedef {Taken[][]} Visits of one person */
/** @typedef {Taken & { owner: number }} Owned */

const hour = 3600;
const week = 7 * 24 * hour;
const leastVisits = 4;

/**
 * @param {Taken[]} events
 * @returns {Visits}
 */
function visitsOf(events) {
  /** @type {Visits} */
  const visits = [];
  let last = -Infinity;
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    if (event.at - last > hour) visits.push([]);
    visits[visits.length - 1].push(event);
    last = event.at;
  }
  return visits;
}

/**
 * Half of the people train; of the others with four visits or more every other one is for validation.
 * @param {string} path
 * @param {string} separator
 * @param {Part} part
 */
async function peopleOfFile(path, separator, part) {
  const rows = rowsOf(path, separator).slice(separator === ',' ? 1 : 0);
  /** @type {Map<string, Taken[]>} */
  const by = new Map();
  for (const [user, item, , at] of rows) by.set(user, [...(by.get(user) ?? []), { item, at: Number(at) }]);
  const users = sampleOf([...by.keys()].sort(), by.size, seededRandom(1));
  const half = users.length >> 1;
  const lists = users
    .slice(0, half)
    .map((user) => /** @type {[string, string[]]} */ ([user, (by.get(user) ?? []).map(({ item }) => item)]));
  const model = await loadModel((await trainModel(interactionsOf(lists), { dim: 32, sweeps: 8 })).bytes);
  const people = users
    .slice(half)
    .map((user) => visitsOf((by.get(user) ?? []).filter(({ item }) => model.has(item))))
    .filter((visits) => visits.length >= leastVisits);
  return { model, people: people.filter((_, i) => i % 2 === (part === 'test' ? 1 : 0)) };
}

/**
 * One account: each one's visits, moved by whole weeks to begin when those of the first do. An item of
 * several is owned by -1.
 * @param {Visits[]} people
 * @param {boolean} [thinned] of each one only every k-th visit, so that they are as many as one person's
 * @returns {Owned[]}
 */
function merged(people, thinned = false) {
  const k = people.length;
  /** @type {Map<string, Owned>} */
  const events = new Map();
  people.forEach((visits, owner) => {
    const later = Math.round((people[0][0][0].at - visits[0][0].at) / week) * week;
    const taken = thinned ? visits.filter((_, v) => v % k === owner) : visits;
    for (const { item, at } of taken.flat()) {
      const there = events.get(item);
      events.set(item, there ? { ...there, owner: -1 } : { item, at: at + later, owner });
    }
  });
  return [...events.values()];
}

/**
 * @param {Model} model
 * @param {Owned[]} events
 * @param {number} k
 * @param {object} options
 */
function agreementOf(model, events, k, options) {
  const me = model.createProfile(
    events.map(({ item, at }) => ({ item, ...('gap' in options ? { at } : {}) })),
  );
  const people = peopleOf(me, { people: k, ...options });
  me.dispose();
  const owners = events.map(({ owner }) => owner);
  const alone = [...owners.keys()].filter((i) => owners[i] >= 0);
  const truth = alone.map((i) => owners[i]);
  const list = people.events;
  const found = alone.map((i) => list[i].person);
  const same = (/** @type {number} */ a, /** @type {number} */ b) =>
    list[a].probabilities.reduce((sum, p, q) => sum + p * list[b].probabilities[q], 0);
  return [pairwiseAuc(owners, same), mutualInformation(found, truth), adjustedRand(found, truth)];
}

const rounded = (/** @type {number} */ x) => x.toFixed(3).replace(/^(-?)0\./, '$1.');
const columns = (/** @type {number[][]} */ rows) =>
  rows[0].map((_, c) => {
    const finite = rows.map((row) => row[c]).filter(Number.isFinite);
    return finite.reduce((a, b) => a + b, 0) / finite.length;
  });

/**
 * Accounts of one and of several people with a like number of visits.
 * @param {Model} model
 * @param {Visits[]} people
 * @param {Visits[][]} groups
 */
function detect(model, people, groups) {
  /** @type {Seen[]} */
  const seen = [];
  const plain = (/** @type {Owned[]} */ events) => events.map(({ item, at }) => ({ item, at }));
  groups.forEach((group, g) => {
    const several = plain(merged(group, true)).sort((a, b) => a.at - b.at);
    const one = plain(merged([people[g % people.length]])).sort((a, b) => a.at - b.at);
    const n = Math.min(several.length, one.length);
    seen.push(seenOf(model, several.slice(0, n), group.length), seenOf(model, one.slice(0, n), 1));
  });
  const right = seen.filter((s) => s.count === s.people).length / seen.length;
  return [detectionAuc(seen), calibrationError(seen), right].map(rounded);
}

/**
 * Who is here, by the first events of the last visit, which the account lacks: how often the likeliest is
 * right, and AUC of somebody new against a person of no account.
 * @param {Model} model
 * @param {Visits[][]} groups
 * @param {Visits[]} strangers
 * @param {number} events
 */
function here(model, groups, strangers, events) {
  let right = 0;
  /** @type {number[]} */
  const known = [];
  /** @type {number[]} */
  const foreign = [];
  groups.forEach((group, g) => {
    const last = group.map((visits) => visits[visits.length - 1].slice(0, events));
    const gone = new Set(last.flat().map(({ item }) => item));
    const account = merged(group.map((visits) => visits.slice(0, -1))).filter(({ item }) => !gone.has(item));
    const me = model.createProfile(account.map(({ item, at }) => ({ item, at })));
    const people = peopleOf(me, { people: group.length });
    const held = group.map((_, m) => heldBy(people.events, account, m, group.length));
    const ask = (/** @type {Taken[]} */ list) =>
      people.whoIsHere(list.map(({ item }) => item)).map(({ probability }) => probability);
    last.forEach((list, m) => {
      const found = ask(list);
      const person = found.slice(0, -1).indexOf(Math.max(...found.slice(0, -1)));
      right += Number(person === held[m].indexOf(Math.max(...held[m]))) / group.length / groups.length;
      known.push(found[found.length - 1]);
    });
    const stranger = strangers[g % strangers.length];
    foreign.push(ask(stranger[stranger.length - 1].slice(0, events)).at(-1) ?? NaN);
    me.dispose();
  });
  return [right, aucOf(foreign, known)].map(rounded);
}

/**
 * How much of a member's events each person was given.
 * @param {{ probabilities: number[] }[]} events
 * @param {Owned[]} account
 * @param {number} member
 * @param {number} k
 */
function heldBy(events, account, member, k) {
  const sums = new Array(k).fill(0);
  account.forEach(({ owner }, i) => {
    if (owner === member) events[i].probabilities.forEach((p, q) => (sums[q] += p));
  });
  return sums;
}

/**
 * One row of both tables.
 * @param {string} name
 * @param {Model} model
 * @param {Visits[]} people
 * @param {number} k
 */
function rowsFor(name, model, people, k) {
  const groups = [0, 1].flatMap((seed) => {
    const order = sampleOf(people, people.length, seededRandom(10 * seed + k));
    return Array.from({ length: Math.floor(order.length / k) }, (_, g) => order.slice(g * k, g * k + k));
  });
  const accounts = groups.map((group) => merged(group));
  const of = (/** @type {object} */ options) =>
    columns(accounts.map((events) => agreementOf(model, events, k, options)))
      .map(rounded)
      .join(' / ');
  const row = [`${name}, ${k}`, String(groups.length)];
  const outside = groups.map((group, g) => {
    const others = people.filter((visits) => !group.includes(visits));
    return others[(7 * g) % others.length];
  });
  const apart = [...row, of({}), of({ gap: 0 }), of({ gap: hour }), ...detect(model, people, groups)];
  const visiting = [...row, ...[1, 3, 5].map((n) => here(model, groups, outside, n).join(', '))];
  process.stderr.write(`${apart.join('  ')}\n${visiting.join('  ')}\n`);
  return { apart, visiting };
}

/**
 * @param {string} data
 * @param {Part} part
 * @returns {Promise<string>} the report
 */
export async function timedReport(data, part) {
  const rows = [];
  for (const [name, file, separator] of [
    ['ML-100k', 'ml-100k/u.data', '\t'],
    ['ML latest-small', 'ml-latest-small/ratings.csv', ','],
  ]) {
    const { model, people } = await peopleOfFile(`${data}/${file}`, separator, part);
    for (const k of [2, 3, 4]) rows.push(rowsFor(name, model, people, k));
  }
  return [
    'With times: people of four visits or more, moved by whole weeks to begin together. AUC of pairs / ' +
      'normalized mutual information / adjusted Rand index, number given: no times,',
    'times of single events, visits (a pause of an hour ends one). Then accounts of several people beside ' +
      'those of one with as many events: AUC, how far the probability is off, how often the number is right.',
    '',
    markdownTable(
      ['account', 'accounts', 'no times', 'times of events', 'visits', 'AUC', 'off by', 'number right'],
      rows.map(({ apart }) => apart),
    ),
    '',
    'Who is here, from the first 1, 3, 5 events of a last visit that the account lacks, without its time: ' +
      'how often it is the right one of the people, and AUC of somebody new, for people of other accounts.',
    '',
    markdownTable(
      ['account', 'accounts', '1 event', '3 events', '5 events'],
      rows.map(({ visiting }) => visiting),
    ),
  ].join('\n');
}
