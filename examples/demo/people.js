// Owns: the demo's synthetic people - twelve tastes, how well a film fits one, and seeded viewing histories.
// Must not: read files or clocks, use unseeded randomness, keep state, or pass its people off as real
// viewers.

/**
 * The film facts (title, year, genres) are real; everything else here is invented. No person, viewing,
 * popularity or taste below was measured. The people exist so that the demo has histories whose true tastes
 * are known: a model can then be asked whether it found the 10 % taste of a 90/10 person, which no public
 * data set can answer.
 * @typedef {{ item: string, title: string, genres: string[] }} Film
 * @typedef {{ id: string, name: string, genres: Record<string, number>, avoid: string[] }} Taste
 * @typedef {{ taste: string, share: number }} TasteShare   shares of one person sum to 1, largest first
 * @typedef {{ item: string, taste: string | null, at: number }} Viewing   taste null: noise; at: unix seconds
 * @typedef {{ id: string, tastes: TasteShare[], history: Viewing[] }} Person
 */

/**
 * The twelve tastes. A defining genre weighs about 1, a companion genre 0.1 to 0.4, so that a companion alone
 * never makes a strong fit. `avoid` lists the genres by which a neighbouring taste claims the same film;
 * pairs that viewers do share (science fiction with horror, animation with fantasy) are left out of it, so
 * that tastes overlap.
 * @type {ReadonlyArray<Taste>}
 */
export const tastes = Object.freeze([
  {
    id: 'film-noir',
    name: 'Film noir',
    genres: { 'Film noir': 1.1, Crime: 0.15, Mystery: 0.2, Thriller: 0.15, Drama: 0.1 },
    avoid: ['Animation', 'Documentary', 'Musical', 'Western'],
  },
  {
    id: 'science-fiction',
    name: 'Science fiction',
    genres: { 'Science fiction': 1.1, Action: 0.2, Adventure: 0.2, Thriller: 0.2, Mystery: 0.1 },
    avoid: ['Documentary', 'Musical', 'Romance', 'Western'],
  },
  {
    id: 'animation',
    name: 'Animation',
    genres: { Animation: 1.1, Family: 0.3, Fantasy: 0.2, Adventure: 0.2, Comedy: 0.1 },
    avoid: ['Crime', 'Documentary', 'Horror'],
  },
  {
    id: 'horror',
    name: 'Horror',
    genres: { Horror: 1.1, Thriller: 0.2, Mystery: 0.2, 'Science fiction': 0.1, Fantasy: 0.1 },
    avoid: ['Animation', 'Comedy', 'Documentary', 'Family', 'Musical'],
  },
  {
    id: 'romantic-comedy',
    name: 'Romantic comedy',
    genres: { Romance: 0.7, Comedy: 0.6 },
    avoid: [
      'Action',
      'Animation',
      'Crime',
      'Fantasy',
      'Film noir',
      'Horror',
      'Musical',
      'Science fiction',
      'War',
      'Western',
    ],
  },
  {
    id: 'war-history',
    name: 'War and history',
    genres: { War: 1, History: 0.8, Drama: 0.2, Action: 0.1 },
    avoid: ['Animation', 'Comedy', 'Documentary', 'Fantasy', 'Musical', 'Science fiction', 'Western'],
  },
  {
    id: 'western',
    name: 'Western',
    genres: { Western: 1.1, Action: 0.2, Adventure: 0.2, Drama: 0.1 },
    avoid: ['Animation', 'Horror', 'Musical', 'Science fiction'],
  },
  {
    id: 'musical',
    name: 'Musical',
    genres: { Musical: 1.1, Romance: 0.2, Comedy: 0.2, Drama: 0.1, Family: 0.1 },
    avoid: ['Animation', 'Documentary', 'Horror'],
  },
  {
    id: 'crime-thriller',
    name: 'Crime and thriller',
    genres: { Crime: 0.8, Thriller: 0.7, Mystery: 0.3, Action: 0.2, Drama: 0.1 },
    avoid: [
      'Animation',
      'Comedy',
      'Documentary',
      'Film noir',
      'Horror',
      'Romance',
      'Science fiction',
      'War',
      'Western',
    ],
  },
  {
    id: 'fantasy-adventure',
    name: 'Fantasy and adventure',
    genres: { Fantasy: 0.9, Adventure: 0.7, Family: 0.1, Action: 0.2 },
    avoid: ['Crime', 'Documentary', 'Drama', 'Horror', 'Science fiction', 'War', 'Western'],
  },
  {
    id: 'art-house',
    name: 'Art-house drama',
    genres: { Drama: 1, Romance: 0.2, Mystery: 0.1, Family: 0.1 },
    avoid: [
      'Action',
      'Adventure',
      'Animation',
      'Comedy',
      'Crime',
      'Documentary',
      'Fantasy',
      'Film noir',
      'History',
      'Horror',
      'Musical',
      'Science fiction',
      'Sport',
      'Thriller',
      'War',
      'Western',
    ],
  },
  {
    id: 'documentary',
    name: 'Documentary',
    genres: { Documentary: 1.1, History: 0.2, War: 0.1, Sport: 0.2, Crime: 0.1 },
    avoid: ['Animation', 'Fantasy', 'Horror'],
  },
]);

