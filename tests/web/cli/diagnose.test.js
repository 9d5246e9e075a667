// Owns the tests of `ampcf diagnose`, of `train --card` and of the card in `inspect`: what is printed, the
// page of charts, exit codes. Must not judge the figures: tests/web/evaluate does.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { writeCard } from '../../../dist/evaluate.js';
import { replaceMetadata } from '../../../dist/train.js';
import { filmFacts, interactionsOf, people } from '../../support.js';
import { commandIn } from './command.js';

/** @import { Refusal } from './command.js' */

const { folder, ampcf, json, refuses } = commandIn('diagnose');
const data = interactionsOf(people);
const pairs = Array.from(data.user, (u, x) => `${data.users[u]},${data.items[data.item[x]]}`);
/**
 * @param {string} name
 * @param {string[]} lines
 */
const file = (name, lines) => writeFileSync(join(folder, name), `user,item\n${lines.join('\n')}\n`);
file(
  'history.csv',
  pairs.filter((_, x) => x % 5 > 0),
);
file(
  'test.csv',
  pairs.filter((_, x) => x % 5 === 0),
);
const filmRows = Array.from(
  filmFacts,
  ([id, { title, aspects }]) => `${id},"${title.replaceAll('"', '""')}",${aspects.join('|')}`,
);
writeFileSync(join(folder, 'films.csv'), `item,title,genres\n${filmRows.join('\n')}\n`);
const small = '--items films.csv --dim 8 --sweeps 4 --alpha 0.4 --lambda 0.006';

before(() => {
  for (const [name, seed] of [
    ['one', '1'],
    ['two', '2'],
  ])
    assert.equal(ampcf(`train history.csv -o ${name}.ampcf --seed ${seed} ${small}`).status, 0);
});

