// Owns what a file of mine says: which program wrote it, and what it says of each thing I watched, read or
// heard. Must not know the catalogue.
import { readCsv } from './csv.js';

/**
 * One line of an export, understood.
 * @typedef {object} Mention
 * @property {string[]} titles that it may be called by, best first
 * @property {string} [id] of the catalogue
 * @property {number} [year]
 * @property {number} [preference] -1 to 1; none: it was only watched
 * @property {number} [at] unix seconds
 */
/** @typedef {(cell: (name: string) => string) => Mention | undefined} ReadRow */

const numberOf = (/** @type {unknown} */ text) => {
  const value = Number(
    String(text ?? '')
      .trim()
      .replace(',', '.') || NaN,
  );
  return Number.isFinite(value) ? value : undefined;
};
const yearOf = (/** @type {unknown} */ text) => {
  const year = numberOf(text);
  return year && year > 1000 && year < 3000 ? Math.trunc(year) : undefined;
};
/**
 * Unix seconds, from a date or from seconds or milliseconds.
 * @param {unknown} text
 */
function timeOf(text) {
  const number = numberOf(text);
  if (number !== undefined && number > 1e8) return Math.trunc(number > 1e11 ? number / 1000 : number);
  const time = Date.parse(String(text ?? '').replaceAll('/', '-'));
  return Number.isFinite(time) && time > 0 ? Math.trunc(time / 1000) : undefined;
}
/**
 * Stars as a preference: the middle of the scale says nothing, its ends that it was liked or disliked.
 * @param {unknown} stars
 * @param {number} low
 * @param {number} high
 */
function preferenceOf(stars, low, high) {
  const value = numberOf(stars);
  if (value === undefined || value < low || value > high) return undefined;
  return (2 * value - low - high) / (high - low);
}

