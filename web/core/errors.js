// Owns AmpcfError, the one error class of the library. Must not import anything.
/**
 * Every failure of the library: `code` is stable, `message` says what was wrong, what was got and what was
 * wanted.
 */
export class AmpcfError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {Record<string, unknown> & { cause?: unknown }} [details]
   */
  constructor(code, message, { cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AmpcfError';
    this.code = code;
    this.details = details;
  }
}