const AVOIDED = 0.3;
const SHARPNESS = 3;
const FAME_SPREAD = 0.9;
const NOISE = 0.05;
const MIN_HISTORY = 20;
const MAX_HISTORY = 80;
const MIN_MINORITY = 3;
const LONG_HISTORY = 40;
const WATCHED_OUT = 0.7;
const MIN_SHARE_PERCENT = 15;

const YEAR_START = 1704067200; // 2024-01-01T00:00:00Z
const DAY = 86400;

// One block of twenty people: 6 with one taste, 8 with two, 4 with three, 2 with four. A number is a count of
// tastes
// with random shares, an array the fixed shares in percent.
const BLOCK = [
  1,
  1,
  1,
  1,
  1,
  1,
  [70, 30],
  [70, 30],
  [70, 30],
  [90, 10],
  [90, 10],
  [90, 10],
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
];

// Second seed word of each use of the generator: no two uses may ever share a stream.
const STREAM = { fame: 1, block: 2, person: 3 };

/**
 * How well a film fits a taste, in [0, 1]:
 *
 *     min(1, sum of the taste's weights over the film's genres / sqrt(number of genres)) * (0.3 if a genre is
 *     avoided)
 *
 * The square root lies between a sum, which favours films with long genre lists, and a mean, which would rank
 * `Film noir|Crime|Drama` below a film that is only `Crime` for somebody who watches noir.
 * @param {{ genres: string[] }} film   duplicates in `genres` are the caller's mistake
 * @param {Taste} taste
 * @returns {number}   0 for a film without genres
 */
export function affinity(film, taste) {
  let sum = 0;
  let factor = 1;
  for (const genre of film.genres) {
    sum += taste.genres[genre] ?? 0;
    if (taste.avoid.includes(genre)) factor = AVOIDED;
  }
  return sum === 0 ? 0 : factor * Math.min(1, sum / Math.sqrt(film.genres.length));
}

/**
 * Invent people and their viewing histories over a real catalogue.
 *
 * Tastes. Of every twenty people six have one taste, eight two (three of them 70/30, three 90/10, two
 * random), four three and two four; random shares are whole percents of at least 15. Which tastes is uniform.
 * The twenty are mixed, so that a split by index (every fifth person, say) does not select a kind of person.
 *
 * Histories. An event is noise with probability 0.05 and otherwise belongs to a taste drawn by share. Its
 * film is drawn among those not yet seen, with probability proportional to affinity^3 * fame, or to fame
 * alone for noise. Fame is invented: exp(0.9 z), z normal, from a hash of item and seed. The finished events
 * are shuffled before they get their times: films drawn without replacement grow less famous, and recency
 * must not become a clue to fame.
 *
 * Length. Uniform from 20 to 80 films, with two corrections:
 *   - nobody is asked for more than 70 % of the films that fit a taste well (affinity at least half of the
 *   taste's
 *     maximum): labelled leftovers would blur the taste. People of few, narrow tastes have shorter histories;
 *   - 90/10 people start from 40 films (or from that limit if it is lower), and if chance still leaves the
 *   minority
 *     taste fewer than 3 events, events of the majority are handed over. This lifts its mean share slightly
 *     over 10 %.
 * Should a taste run out of films it fits at all, which needs a tiny catalogue, the event turns into noise.
 *
 * The result depends on the seed and on the set of films, not on their order, and the first n people of a
 * larger request are the n people of a smaller one. Cost: O(people * history * films), half a second for 4000
 * and 950 films.
 * @param {Film[]} films   at least 20, with distinct `item`; not modified
 * @param {{ people?: number, seed?: number }} [options]   seed: an integer from 0 to 2^32 - 1
 * @returns {Person[]}
 * @throws {RangeError} too few films, duplicate items, or an option out of range
 */
