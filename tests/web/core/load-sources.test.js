// Owns the tests of where a model file may come from beside bytes and plain answers: paths, file: URLs,
// requests, gzip; of the digests it may be checked by; and of what a model says that it is. Must not test
// answers of servers.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as library from '../../../dist/ampcf.js';
import * as store from '../../../dist/store.js';
import { failsWith, failure, root } from '../../support.js';
import { bytes, loadsFrom, streamOf } from './loading.js';

const { loadModel } = library;
const folder = mkdtempSync(join(tmpdir(), 'ampcf sources ü '));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'films #1 %20.ampcf');
writeFileSync(path, bytes);

describe('paths of Node', () => {
  test('relative, absolute, and as a file: URL, with their progress', async () => {
    /** @type {any[]} */ const seen = [];
    const onProgress = (/** @type {any} */ progress) => seen.push(progress);
    await loadsFrom(path, { onProgress });
    assert.deepEqual(seen.at(-1), { loaded: bytes.length, total: bytes.length });
    await loadsFrom(relative(process.cwd(), path));
    await loadsFrom(`./${relative(process.cwd(), path)}`);
    await loadsFrom(pathToFileURL(path));
    await loadsFrom(pathToFileURL(path).href);
    await loadsFrom(path, { integrity: digest('sha384') });
  });

  test('what is not there, a folder, too much, damage', async () => {
    const missing = await failsWith(() => loadModel(join(folder, 'none.ampcf')), 'IO', /none\.ampcf.*ENOENT/);
    assert.match(missing.details.path, /none\.ampcf$/);
    await failsWith(() => loadModel('no url at all'), 'IO', /ENOENT.*absolute URL$/);
    const root =
      /'\.\/no-such\.ampcf' is one in the current folder, 'https:\/\/example\.org\/no-such\.ampcf'/;
    await failsWith(() => loadModel('/no-such.ampcf'), 'IO', root);
    const server = /; 'https:\/\/example\.org\/no-such\.ampcf' is one of a server$/;
    await failsWith(() => loadModel('//example.org/no-such.ampcf'), 'IO', server);
    await failsWith(() => loadModel(pathToFileURL(`${path}x`)), 'IO', /ENOENT/);
    mkdirSync(join(folder, 'a-folder'));
    await failsWith(() => loadModel(join(folder, 'a-folder')), 'IO', /folder/);
    await failsWith(() => loadModel('file://elsewhere/films.ampcf'), 'IO');
    await failsWith(() => loadModel(path, { maxBytes: 100 }), 'LIMIT', /maxBytes/);
    writeFileSync(join(folder, 'empty'), '');
    await failsWith(() => loadModel(join(folder, 'empty')), 'BAD_MAGIC', /empty/);
    await failsWith(() => loadModel('bad\0path'), 'IO');
    const reason = new Error('no more');
    assert.equal(await failure(() => loadModel(path, { signal: AbortSignal.abort(reason) })), reason);
    assert.equal(
      await failure(() => {
        const abort = new AbortController();
        return loadModel(path, { signal: abort.signal, onProgress: () => abort.abort(reason) });
      }),
      reason,
    );
  });

  test('where there is an address, as in a page, a text is relative to it', async () => {
    const code = `globalThis.location = new URL('http://localhost:1/');
      const { loadModel } = await import(${JSON.stringify(new URL('dist/ampcf.js', root).href)});
      console.log(await loadModel(${JSON.stringify(path)}).catch((error) => error.code));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    assert.equal(out.trim(), 'HTTP');
  });
});

describe('gzip, told by its first bytes', () => {
  const zipped = gzipSync(bytes);

  test('of every source, under any name', async () => {
    const name = join(folder, 'films.ampcf.gz.renamed');
    writeFileSync(name, zipped);
    for (const source of [zipped, zipped.buffer.slice(zipped.byteOffset, zipped.byteOffset + zipped.length)])
      await loadsFrom(source);
    const shared = new Uint8Array(new SharedArrayBuffer(zipped.length));
    shared.set(zipped);
    for (const source of [shared, new Blob([zipped]), new Response(zipped), streamOf(zipped, 1), name])
      await loadsFrom(source, { integrity: digest('sha256') });
  });

  test('progress counts what is downloaded', async () => {
    /** @type {any[]} */ const seen = [];
    await loadsFrom(new Blob([zipped]), { onProgress: (/** @type {any} */ progress) => seen.push(progress) });
    assert.deepEqual(seen.at(-1), { loaded: zipped.length, total: zipped.length });
  });

  test('damaged, cut off, too large once unpacked, of something else', async () => {
    const damaged = Buffer.from(zipped);
    damaged[damaged.length >> 1] ^= 0xff;
    await failsWith(() => loadModel(damaged), 'CHECKSUM', /gzip file is damaged/);
    for (const at of [2, 10, 18, zipped.length - 1])
      await failsWith(() => loadModel(zipped.subarray(0, at)), 'CHECKSUM', /gzip/);
    await failsWith(() => loadModel(zipped, { maxBytes: bytes.length - 1 }), 'LIMIT');
    await failsWith(() => loadModel(gzipSync(Buffer.alloc(2 ** 24)), { maxBytes: 2 ** 20 }), 'LIMIT');
    await failsWith(() => loadModel(gzipSync('<!doctype html>')), 'BAD_MAGIC', /HTML/);
    const reason = new Error('enough');
    const abort = new AbortController();
    const loading = failure(() => loadModel(new Blob([zipped]), { signal: abort.signal }));
    abort.abort(reason);
    assert.equal(await loading, reason);
  });
});

describe('requests', () => {
  /** @type {import('node:http').Server} */ let server;
  /** @type {string} */ let base;
  before(async () => {
    server = createServer((request, response) => {
      if (request.headers.authorization !== 'Bearer me') return response.writeHead(401).end();
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/m`;
  });
  after(() => void (server.closeAllConnections(), server.close()));

  test('load with their headers, and refuse as URLs do', async () => {
    const headers = { authorization: 'Bearer me' };
    await loadsFrom(new Request(base, { headers }));
    await failsWith(() => loadModel(new Request(base)), 'HTTP', /401/);
    await failsWith(() => loadModel(new Request('http://127.0.0.1:1/m')), 'HTTP', /127\.0\.0\.1:1\/m/);
    const reason = new Error('not now');
    const signal = AbortSignal.abort(reason);
    assert.equal(await failure(() => loadModel(new Request(base, { headers }), { signal })), reason);
    assert.equal(
      (await failure(() => loadModel(new Request(base, { headers, signal: AbortSignal.abort() })))).code,
      'HTTP',
      'aborted by its own signal',
    );
  });

  test('the total is known under a content-encoding: the file says how long it is', async () => {
    /** @type {any[]} */ const seen = [];
    const onProgress = (/** @type {any} */ progress) => seen.push(progress);
    await loadsFrom(new Request(base, { headers: { authorization: 'Bearer me' } }), { onProgress });
    for (const { loaded, total } of seen) assert.ok(loaded <= total && total === bytes.length);
    seen.length = 0;
    await loadsFrom(streamOf(bytes, 10), { onProgress });
    assert.deepEqual(
      [seen[0], seen[1], seen[2]],
      [
        { loaded: 10, total: undefined },
        { loaded: 20, total: undefined },
        { loaded: 30, total: bytes.length },
      ],
    );
  });
});