/** @type {{ name: string, columns: string[], read: ReadRow }[]} */
const tables = [
  {
    name: 'Letterboxd',
    columns: ['Name', 'Year', 'Letterboxd URI'],
    read: (cell) => ({
      titles: [cell('Name')],
      year: yearOf(cell('Year')),
      preference: preferenceOf(cell('Rating'), 0.5, 5),
      at: timeOf(cell('Watched Date') || cell('Date')),
    }),
  },
  {
    name: 'IMDb',
    columns: ['Const', 'Title', 'Year'],
    read: (cell) => ({
      titles: [cell('Title'), cell('Original Title')],
      year: yearOf(cell('Year')),
      preference: preferenceOf(cell('Your Rating'), 1, 10),
      at: timeOf(cell('Date Rated')),
    }),
  },
  {
    name: 'Goodreads',
    columns: ['Book Id', 'Title', 'My Rating'],
    read: (cell) =>
      cell('Exclusive Shelf') === 'to-read'
        ? undefined
        : {
            titles: [cell('Title'), cell('Title').replace(/\s*\([^()]*#[^()]*\)\s*$/, '')],
            year: yearOf(cell('Original Publication Year')) ?? yearOf(cell('Year Published')),
            preference: preferenceOf(cell('My Rating'), 1, 5), // 0: without stars
            at: timeOf(cell('Date Read') || cell('Date Added')),
          },
  },
  {
    name: 'Last.fm',
    columns: ['uts', 'artist', 'track'],
    read: (cell) => ({
      titles: [`${cell('artist')} - ${cell('track')}`, cell('artist')],
      at: timeOf(cell('uts')),
    }),
  },
];

/** @param {string[]} names */
const oneOf = (names) => (/** @type {string[]} */ header) =>
  names.map((name) => header.find((column) => column.toLowerCase() === name)).find((column) => column);
const own = {
  id: oneOf(['item', 'item_id', 'itemid', 'id', 'movieid', 'movie_id']),
  title: oneOf(['title', 'name', 'film', 'movie']),
  year: oneOf(['year', 'release year']),
  rating: oneOf(['rating', 'stars', 'score', 'my rating']),
  time: oneOf(['time', 'timestamp', 'date', 'at']),
  user: oneOf(['user', 'user_id', 'userid', 'person']),
};

/**
 * Ratings of no program in particular. Stars go up to 5, or to 10 or 100 where one is above that.
 * @param {string[]} header
 * @param {string[][]} rows
 * @returns {ReadRow | undefined}
 */
function ownTable(header, rows) {
  const [id, title, year, rating, time] = [own.id, own.title, own.year, own.rating, own.time].map((find) =>
    find(header),
  );
  if (!id && !title) return undefined;
  const at = rating ? header.indexOf(rating) : -1;
  const most = rows.reduce((max, row) => Math.max(max, numberOf(row[at]) ?? 0), 0);
  const high = [5, 10, 100].find((end) => most <= end) ?? most;
  return (cell) => ({
    id: id && cell(id),
    titles: title ? [cell(title)] : [],
    year: year ? yearOf(cell(year)) : undefined,
    preference: rating
      ? preferenceOf(cell(rating), high === 100 ? 0 : Math.min(1, high / 10), high)
      : undefined,
    at: time ? timeOf(cell(time)) : undefined,
  });
}

/**
 * @param {any} row of JSON: Trakt's ratings, history and collection; Spotify's two histories
 * @returns {Mention | undefined}
 */
function fromJson(row) {
  const movie = row?.movie;
  if (typeof movie?.title === 'string')
    return {
      titles: [movie.title],
      year: yearOf(movie.year),
      preference: preferenceOf(row.rating, 1, 10),
      at: timeOf(row.rated_at ?? row.watched_at ?? row.last_watched_at),
    };
  const artist = row?.artistName ?? row?.master_metadata_album_artist_name,
    track = row?.trackName ?? row?.master_metadata_track_name,
    played = row?.msPlayed ?? row?.ms_played ?? Infinity;
  // Spotify: what was left within half a minute was not listened to.
  if (typeof artist !== 'string' || typeof track !== 'string' || played < 30_000) return undefined;
  return { titles: [`${artist} - ${track}`, artist], at: timeOf(row.endTime ?? row.ts) };
}

/** @param {string} text */
function readJson(text) {
  const rows = JSON.parse(text);
  if (!Array.isArray(rows))
    throw new Error('got JSON that is no list, wanted the list that Trakt or Spotify writes');
  const isTrakt = rows.some((row) => row?.movie || row?.show);
  const isSpotify = rows.some(
    (row) => 'trackName' in (row ?? {}) || 'master_metadata_track_name' in (row ?? {}),
  );
  if (!isTrakt && !isSpotify && rows.length > 0)
    throw new Error('got JSON of an unknown kind, wanted the list that Trakt or Spotify writes');
  return {
    program: isTrakt ? 'Trakt' : 'Spotify',
    mentions: rows.map(fromJson).filter((row) => row !== undefined),
  };
}

/**
 * The people of a ratings file of many; 0: it names nobody.
 * @param {string} head its first lines
 */
export function peopleIn(head) {
  const [header = [], ...rows] = readCsv(head.slice(0, head.lastIndexOf('\n') + 1));
  const user = own.user(header);
  return user && own.id(header) ? new Set(rows.map((row) => row[header.indexOf(user)])).size : 0;
}

/**
 * @param {string} text of an export, or of ratings of my own
 * @returns {{ program: string, mentions: Mention[] }}
 * @throws {Error} that says what is wrong with it
 */
export function readExport(text) {
  if (/^\uFEFF?\s*[[{]/.test(text)) return readJson(text);
  const [header, ...rows] = readCsv(text);
  if (!header) throw new Error('got an empty file');
  const names = header.map((name) => name.trim());
  const known = tables.find(({ columns }) => columns.every((column) => names.includes(column)));
  // Last.fm, as another program writes it: no header, artist, album, track, time.
  const isBare = !known && header.length === 4 && timeOf(header[3]) !== undefined;
  const columns = isBare ? ['artist', 'album', 'track', 'uts'] : names;
  const read = known?.read ?? (isBare ? tables[3].read : ownTable(names, rows));
  if (!read)
    throw new Error(
      `got the columns ${names.slice(0, 6).join(', ')}; wanted title or item, or an export of ` +
        'Letterboxd, Trakt, Goodreads, IMDb, Spotify or Last.fm',
    );
  const place = new Map(columns.map((name, i) => [name, i]));
  const mentions = (isBare ? [header, ...rows] : rows).map((row) =>
    read((name) => row[place.get(name) ?? -1]?.trim() ?? ''),
  );
  return {
    program: known?.name ?? (isBare ? 'Last.fm' : 'ratings'),
    mentions: mentions.filter((mention) => mention !== undefined),
  };
}
