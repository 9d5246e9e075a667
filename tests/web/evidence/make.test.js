// Owns the tests of making evidence: what is kept of reviews, what is left out, how large it is. Must not
// test commands.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadEvidence } from '../../../dist/evidence.js';
import { makeEvidence } from '../../../dist/train.js';
import { failsWith } from '../../support.js';
import { manyReviews, reviewsOf } from './made.js';

/** @typedef {import('../../../dist/train.js').Review} Review */

const sound = new Map([['sound', ['sound', 'tone']]]);
/**
 * @param {Review[]} reviews
 * @param {import('../../../dist/train.js').EvidenceOptions} [options]
 */
async function madeOf(reviews, options = {}) {
  const made = makeEvidence(reviews, { minPeople: 1, words: sound, ...options });
  return { made, evidence: await loadEvidence(made.bytes) };
}
/** @param {string} text */
const one = async (text, more = {}) => {
  const { evidence } = await madeOf([{ item: 'a', text, ...more }]);
  return (await evidence.sentences('a')).map((sentence) => sentence.text);
};

describe('size', () => {
  test('1,000 items take at most 60 kB gzip at two sentences an item', async () => {
    const { reviews, words } = manyReviews(1000);
    const { bytes, items, sentences } = makeEvidence(reviews, { words, perItem: 2 });
    const size = gzipSync(bytes, { level: 9 }).length;
    console.log(`${items} items, ${sentences} sentences: ${size} bytes gzip`);
    assert.equal(items, 1000);
    assert.equal(sentences, 2000);
    assert.ok(size <= 60_000, `${size} bytes`);
  });

  test('the same reviews give the same bytes, and other limits other sentences', () => {
    const { reviews, words } = manyReviews(20);
    const first = makeEvidence(reviews, { words });
    assert.deepEqual(makeEvidence(reviews, { words }).bytes, first.bytes);
    const few = makeEvidence(reviews, { words, perItem: 3 });
    assert.equal(few.sentences, 60);
    assert.ok(first.sentences > few.sentences);
  });

  test('most an item and aspect', async () => {
    const texts = Array.from(
      { length: 9 },
      (_, i) => `The sound of number ${'abcdefghi'[i]}${i} is rather good.`,
    );
    for (const sentences of [1, 2, 3]) {
      const { evidence } = await madeOf(reviewsOf('a', texts), { sentences });
      const kept = await evidence.sentences('a');
      assert.ok(kept.length <= sentences, `${kept.length}`);
    }
  });
});

describe('people', () => {
  const texts = ['The sound is good.', 'What a sound it has.', 'A fine tone indeed.', 'Sound and fury here.'];

  test('items and aspects of too few people are left out, and counted', async () => {
    const reviews = [...reviewsOf('a', texts), ...reviewsOf('b', texts.slice(0, 2))];
    const { made, evidence } = await madeOf(reviews, { minPeople: 3 });
    assert.deepEqual([evidence.has('a'), evidence.has('b')], [true, false]);
    assert.deepEqual([made.counts.fewItems, made.counts.fewReviews], [1, 2]);
    // One person who writes four times is one.
    const alone = reviewsOf('c', texts).map((review) => ({ ...review, user: 'u1' }));
    await failsWith(() => madeOf(alone, { minPeople: 2 }), 'NO_DATA');
    const two = new Map([...sound, ['fury', ['fury']]]);
    const { evidence: both } = await madeOf(reviewsOf('a', texts), { minPeople: 3, words: two });
    assert.deepEqual(both.info.aspects, ['sound']);
  });

  test('no id, no name, no address is kept', async () => {
    const reviews = [
      {
        item: 'a',
        user: 'Karla77',
        name: 'Ann Other',
        text: 'Karla77 says the sound is good. It sounds fine, I, Ann, say.',
      },
      {
        item: 'a',
        user: 'B',
        text: 'Write to me@example.org about the sound. See www.example.org for the sound.',
      },
      {
        item: 'a',
        user: 'C',
        text: 'Call +49 30 1234 5678 about its sound. The sound by itself is all right.',
      },
    ];
    const { made, evidence } = await madeOf(reviews, { words: new Map([['sound', ['sound', 'sounds']]]) });
    assert.deepEqual(
      (await evidence.sentences('a')).map(({ text }) => text),
      ['The sound by itself is all right.'],
    );
    const all = Buffer.from(made.bytes).toString('latin1');
    for (const name of ['Karla77', 'Ann', 'example', '1234']) assert.ok(!all.includes(name), name);
  });

  test('a person who says the same twice is heard once', async () => {
    const { made } = await madeOf([...reviewsOf('a', texts), ...reviewsOf('a', texts)], { minPeople: 4 });
    assert.equal(made.counts.duplicates, 4);
  });

  test('one person who writes a hundred reviews is one person', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({
      item: 'a',
      user: 'u0',
      text: `The tone of number ${i} is a secret of mine.`,
    }));
    const others = ['u1', 'u2', 'u3'].map((user) => ({ item: 'a', user, text: 'The strings are of steel.' }));
    const words = new Map([
      ['tone', ['tone']],
      ['strings', ['strings']],
    ]);
    await failsWith(() => madeOf(many, { words, minPeople: 2 }), 'NO_DATA', /100 of items that fewer than 2/);
    const { evidence } = await madeOf([...many, ...others], { words, minPeople: 3 });
    assert.deepEqual(evidence.info.aspects, ['strings'], 'of tone one person speaks');
    assert.deepEqual(evidence.mentions('a'), [{ aspect: 'strings', people: 3 }]);
  });

  test('who wrote it is a text, or nobody', async () => {
    for (const more of [{ user: 5 }, { name: 5 }, { aspect: {} }, { user: null }])
      await failsWith(
        () => madeOf([/** @type {any} */ ({ item: 'a', text: 'The tone is good.', ...more })]),
        'BAD_ARGUMENT',
        /review 0: (user|name|aspect): got .+, wanted a text, or none/,
      );
  });

  test('near-duplicates of other people are dropped', async () => {
    const { evidence } = await madeOf(
      reviewsOf('a', ['The sound is really good.', 'The sound is really good!', 'The sound really is good.']),
    );
    assert.equal((await evidence.sentences('a')).length, 1);
  });
});

