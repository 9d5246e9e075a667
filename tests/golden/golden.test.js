// Owns that files of older versions open, and give what they gave then, to the last bit. Must never write
// one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadModel } from '../../dist/ampcf.js';
import { digits, hex } from './compare.js';

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
/** Of 0.1.0, kind 1; and of the first version with kind 2. */
const expected = ['expected.json', 'expected-gate.json'].flatMap((file) =>
  Object.entries(JSON.parse(read(file).toString())),
);

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
    items.map(({ item, score, persona }) => [item, hex(score), persona?.index ?? null]),
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

for (const [name, { history, lineage, whole, forgetful }] of expected)
  describe(name, () => {
    test('a history gives the scores, personas and reasons that it gave', async () => {
      const model = await loadModel(read(`${name}.ampcf`));
      assert.equal(model.info.lineage, lineage);
      // Those of 0.1.0 say `wanted`, as it did.
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

test('each file that breaks one rule gets the status of that rule', async () => {
  const lines = read('bad/expected.txt').toString().trim().split('\n');
  assert.ok(lines.length > 90);
  for (const line of lines) {
    const [name, status] = line.split(' ');
    const code = await loadModel(read(`bad/${name}.bin`)).then(
      () => 'OK',
      (error) => error.code,
    );
    assert.equal(code, status, name);
  }
});
