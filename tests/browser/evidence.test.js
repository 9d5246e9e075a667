// Owns the proof in Chromium that a page fetches of an evidence file the head and the sentences it shows, by
// a server that counts the bytes it sends. Must not repeat what tests/web/evidence does in Node.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { makeEvidence } from '../../dist/train.js';
import { manyReviews } from '../web/evidence/made.js';
import { args, executablePath, skip, startServer } from './chromium.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { Browser } from 'playwright-core' */

const timeout = 60_000;
const { reviews, words } = manyReviews(1000);
const { bytes } = makeEvidence(reviews, { words });
/** @type {Browser} */ let browser;
/** Bodies as they were sent, one a request. @type {{ range: string | undefined, sent: number }[]} */
let sent = [];
const files = createServer(({ headers, method }, response) => {
  const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'content-range' };
  // Another origin: Range is asked about first.
  if (method === 'OPTIONS')
    return response.writeHead(204, { ...cors, 'access-control-allow-headers': 'range' }).end();
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
  sent.push({ range: headers.range, sent: part.length });
  const end = Number(from) + part.length - 1;
  return response
    .writeHead(from === undefined ? 200 : 206, {
      ...cors,
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
      ...(from !== undefined && { 'content-range': `bytes ${from}-${end}/${bytes.length}` }),
    })
    .end(part);
});

before(async () => {
  if (skip) return;
  browser = await chromium.launch({ executablePath, args });
  await new Promise((resolve) => files.listen(0, '127.0.0.1', () => resolve(undefined)));
});
after(async () => {
  await browser?.close();
  files.closeAllConnections();
  files.close();
});

/**
 * Shows the sentences of items in a page.
 * @param {string[]} ids
 * @param {{ ranges: boolean }} options
 */
const show = (ids, { ranges }) => `(async () => {
  const { loadEvidence } = await import('/dist/evidence.js');
  const evidence = await loadEvidence(${JSON.stringify(
    `http://127.0.0.1:${/** @type {AddressInfo} */ (files.address()).port}/items.evidence`,
  )}, { ranges: ${ranges} });
  const ids = ${JSON.stringify(ids)};
  await evidence.load(ids);
  const list = [];
  for (const id of ids) list.push((await evidence.sentences(id)).map(({ text }) => text));
  return list;
})()`;

describe('an evidence file in a page', { skip, timeout }, () => {
  test('by ranges: the head and what is shown, a fraction of the bytes, the same sentences', async () => {
    const server = await startServer();
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.origin}/test/blank.html`);
    const ids = ['item-7', 'item-500', 'item-501', 'item-990'];
    sent = [];
    const whole = await page.evaluate(show(ids, { ranges: false }));
    assert.deepEqual(sent, [{ range: undefined, sent: bytes.length }]);
    sent = [];
    const parts = /** @type {string[][]} */ (await page.evaluate(show(ids, { ranges: true })));
    assert.deepEqual(parts, whole);
    assert.ok(parts.every((texts) => texts.length > 0));
    const [first, ...rest] = sent.map((each) => each.sent);
    assert.ok(rest.length >= 3 && sent.every(({ range }) => range !== undefined), JSON.stringify(sent));
    const all = first + rest.reduce((sum, n) => sum + n, 0);
    assert.ok(all < bytes.length / 2, `${all} of ${bytes.length} bytes`);
    // What is shown, and nothing else: the last three are blocks of items.
    const shown = new TextEncoder().encode(parts.flat().join('')).length;
    const blocks = rest.slice(-3).reduce((sum, n) => sum + n, 0);
    assert.ok(blocks > shown && blocks < 2 * shown, `${blocks} bytes for ${shown} bytes of sentences`);
    await page.context().close();
    server.close();
  });
});
