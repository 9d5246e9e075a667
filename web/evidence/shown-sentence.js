// Owns which sentence of an item a persona is shown. Must not weigh aspects itself (cares.js does).
import { badArgument, itemId } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { profileArgument } from '../model/handles.js';
import { careOf, caresOfItem, numberOf } from './cares.js';
import { Evidence } from './file.js';
import { sourcesOf } from './sources.js';

/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { PersonaName } from '../model/types.js' */
/** @import { Care } from './cares.js' */
/** @import { EvidenceSentence } from './file.js' */
/** @import { AspectsOf } from './sources.js' */
/**
 * @typedef {object} CareOptions
 * @property {string | number} [item] of this item; else of any
 * @property {Evidence} [evidence] what people say
 * @property {AspectsOf} [aspectsOf] what else items have, such as entities of a graph: the same function each
 *   time, its answers are kept
 */
/**
 * @typedef {object} EvidenceForOptions
 * @property {Evidence} evidence
 * @property {number} [persona] its index; default the one that speaks for the item
 * @property {AspectsOf} [aspectsOf]
 */
/**
 * @typedef {object} ChosenSentence
 * @property {string} item
 * @property {string} text as somebody wrote it: show it as text, never as markup
 * @property {string} aspect what it was chosen for
 * @property {string[]} aspects all that it speaks of
 * @property {-1 | 0 | 1} polarity against, neither or not known, for
 * @property {number} cares how much the persona cares about the aspect of the item, as `caresAbout` says
 * @property {PersonaName | null} persona null: nothing known of the person speaks for the item
 */

/**
 * @param {unknown} given
 * @param {Model} model whose ids it is asked by
 * @returns {Evidence}
 */
function evidenceArgument(given, model) {
  if (!(given instanceof Evidence)) throw badArgument('evidence', given, 'what loadEvidence gave');
  given.goesWith(model);
  return given;
}

/**
 * @param {Profile} profile
 * @param {unknown} persona
 */
function personaArgument(profile, persona) {
  const names = profile.personas();
  const found = names.find(({ index }) => index === persona);
  if (found) return found;
  const wanted =
    names.length > 0 ? `the index of a persona, 0 to ${names.length - 1}` : 'none: there is no persona';
  throw badArgument('persona', persona, wanted);
}

/**
 * One number: how much of its attention a persona gives to an aspect, 0 to 1, of an item or of all it sees.
 * From the aspects of the history, from what reviews say of its items, and from `aspectsOf`; shrunk by how
 * much of them there is. Names and reasons go by the same share: `aspects` of `profile.personas()` have it.
 * @param {Profile} profile
 * @param {number} persona its index
 * @param {string} aspect of the model, of the reviews or of `aspectsOf`
 * @param {CareOptions} [options]
 * @returns {number}
 * @throws {AmpcfError} BAD_ARGUMENT; WRONG_MODEL: the evidence was made for another
 */
export function caresAbout(profile, persona, aspect, options = {}) {
  const { item, evidence, aspectsOf } = optionsArgument(options, 'item evidence aspectsOf');
  const { model } = profileArgument(profile);
  personaArgument(profile, persona);
  if (typeof aspect !== 'string') throw badArgument('aspect', aspect, 'a text');
  if (evidence !== undefined) evidenceArgument(evidence, model);
  const sources = sourcesOf(model, { evidence, aspectsOf });
  if (item === undefined) return numberOf(sources.map((source) => careOf(profile, persona, aspect, source)));
  const id = itemId(item);
  return numberOf(sources.map((source) => caresOfItem(profile, persona, id, source).get(aspect)));
}

/**
 * The sentence of an item on what the person cares about most: of the persona that speaks for the item, the
 * sentence whose aspects have most of its attention. Null: there is no sentence of this item.
 * @param {Profile} profile
 * @param {string | number} item
 * @param {EvidenceForOptions} options
 * @returns {Promise<ChosenSentence | null>}
 * @throws {AmpcfError} BAD_ARGUMENT; UNKNOWN_ITEM; WRONG_MODEL: the evidence was made for another; HTTP,
 *   CHECKSUM: sentences that are fetched now
 */
export async function evidenceFor(profile, item, options) {
  const { evidence: given, persona, aspectsOf } = optionsArgument(options, 'evidence persona aspectsOf');
  const { model } = profileArgument(profile);
  const evidence = evidenceArgument(given, model);
  const id = itemId(item);
  const speaker = persona === undefined ? speakerOf(profile, id) : personaArgument(profile, persona);
  const sources = sourcesOf(model, { evidence, aspectsOf });
  // Before anything is waited for: the profile may change meanwhile.
  const cares = sources.map((source) => caresOfItem(profile, speaker?.index ?? null, id, source));
  const sentences = await evidence.sentences(id);
  const chosen = sentences.map((sentence) => weighed(sentence, cares)).sort((a, b) => b.sum - a.sum)[0];
  if (!chosen) return null;
  const named = speaker && { index: speaker.index, label: speaker.label, share: speaker.share };
  return { item: id, ...chosen.sentence, aspect: chosen.aspect, cares: chosen.most, persona: named };
}

/**
 * How much of the attention a sentence has, and which of its aspects has most.
 * @param {EvidenceSentence} sentence
 * @param {Map<string, Care>[]} cares by source
 */
function weighed(sentence, cares) {
  const numbers = sentence.aspects.map((aspect) => numberOf(cares.map((of) => of.get(aspect))));
  const most = Math.max(...numbers);
  const sum = numbers.reduce((a, b) => a + b, 0);
  return { sentence, sum, most, aspect: sentence.aspects[numbers.indexOf(most)] };
}

/**
 * The persona that speaks for an item.
 * @param {Profile} profile
 * @param {string} id
 */
function speakerOf(profile, id) {
  if (!profile.model.has(id))
    throw new AmpcfError('UNKNOWN_ITEM', `the model does not know item ${JSON.stringify(id)}`);
  return profile.rank([id]).items[0].persona;
}
