// Owns keeping one profile in one store: restoring it, saving its changes, taking over those of others. Must
// not know how a store works, and must never let ranking wait for it or fail because of it.
import { AMPCF_MAX_HISTORY } from '../core/abi.js';
import { badArgument, countArgument, functionArgument, messageOf } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { modelArgument } from '../model/handles.js';
import { inspectSlot, nextGeneration, openSlot, sealSlot, slotOf } from './container.js';
import { inTime } from './patience.js';
import { mergeHistories, sameHistory, sameSummaries } from './merge.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { ProfileOptions } from '../model/types.js' */
/** @import { ProfileStore, Seen } from './memory-store.js' */
/** @import { Slot } from './container.js' */
/** @import { Entry } from './merge.js' */
/**
 * @typedef {object} KeepEvent
 * @property {'profile-reset' | 'not-persisted' | 'persisted'} type `profile-reset`: what was kept could not
 *   be read, so the profile began empty; `not-persisted`: changes stay in memory from now on; `persisted`:
 *   they are stored again
 * @property {string} code BAD_PROFILE with profile-reset; else QUOTA, DISK_FULL, NO_STORE, PROFILE_LOCKED,
 *   UNSUPPORTED_VERSION, BAD_KEY, IO
 * @property {string} reason for people; empty with `persisted`
 */
/**
 * @typedef {object} KeepOptions
 * @property {CryptoKey} [key] AES-GCM: what is kept is encrypted with it. Stores made with `encrypted: true`
 *   have their own
 * @property {ProfileOptions} [profile] for the profile, as in `model.createProfile`; nothing is ever dropped
 *   unless its `ring` says so
 * @property {number} [everyMs] milliseconds until a change is stored at the latest, default 1000
 * @property {number} [everyChanges] number of changes that are stored at once, default 32
 * @property {number} [timeoutMs] milliseconds that the store may take for one answer, default 5000: then the
 *   profile is in memory, and it is asked again with the next flush
 * @property {(event: KeepEvent) => void} [onEvent] called when saving begins to fail, works again, or found
 *   only damage
 * @property {AbortSignal} [signal] aborts the opening; later it closes without a last flush
 */
/**
 * A history, and what is left of the events that it forgot.
 * @typedef {object} State
 * @property {Entry[]} history
 * @property {Float32Array[]} summaries
 */
/**
 * What a store holds, understood.
 * @typedef {object} Found
 * @property {Seen} seen
 * @property {CryptoKey | undefined} key
 * @property {Slot[]} slots
 * @property {Slot | undefined} newest that can be read
 * @property {Uint8Array | undefined} saved what is in it
 * @property {State | undefined} state undefined when something is there and nothing of it can be read
 * @property {Slot | undefined} newer left as it is
 * @property {Slot[]} broken
 */

const keepNames = 'key profile everyMs everyChanges timeoutMs onEvent signal';
const attempts = 200;
/** @type {State} */
const nothing = Object.freeze({ history: [], summaries: [] });

/**
 * @param {Profile} profile
 * @returns {State}
 */
const stateOf = ({ history, summaries }) => ({ history, summaries });

/**
 * @param {State} a
 * @param {State} b
 */
const sameState = (a, b) => sameHistory(a.history, b.history) && sameSummaries(a.summaries, b.summaries);

/**
 * The code and words of a failure of a store.
 * @param {any} error
 * @returns {{ code: string, reason: string }}
 */
function describe(error) {
  if (error instanceof AmpcfError) return { code: error.code, reason: error.message };
  // A database of a later version: what is in it is not ours to read.
  if (error?.name === 'VersionError')
    return {
      code: 'UNSUPPORTED_VERSION',
      reason: 'the kept profile is of a newer library and is left as it is: its database has a later version',
    };
  if (error?.name === 'QuotaExceededError')
    return {
      code: 'QUOTA',
      reason:
        'the browser gives no more space: the profile stays in memory, what was kept before is untouched',
    };
  return { code: 'NO_STORE', reason: `the profile cannot be kept here: ${messageOf(error)}` };
}

