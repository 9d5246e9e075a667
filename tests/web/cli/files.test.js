// Owns the tests of web/cli/files.js: reading bytes, and standard input and output for '-'. Must not test the
// meaning of lines, nor leave anything behind outside its own temporary folder.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { writeOutput } from '../../../web/cli/files.js';
import { readFileBytes } from '../../../web/read/bytes.js';
import { AmpcfError } from '../../../web/core/errors.js';

const root = mkdtempSync(join(tmpdir(), 'ampcf-files-'));
after(() => rmSync(root, { recursive: true }));

const urlOf = (/** @type {string} */ path) =>
  JSON.stringify(new URL(`../../../web/${path}`, import.meta.url).href);

/**
 * Arguments for a Node that runs `code` with this module's functions.
 * @param {string} code
 */
const program = (code) => [
  '--input-type=module',
  '-e',
  `import { writeOutput } from ${urlOf('cli/files.js')};\n` +
    `import { readFileBytes } from ${urlOf('read/bytes.js')};\n${code}`,
];

/** @param {Promise<unknown>} promise */
async function failure(promise) {
  const error = await promise.then(
    () => assert.fail('did not fail'),
    (e) => e,
  );
  assert.ok(error instanceof AmpcfError, String(error?.stack));
  return error;
}

test('writes a file whole', async () => {
  const path = join(root, 'written');
  await writeOutput(path, new TextEncoder().encode('all of it'));
  assert.equal(readFileSync(path, 'utf8'), 'all of it');
});

test("'-' writes to standard output, all of it, also into a pipe", () => {
  const run = spawnSync(
    process.execPath,
    program("await writeOutput('-', new Uint8Array(3_000_000).fill(65))"),
    { maxBuffer: 1 << 23 },
  );
  assert.equal(run.status, 0);
  assert.equal(run.stdout.length, 3_000_000);
  assert.ok(run.stdout.every((b) => b === 65));
});

test('a closed pipe is IO, not a crash', async () => {
  const code = `
    const e = await writeOutput('-', new Uint8Array(5_000_000)).catch((e) => e);
    process.stderr.write(e.code + ' ' + e.details.reason);`;
  const child = spawn(process.execPath, program(code), { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  for await (const chunk of child.stderr) said += chunk;
  assert.equal(said, 'IO EPIPE');
});

test('reads a file, standard input, and an empty file', async () => {
  const path = join(root, 'x');
  const bytes = new Uint8Array(700_000).map((_, k) => k % 251);
  writeFileSync(path, bytes);
  assert.ok((await readFileBytes(path)).equals(bytes));
  const run = spawnSync(
    process.execPath,
    program("const b = await readFileBytes('-'); process.stdout.write(b.length + ' ' + b[699_999])"),
    { input: bytes },
  );
  assert.equal(String(run.stdout), `700000 ${bytes[699_999]}`);
  writeFileSync(path, '');
  assert.equal((await readFileBytes(path)).length, 0);
});

test('what cannot be read is IO, with its reason', async () => {
  const missing = await failure(readFileBytes(join(root, 'nowhere')));
  assert.equal(missing.code, 'IO');
  assert.match(missing.message, /nowhere: cannot read: no such file \(ENOENT\)/);
  assert.equal(missing.details.path, join(root, 'nowhere'));
  const folder = await failure(readFileBytes(root));
  assert.equal(folder.details.reason, 'EISDIR');
});
