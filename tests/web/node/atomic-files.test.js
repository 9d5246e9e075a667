// Owns the tests of web/node/atomic-files.js: files replaced whole or not at all, whatever happens meanwhile.
// Must not leave anything behind outside its own temporary folder.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { AmpcfError } from '../../../web/core/errors.js';
import { tempName, writeFileAtomic } from '../../../web/node/atomic-files.js';

const root = mkdtempSync(join(tmpdir(), 'ampcf-files-'));
after(() => rmSync(root, { recursive: true }));

let made = 0;
function freshFolder() {
  const folder = join(root, `d${made++}`);
  mkdirSync(folder);
  return folder;
}

const bytesOf = (/** @type {string} */ text) => new TextEncoder().encode(text);
const moduleUrl = JSON.stringify(new URL('../../../web/node/atomic-files.js', import.meta.url).href);

/**
 * Arguments for a Node that runs `code` with `writeFileAtomic`.
 * @param {string} code
 */
const program = (code) => [
  '--input-type=module',
  '-e',
  `import { writeFileAtomic } from ${moduleUrl};\n${code}`,
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

/** The pid of a process that has ended. */
function deadPid() {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  return pid;
}

test('writes a new file and replaces an old one, leaving nothing else', async () => {
  const folder = freshFolder();
  const path = join(folder, 'model.ampcf');
  await writeFileAtomic(path, bytesOf('one'));
  assert.equal(readFileSync(path, 'utf8'), 'one');
  await writeFileAtomic(path, bytesOf('the second'));
  assert.equal(readFileSync(path, 'utf8'), 'the second');
  await writeFileAtomic(path, new Uint8Array(0));
  assert.equal(statSync(path).size, 0);
  assert.deepEqual(readdirSync(folder), ['model.ampcf']);
});

test('writes a view, not the buffer under it', async () => {
  const path = join(freshFolder(), 'x');
  await writeFileAtomic(path, new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3));
  assert.deepEqual([...readFileSync(path)], [2, 3]);
});

test('works with a bare file name', () => {
  const folder = freshFolder();
  const { status } = spawnSync(
    process.execPath,
    program("await writeFileAtomic('bare', new Uint8Array([7]))"),
    { cwd: folder },
  );
  assert.equal(status, 0);
  assert.deepEqual([...readFileSync(join(folder, 'bare'))], [7]);
  assert.deepEqual(readdirSync(folder), ['bare']);
});

test('writes at the same time take turns: the last one stays, whole', async () => {
  const folder = freshFolder();
  const path = join(folder, 'x');
  await Promise.all(
    Array.from({ length: 20 }, (_, k) => writeFileAtomic(path, new Uint8Array(50_000).fill(k))),
  );
  const bytes = readFileSync(path);
  assert.equal(bytes.length, 50_000);
  assert.ok(bytes.every((b) => b === 19));
  assert.deepEqual(readdirSync(folder), ['x']);
});

test('keeps the permissions of the file, and a symbolic link', async (t) => {
  if (process.platform === 'win32') return t.skip('skipped: no POSIX permissions here');
  const folder = freshFolder();
  const path = join(folder, 'real');
  writeFileSync(path, 'old');
  chmodSync(path, 0o600);
  symlinkSync('real', join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), bytesOf('new'));
  assert.ok(lstatSync(join(folder, 'link')).isSymbolicLink());
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('removes the temporary files of dead processes and no others', async () => {
  const folder = freshFolder();
  const dead = tempName('x', deadPid());
  const alive = tempName('x', process.ppid);
  const ours = tempName('x'); // another write of this process
  // The same numbers in another container, which may be alive whatever they are here; and what one has left.
  const elsewhere = [deadPid(), process.pid].map((pid) => `.x.${pid}-0123456789ab-00112233aabb.tmp`);
  const old = [`.x.${process.ppid}-0123456789ab-ff112233aabb.tmp`, `.x.${process.ppid}.tmp`];
  const others = [tempName('y', deadPid()), '.x.abc.tmp', '.x.tmp', `x.${deadPid()}.tmp`];
  const stay = [alive, ours, ...elsewhere, ...others];
  for (const name of [dead, ...old, ...stay]) writeFileSync(join(folder, name), 'left');
  for (const name of old) utimesSync(join(folder, name), 1e9, 1e9);
  await writeFileAtomic(join(folder, 'x'), bytesOf('new'));
  assert.deepEqual(readdirSync(folder).sort(), [...stay, 'x'].sort());
});

test('a folder that is not there is IO', async () => {
  const error = await failure(writeFileAtomic(join(root, 'nowhere', 'x'), bytesOf('a')));
  assert.equal(error.code, 'IO');
  assert.equal(error.details.reason, 'ENOENT');
  assert.match(error.message, /nowhere.x: cannot write: no such file/);
  assert.equal(/** @type {NodeJS.ErrnoException} */ (error.cause).code, 'ENOENT');
});

test('a folder in the place of the file is IO, and stays', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'x'));
  const error = await failure(writeFileAtomic(join(folder, 'x'), bytesOf('a')));
  assert.equal(error.code, 'IO');
  assert.equal(error.details.reason, 'EISDIR');
  assert.deepEqual(readdirSync(folder), ['x']);
});

