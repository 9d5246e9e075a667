// Owns the tests of ampcf/learn: what time does, the drift alarm, refinement. Must not measure whether
// recommendations get better: npm run bench:learning does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { driftOf, recency, refine } from '../../../dist/learn.js';
import { loadModel as loadRanking } from '../../../dist/rank.js';
import { measured } from '../../../web/model/measured.js';
import {
  below,
  failsWith,
  films,
  golden,
  historyOf,
  openSmallModel,
  people,
  seeded,
  smallModel,
} from '../../support.js';

/** @typedef {import('../../../web/model/types.js').StoredEvent} StoredEvent */
/** @type {import('../../../web/model/model.js').Model} */
let model;
/** @type {string[]} */
let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

const day = 86400;
/**
 * @param {(number | null)[]} times
 * @returns {StoredEvent[]}
 */
const eventsAt = (times) => times.map((at, i) => ({ item: `i${i}`, weight: 1, preference: 1, at }));
const near = (/** @type {ArrayLike<number>} */ got, /** @type {number[]} */ wanted) =>
  wanted.forEach((x, i) =>
    assert.ok(Math.abs(got[i] - x) < 1e-6, `${[...Array.from(got)]} is not ${wanted}`),
  );

describe('recency', () => {
  test('by events of the persona: what is old in one taste may be the latest of another', () => {
    const owners = Float32Array.of(1, 0, 0, 1, 1, 0, 1, 0); // personas of four events: 0, 1, 0, 0
    near(recency({ halfLife: 1, least: 0 })(eventsAt([1, 2, 3, 4]), owners), [0.25, 1, 0.5, 1]);
    near(
      recency({ halfLife: 1, least: 0, perPersona: false })(eventsAt([1, 2, 3, 4]), owners),
      [0.125, 0.25, 0.5, 1],
    );
    near(recency({ halfLife: 1 })(eventsAt([1, 2, 3, 4]), Float32Array.of(0.5, 0.5, 0, 1, 1, 0, 1, 0)), [
      0.5 * 0.25 + 0.5 * 0.5,
      1,
      0.5,
      1,
    ]);
  });

  test('follows time, not the order of addition, unless a time is missing', () => {
    const one = Float32Array.of(1, 1, 1);
    const halve = recency({ halfLife: 1, least: 0 });
    near(halve(eventsAt([30, 10, 20]), one), [1, 0.25, 0.5]);
    near(halve(eventsAt([30, null, 20]), one), [0.25, 0.5, 1]);
  });

  test('by days: half after the half-life, later for a rarer persona, never below the least', () => {
    const one = Float32Array.of(1, 1, 1, 1);
    const byDays = (/** @type {object} */ options) => recency({ halfLife: 10, unit: 'days', ...options });
    near(byDays({})(eventsAt([0, 10 * day, 20 * day, null]), one), [0.25, 0.5, 1, 1]);
    near(byDays({ least: 0.4 })(eventsAt([0, 10 * day, 20 * day, null]), one), [0.4, 0.5, 1, 1]);
    // Persona 1 has one event of four where an average persona has two: its half-life is twice as long.
    near(byDays({})(eventsAt([10 * day, 0, 20 * day, 20 * day]), Float32Array.of(1, 0, 0, 1, 1, 0, 1, 0)), [
      2 ** -(1 / (2 / 3)),
      0.5,
      1,
      1,
    ]);
  });

  test('in a profile: equals the weights it gives, and is dropped again by adjust', () => {
    for (let n = 0; n < 10; n++) {
      const history = historyOf(n);
      const plain = model.createProfile(history);
      const { responsibilities } = measured(plain);
      const factors = recency({ halfLife: 5 })(plain.history, responsibilities);
      const me = model.createProfile(history, { recency: recency({ halfLife: 5 }) });
      const weighted = model.createProfile(history.map((event, i) => ({ ...event, weight: factors[i] })));
      assert.deepEqual(golden(me.recommend()), golden(weighted.recommend()));
      assert.deepEqual(me.history, plain.history, 'events keep their own weights');
      me.adjust({});
      assert.deepEqual(golden(me.recommend()), golden(plain.recommend()));
      assert.equal(me.undo(), true);
      assert.deepEqual(golden(me.recommend()), golden(weighted.recommend()));
    }
  });

  test('what cannot be is refused', async () => {
    for (const options of [
      { halfLife: 0 },
      { halfLife: NaN },
      {},
      { halfLife: 1, unit: 'weeks' },
      { halfLife: 1, least: 2 },
      null,
    ])
      await failsWith(() => recency(/** @type {any} */ (options)), 'BAD_ARGUMENT');
    await failsWith(
      () => model.createProfile([], { recency: /** @type {any} */ ({ halfLife: 3 }) }),
      'BAD_ARGUMENT',
      /recency/,
    );
    await failsWith(() => model.createProfile().adjust({ personas: 99 }), 'BAD_ARGUMENT', /personas/);
  });
});

