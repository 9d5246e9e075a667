// Owns the proof that every public function refuses options that nobody has and arguments that are none.
// A new function has to be added here. Must not test what an option does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { get, readable } from 'svelte/store';
import * as ampcf from '../../dist/ampcf.js';
import * as ask from '../../dist/ask.js';
import * as cache from '../../dist/cache.js';
import * as confidence from '../../dist/confidence.js';
import * as element from '../../dist/element.js';
import * as evaluate from '../../dist/evaluate.js';
import * as evidenceEntry from '../../dist/evidence.js';
import * as graphEntry from '../../dist/graph.js';
import * as learn from '../../dist/learn.js';
import * as nowEntry from '../../dist/now.js';
import * as nodeStore from '../../dist/node-store.js';
import * as shared from '../../dist/people.js';
import * as rank from '../../dist/rank.js';
import * as sentences from '../../dist/sentences.js';
import * as simulate from '../../dist/simulate.js';
import * as store from '../../dist/store.js';
import * as svelte from '../../dist/svelte.js';
import * as taste from '../../dist/taste.js';
import * as train from '../../dist/train.js';
import * as worker from '../../dist/worker.js';
import { withGraph } from '../../examples/demo/graph-file.js';
import { failure, historyOf, interactionsOf, people, smallModel } from '../support.js';

const entries = {
  ampcf,
  rank,
  train,
  evaluate,
  taste,
  learn,
  sentences,
  store,
  'node-store': nodeStore,
  now: nowEntry,
  people: shared,
  ask,
  evidence: evidenceEntry,
  simulate,
  confidence,
  // Hooks of React and Vue run inside of these: tests/browser/frameworks.test.js
  svelte,
  element,
  cache,
  worker,
  graph: graphEntry,
};
const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
/** What is in the smallest entry, which has no room for guesses, or is asked of it. */
const guessless = /^(Model|Profile|rank|Session|confidence)\.(?!tasteDistance|personas)|^svelte\.[pr]/;

const bytes = await smallModel();
const model = await ampcf.loadModel(bytes);
const ids = model.ids();
const me = model.createProfile(historyOf(0));
const known = interactionsOf(people.slice(0, 60));
const held = interactionsOf(people.slice(30, 90));
const list = me.recommend({ topK: 5, explain: true });
const half = { dim: 4, sweeps: 2, minSupport: 1, clusters: 0 };
const pool = { scores: [2, 1], items: [[0], [1]], target: [0.5, 0.5], vectors: [[1], [1]] };
const card = { people: 1, interactions: 1, minSupport: 1, itemsLeftOut: 0, interactionsLeftOut: 0 };
const canonical = {
  users: 2,
  itemIds: ['a', 'b'],
  offsets: Uint32Array.of(0, 1, 2),
  items: Uint32Array.of(0, 1),
  weights: null,
  dropped: 0,
};
const given = { ids, vectors: ids.map((_, i) => [Math.sin(i), Math.cos(i)]), dim: 2 };
const tasteOf = any(model.taste);
const reviews = [{ item: ids[0], text: 'The sound is good.', aspect: 'sound' }];
const evidenceBytes = train.makeEvidence(reviews, { minPeople: 1 }).bytes;
const evidence = await evidenceEntry.loadEvidence(evidenceBytes);
const linked = await ampcf.loadModel(
  withGraph(bytes, ids, [
    [ids[0], 'r', 'x'],
    [ids[1], 'r', 'x'],
  ]),
);

/**
 * Calls that are right with the options that must be given: `Class.method` or the name of an export, its
 * entry before it. Options are the last argument.
 * @type {Record<string, { call: (...args: any[]) => unknown, args: unknown[]}>}
 */
