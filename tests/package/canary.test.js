// Owns the proof that nothing of a person is in what training leaves behind: bytes, words, file names, rows,
// items and links of one person alone. Must not judge what can be inferred from a model: membership.test.js
// does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { loadModel } from '../../dist/ampcf.js';
import { trainModel } from '../../dist/train.js';
import { below, filmFacts, golden, interactionsOf, people, root, seeded } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'ampcf-canary-'));
after(() => rmSync(folder, { recursive: true }));

const base = interactionsOf(people);
const canaries = people.map((_, u) => `canary-${u.toString(36)}-Łódź-${(u * 7919).toString(16)}@example.org`);
const rows = Array.from(base.user, (u, x) => `${canaries[u]},${base.items[base.item[x]]}`);
writeFileSync(join(folder, 'ratings.csv'), `user,item\n${rows.join('\n')}\n`);
const filmRows = Array.from(
  filmFacts,
  ([id, { title, aspects }]) => `${id},"${title.replaceAll('"', '""')}",${aspects.join('|')}`,
);
writeFileSync(join(folder, 'films.csv'), `item,title,genres\n${filmRows.join('\n')}\n`);

/**
 * Every way in which an id could be written.
 * @param {string} id
 */
function traces(id) {
  const utf16 = Buffer.from(id, 'utf16le');
  const utf8 = Buffer.from(id);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE((crc32 ?? plainCrc32)(utf8) >>> 0);
  const digests = ['sha1', 'sha256', 'md5'].map((name) => createHash(name).update(utf8).digest());
  // Four raw bytes would be met by chance; the checksum is looked for as text.
  return [
    utf8,
    utf16,
    Buffer.from(utf16).swap16(),
    Buffer.from(utf8.toString('base64')),
    ...digests.flatMap((digest) => [
      digest,
      Buffer.from(digest.toString('hex')),
      Buffer.from(digest.toString('base64')),
    ]),
    Buffer.from(crc.readUInt32LE().toString(16).padStart(8, '0')),
  ];
}

/**
 * zlib has it from Node 20.15 on.
 * @param {Uint8Array} bytes
 */
function plainCrc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** @param {Uint8Array} bytes */
function tracesIn(bytes) {
  const hay = Buffer.from(bytes);
  return canaries.filter((id) => traces(id).some((needle) => hay.includes(needle)));
}

/**
 * What the command leaves: output, and every name that was in its folder at some time.
 * @param {string} command
 */
async function ampcf(command) {
  const cli = fileURLToPath(new URL('dist/cli.js', root));
  const child = spawn(process.execPath, [cli, ...command.split(' ')], { cwd: folder });
  const names = new Set(readdirSync(folder));
  const parts = /** @type {Buffer[]} */ ([]);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(part));
  const look = setInterval(() => {
    for (const name of readdirSync(folder)) names.add(name);
  }, 1);
  const code = await new Promise((done) => child.on('close', done));
  clearInterval(look);
  return { code, said: Buffer.concat(parts), names: [...names] };
}

describe('canary ids of people', () => {
  test('are found where they are, so that a search that finds none says something', () => {
    for (const needle of traces(canaries[3]))
      assert.deepEqual(tracesIn(Buffer.concat([Buffer.from('before'), needle, Buffer.from('after')])), [
        canaries[3],
      ]);
    assert.equal(tracesIn(readFileSync(join(folder, 'ratings.csv'))).length, canaries.length);
  });

  test('are nowhere in the model, the words of the command, or names of files', async () => {
    for (const extra of ['--neighbours 20', '--validation 0.1 --vectors int8', '--card --json']) {
      const { code, said, names } = await ampcf(
        `train ratings.csv --items films.csv -o model.ampcf --dim 8 --sweeps 4 ${extra}`,
      );
      assert.equal(code, 0, said.toString());
      assert.deepEqual(tracesIn(readFileSync(join(folder, 'model.ampcf'))), [], extra);
      // The first row is shown to who trains, on the terminal alone, to say which column is which.
      const words = said.toString().replace(/^first .*$/m, '');
      assert.deepEqual(tracesIn(Buffer.from(words)), []);
      assert.deepEqual(tracesIn(Buffer.from(names.join('\n'))), []);
    }
    for (const command of [
      'inspect model.ampcf',
      'diagnose model.ampcf --history ratings.csv --people 30 --json --html page.html',
    ]) {
      const { code, said } = await ampcf(command);
      assert.equal(code, 0, said.toString());
      assert.deepEqual(tracesIn(said), [], command);
    }
    assert.deepEqual(tracesIn(readFileSync(join(folder, 'page.html'))), []);
  });
});

