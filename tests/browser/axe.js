// Owns what axe finds on a page. Must not judge it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @import { Page } from 'playwright-core' */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Rules that are broken, shadow trees too, each with where.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export async function violations(page) {
  // As a debugger does it: a page's policy may be strict.
  await page.evaluate(axe);
  const { violations: found } = /** @type {any} */ (await page.evaluate('axe.run()'));
  return found.map(
    (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join()}`,
  );
}