const calls = {
  'ampcf.loadModel': { call: ampcf.loadModel, args: [bytes, {}] },
  'rank.loadModel': { call: rank.loadModel, args: [bytes, {}] },
  'Model.similar': { call: (...args) => model.similar(any(args[0]), args[1]), args: [ids[0], {}] },
  'Model.mask': { call: (...args) => model.mask(args[0]), args: [{ aspects: {} }] },
  'Model.createProfile': { call: (...args) => model.createProfile(args[0], args[1]), args: [[], {}] },
  'Model.restoreProfile': {
    call: (...args) => model.restoreProfile(args[0], args[1]),
    args: [me.save(), {}],
  },
  'Profile.add': { call: (event) => model.createProfile().add(event), args: [{ item: ids[0] }] },
  'Profile.rate': {
    call: (...args) => model.createProfile().rate(args[0], args[1], args[2]),
    args: [ids[0], 3, {}],
  },
  'Profile.dislike': {
    call: (...args) => model.createProfile().dislike(args[0], args[1]),
    args: [ids[0], {}],
  },
  'Profile.skip': {
    call: (...args) => model.createProfile([ids[0]]).skip(args[0], args[1]),
    args: [ids[0], {}],
  },
  'Profile.forget': { call: (options) => model.createProfile().forget(options), args: [{}] },
  'Profile.adjust': { call: (folding) => model.createProfile().adjust(folding), args: [{}] },
  'Profile.rank': { call: (...args) => me.rank(args[0], args[1]), args: [ids.slice(0, 3), {}] },
  'Profile.recommend': { call: (options) => me.recommend(options), args: [{ calibrate: 0.5 }] },
  'Profile.explain': { call: (...args) => me.explain(args[0], args[1]), args: [ids[0], {}] },
  'Profile.tasteDistance': {
    call: (...args) => me.tasteDistance(args[0], args[1]),
    args: [ids.slice(0, 3), {}],
  },
  'train.trainModel': { call: train.trainModel, args: [known, half] },
  'train.trainingMemory': { call: train.trainingMemory, args: [known, half] },
  'train.fitEase': { call: train.fitEase, args: [canonical, {}] },
  'evaluate.evaluateModel': {
    call: evaluate.evaluateModel,
    args: [model, { history: known, test: held, resamples: 2 }],
  },
  'train.appendItems': { call: train.appendItems, args: [bytes, { items: new Map([['new', {}]]) }] },
  'train.addGraph': {
    call: train.addGraph,
    args: [bytes, { graph: { heads: [ids[0], ids[1]], relations: ['r', 'r'], tails: ['x', 'x'] } }],
  },
  'train.modelFromVectors': { call: train.modelFromVectors, args: [given] },
  'train.makeEvidence': { call: train.makeEvidence, args: [reviews, { minPeople: 1 }] },
  'evidence.loadEvidence': { call: evidenceEntry.loadEvidence, args: [evidenceBytes, {}] },
  'evidence.evidenceFor': { call: evidenceEntry.evidenceFor, args: [me, ids[0], { evidence }] },
  'evidence.caresAbout': {
    call: (...args) => evidenceEntry.caresAbout(args[0], 0, 'sound', args[1]),
    args: [me, {}],
  },
  'evaluate.fitVectors': {
    call: (options) => evaluate.fitVectors(options, held),
    args: [{ ...given, interactions: known, sample: 5, gate: 0, leaves: 1, proportional: 0 }],
  },
  'evaluate.retrainingOf': { call: evaluate.retrainingOf, args: [model, known, 1, {}] },
  'evaluate.settingsFromData': { call: evaluate.settingsFromData, args: [known, half, {}] },
  'evaluate.trainValidated': { call: evaluate.trainValidated, args: [known, held, half] },
  'evaluate.checkValidation': { call: evaluate.checkValidation, args: [model, known, held, {}] },
  'evaluate.measureValidation': { call: evaluate.measureValidation, args: [model, known, held, {}] },
  'evaluate.diagnose': { call: evaluate.diagnose, args: [model, { history: known, people: 3 }] },
  'evaluate.measureFaithfulness': { call: evaluate.measureFaithfulness, args: [model, known, { people: 3 }] },
  'evaluate.membershipAttack': {
    call: evaluate.membershipAttack,
    args: [known, half, { people: 4, resamples: 2 }],
  },
  'evaluate.cardOf': { call: evaluate.cardOf, args: [{ data: card }] },
  'evaluate.personaHealth': { call: evaluate.personaHealth, args: [model, known, { people: 3 }] },
  'evaluate.pairedBootstrap': { call: evaluate.pairedBootstrap, args: [[1, 2], [2, 1], { resamples: 2 }] },
  'Taste.distribution': { call: (...args) => tasteOf.distribution(...args), args: [me, {}] },
  'Taste.distance': { call: (...args) => tasteOf.distance(...args), args: [me, ids.slice(0, 3), {}] },
  'Taste.floor': { call: (...args) => tasteOf.floor(...args), args: [me, { rounds: 2 }] },
  'Taste.recommend': { call: (...args) => tasteOf.recommend(...args), args: [me, { calibrate: 0.5 }] },
  'Taste.rerank': { call: (...args) => tasteOf.rerank(...args), args: [me, list, { lambda: 0.5 }] },
  'taste.tasteDistribution': { call: taste.tasteDistribution, args: [[[0], [1]], {}] },
  'taste.tasteDistance': { call: taste.tasteDistance, args: [[0.5, 0.5], [1, 0], {}] },
  'taste.steckRerank': { call: taste.steckRerank, args: [pool, { lambda: 0.5 }] },
  'taste.proportionalRerank': { call: taste.proportionalRerank, args: [pool, { lambda: 0.5 }] },
  'taste.mmrRerank': { call: taste.mmrRerank, args: [pool, { lambda: 0.5 }] },
  'taste.dppRerank': { call: taste.dppRerank, args: [pool, { lambda: 0.5 }] },
  'worker.loadModelInWorker': {
    call: async (...args) => (await worker.loadModelInWorker(args[0], args[1])).dispose(),
    args: [bytes, {}],
  },
  'worker.trainInWorker': { call: worker.trainInWorker, args: [known, half] },
  'cache.cachedModels': { call: cache.cachedModels, args: [{}] },
  'cache.clearCachedModels': { call: cache.clearCachedModels, args: [{}] },
  'cache.deleteCachedModel': { call: cache.deleteCachedModel, args: ['https://example.org/m', {}] },
  'learn.driftOf': { call: learn.driftOf, args: [me, { rounds: 2 }] },
  'learn.recency': { call: learn.recency, args: [{ halfLife: 2 }] },
  'learn.refine': { call: learn.refine, args: [me, { events: 1 }] },
  'people.peopleOf': { call: shared.peopleOf, args: [me, { people: 2 }] },
  'ask.conversation': { call: ask.conversation, args: [me, {}] },
  'ask.nextTurn': { call: ask.nextTurn, args: [me, {}] },
  'Conversation.list': { call: (options) => ask.conversation(me).list(options), args: [{}] },
  'confidence.exploration': {
    call: confidence.exploration,
    args: [confidence.posteriorOf(me), new Float64Array(model.info.dim), {}],
  },
  'confidence.ratings': { call: confidence.ratings, args: [model.createProfile(), [], {}] },
  'confidence.styleOf': { call: confidence.styleOf, args: [[{ item: 'a', stars: 3 }], {}] },
  'evaluate.calibrate': {
    call: evaluate.calibrate,
    args: [
      bytes,
      people.map(({ history }) => ({
        history: history.slice(2).map(({ item }) => item),
        liked: history.slice(0, 2).map(({ item }) => item),
      })),
      {},
    ],
  },
  'sentences.explainInWords': { call: sentences.explainInWords, args: [list.items[0], {}] },
  'graph.pathsOf': { call: graphEntry.pathsOf, args: [linked.createProfile([ids[0]]), ids[1], {}] },
  'graph.similar': { call: graphEntry.similar, args: [linked, ids[0], {}] },
  'graph.relationSpace': { call: graphEntry.relationSpace, args: [linked, 'r', {}] },
  'now.session': { call: nowEntry.session, args: [me, {}] },
  'Session.add': { call: (event) => nowEntry.session(me).add(event), args: [{ item: ids[0] }] },
  'Session.recommend': { call: (options) => nowEntry.session(me).recommend(options), args: [{}] },
  'Session.rank': {
    call: (...args) => nowEntry.session(me).rank(args[0], args[1]),
    args: [ids.slice(0, 3), {}],
  },
  'Session.personas': { call: (now) => nowEntry.session(me).personas(now), args: [{}] },
  'simulate.simulatePeople': { call: simulate.simulatePeople, args: [model, { people: 2 }] },
  'simulate.simulate': { call: brief, args: [model, { people: 2, rounds: 1 }] },
  'svelte.modelStore': { call: svelte.modelStore, args: ['films.ampcf', {}] },
  'svelte.profileStore': {
    call: (...args) => get(svelte.profileStore(any(args[0]), args[1], args[2])),
    args: [readable(model), [], {}],
  },
  'svelte.recommendationsStore': {
    call: (...args) => get(svelte.recommendationsStore(any(args[0]), args[1])),
    args: [me, {}],
  },
  'store.keepProfile': { call: store.keepProfile, args: [model, store.memoryStore(), {}] },
  'store.indexedDbStore': { call: store.indexedDbStore, args: [{}] },
  'store.opfsStore': { call: store.opfsStore, args: [{}] },
};

