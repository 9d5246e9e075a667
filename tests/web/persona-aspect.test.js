// Owns the tests that one number, how much a persona cares about an aspect, is behind labels, reasons,
// evidence and questions alike: each is worked out again from `caresAbout`. Must not test the number itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../dist/ampcf.js';
import { conversation } from '../../dist/ask.js';
import { caresAbout, evidenceFor, loadEvidence } from '../../dist/evidence.js';
import { explainInWords } from '../../dist/sentences.js';
import { makeEvidence, trainModel } from '../../dist/train.js';
import { films, interactionsOf, openSmallModel, people, steady } from '../support.js';

const model = await openSmallModel();
const histories = people.slice(0, 12).map(({ history }) => history.map(({ item }) => item));

/**
 * What the catalogue gives each aspect: aspects of an item count alike.
 * @param {import('../../dist/ampcf.js').Model} of
 */
function catalogue(of) {
  /** @type {Map<string, number>} */ const base = new Map();
  const own = of.ids().map((id) => of.aspects(id));
  const n = own.filter(({ length }) => length > 0).length;
  for (const list of own)
    for (const aspect of list) base.set(aspect, (base.get(aspect) ?? 0) + 1 / list.length / n);
  return base;
}

const base = catalogue(model);

/**
 * How telling aspects are of a persona, by the one number.
 * @param {import('../../dist/ampcf.js').Profile} me
 * @param {number} persona
 * @param {Iterable<string>} aspects
 */
const telling = (me, persona, aspects) =>
  Array.from(aspects, (aspect) => {
    const share = caresAbout(me, persona, aspect);
    const lift = share / Number(base.get(aspect));
    return { aspect, share, lift, weight: share * Math.log(lift) };
  }).sort((a, b) => b.weight - a.weight);

describe('how much a persona cares about an aspect', () => {
  test('names it', () => {
    let named = 0;
    for (const history of histories) {
      const me = model.createProfile(history);
      for (const { index, label } of me.personas()) {
        const all = telling(me, index, base.keys());
        const [first] = all;
        const wanted = all
          .filter(({ lift, weight }) => lift >= 1.2 && weight >= 0.35 * first.weight)
          .slice(0, 2)
          .map(({ aspect }) => aspect);
        if (wanted.length === 0) continue;
        named++;
        assert.ok(label.startsWith(wanted.join(' · ')), `${label}, not ${wanted.join(' · ')}`);
      }
      me.dispose();
    }
    assert.ok(named >= 20, String(named));
  });

  test('gives the aspects of a reason, in their order, and the sentence', () => {
    let said = 0;
    for (const history of histories) {
      const me = model.createProfile(history);
      for (const item of me.recommend({ topK: 5, explain: true }).items) {
        const { aspects } = item.explanation;
        const persona = Number(item.persona?.index);
        const wanted = telling(me, persona, model.aspects(item.item));
        assert.deepEqual(
          aspects.map(({ aspect }) => aspect),
          wanted.map(({ aspect }) => aspect),
        );
        aspects.forEach(({ share, lift }, i) => {
          assert.ok(Math.abs(share - wanted[i].share) < 1e-9);
          assert.ok(Math.abs(lift / wanted[i].lift - 1) < 1e-6);
        });
        const { text } = explainInWords(item, { history: me.history, aspects: 1 });
        // Who has one persona is not told of it.
        if (!(wanted[0].lift > 1.5) || !text.includes(String(item.persona?.label))) continue;
        said++;
        assert.ok(text.includes(wanted[0].aspect), `${text}: ${wanted[0].aspect}`);
      }
      me.dispose();
    }
    assert.ok(said >= 10, String(said));
  });

  test('chooses the sentence that is shown', async () => {
    const speaks = {
      plot: 'The plot keeps its secret until the very end.',
      acting: 'Everybody in it is acting like a stone.',
      music: 'Whoever wrote this music must love trumpets.',
      drawings: 'Backgrounds and drawings look painted by hand.',
    };
    const reviews = model
      .ids()
      .flatMap((item, j) =>
        Object.entries(speaks).flatMap(([aspect, text], s) =>
          Array.from({ length: 1 + ((j * (s + 3)) % 4) }, (_, u) => ({ item, aspect, user: `u${u}`, text })),
        ),
      );
    const evidence = await loadEvidence(makeEvidence(reviews, { minPeople: 1 }).bytes);
    const chosen = new Set();
    for (const history of histories.slice(0, 6)) {
      const me = model.createProfile(history);
      for (const { item } of me.recommend({ topK: 8 }).items) {
        const shown = await evidenceFor(me, item, { evidence });
        assert.ok(shown?.persona);
        const { index } = shown.persona;
        const cares = (/** @type {string} */ aspect) => caresAbout(me, index, aspect, { item, evidence });
        assert.ok(Math.abs(shown.cares - cares(shown.aspect)) < 1e-12);
        const sum = (/** @type {string[]} */ own) => own.reduce((all, aspect) => all + cares(aspect), 0);
        const sums = (await evidence.sentences(item)).map(({ aspects }) => sum(aspects));
        assert.ok(sums.length > 1);
        assert.ok(Math.abs(sum(shown.aspects) - Math.max(...sums)) < 1e-12);
        chosen.add(shown.aspect);
      }
      me.dispose();
    }
    assert.ok(chosen.size > 1);
  });

  test('says what questions begin with, where items have an aspect each', async () => {
    const items = new Map(films.map(({ item, genres }) => [item, { aspects: genres.slice(0, 1) }]));
    const { bytes } = await trainModel(interactionsOf(people), { ...steady, dim: 8, sweeps: 3, items });
    const single = await loadModel(bytes);
    const shares = catalogue(single);
    const me = single.createProfile(histories[0], { personas: 1 });
    const prior = { popularity: 0, score: 0, near: 0, aspects: 1 };
    const list = conversation(me, { prior }).list({ topK: single.info.items }).items;
    const lifts = list.map(({ item }) => {
      const [aspect] = single.aspects(item);
      return caresAbout(me, 0, aspect) / Number(shares.get(aspect));
    });
    assert.ok(Math.max(...lifts) > 1.5 * Math.min(...lifts));
    list.forEach(({ item, chance }, i) => {
      const [wanted, got] = [lifts[i] / lifts[0], chance / list[0].chance];
      assert.ok(Math.abs(got / wanted - 1) < 1e-6, `${item}: ${got}, not ${wanted}`);
    });
  });
});
