// Owns the tests of examples/spark on a cluster of two executors: what the job finds, what it writes, and
// that nothing of a person is in it. Must not test the import itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../dist/ampcf.js';
import { demoPeople } from '../../examples/demo/people.js';
import { likesOf as scaleOf } from '../../web/read/likes.js';
import { below, films, seeded, shuffled } from '../support.js';
import { catalogueOf, heldOutOf, likesOf, ndcg, neighboursOf, sparkScores } from './spark-expected.js';
import { columnsOf, python, rowsOf, submit, whyNot } from './spark-run.js';

/** @import { Row } from './spark-expected.js' */

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ampcf-spark-'));
after(() => rmSync(folder, { recursive: true }));
const job = join(root, 'examples/spark/train.py');
const output = join(folder, 'out');
const cli = (/** @type {string[]} */ ...args) =>
  spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: folder, encoding: 'utf8' });

const settings = { rank: 16, alpha: 10, reg: 0.05, seed: 3, wanted: 60, neighbours: 10 };

/**
 * The demo's people with stars: what they liked has 4 or 5, three films more have 1 or 2, every tenth film
 * was rated again, later and lower; one rating is 0 and one is no star.
 * @returns {Row[]}
 */
function ratings() {
  const random = seeded(5);
  const rows = demoPeople(films, { people: 800 }).flatMap(({ id, history }) => {
    const user = `${id}@person.example`;
    return history.flatMap(({ item, at }, k) => {
      const liked = { user, item, rating: 4 + below(random, 2), time: at };
      const disliked = {
        user,
        item: films[below(random, films.length)].item,
        rating: 1 + (k % 2),
        time: at - 9,
      };
      const again = k % 10 === 7 ? [{ ...liked, rating: 1.5, time: at + 5 }] : [];
      return [liked, ...again, ...(k < 3 ? [disliked] : [])];
    });
  });
  return [...rows, { ...rows[0], rating: 0, time: 9e9 }, { ...rows[1], rating: 3.7, time: 9e9 }];
}

/** @param {Row[]} rows */
const csv = (rows) =>
  `userId,movieId,rating,timestamp\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`;

const rows = ratings();
const { held, training } = heldOutOf(likesOf(rows, 3), settings);
const catalogue = catalogueOf(training, 5);
const { items } = catalogue;
/** The words of every job of this file. */
const asked = ['--rank', '16', '--iterations', '6', '--seed', '3', '--hold-out', '60', '--interactions'];

/** @param {string} path every file below it */
function filesBelow(path) {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );
}

/**
 * @param {string} from
 * @returns {Promise<number[][]>} of the catalogue, in its order
 */
async function vectorsIn(from) {
  const table = await rowsOf(join(from, 'vectors.parquet'));
  assert.deepEqual(
    table.map(({ id }) => id),
    items,
  );
  return table.map(({ features }) => Array.from(features));
}

/**
 * A ranking of the catalogue without the history.
 * @param {number[]} scores
 * @param {string[]} history
 */
const listed = (scores, history) =>
  items
    .map((item, i) => ({ item, score: scores[i] }))
    .filter(({ item }) => !history.includes(item))
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);

const indices = (/** @type {string[]} */ ids) => ids.map((id) => items.indexOf(id)).filter((i) => i >= 0);
const mean = (/** @type {number[]} */ of) => of.reduce((sum, x) => sum + x, 0) / of.length;

/**
 * NDCG@20 of a model file by one vector, and with its personas, for the people held out.
 * @param {string} path
 */
async function qualityOf(path) {
  const model = await loadModel(readFileSync(path));
  const of = (/** @type {object} */ options) =>
    mean(
      held.map(({ history, asked: wanted }) => {
        const me = model.createProfile(history, options);
        const list = me.recommend({ topK: 20, proportional: 0 }).items.map(({ item }) => item);
        me.dispose();
        return ndcg(list, wanted);
      }),
    );
  const quality = { one: of({ personas: 1 }), personas: of({}) };
  model.dispose();
  return quality;
}

