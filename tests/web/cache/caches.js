// Owns a Cache API in memory for tests in Node, which has none, with the troubles that browsers have. Must
// not know models.

/**
 * As much of CacheStorage as there is need for; `trouble` is thrown by the method it names, `hang` never
 *   answers.
 */
export class MemoryCaches {
  /** @type {Map<string, Map<string, { headers: [string, string][], bytes: ArrayBuffer }>>} */
  #all = new Map();
  /** @type {Partial<Record<'open' | 'put' | 'match' | 'keys', Error>>} */
  trouble = {};
  /** @type {Set<string>} */
  hang = new Set();

  /** @param {'open' | 'put' | 'match' | 'keys'} name */
  async #pass(name) {
    if (this.hang.has(name)) await new Promise(() => {});
    if (this.trouble[name]) throw this.trouble[name];
  }

  /** @param {string} name */
  async open(name) {
    await this.#pass('open');
    const held = this.#all.get(name) ?? new Map();
    this.#all.set(name, held);
    const url = (/** @type {any} */ key) => key.url ?? key;
    return {
      match: async (/** @type {any} */ key) => {
        await this.#pass('match');
        const found = held.get(url(key));
        return found && new Response(found.bytes, { headers: found.headers });
      },
      put: async (/** @type {any} */ key, /** @type {Response} */ answer) => {
        await this.#pass('put');
        held.set(url(key), { headers: [...answer.headers], bytes: await answer.arrayBuffer() });
      },
      delete: async (/** @type {any} */ key) => held.delete(url(key)),
      keys: async () => {
        await this.#pass('keys');
        return [...held.keys()].map((key) => new Request(key));
      },
    };
  }

  /** @param {string} name */
  async delete(name) {
    return this.#all.delete(name);
  }

  async keys() {
    return [...this.#all.keys()];
  }
}
