// Owns the calls of train.wasm on plain arrays and numbers. Must not check what callers pass, or know
// settings and options.
import * as abi from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { readStruct, writeStruct } from '../core/struct.js';

/** @import { Layout } from '../core/abi.js' */
/** @import { WasmMemory } from '../core/memory.js' */
/** @import { StructValues } from '../core/struct.js' */
/** @typedef {StructValues<typeof abi.ampcf_train_config>} TrainConfig by the names of the fields in C */
/** @typedef {StructValues<typeof abi.ampcf_neighbours_config>} NeighboursConfig likewise */
/** @typedef {{ offsets: Uint32Array, items: Uint32Array, weights: Float32Array | null }} Rows by person */
/**
 * @typedef {object} ItemResults what a training has learnt of N items at width D, by the names of
 *   ampcf_model_parts
 * @property {Float32Array} vectors (N, D)
 * @property {Float32Array} bias (N)
 * @property {Float32Array} gram (D (D + 1) / 2)
 * @property {Float32Array} settings (16)
 * @property {Float32Array | null} item_weights (N)
 * @property {Float32Array | null} item_targets (N)
 */
/**
 * @typedef {{ offsets: Uint32Array, items: Uint32Array, values: Int8Array, scales: Float32Array }}
 *   NeighbourRows by history item, as ampcf_model_parts has them
 */
/** @typedef {keyof typeof abi.ampcf_model_parts.fields} PartName */
/** @typedef {keyof ItemResults} TrainedPart */
/**
 * @typedef {Record<Exclude<PartName, TrainedPart> | 'settings', number | Typed | undefined>} ModelParts
 *   ampcf_model_parts but for what is taken from the training; pointers are arrays, undefined where absent
 */
/** @typedef {Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array} Typed */

/**
 * @param {WasmMemory} memory
 * @param {Typed | null | undefined} array
 * @returns {number} the address of a copy, which is not null for an empty array; 0 for none
 */
