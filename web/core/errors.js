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
  constructor(code, message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AmpcfError';
    this.code = code;
    const { cause: _, ...rest } = details;
    this.details = rest;
  }
}
