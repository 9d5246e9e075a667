// Owns the question whether personas are worth having, asked of the demo's people, whose true tastes are
// known: are the personas
// their tastes, and does a 10 % taste get its films? Must not tune anything: the settings are those of the
// demo.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { demoSettings, trainDemo } from '../../examples/demo/train.js';
import { adjustedRandIndex, measureDemo, minorityTaste } from './demo-measures.js';
import { films } from '../support.js';

const cases = demoPeople(films)
  .map((person) => ({ person, history: person.history }))
  .filter(({ person }) => person.tastes.length === 2);
const twoTastes = cases.slice(0, 600),
  ninetyTen = cases.filter(({ person }) => minorityTaste(person)).slice(0, 500);

describe('the demo', () => {
  /** @type {{ rand: number, served: number }} */ let many;
  /** @type {{ rand: number, served: number }} */ let one;

  before(async () => {
    const measured = [];
    for (const personas of [undefined, 1]) {
      const { bytes } = await trainDemo(
          trainModel,
          films,
          demoPeople(films),
          personas ? { personas, proportional: 0 } : {},
        ),
        model = await loadModel(bytes);
      measured.push({
        rand: measureDemo(model, films, twoTastes).ari,
        served: measureDemo(model, films, ninetyTen).covered,
      });
      model.dispose();
    }
    [many, one] = measured;
    const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
    console.log(
      `demo settings ${JSON.stringify(demoSettings)}, ${twoTastes.length} people of two tastes, ` +
        `${ninetyTen.length} of 90/10`,
    );
    console.log(
      `adjusted Rand index of personas and tastes: ${many.rand.toFixed(3)} ` +
        `(one persona: ${one.rand.toFixed(3)})`,
    );
    console.log(
      `90/10 people with a film of their 10 % taste in the top 20: ${percent(many.served)} ` +
        `(one persona: ${percent(one.served)})`,
    );
  });

  test('the measure itself: 1 for the same partition, 0 for none, about 0 for chance', () => {
    assert.equal(adjustedRandIndex(['x', 'x', 'y'], [7, 7, 3]), 1);
    assert.equal(adjustedRandIndex(['x', 'x', 'y', 'y'], [1, 1, 1, 1]), 0);
    assert.ok(Math.abs(adjustedRandIndex(['x', 'x', 'y', 'y'], [1, 2, 1, 2]) + 0.5) < 1e-12);
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