/** Ratings as they are found in files, with the name of their column. */
function ratingsOfAllKinds() {
  const random = seeded(2);
  const draw = (/** @type {number[]} */ values) =>
    Array.from({ length: 400 }, () => values[below(random, values.length)]);
  const range = (/** @type {number} */ n, /** @type {number} */ step) =>
    Array.from({ length: n }, (_, k) => (k + 1) * step);
  /** @type {[string, number[]][]} */
  return [
    ['rating', draw([1, 2, 3, 4, 5])],
    ['rating', [...draw([1, 2, 3, 4, 5]), 3.7, -1, 99]],
    ['rating', draw([0.33, 0.67, 1, 1.33, 2, 2.67, 3, 4, 4.33, 5])],
    ['score', draw(range(20, 0.5))],
    ['rating', draw(range(100, 1))],
    ['value', draw(range(20, 5))],
    ['plays', draw([1, 2, 3, 4, 5])],
    ['plays', draw(range(3000, 7))],
    ['rating', draw([0, 1])],
    ['rating', draw([-1, 1])],
    ['rating', draw([-2, -1, 1, 2, 5])],
    ['rating', draw([0.1, 0.5, 0.7, 1])],
    ['rating', draw(range(90, 0.097))],
    ['x', draw(range(90, 0.097))],
    ['rating', draw([3])],
    ['rating', draw([0, -1])],
  ];
}