describe('drift', () => {
  /**
   * Films of one genre, popular first.
   * @param {string} genre
   * @param {number} n
   */
  const ofGenre = (genre, n) => ids.filter((id) => model.aspects(id).includes(genre)).slice(0, n);

  test('a taste that moves is noticed, with what moved; one that stays is not', () => {
    const westerns = ofGenre('Western', 40);
    const horror = ofGenre('Horror', 20).filter((id) => !westerns.includes(id));
    const drift = driftOf(
      model.createProfile([...westerns.filter((id) => !horror.includes(id)), ...horror]),
      { recent: horror.length },
    );
    assert.ok(
      drift?.drifted && drift.p <= 0.01 && drift.distance > 2 * drift.expected,
      JSON.stringify(drift),
    );
    assert.deepEqual(
      drift.changes
        .slice(0, 2)
        .map(({ category }) => category)
        .sort(),
      ['Horror', 'Western'],
    );
    assert.ok(
      drift.changes.every(({ category, recent, before }) =>
        category === 'Horror' ? recent > before : category !== 'Western' || recent < before,
      ),
    );
  });

  test('cries wolf about as often as it says: 5 % of shuffled histories at level 0.05', () => {
    const random = seeded(3);
    let alarms = 0;
    let asked = 0;
    for (let n = 0; n < 150; n++) {
      const history = historyOf(n);
      for (let i = history.length - 1; i > 0; i--) {
        const j = below(random, i + 1);
        [history[i], history[j]] = [history[j], history[i]];
      }
      const drift = driftOf(model.createProfile(history), { recent: 8, level: 0.05, rounds: 99 });
      if (drift) (asked++, (alarms += Number(drift.drifted)));
    }
    assert.ok(asked > 100 && alarms / asked < 0.12, `${alarms} of ${asked}`);
  });

  test('over clusters and personas, the same by the same seed, nothing for a short history', () => {
    const me = model.createProfile(historyOf(6));
    for (const space of /** @type {const} */ (['aspects', 'clusters', 'personas']))
      assert.deepEqual(
        driftOf(me, { recent: 5, space, rounds: 50 }),
        driftOf(me, { recent: 5, space, rounds: 50 }),
      );
    assert.equal(driftOf(model.createProfile(historyOf(6).slice(0, 9)), { recent: 5 }), null);
  });

  test('what cannot be is refused', async () => {
    const me = model.createProfile(historyOf(0));
    for (const options of [
      { recent: 0 },
      { rounds: 0 },
      { level: 0 },
      { level: 1 },
      { space: 'moods' },
      { distance: 'far' },
    ])
      await failsWith(() => driftOf(me, { recent: 3, .../** @type {any} */ (options) }), 'BAD_ARGUMENT');
    const bare = await loadRanking(await smallModel());
    await failsWith(
      () => driftOf(bare.createProfile(historyOf(0))),
      'NEEDS_TASTE',
      /loadModel\(source, \{ taste \}\)/,
    );
  });
});

describe('refinement', () => {
  test('keeps a folding only if the latest like, which had no say, ranks no worse, and reports both', () => {
    let kept = 0;
    for (let n = 0; n < 25; n++) {
      const me = model.createProfile(historyOf(n));
      const plain = golden(me.recommend());
      const { folding } = me;
      const result = refine(me, { events: 4 });
      if (result.kept) kept++;
      assert.ok(
        !result.kept ||
          (result.after.latest <= result.before.latest && result.after.chosenOn < result.before.chosenOn),
        JSON.stringify(result),
      );
      if (!result.kept) assert.deepEqual([golden(me.recommend()), me.folding], [plain, folding]);
      else assert.notDeepEqual(me.folding, folding);
      assert.deepEqual(me.history, model.createProfile(historyOf(n)).history, 'events are not touched');
    }
    assert.ok(kept > 2, `kept ${kept}`);
  });

  test('its ranks are those of predicting each event from what came before it', () => {
    const history = historyOf(7);
    const me = model.createProfile(history);
    const { before } = refine(me, { events: 1, foldings: [] });
    const rank = (/** @type {number} */ at) =>
      1 +
      model
        .createProfile(history.slice(0, at))
        .recommend({ topK: ids.length, proportional: 0 })
        .items.findIndex(({ item }) => item === history[at].item);
    assert.ok(
      Math.abs(before.latest - rank(history.length - 1)) < 1e-9 &&
        Math.abs(before.chosenOn - rank(history.length - 2)) < 1e-9,
    );
  });

  test('of a refinement that was kept undo takes back the folding', () => {
    const found = people
      .map((_, n) => model.createProfile(historyOf(n)))
      .slice(0, 40)
      .find((me) => refine(me, { events: 4 }).kept);
    assert.ok(found);
    assert.equal(found.undo(), true);
    assert.deepEqual(found.folding, model.createProfile().folding);
  });

  test('what cannot be is refused', async () => {
    await failsWith(() => refine(model.createProfile([ids[0], ids[1]])), 'NO_DATA', /at least 2/);
    await failsWith(() => refine(model.createProfile(historyOf(0)), { events: 0 }), 'BAD_ARGUMENT');
    await failsWith(
      () => refine(model.createProfile(historyOf(0)), { foldings: [{ halfLife: -1 }] }),
      'BAD_ARGUMENT',
    );
    assert.ok(films.length > 0);
  });
});

test('a model of ampcf brings taste, one of ampcf/rank does not', async () => {
  const bytes = await smallModel();
  const list = ids.slice(0, 5);
  const full = await loadModel(bytes);
  const bare = await loadRanking(bytes);
  assert.ok(Number(full.createProfile(historyOf(0)).tasteDistance(list)) > 0);
  assert.equal(full.createProfile(historyOf(0)).recommend({ calibrate: 0.5 }).items.length, 10);
  await failsWith(() => bare.createProfile(historyOf(0)).tasteDistance(list), 'NEEDS_TASTE', /ampcf\/taste/);
  await failsWith(() => bare.createProfile(historyOf(0)).recommend({ calibrate: 0.5 }), 'NEEDS_TASTE');
});