/** Without options it is right, and takes long. @param {any} of @param {any} options */
function brief(of, options) {
  return options === undefined || Object.keys(Object(options)).length === 0
    ? simulate.simulate(of, any([]))
    : simulate.simulate(of, options);
}

/** Functions that take no options. */
const plain =
  `people.as people.whoIsHere train.replaceMetadata train.retireItems simulate.supportOf evaluate.writeCard
  evaluate.settingsOf store.createKey taste.tasteFrom
  evaluate.calibrationError evaluate.reliability confidence.posteriorOf
  confidence.uncertaintyOf confidence.stylePriorOf
  element.defineElement
  graph.graphFacts graph.aspectRelation
  store.memoryStore node-store.fileStore Model.needTaste Model.indexOf Model.has Model.title Model.aspects
  Evidence.ids Evidence.has Evidence.mentions Evidence.load Evidence.sentences Evidence.goesWith
  Conversation.next Conversation.answer Conversation.say Conversation.undo Conversation.keep
  Model.ids Model.candidates Model.diagnostics Model.dispose Model.toString Profile.toString
  Conversation.toString Session.toString Taste.toString
  Session.clear Session.undo Session.keep Profile.settle Profile.become Profile.remove Profile.clear
  Profile.undo Profile.subscribe Profile.personas Profile.save Profile.dispose Taste.clusters`.split(/\s+/);

