// Owns the taste entry: distributions of taste, distances between them, and lists that are re-ranked for taste. Must not be needed to rank.
import { AmpcfError } from './errors.js';

/** @import { Model } from './model.js' */
/** @import { Profile, Ranking, RecommendOptions } from './profile.js' */
/** @typedef {{}} DistanceOptions */
/** @typedef {{ distance(profile: Profile, items: string[], options: DistanceOptions): number | null, recommend(profile: Profile, options: RecommendOptions): Ranking }} Taste */
/** @typedef {{ open(model: Model): Promise<Taste> }} TastePlugin */

/** @type {TastePlugin} */
export const taste = {
  async open(model) {
    return {
      distance(profile, ids) {
        const { indices, weights } = profile.folded(), { memory } = model, a = model.info.aspects;
        if (a === 0) throw new AmpcfError('NO_ASPECTS', 'taste is measured over aspects, and this model has none: train with --items');
        const list = ids.map((id) => model.indexOf(id)).filter((index) => index !== undefined);
        return memory.scoped([a * 8, a * 8, Math.max(list.length, indices.length) * 4, weights.length * 4], (p, q, at, w) => {
          memory.u32(at, indices.length).set(indices);
          memory.f32(w, weights.length).set(weights);
          memory.call('ampcf_taste_distribution', model.address, at, w, indices.length, p);
          memory.u32(at, list.length).set(list);
          memory.call('ampcf_taste_distribution', model.address, at, 0, list.length, q);
          const isEmpty = (/** @type {number} */ from) => memory.f64(from, a).every((x) => x === 0);
          return isEmpty(p) || isEmpty(q) ? null : memory.call('ampcf_taste_distance', p, q, a);
        });
      },
      recommend: (profile, { calibrate: _, ...options }) => profile.recommend(options),
    };
  },
};
