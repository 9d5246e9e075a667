// Owns that files of 0.1.0 open, and give what they gave then, to the last bit. Must never write one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadModel } from '../../dist/ampcf.js';

/** @import { Profile } from '../../web/model/profile.js' */
/**
 * @typedef {object} Expected
 * @property {number} size
 * @property {[label: string, share: string][]} personas shares as the hex of a float, as all scores
 * @property {[item: string, score: string, persona: number][]} ranking of the catalogue
 * @property {[item: string, score: string, contributions: [item: string, contribution: number][], remembered:
 *   number][]} explained
 */

const here = new URL('./', import.meta.url),
  read = (/** @type {string} */ name) => readFileSync(new URL(name, here));
const expected = JSON.parse(read('expected.json').toString());

/** @param {unknown} number in single precision */
function hex(number) {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, Number(number));
  return view.getUint32(0).toString(16).padStart(8, '0');
}

/**
 * @param {Profile} me
 * @param {Expected} wanted
 */
function same(me, wanted) {
  assert.equal(me.size, wanted.size);
  assert.deepEqual(
    me.personas().map(({ label, share }) => [label, hex(share)]),
    wanted.personas,
  );
  const { items } = me.recommend({ topK: wanted.ranking.length, excludeSeen: false });
  assert.deepEqual(
    items.map(({ item, score, persona }) => [item, hex(score), persona?.index]),
    wanted.ranking,
  );
  for (const [item, score, contributions, remembered] of wanted.explained) {
    const got = me.explain(item);
    assert.equal(hex(got.score), score);
    assert.deepEqual(
      got.explanation.contributions.map((part) => [part.item, digits(part.contribution)]),
      contributions,
    );
    assert.equal(digits(got.explanation.remembered), remembered);
  }
}

/** @param {number} x */
const digits = (x) => Number(x.toPrecision(7));

for (const [name, { history, lineage, whole, forgetful }] of Object.entries(expected))
  describe(`${name} of 0.1.0`, () => {
    test('a history gives the scores, personas and reasons that it gave', async () => {
      const model = await loadModel(read(`${name}.ampcf`));
      assert.equal(model.info.lineage, lineage);
      // The history says `wanted`, as 0.1.0 did.
      same(model.createProfile(history), whole);
      model.dispose();
    });

    test('a saved profile with forgotten events gives what it gave, and the same bytes', async () => {
      const model = await loadModel(read(`${name}.ampcf`)),
        me = model.restoreProfile(read(`${name}.profile`));
      same(me, forgetful);
      assert.deepEqual(Buffer.from(me.save()), read(`${name}.profile`));
      model.dispose();
    });
  });
