// Owns that the objects of the library stay whole in other people's hands: methods may be taken off them,
// proxies may be put around them, copying one fails with words, and logs and JSON say in a line what it is.
// Must not know what the objects do.

/**
 * The methods and getters of classes, read once: a profile is made for every person of an evaluation.
 * @type {Map<object, Record<string, PropertyDescriptor>>}
 */
const known = new Map();

/** What the public classes have in common, each of which has a name of its own. */
class Bound {
  /**
   * @internal No symbol is ever cloned: structuredClone, postMessage and indexedDB refuse the object, and in
   * Chromium and Node the DataCloneError says these words.
   */
  memory = Symbol('wasm memory: send bytes, of the file or save(). It');
  /** @internal Vue makes no proxy of it, whose fields would not be those of the object. */
  __v_skip = true;
  /** @internal The object itself, also where a proxy is asked. */
  self = () => this;

  /** @internal */
  constructor() {
    const { prototype } = new.target;
    const before = known.get(prototype);
    const methods = before ?? Object.getOwnPropertyDescriptors(prototype);
    known.set(prototype, methods);
    for (const name in methods) {
      const { value, get } = methods[name];
      if (get) {
        // Asked through a proxy, a getter would not find the private fields.
        if (!before)
          Object.defineProperty(prototype, name, {
            get() {
              return get.call(this.self());
            },
          });
      } else if (value !== new.target) /** @type {any} */ (this)[name] = value.bind(this);
    }
  }

  get [Symbol.toStringTag]() {
    return this.constructor.name;
  }

  /** @internal What `console.log` prints in Node: what it is, in a line. */
  [Symbol.for('nodejs.util.inspect.custom')]() {
    return this.toString();
  }

  /** @internal What `JSON.stringify` writes: the same line, in which no event of a person is. */
  toJSON() {
    return this.toString();
  }
}

export { Bound };
