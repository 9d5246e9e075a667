// Owns reading what the declarations of the package name in public: by entry its exports, by class its
// members. Must not judge them. `node tests/package/public-names.js` writes them down, for types.test.js.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parsers } from 'prettier/plugins/typescript';
import { root } from '../support.js';

export const written = fileURLToPath(new URL('public-names.json', import.meta.url));

/** @param {string} path of declarations */
const statementsOf = (path) =>
  /** @type {any} */ (parsers.typescript.parse(readFileSync(path, 'utf8'), /** @type {any} */ ({}))).body;

/**
 * @param {string} types folder of declarations
 * @param {string} name of an entry
 * @returns {string[]}
 */
function exportsOf(types, name) {
  const names = statementsOf(join(types, `${name}.d.ts`)).flatMap((/** @type {any} */ node) => {
    if (node.type === 'ExportAllDeclaration')
      return node.exported?.name ?? exportsOf(types, node.source.value.slice(2, -3));
    if (node.type !== 'ExportNamedDeclaration') return [];
    const { declaration } = node;
    if (!declaration) return node.specifiers.map((/** @type {any} */ { exported }) => exported.name);
    return (declaration.declarations ?? [declaration]).map((/** @type {any} */ { id }) => id.name);
  });
  return /** @type {string[]} */ ([...new Set(names)]).sort();
}

/**
 * What of the classes anybody can name; where a class has private fields that is not said.
 * @param {string} path of declarations
 */
function membersIn(path) {
  return statementsOf(path).flatMap((/** @type {any} */ node) => {
    const declaration = node.declaration ?? node;
    if (declaration.type !== 'ClassDeclaration') return [];
    const members = declaration.body.body.flatMap((/** @type {any} */ { key }) =>
      key?.type === 'Identifier' ? [key.name] : [],
    );
    return [[`class ${declaration.id.name}`, [...new Set(members)].sort()]];
  });
}

/**
 * @param {string} packageFolder the package, packed or not
 * @param {string[]} files its declarations, below the folder
 * @returns {Record<string, string[]>}
 */
export function publicNames(packageFolder, files) {
  const { exports } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).flatMap(([path, /** @type {any} */ target]) => {
    const name = /types\/([a-z-]+)\.d\.ts$/.exec(target.types)?.[1];
    return name && !path.endsWith('.wasm')
      ? [[`ampcf${path.slice(1)}`, exportsOf(join(packageFolder, 'dist/types'), name)]]
      : [];
  });
  return Object.fromEntries([...entries, ...files.flatMap((file) => membersIn(join(packageFolder, file)))]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { readdirSync } = await import('node:fs');
  const folder = fileURLToPath(root);
  const files = readdirSync(join(folder, 'dist/types'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.d.ts'))
    .map((path) => `dist/types/${path}`)
    .sort();
  const lines = Object.entries(publicNames(folder, files)).map(
    ([name, list]) => `${JSON.stringify(name)}: ${JSON.stringify(list.join(' '))}`,
  );
  writeFileSync(written, `{\n  ${lines.join(',\n  ')}\n}\n`);
}
