// Owns the tests that objects of the library stay whole in the hands of frameworks: taken apart, behind
// proxies, frozen, cloned. Must not test what the methods do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { isReactive, reactive, readonly, ref, shallowReactive } from 'vue';
import { loadModel } from '../../../dist/ampcf.js';
import { conversation } from '../../../dist/ask.js';
import { ratings } from '../../../dist/confidence.js';
import { session } from '../../../dist/now.js';
import { peopleOf } from '../../../dist/people.js';
import { keepProfile, memoryStore } from '../../../dist/store.js';
import { loadModelInWorker } from '../../../dist/worker.js';
import { historyOf, smallModel } from '../../support.js';

const model = await loadModel(await smallModel());
const person = () => model.createProfile(historyOf(0));
const kept = await keepProfile(model, memoryStore());
const remote = await loadModelInWorker(await smallModel());
after(() => remote.dispose());
/** One of each public class that holds something. @type {Record<string, any>} */
const objects = {
  Model: model,
  Profile: person(),
  Taste: model.taste,
  Session: session(person()),
  Conversation: conversation(person()),
  KeptProfile: kept,
  People: peopleOf(person(), { people: 2 }),
  RemoteModel: remote,
  RemoteProfile: await remote.createProfile(historyOf(0)),
  RemoteHandle: await remote.candidates(model.ids().slice(0, 9)),
  PersonalRatings: ratings(person(), [{ item: model.ids()[0], stars: 4 }]),
};

/** Proxies as libraries make them. @type {Record<string, (object: any) => any>} */
const proxies = {
  'a plain proxy': (object) => new Proxy(object, {}),
  'a proxy that hands receivers on': (object) => new Proxy(object, { get: Reflect.get }),
  'a proxy of all that is read through it': function through(object) {
    return new Proxy(object, {
      get(target, name, receiver) {
        const value = Reflect.get(target, name, receiver);
        return Object(value) === value && !(value instanceof Promise) ? through(value) : value;
      },
    });
  },
  'an object that has it as its prototype': (object) => Object.create(object),
};

/** @param {any} object */
const fieldsOf = (object) =>
  Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)))
    .filter(([, { get }]) => get)
    .map(([name]) => name);

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

  test(`JSON of ${name} is the line of the log, also behind a proxy`, () => {
    const line = `${object}`;
    assert.equal(JSON.stringify(object), JSON.stringify(line));
    assert.equal(JSON.stringify({ deep: [object] }), JSON.stringify({ deep: [line] }));
    for (const [how, wrap] of Object.entries(proxies))
      assert.equal(JSON.stringify(wrap(object)), JSON.stringify(line), how);
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

test('a profile that was stored as its JSON is refused with what was wanted', () => {
  const stored = JSON.parse(JSON.stringify(person()));
  assert.throws(() => model.restoreProfile(stored), {
    code: 'BAD_ARGUMENT',
    message: /got Profile \{ events: .*, wanted the Uint8Array of profile\.save\(\)/,
  });
  assert.deepEqual(JSON.parse(JSON.stringify(person().history)), person().history);
});

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

for (const [kind, proxied] of Object.entries(proxies))
  test(`fields and methods are the same through ${kind}`, async () => {
    for (const [name, object] of Object.entries(objects))
      for (const field of fieldsOf(object))
        assert.equal(typeof (await proxied(object)[field]), typeof (await object[field]), `${name}.${field}`);
    const me = proxied(person());
    assert.equal(me.size, historyOf(0).length);
    assert.equal(me.recommend({ topK: 3 }).items.length, 3);
    const one = me.recommend({ topK: 1 }).items[0].item;
    me.add(one);
    assert.equal(me.size, historyOf(0).length + 1);
    assert.ok(me.undo());
    assert.equal(proxied(model).ids().length, model.info.items);
    assert.equal(proxied(model).info.items, model.info.items);
    assert.equal(await proxied(objects.RemoteProfile).size, historyOf(0).length);
    const far = await proxied(remote).createProfile(historyOf(1));
    const list = await proxied(far).rank(proxied(objects.RemoteHandle));
    assert.deepEqual(list, structuredClone(model.createProfile(historyOf(1)).rank(model.ids().slice(0, 9))));
    await proxied(far).dispose();
    await assert.rejects(far.size, { code: 'DISPOSED' });
  });

test('entries beside ranking take a profile and a model in a proxy', async () => {
  const proxied = proxies['a plain proxy'];
  const visit = proxied(session(proxied(person())));
  assert.equal(visit.add(model.ids()[0]).size, 1);
  const memory = await keepProfile(proxied(model), memoryStore());
  assert.equal(memory.profile.model, proxied(memory).profile.model);
  assert.equal(peopleOf(proxied(person()), { people: 2 }).count, 2);
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
