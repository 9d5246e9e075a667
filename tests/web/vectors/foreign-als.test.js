// Owns the test of vectors of implicit's and Spark's ALS: against golden exports, and against the libraries
// where they are installed. Must not train by itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { largestDifference } from './als-cases.js';

/** @import { AlsCase } from './als-cases.js' */

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
/** What .ci/run has installed, or the machine's own. */
const installed = at('../../../build/python/bin/python3');
const python = existsSync(installed) ? installed : 'python3';
const libraries = /** @type {const} */ ({ implicit: 'import implicit, scipy', spark: 'import pyspark' });

/**
 * Why a library cannot be asked.
 * @param {keyof typeof libraries} library
 */
function whyNot(library) {
  const { status, error } = spawnSync(python, ['-c', libraries[library]]);
  if (error) return `skipped: no ${python}`;
  if (status !== 0)
    return `skipped: ${python} has no ${library === 'spark' ? 'pyspark' : 'implicit'} (pip install)`;
  if (library === 'spark' && spawnSync('java', ['-version']).error) return 'skipped: no Java';
  return false;
}

/** @param {AlsCase[]} cases */
async function compare(cases) {
  assert.ok(cases.length >= 2);
  for (const given of cases) {
    assert.ok(
      given.people.every(({ scores }) => Math.max(...scores) > 0.05),
      'scores say something',
    );
    const difference = await largestDifference(given);
    assert.ok(difference < 1e-5, `${given.library} ${JSON.stringify(given.settings)}: ${difference}`);
    const halves = await largestDifference(given, 'f16');
    assert.ok(halves > difference && halves < 5e-3, `in halves ${halves}`);
    const wrong = {
      ...given,
      settings: { ...given.settings, regularization: 3 * given.settings.regularization },
    };
    assert.ok((await largestDifference(wrong)) > 10 * difference, 'another setting is another score');
  }
}

for (const library of /** @type {(keyof typeof libraries)[]} */ (Object.keys(libraries)))
  describe(library, () => {
    test('a golden export: the same scores as there', async () => {
      await compare(JSON.parse(readFileSync(at(`golden/${library}.json`), 'utf8')));
    });

    test('the library itself: the same scores as there', { skip: whyNot(library) }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ampcf-als-'));
      try {
        const out = join(folder, 'cases.json');
        const { status, stderr } = spawnSync(python, [at('make_als.py'), library, out], { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        await compare(JSON.parse(readFileSync(out, 'utf8')));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
