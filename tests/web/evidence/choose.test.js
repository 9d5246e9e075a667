// Owns the tests of what a persona cares about and which sentence it is shown. Must not test the file.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { caresAbout, evidenceFor, loadEvidence } from '../../../dist/evidence.js';
import { makeEvidence } from '../../../dist/train.js';
import { failsWith, films, openSmallModel } from '../../support.js';

const model = await openSmallModel();
const withGenre = (/** @type {string} */ genre) =>
  films.filter(({ item, genres }) => genres.includes(genre) && model.has(item)).map(({ item }) => item);
const noir = withGenre('Film noir');
const animation = withGenre('Animation').filter((item) => !noir.includes(item));
const neutral = films
  .map(({ item }) => item)
  .filter((item) => model.has(item) && !noir.includes(item) && !animation.includes(item));
const ofNoir = 'The atmosphere is thick as smoke.';
const ofAnimation = 'The drawings are full of colour.';
/** Made up: who reviews noir speaks of atmosphere, who reviews animation of drawings; of others of both. */
const reviews = [
  ...noir.map((item) => ({ item, aspect: 'atmosphere', text: ofNoir })),
  ...animation.map((item) => ({ item, aspect: 'drawings', text: ofAnimation })),
  ...neutral.flatMap((item) => [
    { item, aspect: 'atmosphere', text: ofNoir },
    { item, aspect: 'drawings', text: ofAnimation },
  ]),
];
const evidence = await loadEvidence(makeEvidence(reviews, { minPeople: 1 }).bytes);

describe('caresAbout', () => {
  test('without reviews is the share that names and reasons go by, to the bit but for rounding', () => {
    const me = model.createProfile([...noir.slice(0, 6), ...animation.slice(0, 6)]);
    for (const { index, aspects } of me.personas()) {
      assert.ok(aspects.length > 0);
      for (const { aspect, share } of aspects)
        assert.ok(Math.abs(caresAbout(me, index, aspect) - share) < 1e-9, aspect);
    }
  });

  test('follows the reviews of the history, shrunk by how much of it there is', () => {
    const cares = (/** @type {string[]} */ history, /** @type {string} */ aspect) =>
      caresAbout(model.createProfile(history, { personas: 1 }), 0, aspect, { evidence });
    const few = cares(noir.slice(0, 1), 'atmosphere');
    const many = cares(noir.slice(0, 8), 'atmosphere');
    const other = cares(animation.slice(0, 8), 'atmosphere');
    assert.ok(other < few && few < many, `${other} ${few} ${many}`);
    assert.ok(many > 0 && many < 1);
    assert.equal(cares(noir, 'nothing that anybody says'), 0);
  });

  test('of an item sums to 1 over what is said of it', () => {
    const me = model.createProfile(noir.slice(0, 5), { personas: 1 });
    const of = (/** @type {string} */ aspect) => caresAbout(me, 0, aspect, { item: neutral[0], evidence });
    assert.ok(Math.abs(of('atmosphere') + of('drawings') - 1) < 1e-9);
    assert.ok(of('atmosphere') > of('drawings'));
    assert.equal(caresAbout(me, 0, 'drawings', { item: noir[0], evidence }), 0);
  });

  test('takes other lists of what items have, such as entities of a graph', () => {
    const me = model.createProfile(noir.slice(0, 6), { personas: 1 });
    const aspectsOf = (/** @type {string} */ item) =>
      noir.includes(item) ? ['director: A'] : ['director: B'];
    const a = caresAbout(me, 0, 'director: A', { aspectsOf });
    assert.ok(a > noir.length / films.length, `${a}`);
    assert.equal(caresAbout(me, 0, 'director: A'), 0);
    // An aspect that two sources know: what the second says of the persona moves the number of the first.
    const both = (/** @type {string} */ item) => (noir.includes(item) ? ['atmosphere'] : ['else']);
    const plain = caresAbout(me, 0, 'atmosphere', { item: neutral[0], evidence });
    const more = caresAbout(me, 0, 'atmosphere', { item: noir[0], evidence, aspectsOf: both });
    assert.ok(more >= plain);
  });
});

describe('evidenceFor', () => {
  test('two people are shown what each cares about, of the same item', async () => {
    const [item] = neutral;
    const shown = async (/** @type {string[]} */ history) =>
      evidenceFor(model.createProfile(history, { personas: 1 }), item, { evidence });
    const first = await shown(noir.slice(0, 8));
    const second = await shown(animation.slice(0, 8));
    assert.deepEqual([first?.text, first?.aspect], [ofNoir, 'atmosphere']);
    assert.deepEqual([second?.text, second?.aspect], [ofAnimation, 'drawings']);
    assert.equal(first?.item, item);
    assert.ok(Number(first?.cares) > 0.5);
  });

  test('and two personas of one person', async () => {
    const me = model.createProfile([...noir.slice(0, 8), ...animation.slice(0, 8)]);
    const personas = me.personas();
    const of = (/** @type {string} */ genre) =>
      /** @type {number} */ (personas.find(({ label }) => label.includes(genre))?.index);
    const [item] = neutral;
    const noirSide = await evidenceFor(me, item, { evidence, persona: of('noir') });
    const drawnSide = await evidenceFor(me, item, { evidence, persona: of('Animation') });
    assert.deepEqual([noirSide?.aspect, drawnSide?.aspect], ['atmosphere', 'drawings']);
    assert.match(String(noirSide?.persona?.label), /noir/);
  });

  test('who has little history leans on what people like them are shown', () => {
    const alone = model.createProfile([noir[0]], { personas: 1 });
    const base = reviews.filter(({ aspect }) => aspect === 'atmosphere').length / reviews.length;
    assert.ok(caresAbout(alone, 0, 'atmosphere', { evidence }) > base);
  });

  test('without a history: what is said most; without sentences: null; else errors', async () => {
    const nobody = model.createProfile();
    const found = await evidenceFor(nobody, neutral[0], { evidence });
    assert.ok(found && found.persona === null);
    const half = await loadEvidence(makeEvidence(reviews.slice(0, 1), { minPeople: 1 }).bytes);
    assert.equal(await evidenceFor(nobody, neutral[0], { evidence: half }), null);
    await failsWith(() => evidenceFor(nobody, 'no such film', { evidence }), 'UNKNOWN_ITEM');
    await failsWith(() => evidenceFor(nobody, neutral[0], /** @type {any} */ ({})), 'BAD_ARGUMENT');
    await failsWith(() => evidenceFor(nobody, neutral[0], { evidence, persona: 9 }), 'BAD_ARGUMENT');
    await failsWith(() => caresAbout(nobody, 0, 'atmosphere', { evidence }), 'BAD_ARGUMENT');
  });

  test('a change of the profile is followed', async () => {
    const me = model.createProfile(noir.slice(0, 8), { personas: 1 });
    assert.equal((await evidenceFor(me, neutral[0], { evidence }))?.aspect, 'atmosphere');
    me.clear();
    for (const item of animation.slice(0, 8)) me.add(item);
    assert.equal((await evidenceFor(me, neutral[0], { evidence }))?.aspect, 'drawings');
  });
});
