// Owns a profile as the taste entry sees one, made from the public API alone, so that taste is tested apart from the profile's inside.
// Must not hold a test.

/**
 * @param {import('../../web/model.js').Model} model @param {import('../../web/profile.js').Profile} me
 * @returns {import('../../web/taste/taste.js').TasteProfile}
 */
export function tasteProfile(model, me) {
  const place = new Map(model.ids().map((id, index) => [id, index]));
  return {
    folded() {
      const events = me.history.filter(({ item }) => model.has(item)), personas = me.personas(), p = personas.length;
      const responsibilities = new Float32Array(events.length * p);
      for (const { index, items } of personas)
        for (const { item, responsibility } of items) responsibilities[events.findIndex((event) => event.item === item) * p + index] = responsibility;
      return { address: 0, indices: events.map(({ item }) => /** @type {number} */ (place.get(item))), known: events.map(({ item }) => item),
        weights: events.map(({ weight }) => weight), shares: personas.map(({ share }) => share), responsibilities };
    },
    attentionOf: (items) => items.map((item) => me.explain(item, { contributions: 0 }).attention),
    recommend: (options) => me.recommend(options),
    rank: (candidates, options) => me.rank(candidates, options),
  };
}
