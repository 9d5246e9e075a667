// Owns the tests of what the app's own functions may do in the middle of a call, and of what is left after an
// error. Must not test what rankings say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { AmpcfError } from '../../../dist/ampcf.js';
import { failsWith, failure, golden, historyOf, openSmallModel, root, smallModel } from '../../support.js';

/** @typedef {import('../../../web/model/profile.js').Profile} Profile */
/** @type {import('../../../web/model/model.js').Model} */ let model;
/** @type {string[]} */ let ids;

before(async () => {
  model = await openSmallModel();
  // Of none of the histories.
  const seen = new Set([...historyOf(1), ...historyOf(3)].map(({ item }) => item));
  ids = model.ids().filter((id) => !seen.has(id));
});

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);

/**
 * Every way to change a profile.
 * @type {Record<string, (me: Profile) => unknown>}
 */
const changes = {
  add: (me) => me.add(ids[300]),
  rate: (me) => me.rate(ids[301], 5),
  dislike: (me) => me.dislike(ids[302]),
  skip: (me) => me.skip(ids[303]),
  remove: (me) => me.remove(me.history[0].item),
  clear: (me) => me.clear(),
  undo: (me) => me.undo(),
  forget: (me) => me.forget({ keep: 2 }),
  adjust: (me) => me.adjust({ personas: 1 }),
};

/** What a profile is, to the last bit. */
const shown = (/** @type {Profile} */ me) =>
  JSON.stringify([me.history, me.version, me.summaries.length, golden(me.recommend()), me.personas()]);

/**
 * What a change says inside of one of the app's functions.
 * @param {Profile} me
 * @param {(me: Profile) => unknown} change
 * @param {(inside: () => void) => void} run
 */
function saidInside(me, change, run) {
  /** @type {unknown[]} */ const said = [];
  run(() => {
    try {
      change(me);
      said.push('nothing');
    } catch (error) {
      said.push(error instanceof AmpcfError ? error.code : String(error));
    }
  });
  return said;
}

/**
 * Runs a script in a process of its own, with `model` and `ids`.
 * @param {string} script
 */
