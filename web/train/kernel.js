// Owns the calls of train.wasm on plain arrays and numbers. Must not check what callers pass, or know
// settings and options.
import * as abi from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { terminatedText } from '../core/memory.js';
import { ItemsInWasm, check, checkWritten, getStruct, put, putStruct, statusName } from './kernel-items.js';

/** @import { Layout } from '../core/abi.js' */
/** @import { WasmMemory } from '../core/memory.js' */
/** @import { StructValues } from '../core/struct.js' */
/** @import { ItemResults, PartName, Places, TrainedPart, Typed } from './kernel-items.js' */
/** @typedef {StructValues<typeof abi.ampcf_train_config>} TrainConfig by the names of the fields in C */
/** @typedef {StructValues<typeof abi.ampcf_neighbours_config>} NeighboursConfig likewise */
/** @typedef {{ offsets: Uint32Array, items: Uint32Array, weights: Float32Array | null }} Rows by person */
/**
 * @typedef {{ offsets: Uint32Array, items: Uint32Array, values: Int8Array, scales: Float32Array }}
 *   NeighbourRows by history item, as ampcf_model_parts has them
 */
/**
 * @typedef {Record<Exclude<PartName, TrainedPart> | 'settings', number | Typed | undefined>} ModelParts
 *   ampcf_model_parts but for what is taken from the training; pointers are arrays, undefined where absent
 */

/** What is known of given vectors, by the names of ampcf_given. */
/**
 * @typedef {{ vectors: Float32Array, people?: Uint32Array | undefined, bias?: Float32Array | undefined,
 *   weights?: Float32Array | undefined, targets?: Float32Array | undefined, gramFactor: number }} Given
 */

const diverged =
  'the training diverged: vectors or gradients are no numbers, or all zero, wanted a larger lambda, ' +
  'a smaller learningRate or smaller weights';
const neighboursDiverged = 'the neighbours diverged, wanted a larger neighbourLambda';

