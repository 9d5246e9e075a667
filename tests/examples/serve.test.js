// Owns the tests of who the server of the demo page answers. Must not test the page.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, test } from 'node:test';
import { serveFile } from '../../examples/page/serve.js';

const server = createServer(serveFile);
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(undefined));
});
after(() => server.close());
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

/** @param {string} host of the header */
const statusFor = (host) =>
  new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/README.md', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test('only requests for this machine are answered, whoever resolves to it', async () => {
  for (const host of ['localhost', `localhost:${port}`, 'LocalHost:80', `127.0.0.1:${port}`, '[::1]:8080'])
    assert.equal(await statusFor(host), 200, host);
  const others = [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '::1',
  ];
  for (const host of others) assert.equal(await statusFor(host), 421, host);
});
