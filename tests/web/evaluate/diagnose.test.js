// Owns the tests of persona quality: the formulas against small cases and plain restatements, what a
// diagnosis says of known personas, and
// that explanations name what matters. Must not read files or run the command: cli-diagnose.test.js does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { diagnose, measureFaithfulness, settingsOf } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { evidenceOf, ownersOf, withPerson } from '../../../web/evaluate/fold-person.js';
import { bestPairs } from '../../../web/evaluate/matching.js';
import {
  cosine,
  decidedShare,
  entropyShare,
  hasDead,
  hasMerged,
  separationOf,
} from '../../../web/evaluate/persona-figures.js';
import { rareItems } from '../../../web/evaluate/rare-recall.js';
import { agreementOf } from '../../../web/evaluate/stability.js';
import {
  below,
  failsWith,
  failure,
  historyOf,
  interactionsOf,
  openSmallModel,
  people,
  root,
  seeded,
  shuffled,
} from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const near = (/** @type {number | null} */ got, /** @type {number} */ wanted, what = '') =>
  assert.ok(got !== null && Math.abs(got - wanted) < 1e-9, `${what}: got ${got}, wanted ${wanted}`);
const history = interactionsOf(people);
const f32 = (/** @type {number[]} */ ...values) => Float32Array.from(values);
/** @type {Model} */
let model;
before(async () => {
  model = await openSmallModel();
});

