// Owns the sweep: every public function of the entries that pages load, with every argument and every option
// replaced by what it cannot be. Must not test what right calls give.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { readFileSync } from 'node:fs';
import * as ampcf from '../../dist/ampcf.js';
import * as ask from '../../dist/ask.js';
import * as cache from '../../dist/cache.js';
import * as confidence from '../../dist/confidence.js';
import * as graphEntry from '../../dist/graph.js';
import * as learn from '../../dist/learn.js';
import * as evidenceEntry from '../../dist/evidence.js';
import * as nowEntry from '../../dist/now.js';
import * as shared from '../../dist/people.js';
import * as rankEntry from '../../dist/rank.js';
import * as sentences from '../../dist/sentences.js';
import * as simulate from '../../dist/simulate.js';
import * as store from '../../dist/store.js';
import * as tasteEntry from '../../dist/taste.js';
import { makeEvidence } from '../../dist/train.js';
import { withGraph } from '../../examples/demo/graph-file.js';
import { codes, golden, historyOf, smallModel } from '../support.js';

const { AmpcfError, loadModel } = ampcf;

/** @typedef {import('../../web/model/model.js').Model} Model */
/** @type {Model} */ let model;
/** @type {Model} */ let other;
/** @type {Uint8Array} */ let bytes;
/** @type {string[]} */ let ids;
/** @type {Uint8Array} */ let evidenceBytes;
/** @type {evidenceEntry.Evidence} */ let evidence;
/** @type {any} with a graph */ let linked;

before(async () => {
  bytes = await smallModel();
  model = await loadModel(bytes);
  other = await loadModel(bytes);
  ids = model.ids();
  const reviews = [{ item: ids[0], text: 'The sound is good.', aspect: 'sound' }];
  evidenceBytes = makeEvidence(reviews, { minPeople: 1 }).bytes;
  evidence = await evidenceEntry.loadEvidence(evidenceBytes);
  const triples = [0, 1].map((j) => /** @type {[string, string, string]} */ ([ids[j], 'r', 'x']));
  linked = await loadModel(withGraph(bytes, ids, triples));
});

const tasteModule = new WebAssembly.Module(
  readFileSync(new URL('../../dist/wasm/taste.wasm', import.meta.url)),
);
const gone = new Uint8Array(64);
structuredClone(gone.buffer, { transfer: [gone.buffer] });
const resizable = new /** @type {any} */ (ArrayBuffer)(64, { maxByteLength: 128 });
const outOfBounds = new Uint8Array(resizable, 32, 16);
/** @type {any} */ (resizable).resize(16);

/** @type {[name: string, value: any][]} what is hardly ever right */
const wrongValues = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['NaN', NaN],
  ['-1', -1],
  ['1.5', 1.5],
  ['0', 0],
  ['2^53', 2 ** 53],
  ['-Infinity', -Infinity],
  ['Infinity', Infinity],
  ['a bigint', 5n],
  ['no text', ''],
  ['a text', 'no such thing'],
  ['a lone surrogate', '\ud800'],
  ['a symbol', Symbol('s')],
  ['a function', () => 1],
  ['a function that gives nothing', () => {}],
  ['an async function', async () => 1],
  ['an object', {}],
  ['an object that says it is long', { length: 2 ** 32 }],
  ['an object without a prototype', Object.create(null)],
  ['an empty list', []],
  ['a list of nothing', [null, undefined]],
  ['a list of lists', [[], [[]]]],
  ['a list of numbers', [0, 1, 2]],
  ['a list of symbols', [Symbol('s')]],
  ['a map', new Map([['a', 1]])],
  ['a date', new Date(NaN)],
  ['a promise', Promise.resolve(1)],
  ['an error', new Error('e')],
  ['detached bytes', gone],
  ['a detached buffer', gone.buffer],
  ['bytes out of bounds', outOfBounds],
  ['a resizable buffer', resizable],
  ['shared memory', new SharedArrayBuffer(8)],
  ['bytes', new Uint8Array(40)],
  ['numbers', new Float64Array(3)],
  ['a frozen object', Object.freeze({ item: 5, weight: {} })],
  ['a buffer of another realm', runInNewContext('new ArrayBuffer(40)')],
  ['a list of another realm', runInNewContext('[1, "a", {}]')],
  ['an object of another realm', runInNewContext('({ topK: 2 })')],
  ['an error of another realm', runInNewContext('new TypeError("e")')],
];

