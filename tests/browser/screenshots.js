// Owns `npm run page:pictures`: the pictures of the demo page in the repository, as Chromium shows it at
// first sight. Must not test it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { args, executablePath, startServer } from './chromium.js';

/** @type {[name: string, options: import('playwright-core').BrowserContextOptions][]} */
const pictures = [
  ['screenshot', { viewport: { width: 1280, height: 900 } }],
  ['screenshot-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['screenshot-phone', { viewport: { width: 390, height: 844 } }],
];
const folder = process.argv[2] ?? fileURLToPath(new URL('../../examples/page/', import.meta.url));
const full = process.argv[3] === 'full';
const server = await startServer();
const browser = await chromium.launch({ executablePath, args });
for (const [name, options] of pictures) {
  const page = await browser.newPage(options);
  page.on('console', (message) => console.log(message.text()));
  page.on('pageerror', (error) => console.log(error));
  await page.goto(`${server.origin}/examples/page/`);
  await page.locator('main[data-ready]').waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (full) await page.setViewportSize({ width: page.viewportSize()?.width ?? 1280, height });
  // WebP, which Chromium writes itself: a third of the bytes of a PNG.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
  const bytes = Buffer.from(data, 'base64');
  writeFileSync(`${folder}/${name}.webp`, bytes);
  console.log(`${name}.webp`, bytes.length, 'bytes');
  await page.close();
}
await browser.close();
server.close();
