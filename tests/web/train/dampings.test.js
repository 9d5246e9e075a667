// Owns the tests of dampings, and of neighbours fitted beside vectors and to aspects, as users of the library
// meet them: B against its normal equations, explanations, bytes, metadata, the command. Must leave sweeps
// and left-out scores to the C tests.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import {
  below,
  failsWith,
  filmFacts,
  golden,
  historyOf,
  interactionsOf,
  people,
  root,
  seeded,
} from '../../support.js';

/** @typedef {import('../../../web/train.js').TrainOptions} TrainOptions */
const base = interactionsOf(people);
const dampings = { userDamping: 0.6, itemDamping: 0.4, popularityDamping: 0.3 },
  fitted = { neighbours: 12, neighbourLambda: 15, neighbourBlend: 0.7, neighbourAspects: 25 };
/** @type {TrainOptions} */ const all = {
  dim: 8,
  sweeps: 4,
  minSupport: 1,
  items: filmFacts,
  ...dampings,
  ...fitted,
};

/**
 * People with one of three tastes, and items of one or two of four aspects, the last of which only one item
 * has.
 * @param {boolean} weighted
 */
function smallWorld(weighted) {
  const random = seeded(17);
  const users = Array.from({ length: 60 }, (_, u) => `u${u}`);
  const items = Array.from({ length: 24 }, (_, j) => `i${String(j).padStart(2, '0')}`);
  /** @type {number[]} */ const user = [];
  /** @type {number[]} */ const item = [];
  /** @type {number[]} */ const weight = [];
  users.forEach((_, u) =>
    items.forEach((_item, j) => {
      if (below(random, (j % 3 === u % 3 ? 2 : 7) + Math.floor(j / 5)) === 0)
        (user.push(u), item.push(j), weight.push(weighted ? 0.5 + below(random, 4) / 2 : 1));
    }),
  );
  const facts = new Map(
    items.map((id, j) => [
      id,
      { aspects: [`a${j % 2}`, ...(j % 5 === 0 ? ['five'] : []), ...(j === 3 ? ['alone'] : [])] },
    ]),
  );
  return { interactions: { users, items, user, item, ...(weighted && { weight }) }, facts };
}

/**
 * Scores of one history over the catalogue, in catalogue order.
 * @param {import('../../../web/model/model.js').Model} model
 * @param {{ item: string, weight?: number }[]} history
 */
function scoresOf(model, history) {
  const byId = new Map(golden(model.createProfile(history).rank(model.ids())));
  return model.ids().map((id) => Number(byId.get(id)));
}

/**
 * What training has: x (people, items), p, evidence of the whole person left out, t; all from the vectors'
 * own model. The ridge does not depend on the history where nu = 0, so an event is left out by leaving it
 * out.
 * @param {import('../../../web/model/model.js').Model} plain
 * @param {ReturnType<typeof smallWorld>['interactions']} given
 * @param {number} damping
 * @param {number} popularity
 */
function trainerSide(plain, { users, items, user, item, weight }, damping, popularity) {
  const ids = plain.ids();
  const n = ids.length;
  const at = new Map(ids.map((id, j) => [id, j]));
  const bias = scoresOf(plain, []);
  const x = users.map(() => new Array(n).fill(0)),
    degree = new Array(n).fill(0);
  user.forEach((u, e) => {
    const j = Number(at.get(items[item[e]]));
    x[u][j] = weight ? weight[e] : 1;
    degree[j]++;
  });
  const mean = user.length / n,
    t = degree.map((d) => (d / mean) ** -popularity);
  const counts = x.map((row) => row.filter((w) => w > 0).length),
    raw = counts.map((count) => (count > 0 ? count ** -damping : 0));
  const scale = counts.filter((count) => count > 0).length / raw.reduce((a, b) => a + b, 0);
  const left = x.map((row) => {
    const history = ids.map((id, j) => ({ item: id, weight: row[j] })).filter((event) => event.weight > 0),
      whole = scoresOf(plain, history);
    return whole.map(
      (score, j) =>
        ((row[j] > 0
          ? scoresOf(
              plain,
              history.filter((event) => event.item !== ids[j]),
            )[j]
          : score) -
          bias[j]) /
        t[j],
    );
  });
  return { ids, x, p: raw.map((part) => part * scale), left, t, degree, mean };
}

/**
 * B as the difference of two models that have the same vectors, from histories of one item.
 * @param {import('../../../web/model/model.js').Model} model
 * @param {import('../../../web/model/model.js').Model} plain
 */
