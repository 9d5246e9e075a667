// Owns the tests of the evidence file: damage, ranges over HTTP. Must not test what is in it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { loadModel } from '../../../dist/ampcf.js';
import { loadEvidence } from '../../../dist/evidence.js';
import { makeEvidence } from '../../../dist/train.js';
import { codes, failsWith, failure } from '../../support.js';
import { manyReviews } from './made.js';

const { reviews, words } = manyReviews(300);
const { bytes } = makeEvidence(reviews, { words });
const small = makeEvidence(reviews.slice(0, 12), { words, minPeople: 1 }).bytes;

/** @param {Uint8Array} file @param {number} at */
function changed(file, at, by = 1) {
  const copy = new Uint8Array(file);
  copy[at] ^= by;
  return copy;
}

describe('damage', () => {
  test('every prefix is refused', async () => {
    for (let length = 0; length < small.length; length += length < 800 ? 1 : 7) {
      const { code } = await failure(() => loadEvidence(small.subarray(0, length)));
      assert.ok(['BAD_MAGIC', 'TRUNCATED'].includes(code), `${length}: ${code}`);
    }
    await failsWith(() => loadEvidence(Buffer.concat([small, Buffer.of(0)])), 'TRAILING_DATA');
  });

  test('every byte that is changed is found', async () => {
    for (let at = 0; at < small.length; at++) {
      const { code } = await failure(() => loadEvidence(changed(small, at, 1 << (at % 8))));
      assert.ok(codes.has(code), `${at}: ${code}`);
    }
  });

  test('a model file is none, and an evidence file no model', async () => {
    await failsWith(() => loadEvidence(new TextEncoder().encode('\x89AMP and so on')), 'BAD_MAGIC');
    await failsWith(() => loadModel(small), 'BAD_MAGIC', /an evidence file of ampcf evidence/);
    await failsWith(() => loadEvidence(new Uint8Array(0)), 'BAD_MAGIC', /an evidence file/);
    await failsWith(() => loadEvidence(small, { maxBytes: 10 }), 'LIMIT');
    await failsWith(() => loadEvidence(changed(small, 8, 3)), 'UNSUPPORTED_VERSION', /got 1, wanted 2/);
  });
});

describe('by ranges', () => {
  /** @type {import('node:http').Server} */ let server;
  /** @type {string} */ let base;
  /** @type {(string | undefined)[]} */ let asked = [];
  let file = bytes;

  before(async () => {
    server = createServer(({ url, headers }, response) => {
      asked.push(headers.range);
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
      if (url === '/missing') return response.writeHead(404).end();
      if (url === '/plain' || from === undefined) return response.writeHead(200).end(file);
      const end = Math.min(Number(to), file.length - 1);
      const said = url === '/wrong' ? `bytes 1-${end}/${file.length}` : `bytes ${from}-${end}/${file.length}`;
      return response.writeHead(206, { 'content-range': said }).end(file.subarray(Number(from), end + 1));
    });
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(undefined));
    });
    base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('what is shown is fetched, once, and is what the whole file has', async () => {
    asked = [];
    const whole = await loadEvidence(bytes);
    const parts = await loadEvidence(`${base}/f`, { ranges: true });
    assert.equal(asked.length, 1, 'the head comes with the first request');
    const ids = ['item-3', 'item-4', 'item-250'];
    await parts.load([...ids, 'nobody']);
    assert.equal(asked.length, 3, 'what lies together is fetched together');
    for (const id of ids) assert.deepEqual(await parts.sentences(id), await whole.sentences(id));
    assert.deepEqual(await parts.sentences('nobody'), []);
    assert.equal(asked.length, 3);
    const fetched = asked.slice(1).map((range) => /(\d+)-(\d+)/.exec(String(range)) ?? []);
    const sum = fetched.reduce((all, [, from, to]) => all + Number(to) - Number(from) + 1, 0);
    assert.ok(sum < bytes.length / 20, `${sum} of ${bytes.length} bytes`);
    assert.deepEqual(parts.mentions('item-9'), whole.mentions('item-9'));
  });

  test('loaded whole, nothing is fetched later', async () => {
    asked = [];
    const evidence = await loadEvidence(`${base}/f`);
    for (const id of evidence.ids()) await evidence.sentences(id);
    assert.deepEqual(asked, [undefined]);
  });

  test('a server without ranges gives all', async () => {
    const evidence = await loadEvidence(`${base}/plain`, { ranges: true });
    assert.equal(evidence.info.items, 300);
    asked = [];
    await evidence.sentences('item-1');
    assert.deepEqual(asked, []);
  });

  test('a block that is damaged, or of another file, is refused', async () => {
    const evidence = await loadEvidence(`${base}/f`, { ranges: true });
    file = changed(bytes, bytes.length - 3);
    await failsWith(() => evidence.sentences('item-299'), 'CHECKSUM', /sentences of item-299/);
    file = small;
    await failsWith(() => evidence.sentences('item-299'), 'HTTP');
    file = Buffer.concat([bytes, Buffer.of(0)]);
    await failsWith(() => evidence.sentences('item-299'), 'CHECKSUM', /bytes in all/);
    file = bytes;
    assert.ok((await evidence.sentences('item-299')).length > 0, 'and may be asked for again');
  });

  test('wrong answers are errors', async () => {
    await failsWith(() => loadEvidence(`${base}/missing`, { ranges: true }), 'HTTP');
    await failsWith(() => loadEvidence(`${base}/wrong`, { ranges: true }), 'HTTP');
    await failsWith(() => loadEvidence(`${base}/missing`), 'HTTP');
    await failsWith(() => loadEvidence(bytes, { ranges: true }), 'BAD_ARGUMENT');
    await failsWith(() => loadEvidence(`${base}/f`, { ranges: true, maxBytes: 100 }), 'LIMIT');
    const { code } = await failure(() => loadEvidence('http://127.0.0.1:1/f', { ranges: true }));
    assert.equal(code, 'HTTP');
    const signal = AbortSignal.abort(new Error('enough'));
    assert.match(String(await failure(() => loadEvidence(`${base}/f`, { ranges: true, signal }))), /enough/);
  });
});
