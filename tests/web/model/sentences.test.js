// Owns the tests of explanations in words: each case, what may be named, templates, lists of other languages.
// Must not judge whether explanations are true: diagnose.test.js drops what they name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { englishTemplates, explainInWords } from '../../../dist/sentences.js';
import { failsWith, historyOf, openSmallModel } from '../../support.js';

const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
const persona = { index: 1, label: 'Film noir', share: 0.3 },
  whole = { index: 0, label: 'Drama', share: 1 };
const reason = (/** @type {string} */ title, /** @type {number} */ contribution, extra = {}) => ({
  item: title.toLowerCase().replaceAll(' ', '-'),
  title,
  contribution,
  ...extra,
});
const reasons = [
  reason('Double Indemnity', 0.4),
  reason('Laura', 0.2),
  reason('Gilda', 0.1),
  reason('Gigi', -0.1),
];
/** @returns {any} */
const ranked = (extra = {}) => ({
  item: 'the-big-sleep',
  title: 'The Big Sleep',
  known: true,
  score: 0.8,
  persona,
  attention: Float32Array.of(0.2, 0.8),
  explanation: { contributions: reasons, rest: 0, bias: 0.2, residual: 0 },
  ...extra,
});

describe('a sentence', () => {
  test('is of an item that was ranked with explain: true', async () => {
    const model = await openSmallModel();
    const wanted = /^explanation: got undefined, wanted that of .* with explain: true$/;
    for (const me of [model.createProfile(historyOf(3)), model.createProfile()]) {
      const [plain] = me.recommend({ topK: 1 }).items;
      await failsWith(() => explainInWords(plain), 'BAD_ARGUMENT', wanted);
      const [explained] = me.recommend({ topK: 1, explain: true }).items;
      assert.ok(explainInWords(explained).text.length > 5);
    }
    const [stranger] = model.createProfile().rank(['no such film']).items;
    assert.match(explainInWords(stranger).text, /is new here/);
  });

  test('names the persona and the largest contributions', () => {
    const { text, parts } = explainInWords(ranked());
    assert.equal(text, 'Because your Film noir side liked Double Indemnity and Laura');
    assert.deepEqual(parts, [
      { type: 'text', text: 'Because your ' },
      { type: 'persona', text: 'Film noir' },
      { type: 'text', text: ' side liked ' },
      { type: 'item', text: 'Double Indemnity', item: 'double-indemnity' },
      { type: 'text', text: ' and ' },
      { type: 'item', text: 'Laura', item: 'laura' },
    ]);
    assert.equal(
      explainInWords(ranked(), { reasons: 9 }).text,
      'Because your Film noir side liked Double Indemnity, Laura, and Gilda',
    );
    assert.equal(
      explainInWords(
        ranked({ explanation: { ...ranked().explanation, contributions: reasons.toReversed() } }),
      ).text,
      text,
      'the order given does not matter',
    );
  });

  test('has a case for one persona, no history, an unknown item, and a persona without reasons', () => {
    assert.equal(
      explainInWords(ranked({ persona: whole, attention: Float32Array.of(1) })).text,
      'Because you liked Double Indemnity and Laura',
    );
    assert.equal(
      explainInWords(ranked({ persona: whole, attention: undefined })).text,
      'Because you liked Double Indemnity and Laura',
    );
    assert.equal(
      explainInWords(
        ranked({
          persona: null,
          attention: new Float32Array(0),
          explanation: { contributions: [], rest: 0, bias: 1, residual: 0 },
        }),
      ).text,
      'Popular with many people',
    );
    assert.equal(
      explainInWords({ item: 'x', title: 'x', known: false, score: null, persona: null }).text,
      'x is new here: nothing is known of it yet',
    );
    const none = { contributions: [reason('Gigi', -0.1)], rest: 0, bias: 1, residual: 0 };
    assert.equal(explainInWords(ranked({ explanation: none })).text, 'For your Film noir side');
    assert.equal(explainInWords(ranked(), { reasons: 0 }).text, 'For your Film noir side');
    assert.equal(
      explainInWords(ranked({ explanation: none, persona: whole, attention: Float32Array.of(1) })).text,
      'Popular with many people',
    );
  });

  test('says that a persona liked only what it owns', () => {
    const item = (/** @type {string} */ id, /** @type {number} */ responsibility) => ({
      item: id,
      title: id,
      responsibility,
    });
    const personas = [
      { ...whole, aspects: [], items: [item('double-indemnity', 0.9), item('laura', 0.4)] },
      {
        ...persona,
        aspects: [],
        items: [item('laura', 0.6), item('gilda', 1), item('double-indemnity', 0.1)],
      },
    ];
    assert.equal(
      explainInWords(ranked(), { personas }).text,
      'Because your Film noir side liked Laura and Gilda',
    );
    assert.equal(
      explainInWords(ranked({ persona: { ...persona, index: 0, share: 0.7 } }), { personas }).text,
      'Because your Film noir side liked Double Indemnity',
    );
    assert.equal(
      explainInWords(ranked(), { personas: [personas[0], { ...personas[1], items: [] }] }).text,
      'For your Film noir side',
      'a remembered persona has no items',
    );
    const told = [reason('Laura', 0.2, { persona: 0 }), reason('Gilda', 0.1, { persona: 1 })];
    assert.equal(
      explainInWords(ranked({ explanation: { ...ranked().explanation, contributions: told } })).text,
      'Because your Film noir side liked Gilda',
    );
  });

  test('never says that what was disliked or skipped was liked, and names what was disliked', () => {
    const history = [
      { item: 'double-indemnity', preference: -1 },
      { item: 'laura' },
      { item: 'gilda', preference: 0 },
      { item: 'gigi', preference: -0.5 },
    ];
    assert.equal(
      explainInWords(ranked(), { history }).text,
      'Because your Film noir side liked Laura, although you disliked Gigi',
    );
    const old = history.map(({ item, preference: wanted = 1 }) => ({ item, wanted }));
    assert.equal(
      explainInWords(ranked(), { history: old, because: 1 }).text,
      'Because your Film noir side liked Laura, although you disliked Gigi',
      'the old names work for this version',
    );
    const unknown = { item: 'x', title: 'X', known: false, score: null, persona: null };
    assert.equal(explainInWords(unknown, { history }).text, 'X is new here: nothing is known of it yet');
  });

  test('names aspects that the persona cares about and its label does not say, where asked', () => {
    const aspects = [
      { aspect: 'Film noir', share: 0.5, lift: 5 },
      { aspect: 'Crime', share: 0.5, lift: 3 },
      { aspect: 'Mystery', share: 0.4, lift: 2 },
      { aspect: 'Drama', share: 0.6, lift: 1.1 },
      { aspect: 'Comedy', share: 0.2, lift: 0.5 },
    ];
    const item = ranked({ explanation: { ...ranked().explanation, aspects } }),
      { text, parts } = explainInWords(item, { aspects: 3 });
    assert.equal(
      text,
      'Because your Film noir side liked Double Indemnity and Laura, and likes Crime and Mystery',
    );
    assert.deepEqual(
      parts.filter(({ type }) => type === 'aspect'),
      [
        { type: 'aspect', text: 'Crime' },
        { type: 'aspect', text: 'Mystery' },
      ],
    );
    assert.equal(
      explainInWords(item, { aspects: 1 }).text,
      'Because your Film noir side liked Double Indemnity and Laura, and likes Crime',
    );
    assert.equal(explainInWords(item).text, 'Because your Film noir side liked Double Indemnity and Laura');
    assert.equal(
      explainInWords({ ...item, persona: whole, attention: Float32Array.of(1) }, { aspects: 3 }).text,
      'Because you liked Double Indemnity and Laura',
    );
  });

  test('names a persona that is remembered without items', () => {
    const forgotten = { contributions: [], rest: 0, remembered: 0.6, bias: 0.2, residual: 0 };
    assert.equal(
      explainInWords(ranked({ explanation: forgotten, persona: { ...whole }, attention: Float32Array.of(1) }))
        .text,
      'For your Drama side',
    );
    assert.equal(
      explainInWords(
        ranked({
          explanation: { ...forgotten, remembered: -0.1 },
          persona: whole,
          attention: Float32Array.of(1),
        }),
      ).text,
      'Popular with many people',
    );
  });
});