test('no section has a row a person: sizes follow from items, width and aspects', async () => {
  const sizes = [];
  for (const count of [101, 151, 200]) {
    const few = interactionsOf(people.slice(0, count));
    const items = base.items.slice(0, 40);
    // The same forty items whoever the people are.
    const keep = Array.from(few.user, (_, x) => x).filter((x) => few.item[x] < 40);
    const { bytes } = await trainModel(
      { users: few.users, items, user: keep.map((x) => few.user[x]), item: keep.map((x) => few.item[x]) },
      { dim: 6, sweeps: 3, minSupport: 1, items: filmFacts },
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const table = Array.from({ length: view.getUint32(24, true) }, (_, i) => 128 + 48 * i);
    for (const at of table)
      for (const field of [28, 32])
        if (view.getUint32(at, true) !== 15)
          assert.notEqual(view.getUint32(at + field, true), count, `section ${view.getUint32(at, true)}`);
    sizes.push({
      items: view.getUint32(32, true),
      table: table
        .filter((at) => view.getUint32(at, true) !== 15)
        .map((at) => [
          view.getUint32(at, true),
          view.getUint32(at + 28, true),
          view.getUint32(at + 32, true),
        ]),
    });
  }
  assert.deepEqual(
    sizes.filter(({ items }) => items === sizes[2].items),
    [...sizes.filter(({ items }) => items === sizes[2].items)].fill(sizes[2]),
  );
  assert.ok(
    sizes.filter(({ items }) => items === sizes[2].items).length > 1,
    'at least two trainings have the same items',
  );
});

describe('what one person alone brings', () => {
  const vectors = { dim: 6, sweeps: 3 };
  const links = { neighbours: 30, neighbourLambda: 2, neighbourAspects: 0, neighbourBlend: 0 };

  test('is no item: without the person, items below the support neither come nor go', async () => {
    const random = seeded(3);
    const few = interactionsOf(people.slice(0, 60));
    const support = new Map();
    for (const j of few.item) support.set(few.items[j], (support.get(few.items[j]) ?? 0) + 1);
    const all = await loadModel((await trainModel(few, { dim: 6, sweeps: 2 })).bytes);
    assert.deepEqual(
      new Set(all.ids()),
      new Set([...support].filter(([, n]) => n >= 5).map(([id]) => id)),
      'five people by default',
    );
    assert.ok([...support.values()].some((n) => n < 5));
    for (let turn = 0; turn < 5; turn++) {
      const gone = below(random, 60);
      const keep = Array.from(few.user, (_, x) => x).filter((x) => few.user[x] !== gone);
      const without = await loadModel(
        (
          await trainModel(
            { ...few, user: keep.map((x) => few.user[x]), item: keep.map((x) => few.item[x]) },
            { dim: 6, sweeps: 2 },
          )
        ).bytes,
      );
      for (const [id, n] of support)
        if (n < 5) assert.deepEqual([all.has(id), without.has(id)], [false, false]);
      for (const id of all.ids())
        if (!without.has(id)) assert.equal(support.get(id), 5, 'only an item at the support can be lost');
      assert.ok(without.ids().every((id) => all.has(id)));
    }
  });

  test('is no link: a pair of items that one person alone has together are no neighbours', async () => {
    // Two groups of ten people with five items each; one more person has an item of either.
    const users = Array.from({ length: 21 }, (_, u) => `u${u}`);
    const items = Array.from({ length: 10 }, (_, j) => `i${j}`);
    const pairs = [
      ...Array.from({ length: 20 }, (_, u) =>
        [0, 1, 2, 3, 4].filter((j) => (u + j) % 4 !== 0).map((j) => [u, j + (u < 10 ? 0 : 5)]),
      ).flat(),
      [20, 0],
      [20, 5],
    ];
    const given = { users, items, user: pairs.map(([u]) => u), item: pairs.map(([, j]) => j) };
    const evidence = async (/** @type {number} */ minSupport) => {
      const scores = async (/** @type {import('../../web/train.js').TrainOptions} */ options) =>
        new Map(
          golden(
            (await loadModel((await trainModel(given, { ...vectors, minSupport, ...options })).bytes))
              .createProfile(['i0'])
              .rank(items),
          ),
        );
      const with_ = await scores(links);
      const without = await scores({});
      return (/** @type {string} */ id) => Number(with_.get(id)) - Number(without.get(id));
    };
    const linked = await evidence(5);
    const before = await evidence(1);
    assert.ok(Math.abs(before('i5')) > 1e-4, `without the rule there is a link: ${before('i5')}`);
    assert.equal(linked('i5'), 0);
    assert.ok(Math.abs(linked('i1')) > 1e-3, 'pairs of several people are linked');
  });
});