describe('ampcf diagnose', () => {
  test('--json has every figure', () => {
    const command =
      'diagnose one.ampcf --history history.csv --test test.csv --against two.ampcf --people 50';
    const { status, stdout, stderr } = ampcf(`${command} --json`);
    assert.equal(status, 0, stderr);
    const {
      separation,
      effectivePersonas,
      sharpness,
      stability,
      rareRecall,
      collapsed,
      details,
      membership,
      targets,
      model,
    } = JSON.parse(stdout);
    for (const value of [
      separation,
      effectivePersonas,
      stability,
      rareRecall,
      collapsed,
      ...Object.values(sharpness),
    ])
      assert.ok(Number.isFinite(value), stdout);
    assert.deepEqual(Object.keys(sharpness), ['history', 'recommended', 'random']);
    assert.deepEqual(
      [model, membership, details.people, targets],
      ['one.ampcf', null, 50, { sharpness: 0.6, stability: 0.7, membership: 0.6 }],
    );
    assert.ok(details.rareRecall.against > 0);
    const again = json(command);
    assert.deepEqual(
      [again.separation, again.stability, again.rareRecall],
      [separation, stability, rareRecall],
    );
  });

  test('prints a table with targets, and says what is missing for the rest', () => {
    const { status, stdout, stderr } = ampcf('diagnose one.ampcf --history history.csv --people 30');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /one\.ampcf \([\d,]+ items\): personas of 30 people/);
    for (const name of [
      'separation',
      'effective personas',
      'sharpness, history',
      'sharpness, random',
      'recall of rare tastes',
      'collapsed',
    ])
      assert.match(stdout, new RegExp(`${name} +[-\\d]`));
    assert.match(stdout, /sharpness, recommended +\d\.\d\d +<= 0\.60 +(met|missed) /);
    assert.match(stdout, /stability +- +>= 0\.70 +of a persona/);
    assert.match(stdout, /--against MODEL2, or --seeds 1/);
    assert.match(stdout, /needs --test FILE/);
    assert.match(stdout, /without the named persona, the rank falls +by a factor of \d/);
  });

  test('--seeds trains others, --membership attacks, --html writes a page that asks nothing', () => {
    const { stability, membership } = json(
      'diagnose one.ampcf --history history.csv --test test.csv --seeds 1 --membership --people 40 ' +
        '--html page.html',
    );
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    assert.ok(stability > 0.3 && membership.auc > 0.3 && membership.people > 50);
    assert.equal(page.match(/<svg /g)?.length, 7);
    for (const title of [
      'Personas a person has',
      'Shares of the personas',
      'Sharpness of the attention',
      'Stability between trainings',
      'Recall of rare tastes',
      'Faithfulness of explanations',
      'Membership attacks',
    ])
      assert.ok(page.includes(`<h2>${title}</h2>`), title);
    assert.ok(page.includes(`>${membership.auc.toFixed(3)}<`) && page.includes(`>${stability.toFixed(3)}<`));
    assert.doesNotMatch(
      page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''),
      /https?:|\/\/[a-z]|<script|<link|<img|<iframe|@import|url\(/i,
    );
    assert.doesNotMatch(page, /NaN|undefined|null/);
  });

  test('the page holds what files are called as text', () => {
    const name = '<b>&"model.ampcf';
    writeFileSync(join(folder, name), readFileSync(join(folder, 'one.ampcf')));
    assert.equal(ampcf(`diagnose ${name} --history history.csv --people 10 --html odd.html -q`).status, 0);
    const page = readFileSync(join(folder, 'odd.html'), 'utf8');
    assert.ok(page.includes('&lt;b&gt;&amp;') && !page.includes('<b>'));
  });

  test('refuses what it cannot use', () => {
    /** @type {Refusal[]} */
    const refusals = [
      ['one.ampcf', 2, /--history FILE is missing/],
      ['', 2, /MODEL is missing/],
      ['one.ampcf --history history.csv --against two.ampcf --seeds 1', 2, /--against and --seeds/],
      ['one.ampcf --history history.csv --people 0', 2, /--people: got "0"/],
      ['history.csv --history history.csv', 4, /not an ampcf model/],
      ['one.ampcf --history no.csv', 5, /no\.csv/],
    ];
    refuses('diagnose', refusals);
    assert.match(ampcf('diagnose --help').stdout, /--membership/);
  });
});