describe('templates', () => {
  test('are replaced one by one, in any language', () => {
    const german = { persona: 'Weil deine {persona}-Seite {items} mochte', end: '.' };
    assert.equal(
      explainInWords(ranked(), { templates: german, locale: 'de' }).text,
      'Weil deine Film noir-Seite Double Indemnity und Laura mochte.',
    );
    assert.equal(
      explainInWords(ranked(), { templates: { persona: '{items}' }, locale: 'ja', reasons: 3 }).text,
      'Double Indemnity、Laura、Gilda',
    );
    for (const n of [0, 1, 2, 3]) {
      const said = (/** @type {string | string[]} */ locale) =>
        explainInWords(ranked(), { templates: { persona: '{items}' }, reasons: n, locale }).parts;
      assert.deepEqual(said('en'), said(['en']), `${n} by our own list and by that of Intl`);
    }
    assert.equal(
      explainInWords(
        { item: 'x', title: 'X', known: false, score: null, persona: null },
        { templates: german },
      ).text,
      'X is new here: nothing is known of it yet.',
    );
    assert.throws(() => {
      any(englishTemplates).persona = 'x';
    }, TypeError);
  });

  test('are read once: braces of titles and labels are text, and so is markup', () => {
    const tricky = ranked({
      title: '{items}',
      persona: { ...persona, label: '{title} <b>&' },
      explanation: { ...ranked().explanation, contributions: [reason('{persona} $& {{', 1)] },
    });
    const { text, parts } = explainInWords(tricky, {
      templates: { persona: '{{{persona}}} {items} {title}' },
    });
    assert.equal(text, '{{title} <b>&} {persona} $& {{ {items}');
    assert.equal(parts.filter(({ type }) => type === 'persona')[0].text, '{title} <b>&');
  });

  test('take emphasis into the text alone', () => {
    const { text, parts } = explainInWords(ranked(), { emphasis: { item: ['*', '*'], persona: ['«', '»'] } });
    assert.equal(text, 'Because your «Film noir» side liked *Double Indemnity* and *Laura*');
    assert.deepEqual(parts, explainInWords(ranked()).parts);
  });

  test('are refused by name where they are wrong', async () => {
    await failsWith(
      () => explainInWords(ranked(), { templates: { persona: 'for {name}' } }),
      'BAD_ARGUMENT',
      /template persona.*\{name\}.*\{persona\}/,
    );
    await failsWith(
      () => explainInWords(ranked(), { templates: any({ persona: 5 }) }),
      'BAD_ARGUMENT',
      /template persona/,
    );
    await failsWith(
      () => explainInWords(ranked(), { templates: any({ other: 'x' }) }),
      'BAD_ARGUMENT',
      /^templates: got other, wanted one of persona, /,
    );
    for (const reasons of [-1, 1.5, '2', NaN, null])
      await failsWith(() => explainInWords(ranked(), { reasons: any(reasons) }), 'BAD_ARGUMENT', /reasons/);
    for (const item of [null, undefined, 5, {}, 'x'])
      await failsWith(() => explainInWords(any(item)), 'BAD_ARGUMENT', /rankedItem/);
    await failsWith(() => explainInWords(ranked(), any(5)), 'BAD_ARGUMENT', /options/);
  });
});

