// Owns which film of the catalogue is meant by a title and a year. Must forgive how they are written, and
// must not guess between two films.

/** @typedef {import('./exports.js').Mention} Mention */
/** @typedef {{ item: string, year: number | undefined }} Film */

/**
 * A title as it is compared: no accents, capitals, signs or article, "Godfather, The" put right.
 * @param {string} title
 */
export function plainTitle(title) {
  return title
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/^(.*), (the|a|an|la|le|les|il|el|der|die|das)$/, '$2 $1')
    .replace(/&/g, ' and ')
    .replace(/['’`]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:the|a|an|la|le|les|il|el|der|die|das) (?=.)/, '');
}

/**
 * Whether two texts are at most so many letters apart: left out, put in, or other ones.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
function isNear(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return false;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] <= most;
}

/** The films of a catalogue, by title and year. */
export class Catalogue {
  /** @type {Map<string, Film[]>} */ #films = new Map();
  /** @type {Map<number, [title: string, film: Film][]>} */ #years = new Map();
  #ids;

  /** @param {Iterable<{ item: string, title: string }>} items titles may end in a year: "Alien (1979)" */
  constructor(items) {
    this.#ids = new Set();
    for (const { item, title } of items) {
      this.#ids.add(item);
      const [, name, digits] = /^(.*?)\s*(?:\((\d{4})\))?\s*$/.exec(title) ?? [];
      const year = digits ? Number(digits) : undefined;
      const plain = plainTitle(name ?? title),
        film = { item, year };
      this.#films.set(plain, [...(this.#films.get(plain) ?? []), film]);
      if (year) this.#years.set(year, [...(this.#years.get(year) ?? []), [plain, film]]);
    }
  }

  /**
   * Films of this year, or else of the year before or after: programs differ by one. Without a year a title
   * must be the only one of its kind.
   * @param {Film[]} films
   * @param {number | undefined} year
   */
  #ofYear(films, year) {
    if (year === undefined) return films.length === 1 ? films : [];
    const near = (/** @type {number} */ years) =>
      films.filter((film) => film.year === undefined || Math.abs(film.year - year) <= years);
    return near(0).length > 0 ? near(0) : near(1);
  }

  /**
   * @param {string} given
   * @param {number | undefined} year
   */
  #find(given, year) {
    const [, name, digits] = /^(.*?)\s*(?:\((\d{4})\))?\s*$/.exec(given) ?? [];
    const plain = plainTitle(name ?? given),
      when = year ?? (digits ? Number(digits) : undefined);
    if (plain === '') return undefined;
    // The part before a colon or a dash: "Star Wars: Episode IV" is "Star Wars" of the same year.
    const short = plainTitle((name ?? given).split(/: | [-–—] /)[0]);
    const same = this.#ofYear(this.#films.get(plain) ?? [], when);
    const shorter = when ? this.#ofYear(this.#films.get(short) ?? [], when) : [];
    const found = same.length > 0 ? same : shorter.length > 0 ? shorter : this.#misspelt(plain, when);
    return found.length === 1 ? found[0].item : undefined;
  }

  /**
   * @param {string} plain
   * @param {number | undefined} year
   */
  #misspelt(plain, year) {
    const most = plain.length < 6 ? 0 : plain.length < 14 ? 1 : 2;
    if (year === undefined || most === 0) return [];
    return [year, year - 1, year + 1]
      .flatMap((when) => this.#years.get(when) ?? [])
      .filter(([title]) => isNear(title, plain, most))
      .map(([, film]) => film);
  }

  /**
   * The item that is meant, or undefined: there is none, or several may be meant.
   * @param {Mention} mention
   */
  item({ id, titles, year }) {
    if (id && this.#ids.has(id)) return id;
    for (const title of titles) {
      const found = this.#find(title, year);
      if (found) return found;
    }
  }
}

/**
 * Mentions as events. What is mentioned often is one event, the last that says how it was liked; of music,
 * where something is heard again, how often says how sure it is.
 * @param {Catalogue} catalogue
 * @param {Mention[]} mentions
 */
export function matched(catalogue, mentions) {
  /** @type {Map<string, import('ampcf').HistoryEvent>} */
  const events = new Map();
  /** @type {Map<string, number>} */
  const times = new Map();
  /** @type {Set<string>} */
  const unmatched = new Set();
  for (const mention of mentions) {
    const item = catalogue.item(mention);
    if (!item) {
      const name = mention.titles[0] || mention.id || '';
      unmatched.add(mention.year ? `${name} (${mention.year})` : name);
      continue;
    }
    times.set(item, (times.get(item) ?? 0) + 1);
    const preference = mention.preference ?? events.get(item)?.preference ?? 1;
    events.set(item, {
      item,
      preference,
      at: mention.at ?? events.get(item)?.at ?? null,
      weight: Math.min(4, 1 + Math.log2(times.get(item) ?? 1) / 2),
    });
  }
  return { events: [...events.values()], unmatched: [...unmatched] };
}
