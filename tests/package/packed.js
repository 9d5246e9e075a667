// Owns the package as a stranger gets it: packed, and installed in an empty folder. Must not test it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../support.js';

/**
 * Packs the package and installs it in the folder `app`.
 * @param {string} folder an empty one
 */
export function installPacked(folder) {
  const app = join(folder, 'app');
  const npm = (/** @type {string[]} */ args, /** @type {string} */ cwd) =>
    execFileSync(
      'npm',
      [
        ...args,
        '--ignore-scripts',
        '--offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        `--cache=${join(folder, 'cache')}`,
      ],
      { cwd, encoding: 'utf8', env: { ...process.env, npm_config_update_notifier: 'false' } },
    );
  const [{ filename, files }] = JSON.parse(
    npm(['pack', '--json', `--pack-destination=${folder}`], fileURLToPath(root)),
  );
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const tarball = join(folder, filename);
  npm(['install', tarball], app);
  return { app, tarball, packed: files.map((/** @type {{ path: string }} */ { path }) => path).sort() };
}
