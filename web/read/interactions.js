// Owns interactions in memory while a file is read. Must not know the file's format.
import { AmpcfError } from '../core/errors.js';
import { idProblem } from './bad-rows.js';
import { mergePairs } from './merge-pairs.js';
import { ReadingMemory, noLimit } from './reading-memory.js';

const MAX_IDS = (1 << 24) - 1; // a Map of V8 holds no more

/** @import { ReadingLimit } from './reading-memory.js' */

/**
 * Interactions in arrays of numbers, so that 20 million of them fit: ids are kept once, as are their indices.
 */
export class Interactions {
  /**
   * @param {string} file
   * @param {ReadingLimit} [limit]
   */
  constructor(file, limit = noLimit) {
    this.file = file;
    this.limit = limit;
    this.count = 0;
    /** @type {Map<string, number>} */
    this.users = new Map();
    /** @type {Map<string, number>} */
    this.items = new Map();
    this.user = new Int32Array(1024);
    this.item = new Int32Array(1024);
    /** @type {Float64Array | null} */
    this.rating = null;
    /** @type {Float64Array | null} */
    this.time = null;
  }

  /**
   * Throws `OUT_OF_MEMORY` where what is known of the rows says that they do not fit.
   * @param {boolean} rating
   * @param {boolean} time
   * @param {{ rows: number, isSure: boolean } | null} [expected]
   */
  open(rating, time, expected = null) {
    this.memory = new ReadingMemory(this.file, this.limit, { rating, time });
    this.memory.checkExpected(expected);
    if (rating) this.rating = new Float64Array(1024);
    if (time) this.time = new Float64Array(1024);
  }

  /**
   * What is wrong with the ids of a row, and which; ids met before are known to be good.
   * @param {string} user
   * @param {string} item
   * @returns {[string, string] | null}
   */
  problem(user, item) {
    const what = this.users.has(user) ? '' : idProblem(user);
    if (what) return [`user: ${what}`, user];
    const other = this.items.has(item) ? '' : idProblem(item);
    return other ? [`item: ${other}`, item] : null;
  }

  /**
   * @param {string} user
   * @param {string} item
   * @param {number} rating
   * @param {number} time
   */
  add(user, item, rating, time) {
    if (this.count === this.user.length) this.grow();
    const k = this.count++;
    this.user[k] = this.intern(this.users, user);
    this.item[k] = this.intern(this.items, item);
    if (this.rating) this.rating[k] = rating;
    if (this.time) this.time[k] = time;
  }

  /**
   * @param {Map<string, number>} ids
   * @param {string} id
   */
  intern(ids, id) {
    const known = ids.get(id);
    if (known !== undefined) return known;
    if (ids.size >= MAX_IDS) {
      const name = ids === this.users ? 'users' : 'items';
      throw new AmpcfError(
        'LIMIT',
        `${this.file}: too many ${name}, got over ${MAX_IDS}, wanted at most ${MAX_IDS}`,
        { limit: MAX_IDS },
      );
    }
    // A substring would keep the whole block it was cut from alive.
    ids.set(Buffer.from(id).toString(), ids.size);
    return ids.size - 1;
  }

  /** Makes room, one column after the other: of each but one there is one copy. */
  grow() {
    const most = this.memory?.mostRows ?? Infinity;
    if (this.memory && this.count >= most) throw this.memory.error('more than ', this.count);
    const size = Math.min(this.user.length * 2, most);
    /**
     * @template {Int32Array | Float64Array} T
     * @param {T} to
     * @param {T} from
     */
    const moved = (to, from) => (to.set(from), to);
    this.user = moved(new Int32Array(size), this.user);
    this.item = moved(new Int32Array(size), this.item);
    if (this.rating) this.rating = moved(new Float64Array(size), this.rating);
    if (this.time) this.time = moved(new Float64Array(size), this.time);
  }

  /** Forgets the times: some of them say nothing. */
  dropTimes() {
    this.time = null;
  }

  /**
   * All of it, in arrays without room for more. What is here is given away.
   * @param {'last' | 'sum'} rule
   */
  finish(rule) {
    const n = mergePairs(this, { users: this.users.size, items: this.items.size }, rule);
    const duplicates = this.count - n;
    this.count = n;
    const [users, items] = [[...this.users.keys()], [...this.items.keys()]];
    this.users.clear();
    this.items.clear();
    this.user = this.user.slice(0, n);
    this.item = this.item.slice(0, n);
    this.rating &&= this.rating.slice(0, n);
    this.time &&= this.time.slice(0, n);
    const { user, item, rating, time } = this;
    return { users, items, user, item, rating, time, duplicates };
  }
}
