// Owns what is told of the personas of a folded history: names, typical items, aspects. Must not rank.
import {
  aspectAt,
  aspectsOfPersona,
  idAt,
  recommendItems,
  responsibilitiesOf,
  sharesOf,
  titleAt,
} from '../core/kernel.js';
import { personaLabels, weightOf } from './labels.js';

/** @import { FoldedState } from './folded.js' */
/** @import { Persona, PersonaAspect, PersonaName } from './types.js' */

const mostAspects = 8;
/** How many of the best items are looked at for what a persona would recommend, and how many name it. */
const looked = 100;
const few = 2;

/**
 * Aspects by share x log lift: frequent and telling. Those asked for are all given; else the eight that set
 * the persona apart.
 * @param {FoldedState} folded
 * @param {number} persona
 * @param {number[]} [asked]
 * @returns {PersonaAspect[]}
 */
export function aspectsOf({ model, core, cares }, persona, asked) {
  if (model.info.aspects === 0) return [];
  const [shares, lifts] = (cares[persona] ??= aspectsOfPersona(core, persona));
  const list = asked ?? [...shares.keys()].filter((aspect) => lifts[aspect] > 1);
  return list
    .map((aspect) => ({ aspect, share: shares[aspect], lift: lifts[aspect] }))
    .sort((a, b) => weightOf(b) - weightOf(a))
    .slice(0, asked ? undefined : mostAspects)
    .map(({ aspect, ...entry }) => ({ aspect: aspectAt(model.kernel, aspect), ...entry }));
}

/**
 * A persona whose events are all forgotten is named by what it would recommend.
 * @param {FoldedState} folded
 * @param {Persona[]} personas
 */
function nameForgotten({ model, core }, personas) {
  if (personas.every(({ items }) => items.length > 0)) return;
  const { kernel } = model;
  const best = recommendItems(core, 0, looked);
  for (const persona of personas)
    if (persona.items.length === 0)
      persona.items = [...best.items]
        .filter((_, i) => best.personas[i] === persona.index)
        .slice(0, few)
        .map((index) => ({ item: idAt(kernel, index), title: titleAt(kernel, index), responsibility: 0 }));
}

/**
 * The personas, largest share first.
 * @param {FoldedState} folded
 * @param {number} [titles] how many items of each
 * @returns {Persona[]}
 */
export function personasOf(folded, titles = Infinity) {
  const { core, model, known, indices } = folded;
  const shares = sharesOf(core);
  const p = shares.length;
  const r = responsibilitiesOf(core);
  const personas = shares.map((share, index) => {
    const part = (/** @type {number} */ event) => r[event * p + index];
    return {
      index,
      label: '',
      share,
      items: [...known.keys()]
        .filter((i) => part(i) >= 1 / (2 * p) && folded.facts(known[i]).preference > 0)
        .sort((a, b) => part(b) - part(a))
        .slice(0, titles)
        .map((i) => ({ item: known[i], title: titleAt(model.kernel, indices[i]), responsibility: part(i) })),
      aspects: aspectsOf(folded, index),
    };
  });
  nameForgotten(folded, personas);
  personaLabels(personas).forEach((label, i) => {
    personas[i].label = label;
  });
  return personas;
}

/**
 * Names are made once a fold; they need two titles a persona instead of the whole history's.
 * @param {FoldedState} folded
 * @returns {PersonaName[]}
 */
export const namesOf = (folded) =>
  (folded.names ??= personasOf(folded, few).map(({ index, label, share }) => ({ index, label, share })));
