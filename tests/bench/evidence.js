// Owns `npm run bench:evidence`: sentences of reviews chosen for people and items held out: does the sentence
// speak of what the person wrote about? Beside it choices that know no person. Must not decide pass or fail.
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { loadModel } from '../../dist/ampcf.js';
import { pairedBootstrap } from '../../dist/evaluate.js';
import { loadEvidence } from '../../dist/evidence.js';
import { makeEvidence, trainModel } from '../../dist/train.js';
import { personRandom } from '../../web/core/random.js';
import { aspectsIn, lexiconOf } from '../../web/evidence/aspects.js';
import { baseOf, caresOfItem, sharpness } from '../../web/evidence/cares.js';
import { corpusOf } from '../../web/evidence/corpus.js';
import { leansOf, polarityOf } from '../../web/evidence/polarity.js';
import { wordsOf } from '../../web/evidence/sentences.js';
import { figure, interval, markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

/**
 * @typedef {{ review: string, user: string, item: string, rating: number, split: string, text: string }}
 *   Row
 */
/** @typedef {import('../../dist/evidence.js').EvidenceSentence} Sentence */
/** @typedef {{ user: string, row: Row, sentences: Sentence[], persona: number | null, profile: any }} Pair */
/** @typedef {(pair: Pair) => Sentence} System */
/** @typedef {{ hit: number, rouge1: number, rougeL: number, said1: number }} Figures */

const { data, write } = benchArguments({});
const folder = `${data}/reviews-musical-instruments`;
if (!existsSync(folder)) {
  process.stdout.write(`skipped: no ${folder} (npm run bench:evidence -- --data FOLDER)\n`);
  process.exit(0);
}
const table = (/** @type {string} */ name) => parse(readFileSync(`${folder}/${name}`), { columns: true });
/** @type {Row[]} */
const rows = table('reviews.csv').map((/** @type {any} */ row) => ({
  ...row,
  rating: Number(row.rating),
  text: `${row.summary}\n${row.text}`,
}));
/** @type {{ review: string, feature: string, score: string, sentence: string }[]} */
const said = table('aspects.csv');
const features = [...new Set(said.map(({ feature }) => feature))];
/** @type {Map<string, { features: Set<string>, text: string }>} what each review says of features */
const truths = new Map();
for (const { review, feature, sentence } of said) {
  const truth = truths.get(review) ?? { features: new Set(), text: '' };
  truth.features.add(feature);
  if (!truth.text.includes(sentence)) truth.text += ` ${sentence}`;
  truths.set(review, truth);
}

const wordsIn = (/** @type {string} */ text) => text.toLowerCase().match(/[a-z0-9']+/g) ?? [];
const featuresIn = (/** @type {string} */ text) => {
  const words = new Set(wordsIn(text));
  return features.filter((name) => [name, `${name}s`, `${name}es`].some((form) => words.has(form)));
};

// ------------------------------------------------------------------------------------------------- measures

/**
 * ROUGE-1 F: words in common, each as often as both have it.
 * @param {string[]} a
 * @param {string[]} b
 */
function rougeOne(a, b) {
  /** @type {Map<string, number>} */ const left = new Map();
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
  let both = 0;
  for (const word of a) {
    const n = left.get(word) ?? 0;
    if (n > 0) both++;
    left.set(word, n - 1);
  }
  return (2 * both) / (a.length + b.length || 1);
}

/**
 * ROUGE-L F: the longest common subsequence of words.
 * @param {string[]} a
 * @param {string[]} b
 */
function rougeLongest(a, b) {
  let before = new Uint16Array(b.length + 1);
  for (const word of a) {
    const now = new Uint16Array(b.length + 1);
    for (let j = 0; j < b.length; j++)
      now[j + 1] = word === b[j] ? before[j] + 1 : Math.max(before[j + 1], now[j]);
    before = now;
  }
  return (2 * before[b.length]) / (a.length + b.length || 1);
}

/**
 * @param {Pair} pair
 * @param {Sentence} sentence
 * @returns {Figures}
 */
function figuresOf({ row }, { text }) {
  const truth = /** @type {{ features: Set<string>, text: string }} */ (truths.get(row.review));
  const [own, review, about] = [text, row.text, truth.text].map(wordsIn);
  return {
    hit: featuresIn(text).some((feature) => truth.features.has(feature)) ? 1 : 0,
    rouge1: rougeOne(own, review),
    rougeL: rougeLongest(own, review),
    said1: rougeOne(own, about),
  };
}

/**
 * The mean number of features that two texts share.
 * @param {string[][]} lists
 */
function sharedFeatures(lists) {
  const counts = new Float64Array(features.length);
  for (const list of lists) for (const name of list) counts[features.indexOf(name)]++;
  const pairs = (lists.length * (lists.length - 1)) / 2;
  return counts.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0) / pairs;
}

const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;

/**
 * Means of each person's pairs.
 * @param {Pair[]} pairs
 * @param {number[]} values
 */
function byPerson(pairs, values) {
  /** @type {Map<string, number[]>} */ const of = new Map();
  pairs.forEach(({ user }, i) => of.set(user, [...(of.get(user) ?? []), values[i]]));
  return [...of.values()].map(mean);
}

// ----------------------------------------------------------------------------------------------------- data

const train = rows.filter(({ split }) => split === 'train');
const reviews = train.map(({ item, user, rating, text }) => ({ item, user, rating, text }));
const users = [...new Set(train.map(({ user }) => user))];
const items = [...new Set(train.map(({ item }) => item))];
const numberOf = (/** @type {string[]} */ ids) => new Map(ids.map((id, i) => [id, i]));
const [userOf, itemOf] = [numberOf(users), numberOf(items)];
const { bytes } = await trainModel(
  {
    users,
    items,
    user: train.map(({ user }) => Number(userOf.get(user))),
    item: train.map(({ item }) => Number(itemOf.get(item))),
  },
  { minSupport: 1 },
);
const model = await loadModel(bytes);
const words = new Map(features.map((name) => [name, [name, `${name}s`, `${name}es`]]));
const kinds = [
  { name: 'the 107 features given', options: { words } },
  { name: 'aspects learnt by contrast', options: {} },
];

/**
 * @param {import('../../dist/evidence.js').Evidence} evidence
 * @param {string} split
 * @returns {Promise<{ pairs: Pair[], all: number }>}
 */
async function pairsOf(evidence, split) {
  const wanted = rows.filter((row) => row.split === split && truths.has(row.review));
  const pairs = [];
  for (const row of wanted.filter(({ item }) => evidence.has(item))) {
    const history = train.filter(({ user }) => user === row.user).map(({ item }) => item);
    const profile = model.createProfile(history);
    const persona = profile.rank([row.item]).items[0].persona?.index ?? null;
    const sentences = await evidence.sentences(row.item);
    pairs.push({ user: row.user, row, sentences, persona, profile });
  }
  return { pairs, all: wanted.length };
}

/**
 * @param {Sentence[]} sentences
 * @param {(sentence: Sentence) => number} worth
 */
const best = (sentences, worth) => sentences.reduce((a, b) => (worth(b) > worth(a) ? b : a));

/**
 * What `evidenceFor` does, with a power of its own.
 * @param {any} source
 * @param {number} power
 * @returns {System}
 */
const chosenBy =
  (source, power) =>
  ({ profile, persona, row, sentences }) => {
    const cares = caresOfItem(profile, persona, row.item, source, power);
    return best(sentences, ({ aspects }) =>
      aspects.reduce((sum, aspect) => sum + (cares.get(aspect)?.share ?? 0), 0),
    );
  };

/**
 * @param {any} source
 * @returns {Record<string, System>}
 */
function systemsOf(source) {
  const top = (/** @type {Sentence[]} */ sentences, /** @type {(aspect: string) => number} */ worth) =>
    best(sentences, ({ aspects }) => Math.max(...aspects.map(worth)));
  return {
    '`evidenceFor`': chosenBy(source, sharpness),
    'the same, knowing no person': chosenBy(source, 0),
    "the item's most frequent aspect": ({ row, sentences }) =>
      top(sentences, (aspect) => source.of(row.item).get(aspect) ?? 0),
    'the most popular aspect': ({ sentences }) =>
      top(sentences, (aspect) => baseOf(source).mean.get(aspect) ?? 0),
    'a random sentence': ({ row, sentences }) =>
      sentences[Math.floor(personRandom(1, row.review)() * sentences.length)],
  };
}

// -------------------------------------------------------------------------------------------------- figures

/**
 * @param {Pair[]} pairs
 * @param {System} system
 */
function measured(pairs, system) {
  const chosen = pairs.map((pair) => system(pair));
  const figures = chosen.map((sentence, i) => figuresOf(pairs[i], sentence));
  const lists = chosen.map(({ text }) => featuresIn(text));
  return {
    figures,
    fcr: new Set(lists.flat()).size / features.length,
    div: sharedFeatures(lists),
    usr: new Set(chosen.map(({ text }) => text)).size / chosen.length,
  };
}

/** @param {Pair[]} pairs @param {Record<string, System>} systems */
function tableOf(pairs, systems) {
  const found = Object.entries(systems).map(([name, system]) => ({ name, ...measured(pairs, system) }));
  const own = byPerson(
    pairs,
    found[0].figures.map(({ hit }) => hit),
  );
  const reach = mean(
    pairs.map((pair) => Math.max(...pair.sentences.map((sentence) => figuresOf(pair, sentence).hit))),
  );
  const lines = found.map(({ name, figures, fcr, div, usr }, i) => {
    const of = (/** @type {keyof Figures} */ key) => figure(mean(figures.map((each) => each[key])));
    const hits = byPerson(
      pairs,
      figures.map(({ hit }) => hit),
    );
    const less = i === 0 ? '' : interval(pairedBootstrap(own, hits));
    return [
      name,
      of('hit'),
      less,
      figure(fcr),
      figure(div),
      figure(usr),
      of('rouge1'),
      of('rougeL'),
      of('said1'),
    ];
  });
  const head = ['', 'FMR', 'ours less it', 'FCR', 'DIV', 'USR', 'ROUGE-1', 'ROUGE-L', 'ROUGE-1, sentences'];
  return [
    markdownTable(head, lines),
    '',
    `The best that the kept sentences allow: FMR ${figure(reach)}.`,
  ].join('\n');
}

/**
 * @typedef {{ sign: number, polarity: number }} Signed sign: of the data's lexicon
 */

/**
 * Signs against the lexicon's: how many are told, and of those how many are right, beside calling all
 * positive.
 * @param {string} label
 * @param {Signed[]} seen
 */
function signRow(label, seen) {
  const told = seen.filter(({ polarity }) => polarity !== 0);
  const right = (/** @type {Signed[]} */ list) =>
    list.filter(({ sign, polarity }) => sign === polarity).length;
  const [negative, positive] = [-1, 1].map((kind) => seen.filter(({ sign }) => sign === kind));
  const said = seen.filter(({ polarity }) => polarity < 0).length;
  const share = (/** @type {number} */ part, /** @type {number} */ all) =>
    all > 0 ? figure(part / all) : '';
  return [
    label,
    String(seen.length),
    String(negative.length),
    share(told.length, seen.length),
    share(right(told), told.length),
    share(told.filter(({ sign }) => sign > 0).length, told.length),
    share(right(negative), negative.length),
    share(right(negative), said),
    share(2 * right(negative), negative.length + said),
    figure((right(negative) / negative.length + right(positive) / positive.length) / 2),
  ];
}

/** Sentences that the data's lexicon gives one sign throughout. */
const signs = said.reduce((map, { review, sentence, score }) => {
  const key = `${review} ${sentence.trim()}`;
  const sign = Number(score);
  return map.set(key, {
    review,
    text: sentence.trim(),
    sign: (map.get(key)?.sign ?? sign) === sign ? sign : 0,
  });
}, /** @type {Map<string, { review: string, text: string, sign: number }>} */ (new Map()));
const signed = [...signs.values()].filter(({ sign }) => sign !== 0);

/** Sentences of reviews held out, whose ratings are hidden or known. */
function heldOutSigns() {
  const { told } = corpusOf(reviews, { items: itemOf, people: 5 });
  const leans = leansOf(told);
  const of = new Map(rows.map((row) => [row.review, row]));
  return ['validation', 'test'].flatMap((split) =>
    [false, true].map((isKnown) =>
      signRow(
        `${split}, rating ${isKnown ? 'known' : 'hidden'}`,
        signed.flatMap(({ review, text, sign }) => {
          const row = of.get(review);
          if (row?.split !== split) return [];
          return { sign, polarity: polarityOf(wordsOf(text), isKnown ? row.rating : null, leans) };
        }),
      ),
    ),
  );
}

/**
 * The same of the sentences of an evidence file.
 * @param {string} name
 * @param {import('../../dist/evidence.js').Evidence} evidence
 */
async function keptSigns(name, evidence) {
  const byText = new Map(signed.map(({ text, sign }) => [text, sign]));
  /** @type {Signed[]} */ const seen = [];
  for (const id of evidence.ids())
    for (const { text, polarity } of await evidence.sentences(id)) {
      const sign = byText.get(text);
      if (sign !== undefined) seen.push({ polarity, sign });
    }
  return signRow(`kept, ${name}`, seen);
}

/**
 * What a person's own reviews of before speak of, which a device does not have: lifts over the catalogue,
 * shrunk by five sentences that say what all say.
 * @param {any} source
 * @param {string[]} names of the aspects
 * @returns {(user: string) => Map<string, number>}
 */
function writtenBefore(source, names) {
  const lexicon = lexiconOf(
    new Map(names.map((name) => [name, words.get(name) ?? [name, `${name}s`]])),
    wordsOf,
  );
  const base = baseOf(source).mean;
  return (user) => {
    /** @type {Map<string, number>} */ const counts = new Map();
    let all = 0;
    for (const row of train.filter((each) => each.user === user))
      for (const aspect of aspectsIn(wordsOf(row.text), lexicon)) {
        counts.set(names[aspect], (counts.get(names[aspect]) ?? 0) + 1);
        all++;
      }
    return new Map(
      names.map((name) => {
        const usual = base.get(name) ?? 1e-9;
        return [name, ((counts.get(name) ?? 0) + 5 * usual) / (all + 5) / usual];
      }),
    );
  };
}

/**
 * What `evidenceFor` does without a persona, by what the person wrote before in its place.
 * @param {any} source
 * @param {(user: string) => Map<string, number>} liftsOf
 * @param {number} power
 * @returns {System}
 */
const chosenByWriting =
  (source, liftsOf, power) =>
  ({ profile, row, user, sentences }) => {
    const cares = caresOfItem(profile, null, row.item, source, 0);
    const lifts = liftsOf(user);
    return best(sentences, ({ aspects }) =>
      aspects.reduce(
        (sum, aspect) => sum + (cares.get(aspect)?.share ?? 0) * (lifts.get(aspect) ?? 1) ** power,
        0,
      ),
    );
  };

/** @type {string[][]} */ const signRows = heldOutSigns();
const blocks = [];
const grid = [0, 0.15, 0.25, 0.5, 1];
/** @type {string[][]} */ const tried = [];
for (const { name, options } of kinds) {
  const made = makeEvidence(reviews, options);
  const evidence = await loadEvidence(made.bytes);
  const source = /** @type {any} */ (evidence).source;
  const validation = await pairsOf(evidence, 'validation');
  const hitsOf = (/** @type {System} */ system) =>
    figure(mean(measured(validation.pairs, system).figures.map(({ hit }) => hit)));
  const before = writtenBefore(source, made.aspects);
  tried.push(
    [name, ...grid.map((power) => hitsOf(chosenBy(source, power)))],
    [
      `${name}: what the person wrote before instead of a persona`,
      ...grid.map((power) => hitsOf(chosenByWriting(source, before, power))),
    ],
  );
  signRows.push(await keptSigns(name, evidence));
  const { pairs, all } = await pairsOf(evidence, 'test');
  const people = new Set(pairs.map(({ user }) => user)).size;
  const two = makeEvidence(reviews, { ...options, perItem: 2 });
  const size = gzipSync(two.bytes, { level: 9 }).length;
  const full = gzipSync(made.bytes, { level: 9 }).length;
  blocks.push(
    `With ${name}: ${pairs.length} pairs of ${people} people (of ${all}; items of fewer than 5 people ` +
      `have no sentences), ${made.sentences} sentences of ${made.items} items, ${full} bytes gzip.`,
    '',
    tableOf(pairs, systemsOf(source)),
    '',
    ...(made.found === 'learnt' ? [`The first 40 learnt: ${made.aspects.slice(0, 40).join(', ')}.`, ''] : []),
    `At two sentences an item: ${size} bytes gzip for ${two.items} items, ` +
      `${Math.round((size / two.items) * 1000)} for 1,000.`,
    '',
  );
}
model.dispose();

publish(
  'evidence',
  [
    'Amazon Musical Instruments (5-core): reviews of the training split make the evidence file and the',
    'model;',
    'for each review held out in which the person wrote about one or more of 107 features, a sentence of the',
    'item is chosen from the history alone. FMR: it speaks of a feature that the person wrote about. FCR:',
    'share of all features that some chosen sentence has. DIV: features that two chosen sentences share (low',
    'is good).',
    "USR: different sentences. ROUGE F against the person's whole review, and against its sentences about",
    'features. Differences are paired, 95 % over people.',
    '',
    'FMR on validation by the power s of the persona (the room has ' + `${sharpness}):`,
    '',
    markdownTable(['', ...grid.map((power) => `s = ${power}`)], tried),
    '',
    ...blocks,
    "Signs of sentences against those of the data's lexicon, which has many wrong ones (*more expensive*",
    'counts against): told is how many get a sign at all; right and all positive are shares of those.',
    '',
    markdownTable(
      [
        '',
        'sentences',
        'negative',
        'told',
        'right',
        'all positive',
        'negative: recall',
        'precision',
        'F1',
        'balanced accuracy',
      ],
      signRows,
    ),
    '',
    'Published, on other data (TripAdvisor Hong Kong, one feature a text, texts that a network writes; from',
    "the authors' logs), so not to be compared: PETER FMR .069, FCR .107, DIV 3.10, USR .061, ROUGE-1 16.6",
    '(of 100); with the true feature given .886; PEPLER .062; NETE with the feature given .770.',
  ].join('\n'),
  { write },
);