export function demoPeople(films, { people = 4000, seed = 1 } = {}) {
  if (!Number.isInteger(people) || people < 0)
    throw new RangeError(`people must be an integer >= 0, got ${people}`);
  if (!Number.isInteger(seed) || seed !== seed >>> 0)
    throw new RangeError(`seed must be a uint32, got ${seed}`);
  const world = prepare(films, seed);

  const persons = [];
  let block = [];
  for (let n = 0; n < people; n++) {
    if (n % BLOCK.length === 0) block = shuffle([...BLOCK], sfc32(seed, STREAM.block, n));
    persons.push(person(world, n, block[n % BLOCK.length], sfc32(seed, STREAM.person, n)));
  }
  return persons;
}

/**
 * What all people of one call share.
 * @typedef {object} World
 * @property {string[]} items            sorted, so that the caller's order has no influence
 * @property {Float64Array} fame         [items]
 * @property {Float64Array[]} weights    [tastes][items], affinity^3 * fame
 * @property {number[]} strong           [tastes], films with at least half of the taste's greatest affinity
 * @param {Film[]} films
 * @param {number} seed
 * @returns {World}
 */
function prepare(films, seed) {
  if (films.length < MIN_HISTORY)
    throw new RangeError(`need ${MIN_HISTORY} films or more, got ${films.length}`);
  // Not localeCompare: the order must not depend on the machine's locale.
  const sorted = [...films].sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0));
  const twin = sorted.findIndex((film, i) => i > 0 && film.item === sorted[i - 1].item);
  if (twin >= 0) throw new RangeError(`duplicate item ${sorted[twin].item}`);

  const fame = Float64Array.from(sorted, (film) => fameOf(film.item, seed));
  const weights = [];
  const strong = [];
  for (const taste of tastes) {
    const fit = sorted.map((film) => affinity(film, taste));
    const best = fit.reduce((a, b) => Math.max(a, b), 0);
    strong.push(fit.filter((a) => a > 0 && a >= best / 2).length);
    weights.push(Float64Array.from(fit, (a, i) => a ** SHARPNESS * fame[i]));
  }
  return { items: sorted.map((film) => film.item), fame, weights, strong };
}

/**
 * @param {World} world
 * @param {number} n   0-based number of the person
 * @param {number | number[]} kind   an entry of BLOCK
 * @param {() => number} random
 * @returns {Person}
 */
function person(world, n, kind, random) {
  const percents = typeof kind === 'number' ? randomPercents(kind, random) : kind;
  const chosen = shuffle(
    tastes.map((_, t) => t),
    random,
  ).slice(0, percents.length);
  const isNinetyTen = percents[0] === 90;

  let longest = Math.min(MAX_HISTORY, world.items.length);
  percents.forEach((p, i) => {
    longest = Math.min(longest, Math.floor((WATCHED_OUT * world.strong[chosen[i]] * 100) / p));
  });
  longest = Math.max(longest, MIN_HISTORY);
  const shortest = Math.min(isNinetyTen ? LONG_HISTORY : MIN_HISTORY, longest);
  const length = shortest + below(longest - shortest + 1, random);

  const slots = drawSlots(percents, length, random);
  if (isNinetyTen) giveMinority(slots, random);

  const seen = new Uint8Array(world.items.length);
  const events = slots.map((slot) => {
    let taste = slot < 0 ? null : tastes[chosen[slot]].id;
    let film = slot < 0 ? -1 : pickUnseen(world.weights[chosen[slot]], seen, random);
    if (film < 0) {
      taste = null;
      film = pickUnseen(world.fame, seen, random);
    }
    seen[film] = 1;
    return { item: world.items[film], taste };
  });
  shuffle(events, random);

  const times = drawTimes(length, random);
  return {
    id: `p${String(n + 1).padStart(4, '0')}`,
    tastes: percents.map((p, i) => ({ taste: tastes[chosen[i]].id, share: p / 100 })),
    history: events.map((event, i) => ({ ...event, at: times[i] })),
  };
}

