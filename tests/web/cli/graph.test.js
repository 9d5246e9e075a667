// Owns the tests of what the command line says of a graph: counts, reasons by relation, damage, odd names.
// Must not train.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { addGraph } from '../../../dist/train.js';
import { withGraph } from '../../../examples/demo/graph-file.js';
import { graphDefaults } from '../../../web/graph/lean.js';
import { films, people, smallModel } from '../../support.js';
import { commandIn } from './command.js';

const plain = await smallModel();
const ids = (await loadModel(plain)).ids();
const { ampcf, folder, json } = commandIn('graph');
const odd = 'dir\u001b[31mector';
/** @type {[string, string, string][]} */
const triples = [
  ...ids.slice(0, 6).map((id) => /** @type {[string, string, string]} */ ([id, odd, 'Ann\u202e\u0007'])),
  [ids[7], 'country', 'Here'],
  [ids[8], 'country', 'Here'],
];
const write = (/** @type {string} */ name, /** @type {any} */ options = {}) =>
  writeFileSync(`${folder}/${name}`, withGraph(plain, ids, triples, { weights: { [odd]: 3 }, ...options }));
write('good.ampcf', { share: () => 0.9 });
write('bad.ampcf', { share: () => 70 });
const hub = ids.map((id) => /** @type {[string, string, string]} */ ([id, 'kind', 'All']));
writeFileSync(`${folder}/hub.ampcf`, withGraph(plain, ids, hub, { share: () => 0.5 }));
writeFileSync(`${folder}/plain.ampcf`, plain);
// eslint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe('inspect', () => {
  test('counts relations', () => {
    const { graph } = json('inspect good.ampcf');
    const { byRelation, share, ...counts } = graph;
    assert.deepEqual(counts, {
      relations: 2,
      entities: 2,
      triples: 8,
      items: 8,
      leaning: ids.length,
      whole: 0,
      decay: 0.5,
    });
    assert.ok(Math.abs(share - 0.9) < 1e-6);
    assert.deepEqual(byRelation, [
      { relation: odd, triples: 6, items: 6, weight: 3 },
      { relation: 'country', triples: 2, items: 2, weight: 1 },
    ]);
    assert.equal(json('inspect plain.ampcf').graph, null);
  });

  test('shows names and obeys none', () => {
    const { status, stdout } = ampcf('inspect good.ampcf');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /graph +2 relations, 2 entities, 8 triples of 8 items; .* lean on it, 90 % on average/,
    );
    assert.match(stdout, /dir.+ector +6 +6 +3\.000\n +country +2 +2 +1\.000/);
    assert.doesNotMatch(stdout, obeyed);
    assert.doesNotMatch(ampcf('inspect plain.ampcf').stdout, /graph|triples/);
  });

  test('says by which settings a graph was added, apart from what it holds', async () => {
    const [heads, relations, tails] = [0, 1, 2].map((at) => triples.map((row) => row[at]));
    const { bytes } = await addGraph(plain, { graph: { heads, relations, tails } });
    writeFileSync(`${folder}/added.ampcf`, bytes);
    const { stdout } = ampcf('inspect added.ampcf');
    const said = Object.entries(graphDefaults).map(([name, value]) => `${name} ${value}`);
    const line = stdout.split('\n').find((text) => text.trimStart().startsWith('graph settings'));
    assert.equal(line?.trim().replace(/ {2,}/, ' '), `graph settings ${said.join(', ')}`);
    assert.match(stdout, /^ *graph +2 relations, 2 entities, 8 triples/m);
    assert.doesNotMatch(stdout, /\{"gain"/);
  });

  test('a graph that is damaged is a bad model, for verify too', () => {
    for (const args of [
      'inspect bad.ampcf',
      'verify bad.ampcf',
      `rank bad.ampcf --explain --candidates ${ids[1]}`,
    ]) {
      const { status, stderr } = ampcf(args);
      assert.equal(status, 4, stderr);
      assert.match(stderr, /bad\.ampcf: graph: graph shares: got 70, wanted 0 to 64/);
    }
    assert.equal(ampcf('verify good.ampcf').status, 0);
  });
});

describe('rank --explain', () => {
  const asked = `--history ${ids[0]},${ids[7]} --candidates ${ids[1]},${ids[8]},${ids[20]} --explain`;

  test('says by which relations', () => {
    const { status, stdout } = ampcf(`rank good.ampcf ${asked}`);
    assert.equal(status, 0);
    assert.match(stdout, /by relations -?\d\.\d+: dir.+ector Ann.* with .* \d\.\d+\n/);
    assert.doesNotMatch(stdout, obeyed);
    assert.doesNotMatch(ampcf(`rank plain.ampcf ${asked}`).stdout, /by relations/);
    assert.doesNotMatch(ampcf(`rank good.ampcf ${asked.replace('--explain', '')}`).stdout, /by relations/);
  });

  test('names a path whose part is too small to be shown, without it', () => {
    const { stdout } = ampcf(`rank hub.ampcf ${asked}`);
    assert.match(stdout, /by relations \d\.\d+: kind All with [^0-9\n]+( \(\d+\))?\n/);
  });

  test('as JSON, parts that add up', () => {
    for (const command of [
      `rank good.ampcf ${asked}`,
      `recommend good.ampcf --history ${ids[0]} --explain`,
    ]) {
      const { items } = json(command);
      for (const { score, explanation } of items) {
        const { parts } = explanation.graph;
        const sum = parts.reduce(
          (/** @type {number} */ all, /** @type {any} */ p) => all + p.graph + p.own,
          0,
        );
        assert.ok(Math.abs(sum + explanation.bias + explanation.residual - score) < 1e-5);
      }
    }
    const { items } = json(`rank good.ampcf ${asked}`);
    const { paths } = items.find((/** @type {any} */ { item }) => item === ids[1]).explanation.graph;
    assert.deepEqual(
      [paths[0].item, paths[0].steps[0].relation, paths[0].steps[0].entity],
      [ids[0], odd, 'Ann\u202e\u0007'],
    );
  });
});

describe('train --graph', () => {
  const rows = people.flatMap(({ history }, u) => history.map(({ item }) => `u${u},${item}`));
  writeFileSync(`${folder}/ratings.csv`, `user,item\n${rows.join('\n')}\n`);
  const facts = films.flatMap(({ item, genres }) => genres.map((genre) => `${item},genre,${genre}`));
  writeFileSync(`${folder}/triples.csv`, `head,relation,tail\n${facts.join('\n')}\n`);
  const small = '--dim 8 --sweeps 4 --graph triples.csv -o trained.ampcf';

  test('with --auto the graph comes after the search', () => {
    const { graph, search, command } = json(`train ratings.csv --auto --trials 1 ${small}`);
    assert.equal(search.trials, 1);
    assert.ok(graph.triples.triples > 0 && graph.choice.trials > 5);
    assert.match(command, /--graph triples\.csv/);
    assert.equal(json('inspect trained.ampcf').graph.relations, 1);
  });

  test('what does not fit into memory is refused before any work, with what the graph takes', () => {
    const { status, stderr } = ampcf(`train ratings.csv --max-memory 10kB ${small}`);
    assert.notEqual(status, 0);
    assert.match(stderr, /the training needs .*a smaller --graph/);
  });
});