/** A profile that is kept. Make one with `keepProfile`. */
export class KeptProfile extends Bound {
  #model;
  #store;
  #options;
  /** What this tab last saw stored. */
  #base = nothing;
  /** Whether something is in the slots that must go, even if the history is stored. */
  #stale = false;
  /**
   * Stores are asked one thing at a time.
   * @type {Promise<unknown>}
   */
  #queue = Promise.resolve();
  /**
   * The flush that has not begun yet.
   * @type {Promise<boolean> | undefined}
   */
  #waiting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #changes = 0;
  #following = false;
  /** @type {(() => void)[]} */
  #leave = [];
  /** @type {{ code: string, reason: string } | undefined} */
  #trouble;
  /**
   * The profile: rank with it, change it.
   * @type {Profile}
   */
  profile;

  /**
   * @internal
   * @param {Model} model
   * @param {ProfileStore} store
   * @param {KeepOptions} options
   */
  constructor(model, store, options) {
    super();
    this.#model = model;
    this.#store = store;
    this.#options = options;
    this.profile = model.createProfile([], options.profile);
  }

  /** Whether what changed is being stored. False: it is in memory only, and `reason` says why. */
  get persisted() {
    return this.#trouble === undefined;
  }

  /**
   * Why nothing is stored, for people; null when it is.
   * @returns {string | null}
   */
  get reason() {
    return this.#trouble?.reason ?? null;
  }

  /**
   * Restores what is kept, then follows the profile. Throws what a caller can mend: BAD_KEY, DISPOSED,
   * BAD_ARGUMENT, or the reason of an abort.
   * @internal
   */
  async open() {
    try {
      const found = await this.#look(this.#options.signal);
      this.#options.signal?.throwIfAborted();
      await this.#begin(found);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (error instanceof AmpcfError && ['BAD_KEY', 'DISPOSED', 'BAD_ARGUMENT'].includes(error.code))
        throw error;
      this.#failed(error);
    }
    this.#leave.push(this.profile.subscribe(() => this.#changed()));
    this.#listen();
    return this;
  }