describe('training by the metadata of the model', () => {
  /**
   * The model with other settings in its metadata.
   * @param {string} name
   * @param {Record<string, unknown>} changes
   */
  async function claim(name, changes) {
    const bytes = readFileSync(join(folder, 'one.ampcf'));
    const { metadata } = (await loadModel(bytes)).info;
    const settings = { ...metadata.settings, ...changes };
    writeFileSync(join(folder, name), await replaceMetadata(bytes, { ...metadata, settings }));
  }

  test('says what it takes, and refuses too much before any work', async () => {
    const { status, stderr } = ampcf('diagnose one.ampcf --history history.csv --people 5 --seeds 1');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^trains {3}by the settings of the model: less than a minute, [\d.]+ [kM]B$/m);
    await claim('large.ampcf', { sweeps: 1000, dim: 1024 });
    await claim('odd.ampcf', { sweeps: 1e6 });
    const held = '--history history.csv --test test.csv --new-users 0.2';
    refuses('', [
      ['diagnose large.ampcf --history history.csv --seeds 20', 3, /LIMIT: .*at most 60 \(.*--max-minutes/],
      ['diagnose large.ampcf --history history.csv --membership --max-minutes 1', 3, /LIMIT: .*at most 1 /],
      ['diagnose large.ampcf --history history.csv --membership --max-memory 9kB', 3, /LIMIT/],
      [
        `diagnose one.ampcf --history history.csv --seeds 1 --max-memory 9kB`,
        6,
        /at most 9000 \(.*--max-memory/,
      ],
      ['diagnose odd.ampcf --history history.csv --seeds 1', 2, /metadata\.settings\.sweeps: got 1000000/],
      [`evaluate large.ampcf ${held} --max-minutes 1`, 3, /LIMIT/],
      [`evaluate one.ampcf ${held} --max-memory 9kB`, 6, /--max-memory/],
      ['diagnose one.ampcf --history none.csv --max-minutes 0', 2, /--max-minutes: got "0"/],
    ]);
  });

  test('an attack on few people says what helps', () => {
    // Of few people every item is one of few people; of a half of them there is none left.
    const few = (/** @type {string} */ name, /** @type {number} */ n) =>
      file(
        name,
        Array.from({ length: 4 * n }, (_, x) => `u${x >> 2},${data.items[x % 4]}`),
      );
    few('four.csv', 4);
    few('eight.csv', 8);
    refuses('diagnose one.ampcf --membership --history', [
      ['four.csv', 3, /wanted at least one item used by 5 people \(minSupport, --min-support\)/],
      ['eight.csv', 3, /--membership: .*wanted more people, or a model trained with a smaller --min-support/],
    ]);
  });
});

describe('the model card', () => {
  test('train --card writes it and says it; inspect prints it; the model is the same', async () => {
    const { status, stdout, stderr } = ampcf(`train history.csv -o card.ampcf --card --json ${small}`);
    assert.equal(status, 0, stderr);
    const { card } = JSON.parse(stdout);
    const model = await loadModel(readFileSync(join(folder, 'card.ampcf')));
    const plain = await loadModel(readFileSync(join(folder, 'one.ampcf')));
    assert.deepEqual(model.info.metadata.card, card);
    assert.deepEqual(
      [model.info.lineage, model.info.bytes - JSON.stringify(card).length - ',"card":'.length],
      [plain.info.lineage, plain.info.bytes],
    );
    assert.ok(
      card.membership.auc >= card.membership.low && card.personas.stability > 0 && card.data.minSupport === 5,
    );
    const seen = ampcf('inspect card.ampcf').stdout;
    assert.match(stderr, /Model card\n/);
    assert.match(seen, new RegExp(`membership attack: AUC ${card.membership.auc.toFixed(3)} \\(`));
    assert.match(seen, /left out +\d+ items of fewer than 5 people/);
    assert.match(seen, /stability +\d\.\d\d +>= 0\.70/);
    assert.doesNotMatch(seen, /object Object/);
    assert.doesNotMatch(ampcf('inspect one.ampcf').stdout, /Model card/);
    assert.deepEqual(JSON.parse(ampcf('inspect card.ampcf --json').stdout).metadata.card, card);
  });

  test('of another kind is shown as it stands', async () => {
    for (const [i, odd] of [
      { version: 2 },
      { version: 1, data: null },
      ['words'],
      { version: 1, data: {}, personas: {} },
    ].entries()) {
      writeFileSync(
        join(folder, `odd${i}.ampcf`),
        await writeCard(readFileSync(join(folder, 'one.ampcf')), /** @type {any} */ (odd)),
      );
      const { status, stdout, stderr } = ampcf(`inspect odd${i}.ampcf`);
      assert.equal(status, 0, stderr);
      assert.ok(stdout.includes(`card: ${JSON.stringify(odd)}`), stdout);
    }
  });
});

test('train says how many items were left out, and why', () => {
  const counts = new Map();
  for (const pair of pairs.filter((_, x) => x % 5 > 0))
    counts.set(pair.split(',')[1], (counts.get(pair.split(',')[1]) ?? 0) + 1);
  const rare = [...counts.values()].filter((n) => n < 30);
  const { stderr } = ampcf(`train history.csv -o few.ampcf --min-support 30 ${small}`);
  assert.ok(rare.length > 3);
  const lost = rare.reduce((a, b) => a + b, 0).toLocaleString('en-US');
  const line = `left out ${rare.length} items of fewer than 30 people, with ${lost} interactions`;
  assert.ok(stderr.includes(line), stderr);
  assert.ok(existsSync(join(folder, 'few.ampcf')));
});
