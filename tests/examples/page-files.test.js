// Owns the tests of what the demo page makes of files that people bring: which program wrote them, and which
// film is meant. Must not need a browser.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCsv } from '../../examples/page/csv.js';
import { peopleIn, readExport } from '../../examples/page/exports.js';
import { Catalogue, matched, plainTitle } from '../../examples/page/match.js';
import { loadFilms } from '../../examples/demo/train.js';

const films = new Catalogue(await loadFilms());
const music = new Catalogue([
  { item: 'nina', title: 'Nina Simone' },
  { item: 'strange', title: 'Billie Holiday - Strange Fruit' },
]);
const alien = 'alien-1979',
  shining = 'the-shining-1980';
const seconds = (/** @type {string} */ date) => Date.parse(date) / 1000;

/**
 * @param {string} text
 * @param {Catalogue} catalogue
 */
function brought(text, catalogue = films) {
  const { program, mentions } = readExport(text);
  const { events, unmatched } = matched(catalogue, mentions);
  return {
    program,
    liked: Object.fromEntries(events.map(({ item, preference }) => [item, Number(preference?.toFixed(3))])),
    at: Object.fromEntries(events.map(({ item, at }) => [item, at])),
    weight: Object.fromEntries(events.map(({ item, weight }) => [item, weight])),
    unmatched,
  };
}