  /** @param {Found} found */
  async #begin(found) {
    const { state = nothing, saved, newer, newest, broken } = found;
    // A profile as it was left, not one that is filled: the user cannot take back what was restored.
    if (saved) {
      this.profile.dispose();
      this.profile = this.#model.restoreProfile(saved, this.#options.profile);
    }
    this.#base = state;
    if (newer) this.#failed(this.#isNewer(newer));
    else if (broken.length > 0 && !newest)
      this.#tell({
        type: 'profile-reset',
        code: 'BAD_PROFILE',
        reason: `what was kept cannot be read: ${broken[0].why}`,
      });
    for (const slot of broken)
      await this.#within(
        this.#store.setAside?.(/** @type {0 | 1} */ (found.slots.indexOf(slot)), slot.bytes),
      );
    // A key that is new here: what lies there in the clear is to go.
    if (!newer && found.key && found.slots.some(({ kind }) => kind === 'plain')) await this.flush();
  }

  /**
   * Listens to the page, where there is one. Being hidden is the last moment that a page is sure to get; when
   * it is seen again, other tabs may have changed things.
   */
  #listen() {
    const { document, addEventListener, removeEventListener } = globalThis;
    const { signal } = this.#options;
    const stop = () => this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.#leave.push(() => signal?.removeEventListener('abort', stop));
    if (!document) return;
    const seen = () => void (document.visibilityState === 'hidden' ? this.flush() : this.sync());
    const left = () => void this.flush();
    document.addEventListener('visibilitychange', seen);
    addEventListener('pagehide', left);
    this.#leave.push(
      () => document.removeEventListener('visibilitychange', seen),
      () => removeEventListener('pagehide', left),
    );
  }

  /**
   * A store that hangs must not hang who asks: browsers have been seen to leave `indexedDB.open` without an
   * answer.
   * @template T
   * @param {Promise<T> | T} said
   * @param {AbortSignal} [signal]
   */
  #within(said, signal) {
    return inTime(said, this.#options.timeoutMs ?? 5000, signal);
  }

  #changed() {
    if (this.#following) return;
    const { everyMs = 1000, everyChanges = 32 } = this.#options;
    if (++this.#changes >= everyChanges) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), everyMs);
  }

  /**
   * Read and understand the store.
   * @param {AbortSignal} [signal]
   * @returns {Promise<Found>}
   */
  async #look(signal) {
    const seen = await this.#within(this.#store.read(), signal);
    const key = seen.key ?? this.#options.key;
    const slots = [inspectSlot(seen.slots[0], 0), inspectSlot(seen.slots[1], 1)];
    const broken = slots.filter(({ kind }) => kind === 'broken');
    /** @type {Found} */
    const found = {
      seen,
      key,
      slots,
      broken,
      newest: undefined,
      saved: undefined,
      state: undefined,
      newer: slots.find(({ kind }) => kind === 'newer'),
    };
    const newestFirst = slots
      .filter(({ generation }) => generation > 0)
      .sort((a, b) => b.generation - a.generation);
    for (const slot of newestFirst) {
      const saved = await openSlot(slot, key);
      try {
        const profile = this.#model.restoreProfile(saved);
        found.state = stateOf(profile);
        found.saved = saved;
        found.newest = slot;
        profile.dispose();
        break;
      } catch (error) {
        if (!(error instanceof AmpcfError) || !['BAD_PROFILE', 'UNSUPPORTED_VERSION'].includes(error.code))
          throw error;
        slot.why = error.message;
        if (error.code === 'BAD_PROFILE') broken.push(slot);
        else found.newer ??= slot;
      }
    }
    // Never kept, or erased: then what others kept is gone too.
    if (slots.every(({ kind }) => kind === 'absent')) found.state = nothing;
    return found;
  }

  /** @param {Slot} slot */
  #isNewer({ why }) {
    return new AmpcfError(
      'UNSUPPORTED_VERSION',
      `the kept profile is of a newer library and is left as it is: ${why}`,
    );
  }

  /**
   * Take over what others stored since, and keep what changed here.
   * @param {State} theirs
   */
  #follow(theirs) {
    const mine = stateOf(this.profile);
    const base = this.#base;
    // Summaries are one whole: who forgot last knows best.
    const summaries = sameSummaries(base.summaries, mine.summaries) ? theirs.summaries : mine.summaries;
    // Two long histories may be more together than one may have.
    const history = mergeHistories(base.history, mine.history, theirs.history).slice(-AMPCF_MAX_HISTORY);
    if (!sameState(mine, { history, summaries }))
      this.#silently(() => this.profile.become(history, summaries));
    this.#base = theirs;
  }

  /**
   * Change the profile without taking it for a change of the user.
   * @param {() => void} change
   */
  #silently(change) {
    this.#following = true;
    try {
      change();
    } finally {
      this.#following = false;
    }
  }

  /** Stores what is not stored. When another writer came between, everything is read again. */
  async #save() {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await this.#look();
      const { key, seen, newest, state: stored = nothing } = found;
      if (found.newer) throw this.#isNewer(found.newer);
      if (found.state) this.#follow(found.state);
      const mine = stateOf(this.profile);
      const last = newest?.generation ?? 0;
      const generation = nextGeneration(last, found.slots[1 - slotOf(last)].generation);
      const slot = slotOf(generation);
      const inClear = key !== undefined && found.slots.some(({ kind }) => kind === 'plain');
      if (sameState(mine, stored) && !this.#stale && !inClear) return;
      const bytes = await sealSlot(this.profile.save(), generation, key);
      if (!(await this.#within(this.#store.write(seen, slot, bytes)))) {
        await new Promise((resolve) => {
          setTimeout(resolve, Math.min(attempt, 20));
        });
        continue;
      }
      if (generation < last && slot !== slotOf(last)) continue; // the other slot still is the newest
      this.#base = mine;
      // The other slot is what a torn write falls back to. It may be older, but may not hold what was
      // removed, or is in the clear.
      const items = new Set(mine.history.map(({ item }) => item));
      const other = found.slots[1 - slot].kind;
      this.#stale = newest
        ? stored.history.some(({ item }) => !items.has(item)) || (key !== undefined && other === 'plain')
        : other !== 'absent';
      if (!this.#stale) return;
    }
    throw new AmpcfError(
      'PROFILE_LOCKED',
      `the kept profile was changed by others during ${attempts} attempts to store it`,
    );
  }

  /**
   * Asks the store for the next thing, when the one before is done. Failures become `persisted: false`.
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>}
   */
  #next(work) {
    const done = this.#queue.then(work).then(
      () => true,
      (error) => {
        this.#failed(error);
        return false;
      },
    );
    this.#queue = done;
    return done;
  }

  /** @param {unknown} error */
  #failed(error) {
    const trouble = describe(error);
    if (!this.#trouble) this.#tell({ type: 'not-persisted', ...trouble });
    this.#trouble = trouble;
  }

  /** @param {KeepEvent} event */
  #tell(event) {
    const { onEvent } = this.#options;
    if (onEvent) queueMicrotask(() => onEvent(event)); // its errors are the app's, and end no saving
  }

  /**
   * Store now what is not stored yet, together with what other tabs stored. Never rejects.
   * @returns {Promise<boolean>} true: it is stored; false: it is not, see `reason`
   */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changes = 0;
    return (this.#waiting ??= this.#next(async () => {
      this.#waiting = undefined;
      await this.#save();
      if (this.#trouble) this.#tell({ type: 'persisted', code: '', reason: '' });
      this.#trouble = undefined;
    }));
  }

  /**
   * Take over what other tabs stored, without storing. Never rejects.
   * @returns {Promise<boolean>} false: the store cannot be read, see `reason`
   */
  sync() {
    return this.#next(async () => {
      const { newer, state } = await this.#look();
      if (newer) throw this.#isNewer(newer);
      if (state) this.#follow(state);
    });
  }

  /**
   * The profile in the clear, stored or not: bytes for `model.restoreProfile`.
   * @returns {Uint8Array<ArrayBuffer>}
   */
  export() {
    return this.profile.save();
  }

  /**
   * The history in the clear as JSON for people and other programs; `JSON.parse(text).history` is what
   * `model.createProfile` takes.
   */
  exportText() {
    return `${JSON.stringify({ format: 'ampcf history', history: this.profile.history }, null, 1)}\n`;
  }

  /**
   * Empty the profile, `undo` included, and remove everything that was kept, the key too. Nothing is written
   * again before the next change. Other tabs lose with their next flush or sync what they had stored. Rejects
   * when the store cannot be erased.
   * @returns {Promise<void>} resolves when it is gone
   */
  async erase() {
    this.#silently(() => this.profile.become([], []));
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changes = 0;
    const erased = this.#queue.then(async () => {
      await this.#within(this.#store.erase());
      this.#base = nothing;
      this.#stale = false;
    });
    this.#queue = erased.catch(() => {});
    await erased;
  }

  /** What it is: the profile, and whether it is stored. No item is named: logs travel. */
  toString() {
    return `KeptProfile { profile: ${this.profile}, persisted: ${this.persisted} }`;
  }

  #stop() {
    clearTimeout(this.#timer);
    for (const leave of this.#leave.splice(0)) leave();
  }

  /**
   * Stop following the profile, after a last flush. The profile can still be used.
   * @returns {Promise<boolean>} as `flush`
   */
  async close() {
    this.#stop();
    return this.flush();
  }
}

