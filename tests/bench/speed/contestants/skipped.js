// Owns how a contestant says that it cannot take part here. Must not decide that a bench fails.

/** The message is what the results say. */
export class Skipped extends Error {}

/**
 * A package of tests/bench/speed/package.json.
 * @param {() => Promise<any>} load
 */
export async function peer(load) {
  try {
    return await load();
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(code))
      throw new Skipped('not installed (npm ci --prefix tests/bench/speed)');
    throw new Skipped(`it does not start here: ${String(message).split('\n')[0]}`);
  }
}
