// Owns what the code blocks of documents may assume: a site with a model file, a model, a person, a tab,
// ratings. A block names what it needs in a comment before it. Must not hold what a reader would have to
// write.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainModel } from '../../dist/train.js';
import { demoPeople } from '../../examples/demo/people.js';
import { trainDemo } from '../../examples/demo/train.js';
import { films } from '../support.js';
import { root } from './documents.js';

const read = "(await import('node:fs')).readFileSync('films.ampcf')";

/**
 * What stands before a JavaScript block, and after it.
 * @type {Record<string, { before: string, after?: string }>}
 */
export const scripts = {
  films: {
    before: `Object.assign(globalThis, { location: new URL('http://localhost/') }); // as in a page
globalThis.fetch = async (url) => new Response(url === '/films.ampcf' ? ${read} : null);`,
  },
  model: { before: `const model = await (await import('ampcf')).loadModel(${read});` },
  me: { before: "const me = model.createProfile(['alien-1979', 'heat-1995', 'my-neighbor-totoro-1988']);" },
  localStorage: {
    before: `const origin = new Map();
Object.assign(globalThis, { localStorage: {
  getItem: (/** @type {string} */ key) => origin.get(key) ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ value) => void origin.set(key, String(value)),
} });`,
    after: `{
  const kept = Uint8Array.from(atob(origin.get('me')), (letter) => letter.charCodeAt(0));
  if (model.restoreProfile(kept).history[0].item !== 'heat-1995') throw new Error('it does not remember');
}`,
  },
  'a tab': {
    before: `const tab = new Map();
globalThis.sessionStorage = /** @type {any} */ ({
  getItem: (/** @type {string} */ key) => tab.get(key) ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ text) => void tab.set(key, text),
  removeItem: (/** @type {string} */ key) => void tab.delete(key),
});`,
    after: `{
  const { keepProfile } = await import('ampcf/store');
  const first = await keepProfile(model, sessionStore('me'));
  first.profile.add('heat-1995');
  if (!(await first.close())) throw new Error('the store does not keep');
  const again = await keepProfile(model, sessionStore('me'));
  if (again.profile.size !== 1) throw new Error('it does not remember');
}`,
  },
};

/** @type {Promise<Uint8Array> | undefined} */
let bytes;

/** @param {string} folder gets films.ampcf */
export async function writeFilms(folder) {
  bytes ??= trainDemo(trainModel, films, demoPeople(films, { people: 300 })).then((result) => result.bytes);
  writeFileSync(join(folder, 'films.ampcf'), await bytes);
}

/** Ids that the documents use, and others. */
const movies = [1, 260, 1196, 527, 318, 50, 296, 593, ...Array.from({ length: 32 }, (_, i) => 1000 + i)];

/** People of two kinds, each of whom likes most movies of their kind. */
function ratings() {
  const rows = [];
  for (let u = 0; u < 60; u++)
    for (let j = 0; j < movies.length; j++)
      if ((u * 7 + j * 13) % 5 !== 0 && (j % 2 === u % 2 || (u + j) % 6 === 0))
        rows.push(`${u},${movies[j]},${3 + ((u + j) % 3)},${1e9 + 1000 * ((u * 31 + j * 17) % 997)}`);
  return rows;
}

const ampcf = (/** @type {string} */ folder, /** @type {string[]} */ ...args) =>
  execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: folder, stdio: 'pipe' });

/**
 * What a folder holds in which a shell block runs.
 * @type {Record<string, (folder: string) => void>}
 */
export const folders = {
  ratings(folder) {
    const header = 'userId,movieId,rating,timestamp',
      rows = ratings();
    writeFileSync(join(folder, 'ratings.csv'), `${header}\n${rows.join('\n')}\n`);
    const held = rows.filter((_, x) => x % 9 === 0);
    writeFileSync(join(folder, 'validation.csv'), `${header}\n${held.join('\n')}\n`);
    const facts = movies.map((id, j) => `${id},Movie ${id},${j % 2 ? 'Crime|Drama' : 'Comedy'}`);
    writeFileSync(join(folder, 'movies.csv'), `movieId,title,genres\n${facts.join('\n')}\n`);
    const triples = movies.map((id, j) => `${id},director,d${j % 6}`);
    const studios = Array.from({ length: 6 }, (_, d) => `d${d},works for,s${d % 2}`);
    writeFileSync(
      join(folder, 'triples.csv'),
      `head,relation,tail\n${[...triples, ...studios].join('\n')}\n`,
    );
    writeFileSync(join(folder, 'mine.txt'), '1\n260\n');
  },
  reviews(folder) {
    const about = ['story', 'acting', 'music', 'pace'];
    const rows = movies.flatMap((id, j) =>
      Array.from({ length: 6 }, (_, u) => {
        const word = about[(j + u * (j % 3)) % 4];
        const text = `The ${word} of number ${u} is what I came for, and it is ${u} times as good.`;
        return `${id},p${u},${1 + ((j + u) % 5)},"${text}"`;
      }),
    );
    writeFileSync(join(folder, 'reviews.csv'), `item,user,rating,text\n${rows.join('\n')}\n`);
    writeFileSync(join(folder, 'words.txt'), 'story: story, plot\nacting\nmusic: music, score\n');
  },
  'model file': (folder) =>
    void ampcf(folder, 'train', 'ratings.csv', '-o', 'other.ampcf', '--dim', '8', '--personas', '1'),
  parts: (folder) => void ampcf(folder, 'split', 'ratings.csv', '--by', 'random', '-o', 'parts'),
};
