// Owns what a model file says beside what was trained: ids, titles, aspects, metadata, lineage. Must not
// touch wasm.
import { AMPCF_MAX_ASPECTS } from '../core/abi.js';
import { AmpcfError } from '../core/errors.js';
import { choices } from './settings.js';

/** @import { CanonicalInteractions } from './interactions.js' */
/** @import { ModelParts, NeighbourRows } from './kernel.js' */
/** @import { TrainOptions } from './options.js' */
/** @import { TrainSettings } from './settings.js' */
/**
 * @typedef {{ names: string[], offsets: Uint32Array, flat: Uint16Array }} ItemAspects flat: those of item i
 *   from offsets[i] to offsets[i + 1]
 */
/**
 * @typedef {object} ModelFacts what is known before the training
 * @property {Pick<CanonicalInteractions, 'itemIds' | 'users'> & { items: { length: number } }} data
 * @property {ItemAspects | undefined} aspects
 * @property {TrainOptions['items']} items
 * @property {TrainOptions['name']} name
 * @property {Record<string, unknown> | undefined} [source] of vectors that were not learnt here: goes into
 *   the metadata
 * @property {number} [gramFactor] as of ampcf_model_parts
 */

/**
 * n + 1 offsets and one blob of UTF-8.
 * @param {string[]} texts
 */
function packTexts(texts) {
  const encoder = new TextEncoder(),
    parts = texts.map((text) => encoder.encode(text));
  const offsets = new Uint32Array(texts.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  const bytes = new Uint8Array(offsets[texts.length]);
  parts.forEach((part, i) => bytes.set(part, offsets[i]));
  return { offsets, bytes };
}

/**
 * Aspect names in order of frequency, then name; each item's aspects as sorted indices.
 * @param {string[]} ids
 * @param {NonNullable<TrainOptions['items']>} facts
 * @returns {ItemAspects}
 */
export function packAspects(ids, facts) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const perItem = ids.map((id) =>
    [...new Set(facts.get(id)?.aspects ?? [])].filter((aspect) => aspect !== ''),
  );
  for (const aspects of perItem)
    for (const aspect of aspects) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  const names = [...counts.keys()].sort(
    (a, b) =>
      /** @type {number} */ (counts.get(b)) - /** @type {number} */ (counts.get(a)) || (a < b ? -1 : 1),
  );
  if (names.length > AMPCF_MAX_ASPECTS)
    throw new AmpcfError(
      'LIMIT',
      `aspects: got ${names.length} different ones, wanted at most ${AMPCF_MAX_ASPECTS}`,
    );
  const index = new Map(names.map((name, i) => [name, i]));
  const offsets = new Uint32Array(ids.length + 1);
  const flat = perItem.flatMap((aspects, i) => {
    offsets[i + 1] = offsets[i] + aspects.length;
    return aspects.map((aspect) => /** @type {number} */ (index.get(aspect))).sort((a, b) => a - b);
  });
  return { names, offsets, flat: Uint16Array.from(flat) };
}

/**
 * What can be read of a model without its numbers.
 * @param {ModelFacts} facts
 * @param {TrainSettings} settings
 */
function encodeMetadata({ data, name, source }, { objective, ...settings }) {
  return new TextEncoder().encode(
    JSON.stringify({
      ...(name ? { name } : {}),
      library: `ampcf ${AMPCF_VERSION}`,
      objective,
      users: data.users,
      interactions: data.items.length,
      settings,
      ...(source && { source }),
    }),
  );
}

/**
 * The lineage ties saved profiles to the vocabulary and the settings.
 * @param {Uint8Array} ids
 * @param {Uint8Array} metadata
 */
async function lineageOf(ids, metadata) {
  const vocabulary = new Uint8Array(ids.length + metadata.length);
  vocabulary.set(ids);
  vocabulary.set(metadata, ids.length);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', vocabulary)).subarray(0, 16);
}

/**
 * ampcf_model_parts, but for what the kernel knows of the training.
 * @param {ModelFacts} facts
 * @param {TrainSettings} settings
 * @param {NeighbourRows | undefined} neighbours
 * @returns {Promise<Omit<ModelParts, 'item_clusters' | 'settings'>>}
 */
export async function modelParts(facts, settings, neighbours) {
  const { data, items, aspects } = facts;
  const ids = packTexts(data.itemIds);
  const titles = items && packTexts(data.itemIds.map((id) => items.get(id)?.title ?? ''));
  const named = aspects && aspects.names.length > 0 ? aspects : undefined;
  const names = named && packTexts(named.names);
  const metadata = encodeMetadata(facts, settings);
  return {
    n_items: data.itemIds.length,
    dim: settings.dim,
    n_personas: settings.personas,
    n_aspects: named?.names.length ?? 0,
    id_offsets: ids.offsets,
    id_bytes: ids.bytes,
    title_offsets: titles?.offsets,
    title_bytes: titles?.bytes,
    aspect_offsets: names?.offsets,
    aspect_bytes: names?.bytes,
    item_aspect_offsets: named?.offsets,
    item_aspects: named?.flat,
    metadata,
    metadata_bytes: metadata.length,
    vector_type: choices.vectors[/** @type {keyof typeof choices.vectors} */ (settings.vectors)],
    neighbour_offsets: neighbours?.offsets,
    neighbour_items: neighbours?.items,
    neighbour_values: neighbours?.values,
    neighbour_scales: neighbours?.scales,
    lineage: await lineageOf(ids.bytes, metadata),
    gram_factor: facts.gramFactor ?? 0,
  };
}