test('what a like is does not depend on where it is decided', { skip: whyNot }, () => {
  const cases = ratingsOfAllKinds();
  const tallies = cases.map(([name, values]) => {
    const counts = new Map(values.map((value) => [value, values.filter((other) => other === value).length]));
    return [name, [...counts]];
  });
  const code =
    'import json, sys; sys.path.insert(0, sys.argv[1]); from likes import threshold_of; ' +
    'cases = json.loads(sys.argv[2]); ' +
    'print(json.dumps([threshold_of([tuple(row) for row in tally], name) for name, tally in cases]))';
  const args = ['-B', '-c', code, join(root, 'examples/spark'), JSON.stringify(tallies)];
  const { stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  assert.ok(stdout, stderr);
  const wanted = cases.map(([name, values]) => scaleOf(Float64Array.from(values), name).threshold ?? null);
  assert.deepEqual(JSON.parse(stdout), wanted);
  assert.ok(new Set(wanted).size > 5, String(wanted));
});

describe('a job on two executors', { skip: whyNot, timeout: 600_000 }, () => {
  /** @type {any} */
  let said;

  before(() => {
    writeFileSync(join(folder, 'ratings.csv'), csv(rows));
    const facts = join(root, 'examples/demo/films.csv');
    const more = ['--items', facts, '--neighbours', '10', '--output', output];
    const run = submit(folder, job, [...asked, join(folder, 'ratings.csv'), ...more]);
    assert.equal(run.status, 0, run.stdout + run.stderr);
    said = JSON.parse(readFileSync(join(output, 'settings.json'), 'utf8'));
  });

  test('cleans by the rules of ampcf train', async () => {
    assert.equal(held.length, 60);
    const { users, interactions, items: n } = said;
    const people = new Set(catalogue.events.map(({ user }) => user)).size;
    assert.deepEqual([users, interactions, n], [people, catalogue.events.length, items.length]);
    const popularity = await rowsOf(join(output, 'popularity.parquet'));
    assert.deepEqual(
      popularity.map(({ id, people: count }) => [id, Number(count)]),
      items.map((item) => [item, catalogue.people.get(item)]),
    );
    const out = new Set(held.map(({ user }) => user));
    writeFileSync(join(folder, 'training.csv'), csv(rows.filter(({ user }) => !out.has(user))));
    const own = cli('train', 'training.csv', '--dim', '16', '-o', 'own.ampcf', '--quiet');
    assert.equal(own.status, 0, own.stderr);
    const model = await loadModel(readFileSync(join(folder, 'own.ampcf')));
    assert.deepEqual(model.ids(), items);
    model.dispose();
  });

  test('writes what the contract names, and nothing of a person', async () => {
    const kinds = {
      vectors: ['id', 'features'],
      popularity: ['id', 'people'],
      aspects: ['id', 'title', 'aspects'],
      neighbours: ['id', 'neighbour', 'value'],
    };
    assert.deepEqual(
      readdirSync(output)
        .filter((name) => !name.startsWith('.'))
        .sort(),
      ['aspects.parquet', 'neighbours.parquet', 'popularity.parquet', 'settings.json', 'vectors.parquet'],
    );
    for (const [name, columns] of Object.entries(kinds))
      assert.deepEqual(await columnsOf(join(output, `${name}.parquet`)), columns);
    const bytes = filesBelow(output).map((name) => readFileSync(join(output, name)));
    const holds = (/** @type {string} */ text) => bytes.some((file) => file.includes(text));
    for (const item of items) assert.ok(holds(item), `${item} is found, so a person would be`);
    for (const { user } of rows) if (holds(user)) assert.fail(`${user} is in the output`);
    assert.ok(!holds('@person'));
  });

  test('the vectors are those that the figures of settings.json were measured with', async () => {
    const scores = sparkScores(await vectorsIn(output), settings);
    const own = mean(
      held.map(({ history, asked: wanted }) => ndcg(listed(scores(indices(history)), history), wanted)),
    );
    const popular = mean(
      held.map(({ history, asked: wanted }) =>
        ndcg(
          items.filter((item) => !history.includes(item)),
          wanted,
        ),
      ),
    );
    const { as, reg, alpha, rank, validation } = said;
    assert.deepEqual({ as, reg, alpha, rank }, { as: 'spark', reg: 0.05, alpha: 10, rank: 16 });
    assert.equal(validation.people, 60);
    assert.ok(Math.abs(validation.ndcg - own) < 1e-4, `${validation.ndcg} and ${own}`);
    assert.ok(Math.abs(validation.popularity.ndcg - popular) < 1e-4);
    assert.ok(own > 2 * popular, `${own} is no better than popularity, ${popular}`);
  });

  test('neighbours are those of the trainer', async () => {
    const strength = said.neighbourStrength;
    assert.ok(said.validation.withNeighbours.ndcg >= said.validation.ndcg);
    const found = new Map(
      (await rowsOf(join(output, 'neighbours.parquet'))).map(({ id, neighbour, value }) => [
        `${id}\0${neighbour}`,
        value,
      ]),
    );
    const wanted = neighboursOf(catalogue, 10).flatMap(({ candidate, sources }) =>
      sources.map(({ item, value }) => ({ key: `${item}\0${candidate}`, value: value * strength })),
    );
    assert.equal(found.size, wanted.length);
    const there = wanted.filter(({ key }) => found.has(key));
    // Equal weights may be cut either way by the last bit of a sum.
    assert.ok(there.length > 0.999 * wanted.length, `${there.length} of ${wanted.length}`);
    for (const { key, value } of there) assert.ok(Math.abs(found.get(key) - value) < 1e-6 * value, key);
  });

  test('titles and aspects are those of the items file', async () => {
    const table = await rowsOf(join(output, 'aspects.parquet'));
    const facts = new Map(films.map((film) => [film.item, film]));
    assert.deepEqual(
      table.map(({ id, title, aspects }) => ({ item: id, title, genres: aspects })),
      items.map((item) => facts.get(item)),
    );
  });

  test('the imported model ranks as the factors do', async () => {
    const bare = join(folder, 'bare');
    cpSync(output, bare, { recursive: true });
    rmSync(join(bare, 'neighbours.parquet'), { recursive: true });
    const imported = cli('import', bare, '-o', 'bare.ampcf');
    assert.equal(imported.status, 0, imported.stderr);
    const model = await loadModel(readFileSync(join(folder, 'bare.ampcf')));
    const scores = sparkScores(await vectorsIn(output), settings);
    for (const { history } of held) {
      const wanted = scores(indices(history));
      const me = model.createProfile(history, { personas: 1 });
      for (const { item, score } of me.rank(items).items)
        assert.ok(Math.abs(score - wanted[items.indexOf(item)]) < 1e-4, `${item} ${score}`);
      me.dispose();
    }
    model.dispose();
  });

  test('quality beside our own trainer', async (t) => {
    const own = await qualityOf(join(folder, 'own.ampcf'));
    const line = (
      /** @type {string} */ name,
      /** @type {{ one: number, personas: number }} */ { one, personas },
    ) =>
      t.diagnostic(`${name}: NDCG@20 ${one.toFixed(4)} by one vector, ${personas.toFixed(4)} with personas`);
    const { ndcg: factors, popularity, withNeighbours } = said.validation;
    t.diagnostic(
      `${held.length} people held out, 16 numbers an item: MLlib's factors ${factors}, with neighbours ` +
        `${withNeighbours.ndcg}, popularity ${popularity.ndcg}`,
    );
    line('ampcf train', own);
    const imported = cli('import', output, '-o', 'spark.ampcf');
    assert.equal(imported.status, 0, imported.stderr);
    line('ampcf import', await qualityOf(join(folder, 'spark.ampcf')));
  });

  describe('in one session more', () => {
    /** @type {Record<string, { error?: string, settings?: any }>} */
    let cases;

    before(() => {
      const path = join(folder, 'shuffled.csv');
      writeFileSync(path, `${csv(shuffled(rows, seeded(1)))},nobody,5,1\n`);
      const few = rows.slice(0, 2000);
      writeFileSync(join(folder, 'plays.csv'), csv(few).replace('rating', 'plays'));
      const quick = ['--rank', '4', '--iterations', '1', '--hold-out', '0', '--min-support', '1'];
      const plays = ['--interactions', join(folder, 'plays.csv'), ...quick];
      const words = {
        again: [...asked, path, '--skip-bad', '1'],
        bad: ['--interactions', path],
        column: ['--interactions', path, '--skip-bad', '1', '--user', 'who'],
        plays: [...plays, '--weights', '--duplicates', 'sum'],
        there: [...plays, '--output', output],
      };
      const all = Object.entries(words).map(([name, list]) => [
        name,
        list.includes('--output') ? list : [...list, '--output', join(folder, name)],
      ]);
      const run = submit(folder, fileURLToPath(new URL('spark-cases.py', import.meta.url)), [
        join(root, 'examples/spark'),
        JSON.stringify(Object.fromEntries(all)),
        join(folder, 'cases.json'),
      ]);
      assert.equal(run.status, 0, run.stdout + run.stderr);
      cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
    });

    test('rows in another order, and a bad one left out, give all but the same vectors', async () => {
      assert.equal(cases.again.error, undefined);
      const [first, second] = [await vectorsIn(output), await vectorsIn(join(folder, 'again'))];
      const distance = Math.max(...first.flatMap((v, i) => v.map((x, d) => Math.abs(x - second[i][d]))));
      assert.ok(distance < 1e-3, `vectors differ by ${distance}`);
      assert.ok(Math.abs(cases.again.settings.validation.ndcg - said.validation.ndcg) < 1e-3);
    });

    test('every play counts, and a pair that comes again is one', () => {
      assert.equal(cases.plays.error, undefined);
      const pairs = new Set(rows.slice(0, 2000).map(({ user, item }) => `${user}\0${item}`));
      assert.equal(cases.plays.settings.interactions, pairs.size);
    });

    test('what is wrong is said, and nothing is written', () => {
      assert.match(
        String(cases.bad.error),
        /shuffled\.csv: got 1 bad rows of .*--skip-bad 1 leaves them out/,
      );
      assert.match(
        String(cases.column.error),
        /--user: .* has no such column, got 'who', wanted one of userId, movieId/,
      );
      assert.match(String(cases.there.error), /--output: .* holds a result, wanted another folder/);
      for (const name of ['bad', 'column'])
        assert.throws(() => statSync(join(folder, name)), { code: 'ENOENT' }, name);
    });
  });
});
