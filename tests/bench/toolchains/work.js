// Owns running the scan and the training on a wasm module or on the native program bench_work, each timed.
// Must not decide how often or in which order.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ampcf_ranked, ampcf_train_progress } from '../../../web/core/abi.js';
import { WasmMemory } from '../../../web/core/memory.js';
import { readStruct } from '../../../web/core/struct.js';
import { crc32c, root } from '../../support.js';
import { wasmBytes } from '../../toolchains.js';
import { dim, personas, training } from './cases.js';

/** @import { Toolchain } from '../../toolchains.js' */
/** @import { ScanCase, TrainCase } from './cases.js' */
/**
 * Milliseconds of each run, and a checksum of what came out.
 * @typedef {{ times: number[], sum: string }} Timed
 * @typedef {{ scan: (runs: number) => Timed, train: (runs: number) => Timed }} Worker
 */

const top = 10;
const hex = (/** @type {number} */ sum) => sum.toString(16).padStart(8, '0');

/**
 * @param {number} runs
 * @param {() => void} run
 */
function timesOf(runs, run) {
  return Array.from({ length: runs }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
}

/**
 * @param {WasmMemory} memory
 * @param {string} name of an export that answers with a status
 * @param {...number} args
 */
function must(memory, name, ...args) {
  const status = memory.call(name, ...args);
  if (status !== 0) throw new Error(`${name}: status ${status}`);
}

/**
 * @param {WasmMemory} memory
 * @param {Uint8Array | Uint32Array | Float32Array} array
 */
function put(memory, array) {
  const at = memory.allocate(array.byteLength);
  memory.u8(at, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return at;
}

/**
 * @param {WasmMemory} memory of a core module
 * @param {ScanCase} given
 */
function wasmScan(memory, { file, history }) {
  const at = put(memory, file);
  const out = memory.allocate(64);
  const bytes = memory.call('ampcf_model_memory', at, file.length);
  must(memory, 'ampcf_model_open', at, file.length, memory.allocate(bytes), bytes, out, out + 16);
  const model = memory.u32(out, 1)[0],
    n = history.length;
  const profileBytes = memory.call('ampcf_profile_memory', model, n, 0);
  const scratchBytes = memory.call('ampcf_profile_scratch', model, n, 0);
  const room = memory.allocate(profileBytes);
  must(memory, 'ampcf_profile_begin', model, n, 0, personas, room, profileBytes, out);
  const profile = memory.u32(out, 1)[0];
  for (const item of history) must(memory, 'ampcf_profile_add', profile, item, 1, 1);
  must(memory, 'ampcf_profile_finish', profile, memory.allocate(scratchBytes), scratchBytes);
  const found = memory.call('ampcf_profile_personas', profile);
  if (found !== personas) throw new Error(`the scan wants ${personas} personas, got ${found}`);
  const best = memory.allocate(ampcf_ranked.bytes * top);
  return (/** @type {number} */ runs) => ({
    times: timesOf(runs, () => must(memory, 'ampcf_recommend', profile, 0, top, best, out)),
    sum: hex(crc32c(memory.u8(best, ampcf_ranked.bytes * top))),
  });
}

/**
 * @param {WasmMemory} memory of a train module
 * @param {TrainCase} given
 */
function wasmTrain(memory, { config, offsets, items }) {
  const configAt = put(memory, config);
  const offsetsAt = put(memory, offsets);
  const itemsAt = put(memory, items);
  const bytes = memory.call('ampcf_trainer_memory', configAt, items.length);
  const room = memory.allocate(bytes);
  const out = memory.allocate(32);
  const progress = () => readStruct(ampcf_train_progress, memory.u8(out, ampcf_train_progress.bytes).slice());
  let trainer = 0;
  const run = () => {
    must(memory, 'ampcf_trainer_open', configAt, offsetsAt, itemsAt, 0, room, bytes, out);
    trainer = memory.u32(out, 1)[0];
    do must(memory, 'ampcf_trainer_step', trainer, 0xffffffff, out);
    while (progress().done < progress().total);
  };
  return (/** @type {number} */ runs) => ({
    times: timesOf(runs, run),
    sum: hex(crc32c(memory.u8(memory.call('ampcf_trainer_vectors', trainer), 4 * dim * training.items))),
  });
}

/**
 * @param {Toolchain} toolchain
 * @param {{ core: string, train: string }} modules names of src/modules.json
 * @param {ScanCase} scan
 * @param {TrainCase} train
 * @returns {Promise<Worker>}
 */
export async function wasmWorker(toolchain, modules, scan, train) {
  const start = async (/** @type {string} */ name) =>
    new WasmMemory(await WebAssembly.compile(wasmBytes(toolchain, name)));
  return {
    scan: wasmScan(await start(modules.core), scan),
    train: wasmTrain(await start(modules.train), train),
  };
}

/**
 * The case files of tests/src/bench_work.c.
 * @param {string} folder
 * @param {ScanCase} scan
 * @param {TrainCase} train
 */
export function writeCases(folder, { file, history }, { config, offsets, items }) {
  const bytes = (/** @type {Uint8Array | Uint32Array} */ array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const padding = new Uint8Array(-file.length & 3);
  const scanHead = Uint32Array.of(file.length, history.length, personas);
  const trainHead = Uint32Array.of(items.length, training.users);
  writeFileSync(`${folder}/scan`, Buffer.concat([bytes(scanHead), file, padding, bytes(history)]));
  writeFileSync(`${folder}/train`, Buffer.concat([bytes(trainHead), config, bytes(offsets), bytes(items)]));
}

/**
 * @param {string} program below the repository
 * @param {string} folder of writeCases
 * @returns {Worker & { version: string }}
 */
export function nativeWorker(program, folder) {
  const lines = (/** @type {'scan' | 'train'} */ what, /** @type {number} */ runs) =>
    execFileSync(fileURLToPath(new URL(program, root)), [what, `${folder}/${what}`, String(runs)], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  const timed = (/** @type {'scan' | 'train'} */ what) => (/** @type {number} */ runs) => {
    const [, ...rest] = lines(what, runs);
    return { times: rest.slice(0, -1).map(Number), sum: String(rest.at(-1)) };
  };
  return { version: lines('scan', 0)[0].trim(), scan: timed('scan'), train: timed('train') };
}