/**
 * The good arguments with one of them, or one property of one of them, replaced.
 * @param {any[]} good
 * @returns {Generator<[what: string, args: any[]]>}
 */
function* spoiled(good) {
  for (let at = 0; at <= good.length; at++)
    for (const [name, value] of wrongValues) {
      yield [`argument ${at} ${name}`, Object.assign([...good], { [at]: value })];
      const given = good[at];
      const isPlain = given && Object.getPrototypeOf(given) === Object.prototype;
      for (const field of isPlain ? Object.keys(given) : [])
        yield [`${field} ${name}`, Object.assign([...good], { [at]: { ...given, [field]: value } })];
    }
}

/** A person of the shared model, with something of each kind in the history. */
const person = (of = model) => of.createProfile(historyOf(2)).dislike(ids[40]);

/** @type {Record<string, unknown>} */
const tasteOptions = { space: 'aspects', discount: true, distance: 'wasserstein', cost: 'unit' };
const pool = () => ({ scores: [3, 2, 1], items: [[0], [1], [0, 1]], target: [0.5, 0.5] });
const vectors = () => ({
  scores: [3, 2, 1],
  vectors: [
    [1, 0],
    [0, 1],
    [1, 1],
  ],
});

/**
 * Every public function: what makes the object that it is called of, and arguments that are right.
 * @type {Record<string, Record<string, () => any[]>>}
 */
