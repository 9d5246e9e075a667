// Owns running an example as a reader would, in a folder of its own. Must fail when it leaves a file
// there or in the repository.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'examples');
const entries = () => [...readdirSync(root), ...readdirSync(examples, { recursive: true })];

/**
 * @param {string} name such as 'demo/run'
 * @param {string[]} [args]
 * @returns {string} what it printed
 */
export function runExample(name, args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-run-'));
  const cwd = join(folder, 'cwd');
  const temporary = join(folder, 'tmp');
  mkdirSync(cwd);
  mkdirSync(temporary);
  const before = entries();
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(examples, `${name}.js`), ...args], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(cwd), [], `examples/${name}.js left files where it was started`);
    assert.deepEqual(entries(), before, `examples/${name}.js left files in the repository`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
