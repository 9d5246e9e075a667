// Owns one wasm instance and its linear memory: allocation, copies in and out, calls. Must not know what the
// bytes mean.
import { badArgument, messageOf } from './arguments.js';
import { bytesView } from './bytes.js';
import { AmpcfError } from './errors.js';

/** A line of the caches, so that no row of 64 int8 numbers lies across two. */
const align = 64;
// Ids come out byte for byte, also one that begins with a byte order mark.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** @typedef {Uint8Array | Uint32Array | Float32Array | Float64Array} TypedArray */

/** A wasm instance with an allocator. Views are made per use, because growing the memory detaches them. */
export class WasmMemory {
  /**
   * An instance that passed the known-answer test of the core.
   * @param {WebAssembly.Module} module
   * @param {string} name of the build, for the refusal
   */
  static start(module, name) {
    const memory = new WasmMemory(module);
    if (memory.call('ampcf_self_test') >>> 0 !== AMPCF_SELF_TEST)
      throw new AmpcfError('INSTANCE_FAILED', `the ${name} build computes wrong numbers here`);
    return memory;
  }

  /** @type {Record<string, (...args: number[]) => number>} */ #exports;
  /** @type {WebAssembly.Memory} */ #memory;
  /**
   * Blocks in use, sorted, with the gaps that may be used again between them.
   * @type {{ start: number, end: number }[]}
   */
  #used = [];
  /** Where blocks may begin. */ #base;
  #failed = false;

  /** @param {WebAssembly.Module} module zero imports */
  constructor(module) {
    const exports = /** @type {any} */ (new WebAssembly.Instance(module).exports);
    this.#exports = exports;
    this.#memory = exports.memory;
    this.#base = Math.ceil(exports.__heap_base.value / align) * align;
  }

  /** Bytes of linear memory held. */
  get bytes() {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Call an export. An array is copied into memory for the call, and back after it.
   * @param {string} name
   * @param {...(number | TypedArray)} args
   * @returns {number} as the engine gives it: an address above 2 GiB is negative, which views and later calls
   *   take as it is
   */
  call(name, ...args) {
    /** @type {[block: number, outside: Uint8Array][]} */ const copies = [];
    try {
      for (const [i, arg] of args.entries()) {
        const outside = typeof arg === 'object' && bytesView(arg);
        if (!outside) continue;
        const block = this.allocate(outside.length);
        copies.push([(args[i] = block), outside]);
        this.u8(block, outside.length).set(outside);
      }
      const result = this.#run(name, /** @type {number[]} */ (args));
      for (const [block, outside] of copies) outside.set(this.u8(block, outside.length));
      return result;
    } finally {
      for (const [block] of copies) this.free(block);
    }
  }

  /**
   * A trap is a bug in the module: the instance is then dead and says so from then on.
   * @param {string} name
   * @param {number[]} args
   */
  #run(name, args) {
    if (this.#failed)
      throw new AmpcfError('INSTANCE_FAILED', 'the wasm instance failed: load the model again');
    try {
      return this.#exports[name](...args);
    } catch (cause) {
      this.#failed = true;
      throw new AmpcfError('INSTANCE_FAILED', `${name} trapped: ${messageOf(cause)}`, { cause });
    }
  }

  /**
   * After the last block while there is memory, which is found at once; else in the first gap, else in more
   * memory.
   * @param {number} bytes
   * @returns {number} address, a multiple of `align`
   */
  allocate(bytes) {
    const used = this.#used;
    const size = Math.max(align, Math.ceil(bytes / align) * align);
    const afterLast = used.at(-1)?.end ?? this.#base;
    let start = afterLast;
    let i = used.length;
    if (start + size > this.bytes) {
      start = this.#base;
      i = used.findIndex((block) => {
        if (block.start - start >= size) return true;
        start = block.end;
        return false;
      });
      if (i < 0) {
        this.#growTo(afterLast + size);
        i = used.length;
      }
    }
    used.splice(i, 0, { start, end: start + size });
    return start;
  }

  /** @param {number} end */
  #growTo(end) {
    try {
      this.#memory.grow(Math.ceil((end - this.bytes) / 65536));
    } catch (cause) {
      throw new AmpcfError('OUT_OF_MEMORY', `out of memory: wanted ${end} bytes, have ${this.bytes}`, {
        wanted: end,
        cause,
      });
    }
  }

  /**
   * Give a block back. Address 0 is nothing.
   * @param {number} start
   */
  free(start) {
    const i = this.#used.findIndex((block) => block.start === start);
    if (i >= 0) this.#used.splice(i, 1);
  }

  /**
   * Allocate, run, free whatever happens.
   * @template T
   * @param {number[]} sizes bytes of each block
   * @param {(...addresses: number[]) => T} run
   * @returns {T}
   */
  scoped(sizes, run) {
    /** @type {number[]} */
    const blocks = [];
    try {
      for (const size of sizes) blocks.push(this.allocate(size));
      return run(...blocks);
    } finally {
      for (const block of blocks) this.free(block);
    }
  }

  /**
   * @param {number} at
   * @param {number} n
   */
  u8(at, n) {
    return new Uint8Array(this.#memory.buffer, at >>> 0, n);
  }
  /**
   * @param {number} at
   * @param {number} n
   */
  u16(at, n) {
    return new Uint16Array(this.#memory.buffer, at >>> 0, n);
  }
  /**
   * @param {number} at
   * @param {number} n
   */
  u32(at, n) {
    return new Uint32Array(this.#memory.buffer, at >>> 0, n);
  }
  /**
   * @param {number} at
   * @param {number} n
   */
  f32(at, n) {
    return new Float32Array(this.#memory.buffer, at >>> 0, n);
  }

  /**
   * UTF-8 text.
   * @param {number} at
   * @param {number} n bytes
   */
  text(at, n) {
    return decoder.decode(this.u8(at, n));
  }
}

/**
 * UTF-8 text up to the NUL.
 * @param {WasmMemory} memory
 * @param {number} at
 */
export const terminatedText = (memory, at) =>
  memory.text(at, memory.u8(at, memory.bytes - (at >>> 0)).indexOf(0));

/**
 * UTF-8 bytes of an id. A lone surrogate would silently become U+FFFD and merge with others, so it is
 * refused.
 * @param {string} id
 */
export function encodeId(id) {
  // With the u flag a proper pair is one character, and only lone ones are left in the class.
  if (/\p{Surrogate}/u.test(id)) throw badArgument('item id', id, 'well-formed Unicode');
  return encoder.encode(id);
}

/**
 * The bytes behind base64, as wasm is carried in the bundle.
 * @param {string} base64
 */
export function decodeBase64(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