/** @param {string} algorithm @param {'hex' | 'base64'} [form] */
function digest(algorithm, form = 'base64') {
  return `${algorithm}-${createHash(algorithm).update(bytes).digest(form)}`;
}

describe('integrity', () => {
  for (const algorithm of ['sha256', 'sha384', 'sha512'])
    test(`${algorithm}, in base64 and hex; another file and another length are refused`, async () => {
      for (const form of /** @type {const} */ (['hex', 'base64'])) {
        const integrity = digest(algorithm, form);
        await loadsFrom(bytes, { integrity });
        const other = bytes.slice();
        other[200] ^= 1;
        const error = await failsWith(() => loadModel(other, { integrity }), 'INTEGRITY', /SHA-/);
        assert.equal(`${algorithm}-${error.details.wanted}`, integrity);
        assert.notEqual(error.details.got, error.details.wanted);
        await failsWith(() => loadModel(bytes, { integrity: integrity.slice(0, -3) }), 'BAD_ARGUMENT');
      }
    });

  test('the digest of one algorithm is none of another', async () => {
    for (const [name, value] of [
      ['sha256', digest('sha384')],
      ['sha384', digest('sha512', 'hex')],
      ['sha512', digest('sha256')],
      ['md5', digest('sha256')],
    ])
      await failsWith(
        () => loadModel(bytes, { integrity: value.replace(/^sha\d+/, name) }),
        'BAD_ARGUMENT',
        /sha384/,
      );
  });
});

describe('what things are', () => {
  test('a model and a profile say it, and name no item', async () => {
    const model = await loadModel(bytes);
    const { items, dim, personas } = model.info;
    const said = `Model { N: ${items}, D: ${dim}, P: ${personas}, bytes: ${bytes.length} }`;
    const me = model.createProfile([model.ids()[0], 'unknown']);
    for (const [thing, words, tag] of /** @type {[any, string, string][]} */ ([
      [model, said, 'Model'],
      [me, `Profile { events: 2, model: ${said} }`, 'Profile'],
    ])) {
      assert.equal(inspect(thing), words);
      assert.equal(inspect({ thing }, { breakLength: Infinity }), `{ thing: ${words} }`);
      assert.equal(String(thing), words);
      assert.equal(Object.prototype.toString.call(thing), `[object ${tag}]`);
    }
    me.dispose();
    model.dispose();
    assert.ok(inspect(me).startsWith('Profile {') && inspect(model) === said, 'also when they are gone');
  });

  test('classes keep their names in the bundles', async () => {
    for (const name of ['Model', 'Profile', 'AmpcfError'])
      assert.equal(/** @type {any} */ (library)[name].name, name);
    assert.equal(store.KeptProfile.name, 'KeptProfile');
    const model = await loadModel(bytes);
    assert.equal(model.candidates([]).constructor.name, 'Candidates');
  });

  test('an error that nobody catches prints a short line of the library', () => {
    const code = `const { loadModel } = await import(${JSON.stringify(new URL('dist/ampcf.js', root).href)});
      await loadModel(new Uint8Array(5));`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /AmpcfError: not an ampcf model file/);
    assert.ok(stderr.length < 6000, `${stderr.length} characters`);
  });
});