const matrixOf = (model, plain) =>
  plain.ids().map((id) => {
    const [with_, without] = [model, plain].map((of) => scoresOf(of, [{ item: id }]));
    return with_.map((score, j) => (Math.abs(score - without[j]) > 2e-6 ? score - without[j] : 0));
  });

const equations = { blend: 0.7, strength: 1.5, aspectStrength: 20, lambda: 6 };

/**
 * The same vectors without and with neighbours.
 * @param {ReturnType<typeof smallWorld>} world
 */
async function trainedPair({ interactions, facts }) {
  /** @type {TrainOptions} */ const vectors = {
    dim: 5,
    sweeps: 6,
    personas: 1,
    minSupport: 1,
    nu: 0,
    lambda: 0.4,
    items: facts,
    ...dampings,
  };
  /** @type {TrainOptions} */ const beside = {
    ...vectors,
    neighbours: 9,
    neighbourLambda: equations.lambda,
    neighbourLambdaGrowth: 0.5,
    neighbourUserDamping: 0.6,
    neighbourStrength: equations.strength,
    neighbourBlend: equations.blend,
    neighbourAspects: equations.aspectStrength,
  };
  return {
    plain: await loadModel((await trainModel(interactions, vectors)).bytes),
    model: await loadModel((await trainModel(interactions, beside)).bytes),
  };
}

/**
 * What the neighbours of one item should solve: rows of people, then rows of aspects, each with its weight
 * and what is wanted of it.
 * @param {ReturnType<typeof trainerSide>} side
 * @param {ReturnType<typeof smallWorld>['facts']} facts
 */
function rowsOf({ ids, x, p, left }, facts) {
  const { blend, aspectStrength } = equations;
  const aspects = ['a0', 'a1', 'five'].map((name) =>
    ids.map((id) => Number(facts.get(id)?.aspects.includes(name))),
  );
  return [
    ...x.map((row, u) => ({ row, part: p[u], wanted: row.map((w, j) => w - blend * left[u][j]) })),
    ...aspects.map((row) => ({ row, part: aspectStrength / row.filter(Boolean).length, wanted: row })),
  ];
}

for (const weighted of [false, true])
  test(`neighbours solve their normal equations, ${weighted ? 'with' : 'without'} weights`, async () => {
    const world = smallWorld(weighted);
    const { plain, model } = await trainedPair(world);
    const side = trainerSide(plain, world.interactions, 0.6, dampings.popularityDamping);
    const { ids, t, degree, mean } = side;
    const { blend, strength, lambda } = equations;
    const rows = rowsOf(side, world.facts);
    const matrix = matrixOf(model, plain);
    const largest = matrix.map((row) => Math.max(...row.map(Math.abs)));
    let explained = 0;
    let missed = 0;
    for (let j = 0; j < ids.length; j++) {
      const sources = ids.map((_, i) => i).filter((i) => matrix[i][j] !== 0);
      const unit = blend / (t[j] * strength);
      const enough = sources.length >= 6 && sources.length <= 9 && !sources.includes(j);
      assert.ok(enough, `${sources.length} sources`);
      for (const i of sources) {
        const ridge = lambda * (degree[i] / mean) ** 0.5;
        const products = sources.map(
          (k) => rows.reduce((sum, { row, part }) => sum + part * row[i] * row[k], 0) + (k === i ? ridge : 0),
        );
        const wanted = rows.reduce((sum, { row, part, wanted: of }) => sum + part * row[i] * of[j], 0);
        const fit = sources.reduce((sum, k, at) => sum + products[at] * matrix[k][j] * unit, 0);
        // Entries are int8: each is off by up to half a step of its row, and as much may be missing where one
        // rounded to 0.
        const rounding =
          sources.reduce((sum, k, at) => sum + ((Math.abs(products[at]) * largest[k]) / 254) * unit, 0) +
          (((9 - sources.length) * Math.max(...largest)) / 254) * Math.max(...products) * unit;
        const off = Math.abs(fit - wanted);
        assert.ok(off <= rounding + 1e-3, `${ids[i]} -> ${ids[j]}: ${fit} for ${wanted} within ${rounding}`);
        explained += Math.abs(wanted);
        missed += off;
      }
    }
    assert.ok(missed < 0.02 * explained, `${missed} of ${explained}`);
  });

