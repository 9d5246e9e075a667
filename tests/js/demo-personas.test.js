// Owns the question whether personas are worth having, asked of the demo's people, whose true tastes are known: are the personas
// their tastes, and does a 10 % taste get its films? Must not tune anything: the settings are those of the demo.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { affinity, demoPeople, tastes } from '../../examples/demo/people.js';
import { demoSettings, trainDemo } from '../../examples/demo/train.js';
import { films } from './support.js';

/** @typedef {import('../../examples/demo/people.js').Person} Person */
const people = demoPeople(films);
const twoTastes = people.filter((person) => person.tastes.length === 2).slice(0, 600);
const ninetyTen = people.filter((person) => person.tastes.length === 2 && person.tastes[1].share === 0.1).slice(0, 500);

/** The taste that fits a film best, if any fits well. */
const tasteOf = new Map(films.map((film) => {
  const best = tastes.map((taste) => ({ id: taste.id, fit: affinity(film, taste) })).sort((a, b) => b.fit - a.fit)[0];
  return [film.item, best.fit > 0.5 ? best.id : null];
}));

/**
 * Agreement of two partitions of the same things, corrected for chance: 1 the same, 0 what chance gives. Hubert and Arabie 1985.
 * @param {unknown[]} a @param {unknown[]} b
 */
function adjustedRand(a, b) {
  const pairs = (/** @type {number} */ n) => (n * (n - 1)) / 2;
  const pairsIn = (/** @type {unknown[]} */ labels) => {
    /** @type {Map<unknown, number>} */ const counts = new Map();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum + pairs(n), 0);
  };
  const both = pairsIn(a.map((label, i) => `${label} ${b[i]}`)), inA = pairsIn(a), inB = pairsIn(b);
  const expected = (inA * inB) / pairs(a.length), most = (inA + inB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/** @param {import('../../web/model.js').Model} model @param {Person} person */
function agreement(model, person) {
  const me = model.createProfile(person.history.map((event) => event.item));
  /** @type {Map<string, { persona: number, responsibility: number }>} */ const owner = new Map();
  for (const persona of me.personas())
    for (const { item, responsibility } of persona.items)
      if (responsibility > (owner.get(item)?.responsibility ?? 0)) owner.set(item, { persona: persona.index, responsibility });
  me.dispose();
  const events = person.history.filter((event) => event.taste !== null);
  for (const event of events) assert.ok(owner.has(event.item), `${person.id}: ${event.item} belongs to no persona`);
  return adjustedRand(events.map((event) => event.taste), events.map((event) => owner.get(event.item)?.persona));
}

/** @param {import('../../web/model.js').Model} model @param {Person} person */
function minorityIsServed(model, person) {
  const me = model.createProfile(person.history.map((event) => event.item)), minority = person.tastes[1].taste;
  const served = me.recommend({ topK: 20 }).items.some((entry) => tasteOf.get(entry.item) === minority);
  me.dispose();
  return served;
}

const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;

describe('the demo', () => {
  /** @type {{ rand: number, served: number }} */ let many;
  /** @type {{ rand: number, served: number }} */ let one;

  before(async () => {
    const measured = [];
    for (const personas of [undefined, 1]) {
      const { bytes } = await trainDemo(trainModel, films, people, personas ? { personas } : {}), model = await loadModel(bytes);
      measured.push({ rand: mean(twoTastes.map((person) => agreement(model, person))), served: mean(ninetyTen.map((person) => Number(minorityIsServed(model, person)))) });
      model.dispose();
    }
    [many, one] = measured;
    const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
    console.log(`demo settings ${JSON.stringify(demoSettings)}, ${twoTastes.length} people of two tastes, ${ninetyTen.length} of 90/10`);
    console.log(`adjusted Rand index of personas and tastes: ${many.rand.toFixed(3)} (one persona: ${one.rand.toFixed(3)})`);
    console.log(`90/10 people with a film of their 10 % taste in the top 20: ${percent(many.served)} (one persona: ${percent(one.served)})`);
  });

  test('the measure itself: 1 for the same partition, 0 for none, about 0 for chance', () => {
    assert.equal(adjustedRand(['x', 'x', 'y'], [7, 7, 3]), 1);
    assert.equal(adjustedRand(['x', 'x', 'y', 'y'], [1, 1, 1, 1]), 0);
    assert.ok(Math.abs(adjustedRand(['x', 'x', 'y', 'y'], [1, 2, 1, 2]) + 0.5) < 1e-12);
  });

  test('has enough of both kinds of people', () => {
    assert.ok(twoTastes.length >= 500 && ninetyTen.length >= 400, `${twoTastes.length}, ${ninetyTen.length}`);
  });

  test('personas are tastes: adjusted Rand index 0.6 or more', () => {
    assert.ok(many.rand >= 0.6, `${many.rand}`);
    assert.ok(many.rand > one.rand + 0.3, `${many.rand}, one persona ${one.rand}`);
  });

  test('a 10 % taste gets its films: 80 % of people or more', () => {
    assert.ok(many.served >= 0.8, `${many.served}`);
    assert.ok(many.served > one.served, `${many.served}, one persona ${one.served}`);
  });
});
