// Owns C -> WebAssembly with the clang that comes from npm. Must not read or write files.
import * as yowasp from '@yowasp/clang';

// The package's declarations leave out the compiler driver.
const { runClang, runLLVM } = /** @type {any} */ (yowasp);

/** @import { WasmModule } from './modules.js' */

/**
 * Compile C files into one reactor module with zero imports.
 * @param {Record<string, string>} files path -> text of every source and header
 * @param {WasmModule} module
 * @returns {Promise<Uint8Array<ArrayBuffer>>} the module; throws with the compiler's messages when it does
 *   not compile
 */
export async function compileWasm(files, { sources, exports, compile, link, libc }) {
  const decoder = new TextDecoder();
  let messages = '';
  const collect = (/** @type {Uint8Array | null} */ bytes) => {
    if (bytes) messages += decoder.decode(bytes, { stream: true });
  };
  /** @type {any} */
  let output;
  try {
    await runLLVM(undefined, undefined, { fetchProgress: () => {} }); // reads the compiler, without a word
    const linker = [...link, ...exports.map((name) => `--export=${name}`)].join(',');
    const folders = ['-Iinclude', '-Isrc'];
    const target = ['--target=wasm32-wasip1'];
    const linking = [libc ? '-nostartfiles' : '-nostdlib', `-Wl,${linker}`, '-o', 'out.wasm'];
    output = await runClang(
      ['clang', ...target, ...compile, ...folders, ...sources, ...linking],
      tree(files),
      { stdout: collect, stderr: collect },
    );
  } catch (cause) {
    throw new Error(`clang failed:\n${messages}`, { cause });
  }
  const wasm = output['out.wasm'];
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  const names = imports.map(({ module, name }) => `${module}.${name}`);
  if (names.length > 0) throw new Error(`wasm must import nothing, got ${names}`);
  return wasm;
}

/** @param {Record<string, string>} files */
function tree(files) {
  /** @type {any} */
  const root = {};
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/');
    const name = /** @type {string} */ (parts.pop());
    let at = root;
    for (const part of parts) at = at[part] ??= {};
    at[name] = text;
  }
  return root;
}
