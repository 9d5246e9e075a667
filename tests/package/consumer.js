// Owns the program of somebody who installed the package: it trains, ranks, keeps and evaluates by the names
// that the package exports. Must not know where they come from: package.test.js runs it where only they are.
import assert from 'node:assert/strict';
import { AmpcfError, Model, Profile, loadModel, version } from 'ampcf';
import { confidence } from 'ampcf/confidence';
import {
  diagnose,
  evaluateModel,
  membershipAttack,
  metrics,
  pairedBootstrap,
  trainValidated,
} from 'ampcf/evaluate';
import { conversation, nextTurn } from 'ampcf/ask';
import { driftOf, recency, refine } from 'ampcf/learn';
import { fileStore } from 'ampcf/node-store';
import { aspectRelation, graphFacts } from 'ampcf/graph';
import { as, peopleOf, whoIsHere } from 'ampcf/people';
import { loadModel as loadRanking } from 'ampcf/rank';
import { explainInWords } from 'ampcf/sentences';
import { keepProfile, memoryStore } from 'ampcf/store';
import { proportionalRerank, taste, tasteDistance } from 'ampcf/taste';
import { trainModel } from 'ampcf/train';

const users = ['u1', 'u2', 'u3', 'u4'];
const items = ['a', 'b', 'c', 'd'];
const pairs = { users, items, user: [0, 0, 1, 1, 2, 2, 3, 3], item: [0, 1, 0, 1, 2, 3, 2, 3] };
const settings = { dim: 2, minSupport: 1 };
const { bytes } = await trainModel(pairs, settings);

/** @param {'simd' | 'scalar'} backend */
async function rankedBy(backend) {
  const model = await loadModel(bytes, { backend });
  const me = model.createProfile(['a']);
  assert.ok(model instanceof Model && me instanceof Profile);
  return me.recommend().items.map(({ item, score }) => [item, score]);
}

const scores = await rankedBy('simd');
assert.deepEqual(await rankedBy('scalar'), scores, 'both builds give the same');

const model = await loadRanking(bytes, { taste });
const kept = await keepProfile(model, memoryStore());
kept.profile.add('a').dislike('c');
assert.ok(model instanceof Model && (await kept.flush()), 'one Model for all entries');
assert.ok((await keepProfile(model, fileStore('profile'))).persisted);
assert.ok(explainInWords(kept.profile.explain('b')).text.includes('a'));
assert.equal(nextTurn(kept.profile).recommend?.items[0].item, 'b');
assert.equal(conversation(kept.profile).answer({ ask: [{ item: 'd' }] }, 'no').turns, 1);
assert.equal(await tasteDistance([1, 0], [0, 1]), 1);
assert.equal(graphFacts(model), null);
assert.equal(aspectRelation('director: Carol Reed').relation, 'director');
assert.equal(peopleOf(kept.profile, { people: 2 }).list.length, 2);
assert.equal(whoIsHere(kept.profile, ['b']).length, 3);
assert.equal(as(kept.profile, 0).model, model);
for (const entry of [driftOf, recency, refine, diagnose, membershipAttack, proportionalRerank])
  assert.equal(typeof entry, 'function');

const certain = await loadRanking(bytes, { plugins: [confidence] });
const [likely] = certain.createProfile(['a']).recommend({ confidence: true }).items;
assert.ok(likely.probability === null && Number(likely.uncertainty) > 0, 'without a map there is none');

const taken = { users, items, user: [0, 1, 2, 3], item: [0, 0, 2, 2] };
const next = { ...taken, item: [1, 1, 3, 3] };
const evaluation = await evaluateModel(await loadModel(bytes), {
  history: taken,
  test: next,
  k: [1],
  resamples: 10,
  baselines: ['popularity', 'ease'],
});
assert.equal(evaluation.metrics['ndcg@1'], 1);
assert.equal(metrics.recall(['b'], new Set(['b']), 1), 1);
assert.equal(pairedBootstrap([1], [0]).mean, 1);
assert.equal((await trainValidated(taken, next, settings)).validation.people, 4);

// Errors of every entry are of one class.
for (const wrong of [
  async () => evaluateModel(await loadModel(bytes), { history: taken, test: taken }),
  () => loadModel(new Uint8Array(1)),
  () => trainModel({ users, items, user: [], item: [] }),
])
  await assert.rejects(wrong, AmpcfError);
process.stdout.write(JSON.stringify({ version, scores }));
