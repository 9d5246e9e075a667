// Owns the check of the modules that CMake builds: no imports, the exports of src/*/exports.txt and
// those that the toolchain adds, the self-test's number. Must not need anything but Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { constants } from '../../web/build/constants.js';
import { wasmModules } from '../../web/build/modules.js';

const root = new URL('../../', import.meta.url),
  [folder, ...added] = process.argv.slice(2);
const wanted = Number(constants(root).AMPCF_SELF_TEST);

for (const [name, { exports: listed }] of Object.entries(wasmModules(root))) {
  const bytes = readFileSync(`${folder}/${name}.wasm`),
    module = await WebAssembly.compile(bytes);
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
  assert.deepEqual(new Set(names), new Set(['memory', '__heap_base', ...listed, ...added]), name);
  const { exports } = await WebAssembly.instantiate(module, {});
  // The taste module has a self-test of its own that knows its answer.
  const isTaste = listed.includes('ampcf_taste_self_test'),
    selfTest =
      /** @type {() => number} */ (isTaste ? exports.ampcf_taste_self_test : exports.ampcf_self_test)() >>> 0;
  assert.equal(selfTest, isTaste ? 1 : wanted, `${name}: self-test`);
  // A stack of 64 KiB below the data: an overflow runs off the start of memory and traps.
  const heapBase = /** @type {WebAssembly.Global} */ (exports.__heap_base).value;
  assert.ok(heapBase >= 65536 && heapBase < 131072, `${name}: heap base ${heapBase}`);
  console.log(`${name}.wasm ${bytes.length} bytes, self-test 0x${selfTest.toString(16)}`);
}
