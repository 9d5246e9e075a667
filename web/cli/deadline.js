// Owns the clock of a search: when trials are to end, so that there is time for the last training. Must not
// know what a trial is.

/**
 * The end of the time that trials may take: what the last training needs is kept for it. The first trial may
 * take as long as it needs, so the clock can stop a trial only once `keep` was called; it runs from the
 * beginning all the same.
 * @param {AbortSignal} signal
 * @param {number | undefined} minutes
 */
export function deadline(signal, minutes) {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  const began = performance.now();
  const most = (minutes ?? Infinity) * 60000;
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let kept = 0;
  const left = () => most - kept - (performance.now() - began);
  return {
    /** Aborts with the signal given, or when the time is up. */
    signal: stop.signal,
    /** @param {number} seconds that the last training will take */
    keep(seconds) {
      kept = 1000 * seconds;
      clearTimeout(timer);
      if (minutes !== undefined)
        timer = setTimeout(() => stop.abort(), Math.min(2 ** 31 - 1, Math.max(0, left())));
    },
    over: () => stop.signal.aborted || left() <= 0,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
