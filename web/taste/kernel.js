// Owns the calls of the taste module's functions on plain arrays. Must not check what callers pass: that was
// done before.
import {
  AMPCF_HELLINGER,
  AMPCF_JENSEN_SHANNON,
  AMPCF_OK,
  AMPCF_STECK_KL,
  AMPCF_TOTAL_VARIATION,
  AMPCF_WASSERSTEIN,
  ampcf_taste_space,
} from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { WasmMemory } from '../core/memory.js';
import { writeStruct } from '../core/struct.js';

/**
 * @typedef {object} Rows a taste space: the categories of each item
 * @property {number} size how many categories there are
 * @property {number[]} offsets row i is offsets[i] to offsets[i + 1]
 * @property {number[]} categories strictly increasing in a row
 * @property {number[]} [weights] above 0, relative within a row; default: evenly
 */

/** Distances by their public names. */
const measureCodes = {
  jensenShannon: AMPCF_JENSEN_SHANNON,
  hellinger: AMPCF_HELLINGER,
  totalVariation: AMPCF_TOTAL_VARIATION,
  kl: AMPCF_STECK_KL,
  wasserstein: AMPCF_WASSERSTEIN,
};
/** @typedef {keyof typeof measureCodes} Measure */
export const measures = /** @type {Measure[]} */ (Object.keys(measureCodes));

const calibrators = { steck: 'ampcf_rerank_steck', proportional: 'ampcf_rerank_proportional' };
const diversifiers = {
  mmr: { needs: 'ampcf_rerank_mmr_memory', rerank: 'ampcf_rerank_mmr' },
  dpp: { needs: 'ampcf_rerank_dpp_memory', rerank: 'ampcf_rerank_dpp' },
};

/**
 * @param {WasmMemory} memory
 * @param {number} at
 * @param {number} n
 */
const f64 = (memory, at, n) => new Float64Array(memory.u8(at, 8 * n).buffer, at >>> 0, n);

/** The taste module, open. */
export class TasteKernel {
  #memory;

  /**
   * An instance that passed its known-answer test.
   * @param {WebAssembly.Module} module
   */
  constructor(module) {
    this.#memory = new WasmMemory(module);
    if (this.#memory.call('ampcf_taste_self_test') !== 1)
      throw new AmpcfError('INSTANCE_FAILED', 'the taste module computes wrong numbers here');
  }

  /** @param {number} status */
  #try(status) {
    if (status !== AMPCF_OK)
      throw new AmpcfError(
        'INSTANCE_FAILED',
        `the taste module refused what had been checked: status ${status}`,
      );
  }