/** @param {TrainConfig} config */
const tooLarge = ({ n_items: items, dim }) =>
  new AmpcfError('OUT_OF_MEMORY', `${items} vectors of ${dim} numbers do not fit the 4 GiB of wasm memory`);

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
    return new Training(memory, memory.u32(out, 1)[0], { items: config.n_items, dim: config.dim });
  }

  /**
   * Items with given vectors. What is asked of them comes with each `configure`.
   * @param {TrainConfig} config of which the shape counts
   * @param {Given} given
   */
  openGiven(config, { vectors, people, bias, weights, targets, gramFactor }) {
    const memory = this.#memory,
      bytes = this.#with(abi.ampcf_train_config, config, (at) => memory.call('ampcf_given_memory', at) >>> 0);
    if (bytes === 0) throw tooLarge(config);
    const given = memory.allocate(abi.ampcf_given.bytes);
    putStruct(memory, abi.ampcf_given, given, {
      vectors: put(memory, vectors),
      people: put(memory, people),
      bias: put(memory, bias),
      weights: put(memory, weights),
      targets: put(memory, targets),
      gram_factor: gramFactor,
    });
    const state = memory.allocate(bytes),
      results = memory.allocate(abi.ampcf_item_results.bytes);
    return new GivenItems(
      memory,
      { items: config.n_items, dim: config.dim },
      { given, state, bytes, results },
    );
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
   * Refuses what the loader refuses.
   * @param {Uint8Array} file
   * @param {string} what of the message
   */
  checkModel(file, what) {
    const memory = this.#memory;
    memory.scoped([file.length, 4, abi.ampcf_fault.bytes], (given, out, fault) => {
      memory.u8(given, file.length).set(file);
      const bytes = memory.call('ampcf_model_memory', given, file.length) >>> 0;
      memory.scoped([bytes], (work) => {
        const status = memory.call('ampcf_model_open', given, file.length, work, bytes, out, fault);
        if (status === 0) return;
        const said = getStruct(memory, abi.ampcf_fault, fault);
        throw new AmpcfError(statusName(memory, status), `${what}: ${terminatedText(memory, said.what)}`);
      });
    });
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

/**
 * @param {WasmMemory} memory
 * @param {number} trainer address
 * @param {{ items: number, dim: number }} shape
 * @returns {Places} of the results of the last pass
 */
function placesOf(memory, trainer, { items, dim }) {
  return {
    vectors: [memory.call('ampcf_trainer_vectors', trainer), items * dim],
    bias: [memory.call('ampcf_trainer_bias', trainer), items],
    gram: [memory.call('ampcf_trainer_gram', trainer), (dim * (dim + 1)) / 2],
    settings: [memory.call('ampcf_trainer_settings', trainer), abi.FORMAT_SETTINGS],
    item_weights: [memory.call('ampcf_trainer_item_weights', trainer), items],
    item_targets: [memory.call('ampcf_trainer_item_targets', trainer), items],
  };
}

/** Given vectors in memory, with all that a training makes beside its own. */
export class GivenItems extends ItemsInWasm {
  #memory;
  #at;
  /** @type {Places | undefined} */ #found;

  /**
   * @param {WasmMemory} memory
   * @param {{ items: number, dim: number }} shape
   * @param {{ given: number, state: number, bytes: number, results: number }} at addresses
   */
  constructor(memory, shape, at) {
    super(memory, shape, () => /** @type {Places} */ (this.#found));
    this.#memory = memory;
    this.#at = at;
  }

  /**
   * Makes the results, in the place of those of another config.
   * @param {TrainConfig} config
   */
  configure(config) {
    const memory = this.#memory,
      { given, state, bytes, results } = this.#at,
      { n_items: n, dim } = config;
    memory.scoped([abi.ampcf_train_config.bytes], (at) => {
      putStruct(memory, abi.ampcf_train_config, at, config);
      const status = memory.call('ampcf_given_results', at, given, state, bytes, results);
      check(memory, status, 'the given vectors were refused');
    });
    const found = getStruct(memory, abi.ampcf_item_results, results);
    this.#found = {
      vectors: [found.vectors, n * dim],
      bias: [found.bias, n],
      gram: [found.gram, (dim * (dim + 1)) / 2],
      settings: [found.settings, abi.FORMAT_SETTINGS],
      item_weights: [found.weights, n],
      item_targets: [found.targets, n],
    };
  }
}

/** A training that has begun; its items are those of the last pass. */
export class Training extends ItemsInWasm {
  #memory;
  #trainer;

  /**
   * @param {WasmMemory} memory
   * @param {number} trainer address
   * @param {{ items: number, dim: number }} shape
   */
  constructor(memory, trainer, shape) {
    super(memory, shape, () => placesOf(memory, trainer, shape));
    this.#memory = memory;
    this.#trainer = trainer;
  }

  /** @param {number} rows at most */
  step(rows) {
    return this.#memory.scoped([abi.ampcf_train_progress.bytes], (out) => {
      const status = this.#memory.call('ampcf_trainer_step', this.#trainer, rows, out);
      check(this.#memory, status, diverged);
      return getStruct(this.#memory, abi.ampcf_train_progress, out);
    });
  }

  /** The rows of the pass at hand, 0 where there is none: of others or of this one, to be solved. */
  pass() {
    return this.#memory.scoped([abi.ampcf_train_pass.bytes], (out) => {
      this.#memory.call('ampcf_trainer_pass', this.#trainer, out);
      return getStruct(this.#memory, abi.ampcf_train_pass, out);
    });
  }

  /**
   * Rows of the pass, solved here.
   * @param {number} from
   * @param {number} n
   * @returns {Float32Array<ArrayBuffer>}
   */
  solveRows(from, n) {
    const { rows, row_floats: width } = this.pass();
    const status = this.#memory.call('ampcf_trainer_solve', this.#trainer, from, n);
    check(this.#memory, status, 'the trainer has no such rows');
    return this.#memory.f32(rows + 4 * from * width, n * width).slice();
  }

  /**
   * Rows of the pass, solved elsewhere.
   * @param {number} from
   * @param {Float32Array} solved
   */
  takeRows(from, solved) {
    const { rows, row_floats: width } = this.pass();
    this.#memory.f32(rows + 4 * from * width, solved.length).set(solved);
  }

  /** Goes on to the next pass, once all rows are there. */
  endPass() {
    return this.#memory.scoped([abi.ampcf_train_progress.bytes], (out) => {
      check(this.#memory, this.#memory.call('ampcf_trainer_pass_end', this.#trainer, out), diverged);
      return getStruct(this.#memory, abi.ampcf_train_progress, out);
    });
  }

  /**
   * Puts the results of an earlier pass back in their place, to be written.
   * @param {ItemResults} results of this training
   */
  restore(results) {
    const places = this.places();
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
      check(this.#memory, status, neighboursDiverged);
      return getStruct(this.#memory, abi.ampcf_neighbours_progress, out);
    });
  }

  /**
   * Begins as one of several that share the work.
   * @param {number} part
   * @param {number} parts
   */
  share(part, parts) {
    const status = this.#memory.call('ampcf_neighbours_share', this.#run, part, parts);
    check(this.#memory, status, 'the neighbours cannot be shared like this');
  }

  /** Units of the pass at hand, 0 once all is done, and whether each part has its own. */
  pass() {
    return this.#memory.scoped([abi.ampcf_neighbours_pass.bytes], (out) => {
      this.#memory.call('ampcf_neighbours_pass_at', this.#run, out);
      return getStruct(this.#memory, abi.ampcf_neighbours_pass, out);
    });
  }

  /**
   * Units of the pass, solved here.
   * @param {number} from
   * @param {number} n
   * @returns {Uint8Array<ArrayBuffer>} what others need of them
   */
  solveUnits(from, n) {
    const memory = this.#memory;
    check(memory, memory.call('ampcf_neighbours_solve', this.#run, from, n), neighboursDiverged);
    const bytes = memory.call('ampcf_neighbours_give', this.#run, from, n, 0) >>> 0;
    return memory.scoped([bytes], (out) => {
      memory.call('ampcf_neighbours_give', this.#run, from, n, out);
      return memory.u8(out, bytes).slice();
    });
  }

  /**
   * Units of the pass, solved elsewhere.
   * @param {number} from
   * @param {number} n
   * @param {Uint8Array} given
   */
  takeUnits(from, n, given) {
    const memory = this.#memory;
    memory.scoped([given.length], (at) => {
      memory.u8(at, given.length).set(given);
      const status = memory.call('ampcf_neighbours_take', this.#run, from, n, at);
      check(memory, status, 'the neighbours have no such units');
    });
  }

  /** Goes on to the next pass, once everything of this one is there. */
  endPass() {
    return this.#memory.scoped([abi.ampcf_neighbours_progress.bytes], (out) => {
      check(this.#memory, this.#memory.call('ampcf_neighbours_pass_end', this.#run, out), neighboursDiverged);
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
