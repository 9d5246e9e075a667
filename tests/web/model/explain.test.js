// Owns the tests of what the library says about its rankings: contributions, personas, labels, taste
// distance.
// Must not test rankings themselves (profile.test.js).
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { personaLabels } from '../../../web/model/labels.js';
import {
  below,
  failsWith,
  filmFacts,
  golden,
  historyOf,
  openSmallModel,
  people,
  sample,
  seeded,
  shuffled,
} from '../../support.js';

/** @typedef {import('../../../web/model/model.js').Model} Model */
/** @type {Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  ids = model.ids();
});

const sum = (/** @type {Iterable<number>} */ list) => [...list].reduce((a, b) => a + b, 0);
const factsOf = (/** @type {string} */ item) =>
  /** @type {{ title: string, aspects: string[] }} */ (filmFacts.get(item));

test('explain explains every item of a list: of an unknown one nothing is said', () => {
  const me = model.createProfile(historyOf(0));
  const [known, unknown] = me.rank([ids[5], 'no such item'], { explain: true }).items;
  assert.ok(known.explanation.contributions.length > 0 && known.attention.length > 0);
  const { attention, explanation, ...rest } = unknown;
  const plainly = { known: false, score: null, persona: null };
  assert.deepEqual(rest, { item: 'no such item', title: 'no such item', ...plainly });
  assert.equal(attention.length, 0);
  const zeros = { rest: 0, remembered: 0, bias: 0, residual: 0 };
  assert.deepEqual(explanation, { contributions: [], ...zeros, aspects: [] });
  const plain = me.rank(['no such item']).items[0];
  assert.ok(!('explanation' in plain) && !('attention' in plain));
});

