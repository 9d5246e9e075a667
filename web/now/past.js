// Owns what is read of a profile before this visit: its rows, whose they are, how near they are to an item,
// an aspect, an hour. Must not decide who speaks.
import { AMPCF_SUMMARY_HEAD } from '../core/abi.js';
import { toDirections } from '../core/directions.js';
import { aspectsOfItem, responsibilitiesOf, sharesOf, vectorsOf } from '../core/kernel.js';
import { fitsOf, sameHour } from './posterior.js';

/** @import { FoldedProfile, OpenModel } from '../core/kernel.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { Clue, Known, Settings } from './posterior.js' */

/** How many items stand for the catalogue: every so many-th, so that rare ones are among them. */
const sampled = 512;

/**
 * Directions of the catalogue's sample, and which aspects its items have; once a model.
 * @type {WeakMap<OpenModel, { vectors: Float32Array, has: number[][] }>}
 */
const samples = new WeakMap();

/** @param {OpenModel} kernel */
function sampleOf(kernel) {
  let sample = samples.get(kernel);
  if (!sample) {
    const { items, dim } = kernel.facts;
    const n = Math.min(items, sampled);
    const vectors = new Float32Array(n * dim);
    const has = Array.from({ length: n }, (_, i) => {
      const index = Math.floor((i * items) / n);
      vectors.set(vectorsOf(kernel, index, 1), i * dim);
      return aspectsOfItem(kernel, index);
    });
    samples.set(kernel, (sample = { vectors: toDirections(vectors, dim), has }));
  }
  return sample;
}

/**
 * Whose each row is: responsibilities of summaries, then of events.
 * @param {FoldedProfile} core
 */
function ownersOf(core) {
  const { summaries } = core;
  const first = responsibilitiesOf({ ...core, summaries: 0, events: summaries });
  const rest = responsibilitiesOf(core);
  const owners = new Float32Array(first.length + rest.length);
  owners.set(first);
  owners.set(rest, first.length);
  return owners;
}

/** A profile as it is before this visit: what the prior is made of, once a fold. */
export class Past {
  /** @type {Float32Array | undefined} */ #directions;

  /** @param {Profile} profile */
  constructor(profile) {
    const state = profile.state.now();
    const { core, known, indices } = state;
    const summaries = profile.summaries;
    this.kernel = core.model;
    this.summaries = summaries;
    this.indices = [...indices];
    /** The row of an event, by its item. */
    this.rowOf = new Map(known.map((id, i) => [id, summaries.length + i]));
    this.facts = known.map((id) => state.facts(id));
    this.personas = profile.personas().map(({ index, label, share }) => ({ index, label, share }));
    const shares = sharesOf(core);
    this.known = /** @satisfies {Known} */ ({
      sides: shares.length,
      shares,
      owners: ownersOf(core),
      mass: [
        ...summaries.map((row) => row[3]),
        ...this.facts.map(({ weight, preference }) => weight * Math.max(preference, 0)),
      ],
    });
  }

  /** @param {number} row */
  ownersOf(row) {
    const { owners, sides } = this.known;
    return owners.subarray(row * sides, (row + 1) * sides);
  }

  /** (R, D) */
  get directions() {
    if (!this.#directions) {
      const { dim } = this.kernel.facts;
      const rows = new Float32Array(this.known.mass.length * dim);
      this.summaries.forEach((row, i) => rows.set(row.subarray(AMPCF_SUMMARY_HEAD), i * dim));
      this.indices.forEach((index, i) =>
        rows.set(vectorsOf(this.kernel, index, 1), (this.summaries.length + i) * dim),
      );
      this.#directions = toDirections(rows, dim);
    }
    return this.#directions;
  }

  /**
   * @param {ArrayLike<number>} near (R)
   * @param {number} anything mean over the catalogue
   * @param {number} strength
   * @param {Settings} how
   * @returns {Clue}
   */
  #clue(near, anything, strength, how) {
    return { fits: fitsOf(this.known, near, how.doubt, anything), fitsAny: anything, strength };
  }

  /**
   * How well an item fits each side.
   * @param {number} index
   * @param {number} strength
   * @param {Settings} how
   */
  ofItem(index, strength, how) {
    const { dim } = this.kernel.facts;
    const wanted = toDirections(vectorsOf(this.kernel, index, 1), dim);
    const kernelTo = (/** @type {Float32Array} */ vectors) =>
      Float64Array.from({ length: vectors.length / dim }, (_, row) => {
        let cosine = 0;
        for (let d = 0; d < dim; d++) cosine += vectors[row * dim + d] * wanted[d];
        return Math.exp(how.sharpness * (Math.min(1, cosine) - 1));
      });
    const all = kernelTo(sampleOf(this.kernel).vectors);
    return this.#clue(kernelTo(this.directions), all.reduce((a, b) => a + b, 0) / all.length, strength, how);
  }

  /**
   * How well an aspect fits each side: the share of what it likes that has it. Of forgotten events nobody
   * knows.
   * @param {number} aspect
   * @param {Settings} how
   */
  ofAspect(aspect, how) {
    const { has } = sampleOf(this.kernel);
    const anything = (has.filter((list) => list.includes(aspect)).length + 0.5) / (has.length + 1);
    const own = this.indices.map((index) => Number(aspectsOfItem(this.kernel, index).includes(aspect)));
    return this.#clue([...this.summaries.map(() => anything), ...own], anything, 1, how);
  }

  /**
   * How well a time of day fits each side, by its events that have a time.
   * @param {number | null} at
   * @param {Settings} how
   */
  ofHour(at, how) {
    if (at === null || this.facts.every((facts) => facts.at === null)) return [];
    const near = this.facts.map((facts) => (facts.at === null ? 1 : sameHour(at, facts.at)));
    return [this.#clue([...this.summaries.map(() => 1), ...near], 1, 1, how)];
  }
}