/**
 * Keep a profile in a store: what was kept is restored, what changes is stored, tabs that share a store lose
 * nothing.
 * @param {Model} model
 * @param {ProfileStore} store
 * @param {KeepOptions} [options]
 * @returns {Promise<KeptProfile>} also when nothing can be stored: then `persisted` is false
 * @throws {AmpcfError} BAD_KEY: what is kept is encrypted with another key; BAD_ARGUMENT, DISPOSED; an abort
 *   rejects with its reason
 */
export async function keepProfile(model, store, options = {}) {
  const { key, everyMs, everyChanges, timeoutMs, onEvent, signal } = optionsArgument(options, keepNames);
  modelArgument(model);
  if (
    typeof store?.read !== 'function' ||
    typeof store.write !== 'function' ||
    typeof store.erase !== 'function'
  )
    throw badArgument('store', store, 'an object with read, write and erase');
  if (key !== undefined && (store.keepsKey || key?.algorithm?.name !== 'AES-GCM'))
    throw badArgument(
      'key',
      key,
      store.keepsKey ? 'none: this store has its own' : 'a CryptoKey for AES-GCM',
    );
  for (const [name, value] of Object.entries({ everyMs, everyChanges, timeoutMs }))
    if (value !== undefined) countArgument(name, value);
  functionArgument('onEvent', onEvent);
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw badArgument('signal', signal, 'an AbortSignal');
  signal?.throwIfAborted();
  return new KeptProfile(model, store, options).open();
}
