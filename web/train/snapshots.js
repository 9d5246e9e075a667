// Owns what a caller is offered at the end of each sweep or epoch, and the one that is kept. Must not know
// how a model is written.

/** @import { Training } from './kernel.js' */
/** @import { ItemResults } from './kernel-items.js' */
/** @import { LateSettings } from './late-settings.js' */
/** @import { TrainOptions } from './options.js' */
/** @import { TrainSettings } from './settings.js' */

/**
 * Offers each sweep to the caller, and holds what the caller keeps.
 * @param {Training} training
 * @param {TrainSettings} settings
 * @param {TrainOptions['onSnapshot']} onSnapshot
 * @param {(sweep: number, changes?: LateSettings) => Promise<Uint8Array<ArrayBuffer>>} bytesAfter a model
 *   file of what is learnt by then
 */
export function watchSnapshots(training, settings, onSnapshot, bytesAfter) {
  const warmup = Number(settings.warmup ?? 0);
  /** @type {{ sweep: number, results: ItemResults } | undefined} */
  let kept;
  return {
    /**
     * @param {{ sweep: number, sweeps: number }} at
     * @returns {Promise<boolean>} whether to stop
     */
    async ended({ sweep, sweeps }) {
      let stopped = false;
      if (sweep <= warmup) return false;
      await onSnapshot?.({
        sweep: sweep - warmup,
        sweeps: sweeps - warmup,
        epochs: 'epochs' in settings,
        bytes: (changes) => bytesAfter(sweep, changes),
        keep: () => {
          kept = { sweep, results: training.results() };
        },
        stop: () => {
          stopped = true;
        },
      });
      return stopped;
    },
    /** @returns {number | undefined} the sweep whose results are in place again */
    restore() {
      if (kept) training.restore(kept.results);
      return kept?.sweep;
    },
  };
}
