// Owns what the tests of web/read/read-ratings.js share: files of given content, and what reading them gives.
// Must not hold a test.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { AmpcfError } from '../../../web/core/errors.js';
import { readRatings } from '../../../web/read/read-ratings.js';

export const folder = mkdtempSync(join(tmpdir(), 'ampcf-ratings-'));
after(() => rmSync(folder, { recursive: true }));

/** For programs that a test starts. */
export const moduleUrl = JSON.stringify(new URL('../../../web/read/read-ratings.js', import.meta.url).href);

let written = 0;
/** @param {string | Uint8Array} content */
export function fileOf(content) {
  const path = join(folder, `f${written++}`);
  writeFileSync(path, content);
  return path;
}

/** @typedef {import('../../../web/read/read-ratings.js').ReadOptions} ReadOptions */

/**
 * @param {string | Uint8Array} content
 * @param {ReadOptions} [options]
 */
export const read = (content, options) => readRatings(fileOf(content), options);

/**
 * Interactions as rows of ids.
 * @param {Awaited<ReturnType<typeof readRatings>>} r
 */
export function rowsOf(r) {
  return Array.from(r.user, (u, k) => {
    const row = /** @type {(string | number)[]} */ ([r.users[u], r.items[r.item[k]]]);
    if (r.rating) row.push(r.rating[k]);
    if (r.time) row.push(r.time[k]);
    return row;
  });
}

/**
 * The AmpcfError that reading ends in.
 * @param {string | Uint8Array} content
 * @param {ReadOptions} [options]
 */
export async function failure(content, options) {
  const error = await read(content, options).then(
    () => assert.fail('was read'),
    (e) => e,
  );
  assert.ok(error instanceof AmpcfError, String(error?.stack));
  return error;
}

/**
 * The bad rows of an error, as [line, what, got].
 * @param {AmpcfError} error
 */
export const badRows = (error) =>
  /** @type {import('../../../web/read/bad-rows.js').BadRow[]} */ (error.details.rows).map((r) => [
    r.line,
    r.what,
    r.got,
  ]);
