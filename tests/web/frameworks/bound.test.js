// Owns the tests that objects of the library stay whole in the hands of frameworks: taken apart, behind
// proxies, frozen, cloned. Must not test what the methods do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { isReactive, reactive, readonly, ref, shallowReactive } from 'vue';
import { loadModel } from '../../../dist/ampcf.js';
import { conversation } from '../../../dist/ask.js';
import { ratings } from '../../../dist/confidence.js';
import { session } from '../../../dist/now.js';
import { peopleOf } from '../../../dist/people.js';
import { keepProfile, memoryStore } from '../../../dist/store.js';
import { historyOf, smallModel } from '../../support.js';

const model = await loadModel(await smallModel());
const person = () => model.createProfile(historyOf(0));
const kept = await keepProfile(model, memoryStore());
/** One of each public class that holds something. @type {Record<string, any>} */
const objects = {
  Model: model,
  Profile: person(),
  Taste: model.taste,
  Session: session(person()),
  Conversation: conversation(person()),
  KeptProfile: kept,
  People: peopleOf(person(), { people: 2 }),
  PersonalRatings: ratings(person(), [{ item: model.ids()[0], stars: 4 }]),
};

/** @param {any} object */
const methodsOf = (object) =>
  Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name]) => name);

for (const [name, object] of Object.entries(objects)) {
  test(`a log says in a line what ${name} is, and names no item`, () => {
    const line = inspect(object);
    assert.match(line, new RegExp(`^${name} \\{ .+ \\}$`));
    assert.equal(line, `${object}`);
    assert.equal(Object.prototype.toString.call(object), `[object ${name}]`);
    for (const id of model.ids()) assert.ok(!line.includes(id), id);
  });

  test(`methods of ${name} are bound, and the same each time`, () => {
    const names = methodsOf(object);
    assert.ok(names.length > 0);
    for (const method of names) {
      assert.ok(Object.hasOwn(object, method), method);
      assert.equal(object[method], object[method]);
      assert.match(object[method].name, /^bound /);
    }
    assert.equal(object.constructor, Object.getPrototypeOf(object).constructor);
  });

  test(`${name} is never cloned, and the error says why`, () => {
    const refused = { name: 'DataCloneError', message: /wasm memory: send bytes, of the file or save\(\)/ };
    assert.throws(() => structuredClone(object), refused);
    assert.throws(() => structuredClone({ deep: [object] }), refused);
    const { port1, port2 } = new MessageChannel();
    assert.throws(() => port1.postMessage(object), refused);
    port1.close();
    port2.close();
  });

  test(`${name} is no proxy in Vue's ref and reactive`, () => {
    for (const held of [
      ref(object).value,
      ref({ deep: [object] }).value.deep[0],
      reactive({ object }).object,
      readonly({ object }).object,
      shallowReactive({ object }).object,
      reactive(new Map([['key', object]])).get('key'),
      reactive(object),
    ]) {
      assert.equal(held, object);
      assert.ok(!isReactive(held));
    }
  });
}

test('positive control: Vue makes proxies of other classes, and private fields fail through one', () => {
  class Other {
    #secret = 1;
    get secret() {
      return this.#secret;
    }
  }
  const held = reactive({ other: new Other() }).other;
  assert.ok(isReactive(held));
  assert.throws(() => held.secret, TypeError);
});

test('methods that were taken off do what they do on the object', () => {
  const me = person();
  const { recommend, rank, add, subscribe, explain, personas, save, undo } = me;
  const { title, ids, similar, createProfile, restoreProfile } = model;
  assert.deepEqual(recommend({ topK: 5 }), me.recommend({ topK: 5 }));
  assert.deepEqual(
    ids().slice(0, 9).map(title),
    ids()
      .slice(0, 9)
      .map((id) => model.title(id)),
  );
  let calls = 0;
  const stop = subscribe(() => calls++);
  const before = me.size;
  const unseen = recommend({ topK: 1 }).items[0].item;
  assert.equal(add(unseen), me);
  assert.equal(me.size, before + 1);
  assert.ok(undo());
  assert.equal(calls, 2);
  stop();
  add(unseen);
  assert.equal(calls, 2);
  assert.equal(rank([unseen]).items[0].item, explain(unseen).item);
  assert.deepEqual(restoreProfile(save()).history, me.history);
  assert.deepEqual(personas(), me.personas());
  assert.deepEqual(similar(unseen), model.similar(unseen));
  assert.equal(createProfile().size, 0);
});

test('methods work through any proxy', () => {
  const me = new Proxy(person(), {});
  assert.equal(me.recommend({ topK: 3 }).items.length, 3);
  assert.equal(new Proxy(model, {}).ids().length, model.info.items);
});

test('a frozen profile still takes events, and a frozen model ranks', () => {
  const me = Object.freeze(person());
  const before = me.size;
  const frozen = Object.freeze(model);
  me.add(frozen.ids().find((id) => !me.history.some(({ item }) => item === id)) ?? '');
  assert.equal(me.size, before + 1);
  assert.equal(frozen.createProfile(historyOf(1)).recommend({ topK: 2 }).items.length, 2);
});

test('a class that extends one calls its own methods and those above', async () => {
  const { Profile } = await import('../../../dist/rank.js');
  class Loud extends Profile {
    /** @param {any} event @returns {this} */
    add(event) {
      said.push(event);
      return super.add(event);
    }
  }
  /** @type {unknown[]} */
  const said = [];
  const me = Reflect.construct(Loud, [model, {}]);
  const { add } = me;
  add('heat-1995');
  me.add('alien-1979');
  assert.deepEqual(said, ['heat-1995', 'alien-1979']);
  assert.equal(me.size, 2);
});

test('rankings are cloned and plain', () => {
  const ranking = person().recommend({ topK: 3, explain: true });
  assert.deepEqual(structuredClone(ranking), ranking);
  assert.equal(createRequire(import.meta.url)('node:util').types.isProxy(ranking), false);
});
