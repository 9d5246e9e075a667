// Owns that no message and no help names an option that is not there. Must not run a command.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { choiceSettings, goneSettings, numberSettings } from '../../../web/train/settings.js';
import { root } from '../../support.js';

const textOf = (/** @type {string} */ path) => readFileSync(new URL(path, root), 'utf8');
const sources = readdirSync(new URL('web/', root), { recursive: true, encoding: 'utf8' })
  .map((path) => `web/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.js') && !path.startsWith('web/build/'));

/**
 * Options that sources declare: in a list of textOptions, or with their type.
 * @param {string} text
 */
function declaredIn(text) {
  const spread = (/** @type {string} */ list) =>
    [...list.matchAll(/\.\.\.(?:Object\.values\()?(\w+)/g)].map(
      ([, name]) => new RegExp(`const ${name} = (?:/\\*.*?\\*/ )?\\(?[[{]([^\\]}]*)`).exec(text)?.[1] ?? '',
    );
  const lists = [...text.matchAll(/textOptions\(\[([^\]]*)\]/g)].flatMap(([, list]) =>
    [list, ...spread(list)].flatMap((names) => [...names.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name)),
  );
  const typed = [...text.matchAll(/'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/g)].map(([, name]) => name);
  return [...lists, ...typed];
}

const settings = [...numberSettings, ...choiceSettings, ...Object.keys(goneSettings), 'residual'];
const optionOf = (/** @type {string} */ name) =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const options = new Set([
  'help',
  'version',
  ...settings.map(optionOf),
  ...sources.filter((path) => path.startsWith('web/cli/')).flatMap((path) => declaredIn(textOf(path))),
]);

/**
 * Options that a text names, but for those that are only the beginning of a name (`--neighbour-...`).
 * @param {string} text
 */
const namedIn = (text) =>
  [...text.matchAll(/(?<![\w-])--([a-z][a-z]*(?:-[a-z]+)*)(?![\w$[(-])/g)].map(([, name]) => name);

test('options that messages and help name are there', () => {
  assert.ok(options.size > 80);
  const named = sources.flatMap((path) => namedIn(textOf(path)).map((name) => ({ path, name })));
  assert.ok(named.length > 150);
  for (const name of ['skip-bad', 'min-support', 'min-rating', 'item', 'rating', 'quote', 'items-id'])
    assert.ok(named.some((other) => other.name === name) && options.has(name), name);
  const missing = named
    .filter(({ name }) => !options.has(name))
    .map(({ path, name }) => `${path}: --${name}`);
  assert.deepEqual(missing, []);
});

test('an option that is not there is seen', () => {
  const text = "throw new Error('wanted its name: --id COL, or --neighbour-... and --user');";
  assert.deepEqual(
    namedIn(text).filter((name) => !options.has(name)),
    ['id'],
  );
});