describe('formulas', () => {
  test('matching is the best of all assignments', () => {
    const random = seeded(5);
    /**
     * @param {number[][]} gain
     * @param {number} row
     * @param {Set<number>} used
     * @returns {number}
     */
    const best = (gain, row, used) =>
      row === gain.length
        ? 0
        : Math.max(
            ...gain[row].map((value, c) =>
              used.has(c) ? -Infinity : value + best(gain, row + 1, new Set([...used, c])),
            ),
          );
    for (let turn = 0; turn < 300; turn++) {
      const rows = 1 + below(random, 4);
      const columns = rows + below(random, 3);
      const gain = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => below(random, 7) / 4),
      );
      const flipped = gain[0].map((_, c) => gain.map((row) => row[c]));
      for (const [of, pairs] of /** @type {const} */ ([
        [gain, bestPairs(gain)],
        [flipped, bestPairs(flipped)],
      ])) {
        assert.equal(pairs.length, rows);
        assert.equal(new Set(pairs.map(([r]) => r)).size + new Set(pairs.map(([, c]) => c)).size, 2 * rows);
        near(
          pairs.reduce((sum, [r, c]) => sum + of[r][c], 0),
          best(gain, 0, new Set()),
          JSON.stringify(of),
        );
      }
    }
    assert.deepEqual(bestPairs([]), []);
  });

  test('agreement of groups does not know labels', () => {
    assert.deepEqual(agreementOf([0, 0, 1, 1, 2], [5, 5, 3, 3, 9]), { adjusted: 1, plain: 1 });
    // Ten pairs of five things: 2 in both, 4 in the first, 4 in the second; expected 1.6, at most 4.
    const { adjusted, plain } = agreementOf([0, 0, 0, 1, 1], [0, 0, 1, 1, 1]);
    near(adjusted, (2 - 1.6) / (4 - 1.6));
    near(plain, 0.6);
    assert.deepEqual(agreementOf([0, 0], [1, 1]), { adjusted: 1, plain: 1 });
    assert.ok(Math.abs(agreementOf(...chanceLabels()).adjusted) < 0.02);
  });

  /** @returns {[number[], number[]]} */
  function chanceLabels() {
    const random = seeded(9);
    const draw = () => Array.from({ length: 3000 }, () => below(random, 3));
    return [draw(), draw()];
  }

  test('sharpness, separation, and what is collapsed', () => {
    near(entropyShare([f32(0.5, 0.5), f32(1, 0)]), 0.5);
    near(entropyShare([f32(0.25, 0.25, 0.25, 0.25)]), 1);
    assert.equal(entropyShare([]), null);
    near(decidedShare([f32(0.5, 0.5), f32(0.6, 0.4), f32(1, 0), f32(0.4, 0.3, 0.3)]), 0.5);
    near(separationOf([f32(1, 0), f32(0, 1)]), 1);
    near(separationOf([f32(1, 1), f32(2, 2)]), 0);
    near(separationOf([f32(1, 0), f32(-1, 0)]), 2);
    assert.equal(separationOf([f32(1, 0)]), null);
    near(cosine(f32(0, 0), f32(1, 0)), 0);
    assert.equal(hasMerged([f32(1, 2), f32(1, 2.1)]), true);
    assert.equal(hasMerged([f32(1, 2), f32(2, 1)]), false);
    assert.deepEqual(
      [hasDead([0.7, 0.3], [0, 1]), hasDead([0.7, 0.3], [0, 0]), hasDead([0.985, 0.015], [0, 1])],
      [false, true, true],
    );
    assert.deepEqual(ownersOf([f32(0.6, 0.5, 0.1), f32(0.4, 0.5, 0.9)]), [0, 0, 1]);
  });

  test('rare items have an aspect that is below a tenth of the history, and in it', () => {
    const aspects = new Map([
      ['rare', ['war', 'drama']],
      ['new', ['western']],
      ['usual', ['drama']],
      ['bare', []],
    ]);
    const list = Array.from({ length: 21 }, (_, i) => ({ item: `h${i}`, weight: 1 }));
    list.forEach(({ item }, i) => aspects.set(item, i < 2 ? ['war'] : i < 20 ? ['drama'] : []));
    const person = {
      user: 'u',
      history: list,
      relevant: new Set(['rare', 'new', 'usual', 'bare']),
      candidates: null,
    };
    assert.deepEqual(
      rareItems(person, (item) => aspects.get(item) ?? []),
      new Set([]),
      'two of the twenty with aspects are a tenth, not less',
    );
    aspects.set('h1', ['drama']);
    assert.deepEqual(
      rareItems(person, (item) => aspects.get(item) ?? []),
      new Set(['rare']),
    );
  });

  test("what the personas say adds up to the score, and attention is the profile's", () => {
    for (const n of [1, 4, 7]) {
      const events = historyOf(n).map(({ item }) => ({ item, weight: 1 }));
      const me = model.createProfile(events);
      const ids = model.ids();
      withPerson(model, events, (fold) => {
        const evidence = evidenceOf(fold, 12);
        const scores = fold.scores();
        for (let j = 0; j < 12; j++) {
          const { score, attention, explanation } = me.explain(ids[j]);
          assert.equal(scores[j], score);
          assert.deepEqual([...fold.explain(j).attention], [...attention]);
          assert.ok(
            Math.abs(
              evidence.reduce((sum, of) => sum + of[j], 0) +
                explanation.bias +
                explanation.residual -
                Number(score),
            ) < 1e-4,
          );
        }
      });
    }
  });
});

