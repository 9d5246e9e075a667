#!/usr/bin/env node
// Owns `npm run docs`: the API reference in build/docs, made by TypeDoc from the declarations that users
// install. Must not write outside build/, or pass where a public name has no documentation or a link
// leads nowhere.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = new URL('../../../', import.meta.url);
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const typedoc = here('node_modules/typedoc/bin/typedoc');

/**
 * Public names that need no words of their own: each does what the name beside it does, and that is
 * documented.
 * @type {Record<string, string>}
 */
const saidElsewhere = {
  'ampcf.Filter': 'RecommendOptions.filter',
  'ampcf.Model.[dispose]': 'Model.dispose',
  'ampcf.Plugin.open': 'Plugin',
  'ampcf.Profile.[dispose]': 'Profile.dispose',
  'ampcf.ReadOptions.onProgress': 'LoadProgress',
  'ampcf.Recency': 'FoldOptions',
  'evidence.AspectsOf': 'evidenceFor',
  'sentences.englishTemplates': 'explainInWords',
  'worker.RemoteModel.candidates': 'Model.candidates',
  'worker.RemoteModel.createProfile': 'Model.createProfile',
  'worker.RemoteModel.mask': 'Model.mask',
  'worker.RemoteModel.restoreProfile': 'Model.restoreProfile',
  'train.gaussianDefaults': 'trainDefaults',
  'train.logisticDefaults': 'trainDefaults',
  'train.multinomialDefaults': 'trainDefaults',
  'train.Ease.score': 'fitEase',
  'train.Ease.dispose': 'fitEase',
  'train.EaseOptions.onProgress': 'fitEase',
  'train.TrainOptions.onProgress': 'trainModel',
};

/**
 * Is the workspace installed that has TypeDoc? `npm ci` installs it; `npm ci --workspaces=false` does
 * not.
 */
export const hasTypedoc = () => existsSync(typedoc);

/** The declarations of the package's entries, below dist/types. */
function entries() {
  const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  return Object.values(exports).flatMap((/** @type {any} */ target) =>
    target.types && !/wasm/.test(target.types) ? [String(target.types).replace('./dist/types/', '')] : [],
  );
}

/**
 * An entry names a type of another file as an alias. TypeDoc would show the bare name; here it becomes
 * the type itself, whose fields are shown.
 * @param {string} declarations
 */
const withTypesThemselves = (declarations) =>
  declarations.replaceAll(
    /^export type (\w+) = import\('([^']+)'\)\.\1;$/gm,
    "import type { $1 } from '$2';\nexport type { $1 };",
  );

/**
 * What TypeDoc complains of and should not be: a link that leads nowhere, a public name without
 * documentation. Types that are only reached through a public name stand in modules called `types`; their
 * fields say enough.
 * @param {string} output of TypeDoc
 * @returns {string[]}
 */
export function complaints(output) {
  return stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => /^\[(warning|error)\]/.test(line) && !/Found \d+ errors and \d+ warnings/.test(line))
    .filter((line) => {
      const name = /^\[warning\] (\S+) \(.*does not have any documentation/.exec(line)?.[1];
      return !name || !(name.split('.').includes('types') || Object.hasOwn(saidElsewhere, name));
    });
}

/**
 * Make the reference.
 * @returns {string[]} what is wrong with it
 */
export function makeReference() {
  const work = at('build/reference/');
  rmSync(work, { recursive: true, force: true });
  cpSync(at('dist/types'), `${work}types`, { recursive: true });
  for (const entry of entries()) {
    const path = `${work}types/${entry}`;
    writeFileSync(path, withTypesThemselves(readFileSync(path, 'utf8')));
  }
  cpSync(here('tsconfig.json'), `${work}tsconfig.json`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      typedoc,
      ...['--options', here('typedoc.json'), '--tsconfig', `${work}tsconfig.json`, '--out', at('build/docs')],
      ...entries().flatMap((entry) => ['--entryPoints', `${work}types/${entry}`]),
    ],
    { cwd: here('.'), encoding: 'utf8' },
  );
  const found = complaints(`${stdout}\n${stderr}`);
  return status === 0 || found.length > 0 ? found : [`TypeDoc ended with ${status}: ${stderr}`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!hasTypedoc()) throw new Error('TypeDoc is not installed here: npm ci installs it');
  const found = makeReference();
  for (const complaint of found) console.error(complaint);
  console.log('The reference: build/docs/index.html');
  process.exitCode = found.length > 0 ? 1 : 0;
}
