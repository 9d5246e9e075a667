// Owns what is told of each person of an account: names, items, aspects, personas. Must not decide whose an
// event is.
import { personaLabels } from '../model/labels.js';

/** @import { Model } from '../model/model.js' */
/** @import { PersonaAspect, PersonaName } from '../model/types.js' */
/** @import { People } from './people.js' */
/**
 * @typedef {object} Person
 * @property {number} index
 * @property {string} label what they like: telling aspects or items
 * @property {number} share of the events, sum 1
 * @property {{ item: string, title: string, probability: number }[]} items that are most likely theirs, the
 *   surest first
 * @property {PersonaAspect[]} aspects by what sets them apart from the catalogue
 * @property {PersonaName[]} personas of this person
 */

/**
 * Aspects are those of the events that are most likely this person's. How much of an event is whose counts
 * for rankings: where nobody is sure of any event, everybody would have the same aspects by it.
 * @param {People} people
 * @param {Model} model
 * @param {number} person
 * @param {ReadonlySet<string>} own items
 * @returns {{ aspects: PersonaAspect[], personas: PersonaName[] }}
 */
function tastesOf(people, model, person, own) {
  const all = people.as(person, { personas: 1 });
  const whole = model.createProfile(
    all.history.filter(({ item }) => own.has(item)),
    { personas: 1 },
  );
  const parted = people.as(person);
  try {
    const [one] = whole.personas();
    const personas = parted.personas().map(({ index, label, share }) => ({ index, label, share }));
    return { aspects: one?.aspects ?? [], personas };
  } finally {
    all.dispose();
    whole.dispose();
    parted.dispose();
  }
}

/**
 * Everybody, with labels that are all different.
 * @param {People} people
 * @param {Model} model
 * @returns {Person[]}
 */
export function describe(people, model) {
  const owned = people.events.filter(({ item }) => model.has(item));
  const list = Array.from(people.shares, (share, index) => {
    const own = owned.filter(({ person }) => person === index);
    const items = own
      .sort((a, b) => b.probabilities[index] - a.probabilities[index])
      .map(({ item, probabilities }) => ({
        item,
        title: model.title(item),
        probability: probabilities[index],
      }));
    const tastes = tastesOf(people, model, index, new Set(own.map(({ item }) => item)));
    return { index, label: `person ${index + 1}`, share, items, ...tastes };
  });
  personaLabels(list).forEach((label, i) => {
    const { items, aspects } = list[i];
    if (items.length + aspects.length > 0) list[i].label = label;
  });
  return list;
}