describe('a model with dampings, neighbours beside vectors, and aspects', () => {
  test('explains with parts that add up to the score', async () => {
    const model = await loadModel((await trainModel(base, all)).bytes);
    let several = 0;
    for (const person of [1, 4, 7, 12]) {
      const me = model.createProfile(
        historyOf(person).map((event, i) => ({ ...event, weight: 0.5 + (i % 3) })),
      );
      several += Number(me.personas().length > 1);
      for (const id of model.ids().slice(0, 80)) {
        const { score, explanation } = me.explain(id),
          { contributions, rest, bias, residual } = explanation;
        const sum = contributions.reduce((total, { contribution }) => total + contribution, 0);
        assert.ok(Math.abs(sum + rest + bias + residual - Number(score)) < 1e-9);
        assert.ok(Math.abs(residual) < 1e-5 * Math.max(1, Math.abs(Number(score))));
      }
    }
    assert.ok(several > 0);
  });

  test('comes out the same again, otherwise for every setting, and says how it was made', async () => {
    const { bytes } = await trainModel(base, all);
    const { info } = await loadModel(bytes);
    const settings = /** @type {Record<string, unknown>} */ (info.metadata.settings);
    assert.deepEqual((await trainModel(base, all)).bytes, bytes);
    for (const [name, value] of Object.entries({ ...dampings, ...fitted }))
      assert.equal(settings[name], value, name);
    const bodies = new Set([
      Buffer.from(bytes.subarray(192 + 48 * 21))
        .toString('latin1')
        .replace(/\{.*\}/, ''),
    ]);
    const others = [
      { userDamping: 0 },
      { itemDamping: 0 },
      { popularityDamping: 0 },
      { neighbourBlend: 0 },
      { neighbourBlend: 0.5 },
      { neighbourAspects: 0 },
      { neighbourAspects: 50 },
    ];
    for (const other of others)
      bodies.add(
        Buffer.from((await trainModel(base, { ...all, ...other })).bytes.subarray(192 + 48 * 21))
          .toString('latin1')
          .replace(/\{.*\}/, ''),
      );
    assert.equal(bodies.size, others.length + 1);
  });

  test('scores the same in SIMD and scalar', async () => {
    const { bytes } = await trainModel(base, { ...all, vectors: 'int8' });
    const [simd, scalar] = await Promise.all(
      /** @type {const} */ (['simd', 'scalar']).map((backend) => loadModel(bytes, { backend })),
    );
    for (const person of [0, 3, 11])
      assert.deepEqual(
        golden(simd.createProfile(historyOf(person)).rank(simd.ids())),
        golden(scalar.createProfile(historyOf(person)).rank(scalar.ids())),
      );
  });

  test('of any size: more neighbours than items, two items, one', async () => {
    const { interactions, facts } = smallWorld(false);
    for (const neighbours of [23, 24, 600])
      assert.equal(
        (await loadModel((await trainModel(interactions, { ...all, items: facts, neighbours })).bytes)).info
          .neighbours >
          24 * 18,
        true,
      );
    for (const count of [1, 2, 3]) {
      const items = Array.from({ length: count }, (_, j) => `i${j}`),
        users = ['a', 'b', 'c'];
      const few = {
        users,
        items,
        user: users.flatMap((_, u) => items.map(() => u)),
        item: users.flatMap(() => items.map((_, j) => j)),
      };
      const model = await loadModel(
        (await trainModel(few, { ...all, items: new Map(items.map((id) => [id, { aspects: ['x'] }])) }))
          .bytes,
      );
      assert.equal(model.info.items, count);
      assert.ok(
        model
          .createProfile([{ item: 'i0' }])
          .rank(items)
          .items.every(({ score }) => Number.isFinite(score)),
      );
    }
  });

  test('with the strongest dampings still fits the file', async () => {
    const users = Array.from({ length: 3000 }, (_, u) => `u${u}`);
    const items = Array.from({ length: 60 }, (_, j) => `i${j}`);
    const rare = items.slice(1).map((_, j) => j);
    const world = {
      users,
      items,
      user: [...users.keys(), ...rare],
      item: [...users.map(() => 0), ...rare.map((j) => j + 1)],
    };
    const model = await loadModel(
      (await trainModel(world, { dim: 4, sweeps: 2, minSupport: 1, popularityDamping: 2, userDamping: 2 }))
        .bytes,
    );
    assert.ok(
      model
        .createProfile([{ item: 'i5' }])
        .rank(items)
        .items.every(({ score }) => Number.isFinite(score)),
    );
  });
});