describe('contributions', () => {
  /**
   * Checks every part, and gives the largest residual relative to the largest part.
   * @param {any[]} history
   * @param {string[]} targets
   * @param {number} floor of that part
   */
  function checkSums(history, targets, floor) {
    const me = model.createProfile(history),
      items = new Set(history.map((event) => event.item));
    let worst = 0;
    for (const entry of me.rank(targets, { explain: true, contributions: 1000 }).items) {
      const { score, explanation, attention, persona } = /** @type {any} */ (entry);
      const parts = explanation.contributions.map((/** @type {any} */ part) => part.contribution);
      const total = sum(parts) + explanation.rest + explanation.bias + explanation.residual;
      assert.ok(
        Math.abs(total - score) <= 1e-9 * Math.max(1, Math.abs(score)),
        `${entry.item}: ${total} is not ${score}`,
      );
      worst = Math.max(
        worst,
        Math.abs(explanation.residual) /
          Math.max(floor, Math.abs(score), Math.abs(explanation.bias), ...parts.map(Math.abs)),
      );
      assert.equal(explanation.rest, 0);
      assert.equal(explanation.bias, popularity.get(entry.item));
      assert.deepEqual(
        explanation.contributions.map((/** @type {any} */ part) => part.item).sort(),
        [...items].sort(),
      );
      parts.forEach((/** @type {number} */ part, /** @type {number} */ i) =>
        assert.ok(i === 0 || part <= parts[i - 1]),
      );
      assert.ok(Math.abs(sum(attention) - 1) < 1e-5 && Math.min(...attention) >= 0);
      const brought = attention.map((/** @type {number} */ _, /** @type {number} */ k) =>
        sum(
          explanation.contributions
            .filter((/** @type {any} */ part) => part.persona === k)
            .map((/** @type {any} */ part) => part.contribution),
        ),
      );
      assert.ok(brought[persona.index] >= Math.max(...brought) - 1e-5 * Math.max(1, ...parts.map(Math.abs)));
    }
    me.dispose();
    return worst;
  }
  /** @type {Map<string, number>} */ let popularity;
  before(() => {
    popularity = new Map(
      model
        .createProfile()
        .rank(ids)
        .items.map(({ item, score }) => [item, Number(score)]),
    );
  });

  test('add up to the score, for 10,000 pairs of person and item', () => {
    const random = seeded(21);
    for (const [n] of people.entries()) {
      const worst = checkSums(historyOf(n), sample(ids, 50, random), 0);
      assert.ok(worst <= 1e-5, `person ${n}: residual ${worst} of the largest part`);
    }
    assert.ok(people.length * 50 >= 10000);
  });

  test('add up for people who make no sense, too: any items, weights from 0.01 to 100', () => {
    const random = seeded(22);
    for (let n = 0; n < 200; n++) {
      const history = sample(ids, 1 + below(random, 60), random).map((item) => ({
        item,
        weight: 10 ** (4 * random() - 2),
      }));
      // Where such a history has nothing to do with an item, the score is what is left of a dot product that
      // cancels: single
      // precision is then relative to its terms, of which 0.01 is a modest guess (a liked item scores about
      // 1).
      const worst = checkSums(history, sample(ids, 25, random), 0.01);
      assert.ok(worst <= 1e-5, `${n}: residual ${worst} of the largest part`);
    }
  });

  test('are listed as many as wanted, the rest in one sum', () => {
    for (const n of [0, 1, 2]) {
      const me = model.createProfile(historyOf(n));
      const [target] = me.recommend({ topK: 1 }).items;
      const all = me.explain(target.item);
      assert.equal(all.explanation.contributions.length, me.size);
      for (const k of [0, 1, 5, me.size - 1, me.size, 1000]) {
        const [{ explanation }] = me.rank([target.item], { explain: true, contributions: k }).items;
        assert.deepEqual(explanation?.contributions, all.explanation.contributions.slice(0, k));
        assert.ok(
          Math.abs(
            Number(explanation?.rest) -
              sum(all.explanation.contributions.slice(k).map((part) => part.contribution)),
          ) < 1e-12,
        );
        assert.deepEqual(me.explain(target.item, { contributions: k }).explanation, explanation);
      }
      const [plain] = me.rank([target.item], { explain: true }).items;
      assert.equal(plain.explanation?.contributions.length, 5);
      assert.equal(me.rank([target.item]).items[0].explanation, undefined);
      assert.ok(plain.explanation?.contributions.every((part) => part.title === factsOf(part.item).title));
    }
  });

  test('without history there is only popularity', () => {
    const me = model.createProfile(['unknown']),
      { explanation, attention, score, persona, known } = me.explain(ids[4]);
    assert.deepEqual(explanation, {
      contributions: [],
      rest: 0,
      remembered: 0,
      bias: score,
      residual: 0,
      aspects: [],
    });
    assert.deepEqual([attention.length, persona, known], [0, null, true]);
  });

  test('a history item without weight to speak of contributes next to nothing', () => {
    const [a, b] = people[0].history.map((event) => event.item);
    const me = model.createProfile([a, { item: b, weight: 1e-6 }]);
    const part = me.explain(ids[2]).explanation.contributions.find((entry) => entry.item === b);
    assert.ok(part && Math.abs(part.contribution) < 1e-5);
  });
});