const functions = {
  ampcf: { loadModel: () => [bytes, loadOptions()] },
  rank: { loadModel: () => [bytes, { ...loadOptions(), taste: tasteEntry.taste }] },
  learn: {
    driftOf: () => [
      person(),
      { recent: 5, level: 0.1, rounds: 5, seed: 1, space: 'aspects', distance: 'kl' },
    ],
    recency: () => [{ halfLife: 5, unit: 'days', perPersona: true, least: 0.1 }],
    refine: () => [person(), { events: 2, foldings: [{ personas: 1, halfLife: 5 }] }],
  },
  now: { session: () => [person(), { events: 2, idle: 60 }], 'now.open': () => [model] },
  people: {
    as: () => [person(), 0],
    peopleOf: () => [person(), { people: 2, owners: { [ids[0]]: 1 }, gap: 60 }],
    whoIsHere: () => [person(), [{ item: ids[1], weight: 1, preference: 1, at: 5 }]],
  },
  evidence: {
    loadEvidence: () => [evidenceBytes, { integrity: undefined, maxBytes: 2 ** 20, ranges: false }],
    evidenceFor: () => [person(), ids[0], { evidence, persona: 0, aspectsOf: () => ['sound'] }],
    caresAbout: () => [person(), 0, 'sound', { item: ids[0], evidence, aspectsOf: () => ['sound'] }],
  },
  graph: {
    'graph.open': () => [linked],
    graphFacts: () => [linked],
    pathsOf: () => [linked.createProfile(historyOf(2)), ids[1], { limit: 2 }],
    similar: () => [linked, ids[0], { by: 'both', topK: 3 }],
    aspectRelation: () => ['director: Ann'],
    relationSpace: () => [linked, 'r', { from: 'graph' }],
  },
  ask: { conversation: () => [person(), askOptions()], nextTurn: () => [person(), askOptions()] },
  cache: {
    cachedModels: () => [{ cache: 'films' }],
    clearCachedModels: () => [{ cache: 'films' }],
    deleteCachedModel: () => ['https://example.org/films.ampcf', { cache: 'films' }],
  },
  confidence: {
    exploration: () => [
      confidence.posteriorOf(person()),
      Float32Array.from({ length: 2 * model.info.dim }, (_, i) => Math.sin(i)),
      { by: 'ucb', seed: 3, strength: 0.5 },
    ],
    posteriorOf: () => [person()],
    uncertaintyOf: () => [confidence.posteriorOf(person()), new Float32Array(model.info.dim).fill(1), 0],
    ratings: () => [
      person(),
      [{ item: ids[0], stars: 4, weight: 1, at: 5 }],
      { scale: [1, 5], prior: { mean: 3, spread: 1, strength: 4 } },
    ],
    styleOf: () => [[{ item: ids[0], stars: 4, weight: 1, at: 5 }], { scale: [1, 5], prior: { mean: 3 } }],
    stylePriorOf: () => [
      [
        [1, 2, 3],
        [3, 4, 4],
      ],
    ],
  },
  sentences: {
    explainInWords: () => [
      person().explain(ids[3]),
      {
        templates: { plain: 'because of {items}' },
        reasons: 2,
        because: 1,
        aspects: 1,
        personas: person().personas(),
        history: person().history,
        locale: 'de',
        emphasis: { item: ['<', '>'] },
      },
    ],
  },
  simulate: {
    simulatePeople: () => [model, { people: 3, by: 'density', seed: 1, events: 6, focus: 9, popularity: 1 }],
    simulate: () => [
      model,
      {
        ...{ rounds: 1, people: 2, by: 'density', policies: ['one'], topK: 3, start: 2, look: 1, takes: 1 },
        ...{ elsewhere: 0.5, rest: 1, retrain: false, seed: 1, onProgress() {}, signal: undefined },
      },
    ],
    supportOf: () => [model, [ids.slice(0, 3)]],
  },
  store: {
    keepProfile: () => [
      model,
      store.memoryStore(),
      { key: undefined, profile: {}, everyMs: 100000, everyChanges: 5, onEvent() {}, signal: undefined },
    ],
    createKey: () => [],
    indexedDbStore: () => [{ name: 'x', encrypted: false }],
    memoryStore: () => [[undefined, undefined]],
    opfsStore: () => [{ name: 'x', encrypted: false }],
  },
  taste: {
    dppRerank: () => [vectors(), { lambda: 0.5, topK: 2 }],
    mmrRerank: () => [vectors(), { lambda: 0.5, topK: 2 }],
    proportionalRerank: () => [pool(), { lambda: 0.5, topK: 2, discount: true }],
    steckRerank: () => [pool(), { lambda: 0.5, topK: 2, discount: true }],
    tasteDistance: () => [[0.5, 0.5], [1, 0], { distance: 'wasserstein', cost: [0, 1, 1, 0] }],
    tasteDistribution: () => [[[0], [[1, 2]]], { weights: [1, 2], discount: true, size: 3 }],
    'taste.open': () => [model],
    tasteFrom: () => [tasteModule],
  },
};

const askOptions = () => ({
  about: 'aspects',
  may: () => true,
  most: 2,
  together: () => true,
  effort: 0.1,
  turns: 9,
  list: 5,
  patience: 0.9,
  error: { yes: 0.1, no: 0.2 },
  wants: 2,
  named: 0.5,
  prior: { popularity: 1, score: 1, aspects: 1, near: 1 },
});

/** @type {Record<string, () => any[]>} */
const talkMethods = {
  next: () => [],
  answer: () => [{ ask: [{ aspect: model.aspects(ids[0])[0] }, { item: ids[9] }] }, ['yes', 'do not know']],
  'answer, of an aspect': () => [{ ask: [{ aspect: model.aspects(ids[0])[0] }] }, 'both'],
  'answer, of a list': () => [{ recommend: { items: [{ item: ids[7] }] } }, 'no'],
  say: () => [model.aspects(ids[0])[0]],
  undo: () => [],
  keep: () => [],
  list: () => [{ topK: 5, among: ids.slice(0, 9) }],
};

const loadOptions = () => ({
  integrity: undefined,
  signal: undefined,
  onProgress() {},
  maxBytes: 2 ** 30,
  backend: 'auto',
  module: undefined,
});

const rankOptions = () => ({ topK: 3, explain: true, contributions: 2 });
const recommendOptions = () => ({
  ...rankOptions(),
  excludeSeen: true,
  exclude: [ids[0]],
  filter: () => true,
  proportional: 0.5,
  aspects: true,
});

