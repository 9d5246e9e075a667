// Owns how a command says what an interrupted run left behind. Must not catch signals.

/** Thrown instead of the reason of an abort, by a command that had written something by then. */
export class Interrupted extends Error {
  /** @param {string} left what there is now */
  constructor(left) {
    super(left);
    this.name = 'Interrupted';
  }
}
