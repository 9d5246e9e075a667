// Owns Chromium, Firefox and WebKit as one thing: a view of a page that can be visited, asked and pictured.
// Must not install anything, and must end what it starts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { args, executablePath } from '../browser/chromium.js';

/**
 * @typedef {object} View a page in a browser of its own, with nothing kept of an earlier one
 * @property {(address: string) => Promise<void>} visit
 * @property {(expression: string) => Promise<any>} read what an expression gives in the page; a promise is
 *   waited for
 * @property {(expression: string, milliseconds?: number) => Promise<void>} until it is true
 * @property {(path: string) => Promise<void>} picture writes a PNG of what is seen
 * @property {() => Promise<void>} close
 */
/** @typedef {{ width: number, height: number, dark?: boolean }} Look of a view */
/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string | undefined} needs a package
 * @property {string | undefined} lacks what is not on this machine
 * @property {(look?: Look) => Promise<View>} open
 */

const usual = { width: 1024, height: 768 };

/** @param {string[]} paths */
const firstThere = (paths) =>
  paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
const firefoxPath = firstThere(['/usr/bin/firefox-esr', '/usr/bin/firefox']);
const xvfb = firstThere(['/usr/bin/Xvfb']);
const webkitDriver = firstThere(['/usr/bin/WebKitWebDriver']);
const miniBrowser = firstThere(
  ['4.1', '4.0', '6.0'].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/**
 * @param {(expression: string) => Promise<any>} read
 * @returns {View['until']}
 */
const untilBy =
  (read) =>
  async (expression, milliseconds = 30_000) => {
    for (const end = Date.now() + milliseconds; !(await read(expression)); await later(20))
      if (Date.now() > end) throw new Error(`${expression}: not true within ${milliseconds} ms`);
  };

/** @type {Engine['open']} */
async function openChromium({ width, height, dark = false } = usual) {
  const browser = await chromium.launch({ executablePath, args });
  const colorScheme = dark ? 'dark' : 'light';
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const read = (/** @type {string} */ expression) => page.evaluate(expression);
  return {
    visit: async (address) => void (await page.goto(address)),
    read,
    until: untilBy(read),
    picture: async (path) => void (await page.screenshot({ path })),
    close: () => browser.close(),
  };
}

/** Firefox by WebDriver BiDi, which it speaks itself. @type {Engine['open']} */
async function openFirefox({ width, height, dark = false } = usual) {
  const { launch } = await import('puppeteer-core');
  const browser = await launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    // 0: dark, 1: light
    extraPrefsFirefox: { 'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1 },
    defaultViewport: { width, height },
  });
  const page = await browser.newPage();
  const read = (/** @type {string} */ expression) => page.evaluate(expression);
  return {
    visit: async (address) => void (await page.goto(address)),
    read,
    until: untilBy(read),
    picture: async (path) => writeFileSync(path, await page.screenshot()),
    close: () => browser.close(),
  };
}

/** A port that nobody has. @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Until a program listens there: as long as a machine takes that has other work.
 * @param {import('node:net').NetConnectOpts} at
 * @param {number} [milliseconds]
 */
async function untilListens(at, milliseconds = 30_000) {
  for (const end = Date.now() + milliseconds; ; await later(50)) {
    const socket = connect(at);
    try {
      return await once(socket, 'connect');
    } catch (error) {
      if (Date.now() > end) throw error;
    } finally {
      socket.destroy();
    }
  }
}

/** WebKit by its WebDriver, on a screen that nobody sees. @type {Engine['open']} */
async function openWebKit({ width, height, dark = false } = usual) {
  const { default: selenium } = await import('selenium-webdriver');
  const port = await freePort();
  const display = 100 + (process.pid % 400);
  const screenArgs = [`:${display}`, '-screen', '0', `${width}x${height + 200}x24`];
  const screen = spawn(String(xvfb), screenArgs, { stdio: 'ignore' });
  const environment = {
    ...process.env,
    DISPLAY: `:${display}`,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    GTK_THEME: dark ? 'Adwaita:dark' : 'Adwaita',
  };
  const driver = spawn(String(webkitDriver), [`--port=${port}`], { stdio: 'ignore', env: environment });
  const end = () => void (driver.kill(), screen.kill());
  try {
    await untilListens({ path: `/tmp/.X11-unix/X${display}` });
    await untilListens({ port, host: '127.0.0.1' });
    const session = await new selenium.Builder()
      .usingServer(`http://127.0.0.1:${port}/`)
      .withCapabilities({
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
      })
      .build();
    await session.manage().setTimeouts({ script: 120_000 });
    await session.manage().window().setRect({ x: 0, y: 0, width, height });
    const read = (/** @type {string} */ expression) => session.executeScript(`return (${expression})`);
    return {
      visit: (address) => session.get(address),
      read,
      until: untilBy(read),
      picture: async (path) => writeFileSync(path, await session.takeScreenshot(), 'base64'),
      close: () => session.quit().finally(end),
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** @type {Engine[]} */
export const engines = [
  {
    name: 'Chromium',
    needs: undefined,
    lacks: executablePath ? undefined : 'no Chromium here',
    open: openChromium,
  },
  {
    name: 'Firefox',
    needs: 'puppeteer-core',
    lacks: firefoxPath ? undefined : 'no firefox-esr here (apt)',
    open: openFirefox,
  },
  {
    name: 'WebKit',
    needs: 'selenium-webdriver',
    lacks: webkitDriver && miniBrowser && xvfb ? undefined : 'no webkit2gtk-driver or xvfb here (apt)',
    open: openWebKit,
  },
];
