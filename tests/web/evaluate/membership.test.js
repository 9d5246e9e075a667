// Owns the tests of the membership attack and of the model card: the attack finds members where a model
// remembers them and none where it
// cannot, and the card leaves the model as it is. Must not train on real data.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { cardOf, diagnose, membershipAttack, writeCard } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { sectionsOf } from '../../../web/core/sections.js';
import { attacked, signsOf } from '../../../web/evaluate/membership-signs.js';
import { historiesOf } from '../../../web/evaluate/people.js';
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

/**
 * The f32 vectors of an open model where they lie, to be changed.
 * @param {import('../../../dist/rank.js').Model} model
 */
function vectorsIn(model) {
  const { memory, file } = any(model).kernel;
  const bytes = memory.u8(file, model.info.bytes);
  const found = sectionsOf(bytes).sections.find(({ name }) => name === 'item vectors');
  assert.equal(found?.dtype, 1);
  return memory.f32(any(found).data.byteOffset, model.info.items * model.info.dim);
}

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
    for (const name of /** @type {const} */ (['cosine', 'rare cosine', 'calibrated cosine']))
      assert.ok(loose.attacks[name] > 0.9, JSON.stringify(loose));
    const stiff = await membershipAttack(
      noise(1600, 60),
      { dim: 2, sweeps: 3, lambda: 50, minSupport: 1, personas: 1 },
      { resamples: 100 },
    );
    for (const auc of Object.values(stiff.attacks)) assert.ok(auc > 0.4 && auc < 0.6, JSON.stringify(stiff));
    assert.ok(stiff.low <= stiff.auc && stiff.auc <= stiff.high);
  });

  test('by cosines finds who is in directions, however short the vectors are', async () => {
    const model = await loadModel((await trainModel(data, { ...steady, dim: 16, minSupport: 1 })).bytes);
    const everybody = historiesOf(data);
    const signs = () => {
      const view = attacked(model);
      return everybody.map((person) => signsOf(view, person, 1));
    };
    const before = signs();
    const vectors = vectorsIn(model);
    // Each item shorter by another power of two: the Gram of the file stays, so only people move a little.
    vectors.forEach((x, at) => (vectors[at] = x / 2 ** (Math.floor(at / model.info.dim) % 3)));
    const after = signs();
    const moved = (/** @type {'rank' | 'cosine'} */ name) =>
      before.reduce((sum, of, u) => sum + Math.abs(of[name] - after[u][name]), 0);
    assert.ok(moved('cosine') < moved('rank') / 2, `${moved('cosine')} ${moved('rank')}`);
    model.dispose();
  });

  test('by cosines finds nobody in random vectors, and asks nothing of items that hold nothing', async () => {
    const model = await openSmallModel();
    const random = seeded(3);
    const vectors = vectorsIn(model);
    vectors.forEach((_, at) => (vectors[at] = below(random, 2001) / 1000 - 1));
    const view = attacked(model);
    const signs = historiesOf(data).map((person) => signsOf(view, person, 1));
    const half = signs.length >> 1;
    for (const name of /** @type {const} */ (['cosine', 'rare cosine'])) {
      const [members, others] = [signs.slice(0, half), signs.slice(half)].map((side) =>
        side.map((of) => of[name]),
      );
      assert.ok(new Set(members).size > half / 2, name);
      const auc = aucOf(members, others);
      assert.ok(auc > 0.4 && auc < 0.6, `${name} ${auc}`);
      // An item left out of 60 or more is nowhere in particular: the mean of -ln of a uniform share is 1.
      assert.ok(Math.abs([...members, ...others].reduce((sum, x) => sum + x, 0) / signs.length - 1) < 0.15);
    }
    vectors.fill(0);
    const empty = signsOf(attacked(model), historiesOf(data)[0], 1);
    assert.deepEqual([empty.cosine, empty['rare cosine']], [0, 0]);
    model.dispose();
  });

  test('by rare cosines asks about the rarest items, among items that hold something', async () => {
    const model = await openSmallModel();
    const { items, dim } = model.info;
    const own = [
      items - 1,
      items - 2,
      items - 3,
      items - 4,
      items - 5,
      items - 6,
      items - 7,
      items - 8,
      2,
      1,
      0,
    ];
    const history = own.map((j) => ({ item: model.ids()[j], weight: 1 }));
    const person = {
      user: 'one',
      history,
      relevant: /** @type {Set<string>} */ (new Set()),
      candidates: null,
    };
    const free = Array.from({ length: items }, (_, j) => j).filter((j) => !own.includes(j));
    const random = seeded(5);
    const vectors = vectorsIn(model);
    vectors.forEach((_, at) => (vectors[at] = below(random, 2001) / 1000 - 1));
    for (const j of own.slice(0, 8)) for (let d = 0; d < dim; d++) vectors[j * dim + d] = d === 0 ? 1 : 0.01;
    const first = signsOf(attacked(model), person, 1)['rare cosine'];
    assert.ok(first > Math.log(free.length + 1) - 0.7, `${first}: next to the first of ${free.length}`);
    for (const j of free.slice(3)) vectors.fill(0, j * dim, (j + 1) * dim);
    const among = signsOf(attacked(model), person, 1)['rare cosine'];
    assert.ok(among > 1 && among < Math.log(4) + 1e-9, `${among}: first of three others`);
    model.dispose();
  });

  test('gives each training what `prepare` leaves of its people', async () => {
    const settings = { ...steady, dim: 6, sweeps: 3 };
    const sizes = { people: 30, resamples: 20 };
    /** @type {number[]} */
    const seen = [];
    const first = await membershipAttack(data, settings, sizes);
    const same = await membershipAttack(data, settings, {
      ...sizes,
      prepare(given) {
        seen.push(given.users.length);
        return given;
      },
    });
    assert.deepEqual(same, first);
    assert.deepEqual(seen, [people.length / 2, people.length / 4]);
    const scrambled = await membershipAttack(data, settings, {
      ...sizes,
      prepare: (given) => ({ ...given, user: Array.from(given.user, (_, x) => x % given.users.length) }),
    });
    assert.notDeepEqual(scrambled, first);
    await failsWith(
      () => membershipAttack(data, settings, any({ prepare: 1 })),
      'BAD_ARGUMENT',
      /^prepare: got 1/,
    );
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