/** @type {Record<string, () => any[]>} */
const modelMethods = {
  has: () => [ids[0]],
  title: () => [ids[0]],
  aspects: () => [ids[0]],
  ids: () => [],
  similar: () => [ids[0], { topK: 2 }],
  createProfile: () => [
    [{ item: ids[0], weight: 1, preference: 1, at: 5 }],
    { personas: 2, ring: 5, recency: (/** @type {any[]} */ events) => events.map(() => 1) },
  ],
  restoreProfile: () => [person().save(), { personas: 2, ring: 5 }],
  candidates: () => [ids.slice(0, 5)],
  mask: () => [{ aspects: { include: [model.aspects(ids[0])[0]], exclude: [] } }],
  'mask, of ids': () => [ids.slice(0, 5)],
  'mask, by a function': () => [() => true],
  diagnostics: () => [],
};

/** @type {Record<string, () => any[]>} */
const profileMethods = {
  add: () => [{ item: ids[1], weight: 1, preference: 1, wanted: 1, at: 5 }],
  rate: () => [ids[1], 4, { scale: [1, 5], weight: 2, at: 5 }],
  dislike: () => [ids[1], { weight: 2, at: 5 }],
  skip: () => [ids[1], { weight: 2, at: 5 }],
  remove: () => [historyOf(2)[0].item],
  clear: () => [],
  undo: () => [],
  forget: () => [{ keep: 2 }],
  adjust: () => [{ personas: 1, recency: (/** @type {any[]} */ events) => events.map(() => 1) }],
  subscribe: () => [() => {}],
  rank: () => [ids.slice(0, 5), rankOptions()],
  recommend: () => [recommendOptions()],
  'recommend, of aspects': () => [
    { ...rankOptions(), filter: { aspects: { include: model.aspects(ids[0]), exclude: [] } } },
  ],
  'recommend, calibrated': () => [
    { ...rankOptions(), calibrate: 0.5, by: 'steck', pool: 100, space: 'aspects', target: [ids[0]] },
  ],
  explain: () => [ids[4], { contributions: 2 }],
  personas: () => [],
  tasteDistance: () => [ids.slice(0, 5), { ...tasteOptions, target: [ids[0]] }],
  save: () => [],
};

const visit = () => ({
  items: [{ item: ids[5], weight: 2, at: 5 }],
  aspects: [model.aspects(ids[0])[0]],
  at: 9,
});

/** @type {Record<string, () => any[]>} */
const sessionMethods = {
  add: () => [{ item: ids[1], weight: 1, preference: 1, wanted: 1, at: 5 }],
  undo: () => [],
  clear: () => [],
  keep: () => [],
  recommend: () => [{ ...recommendOptions(), now: visit() }],
  'recommend, of a list': () => [{ now: [ids[3], ids[4]] }],
  rank: () => [ids.slice(0, 5), { ...rankOptions(), now: visit() }],
  personas: () => [visit()],
};

/** @type {Record<string, () => any[]>} */
const evidenceMethods = {
  ids: () => [],
  has: () => [ids[0]],
  mentions: () => [ids[0]],
  load: () => [ids.slice(0, 3)],
  sentences: () => [ids[0]],
  goesWith: () => [model],
};

/** @type {Record<string, () => any[]>} */
const tasteMethods = {
  clusters: () => [],
  distribution: () => [person(), { space: 'personas', discount: true, profile: person() }],
  'distribution, of a list': () => [
    ids.slice(0, 5),
    { space: 'personas', discount: true, profile: person() },
  ],
  distance: () => [person(), ids.slice(0, 5), { ...tasteOptions, target: [ids[0]] }],
  'distance, by personas': () => [person(), ids.slice(0, 5), { space: 'personas', cost: () => 1 }],
  floor: () => [person(), { ...tasteOptions, topK: 3, rounds: 4, seed: 1 }],
  recommend: () => [person(), { calibrate: 0.5, topK: 3, by: 'proportional', pool: 20 }],
  rerank: () => [
    person(),
    person().recommend(),
    { by: 'steck', lambda: 0.5, topK: 3, space: 'aspects', discount: true, target: [ids[0]] },
  ],
  'rerank, diverse': () => [person(), person().recommend(), { by: 'mmr', lambda: 0.5, topK: 3 }],
};