describe('exports of other programs', () => {
  test('Letterboxd: ratings, and what was only watched', () => {
    const rated = brought(
      'Date,Name,Year,Letterboxd URI,Rating\n' +
        '2024-01-01,Alien,1979,https://boxd.it/a,5\r\n' +
        '2024-01-02,"Shining, The",1980,https://boxd.it/b,0.5\n' +
        '2024-01-03,"A, ""quoted"" film",2001,https://boxd.it/c,4\n',
    );
    assert.equal(rated.program, 'Letterboxd');
    assert.deepEqual(rated.liked, { [alien]: 1, [shining]: -1 });
    assert.equal(rated.at[alien], seconds('2024-01-01'));
    assert.deepEqual(rated.unmatched, ['A, "quoted" film (2001)']);
    assert.deepEqual(
      brought('Date,Name,Year,Letterboxd URI\n2024-01-01,Alien,1979,https://boxd.it/a').liked,
      { [alien]: 1 },
    );
    const diary = 'Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n';
    assert.equal(
      brought(`${diary}2024-01-02,Alien,1979,u,4,Yes,,2023-12-31`).at[alien],
      seconds('2023-12-31'),
    );
  });

  test('IMDb: a title or the original one, stars to ten', () => {
    const { program, liked } = brought(
      'Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,' +
        'Genres,Num Votes,Release Date,Directors\n' +
        'tt1,10,2020-02-02,Alien,Alien,u,Movie,8.5,117,1979,"Horror, Sci-Fi",1,1979-05-25,R\n' +
        'tt2,1,2020-02-02,El resplandor,The Shining,u,Movie,8.4,146,1980,Horror,1,1980-05-23,S\n',
    );
    assert.deepEqual([program, liked], ['IMDb', { [alien]: 1, [shining]: -1 }]);
  });

  test('Goodreads: the year of the work, no stars are none, and what is to be read is not read', () => {
    const header =
      'Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,' +
      'Binding,Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,' +
      'Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Owned Copies\n';
    const book = (/** @type {string} */ title, /** @type {number} */ stars, /** @type {string} */ shelf) =>
      `1,"${title}",A,"A, B",,"=""1""","=""1""",${stars},4,P,Paper,300,2001,1980,2023/01/05,2023/01/01,,,` +
      `${shelf},,,,1,0\n`;
    const catalogue = new Catalogue([
      { item: 'one', title: 'The Shining' },
      { item: 'two', title: 'Ubik' },
    ]);
    const { program, liked, unmatched } = brought(
      `${header}${book('The Shining (The Shining, #1)', 5, 'read')}${book('Ubik', 0, 'read')}` +
        book('Emma', 3, 'to-read'),
      catalogue,
    );
    assert.deepEqual([program, liked, unmatched], ['Goodreads', { one: 1, two: 1 }, []]);
  });

  test('Trakt: ratings and what was watched', () => {
    const movie = { title: 'Alien', year: 1979, ids: { trakt: 1, slug: 'alien-1979' } };
    const rated = brought(
      JSON.stringify([
        { rated_at: '2020-01-01T00:00:00.000Z', rating: 10, type: 'movie', movie },
        {
          rated_at: '2020-01-01T00:00:00.000Z',
          rating: 10,
          type: 'show',
          show: { title: 'Show', year: 2001 },
        },
      ]),
    );
    assert.deepEqual([rated.program, rated.liked], ['Trakt', { [alien]: 1 }]);
    assert.equal(rated.at[alien], seconds('2020-01-01'));
    assert.deepEqual(
      brought(JSON.stringify([{ plays: 2, last_watched_at: '2020-01-01T00:00:00.000Z', movie }])).liked,
      { [alien]: 1 },
    );
  });

  test('Spotify, both histories: what was left at once was not listened to', () => {
    const old = [
      { endTime: '2023-01-01 12:00', artistName: 'Nina Simone', trackName: 'Sinnerman', msPlayed: 200_000 },
      {
        endTime: '2023-01-01 12:00',
        artistName: 'Nina Simone',
        trackName: 'Feeling Good',
        msPlayed: 100_000,
      },
      { endTime: '2023-01-01 12:00', artistName: 'Nobody', trackName: 'Left', msPlayed: 1000 },
    ];
    const first = brought(JSON.stringify(old), music);
    assert.deepEqual([first.program, first.liked, first.unmatched], ['Spotify', { nina: 1 }, []]);
    assert.ok(Number(first.weight.nina) > 1, 'heard twice is surer');
    const extended = [
      {
        ts: '2023-01-01T12:00:00Z',
        ms_played: 90_000,
        master_metadata_track_name: 'Strange Fruit',
        master_metadata_album_artist_name: 'Billie Holiday',
      },
      {
        ts: '2023-01-01T12:00:00Z',
        ms_played: 90_000,
        master_metadata_track_name: null,
        episode_name: 'Talk',
      },
    ];
    assert.deepEqual(brought(JSON.stringify(extended), music).liked, { strange: 1 });
  });

  test('Last.fm, with a header and without', () => {
    const with_ = brought(
      'uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n' +
        '"1577836800","01 Jan 2020, 00:00","Nina Simone","","Pastel Blues","","Sinnerman",""\n',
      music,
    );
    assert.deepEqual([with_.program, with_.liked, with_.at], ['Last.fm', { nina: 1 }, { nina: 1577836800 }]);
    const bare = brought(
      'Billie Holiday,Best of,Strange Fruit,01 Jan 2020 00:00\nX,Y,Z,01 Jan 2020 00:01\n',
      music,
    );
    assert.deepEqual([bare.liked, bare.unmatched], [{ strange: 1 }, ['X - Z']]);
  });

  test('ratings of my own: by id, or by title; stars to 5, 10 or 100', () => {
    assert.deepEqual(brought(`item;rating\n${alien};10\n${shining};1\n`).liked, {
      [alien]: 1,
      [shining]: -1,
    });
    assert.deepEqual(brought('Title\tYear\tStars\nalien\t1979\t5\n').liked, { [alien]: 1 });
    assert.deepEqual(brought('\uFEFFtitle\nAlien (1979)\n').liked, { [alien]: 1 });
    assert.deepEqual(brought('title,rating\nAlien,100\nThe Shining,0\n').liked, {
      [alien]: 1,
      [shining]: -1,
    });
  });

  test('a file of many people is told from one of mine', () => {
    assert.equal(peopleIn('user,item,time\na,x,1\nb,x,2\nc,'), 2);
    assert.equal(peopleIn('Date,Name,Year,Letterboxd URI\n2024-01-01,Alien,1979,u\n'), 0);
  });

  test('what is none of them is said', () => {
    assert.throws(() => readExport('a,b\n1,2\n'), /got the columns a, b; wanted title or item/);
    assert.throws(() => readExport(''), /empty file/);
    assert.throws(() => readExport('{"a":1}'), /no list/);
    assert.throws(() => readExport('[{"a":1}]'), /unknown kind/);
    assert.throws(() => readCsv('a,b\n1,"never ends\n'), /line 2: got a quote that does not end/);
  });
});

describe('which film is meant', () => {
  test('by title and year, however they are written', () => {
    const item = (/** @type {string} */ title, /** @type {number | undefined} */ year) =>
      films.item({ titles: [title], year });
    assert.equal(item('SHINING', 1980), shining);
    assert.equal(item('The Shinning', 1981), shining);
    assert.equal(item('Amelie', 2001), item('Amélie', 2001));
    assert.equal(item('Alien', 1990), undefined, 'another year is another film');
    assert.equal(item('Alien (1979)', undefined), alien);
    assert.equal(item('', 1979), undefined);
    assert.equal(plainTitle('Godfather, The'), plainTitle('the godfather'));
    assert.equal(plainTitle('Fast & Furious'), plainTitle('Fast and Furious'));
  });

  test('two films of one name are told apart by the year, and not guessed without it', () => {
    const two = new Catalogue([
      { item: 'old', title: 'The Fly (1958)' },
      { item: 'new', title: 'The Fly (1986)' },
    ]);
    assert.equal(two.item({ titles: ['The Fly'], year: 1986 }), 'new');
    assert.equal(two.item({ titles: ['The Fly'], year: 1959 }), 'old');
    assert.equal(two.item({ titles: ['The Fly'] }), undefined);
  });
});