function put(memory, array) {
  if (!array) return 0;
  const at = memory.allocate(Math.max(1, array.byteLength));
  memory.u8(at, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return at;
}

/**
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout
 * @param {number} at
 * @param {StructValues<L>} values
 */
function putStruct(memory, layout, at, values) {
  memory.u8(at, layout.bytes).set(writeStruct(layout, values));
}

/**
 * @template {Layout} L
 * @param {WasmMemory} memory
 * @param {L} layout
 * @param {number} at
 */
function getStruct(memory, layout, at) {
  return readStruct(layout, memory.u8(at, layout.bytes).slice());
}

/**
 * @param {WasmMemory} memory
 * @param {number} status
 */
const statusName = (memory, status) => memory.text(memory.call('ampcf_status_name', status));

/**
 * @param {WasmMemory} memory
 * @param {number} status
 * @param {string} what was tried, and did not succeed
 */
function check(memory, status, what) {
  if (status === 0) return;
  const name = statusName(memory, status);
  throw new AmpcfError(name, `${what}: ${name}`);
}

/**
 * @param {WasmMemory} memory
 * @param {number} status of a writer
 * @param {number} fault address of what it said
 */
function checkWritten(memory, status, fault) {
  if (status === 0) return;
  const { what } = getStruct(memory, abi.ampcf_fault, fault);
  throw new AmpcfError(
    statusName(memory, status),
    `the model would be refused by the loader: ${memory.text(what)}`,
  );
}

/** An instance of train.wasm. What is opened in it stays until the instance goes. */
export class TrainKernel {
  #memory;

  /** @param {WasmMemory} memory */
  constructor(memory) {
    this.#memory = memory;
  }

  /** Bytes of linear memory held. */
  get bytes() {
    return this.#memory.bytes;
  }

  /**
   * Bytes that a training needs besides its input; 0 when it does not fit 4 GiB.
   * @param {TrainConfig} config
   * @param {number} interactions
   */
  trainerMemory(config, interactions) {
    return this.#with(
      abi.ampcf_train_config,
      config,
      (at) => this.#memory.call('ampcf_trainer_memory', at, interactions) >>> 0,
    );
  }

  /**
   * @param {TrainConfig} config
   * @param {Rows} rows
   */
  openTrainer(config, rows) {
    const memory = this.#memory,
      { input, state, out } = this.#room(rows, this.trainerMemory(config, rows.items.length));
    this.#with(abi.ampcf_train_config, config, (at) => {
      const status = memory.call('ampcf_trainer_open', at, ...input, ...state, out);
      check(memory, status, 'the trainer refused its input');
    });
    return new Training(memory, memory.u32(out, 1)[0], config.n_items, config.dim);
  }

  /**
   * Bytes that neighbours need besides their input; 0 when they do not fit 4 GiB.
   * @param {NeighboursConfig} config
   * @param {number} interactions
   */
  neighboursMemory(config, interactions) {
    return this.#with(
      abi.ampcf_neighbours_config,
      config,
      (at) => this.#memory.call('ampcf_neighbours_memory', at, interactions) >>> 0,
    );
  }

  /**
   * @param {NeighboursConfig} config
   * @param {Rows} rows the last ones may be aspects
   * @param {ItemResults} [side] the vectors that the neighbours are fitted beside
   */
  openNeighbours(config, rows, side) {
    const memory = this.#memory;
    const { input, state, out } = this.#room(rows, this.neighboursMemory(config, rows.items.length));
    const beside = side ? this.#putSide(config.dim, side) : 0;
    this.#with(abi.ampcf_neighbours_config, config, (at) => {
      const status = memory.call('ampcf_neighbours_open', at, ...input, beside, ...state, out);
      check(memory, status, "the neighbours' input was refused");
    });
    return new NeighboursRun(memory, memory.u32(out, 1)[0], config.n_items);
  }

  /**
   * A model file with other metadata.
   * @param {Uint8Array} file
   * @param {Uint8Array} metadata JSON in UTF-8
   * @returns {Uint8Array<ArrayBuffer>}
   */
  replaceMetadata(file, metadata) {
    const memory = this.#memory,
      room = file.length + metadata.length;
    return memory.scoped([file.length, room, 4, abi.ampcf_fault.bytes], (given, out, n, fault) => {
      memory.u8(given, file.length).set(file);
      const bytes = memory.call('ampcf_model_memory', given, file.length) >>> 0;
      return memory.scoped([bytes], (work) => {
        const source = [given, file.length, metadata, metadata.length],
          status = memory.call('ampcf_model_replace_metadata', ...source, out, room, n, work, bytes, fault);
        checkWritten(memory, status, fault);
        return memory.u8(out, memory.u32(n, 1)[0]).slice();
      });
    });
  }

  /**
   * With a struct that is needed for one call.
   * @template {Layout} L
   * @template T
   * @param {L} layout
   * @param {StructValues<L>} values
   * @param {(at: number) => T} call
   */
  #with(layout, values, call) {
    return this.#memory.scoped([layout.bytes], (at) => {
      putStruct(this.#memory, layout, at, values);
      return call(at);
    });
  }

  /**
   * Addresses of what a run is opened with and keeps.
   * @param {Rows} rows
   * @param {number} bytes of its state
   */
  #room({ offsets, items, weights }, bytes) {
    const memory = this.#memory,
      input = [put(memory, offsets), put(memory, items), put(memory, weights)];
    return { input, state: [memory.allocate(bytes), bytes], out: memory.allocate(4) };
  }

  /**
   * @param {number} dim
   * @param {ItemResults} side
   * @returns {number} ampcf_item_side, which the run reads to its end
   */
  #putSide(dim, { vectors, gram, settings, item_weights, item_targets }) {
    const memory = this.#memory,
      at = memory.allocate(abi.ampcf_item_side.bytes);
    putStruct(memory, abi.ampcf_item_side, at, {
      dim,
      vectors: put(memory, vectors),
      gram: put(memory, gram),
      settings: put(memory, settings),
      weights: put(memory, item_weights),
      targets: put(memory, item_targets),
    });
    return at;
  }
}

