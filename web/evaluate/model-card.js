// Owns the model card: what it says, and putting it into the metadata of a finished model file. Must not
// measure anything.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { loadModel } from '../ampcf.js';
import { replaceMetadata } from '../train.js';

/** @import { AmpcfError } from '../core/errors.js' */
/** @import { Membership } from './membership.js' */
/** @import { PersonaQuality } from './diagnose.js' */
/**
 * @typedef {object} ModelCard aggregated figures alone: nothing of a person
 * @property {number} version 1
 * @property {{ people: number, interactions: number, minSupport: number, itemsLeftOut: number,
 *   interactionsLeftOut: number }} data interactionsLeftOut: with items of too few people
 * @property {Pick<Membership, 'auc' | 'low' | 'high' | 'attack' | 'people'> | null} membership null: not
 *   measured
 * @property {(Pick<PersonaQuality, 'separation' | 'effectivePersonas' | 'sharpness' | 'stability' |
 *   'rareRecall' | 'collapsed'> & { people: number, faithfulness: { because: number | null, persona: number |
 *   null } }) | null} personas faithfulness: how much further log2 of the rank falls without what is named
 *   than without as much of the rest
 */

const round = (/** @type {any} */ value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value);

/**
 * Four decimals are enough, and hide what a single person changes.
 * @param {any} value
 * @returns {any}
 */
const rounded = (value) =>
  Array.isArray(value)
    ? value.map(rounded)
    : value && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key, rounded(of)]))
      : round(value);

/**
 * @param {{ data: ModelCard['data'], membership?: Membership | null, personas?: PersonaQuality | null }}
 *   figures
 * @returns {ModelCard}
 */
export function cardOf(figures) {
  const {
    data,
    membership = null,
    personas = null,
  } = optionsArgument(figures, 'data membership personas', 'figures');
  for (const [name, value] of Object.entries({
    data,
    ...(membership && { membership }),
    ...(personas && { personas }),
  }))
    if (typeof value !== 'object' || !value) throw badArgument(name, value, 'an object of figures');
  if (personas && typeof personas.details?.faithfulness !== 'object')
    throw badArgument('personas', personas, 'what diagnose gives');
  const faith = personas?.details.faithfulness;
  return rounded({
    version: 1,
    data,
    membership: membership && {
      auc: membership.auc,
      low: membership.low,
      high: membership.high,
      attack: membership.attack,
      people: membership.people,
    },
    personas: personas && {
      people: personas.details.people,
      separation: personas.separation,
      effectivePersonas: personas.effectivePersonas,
      sharpness: personas.sharpness,
      stability: personas.stability,
      rareRecall: personas.rareRecall,
      collapsed: personas.collapsed,
      faithfulness: {
        because: faith?.reasons?.difference.mean ?? null,
        persona: faith?.persona?.difference.mean ?? null,
      },
    },
  });
}

/**
 * The same model with a card in its metadata. Ranking, ids and lineage stay as they are, and saved profiles
 * go on.
 * @param {Uint8Array} bytes of a model file
 * @param {ModelCard} card
 * @returns {Promise<Uint8Array<ArrayBuffer>>} checked by the loader
 * @throws {AmpcfError} what loading the file throws; BAD_SECTION: its metadata is not where the trainer puts
 *   it; LIMIT: the card is too large
 */
export async function writeCard(bytes, card) {
  if (typeof card !== 'object' || !card) throw badArgument('card', card, 'what cardOf gives');
  const model = await loadModel(bytes);
  try {
    return await replaceMetadata(bytes, { ...model.info.metadata, card });
  } finally {
    model.dispose();
  }
}