async function runApart(script) {
  const bytes = Buffer.from(await smallModel()).toString('base64');
  const whole = `
    import { loadModel } from ${JSON.stringify(`${root.href}dist/ampcf.js`)};
    import { readFileSync } from 'node:fs';
    const model = await loadModel(Buffer.from(readFileSync(0, 'utf8'), 'base64'));
    const ids = model.ids();
    ${script}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', whole], {
    input: bytes,
    encoding: 'utf8',
  });
}

/** A profile with a change to take back. */
const fresh = (/** @type {any} */ options = {}) =>
  model.createProfile(historyOf(3), options).add(ids[250]).add(ids[251]);

describe('a change in the middle of a call is BUSY, and changes nothing', () => {
  for (const [name, change] of Object.entries(changes)) {
    test(`${name} inside filter`, () => {
      const me = fresh();
      const first = shown(me);
      const said = saidInside(me, change, (inside) => me.recommend({ filter: () => (inside(), true) }));
      assert.deepEqual(new Set(said), new Set(['BUSY']));
      assert.equal(shown(me), first);
      change(me); // afterwards it is free again
      assert.notEqual(shown(me), first);
    });

    test(`${name} inside recency`, () => {
      /** @type {() => void} */ let inside = () => {};
      const recency = (/** @type {any[]} */ events) => {
        inside();
        return events.map((_, i) => 1 / (1 + i));
      };
      const me = fresh({ recency });
      const first = shown(fresh({ recency }));
      const said = saidInside(me, change, (run) => {
        inside = run;
        me.recommend();
        inside = () => {};
      });
      assert.deepEqual(said, ['BUSY']);
      assert.equal(shown(me), first);
    });

    test(`${name} inside a listener`, () => {
      const me = fresh();
      const expected = shown(fresh().add(ids[260]));
      const said = saidInside(me, change, (inside) => {
        const stop = me.subscribe(inside);
        me.add(ids[260]);
        stop();
      });
      assert.deepEqual(said, ['BUSY']);
      assert.equal(shown(me), expected);
    });
  }

  test('a filter that lets another filter change things is BUSY too', () => {
    const me = fresh({ recency: (/** @type {any[]} */ events) => events.map(() => 1) });
    const first = me.recommend({ proportional: 0 }).items[0].item;
    const said = saidInside(me, changes.add, (inside) =>
      me.recommend({
        filter: (item) => {
          if (item !== first) return true;
          me.recommend({ filter: () => true, topK: 1 });
          inside();
          return true;
        },
      }),
    );
    assert.deepEqual(said, ['BUSY']);
  });

  test('another profile may change', () => {
    const me = fresh();
    const other = fresh();
    const before = other.size;
    me.recommend({ filter: (item) => (other.add(item), true) });
    assert.ok(other.size > before);
  });
});

describe('dispose in the middle of a call', () => {
  test('of the profile or its model: the call that was running throws DISPOSED', async () => {
    const own = await openSmallModel();
    for (const end of [(/** @type {Profile} */ me) => me.dispose(), () => own.dispose()]) {
      const inFilter = model.createProfile(historyOf(1));
      const mine = end.length ? inFilter : own.createProfile(historyOf(1));
      await failsWith(() => mine.recommend({ filter: () => (end(mine), true) }), 'DISPOSED');
      await failsWith(() => mine.recommend(), 'DISPOSED');
    }
    const me = model.createProfile(historyOf(1), {
      recency: (events) => {
        me.dispose();
        return events.map(() => 1);
      },
    });
    const bytes = model.diagnostics().memoryBytes;
    for (let n = 0; n < 3; n++) await failsWith(() => me.recommend(), 'DISPOSED');
    assert.equal(model.diagnostics().memoryBytes, bytes);
    const heard = model.createProfile(historyOf(1));
    heard.subscribe(() => heard.dispose());
    heard.add(ids[300]);
    await failsWith(() => heard.recommend(), 'DISPOSED');
  });
});

/** @typedef {(me: Profile, hook: () => void) => unknown} Call runs the hook in the midst of a call */
/** @type {Record<string, Call>} */
const calls = {
  'candidates of rank': (me, hook) => me.rank(listing(hook)),
  'topK of rank': (me, hook) => me.rank(ids, getting('topK', 3, hook)),
  'exclude of recommend': (me, hook) => me.recommend({ exclude: listing(hook) }),
  'topK of recommend': (me, hook) => me.recommend(getting('topK', 3, hook)),
  'excludeSeen of recommend': (me, hook) => me.recommend(getting('excludeSeen', false, hook)),
  'filter of recommend': (me, hook) => me.recommend(getting('filter', () => true, hook)),
  'contributions of explain': (me, hook) => me.explain(ids[2], getting('contributions', 2, hook)),
  'items of tasteDistance': (me, hook) => me.tasteDistance(listing(hook)),
  'weight of add': (me, hook) => me.add(any(getting('weight', 2, hook, { item: ids[4] }))),
  'at of dislike': (me, hook) => me.dislike(ids[5], getting('at', 2, hook)),
  'scale of rate': (me, hook) => me.rate(ids[6], 2, { scale: any(listing(hook, [1, 5])) }),
  'keep of forget': (me, hook) => me.forget(getting('keep', 2, hook)),
  'personas of adjust': (me, hook) => me.adjust(getting('personas', 2, hook)),
};

/**
 * @template T
 * @param {() => void} hook
 * @param {T[]} [list]
 */
function* listing(hook, list = /** @type {any} */ (ids.slice(0, 5))) {
  yield list[0];
  hook();
  yield* list.slice(1);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {() => void} hook
 * @param {object} [rest]
 */
const getting = (name, value, hook, rest = {}) =>
  Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get: () => {
      hook();
      return value;
    },
  });

describe("an argument's own getters and iterators", () => {
  const history = () => historyOf(2).map(({ item }) => item);
  for (const [name, call] of Object.entries(calls)) {
    test(`${name}: what they throw comes out as it is, and nothing has changed`, async () => {
      const me = model.createProfile(history());
      const before = [JSON.stringify(me.history), golden(me.recommend())];
      const own = new Error('of the app');
      const thrown = await failure(() =>
        call(me, () => {
          throw own;
        }),
      );
      assert.equal(thrown, own);
      assert.deepEqual([JSON.stringify(me.history), golden(me.recommend())], before);
    });

    test(`${name}: dispose there ends the call with DISPOSED`, async () => {
      const mine = await openSmallModel();
      const me = mine.createProfile(history());
      me.recommend();
      await failsWith(() => call(me, () => me.dispose()), 'DISPOSED');
      const other = mine.createProfile(history());
      await failsWith(() => call(other, () => mine.dispose()), 'DISPOSED');
    });

    test(`${name}: a change there counts, as if it had come before the call`, () => {
      const [me, plain] = [0, 1].map(() => model.createProfile(history()));
      me.recommend();
      let done = false;
      const result = call(me, () => {
        if (!done) me.add({ item: ids[9], weight: 3 });
        done = true;
      });
      plain.add({ item: ids[9], weight: 3 });
      const wanted = call(plain, () => {});
      assert.deepEqual(me.history, plain.history);
      assert.deepEqual(golden(me.recommend()), golden(plain.recommend()));
      if (result !== me) assert.deepEqual(result, wanted);
    });
  }
});

describe('a listener that throws', () => {
  test('stops no change, no other listener and no ring; its error comes later', async () => {
    const { stdout, stderr, status } = await runApart(`
      const me = model.createProfile([], { ring: 4 });
      let heard = 0;
      process.on('uncaughtException', (error) => console.log(error.message));
      me.subscribe(() => { throw new Error('mine'); });
      me.subscribe(() => heard++);
      for (const id of ids.slice(0, 6)) me.add(id);
      console.log(me.size, heard, me.personalized);
    `);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.deepEqual(stdout.trim().split('\n'), ['4 6 true', ...Array(6).fill('mine')]);
  });

  test('one that subscribes another is no endless loop', () => {
    const me = fresh();
    let heard = 0;
    me.subscribe(() => {
      heard++;
      me.subscribe(() => heard++);
    });
    me.add(ids[270]);
    assert.equal(heard, 1);
  });

  test('anything but a function is refused', async () => {
    for (const wrong of [undefined, null, 5, {}, 'text'])
      await failsWith(() => model.createProfile().subscribe(any(wrong)), 'BAD_ARGUMENT', /listener/);
  });
});

describe('recency', () => {
  test('what is no list of factors is refused, and refused again', async () => {
    const n = historyOf(1).length;
    const wrong = [
      undefined,
      null,
      5,
      {},
      [],
      Promise.resolve([]),
      Array(n - 1).fill(1),
      Array(n + 1).fill(1),
      Array(n).fill(undefined),
      Array(n).fill('1'),
      Array(n).fill(1n),
      Array(n).fill(NaN),
      Array(n).fill(-0.1),
      Array(n).fill(2),
      Array(n).fill(Symbol('s')),
    ];
    for (const factors of wrong) {
      const me = model.createProfile(historyOf(1), { recency: () => any(factors) });
      for (let again = 0; again < 2; again++) {
        await failsWith(() => me.recommend(), 'BAD_ARGUMENT', /recency/);
        await failsWith(() => me.personas(), 'BAD_ARGUMENT', /recency/);
      }
    }
    const async = model.createProfile(historyOf(1), { recency: any(async () => []) });
    await failsWith(() => async.recommend(), 'BAD_ARGUMENT', /recency/);
  });

  test('factors from 0 to 1 of any list are taken, and the heaviest event stays within bounds', () => {
    const history = historyOf(1).map((event) => ({ ...event, weight: 1024 }));
    for (const factors of [new Float32Array(history.length).fill(1), Array(history.length).fill(0)])
      assert.equal(model.createProfile(history, { recency: () => factors }).recommend().items.length, 10);
  });

  test('one that throws in a ring leaves the profile as it was, and is asked again', () => {
    let fails = true;
    const me = model.createProfile(historyOf(1).slice(0, 5), {
      ring: 4,
      recency: (events) => {
        if (fails) throw new Error('not yet');
        return events.map(() => 0.5);
      },
    });
    const before = [me.history, me.version];
    for (let again = 0; again < 3; again++) {
      assert.throws(() => me.add(ids[300]), /not yet/);
      assert.deepEqual([me.history, me.version], before);
    }
    fails = false;
    me.add(ids[300]);
    assert.equal(me.size, 4);
    assert.equal(me.history.at(-1)?.item, ids[300]);
  });
});

test('an async filter is refused: a promise would let everything pass', async () => {
  const me = fresh();
  const first = shown(me);
  for (const filter of [async () => false, () => Promise.resolve(true), () => ({ then() {} })])
    await failsWith(() => me.recommend({ filter: any(filter) }), 'BAD_ARGUMENT', /filter.*promise/);
  assert.equal(shown(me), first);
});

describe('memory that ends at any allocation', () => {
  /**
   * Runs with the n-th allocation and all later ones refused; false when there was none.
   * @param {number} n
   * @param {() => unknown} run
   */
  function refusedFrom(n, run) {
    const { memory } = any(model.kernel);
    const allocate = memory.allocate.bind(memory);
    let left = n;
    memory.allocate = (/** @type {number} */ bytes) => {
      if (left-- > 0) return allocate(bytes);
      throw new AmpcfError('OUT_OF_MEMORY', 'out of memory: refused by the test');
    };
    try {
      run();
      return left < 0;
    } catch (error) {
      assert.ok(error instanceof AmpcfError && error.code === 'OUT_OF_MEMORY', String(error));
      return true;
    } finally {
      delete memory.allocate;
    }
  }

  /** @type {Record<string, (me: Profile) => unknown>} */
  const calls = {
    recommend: (me) => me.recommend(),
    explain: (me) => me.explain(ids[9]),
    'an event that joins': (me) => me.add(ids[280]).recommend(),
    'an event that is there': (me) => me.add({ item: ids[250], weight: 3 }).recommend(),
    forget: (me) => me.forget({ keep: 3 }),
    'a ring': (me) => me.add(ids[281]).add(ids[282]),
    save: (me) => me.save(),
    restore: (me) => {
      const back = model.restoreProfile(me.save());
      try {
        back.recommend();
      } finally {
        back.dispose();
      }
    },
  };
  for (const [name, call] of Object.entries(calls))
    test(name, () => {
      const make = () => {
        const me = fresh({ ring: name === 'a ring' ? Math.ceil((historyOf(3).length + 2) / 1.25) : 50000 });
        me.recommend();
        return me;
      };
      const expected = make();
      call(expected);
      if (name === 'a ring') assert.ok(expected.size < make().size);
      const bytes = model.diagnostics().memoryBytes;
      let n = 0;
      for (let me = make(); refusedFrom(n, () => call(me)); me = make(), n++) {
        assert.ok(n < 100000);
        // Asked again while there is none, and when there is some again: the same bits as without a failure.
        refusedFrom(n, () => me.recommend());
        if (me.size !== expected.size || call === calls.restore) call(me);
        assert.deepEqual(golden(me.recommend()), golden(expected.recommend()), `allocation ${n}`);
        assert.deepEqual(me.history, expected.history);
        assert.equal(me.state.known.length, expected.state.known.length);
        me.dispose();
        n = n < 40 ? n : n + 7;
      }
      assert.ok(n > 0);
      assert.ok(model.diagnostics().memoryBytes <= bytes + 65536);
    });
});