describe('bad input', () => {
  test('HTML is text', async () => {
    assert.deepEqual(await one('The <b>sound</b> is <script>alert(1)</script> good'), [
      'The <b>sound</b> is <script>alert(1)</script> good',
    ]);
  });

  test('control characters and what turns the direction are shown, line ends end sentences', async () => {
    assert.deepEqual(await one('The\u0007 sound is\u001b[31m red\u202e and\tgood\nAnother line of it'), [
      'The\\u0007 sound is\\u001b[31m red\\u202e and good',
    ]);
    assert.deepEqual(await one('A zero\u200bwidth sound is\ufeff fine'), ['A zerowidth sound is fine']);
  });

  test('any script', async () => {
    for (const [word, text] of /** @type {const} */ ([
      ['звук', 'Очень чистый звук у этой гитары.'],
      ['音质', '这把吉他的音质非常好。'],
      ['صوت', 'هذا صوت جميل جدا.'],
      ['เสียง', 'เสียงดีมากเลยครับ'],
      ['ήχος', 'Ο ήχος είναι πολύ καλός.'],
      ['🎸', 'The 🎸 word is none, but a sound 🎸 is.'],
    ])) {
      const { evidence } = await madeOf([{ item: 'a', text }], { words: new Map([['x', [word, 'sound']]]) });
      assert.deepEqual(await evidence.sentences('a'), [{ text, aspects: ['x'], polarity: 0 }]);
    }
  });

  test('one enormous review is read as far as is said', async () => {
    const long = `The sound is good to hear. ${'Word '.repeat(1e6)}`;
    const { made, evidence } = await madeOf([{ item: 'a', text: long }]);
    assert.equal(made.counts.cut, 1);
    assert.deepEqual(
      (await evidence.sentences('a')).map(({ text }) => text),
      ['The sound is good to hear.'],
    );
  });

  test('nothing, blanks, and items that nobody knows are errors that say so', async () => {
    const none = await failsWith(() => makeEvidence([]), 'NO_DATA');
    assert.match(none.message, /got no review/);
    const blank = await failsWith(
      () => makeEvidence([{ item: 'a', text: ' ' }], { words: sound }),
      'NO_DATA',
    );
    assert.match(blank.message, /1 of them empty/);
    const strange = await failsWith(
      () => makeEvidence([{ item: 'x', text: 'The sound is good.' }], { items: ['a'], words: sound }),
      'NO_DATA',
    );
    assert.match(strange.message, /1 of items that the model does not know/);
    assert.deepEqual([strange.details.counts.unknownItems, strange.details.counts.unknownReviews], [1, 1]);
    for (const wrong of [7, { item: 'a' }, { item: 5, text: 'x' }, { item: 'a', text: 'x', rating: NaN }])
      await failsWith(() => makeEvidence(/** @type {any} */ ([wrong])), 'BAD_ARGUMENT');
    await failsWith(() => makeEvidence([], { sentences: 0.5 }), 'BAD_ARGUMENT');
  });
});

