// Owns how often a run reports, and the turns of the event loop it takes then. Must not know the work.

const turnMs = 50;

/**
 * Reports at most every 50 ms and at the end, and lets the event loop turn: abort signals fire, pages stay
 * alive.
 * @template T
 * @param {((progress: T) => void) | undefined} report
 * @returns {(progress: T, over: boolean) => Promise<void>} to be called after each piece of work
 */
export function paced(report) {
  let last = 0;
  return async (progress, over) => {
    const now = performance.now();
    if (now - last < turnMs && !over) return;
    last = now;
    report?.(progress);
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  };
}