test('settings out of range, of another objective, or without neighbours are refused', async () => {
  const small = { dim: 2, sweeps: 1, neighbours: 3 };
  for (const [name, bad, wanted] of /** @type {[string, unknown[], RegExp][]} */ ([
    ['neighbourBlend', [-0.1, 0.005, 1.1, NaN, '1', null], /0, or a number from 0\.01 to 1/],
    ['neighbourAspects', [-1, 2e9, NaN], /from 0 to/],
    ...Object.keys(dampings).map((damping) => [damping, [-0.1, 2.1, NaN, '1', Infinity], /from 0 to 2/]),
  ]))
    for (const value of bad)
      await failsWith(
        () => trainModel(base, /** @type {any} */ ({ ...small, [name]: value })),
        'BAD_ARGUMENT',
        new RegExp(`^${name}: got .*${wanted.source}`),
      );
  for (const name of Object.keys(dampings))
    await failsWith(
      () => trainModel(base, /** @type {any} */ ({ objective: 'softmax', dim: 2, [name]: 0.5 })),
      'BAD_ARGUMENT',
      new RegExp(`^${name}: got 0.5.*objective softmax`),
    );
  for (const name of ['neighbourBlend', 'neighbourAspects'])
    await failsWith(
      () => trainModel(base, /** @type {any} */ ({ dim: 2, [name]: 0.5 })),
      'BAD_ARGUMENT',
      new RegExp(`^${name}: got 0.5.*without neighbours`),
    );
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-dampings-'));
  const cli = fileURLToPath(new URL('dist/cli.js', root));
  const ratings = join(folder, 'ratings.csv');
  const films = join(folder, 'films.csv');
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    ratings,
    ['user,item', ...Array.from(base.user, (u, x) => `${base.users[u]},${base.items[base.item[x]]}`)].join(
      '\n',
    ),
  );
  writeFileSync(
    films,
    [
      'item,title,genres',
      ...[...filmFacts].map(
        ([id, { title, aspects }]) => `${id},"${title.replaceAll('"', '""')}",${aspects.join('|')}`,
      ),
    ].join('\n'),
  );
  const run = (/** @type {string[]} */ ...args) =>
    execFileSync(process.execPath, [cli, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  test('takes them, and shows them', () => {
    const [model, alone] = ['model.ampcf', 'alone.ampcf'].map((name) => join(folder, name));
    const common = [
      '--items',
      films,
      '--dim',
      '4',
      '--sweeps',
      '2',
      '--user-damping',
      '0.5',
      '--item-damping',
      '0.25',
      '--popularity-damping',
      '.125',
      '--neighbours',
      '8',
    ];
    run('train', ratings, '-o', model, ...common, '--neighbour-blend', '0.6', '--neighbour-aspects', '30');
    run('train', ratings, '-o', alone, ...common, '--neighbour-blend', '0', '--neighbour-aspects', '0');
    const report = JSON.parse(run('inspect', model, '--json'));
    const { settings } = report.metadata;
    const names = report.sections.map((/** @type {{ name: string }} */ { name }) => name);
    assert.deepEqual(
      [
        settings.userDamping,
        settings.itemDamping,
        settings.popularityDamping,
        settings.neighbourBlend,
        settings.neighbourAspects,
      ],
      [0.5, 0.25, 0.125, 0.6, 30],
    );
    for (const name of ['item weights', 'item targets', 'neighbours']) assert.ok(names.includes(name), name);
    assert.ok(names.every((/** @type {string} */ name) => !name.startsWith('type ')));
    assert.notEqual(JSON.parse(run('inspect', alone, '--json')).lineage, report.lineage);
    assert.match(run('verify', model), /sound/);
    assert.match(
      run('train', '--help'),
      /--user-damping.*--item-damping.*--popularity-damping[^]*--neighbour-blend.*--neighbour-aspects/,
    );
  });

  test('refuses what is out of range, and says what it wants', () => {
    for (const [option, value, message] of [
      ['--neighbour-blend', '0.001', /neighbourBlend: got 0\.001, wanted 0, or a number from 0\.01 to 1/],
      ['--neighbour-aspects', '-1', /wanted a number|argument/],
      ['--user-damping', '3', /userDamping: got 3, wanted a number from 0 to 2/],
      ['--item-damping', 'x', /--item-damping: got "x", wanted a number/],
      ['--popularity-damping', '2.5', /popularityDamping: got 2\.5, wanted a number from 0 to 2/],
    ]) {
      const { status, stderr } = spawnSync(
        process.execPath,
        [cli, 'train', ratings, '-o', join(folder, 'none.ampcf'), '--neighbours', '5', `${option}=${value}`],
        { encoding: 'utf8' },
      );
      assert.equal(status, 2, stderr);
      assert.match(stderr, /** @type {RegExp} */ (message));
    }
  });
});