/** What is public of a class and not called here, and why. */
const leftOut = {
  Model: ['constructor', 'needTaste', 'indexOf', 'dispose', 'toString'],
  Profile: ['constructor', 'settle', 'become', 'dispose', 'toString'],
  Taste: ['constructor', 'toString'],
  Session: ['constructor', 'toString'],
  Evidence: ['constructor'],
  Conversation: ['constructor', 'toString'],
  KeptProfile: ['constructor', 'open', 'toString'],
};

/**
 * What wrong arguments lead to: nothing, or an error that is ours. A promise is waited for.
 * @param {string} what
 * @param {() => unknown} call
 */
async function assertOurs(what, call) {
  const began = performance.now();
  try {
    const result = /** @type {any} */ (await call());
    // Models and kept profiles are many here.
    if (result instanceof ampcf.Model) result.dispose();
    if (result instanceof store.KeptProfile) await result.close();
  } catch (error) {
    const said = error instanceof Error ? String(error.stack).slice(0, 600) : String(error);
    assert.ok(error instanceof AmpcfError, `${what}: ${said}`);
    assert.ok(codes.has(error.code), `${what}: ${error.code}`);
    assert.ok(!['INSTANCE_FAILED', 'OUT_OF_MEMORY'].includes(error.code), `${what}: ${said}`);
    assert.ok(error.message.length > 10, what);
  }
  assert.ok(performance.now() - began < 3000, `${what} took ${performance.now() - began} ms`);
}

/**
 * @param {string} name
 * @param {() => any[]} good
 * @param {(args: any[]) => unknown} call
 */
async function sweep(name, good, call) {
  await call(good()); // right arguments are right
  const witness = person();
  const first = JSON.stringify(golden(witness.recommend()));
  let n = 0;
  for (const [what, args] of spoiled(good())) {
    await assertOurs(`${name}, ${what}`, () => call(args));
    if (n++ % 50 === 0) assert.equal(JSON.stringify(golden(witness.recommend())), first, `${name}, ${what}`);
  }
  assert.equal(JSON.stringify(golden(witness.recommend())), first, name);
  witness.dispose();
}

/** Text is a URL, and fetching one is not what is tested here. */
const loads = (/** @type {any} */ load) => (/** @type {any[]} */ args) =>
  typeof args[0] === 'string' ? undefined : load(...args);

const entries = {
  ampcf,
  rank: rankEntry,
  learn,
  sentences,
  store,
  taste: tasteEntry,
  now: nowEntry,
  people: shared,
  ask,
  evidence: evidenceEntry,
  simulate,
  confidence,
  cache,
  graph: graphEntry,
};
/** By defaults, as an object without `rounds` has them, a simulation is right, and takes long. */
const brief = (/** @type {any} */ run) => (/** @type {any[]} */ args) =>
  args[1] === undefined ||
  (Object(args[1]) === args[1] && !(Symbol.iterator in args[1] || 'rounds' in args[1]))
    ? undefined
    : run(...args);

describe('functions', () => {
  for (const [entry, table] of Object.entries(functions))
    for (const [name, good] of Object.entries(table))
      test(`${name} of ampcf/${entry}`, async () => {
        const of = /** @type {any} */ (entries)[entry];
        const [from, opens] = name.split('.');
        const owner = opens ? of[from] : of;
        const key = opens ?? name;
        const call = (/** @type {any[]} */ args) => owner[key](...args);
        const careful = { loadModel: loads, loadEvidence: loads, simulate: brief }[name];
        await sweep(name, good, careful ? careful(owner[key]) : call);
      });

  test('none is left out', () => {
    for (const [entry, of] of Object.entries(entries))
      for (const [name, value] of Object.entries(of))
        if (typeof value === 'function' && !/^[A-Z]/.test(name))
          assert.ok(functions[entry][name], `${name} of ampcf/${entry}`);
  });
});

