// Owns the check of the modules that CMake builds: no imports, the exports of src/sources.txt, the self-test's number.
// Must not need anything but Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readSourceGroups } from '../../web/build/sources.js';

const root = new URL('../../', import.meta.url), folder = process.argv[2];
const groups = readSourceGroups(root);
const wanted = Number(/#define AMPCF_SELF_TEST (0x[0-9A-F]+)u/.exec(readFileSync(new URL('include/ampcf.h', root), 'utf8'))?.[1]);

for (const kind of ['core', 'train'])
  for (const kernels of ['simd', 'scalar']) {
    const bytes = readFileSync(`${folder}/${kind}-${kernels}.wasm`);
    const module = await WebAssembly.compile(bytes);
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    assert.deepEqual(new Set(names), new Set(['memory', '__heap_base', ...groups[`${kind} exports`]]), `${kind}-${kernels}`);
    const { exports } = await WebAssembly.instantiate(module, {});
    const selfTest = /** @type {() => number} */ (exports.ampcf_self_test)() >>> 0;
    assert.equal(selfTest, wanted, `${kind}-${kernels}: self-test`);
    // A stack of 64 KiB below the data: an overflow runs off the start of memory and traps.
    const heapBase = /** @type {WebAssembly.Global} */ (exports.__heap_base).value;
    assert.ok(heapBase >= 65536 && heapBase < 131072, `${kind}-${kernels}: heap base ${heapBase}`);
    console.log(`${kind}-${kernels}.wasm ${bytes.length} bytes, self-test 0x${selfTest.toString(16)}`);
  }