describe('aspects', () => {
  test('are learnt by contrast: words that reviews of an item share, not those that all reviews have', () => {
    const fill = [
      'rather good I must say',
      'as expected of it',
      'and so I kept mine',
      'which surprised me a lot',
    ];
    const about = { a: 'strings', b: 'strings', c: 'cables', d: 'cables', e: 'strings', f: 'cables' };
    const reviews = Object.entries(about).flatMap(([item, word]) =>
      fill.flatMap((rest, r) => [
        { item, user: `u${r}`, text: `The ${word} is ${rest}.` },
        { item, user: `v${r}`, text: `One ${word.slice(0, -1)} broke, ${rest}.` },
      ]),
    );
    const { aspects, found } = makeEvidence(reviews, { minPeople: 2 });
    assert.equal(found, 'learnt');
    assert.deepEqual([...aspects].sort(), ['cable', 'string']);
  });

  test('are words that stand where names of things stand; plurals are one with their singulars', () => {
    const things = 'abcdefghijklmnopqrstuvwx'.split('').map((letter) => `${letter}owstring`);
    const reviews = Array.from({ length: 72 * 6 }, (_, r) => {
      const item = Math.floor(r / 6);
      const thing = things[item % things.length];
      const half = item % 2 === 0 ? 'The battery is fine. I strum it.' : 'The wood is fine. I listen to it.';
      const more =
        r % 4 < 2 ? `I gladly take it. These ${thing}s cost less.` : 'I honestly take it. So much for it.';
      const text = `The ${thing} is fine. ${half} ${more}`;
      return { item: `i${item}`, user: `u${r % 40}`, text };
    });
    const { aspects } = makeEvidence(reviews, { minPeople: 2, perItem: 20 });
    // Half of the items have each of these, who stand after "the" or after "I".
    for (const name of ['battery', 'wood', things[3]])
      assert.ok(aspects.includes(name), `${name}: ${aspects}`);
    for (const other of ['strum', 'listen', 'gladly', 'honestly', `${things[3]}s`, 'les', 'less'])
      assert.ok(!aspects.includes(other), `${other}: ${aspects}`);
  });

  test('are those of the rows where they have them, or those given', async () => {
    const rows = [{ item: 'a', text: 'Loud enough for me.', aspect: 'volume' }];
    const { evidence } = await madeOf(rows, { words: undefined });
    assert.deepEqual(await evidence.sentences('a'), [
      { text: 'Loud enough for me.', aspects: ['volume'], polarity: 0 },
    ]);
    const { evidence: given } = await madeOf(reviewsOf('a', ['A rich tone and no hum.']));
    assert.deepEqual((await given.sentences('a'))[0].aspects, ['sound']);
  });

  test('polarity of a review without a rating goes by words, and by pairs of words', async () => {
    const said = [
      ['Der Klang ist gut.', 1],
      ['Der Klang ist nicht gut.', -1],
      ['Der Klang ist aus Berlin.', 0],
    ];
    const rated = Array.from({ length: 60 }, (_, i) => ({
      item: 'rated',
      user: `u${i}`,
      rating: i % 2 ? 5 : 1,
      text: `Nummer ${'abcdefghij'[i % 10]} ist ${i % 2 ? '' : 'nicht '}gut.`,
    }));
    const unrated = said.map(([text], i) => ({ item: `i${i}`, user: `v${i}`, text: String(text) }));
    const { made, evidence } = await madeOf([...rated, ...unrated], {
      words: new Map([['Klang', ['klang']]]),
    });
    assert.ok(made.rated);
    for (const [i, [text, polarity]] of said.entries())
      assert.deepEqual(await evidence.sentences(`i${i}`), [{ text, aspects: ['Klang'], polarity }]);
  });

  test('polarity is learnt from ratings, in any language', async () => {
    const good = ['wunderbar', 'herrlich', 'klasse', 'prima', 'toll', 'fein'];
    const bad = ['mies', 'schlimm', 'grausig', 'übel', 'mau', 'matt'];
    const reviews = Array.from({ length: 24 }, (_, i) => {
      const word = (i % 2 ? good : bad)[(i >> 1) % 6];
      return {
        item: `i${i % 3}`,
        user: `u${i}`,
        rating: i % 2 ? 5 : 1,
        text: `Der Klang ist nun ${word}, sage ich.`,
      };
    });
    const { made, evidence } = await madeOf(reviews, { words: new Map([['Klang', ['klang']]]) });
    assert.ok(made.rated);
    for (const id of evidence.ids())
      for (const { text, polarity } of await evidence.sentences(id))
        assert.equal(polarity, good.some((word) => text.includes(word)) ? 1 : -1, text);
    const unrated = makeEvidence(
      reviews.map(({ rating: _, ...rest }) => rest),
      { minPeople: 1, words: new Map([['Klang', ['klang']]]) },
    );
    assert.equal(unrated.rated, false);
  });
});
