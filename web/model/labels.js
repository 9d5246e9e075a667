// Owns the words for a persona: from its aspects and top items, never invented. Must not compute numbers.

/**
 * @typedef {{ items: { title: string }[], aspects: { aspect: string, share: number, lift: number }[] }}
 *   Labelled
 */

/**
 * How many aspects a label may name, how much more often than in the catalogue they must occur, and how
 * telling each must be beside the first.
 */
const maxAspects = 2;
const minLift = 1.2;
const minShareOfTop = 0.35;

/**
 * How telling an aspect is: frequent, and more so than in the catalogue.
 * @param {{ share: number, lift: number }} aspect
 */
export const weightOf = ({ share, lift }) => share * Math.log(lift);

/** @param {Labelled} persona */
function aspectNames(persona) {
  const top = persona.aspects[0];
  if (!top) return [];
  return persona.aspects
    .filter((entry) => entry.lift >= minLift && weightOf(entry) >= minShareOfTop * weightOf(top))
    .slice(0, maxAspects)
    .map((entry) => entry.aspect);
}

/**
 * One label a persona, all different: its telling aspects, or its most typical items where there are none.
 * @param {Labelled[]} personas
 * @returns {string[]}
 */
export function personaLabels(personas) {
  /** @type {Set<string>} */
  const taken = new Set();
  return personas.map((persona, index) => {
    const items = persona.items
      .slice(0, 2)
      .map((entry) => entry.title)
      .join(', ');
    const aspects = aspectNames(persona).join(' · ');
    const named = aspects || items || `persona ${index + 1}`;
    const choices = [
      named,
      persona.items[0] ? `${named} like ${persona.items[0].title}` : named,
      `${named} (${index + 1})`,
    ];
    const label = /** @type {string} */ (choices.find((choice) => !taken.has(choice)));
    taken.add(label);
    return label;
  });
}
