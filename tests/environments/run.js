#!/usr/bin/env node
// Owns `npm run environments`: the packed package in every bundler, runtime and browser that is here, a walk
// through the pages in each browser, and a line for each that is not. Must fail when one fails.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { browsers } from './browsers.js';
import { bundlers } from './bundlers.js';
import { prepare, project, tool, tools } from './place.js';
import { runtimes } from './runtimes.js';
import { walks } from './walk.js';

const only = process.argv[2] ? new RegExp(process.argv[2], 'i') : /^/;
const bytes = await prepare();
const folder = project('here', {
  'says.js': `import { readFileSync } from 'node:fs';
import { check } from './check.js';
console.log(await check(readFileSync('m.ampcf')));
`,
});
/** What every environment must say. */
const line = (await tool(folder, join(folder, 'says.js'))).trim();
console.log(
  `ampcf ${JSON.parse(readFileSync(join(tools, 'ampcf/package.json'), 'utf8')).version}: ${line}\n`,
);

let failed = 0;
let passed = 0;
let skipped = 0;
for (const { name, needs, lacks, run } of [...runtimes, ...bundlers, ...browsers, ...walks]) {
  if (!only.test(name)) continue;
  const began = performance.now();
  const say = (/** @type {string} */ what) =>
    console.log(`${name.padEnd(46)} ${what}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  const missing =
    lacks ?? (needs && !existsSync(join(tools, needs)) ? `${needs} is not installed` : undefined);
  if (missing) {
    skipped++;
    console.log(`${name.padEnd(46)} skipped: ${missing}`);
    continue;
  }
  try {
    say(`PASS     ${await run(line, bytes)}`);
    passed++;
  } catch (error) {
    failed++;
    const { message, stderr = '', stdout = '' } = /** @type {any} */ (error);
    say(`FAIL     ${message}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  }
}
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