test('what a profile disliked is never said to be liked, and is named where it counts against', async () => {
  const model = await openSmallModel();
  let named = 0;
  for (let n = 0; n < 20; n++) {
    const me = model.createProfile(historyOf(n)),
      gone = historyOf(n)
        .slice(0, 3)
        .map(({ item }) => String(item));
    for (const item of gone) me.dislike(item);
    for (const item of me.recommend({ topK: 10, explain: true, contributions: me.size }).items) {
      const { text, parts } = explainInWords(item, { history: me.history, reasons: 99 }),
        [before, after] = text.split(', although you disliked ');
      for (const part of parts.filter((entry) => entry.item !== undefined && gone.includes(entry.item))) {
        assert.ok(after?.includes(part.text) && !before.includes(part.text), text);
        named++;
      }
    }
    me.dispose();
  }
  assert.ok(named > 10, `${named} named`);
  model.dispose();
});

test('every item of a real list has a sentence that its numbers bear out', async () => {
  const model = await openSmallModel();
  let named = 0;
  for (let n = 0; n < 20; n++) {
    const me = model.createProfile(historyOf(n));
    const personas = me.personas();
    const owned = (/** @type {number} */ k, /** @type {string} */ id) =>
      personas[k].items.find(({ item }) => item === id)?.responsibility ?? 0;
    for (const item of me.recommend({ topK: 5, explain: true, contributions: me.size }).items) {
      const { text, parts } = explainInWords(item, { personas, history: me.history }),
        label = item.persona?.label;
      assert.equal(text, parts.map((part) => part.text).join(''));
      for (const part of parts.filter(({ type }) => type === 'item')) {
        named++;
        assert.ok(
          Number(item.explanation?.contributions.find((entry) => entry.item === part.item)?.contribution) > 0,
        );
        for (const other of personas)
          assert.ok(
            owned(Number(item.persona?.index), String(part.item)) >= owned(other.index, String(part.item)),
          );
      }
      assert.equal(
        parts.some((part) => part.type === 'persona' && part.text === label),
        personas.length > 1,
      );
    }
    me.dispose();
  }
  assert.ok(named > 100, `${named} items named`);
  model.dispose();
});

