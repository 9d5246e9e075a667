// Owns the browsers: page, worker, service worker and stores in Chromium, Firefox and WebKit. Must not
// install anything, and must end what it starts.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { build } from 'esbuild';
import { args, executablePath } from '../browser/chromium.js';
import { project, serve } from './place.js';

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

/** @param {string} name */
async function site(name) {
  const folder = project(name, {
    'index.html':
      '<!doctype html><html><body><script type="module" src="./built/browser.js"></script></body></html>\n',
  });
  const common = { absWorkingDir: folder, bundle: true, logLevel: /** @type {const} */ ('silent') };
  const pages = ['browser.js', 'worker.js'];
  await build({ ...common, entryPoints: pages, outdir: 'built', format: 'esm', splitting: true });
  await build({ ...common, entryPoints: ['service-worker.js'], outfile: 'sw.js', format: 'iife' });
  return serve(folder);
}

/**
 * @param {string} address
 * @returns {Promise<string>}
 */
async function inChromium(address) {
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    await page.goto(`${address}`);
    await page.waitForFunction(() => /^{/.test(globalThis.document.title), null, { timeout: 60_000 });
    return await page.title();
  } finally {
    await browser.close();
  }
}

/**
 * Firefox by WebDriver BiDi, which it speaks itself.
 * @param {string} address
 * @returns {Promise<string>}
 */
async function inFirefox(address) {
  const { launch } = await import('puppeteer-core');
  const browser = await launch({ browser: 'firefox', executablePath: firefoxPath, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => /^{/.test(globalThis.document.title), { timeout: 60_000 });
    return await page.title();
  } finally {
    await browser.close();
  }
}

/**
 * Starts a program, and ends it when its work is done.
 * @template T
 * @param {string} program
 * @param {string[]} programArgs
 * @param {Record<string, string>} environment
 * @param {() => Promise<T>} work
 */
async function beside(program, programArgs, environment, work) {
  const child = spawn(program, programArgs, { stdio: 'ignore', env: { ...process.env, ...environment } });
  try {
    await later(1500);
    return await work();
  } finally {
    child.kill();
  }
}

/**
 * WebKit by its WebDriver, on a screen that nobody sees.
 * @param {string} address
 * @returns {Promise<string>}
 */
async function inWebKit(address) {
  const { default: selenium } = await import('selenium-webdriver');
  const port = 30_000 + (process.pid % 9000);
  const display = `:${100 + (process.pid % 400)}`;
  const options = { binary: miniBrowser, args: ['--automation'] };
  const browse = async () => {
    const driver = await new selenium.Builder()
      .usingServer(`http://127.0.0.1:${port}/`)
      .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options })
      .build();
    try {
      await driver.get(address);
      await driver.wait(selenium.until.titleMatches(/^{/), 60_000);
      return await driver.getTitle();
    } finally {
      await driver.quit();
    }
  };
  const environment = { DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  return beside(String(xvfb), [display, '-screen', '0', '1024x768x24'], {}, () =>
    beside(String(webkitDriver), [`--port=${port}`], environment, browse),
  );
}

/**
 * What each lacks here, how its title is got, and what it may say instead.
 * @type {[string, string | undefined, (address: string) => Promise<string>, Record<string, RegExp>][]}
 */
const kinds = [
  ['Chromium', executablePath ? undefined : 'no Chromium here', inChromium, {}],
  ['Firefox', firefoxPath ? undefined : 'no firefox-esr here (apt)', inFirefox, {}],
  [
    'WebKit',
    webkitDriver && miniBrowser && xvfb ? undefined : 'no webkit2gtk-driver or xvfb here (apt)',
    inWebKit,
    // This WebKit has no files of an origin, and says so.
    { opfs: /^NO_STORE: / },
  ],
];

export const browsers = kinds.map(([name, lacks, titleOf, may]) => ({
  name,
  needs: name === 'Firefox' ? 'puppeteer-core' : name === 'WebKit' ? 'selenium-webdriver' : undefined,
  lacks,
  /** @param {string} line that the check gives in Node */
  async run(line) {
    const server = await site(name);
    try {
      const told = JSON.parse(await titleOf(server.address));
      const [, best, , , , , distance] = line.split(' ');
      const wanted = {
        page: line,
        worker: line,
        'service worker': `${best} ${distance}, ${best} ${distance}`,
        indexedDB: 'true 1',
        'indexedDB, encrypted': 'true 1',
        opfs: 'true 1',
      };
      const wrong = Object.entries(wanted).filter(
        ([part, text]) => told[part] !== text && !may[part]?.test(told[part]),
      );
      if (wrong.length > 0) throw new Error(wrong.map(([part]) => `${part}: ${told[part]}`).join('\n'));
      const lacking = Object.keys(may).filter((part) => may[part].test(told[part]));
      const had = Object.keys(wanted).filter((part) => !lacking.includes(part));
      return had.join('; ') + lacking.map((part) => `; ${part} is not in it`).join('');
    } finally {
      server.close();
    }
  },
}));