  /**
   * Puts arrays into the module's memory, runs, frees.
   * @template T
   * @param {({ f64: ArrayLike<number> } | { f32: ArrayLike<number> } | { u32: ArrayLike<number> } | { bytes:
   *   number })[]} blocks
   * @param {(...at: number[]) => T} run
   * @returns {T}
   */
  #with(blocks, run) {
    const memory = this.#memory,
      size = (/** @type {any} */ block) =>
        block.bytes ?? (block.f64 ? 8 * block.f64.length : 4 * (block.f32 ?? block.u32).length);
    return memory.scoped(blocks.map(size), (...at) => {
      blocks.forEach((block, i) => {
        if ('f64' in block) f64(memory, at[i], block.f64.length).set(block.f64);
        else if ('f32' in block) memory.f32(at[i], block.f32.length).set(block.f32);
        else if ('u32' in block) memory.u32(at[i], block.u32.length).set(block.u32);
      });
      return run(...at);
    });
  }

  /**
   * An ampcf_taste_space.
   * @template T
   * @param {Rows} rows
   * @param {(space: number) => T} run
   * @returns {T}
   */
  #withSpace({ size, offsets, categories, weights }, run) {
    return this.#with(
      [{ u32: offsets }, { u32: categories }, { f64: weights ?? [] }, { bytes: ampcf_taste_space.bytes }],
      (o, c, w, space) => {
        const struct = writeStruct(ampcf_taste_space, {
          n_items: offsets.length - 1,
          n_categories: size,
          offsets: o,
          categories: c,
          weights: weights ? w : 0,
        });
        this.#memory.u8(space, struct.length).set(struct);
        return run(space);
      },
    );
  }

  /**
   * Taste distribution of all rows in order; all-zero when no row counts.
   * @param {Rows} rows
   * @param {ArrayLike<number> | undefined} weights
   * @param {boolean} discount by rank
   */
  distribution(rows, weights, discount) {
    return this.#withSpace(rows, (space) =>
      this.#with([{ f64: weights ?? [] }, { bytes: 8 * rows.size }], (w, out) => {
        this.#try(
          this.#memory.call('ampcf_taste_of_list', space, 0, weights ? w : 0, 0, Number(discount), out),
        );
        return f64(this.#memory, out, rows.size).slice();
      }),
    );
  }

  /**
   * @param {Measure} measure
   * @param {ArrayLike<number>} p
   * @param {ArrayLike<number>} q same length
   * @param {ArrayLike<number>} [cost] row-major; default 0 on the diagonal, else 1
   */
  distance(measure, p, q, cost) {
    const code = measureCodes[measure];
    const n = p.length;
    const scratch = this.#memory.call('ampcf_taste_between_memory', code, n);
    return this.#with(
      [{ f64: p }, { f64: q }, { f64: cost ?? [] }, { bytes: scratch }, { bytes: 8 }],
      (a, b, c, work, out) => {
        this.#try(this.#memory.call('ampcf_taste_between', code, a, b, n, cost ? c : 0, work, scratch, out));
        return f64(this.#memory, out, 1)[0];
      },
    );
  }

  /**
   * Positions of the pool in the order of the new list.
   * @param {'steck' | 'proportional'} by
   * @param {Rows} rows
   * @param {ArrayLike<number>} scores
   * @param {ArrayLike<number>} target
   * @param {{ lambda: number, discount: boolean, topK: number }} options
   */
  calibrated(by, rows, scores, target, { lambda, discount, topK }) {
    const bytes = this.#memory.call('ampcf_rerank_steck_memory', scores.length, rows.size);
    return this.#withSpace(rows, (space) =>
      this.#list(scores, topK, bytes, [{ f64: target }], (s, t, work, out, count) =>
        this.#memory.call(
          calibrators[by],
          space,
          s,
          t,
          lambda,
          Number(discount),
          topK,
          work,
          bytes,
          out,
          count,
        ),
      ),
    );
  }

  /**
   * @param {'mmr' | 'dpp'} by
   * @param {ArrayLike<number>} scores
   * @param {ArrayLike<number>} vectors (n, dim)
   * @param {number} dim
   * @param {{ lambda: number, topK: number }} options
   */
  diverse(by, scores, vectors, dim, { lambda, topK }) {
    const n = scores.length;
    const { needs, rerank } = diversifiers[by];
    const bytes = this.#memory.call(needs, n, ...(by === 'dpp' ? [topK] : [])) >>> 0;
    if (bytes === 0 && n > 0)
      throw new AmpcfError(
        'OUT_OF_MEMORY',
        `${by} of ${n} candidates to ${topK} does not fit the 4 GiB of wasm memory`,
      );
    return this.#list(scores, topK, bytes, [{ f32: vectors }], (s, v, work, out, count) =>
      this.#memory.call(rerank, s, n, v, dim, lambda, topK, work, bytes, out, count),
    );
  }

  /**
   * @param {ArrayLike<number>} scores
   * @param {number} topK
   * @param {number} bytes of work
   * @param {{ f64: ArrayLike<number> }[] | { f32: ArrayLike<number> }[]} more
   * @param {(...at: number[]) => number} run
   */
  #list(scores, topK, bytes, more, run) {
    const k = Math.min(topK, scores.length);
    return this.#with([{ f64: scores }, ...more, { bytes }, { bytes: 4 * k }, { bytes: 4 }], (...at) => {
      this.#try(run(...at));
      return [...this.#memory.u32(at[at.length - 2], k)];
    });
  }
}
