// Owns a real Chromium and a small server for the tests in a browser. Must not hold a test, and must end what
// it starts.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { serveFile } from '../../examples/page/serve.js';

/** @import { AddressInfo } from 'node:net' */

const candidates = process.env.CHROMIUM
  ? [process.env.CHROMIUM]
  : [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/usr/bin/google-chrome-stable',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ];
export const executablePath = candidates.find((path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});
export const skip = executablePath ? false : 'skipped: no Chromium found (set CHROMIUM)';
/** Nothing that the browser does for itself may look like a request of the page. */
export const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @typedef {object} Answer
 * @property {string} type
 * @property {string | Uint8Array} body
 * @property {Record<string, string>} [headers]
 */

/** A server of the repository and of extra answers by path, which writes down what arrives. */
export async function startServer() {
  /** @type {Map<string, Answer>} */
  const extra = new Map();
  /** @type {string[]} */
  const arrived = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const answer = extra.get(path);
    arrived.push(`${request.method} ${path}`);
    if (answer)
      response
        .writeHead(200, { 'content-type': answer.type, 'cache-control': 'no-store', ...answer.headers })
        .end(answer.body);
    else serveFile(request, response);
  });
  server.on('upgrade', (request, socket) => {
    arrived.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const origin = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  extra.set('/test/blank.html', {
    type: 'text/html',
    body: '<!doctype html><title>blank</title><link rel="icon" href="data:,">',
  });
  return {
    extra,
    arrived,
    origin,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A folder for one browser profile. */
export function profileFolder() {
  const path = mkdtempSync(join(tmpdir(), 'ampcf-chromium-'));
  // A browser that was killed may still be writing when its folder goes.
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}

/**
 * A Chromium of our own on a folder, which can be killed like a process that crashes.
 * @param {string} folder
 */
export async function startBrowser(folder) {
  const portFile = join(folder, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const child = spawn(
    String(executablePath),
    ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, ...args, 'about:blank'],
    { detached: true, stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => {
    child.on('exit', resolve);
  });
  const kill = async () => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL'); // with the processes of its pages
    } catch {
      // It has ended already.
    }
    await gone;
  };
  try {
    for (let n = 0; n < 400 && !(existsSync(portFile) && readFileSync(portFile, 'utf8').includes('\n')); n++)
      await later(50);
    const browser = await chromium.connectOverCDP(
      `http://127.0.0.1:${readFileSync(portFile, 'utf8').split('\n')[0]}`,
    );
    const context = browser.contexts()[0];
    return {
      browser,
      context,
      kill,
      async close() {
        const session = await browser.newBrowserCDPSession();
        await session.send('Browser.close').catch(() => {});
        await gone;
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