describe('personas', () => {
  test('shares decrease and sum to 1, responsibilities belong to the history', () => {
    const counts = new Map();
    for (let n = 0; n < people.length; n++) {
      const me = model.createProfile(historyOf(n));
      const personas = me.personas();
      const seen = new Set(historyOf(n).map((event) => event.item));
      counts.set(personas.length, (counts.get(personas.length) ?? 0) + 1);
      assert.ok(personas.length >= 1 && personas.length <= model.info.personas);
      assert.ok(Math.abs(sum(personas.map((persona) => persona.share)) - 1) < 1e-5);
      personas.forEach((persona, k) => {
        assert.equal(persona.index, k);
        assert.ok(persona.share > 0 && (k === 0 || persona.share <= personas[k - 1].share));
        assert.ok(
          persona.items.length > 0 &&
            persona.items.every(
              (entry, i) =>
                seen.has(entry.item) &&
                entry.title === factsOf(entry.item).title &&
                entry.responsibility <= 1 &&
                entry.responsibility >= 1 / (2 * personas.length) &&
                (i === 0 || entry.responsibility <= persona.items[i - 1].responsibility),
            ),
        );
        assert.ok(
          persona.aspects.length <= 8 &&
            persona.aspects.every((entry) => entry.lift > 1 && entry.share > 0 && entry.share <= 1),
        );
      });
      me.dispose();
    }
    // Histories differ: one number of personas for everybody would mean that it does not adapt.
    assert.ok(counts.size >= 2, JSON.stringify([...counts]));
  });

  test('labels are distinct, not empty, and made of aspects and titles only', () => {
    const aspects = new Set([...filmFacts.values()].flatMap((facts) => facts.aspects));
    for (let n = 0; n < people.length; n++) {
      const me = model.createProfile(historyOf(n));
      const personas = me.personas();
      const titles = new Set(historyOf(n).map((event) => factsOf(event.item).title));
      const labels = personas.map((persona) => persona.label);
      assert.equal(new Set(labels).size, labels.length);
      for (const label of labels) {
        const [, named, like] = /** @type {RegExpExecArray} */ (
          /^(.*?)(?: like (.*)| \(\d+\))?$/.exec(label)
        );
        const isAspects =
          label !== '' &&
          named.split(' · ').every((word) => aspects.has(word)) &&
          (like === undefined || titles.has(like));
        assert.ok(isAspects || titles.has(label.split(', ')[0]), label);
      }
      const ranked = me.recommend({ topK: 5 }).items.map((entry) => entry.persona);
      for (const persona of ranked)
        assert.deepEqual(persona, {
          index: persona?.index,
          label: labels[Number(persona?.index)],
          share: personas[Number(persona?.index)].share,
        });
      me.dispose();
    }
  });

  test('without aspects and titles, labels are made of ids', async () => {
    const bare = await openSmallModel({ items: undefined }),
      me = bare.createProfile(historyOf(0));
    assert.equal(bare.info.aspects, 0);
    assert.deepEqual(bare.aspects(ids[0]), []);
    assert.equal(bare.title(ids[0]), ids[0]);
    const personas = me.personas();
    assert.equal(new Set(personas.map((persona) => persona.label)).size, personas.length);
    for (const persona of personas) {
      assert.ok(persona.label.startsWith(persona.items[0].item), persona.label);
      assert.deepEqual(persona.aspects, []);
    }
    await failsWith(() => me.tasteDistance([ids[0]]), 'NO_ASPECTS', /--items/);
  });

  test('personas that would be called the same are told apart', () => {
    const entry = (/** @type {string} */ title) => ({ title }),
      drama = { aspect: 'Drama', share: 0.5, lift: 3 };
    const same = [0, 1, 2, 3].map(() => ({ items: [entry('A'), entry('B')], aspects: [drama] }));
    assert.deepEqual(personaLabels(same), ['Drama', 'Drama like A', 'Drama (3)', 'Drama (4)']);
    assert.deepEqual(
      personaLabels([
        { items: [entry('A'), entry('B')], aspects: [] },
        { items: [], aspects: [] },
      ]),
      ['A, B', 'persona 2'],
    );
    // What hardly sets a persona apart is not in its name.
    assert.deepEqual(
      personaLabels([
        {
          items: [entry('A')],
          aspects: [
            drama,
            { aspect: 'War', share: 0.4, lift: 2.9 },
            { aspect: 'Crime', share: 0.4, lift: 2.8 },
          ],
        },
      ]),
      ['Drama · War'],
    );
    assert.deepEqual(
      personaLabels([{ items: [entry('A')], aspects: [drama, { aspect: 'War', share: 0.4, lift: 1.1 }] }]),
      ['Drama'],
    );
  });

  test('can be limited, to one too', () => {
    let fewer = 0;
    for (let n = 0; n < 40; n++) {
      const all = model.createProfile(historyOf(n)).personas().length;
      for (let limit = 1; limit <= model.info.personas; limit++) {
        const found = model.createProfile(historyOf(n), { personas: limit }).personas().length;
        assert.ok(found >= 1 && found <= limit);
        if (limit === model.info.personas) assert.equal(found, all);
      }
      if (all > 1) fewer++;
    }
    assert.ok(fewer > 0);
    const [one] = model.createProfile(historyOf(0), { personas: 1 }).personas();
    assert.equal(one.share, 1);
    assert.ok(one.items.every((entry) => entry.responsibility === 1));
  });

  test('decide the ranking: with personas it differs from one vector for all', () => {
    const n = people.findIndex(
      (person) =>
        person.tastes.length === 2 &&
        model.createProfile(person.history.map(({ item }) => item)).personas().length > 1,
    );
    assert.ok(n >= 0);
    assert.notDeepEqual(
      golden(model.createProfile(historyOf(n)).recommend()),
      golden(model.createProfile(historyOf(n), { personas: 1 }).recommend()),
    );
  });
});