/**
 * Shares of at least 15 % each, the rest split uniformly over the simplex. Whole percents, because they are
 * shown.
 * @param {number} count
 * @param {() => number} random
 * @returns {number[]} largest first, summing to 100
 */
function randomPercents(count, random) {
  // Normalised exponential variates are a flat Dirichlet sample.
  const parts = Array.from({ length: count }, () => -Math.log(1 - random()));
  const sum = parts.reduce((a, b) => a + b, 0);
  const spare = 100 - count * MIN_SHARE_PERCENT;
  const percents = parts.map((part) => MIN_SHARE_PERCENT + Math.floor((spare * part) / sum));
  percents.sort((a, b) => b - a);
  percents[0] += 100 - percents.reduce((a, b) => a + b, 0);
  return percents;
}

/**
 * @param {number[]} percents
 * @param {number} length
 * @param {() => number} random
 * @returns {number[]} for each event the index of its share, or -1 for noise
 */
function drawSlots(percents, length, random) {
  return Array.from({ length }, () => {
    if (random() < NOISE) return -1;
    let left = random() * 100;
    // The last share takes whatever is left, so that rounding cannot fall off the end.
    for (let i = 0; i < percents.length - 1; i++) {
      left -= percents[i];
      if (left < 0) return i;
    }
    return percents.length - 1;
  });
}

/**
 * Hand majority events (0) to the minority (1) until it has MIN_MINORITY: with fewer there is nothing to
 * recognise.
 * @param {number[]} slots   changed in place
 * @param {() => number} random
 */
function giveMinority(slots, random) {
  let missing = MIN_MINORITY - slots.filter((slot) => slot === 1).length;
  const majority = slots.flatMap((slot, i) => (slot === 0 ? [i] : []));
  while (missing-- > 0 && majority.length > 0) {
    slots[majority.splice(below(majority.length, random), 1)[0]] = 1;
  }
}

/**
 * @param {Float64Array} weights   [items], >= 0
 * @param {Uint8Array} seen        [items]
 * @param {() => number} random
 * @returns {number} an index with probability proportional to its weight, -1 if no unseen film has any
 */
function pickUnseen(weights, seen, random) {
  let total = 0;
  for (let i = 0; i < weights.length; i++) if (!seen[i]) total += weights[i];
  let left = random() * total;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (seen[i] || weights[i] === 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

/**
 * @param {number} length
 * @param {() => number} random
 * @returns {number[]} strictly increasing unix seconds within 2024, spread over three to eleven months
 */
function drawTimes(length, random) {
  const days = 90 + below(240, random);
  const start = YEAR_START + below((360 - days) * DAY, random);
  const times = Array.from({ length }, () => start + below(days * DAY, random)).sort((a, b) => a - b);
  // Two events may fall in one second; the five days kept free at the year's end are room for the correction.
  for (let i = 1; i < length; i++) times[i] = Math.max(times[i], times[i - 1] + 1);
  return times;
}

/**
 * An invented popularity, log-normal so that a few films are in many histories and most in few. Hashed from
 * the item rather than drawn in sequence: adding or moving a film must not change the fame of the others.
 * @param {string} item
 * @param {number} seed
 * @returns {number}
 */
function fameOf(item, seed) {
  const random = sfc32(seed, STREAM.fame, fnv1a(item));
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()); // Box-Muller
  return Math.exp(FAME_SPREAD * normal);
}

/**
 * FNV-1a, 32 bit (Fowler, Noll, Vo), over UTF-16 code units; slugs are ASCII, for which these are the bytes.
 * @param {string} text
 * @returns {number}
 */
function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * sfc32, "small fast counting" generator, by Chris Doty-Humphrey, from PractRand (public domain). Chosen over
 * smaller ones for its three seed words: (seed, stream, number) makes every person an independent stream
 * without hashing.
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @returns {() => number} uniform in [0, 1)
 */
function sfc32(a, b, c) {
  let counter = 1;
  const next = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return (out >>> 0) / 4294967296;
  };
  // Neighbouring seeds need some rounds before their outputs part.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/**
 * @param {number} n
 * @param {() => number} random
 * @returns {number} an integer from 0 to n - 1
 */
function below(n, random) {
  return Math.floor(random() * n);
}

/**
 * Fisher-Yates.
 * @template T
 * @param {T[]} list   changed in place
 * @param {() => number} random
 * @returns {T[]} the same array
 */
function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(i + 1, random);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