/** @param {Record<string, any>} entry */
const functionsIn = (entry) => Object.entries(entry).filter(([, value]) => typeof value === 'function');

/** @returns {string[]} every public function, by the name it has in `calls` */
function publicFunctions() {
  const found = new Set();
  for (const [entry, exports] of Object.entries(entries))
    for (const [name, value] of functionsIn(exports))
      if (!/^[A-Z]/.test(name)) {
        if (entry !== 'ampcf' || exports !== rank) found.add(`${entry}.${name}`);
      } else if (!/^(?:AmpcfError|KeptProfile|RecommendationsElement|Remote[A-Z].*)$/.test(name))
        // Remote: as the real ones
        for (const method of Object.getOwnPropertyNames(value.prototype))
          if (method !== 'constructor' && !Object.getOwnPropertyDescriptor(value.prototype, method)?.get)
            found.add(`${name}.${method}`);
  return [...found].sort();
}

/**
 * What a call throws with some options more.
 * @param {string} name
 * @param {Record<string, unknown>} options
 * @returns {Promise<any>} null: nothing
 */
const refusal = (name, options) => {
  const { call, args } = calls[name];
  return (async () => call(...args.slice(0, -1), { ...any(args.at(-1)), ...options }))().then(
    () => null,
    (error) => error,
  );
};

/** A name that no option has. */
const odd = 'nosuchoption';

