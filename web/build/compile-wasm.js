// Owns C -> WebAssembly with the clang that comes from npm. Must not read or write files.
import * as yowasp from '@yowasp/clang';

// The package's declarations leave out the compiler driver.
const { runClang, runLLVM } = /** @type {any} */ (yowasp);

/** Rules that make every build give the same bits, and a stack overflow trap instead of corrupting data. */
const compileFlags = ['--target=wasm32-wasip1', '-std=c11', '-flto', '-ffp-contract=off', '-fno-math-errno', '-DNDEBUG',
  '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror', '-Iinclude', '-Isrc'];
const linkFlags = ['-nostartfiles', '-Wl,--no-entry,--stack-first,-z,stack-size=65536,--initial-memory=1048576,--gc-sections,--strip-all'];

/**
 * Compile C files into one reactor module with zero imports.
 * @param {{ files: Record<string, string>, sources: string[], exports: string[], flags: string[] }} unit
 *   `files`: path -> text of every source and header; `sources`: paths to compile; `flags`: e.g. -O3, -msimd128
 * @returns {Promise<Uint8Array<ArrayBuffer>>} the module; throws with the compiler's messages when it does not compile
 */
export async function compileWasm({ files, sources, exports, flags }) {
  const decoder = new TextDecoder();
  let messages = '';
  const collect = (/** @type {Uint8Array | null} */ bytes) => { if (bytes) messages += decoder.decode(bytes, { stream: true }); };
  /** @type {any} */
  let output;
  try {
    await runLLVM(undefined, undefined, { fetchProgress: () => {} }); // reads the compiler itself, without a word
    output = await runClang(['clang', ...compileFlags, ...flags, ...sources, ...linkFlags,
      `-Wl,${exports.map((name) => `--export=${name}`).join(',')},--export=__heap_base`, '-o', 'out.wasm'],
    tree(files), { stdout: collect, stderr: collect });
  } catch (cause) {
    throw new Error(`clang failed:\n${messages}`, { cause });
  }
  const wasm = output['out.wasm'];
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  if (imports.length > 0) throw new Error(`wasm must import nothing, got ${imports.map((i) => `${i.module}.${i.name}`)}`);
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
