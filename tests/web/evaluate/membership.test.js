// Owns the tests of the membership attack and of the model card: the attack finds members where a model
// remembers them and none where it
// cannot, and the card leaves the model as it is. Must not train on real data.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { cardOf, diagnose, membershipAttack, writeCard } from '../../../dist/evaluate.js';
import { aucOf } from '../../../web/evaluate/persona-figures.js';
import {
  below,
  failsWith,
  failure,
  filmFacts,
  golden,
  historyOf,
  interactionsOf,
  openSmallModel,
  people,
  seeded,
  smallModel,
  steady,
} from '../../support.js';

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const data = interactionsOf(people);

test('AUC is the share of pairs in the right order, ties half', () => {
  const random = seeded(4);
  const draw = (/** @type {number} */ n) => Array.from({ length: n }, () => below(random, 6));
  for (let turn = 0; turn < 50; turn++) {
    const a = draw(1 + below(random, 8));
    const b = draw(1 + below(random, 8));
    const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
    const expected = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    assert.ok(Math.abs(aucOf(a, b) - expected) < 1e-12);
  }
});

describe('the attack', () => {
  /**
   * Histories without any taste: what is foretold of one of them was remembered.
   * @param {number} crowd people
   * @param {number} catalogue items
   */
  function noise(crowd, catalogue) {
    const random = seeded(8);
    const items = Array.from({ length: catalogue }, (_, j) => `i${j}`);
    const users = Array.from({ length: crowd }, (_, u) => `u${u}`);
    const pairs = users.flatMap((_, u) =>
      [...new Set(Array.from({ length: 14 }, () => below(random, catalogue)))].map((j) => [u, j]),
    );
    return { users, items, user: pairs.map(([u]) => u), item: pairs.map(([, j]) => j) };
  }

  test('tells members of a model that remembers, and nobody of one that cannot', async () => {
    const loose = await membershipAttack(
      noise(120, 120),
      { dim: 48, sweeps: 10, lambda: 0.004, minSupport: 1, personas: 1 },
      { resamples: 100 },
    );
    assert.ok(loose.auc > 0.9 && loose.low > 0.8, JSON.stringify(loose));
    const stiff = await membershipAttack(
      noise(1600, 60),
      { dim: 2, sweeps: 3, lambda: 50, minSupport: 1, personas: 1 },
      { resamples: 100 },
    );
    for (const auc of Object.values(stiff.attacks)) assert.ok(auc > 0.4 && auc < 0.6, JSON.stringify(stiff));
    assert.ok(stiff.low <= stiff.auc && stiff.auc <= stiff.high);
  });

  test('gives the strongest statistic, the same for the same seed, and means over folds', async () => {
    const settings = { ...steady, dim: 6, sweeps: 3 };
    const options = { people: 40, resamples: 50 };
    const first = await membershipAttack(data, settings, options);
    assert.deepEqual(await membershipAttack(data, settings, options), first);
    assert.equal(first.auc, Math.max(...Object.values(first.attacks)));
    assert.equal(first.attacks[first.attack], first.auc);
    assert.ok(first.low <= first.auc && first.high >= first.auc && first.people <= 80);
    const second = await membershipAttack(data, settings, { ...options, seed: 2 });
    const both = await membershipAttack(data, settings, { ...options, folds: 2 });
    for (const [name, auc] of Object.entries(both.attacks))
      assert.ok(Math.abs(auc - (any(first.attacks)[name] + any(second.attacks)[name]) / 2) < 1e-12, name);
    assert.equal(both.people, first.people + second.people);
  });

  test('refuses what is wrong, and stops when told', async () => {
    for (const [name, value] of Object.entries({ folds: 0, people: 1.5, resamples: -1, seed: 2 ** 32 }))
      await failsWith(
        () => membershipAttack(data, {}, { [name]: value }),
        'BAD_ARGUMENT',
        new RegExp(`^${name}: got`),
      );
    await failsWith(() => membershipAttack(interactionsOf(people.slice(0, 5)), {}), 'NO_DATA', /8/);
    const reason = new Error('enough');
    assert.equal(
      await failure(() => membershipAttack(data, { dim: 4 }, { signal: AbortSignal.abort(reason) })),
      reason,
    );
  });
});

describe('a model card', () => {
  const facts = { people: 200, interactions: 5000, minSupport: 1, itemsLeftOut: 3, interactionsLeftOut: 7 };

  test('goes into the metadata, and leaves lineage, scores and saved profiles as they are', async () => {
    const bytes = await smallModel();
    const plain = await loadModel(bytes);
    const personas = await diagnose(plain, { history: data, people: 20 });
    const card = cardOf({
      data: facts,
      personas,
      membership: {
        auc: 0.512345,
        low: 0.4,
        high: 0.6,
        attack: 'rank',
        attacks: any({}),
        people: 80,
        folds: 1,
      },
    });
    const written = await writeCard(bytes, card);
    const model = await loadModel(written);
    assert.deepEqual(model.info.metadata, { ...plain.info.metadata, card });
    assert.equal(model.info.lineage, plain.info.lineage);
    assert.deepEqual(
      golden(model.createProfile(historyOf(2)).recommend()),
      golden(plain.createProfile(historyOf(2)).recommend()),
    );
    assert.equal(model.restoreProfile(plain.createProfile(historyOf(2)).save()).size, historyOf(2).length);
    assert.deepEqual(
      [card.membership?.auc, card.data, card.personas?.people, card.personas?.stability],
      [0.5123, facts, 20, null],
    );
    assert.equal(card.personas?.collapsed, Number(Number(personas.collapsed).toFixed(4)));
    const again = await writeCard(written, cardOf({ data: facts }));
    assert.deepEqual(
      (await loadModel(again)).info.metadata.card,
      { version: 1, data: facts, membership: null, personas: null },
      'another card takes its place',
    );
  });

  test('is of aggregates alone: no id of an item or a person', async () => {
    const model = await openSmallModel();
    const text = JSON.stringify(
      cardOf({ data: facts, personas: await diagnose(model, { history: data, people: 20 }) }),
    );
    for (const id of [...filmFacts.keys(), ...data.users.map((user) => `"${user}"`)])
      assert.ok(!text.includes(id), id);
  });

  test('is refused where the file is none, or the card does not fit', async () => {
    await failsWith(() => writeCard(new Uint8Array(200), cardOf({ data: facts })), 'BAD_MAGIC');
    const bytes = await smallModel();
    await failsWith(() => writeCard(bytes.subarray(0, -1), cardOf({ data: facts })), 'TRUNCATED');
    await failsWith(() => writeCard(bytes, any({ version: 1, note: 'x'.repeat(70000) })), 'LIMIT', /65536/);
  });
});