describe('options', () => {
  test('every public function is here', () => {
    assert.deepEqual(publicFunctions(), [...Object.keys(calls), ...plain].sort());
  });

  for (const name of Object.keys(calls))
    test(`${name} refuses names that it does not know, and no other`, async () => {
      assert.equal(await refusal(name, {}), null);
      const error = await refusal(name, { [odd]: undefined });
      assert.deepEqual([error?.name, error?.code], ['AmpcfError', 'BAD_ARGUMENT'], String(error));
      const [, names] = /^[a-z]+: got nosuchoption, wanted one of ([A-Za-z, ]+)$/.exec(error.message) ?? [];
      const known = names.split(', ');
      assert.ok(Object.keys(any(calls[name].args.at(-1))).every((given) => known.includes(given)));
      assert.equal(new Set(known).size, known.length);
      const wrong = `${known[0]}${known[0].at(-1)}`;
      const near = await refusal(name, { [wrong]: undefined });
      assert.ok(
        near?.message.startsWith(`${error.message.split(':')[0]}: got ${wrong}, wanted one of ${names}`),
      );
      if (!guessless.test(name)) assert.match(near.message, new RegExp(`; did you mean ${known[0]}\\?$`));
      for (const option of known.filter((one) => !(one in any(calls[name].args.at(-1))))) {
        const said = await refusal(name, { [option]: undefined });
        assert.equal(said, null, `${option}: ${said}`);
      }
    });
});

test('the names that were misspelt most often', async () => {
  for (const [name, wrong, wanted] of [
    ['Profile.rank', 'topk', /got topk, wanted one of explain, contributions, topK, graph, now/],
    ['Profile.add', 'rating', /^event: got rating, wanted one of item, weight, preference, wanted, at$/],
    ['ampcf.loadModel', 'integirty', /; did you mean integrity\?$/],
    ['train.trainModel', 'minsupport', /; did you mean minSupport\?$/],
  ])
    assert.match((await refusal(String(name), { [String(wrong)]: 1 }))?.message, any(wanted));
  assert.match((await refusal('train.trainModel', { rho: 1 })).message, /^rho: got 1, wanted gate/);
  assert.equal(await refusal('train.trainModel', { rho: undefined }), null);
});

describe('arguments', () => {
  const odds = [undefined, null, 7, 'x', '', {}, [], true, Symbol('s'), 5n, () => 1];
  for (const [name, { call, args }] of Object.entries(calls))
    test(`${name} refuses by AmpcfError alone`, async () => {
      for (const at of args.keys())
        for (const value of odds) {
          if (at === 0 && name.endsWith('.loadModel') && typeof value === 'string') continue; // an address
          const given = args.map((arg, i) => (i === at ? value : arg));
          const error = await (async () => call(...given))().then(
            () => null,
            (/** @type {unknown} */ thrown) => thrown,
          );
          assert.ok(error === null || error instanceof rank.AmpcfError, `${at}: ${String(value)}: ${error}`);
        }
    });

  /** @type {Record<string, unknown[]>} */
  const figures = { novelty: [['a'], () => 0.5, 1], coverage: [[['a']], 1, 2], gini: [[['a']], 1, 2] };
  for (const [name, metric] of Object.entries(evaluate.metrics))
    test(`metrics.${name} refuses by AmpcfError alone`, () => {
      const args = figures[name] ?? [['a'], new Set(['a']), 1];
      any(metric)(...args);
      for (const at of args.keys())
        for (const value of odds)
          try {
            any(metric)(...args.map((arg, i) => (i === at ? value : arg)));
          } catch (error) {
            assert.ok(error instanceof rank.AmpcfError, `${at}: ${String(value)}: ${error}`);
          }
    });

  test('and so do these, which did not', async () => {
    for (const call of [
      () => me.rate(ids[0], 3, { scale: any(10) }),
      () => sentences.explainInWords(list.items[0], { locale: '' }),
      () => learn.driftOf(any(undefined)),
      () => learn.refine(any({})),
      () => tasteOf.floor(1),
      () => me.skip(ids[0], any(5)),
      () => evaluate.cardOf(any({})),
      () => evaluate.cardOf({ data: card, personas: any({}) }),
      () => evaluate.writeCard(bytes, any(7)),
    ])
      assert.equal((await failure(call)).code, 'BAD_ARGUMENT', String(call));
  });
});