/**
 * The formula of include/ampcf.h, written again.
 * @param {string[]} items
 * @param {number[]} weights
 * @returns {Map<string, number>}
 */
function distribution(items, weights) {
  /** @type {Map<string, number>} */ const counts = new Map();
  items.forEach((item, i) => {
    const { aspects } = factsOf(item);
    for (const aspect of aspects) counts.set(aspect, (counts.get(aspect) ?? 0) + weights[i] / aspects.length);
  });
  const total = sum(counts.values());
  return new Map([...counts].map(([aspect, count]) => [aspect, count / total]));
}

/**
 * @param {Map<string, number>} p
 * @param {Map<string, number>} q
 */
function distance(p, q) {
  let bits = 0;
  for (const aspect of new Set([...p.keys(), ...q.keys()])) {
    const a = p.get(aspect) ?? 0;
    const b = q.get(aspect) ?? 0;
    const m = (a + b) / 2;
    bits += (a > 0 ? a * Math.log2(a / m) : 0) / 2 + (b > 0 ? b * Math.log2(b / m) : 0) / 2;
  }
  return Math.sqrt(Math.max(0, bits));
}

describe('taste distance', () => {
  test('is the documented formula, in [0, 1]', () => {
    const random = seeded(31);
    for (let n = 0; n < 300; n++) {
      const history = sample(ids, 1 + below(random, 40), random).map((item) => ({
        item,
        weight: Math.fround(0.1 + 5 * random()),
      }));
      const list = sample(ids, 1 + below(random, 30), random);
      const wanted = distance(
        distribution(
          history.map((event) => event.item),
          history.map((event) => event.weight),
        ),
        distribution(
          list,
          list.map((_, rank) => 1 / Math.log2(2 + rank)),
        ),
      );
      const got = Number(model.createProfile(history).tasteDistance(['unknown', ...list]));
      assert.ok(got >= 0 && got <= 1);
      // The unknown item holds no rank, and the square root magnifies what is rounded near 0.
      assert.ok(Math.abs(got - wanted) < 1e-7, `${got}, ${wanted}`);
    }
  });

  test("is 0 for the person's own taste and 1 for nothing of it", () => {
    const alike = ids.filter((id) => factsOf(id).aspects.join() === 'Drama');
    assert.ok(alike.length >= 6);
    assert.equal(model.createProfile(alike.slice(0, 3)).tasteDistance(shuffled(alike, seeded(1))), 0);
    const other = ids.filter((id) => !factsOf(id).aspects.includes('Drama'));
    assert.equal(model.createProfile(alike).tasteDistance(other), 1);
    const [a] = people[0].history;
    assert.equal(model.createProfile([a.item]).tasteDistance([a.item]), 0);
  });

  test('is null where there is nothing to compare', async () => {
    assert.equal(model.createProfile().tasteDistance([ids[0]]), null);
    assert.equal(model.createProfile(['unknown']).tasteDistance([ids[0]]), null);
    assert.equal(model.createProfile([ids[0]]).tasteDistance([]), null);
    assert.equal(model.createProfile([ids[0]]).tasteDistance(['unknown', 5]), null);
    for (const list of [null, 5, 'abc', {}])
      await failsWith(
        () => model.createProfile([ids[0]]).tasteDistance(/** @type {any} */ (list)),
        'BAD_ARGUMENT',
        /items/,
      );
    await failsWith(
      () => model.createProfile([ids[0]]).tasteDistance([/** @type {any} */ (null)]),
      'BAD_ARGUMENT',
      /item id/,
    );
  });

  test('a list that changes the profile while it is read is measured against the changed one', () => {
    const me = model.createProfile(historyOf(0)),
      [gone] = people[0].history;
    const list = ids.slice(0, 10),
      changed = model.createProfile(historyOf(0).slice(1));
    assert.equal(
      me.tasteDistance(
        (function* removing() {
          me.remove(gone.item);
          yield* list;
        })(),
      ),
      changed.tasteDistance(list),
    );
  });
});