test('a failed write leaves the old file and no temporary file', async () => {
  const folder = freshFolder();
  const path = join(folder, 'x');
  writeFileSync(path, 'old');
  // The shell's file size limit (in 512-byte blocks) makes a write fail half way with EFBIG.
  const code = `
    process.on('SIGXFSZ', () => {});
    const e = await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(1 << 20)).catch((e) => e);
    process.stdout.write(e.code + ' ' + e.details.reason);`;
  const run = spawnSync('sh', ['-c', 'ulimit -f 64 && exec "$@"', 'sh', process.execPath, ...program(code)], {
    encoding: 'utf8',
  });
  assert.equal(run.stdout, 'IO EFBIG', run.stderr);
  assert.equal(readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['x']);
});

test('a full disk is DISK_FULL; the old file is untouched and no temporary file is left', (t) => {
  const folder = freshFolder();
  const code = `
    import { readFileSync, readdirSync } from 'node:fs';
    const path = ${JSON.stringify(join(folder, 'x'))};
    await writeFileAtomic(path, new TextEncoder().encode('old'));
    const e = await writeFileAtomic(path, new Uint8Array(1 << 20)).catch((e) => e);
    const left = [readFileSync(path, 'utf8'), ...readdirSync(${JSON.stringify(folder)})];
    process.stdout.write([e.code, e.details.reason, ...left].join(' '));`;
  const mount = `mount -t tmpfs -o size=64k tmpfs ${JSON.stringify(folder)} || exit 77; exec "$@"`;
  const run = spawnSync('unshare', ['-rm', 'sh', '-c', mount, 'sh', process.execPath, ...program(code)], {
    encoding: 'utf8',
  });
  if (run.error || run.status === 77 || /unshare:/.test(run.stderr))
    return t.skip('skipped: no small disk can be mounted here');
  assert.equal(run.stdout, 'DISK_FULL ENOSPC old x', run.stderr);
});

test('a device is written to, not replaced', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('skipped: no /dev/full here');
  const error = await failure(writeFileAtomic('/dev/full', bytesOf('a')));
  assert.equal(error.code, 'DISK_FULL');
  await writeFileAtomic('/dev/null', bytesOf('a'));
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('kill -9 amid many writes never leaves a torn file', async () => {
  const folder = freshFolder();
  const path = join(folder, 'x');
  // Each version is one byte repeated, with a length that follows from the byte: a torn file shows.
  const sizeOf = (/** @type {number} */ k) => 200_000 + k * 1000;
  writeFileSync(path, new Uint8Array(sizeOf(255)).fill(255));
  const code = `
    process.stdout.write('.');
    for (let k = 0; ; k = (k + 1) % 250)
      await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(200000 + k * 1000).fill(k));`;
  let replaced = 0;
  let leftovers = 0;
  for (let round = 0; round < 15; round++) {
    const child = spawn(process.execPath, program(code), { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
    await new Promise((done) => child.stdout.once('data', done));
    await new Promise((done) => setTimeout(done, 5 + ((round * 37) % 61)));
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    const bytes = readFileSync(path);
    assert.equal(bytes.length, sizeOf(bytes[0]));
    assert.ok(bytes.every((b) => b === bytes[0]));
    if (bytes[0] !== 255) replaced++;
    leftovers += readdirSync(folder).length - 1;
  }
  assert.ok(replaced > 0, 'some writes were finished');
  assert.ok(leftovers > 0, 'some kills were amid a write');
  await writeFileAtomic(path, bytesOf('clean'));
  assert.deepEqual(readdirSync(folder), ['x'], 'and what they left is removed');
});