describe('a diagnosis', () => {
  test('has the figures, each in its range, the same for the same seed', async () => {
    const options = { history, people: 60, seed: 3 };
    const first = await diagnose(model, options);
    const { separation, effectivePersonas, sharpness, stability, rareRecall, collapsed, details } = first;
    assert.deepEqual(await diagnose(model, options), first);
    const order = shuffled(
      Array.from(history.user, (_, x) => x),
      seeded(1),
    );
    const mixed = {
      ...history,
      user: order.map((x) => history.user[x]),
      item: order.map((x) => history.item[x]),
    };
    assert.deepEqual((await diagnose(model, { ...options, history: mixed })).details.counts, details.counts);
    assert.ok(Number(separation) > 0.2 && Number(separation) < 2);
    assert.ok(effectivePersonas >= 1 && effectivePersonas <= details.personas);
    for (const value of Object.values(sharpness)) assert.ok(Number(value) >= 0 && Number(value) <= 1);
    assert.deepEqual(
      [stability, rareRecall, details.stability, details.rareRecall],
      [null, null, null, null],
    );
    assert.ok(Number(collapsed) >= 0 && Number(collapsed) <= 0.2);
    assert.equal(
      details.counts.reduce((a, b) => a + b, 0),
      60,
    );
    assert.equal(details.several, 60 - details.counts[0]);
    assert.ok(Math.abs(details.shares.reduce((a, b) => a + b, 0) - 1) < 1e-6);
  });

  test('is by the definitions, person by person', async () => {
    const { details, effectivePersonas, sharpness } = await diagnose(model, { history, people: 1000 });
    const counts = [0, 0, 0, 0];
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
    const effective = /** @type {number[]} */ ([]);
    const recommended = /** @type {number[]} */ ([]);
    for (const { history: events } of people) {
      const me = model.createProfile(events.map(({ item }) => item));
      const shares = me.personas().map(({ share }) => share);
      counts[shares.length - 1]++;
      effective.push(
        Math.exp(-shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0)),
      );
      if (shares.length > 1)
        recommended.push(
          mean(
            me
              .recommend({ topK: 20, proportional: 0, explain: true })
              .items.map(
                ({ attention }) =>
                  -[.../** @type {Float32Array} */ (attention)].reduce(
                    (sum, a) => sum + (a > 0 ? a * Math.log(a) : 0),
                    0,
                  ) / Math.log(shares.length),
              ),
          ),
        );
      me.dispose();
    }
    assert.deepEqual(details.counts, counts);
    near(effectivePersonas, mean(effective));
    near(sharpness.recommended, mean(recommended));
  });

  test('stability: whole with itself, less with another seed, and chance finds less still', async () => {
    const itself = await diagnose(model, { history, people: 60, against: model });
    assert.deepEqual(
      [itself.stability, itself.details.stability?.agreement, itself.details.stability?.sameNumber],
      [1, 1, 1],
    );
    const seeds = await diagnose(model, { history, people: 60, seeds: 1 });
    const other = await openSmallModel({ seed: 2 });
    const against = await diagnose(model, { history, people: 60, against: other });
    assert.deepEqual(
      seeds.details.stability,
      against.details.stability,
      'seeds: 1 is the training with the next seed',
    );
    assert.ok(Number(against.stability) > 0.5 && Number(against.stability) < 1, String(against.stability));
    const unlike = await diagnose(model, {
      history,
      people: 60,
      against: await openSmallModel({ dim: 2, sweeps: 1, seed: 9 }),
    });
    assert.ok(Number(unlike.stability) < Number(against.stability));
  });

  test('recall of rare tastes: everybody of the test, with one persona beside', async () => {
    const held = people.map(({ history: events }) => events.slice(0, 2));
    const of = (/** @type {(n: number) => { item: string }[]} */ part) => {
      const pairs = people.flatMap((_, u) => part(u).map(({ item }) => [u, history.items.indexOf(item)]));
      return {
        users: history.users,
        items: history.items,
        user: pairs.map(([u]) => u),
        item: pairs.map(([, j]) => j),
      };
    };
    const known = of((u) => people[u].history.slice(2));
    const test = of((u) => held[u]);
    const { rareRecall, details } = await diagnose(model, {
      history: known,
      test,
      people: 10,
      against: model,
    });
    assert.ok(
      details.rareRecall &&
        details.rareRecall.people > 20 &&
        details.rareRecall.items >= details.rareRecall.people,
    );
    assert.equal(rareRecall, details.rareRecall.recall);
    assert.equal(details.rareRecall.against, rareRecall);
    assert.ok(Number(rareRecall) > 0 && Number(rareRecall) <= 1);
    assert.notEqual(details.rareRecall.onePersona, rareRecall);
  });

  test('says null where there is nothing to say', async () => {
    const single = await openSmallModel({ personas: 1 });
    const { separation, sharpness, collapsed, stability, effectivePersonas, details } = await diagnose(
      single,
      { history, people: 20, against: model },
    );
    assert.deepEqual(
      [separation, sharpness, collapsed, stability],
      [null, { history: null, recommended: null, random: null }, null, null],
    );
    assert.deepEqual(
      [effectivePersonas, details.counts, details.faithfulness],
      [1, [20], { reasons: null, persona: null, because: null }],
    );
    const nobody = await diagnose(model, {
      history: { users: ['u'], items: ['never heard of'], user: [0], item: [0] },
    });
    assert.deepEqual([nobody.details.people, nobody.effectivePersonas], [0, 0]);
  });

  test('refuses what is wrong, and stops when told', async () => {
    for (const bad of [null, 5, {}])
      await failsWith(() => diagnose(any(bad), { history }), 'BAD_ARGUMENT', /model/);
    await failsWith(() => diagnose(model, any({})), 'BAD_ARGUMENT', /history/);
    for (const [name, values] of Object.entries({
      people: [0, 1.5, '2'],
      seed: [-1, 2 ** 32],
      seeds: [-1, 21, 0.5],
      against: [5, {}],
    }))
      for (const value of values)
        await failsWith(
          () => diagnose(model, any({ history, [name]: value })),
          'BAD_ARGUMENT',
          new RegExp(`^${name}: got`),
        );
    await failsWith(() => diagnose(model, { history, against: model, seeds: 1 }), 'BAD_ARGUMENT', /seeds/);
    await failsWith(() => diagnose(model, { history: any({ ...history, item: [0] }) }), 'BAD_ARGUMENT');
    const reason = new Error('enough');
    assert.equal(
      await failure(() => diagnose(model, { history, signal: AbortSignal.abort(reason) })),
      reason,
    );
  });
});