describe('methods', () => {
  /** @type {[string, any, Record<string, () => any[]>, () => any][]} */
  const classes = [
    ['Model', ampcf.Model, modelMethods, () => model],
    ['Profile', ampcf.Profile, profileMethods, person],
    ['Session', nowEntry.Session, sessionMethods, () => nowEntry.session(person())],
    ['Conversation', ask.Conversation, talkMethods, () => ask.conversation(person())],
    ['Evidence', evidenceEntry.Evidence, evidenceMethods, () => evidence],
    ['Taste', tasteEntry.Taste, tasteMethods, () => model.taste],
  ];
  for (const [kind, type, methods, make] of classes) {
    for (const [name, good] of Object.entries(methods))
      test(`${name} of ${kind}`, async () => {
        const method = name.split(',')[0];
        await sweep(`${kind}.${name}`, good, (args) => {
          const owner = make();
          const before = kind === 'Profile' ? JSON.stringify(owner.history) : '';
          try {
            return owner[method](...args);
          } catch (error) {
            if (kind === 'Profile') assert.equal(JSON.stringify(owner.history), before);
            throw error;
          } finally {
            if (kind === 'Profile') owner.dispose();
          }
        });
      });

    test(`none of ${kind} is left out`, () => {
      const known = new Set(Object.keys(methods).map((name) => name.split(',')[0]));
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype)))
        if (typeof value === 'function' && !Object(leftOut)[kind].includes(name))
          assert.ok(known.has(name), `${kind}.${name}`);
    });
  }

  test('those of KeptProfile take nothing', () => {
    for (const [name, { value }] of Object.entries(
      Object.getOwnPropertyDescriptors(store.KeptProfile.prototype),
    ))
      if (typeof value === 'function' && !leftOut.KeptProfile.includes(name))
        assert.equal(value.length, 0, name);
  });
});

describe('what is of another model', () => {
  test('a profile of one is refused by the taste of another', async () => {
    const { taste } = model;
    const foreign = person(other);
    assert.ok(taste);
    for (const call of [
      () => taste.distribution(foreign),
      () => taste.distance(foreign, [ids[0]]),
      () => taste.floor(foreign),
      () => taste.recommend(foreign, { calibrate: 0.5 }),
      () => taste.rerank(foreign, foreign.recommend(), { lambda: 0.5 }),
    ])
      assert.throws(call, { name: 'AmpcfError', code: 'BAD_ARGUMENT' });
  });
});

describe('bytes of any kind', () => {
  const copies = () => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    const growing = new /** @type {any} */ (ArrayBuffer)(bytes.length, { maxByteLength: 2 * bytes.length });
    const foreign = runInNewContext('new Uint8Array(n)', { n: bytes.length });
    for (const view of [shared, new Uint8Array(growing), foreign]) view.set(bytes);
    return [shared, shared.buffer, growing, new Uint8Array(growing), foreign, foreign.buffer];
  };

  test('open, shared, growing or of another realm', async () => {
    const first = JSON.stringify(golden(person().recommend()));
    for (const copy of copies()) {
      const own = await loadModel(copy);
      assert.equal(JSON.stringify(golden(person(own).recommend())), first);
      own.dispose();
    }
    const saved = person().save();
    const foreign = runInNewContext('new ArrayBuffer(n)', { n: saved.length });
    new Uint8Array(foreign).set(saved);
    assert.equal(model.restoreProfile(foreign).size, person().size);
  });

  test('that go away while a model is opened are refused', async () => {
    const transferred = bytes.slice();
    const loading = loadModel(transferred);
    structuredClone(transferred.buffer, { transfer: [transferred.buffer] });
    await assert.rejects(loading, { name: 'AmpcfError' });
    const shrinking = new /** @type {any} */ (ArrayBuffer)(bytes.length, { maxByteLength: bytes.length });
    new Uint8Array(shrinking).set(bytes);
    const shrunk = loadModel(shrinking);
    shrinking.resize(10);
    await assert.rejects(shrunk, { name: 'AmpcfError' });
  });
});
