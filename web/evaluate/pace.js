// Owns the rhythm of long work: progress, aborts, and turns of the event loop in which both can happen. Must
// not know the work.

/** @typedef {{ stage: string, done: number, total: number }} EvaluationProgress */
/**
 * @typedef {object} PaceOptions
 * @property {AbortSignal | undefined} [signal]
 * @property {((progress: EvaluationProgress) => void) | undefined} [onProgress]
 * @property {number | undefined} [cores] of trainings on the way
 */

const turnMs = 50;

/**
 * What one stage of work calls after each piece of it.
 * @param {string} stage
 * @param {PaceOptions} options
 * @returns {(done: number, total: number) => Promise<void>} rejects with the reason of an abort
 */
export function paceOf(stage, { signal, onProgress }) {
  let last = -Infinity;
  return async (done, total) => {
    signal?.throwIfAborted();
    const now = performance.now();
    if (now - last < turnMs && done < total) return;
    last = now;
    onProgress?.({ stage, done, total });
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    signal?.throwIfAborted();
  };
}