describe('faithfulness', () => {
  test('what an explanation names lowers the rank further than the rest does', async () => {
    const { reasons, persona } = await measureFaithfulness(model, history, { people: 80 });
    for (const part of [reasons, persona]) {
      assert.ok(part && part.people > 20 && part.cases >= part.people);
      assert.ok(
        part.difference.low > 0,
        `${part.difference.mean} (${part.difference.low} to ${part.difference.high})`,
      );
      near(part.difference.mean, part.named - part.random);
      assert.ok(part.share > 0.55 && part.share <= 1);
    }
    assert.deepEqual(await measureFaithfulness(model, history, { people: 80, because: 2 }), {
      reasons,
      persona,
      because: reasons, // its old name, for this version
    });
  });

  test('can fail: where nothing is personal, dropping what is named does as little as the rest', async () => {
    const popular = await openSmallModel({ bias: 500, lambda: 900 });
    const { reasons } = await measureFaithfulness(popular, history, { people: 60 });
    assert.ok(reasons === null || Math.abs(reasons.named) < 0.05, JSON.stringify(reasons));
  });

  test('refuses what is wrong', async () => {
    for (const [name, value] of Object.entries({ people: 0, items: 0.5, reasons: -1 }))
      await failsWith(
        () => measureFaithfulness(model, history, { [name]: value }),
        'BAD_ARGUMENT',
        new RegExp(`^${name}`),
      );
    await failsWith(() => measureFaithfulness(any({}), history), 'BAD_ARGUMENT', /model/);
  });
});

test('a model of version 0.1 is trained again by its settings, but for those of the attention', async () => {
  for (const name of ['plain-f32', 'damped-int8', 'logistic-f16']) {
    const old = await loadModel(readFileSync(new URL(`tests/golden/${name}.ampcf`, root)));
    const { metadata } = old.info;
    const { beta, eta, tau, rho, sharpness, joint, ...left } = metadata.settings;
    for (const value of [beta, eta, tau, rho, sharpness, joint]) assert.equal(typeof value, 'number');
    assert.deepEqual(settingsOf(old), { ...left, objective: metadata.objective });
    const { settings } = await trainModel(history, settingsOf(old));
    assert.deepEqual([settings.dim, settings.split, settings.objective], [10, 1.4, metadata.objective]);
  }
});