describe('paths', () => {
  const step = (
    /** @type {string} */ relation,
    /** @type {string} */ entity,
    forward = true,
    extra = {},
  ) => ({ relation, entity, forward, ...extra });
  const path = (/** @type {string} */ title, /** @type {object[]} */ steps, extra = {}) => ({
    ...reason(title, 0.05, { persona: 1 }),
    weight: 0.3,
    steps,
    ...extra,
  });
  const over = (/** @type {string} */ title, extra = {}) =>
    path(title, [step('director', 'Carol Reed'), step('director', title, false)], extra);
  const withPaths = (/** @type {object[]} */ paths, extra = {}) =>
    ranked({ explanation: { ...ranked().explanation, graph: { paths } }, ...extra });
  const said = (/** @type {object[]} */ paths, options = {}) =>
    explainInWords(withPaths(paths), { reasons: 1, ...options }).text.replace(/^.*Double Indemnity/, '');

  test('say what is shared with what, items over the same entity together', () => {
    const found = explainInWords(withPaths([over('The Third Man'), over('Odd Man Out')]));
    assert.equal(
      found.text,
      'Because your Film noir side liked Double Indemnity and Laura, and shares director Carol Reed with ' +
        'The Third Man and Odd Man Out',
    );
    assert.deepEqual(found.parts.slice(7, 11), [
      { type: 'relation', text: 'director' },
      { type: 'text', text: ' ' },
      { type: 'entity', text: 'Carol Reed' },
      { type: 'text', text: ' with ' },
    ]);
  });

  test('say another relation, and a link without an entity between', () => {
    const acted = [step('director', 'Orson Welles'), step('actor', 'The Third Man', false)];
    assert.equal(
      said([path('The Third Man', acted)]),
      ', and has director Orson Welles, actor of The Third Man',
    );
    assert.equal(said([path('Laura', [step('follows', 'Laura')])]), ', and is tied to Laura by follows');
    assert.equal(said([over('Laura'), path('Laura', acted)], { paths: 0 }), '');
    assert.match(said([over('Laura'), path('Laura', acted)], { paths: 2 }), /shares .*, and has director/);
  });

  test('say two entities between, whichever way the link between them goes', () => {
    const far = (/** @type {string} */ title) =>
      path(title, [step('genre', 'Noir'), step('part of', 'Crime'), step('genre', title, false)]);
    assert.equal(said([far('Laura')]), ', and is tied to Laura by genre Noir (part of: Crime)');
    assert.equal(
      explainInWords(withPaths([far('Laura'), far('Heat')]), { reasons: 2 }).text.replace(
        /^.*, and is/,
        'is',
      ),
      'is tied to Laura and Heat by genre Noir (part of: Crime)',
    );
    const back = [step('genre', 'Crime'), step('part of', 'Noir', false), step('genre', 'Laura', false)];
    assert.equal(said([path('Laura', back)]), ', and is tied to Laura by genre Crime (Noir: part of Crime)');
    const templates = { persona: '', onward: '{relation}-{entity}-{middle}-{further}-{other}-{with}' };
    assert.equal(said([far('Laura')], { templates }), 'genre-Noir-part of-Crime-genre-Laura');
    const four = path('Laura', [...back, step('genre', 'Laura')]);
    for (const other of [four, path('Laura', [])]) assert.equal(said([other]), '');
  });

  test('are of the named persona, of what was liked, and only where they speak for the item', () => {
    for (const none of [
      over('Laura', { persona: 0 }),
      over('Laura', { contribution: 0 }),
      over('Laura', { contribution: -1 }),
    ])
      assert.equal(said([none]), '');
    assert.equal(said([over('Laura')], { history: [{ item: 'laura', preference: -1 }] }), '');
    assert.equal(
      explainInWords(withPaths([over('Laura')], { known: false, persona: null })).text.includes('shares'),
      false,
    );
  });

  test('bring at least a fiftieth of what speaks for the item, those over the same entity together', () => {
    // .4 + .2 + .1 + .2 of bias speak for it: .018 is to be brought.
    assert.equal(said([over('Laura', { contribution: 0.0179 })]), '');
    assert.match(said([over('Laura', { contribution: 0.0181 })]), /Carol Reed with Laura/);
    const two = [over('Laura', { contribution: 0.01 }), over('Gilda', { contribution: 0.01 })];
    assert.match(said(two, { reasons: 2 }), /Carol Reed with Laura and Gilda/);
    const more = { ...ranked().explanation, remembered: 9, rest: -9, graph: { paths: [over('Laura')] } };
    assert.doesNotMatch(explainInWords(ranked({ explanation: more })).text, /Carol Reed/);
  });

  test('are left out of templates of an app, unless it has them; names are no templates', () => {
    const own = { persona: '{items}' };
    assert.equal(
      explainInWords(withPaths([over('Laura')]), { templates: own, reasons: 1 }).text,
      'Double Indemnity',
    );
    const shared = ' · {relation}: {entity} ({with})';
    const odd = path('{title}\u001b[2J', [step('{entity}', '<b>{with}'), step('{entity}', 'x', false)]);
    assert.equal(
      explainInWords(withPaths([odd]), {
        templates: { ...own, shared },
        reasons: 1,
        emphasis: { entity: ['_', '_'] },
      }).text,
      'Double Indemnity · {entity}: _<b>{with}_ ({title}\u001b[2J)',
    );
  });

  test('that are none are refused', async () => {
    for (const graph of [3, { paths: [3] }, { paths: [{ item: 'a', title: 'a' }] }, { paths: 'x' }])
      await failsWith(
        () => explainInWords(ranked({ explanation: { ...ranked().explanation, graph } })),
        'BAD_ARGUMENT',
      );
    await failsWith(() => explainInWords(ranked(), { paths: -1 }), 'BAD_ARGUMENT', /^paths/);
  });
});
