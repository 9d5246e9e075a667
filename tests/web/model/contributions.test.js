// Owns the promise that contributions sum to the score: in 100,000 random cases, after updates, undo and
// forgetting, with every way to store vectors. Must not look at what an explanation says otherwise:
// explain.test.js does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, historyOf, openSmallModel, people, sample, seeded } from '../../support.js';

const wanted = 100_000,
  perRanking = 50;

/**
 * Up to seven changes of a profile; how many of them were taken back.
 * @param {import('../../../web/model/profile.js').Profile} me
 * @param {string[]} ids
 * @param {() => number} random
 */
function changeAtRandom(me, ids, random) {
  let undone = 0;
  for (let step = below(random, 8); step > 0; step--) {
    const item = ids[below(random, ids.length)];
    [
      () => me.add({ item, weight: 0.1 + 3 * random() }),
      () => me.dislike(item),
      () => me.rate(item, 1 + 4 * random()),
      () => me.skip(item),
      () => me.remove(item),
      () => {
        undone += Number(me.undo());
      },
      () => {
        if (random() < 0.4) me.forget({ keep: below(random, 10) });
      },
    ][below(random, 7)]();
  }
  return undone;
}

/**
 * @param {string} item
 * @param {number} score
 * @param {import('../../../web/model/types.js').Explanation | undefined} explanation
 * @returns {number} how much of the score is of forgotten events
 */
function assertAddsUp(item, score, explanation) {
  assert.ok(explanation);
  const { contributions, rest, remembered, bias, residual } = explanation;
  const parts = [...contributions.map(({ contribution }) => contribution), rest, remembered, bias];
  const sum = parts.reduce((a, b) => a + b, 0);
  const size = Math.max(1, ...parts.map(Math.abs));
  assert.ok(Math.abs(sum - score) <= 1e-5 * size, `${item}: ${sum} is not ${score}`);
  assert.ok(Math.abs(sum + residual - score) <= 1e-9 * size);
  return remembered;
}

test('contributions, rest, remembered and bias are the score within 1e-5, 100,000 times', async () => {
  const random = seeded(97);
  const models = [
    await openSmallModel(),
    await openSmallModel({ vectors: 'int8', neighbours: 20 }),
    await openSmallModel({ vectors: 'f16', personas: 8, itemDamping: 0.5, popularityDamping: 0.1 }),
  ];
  const all = models.map((model) => model.ids());
  let cases = 0;
  let remembering = 0;
  let disliking = 0;
  let undone = 0;
  let several = 0;
  while (cases < wanted) {
    const which = below(random, models.length);
    const model = models[which];
    const ids = all[which];
    const me = model.createProfile(historyOf(below(random, people.length)));
    undone += changeAtRandom(me, ids, random);
    disliking += Number(me.history.some((event) => event.preference < 0));
    several += Number(me.personas().length > 1);
    const { items } = me.rank(sample(ids, perRanking, random), {
      explain: true,
      contributions: below(random, 2) * 1000 + 1,
    });
    for (const { item, score, explanation } of items) {
      const remembered = assertAddsUp(item, Number(score), explanation);
      remembering += Number(remembered !== 0);
      cases++;
    }
    me.dispose();
  }
  assert.ok(
    remembering > 3000 && disliking > 500 && undone > 300 && several > 500,
    JSON.stringify({ remembering, disliking, undone, several }),
  );
});