/** A training that has begun. */
export class Training {
  #memory;
  #trainer;
  #items;
  #dim;

  /**
   * @param {WasmMemory} memory
   * @param {number} trainer address
   * @param {number} items
   * @param {number} dim
   */
  constructor(memory, trainer, items, dim) {
    this.#memory = memory;
    this.#trainer = trainer;
    this.#items = items;
    this.#dim = dim;
  }

  /** @param {number} rows at most */
  step(rows) {
    return this.#memory.scoped([abi.ampcf_train_progress.bytes], (out) => {
      const status = this.#memory.call('ampcf_trainer_step', this.#trainer, rows, out);
      check(
        this.#memory,
        status,
        'the training diverged: vectors or gradients are no numbers, or all zero, wanted a larger lambda, ' +
          'a smaller learningRate or smaller weights',
      );
      return getStruct(this.#memory, abi.ampcf_train_progress, out);
    });
  }

  /**
   * Where the results of the last pass lie in memory, and how many numbers they are; what is at 0 is nowhere.
   * @returns {Record<TrainedPart, [at: number, length: number]>}
   */
  #places() {
    const memory = this.#memory;
    const trainer = this.#trainer;
    const n = this.#items;
    const dim = this.#dim;
    return {
      vectors: [memory.call('ampcf_trainer_vectors', trainer), n * dim],
      bias: [memory.call('ampcf_trainer_bias', trainer), n],
      gram: [memory.call('ampcf_trainer_gram', trainer), (dim * (dim + 1)) / 2],
      settings: [memory.call('ampcf_trainer_settings', trainer), abi.FORMAT_SETTINGS],
      item_weights: [memory.call('ampcf_trainer_item_weights', trainer), n],
      item_targets: [memory.call('ampcf_trainer_item_targets', trainer), n],
    };
  }

  /**
   * Copies of what the last pass has learnt.
   * @returns {ItemResults}
   */
  results() {
    const copies = Object.entries(this.#places()).map(([name, [at, length]]) => [
      name,
      at ? this.#memory.f32(at, length).slice() : null,
    ]);
    return Object.fromEntries(copies);
  }

  /** A copy of the settings of a file that is written now. */
  settings() {
    return this.#memory.f32(...this.#places().settings).slice();
  }

  /**
   * Puts the results of an earlier pass back in their place, to be written.
   * @param {ItemResults} results of this training
   */
  restore(results) {
    const places = this.#places();
    for (const [name, array] of Object.entries(results))
      if (array) this.#memory.f32(...places[/** @type {TrainedPart} */ (name)]).set(array);
  }

  /**
   * Scores by the vectors trained for one person, which only the published objective has.
   * @param {number} user
   * @param {ArrayLike<number>} items
   */
  score(user, items) {
    const memory = this.#memory,
      n = items.length;
    return memory.scoped([4 * n, 4 * n], (list, scores) => {
      memory.u32(list, n).set(items);
      const status = memory.call('ampcf_trainer_score', this.#trainer, user, list, n, scores);
      check(memory, status, 'the trainer refused its input');
      return memory.f32(scores, n).slice();
    });
  }

  /**
   * The cluster of each item by the direction of its vector.
   * @param {number} count
   * @param {number} seed
   */
  clusters(count, seed) {
    const memory = this.#memory;
    const n = this.#items;
    const bytes = memory.call('ampcf_clusters_memory', n, this.#dim, count) >>> 0;
    return memory.scoped([n, bytes], (out, scratch) => {
      const [vectors] = this.#places().vectors;
      check(
        memory,
        memory.call('ampcf_clusters', vectors, n, this.#dim, count, seed, scratch, bytes, out),
        'the items could not be clustered',
      );
      return memory.u8(out, n).slice();
    });
  }

  /**
   * A model file. The results are written from where they are: a copy would double the memory of a large
   * catalogue.
   * @param {ModelParts} parts
   * @returns {Uint8Array<ArrayBuffer>}
   */
  writeModel(parts) {
    const memory = this.#memory,
      /** @type {number[]} */ copies = [];
    try {
      // Copies first: each may grow the memory and detach a view made before it.
      const given = Object.entries(parts).map(([name, part]) => {
        const [type] = abi.ampcf_model_parts.fields[/** @type {PartName} */ (name)];
        if (type !== 'pointer') return [name, part];
        const copy = put(memory, /** @type {Typed | undefined} */ (part));
        copies.push(copy);
        return [name, copy];
      });
      const trained = Object.entries(this.#places()).map(([name, [at]]) => [name, at]);
      return memory.scoped([abi.ampcf_model_parts.bytes], (at) => {
        putStruct(memory, abi.ampcf_model_parts, at, Object.fromEntries([...trained, ...given]));
        return this.#file(at);
      });
    } finally {
      for (const copy of copies) memory.free(copy);
    }
  }

  /** @param {number} parts ampcf_model_parts */
  #file(parts) {
    const memory = this.#memory,
      bytes = memory.call('ampcf_model_file_bytes', parts) >>> 0;
    if (bytes === 0)
      throw new AmpcfError('LIMIT', 'the model does not fit a file: fewer items or a smaller dim are needed');
    const checkBytes = memory.call('ampcf_model_write_memory', parts) >>> 0;
    return memory.scoped([bytes, checkBytes, abi.ampcf_fault.bytes], (file, work, fault) => {
      const status = memory.call('ampcf_model_write', parts, file, bytes, work, checkBytes, fault);
      checkWritten(memory, status, fault);
      return memory.u8(file, bytes).slice();
    });
  }
}

/** A computation of neighbours that has begun. */
export class NeighboursRun {
  #memory;
  #run;
  #items;

  /**
   * @param {WasmMemory} memory
   * @param {number} run address
   * @param {number} items
   */
  constructor(memory, run, items) {
    this.#memory = memory;
    this.#run = run;
    this.#items = items;
  }

  /** @param {number} steps at most */
  step(steps) {
    return this.#memory.scoped([abi.ampcf_neighbours_progress.bytes], (out) => {
      const status = this.#memory.call('ampcf_neighbours_step', this.#run, steps, out);
      check(this.#memory, status, 'the neighbours diverged, wanted a larger neighbourLambda');
      return getStruct(this.#memory, abi.ampcf_neighbours_progress, out);
    });
  }

  /**
   * What was kept of each column, once all is done.
   * @returns {NeighbourRows}
   */
  rows() {
    const memory = this.#memory;
    const run = this.#run;
    const n = this.#items;
    const offsets = memory.u32(memory.call('ampcf_neighbours_offsets', run), n + 1).slice();
    const pairs = offsets[n];
    const values = memory.u8(memory.call('ampcf_neighbours_values', run), pairs).slice();
    return {
      offsets,
      items: memory.u32(memory.call('ampcf_neighbours_items', run), pairs).slice(),
      values: new Int8Array(values.buffer),
      scales: memory.f32(memory.call('ampcf_neighbours_scales', run), n).slice(),
    };
  }

  /**
   * Scores of all items by the whole matrix, once all is done.
   * @param {Uint32Array} history distinct items
   */
  score(history) {
    const memory = this.#memory,
      n = this.#items;
    return memory.scoped([history.byteLength, 4 * n], (items, scores) => {
      memory.u32(items, history.length).set(history);
      const status = memory.call('ampcf_neighbours_score', this.#run, items, history.length, scores);
      if (status !== 0) throw badArgument('history', statusName(memory, status), `item indices below ${n}`);
      return memory.f32(scores, n).slice();
    });
  }
}
